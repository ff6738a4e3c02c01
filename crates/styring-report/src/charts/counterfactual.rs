use styring_playbook::GeoTested;

use super::canvas::Dash;
use super::days_plot::{DaysLine, DaysPlot, GROUND};
use super::legend::Mark;
use super::palette::{self, MUTED};
use crate::Error;
use crate::geo_words::figure;

/// What the treated regions had day by day, against what they would have had; `value` is what is counted.
///
/// Errors: numbers beyond ±1e15; those of drawing.
pub fn counterfactual(tested: &GeoTested, value: &str, width: u32) -> Result<String, Error> {
    let days = &tested.days;
    let ends = days.first().zip(days.last()).map(|(first, last)| (first.day, last.day)).unwrap_or_default();
    let (actual, without) = (palette::channel(3), palette::channel(0));
    let with = || days.iter().filter(|day| day.treated);
    let description = format!(
        "With the treatment there were {} in all, and there would have been {}",
        figure(with().map(|day| day.actual).sum()),
        figure(with().map(|day| day.counterfactual).sum())
    );
    let plot = DaysPlot {
        title: &format!("{value} a day of the treated regions together, and what they would have been"),
        description: &description,
        unit: &format!("{value} a day"),
        ends,
        from: with().next().map(|day| day.day),
        level: true,
        band: Vec::new(),
        whiskers: Vec::new(),
        bars: Vec::new(),
        lines: vec![
            DaysLine {
                points: days.iter().map(|day| (day.day, day.counterfactual)).collect(),
                colour: without,
                dash: Some(Dash::Even),
            },
            DaysLine { points: days.iter().map(|day| (day.day, day.actual)).collect(), colour: actual, dash: None },
        ],
        colour: without,
        legend: vec![
            (Mark::Stroke(actual), "the treated regions".to_owned()),
            (Mark::Broken(without, Dash::Even), "without the treatment".to_owned()),
            (Mark::Area(MUTED, GROUND), "with the treatment".to_owned()),
            (Mark::None, "the axis need not begin at zero".to_owned()),
        ],
    };
    plot.draw(width)
}
