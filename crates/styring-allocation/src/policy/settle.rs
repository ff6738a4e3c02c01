//! From what a policy wants to what the guardrails allow, exact to the minor unit.

use styring_money::{Money, Share};

use super::view::{Seen, View};
use crate::apportion::{nearest_whole_to, sum};
use crate::transfer::pair_off;
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
    /// The guardrails of the channel, narrowed by what may not happen in one week.
    bounds: Bounds,
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
    let in_money = |fault: Error| fault.in_money(currency);
    let starts = nearest(view.total, &scaled(&budgets, view.total), &bounds).map_err(in_money)?;
    let starts = nearest_whole_to(view.total, &starts, &bounds)?;
    let mut lines: Vec<Line> = view
        .channels
        .iter()
        .zip(bounds.iter().zip(starts))
        .map(|(seen, (bounds, start))| Line::new(seen, *bounds, start, rails, is_first))
        .collect();
    let targets: Vec<f64> = proposals.iter().map(|proposal| proposal.target).collect();
    let narrowed: Vec<Bounds> = lines.iter().map(|line| line.bounds).collect();
    let (mut wanted, bounds) = match nearest(view.total, &targets, &narrowed) {
        Ok(wanted) => (wanted, narrowed),
        // What may not happen in one week gives way to what may never happen.
        Err(_) => (nearest(view.total, &targets, &bounds).map_err(in_money)?, bounds),
    };
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
    let afters = nearest_whole_to(view.total, &wanted, &bounds)?;

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
        let is_free = bounds.min < bounds.max;
        let mut line = Self {
            start,
            bounds,
            limit_low: is_free.then_some(Limit::Minimum(guardrail.min)),
            limit_high: guardrail.max.filter(|_| is_free).map(Limit::Maximum),
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
            if start - most > line.bounds.min {
                line.bounds.min = start - most;
                line.limit_low = Some(Limit::Step(step.clone()));
            }
            if start + most < line.bounds.max {
                line.bounds.max = start + most;
                line.limit_high = Some(Limit::Step(step.clone()));
            }
        }
        let frequency = seen.track.weeks.last().and_then(|week| week.frequency);
        if let Some((frequency, cap)) = frequency.zip(rails.frequency_cap).filter(|(frequency, cap)| frequency > cap) {
            line.bounds.max = start;
            line.limit_high = None;
            line.notes.push(Reason::TooFrequent { frequency, cap });
        }
        if !seen.track.ready {
            line.bounds.max = start;
            line.limit_high = None;
            line.notes.push(Reason::NotReady);
        }
        line
    }

    /// The guardrail of the channel at which the new budget stands, though more change was wanted.
    fn limit(&mut self, target: f64, after: i128) -> Option<Limit> {
        if after >= self.bounds.max && target > self.bounds.max as f64 {
            return self.limit_high.take();
        }
        if after <= self.bounds.min && target < self.bounds.min as f64 {
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

/// The real plan inside the bounds nearest to the targets: each is `clamp(target + ν)` with the one ν that gives the total.
fn nearest(total: i128, targets: &[f64], bounds: &[Bounds]) -> Result<Vec<f64>, Error> {
    let ends: Vec<(f64, f64)> = bounds.iter().map(|bounds| (bounds.min as f64, bounds.max as f64)).collect();
    let (lowest, highest) = (sum(bounds, |bounds| bounds.min), sum(bounds, |bounds| bounds.max));
    if !(lowest..=highest).contains(&total) {
        return Err(Error::Infeasible { total, lowest, highest });
    }
    let total = total as f64;
    let at = |shift: f64| -> f64 {
        targets.iter().zip(&ends).map(|(target, (low, high))| (target + shift).clamp(*low, *high)).sum()
    };
    let mut breaks: Vec<f64> =
        targets.iter().zip(&ends).flat_map(|(target, (low, high))| [low - target, high - target]).collect();
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
    Ok(targets.iter().zip(&ends).map(|(target, (low, high))| (target + shift).clamp(*low, *high)).collect())
}

/// Who paid whom, in the order of the channels.
fn transfers(view: &View<'_>, lines: &[Line], afters: &[i128]) -> Result<Vec<Transfer>, Error> {
    let changes = || {
        let names = view.channels.iter().map(|seen| seen.track.name.as_str());
        names.zip(afters.iter().zip(lines).map(|(after, line)| after - line.start))
    };
    let givers = changes().filter(|(_, change)| *change < 0).map(|(name, change)| (name, -change));
    pair_off(givers, changes().filter(|(_, change)| *change > 0), view.history.currency)
}
