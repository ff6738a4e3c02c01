//! How numbers and days are written in a table.

use chrono::format::{Item, StrftimeItems};
use styring_money::NumberFormat;

use crate::Error;

/// How numbers and days are written in the cells of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct CellSpec {
    /// The decimal sign.
    pub decimal: char,
    /// What groups digits in threes, if anything.
    pub group: Option<char>,
    /// The form of a day (strftime); if absent, any form that can mean only one day.
    pub date_format: Option<String>,
}

impl Default for CellSpec {
    /// As most exports write them: a point, nothing between digits, and days in any form that can mean only one.
    fn default() -> Self {
        Self { decimal: '.', group: None, date_format: None }
    }
}

impl CellSpec {
    /// Finds what cannot be meant before a file is opened.
    pub(super) fn check(&self) -> Result<NumberFormat, Error> {
        check_form("--date-format", "a format such as \"%d.%m.%Y\"", self.date_format.as_deref())?;
        NumberFormat::new(self.decimal, self.group).ok_or_else(|| Error::Option {
            option: "--decimal and --group",
            expected: "two different signs, no digits and no minus",
            value: self.decimal.to_string() + &self.group.map_or_else(String::new, |group| format!(" and {group}")),
        })
    }
}

/// Refuses a form of days or times that says nothing, or what chrono does not know.
pub(super) fn check_form(option: &'static str, expected: &'static str, form: Option<&str>) -> Result<(), Error> {
    match form {
        Some(form) if form.is_empty() || StrftimeItems::new(form).any(|item| item == Item::Error) => {
            Err(Error::Option { option, expected, value: form.to_owned() })
        }
        _ => Ok(()),
    }
}
