//! Streaming impressions: who, on which channel, when.

use std::collections::BTreeMap;
use std::io::Read;

use chrono_tz::Tz;
use serde::Serialize;

use super::cell_spec::check_form;
use super::copies::Copies;
use super::findings::{Oddity, SetAside};
use super::reader::Rejects;
use super::rows::{Ended, Fault, Row, Rows};
use super::spec::Duplicates;
use super::table::TableSpec;
use super::times::Times;
use crate::Error;

/// How impressions are written.
///
/// A column is named as in the header, or by its number from one. What is not named is looked for by the names that logs use.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct ImpressionSpec {
    /// How the table is written.
    pub table: TableSpec,
    /// The column of the person: an id, the same on every channel.
    pub person: Option<String>,
    /// The column of the channel.
    pub channel: Option<String>,
    /// The column of the time.
    pub time: Option<String>,
    /// The form of a time (strftime); if absent, any form that can mean only one moment.
    pub time_format: Option<String>,
    /// Where times without an offset are from.
    pub zone: Tz,
}

impl Default for ImpressionSpec {
    /// As most logs write them; times without an offset are UTC.
    fn default() -> Self {
        Self { table: TableSpec::default(), person: None, channel: None, time: None, time_format: None, zone: Tz::UTC }
    }
}

/// An impression as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen<'a> {
    /// Who saw it.
    pub person: &'a str,
    /// On which channel.
    pub channel: &'a str,
    /// In seconds since 1970-01-01 00:00 UTC.
    pub time: i64,
}

/// Everything found while reading impressions.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ImpressionFindings {
    /// The file.
    pub name: String,
    /// Rows below the header.
    pub rows: u64,
    /// Rows that count.
    pub used: u64,
    /// Which column was read as what.
    pub columns: BTreeMap<&'static str, String>,
    /// What separates the cells, in a word.
    pub delimiter: String,
    /// The first impression, in seconds since 1970.
    pub first: i64,
    /// The last.
    pub last: i64,
    /// Where times without an offset are from, if there are any.
    pub assumed_zone: Option<&'static str>,
    /// Rows that were set aside.
    #[serde(flatten)]
    pub set_aside: SetAside,
    /// What is odd in the rows that were used.
    pub oddities: Vec<Oddity>,
}

/// The names under which logs have people, and so on; without capitals and signs.
const PERSON: &[&[&str]] = &[
    &["personid", "userid", "customerid", "visitorid", "cookieid", "householdid", "kundeid", "brukerid", "uid"],
    &["person", "user", "customer", "cookie", "visitor", "bruker", "kunde", "id"],
];
const CHANNEL: &[&[&str]] =
    &[&["channel", "kanal"], &["publisher", "source", "medium", "platform", "plattform", "kilde"]];
const TIME: &[&[&str]] = &[
    &["timestamp", "time", "datetime", "tidspunkt", "tid", "eventtime", "impressiontime", "servedat", "createdat"],
    &["date", "dato", "ts", "t"],
];

/// Reads impressions row by row and hands each to `take`.
///
/// # Errors
/// An option that cannot be meant; a file without header; a column that is not there, or that no name or several names point to; a file of which no row can be used; and whatever `rejects` and
/// `take` answer.
pub fn read_impressions(
    input: impl Read,
    name: &str,
    spec: &ImpressionSpec,
    rejects: &mut dyn Rejects,
    mut take: impl FnMut(Seen<'_>) -> Result<(), Error>,
) -> Result<ImpressionFindings, Error> {
    check_form("--time-format", "a format such as \"%d.%m.%Y %H:%M\"", spec.time_format.as_deref())?;
    let rows = Rows::open(input, name, &spec.table, rejects)?;
    let header = rows.header();
    let places = Places {
        person: header.find(spec.person.as_deref(), "the person", "--person", PERSON)?,
        channel: header.find(spec.channel.as_deref(), "the channel", "--channel", CHANNEL)?,
        time: header.find(spec.time.as_deref(), "the time", "--time", TIME)?,
    };
    let mut times = Times::new(spec.time_format.as_deref(), spec.zone);
    let mut copies = Copies::new(Duplicates::Report);
    let (mut used, mut span) = (0_u64, None::<(i64, i64)>);
    let Ended { header, rows, set_aside, delimiter } = rows.read_all(rejects, |row| {
        let Seen { person, channel, time } = match places.read(row, &mut times) {
            Ok(seen) => seen,
            Err(fault) => return Ok(Err(fault)),
        };
        used += 1;
        span = Some(span.map_or((time, time), |(first, last)| (first.min(time), last.max(time))));
        let copy = copies.is_copy(row.cells());
        copies.note(copy, &|| row.line());
        take(Seen { person, channel, time }).map(Ok)
    })?;
    let Some((first, last)) = span else {
        return Err(Error::NothingRead {
            name: name.to_owned(),
            what: "impression",
            rows,
            first: set_aside.first_rejections.into_iter().next().map(Box::new),
        });
    };
    Ok(ImpressionFindings {
        name: name.to_owned(),
        rows,
        used,
        columns: [("person", places.person), ("channel", places.channel), ("time", places.time)]
            .map(|(what, place)| (what, header.name(place).to_owned()))
            .into(),
        delimiter: delimiter.in_words(),
        first,
        last,
        assumed_zone: (times.without_offset > 0).then(|| spec.zone.name()),
        set_aside,
        oddities: copies.found().into_iter().collect(),
    })
}

/// Where the columns stand.
struct Places {
    person: usize,
    channel: usize,
    time: usize,
}

impl Places {
    fn read<'a>(&self, row: &Row<'a>, times: &mut Times) -> Result<Seen<'a>, Fault> {
        let (person, channel) = (row.text_needed(self.person)?, row.text_needed(self.channel)?);
        let time = times.of(row.text_needed(self.time)?).map_err(|kind| (Some(self.time), kind))?;
        Ok(Seen { person, channel, time })
    }
}
