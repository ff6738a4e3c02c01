use styring_allocation::Reading;
use styring_metrics::EffectScore;
use styring_playbook::{ChannelReview, Plan, Review};

use super::canvas::{Canvas, SMALL, Side, TEXT, Way, svg};
use super::legend::{Legend, Mark};
use super::palette::{self, Colour, INK, MUTED};
use super::ratio_axis::RatioAxis;
use super::scale::{Place, Scale};
use super::{PAD, label, layout};
use crate::{Error, words};

/// The effect score of every channel with its interval, on a logarithmic axis where 1 is on plan: filled in the reading that decides, hollow in the other.
///
/// A score of zero has a place on no logarithmic axis: an arrow at the left end, with a line to the upper limit. An arrow at the end of a line says that it goes
/// on outside. A channel without spend has no score, and the chart says so.
pub fn score(plan: &Plan, review: &Review, width: u32) -> Result<String, Error> {
    crate::check(plan, review)?;
    let reading = plan.rhythm.reading;
    let (width, wide) = layout(width);
    let texts: Vec<String> = review.channels.iter().map(|channel| words::score(channel.score(reading))).collect();

    let names = review.channels.iter().map(|channel| label::width(&channel.name, TEXT)).fold(0.0, f64::max);
    let gutter = if wide { names.min(width * 0.27) + 12.0 } else { 0.0 };
    let numbers_room = texts.iter().map(|text| label::width(text, SMALL)).fold(0.0, f64::max);
    let (left, right) = if wide {
        (PAD + gutter + 8.0, (width - PAD - numbers_room - 20.0).max(width * 0.5))
    } else {
        (PAD + 8.0, width - PAD - 8.0)
    };
    let other = other(reading);
    let legend = Legend::new(
        [(Mark::Dot, format!("{} (decides)", words::reading(reading))), (Mark::Ring, words::reading(other).to_owned())],
        width - 2.0 * PAD,
    );
    let (above, row) = if wide { (6.0, 38.0) } else { (20.0, 50.0) };
    let top = PAD + legend.height() + 26.0;
    let bottom = top + row * review.channels.len() as f64;
    let axis = RatioAxis { scale: scale(review), left, right };

    let title = format!("Effect score per channel, {}", words::reading(reading));
    let said = review.channels.iter().zip(&texts).map(|(channel, text)| format!("{}: {text}", channel.name));
    let description = said.collect::<Vec<_>>().join("; ");
    svg((width, bottom + 30.0 + PAD), &title, &description, |canvas: &mut Canvas<'_>| {
        legend.draw(canvas, (PAD, PAD));
        labels(&axis, canvas, (top, bottom), if wide { 10 } else { 6 });
        // On a phone names and numbers stand above their marks, and no line may cross them.
        let rules = if wide { vec![(top, bottom)] } else { rows(top, row, above, review.channels.len()) };
        for (from, to) in rules {
            rule(&axis, canvas, (from, to), if wide { 10 } else { 6 });
        }
        for (index, (channel, text)) in review.channels.iter().zip(&texts).enumerate() {
            let y = top + row * index as f64;
            if wide {
                canvas.name((PAD + gutter - 10.0, y + row / 2.0), Side::Left, gutter - 10.0, &channel.name);
                canvas.text((width - PAD, y + row / 2.0), Side::Left, SMALL, text);
            } else {
                canvas.text((width - PAD, y + above / 2.0), Side::Left, SMALL, text);
                let room = width - 2.0 * PAD - label::width(text, SMALL) - 12.0;
                canvas.text((PAD, y + above / 2.0), Side::Right, TEXT, &label::fit(&channel.name, TEXT, room));
            }
            mark(&axis, canvas, y + above + 8.0, channel.score(reading), Style::decides(palette::channel(index)));
            mark(&axis, canvas, y + above + 20.0, channel.score(other), Style::OTHER);
        }
    })
}

fn other(reading: Reading) -> Reading {
    match reading {
        Reading::Literal => Reading::BudgetScaled,
        Reading::BudgetScaled => Reading::Literal,
    }
}

/// Over all points and their limits. What would stretch the axis and say little is cut: a lower limit far below its point, and the upper limit of a score of
/// zero far from all others.
fn scale(review: &Review) -> Scale {
    const FAR: f64 = 10.0;
    let scores = |channel: &ChannelReview| [channel.literal, channel.budget_scaled];
    let known: Vec<(f64, f64, f64)> = review
        .channels
        .iter()
        .flat_map(scores)
        .filter_map(|score| score.point().zip(score.interval()))
        .map(|(point, (low, high))| (point, low, high))
        .collect();
    let (zero, above): (Vec<_>, Vec<_>) = known.into_iter().partition(|(point, _, _)| *point == 0.0);
    let mut values: Vec<f64> =
        above.iter().flat_map(|(point, low, high)| [*point, *high, low.max(point / FAR)]).collect();
    let positive = values.iter().copied().filter(|value| *value > 0.0);
    let (least, most) = positive.fold((1.0, 1.0), |(least, most), value| (value.min(least), value.max(most)));
    // Never so near to the plan that small differences look large.
    values.extend([0.5, 2.0]);
    values.extend(zero.iter().map(|(_, _, high)| high.max(least / 2.0).min(most * FAR)));
    Scale::log(values, 1.0, 1000.0)
}

/// Where the marks of each row begin and end.
fn rows(top: f64, row: f64, above: f64, count: usize) -> Vec<(f64, f64)> {
    (0..count).map(|index| top + row * index as f64).map(|y| (y + above + 2.0, y + row - 4.0)).collect()
}

#[derive(Clone, Copy)]
struct Style {
    colour: Colour,
    decides: bool,
}

impl Style {
    const OTHER: Self = Self { colour: MUTED, decides: false };

    fn decides(colour: Colour) -> Self {
        Self { colour, decides: true }
    }
}

fn labels(axis: &RatioAxis, canvas: &mut Canvas<'_>, (top, bottom): (f64, f64), wanted: u32) {
    axis.numbers(canvas, bottom, wanted);
    let half = label::width("on plan", SMALL) / 2.0;
    let x = axis.x(1.0).clamp(axis.left + half - 8.0, axis.right - half + 8.0);
    canvas.text((x, top - 15.0), Side::Centre, SMALL, "on plan");
}

/// The grid lines, and the line of what is on plan.
fn rule(axis: &RatioAxis, canvas: &mut Canvas<'_>, (from, to): (f64, f64), wanted: u32) {
    axis.grid(canvas, (from, to), wanted);
    let on_plan = axis.x(1.0);
    canvas.line((on_plan, from - 6.0), (on_plan, to), 2, INK);
}

fn mark(axis: &RatioAxis, canvas: &mut Canvas<'_>, y: f64, score: &EffectScore, style: Style) {
    let Some((point, (low, high))) = score.point().zip(score.interval()) else {
        return;
    };
    let (from, to) = (axis.x(if point == 0.0 { 0.0 } else { low }), axis.x(high));
    canvas.line((from, y), (to, y), if style.decides { 3 } else { 1 }, style.colour);
    let arrow = if style.decides { 5.0 } else { 4.0 };
    if point > 0.0 && axis.scale.place(low) == Place::Below {
        canvas.triangle((axis.left - 3.0, y), arrow - 1.0, Way::Left, style.colour);
    }
    if axis.scale.place(high) == Place::Above {
        canvas.triangle((axis.right + 3.0, y), arrow - 1.0, Way::Right, style.colour);
    }
    match axis.scale.place(point) {
        _ if point == 0.0 => canvas.triangle((axis.left, y), arrow + 1.0, Way::Left, style.colour),
        Place::Below => canvas.triangle((axis.left, y), arrow + 1.0, Way::Left, style.colour),
        Place::Above => canvas.triangle((axis.right, y), arrow + 1.0, Way::Right, style.colour),
        Place::At(_) if style.decides => canvas.dot((axis.x(point), y), 6, style.colour),
        Place::At(_) => canvas.ring((axis.x(point), y), 4, style.colour),
    }
}
