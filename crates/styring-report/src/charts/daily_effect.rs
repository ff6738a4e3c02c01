use styring_experiments::ConfidenceSet;
use styring_playbook::GeoTested;

use super::days_plot::{DaysPlot, GROUND};
use super::legend::Mark;
use super::palette::{self, MUTED};
use crate::geo_words::figure;
use crate::{Error, numbers};

/// The treated regions' distance from what they would have been, day by day, with the interval of each day with the treatment at this level; `value` is what is counted.
///
/// Errors: numbers beyond ±1e15; those of drawing.
pub fn daily_effect(tested: &GeoTested, value: &str, level: f64, width: u32) -> Result<String, Error> {
    let days = &tested.days;
    let ends = days.first().zip(days.last()).map(|(first, last)| (first.day, last.day)).unwrap_or_default();
    let (before, with) = (MUTED, palette::channel(0));
    let whiskers = days.iter().filter_map(|day| {
        let (low, high) = day.effect_set.map(ConfidenceSet::ends)?;
        Some((day.day, low, high))
    });
    let treated = || days.iter().filter(|day| day.treated);
    let said = treated().map(|day| format!("{} {}", day.day, figure(day.effect)));
    let plot = DaysPlot {
        title: &format!("Extra {value} of each day"),
        description: &said.collect::<Vec<_>>().join("; "),
        unit: &format!("extra {value} of the day"),
        ends,
        from: treated().next().map(|day| day.day),
        level: false,
        band: Vec::new(),
        whiskers: whiskers.collect(),
        bars: days.iter().map(|day| (day.day, day.effect, if day.treated { with } else { before })).collect(),
        lines: Vec::new(),
        colour: with,
        legend: vec![
            (Mark::Area(before, 1.0), "before: the counterfactual is off".to_owned()),
            (Mark::Area(with, 1.0), "with the treatment".to_owned()),
            (Mark::Bar, format!("interval of the day ({})", numbers::level(level))),
            (Mark::Area(MUTED, GROUND), "days of the treatment".to_owned()),
        ],
    };
    plot.draw(width)
}
