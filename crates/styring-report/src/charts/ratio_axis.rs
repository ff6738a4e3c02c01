//! The logarithmic axis along which charts say how many times as much something is.

use super::canvas::{Canvas, SMALL, Side};
use super::label;
use super::scale::Scale;

pub(super) struct RatioAxis {
    pub(super) scale: Scale,
    pub(super) left: f64,
    pub(super) right: f64,
}

impl RatioAxis {
    pub(super) fn x(&self, value: f64) -> f64 {
        self.left + self.scale.place(value).clamped() * (self.right - self.left)
    }

    /// The numbers under the axis; one that would touch the one before it is left out.
    pub(super) fn numbers(&self, canvas: &mut Canvas<'_>, bottom: f64, wanted: u32) {
        let mut free = f64::MIN;
        for (value, text) in self.scale.ticks(wanted) {
            let x = self.x(value);
            let half = label::width(&text, SMALL) / 2.0 + 3.0;
            if x - half > free {
                canvas.muted((x, bottom + 14.0), Side::Centre, SMALL, &text);
                free = x + half;
            }
        }
    }

    pub(super) fn grid(&self, canvas: &mut Canvas<'_>, (from, to): (f64, f64), wanted: u32) {
        for (value, _) in self.scale.ticks(wanted) {
            let x = self.x(value);
            canvas.grid((x, from), (x, to));
        }
    }
}
