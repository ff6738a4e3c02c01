//! Bars under each other, each of parts, with a name and a text: beside the bars where there is room for names, and above them where there is not.

use super::canvas::{Canvas, SMALL, Side, TEXT, svg};
use super::legend::{Legend, Mark};
use super::palette::{Colour, INK};
use super::{PAD, label, layout};
use crate::Error;

const BAR: f64 = 16.0;

pub(super) struct Bar {
    pub(super) name: String,
    /// Lengths one after the other, each with its colour and how much of it.
    pub(super) parts: Vec<(f64, Colour, f64)>,
    /// What stands behind the bar.
    pub(super) text: String,
}

impl Bar {
    fn length(&self) -> f64 {
        self.parts.iter().map(|(length, ..)| length.max(0.0)).sum()
    }
}

/// Draws them; what they mean stands in the legend, if it has entries. The description is made of names and texts.
pub(super) fn bars(
    title: &str,
    legend: impl IntoIterator<Item = (Mark, String)>,
    bars: &[Bar],
    width: u32,
) -> Result<String, Error> {
    if let Some(bar) = bars.iter().find(|bar| !bar.length().is_finite()) {
        let value = bar.length().to_string();
        return Err(Error::Series { field: bar.name.clone(), expected: "finite", value });
    }
    let (width, wide) = layout(width);
    let names = bars.iter().map(|bar| label::width(&bar.name, TEXT)).fold(0.0, f64::max);
    let room = bars.iter().map(|bar| label::width(&bar.text, SMALL)).fold(0.0, f64::max);
    let beside = wide || (names <= width * 0.3 && room <= width * 0.35);
    let name_room = names.min(width * 0.3) + 1.0;
    let text_room = room.min(width * 0.55) + 1.0;
    let (left, right) =
        if beside { (PAD + name_room + 10.0, width - PAD - text_room - 8.0) } else { (PAD, width - PAD) };
    let row = match (beside, names > name_room) {
        (true, false) => 24.0,
        (true, true) => 38.0,
        (false, _) => 42.0,
    };
    let entries: Vec<(Mark, String)> = legend.into_iter().collect();
    let explained = !entries.is_empty();
    let legend = Legend::new(entries, width - 2.0 * PAD);
    let top = PAD + if explained { legend.height() + 8.0 } else { 0.0 };
    let largest = bars.iter().map(Bar::length).fold(0.0, f64::max);
    let reach = |length: f64| if largest > 0.0 { length / largest * (right - left) } else { 0.0 };

    let described = bars.iter().map(|bar| format!("{}: {}", bar.name, bar.text));
    let description = described.collect::<Vec<_>>().join("; ");
    let height = top + row * bars.len().max(1) as f64 + PAD;
    svg((width, height), title, &description, |canvas: &mut Canvas<'_>| {
        if explained {
            legend.draw(canvas, (PAD, PAD));
        }
        for (index, bar) in bars.iter().enumerate() {
            let y = top + row * index as f64;
            let middle = if beside { y + row / 2.0 } else { y + 28.0 };
            let mut begin = 0.0;
            for (length, colour, alpha) in &bar.parts {
                let end = begin + length.max(0.0);
                let (from, to) = (left + reach(begin), left + reach(end));
                canvas.rect((from, middle - BAR / 2.0), (to, middle + BAR / 2.0), *colour, *alpha);
                begin = end;
            }
            canvas.line((left, middle - row.min(24.0) / 2.0), (left, middle + row.min(24.0) / 2.0), 1, INK);
            if beside {
                canvas.name((left - 10.0, middle), Side::Left, name_room, &bar.name);
                let text = label::fit(&bar.text, SMALL, text_room);
                canvas.text((left + reach(begin) + 6.0, middle), Side::Right, SMALL, &text);
            } else {
                // On a phone name and text share the line above the bar.
                let text = label::fit(&bar.text, SMALL, width * 0.7);
                let left_over = width - 2.0 * PAD - label::width(&text, SMALL) - 8.0;
                canvas.text((PAD, y + 9.0), Side::Right, TEXT, &label::fit(&bar.name, TEXT, left_over));
                canvas.text((width - PAD, y + 9.0), Side::Left, SMALL, &text);
            }
        }
    })
}
