//! Which day a row is of.

use std::collections::HashMap;

use chrono::NaiveDate;
use csv::ByteRecord;
use foldhash::fast::FixedState;

use super::columns::Header;
use super::findings::RejectionKind;
use super::spec::{DateSpec, FormattedDate};
use crate::Error;

/// Reads the day of a row. There are few days and many rows, so every text is read once.
pub(super) struct Days {
    columns: Vec<usize>,
    form: Form,
    answers: HashMap<Vec<u8>, NaiveDate, FixedState>,
    /// The cells of the row at hand, joined.
    text: Vec<u8>,
}

/// How a day is written.
enum Form {
    /// `2025-09-01` and nothing else; the format alone would take `+2025-9-1` too.
    Iso,
    /// By a format, and the year where the format has none.
    Formatted(String, Option<i32>),
}

impl Days {
    pub(super) fn new(spec: &DateSpec, header: &Header<'_>) -> Result<Self, Error> {
        let (columns, form) = match spec {
            DateSpec::Iso(column) => (vec![header.place(column, "the date")?], Form::Iso),
            DateSpec::Formatted(FormattedDate { columns, format, year }) => {
                (header.places(columns, "the date")?, Form::Formatted(format.clone(), *year))
            }
        };
        Ok(Self { columns, form, answers: HashMap::default(), text: Vec::new() })
    }

    /// The first column of the date, for messages.
    pub(super) fn column(&self) -> Option<usize> {
        self.columns.first().copied()
    }

    /// The text of the row at hand.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }

    pub(super) fn of(&mut self, record: &ByteRecord) -> Result<NaiveDate, RejectionKind> {
        self.text.clear();
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                self.text.push(b' ');
            }
            self.text.extend_from_slice(record[*column].trim_ascii());
        }
        if let Some(day) = self.answers.get(&self.text) {
            return Ok(*day);
        }
        let text = std::str::from_utf8(&self.text).map_err(|_| RejectionKind::Encoding)?;
        let day = self.form.read(text)?;
        self.answers.insert(self.text.clone(), day);
        Ok(day)
    }
}

impl Form {
    fn read(&self, text: &str) -> Result<NaiveDate, RejectionKind> {
        const ISO: &str = "%Y-%m-%d";
        if text.trim().is_empty() {
            return Err(RejectionKind::Missing);
        }
        let (format, day) = match self {
            Self::Iso => {
                let plain = text.len() == 10 && text.starts_with(|sign: char| sign.is_ascii_digit());
                (ISO, if plain { NaiveDate::parse_from_str(text, ISO).ok() } else { None })
            }
            Self::Formatted(format, Some(year)) => {
                let day = NaiveDate::parse_from_str(&format!("{text} {year}"), &format!("{format} %Y"));
                (format.as_str(), day.ok())
            }
            Self::Formatted(format, None) => (format.as_str(), NaiveDate::parse_from_str(text, format).ok()),
        };
        day.ok_or_else(|| RejectionKind::NotADay { format: format.to_owned() })
    }
}
