use styring_money::{Exact, Rounding, Share, Unrounded};

use super::{Line, Working};
use crate::apportion::apportion;
use crate::{Bounds, Error, Limit, Reason, Verdict};

impl Working<'_> {
    /// Moves money from losers to winners.
    pub(super) fn shift(&mut self) -> Result<(), Error> {
        let judged: Vec<Exact> = (0..self.lines.len()).filter_map(|index| self.judge(index)).collect();
        let median = median(judged.clone());
        let (Some(median), true) = (median, judged.len() > 1) else {
            self.nothing_to_compare(judged.len());
            return Ok(());
        };
        for line in &mut self.lines {
            line.place(&median, self.rhythm.reading, self.rhythm.frequency_cap);
        }
        let of = |verdict| -> Vec<usize> {
            (0..self.lines.len()).filter(|index| self.lines[*index].verdict == verdict).collect()
        };
        let (losers, winners) = (of(Verdict::Loser), of(Verdict::Winner));
        if losers.is_empty() || winners.is_empty() {
            self.nothing_to_compare(judged.len());
            return Ok(());
        }
        let offers: Vec<(i128, Option<Limit>)> =
            losers.iter().map(|index| self.lines[*index].offer(&self.rhythm.move_share)).collect();
        let growth_cap = self.rhythm.growth_cap.as_ref();
        let rooms: Vec<(i128, Option<Limit>)> =
            winners.iter().map(|index| self.lines[*index].room(self.lines[*index].bounds.max, growth_cap)).collect();

        let total = |amounts: &[(i128, Option<Limit>)]| amounts.iter().map(|(amount, _)| amount).sum::<i128>();
        let (offered, room) = (total(&offers), total(&rooms));
        let moved = offered.min(room);
        let in_proportion: Vec<Exact> = offers.iter().map(|(offer, _)| Exact::from(*offer)).collect();
        let gifts = share_out(moved, &offers, &in_proportion)?;
        let scores: Vec<Exact> = winners.iter().map(|index| self.score(*index)).collect();
        let receipts = share_out(moved, &rooms, &scores)?;

        for ((index, gift), (offer, limit)) in losers.into_iter().zip(gifts).zip(offers) {
            let cut = (gift < offer).then_some(Reason::WinnersFull);
            let limited = limit.filter(|_| cut.is_none()).map(|by| Reason::Limited { by });
            self.record(index, -gift, &median, limited.or(cut));
        }
        for ((index, receipt), (room, limit)) in winners.into_iter().zip(receipts).zip(rooms) {
            let limited = limit.filter(|_| receipt == room).map(|by| Reason::Limited { by });
            self.record(index, receipt, &median, limited);
        }
        self.moved = moved;
        Ok(())
    }

    /// The score of a channel that can be judged; says why of one that cannot.
    fn judge(&mut self, index: usize) -> Option<Exact> {
        let needed = self.rhythm.min_judge_spend;
        let line = &mut self.lines[index];
        let spend = &line.channel.evidence.spend;
        let enough = spend.compare(&Unrounded::from(needed)).is_ok_and(std::cmp::Ordering::is_ge);
        let score = line.scores.read(self.rhythm.reading).cloned();
        let (verdict, reason) = if line.channel.guardrail.kept.is_some() {
            (Verdict::Kept, Reason::KeptByPlan)
        } else if score.is_none() {
            (Verdict::NotJudged, Reason::NoSpend)
        } else if !enough {
            (
                Verdict::NotJudged,
                Reason::TooLittleSpend { spend: spend.round(Rounding::HalfEven).unwrap_or(needed), needed },
            )
        } else {
            line.verdict = Verdict::Neither;
            return score;
        };
        line.verdict = verdict;
        line.reasons.push(reason);
        None
    }

    fn score(&self, index: usize) -> Exact {
        self.lines[index].scores.read(self.rhythm.reading).cloned().unwrap_or_default()
    }

    fn nothing_to_compare(&mut self, judged: usize) {
        for line in &mut self.lines {
            if matches!(line.verdict, Verdict::Winner | Verdict::Loser | Verdict::Neither) {
                line.verdict = Verdict::Neither;
                line.reasons.push(Reason::NothingToCompare { judged });
            }
        }
    }

    fn record(&mut self, index: usize, change: i128, median: &Exact, limited: Option<Reason>) {
        let (score, median) = (self.score(index).to_f64(), median.to_f64());
        let amount = self.money(change.abs());
        let line = &mut self.lines[index];
        line.budget += change;
        line.reasons.push(match (line.verdict, change) {
            (Verdict::Loser, 0) => Reason::GaveNothing { score, median },
            (Verdict::Loser, _) => Reason::Gave { score, median, amount },
            (_, 0) => Reason::ReceivedNothing { score, median },
            _ => Reason::Received { score, median, amount },
        });
        line.reasons.extend(limited);
    }
}

impl Line<'_> {
    /// Which side of the median a judged channel stands on.
    fn place(&mut self, median: &Exact, reading: crate::Reading, frequency_cap: Option<f64>) {
        let Some(score) = self.scores.read(reading).filter(|_| self.verdict == Verdict::Neither) else {
            return;
        };
        match score.cmp(median) {
            std::cmp::Ordering::Less => self.verdict = Verdict::Loser,
            std::cmp::Ordering::Equal => self.reasons.push(Reason::AtMedian { median: median.to_f64() }),
            std::cmp::Ordering::Greater => match self.frozen(frequency_cap) {
                Some((frequency, cap)) => self.reasons.push(Reason::FrequencyAboveCap { frequency, cap }),
                None => self.verdict = Verdict::Winner,
            },
        }
    }

    /// What a loser can give, and the guardrail that made it less.
    fn offer(&self, move_share: &Share) -> (i128, Option<Limit>) {
        let mut offer = move_share.of(self.start);
        let mut limit = None;
        if let Some(step) = &self.channel.guardrail.largest_step
            && step.of(self.start) < offer
        {
            offer = step.of(self.start);
            limit = Some(Limit::Step(step.clone()));
        }
        if self.start - self.bounds.min < offer {
            offer = self.start - self.bounds.min;
            limit = Some(Limit::Minimum(self.channel.guardrail.min));
        }
        (offer, limit)
    }
}

/// Shares out an amount in proportion to the weights, nobody above its limit; the limits are known to hold it.
fn share_out(amount: i128, limits: &[(i128, Option<Limit>)], weights: &[Exact]) -> Result<Vec<i128>, Error> {
    let bounds: Vec<Bounds> = limits.iter().map(|(max, _)| Bounds { min: 0, max: *max }).collect();
    apportion(amount, weights, &bounds, 1)
}

/// The median; of an even number, the mean of the middle two.
fn median(mut scores: Vec<Exact>) -> Option<Exact> {
    scores.sort();
    let middle = scores.len() / 2;
    let upper = scores.get(middle)?;
    if scores.len() % 2 == 1 {
        return Some(upper.clone());
    }
    let lower = scores.get(middle.checked_sub(1)?)?;
    Some(&(lower + upper) * &Exact::new(5, 1))
}
