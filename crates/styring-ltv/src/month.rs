use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use crate::Error;
use crate::check::out_of_range;

/// A month of a year, as the name of a cohort.
///
/// ```
/// use chrono::NaiveDate;
/// use styring_ltv::Month;
///
/// let month = Month::of(NaiveDate::from_ymd_opt(2024, 3, 17).expect("a date"));
/// assert_eq!(month.to_string(), "2024-03");
/// assert_eq!("2024-03".parse::<Month>()?, month);
/// assert!(month < "2024-11".parse()?);
/// # Ok::<(), styring_ltv::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub struct Month {
    first: NaiveDate,
}

impl Month {
    /// The month a day lies in.
    pub fn of(day: NaiveDate) -> Self {
        // Every month has a first day.
        Self { first: day.with_day(1).unwrap_or(day) }
    }

    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        self.first
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.first.year(), self.first.month()))
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads what [`Display`](fmt::Display) prints.
impl FromStr for Month {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let read = text.rsplit_once('-').and_then(|(year, month)| {
            let two_digits = month.len() == 2 && month.bytes().all(|byte| byte.is_ascii_digit());
            let month = two_digits.then(|| month.parse().ok())?;
            NaiveDate::from_ymd_opt(year.parse().ok()?, month?, 1)
        });
        read.map(Self::of)
            .ok_or_else(|| out_of_range("month", "a year and a month, as in 2024-03", &format!("{text:?}")))
    }
}

impl TryFrom<String> for Month {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}
