use styring_ltv::ValueCurve;
use styring_money::Unrounded;
use styring_playbook::Customers;

use super::canvas::{Canvas, SMALL, Side, svg};
use super::legend::{Legend, Mark};
use super::palette::{self, Colour, INK, MUTED};
use super::scale::{Place, Scale};
use super::{PAD, label, layout};
use crate::text::clean;
use crate::{Error, numbers};

const BAND: f64 = 0.18;
/// More lines than this cannot be told apart.
const LINES: usize = 8;

/// What a customer was worth by age, with its limits at a level, the cost of acquisition, and the day on which it had come back.
///
/// Errors: a cost in another currency, or a level outside 0 to 1.
pub fn value_curve(customers: &Customers, cac: Option<&Unrounded>, level: f64, width: u32) -> Result<String, Error> {
    let currency = customers.currency;
    let mut band = Vec::new();
    let mut line = Vec::new();
    for point in customers.curve.points() {
        let Some(mean) = point.age_incremental() else { continue };
        line.push((point.age(), mean.value().amount().to_f64()));
        if let Some((low, high)) = mean.limits(level)? {
            band.push((point.age(), low, high));
        }
    }
    let payback = cac.map(|cac| customers.curve.payback_day(cac)).transpose()?.flatten();
    let mut entries = vec![(Mark::Stroke(palette::channel(0)), "value of a customer".to_owned())];
    if !band.is_empty() {
        entries.push((Mark::Area(palette::channel(0), BAND), format!("limits at {}", numbers::level(level))));
    }
    if let Some(cac) = cac {
        entries.push((Mark::Bar, format!("cost of acquisition {}", numbers::amount(cac.amount(), currency))));
    }
    if let Some(age) = payback {
        entries.push((Mark::UprightOf(INK), format!("paid back at day {}", numbers::rows(age.into()))));
    }
    let told = line.last().map(|(age, value)| format!("day {age}: {}", numbers::decimal(*value, 2)));
    let description = told.into_iter().chain(payback.map(|age| format!("paid back at day {age}"))).collect::<Vec<_>>();
    let lines = [Line { points: line, colour: palette::channel(0) }];
    let picture = Picture {
        title: format!("What a customer was worth by age in days, in {currency}"),
        description: description.join("; "),
        lines: &lines,
        band: &band,
        level: cac.map(|cac| cac.amount().to_f64()),
        upright: payback,
        entries,
    };
    picture.draw(width)
}

/// What customers of each acquisition channel were worth by age, the largest channels first; at most eight.
pub fn channel_curves(customers: &Customers, width: u32) -> Result<String, Error> {
    let shown = || customers.channels.iter().take(LINES).enumerate();
    let points = |curve: &ValueCurve| -> Vec<(u32, f64)> {
        let points = curve.points();
        points.filter_map(|at| Some((at.age(), at.age_incremental()?.value().amount().to_f64()))).collect()
    };
    let lines: Vec<Line> = shown()
        .map(|(place, channel)| Line { points: points(&channel.curve), colour: palette::channel(place) })
        .collect();
    let entries =
        shown().map(|(place, channel)| (Mark::Stroke(palette::channel(place)), clean(&channel.name))).collect();
    let told = shown().filter_map(|(place, channel)| {
        let (age, value) = lines.get(place)?.points.last()?;
        Some(format!("{} at day {age}: {}", channel.name, numbers::decimal(*value, 2)))
    });
    let description = told.collect::<Vec<_>>().join("; ");
    let title = format!("What a customer was worth by age in days, by channel, in {}", customers.currency);
    Picture { title, description, lines: &lines, band: &[], level: None, upright: None, entries }.draw(width)
}

struct Line {
    points: Vec<(u32, f64)>,
    colour: Colour,
}

struct Picture<'a> {
    title: String,
    description: String,
    lines: &'a [Line],
    band: &'a [(u32, f64, f64)],
    level: Option<f64>,
    upright: Option<u32>,
    entries: Vec<(Mark, String)>,
}

impl Picture<'_> {
    fn draw(self, width: u32) -> Result<String, Error> {
        let (width, wide) = layout(width);
        let lines = || self.lines.iter().flat_map(|line| &line.points);
        let last = lines().map(|(age, _)| *age).max().unwrap_or(0).max(1);
        // Of the last, few, customers the limits may be anywhere.
        let most = lines().map(|(_, value)| value.abs()).chain(self.level).fold(0.0, f64::max) * 2.0;
        let limits = self.band.iter().flat_map(|(_, low, high)| [*low, *high]).filter(|value| value.abs() <= most);
        let scale = Scale::linear(lines().map(|(_, value)| *value).chain(limits).chain(self.level));
        let ages = Scale::linear([f64::from(last)]);
        let ticks = scale.ticks(5);
        let gutter = ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(0.0, f64::max);
        let (left, right) = (PAD + gutter + 8.0, width - PAD - 24.0);
        let age_ticks = ages.ticks(if wide { 8 } else { 4 });
        let legend = Legend::new(self.entries, width - 2.0 * PAD);
        let plot = if wide { 280.0 } else { 220.0 };
        let (top, bottom) = (PAD, PAD + plot);
        let y = |value: f64| bottom - scale.place(value).clamped() * plot;
        let x = |age: f64| left + ages.place(age).clamped() * (right - left);
        let height = bottom + 54.0 + legend.height() + PAD;
        svg((width, height), &self.title, &self.description, |canvas: &mut Canvas<'_>| {
            for (value, text) in &ticks {
                canvas.grid((left, y(*value)), (right, y(*value)));
                canvas.muted((left - 6.0, y(*value)), Side::Left, SMALL, text);
            }
            // A value stays what it is until the next age at which something happens.
            let stairs = |points: &[(u32, f64)]| -> Vec<(f64, f64)> {
                let mut stairs: Vec<(f64, f64)> = Vec::new();
                for (age, value) in points {
                    let before = stairs.last().map(|(_, before)| *before);
                    stairs.extend(before.map(|before| (x(f64::from(*age)), before)));
                    stairs.push((x(f64::from(*age)), y(*value)));
                }
                stairs
            };
            if self.band.len() > 1 {
                let edge = |of: fn(&(u32, f64, f64)) -> f64| -> Vec<(u32, f64)> {
                    self.band.iter().map(|limits| (limits.0, of(limits))).collect()
                };
                let (upper, lower) = (stairs(&edge(|limits| limits.2)), stairs(&edge(|limits| limits.1)));
                canvas.band(&upper, &lower, palette::channel(0), BAND);
            }
            if let Some(level) = self.level {
                canvas.line((left, y(level)), (right, y(level)), 2, INK);
            }
            if let Some(age) = self.upright {
                canvas.upright(x(f64::from(age)), (top, bottom), INK);
            }
            if let Place::At(_) = scale.place(0.0) {
                canvas.line((left, y(0.0)), (right, y(0.0)), 1, MUTED);
            }
            for line in self.lines {
                canvas.path(&stairs(&line.points), 3, line.colour);
            }
            for (age, text) in &age_ticks {
                canvas.muted((x(*age), bottom + 14.0), Side::Centre, SMALL, text);
            }
            canvas.muted(
                (f64::midpoint(left, right), bottom + 34.0),
                Side::Centre,
                SMALL,
                "days since the first order",
            );
            legend.draw(canvas, (PAD, bottom + 50.0));
        })
    }
}
