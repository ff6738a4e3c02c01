use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDateTime, Timelike, Weekday};

use crate::Error;
use crate::naming::characters::is_dash;

/// Days of the week and hours of the day: «hverdager 07–10», «lør–søn», «22–02».
///
/// Hours are local; the first belongs to the part, the last does not. Hours that pass midnight belong to the day they began on: «fre 22–02» holds on Saturday at 01.30.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
pub struct Daypart {
    days: Days,
    hours: Option<Hours>,
}

impl Daypart {
    /// These days, in these hours or all day.
    pub fn new(days: Days, hours: Option<Hours>) -> Self {
        Self { days, hours }
    }

    /// The days.
    pub fn days(self) -> Days {
        self.days
    }

    /// The hours; none is the whole day.
    pub fn hours(self) -> Option<Hours> {
        self.hours
    }

    /// Whether a local time lies in it.
    pub fn holds(self, local: NaiveDateTime) -> bool {
        let today = local.weekday();
        let Some(Hours { from, to }) = self.hours else { return self.days.contains(today) };
        // Below 1440 whatever the day: an hour and a minute.
        let minute = u16::try_from(local.hour() * 60 + local.minute()).unwrap_or_default();
        if from < to {
            return self.days.contains(today) && (from..to).contains(&minute);
        }
        (minute >= from && self.days.contains(today)) || (minute < to && self.days.contains(today.pred()))
    }
}

/// A set of weekdays that is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days(u8);

/// From Monday on: the word that is printed, and the others that are read.
const WEEK: [(&str, [&str; 5]); 7] = [
    ("man", ["mandag", "mandager", "mon", "monday", "mondays"]),
    ("tir", ["tirsdag", "tirsdager", "tue", "tuesday", "tuesdays"]),
    ("ons", ["onsdag", "onsdager", "wed", "wednesday", "wednesdays"]),
    ("tor", ["torsdag", "torsdager", "thu", "thursday", "thursdays"]),
    ("fre", ["fredag", "fredager", "fri", "friday", "fridays"]),
    ("lør", ["lørdag", "lørdager", "sat", "saturday", "saturdays"]),
    ("søn", ["søndag", "søndager", "sun", "sunday", "sundays"]),
];

impl Days {
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);
    /// Monday to Friday.
    pub const WORKDAYS: Self = Self(0b001_1111);
    /// Saturday and Sunday.
    pub const WEEKEND: Self = Self(0b110_0000);

    /// A set of days; none if it would be empty.
    pub fn of(days: impl IntoIterator<Item = Weekday>) -> Option<Self> {
        let bits = days.into_iter().fold(0, |bits, day| bits | 1 << day.num_days_from_monday());
        (bits != 0).then_some(Self(bits))
    }

    /// Whether a day is among them.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & 1 << day.num_days_from_monday() != 0
    }
}

impl fmt::Display for Days {
    /// «alle dager», «hverdager», «helg»; else runs of three or more days with a dash, and the rest joined by `+`: «man–ons+fre».
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ALL => return f.write_str("alle dager"),
            Self::WORKDAYS => return f.write_str("hverdager"),
            Self::WEEKEND => return f.write_str("helg"),
            _ => {}
        }
        let mut runs = Vec::new();
        let mut day = 0;
        while day < 7 {
            let length = (day..7).take_while(|day| self.0 & 1 << day != 0).count();
            match length {
                0 => day += 1,
                1 | 2 => runs.extend(WEEK[day..day + length].iter().map(|(short, _)| (*short).to_owned())),
                _ => runs.push(format!("{}–{}", WEEK[day].0, WEEK[day + length - 1].0)),
            }
            day += length;
        }
        f.write_str(&runs.join("+"))
    }
}

impl FromStr for Days {
    type Err = Error;

    /// Reads what [`Days`] prints, and the same in English («weekdays», «weekend», «mon–wed+fri»), in any case and with any dash.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::Signal { field: "days", value: text.to_owned() };
        let lower = text.trim().to_lowercase();
        match lower.as_str() {
            "alle dager" | "alle" | "every day" | "daily" => return Ok(Self::ALL),
            "hverdager" | "hverdag" | "weekdays" => return Ok(Self::WORKDAYS),
            "helg" | "helger" | "weekend" | "weekends" => return Ok(Self::WEEKEND),
            _ => {}
        }
        let day = |word: &str| {
            let word = word.trim().trim_end_matches('.');
            WEEK.iter().position(|(short, others)| *short == word || others.contains(&word)).ok_or_else(wrong)
        };
        let mut bits = 0_u8;
        for run in lower.split(['+', ',']) {
            match run.split_once(is_dash) {
                Some((first, last)) => {
                    let (first, last) = (day(first)?, day(last)?);
                    // Around the end of the week: «fre–man».
                    (0..=(last + 7 - first) % 7).for_each(|step| bits |= 1 << ((first + step) % 7));
                }
                None => bits |= 1 << day(run)?,
            }
        }
        Ok(Self(bits))
    }
}

/// From one time of day until before another; past midnight if the second is the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hours {
    /// Minutes after midnight.
    from: u16,
    /// Minutes after midnight, 1 to 1440.
    to: u16,
}

impl Hours {
    /// From hour and minute until before hour and minute; 24.00 is the end of the day.
    ///
    /// # Errors
    ///
    /// [`Error::Signal`] unless both are times of day and differ.
    pub fn new(from: (u8, u8), to: (u8, u8)) -> Result<Self, Error> {
        let minutes = |(hour, minute): (u8, u8)| u16::from(hour) * 60 + u16::from(minute);
        let (first, last) = (minutes(from), minutes(to));
        let midnight = if last == 0 { 1440 } else { last };
        if from.1 > 59 || to.1 > 59 || first >= 1440 || midnight > 1440 || first == midnight {
            return Err(Error::Signal {
                field: "hours",
                value: format!("{:02}.{:02}–{:02}.{:02}", from.0, from.1, to.0, to.1),
            });
        }
        Ok(Self { from: first, to: midnight })
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |minutes: u16| match minutes % 60 {
            0 => format!("{:02}", minutes / 60),
            rest => format!("{:02}.{rest:02}", minutes / 60),
        };
        write!(f, "{}–{}", written(self.from), written(self.to))
    }
}

impl FromStr for Hours {
    type Err = Error;

    /// Reads «07–10», «7-10», «07.30–10:15», «kl. 22–02».
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::Signal { field: "hours", value: text.to_owned() };
        let lower = text.trim().to_lowercase();
        let bare = lower.strip_prefix("kl").map_or(lower.as_str(), |rest| rest.trim_start_matches('.').trim());
        let (from, to) = bare.split_once(is_dash).ok_or_else(wrong)?;
        let number = |text: &str| {
            (text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| text.parse::<u8>().ok())
                .flatten()
        };
        let time = |text: &str| {
            let (hour, minute) = text.trim().split_once(['.', ':']).unwrap_or((text.trim(), "00"));
            number(hour).zip(number(minute)).ok_or_else(wrong)
        };
        Self::new(time(from)?, time(to)?).map_err(|_| wrong())
    }
}

impl fmt::Display for Daypart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.hours {
            None => self.days.fmt(f),
            Some(hours) if self.days == Days::ALL => hours.fmt(f),
            Some(hours) => write!(f, "{} {hours}", self.days),
        }
    }
}

impl FromStr for Daypart {
    type Err = Error;

    /// Reads days, hours, or days and then hours.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Error::Signal { field: "daypart", value: String::new() });
        }
        // Hours begin at the first digit; «kl.» before them belongs to them.
        let digit = text.find(|character: char| character.is_ascii_digit()).unwrap_or(text.len());
        let (days, hours) = text.split_at(digit);
        let days = days.trim();
        let days = days.strip_suffix("kl.").or_else(|| days.strip_suffix("kl")).unwrap_or(days).trim();
        Ok(Self {
            days: if days.is_empty() { Days::ALL } else { days.parse()? },
            hours: if hours.is_empty() { None } else { Some(hours.parse()?) },
        })
    }
}

impl TryFrom<String> for Daypart {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Daypart> for String {
    fn from(part: Daypart) -> Self {
        part.to_string()
    }
}
