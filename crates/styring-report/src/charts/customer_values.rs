use styring_playbook::Customers;

use super::canvas::{Canvas, SMALL, Side, svg};
use super::palette::{self, INK};
use super::scale::Scale;
use super::{PAD, label, layout};
use crate::{Error, numbers};

/// How many customers have which value: what they brought, and what is expected of them within the largest horizon. The last bar holds all that lie beyond the axis.
pub fn customer_values(customers: &Customers, width: u32) -> Result<String, Error> {
    let (width, wide) = layout(width);
    let mut values: Vec<f64> = customers.outlooks.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    let bins = Bins::of(&values, if wide { 24 } else { 12 });
    let most = bins.counts.iter().copied().max().unwrap_or(0);
    let scale = Scale::linear([most as f64]);
    let ticks = scale.ticks(4);
    let gutter = ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(0.0, f64::max);
    let (left, right) = (PAD + gutter + 8.0, width - PAD - 12.0);
    let plot = if wide { 220.0 } else { 180.0 };
    let bottom = PAD + plot;
    let y = |count: f64| bottom - scale.place(count).clamped() * plot;
    let room = (right - left) / bins.counts.len() as f64;
    let height = bottom + 50.0 + PAD;
    let title = format!("Customers by their value, in {}", customers.currency);
    svg((width, height), &title, &bins.description(), |canvas: &mut Canvas<'_>| {
        for (value, text) in &ticks {
            canvas.grid((left, y(*value)), (right, y(*value)));
            canvas.muted((left - 6.0, y(*value)), Side::Left, SMALL, text);
        }
        for (place, count) in bins.counts.iter().enumerate() {
            let from = left + place as f64 * room;
            canvas.rect((from + 1.0, y(*count as f64)), (from + room - 1.0, bottom), palette::channel(0), 1.0);
        }
        canvas.line((left, bottom), (right, bottom), 1, INK);
        let labels: Vec<(f64, String)> = bins.edges().map(|(place, edge)| (left + place as f64 * room, edge)).collect();
        let widest = labels.iter().map(|(_, text)| label::width(text, SMALL)).fold(0.0, f64::max) + 10.0;
        let every = (1..).find(|every| f64::from(*every) * room >= widest).unwrap_or(1);
        for (index, (x, text)) in labels.iter().enumerate() {
            // The last one says that there is no end.
            let fits = x - widest / 2.0 >= 0.0 && x + widest / 2.0 <= width;
            if index.is_multiple_of(every as usize) && fits {
                canvas.muted((*x, bottom + 14.0), Side::Centre, SMALL, text);
            }
        }
        let caption = if bins.has_more { "value; the last bar: more" } else { "value" };
        canvas.muted((f64::midpoint(left, right), bottom + 34.0), Side::Centre, SMALL, caption);
    })
}

/// What a customer brought so far, and is expected to bring within the largest horizon.
pub(crate) fn value(outlook: &styring_playbook::Outlook) -> f64 {
    let ahead = outlook.ahead.iter().max_by_key(|ahead| ahead.days).and_then(|ahead| ahead.value);
    outlook.worth.amount().to_f64() + ahead.map_or(0.0, |(expected, _, _)| expected)
}

struct Bins {
    low: f64,
    step: f64,
    counts: Vec<usize>,
    has_more: bool,
}

impl Bins {
    /// From the smallest value to where one customer in twenty has more; these share the last bar.
    fn of(values: &[f64], wanted: u32) -> Self {
        let (low, high) = match (values.first(), values.get(values.len() * 19 / 20)) {
            (Some(low), Some(high)) => (*low, *high),
            _ => (0.0, 0.0),
        };
        let scale = if low < 0.0 { Scale::level([low, high]) } else { Scale::linear([high]) };
        let ticks = scale.ticks(wanted);
        let (first, step) = match ticks.as_slice() {
            [(first, _), (second, _), ..] => (*first, second - first),
            _ => (0.0, 1.0),
        };
        let bars = ticks.len().max(2) - 1;
        let mut counts = vec![0; bars + 1];
        for value in values {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bars")]
            let place = ((value - first) / step).clamp(0.0, bars as f64) as usize;
            counts[place] += 1;
        }
        let has_more = counts.last().is_some_and(|more| *more > 0);
        if !has_more {
            counts.pop();
        }
        Self { low: first, step, counts, has_more }
    }

    /// Where the bars begin.
    fn edges(&self) -> impl Iterator<Item = (usize, String)> {
        let places = if self.step < 1.0 { 2 } else { 0 };
        (0..self.counts.len()).map(move |place| (place, numbers::decimal(self.low + place as f64 * self.step, places)))
    }

    fn description(&self) -> String {
        let told = self.edges().zip(&self.counts).filter(|(_, count)| **count > 0);
        let told = told.map(|((_, from), count)| format!("from {from}: {}", numbers::rows(*count as u64)));
        told.collect::<Vec<_>>().join("; ")
    }
}
