//! Lines over two axes that begin at zero or at one.

use super::canvas::{Canvas, SMALL, Side, svg};
use super::legend::{Legend, Mark};
use super::palette::{Colour, INK};
use super::scale::Scale;
use super::{PAD, label, layout};
use crate::{Error, numbers};

pub(super) struct Plot<'a> {
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// What the axes count.
    pub(super) axes: (&'a str, &'a str),
    /// The ends of the horizontal axis.
    pub(super) across: (f64, f64),
    pub(super) band: Option<Band>,
    pub(super) lines: Vec<Line>,
    /// Dots with their colours.
    pub(super) dots: Vec<((f64, f64), Colour)>,
    pub(super) legend: Vec<(Mark, String)>,
}

/// What lies between a lower and an upper line, as places with both.
pub(super) struct Band {
    pub(super) points: Vec<(f64, f64, f64)>,
    pub(super) colour: Colour,
    pub(super) alpha: f64,
}

pub(super) struct Line {
    pub(super) points: Vec<(f64, f64)>,
    pub(super) colour: Colour,
    pub(super) dashed: bool,
}

impl Plot<'_> {
    pub(super) fn draw(self, width: u32) -> Result<String, Error> {
        let values = self.lines.iter().flat_map(|line| &line.points).map(|(_, y)| *y);
        let limits = self.band.iter().flat_map(|band| &band.points).map(|(_, _, high)| *high);
        if let Some(wrong) = values.clone().chain(limits.clone()).find(|value| !value.is_finite()) {
            let value = wrong.to_string();
            return Err(Error::Series { field: self.axes.1.to_owned(), expected: "finite", value });
        }
        let (width, wide) = layout(width);
        let scale = Scale::linear(values.chain(limits));
        let ticks = scale.ticks(5);
        let gutter = ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(0.0, f64::max);
        let (from, to) = (self.across.0, self.across.1.max(self.across.0 + 1e-9));
        let widest = label::width(&numbers::decimal(to, 0), SMALL);
        let (left, right) = (PAD + gutter + 8.0, width - PAD - widest / 2.0);
        let plot = if wide { 260.0 } else { 210.0 };
        let bottom = PAD + 22.0 + plot;
        let x = |value: f64| left + ((value - from) / (to - from)).clamp(0.0, 1.0) * (right - left);
        let y = |value: f64| bottom - scale.place(value).clamped() * plot;
        let legend = Legend::new(self.legend, width - 2.0 * PAD);
        let height = bottom + 48.0 + legend.height() + PAD;
        svg((width, height), self.title, self.description, |canvas: &mut Canvas<'_>| {
            canvas.muted((PAD, PAD + 4.0), Side::Right, SMALL, self.axes.1);
            for (value, text) in &ticks {
                canvas.grid((left, y(*value)), (right, y(*value)));
                canvas.muted((left - 6.0, y(*value)), Side::Left, SMALL, text);
            }
            if let Some(band) = self.band.filter(|band| band.points.len() > 1) {
                let upper: Vec<_> = band.points.iter().map(|(at, _, high)| (x(*at), y(*high))).collect();
                let lower: Vec<_> = band.points.iter().map(|(at, low, _)| (x(*at), y(*low))).collect();
                canvas.band(&upper, &lower, band.colour, band.alpha);
            }
            canvas.line((left, bottom), (right, bottom), 1, INK);
            for line in &self.lines {
                let points: Vec<_> = line.points.iter().map(|(at, value)| (x(*at), y(*value))).collect();
                match (points.len() > 1, line.dashed) {
                    (false, _) => {}
                    (true, false) => canvas.path(&points, 3, line.colour),
                    (true, true) => canvas.dashed_path(&points, 2, line.colour),
                }
            }
            for ((at, value), colour) in &self.dots {
                canvas.dot((x(*at), y(*value)), 5, *colour);
            }
            // Labels on whole numbers, no closer than they are wide.
            let mut free = f64::NEG_INFINITY;
            for at in places((from, to), (right - left) / (widest + 14.0)) {
                let text = numbers::decimal(at, 0);
                let half = label::width(&text, SMALL) / 2.0;
                if x(at) - half > free {
                    canvas.muted((x(at), bottom + 14.0), Side::Centre, SMALL, &text);
                    free = x(at) + half + 6.0;
                }
            }
            canvas.muted((right, bottom + 32.0), Side::Left, SMALL, self.axes.0);
            legend.draw(canvas, (PAD, bottom + 44.0));
        })
    }
}

/// Whole numbers between the ends, about so many.
fn places((from, to): (f64, f64), wanted: f64) -> Vec<f64> {
    let rough = ((to - from) / wanted.max(1.0)).max(1.0);
    let power = libm::exp10(libm::floor(libm::log10(rough)));
    let step = [1.0, 2.0, 5.0, 10.0].map(|mantissa| mantissa * power).into_iter().find(|step| *step >= rough * 0.999);
    let step = step.unwrap_or(power * 10.0);
    let mut places = if from > 0.0 { vec![from] } else { Vec::new() };
    let first = libm::floor(from / step) + f64::from(u8::from(from > 0.0));
    places.extend((0..200).map(|index| (first + f64::from(index)) * step).take_while(|at| *at <= to * (1.0 + 1e-9)));
    places
}
