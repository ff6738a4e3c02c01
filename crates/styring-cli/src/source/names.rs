//! Reading a list of names: a line each, or a column of a table.

use std::io::Read;

use styring_segments::naming::LintRow;

use super::findings::{Rejection, RejectionKind};
use super::reader::Strict;
use super::rows::Rows;
use super::table::{TableSpec, decoded};
use crate::Error;

/// How names are written.
#[derive(Debug, Clone, PartialEq, Default)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct NameSpec {
    /// The column that holds them, by name or by number from one. Without one, every line is a name.
    pub column: Option<String>,
    /// How the table is written; of a list, only the encoding and the lines before it.
    pub table: TableSpec,
}

/// Reads names, each with the line it stands on. Empty lines and cells hold no name.
///
/// # Errors
/// An option that cannot be meant; a file without header; a column that is not there; a line or a cell that is no text in the encoding, or has a line end in it; a row with another number of cells than columns.
pub fn read_names(input: impl Read, name: &str, spec: &NameSpec) -> Result<Vec<LintRow>, Error> {
    match &spec.column {
        Some(column) => from_column(input, name, column, &spec.table),
        None => from_lines(input, name, &spec.table),
    }
}

fn from_column(input: impl Read, name: &str, column: &str, table: &TableSpec) -> Result<Vec<LintRow>, Error> {
    let mut strict = Strict(name);
    let rows = Rows::open(input, name, table, &mut strict)?;
    let place = rows.header().called(column, "the name")?;
    let mut names = Vec::new();
    rows.read_all(&mut strict, |row| {
        Ok(row.raw_text(place).map(|text| {
            if !text.trim().is_empty() {
                names.push(LintRow { id: row.line().to_string(), name: text.to_owned() });
            }
        }))
    })?;
    Ok(names)
}

fn from_lines(input: impl Read, name: &str, table: &TableSpec) -> Result<Vec<LintRow>, Error> {
    table.check()?;
    let unreadable = |fault| Error::Read { name: name.to_owned(), fault };
    let mut bytes = Vec::new();
    let (mut input, recoded) = decoded(input, &table.encoding).map_err(unreadable)?;
    input.read_to_end(&mut bytes).map_err(unreadable)?;
    let mut names = Vec::new();
    let skipped = usize::try_from(table.skip_lines).unwrap_or(usize::MAX);
    for (line, text) in (1_u64..).zip(bytes.split(|byte| *byte == b'\n')).skip(skipped) {
        let read = std::str::from_utf8(text).ok().filter(|text| !recoded || !text.contains('\u{fffd}'));
        let Some(text) = read else {
            let kind = RejectionKind::Encoding;
            let value = String::from_utf8_lossy(text).into_owned();
            let rejection = Box::new(Rejection { line, column: None, value, kind });
            return Err(Error::Row { name: name.to_owned(), rejection });
        };
        let text = text.strip_suffix('\r').unwrap_or(text);
        if !text.trim().is_empty() {
            names.push(LintRow { id: line.to_string(), name: text.to_owned() });
        }
    }
    Ok(names)
}
