use styring_playbook::MoreImpressions;
use styring_reach::NbdFit;

use super::legend::Mark;
use super::palette;
use super::plot::{Band, Line, Plot};
use crate::{Error, numbers};

const LIMITS: f64 = 0.2;
const STEPS: u32 = 60;
/// So many times the impressions are drawn.
const TIMES: f64 = 3.0;

/// People reached against impressions by a fitted model, with its interval at this level, and what was counted as a dot.
///
/// Errors: a level outside 0 to 1.
pub fn reach_curve(fit: &NbdFit, counted: (u64, u64), level: f64, width: u32) -> Result<String, Error> {
    let (impressions, reach) = counted;
    let at = |step| MoreImpressions::of(fit, TIMES * f64::from(step) / f64::from(STEPS), level);
    let points: Vec<MoreImpressions> = (1..=STEPS).map(at).collect::<Result<_, _>>()?;
    let colour = palette::channel(0);
    let band = points.iter().filter_map(|point| {
        let (low, high) = point.interval?;
        Some((point.impressions, low, high))
    });
    let line = points.iter().map(|point| (point.impressions, point.reach));
    let said = points.iter().filter(|point| [1.0, 2.0, 3.0].iter().any(|times| (point.times - times).abs() < 1e-9));
    let said = said.map(|point| {
        let limits = point.interval.map_or_else(String::new, |(low, high)| {
            format!(" ({} to {})", numbers::decimal(low, 0), numbers::decimal(high, 0))
        });
        format!(
            "{} impressions: {} people{limits}",
            numbers::decimal(point.impressions, 0),
            numbers::decimal(point.reach, 0)
        )
    });
    let plot = Plot {
        title: "People reached by so many impressions, by the model",
        description: &said.collect::<Vec<_>>().join("; "),
        axes: ("impressions", "people"),
        across: (0.0, points.last().map_or(1.0, |point| point.impressions)),
        band: Some(Band { points: band.collect(), colour, alpha: LIMITS }),
        lines: vec![Line { points: [(0.0, 0.0)].into_iter().chain(line).collect(), colour, dashed: false }],
        dots: vec![((impressions as f64, reach as f64), palette::channel(3))],
        legend: vec![
            (Mark::Stroke(colour), "negative binomial distribution".to_owned()),
            (Mark::Area(colour, LIMITS), format!("its interval of {}", numbers::level(level))),
            (Mark::Spot(palette::channel(3)), format!("counted: {} people", numbers::rows(reach))),
        ],
    };
    plot.draw(width)
}
