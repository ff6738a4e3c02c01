use std::fmt;

use chrono::{DateTime, Datelike, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;

use crate::Error;

/// The last n days or weeks by the clocks of a place, the running one among them; for [`Window::Calendar`](super::Window::Calendar).
///
/// The window begins at 00:00 local time of the first of the n days that end with the one holding t; weeks are ISO weeks and begin on Mondays. A day is as long as the clocks make it: in Oslo
/// the last Sunday of March has 23 hours and that of October 25. Where a time zone skips 00:00 the day begins at the first moment after it; where it has 00:00 twice, at the earlier
/// one, and a day that has begun does not un-begin.
///
/// ```
/// use styring_reach::cap::{Calendar, CalendarUnit, Caps, Impression, Next, Rule, Rules, Window};
///
/// let today = Window::Calendar(Calendar::new(CalendarUnit::Day, 1, "Europe/Oslo")?);
/// let mut caps = Caps::new(Rules::new([Rule::new("per day", 1.0, today)?])?);
/// let midnight = 1_792_879_200; // 25 October 2026, 00:00 in Oslo, a day of 25 hours
/// assert!(caps.request(&Impression::of("kari", midnight)?).allowed());
/// let denied = caps.request(&Impression::of("kari", midnight + 86_400)?); // 23:00 of the same day
/// assert_eq!(denied.next_allowed(), Some(Next::At(midnight + 25 * 3600)));
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "stored::Calendar", into = "stored::Calendar"))]
pub struct Calendar {
    unit: CalendarUnit,
    n: u16,
    zone: Tz,
}

/// What is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum CalendarUnit {
    /// Local days.
    Day,
    /// ISO weeks, from Monday 00:00 local time.
    Week,
}

impl Calendar {
    /// The last `n` units in a zone of the IANA database, as `Europe/Oslo`.
    ///
    /// Errors: [`Error::OutOfRange`] for no unit at all, [`Error::Unknown`] for a zone that is not there.
    pub fn new(unit: CalendarUnit, n: u16, zone: &str) -> Result<Self, Error> {
        if n == 0 {
            return Err(Error::OutOfRange { field: "calendar n", expected: "from 1 to 65535", value: n.to_string() });
        }
        let zone = zone.parse().map_err(|_| Error::Unknown { what: "time zone", name: zone.to_owned() })?;
        Ok(Self { unit, n, zone })
    }

    /// Days or weeks.
    pub fn unit(&self) -> CalendarUnit {
        self.unit
    }

    /// How many.
    pub fn n(&self) -> u16 {
        self.n
    }

    /// The name of the time zone.
    pub fn zone(&self) -> &'static str {
        self.zone.name()
    }

    /// The moment at which the window that holds `at` begins, in epoch seconds.
    pub fn begin(&self, at: i64) -> i64 {
        self.first_moment(self.period(at) - i32::from(self.n) + 1)
    }

    /// The first moment at which the window no longer holds `at`.
    pub fn release(&self, at: i64) -> i64 {
        self.first_moment(self.period(at) + i32::from(self.n))
    }

    /// The number of the last day or week that has begun, counted from the year 1.
    fn period(self, at: i64) -> i32 {
        let day = DateTime::from_timestamp(at, 0)
            .map_or(0, |moment| moment.with_timezone(&self.zone).date_naive().num_days_from_ce());
        let mut period = match self.unit {
            CalendarUnit::Day => day,
            CalendarUnit::Week => (day - 1).div_euclid(7),
        };
        // After a clock has been set back over midnight, the local date says yesterday once more.
        while self.first_moment(period + 1) <= at {
            period += 1;
        }
        period
    }

    fn first_moment(self, period: i32) -> i64 {
        let day = match self.unit {
            CalendarUnit::Day => period,
            CalendarUnit::Week => period * 7 + 1,
        };
        // Times of the years 1 to 9999 and windows of 65535 weeks stay within chrono's quarter of a million years.
        let Some(midnight) = NaiveDate::from_num_days_from_ce_opt(day).map(|day| day.and_time(NaiveTime::MIN)) else {
            return if day < 0 { i64::MIN } else { i64::MAX };
        };
        match self.zone.from_local_datetime(&midnight) {
            MappedLocalTime::Single(moment) | MappedLocalTime::Ambiguous(moment, _) => moment.timestamp(),
            MappedLocalTime::None => self.end_of_gap(midnight),
        }
    }

    /// The first moment at which local clocks show `midnight` or later, where they skip it.
    fn end_of_gap(self, midnight: NaiveDateTime) -> i64 {
        let around = midnight.and_utc().timestamp();
        // No clock is two days from Greenwich, and before and after the gap it runs evenly.
        let (mut before, mut after) = (around - 2 * 86_400, around + 2 * 86_400);
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            let reached = DateTime::from_timestamp(middle, 0).is_some_and(|moment| {
                let offset = self.zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc();
                middle + i64::from(offset) >= around
            });
            if reached {
                after = middle;
            } else {
                before = middle;
            }
        }
        after
    }
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Calendar({} {:?} in {})", self.n, self.unit, self.zone.name())
    }
}

#[cfg(feature = "serde")]
mod stored {
    use crate::Error;

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Calendar {
        unit: super::CalendarUnit,
        n: u16,
        tz: String,
    }

    impl TryFrom<Calendar> for super::Calendar {
        type Error = Error;

        fn try_from(stored: Calendar) -> Result<Self, Error> {
            Self::new(stored.unit, stored.n, &stored.tz)
        }
    }

    impl From<super::Calendar> for Calendar {
        fn from(calendar: super::Calendar) -> Self {
            Self { unit: calendar.unit, n: calendar.n, tz: calendar.zone().to_owned() }
        }
    }
}
