//! The calendar from left to right: days where it is short, months and years where it is long.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::canvas::{Canvas, SMALL, Side};
use super::label;

/// Up to so many days, days are named; from there on months.
const SHORT: i64 = 70;
/// Steps that keep to weeks.
const DAYS: [u32; 5] = [1, 2, 7, 14, 28];
/// Steps that keep to years.
const MONTHS: [u32; 10] = [1, 2, 3, 6, 12, 24, 36, 60, 120, 600];

pub(super) struct Calendar {
    first: NaiveDate,
    /// From the first day to the last.
    days: i64,
    pub(super) left: f64,
    pub(super) right: f64,
}

impl Calendar {
    /// `right` is where labels end; the axis ends so much before it that a label at its end fits.
    pub(super) fn new(first: NaiveDate, last: NaiveDate, (left, right): (f64, f64)) -> Self {
        let right = (right - label::width(WIDEST, SMALL) / 2.0).max(left + 1.0);
        Self { first, days: (last - first).num_days().max(1), left, right }
    }

    pub(super) fn x(&self, day: NaiveDate) -> f64 {
        let days = (day - self.first).num_days().clamp(0, self.days);
        self.left + days as f64 * self.step()
    }

    /// The room of one day.
    fn step(&self) -> f64 {
        (self.right - self.left) / self.days as f64
    }

    /// Writes the names under the axis, as many as there is room for.
    pub(super) fn labels(&self, canvas: &mut Canvas<'_>, y: f64) {
        for (day, name) in self.names() {
            canvas.muted((self.x(day).max(label::width(&name, SMALL) / 2.0), y), Side::Centre, SMALL, &name);
        }
    }

    fn names(&self) -> Vec<(NaiveDate, String)> {
        if self.days <= SHORT {
            return self.day_names();
        }
        let named = self.month_names();
        if named.len() > 1 {
            return named;
        }
        // One name says nothing of a length.
        let last = self.first.checked_add_days(Days::new(self.days.unsigned_abs())).unwrap_or(self.first);
        [self.first, last].map(|day| (day, month(day, true))).to_vec()
    }

    fn day_names(&self) -> Vec<(NaiveDate, String)> {
        let room = label::width("30 Sep", SMALL) + 10.0;
        let every = DAYS.into_iter().find(|every| f64::from(*every) * self.step() >= room).unwrap_or(70);
        let days = (0..=self.days.unsigned_abs()).step_by(every as usize);
        let named = days.filter_map(|offset| self.first.checked_add_days(Days::new(offset)));
        named.map(|day| (day, day.format("%-d %b").to_string())).collect()
    }

    fn month_names(&self) -> Vec<(NaiveDate, String)> {
        let room = label::width(WIDEST, SMALL) + 8.0;
        // Half a year has 181 days at least, a month 28.
        let days = |every: u32| f64::from(every) * if every < 6 { 28.0 } else { 30.1 };
        let every = MONTHS.into_iter().find(|every| days(*every) * self.step() >= room).unwrap_or(2400);
        // The first month that begins on the axis and is a whole number of steps into its year.
        let from_january = self.first.with_day(1).map_or(self.first, |day| day);
        let mut starts = Vec::new();
        let mut day = from_january;
        while day < self.first || !(day.month0() + 12 * day.year().unsigned_abs()).is_multiple_of(every) {
            let Some(next) = day.checked_add_months(Months::new(1)) else { return starts };
            day = next;
        }
        while (day - self.first).num_days() <= self.days {
            starts.push((day, month(day, starts.is_empty())));
            let Some(next) = day.checked_add_months(Months::new(every)) else { break };
            day = next;
        }
        starts
    }
}

/// The widest name of a month.
pub(super) const WIDEST: &str = "May 2000";

/// A month as an axis names it: with its year where that begins, and at the beginning of the axis.
pub(super) fn month(day: NaiveDate, first: bool) -> String {
    day.format(if first || day.month() == 1 { "%b %Y" } else { "%b" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(first: (i32, u32, u32), days: u64, room: f64) -> Vec<String> {
        let first = NaiveDate::from_ymd_opt(first.0, first.1, first.2).unwrap();
        let axis = Calendar::new(first, first + Days::new(days), (0.0, room));
        axis.names().into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn long_axes_name_months_and_years() {
        assert_eq!(names((1997, 1, 1), 545, 300.0), ["Jan 1997", "Jul", "Jan 1998"]);
        assert_eq!(names((2024, 11, 5), 150, 800.0), ["Dec 2024", "Jan 2025", "Feb", "Mar", "Apr"]);
        assert_eq!(names((2020, 3, 1), 4000, 400.0), ["Jan 2022", "Jan 2025", "Jan 2028", "Jan 2031"]);
    }

    #[test]
    fn no_axis_has_a_single_name() {
        assert_eq!(names((2024, 2, 10), 200, 120.0), ["Feb 2024", "Aug 2024"]);
    }

    #[test]
    fn short_axes_name_days() {
        assert_eq!(names((2025, 1, 6), 21, 300.0), ["6 Jan", "13 Jan", "20 Jan", "27 Jan"]);
        assert_eq!(names((2025, 1, 6), 0, 300.0), ["6 Jan", "7 Jan"]);
    }
}
