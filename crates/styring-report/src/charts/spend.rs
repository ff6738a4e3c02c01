use styring_metrics::Fact;
use styring_money::{Exact, Sign};
use styring_playbook::{ChannelReview, Plan, Review};

use super::canvas::{Canvas, SMALL, Side, svg};
use super::legend::{Legend, Mark};
use super::palette::{self, INK, MUTED};
use super::scale::Scale;
use super::week_axis::WeekAxis;
use super::{PAD, label, layout};
use crate::period::Period;
use crate::{Error, numbers};

/// What was spent week by week, stacked by channel, with the budget of each week where it is known, the weeks that were judged, and a mark on a week that is
/// not over. Credits of a week stand below zero.
pub fn spend(plan: &Plan, review: &Review, width: u32) -> Result<String, Error> {
    crate::check(plan, review)?;
    let period = Period::of(plan, review);
    let (width, wide) = layout(width);
    let stacks: Vec<(u32, Stack)> = period.weeks.clone().map(|week| (week, Stack::of(review, week))).collect();
    let budgets: Vec<(u32, f64)> = if period.undated { Vec::new() } else { budgets(review, &period) };
    let tops = stacks.iter().flat_map(|(_, stack)| [stack.up.to_f64(), stack.down.to_f64()]);
    let scale = Scale::linear(tops.chain(budgets.iter().map(|(_, budget)| *budget)));
    let ticks = scale.ticks(5);

    let gutter = ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(label::width("week", SMALL), f64::max);
    let axis = WeekAxis::new(&period, (PAD + gutter + 8.0, width - PAD));
    let legend = Legend::new(entries(plan, &period, !budgets.is_empty()), width - 2.0 * PAD);
    let plot = if wide { 260.0 } else { 210.0 };
    let top = PAD + 18.0;
    let bottom = top + plot;
    let y = |value: f64| bottom - scale.place(value).clamped() * plot;
    let bar = (axis.step() * if axis.step() < 8.0 { 1.0 } else { 0.72 }).clamp(1.0, 64.0);

    let title = format!("Spend per week by channel, in {}", plan.campaign.currency);
    let height = bottom + 40.0 + legend.height() + PAD;
    svg((width, height), &title, &description(plan, &stacks, &period), |canvas: &mut Canvas<'_>| {
        for (value, text) in &ticks {
            canvas.grid((axis.left, y(*value)), (axis.right, y(*value)));
            canvas.muted((axis.left - 6.0, y(*value)), Side::Left, SMALL, text);
        }
        for (week, stack) in &stacks {
            let (from, to) = (axis.centre(*week) - bar / 2.0, axis.centre(*week) + bar / 2.0);
            for (place, low, high) in &stack.parts {
                // A hair of paper between the parts, where there is room for it.
                let (upper, lower) = (y(*high), y(*low));
                let hair = if lower - upper > 3.0 { 1.0 } else { 0.0 };
                canvas.rect((from, upper), (to, lower - hair), palette::channel(*place), 1.0);
            }
        }
        for (week, budget) in &budgets {
            let reach = (axis.step() / 2.0).min(bar / 2.0 + 4.0);
            let at = (axis.centre(*week), y(*budget));
            canvas.line((at.0 - reach, at.1), (at.0 + reach, at.1), 2, INK);
        }
        canvas.line((axis.left, y(0.0)), (axis.right, y(0.0)), 1, INK);
        if let Some(days) = period.partial {
            let text = format!("week {}: {days} of 7 days", period.weeks.end());
            canvas.text((width - PAD, PAD + 4.0), Side::Left, SMALL, &text);
        }
        axis.caption(canvas, bottom + 14.0, period.undated);
        axis.labels(canvas, bottom + 14.0, period.undated);
        if !period.undated {
            bracket(canvas, &axis, &period, bottom + 26.0);
        }
        legend.draw(canvas, (PAD, bottom + 40.0));
    })
}

/// What was spent in a week: for every channel its place, and where its part begins and ends.
struct Stack {
    parts: Vec<(usize, f64, f64)>,
    up: Exact,
    down: Exact,
}

impl Stack {
    fn of(review: &Review, week: u32) -> Self {
        let mut stack = Self { parts: Vec::new(), up: Exact::ZERO, down: Exact::ZERO };
        for (place, channel) in review.channels.iter().enumerate() {
            let Some(spend) = spend_of(channel, week) else {
                continue;
            };
            // Summed exactly, and made a length only when it is drawn.
            let edge = if spend.sign() == Sign::Negative { &mut stack.down } else { &mut stack.up };
            let before = edge.to_f64();
            *edge += &spend;
            let after = edge.to_f64();
            stack.parts.push((place, before.min(after), before.max(after)));
        }
        stack
    }
}

fn spend_of(channel: &ChannelReview, week: u32) -> Option<Exact> {
    channel.weeks.get(&week)?.get(Fact::Spend).filter(|spend| !spend.is_zero()).cloned()
}

/// The known totals of the weeks that have passed.
fn budgets(review: &Review, period: &Period) -> Vec<(u32, f64)> {
    let known = review.budgets.iter().filter(|(week, _)| period.weeks.contains(week));
    known
        .map(|(week, budgets)| (*week, budgets.iter().map(|money| Exact::from(money.amount())).sum::<Exact>().to_f64()))
        .collect()
}

fn entries(plan: &Plan, period: &Period, budgets: bool) -> Vec<(Mark, String)> {
    let channels = plan.channels.iter().enumerate();
    let mut entries: Vec<(Mark, String)> =
        channels.map(|(place, channel)| (Mark::Area(palette::channel(place), 1.0), channel.name.clone())).collect();
    if budgets {
        entries.push((Mark::Bar, "budget of the week".to_owned()));
    }
    if !period.undated {
        entries.push((Mark::Bracket, "judged".to_owned()));
    }
    entries
}

/// A bracket under the weeks that were judged.
fn bracket(canvas: &mut Canvas<'_>, axis: &WeekAxis, period: &Period, y: f64) {
    let half = axis.step() * 0.4;
    let first = period.judged.start.max(*period.weeks.start());
    let last = period.judged.end.saturating_sub(1).max(first);
    let (from, to) = (axis.centre(first) - half, axis.centre(last) + half);
    canvas.line((from, y), (to, y), 2, MUTED);
    canvas.line((from, y - 4.0), (from, y), 2, MUTED);
    canvas.line((to, y - 4.0), (to, y), 2, MUTED);
}

fn description(plan: &Plan, stacks: &[(u32, Stack)], period: &Period) -> String {
    let currency = plan.campaign.currency;
    let week = |(week, stack): &(u32, Stack)| {
        let total = numbers::amount(&(&stack.up + &stack.down), currency);
        format!(
            "{}: {total}",
            if period.undated { period.label(*week) } else { format!("week {}", period.label(*week)) }
        )
    };
    stacks.iter().map(week).collect::<Vec<_>>().join("; ")
}
