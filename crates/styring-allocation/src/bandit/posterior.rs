use styring_special::{Split, beta_inc_inv, gamma_inc_inv, normal_inv};

use crate::interval::tail;
use crate::{Error, Interval};

/// What is known of an arm: the distribution of its rate or its mean. The highest is the best.
///
/// Conjugate: a beta for a share (clicks of impressions, completions of starts), a gamma for results per krone, a normal for an estimate with an error.
///
/// ```
/// use styring_allocation::bandit::Posterior;
///
/// // A uniform prior, and 12 completions of 340 starts.
/// let share = Posterior::beta(1.0, 1.0)?.after_trials(12.0, 340.0)?;
/// assert!((share.mean() - 13.0 / 342.0).abs() < 1e-15);
/// assert!(share.interval(0.95)?.contains(0.03));
///
/// // 84 results for 20 000 kr: a cost per result of about 240 kr.
/// let per_krone = Posterior::gamma(1.0, 2_500.0)?.after_results(84.0, 20_000.0)?;
/// assert!((1.0 / per_krone.mean() - 264.7).abs() < 0.1); // the prior of 2500 kr a result still pulls
/// # Ok::<(), styring_allocation::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Family", into = "Family"))]
pub struct Posterior(Family);

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub(super) enum Family {
    Beta { a: f64, b: f64 },
    Gamma { shape: f64, rate: f64 },
    Normal { mean: f64, deviation: f64 },
}

#[cfg(feature = "serde")]
impl TryFrom<Family> for Posterior {
    type Error = Error;

    fn try_from(family: Family) -> Result<Self, Error> {
        match family {
            Family::Beta { a, b } => Self::beta(a, b),
            Family::Gamma { shape, rate } => Self::gamma(shape, rate),
            Family::Normal { mean, deviation } => Self::normal(mean, deviation),
        }
    }
}

#[cfg(feature = "serde")]
impl From<Posterior> for Family {
    fn from(posterior: Posterior) -> Self {
        posterior.0
    }
}

impl Posterior {
    /// Beta(a, b), of a share; (1, 1) knows nothing, (½, ½) is Jeffreys'.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless both are from 0.01 to 1e12.
    pub fn beta(a: f64, b: f64) -> Result<Self, Error> {
        check_shape("a", a)?;
        check_shape("b", b)?;
        Ok(Self(Family::Beta { a, b }))
    }

    /// Gamma with a shape in results and a rate in money, of results per krone: as after `shape` results for `rate` kroner.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the shape is from 0.01 to 1e12 and the rate from 1e-100 to 1e100.
    pub fn gamma(shape: f64, rate: f64) -> Result<Self, Error> {
        check_shape("shape", shape)?;
        check_size("rate", rate)?;
        Ok(Self(Family::Gamma { shape, rate }))
    }

    /// Normal with a mean and a standard deviation, of a mean.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the mean is within 1e100 and the deviation from 1e-100 to 1e100, and at least 1e-12 of the mean.
    pub fn normal(mean: f64, deviation: f64) -> Result<Self, Error> {
        if !(-1e100..=1e100).contains(&mean) {
            return Err(Error::out_of_range("mean", None, "from -1e100 to 1e100", mean));
        }
        check_size("standard deviation", deviation)?;
        if deviation < mean.abs() * 1e-12 {
            return Err(Error::out_of_range("standard deviation", None, "at least 1e-12 of the mean", deviation));
        }
        Ok(Self(Family::Normal { mean, deviation }))
    }

    /// The beta after more trials, of which some succeeded. Counts may be fractions: discounted, or credited in parts.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if this is no beta, a count is below zero, more succeeded than were tried, or it grows beyond its range.
    pub fn after_trials(self, successes: f64, trials: f64) -> Result<Self, Error> {
        let Family::Beta { a, b } = self.0 else {
            return Err(Error::out_of_range("posterior of trials", None, "a beta", self.kind()));
        };
        check_count("successes", successes)?;
        if !(trials >= successes && trials.is_finite()) {
            return Err(Error::out_of_range("trials", None, "at least the successes", trials));
        }
        Self::beta(a + successes, b + (trials - successes))
    }

    /// The gamma after more results, and what they cost. Counts may be fractions.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if this is no gamma, the results or the spend are below zero, or it grows beyond its range.
    pub fn after_results(self, results: f64, spend: f64) -> Result<Self, Error> {
        let Family::Gamma { shape, rate } = self.0 else {
            return Err(Error::out_of_range("posterior of results", None, "a gamma", self.kind()));
        };
        check_count("results", results)?;
        check_count("spend", spend)?;
        Self::gamma(shape + results, rate + spend)
    }

    /// The normal after an estimate with a standard error: precisions add.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if this is no normal, or the estimate or its error are out of the range of one.
    pub fn after_estimate(self, estimate: f64, error: f64) -> Result<Self, Error> {
        let Family::Normal { mean, deviation } = self.0 else {
            return Err(Error::out_of_range("posterior of an estimate", None, "a normal", self.kind()));
        };
        Self::normal(estimate, error)?;
        // The share of the estimate, without squares that overflow.
        let ratio = error / deviation;
        let share = 1.0 / (1.0 + ratio * ratio);
        Self::normal(mean + share * (estimate - mean), error * share.sqrt())
    }

    /// The mean.
    pub fn mean(self) -> f64 {
        match self.0 {
            Family::Beta { a, b } => a / (a + b),
            Family::Gamma { shape, rate } => shape / rate,
            Family::Normal { mean, .. } => mean,
        }
    }

    /// The standard deviation.
    pub fn deviation(self) -> f64 {
        match self.0 {
            Family::Beta { a, b } => (a / (a + b) * (b / (a + b)) / (a + b + 1.0)).sqrt(),
            Family::Gamma { shape, rate } => shape.sqrt() / rate,
            Family::Normal { deviation, .. } => deviation,
        }
    }

    /// The equal-tailed credible interval; 0.9 leaves 5 % at each end.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the confidence is between 0 and 1.
    pub fn interval(self, confidence: f64) -> Result<Interval, Error> {
        let low = tail(confidence)?;
        Ok(Interval { low: self.quantile(low)?, high: self.quantile(low.swapped())? })
    }

    fn quantile(self, p: Split) -> Result<f64, Error> {
        let found = match self.0 {
            Family::Beta { a, b } => beta_inc_inv(a, b, p).map(Split::lower),
            Family::Gamma { shape, rate } => gamma_inc_inv(shape, p).map(|x| x / rate),
            Family::Normal { mean, deviation } => Ok(mean + deviation * normal_inv(p)),
        };
        found.map_err(Error::not_computed("the quantile of a posterior"))
    }

    pub(super) fn family(self) -> Family {
        self.0
    }

    fn kind(self) -> &'static str {
        match self.0 {
            Family::Beta { .. } => "a beta",
            Family::Gamma { .. } => "a gamma",
            Family::Normal { .. } => "a normal",
        }
    }
}

/// Refuses an empty list, and posteriors of several kinds: a share and an amount have no best.
pub(super) fn check_alike(arms: &[Posterior]) -> Result<(), Error> {
    let first = arms.first().ok_or(Error::NoChannels)?;
    match arms.iter().find(|arm| arm.kind() != first.kind()) {
        None => Ok(()),
        Some(other) => {
            let value = format!("{} beside {}", other.kind(), first.kind());
            Err(Error::out_of_range("posteriors", None, "of one kind", value))
        }
    }
}

fn check_shape(field: &'static str, value: f64) -> Result<(), Error> {
    if (0.01..=1e12).contains(&value) {
        Ok(())
    } else {
        Err(Error::out_of_range(field, None, "from 0.01 to 1e12", value))
    }
}

fn check_size(field: &'static str, value: f64) -> Result<(), Error> {
    if (1e-100..=1e100).contains(&value) {
        Ok(())
    } else {
        Err(Error::out_of_range(field, None, "from 1e-100 to 1e100", value))
    }
}

fn check_count(field: &'static str, value: f64) -> Result<(), Error> {
    if value >= 0.0 && value.is_finite() {
        Ok(())
    } else {
        Err(Error::out_of_range(field, None, "zero or above", value))
    }
}
