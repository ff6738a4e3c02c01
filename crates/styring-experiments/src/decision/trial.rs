use crate::decision::{Evidence, Rules};
use crate::sequential::{SampleRatio, Shares};
use crate::{ConfidenceSet, Error};

/// What a look comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "what can be decided")]
pub enum Decision {
    /// Go on.
    Continue,
    /// Stop: this arm is better.
    StopWinner {
        /// The arm.
        arm: usize,
    },
    /// Stop: every treatment is worse than what it was compared with.
    StopLoser,
    /// Stop: no treatment is shown to be better, and what is left holds no effect worth having.
    StopFutile,
    /// Stop: whatever the numbers say cannot be trusted.
    Invalid(Invalid),
}

/// Why a trial is not valid.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "what is checked")]
pub enum Invalid {
    /// Traffic is not split as it was to be.
    SampleRatio {
        /// The always-valid p-value of the split.
        p_value: f64,
    },
    /// An arm that was to get no traffic got some.
    TrafficWithoutShare {
        /// The arm.
        arm: usize,
        /// How many users came.
        users: u64,
    },
    /// An arm has fewer users than before.
    NegativeIncrement {
        /// The arm.
        arm: usize,
        /// Its users at the look before.
        before: u64,
        /// Its users now.
        now: u64,
    },
}

/// Why an arm dropped out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "worse, or not worth it")]
pub enum Why {
    /// It is worse than another arm.
    Worse {
        /// That one.
        than: usize,
    },
    /// Its set holds no effect worth having.
    Futile,
}

/// An arm that dropped out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[allow(clippy::exhaustive_structs, reason = "an arm and a reason")]
pub struct Dropped {
    /// The arm.
    pub arm: usize,
    /// Why.
    pub why: Why,
}

/// What is seen at a look.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Observation {
    /// The users of each arm since the beginning.
    pub users: Vec<u64>,
    /// The comparisons of this look, at the level of [`Rules::level_of_each`]. One that is missing decides nothing.
    pub evidence: Vec<Evidence>,
}

/// What was done to a trial.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "looked at or reallocated")]
pub enum Step {
    /// It was looked at.
    Look(Observation),
    /// Traffic was split anew from here on.
    Reallocate(Shares),
}

/// A line of the trail: what was done, and what it came to.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Entry {
    step: Step,
    decision: Decision,
    dropped: Vec<Dropped>,
    split_p_value: f64,
}

impl Entry {
    /// What was done.
    pub fn step(&self) -> &Step {
        &self.step
    }

    /// What was decided.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// Which arms dropped out at this look.
    pub fn dropped(&self) -> &[Dropped] {
        &self.dropped
    }

    /// The smallest p-value of the split so far.
    pub fn split_p_value(&self) -> f64 {
        self.split_p_value
    }
}

/// An experiment from its first look to its decision.
///
/// All decisions follow from the sets of the comparisons, whose levels are such that **all of them hold at all looks** with the probability of the rules: so does everything that is decided, however often it is looked at,
/// arms dropped, and traffic moved. The first decision to stop stands; looks after it are kept in the trail and change nothing.
///
/// ```
/// use styring_experiments::decision::{Decision, Evidence, Observation, Rules, Trial};
/// use styring_experiments::sequential::{SequentialPlan, Shares, rate_lift};
/// use styring_experiments::Counts;
///
/// let rules = Rules::new(Shares::new(&[1.0, 1.0])?).smallest_effect(0.01)?;
/// let plan = SequentialPlan::conversions(900)?.level(rules.level_of_each());
/// let mut trial = Trial::new(rules)?;
/// for (users, control, treatment) in [(5_000, 98, 112), (15_000, 301, 372), (20_000, 395, 517)] {
///     let look = rate_lift(Counts::new(control, users)?, Counts::new(treatment, users)?, &plan)?;
///     trial.look(Observation { users: vec![users, users], evidence: vec![Evidence::of_look(1, 0, &look)?] })?;
/// }
/// assert_eq!(trial.decision(), Decision::StopWinner { arm: 1 });
/// assert_eq!(trial.trail().len(), 3);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct Trial {
    rules: Rules,
    split: SampleRatio,
    shares: Shares,
    users: Vec<u64>,
    out: Vec<Option<Why>>,
    decision: Decision,
    trail: Vec<Entry>,
}

/// Of the sample-ratio test: mismatches of a few per cent show within some thousand users.
const SPLIT_CONCENTRATION: f64 = 1_000.0;

impl Trial {
    /// Before the first look.
    ///
    /// # Errors
    ///
    /// What [`SampleRatio::new`] gives; with shares that were checked, none.
    pub fn new(rules: Rules) -> Result<Self, Error> {
        let shares = rules.shares().clone();
        let arms = shares.arms();
        Ok(Self {
            split: SampleRatio::new(shares.clone(), SPLIT_CONCENTRATION)?,
            users: vec![0; arms],
            out: vec![None; arms],
            decision: Decision::Continue,
            trail: Vec::new(),
            rules,
            shares,
        })
    }

    /// Looks, and answers what is decided.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] if there are not as many users as arms; [`Error::OutOfRange`] for evidence about arms that are not there or not compared, and for a level that is not [`Rules::level_of_each`]. The trial is as
    /// before then.
    pub fn look(&mut self, seen: Observation) -> Result<Decision, Error> {
        self.check(&seen)?;
        let mut dropped = Vec::new();
        if self.decision == Decision::Continue {
            self.decision = match self.validity(&seen.users)? {
                Some(invalid) => Decision::Invalid(invalid),
                None => self.decide(&seen.evidence, &mut dropped),
            };
        }
        self.users.clone_from(&seen.users);
        self.note(Step::Look(seen), dropped);
        Ok(self.decision)
    }

    /// From here on traffic is split by other shares: an arm that dropped out gets none, a bandit moves it. The evidence must then be of the periods, as
    /// [`ConversionCounts::reallocate`](crate::sequential::ConversionCounts::reallocate) makes it.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for another number of arms.
    pub fn reallocate(&mut self, shares: Shares) -> Result<(), Error> {
        self.split.reallocate(shares.clone())?;
        self.shares = shares.clone();
        self.note(Step::Reallocate(shares), Vec::new());
        Ok(())
    }

    /// What is decided so far.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The arms that are still in, the control among them.
    pub fn remaining(&self) -> impl Iterator<Item = usize> + '_ {
        self.out.iter().enumerate().filter(|(_, out)| out.is_none()).map(|(arm, _)| arm)
    }

    /// Every look and reallocation so far, with what it came to.
    pub fn trail(&self) -> &[Entry] {
        &self.trail
    }

    fn note(&mut self, step: Step, dropped: Vec<Dropped>) {
        let split_p_value = self.split.p_value();
        self.trail.push(Entry { step, decision: self.decision, dropped, split_p_value });
    }

    fn check(&self, seen: &Observation) -> Result<(), Error> {
        let (arms, level) = (self.users.len(), self.rules.level_of_each().alpha());
        if seen.users.len() != arms {
            return Err(Error::Lengths { what: "users and arms", first: seen.users.len(), second: arms });
        }
        for evidence in &seen.evidence {
            if evidence.arm().max(evidence.against()) >= arms {
                return Err(Error::range("arm", "one of the trial", evidence.arm().max(evidence.against())));
            }
            if !self.rules.all_pairs() && evidence.against() != 0 {
                return Err(Error::range("arm that is compared with", "the control, 0", evidence.against()));
            }
            // A level that was written as 1 − α and read again is off by a rounding.
            if (evidence.level().alpha() - level).abs() > 1e-12 {
                return Err(Error::range("level of the evidence", "that of each comparison", evidence.level().level()));
            }
        }
        Ok(())
    }

    /// Takes the users, and says what is wrong with them.
    fn validity(&mut self, users: &[u64]) -> Result<Option<Invalid>, Error> {
        let mut new = Vec::with_capacity(users.len());
        for (arm, (&before, &now)) in self.users.iter().zip(users).enumerate() {
            let Some(increment) = now.checked_sub(before) else {
                return Ok(Some(Invalid::NegativeIncrement { arm, before, now }));
            };
            if increment > 0 && self.shares.get(arm) <= 0.0 {
                return Ok(Some(Invalid::TrafficWithoutShare { arm, users: increment }));
            }
            new.push(increment);
        }
        self.split.add(&new)?;
        let p_value = self.split.p_value();
        Ok((p_value < self.rules.split_alpha()).then_some(Invalid::SampleRatio { p_value }))
    }

    fn decide(&mut self, evidence: &[Evidence], dropped: &mut Vec<Dropped>) -> Decision {
        let sign = self.rules.sign();
        let live = |out: &[Option<Why>], evidence: &Evidence| {
            [evidence.arm(), evidence.against()].iter().all(|&arm| out.get(arm).is_some_and(Option::is_none))
        };
        // Those that were in at the beginning of the look decide about each other.
        let before = self.out.clone();
        let compared = || evidence.iter().filter(|evidence| live(&before, evidence));
        let mut drop = |out: &mut Vec<Option<Why>>, arm: usize, why: Why| {
            if let Some(slot) = out.get_mut(arm).filter(|slot| slot.is_none()) {
                *slot = Some(why);
                dropped.push(Dropped { arm, why });
            }
        };
        let mut winner: Option<(usize, f64)> = None;
        for evidence in compared() {
            let (arm, against) = (evidence.arm(), evidence.against());
            match evidence.side().map(|side| side * sign) {
                Some(side) if side < 0.0 => drop(&mut self.out, arm, Why::Worse { than: against }),
                Some(_) if self.rules.all_pairs() => drop(&mut self.out, against, Why::Worse { than: arm }),
                Some(_) => {
                    let gain = evidence.estimate().map_or(f64::INFINITY, |estimate| estimate * sign);
                    if winner.is_none_or(|(_, most)| gain > most) {
                        winner = Some((arm, gain));
                    }
                }
                None if !self.rules.all_pairs() && self.is_futile(evidence.set()) => {
                    drop(&mut self.out, arm, Why::Futile);
                }
                None => {}
            }
        }
        if let Some((arm, _)) = winner {
            return Decision::StopWinner { arm };
        }
        if self.rules.all_pairs() { self.last_of_all(evidence) } else { self.last_against_control() }
    }

    /// Whether no effect in the set is worth having.
    fn is_futile(&self, set: ConfidenceSet) -> bool {
        let best = set.times(self.rules.sign()).ends().1;
        self.rules.smallest().is_some_and(|smallest| best < smallest)
    }

    fn last_against_control(&self) -> Decision {
        let treatments = self.out.get(1..).unwrap_or_default();
        if treatments.iter().any(Option::is_none) {
            Decision::Continue
        } else if treatments.contains(&Some(Why::Futile)) {
            Decision::StopFutile
        } else {
            Decision::StopLoser
        }
    }

    fn last_of_all(&self, evidence: &[Evidence]) -> Decision {
        let left: Vec<usize> = self.remaining().collect();
        match left.as_slice() {
            [0] => return Decision::StopLoser,
            [arm] => return Decision::StopWinner { arm: *arm },
            // Each worse than another: evidence that contradicts itself shows no winner.
            [] => return Decision::StopFutile,
            _ => {}
        }
        // Nothing worth having between any two that are left, of which all pairs must be there.
        let alike = |one: usize, other: usize| {
            let pair = evidence
                .iter()
                .find(|e| (e.arm(), e.against()) == (one, other) || (e.against(), e.arm()) == (one, other));
            pair.is_some_and(|pair| {
                let (low, high) = pair.set().ends();
                self.rules.smallest().is_some_and(|smallest| -smallest < low && high < smallest)
            })
        };
        let mut pairs =
            left.iter().enumerate().flat_map(|(at, &one)| left.iter().skip(at + 1).map(move |&other| (one, other)));
        if pairs.all(|(one, other)| alike(one, other)) { Decision::StopFutile } else { Decision::Continue }
    }
}

/// As it is written down: the rules and what was done, to be done again.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    rules: Rules,
    steps: Vec<Step>,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Trial {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        let mut trial = Self::new(written.rules)?;
        for step in written.steps {
            match step {
                Step::Look(seen) => {
                    trial.look(seen)?;
                }
                Step::Reallocate(shares) => trial.reallocate(shares)?,
            }
        }
        Ok(trial)
    }
}

#[cfg(feature = "serde")]
impl From<Trial> for Written {
    fn from(trial: Trial) -> Self {
        Self { rules: trial.rules, steps: trial.trail.into_iter().map(|entry| entry.step).collect() }
    }
}
