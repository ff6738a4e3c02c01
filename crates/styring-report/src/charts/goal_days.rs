use styring_metrics::Outcome;
use styring_money::Exact;
use styring_playbook::GoalReview;

use super::canvas::{Canvas, SMALL, Side, svg};
use super::day_axis::DayAxis;
use super::goal::from_zero;
use super::legend::{Legend, Mark};
use super::palette::{self, INK, MUTED};
use super::scale::{Place, Scale};
use super::{PAD, label, layout};
use crate::Error;
use crate::goal_words::{Unit, stretches};

/// A goal day by day: what each day brought, what its pace asked of it, and what the days that are left must come to. Days of a ratio are dots; one without anything to
/// divide by has none, and one far off the rest lies beyond the scale and is counted in the legend.
pub fn goal_days(review: &GoalReview, width: u32) -> Result<String, Error> {
    let unit = Unit::of(review);
    let (width, wide) = layout(width);
    let daily = Daily::of(review);
    let scale = daily.scale(review.is_ratio());
    let ticks = scale.ticks(4);
    let gutter = ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(0.0, f64::max);
    let axis = DayAxis::new(review.first_day, review.goal.days, (PAD + gutter + 8.0, width - PAD));
    let legend = Legend::new(daily.entries(review, &scale), width - 2.0 * PAD);
    let plot = if wide { 200.0 } else { 160.0 };
    let top = PAD;
    let bottom = top + plot;
    let y = |value: f64| bottom - scale.place(value).clamped() * plot;
    let bar = axis.step() * if axis.step() < 4.0 { 1.0 } else { 0.72 };

    let title = format!("{} day by day{}", unit.title(), unit.axis());
    let height = bottom + 34.0 + legend.height() + PAD;
    svg((width, height), &title, &description(review), |canvas: &mut Canvas<'_>| {
        for (value, text) in &ticks {
            canvas.grid((axis.left, y(*value)), (axis.right, y(*value)));
            canvas.muted((axis.left - 6.0, y(*value)), Side::Left, SMALL, text);
        }
        for (day, value) in &daily.days {
            let x = axis.middle_of(*day);
            if review.is_ratio() {
                if let Place::At(_) = scale.place(*value) {
                    canvas.dot((x, y(*value)), if axis.step() < 8.0 { 2 } else { 4 }, palette::channel(0));
                }
            } else {
                let (low, high) = (y(value.min(0.0)), y(value.max(0.0)));
                canvas.rect((x - bar / 2.0, high), (x + bar / 2.0, low), palette::channel(0), 1.0);
            }
        }
        if let Place::At(_) = scale.place(0.0) {
            canvas.line((axis.left, y(0.0)), (axis.right, y(0.0)), 1, INK);
        }
        let mut steps = Vec::new();
        for (day, value) in &daily.asked {
            steps.extend([(axis.end_of(day.saturating_sub(1)), y(*value)), (axis.end_of(*day), y(*value))]);
        }
        canvas.dashed_path(&steps, 2, MUTED);
        if let Some(required) = daily.required {
            canvas.line((axis.end_of(review.elapsed), y(required)), (axis.right, y(required)), 3, INK);
        }
        axis.labels(canvas, bottom + 14.0, |day| axis.middle_of(day));
        legend.draw(canvas, (PAD, bottom + 30.0));
    })
}

/// What is drawn, in the numbers of the axis.
struct Daily {
    days: Vec<(u32, f64)>,
    /// What the pace asks of every day; the target of a ratio.
    asked: Vec<(u32, f64)>,
    required: Option<f64>,
}

impl Daily {
    fn of(review: &GoalReview) -> Self {
        let unit = Unit::of(review);
        let days = review.days.iter().zip(1..).filter_map(|(day, number)| match day.value.number() {
            Outcome::Value(value) if !day.value.negative_denominator() => Some((number, unit.on_axis(value))),
            _ => None,
        });
        let asked = if review.is_ratio() {
            let target = unit.on_axis(review.target.to_f64());
            (1..=review.goal.days).map(|day| (day, target)).collect()
        } else {
            let before = std::iter::once(&Exact::ZERO).chain(&review.pace);
            let of_day = before.zip(&review.pace).map(|(before, due)| (due - before).to_f64());
            (1..).zip(of_day).collect()
        };
        let required = review.required.number().value().filter(|_| review.days_left() > 0);
        Self { days: days.collect(), asked, required: required.map(|required| unit.on_axis(required)) }
    }

    fn scale(&self, is_ratio: bool) -> Scale {
        let levels: Vec<f64> = self.asked.iter().map(|(_, value)| *value).chain(self.required).collect();
        let mut sizes: Vec<f64> = self.days.iter().map(|(_, value)| value.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        // The ratio of a day may be any number: four times the median day is room enough, unless a level is beyond it. A sum is what was sold, and has all the room it needs.
        let typical = if is_ratio { sizes.get(sizes.len() / 2) } else { sizes.last() };
        let most =
            levels.iter().fold(typical.map_or(0.0, |typical| typical * 4.0), |most, value| most.max(value.abs()));
        let inside = self.days.iter().map(|(_, value)| *value).filter(|value| value.abs() <= most);
        let values = levels.iter().copied().chain(inside);
        if is_ratio { Scale::level(values) } else { Scale::linear(values) }
    }

    fn entries(&self, review: &GoalReview, scale: &Scale) -> Vec<(Mark, String)> {
        let mut entries = vec![
            (
                if review.is_ratio() { Mark::Spot(palette::channel(0)) } else { Mark::Area(palette::channel(0), 1.0) },
                "a day".to_owned(),
            ),
            (Mark::Dashes, if review.is_ratio() { "target" } else { "what the pace asks" }.to_owned()),
        ];
        if self.required.is_some() {
            entries.push((Mark::Bar, "required of the days left".to_owned()));
        }
        let beyond = self.days.iter().filter(|(_, value)| !matches!(scale.place(*value), Place::At(_))).count();
        if beyond > 0 {
            let days = if beyond == 1 { "day reaches" } else { "days reach" };
            entries.push((Mark::None, format!("{beyond} {days} beyond the scale")));
        }
        entries.extend(from_zero(scale));
        entries
    }
}

fn description(review: &GoalReview) -> String {
    let unit = Unit::of(review);
    let weeks = stretches(review).into_iter().map(|week| format!("{}: {}", week.label, unit.said(&week.value).text));
    weeks.collect::<Vec<_>>().join("; ")
}
