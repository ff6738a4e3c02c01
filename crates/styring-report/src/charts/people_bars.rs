//! Bars of people, one row per name, on one scale.

use super::canvas::{Canvas, SMALL, Side, TEXT};
use super::palette::{Colour, INK};
use super::{PAD, label, layout};

/// How much of its colour the lesser part of a bar has.
pub(super) const FAINT: f64 = 0.35;

/// A stretch of a bar, in people.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) colour: Colour,
    pub(super) alpha: f64,
}

/// A row: a name, its bar, where its bounds are, and what it says.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) stretches: Vec<Stretch>,
    pub(super) bounds: Option<(f64, f64)>,
    pub(super) text: String,
}

/// Bars under each other.
pub(super) struct Bars {
    width: f64,
    wide: bool,
    left: f64,
    right: f64,
    most: f64,
    rows: Vec<Bar>,
}

const BAR: f64 = 16.0;

impl Bars {
    /// Bars on a scale of their own, or on one that goes to `most` at least.
    pub(super) fn new(rows: Vec<Bar>, most: f64, width: u32) -> Self {
        let (width, wide) = layout(width);
        let names = rows.iter().map(|row| label::width(&row.name, TEXT)).fold(0.0, f64::max);
        let gutter = if wide { names.min(width * 0.34) + 10.0 } else { 0.0 };
        let room = rows.iter().map(|row| label::width(&row.text, SMALL)).fold(0.0, f64::max);
        let left = PAD + gutter;
        // On a phone the text stands above the bar, at its right end.
        let right = if wide { (width - PAD - room - 8.0).max(left + 60.0) } else { width - PAD };
        let ends = rows.iter().flat_map(|row| {
            let stretches = row.stretches.iter().map(|stretch| stretch.to);
            stretches.chain(row.bounds.map(|(_, upper)| upper))
        });
        let most = ends.filter(|end| end.is_finite()).fold(most, f64::max);
        Self { width, wide, left, right, most, rows }
    }

    fn row(&self) -> f64 {
        if self.wide { 28.0 } else { 44.0 }
    }

    pub(super) fn height(&self) -> f64 {
        self.row() * self.rows.len().max(1) as f64
    }

    fn x(&self, people: f64) -> f64 {
        let part = if self.most > 0.0 { (people / self.most).clamp(0.0, 1.0) } else { 0.0 };
        self.left + part * (self.right - self.left)
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, top: f64) {
        for (index, row) in self.rows.iter().enumerate() {
            let y = top + self.row() * index as f64;
            let middle = if self.wide { y + self.row() / 2.0 } else { y + 32.0 };
            let end = row.stretches.iter().map(|stretch| stretch.to).chain(row.bounds.map(|(_, upper)| upper));
            let end = self.x(end.fold(0.0, f64::max));
            let text = label::fit(&row.text, SMALL, self.width - 2.0 * PAD);
            if self.wide {
                let name = label::fit(&row.name, TEXT, self.left - PAD - 10.0);
                canvas.text((self.left - 10.0, middle), Side::Left, TEXT, &name);
                canvas.text((end + 6.0, middle), Side::Right, SMALL, &text);
            } else {
                let room = self.width - 2.0 * PAD - label::width(&text, SMALL) - 8.0;
                canvas.text((PAD, y + 12.0), Side::Right, TEXT, &label::fit(&row.name, TEXT, room.max(40.0)));
                canvas.text((self.width - PAD, y + 12.0), Side::Left, SMALL, &text);
            }
            for stretch in &row.stretches {
                let (from, to) = (self.x(stretch.from), self.x(stretch.to));
                canvas.rect((from, middle - BAR / 2.0), (to, middle + BAR / 2.0), stretch.colour, stretch.alpha);
            }
            whisker(canvas, row.bounds.map(|(lower, upper)| (self.x(lower), self.x(upper))), middle);
            canvas.line((self.left, middle - self.row() / 2.0 + 2.0), (self.left, middle + BAR / 2.0 + 2.0), 1, INK);
        }
    }
}

/// Bounds that are not one number.
pub(super) fn whisker(canvas: &mut Canvas<'_>, bounds: Option<(f64, f64)>, y: f64) {
    if let Some((lower, upper)) = bounds.filter(|(lower, upper)| upper - lower > 1.0) {
        canvas.line((lower, y), (upper, y), 2, INK);
        for x in [lower, upper] {
            canvas.line((x, y - 4.0), (x, y + 4.0), 2, INK);
        }
    }
}
