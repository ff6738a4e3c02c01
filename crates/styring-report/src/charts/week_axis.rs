//! Weeks from left to right.

use super::canvas::{Canvas, SMALL, Side};
use super::label;
use crate::period::Period;

pub(super) struct WeekAxis {
    first: u32,
    last: u32,
    pub(super) left: f64,
    pub(super) right: f64,
}

impl WeekAxis {
    pub(super) fn new(period: &Period, (left, right): (f64, f64)) -> Self {
        Self { first: *period.weeks.start(), last: *period.weeks.end(), left, right }
    }

    /// The room of one week.
    pub(super) fn step(&self) -> f64 {
        (self.right - self.left) / f64::from(self.last - self.first + 1)
    }

    pub(super) fn centre(&self, week: u32) -> f64 {
        self.left + (f64::from(week.clamp(self.first, self.last) - self.first) + 0.5) * self.step()
    }

    /// Says to the left of the axis what its numbers are.
    pub(super) fn caption(&self, canvas: &mut Canvas<'_>, y: f64, undated: bool) {
        if !undated {
            canvas.muted((self.left - 6.0, y), Side::Left, SMALL, "week");
        }
    }

    /// Writes the weeks under the axis, as many as there is room for.
    pub(super) fn labels(&self, canvas: &mut Canvas<'_>, y: f64, undated: bool) {
        if undated {
            let text = label::fit("whole period", SMALL, self.right - self.left);
            canvas.muted((f64::midpoint(self.left, self.right), y), Side::Centre, SMALL, &text);
            return;
        }
        let room = label::width(&self.last.to_string(), SMALL) + 10.0;
        let every = [1, 2, 4, 5, 10, 13, 26, 52, 104].into_iter().find(|every| f64::from(*every) * self.step() >= room);
        let every = every.unwrap_or(260);
        for week in (self.first..=self.last).filter(|week| (week - self.first).is_multiple_of(every)) {
            canvas.muted((self.centre(week), y), Side::Centre, SMALL, &week.to_string());
        }
    }
}
