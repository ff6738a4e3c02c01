//! Which week a row belongs to.

use std::collections::HashMap;

use chrono::NaiveDate;
use csv::ByteRecord;
use foldhash::fast::FixedState;
use styring_playbook::{Plan, Span};

use super::columns::Header;
use super::findings::RejectionKind;
use super::spec::{DateSpec, FormattedDate, SourceSpec};
use crate::Error;

/// The week of a row, or that it lies before the campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Week(u32),
    Before,
}

/// Reads the day of a row. There are few days and many rows, so every text is read once.
pub(super) struct Days {
    columns: Vec<usize>,
    format: String,
    /// `2025-09-01` and nothing else; the format alone would take `+2025-9-1` too.
    is_iso: bool,
    year: Option<i32>,
    period: Option<Span>,
    answers: HashMap<Vec<u8>, (NaiveDate, When), FixedState>,
    /// The cells of the row at hand, joined.
    text: Vec<u8>,
    day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
}

impl Days {
    pub(super) fn new(spec: &SourceSpec, header: &Header<'_>) -> Result<Self, Error> {
        let (columns, format, year) = match &spec.date {
            Some(DateSpec::Iso(column)) => (vec![header.place(column, "the date")?], "%Y-%m-%d".to_owned(), None),
            Some(DateSpec::Formatted(FormattedDate { columns, format, year })) => {
                (header.places(columns, "the date")?, format.clone(), *year)
            }
            None => (Vec::new(), String::new(), None),
        };
        let period = spec.period.map(|period| Span::Period { first: period.first, last: period.last });
        let answers = HashMap::default();
        let is_iso = matches!(spec.date, Some(DateSpec::Iso(_)));
        Ok(Self { columns, format, is_iso, year, period, answers, text: Vec::new(), day: None, last_day: None })
    }

    /// The first column of the date, for messages.
    pub(super) fn column(&self) -> Option<usize> {
        self.columns.first().copied()
    }

    /// The text of the row at hand.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }

    /// The days that the used rows cover.
    pub(super) fn span(&self) -> Option<Span> {
        self.period.or(self.last_day.map(Span::Until))
    }

    /// The row that was asked about last is used.
    pub(super) fn note_used(&mut self) {
        self.last_day = self.last_day.max(self.day);
    }

    pub(super) fn of(&mut self, record: &ByteRecord, plan: &Plan) -> Result<When, RejectionKind> {
        if let Some(Span::Period { last, .. }) = self.period {
            return plan.week_of(last).map(When::Week).ok_or(RejectionKind::FarDay);
        }
        self.text.clear();
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                self.text.push(b' ');
            }
            self.text.extend_from_slice(record[*column].trim_ascii());
        }
        let (day, when) = if let Some(answer) = self.answers.get(&self.text) {
            *answer
        } else {
            let answer = self.read(plan)?;
            self.answers.insert(self.text.clone(), answer);
            answer
        };
        self.day = Some(day);
        Ok(when)
    }

    fn read(&self, plan: &Plan) -> Result<(NaiveDate, When), RejectionKind> {
        let text = std::str::from_utf8(&self.text).map_err(|_| RejectionKind::Encoding)?;
        if text.trim().is_empty() {
            return Err(RejectionKind::Missing);
        }
        if self.is_iso && !(text.len() == 10 && text.starts_with(|sign: char| sign.is_ascii_digit())) {
            return Err(RejectionKind::NotADay { format: self.format.clone() });
        }
        let day = match self.year {
            Some(year) => NaiveDate::parse_from_str(&format!("{text} {year}"), &format!("{} %Y", self.format)),
            None => NaiveDate::parse_from_str(text, &self.format),
        };
        let day = day.map_err(|_| RejectionKind::NotADay { format: self.format.clone() })?;
        match plan.week_of(day) {
            Some(week) => Ok((day, When::Week(week))),
            None if day < plan.campaign.first_day => Ok((day, When::Before)),
            None => Err(RejectionKind::FarDay),
        }
    }
}
