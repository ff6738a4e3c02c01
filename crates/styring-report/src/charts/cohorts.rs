use styring_ltv::{CohortProjection, Month, ProjectedCohort};
use styring_money::Exact;

use super::calendar::{WIDEST, month};
use super::canvas::{Canvas, SMALL, Side, svg};
use super::legend::{Legend, Mark};
use super::palette::{self, INK};
use super::scale::Scale;
use super::{PAD, label, layout};
use crate::lifetime_words::about;
use crate::{Error, numbers};

const PROJECTED: f64 = 0.4;

/// What a customer of each monthly cohort is worth at the age that was projected to: full as far as it was observed, faint as far as it is projected, with an interval at this level.
///
/// Errors: a level outside 0 to 1.
pub fn cohorts(projection: &CohortProjection<Month>, level: f64, width: u32) -> Result<String, Error> {
    let bars = projection.cohorts().map(|cohort| Bar::of(cohort, level)).collect::<Result<Vec<_>, _>>()?;
    let (width, wide) = layout(width);
    let values = bars.iter().map(|bar| bar.value);
    let most = values.clone().fold(0.0, f64::max);
    let limits = bars.iter().filter_map(|bar| bar.interval).map(|(_, high)| high.min(most * 2.0));
    let scale = Scale::linear(values.chain(limits));
    let ticks = scale.ticks(5);
    let gutter = ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(0.0, f64::max);
    let (left, right) = (PAD + gutter + 8.0, width - PAD - label::width(WIDEST, SMALL) / 2.0);
    let step = (right - left) / bars.len().max(1) as f64;
    let mut entries = vec![(Mark::Area(palette::channel(0), 1.0), "observed".to_owned())];
    if bars.iter().any(|bar| bar.value > bar.observed) {
        entries.push((Mark::Area(palette::channel(0), PROJECTED), "projected".to_owned()));
    }
    if bars.iter().any(|bar| bar.interval.is_some()) {
        entries.push((Mark::Bar, format!("interval of {}", numbers::level(level))));
    }
    let legend = Legend::new(entries, width - 2.0 * PAD);
    let plot = if wide { 260.0 } else { 210.0 };
    let bottom = PAD + plot;
    let y = |value: f64| bottom - scale.place(value).clamped() * plot;
    let centre = |index: usize| left + (index as f64 + 0.5) * step;
    let half = (step * 0.36).clamp(0.5, 36.0);

    let age = projection.ages().last().copied().unwrap_or_default();
    let currency = projection.cohorts().next().map(|cohort| cohort.observed().currency());
    let unit = currency.map_or_else(String::new, |currency| format!(", in {currency}"));
    let title = format!("Value of a customer after {age} days by month of the first order{unit}");
    let said = bars.iter().map(|bar| match currency {
        Some(currency) => format!("{}: {}", bar.month, about(bar.value, currency)),
        None => bar.month.to_string(),
    });
    let description = said.collect::<Vec<_>>().join("; ");
    let height = bottom + 34.0 + legend.height() + PAD;
    svg((width, height), &title, &description, |canvas: &mut Canvas<'_>| {
        for (value, text) in &ticks {
            canvas.grid((left, y(*value)), (right, y(*value)));
            canvas.muted((left - 6.0, y(*value)), Side::Left, SMALL, text);
        }
        for (index, bar) in bars.iter().enumerate() {
            let (from, to) = (centre(index) - half, centre(index) + half);
            canvas.rect((from, y(bar.value)), (to, y(bar.observed)), palette::channel(0), PROJECTED);
            canvas.rect((from, y(bar.observed.min(bar.value))), (to, y(0.0)), palette::channel(0), 1.0);
            if let Some((low, high)) = bar.interval {
                let reach = (half * 0.6).min(6.0);
                canvas.line((centre(index), y(low)), (centre(index), y(high)), 2, INK);
                for limit in [low, high] {
                    canvas.line((centre(index) - reach, y(limit)), (centre(index) + reach, y(limit)), 2, INK);
                }
            }
        }
        canvas.line((left, y(0.0)), (right, y(0.0)), 1, INK);
        let room = label::width(WIDEST, SMALL) + 10.0;
        let every = [1_u32, 2, 3, 4, 6, 12, 24, 60].into_iter().find(|every| f64::from(*every) * step >= room);
        for index in (0..bars.len()).step_by(every.unwrap_or(120) as usize) {
            let name = month(bars[index].month.first_day(), index == 0);
            let x = centre(index).max(label::width(&name, SMALL) / 2.0);
            canvas.muted((x, bottom + 14.0), Side::Centre, SMALL, &name);
        }
        legend.draw(canvas, (PAD, bottom + 30.0));
    })
}

struct Bar {
    month: Month,
    observed: f64,
    value: f64,
    /// Where something is projected and its error known.
    interval: Option<(f64, f64)>,
}

impl Bar {
    fn of(cohort: &ProjectedCohort<Month>, level: f64) -> Result<Self, Error> {
        let value = cohort.value();
        let observed = cohort.observed().amount().checked_div(&Exact::from(value.customers()));
        let interval = value.interval(level)?.filter(|_| value.standard_error().is_some_and(|error| error > 0.0));
        Ok(Self {
            month: *cohort.cohort(),
            observed: observed.map_or(0.0, |observed| observed.to_f64()),
            value: value.per_customer(),
            interval,
        })
    }
}
