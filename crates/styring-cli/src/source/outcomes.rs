//! Streaming the outcomes of a test: users and conversions by variant and day, or one user a row with a value.

use std::io::Read;

use chrono::NaiveDate;
use styring_money::{NumberFormat, Sign};
use styring_playbook::TestRows;

use super::cell_spec::CellSpec;
use super::copies::Copies;
use super::dates::Days;
use super::findings::{RejectionKind, TableFindings};
use super::reader::Rejects;
use super::rows::{Ended, Fault, Row, Rows};
use super::spec::Duplicates;
use super::table::TableSpec;
use crate::Error;

/// How the outcomes of a test are written.
///
/// A column is named as in the header, or by its number from one. What is not named is looked for by the names that exports use.
#[derive(Debug, Clone, PartialEq, Default)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct OutcomeSpec {
    /// How the table is written.
    pub table: TableSpec,
    /// The column of the variant.
    pub variant: Option<String>,
    /// The column of the day; without one, and without a column that is called as days are, all rows are one look.
    pub date: Option<String>,
    /// The column of the users who came.
    pub users: Option<String>,
    /// The column of their conversions.
    pub conversions: Option<String>,
    /// The column of a user's value: then every row is one user, and nothing is counted.
    pub value: Option<String>,
    /// The column of what was known of the user before the test.
    pub before: Option<String>,
    /// How numbers and days are written in it.
    pub cells: CellSpec,
}

/// Outcomes that were read.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outcomes {
    /// The outcomes.
    pub rows: TestRows,
    /// What was found on the way.
    pub findings: TableFindings,
}

/// The names under which exports have variants, and so on; without capitals and signs.
const VARIANT: &[&[&str]] = &[
    &["variant", "variation", "arm", "testgroup", "testgruppe", "variasjon", "experimentgroup"],
    &["group", "gruppe", "bucket", "cell", "version", "versjon", "treatment"],
];
const DATE: &[&[&str]] = &[&["date", "dato", "day", "dag"]];
const USERS: &[&[&str]] = &[
    &["users", "visitors", "brukere", "besøkende", "unikebrukere", "uniqueusers", "uniquevisitors"],
    &["sessions", "økter", "trials", "n", "exposed", "participants", "deltakere"],
];
const CONVERSIONS: &[&[&str]] = &[
    &["conversions", "konverteringer", "converted", "successes"],
    &["orders", "ordrer", "purchases", "kjøp", "signups", "leads", "clicks", "klikk"],
];

/// Reads the outcomes of a test, row by row.
///
/// Memory: a sum for every variant and day.
///
/// # Errors
/// An option that cannot be meant; a file without header; a column that is not there, or that no name or several names point to; a file of which no row can be used; and whatever `rejects` answers.
pub fn read_outcomes(
    input: impl Read,
    name: &str,
    spec: &OutcomeSpec,
    rejects: &mut dyn Rejects,
) -> Result<Outcomes, Error> {
    let format = check(spec)?;
    let table = Rows::open(input, name, &spec.table, rejects)?;
    let header = table.header();
    let variant = header.find(spec.variant.as_deref(), "the variant", "--variant", VARIANT)?;
    let date = match header.find(spec.date.as_deref(), "the day", "--date", DATE) {
        Ok(place) => Some(place),
        Err(Error::WhichColumn { several, .. }) if spec.date.is_none() && several.is_empty() => None,
        Err(fault) => return Err(fault),
    };
    let mut columns = vec![("variant", variant)];
    columns.extend(date.map(|place| ("day", place)));
    let kind = if let Some(value) = &spec.value {
        let value = header.called(value, "the value")?;
        let before = spec.before.as_deref().map(|column| header.called(column, "the value before")).transpose()?;
        columns.push(("value", value));
        columns.extend(before.map(|place| ("value before", place)));
        Kind::Values { value, before }
    } else {
        let users = header.find(spec.users.as_deref(), "the users", "--users", USERS)?;
        let conversions = header.find(spec.conversions.as_deref(), "the conversions", "--conversions", CONVERSIONS)?;
        columns.extend([("users", users), ("conversions", conversions)]);
        Kind::Counts { users, conversions }
    };
    let columns = columns.into_iter().map(|(what, place)| (what, header.name(place).to_owned())).collect();
    let mut rows = match kind {
        Kind::Counts { .. } => TestRows::of_conversions(),
        Kind::Values { before: None, .. } => TestRows::of_values(),
        Kind::Values { .. } => TestRows::of_adjusted_values(),
    };
    let mut days = date.map(|place| Days::in_column(place, spec.cells.date_format.as_deref()));
    // Two users may well be alike; a day of a variant that stands there twice is a copy.
    let mut copies = matches!(kind, Kind::Counts { .. }).then(|| Copies::new(Duplicates::Report));
    let mut used = 0;
    let Ended { rows: read, set_aside, delimiter, .. } = table.read_all(rejects, |row| {
        let outcome = match kind.read(row, variant, days.as_mut(), format) {
            Ok(outcome) => outcome,
            Err(fault) => return Ok(Err(fault)),
        };
        used += 1;
        if let Some(copies) = &mut copies {
            let copy = copies.is_copy(row.cells());
            copies.note(copy, &|| row.line());
        }
        let Outcome { variant, day, seen } = outcome;
        let taken = match seen {
            Seen::Counts { users, conversions } => rows.count(day, variant, users, conversions),
            Seen::Value { value, before } => rows.value(day, variant, value, before),
        };
        taken.map_err(|fault| Error::Test { fault }).map(Ok)
    })?;
    if used == 0 {
        return Err(Error::NothingRead {
            name: name.to_owned(),
            what: "outcome",
            rows: read,
            first: set_aside.first_rejections.into_iter().next().map(Box::new),
        });
    }
    let findings = TableFindings {
        name: name.to_owned(),
        rows: read,
        used,
        columns,
        delimiter: delimiter.in_words(),
        set_aside,
        oddities: copies.and_then(|copies| copies.found()).into_iter().collect(),
    };
    Ok(Outcomes { rows, findings })
}

/// Finds what cannot be meant before a file is opened.
fn check(spec: &OutcomeSpec) -> Result<NumberFormat, Error> {
    let fault = |option, expected, value: &String| Err(Error::Option { option, expected, value: value.clone() });
    spec.table.check()?;
    let format = spec.cells.check()?;
    if let (None, Some(before)) = (&spec.value, &spec.before) {
        return fault("--before", "given together with --value", before);
    }
    if let (Some(value), Some(_), _) | (Some(value), _, Some(_)) = (&spec.value, &spec.users, &spec.conversions) {
        return fault("--value", "given without --users and --conversions: every row is one user then", value);
    }
    Ok(format)
}

/// What a row holds.
#[derive(Clone, Copy)]
enum Kind {
    Counts { users: usize, conversions: usize },
    Values { value: usize, before: Option<usize> },
}

struct Outcome<'a> {
    variant: &'a str,
    day: Option<NaiveDate>,
    seen: Seen,
}

enum Seen {
    Counts { users: u64, conversions: u64 },
    Value { value: f64, before: Option<f64> },
}

impl Kind {
    fn read<'a>(
        self,
        row: &Row<'a>,
        variant: usize,
        days: Option<&mut Days>,
        format: NumberFormat,
    ) -> Result<Outcome<'a>, Fault> {
        let variant = row.text_needed(variant)?;
        let day = days.map(|days| days.of(row.cells()).map_err(|kind| (days.column(), kind))).transpose()?;
        let seen = match self {
            Self::Counts { users, conversions } => {
                Seen::Counts { users: count(row, users, format)?, conversions: count(row, conversions, format)? }
            }
            Self::Values { value, before } => Seen::Value {
                value: row.number(value, format)?.to_f64(),
                before: before.map(|place| Ok::<_, Fault>(row.number(place, format)?.to_f64())).transpose()?,
            },
        };
        Ok(Outcome { variant, day, seen })
    }
}

fn count(row: &Row<'_>, place: usize, format: NumberFormat) -> Result<u64, Fault> {
    let number = row.number(place, format)?;
    if number.is_finer_than(0) || number.sign() == Sign::Negative {
        return Err((Some(place), RejectionKind::NotACount));
    }
    // Below 10¹⁸, as every number that is read.
    number.to_string().parse().map_err(|_| (Some(place), RejectionKind::NotACount))
}
