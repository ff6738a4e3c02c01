//! The sentences of the report.

use styring_allocation::{Decision, Reading, Reason, Verdict};
use styring_metrics::EffectScore;
use styring_money::Exact;
use styring_playbook::{Plan, ResultKind};

use crate::numbers;
use crate::period::Period;
use crate::text::{list, plural};

pub(crate) fn reading(reading: Reading) -> &'static str {
    match reading {
        Reading::Literal => "goal as set",
        Reading::BudgetScaled => "goal scaled to the spend",
    }
}

/// A score with its interval, or that there is none.
pub(crate) fn score(score: &EffectScore) -> String {
    match score.point().zip(score.interval()) {
        Some((0.0, (_, high))) => format!("0 (up to {})", numbers::score(high)),
        Some((point, interval)) if is_thin(score) => numbers::interval(point, interval) + THIN,
        Some((point, interval)) => numbers::interval(point, interval),
        None => "no spend, no score".to_owned(),
    }
}

/// The mark on a score whose interval does not reach its point.
const THIN: &str = "†";

/// What the mark means.
pub(crate) const THIN_NOTE: &str =
    "† So little evidence that the interval, which starts from the plan, does not reach the score.";

/// Whether there is so little evidence that the interval, drawn toward the plan, leaves the point outside. A score of zero lies outside by its nature.
pub(crate) fn is_thin(score: &EffectScore) -> bool {
    let Some((point, (low, high))) = score.point().zip(score.interval()) else {
        return false;
    };
    point > 0.0 && !(low..=high).contains(&point)
}

pub(crate) fn result(kind: ResultKind) -> &'static str {
    match kind {
        ResultKind::Leads => "a lead",
        ResultKind::Orders => "an order",
        ResultKind::Conversions => "a conversion as the platform counts it",
        ResultKind::NewCustomers => "a new customer",
    }
}

/// The decision in a breath: `Week 9: NOK 600 000.00, of which NOK 75 000.00 moves from 2 channels to 3. The total is not raised.`
pub(crate) fn headline(decision: &Decision) -> String {
    let total = numbers::money(decision.total_after);
    let week = decision.week;
    let distinct = |name: fn(&styring_allocation::Transfer) -> &String| {
        let mut names: Vec<&String> = decision.transfers.iter().map(name).collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    };
    let move_sentence = if decision.transfers.is_empty() {
        format!("Week {week}: {total}. Nothing moves between the channels{}.", why_nothing_moves(decision))
    } else {
        format!(
            "Week {week}: {total}, of which {} moves from {} to {}.",
            numbers::money(decision.moved),
            plural(distinct(|transfer| &transfer.from), "channel", "channels"),
            distinct(|transfer| &transfer.to),
        )
    };
    format!("{move_sentence} {}", total_sentence(decision))
}

fn why_nothing_moves(decision: &Decision) -> &'static str {
    let verdict = |wanted: Verdict| decision.channels.iter().any(|channel| channel.verdict == wanted);
    let reason = |found: fn(&Reason) -> bool| decision.channels.iter().flat_map(|channel| &channel.reasons).any(found);
    if verdict(Verdict::Baseline) {
        " while the baseline is measured"
    } else if reason(|reason| matches!(reason, Reason::NothingToCompare { .. })) {
        ": there is no winner and loser to move between"
    } else {
        ""
    }
}

fn total_sentence(decision: &Decision) -> String {
    let exact = |money: styring_money::Money| Exact::from(money.amount());
    let (before, after, raised) = (exact(decision.total_before), exact(decision.total_after), exact(decision.raised));
    let raised_sentence = if raised.is_zero() {
        "The total is not raised.".to_owned()
    } else {
        let raises = |channel: &&styring_allocation::ChannelDecision| {
            channel.reasons.iter().any(|reason| matches!(reason, Reason::Raised { .. }))
        };
        let names: Vec<String> =
            decision.channels.iter().filter(raises).map(|channel| crate::text::clean(&channel.channel)).collect();
        format!("The total is raised by {} on {}.", numbers::money(decision.raised), list(&names))
    };
    if after == &before + &raised {
        return raised_sentence;
    }
    // Budgets as they were last week do not have to sum to what the plan gives now.
    format!("The plan sets the total, which was {}. {raised_sentence}", numbers::money(decision.total_before))
}

/// What is covered, what was judged, which reading decides, and what a result is.
pub(crate) fn lead(plan: &Plan, decision: &Decision, period: &Period) -> Vec<String> {
    let reading = plan.rhythm.reading;
    let judged = if decision.channels.iter().any(|channel| channel.verdict == Verdict::Baseline) {
        let first = plan.rhythm.opening_weeks.saturating_add(1);
        format!("The even split lasts until week {}; the first week decided by scores is week {first}.", first - 1)
    } else {
        format!("Judged together: {}.", period.judged())
    };
    vec![
        format!("The results cover {}. {judged}", period.covered()),
        format!(
            "The reading of the score that decides: {} ({}). A result is {}.",
            self::reading(reading),
            match reading {
                Reading::Literal => "literal",
                Reading::BudgetScaled => "budget-scaled",
            },
            result(plan.campaign.result),
        ),
    ]
}
