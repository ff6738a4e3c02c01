use crate::sequential::NormalMixture;
use crate::{Alternative, Error, Level};

/// What is fixed before the first look at an experiment that may be looked at any time.
///
/// The sample at which a decision is expected tunes where the confidence sequence is narrowest; it is no limit and promises nothing. Half to two thirds of the most that can be had is a good choice.
/// The promise holds for every sample and every number of looks, but **only if it is chosen before the data are seen**.
///
/// ```
/// use styring_experiments::sequential::SequentialPlan;
/// use styring_experiments::{Alternative, Level};
///
/// let plan = SequentialPlan::conversions(880)?;
/// let stricter = SequentialPlan::users(40_000)?.level(Level::P99).alternative(Alternative::Greater);
/// assert_eq!(stricter.burn_in(), plan.burn_in());
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct SequentialPlan {
    decide_at: DecideAt,
    level: Level,
    alternative: Alternative,
    burn_in: BurnIn,
    null: f64,
}

/// The sample, of all arms together, at which a decision is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "the two clocks of an experiment")]
pub enum DecideAt {
    /// So many users.
    Users(u64),
    /// So many conversions; for rates alone.
    Conversions(u64),
}

/// How much every arm must hold before an asymptotic method says anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "the two clocks of an experiment")]
pub enum BurnIn {
    /// So many conversions, and as many who did not convert.
    ///
    /// For means and ratios, which do not know conversions: a mean whose square is so many times its squared standard error, which for a rare conversion is the same number, and four times as many users.
    Conversions(u64),
    /// So many users: for metrics around zero, such as profit, of which a mean says nothing about how normal it is.
    Users(u64),
}

impl Default for BurnIn {
    /// 25 conversions: with fewer, the normal approximation is not good enough where looks begin (see the crate's guide for the table of simulations).
    fn default() -> Self {
        Self::Conversions(25)
    }
}

impl SequentialPlan {
    /// A decision is expected at so many users in all arms together; two-sided, 95 %, 25 conversions of burn-in.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for 0.
    pub fn users(users: u64) -> Result<Self, Error> {
        Self::new(DecideAt::Users(users))
    }

    /// A decision is expected at so many conversions in all arms together; two-sided, 95 %, 25 conversions of burn-in.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for 0.
    pub fn conversions(conversions: u64) -> Result<Self, Error> {
        Self::new(DecideAt::Conversions(conversions))
    }

    fn new(decide_at: DecideAt) -> Result<Self, Error> {
        let (DecideAt::Users(amount) | DecideAt::Conversions(amount)) = decide_at;
        if amount == 0 {
            return Err(Error::range("sample at which a decision is expected", "above 0", amount));
        }
        Ok(Self {
            decide_at,
            level: Level::default(),
            alternative: Alternative::default(),
            burn_in: BurnIn::default(),
            null: 0.0,
        })
    }

    /// With another level.
    #[must_use]
    pub fn level(self, level: Level) -> Self {
        Self { level, ..self }
    }

    /// With another alternative.
    #[must_use]
    pub fn alternative(self, alternative: Alternative) -> Self {
        Self { alternative, ..self }
    }

    /// With another burn-in. One that is smaller than the default breaks the promise at small samples.
    #[must_use]
    pub fn after(self, burn_in: BurnIn) -> Self {
        Self { burn_in, ..self }
    }

    /// Against another effect than 0, on the scale of the answer: a margin of non-inferiority.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if it is no number.
    pub fn against(self, null: f64) -> Result<Self, Error> {
        if null.is_finite() { Ok(Self { null, ..self }) } else { Err(Error::range("null", "a number", null)) }
    }

    /// When a decision is expected.
    pub fn decide_at(self) -> DecideAt {
        self.decide_at
    }

    /// What every arm must hold.
    pub fn burn_in(self) -> BurnIn {
        self.burn_in
    }

    /// The level, the alternative and the null.
    pub(crate) fn question(self) -> (Level, Alternative, f64) {
        (self.level, self.alternative, self.null)
    }

    /// The mixture in the time of the plan: 1 is when a decision is expected.
    pub(crate) fn mixture(self) -> NormalMixture {
        NormalMixture::tuned(1.0, self.level, self.alternative != Alternative::TwoSided)
    }
}

/// As it is written down.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    decide_at: DecideAt,
    level: Level,
    alternative: Alternative,
    burn_in: BurnIn,
    null: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for SequentialPlan {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        let plan = Self::new(written.decide_at)?.level(written.level).alternative(written.alternative);
        plan.after(written.burn_in).against(written.null)
    }
}

#[cfg(feature = "serde")]
impl From<SequentialPlan> for Written {
    fn from(plan: SequentialPlan) -> Self {
        let SequentialPlan { decide_at, level, alternative, burn_in, null } = plan;
        Self { decide_at, level, alternative, burn_in, null }
    }
}
