//! Streaming members of audiences: one id a row, and which audience it is in, if the file holds several.

use std::collections::BTreeMap;
use std::io::Read;

use serde::Serialize;

use super::findings::{RejectionKind, SetAside};
use super::reader::Rejects;
use super::rows::{Ended, Rows};
use super::table::TableSpec;
use crate::Error;

/// How members are written.
#[derive(Debug, Clone, PartialEq, Default)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct MemberSpec {
    /// How the table is written.
    pub table: TableSpec,
    /// The column of the id; looked for by the names that lists use if absent.
    pub id: Option<String>,
    /// The column that names the audience, in a file that holds several.
    pub segment: Option<String>,
    /// Whether ids are whole numbers, as in bitmaps; rows with another id are set aside.
    pub numbers: bool,
}

/// Everything found while reading a list of members.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MemberFindings {
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
    /// Rows that were set aside.
    #[serde(flatten)]
    pub set_aside: SetAside,
}

/// The names under which lists have ids; without capitals and signs.
const ID: &[&[&str]] = &[
    &["id", "personid", "userid", "customerid", "kundeid", "brukerid", "memberid", "uid"],
    &["person", "user", "customer", "member", "kunde", "medlem", "email", "epost", "phone", "telefon"],
];

/// Reads members row by row and hands each to `take`, with the audience where the file names it.
///
/// # Errors
/// An option that cannot be meant; a file without header; a column that is not there, or that no name or several names point to; and whatever `rejects` and `take` answer. A file without a row is
/// an audience without members, and no error.
pub fn read_members(
    input: impl Read,
    name: &str,
    spec: &MemberSpec,
    rejects: &mut dyn Rejects,
    mut take: impl FnMut(Option<&str>, &str) -> Result<(), Error>,
) -> Result<MemberFindings, Error> {
    let rows = Rows::open(input, name, &spec.table, rejects)?;
    let header = rows.header();
    let only_column = (header.len() == 1 && !spec.table.has_header).then_some("1");
    let id = header.find(spec.id.as_deref().or(only_column), "the id", "--id", ID)?;
    let segment = spec.segment.as_deref().map(|column| header.called(column, "the segment")).transpose()?;
    let mut used = 0;
    let Ended { header, rows, set_aside, delimiter } = rows.read_all(rejects, |row| {
        let read = || {
            let member = row.text_needed(id)?;
            if spec.numbers && member.parse::<u64>().is_err() {
                return Err((Some(id), RejectionKind::NotACount));
            }
            Ok((segment.map(|place| row.text_needed(place)).transpose()?, member))
        };
        match read() {
            Ok((segment, id)) => {
                used += 1;
                take(segment, id).map(Ok)
            }
            Err(fault) => Ok(Err(fault)),
        }
    })?;
    let mut columns = BTreeMap::from([("id", header.name(id).to_owned())]);
    columns.extend(segment.map(|place| ("segment", header.name(place).to_owned())));
    Ok(MemberFindings { name: name.to_owned(), rows, used, columns, delimiter: delimiter.in_words(), set_aside })
}
