mod raise;
mod score;
mod shift;

use styring_money::{Currency, Exact, Money, Share, Sign};

use crate::apportion::apportion;
use crate::channel::{check_names, minor_units};
use crate::transfer::pair_off;
use crate::{Bounds, Channel, ChannelDecision, Decision, Error, Guardrail, Limit, Reason, Transfer, Verdict};

/// The founding rhythm, "rhythm/1": an even split to get a baseline, then every week a share of the losers' budgets to the winners, and a higher total only
/// where return *and* incremental effect are documented.
///
/// 1. **Weeks 1–2** ([`opening`](Self::opening)): the total is split evenly, inside the guardrails.
/// 2. **From week 3** ([`next`](Self::next)): channels with enough spend in the window are scored by attainment × quality ÷ cost per result. Losers stand
///    strictly below the median score, winners strictly above it, unless people already meet them too often. A loser offers `move_share` of its budget but stays
///    above its minimum; a winner has room up to its maximum and its largest growth. The smaller of the two sums moves: cut in proportion to the offers, given
///    in proportion to the scores.
/// 3. **Raise weeks** ([`Raise`]): after the move, a channel whose ROAS reaches the target, whose lower limit of measured lift is above zero and whose
///    frequency is below the cap grows by a step, within its maximum and the cap on the total.
///
/// Every sum is exact to the minor unit. Scores are exact rationals, so ties are ties, and a channel at the median is left alone: where most channels have no
/// results at all, the median is zero, and they keep their money.
///
/// ```
/// use styring_allocation::{Channel, Evidence, Guardrail, Rhythm};
/// use styring_money::{Currency, Money, Unrounded};
///
/// let rhythm = Rhythm::new(Currency::NOK);
/// let free = Guardrail::none(Currency::NOK);
/// let opening = rhythm.opening("NOK 30000.00".parse()?, &[("VG", &free), ("TV 2", &free), ("DOOH Oslo", &free)])?;
/// assert_eq!(opening.channels[0].after, "NOK 10000.00".parse::<Money>()?);
///
/// let nok = |amount: i64| Unrounded::new(amount.into(), Currency::NOK);
/// let channel = |name, results: i64| {
///     let goal = Evidence::none(100.into(), Currency::NOK);
///     Channel::new(name, opening.channels[0].after, Evidence { spend: nok(20_000), results: results.into(), ..goal })
/// };
/// let decision = rhythm.next(3, &[channel("VG", 80), channel("TV 2", 50), channel("DOOH Oslo", 30)])?;
/// assert_eq!(decision.transfers.len(), 1); // a quarter of the loser's budget, to the winner
/// assert_eq!(decision.transfers[0].amount, "NOK 2500.00".parse::<Money>()?);
/// println!("{decision}"); // with a sentence for every channel
/// # Ok::<(), styring_allocation::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Rhythm {
    /// How many weeks the even split lasts; 2.
    pub opening_weeks: u32,
    /// How much of its budget a loser offers, 20–30 % in the founding text; 25 %.
    pub move_share: Share,
    /// The largest growth of a winner in a week by moves, to which a raise may add; none. A budget of zero cannot grow under it.
    pub growth_cap: Option<Share>,
    /// Spend in the window below which a channel is not judged; zero.
    pub min_judge_spend: Money,
    /// Contacts per person in a week above which a channel gets no more money; none.
    pub frequency_cap: Option<f64>,
    /// The largest attainment that counts, above zero; none.
    pub attainment_cap: Option<Exact>,
    /// Which reading of the founding score decides; literal.
    pub reading: Reading,
    /// When and how the total may be raised; never.
    pub raise: Option<Raise>,
}

/// How the goal in the founding score is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[allow(clippy::exhaustive_enums, reason = "the text can be read in two ways")]
pub enum Reading {
    /// Results over the goal as it was set, whatever the budget has become. To the letter, and it counts volume twice: a channel with more money reaches more of
    /// its goal, scores higher and gets more money.
    #[default]
    Literal,
    /// Results over the goal scaled to what the channel spent.
    BudgetScaled,
}

/// When and how the total may grow.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Raise {
    /// The weeks in which it may; 5 and 9 in the founding text (months 2 and 3).
    pub weeks: Vec<u32>,
    /// How much of its budget a channel grows.
    pub step: Share,
    /// The return on ad spend it must reach, above zero.
    pub target_roas: Exact,
    /// The largest total; none.
    pub max_total: Option<Money>,
}

impl Rhythm {
    /// The rhythm of the founding text to the letter, with a move of 25 % and no raise.
    pub fn new(currency: Currency) -> Self {
        Self {
            opening_weeks: 2,
            move_share: Share::percent(25).unwrap_or(Share::NONE),
            growth_cap: None,
            min_judge_spend: Money::zero(currency),
            frequency_cap: None,
            attainment_cap: None,
            reading: Reading::default(),
            raise: None,
        }
    }

    /// The opening budget: the total split evenly, inside the guardrails, ties to the earlier channel.
    ///
    /// Errors: no channels, a name twice, guardrails that cannot hold the total.
    pub fn opening(&self, total: Money, channels: &[(&str, &Guardrail)]) -> Result<Decision, Error> {
        check_names(channels.iter().map(|(name, _)| *name))?;
        let currency = self.min_judge_spend.currency();
        let minor = minor_units("total", "the plan", total, currency)?;
        let bounds = channels
            .iter()
            .map(|(name, guardrail)| guardrail.bounds(name, currency, minor))
            .collect::<Result<Vec<_>, _>>()?;
        let budgets = apportion(minor, &vec![Exact::ONE; channels.len()], &bounds, 1)
            .map_err(|fault| fault.in_money(currency))?;
        let free: Vec<i128> = std::iter::zip(channels, &budgets)
            .filter_map(|((_, guardrail), budget)| guardrail.kept.is_none().then_some(*budget))
            .collect();
        let reasons = |guardrail: &Guardrail, bounds: &Bounds, after: i128| {
            if guardrail.kept.is_some() {
                return vec![Reason::KeptByPlan];
            }
            let limit = if free.iter().any(|other| *other > after) && after == bounds.max {
                guardrail.max.map(Limit::Maximum)
            } else if free.iter().any(|other| *other < after) && after == bounds.min {
                Some(Limit::Minimum(guardrail.min))
            } else {
                None
            };
            let limited = limit.map(|by| Reason::Limited { by });
            [Reason::EvenSplit { channels: free.len() }].into_iter().chain(limited).collect()
        };
        let decide = |(((name, guardrail), bounds), after): ((&(&str, &Guardrail), &Bounds), i128)| {
            let kept = guardrail.kept.is_some();
            Ok(ChannelDecision {
                channel: (*name).to_owned(),
                before: Money::zero(currency),
                after: Money::from_minor(after, currency)?,
                scores: crate::Scores::default(),
                verdict: if kept { Verdict::Kept } else { Verdict::Baseline },
                reasons: reasons(guardrail, bounds, after),
            })
        };
        Ok(Decision {
            week: 1,
            total_before: Money::zero(currency),
            total_after: total,
            moved: Money::zero(currency),
            raised: Money::zero(currency),
            channels: channels.iter().zip(&bounds).zip(budgets).map(decide).collect::<Result<_, Error>>()?,
            transfers: Vec::new(),
        })
    }

    /// The budget of `week`, from the budgets and the evidence of the weeks before it.
    ///
    /// A budget outside its bounds (because the plan has changed) is first brought inside them, the total kept.
    ///
    /// Errors name the channel and the field: mixed currencies, negative amounts, a goal of zero, bounds that cannot hold the total.
    pub fn next(&self, week: u32, channels: &[Channel]) -> Result<Decision, Error> {
        self.check(channels)?;
        let currency = self.min_judge_spend.currency();
        let total = Money::sum(channels.iter().map(|channel| channel.budget), currency)?;
        self.next_with_total(week, total, channels)
    }

    /// The budget of `week` under a total that the plan has changed; see [`next`](Self::next).
    pub fn next_with_total(&self, week: u32, total: Money, channels: &[Channel]) -> Result<Decision, Error> {
        self.check(channels)?;
        let mut working = Working::new(self, total, channels)?;
        if week > self.opening_weeks {
            working.shift()?;
        } else {
            working.continue_baseline();
        }
        let moved = working.moved;
        let raised = match &self.raise {
            Some(raise) if raise.weeks.contains(&week) => working.raise(raise)?,
            _ => 0,
        };
        working.finish(week, moved, raised)
    }

    fn check(&self, channels: &[Channel]) -> Result<(), Error> {
        check_names(channels.iter().map(|channel| channel.name.as_str()))?;
        let currency = self.min_judge_spend.currency();
        for channel in channels {
            minor_units("budget", &channel.name, channel.budget, currency)?;
            channel.evidence.check(&channel.name, currency)?;
        }
        if let Some(cap) = self.frequency_cap.filter(|cap| !(cap.is_finite() && *cap > 0.0)) {
            return Err(Error::out_of_range("frequency cap", None, "above zero", cap));
        }
        let positive = [
            ("attainment cap", self.attainment_cap.as_ref()),
            ("target ROAS", self.raise.as_ref().map(|raise| &raise.target_roas)),
        ];
        for (field, number) in positive {
            if let Some(number) = number.filter(|number| number.sign() != Sign::Positive) {
                return Err(Error::out_of_range(field, None, "above zero", number));
            }
        }
        Ok(())
    }
}

/// A decision in the making: one line per channel, in minor units.
struct Working<'a> {
    rhythm: &'a Rhythm,
    currency: Currency,
    lines: Vec<Line<'a>>,
    moved: i128,
}

struct Line<'a> {
    channel: &'a Channel,
    bounds: Bounds,
    /// The budget before anything moves, inside the bounds.
    start: i128,
    budget: i128,
    scores: score::ExactScores,
    verdict: Verdict,
    reasons: Vec<Reason>,
}

impl<'a> Working<'a> {
    fn new(rhythm: &'a Rhythm, total: Money, channels: &'a [Channel]) -> Result<Self, Error> {
        let currency = rhythm.min_judge_spend.currency();
        let total = minor_units("total", "the plan", total, currency)?;
        let budgets =
            channels.iter().map(|channel| Ok(channel.budget.to_minor()?)).collect::<Result<Vec<i128>, Error>>()?;
        let bounds = channels
            .iter()
            .map(|channel| channel.guardrail.bounds(&channel.name, currency, total))
            .collect::<Result<Vec<_>, _>>()?;
        let inside = budgets.iter().zip(&bounds).all(|(budget, bounds)| (bounds.min..=bounds.max).contains(budget));
        let starts = if inside && budgets.iter().sum::<i128>() == total {
            budgets
        } else {
            let weights: Vec<Exact> = budgets.iter().copied().map(Exact::from).collect();
            apportion(total, &weights, &bounds, 1).map_err(|fault| fault.in_money(currency))?
        };
        let line = |((channel, bounds), start): ((&'a Channel, Bounds), i128)| {
            let after = Money::from_minor(start, currency)?;
            let fitted = (after != channel.budget).then_some(Reason::Fitted { before: channel.budget, after });
            Ok(Line {
                channel,
                bounds,
                start,
                budget: start,
                scores: score::ExactScores::of(&channel.evidence, rhythm.attainment_cap.as_ref()),
                verdict: Verdict::Baseline,
                reasons: fitted.into_iter().collect(),
            })
        };
        let lines = channels.iter().zip(bounds).zip(starts).map(line).collect::<Result<_, Error>>()?;
        Ok(Self { rhythm, currency, lines, moved: 0 })
    }

    fn continue_baseline(&mut self) {
        for line in &mut self.lines {
            let kept = line.channel.guardrail.kept.is_some();
            line.verdict = if kept { Verdict::Kept } else { Verdict::Baseline };
            line.reasons.push(if kept { Reason::KeptByPlan } else { Reason::BaselineContinues });
        }
    }

    fn money(&self, minor: i128) -> Money {
        // Every amount here is at most a total that was a `Money` to begin with.
        Money::from_minor(minor, self.currency).unwrap_or(Money::zero(self.currency))
    }

    fn finish(self, week: u32, moved: i128, raised: i128) -> Result<Decision, Error> {
        let currency = self.currency;
        let money = |minor: i128| Ok::<Money, Error>(Money::from_minor(minor, currency)?);
        let transfers = self.transfers()?;
        let channels = self
            .lines
            .into_iter()
            .map(|line| {
                Ok(ChannelDecision {
                    channel: line.channel.name.clone(),
                    before: line.channel.budget,
                    after: money(line.budget)?,
                    scores: line.scores.shown(),
                    verdict: line.verdict,
                    reasons: line.reasons,
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Decision {
            week,
            total_before: Money::sum(channels.iter().map(|channel| channel.before), currency)?,
            total_after: Money::sum(channels.iter().map(|channel| channel.after), currency)?,
            moved: money(moved)?,
            raised: money(raised)?,
            channels,
            transfers,
        })
    }

    /// Losers pay winners in the order of the channels.
    fn transfers(&self) -> Result<Vec<Transfer>, Error> {
        let amounts = |pick: fn(&Reason) -> Option<Money>| {
            let of = move |line: &Line<'_>| line.reasons.iter().find_map(pick);
            self.lines.iter().filter_map(move |line| Some((line.channel.name.as_str(), of(line)?.to_minor().ok()?)))
        };
        let gifts = amounts(|reason| match reason {
            Reason::Gave { amount, .. } => Some(*amount),
            _ => None,
        });
        let receipts = amounts(|reason| match reason {
            Reason::Received { amount, .. } => Some(*amount),
            _ => None,
        });
        pair_off(gifts, receipts, self.currency)
    }
}

impl Line<'_> {
    /// Room to grow from the present budget up to `max`, and the guardrail that sets it: the maximum, the growth cap or the largest step of a week.
    fn room(&self, max: i128, growth_cap: Option<&Share>) -> (i128, Option<Limit>) {
        let guardrail = &self.channel.guardrail;
        let mut room = (max - self.budget, guardrail.max.map(Limit::Maximum));
        let steps = [
            growth_cap.map(|cap| (cap, Limit::Growth(cap.clone()))),
            guardrail.largest_step.as_ref().map(|step| (step, Limit::Step(step.clone()))),
        ];
        for (share, limit) in steps.into_iter().flatten() {
            let allowed = self.start + share.of(self.start) - self.budget;
            if allowed < room.0 {
                room = (allowed, Some(limit));
            }
        }
        (room.0.max(0), room.1)
    }

    fn frozen(&self, cap: Option<f64>) -> Option<(f64, f64)> {
        let (frequency, cap) = self.channel.evidence.frequency.zip(cap)?;
        (frequency > cap).then_some((frequency, cap))
    }
}
