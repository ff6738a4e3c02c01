use styring_playbook::PlannedTest;

use super::legend::Mark;
use super::palette;
use super::plot::{Line, Plot};
use crate::{Error, numbers};

/// What the readings of a planned test are called, in their order.
pub(crate) const READINGS: [&str; 3] = ["read once", "at planned looks", "at any time"];

/// The power of a planned test by visitors, for each way of reading it; dots where it reaches what was asked for.
///
/// Errors: a picture that cannot be drawn.
pub fn test_power(planned: &PlannedTest, width: u32) -> Result<String, Error> {
    let lines = (0..3).map(|place| Line {
        points: std::iter::once((0.0, 0.0))
            .chain(planned.power_by_visitors.iter().map(|at| (at.visitors, 100.0 * at.power[place])))
            .collect(),
        colour: palette::channel(place),
        dashed: place == 1,
    });
    let dots = planned.readings.iter().enumerate().filter_map(|(place, reading)| {
        let at = planned.power_by_visitors.iter().find(|at| at.visitors >= reading.visitors)?;
        let before = planned.power_by_visitors.iter().rfind(|at| at.visitors < reading.visitors);
        let (from, low) = before.map_or((0.0, 0.0), |before| (before.visitors, before.power[place]));
        let share = (reading.visitors - from) / (at.visitors - from);
        let power = low + share * (at.power[place] - low);
        Some(((reading.visitors, 100.0 * power), palette::channel(place)))
    });
    let said = planned.readings.iter().zip(READINGS);
    let said = said.map(|(reading, name)| format!("{name}: {} visitors", numbers::decimal(reading.visitors.ceil(), 0)));
    let plot = Plot {
        title: "How probable it is that the effect is found",
        description: &said.collect::<Vec<_>>().join("; "),
        axes: ("visitors of all variants", "power, %"),
        across: (0.0, planned.power_by_visitors.last().map_or(1.0, |at| at.visitors)),
        band: None,
        lines: lines.collect(),
        dots: dots.collect(),
        legend: legend(),
    };
    plot.draw(width)
}

/// The smallest effects that so many whole weeks find, in per cent of the control, for each way of reading the test.
///
/// Errors: weeks without an effect that could be found; a picture that cannot be drawn.
pub fn test_weeks(planned: &PlannedTest, width: u32) -> Result<String, Error> {
    let unit = if planned.control_mean == 0.0 { 1.0 } else { 100.0 / planned.control_mean.abs() };
    // What the first days could find would push all the others together.
    let most = planned.by_weeks.iter().filter_map(|week| week.smallest_effects[0]).fold(0.0, f64::max) * unit * 2.0;
    let lines = (0..3).map(|place| Line {
        points: planned
            .by_weeks
            .iter()
            .filter_map(|week| Some((f64::from(week.weeks), week.smallest_effects[place]? * unit)))
            .filter(|(_, effect)| *effect <= most)
            .collect(),
        colour: palette::channel(place),
        dashed: place == 1,
    });
    let lines: Vec<Line> = lines.collect();
    let last = lines.first().and_then(|line| line.points.last().copied());
    let Some((weeks, effect)) = last else {
        return Err(Error::Series {
            field: "weeks".to_owned(),
            expected: "some that find an effect",
            value: "none".to_owned(),
        });
    };
    let plot = Plot {
        title: "The smallest effect that so many weeks find",
        description: &format!("{weeks} weeks, read once: {}", numbers::decimal(effect, 2)),
        axes: ("weeks", if planned.control_mean == 0.0 { "difference" } else { "lift, %" }),
        across: (0.0, weeks),
        band: None,
        lines,
        dots: Vec::new(),
        legend: legend(),
    };
    plot.draw(width)
}

fn legend() -> Vec<(Mark, String)> {
    READINGS
        .iter()
        .enumerate()
        .map(|(place, name)| (Mark::Stroke(palette::channel(place)), (*name).to_owned()))
        .collect()
}
