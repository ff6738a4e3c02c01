//! Local days.

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use styring_reach::cap::{Calendar, CalendarUnit};

use crate::Error;

/// On which day a time lies by the clocks of a zone. A day that has begun does not un-begin when clocks are set back.
#[derive(Debug, Clone)]
pub(super) struct Days {
    calendar: Calendar,
    zone: Tz,
    /// The day that was looked for last: when it begins, when the next does, and which it is. Logs go by time, mostly.
    last: (i64, i64, Option<NaiveDate>),
}

impl Days {
    pub(super) fn new(zone: Tz) -> Result<Self, Error> {
        let calendar = Calendar::new(CalendarUnit::Day, 1, zone.name()).map_err(styring_playbook::Error::from)?;
        Ok(Self { calendar, zone, last: (0, 0, None) })
    }

    /// The day; none beyond the calendar.
    pub(super) fn of(&mut self, time: i64) -> Option<NaiveDate> {
        if !(self.last.0..self.last.1).contains(&time) {
            let begin = self.calendar.begin(time);
            let day = DateTime::from_timestamp(begin, 0).map(|moment| moment.with_timezone(&self.zone).date_naive());
            self.last = (begin, self.calendar.release(time), day);
        }
        self.last.2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_as_long_as_the_clocks_make_it() {
        let mut days = Days::new(Tz::Europe__Oslo).unwrap();
        let day = |day| NaiveDate::from_ymd_opt(2026, 10, day);
        let midnight = 1_792_879_200; // 25 October 2026, a day of 25 hours
        assert_eq!(days.of(midnight - 1), day(24));
        assert_eq!(days.of(midnight), day(25));
        assert_eq!(days.of(midnight + 25 * 3_600 - 1), day(25));
        assert_eq!(days.of(midnight + 25 * 3_600), day(26));
        assert_eq!(days.of(midnight - 1), day(24));
    }
}
