//! The results, looked at week by week and channel by channel.

use std::collections::BTreeMap;
use std::ops::Range;

use styring_allocation::{Channel, Evidence, Reading};
use styring_metrics::{
    Delivery, EffectScore, Fact, Facts, Frequency, Margin, MeasuredVisibility, Quality, RollUp, Target, Visibility,
};
use styring_money::{Exact, Money, Rounding, Sign, Unrounded};

use crate::results::Calendar;
use crate::review::{ChannelReview, PartReview};
use crate::{CurrentBudget, Error, Group, Note, Plan, PlannedChannel, Results, ValueKind, VisibilitySpec};

/// Budgets by week, by channel in the order of the plan.
pub(crate) type Budgets = BTreeMap<u32, Vec<Money>>;

/// The results as the review looks at them.
pub(crate) struct Weeks<'a> {
    plan: &'a Plan,
    results: &'a Results,
    pub(crate) calendar: Calendar,
    by_channel: RollUp<(String, u32)>,
}

impl<'a> Weeks<'a> {
    pub(crate) fn new(plan: &'a Plan, results: &'a Results) -> Result<Self, Error> {
        let (currency, planned) = (results.facts.currency(), plan.campaign.currency);
        if currency != planned {
            return Err(Error::CurrencyMismatch { results: currency, plan: planned });
        }
        if results.facts.is_empty() {
            return Err(Error::NoResults);
        }
        let named = results.facts.iter().map(|(group, _)| &group.channel);
        let named = named.chain(results.frequency.keys().map(|(channel, _)| channel));
        if let Some(channel) = named.into_iter().find(|name| plan.channels.iter().all(|channel| channel.name != **name))
        {
            return Err(Error::UnknownChannel { channel: channel.clone() });
        }
        let calendar = Calendar::new(plan, results.span)?;
        if let Some((group, _)) = results.facts.iter().find(|(group, _)| !calendar.weeks().contains(&group.week)) {
            return Err(Error::WeekOutside {
                week: group.week,
                channel: group.channel.clone(),
                first: *calendar.weeks().start(),
                last: *calendar.weeks().end(),
            });
        }
        let by_channel = results.facts.coarsen(|group| (group.channel.clone(), group.week))?;
        Ok(Self { plan, results, calendar, by_channel })
    }

    pub(crate) fn window(&self, week: u32) -> Range<u32> {
        self.calendar.window(week, self.plan.window_weeks)
    }

    pub(crate) fn opening(&self) -> Result<Vec<Money>, Error> {
        Ok(self.plan.opening()?.channels.into_iter().map(|channel| channel.after).collect())
    }

    /// The budgets that are known before anything is decided.
    pub(crate) fn known_budgets(&self) -> Result<Budgets, Error> {
        let last = self.calendar.last_week;
        let (week, budgets) = match self.plan.current {
            CurrentBudget::Replay => (self.calendar.first_week(), self.opening()?),
            CurrentBudget::Stated => {
                (last, self.plan.channels.iter().map(|channel| channel.budget.unwrap_or(self.nothing())).collect())
            }
            CurrentBudget::AsSpent => (last, self.as_spent(last)?),
        };
        Ok([(week, budgets)].into())
    }

    /// The total of a week, divided as the money was spent in the window up to it.
    fn as_spent(&self, last: u32) -> Result<Vec<Money>, Error> {
        let spend = |channel: &PlannedChannel| {
            let facts = self.facts(&channel.name, self.window(last + 1))?;
            Ok(known(&facts, Fact::Spend, channel)?.max(Exact::ZERO))
        };
        let spent = self.plan.channels.iter().map(spend).collect::<Result<Vec<Exact>, Error>>()?;
        Ok(self.plan.per_week.split(&spent)?)
    }

    /// The total of the week before, which a raise may have lifted; the plan's own where the budgets do not come from a replay.
    pub(crate) fn total_of(&self, week: u32, budgets: &Budgets) -> Result<Money, Error> {
        match (self.plan.current, budgets.get(&(week - 1))) {
            (CurrentBudget::Replay, Some(before)) => {
                Ok(Money::sum(before.iter().copied(), self.plan.campaign.currency)?)
            }
            _ => Ok(self.plan.per_week),
        }
    }

    fn nothing(&self) -> Money {
        Money::zero(self.plan.campaign.currency)
    }

    fn facts(&self, channel: &str, weeks: Range<u32>) -> Result<Facts, Error> {
        let mut facts = Facts::zero(self.plan.campaign.currency);
        for week in weeks {
            if let Some(more) = self.by_channel.get(&(channel.to_owned(), week)) {
                facts.merge(more)?;
            }
        }
        Ok(facts)
    }

    fn result(&self) -> Fact {
        self.plan.campaign.result.fact()
    }

    /// The channels as the policy sees them when it decides the budget of `week`.
    pub(crate) fn channels(&self, week: u32, budgets: &Budgets, opening: &[Money]) -> Result<Vec<Channel>, Error> {
        let channel = |(index, planned): (usize, &PlannedChannel)| {
            let before = budgets.get(&(week - 1)).and_then(|budgets| budgets.get(index));
            Ok(Channel {
                name: planned.name.clone(),
                budget: before.copied().unwrap_or(self.nothing()),
                guardrail: planned.guardrail.clone(),
                evidence: self.evidence(week, planned, opening.get(index).copied().unwrap_or(self.nothing()))?,
            })
        };
        self.plan.channels.iter().enumerate().map(channel).collect()
    }

    /// What a channel spent in the window, in openings: Σ spend ÷ (opening × days / 7). Spend and not the planned budget, because the results came from what was
    /// spent: a channel whose budget was cut to almost nothing while it went on spending would otherwise have no goal to miss. 1 where nothing was to be spent, or was.
    fn budget_scale(&self, week: u32, planned: &PlannedChannel, opening: Money, facts: &Facts) -> Result<Exact, Error> {
        let opening = &Exact::from(opening.amount()) * &self.window_in_weeks(week);
        let scale = positive_part(facts, Fact::Spend, planned)?.checked_div(&opening);
        Ok(scale.filter(|scale| !scale.is_zero()).unwrap_or(Exact::ONE))
    }

    fn evidence(&self, week: u32, planned: &PlannedChannel, opening: Money) -> Result<Evidence, Error> {
        let facts = self.facts(&planned.name, self.window(week))?;
        let quality = self.quality(week, planned, &facts)?;
        let value = match self.plan.campaign.value {
            ValueKind::Revenue => facts.amount(Fact::Revenue),
            ValueKind::Margin => facts.contribution(Margin::Cm2),
        };
        let known_by = self.plan.first_day_of(week);
        let lift = planned.lift.as_ref().filter(|lift| lift.measured < known_by);
        Ok(Evidence {
            spend: Unrounded::new(positive_part(&facts, Fact::Spend, planned)?, self.plan.campaign.currency),
            results: positive_part(&facts, self.result(), planned)?,
            goal: self.goal(week, planned),
            budget_scale: self.budget_scale(week, planned, opening, &facts)?,
            quality: Exact::try_from(quality.weight())?,
            value,
            frequency: quality.frequency(),
            lift_lower: lift.map(|lift| lift.lower),
        })
    }

    /// The goal of the window at the opening budget.
    fn goal(&self, week: u32, planned: &PlannedChannel) -> Exact {
        &planned.goal_per_week * &self.window_in_weeks(week)
    }

    fn window_in_weeks(&self, week: u32) -> Exact {
        self.in_weeks(self.window(week))
    }

    /// The days there are of some weeks, in weeks.
    fn in_weeks(&self, weeks: impl IntoIterator<Item = u32>) -> Exact {
        let days: u32 = weeks.into_iter().map(|week| self.calendar.days(week)).sum();
        Exact::from(days).checked_div(&Exact::from(7)).unwrap_or_default()
    }

    fn quality(&self, week: u32, planned: &PlannedChannel, facts: &Facts) -> Result<Quality, Error> {
        let frequency = self.results.frequency.get(&(planned.name.clone(), week - 1));
        let frequency = frequency.cloned().unwrap_or(Frequency::Unmeasured);
        Ok(Quality::new(&self.visibility(planned, facts), &frequency, self.plan.score.frequency)?)
    }

    fn visibility(&self, planned: &PlannedChannel, facts: &Facts) -> Visibility {
        let (measurable, seen, benchmark) = match planned.visibility {
            VisibilitySpec::NotApplicable {} => return Visibility::NotApplicable,
            VisibilitySpec::Viewable { benchmark } => (Fact::Measurable, Fact::Viewable, benchmark),
            VisibilitySpec::AudibleVisible { benchmark } => (Fact::AvMeasurable, Fact::Avoc, benchmark),
        };
        let count = |fact| facts.get(fact).and_then(Exact::floor).and_then(|count| u64::try_from(count).ok());
        match (count(measurable), count(seen)) {
            // More seen than measurable is an error of the source, reported where the rows are read.
            (Some(measurable), Some(seen)) if measurable > 0 => Visibility::Measured(MeasuredVisibility {
                measurable,
                seen: seen.min(measurable),
                benchmark,
                prior_impressions: self.plan.score.prior_impressions,
                cap: self.plan.score.visibility_cap,
            }),
            _ => Visibility::Unmeasured,
        }
    }

    pub(crate) fn review_channels(
        &self,
        opening: &[Money],
        notes: &mut Vec<Note>,
    ) -> Result<Vec<ChannelReview>, Error> {
        let week = self.calendar.last_week + 1;
        let mut reviews = Vec::new();
        for (planned, opening) in self.plan.channels.iter().zip(opening) {
            let window = self.facts(&planned.name, self.window(week))?;
            let quality = self.quality(week, planned, &window)?;
            let goal = self.goal(week, planned);
            let scale = self.budget_scale(week, planned, *opening, &window)?;
            self.note_quality(planned, &quality, notes);
            for fact in [Fact::Spend, self.result()] {
                if known(&window, fact, planned)?.sign() == Sign::Negative {
                    notes.push(Note::BelowZero { channel: planned.name.clone(), fact });
                }
            }
            let weeks = self.by_channel.iter().filter(|((channel, _), _)| *channel == planned.name);
            reviews.push(ChannelReview {
                name: planned.name.clone(),
                total: self.facts(&planned.name, 0..self.calendar.last_week + 1)?,
                weeks: weeks.map(|((_, week), facts)| (*week, facts.clone())).collect(),
                literal: self.score(planned, &window, quality, goal.clone())?,
                budget_scaled: self.score(planned, &window, quality, &goal * &scale)?,
                window,
                quality,
            });
        }
        Ok(reviews)
    }

    fn score(
        &self,
        planned: &PlannedChannel,
        facts: &Facts,
        quality: Quality,
        goal: Exact,
    ) -> Result<EffectScore, Error> {
        let spend = positive_part(facts, Fact::Spend, planned)?;
        let delivery = Delivery {
            results: positive_part(facts, self.result(), planned)?,
            spend: Unrounded::new(spend, self.plan.campaign.currency),
            quality,
        };
        let target = Target { results: goal, cost_per_result: planned.target_cost.into() };
        Ok(self.plan.scoring.score(&delivery, &target)?)
    }

    /// Creatives or segments by channel, each against its part of the channel's goal.
    pub(crate) fn parts(&self, opening: &[Money], name: fn(&Group) -> &String) -> Result<Vec<PartReview>, Error> {
        let parts = self.results.facts.coarsen(|group| (group.channel.clone(), name(group).clone()))?;
        let weeks = self.in_weeks(self.calendar.weeks());
        let mut reviews = Vec::new();
        for (planned, opening) in self.plan.channels.iter().zip(opening) {
            // The spend that the channel's goal stands for.
            let whole = match self.plan.rhythm.reading {
                Reading::Literal => {
                    let whole = self.facts(&planned.name, 0..self.calendar.last_week + 1)?;
                    positive_part(&whole, Fact::Spend, planned)?
                }
                Reading::BudgetScaled => &Exact::from(opening.amount()) * &weeks,
            };
            for ((channel, part), total) in parts.iter() {
                if *channel != planned.name {
                    continue;
                }
                let spend = positive_part(total, Fact::Spend, planned)?;
                let share = spend.checked_div(&whole).filter(|share| !share.is_zero()).unwrap_or(Exact::ONE);
                let goal = &(&planned.goal_per_week * &weeks) * &share;
                // Frequency is known per channel only.
                let visibility = self.visibility(planned, total);
                let quality = Quality::new(&visibility, &Frequency::Unmeasured, self.plan.score.frequency)?;
                reviews.push(PartReview {
                    channel: channel.clone(),
                    name: part.clone(),
                    total: total.clone(),
                    score: self.score(planned, total, quality, goal)?,
                });
            }
        }
        Ok(reviews)
    }

    pub(crate) fn notes(&self, budgets: &Budgets, opening: &[Money]) -> Result<Vec<Note>, Error> {
        let mut notes = Vec::new();
        let share = &self.plan.rhythm.move_share;
        if *share.exact() < Exact::new(20, 2) || *share.exact() > Exact::new(30, 2) {
            notes.push(Note::MoveShareUnusual { share: share.clone() });
        }
        for (planned, opening) in self.plan.channels.iter().zip(opening) {
            let at_target = &planned.goal_per_week * &planned.target_cost.amount().into();
            let share = at_target.checked_div(&opening.amount().into());
            if share.is_some_and(|share| share < Exact::new(5, 1) || share > Exact::from(2)) {
                let at_target = Unrounded::new(at_target, self.plan.campaign.currency).round(Rounding::HalfEven)?;
                notes.push(Note::GoalOffBudget { channel: planned.name.clone(), at_target, opening: *opening });
            }
        }
        let last = self.calendar.last_week;
        if self.calendar.is_partial() {
            notes.push(Note::PartialWeek { week: last, days: self.calendar.days_in_last_week });
        }
        let silent = |week: &u32| self.by_channel.iter().all(|((_, other), _)| other != week);
        let silent: Vec<u32> = self.calendar.weeks().filter(silent).collect();
        if let (Some(first), Some(last)) = (silent.first(), silent.last()) {
            notes.push(Note::WeeksWithoutResults { weeks: silent.len(), first: *first, last: *last });
        }
        if self.plan.current == CurrentBudget::AsSpent {
            return Ok(notes);
        }
        for (index, planned) in self.plan.channels.iter().enumerate() {
            let Some(budget) = budgets.get(&last).and_then(|budgets| budgets.get(index)) else {
                continue;
            };
            let facts = self.facts(&planned.name, last..last + 1)?;
            let spend = known(&facts, Fact::Spend, planned)?;
            let planned_spend = &Exact::from(budget.amount()) * &self.in_weeks([last]);
            // A tenth is what platforms deviate by in an ordinary week.
            if (&spend - &planned_spend).abs() > &planned_spend * &Exact::new(1, 1) {
                let money = |amount| Unrounded::new(amount, self.plan.campaign.currency).round(Rounding::HalfEven);
                notes.push(Note::SpendOffBudget {
                    channel: planned.name.clone(),
                    week: last,
                    budget: money(planned_spend)?,
                    spend: money(spend)?,
                });
            }
        }
        Ok(notes)
    }

    fn note_quality(&self, planned: &PlannedChannel, quality: &Quality, notes: &mut Vec<Note>) {
        let channel = || planned.name.clone();
        if quality.visibility_unmeasured() {
            notes.push(Note::VisibilityUnmeasured { channel: channel() });
        }
        if quality.frequency_mean_only() {
            notes.push(Note::FrequencyMeanOnly { channel: channel() });
        }
        if quality.frequency().is_none() && self.plan.rhythm.frequency_cap.is_some() {
            notes.push(Note::FrequencyUnknown { channel: channel() });
        }
    }
}

/// A fact that a review cannot do without.
fn known(facts: &Facts, fact: Fact, channel: &PlannedChannel) -> Result<Exact, Error> {
    facts.get(fact).cloned().ok_or_else(|| Error::MissingFact {
        fact,
        channel: channel.name.clone(),
        rows: facts.missing_rows(fact),
    })
}

/// Returns and credits can make a sum negative; a note says so, and the channel counts as having none.
fn positive_part(facts: &Facts, fact: Fact, channel: &PlannedChannel) -> Result<Exact, Error> {
    Ok(known(facts, fact, channel)?.max(Exact::ZERO))
}
