use styring_special::{Split, beta_inc, beta_inc_inv, gamma_inc, gamma_inc_inv, normal, normal_inv};

use crate::stirling::{gamma_deviance, stirling};
use crate::{ConfidenceSet, Counts, Error, Events, Level};

/// What is known of an arm after the data: the distribution of its rate or mean.
///
/// Conjugate: a beta for a conversion rate, a gamma for events per exposure, a normal for a mean.
///
/// ```
/// use styring_experiments::bayes::Posterior;
/// use styring_experiments::{Counts, Level};
///
/// // A uniform prior, and 12 conversions of 340.
/// let rate = Posterior::beta(1.0, 1.0)?.after_counts(Counts::new(12, 340)?)?;
/// assert!((rate.mean() - 13.0 / 342.0).abs() < 1e-15);
/// assert!(rate.interval(Level::P95)?.contains(0.03));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Family", into = "Family"))]
pub struct Posterior(Family);

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub(crate) enum Family {
    Beta { a: f64, b: f64 },
    Gamma { shape: f64, rate: f64 },
    Normal { mean: f64, deviation: f64 },
}

/// A place of the real line on which a distribution is integrated: the logit of a rate, the logarithm of an event rate, a mean itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) centre: f64,
    pub(crate) high: f64,
    pub(crate) scale: f64,
}

/// What of either tail is left out of an integral.
const TAIL: f64 = 1e-25;

impl Posterior {
    /// Beta(a, b), of a rate; (1, 1) knows nothing, (½, ½) is Jeffreys'.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless both are from 0.1 to 1e12.
    pub fn beta(a: f64, b: f64) -> Result<Self, Error> {
        for (field, value) in [("a", a), ("b", b)] {
            shape(field, value)?;
        }
        Ok(Self(Family::Beta { a, b }))
    }

    /// Gamma with a shape and a rate, of events per exposure: as after `shape` events in `rate` of exposure.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the shape is from 0.1 to 1e12 and the rate above 0.
    pub fn gamma(shape_: f64, rate: f64) -> Result<Self, Error> {
        shape("shape", shape_)?;
        if rate > 0.0 && rate.is_finite() {
            Ok(Self(Family::Gamma { shape: shape_, rate }))
        } else {
            Err(Error::range("rate", "above 0", rate))
        }
    }

    /// Normal with a mean and a standard deviation, of a mean.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the mean is a number and the deviation above 0.
    pub fn normal(mean: f64, deviation: f64) -> Result<Self, Error> {
        if !mean.is_finite() {
            return Err(Error::range("mean", "a number", mean));
        }
        if deviation > 0.0 && deviation.is_finite() {
            Ok(Self(Family::Normal { mean, deviation }))
        } else {
            Err(Error::range("standard deviation", "above 0", deviation))
        }
    }

    /// The beta after more counts.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if this is no beta, or grows beyond its range.
    pub fn after_counts(self, counts: Counts) -> Result<Self, Error> {
        let Family::Beta { a, b } = self.0 else {
            return Err(Error::range("posterior of counts", "a beta", "another"));
        };
        Self::beta(a + counts.successes() as f64, b + counts.failures() as f64)
    }

    /// The gamma after more events.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if this is no gamma, or grows beyond its range.
    pub fn after_events(self, events: Events) -> Result<Self, Error> {
        let Family::Gamma { shape, rate } = self.0 else {
            return Err(Error::range("posterior of events", "a gamma", "another"));
        };
        Self::gamma(shape + events.count() as f64, rate + events.exposure())
    }

    /// The normal after an estimate with a standard error: precisions add.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if this is no normal, or the estimate or its error are no numbers to go by.
    pub fn after_estimate(self, estimate: f64, error: f64) -> Result<Self, Error> {
        let Family::Normal { mean, deviation } = self.0 else {
            return Err(Error::range("posterior of an estimate", "a normal", "another"));
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

    /// The value that is exceeded with probability `p.upper()`.
    ///
    /// # Errors
    ///
    /// [`Error::Special`] if it is not found.
    pub(crate) fn quantile(self, p: Split) -> Result<f64, Error> {
        Ok(match self.0 {
            Family::Beta { a, b } => beta_inc_inv(a, b, p)?.lower(),
            Family::Gamma { shape, rate } => gamma_inc_inv(shape, p)? / rate,
            Family::Normal { mean, deviation } => mean + deviation * normal_inv(p),
        })
    }

    /// The equal-tailed credible interval.
    ///
    /// # Errors
    ///
    /// [`Error::Special`] if it is not found.
    pub fn interval(self, level: Level) -> Result<ConfidenceSet, Error> {
        let tail = Split::from_lower(level.alpha() / 2.0)?;
        Ok(ConfidenceSet::between(self.quantile(tail)?, self.quantile(tail.swapped())?))
    }

    /// How probable it is to be at most a value, and above.
    ///
    /// # Errors
    ///
    /// [`Error::Special`] for a value that is no number.
    pub(crate) fn below(self, value: f64) -> Result<Split, Error> {
        Ok(match self.0 {
            Family::Beta { .. } if value <= 0.0 => Split::from_lower(0.0)?,
            Family::Beta { .. } if value >= 1.0 => Split::from_upper(0.0)?,
            Family::Beta { a, b } => beta_inc(a, b, Split::from_lower(value)?)?,
            Family::Gamma { shape, rate } => gamma_inc(shape, (value * rate).max(0.0))?,
            Family::Normal { mean, deviation } => normal((value - mean) / deviation)?,
        })
    }

    /// As [`Posterior::below`], at a place.
    ///
    /// None cannot be: shapes and places are in range.
    pub(crate) fn below_place(self, place: f64) -> Option<Split> {
        let split = match self.0 {
            Family::Beta { a, b } => logit_split(place).and_then(|x| beta_inc(a, b, x)),
            Family::Gamma { shape, rate } => gamma_inc(shape, libm::exp(place) * rate),
            Family::Normal { mean, deviation } => normal((place - mean) / deviation),
        };
        split.ok()
    }

    /// The density over places.
    pub(crate) fn density(self, place: f64) -> f64 {
        const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;
        match self.0 {
            Family::Beta { a, b } => {
                let sum = a + b;
                let x = 1.0 / (1.0 + libm::exp(-place));
                let y = 1.0 / (1.0 + libm::exp(place));
                // How far x is from a/(a+b), in whichever of x and 1 − x is the smaller.
                let apart = if x < y { x - a / sum } else { b / sum - y };
                let lost =
                    a * gamma_deviance((apart * sum / a).max(-1.0)) + b * gamma_deviance((-apart * sum / b).max(-1.0));
                let log = 0.5 * libm::log(a / sum * b) - HALF_LN_TAU + stirling(sum) - stirling(a) - stirling(b);
                libm::exp(log - lost)
            }
            Family::Gamma { shape, rate } => {
                let u = libm::exp(place) * rate / shape - 1.0;
                libm::exp(0.5 * libm::log(shape) - HALF_LN_TAU - stirling(shape) - shape * gamma_deviance(u))
            }
            Family::Normal { mean, deviation } => {
                let z = (place - mean) / deviation;
                libm::exp(-0.5 * z * z - HALF_LN_TAU) / deviation
            }
        }
    }

    /// The value at a place, and how fast it changes there.
    pub(crate) fn value(self, place: f64) -> (f64, f64) {
        match self.0 {
            Family::Beta { .. } => {
                let (x, y) = (1.0 / (1.0 + libm::exp(-place)), 1.0 / (1.0 + libm::exp(place)));
                (x, x * y)
            }
            Family::Gamma { .. } => (libm::exp(place), libm::exp(place)),
            Family::Normal { .. } => (place, 1.0),
        }
    }

    /// Where the mass lies.
    pub(crate) fn range(self) -> Result<Range, Error> {
        let tail = Split::from_lower(TAIL)?;
        Ok(match self.0 {
            Family::Beta { a, b } => {
                let place = |x: Split| libm::log(x.lower()) - libm::log(x.upper());
                let ends = [beta_inc_inv(a, b, tail)?, beta_inc_inv(a, b, tail.swapped())?];
                Range {
                    low: place(ends[0]),
                    centre: libm::log(a / b),
                    high: place(ends[1]),
                    scale: (1.0 / a + 1.0 / b).sqrt(),
                }
            }
            Family::Gamma { shape, rate } => Range {
                low: libm::log(gamma_inc_inv(shape, tail)? / rate),
                centre: libm::log(shape / rate),
                high: libm::log(gamma_inc_inv(shape, tail.swapped())? / rate),
                scale: (1.0 / shape).sqrt(),
            },
            Family::Normal { mean, deviation } => {
                let reach = 10.6 * deviation;
                Range { low: mean - reach, centre: mean, high: mean + reach, scale: deviation }
            }
        })
    }

    pub(crate) fn family(self) -> Family {
        self.0
    }

    /// Whether two are of one kind, and so can be compared.
    pub(crate) fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self.0) == std::mem::discriminant(&other.0)
    }
}

fn logit_split(place: f64) -> Result<Split, styring_special::Error> {
    if place < 0.0 { Split::from_ratio(libm::exp(place), 1.0) } else { Split::from_ratio(1.0, libm::exp(-place)) }
}

fn shape(field: &'static str, value: f64) -> Result<(), Error> {
    if (0.1..=1e12).contains(&value) { Ok(()) } else { Err(Error::range(field, "from 0.1 to 1e12", value)) }
}

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

impl From<Posterior> for Family {
    fn from(posterior: Posterior) -> Self {
        posterior.0
    }
}
