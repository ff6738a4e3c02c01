use styring_metrics::{Direction, Outcome};
use styring_playbook::{FanPoint, GoalReview};

use super::canvas::{Canvas, SMALL, Side, svg};
use super::day_axis::DayAxis;
use super::legend::{Legend, Mark};
use super::palette::{self, INK, MUTED};
use super::scale::{Place, Scale};
use super::{PAD, label, layout};
use crate::goal_words::{Unit, headline};
use crate::{Error, numbers};

const LIGHT: f64 = 0.18;
const DARK: f64 = 0.28;

/// The course of a goal: what was reached against the pace and the target, and the fan of where it may go. A ratio is drawn to date, against target and baseline; the first
/// days of one may lie beyond the scale, and are then left out.
pub fn goal(review: &GoalReview, width: u32) -> Result<String, Error> {
    let unit = Unit::of(review);
    let (width, wide) = layout(width);
    let course = Course::of(review);
    let scale = course.scale(review.is_ratio());
    let ticks = scale.ticks(5);
    let gutter = ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(0.0, f64::max);
    let axis = DayAxis::new(review.first_day, review.goal.days, (PAD + gutter + 8.0, width - PAD));
    let legend = Legend::new(course.entries(review, &scale), width - 2.0 * PAD);
    let plot = if wide { 320.0 } else { 240.0 };
    let top = PAD;
    let bottom = top + plot;
    let y = |value: f64| bottom - scale.place(value).clamped() * plot;
    let at = |(day, value): (u32, f64)| (axis.end_of(day), y(value));
    let level = |value: f64| [(axis.left, y(value)), (axis.right, y(value))];

    let title = format!("{} to date, against its target{}", unit.title(), unit.axis());
    let height = bottom + 34.0 + legend.height() + PAD;
    svg((width, height), &title, &description(review), |canvas: &mut Canvas<'_>| {
        for (value, text) in &ticks {
            let [from, to] = level(*value);
            canvas.grid(from, to);
            canvas.muted((axis.left - 6.0, y(*value)), Side::Left, SMALL, text);
        }
        for (limits, alpha) in [(&course.ninety, LIGHT), (&course.half, DARK)] {
            let upper: Vec<_> = limits.iter().map(|(day, _, high)| at((*day, *high))).collect();
            let lower: Vec<_> = limits.iter().map(|(day, low, _)| at((*day, *low))).collect();
            if limits.len() > 1 {
                canvas.band(&upper, &lower, palette::channel(0), alpha);
            }
        }
        let against: Vec<_> = course.against.iter().copied().map(at).collect();
        canvas.dashed_path(&against, 2, MUTED);
        let [from, to] = level(course.target);
        canvas.line(from, to, 2, INK);
        if let Place::At(_) = scale.place(0.0) {
            canvas.line((axis.left, y(0.0)), (axis.right, y(0.0)), 1, MUTED);
        }
        let middle: Vec<_> = course.middle.iter().copied().map(at).collect();
        canvas.dashed_path(&middle, 2, palette::channel(0));
        for run in course.runs(&scale) {
            let run: Vec<_> = run.into_iter().map(at).collect();
            canvas.path(&run, 3, palette::channel(0));
        }
        if let Some(last) = course.actual.last().filter(|_| review.elapsed > 0) {
            canvas.dot(at(*last), 5, palette::channel(0));
        }
        axis.labels(canvas, bottom + 14.0, |day| axis.end_of(day));
        legend.draw(canvas, (PAD, bottom + 30.0));
    })
}

/// A remark where the axis leaves zero out.
pub(super) fn from_zero(scale: &Scale) -> Option<(Mark, String)> {
    let at_zero = matches!(scale.place(0.0), Place::At(_));
    (!at_zero).then(|| (Mark::None, "the axis does not begin at zero".to_owned()))
}

/// What is drawn, in the numbers of the axis.
struct Course {
    actual: Vec<(u32, f64)>,
    /// The pace of a sum; the baseline of a ratio.
    against: Vec<(u32, f64)>,
    target: f64,
    middle: Vec<(u32, f64)>,
    half: Vec<(u32, f64, f64)>,
    ninety: Vec<(u32, f64, f64)>,
}

impl Course {
    fn of(review: &GoalReview) -> Self {
        let unit = Unit::of(review);
        let days = review.days.iter().zip(1..);
        let mut actual: Vec<(u32, f64)> = days
            .filter_map(|(day, number)| match day.to_date.number() {
                Outcome::Value(value) if !day.to_date.negative_denominator() => Some((number, unit.on_axis(value))),
                _ => None,
            })
            .collect();
        let mut against: Vec<(u32, f64)> =
            review.pace.iter().zip(1..).map(|(due, number)| (number, due.to_f64())).collect();
        if review.is_ratio() {
            let baseline = review.baseline.iter().map(|baseline| unit.on_axis(baseline.value.to_f64()));
            against = baseline.flat_map(|baseline| [(0, baseline), (review.goal.days, baseline)]).collect();
        } else {
            actual.insert(0, (0, 0.0));
            against.insert(0, (0, 0.0));
        }
        let start = actual.last().copied().filter(|(day, _)| *day == review.elapsed && !review.fan.is_empty());
        let number = |point: &FanPoint| u32::try_from((point.day - review.first_day).num_days() + 1).unwrap_or(0);
        let limits = |of: fn(&FanPoint) -> (f64, f64)| -> Vec<(u32, f64, f64)> {
            let ahead = review.fan.iter().map(|point| {
                let (low, high) = of(point);
                (number(point), unit.on_axis(low), unit.on_axis(high))
            });
            start.map(|(day, value)| (day, value, value)).into_iter().chain(ahead).collect()
        };
        let middle = limits(|point| (point.middle, point.middle)).into_iter().map(|(day, value, _)| (day, value));
        Self {
            actual,
            against,
            target: unit.on_axis(review.target.to_f64()),
            middle: middle.collect(),
            half: limits(|point| point.half),
            ninety: limits(|point| point.ninety),
        }
    }

    /// Room for everything; the ratio of the first days may be anything, and gets no more than three times the room of the rest.
    fn scale(&self, is_ratio: bool) -> Scale {
        let limits = self.ninety.iter().flat_map(|(_, low, high)| [*low, *high]);
        let last = self.actual.last().map(|(_, value)| *value);
        let levels = self.against.iter().map(|(_, value)| *value).chain([self.target]).chain(last);
        let needed: Vec<f64> = limits.chain(levels).collect();
        let most = needed.iter().fold(0.0, |most: f64, value| most.max(value.abs())) * 3.0;
        let early = self.actual.iter().map(|(_, value)| *value).filter(|value| value.abs() <= most);
        let values = needed.iter().copied().chain(early);
        if is_ratio { Scale::level(values) } else { Scale::linear(values) }
    }

    /// The days so far, in runs that lie on the scale.
    fn runs(&self, scale: &Scale) -> Vec<Vec<(u32, f64)>> {
        let mut runs: Vec<Vec<(u32, f64)>> = Vec::new();
        let mut before = None;
        for (day, value) in &self.actual {
            if !matches!(scale.place(*value), Place::At(_)) {
                continue;
            }
            match runs.last_mut().filter(|_| before == day.checked_sub(1)) {
                Some(run) => run.push((*day, *value)),
                None => runs.push(vec![(*day, *value)]),
            }
            before = Some(*day);
        }
        runs
    }

    fn entries(&self, review: &GoalReview, scale: &Scale) -> Vec<(Mark, String)> {
        let unit = Unit::of(review);
        let colour = palette::channel(0);
        let mut entries = Vec::new();
        if review.elapsed > 0 {
            entries.push((Mark::Stroke(colour), "to date".to_owned()));
        }
        if review.is_ratio() {
            let baseline = review.baseline.iter().map(|baseline| unit.text(&baseline.value));
            entries.extend(baseline.map(|baseline| (Mark::Dashes, format!("baseline {baseline}"))));
        } else {
            entries.push((Mark::Dashes, "pace".to_owned()));
        }
        entries.push((Mark::Bar, format!("target {}", unit.text(&review.target))));
        if !self.ninety.is_empty() {
            entries.push((Mark::Area(colour, DARK + LIGHT), "one half of what may come".to_owned()));
            entries.push((Mark::Area(colour, LIGHT), "nine tenths".to_owned()));
        }
        entries.extend(from_zero(scale));
        entries
    }
}

fn description(review: &GoalReview) -> String {
    let unit = Unit::of(review);
    let side = match review.goal.direction {
        Direction::Raise => "up",
        Direction::Lower => "down",
    };
    let mut text = format!("The goal is {side}. {}", headline(review));
    if let Some(due) = &review.due {
        text = format!("{text} Due by now: {}.", unit.text(due));
    }
    if let Some(end) = review.fan.last() {
        let (low, high) = end.ninety;
        let level = numbers::level(0.9);
        text = format!("{text} At the end, with {level}: {} to {}.", unit.about(low), unit.about(high));
    }
    text
}
