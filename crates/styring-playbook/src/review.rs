use std::collections::BTreeMap;

use styring_allocation::{Channel, Decision, Evidence, Reading};
use styring_metrics::{
    Delivery, EffectScore, Fact, Facts, Frequency, Margin, MeasuredVisibility, Quality, RollUp, Target, Visibility,
};
use styring_money::{Exact, Money, Rounding, Sign, Unrounded};

use crate::results::Calendar;
use crate::{CurrentBudget, Error, Group, Note, Plan, PlannedChannel, Results, ValueKind, VisibilitySpec};

/// A finished week: what happened, how every channel scores, and the next budget with its reasons.
///
/// ```
/// use std::collections::BTreeMap;
/// use chrono::NaiveDate;
/// use styring_metrics::{RollUp, Row};
/// use styring_playbook::{Group, Plan, Results, Review, Span};
/// # let spec = serde_json::from_str(r#"{
/// #     "campaign": {"name": "Launch", "currency": "NOK", "first_day": "2025-09-01", "result": "orders"},
/// #     "budget": {"per_week": 20000}, "rhythm": {"reading": "budget-scaled"},
/// #     "channels": [
/// #         {"name": "VG", "goal_per_week": 50, "target_cost": 200},
/// #         {"name": "TV 2", "goal_per_week": 50, "target_cost": 200}
/// #     ]}"#).expect("a plan");
/// let plan = Plan::new(spec)?; // read by serde from TOML or JSON
///
/// let mut facts = RollUp::new(plan.campaign.currency);
/// for week in 1..=2 {
///     for (channel, orders) in [("VG", 60), ("TV 2", 40)] {
///         let group = Group { week, channel: channel.to_owned(), ..Group::default() };
///         let row = Row { spend: "NOK 10000.00".parse().ok(), orders: Some(orders.into()), ..Row::default() };
///         facts.add(group, &row)?;
///     }
/// }
/// let last_day = NaiveDate::from_ymd_opt(2025, 9, 14).expect("a day");
/// let review = Review::new(&plan, &Results { facts, frequency: BTreeMap::new(), span: Span::Until(last_day) })?;
/// assert_eq!(review.decision.week, 3);
/// assert_eq!(review.decision.total_after, plan.per_week);
/// assert_eq!(review.decision.transfers[0].to, "VG");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Review {
    /// The last week with results.
    pub last_week: u32,
    /// How many days of it there are.
    pub days_in_last_week: u32,
    /// The weeks that were judged together.
    pub window: std::ops::Range<u32>,
    /// The budgets week by week, by channel in the order of the plan, as far as they are known.
    pub budgets: BTreeMap<u32, Vec<Money>>,
    /// The next budget and its reasons.
    pub decision: Decision,
    /// All results.
    pub total: Facts,
    /// The channels in the order of the plan.
    pub channels: Vec<ChannelReview>,
    /// Creatives by channel.
    pub creatives: Vec<PartReview>,
    /// Segments by channel.
    pub segments: Vec<PartReview>,
    /// What a reader must know before believing the rest.
    pub notes: Vec<Note>,
}

/// What one channel did.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ChannelReview {
    /// Its name.
    pub name: String,
    /// All its results.
    pub total: Facts,
    /// Its results in the window that was judged.
    pub window: Facts,
    /// Its results week by week.
    pub weeks: BTreeMap<u32, Facts>,
    /// How well the ads were delivered in the window.
    pub quality: Quality,
    /// The effect score against the goal as it was set.
    pub literal: EffectScore,
    /// The effect score against the goal scaled to the budget the channel had.
    pub budget_scaled: EffectScore,
}

impl ChannelReview {
    /// The effect score in a reading.
    pub fn score(&self, reading: Reading) -> &EffectScore {
        match reading {
            Reading::Literal => &self.literal,
            Reading::BudgetScaled => &self.budget_scaled,
        }
    }
}

/// What one creative or segment of a channel did over the whole campaign.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PartReview {
    /// Its channel.
    pub channel: String,
    /// Its name; empty for rows that name none.
    pub name: String,
    /// All its results.
    pub total: Facts,
    /// The effect score against its part, by spend, of the channel's goal.
    pub score: EffectScore,
}

impl Review {
    /// Reviews the weeks so far and decides the next.
    ///
    /// Errors: results of a channel that the plan does not have, in another currency, or before its first day; a channel whose spend or results are missing in
    /// some row.
    pub fn new(plan: &Plan, results: &Results) -> Result<Self, Error> {
        let weeks = Weeks::new(plan, results)?;
        let mut budgets = weeks.known_budgets()?;
        let opening = weeks.opening()?;
        let mut decision = None;
        for week in weeks.calendar.first_week() + 1..=weeks.calendar.last_week + 1 {
            // Only a replay can say what the budgets of earlier weeks were.
            if plan.current != CurrentBudget::Replay && week <= weeks.calendar.last_week {
                continue;
            }
            let channels = weeks.channels(week, &budgets, &opening)?;
            let total = weeks.total_of(week, &budgets)?;
            let decided = plan.rhythm.next_with_total(week, total, &channels)?;
            budgets.insert(week, decided.channels.iter().map(|channel| channel.after).collect());
            decision = Some(decided);
        }
        let decision = decision.ok_or(Error::NoResults)?;
        let mut notes = weeks.notes(&budgets)?;
        let channels = weeks.review_channels(&budgets, &opening, &mut notes)?;
        Ok(Self {
            last_week: weeks.calendar.last_week,
            days_in_last_week: weeks.calendar.days_in_last_week,
            window: weeks.window(decision.week),
            total: results.facts.total()?,
            creatives: weeks.parts(|group| &group.creative)?,
            segments: weeks.parts(|group| &group.segment)?,
            channels,
            decision,
            budgets,
            notes,
        })
    }
}

/// The results as the review looks at them.
struct Weeks<'a> {
    plan: &'a Plan,
    results: &'a Results,
    calendar: Calendar,
    by_channel: RollUp<(String, u32)>,
}

impl<'a> Weeks<'a> {
    fn new(plan: &'a Plan, results: &'a Results) -> Result<Self, Error> {
        let (currency, planned) = (results.facts.currency(), plan.campaign.currency);
        if currency != planned {
            return Err(Error::CurrencyMismatch { results: currency, plan: planned });
        }
        if let Some((group, _)) =
            results.facts.iter().find(|(group, _)| plan.channels.iter().all(|channel| channel.name != group.channel))
        {
            return Err(Error::UnknownChannel { channel: group.channel.clone() });
        }
        let calendar = Calendar::new(plan, results.span).ok_or(Error::NoResults)?;
        let by_channel = results.facts.coarsen(|group| (group.channel.clone(), group.week))?;
        Ok(Self { plan, results, calendar, by_channel })
    }

    fn window(&self, week: u32) -> std::ops::Range<u32> {
        self.calendar.window(week, self.plan.window_weeks)
    }

    fn opening(&self) -> Result<Vec<Money>, Error> {
        Ok(self.plan.opening()?.channels.into_iter().map(|channel| channel.after).collect())
    }

    /// The budgets that are known before anything is decided.
    fn known_budgets(&self) -> Result<BTreeMap<u32, Vec<Money>>, Error> {
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
            Ok(self.known(&facts, Fact::Spend, channel)?.max(Exact::ZERO))
        };
        let spent = self.plan.channels.iter().map(spend).collect::<Result<Vec<Exact>, Error>>()?;
        Ok(self.plan.per_week.split(&spent)?)
    }

    /// The total of the week before, which a raise may have lifted; the plan's own where the budgets do not come from a replay.
    fn total_of(&self, week: u32, budgets: &BTreeMap<u32, Vec<Money>>) -> Result<Money, Error> {
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

    fn facts(&self, channel: &str, weeks: std::ops::Range<u32>) -> Result<Facts, Error> {
        let mut facts = Facts::zero(self.plan.campaign.currency);
        for week in weeks {
            if let Some(more) = self.by_channel.get(&(channel.to_owned(), week)) {
                facts.merge(more)?;
            }
        }
        Ok(facts)
    }

    fn known(&self, facts: &Facts, fact: Fact, channel: &PlannedChannel) -> Result<Exact, Error> {
        facts.get(fact).cloned().ok_or_else(|| Error::MissingFact {
            fact,
            channel: channel.name.clone(),
            rows: facts.missing_rows(fact),
        })
    }

    fn result(&self) -> Fact {
        self.plan.campaign.result.fact()
    }

    /// The channels as the policy sees them when it decides the budget of `week`.
    fn channels(
        &self,
        week: u32,
        budgets: &BTreeMap<u32, Vec<Money>>,
        opening: &[Money],
    ) -> Result<Vec<Channel>, Error> {
        let channel = |(index, planned): (usize, &PlannedChannel)| {
            let before = budgets.get(&(week - 1)).and_then(|budgets| budgets.get(index));
            Ok(Channel {
                name: planned.name.clone(),
                budget: before.copied().unwrap_or(self.nothing()),
                guardrail: planned.guardrail.clone(),
                evidence: self.evidence(week, planned, self.budget_scale(week, index, budgets, opening))?,
            })
        };
        self.plan.channels.iter().enumerate().map(channel).collect()
    }

    /// What a channel had in the window, in openings: Σ budget × days ÷ (opening × Σ days).
    fn budget_scale(&self, week: u32, index: usize, budgets: &BTreeMap<u32, Vec<Money>>, opening: &[Money]) -> Exact {
        let amount = |budgets: &[Money]| budgets.get(index).map_or(Exact::ZERO, |money| Exact::from(money.amount()));
        let (mut had, mut days) = (Exact::ZERO, Exact::ZERO);
        for past in self.window(week) {
            // Where budgets are not replayed, those of the last week stand for the window.
            let of_week = budgets.get(&past).or_else(|| budgets.get(&(week - 1)));
            let length = Exact::from(self.calendar.days(past));
            had += &(&of_week.map_or(Exact::ZERO, |budgets| amount(budgets)) * &length);
            days += &length;
        }
        let scale = had.checked_div(&(&amount(opening) * &days));
        scale.filter(|scale| !scale.is_zero()).unwrap_or(Exact::ONE)
    }

    fn evidence(&self, week: u32, planned: &PlannedChannel, budget_scale: Exact) -> Result<Evidence, Error> {
        let facts = self.facts(&planned.name, self.window(week))?;
        let quality = self.quality(week, planned, &facts)?;
        let value = match self.plan.campaign.value {
            ValueKind::Revenue => facts.amount(Fact::Revenue),
            ValueKind::Margin => facts.contribution(Margin::Cm2),
        };
        let known_by = self.plan.first_day_of(week);
        let lift = planned.lift.as_ref().filter(|lift| lift.measured < known_by);
        Ok(Evidence {
            spend: Unrounded::new(self.positive_part(&facts, Fact::Spend, planned)?, self.plan.campaign.currency),
            results: self.positive_part(&facts, self.result(), planned)?,
            goal: self.goal(week, planned),
            budget_scale,
            quality: Exact::try_from(quality.weight())?,
            value,
            frequency: quality.frequency(),
            lift_lower: lift.map(|lift| lift.lower),
        })
    }

    /// The goal of the window at the opening budget.
    fn goal(&self, week: u32, planned: &PlannedChannel) -> Exact {
        let days: u32 = self.window(week).map(|week| self.calendar.days(week)).sum();
        let weeks = Exact::from(days).checked_div(&Exact::from(7)).unwrap_or_default();
        &planned.goal_per_week * &weeks
    }

    /// Returns and credits can make a sum negative; a note says so, and the channel counts as having none.
    fn positive_part(&self, facts: &Facts, fact: Fact, planned: &PlannedChannel) -> Result<Exact, Error> {
        Ok(self.known(facts, fact, planned)?.max(Exact::ZERO))
    }

    fn quality(&self, week: u32, planned: &PlannedChannel, facts: &Facts) -> Result<Quality, Error> {
        let frequency = self.results.frequency.get(&(planned.name.clone(), week - 1));
        let frequency = frequency.cloned().unwrap_or(Frequency::Unmeasured);
        Ok(Quality::new(&self.visibility(planned, facts), &frequency, self.plan.score.frequency)?)
    }

    fn visibility(&self, planned: &PlannedChannel, facts: &Facts) -> Visibility {
        let (measurable, seen, benchmark) = match planned.visibility {
            VisibilitySpec::NotApplicable => return Visibility::NotApplicable,
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

    fn review_channels(
        &self,
        budgets: &BTreeMap<u32, Vec<Money>>,
        opening: &[Money],
        notes: &mut Vec<Note>,
    ) -> Result<Vec<ChannelReview>, Error> {
        let week = self.calendar.last_week + 1;
        let mut reviews = Vec::new();
        for (index, planned) in self.plan.channels.iter().enumerate() {
            let window = self.facts(&planned.name, self.window(week))?;
            let quality = self.quality(week, planned, &window)?;
            let goal = self.goal(week, planned);
            let scale = self.budget_scale(week, index, budgets, opening);
            self.note_quality(planned, &quality, notes);
            for fact in [Fact::Spend, self.result()] {
                if self.known(&window, fact, planned)?.sign() == Sign::Negative {
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
        let spend = self.positive_part(facts, Fact::Spend, planned)?;
        let delivery = Delivery {
            results: self.positive_part(facts, self.result(), planned)?,
            spend: Unrounded::new(spend, self.plan.campaign.currency),
            quality,
        };
        let target = Target { results: goal, cost_per_result: planned.target_cost.into() };
        Ok(self.plan.scoring.score(&delivery, &target)?)
    }

    /// Creatives or segments by channel, each against its part of the channel's goal.
    fn parts(&self, name: fn(&Group) -> &String) -> Result<Vec<PartReview>, Error> {
        let parts = self.results.facts.coarsen(|group| (group.channel.clone(), name(group).clone()))?;
        let days: u32 =
            (self.calendar.first_week()..=self.calendar.last_week).map(|week| self.calendar.days(week)).sum();
        let weeks = Exact::from(days).checked_div(&Exact::from(7)).unwrap_or_default();
        let mut reviews = Vec::new();
        for planned in &self.plan.channels {
            let whole = self.facts(&planned.name, 0..self.calendar.last_week + 1)?;
            let whole = self.positive_part(&whole, Fact::Spend, planned)?;
            for ((channel, part), total) in parts.iter() {
                if *channel != planned.name {
                    continue;
                }
                let spend = self.positive_part(total, Fact::Spend, planned)?;
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

    fn notes(&self, budgets: &BTreeMap<u32, Vec<Money>>) -> Result<Vec<Note>, Error> {
        let mut notes = Vec::new();
        let last = self.calendar.last_week;
        if self.calendar.is_partial() {
            notes.push(Note::PartialWeek { week: last, days: self.calendar.days_in_last_week });
        }
        if self.plan.current == CurrentBudget::AsSpent {
            return Ok(notes);
        }
        for (index, planned) in self.plan.channels.iter().enumerate() {
            let Some(budget) = budgets.get(&last).and_then(|budgets| budgets.get(index)) else {
                continue;
            };
            let facts = self.facts(&planned.name, last..last + 1)?;
            let spend = self.known(&facts, Fact::Spend, planned)?;
            let days = Exact::new(self.calendar.days(last).into(), 0);
            let planned_spend =
                (&Exact::from(budget.amount()) * &days).checked_div(&Exact::from(7)).unwrap_or_default();
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
