use styring_metrics::{Fact, Outcome};
use styring_playbook::{ChannelReview, Plan, PlannedChannel, Review};

use super::canvas::{Canvas, SMALL, Side, TEXT, Way, svg};
use super::legend::{Legend, Mark};
use super::palette::{self, Colour, INK, MUTED};
use super::scale::{Place, Scale};
use super::week_axis::WeekAxis;
use super::{PAD, label, layout};
use crate::period::Period;
use crate::{Error, figures};

const PLOT: f64 = 110.0;
/// Between panels, for the weeks under one and the air above the next.
const BETWEEN: f64 = 40.0;
/// A line of a panel's name.
const LINE: f64 = 16.0;
/// From this ratio of the largest to the smallest cost on, a linear axis would flatten the cheap channels.
const LOG_FROM: f64 = 8.0;

/// The cost per result week by week: one small panel per channel, all on the same scale, with the target. A week with spend and no result leaves a gap and a
/// cross; a week that is not over has a hollow dot.
pub fn cost(plan: &Plan, review: &Review, width: u32) -> Result<String, Error> {
    crate::check(plan, review)?;
    let period = Period::of(plan, review);
    let (width, wide) = layout(width);
    let panels: Vec<Panel<'_>> = plan
        .channels
        .iter()
        .zip(&review.channels)
        .enumerate()
        .map(|(place, (planned, channel))| Panel::new(plan, place, planned, channel))
        .collect();
    let scale = scale(&panels);
    let ticks = scale.ticks(4);

    let columns = if wide { u32::try_from(panels.len().clamp(1, 3)).unwrap_or(1) } else { 1 };
    let rows = panels.len().div_ceil(columns as usize);
    let gutter =
        ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(label::width("week", SMALL), f64::max) + 8.0;
    let gap = 24.0;
    let room = (width - 2.0 * PAD - gutter + gap) / f64::from(columns) - gap;
    let legend = Legend::new(entries(&panels, &period, scale.is_log()), width - 2.0 * PAD);
    let names: Vec<Vec<String>> = panels.iter().map(|panel| label::two_lines(panel.name, TEXT, room - 16.0)).collect();
    let heading = names.iter().map(Vec::len).max().unwrap_or(1) as f64 * LINE + 6.0;
    let (top, row_height) = (PAD + legend.height() + 8.0, heading + PLOT + BETWEEN);

    let title = format!("{} per week by channel, in {}", plan.campaign.result.cost().name(), plan.campaign.currency);
    svg((width, top + row_height * rows as f64), &title, &description(&panels), |canvas: &mut Canvas<'_>| {
        legend.draw(canvas, (PAD, PAD));
        for (index, (panel, name)) in panels.iter().zip(&names).enumerate() {
            let (column, row) = (index % columns as usize, index / columns as usize);
            let left = PAD + gutter + column as f64 * (room + gap);
            let top = top + row as f64 * row_height + heading;
            let first = top - 6.0 - (name.len() as f64 - 0.5) * LINE;
            canvas.rect((left, first - 5.0), (left + 10.0, first + 5.0), panel.colour, 1.0);
            for (line, text) in name.iter().enumerate() {
                canvas.text((left + 16.0, first + line as f64 * LINE), Side::Right, TEXT, text);
            }
            let frame = Frame { axis: WeekAxis::new(&period, (left, left + room)), top, scale };
            for (value, text) in &ticks {
                let y = frame.y(*value);
                canvas.grid((left, y), (left + room, y));
                if column == 0 {
                    canvas.muted((left - 6.0, y), Side::Left, SMALL, text);
                }
            }
            if column == 0 {
                frame.axis.caption(canvas, top + PLOT + 14.0, period.undated);
            }
            panel.draw(canvas, &frame, &period);
            frame.axis.labels(canvas, top + PLOT + 14.0, period.undated);
        }
    })
}

/// Where a panel draws.
struct Frame {
    axis: WeekAxis,
    top: f64,
    scale: Scale,
}

impl Frame {
    fn y(&self, value: f64) -> f64 {
        self.top + PLOT * (1.0 - self.scale.place(value).clamped())
    }
}

/// What a week came to.
#[derive(Clone, Copy, PartialEq)]
enum Week {
    Cost(f64),
    /// Spend, and nothing for it.
    Fruitless,
    /// Neither spend nor result, or not known.
    Nothing,
}

struct Panel<'a> {
    name: &'a str,
    colour: Colour,
    target: f64,
    weeks: Vec<(u32, Week)>,
}

impl<'a> Panel<'a> {
    fn new(plan: &Plan, place: usize, planned: &'a PlannedChannel, channel: &ChannelReview) -> Self {
        let kpi = plan.campaign.result.cost();
        let week = |(week, facts): (&u32, &styring_metrics::Facts)| {
            let ratio = facts.kpi(kpi);
            let what = match ratio.number() {
                Outcome::Value(cost) if !ratio.negative_denominator() => Week::Cost(cost),
                _ if figures::positive(facts, Fact::Spend) => Week::Fruitless,
                _ => Week::Nothing,
            };
            (*week, what)
        };
        Self {
            name: &planned.name,
            colour: palette::channel(place),
            target: styring_money::Exact::from(planned.target_cost.amount()).to_f64(),
            weeks: channel.weeks.iter().map(week).collect(),
        }
    }

    fn costs(&self) -> impl Iterator<Item = f64> {
        self.weeks.iter().filter_map(|(_, week)| match week {
            Week::Cost(cost) => Some(*cost),
            _ => None,
        })
    }

    fn draw(&self, canvas: &mut Canvas<'_>, frame: &Frame, period: &Period) {
        let axis = &frame.axis;
        canvas.dashes((axis.left, frame.y(self.target)), axis.right, 1, MUTED);
        // A logarithmic axis has no zero to stand on.
        if !frame.scale.is_log() {
            canvas.line((axis.left, frame.top + PLOT), (axis.right, frame.top + PLOT), 1, INK);
        }
        for run in self.runs() {
            let points: Vec<(f64, f64)> = run.iter().map(|(week, cost)| (axis.centre(*week), frame.y(*cost))).collect();
            if points.len() > 1 {
                canvas.path(&points, 2, self.colour);
            }
        }
        let radius = if axis.step() < 9.0 { 2 } else { 4 };
        for (week, what) in &self.weeks {
            let x = axis.centre(*week);
            match what {
                Week::Nothing => {}
                Week::Fruitless => canvas.cross((x, frame.top + 6.0), (axis.step() / 2.0).clamp(2.0, 4.0), INK),
                Week::Cost(cost) => match frame.scale.place(*cost) {
                    Place::Below => canvas.triangle((x, frame.top + PLOT - 4.0), 4.0, Way::Down, self.colour),
                    Place::Above => canvas.triangle((x, frame.top + 4.0), 4.0, Way::Up, self.colour),
                    Place::At(_) if period.partial.is_some() && week == period.weeks.end() => {
                        canvas.ring((x, frame.y(*cost)), radius, self.colour);
                    }
                    Place::At(_) => canvas.dot((x, frame.y(*cost)), radius, self.colour),
                },
            }
        }
    }

    /// The costs of weeks that follow each other; a week without one is a gap.
    fn runs(&self) -> Vec<Vec<(u32, f64)>> {
        let mut runs: Vec<Vec<(u32, f64)>> = Vec::new();
        for (week, what) in &self.weeks {
            let Week::Cost(cost) = what else {
                continue;
            };
            let follows = |run: &&mut Vec<(u32, f64)>| run.last().is_some_and(|(last, _)| last + 1 == *week);
            match runs.last_mut().filter(follows) {
                Some(run) => run.push((*week, *cost)),
                None => runs.push(vec![(*week, *cost)]),
            }
        }
        runs
    }
}

/// One scale for all panels, or comparing them would mislead.
fn scale(panels: &[Panel<'_>]) -> Scale {
    let targets = panels.iter().map(|panel| panel.target);
    let values: Vec<f64> = panels.iter().flat_map(Panel::costs).chain(targets).filter(|cost| *cost > 0.0).collect();
    let (low, high) = values.iter().fold((f64::MAX, 0.0), |(low, high), value| (value.min(low), value.max(high)));
    if low < high / LOG_FROM {
        // Around the cheap end, where most channels lie; one that costs ten thousand times as much gets an arrow.
        Scale::log(values, high.min(low * 30.0), 1e4)
    } else {
        Scale::linear(values)
    }
}

fn entries(panels: &[Panel<'_>], period: &Period, log: bool) -> Vec<(Mark, String)> {
    let mut entries = vec![(Mark::Dashes, "target".to_owned())];
    if panels.iter().flat_map(|panel| &panel.weeks).any(|(_, week)| *week == Week::Fruitless) {
        entries.push((Mark::Cross, "spent, no result".to_owned()));
    }
    if let Some(days) = period.partial {
        entries.push((Mark::Ring, format!("only {days} of 7 days")));
    }
    if log {
        entries.push((Mark::None, "logarithmic axis".to_owned()));
    }
    entries
}

fn description(panels: &[Panel<'_>]) -> String {
    let panel = |panel: &Panel<'_>| {
        let fruitless = panel.weeks.iter().filter(|(_, week)| *week == Week::Fruitless).count();
        let costs = panel.costs().count();
        format!(
            "{}: {} with a cost, {} with spend and no result",
            panel.name,
            crate::text::plural(costs, "week", "weeks"),
            fruitless
        )
    };
    panels.iter().map(panel).collect::<Vec<_>>().join("; ")
}
