use styring_experiments::group_sequential::{Boundary, Design, Spending, equal_looks};
use styring_experiments::planning::{Allocation, Effect, Metric, Plan, Test};
use styring_experiments::{Alternative, Error as StatisticsError, Level};

use crate::Error;

/// A test is to be planned for this.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct PlannedTestSpec {
    /// What is measured.
    pub metric: Metric,
    /// The effect that is to be found; or else `visitors`, which say the smallest that can be.
    pub effect: Option<Effect>,
    /// The visitors of all variants together, where the time is what is given.
    pub visitors: Option<f64>,
    /// How many come a day, all variants together.
    pub visitors_per_day: Option<f64>,
    /// How many treatments there are beside the control.
    pub treatments: usize,
    /// The share of the control; if absent all variants get alike.
    pub control_share: Option<f64>,
    /// How many looks a test with planned looks has.
    pub looks: usize,
    /// How probable it is to be that an effect is found.
    pub power: f64,
    /// How sure all comparisons are together.
    pub level: f64,
    /// What is to be shown.
    pub alternative: Alternative,
}

impl PlannedTestSpec {
    /// Of one treatment, half the traffic, four looks, power of 80 %, two-sided at 95 %.
    pub fn new(metric: Metric) -> Self {
        Self {
            metric,
            effect: None,
            visitors: None,
            visitors_per_day: None,
            treatments: 1,
            control_share: None,
            looks: 4,
            power: 0.8,
            level: 0.95,
            alternative: Alternative::TwoSided,
        }
    }
}

/// How a planned test may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "once, at planned looks, or whenever")]
pub enum PlannedReading {
    /// Once, at the end.
    Once,
    /// At planned looks.
    Planned,
    /// At any time.
    AnyTime,
}

/// How large a test has to be, and how long, by each way of reading it.
///
/// ```
/// use styring_experiments::planning::{Effect, Metric};
/// use styring_playbook::{PlannedTest, PlannedTestSpec};
///
/// let mut spec = PlannedTestSpec::new(Metric::share(0.02)?);
/// spec.effect = Some(Effect::Relative(0.10));
/// spec.visitors_per_day = Some(9_000.0);
/// let planned = PlannedTest::of(&spec)?;
/// let [once, looks, any_time] = &planned.readings;
/// // Looks cost little at most, and most tests stop before; a valid answer at any moment costs more.
/// assert!(once.visitors < looks.visitors && looks.visitors < any_time.visitors);
/// assert!(looks.expected_visitors.ok_or("planned looks stop early")? < once.visitors);
/// assert_eq!(once.weeks, Some(3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PlannedTest {
    /// Once, at planned looks, at any time.
    pub readings: [ReadingPlan; 3],
    /// The smallest effects that so many whole weeks can find, where it is known how many visitors come.
    pub by_weeks: Vec<WeeksPlan>,
    /// The power by visitors, for each reading; of the effect that was asked for, or else the smallest of a test that is read once.
    pub power_by_visitors: Vec<PowerAt>,
    /// The mean of the control.
    pub control_mean: f64,
    /// The effect of the power curves, as a difference.
    pub effect: f64,
    /// The level of each comparison.
    pub level_of_each: Level,
}

/// A test that is read in one way.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct ReadingPlan {
    /// How it is read.
    pub reading: PlannedReading,
    /// The visitors of all variants together, at most.
    pub visitors: f64,
    /// Of each variant, the control first.
    pub by_variant: Vec<u64>,
    /// How many come on average before it stops if the effect is there; of tests with planned looks.
    pub expected_visitors: Option<f64>,
    /// How many days that takes, where it is known how many visitors come.
    pub days: Option<u64>,
    /// In whole weeks.
    pub weeks: Option<u64>,
    /// The smallest effect that is found with the power, as a difference; none where no effect is.
    pub smallest_effect: Option<f64>,
}

/// What so many weeks can find.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct WeeksPlan {
    /// How many.
    pub weeks: u32,
    /// The visitors that come in them.
    pub visitors: f64,
    /// The smallest effect by each reading, as a difference; none where no effect is found.
    pub smallest_effects: [Option<f64>; 3],
}

/// The power at so many visitors, by each reading.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct PowerAt {
    /// Of all variants together.
    pub visitors: f64,
    /// Once, at planned looks, at any time.
    pub power: [f64; 3],
}

/// So many weeks are looked at.
const WEEKS: u32 = 12;
/// Places of the power curves.
const PLACES: u32 = 40;
/// A sequential test is tuned for this part of the most that can come.
const TUNED_FOR: f64 = 0.6;

impl PlannedTest {
    /// Plans a test.
    ///
    /// Cost: some hundred searches for a power; with planned looks some milliseconds each.
    ///
    /// # Errors
    /// Neither an effect nor visitors, or both; a number of treatments or looks, a share, a power, a level or visitors outside their range; an effect that no number of visitors finds.
    pub fn of(spec: &PlannedTestSpec) -> Result<Self, Error> {
        if spec.effect.is_some() == spec.visitors.is_some() {
            let given = if spec.effect.is_some() { "both" } else { "neither" };
            return Err(Error::invalid("an effect or visitors", "given, one of them", given));
        }
        if !(1..=100).contains(&spec.treatments) {
            return Err(Error::invalid("treatments", "from 1 to 100", spec.treatments));
        }
        let allocation = match spec.control_share {
            None => Allocation::equal(spec.treatments)?,
            Some(share) if share > 0.0 && share < 1.0 => {
                let each = (1.0 - share) / spec.treatments as f64;
                let weights: Vec<f64> =
                    std::iter::once(share).chain(std::iter::repeat_n(each, spec.treatments)).collect();
                Allocation::weighted(&weights)?
            }
            Some(share) => return Err(Error::invalid("the share of the control", "between 0 and 1", share)),
        };
        let shares = allocation.shares().to_vec();
        let once = Plan::new(spec.metric)
            .with_allocation(allocation)
            .with_level(Level::new(spec.level)?)
            .with_alternative(spec.alternative)
            .with_power(spec.power)?
            .corrected_for_treatments()?;
        let level_of_each = Level::from_alpha((1.0 - spec.level) / spec.treatments as f64)?;
        let design = Design::new(
            Boundary::Spend(Spending::OBrienFleming),
            &equal_looks(spec.looks)?,
            level_of_each,
            spec.alternative,
        )?;
        let looks = once.clone().with_test(Test::GroupSequential(design.clone()))?;
        let any_time = |visitors: f64| once.clone().with_test(Test::AlwaysValid { tuned_for: TUNED_FOR * visitors });
        let visitors = match (spec.effect, spec.visitors) {
            (Some(effect), _) => {
                let sizes = [once.sample_size(effect)?, looks.sample_size(effect)?].map(|size| size.exact());
                [sizes[0], sizes[1], tuned(&any_time, effect, sizes[0])?]
            }
            (None, visitors) => [visitors.unwrap_or(0.0); 3],
        };
        let plans = [once.clone(), looks.clone(), any_time(visitors[2])?];
        let effect = match spec.effect {
            Some(Effect::Absolute(effect)) => effect,
            Some(Effect::Relative(lift)) => lift * spec.metric.control_mean(),
            None => once.mde(visitors[0])?,
        };
        let operating = design.operating_for(spec.power)?.expected_information();
        let readings = [PlannedReading::Once, PlannedReading::Planned, PlannedReading::AnyTime];
        let reading = |place: usize| -> Result<ReadingPlan, Error> {
            let of = visitors[place];
            let by_variant = of_variants(&shares, of);
            let days = spec.visitors_per_day.map(|daily| whole_days(of, daily)).transpose()?;
            Ok(ReadingPlan {
                reading: readings[place],
                visitors: of,
                by_variant,
                expected_visitors: (place == 1).then_some(of * operating),
                days,
                weeks: days.map(|days| days.div_ceil(7)),
                smallest_effect: found(plans[place].mde(of))?,
            })
        };
        let largest = visitors.into_iter().fold(0.0, f64::max) * 1.3;
        let power_at = |place: u32| {
            let visitors = largest * f64::from(place) / f64::from(PLACES);
            let power = |plan: &Plan| plan.power(Effect::Absolute(effect), visitors).unwrap_or(0.0);
            PowerAt { visitors, power: plans.each_ref().map(power) }
        };
        Ok(Self {
            readings: [reading(0)?, reading(1)?, reading(2)?],
            by_weeks: by_weeks(spec, &once, &looks, &any_time)?,
            power_by_visitors: (1..=PLACES).map(power_at).collect(),
            control_mean: spec.metric.control_mean(),
            effect,
            level_of_each,
        })
    }
}

/// The visitors of a test at any time that is tuned for a part of them: the one and the other depend on each other.
fn tuned(
    any_time: &impl Fn(f64) -> Result<Plan, StatisticsError>,
    effect: Effect,
    start: f64,
) -> Result<f64, StatisticsError> {
    let mut visitors = 2.0 * start;
    for _ in 0..60 {
        let next = any_time(visitors)?.sample_size(effect)?.exact();
        if (next / visitors - 1.0).abs() < 1e-9 {
            return Ok(next);
        }
        visitors = next;
    }
    Ok(visitors)
}

fn of_variants(shares: &[f64], visitors: f64) -> Vec<u64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count; saturates")]
    let whole = |share: &f64| (visitors * share - 1e-9).ceil().max(0.0) as u64;
    shares.iter().map(whole).collect()
}

fn whole_days(visitors: f64, daily: f64) -> Result<u64, Error> {
    if !(daily > 0.0 && daily.is_finite()) {
        return Err(Error::invalid("visitors per day", "above 0", daily));
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count; saturates")]
    Ok((visitors / daily - 1e-9).ceil().max(1.0) as u64)
}

/// No effect may be an answer.
fn found(effect: Result<f64, StatisticsError>) -> Result<Option<f64>, Error> {
    match effect {
        Ok(effect) => Ok(Some(effect)),
        Err(StatisticsError::NoEffect { .. }) => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

fn by_weeks(
    spec: &PlannedTestSpec,
    once: &Plan,
    looks: &Plan,
    any_time: &impl Fn(f64) -> Result<Plan, StatisticsError>,
) -> Result<Vec<WeeksPlan>, Error> {
    let Some(daily) = spec.visitors_per_day else { return Ok(Vec::new()) };
    let of = |weeks: u32| {
        let visitors = daily * 7.0 * f64::from(weeks);
        let smallest = [once, looks, &any_time(visitors)?].map(|plan| found(plan.mde(visitors)));
        let [one, two, three] = smallest;
        Ok(WeeksPlan { weeks, visitors, smallest_effects: [one?, two?, three?] })
    };
    (1..=WEEKS).map(of).collect()
}
