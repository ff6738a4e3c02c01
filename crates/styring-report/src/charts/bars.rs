//! Bars under each other, each of parts, with a name and a text: beside the bars where there is room for names, and above them where there is not.

use super::canvas::{Canvas, SMALL, Side, TEXT, svg};
use super::legend::{Legend, Mark};
use super::palette::{Colour, INK};
use super::{PAD, label, layout};
use crate::Error;

const BAR: f64 = 16.0;

/// How far a text stands under a name.
const UNDER: f64 = 15.0;

pub(super) struct Bar {
    pub(super) name: String,
    /// Lengths one after the other, each with its colour and how much of it.
    pub(super) parts: Vec<(f64, Colour, f64)>,
    /// Where the end of a length that was estimated can be; drawn as a bracket.
    pub(super) bounds: Option<(f64, f64)>,
    /// What stands behind the bar.
    pub(super) text: String,
}

impl Bar {
    fn length(&self) -> f64 {
        self.parts.iter().map(|(length, ..)| length.max(0.0)).sum()
    }

    /// The farthest that anything of it goes.
    fn end(&self) -> f64 {
        self.bounds.map_or(0.0, |(_, upper)| upper).max(self.length())
    }
}

/// Bars laid out for a width.
pub(super) struct Bars<'a> {
    rows: &'a [Bar],
    width: f64,
    /// Whether names stand beside the bars.
    beside: bool,
    /// Whether texts stand under names, and not behind them.
    under: bool,
    name_room: f64,
    text_room: f64,
    left: f64,
    right: f64,
    row: f64,
    longest: f64,
}

impl<'a> Bars<'a> {
    pub(super) fn new(bars: &'a [Bar], width: u32) -> Result<Self, Error> {
        let ends = |bar: &Bar| [bar.length(), bar.end()].into_iter().find(|end| !end.is_finite());
        if let Some((bar, end)) = bars.iter().find_map(|bar| Some((bar, ends(bar)?))) {
            return Err(Error::Series { field: bar.name.clone(), expected: "finite", value: end.to_string() });
        }
        let (width, wide) = layout(width);
        let names = bars.iter().map(|bar| label::width(&bar.name, TEXT)).fold(0.0, f64::max);
        let room = bars.iter().map(|bar| label::width(&bar.text, SMALL)).fold(0.0, f64::max);
        let beside = wide || (names <= width * 0.3 && room <= width * 0.35);
        let name_room = names.min(width * 0.3) + 1.0;
        let text_room = room.min(width * 0.55) + 1.0;
        let (left, right) =
            if beside { (PAD + name_room + 10.0, width - PAD - text_room - 8.0) } else { (PAD, width - PAD) };
        let fits =
            |bar: &Bar| label::width(&bar.name, TEXT) + label::width(&bar.text, SMALL) + 8.0 <= width - 2.0 * PAD;
        let under = !beside && !bars.iter().all(fits);
        let row = match (beside, names > name_room) {
            (true, false) => 24.0,
            (true, true) => 38.0,
            (false, _) if under => 42.0 + UNDER,
            (false, _) => 42.0,
        };
        let longest = bars.iter().map(Bar::end).fold(0.0, f64::max);
        Ok(Self { rows: bars, width, beside, under, name_room, text_room, left, right, row, longest })
    }

    pub(super) fn height(&self) -> f64 {
        self.row * self.rows.len().max(1) as f64
    }

    fn x(&self, length: f64) -> f64 {
        self.left + if self.longest > 0.0 { length / self.longest * (self.right - self.left) } else { 0.0 }
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, top: f64) {
        let Self { width, row, left, .. } = *self;
        for (index, bar) in self.rows.iter().enumerate() {
            let y = top + row * index as f64;
            let middle = if self.beside { y + row / 2.0 } else { y + row - 14.0 };
            let mut begin = 0.0;
            for (length, colour, alpha) in &bar.parts {
                let end = begin + length.max(0.0);
                let (from, to) = (self.x(begin), self.x(end));
                canvas.rect((from, middle - BAR / 2.0), (to, middle + BAR / 2.0), *colour, *alpha);
                begin = end;
            }
            bracket(canvas, bar.bounds.map(|(lower, upper)| (self.x(lower), self.x(upper))), middle);
            canvas.line((left, middle - 12.0), (left, middle + 12.0), 1, INK);
            if self.beside {
                canvas.name((left - 10.0, middle), Side::Left, self.name_room, &bar.name);
                let text = label::fit(&bar.text, SMALL, self.text_room);
                canvas.text((self.x(bar.end()) + 6.0, middle), Side::Right, SMALL, &text);
            } else if self.under {
                let room = width - 2.0 * PAD;
                canvas.text((PAD, y + 9.0), Side::Right, TEXT, &label::fit(&bar.name, TEXT, room));
                canvas.text((PAD, y + 9.0 + UNDER), Side::Right, SMALL, &label::fit(&bar.text, SMALL, room));
            } else {
                // On a phone name and text share the line above the bar.
                let text = label::fit(&bar.text, SMALL, width * 0.7);
                let left_over = width - 2.0 * PAD - label::width(&text, SMALL) - 8.0;
                canvas.text((PAD, y + 9.0), Side::Right, TEXT, &label::fit(&bar.name, TEXT, left_over));
                canvas.text((width - PAD, y + 9.0), Side::Left, SMALL, &text);
            }
        }
    }
}

/// Between which two places something lies, if they are apart.
pub(super) fn bracket(canvas: &mut Canvas<'_>, ends: Option<(f64, f64)>, y: f64) {
    if let Some((lower, upper)) = ends.filter(|(lower, upper)| upper - lower > 1.0) {
        canvas.line((lower, y), (upper, y), 2, INK);
        for x in [lower, upper] {
            canvas.line((x, y - 4.0), (x, y + 4.0), 2, INK);
        }
    }
}

/// Draws them; what they mean stands in the legend, if it has entries. The description is made of names and texts.
pub(super) fn bars(
    title: &str,
    legend: impl IntoIterator<Item = (Mark, String)>,
    bars: &[Bar],
    width: u32,
) -> Result<String, Error> {
    let laid_out = Bars::new(bars, width)?;
    let (paper, _) = layout(width);
    let entries: Vec<(Mark, String)> = legend.into_iter().collect();
    let explained = !entries.is_empty();
    let legend = Legend::new(entries, paper - 2.0 * PAD);
    let top = PAD + if explained { legend.height() + 8.0 } else { 0.0 };
    let described = bars.iter().map(|bar| format!("{}: {}", bar.name, bar.text));
    let description = described.collect::<Vec<_>>().join("; ");
    svg((paper, top + laid_out.height() + PAD), title, &description, |canvas: &mut Canvas<'_>| {
        if explained {
            legend.draw(canvas, (PAD, PAD));
        }
        laid_out.draw(canvas, top);
    })
}
