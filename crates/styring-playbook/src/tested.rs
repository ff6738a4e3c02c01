use std::collections::BTreeMap;

use chrono::NaiveDate;
use styring_experiments::decision::{self, Better, Dropped, Evidence, Invalid, Observation, Rules, Trial};
use styring_experiments::group_sequential::{self, Boundary, Design, Monitor, Spending, equal_looks};
use styring_experiments::sequential::{SequentialPlan, Shares};
use styring_experiments::{
    Alternative, ConfidenceSet, EffectSource, Error as StatisticsError, Hypothesis, Incremental, IncrementalCost,
    Level, Readout, SampleRatio, Scale,
};

use crate::Error;
use sums::{SoFar, Sum};

mod compare;
mod sums;

pub use sums::{Measure, TestRows};

/// Below this p-value the split of traffic is no accident.
const SPLIT_ALARM: f64 = 0.001;
/// Names that a control has, without capitals.
const CONTROLS: [&str; 9] = ["control", "kontroll", "original", "baseline", "holdout", "a", "0", "off", "av"];

/// How a test is read. It must be said before the first result is seen.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "whenever, at planned looks, or once")]
pub enum Reading {
    /// Whenever one likes, and as often: every day is a look.
    AnyTime {
        /// Of all variants together, the conversions (of values: the users) at which a decision is expected. It tunes where the interval is narrowest, and promises nothing.
        decide_at: u64,
    },
    /// At so many looks after equal parts of the planned users; the days between are not looked at.
    Planned {
        /// How many.
        looks: usize,
        /// The users of all variants together at the last.
        users: u64,
        /// Whether the last day is the last look, however many users there are.
        ends_now: bool,
    },
    /// At the end, once.
    Once,
}

/// What is to be said of a test.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct TestedSpec {
    /// The variant that the others are compared with; if absent the only one that is called as controls are.
    pub control: Option<String>,
    /// The share of traffic of each variant, relative to each other; alike if empty.
    pub shares: BTreeMap<String, f64>,
    /// How it is read.
    pub reading: Reading,
    /// Effects as lifts, or as differences. Planned looks are read on differences whatever is said here.
    pub scale: Scale,
    /// Whether more is better.
    pub better: Better,
    /// How sure all sets are together.
    pub level: f64,
    /// Effects below it are not worth having, on the scale: what no longer leaves room for it is futile.
    pub smallest_effect: Option<f64>,
    /// What the treatment cost; for tests with one treatment.
    pub spend: Option<f64>,
}

impl Default for TestedSpec {
    /// At any time, tuned for 1 000 conversions or users; lifts; more is better; 95 %.
    fn default() -> Self {
        Self {
            control: None,
            shares: BTreeMap::new(),
            reading: Reading::AnyTime { decide_at: 1_000 },
            scale: Scale::Lift,
            better: Better::Higher,
            level: 0.95,
            smallest_effect: None,
            spend: None,
        }
    }
}

/// What a test says: what each variant brought, what each look showed, and what was decided.
///
/// ```
/// use chrono::{Days, NaiveDate};
/// use styring_playbook::{TestDecision, TestRows, Tested, TestedSpec};
///
/// let first = NaiveDate::from_ymd_opt(2026, 3, 2).ok_or("a day")?;
/// let mut rows = TestRows::of_conversions();
/// for day in 0..14 {
///     rows.count(Some(first + Days::new(day)), "control", 1_000, 20 + day % 3)?;
///     rows.count(Some(first + Days::new(day)), "new form", 1_000, 31 + day % 4)?;
/// }
/// let tested = Tested::of(&rows, &TestedSpec::default())?;
/// assert_eq!(tested.decision, TestDecision::Winner { arm: 1 });
/// // It was decided before the last day, and looking every day has cost nothing.
/// let decided = tested.decided_at.ok_or("decided")?;
/// assert!(decided < tested.looks.len() - 1);
/// let lift = tested.treatments[0].effect.as_ref().ok_or("an effect")?;
/// assert!(lift.set().contains(0.5) && !lift.set().contains(0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Tested {
    /// What is compared.
    pub measure: Measure,
    /// How it was read.
    pub reading: Reading,
    /// What effects are counted in.
    pub scale: Scale,
    /// The level of each comparison: all of them together hold the level that was asked for.
    pub level_of_each: Level,
    /// The variants, the control first.
    pub arms: Vec<Arm>,
    /// How probable a split of the traffic as far off as this, or further, is. Read at any time it holds at every look.
    pub split_p_value: f64,
    /// The smallest effect worth having, on the scale, if one was named.
    pub smallest_effect: Option<f64>,
    /// Every day that was looked at; without days the whole.
    pub looks: Vec<TestLook>,
    /// The look at which it was decided, if it was.
    pub decided_at: Option<usize>,
    /// What was decided.
    pub decision: TestDecision,
    /// Variants that dropped out, and why.
    pub dropped: Vec<Dropped>,
    /// Each treatment against the control, in the order of the variants: at the look at which it was decided, or else with all that has come in.
    pub treatments: Vec<Treatment>,
    /// The planned design, where looks were planned.
    pub design: Option<Design>,
}

/// What one variant brought.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Arm {
    /// Its name.
    pub name: String,
    /// The share of the traffic it was to get.
    pub share: f64,
    /// The users it got.
    pub users: u64,
    /// Their conversions, where those are counted.
    pub conversions: Option<u64>,
    /// The rate, or the mean; none of nobody.
    pub mean: Option<f64>,
}

/// One look.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct TestLook {
    /// The day at whose end it was.
    pub day: Option<NaiveDate>,
    /// The users of each variant until then.
    pub users: Vec<u64>,
    /// Each treatment against the control, in the order of the variants.
    pub compared: Vec<Compared>,
    /// What it came to.
    pub decision: TestDecision,
}

/// A treatment against the control at a look.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Compared {
    /// The effect on the scale; none where there is no number yet.
    pub estimate: Option<f64>,
    /// What the look says of it; none where it is not one at which the test may be read.
    pub held: Option<Held>,
}

/// What a look says of an effect.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Held {
    /// The effects that are not contradicted.
    pub set: ConfidenceSet,
    /// The p-value.
    pub p_value: f64,
    /// How strong the evidence is: an e-value at any time, |z| at a planned look.
    pub strength: f64,
    /// How strong it has to be to stop.
    pub bound: f64,
}

/// What a test comes to.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "what can be decided")]
pub enum TestDecision {
    /// Go on.
    Continue,
    /// Stop: this variant is better than the control.
    Winner {
        /// Its place.
        arm: usize,
    },
    /// Stop: every treatment is worse.
    Loser,
    /// Stop: no effect worth having is left.
    Futile,
    /// The end, and no effect is shown.
    NotShown,
    /// Stop: what the numbers say cannot be trusted.
    Invalid(Invalid),
}

/// A treatment against the control when it was decided, or with all that has come in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Treatment {
    /// The place of the variant.
    pub arm: usize,
    /// The effect on the scale; none where it cannot be computed, or looks were planned and the test has not ended.
    pub effect: Option<Readout>,
    /// Why there is none.
    pub fault: Option<StatisticsError>,
    /// What it brought in all over the users who had it; read as the test is.
    pub incremental: Option<Incremental>,
    /// What each of that cost, where the spend is known.
    pub cost: Option<IncrementalCost>,
    /// How probable it is to be the better one, with a prior that knows nothing: to know, and no rule to stop by.
    pub chance_to_beat: Option<f64>,
}

impl Tested {
    /// Reads a test.
    ///
    /// Cost: a few comparisons a day and treatment; a planned design that of its looks.
    ///
    /// # Errors
    /// Fewer than two variants; a control that is not there or cannot be told; shares of variants that are not there, or of some only; more conversions than users; a level, a number of looks or a spend outside its range.
    pub fn of(rows: &TestRows, spec: &TestedSpec) -> Result<Self, Error> {
        let names = names(rows, spec.control.as_deref())?;
        let weights = weights(&names, &spec.shares)?;
        let days = rows.by_day(&names)?;
        let shares = Shares::new(&weights)?;
        let mut rules = Rules::new(shares.clone()).better(spec.better).level(Level::new(spec.level)?);
        if let Some(smallest) = spec.smallest_effect {
            rules = rules.smallest_effect(smallest)?;
        }
        if spec.spend.is_some() && names.len() != 2 {
            return Err(Error::invalid("a spend", "of a test with one treatment", format!("{} variants", names.len())));
        }
        let scale = if matches!(spec.reading, Reading::Planned { .. }) { Scale::Difference } else { spec.scale };
        if !matches!(scale, Scale::Lift | Scale::Difference) {
            return Err(Error::invalid("the scale", "lift or difference", format!("{scale:?}")));
        }
        let level_of_each = rules.level_of_each();
        let Some((_, sums)) = days.last() else { return Err(Error::NoResults) };
        let users: Vec<u64> = sums.iter().map(Sum::users).collect();
        let asked = Asked { spec, scale, level: level_of_each, measure: rows.measure() };
        let course = match spec.reading {
            Reading::AnyTime { decide_at } => asked.at_any_time(&days, rules, decide_at)?,
            Reading::Planned { looks, users, ends_now } => asked.planned(&days, looks, (users, ends_now))?,
            Reading::Once => asked.once(&days)?,
        };
        let mut tested = Self {
            measure: rows.measure(),
            reading: spec.reading,
            scale,
            level_of_each,
            arms: names
                .into_iter()
                .zip(shares.iter())
                .zip(sums)
                .map(|((name, share), sum)| Arm {
                    name,
                    share,
                    users: sum.users(),
                    conversions: sum.conversions(),
                    mean: sum.mean(),
                })
                .collect(),
            split_p_value: course.split_p_value.map_or_else(|| split(&users, &weights), Ok)?,
            smallest_effect: spec.smallest_effect,
            decided_at: course.looks.iter().position(|look| look.decision != TestDecision::Continue),
            decision: course.looks.last().map_or(TestDecision::Continue, |look| look.decision),
            looks: course.looks,
            dropped: course.dropped,
            treatments: course.treatments,
            design: course.design,
        };
        tested.check_split(&users, &weights)?;
        Ok(tested)
    }

    /// What is read at planned looks or once is worth nothing if the arms are not alike; a trial that is read at any time has looked itself.
    fn check_split(&mut self, users: &[u64], weights: &[f64]) -> Result<(), Error> {
        if matches!(self.reading, Reading::AnyTime { .. }) {
            return Ok(());
        }
        let leak = SampleRatio::new(users, weights)?.leaks().first().copied();
        let invalid = match leak {
            Some(arm) => Some(Invalid::TrafficWithoutShare { arm, users: users.get(arm).copied().unwrap_or(0) }),
            None => (self.split_p_value < SPLIT_ALARM).then_some(Invalid::SampleRatio { p_value: self.split_p_value }),
        };
        if let (Some(invalid), Some(last)) = (invalid, self.looks.last_mut()) {
            last.decision = TestDecision::Invalid(invalid);
            self.decision = last.decision;
            self.decided_at = self.decided_at.or(Some(self.looks.len() - 1));
        }
        Ok(())
    }
}

/// The variants in order of their names, the control first.
fn names(rows: &TestRows, control: Option<&str>) -> Result<Vec<String>, Error> {
    let mut names: Vec<String> = rows.variants().into_iter().map(ToOwned::to_owned).collect();
    if names.is_empty() {
        return Err(Error::NoResults);
    }
    if names.len() == 1 {
        return Err(Error::OneVariant { name: names.swap_remove(0) });
    }
    let called = |wanted: &str| names.iter().position(|name| name.trim().to_lowercase() == wanted);
    let place = control.map_or_else(
        || CONTROLS.iter().find_map(|wanted| called(wanted)),
        |control| names.iter().position(|name| name == control),
    );
    let Some(place) = place else {
        return Err(Error::NoControl { named: control.map(ToOwned::to_owned), variants: names });
    };
    let control = names.remove(place);
    names.insert(0, control);
    Ok(names)
}

fn weights(names: &[String], shares: &BTreeMap<String, f64>) -> Result<Vec<f64>, Error> {
    if shares.is_empty() {
        return Ok(vec![1.0; names.len()]);
    }
    if let Some(name) = shares.keys().find(|name| !names.contains(name)) {
        return Err(Error::invalid("a share", "of a variant of the test", format!("{name} ({})", names.join(", "))));
    }
    let share = |name: &String| {
        let missing = || Error::invalid("shares", "given of all variants or of none", format!("none of {name}"));
        shares.get(name).copied().ok_or_else(missing)
    };
    names.iter().map(share).collect()
}

fn split(users: &[u64], weights: &[f64]) -> Result<f64, Error> {
    Ok(SampleRatio::new(users, weights)?.p_value()?)
}

/// What was asked, in the form that every reading needs.
struct Asked<'a> {
    spec: &'a TestedSpec,
    scale: Scale,
    level: Level,
    measure: Measure,
}

/// What a reading gives.
struct Course {
    looks: Vec<TestLook>,
    dropped: Vec<Dropped>,
    treatments: Vec<Treatment>,
    split_p_value: Option<f64>,
    design: Option<Design>,
}

impl Asked<'_> {
    fn at_any_time(&self, days: &[SoFar], rules: Rules, decide_at: u64) -> Result<Course, Error> {
        let plan = match self.measure {
            Measure::Conversions => SequentialPlan::conversions(decide_at)?,
            _ => SequentialPlan::users(decide_at)?,
        };
        let plan = plan.level(self.level);
        let mut trial = Trial::new(rules)?;
        let mut looks = Vec::with_capacity(days.len());
        for (day, sums) in days {
            let users: Vec<u64> = sums.iter().map(Sum::users).collect();
            let (mut compared, mut evidence) = (Vec::new(), Vec::new());
            for (arm, treatment) in sums.iter().enumerate().skip(1) {
                // An arm without users, or a mean below zero, has no effect on this scale yet.
                let look = compare::at_any_time(&sums[0], treatment, self.scale, &plan).ok();
                if let Some(look) = &look {
                    evidence.push(Evidence::of_look(arm, 0, look)?);
                }
                compared.push(Compared {
                    estimate: look.as_ref().and_then(|look| look.readout().estimate()),
                    held: look.map(|look| Held {
                        set: look.readout().set(),
                        p_value: look.readout().p_value(),
                        strength: libm::exp(look.e_value().log().min(700.0)),
                        bound: 1.0 / self.level.alpha(),
                    }),
                });
            }
            let decision = trial.look(Observation { users: users.clone(), evidence })?.into();
            looks.push(TestLook { day: *day, users, compared, decision });
        }
        let dropped = trial.trail().iter().flat_map(decision::Entry::dropped).copied().collect();
        let split_p_value = trial.trail().last().map(decision::Entry::split_p_value);
        // What was decided rests on the look at which it was; what came later changes nothing.
        let until = looks.iter().position(|look| look.decision != TestDecision::Continue).unwrap_or(days.len() - 1);
        let treatments = self.treatments(&days[..=until], |control, treatment, scale| {
            compare::at_any_time(control, treatment, scale, &plan).map(|look| look.readout().clone())
        })?;
        Ok(Course { looks, dropped, treatments, split_p_value, design: None })
    }

    fn once(&self, days: &[SoFar]) -> Result<Course, Error> {
        let asked = Hypothesis::two_sided().at(self.level);
        let treatments =
            self.treatments(days, |control, treatment, scale| compare::once(control, treatment, scale, asked))?;
        let end = days.len() - 1;
        let look = |(place, (day, sums)): (usize, &SoFar)| {
            let compared = treatments.iter().zip(sums.iter().skip(1)).map(|(read, treatment)| {
                let at_end = read.effect.as_ref().filter(|_| place == end);
                Compared {
                    estimate: at_end
                        .map_or_else(|| self.plain(&sums[0], treatment), styring_experiments::Readout::estimate),
                    held: at_end.map(|effect| Held {
                        set: effect.set(),
                        p_value: effect.p_value(),
                        strength: 1.0 / effect.p_value().max(1e-300),
                        bound: 1.0 / self.level.alpha(),
                    }),
                }
            });
            TestLook {
                day: *day,
                users: sums.iter().map(Sum::users).collect(),
                compared: compared.collect(),
                decision: if place == end { self.decided(&treatments) } else { TestDecision::Continue },
            }
        };
        let looks = days.iter().enumerate().map(look).collect();
        Ok(Course { looks, dropped: Vec::new(), treatments, split_p_value: None, design: None })
    }

    /// What readouts that all hold together come to.
    fn decided(&self, treatments: &[Treatment]) -> TestDecision {
        let sign = if self.spec.better == Better::Lower { -1.0 } else { 1.0 };
        let effects = || treatments.iter().filter_map(|read| Some((read.arm, read.effect.as_ref()?)));
        let shown = |effect: &Readout| {
            let gain = effect.estimate().unwrap_or(0.0) * sign;
            (effect.p_value() < self.level.alpha()).then_some(gain)
        };
        let better = effects().filter_map(|(arm, effect)| Some((arm, shown(effect).filter(|gain| *gain > 0.0)?)));
        if let Some((arm, _)) = better.max_by(|(_, one), (_, other)| one.total_cmp(other)) {
            return TestDecision::Winner { arm };
        }
        if effects().count() == treatments.len()
            && effects().all(|(_, effect)| shown(effect).is_some_and(|gain| gain < 0.0))
        {
            return TestDecision::Loser;
        }
        let beyond = |set: ConfidenceSet| set.times(sign).ends().1;
        match self.spec.smallest_effect {
            Some(smallest) if effects().all(|(_, effect)| beyond(effect.set()) < smallest) => TestDecision::Futile,
            _ => TestDecision::NotShown,
        }
    }

    fn planned(&self, days: &[SoFar], looks: usize, (planned, ends_now): (u64, bool)) -> Result<Course, Error> {
        if planned == 0 {
            return Err(Error::invalid("planned users", "above 0", planned));
        }
        let spending = Boundary::Spend(Spending::OBrienFleming);
        let design = Design::new(spending, &equal_looks(looks)?, self.level, Alternative::TwoSided)?;
        let treatments = days.first().map_or(0, |(_, sums)| sums.len() - 1);
        let mut monitors = vec![Monitor::new(design.clone()); treatments];
        let mut taken = Vec::with_capacity(days.len());
        let (mut next, mut decided) = (0, TestDecision::Continue);
        for (place, (day, sums)) in days.iter().enumerate() {
            let users: Vec<u64> = sums.iter().map(Sum::users).collect();
            let information = users.iter().map(|users| *users as f64).sum::<f64>() / planned as f64;
            let due = design.looks().get(next).is_some_and(|look| information >= look * (1.0 - 1e-12));
            let last = ends_now && place + 1 == days.len();
            let is_look = decided == TestDecision::Continue && next < looks && (due || last);
            if is_look {
                next = design.looks().iter().filter(|look| information >= **look * (1.0 - 1e-12)).count().max(next);
            }
            let mut compared = Vec::with_capacity(treatments);
            for (monitor, treatment) in monitors.iter_mut().zip(sums.iter().skip(1)) {
                let estimate = self.plain(&sums[0], treatment);
                let evidence = compare::planned(&sums[0], treatment);
                let held = match evidence {
                    Ok(evidence) if is_look => {
                        let look = if last {
                            monitor.last_look(information, evidence)
                        } else {
                            monitor.look(information, evidence)
                        }?;
                        let (low, high) = look.repeated_interval()?;
                        let (strength, bound) = (look.evidence().z().abs(), look.critical_value());
                        let p_value = monitor.repeated_p_value()?.unwrap_or(1.0);
                        Some(Held { set: ConfidenceSet::between(low, high), p_value, strength, bound })
                    }
                    _ => None,
                };
                compared.push(Compared { estimate, held });
            }
            if is_look {
                decided = self.of_monitors(&monitors);
            }
            taken.push(TestLook { day: *day, users, compared, decision: decided });
        }
        let mut treatments = self.treatments(days, |_, _, _| {
            Err(StatisticsError::TooFew { what: "looks", needed: looks as u64, given: next as u64 })
        })?;
        let stopped = taken.iter().position(|look| look.decision != TestDecision::Continue);
        let treated = stopped.and_then(|at| days.get(at)).map(|(_, sums)| sums);
        for (read, monitor) in treatments.iter_mut().zip(&monitors) {
            if let Some(readout) = monitor.readout()? {
                let users = treated.and_then(|sums| sums.get(read.arm)).map_or(0, Sum::users);
                self.account(read, Ok(readout.clone()), users)?;
                (read.effect, read.fault) = (Some(readout), None);
            }
        }
        Ok(Course { looks: taken, dropped: Vec::new(), treatments, split_p_value: None, design: Some(design) })
    }

    fn of_monitors(&self, monitors: &[Monitor]) -> TestDecision {
        use group_sequential::Decision;
        let (win, lose) = match self.spec.better {
            Better::Higher => (Decision::RejectAbove, Decision::RejectBelow),
            Better::Lower => (Decision::RejectBelow, Decision::RejectAbove),
        };
        let latest: Vec<_> =
            monitors.iter().zip(1..).filter_map(|(one, arm)| Some((arm, one.looks().last()?))).collect();
        let won = latest.iter().filter(|(_, look)| look.decision() == win);
        if let Some((arm, _)) =
            won.max_by(|(_, one), (_, other)| one.evidence().z().abs().total_cmp(&other.evidence().z().abs()))
        {
            return TestDecision::Winner { arm: *arm };
        }
        if !latest.is_empty() && latest.iter().all(|(_, look)| look.decision() == lose) {
            return TestDecision::Loser;
        }
        if latest.iter().any(|(_, look)| look.is_last()) { TestDecision::NotShown } else { TestDecision::Continue }
    }

    /// Each treatment with what has come in by the last of these days.
    fn treatments(
        &self,
        days: &[SoFar],
        read: impl Fn(&Sum, &Sum, Scale) -> Result<Readout, StatisticsError>,
    ) -> Result<Vec<Treatment>, Error> {
        let Some((control, treatments)) = days.last().and_then(|(_, sums)| sums.split_first()) else {
            return Err(Error::NoResults);
        };
        let of = |(arm, treatment): (usize, &Sum)| {
            let effect = read(control, treatment, self.scale);
            let mut answer = Treatment {
                arm,
                fault: effect.as_ref().err().cloned(),
                effect: effect.ok(),
                incremental: None,
                cost: None,
                chance_to_beat: compare::chance(control, treatment).ok(),
            };
            self.account(&mut answer, read(control, treatment, Scale::Difference), treatment.users())?;
            Ok(answer)
        };
        (1..).zip(treatments).map(of).collect()
    }

    /// What a difference comes to over all who were treated, and what it cost.
    fn account(
        &self,
        read: &mut Treatment,
        difference: Result<Readout, StatisticsError>,
        users: u64,
    ) -> Result<(), Error> {
        let Ok(difference) = difference else { return Ok(()) };
        read.incremental = Incremental::of(&difference, users, EffectSource::Test).ok();
        if let (Some(incremental), Some(spend)) = (&read.incremental, self.spec.spend) {
            read.cost = Some(incremental.cost_per(spend)?);
        }
        Ok(())
    }

    /// The effect as it is, without an interval.
    fn plain(&self, control: &Sum, treatment: &Sum) -> Option<f64> {
        let (control, treatment) = (control.mean()?, treatment.mean()?);
        let effect = match self.scale {
            Scale::Lift => (treatment - control) / control.abs(),
            _ => treatment - control,
        };
        Some(effect).filter(|effect| effect.is_finite())
    }
}

impl From<decision::Decision> for TestDecision {
    fn from(decision: decision::Decision) -> Self {
        match decision {
            decision::Decision::Continue => Self::Continue,
            decision::Decision::StopWinner { arm } => Self::Winner { arm },
            decision::Decision::StopLoser => Self::Loser,
            decision::Decision::StopFutile => Self::Futile,
            decision::Decision::Invalid(invalid) => Self::Invalid(invalid),
        }
    }
}
