//! Lines, bars and limits over days, with the days of a treatment on another ground.

use chrono::NaiveDate;

use super::calendar::Calendar;
use super::canvas::{Canvas, Dash, SMALL, Side, svg};
use super::legend::{Legend, Mark};
use super::palette::{Colour, INK, MUTED};
use super::scale::Scale;
use super::{PAD, label, layout};
use crate::Error;
use crate::period::day;

/// How dark it is behind the days of the treatment.
pub(super) const GROUND: f64 = 0.1;
/// How much of its colour an interval has.
pub(super) const LIMITS: f64 = 0.2;
/// Limits get no more room than so many times what they are limits of.
const ROOM: f64 = 2.5;

pub(super) struct DaysPlot<'a> {
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// What the vertical axis counts.
    pub(super) unit: &'a str,
    /// The first day and the last.
    pub(super) ends: (NaiveDate, NaiveDate),
    /// The first day of the treatment; none where all days are of it.
    pub(super) from: Option<NaiveDate>,
    /// Whether the vertical axis may leave zero out.
    pub(super) level: bool,
    /// Days with a lower and an upper limit, either of which may be infinite.
    pub(super) band: Vec<(NaiveDate, f64, f64)>,
    pub(super) whiskers: Vec<(NaiveDate, f64, f64)>,
    pub(super) bars: Vec<(NaiveDate, f64, Colour)>,
    pub(super) lines: Vec<DaysLine>,
    pub(super) colour: Colour,
    pub(super) legend: Vec<(Mark, String)>,
}

pub(super) struct DaysLine {
    pub(super) points: Vec<(NaiveDate, f64)>,
    pub(super) colour: Colour,
    pub(super) dash: Option<Dash>,
}

impl DaysPlot<'_> {
    pub(super) fn draw(self, width: u32) -> Result<String, Error> {
        let lines = self.lines.iter().flat_map(|line| &line.points).map(|(_, value)| *value);
        let values: Vec<f64> = lines.chain(self.bars.iter().map(|(_, value, _)| *value)).collect();
        if let Some(wrong) = values.iter().find(|value| value.is_nan() || value.abs() > 1e15) {
            return Err(Error::Series {
                field: crate::text::clean(self.unit),
                expected: "between -1e15 and 1e15",
                value: wrong.to_string(),
            });
        }
        let (width, wide) = layout(width);
        let scale = self.scale(&values);
        let ticks = scale.ticks(5);
        let gutter = ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(0.0, f64::max);
        let axis = Calendar::new(self.ends.0, self.ends.1, (PAD + gutter + 8.0, width - PAD));
        let legend = Legend::new(self.legend, width - 2.0 * PAD);
        let plot = if wide { 300.0 } else { 220.0 };
        let top = PAD + if self.from.is_some() { 40.0 } else { 22.0 };
        let bottom = top + plot;
        let y = |value: f64| bottom - scale.place(value).clamped() * plot;
        let days = (self.ends.1 - self.ends.0).num_days().max(1) as f64;
        let half = (axis.right - axis.left) / days / 2.0;
        let height = bottom + 34.0 + legend.height() + PAD;
        svg((width, height), self.title, self.description, |canvas: &mut Canvas<'_>| {
            let unit = label::fit(self.unit, SMALL, width - 2.0 * PAD);
            canvas.muted((PAD, PAD + 4.0), Side::Right, SMALL, &unit);
            let begin = self.from.map(|from| (axis.x(from) - half).max(axis.left));
            if let Some(x) = begin {
                canvas.rect((x, top), (axis.right, bottom), MUTED, GROUND);
            }
            for (value, text) in &ticks {
                canvas.grid((axis.left, y(*value)), (axis.right, y(*value)));
                canvas.muted((axis.left - 6.0, y(*value)), Side::Left, SMALL, text);
            }
            if let Some((x, from)) = begin.zip(self.from) {
                canvas.line((x, top - 4.0), (x, bottom), 1, INK);
                let text = format!("treatment from {}", day(from));
                let half = label::width(&text, SMALL) / 2.0;
                canvas.text((x.clamp(PAD + half, width - PAD - half), PAD + 24.0), Side::Centre, SMALL, &text);
            }
            if self.band.len() > 1 {
                let upper: Vec<_> = self.band.iter().map(|(at, _, high)| (axis.x(*at), y(*high))).collect();
                let lower: Vec<_> = self.band.iter().map(|(at, low, _)| (axis.x(*at), y(*low))).collect();
                canvas.band(&upper, &lower, self.colour, LIMITS);
            }
            let bar = (half * 0.7).clamp(1.0, 14.0);
            for (at, value, colour) in &self.bars {
                let (x, from, to) = (axis.x(*at), y(value.max(0.0)), y(value.min(0.0)));
                canvas.rect(((x - bar).max(axis.left), from), ((x + bar).min(width - 1.0), to), *colour, 1.0);
            }
            let foot = if self.level { bottom } else { y(0.0) };
            canvas.line((axis.left, foot), (axis.right, foot), 1, INK);
            for (at, low, high) in &self.whiskers {
                canvas.line((axis.x(*at), y(*high)), (axis.x(*at), y(*low)), 1, INK);
            }
            for line in &self.lines {
                let points: Vec<_> = line.points.iter().map(|(at, value)| (axis.x(*at), y(*value))).collect();
                match (points.len() > 1, line.dash) {
                    (false, _) => {}
                    (true, None) => canvas.path(&points, if wide { 3 } else { 2 }, line.colour),
                    (true, Some(dash)) => canvas.broken_path(&points, 2, line.colour, dash),
                }
            }
            axis.labels(canvas, bottom + 14.0);
            legend.draw(canvas, (PAD, bottom + 30.0));
        })
    }

    /// Room for what is drawn, and for limits that do not lie far off.
    fn scale(&self, values: &[f64]) -> Scale {
        if self.level {
            return Scale::level(values.iter().copied());
        }
        let most = values.iter().fold(0.0, |most: f64, value| most.max(value.abs())) * ROOM;
        let limits = self.band.iter().chain(&self.whiskers).flat_map(|(_, low, high)| [*low, *high]);
        let limits: Vec<f64> = limits.filter(|limit| limit.is_finite()).map(|limit| limit.clamp(-most, most)).collect();
        Scale::linear(values.iter().copied().chain(limits))
    }
}
