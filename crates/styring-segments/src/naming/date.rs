use std::fmt;
use std::str::FromStr;

use crate::Error;

/// A day of the Gregorian calendar, written as in ISO 8601.
///
/// ```
/// use styring_segments::naming::Date;
///
/// let day: Date = "2025-09-13".parse()?;
/// assert!(day < Date::new(2025, 10, 1)?);
/// assert!("2025-02-29".parse::<Date>().is_err());
/// # Ok::<(), styring_segments::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day, if there is one: years 1 to 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, Error> {
        let date = Self { year, month, day };
        let exists = (1..=9999).contains(&year) && (1..=date.days_in_month()).contains(&day);
        if exists { Ok(date) } else { Err(no_day(&date.to_string())) }
    }

    /// The year.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    pub fn day(self) -> u8 {
        self.day
    }

    /// 0 if there is no such month.
    fn days_in_month(self) -> u8 {
        let leap = self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        match self.month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}-{:02}", self.year, self.month, self.day))
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads what [`Display`](fmt::Display) prints.
impl FromStr for Date {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let number = |range: std::ops::Range<usize>| {
            let digits = text.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
            digits.and_then(|digits| digits.parse::<u16>().ok())
        };
        let form = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        match (form, number(0..4), number(5..7), number(8..10)) {
            (true, Some(year), Some(month), Some(day)) => {
                Self::new(year, u8::try_from(month).unwrap_or(0), u8::try_from(day).unwrap_or(0))
            }
            _ => Err(no_day(text)),
        }
    }
}

impl TryFrom<String> for Date {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

fn no_day(text: &str) -> Error {
    Error::OutOfRange { field: "date", expected: "a day, as in 2025-09-13", value: format!("{text:?}") }
}
