//! Streaming a panel: what each region had on each day.

use std::collections::BTreeMap;
use std::io::Read;

use chrono::{Datelike, NaiveDate};
use styring_money::{Exact, NumberFormat, Sign};

use super::cell_spec::CellSpec;
use super::dates::Days;
use super::findings::{Oddity, RejectionKind, TableFindings};
use super::reader::Rejects;
use super::rows::{Ended, Fault, Row, Rows};
use super::table::TableSpec;
use crate::Error;

/// How a panel is written: one row a region and day.
///
/// A column is named as in the header, or by its number from one. What is not named is looked for by the names that exports use; spend is read only from a column that is named.
#[derive(Debug, Clone, PartialEq, Default)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct RegionSpec {
    /// How the table is written.
    pub table: TableSpec,
    /// The column of the region.
    pub region: Option<String>,
    /// The column of the day.
    pub date: Option<String>,
    /// The column of what is counted: orders, an amount.
    pub value: Option<String>,
    /// The column of what was spent.
    pub spend: Option<String>,
    /// How numbers and days are written in it.
    pub cells: CellSpec,
}

/// A row as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegionDay<'a> {
    /// The region.
    pub region: &'a str,
    /// The day.
    pub day: NaiveDate,
    /// What is counted.
    pub value: Exact,
    /// What was spent, where that is read.
    pub spend: Option<Exact>,
    /// The line on which the row begins.
    pub line: u64,
}

/// The names under which exports have regions, and so on; without capitals and signs.
const REGION: &[&[&str]] = &[
    &[
        "region",
        "geo",
        "georegion",
        "marketarea",
        "dma",
        "fylke",
        "kommune",
        "landsdel",
        "omrade",
        "område",
        "distrikt",
    ],
    &[
        "city",
        "by",
        "sted",
        "county",
        "municipality",
        "area",
        "market",
        "marked",
        "location",
        "postalcode",
        "postnummer",
    ],
];
const DATE: &[&[&str]] = &[&["date", "dato", "day", "dag"], &["timestamp", "datetime", "tidspunkt", "time"]];
const VALUE: &[&[&str]] = &[
    &["value", "verdi", "y", "response", "outcome"],
    &["orders", "ordrer", "bestillinger", "conversions", "konverteringer", "leads", "purchases", "kjøp"],
    &["margin", "dekningsbidrag", "revenue", "omsetning", "sales", "salg", "netsales", "amount", "beløp"],
];

/// Reads a panel row by row and hands each to `take`, which answers whether there was a row of this region and day before.
///
/// # Errors
/// An option that cannot be meant; a file without header; a column that is not there, or that no name or several names point to; a file of which no row can be used; and whatever `rejects`
/// answers.
pub fn read_regions(
    input: impl Read,
    name: &str,
    spec: &RegionSpec,
    rejects: &mut dyn Rejects,
    mut take: impl FnMut(RegionDay<'_>) -> bool,
) -> Result<TableFindings, Error> {
    let format = spec.cells.check()?;
    let rows = Rows::open(input, name, &spec.table, rejects)?;
    let header = rows.header();
    let date = header.find(spec.date.as_deref(), "the day", "--date", DATE)?;
    let mut places = Places {
        format,
        region: header.find(spec.region.as_deref(), "the region", "--region", REGION)?,
        days: Days::in_column(date, spec.cells.date_format.as_deref()),
        value: header.find(spec.value.as_deref(), "the value", "--value", VALUE)?,
        spend: spec.spend.as_deref().map(|column| header.called(column, "the spend")).transpose()?,
    };
    let (mut used, mut odd) = (0, Odd::default());
    let Ended { header, rows, set_aside, delimiter } = rows.read_all(rejects, |row| {
        let read = match places.read(row) {
            Ok(read) => read,
            Err(fault) => return Ok(Err(fault)),
        };
        used += 1;
        let negative = read.value.sign() == Sign::Negative;
        let less_than_nothing = read.spend.as_ref().is_some_and(|spend| spend.sign() == Sign::Negative);
        let again = take(read);
        odd.note(row, [again, negative, less_than_nothing]);
        Ok(Ok(()))
    })?;
    if used == 0 {
        return Err(Error::NothingRead {
            name: name.to_owned(),
            what: "observation of a region and day",
            rows,
            first: set_aside.first_rejections.into_iter().next().map(Box::new),
        });
    }
    let mut columns = BTreeMap::from([
        ("region", header.name(places.region).to_owned()),
        ("date", header.name(date).to_owned()),
        ("value", header.name(places.value).to_owned()),
    ]);
    columns.extend(places.spend.map(|place| ("spend", header.name(place).to_owned())));
    Ok(TableFindings {
        name: name.to_owned(),
        rows,
        used,
        columns,
        delimiter: delimiter.in_words(),
        set_aside,
        oddities: odd.found(),
    })
}

/// Where the columns stand.
struct Places {
    format: NumberFormat,
    region: usize,
    days: Days,
    value: usize,
    spend: Option<usize>,
}

impl Places {
    fn read<'a>(&mut self, row: &Row<'a>) -> Result<RegionDay<'a>, Fault> {
        let region = row.text_needed(self.region)?;
        let day = self.days.of(row.cells()).map_err(|kind| (self.days.column(), kind))?;
        if !(1900..2200).contains(&day.year()) {
            return Err((self.days.column(), RejectionKind::NoOrderDay));
        }
        let value = row.number(self.value, self.format)?;
        let spend = self.spend.map(|place| row.number(place, self.format)).transpose()?;
        Ok(RegionDay { region, day, value, spend, line: row.line() })
    }
}

/// What is odd in rows that can be used.
const ODD: [&str; 3] = [
    "another row of the same region and day; they are added up",
    "value below zero; it counts as it is",
    "spend below zero; it counts as it is",
];

/// Rows, and the line of the first.
#[derive(Default)]
struct Odd([Option<(u64, u64)>; ODD.len()]);

impl Odd {
    fn note(&mut self, row: &Row<'_>, odd: [bool; ODD.len()]) {
        for (rows, _) in self.0.iter_mut().zip(odd).filter(|(_, odd)| *odd) {
            rows.get_or_insert_with(|| (0, row.line())).0 += 1;
        }
    }

    fn found(&self) -> Vec<Oddity> {
        let found = ODD.iter().zip(self.0).filter_map(|(name, rows)| {
            let (rows, first_line) = rows?;
            Some(Oddity { name: (*name).to_owned(), contradiction: false, rows, first_line })
        });
        found.collect()
    }
}
