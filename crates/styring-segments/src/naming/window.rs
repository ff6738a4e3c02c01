use std::fmt;
use std::str::FromStr;

use crate::Error;
use crate::naming::characters::{cleaned, is_dash};

/// A unit of time in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[allow(clippy::exhaustive_enums, reason = "the units of the grammar")]
pub enum Unit {
    /// 3600 seconds.
    Hour,
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// A month of the calendar, 28 to 31 days.
    Month,
}

impl Unit {
    /// The longest window in this unit: 540 days, as hours 12 960, as whole weeks 77, as months 18.
    pub fn longest(self) -> u32 {
        match self {
            Self::Hour => 12_960,
            Self::Day => 540,
            Self::Week => 77,
            Self::Month => 18,
        }
    }

    /// The hours in it; `None` for a month, whose length is the calendar's.
    pub fn hours(self) -> Option<u32> {
        match self {
            Self::Hour => Some(1),
            Self::Day => Some(24),
            Self::Week => Some(168),
            Self::Month => None,
        }
    }

    /// As it stands after a number.
    fn read(word: &str) -> Option<Self> {
        let known = |word: &str| match word {
            "d" | "dag" | "dager" | "day" | "days" => Some(Self::Day),
            "t" | "h" | "time" | "timer" | "hour" | "hours" => Some(Self::Hour),
            "u" | "w" | "uke" | "uker" | "week" | "weeks" => Some(Self::Week),
            "mnd" | "måned" | "måneder" | "month" | "months" => Some(Self::Month),
            _ => None,
        };
        known(word).or_else(|| known(&word.to_lowercase()))
    }

    fn norwegian(self, plural: bool) -> &'static str {
        match (self, plural) {
            (Self::Hour, false) => "time",
            (Self::Hour, true) => "timer",
            (Self::Day, false) => "dag",
            (Self::Day, true) => "dager",
            (Self::Week, false) => "uke",
            (Self::Week, true) => "uker",
            (Self::Month, false) => "måned",
            (Self::Month, true) => "måneder",
        }
    }

    fn english(self, plural: bool) -> &'static str {
        match (self, plural) {
            (Self::Hour, false) => "hour",
            (Self::Hour, true) => "hours",
            (Self::Day, false) => "day",
            (Self::Day, true) => "days",
            (Self::Week, false) => "week",
            (Self::Week, true) => "weeks",
            (Self::Month, false) => "month",
            (Self::Month, true) => "months",
        }
    }
}

/// How long ago something may have happened: within the last 7 days, or between 3 and 7 days ago.
///
/// ```
/// use styring_segments::naming::{Unit, Window};
///
/// let week: Window = "siste 7d".parse()?;
/// assert_eq!(week.to_string(), "7 dager");
/// assert_eq!(week.english().to_string(), "7 days");
/// assert_eq!(week.hours(), Some(168));
/// assert!(week.same_length(&"1 uke".parse()?));
/// // Whoever came 3 to 7 days ago came within the last 7.
/// assert_eq!(week.contains(&Window::between(3, 7, Unit::Day)?), Some(true));
/// // Four weeks are a month or less, depending on the month.
/// assert_eq!(Window::last(29, Unit::Day)?.contains(&"1 måned".parse()?), None);
/// # Ok::<(), styring_segments::Error>(())
/// ```
///
/// Text is read in any of the forms people write: `7d`, `7 days`, `last 7 days`, `3-7 D`, `2u`, `24h`, `3 mnd`. It is printed in one: `7 dager`, `1 dag`, `3–7 dager` (en dash, plural), `24 timer`, `2 uker`,
/// `1 måned`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::Window"))]
pub struct Window {
    from: Option<u32>,
    to: u32,
    unit: Unit,
}

impl Window {
    /// From so long ago until so long ago, `0 ≤ from < to ≤` [`Unit::longest`]; without `from`, until now.
    pub fn new(from: Option<u32>, to: u32, unit: Unit) -> Result<Self, Error> {
        let window = Self { from, to, unit };
        let fits = (1..=unit.longest()).contains(&to) && from.is_none_or(|from| from < to);
        if fits { Ok(window) } else { Err(no_window(&window.to_string())) }
    }

    /// Within the last `to` units.
    pub fn last(to: u32, unit: Unit) -> Result<Self, Error> {
        Self::new(None, to, unit)
    }

    /// More than `from` and at most `to` units ago.
    pub fn between(from: u32, to: u32, unit: Unit) -> Result<Self, Error> {
        Self::new(Some(from), to, unit)
    }

    /// The nearer end, if it is not now.
    pub fn from(&self) -> Option<u32> {
        self.from
    }

    /// The farther end.
    pub fn to(&self) -> u32 {
        self.to
    }

    /// The unit of both.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The farther end in hours; `None` for months.
    pub fn hours(&self) -> Option<u32> {
        // At most 12 960 by the limits of the units.
        self.unit.hours().map(|hours| hours * self.to)
    }

    /// The nearer end in hours, 0 if it is now; `None` for months.
    pub fn from_hours(&self) -> Option<u32> {
        self.unit.hours().map(|hours| hours * self.from.unwrap_or(0))
    }

    /// Whether whatever lies within `other` lies within this; `None` where that depends on the lengths of the months.
    pub fn contains(&self, other: &Self) -> Option<bool> {
        let near = at_most(self.unit, self.from.unwrap_or(0), other.unit, other.from.unwrap_or(0));
        let far = at_most(other.unit, other.to, self.unit, self.to);
        match (near, far) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }

    /// The same time in other words: `7 dager` and `1 uke`, `0–7 dager` and `7 dager`. Months are of one length with the same number of months alone.
    pub fn same_length(&self, other: &Self) -> bool {
        self.span() == other.span()
    }

    /// Both ends in hours, or in months.
    pub(crate) fn span(&self) -> (bool, u32, u32) {
        let unit = self.unit.hours();
        let ends = unit.unwrap_or(1);
        (unit.is_none(), ends * self.from.unwrap_or(0), ends * self.to)
    }

    /// In English: `7 days`, `3–7 days`.
    pub fn english(&self) -> impl fmt::Display + use<> {
        English(*self)
    }

    /// From words with one space between them, in any form.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (from, to, unit) = Raw::read(text)?.ends();
        Self::new(from, to, unit?).ok()
    }

    /// What was probably meant by a text that is no window: the ends in order, the longest there is, days if there is no unit.
    pub(crate) fn guess(text: &str) -> Option<Self> {
        let raw = Raw::read(text)?;
        let (from, to, unit) = raw.ends();
        let unit = match unit {
            Some(unit) => unit,
            None if raw.unit.is_empty() => Unit::Day,
            None => return None,
        };
        let (from, to) = match from {
            Some(from) if from > to => (Some(to), from),
            _ => (from, to),
        };
        Self::new(from, to.min(unit.longest()), unit).ok()
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, name: fn(Unit, bool) -> &'static str) -> fmt::Result {
        let unit = name(self.unit, self.from.is_some() || self.to != 1);
        let range = Range { from: self.from, to: self.to, unit };
        if f.width().is_some() { f.pad(&range.to_string()) } else { fmt::Display::fmt(&range, f) }
    }

    /// Whether a text is the canonical form.
    pub(crate) fn is_written(&self, text: &str) -> bool {
        let mut rest = Rest(text);
        fmt::write(&mut rest, format_args!("{self}")).is_ok() && rest.0.is_empty()
    }
}

/// In Norwegian, the canonical form.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, Unit::norwegian)
    }
}

/// Reads any form; spaces of any kind and number.
impl FromStr for Window {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::read(&cleaned(text)).ok_or_else(|| no_window(text))
    }
}

struct English(Window);

struct Range {
    from: Option<u32>,
    to: u32,
    unit: &'static str,
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(from) = self.from {
            write!(f, "{from}–")?;
        }
        write!(f, "{} {}", self.to, self.unit)
    }
}

/// What is left of a text after what was written; an error where they part.
struct Rest<'a>(&'a str);

impl fmt::Write for Rest<'_> {
    fn write_str(&mut self, written: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(written).ok_or(fmt::Error)?;
        Ok(())
    }
}

impl fmt::Display for English {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, Unit::english)
    }
}

/// `["siste" | "last"] n [" "] unit`, or with `n dash n`.
struct Raw<'a> {
    first: u32,
    second: Option<u32>,
    unit: &'a str,
}

impl<'a> Raw<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let rest = match text.split_once(' ') {
            Some((word, rest)) if ["siste", "last"].iter().any(|last| word.eq_ignore_ascii_case(last)) => rest,
            _ => text,
        };
        let (first, rest) = number(rest)?;
        let (second, rest) = match rest.strip_prefix(is_dash) {
            Some(rest) => number(rest).map(|(second, rest)| (Some(second), rest))?,
            None => (None, rest),
        };
        Some(Self { first, second, unit: rest.strip_prefix(' ').unwrap_or(rest) })
    }

    fn ends(&self) -> (Option<u32>, u32, Option<Unit>) {
        let unit = Unit::read(self.unit);
        self.second.map_or((None, self.first, unit), |second| (Some(self.first), second, unit))
    }
}

/// At most five digits.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(end)?;
    if end > 5 { None } else { Some((digits.parse().ok()?, rest)) }
}

/// `a ≤ b`; `None` where the calendar decides.
fn at_most(a_unit: Unit, a: u32, b_unit: Unit, b: u32) -> Option<bool> {
    if a_unit == b_unit {
        return Some(a <= b);
    }
    let ((a_least, a_most), (b_least, b_most)) = (hours(a_unit, a), hours(b_unit, b));
    if a_most <= b_least {
        Some(true)
    } else if a_least > b_most {
        Some(false)
    } else {
        None
    }
}

/// The least and the most hours in so many units.
fn hours(unit: Unit, count: u32) -> (u32, u32) {
    if let Some(hours) = unit.hours() {
        return (hours * count, hours * count);
    }
    let (least, most) = days_in_months(count);
    (24 * least, 24 * most)
}

/// The least and the most days in so many months that follow each other. Four years hold every case: a century without its leap year is only as short as other years are.
fn days_in_months(count: u32) -> (u32, u32) {
    const DAYS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let days =
        |month: u32| DAYS.iter().cycle().nth(month as usize % 12).map_or(0, |days| days + u32::from(month % 48 == 1));
    let lengths = (0..48).map(|start| (start..start + count).map(days).sum::<u32>());
    lengths.fold((u32::MAX, 0), |(least, most), length| (least.min(length), most.max(length)))
}

fn no_window(text: &str) -> Error {
    Error::OutOfRange {
        field: "window",
        expected: "a window, as in 7 dager or 3–7 dager, of at most 540 days",
        value: format!("{text:?}"),
    }
}

/// As it comes from a file, before it is checked.
#[cfg(feature = "serde")]
mod stored {
    use super::Unit;
    use crate::Error;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Window {
        #[serde(default)]
        from: Option<u32>,
        to: u32,
        unit: Unit,
    }

    impl TryFrom<Window> for super::Window {
        type Error = Error;

        fn try_from(stored: Window) -> Result<Self, Error> {
            Self::new(stored.from, stored.to, stored.unit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_of_the_calendar() {
        let expected = [(0, 0), (28, 31), (59, 62), (89, 92), (120, 123), (150, 153), (181, 184), (212, 215)];
        for (count, expected) in (0..).zip(expected) {
            assert_eq!(days_in_months(count), expected, "{count}");
        }
        assert_eq!(days_in_months(12), (365, 366));
    }
}
