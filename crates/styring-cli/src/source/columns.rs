//! Finding the columns of the plan in the header of the file.

use std::collections::BTreeMap;

use csv::ByteRecord;

use super::findings::{Rejection, RejectionKind};
use crate::Error;

/// How much of a cell stands in a message.
const SHOWN: usize = 200;

/// A name as it may stand in a message: a terminal obeys control characters.
pub(crate) fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(name).trim().replace(char::is_control, "\u{fffd}")
}

/// The header of a file.
pub(super) struct Header<'a> {
    file: &'a str,
    names: Vec<String>,
    places: BTreeMap<String, Vec<usize>>,
}

impl<'a> Header<'a> {
    pub(super) fn new(file: &'a str, record: &ByteRecord) -> Result<Self, Error> {
        let names: Vec<String> = record.iter().map(shown).collect();
        if names.iter().all(String::is_empty) {
            return Err(Error::NoHeader { name: file.to_owned() });
        }
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, name) in names.iter().enumerate() {
            places.entry(name.clone()).or_default().push(place);
        }
        Ok(Self { file, names, places })
    }

    /// Columns without names, called by their numbers from one.
    pub(super) fn numbered(file: &'a str, columns: usize) -> Self {
        let names: Vec<String> = (1..=columns).map(|number| number.to_string()).collect();
        let places = names.iter().cloned().zip((0..columns).map(|place| vec![place])).collect();
        Self { file, names, places }
    }

    pub(super) fn file(&self) -> &str {
        self.file
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", String::as_str)
    }

    /// Where a column stands.
    pub(super) fn place(&self, column: &str, purpose: &str) -> Result<usize, Error> {
        match self.places.get(column.trim()).map(Vec::as_slice) {
            Some([place]) => Ok(*place),
            Some(_) => Err(Error::ColumnTwice {
                name: self.file.to_owned(),
                column: column.to_owned(),
                purpose: purpose.to_owned(),
            }),
            None => Err(Error::NoColumn {
                name: self.file.to_owned(),
                column: column.to_owned(),
                purpose: purpose.to_owned(),
                columns: self.names.clone(),
            }),
        }
    }

    /// A column by its name, or by its number from one.
    pub(super) fn called(&self, column: &str, purpose: &str) -> Result<usize, Error> {
        let numbered = column.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let named = self.place(column, purpose);
        match numbered.filter(|place| *place < self.len()) {
            Some(place) if matches!(named, Err(Error::NoColumn { .. })) => Ok(place),
            _ => named,
        }
    }

    /// The column that is named, or else the only one that is called as such columns are: by the first of these lists of words, without capitals and signs, that any column is called by.
    pub(super) fn find(
        &self,
        named: Option<&str>,
        purpose: &'static str,
        option: &'static str,
        words: &[&[&str]],
    ) -> Result<usize, Error> {
        if let Some(column) = named {
            return self.called(column, purpose);
        }
        let plain = |name: &str| name.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).collect::<String>();
        let called = |words: &[&str]| -> Vec<usize> {
            let names = self.names.iter().enumerate();
            names.filter(|(_, name)| words.contains(&plain(name).as_str())).map(|(place, _)| place).collect()
        };
        let found = words.iter().map(|words| called(words)).find(|found| !found.is_empty()).unwrap_or_default();
        match found.as_slice() {
            [place] => Ok(*place),
            several => Err(Error::WhichColumn {
                name: self.file.to_owned(),
                purpose,
                option,
                several: several.iter().map(|place| self.name(*place).to_owned()).collect(),
                columns: self.names.clone(),
            }),
        }
    }

    /// Says what is wrong with a row; `text` is what stands in the cell, where that is not the cell alone.
    pub(super) fn rejection(
        &self,
        record: &ByteRecord,
        line: u64,
        place: Option<usize>,
        text: Option<String>,
        kind: RejectionKind,
    ) -> Rejection {
        let cell = || place.and_then(|place| record.get(place)).map(|cell| String::from_utf8_lossy(cell).into_owned());
        let mut value = text.or_else(cell).unwrap_or_default();
        if let Some((end, _)) = value.char_indices().nth(SHOWN) {
            value.truncate(end);
            value.push('…');
        }
        Rejection { line, column: place.map(|place| (self.name(place).to_owned(), place + 1)), value, kind }
    }

    pub(super) fn places(&self, columns: &[String], purpose: &str) -> Result<Vec<usize>, Error> {
        columns.iter().map(|column| self.place(column, purpose)).collect()
    }
}
