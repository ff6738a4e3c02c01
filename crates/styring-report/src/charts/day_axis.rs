//! Days from left to right.

use chrono::{Days, NaiveDate};

use super::canvas::{Canvas, SMALL, Side};
use super::label;

/// Day `0` is the moment before the first day, day `n` the end of the `n`-th.
pub(super) struct DayAxis {
    first: NaiveDate,
    days: u32,
    pub(super) left: f64,
    pub(super) right: f64,
}

/// Steps that keep to weeks where they can.
const STEPS: [u32; 11] = [1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 1456];

impl DayAxis {
    /// `right` is where labels end; the axis ends so much before it that its last label fits.
    pub(super) fn new(first: NaiveDate, days: u32, (left, right): (f64, f64)) -> Self {
        let axis = Self { first, days: days.max(1), left, right };
        let last = label::width(&axis.name(axis.days), SMALL) / 2.0;
        Self { right: (right - last).max(left + 1.0), ..axis }
    }

    /// The room of one day.
    pub(super) fn step(&self) -> f64 {
        (self.right - self.left) / f64::from(self.days)
    }

    pub(super) fn end_of(&self, day: u32) -> f64 {
        self.left + f64::from(day.min(self.days)) * self.step()
    }

    pub(super) fn middle_of(&self, day: u32) -> f64 {
        self.end_of(day) - self.step() / 2.0
    }

    fn name(&self, day: u32) -> String {
        let date = self.first.checked_add_days(Days::new(u64::from(day.max(1)) - 1)).unwrap_or(self.first);
        // Over more than a year a day without its year could be several.
        date.format(if self.days > 366 { "%b %Y" } else { "%-d %b" }).to_string()
    }

    /// Writes the days under the axis, the last of them always, and as many before as there is room for.
    pub(super) fn labels(&self, canvas: &mut Canvas<'_>, y: f64, place: impl Fn(u32) -> f64) {
        let widest = if self.days > 366 { "Mar 2025" } else { "30 Mar" };
        let room = label::width(widest, SMALL) + 10.0;
        let every = STEPS.into_iter().find(|every| f64::from(*every) * self.step() >= room).unwrap_or(self.days);
        let labelled = (1..=self.days).rev().step_by(every as usize);
        for day in labelled.filter(|day| place(*day) - room / 2.0 >= 0.0) {
            canvas.muted((place(day), y), Side::Centre, SMALL, &self.name(day));
        }
    }
}
