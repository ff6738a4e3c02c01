//! From what a policy wants to what the guardrails allow, exact to the minor unit.

use styring_money::{Money, Share};

use super::view::{Seen, View};
use crate::{Bounds, ChannelDecision, Decision, Error, Limit, Reason, Scores, Transfer, Verdict};

/// Guardrails of the whole plan, beside those of each channel.
///
/// Minimum, maximum and kept budget of a channel always hold. What may not happen in one week (steps, frequency, readiness) gives way where it would leave a part of the total nowhere to go.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Rails {
    /// At most this share of the total moves in a week. What is wanted beyond it is cut in proportion.
    pub churn: Option<Share>,
    /// No channel's budget changes by more than this share of it in a week.
    pub step: Option<Share>,
    /// A channel whose people meet it more often than this in a week is given no more.
    pub frequency_cap: Option<f64>,
}

impl Rails {
    /// None.
    pub fn none() -> Self {
        Self { churn: None, step: None, frequency_cap: None }
    }
}

/// What a policy wants for one channel, in minor units, and why.
pub(super) struct Proposal {
    pub(super) target: f64,
    pub(super) reasons: Vec<Reason>,
}

struct Line {
    /// Inside the guardrails of the channel.
    start: i128,
    bounds: Bounds,
    /// `bounds`, narrowed by what may not happen in one week.
    low: i128,
    high: i128,
    limit_low: Option<Limit>,
    limit_high: Option<Limit>,
    notes: Vec<Reason>,
}

/// Brings the targets inside all guardrails, with the total kept, and says what was limited by what.
pub(super) fn settle(view: &View<'_>, rails: &Rails, proposals: Vec<Proposal>) -> Result<Decision, Error> {
    let currency = view.history.currency;
    let money = |minor| Ok::<_, Error>(Money::from_minor(minor, currency)?);
    let bounds = view
        .channels
        .iter()
        .map(|seen| seen.track.guardrail.bounds(&seen.track.name, currency, view.total))
        .collect::<Result<Vec<_>, _>>()?;
    let is_first = view.weeks() == 0;
    let budgets: Vec<f64> = if is_first {
        vec![view.even(); bounds.len()]
    } else {
        view.channels.iter().map(|seen| seen.budget as f64).collect()
    };
    let limits: Vec<(i128, i128)> = bounds.iter().map(|bounds| (bounds.min, bounds.max)).collect();
    let starts =
        inside(view.total, &scaled(&budgets, view.total), &limits).map_err(|fault| fault.in_money(currency))?;
    let mut lines: Vec<Line> = view
        .channels
        .iter()
        .zip(bounds.into_iter().zip(starts))
        .map(|(seen, (bounds, start))| Line::new(seen, bounds, start, rails, is_first))
        .collect();
    let mut narrowed: Vec<(i128, i128)> = lines.iter().map(|line| (line.low, line.high)).collect();
    let targets: Vec<f64> = proposals.iter().map(|proposal| proposal.target).collect();
    let mut wanted = inside_real(view.total as f64, &targets, &narrowed);
    if wanted.is_none() {
        // What may not happen in one week gives way to what may never happen.
        narrowed.clone_from(&limits);
        wanted = inside_real(view.total as f64, &targets, &narrowed);
    }
    let mut wanted = wanted.ok_or_else(|| infeasible(view.total, &limits).in_money(currency))?;
    let mut is_churn_limited = false;
    if let Some(churn) = rails.churn.as_ref().filter(|_| !is_first) {
        // Rounding may move one unit for each channel.
        let most = (churn.of(view.total) - lines.len() as i128).max(0) as f64;
        let moved: f64 = wanted.iter().zip(&lines).map(|(want, line)| (want - line.start as f64).max(0.0)).sum();
        if moved > most {
            is_churn_limited = true;
            for (want, line) in wanted.iter_mut().zip(&lines) {
                *want = line.start as f64 + (*want - line.start as f64) * (most / moved);
            }
        }
    }
    let afters = whole(view.total, &wanted, &narrowed);

    let mut channels = Vec::with_capacity(lines.len());
    let mut moved = 0;
    for ((seen, line), (proposal, after)) in
        view.channels.iter().zip(&mut lines).zip(proposals.into_iter().zip(&afters))
    {
        let before = money(if is_first { 0 } else { seen.budget })?;
        let mut reasons = std::mem::take(&mut line.notes);
        if !is_first && line.start != seen.budget {
            reasons.push(Reason::Fitted { before, after: money(line.start)? });
        }
        reasons.extend(proposal.reasons);
        moved += (after - line.start).max(0);
        let limit = line.limit(proposal.target, *after);
        reasons.extend(limit.map(|by| Reason::Limited { by }));
        if is_churn_limited && *after != line.start {
            reasons.extend(rails.churn.clone().map(|churn| Reason::Limited { by: Limit::Churn(churn) }));
        }
        let verdict = match after.cmp(&line.start) {
            _ if seen.track.guardrail.kept.is_some() => Verdict::Kept,
            _ if is_first => Verdict::Baseline,
            std::cmp::Ordering::Less => Verdict::Loser,
            std::cmp::Ordering::Equal => Verdict::Neither,
            std::cmp::Ordering::Greater => Verdict::Winner,
        };
        channels.push(ChannelDecision {
            channel: seen.track.name.clone(),
            before,
            after: money(*after)?,
            scores: Scores::default(),
            verdict,
            reasons,
        });
    }
    let transfers = if is_first { Vec::new() } else { transfers(view, &lines, &afters)? };
    Ok(Decision {
        week: u32::try_from(view.weeks() + 1).unwrap_or(u32::MAX),
        total_before: Money::sum(channels.iter().map(|channel| channel.before), currency)?,
        total_after: money(view.total)?,
        moved: money(if is_first { 0 } else { moved })?,
        raised: Money::zero(currency),
        channels,
        transfers,
    })
}

impl Line {
    fn new(seen: &Seen<'_>, bounds: Bounds, start: i128, rails: &Rails, is_first: bool) -> Self {
        let guardrail = &seen.track.guardrail;
        let mut line = Self {
            start,
            bounds,
            low: bounds.min,
            high: bounds.max,
            limit_low: Some(Limit::Minimum(guardrail.min)),
            limit_high: guardrail.max.map(Limit::Maximum),
            notes: Vec::new(),
        };
        if guardrail.kept.is_some() {
            line.notes.push(Reason::KeptByPlan);
            return line;
        }
        if is_first {
            return line;
        }
        for step in [&guardrail.largest_step, &rails.step].into_iter().flatten() {
            let most = step.of(start);
            if start - most > line.low {
                line.low = start - most;
                line.limit_low = Some(Limit::Step(step.clone()));
            }
            if start + most < line.high {
                line.high = start + most;
                line.limit_high = Some(Limit::Step(step.clone()));
            }
        }
        let frequency = seen.track.weeks.last().and_then(|week| week.frequency);
        if let Some((frequency, cap)) = frequency.zip(rails.frequency_cap).filter(|(frequency, cap)| frequency > cap) {
            line.high = start;
            line.limit_high = None;
            line.notes.push(Reason::TooFrequent { frequency, cap });
        }
        if !seen.track.ready {
            line.high = start;
            line.limit_high = None;
            line.notes.push(Reason::NotReady);
        }
        line
    }

    /// The guardrail of the channel at which the new budget stands, though more change was wanted.
    fn limit(&mut self, target: f64, after: i128) -> Option<Limit> {
        if self.bounds.min == self.bounds.max {
            return None;
        }
        if after >= self.high && target > self.high as f64 {
            return self.limit_high.take();
        }
        if after <= self.low && target < self.low as f64 {
            return self.limit_low.take();
        }
        None
    }
}

/// The same proportions, with another sum.
fn scaled(parts: &[f64], total: i128) -> Vec<f64> {
    let sum: f64 = parts.iter().sum();
    if sum > 0.0 {
        parts.iter().map(|part| part * (total as f64 / sum)).collect()
    } else {
        vec![total as f64 / parts.len() as f64; parts.len()]
    }
}

fn infeasible(total: i128, limits: &[(i128, i128)]) -> Error {
    let sum = |end: fn(&(i128, i128)) -> i128| limits.iter().map(end).fold(0, i128::saturating_add);
    Error::Infeasible { total, lowest: sum(|limits| limits.0), highest: sum(|limits| limits.1) }
}

/// The whole plan nearest to a real one, inside the limits.
fn inside(total: i128, plan: &[f64], limits: &[(i128, i128)]) -> Result<Vec<i128>, Error> {
    let real = inside_real(total as f64, plan, limits).ok_or_else(|| infeasible(total, limits))?;
    Ok(whole(total, &real, limits))
}

/// The real plan inside the limits nearest to the targets: each is `clamp(target + ν)` with the one ν that gives the total.
fn inside_real(total: f64, targets: &[f64], limits: &[(i128, i128)]) -> Option<Vec<f64>> {
    let limits: Vec<(f64, f64)> = limits.iter().map(|(low, high)| (*low as f64, *high as f64)).collect();
    let lowest: f64 = limits.iter().map(|(low, _)| low).sum();
    let highest: f64 = limits.iter().map(|(_, high)| high).sum();
    if !(lowest <= total && total <= highest) {
        return None;
    }
    let at = |shift: f64| -> f64 {
        targets.iter().zip(&limits).map(|(target, (low, high))| (target + shift).clamp(*low, *high)).sum()
    };
    let mut breaks: Vec<f64> =
        targets.iter().zip(&limits).flat_map(|(target, (low, high))| [low - target, high - target]).collect();
    breaks.sort_by(f64::total_cmp);
    let above = breaks.partition_point(|shift| at(*shift) < total);
    let shift = match (above.checked_sub(1).and_then(|index| breaks.get(index)), breaks.get(above)) {
        (Some(left), Some(right)) => {
            let (from, to) = (at(*left), at(*right));
            if to > from { left + (right - left) * ((total - from) / (to - from)) } else { *right }
        }
        (None, Some(first)) => *first,
        (left, None) => left.copied().unwrap_or(0.0),
    };
    Some(targets.iter().zip(&limits).map(|(target, (low, high))| (target + shift).clamp(*low, *high)).collect())
}

/// A real plan in whole units: rounded down, what is left to the largest fractions, ties to the earlier; the limits are whole and hold the total.
#[allow(clippy::cast_possible_truncation, reason = "amounts of money are far inside i128")]
fn whole(total: i128, plan: &[f64], limits: &[(i128, i128)]) -> Vec<i128> {
    let mut units: Vec<i128> =
        plan.iter().zip(limits).map(|(part, (low, high))| (part.floor() as i128).clamp(*low, *high)).collect();
    let mut order: Vec<usize> = (0..plan.len()).collect();
    order.sort_by(|one, other| (plan[*other] - plan[*other].floor()).total_cmp(&(plan[*one] - plan[*one].floor())));
    let mut left = total - units.iter().sum::<i128>();
    // One unit each, as the fractions have it; beyond 2⁵³ units, where a plan has no fractions, what is left goes wherever there is room.
    for largest in [1, i128::MAX] {
        for index in &order {
            let room = if left > 0 { limits[*index].1 - units[*index] } else { limits[*index].0 - units[*index] };
            let step = if left > 0 { left.min(room).min(largest) } else { left.max(room).max(-largest) };
            units[*index] += step;
            left -= step;
        }
    }
    units
}

/// Who paid whom, in the order of the channels.
fn transfers(view: &View<'_>, lines: &[Line], afters: &[i128]) -> Result<Vec<Transfer>, Error> {
    let changes: Vec<i128> = afters.iter().zip(lines).map(|(after, line)| after - line.start).collect();
    let mut gifts =
        changes.iter().enumerate().filter(|(_, change)| **change < 0).map(|(index, change)| (index, -change));
    let mut gift = gifts.next();
    let mut transfers = Vec::new();
    for (to, change) in changes.iter().enumerate() {
        let mut wanted = (*change).max(0);
        while wanted > 0
            && let Some((from, left)) = &mut gift
        {
            let amount = wanted.min(*left);
            wanted -= amount;
            *left -= amount;
            transfers.push(Transfer {
                from: view.channels[*from].track.name.clone(),
                to: view.channels[to].track.name.clone(),
                amount: Money::from_minor(amount, view.history.currency)?,
            });
            if *left == 0 {
                gift = gifts.next();
            }
        }
    }
    Ok(transfers)
}
