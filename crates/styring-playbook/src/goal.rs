//! A goal, followed day by day.

mod fan;
mod note;
mod series;
mod weekdays;

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use serde::Serialize;
use styring_metrics::{Change, Direction, Fact, Goal, Measure, Outcome, Progress, Ratio, RollUp};
use styring_money::{Currency, Exact, Sign};

use crate::{DayGroup, Error, Plan};
use fan::Chances;
use series::Series;

pub use fan::FanPoint;
pub use note::{GoalNote, GoalPeriod};
pub use weekdays::WeekdayWeights;

/// A goal, and how it is to be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct GoalSpec {
    /// The goal.
    pub goal: Goal,
    /// Its first day; the first day of the campaign if absent.
    pub first_day: Option<NaiveDate>,
    /// The last day that counts; the last day with results if absent. Taken to be whole.
    pub as_of: Option<NaiveDate>,
    /// The same number over as many days before; taken from the results if absent.
    pub baseline: Option<Exact>,
    /// How the target is laid over the days.
    pub pace: Pace,
}

/// How a target is laid over the days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "evenly, or as the weeks before went")]
pub enum Pace {
    /// The same part every day.
    #[default]
    Straight,
    /// By weekday, as the weeks before the goal went.
    Weekday,
}

impl GoalSpec {
    /// The goal over the days of the campaign, from a baseline in the results, at a straight pace.
    pub fn new(goal: Goal) -> Self {
        Self { goal, first_day: None, as_of: None, baseline: None, pace: Pace::Straight }
    }

    /// The facts that results must have for the number of the goal.
    pub fn needs(&self) -> Vec<Fact> {
        series::needs(self.goal.measure)
    }
}

/// How a goal is doing: baseline and target, what was reached, what should have been by now, what the days that are left must bring, and the chance that they do.
///
/// A sum (revenue, orders, contribution margin) is added up day by day and has a pace. A ratio (CPA, ROAS) is never added up: it is the ratio of the sums to date, has no
/// pace, and is held against the target as a level; what is asked of the days that are left assumes that its denominator goes on as it did.
///
/// ```
/// use chrono::{Days, NaiveDate};
/// use styring_metrics::{Outcome, RollUp, Row};
/// use styring_playbook::{DayGroup, GoalReview, GoalSpec, Plan};
/// # let spec = serde_json::from_str(r#"{
/// #     "campaign": {"name": "Launch", "currency": "NOK", "first_day": "2025-09-01", "result": "orders"},
/// #     "budget": {"per_week": 20000}, "rhythm": {"reading": "budget-scaled"},
/// #     "channels": [{"name": "VG", "goal_per_week": 100, "target_cost": 200}]}"#).expect("a plan");
/// let plan = Plan::new(spec)?;
/// let mut facts = RollUp::new(plan.campaign.currency);
/// for day in 0..40 {
///     // Twenty days before the campaign and twenty of it.
///     let day = plan.campaign.first_day - Days::new(20) + Days::new(day);
///     let orders = if day < plan.campaign.first_day { 10 } else { 12 };
///     let row = Row { spend: "NOK 2000.00".parse().ok(), orders: Some(orders.into()), ..Row::default() };
///     facts.add(DayGroup { day, channel: "VG".to_owned() }, &row)?;
/// }
/// let goal = "Øke ordrer med 10 % på 20 dager".parse::<styring_metrics::Goal>()?;
/// let review = GoalReview::new(&plan, &GoalSpec::new(goal), &facts)?;
/// assert_eq!(review.target, 220.into());
/// assert_eq!(review.actual.number(), Outcome::Value(240.0));
/// assert_eq!(review.reached, Some(true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GoalReview {
    /// The goal.
    pub goal: Goal,
    /// The channel that the goal is for, where its scope names one of the plan; all channels otherwise.
    pub channel: Option<String>,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The first day of the goal.
    pub first_day: NaiveDate,
    /// Its last day.
    pub last_day: NaiveDate,
    /// The last day that counts.
    pub as_of: NaiveDate,
    /// How many days of the goal have passed.
    pub elapsed: u32,
    /// The same number over as many days before; none where the goal needs none and the results hold none.
    pub baseline: Option<Baseline>,
    /// The value to reach.
    pub target: Exact,
    /// What should have been reached by the end of each day of the goal; empty for a ratio.
    pub pace: Vec<Exact>,
    /// The weight of each weekday, for a pace by weekday.
    pub weekdays: Option<WeekdayWeights>,
    /// What was reached: a sum over one, or a ratio of sums.
    pub actual: Ratio,
    /// What should have been reached by now; none for a ratio.
    pub due: Option<Exact>,
    /// What was reached, over the target.
    pub attainment: Ratio,
    /// What was reached, over what should have been by now; none for a ratio.
    pub attainment_to_date: Option<Ratio>,
    /// What was reached per day; the ratio itself for a ratio.
    pub so_far: Ratio,
    /// What every day that is left must bring; for a ratio, the ratio that the days that are left must have together, if its denominator goes on as it did.
    pub required: Ratio,
    /// What the end will be if things go on as they did.
    pub projected: Ratio,
    /// The chance that the target is reached, if the days to come vary like the days so far; none before the third day, and none at the end.
    pub chance: Option<f64>,
    /// Whether the target was reached; none before the end.
    pub reached: Option<bool>,
    /// The days that have passed.
    pub days: Vec<GoalDay>,
    /// Where things may go from here, up to the last day; empty where there is no chance.
    pub fan: Vec<FanPoint>,
    /// What a reader must know before believing the rest.
    pub notes: Vec<GoalNote>,
}

/// The number that a goal starts from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Baseline {
    /// The value.
    pub value: Exact,
    /// The days it was taken from; none if it was stated.
    pub days: Option<(NaiveDate, NaiveDate)>,
}

/// A day of a goal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GoalDay {
    /// The day.
    pub day: NaiveDate,
    /// Its value: a sum over one, or a ratio.
    pub value: Ratio,
    /// All days until this one: a sum over one, or a ratio of sums.
    pub to_date: Ratio,
}

/// As long as a goal may be: ten years, as a plan.
const LONGEST: u32 = 522 * 7;

impl GoalReview {
    /// Follows a goal through daily results.
    ///
    /// The scope of the goal is a channel if it is the name or an alias of one, capitals or not, with or without a genitive ending (`VGs`, `TV 2's`); any other scope is a
    /// phrase, and all channels count. A day without a row counts as nothing, and a note says how many there are.
    ///
    /// Errors: no results, or results or a goal in another currency; a goal of more than ten years; an as-of day after the results; a fact of the goal that some row lacks; a goal in
    /// percent, or by an amount, without a baseline; a percentage of a baseline of zero or below; weekday weights without two weeks of results before the goal, or for a ratio.
    pub fn new(plan: &Plan, spec: &GoalSpec, facts: &RollUp<DayGroup>) -> Result<Self, Error> {
        let currency = plan.campaign.currency;
        if facts.currency() != currency {
            return Err(Error::CurrencyMismatch { results: facts.currency(), plan: currency });
        }
        let goal = &spec.goal;
        goal.in_currency(currency)?;
        let covered = covered(facts).ok_or(Error::NoResults)?;
        let first_day = spec.first_day.unwrap_or(plan.campaign.first_day);
        let last_day = (goal.days <= LONGEST).then(|| after(first_day, goal.days.saturating_sub(1))).flatten();
        let last_day = last_day.ok_or_else(|| Error::invalid("days of the goal", "at most ten years", goal.days))?;
        let as_of = spec.as_of.unwrap_or(covered.1);
        if as_of > covered.1 {
            let value = format!("{as_of} (the results end on {})", covered.1);
            return Err(Error::invalid("as-of day", "at most the last day of the results", value));
        }
        let elapsed = (as_of.min(last_day) - first_day).num_days() + 1;
        let elapsed = u32::try_from(elapsed.max(0)).unwrap_or(0).min(goal.days);

        let channel = plan.channel_in(&goal.scope).map(|channel| channel.name.clone());
        let of_scope = |group: &DayGroup| channel.as_ref().is_none_or(|channel| *channel == group.channel);
        let daily = facts.select(|group| of_scope(group).then_some(group.day))?;
        let measured = |first, days| Series::new(goal.measure, &daily, first, days);

        let mut notes = Vec::new();
        if channel.is_none() && !goal.scope.is_empty() {
            notes.push(GoalNote::ScopeIsNoChannel { scope: goal.scope.clone() });
        }
        let baseline = baseline(spec, first_day, covered.0, &measured, &mut notes)?;
        let target = match (&baseline, &goal.change) {
            (Some(baseline), _) => goal.target(&baseline.value)?,
            (None, Change::To(value)) => value.clone(),
            (None, _) => {
                let (first, last) = before(first_day, goal.days);
                return Err(Error::NoBaseline { first, last, results_first: covered.0 });
            }
        };
        let backward = |baseline: &Baseline| match goal.direction {
            Direction::Raise => target < baseline.value,
            Direction::Lower => target > baseline.value,
        };
        if baseline.as_ref().is_some_and(backward) {
            notes.push(GoalNote::TargetBehindBaseline);
        }
        let weekdays = match spec.pace {
            Pace::Straight => None,
            Pace::Weekday => Some(WeekdayWeights::before(first_day, covered.0, goal.measure, &measured)?),
        };
        let series = measured(first_day, elapsed)?;
        notes.extend(series.note_silence(GoalPeriod::Goal));
        let left_out = daily.iter().filter(|(day, _)| **day > as_of && **day <= last_day).count();
        if left_out > 0 {
            notes.push(GoalNote::DaysAfterAsOf { days: left_out });
        }
        let weights = match &weekdays {
            None => vec![Exact::ONE; goal.days as usize],
            Some(weekdays) => weekdays.of_days(first_day, goal.days),
        };
        let frame = Frame { goal, first_day, target: &target, weights: &weights, series: &series };
        let standing = frame.standing()?;
        notes.extend(frame.timing_notes(as_of, standing.chance.is_some()));
        let (days, pace) = (frame.days(), frame.pace());
        let fan = if standing.chance.is_some() { frame.fan(last_day)? } else { Vec::new() };
        Ok(Self {
            goal: goal.clone(),
            channel,
            currency,
            first_day,
            last_day,
            as_of,
            elapsed,
            baseline,
            actual: standing.actual,
            due: standing.due,
            attainment: standing.attainment,
            attainment_to_date: standing.attainment_to_date,
            so_far: standing.so_far,
            required: standing.required,
            projected: standing.projected,
            chance: standing.chance,
            reached: standing.reached,
            target,
            pace,
            weekdays,
            days,
            fan,
            notes,
        })
    }

    /// Whether the goal is for a ratio, which has no pace.
    pub fn is_ratio(&self) -> bool {
        series::is_ratio(self.goal.measure)
    }

    /// Whether the number is an amount of money.
    pub fn is_amount(&self) -> bool {
        match self.goal.measure {
            Measure::Sum(fact) => fact.is_money(),
            Measure::Margin(_) => true,
            Measure::Kpi(kpi) => kpi.is_amount(),
        }
    }

    /// How many days are left.
    pub fn days_left(&self) -> u32 {
        self.goal.days.saturating_sub(self.elapsed)
    }
}

/// Where a goal stands.
struct Standing {
    actual: Ratio,
    due: Option<Exact>,
    attainment: Ratio,
    attainment_to_date: Option<Ratio>,
    so_far: Ratio,
    required: Ratio,
    projected: Ratio,
    chance: Option<f64>,
    reached: Option<bool>,
}

/// A goal with its target and the days that have passed.
struct Frame<'a> {
    goal: &'a Goal,
    first_day: NaiveDate,
    target: &'a Exact,
    /// What part of the target each day has, relative to the others.
    weights: &'a [Exact],
    series: &'a Series,
}

impl Frame<'_> {
    fn elapsed(&self) -> u32 {
        self.series.len()
    }

    fn left(&self) -> u32 {
        self.goal.days.saturating_sub(self.elapsed())
    }

    fn is_ratio(&self) -> bool {
        series::is_ratio(self.goal.measure)
    }

    fn standing(&self) -> Result<Standing, Error> {
        let chances = Chances::new(self.goal, self.series, self.weights);
        let chance = if self.left() == 0 { None } else { chances.chance(self.target)? };
        if self.is_ratio() { Ok(self.ratio_standing(chance)) } else { self.sum_standing(chance) }
    }

    fn sum_standing(&self, chance: Option<f64>) -> Result<Standing, Error> {
        let actual = self.series.numerator();
        let progress = Progress::seasonal(self.target.clone(), self.weights, self.elapsed(), actual.clone())?;
        Ok(Standing {
            due: Some(progress.expected_to_date()),
            attainment: progress.attainment(),
            attainment_to_date: Some(progress.attainment_to_date()),
            so_far: Ratio::new(actual.clone(), self.elapsed().into()),
            required: progress.required_per_day(),
            projected: progress.projected(),
            chance,
            reached: (self.left() == 0).then(|| self.is_reached(&actual)),
            actual: Ratio::new(actual, Exact::ONE),
        })
    }

    fn ratio_standing(&self, chance: Option<f64>) -> Standing {
        let (numerator, denominator) = (self.series.numerator(), self.series.denominator());
        let actual = Ratio::new(numerator.clone(), denominator.clone());
        let value = actual.outcome().value().filter(|_| !actual.negative_denominator());
        let days = Exact::from(self.elapsed());
        let rest = denominator.checked_div(&days).map(|daily| &daily * &self.left().into());
        let required = match rest.filter(|rest| rest.sign() == Sign::Positive) {
            Some(rest) => Ratio::new(&(self.target * &(&denominator + &rest)) - &numerator, rest),
            None => Ratio::missing(),
        };
        Standing {
            due: None,
            attainment: value
                .as_ref()
                .map_or_else(Ratio::missing, |value| Ratio::new(value.clone(), self.target.clone())),
            attainment_to_date: None,
            so_far: actual.clone(),
            required,
            projected: actual.clone(),
            chance,
            reached: value.filter(|_| self.left() == 0).map(|value| self.is_reached(&value)),
            actual,
        }
    }

    fn is_reached(&self, value: &Exact) -> bool {
        match self.goal.direction {
            Direction::Raise => value >= self.target,
            Direction::Lower => value <= self.target,
        }
    }

    fn timing_notes(&self, as_of: NaiveDate, has_chance: bool) -> Vec<GoalNote> {
        /// Two weeks hold every weekday twice.
        const ENOUGH: u32 = 14;
        let mut notes = Vec::new();
        match (self.elapsed(), self.left()) {
            (0, _) => notes.push(GoalNote::NotBegun { first_day: self.first_day, as_of }),
            (_, 0) => {}
            (days, _) if has_chance && days < ENOUGH => notes.push(GoalNote::FewDays { days }),
            (days, _) if !has_chance => notes.push(GoalNote::NoChanceYet { days }),
            _ => {}
        }
        let days = self.series.parts().zip(self.weights).zip(self.first_day.iter_days());
        let closed = |part: &&series::Part, weight: &Exact| weight.is_zero() && !part.numerator.is_zero();
        if let Some((_, day)) = days.into_iter().find(|((part, weight), _)| closed(part, weight)) {
            notes.push(GoalNote::ValueOnClosedDay { day });
        }
        notes
    }

    fn days(&self) -> Vec<GoalDay> {
        let mut sums = (Exact::ZERO, Exact::ZERO);
        let mut days = Vec::new();
        for (passed, part) in (1..).zip(self.series.parts()) {
            sums.0 += &part.numerator;
            sums.1 += &part.denominator;
            let over = |numerator: &Exact, denominator: &Exact| {
                let denominator = if self.is_ratio() { denominator.clone() } else { Exact::ONE };
                Ratio::new(numerator.clone(), denominator)
            };
            days.push(GoalDay {
                day: after(self.first_day, passed - 1).unwrap_or(self.first_day),
                value: over(&part.numerator, &part.denominator),
                to_date: over(&sums.0, &sums.1),
            });
        }
        days
    }

    /// The target, laid over the days by their weights.
    fn pace(&self) -> Vec<Exact> {
        if self.is_ratio() {
            return Vec::new();
        }
        let whole: Exact = self.weights.iter().sum();
        let mut passed = Exact::ZERO;
        let due = self.weights.iter().filter_map(|weight| {
            passed += weight;
            Some(self.target * &passed.checked_div(&whole)?)
        });
        due.collect()
    }

    fn fan(&self, last_day: NaiveDate) -> Result<Vec<FanPoint>, Error> {
        let chances = Chances::new(self.goal, self.series, self.weights);
        let as_of = after(self.first_day, self.elapsed().saturating_sub(1)).unwrap_or(self.first_day);
        chances.fan(as_of, last_day)
    }
}

/// The baseline as it was stated or as the results hold it; none where they do not, and the goal names its target itself.
fn baseline(
    spec: &GoalSpec,
    first_day: NaiveDate,
    results_first: NaiveDate,
    measured: &impl Fn(NaiveDate, u32) -> Result<Series, Error>,
    notes: &mut Vec<GoalNote>,
) -> Result<Option<Baseline>, Error> {
    if let Some(value) = &spec.baseline {
        return Ok(Some(Baseline { value: value.clone(), days: None }));
    }
    let (first, last) = before(first_day, spec.goal.days);
    if results_first > first {
        return Ok(None);
    }
    let series = measured(first, spec.goal.days)?;
    let value = if series::is_ratio(spec.goal.measure) {
        let ratio = Ratio::new(series.numerator(), series.denominator());
        match ratio.outcome() {
            Outcome::Value(value) if !ratio.negative_denominator() => value,
            _ => {
                let value = format!("{} / {}", series.numerator(), series.denominator());
                return Err(Error::invalid("baseline", "a ratio with a denominator above zero", value));
            }
        }
    } else {
        series.numerator()
    };
    notes.extend(series.note_silence(GoalPeriod::Baseline));
    Ok(Some(Baseline { value, days: Some((first, last)) }))
}

/// The first and last day of the results.
fn covered(facts: &RollUp<DayGroup>) -> Option<(NaiveDate, NaiveDate)> {
    let days: BTreeSet<NaiveDate> = facts.iter().map(|(group, _)| group.day).collect();
    Some((*days.first()?, *days.last()?))
}

/// So many days before a day: the first and the last of them.
fn before(day: NaiveDate, days: u32) -> (NaiveDate, NaiveDate) {
    let back = |days: u32| day.checked_sub_days(Days::new(days.into())).unwrap_or(NaiveDate::MIN);
    (back(days), back(1))
}

fn after(day: NaiveDate, days: u32) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(days.into()))
}
