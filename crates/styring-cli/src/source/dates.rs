//! Which day a row is of.

use std::collections::HashMap;

use chrono::NaiveDate;
use csv::ByteRecord;
use foldhash::fast::FixedState;

use super::columns::Header;
use super::findings::RejectionKind;
use super::spec::{DateSpec, FormattedDate};
use crate::Error;

/// How many texts are kept with their days.
const KEPT: usize = 10_000;

/// Reads the day of a row. There are few days and many rows, so every text is read once.
pub(super) struct Days {
    columns: Vec<usize>,
    form: Form,
    answers: HashMap<Vec<u8>, NaiveDate, FixedState>,
    /// The cells of the row at hand, joined.
    text: Vec<u8>,
    /// The text of the last row that had a day, and the day: exports are sorted by day.
    last: (Vec<u8>, Option<NaiveDate>),
}

/// How a day is written.
enum Form {
    /// `2025-09-01` and nothing else; the format alone would take `+2025-9-1` too.
    Iso,
    /// Any form that can mean only one day: `2025-09-01`, `2025/09/01`, `20250901`, `01.09.2025`, and the first of these with a time after it.
    Common,
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
        Ok(Self::reading(columns, form))
    }

    /// Days in one column, by a format if there is one, and otherwise in any form that can mean only one day.
    pub(super) fn in_column(place: usize, format: Option<&str>) -> Self {
        let form = format.map_or(Form::Common, |format| Form::Formatted(format.to_owned(), None));
        Self::reading(vec![place], form)
    }

    fn reading(columns: Vec<usize>, form: Form) -> Self {
        Self { columns, form, answers: HashMap::default(), text: Vec::new(), last: (Vec::new(), None) }
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
        if let (text, Some(day)) = &self.last
            && *text == self.text
        {
            return Ok(*day);
        }
        let day = self.find()?;
        self.last.0.clone_from(&self.text);
        self.last.1 = Some(day);
        Ok(day)
    }

    /// The day of the text at hand.
    fn find(&mut self) -> Result<NaiveDate, RejectionKind> {
        if let Some(day) = self.answers.get(&self.text) {
            return Ok(*day);
        }
        let text = std::str::from_utf8(&self.text).map_err(|_| RejectionKind::Encoding)?;
        let day = self.form.read(text)?;
        // There are as many texts as rows where they hold the time too.
        if self.answers.len() < KEPT {
            self.answers.insert(self.text.clone(), day);
        }
        Ok(day)
    }
}

impl Form {
    fn read(&self, text: &str) -> Result<NaiveDate, RejectionKind> {
        const ISO: &str = "%Y-%m-%d";
        const COMMON: &str = "2025-09-01, 20250901 or 01.09.2025; another form must be named";
        if text.trim().is_empty() {
            return Err(RejectionKind::Missing);
        }
        let (format, day) = match self {
            Self::Iso => {
                let plain = text.len() == 10 && text.starts_with(|sign: char| sign.is_ascii_digit());
                (ISO, if plain { NaiveDate::parse_from_str(text, ISO).ok() } else { None })
            }
            Self::Common => (COMMON, common(text)),
            Self::Formatted(format, Some(year)) => {
                let day = NaiveDate::parse_from_str(&format!("{text} {year}"), &format!("{format} %Y"));
                (format.as_str(), day.ok())
            }
            Self::Formatted(format, None) => (format.as_str(), NaiveDate::parse_from_str(text, format).ok()),
        };
        day.ok_or_else(|| RejectionKind::NotADay { format: format.to_owned() })
    }
}

/// A day in a form that can mean only one day. A time after it is left out, and so is its zone: the day is the one that stands there.
fn common(text: &str) -> Option<NaiveDate> {
    let end = text.find(['T', ' ']).unwrap_or(text.len());
    let (date, time) = text.split_at(end);
    let is_time = |time: &str| time.starts_with(|sign: char| sign.is_ascii_digit()) && time.contains(':');
    if !time.is_empty() && !is_time(&time[1..]) {
        return None;
    }
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
    let number = |part: &str, most: usize| {
        let fits = (1..=most).contains(&part.len()) && digits(part);
        fits.then(|| part.parse::<u32>().ok()).flatten()
    };
    let ymd = |year: &str, month: &str, day: &str| {
        let year = (year.len() == 4).then(|| number(year, 4)).flatten()?;
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(month, 2)?, number(day, 2)?)
    };
    match (parts.as_slice(), date.contains('.')) {
        ([whole], _) if whole.len() == 8 && digits(whole) => ymd(&whole[..4], &whole[4..6], &whole[6..]),
        // With dots the day comes first everywhere; with a slash it depends on the country, unless the year leads.
        ([day, month, year], true) if !date.contains(['-', '/']) => ymd(year, month, day),
        ([year, month, day], false) if !(date.contains('-') && date.contains('/')) => ymd(year, month, day),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_can_mean_two_days_is_none() {
        for text in [
            "2025-09-01",
            "2025-9-1",
            "2025/09/01",
            "20250901",
            "01.09.2025",
            "1.9.2025",
            "2025-09-01T23:59:59Z",
            "2025-09-01 8:15",
        ] {
            assert_eq!(common(text), NaiveDate::from_ymd_opt(2025, 9, 1), "{text}");
        }
        for text in [
            "01/09/2025",
            "1-9-2025",
            "01.09.25",
            "2025.09.01",
            "2025-13-01",
            "2025090",
            "2025-09-01x",
            "2025-09-01 x",
            "2025-09/01",
            "",
            "+025-09-01",
            "２０２５0901",
        ] {
            assert_eq!(common(text), None, "{text}");
        }
    }
}
