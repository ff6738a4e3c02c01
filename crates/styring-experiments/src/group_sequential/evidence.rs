use styring_special::{Split, normal_inv, student, student_inv};

use super::walk::tails;
use crate::proportions::score_ends;
use crate::{Counts, Error, Moments};

/// What has been observed by a look, all looks before included: an effect and its z.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct Evidence {
    data: Data,
    estimate: f64,
    se: f64,
    z: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Data {
    Normal,
    Means { df: f64 },
    Rates { treatment: Counts, control: Counts },
}

impl Evidence {
    /// An effect with a known standard error, or one of so large a sample that it counts as known: of CUPED, of a ratio, of anything asymptotically normal. z = estimate / se.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an estimate that is no number or a standard error that is not above 0 and finite.
    pub fn normal(estimate: f64, se: f64) -> Result<Self, Error> {
        if !estimate.is_finite() {
            return Err(Error::range("estimate", "a number", estimate));
        }
        if !(se > 0.0 && se.is_finite()) {
            return Err(Error::range("se", "above 0 and finite", se));
        }
        Self { data: Data::Normal, estimate, se, z: estimate / se }.finite()
    }

    /// The difference of two means, treatment minus control, of values with one unknown variance.
    ///
    /// The pooled t is turned into the z of the same p-value, and intervals use t quantiles of the same level.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two values in an arm, [`Error::NoSpread`] if none varies.
    pub fn means(treatment: Moments, control: Moments) -> Result<Self, Error> {
        let df = (treatment.n().saturating_sub(1) + control.n().saturating_sub(1)) as f64;
        let sums = |arm: &Moments| Ok::<_, Error>(arm.variance(0)? * (arm.n() - 1) as f64);
        let variance = (sums(&treatment)? + sums(&control)?) / df;
        if variance <= 0.0 {
            return Err(Error::NoSpread { what: "the value" });
        }
        let estimate = treatment.mean(0) - control.mean(0);
        let se = (variance * (1.0 / treatment.n() as f64 + 1.0 / control.n() as f64)).sqrt();
        Self::of_t(estimate, se, df)
    }

    fn of_t(estimate: f64, se: f64, df: f64) -> Result<Self, Error> {
        let Self { estimate, se, z: t, .. } = Self::normal(estimate, se)?;
        let z = normal_inv(student(df, t)?);
        // A tail below the range of numbers has no z of its own: t will do.
        let z = if z.is_finite() { z } else { t };
        Ok(Self { data: Data::Means { df }, estimate, se, z })
    }

    /// The difference of two rates, treatment minus control. z is that of the pooled test; intervals are of the score test (Farrington and Manning 1990).
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] without trials in an arm, [`Error::NoSpread`] if all converted, or nobody.
    ///
    /// ```
    /// use styring_experiments::{Counts, group_sequential::Evidence};
    /// let look = Evidence::rates(Counts::new(243, 2_000)?, Counts::new(198, 2_000)?)?;
    /// assert!((look.z() - 2.272).abs() < 1e-3);
    /// # Ok::<(), styring_experiments::Error>(())
    /// ```
    pub fn rates(treatment: Counts, control: Counts) -> Result<Self, Error> {
        let (Some(rate), Some(base)) = (treatment.rate(), control.rate()) else {
            return Err(Error::TooFew { what: "trials in an arm", needed: 1, given: 0 });
        };
        let (n, m) = (treatment.trials() as f64, control.trials() as f64);
        let converted = (treatment.successes() as f64 + control.successes() as f64) / (n + m);
        let not = (treatment.failures() as f64 + control.failures() as f64) / (n + m);
        let pooled = (converted * not * (1.0 / n + 1.0 / m)).sqrt();
        if pooled <= 0.0 {
            return Err(Error::NoSpread { what: "conversion" });
        }
        let estimate = rate - base;
        let unpooled = (rate * (1.0 - rate) / n + base * (1.0 - base) / m).sqrt();
        // All of one arm and none of the other: only the pooled error is one.
        let se = if unpooled > 0.0 { unpooled } else { pooled };
        Self { data: Data::Rates { treatment, control }, estimate, se, z: estimate / pooled }.finite()
    }

    fn finite(self) -> Result<Self, Error> {
        if self.z.is_finite() { Ok(self) } else { Err(Error::range("z", "a number", self.z)) }
    }

    /// The effect.
    pub fn estimate(&self) -> f64 {
        self.estimate
    }

    /// Its standard error; for rates the unpooled one, while z has that without an effect.
    pub fn se(&self) -> f64 {
        self.se
    }

    /// The test statistic, standard normal without an effect.
    pub fn z(&self) -> f64 {
        self.z
    }

    /// The effects that a test whose critical value is `c` does not reject: estimate ± c·se, or what its kind has in place of that.
    pub(crate) fn interval(&self, c: f64) -> Result<(f64, f64), Error> {
        match self.data {
            Data::Normal => Ok((self.estimate - c * self.se, self.estimate + c * self.se)),
            Data::Means { df } => {
                let (upper, lower) = tails(c);
                let level = if c > 0.0 { Split::from_upper(upper)? } else { Split::from_lower(lower)? };
                let t = student_inv(df, level)?;
                Ok((self.estimate - t * self.se, self.estimate + t * self.se))
            }
            Data::Rates { treatment, control } => Ok(score_ends(treatment, control, c)),
        }
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Written {
    Normal { estimate: f64, se: f64 },
    Means { estimate: f64, se: f64, df: f64 },
    Rates { treatment: Counts, control: Counts },
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Evidence {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        match written {
            Written::Normal { estimate, se } => Self::normal(estimate, se),
            Written::Means { estimate, se, df } => Self::of_t(estimate, se, df),
            Written::Rates { treatment, control } => Self::rates(treatment, control),
        }
    }
}

#[cfg(feature = "serde")]
impl From<Evidence> for Written {
    fn from(Evidence { data, estimate, se, .. }: Evidence) -> Self {
        match data {
            Data::Normal => Self::Normal { estimate, se },
            Data::Means { df } => Self::Means { estimate, se, df },
            Data::Rates { treatment, control } => Self::Rates { treatment, control },
        }
    }
}
