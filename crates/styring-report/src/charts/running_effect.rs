use styring_experiments::ConfidenceSet;
use styring_playbook::GeoTested;

use super::days_plot::{DaysLine, DaysPlot, LIMITS};
use super::legend::Mark;
use super::palette;
use crate::geo_words::figure;
use crate::{Error, numbers};

/// The effect from the first day with the treatment on, added up, with its interval at this level; `value` is what is counted.
///
/// Errors: numbers beyond ±1e15; those of drawing.
pub fn running_effect(tested: &GeoTested, value: &str, level: f64, width: u32) -> Result<String, Error> {
    let days = || tested.days.iter().filter(|day| day.treated);
    // Nothing has been brought before the first day.
    let start = days().next().and_then(|day| day.day.pred_opt());
    let ends = start.zip(days().next_back().map(|day| day.day)).unwrap_or_default();
    let colour = palette::channel(0);
    let line = days().filter_map(|day| Some((day.day, day.running?)));
    let band = days().filter_map(|day| {
        let (low, high) = day.running_set.map(ConfidenceSet::ends)?;
        Some((day.day, low, high))
    });
    let said = days().next_back().and_then(|day| day.running).map_or_else(String::new, |total| {
        let limits = match tested.found.set {
            ConfidenceSet::Interval { low, high } => format!(" ({} to {})", figure(low), figure(high)),
            _ => String::new(),
        };
        format!("At the end {}{limits}", figure(total))
    });
    let plot = DaysPlot {
        title: &format!("Extra {value} to date"),
        description: &said,
        unit: &format!("extra {value} to date"),
        ends,
        from: None,
        level: false,
        band: start.map(|start| (start, 0.0, 0.0)).into_iter().chain(band).collect(),
        whiskers: Vec::new(),
        bars: Vec::new(),
        lines: vec![DaysLine {
            points: start.map(|start| (start, 0.0)).into_iter().chain(line).collect(),
            colour,
            dash: None,
        }],
        colour,
        legend: vec![
            (Mark::Stroke(colour), "to date".to_owned()),
            (Mark::Area(colour, LIMITS), format!("its interval of {}, each day by itself", numbers::level(level))),
        ],
    };
    plot.draw(width)
}
