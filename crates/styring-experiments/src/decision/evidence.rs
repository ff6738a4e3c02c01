use crate::sequential::{EValue, Look};
use crate::{ConfidenceSet, Error, Level, Readout};

/// What a comparison of two arms says at a look: from whichever method, as long as it holds at every look.
///
/// ```
/// use styring_experiments::decision::Evidence;
/// use styring_experiments::sequential::{SequentialPlan, rate_lift};
/// use styring_experiments::Counts;
///
/// let look = rate_lift(Counts::new(400, 20_000)?, Counts::new(520, 20_000)?, &SequentialPlan::users(40_000)?)?;
/// let evidence = Evidence::of_look(1, 0, &look)?;
/// assert!(evidence.p_value() < 0.05);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct Evidence {
    arm: usize,
    against: usize,
    estimate: Option<f64>,
    null: f64,
    p_value: f64,
    set: ConfidenceSet,
    level: Level,
}

impl Evidence {
    /// From a readout of `arm` against `against`. A fixed-horizon readout holds at one look only, that for which it was planned.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm against itself.
    pub fn of_readout(arm: usize, against: usize, readout: &Readout) -> Result<Self, Error> {
        Self::checked(Self {
            arm,
            against,
            estimate: readout.estimate(),
            null: readout.null(),
            p_value: readout.p_value(),
            set: readout.set(),
            level: readout.level(),
        })
    }

    /// From a look of `arm` against `against`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm against itself.
    pub fn of_look(arm: usize, against: usize, look: &Look) -> Result<Self, Error> {
        Self::of_readout(arm, against, look.readout())
    }

    /// From the p-value of a look and the effects that it does not contradict at the level, with the null 0.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm against itself, or a p-value not from 0 to 1.
    pub fn of_p_value(
        (arm, against): (usize, usize),
        estimate: Option<f64>,
        p_value: f64,
        set: ConfidenceSet,
        level: Level,
    ) -> Result<Self, Error> {
        Self::checked(Self { arm, against, estimate, null: 0.0, p_value, set, level })
    }

    /// From the e-value of a look and the effects that it does not contradict at the level, with the null 0.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm against itself.
    pub fn of_e_value(
        arms: (usize, usize),
        estimate: Option<f64>,
        e_value: EValue,
        set: ConfidenceSet,
        level: Level,
    ) -> Result<Self, Error> {
        Self::of_p_value(arms, estimate, e_value.p_value(), set, level)
    }

    fn checked(self) -> Result<Self, Error> {
        if self.arm == self.against {
            return Err(Error::range("arm", "another than that it is compared with", self.arm));
        }
        if !(0.0..=1.0).contains(&self.p_value) {
            return Err(Error::range("p-value", "from 0 to 1", self.p_value));
        }
        if !self.null.is_finite() {
            return Err(Error::range("null", "a number", self.null));
        }
        Ok(Self { estimate: self.estimate.filter(|estimate| estimate.is_finite()), ..self })
    }

    /// Whose effect it is.
    pub fn arm(&self) -> usize {
        self.arm
    }

    /// Against whom.
    pub fn against(&self) -> usize {
        self.against
    }

    /// The effect; none where there is no finite one.
    pub fn estimate(&self) -> Option<f64> {
        self.estimate
    }

    /// The p-value of this look.
    pub fn p_value(&self) -> f64 {
        self.p_value
    }

    /// The effects that are not contradicted.
    pub fn set(&self) -> ConfidenceSet {
        self.set
    }

    /// How sure the set is.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Whether the null is contradicted, and to which side: above 0 or below.
    pub(crate) fn side(&self) -> Option<f64> {
        if self.p_value >= self.level.alpha() {
            return None;
        }
        let (low, high) = self.set.ends();
        if low > self.null {
            Some(1.0)
        } else if high < self.null {
            Some(-1.0)
        } else {
            self.estimate.map(|estimate| estimate - self.null).filter(|away| away.abs() > 0.0).map(f64::signum)
        }
    }
}

/// As it is written down.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    arm: usize,
    against: usize,
    estimate: Option<f64>,
    null: f64,
    p_value: f64,
    set: ConfidenceSet,
    level: Level,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Evidence {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        let Written { arm, against, estimate, null, p_value, set, level } = written;
        Self { arm, against, estimate, null, p_value, set, level }.checked()
    }
}

#[cfg(feature = "serde")]
impl From<Evidence> for Written {
    fn from(evidence: Evidence) -> Self {
        let Evidence { arm, against, estimate, null, p_value, set, level } = evidence;
        Self { arm, against, estimate, null, p_value, set, level }
    }
}
