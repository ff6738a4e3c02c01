use super::outward::{binomial, probabilities};
use crate::distribution::check_listed;
use crate::{Error, ExposureDistribution};

/// How close r2 may come to one of its limits before it is taken to be there.
const LIMIT: f64 = 1e-12;

/// Exposures to several insertions in one vehicle, people differing in how likely they are to meet each: Metheringham's beta-binomial.
///
/// Determined by the reach of one insertion, r1, and of two, r2: α = r1 (r2 − r1)/(2 r1 − r1² − r2), β = α (1 − r1)/r1, and X ~ BetaBinomial(n, α, β) after n insertions. The two limits are answers of their own, see
/// [`Insertions`]. A vehicle with a cap, or whose audience changes by season, is not described by it.
///
/// Metheringham (1964), Measuring the net cumulative coverage of a print campaign; Hyett (1958).
///
/// ```
/// use styring_reach::BetaBinomial;
///
/// let weekly = BetaBinomial::from_reaches(0.30, 0.45)?; // one issue reaches 30 %, two reach 45 %
/// let five = weekly.distribution(5)?;
/// assert!((five.reach() - 0.649_839_7).abs() < 1e-7);
/// assert!((five.mean() - 1.5).abs() < 1e-12);
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Stored"))]
pub struct BetaBinomial {
    r1: f64,
    r2: f64,
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    r1: f64,
    r2: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for BetaBinomial {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Self::from_reaches(stored.r1, stored.r2)
    }
}

/// How people differ in their meeting the insertions of a vehicle.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "a beta distribution and its two limits")]
pub enum Insertions {
    /// Some more, some less: probabilities from a beta distribution.
    BetaBinomial {
        /// The first parameter.
        alpha: f64,
        /// The second parameter.
        beta: f64,
    },
    /// All alike, r2 = 2 r1 − r1²: each insertion reaches anybody with the same probability.
    Binomial,
    /// Always the same people, r2 = r1: who meets one meets all.
    Polarized,
}

impl BetaBinomial {
    /// From the share of the universe that one insertion reaches, and the share that two do.
    ///
    /// Errors: r1 not between 0 and 1; r2 below r1 or above 2 r1 − r1², which no people reach.
    pub fn from_reaches(r1: f64, r2: f64) -> Result<Self, Error> {
        if !(r1 > 0.0 && r1 < 1.0) {
            return Err(Error::OutOfRange { field: "r1", expected: "above 0 and below 1", value: r1.to_string() });
        }
        if !(r2 >= r1 - LIMIT && r2 <= r1 * (2.0 - r1) + LIMIT) {
            return Err(Error::OutOfRange { field: "r2", expected: "from r1 to 2 r1 - r1^2", value: r2.to_string() });
        }
        Ok(Self { r1, r2 })
    }

    /// All alike: each insertion reaches each with probability r1.
    ///
    /// Errors: r1 not between 0 and 1.
    pub fn binomial(r1: f64) -> Result<Self, Error> {
        Self::from_reaches(r1, r1 * (2.0 - r1))
    }

    /// The reach of one insertion.
    pub fn r1(&self) -> f64 {
        self.r1
    }

    /// The reach of two insertions.
    pub fn r2(&self) -> f64 {
        self.r2
    }

    /// Which of the three it is, with the parameters.
    pub fn insertions(&self) -> Insertions {
        let (more, less) = (self.r2 - self.r1, self.r1 * (2.0 - self.r1) - self.r2);
        if less <= LIMIT {
            Insertions::Binomial
        } else if more <= LIMIT {
            Insertions::Polarized
        } else {
            let alpha = self.r1 * more / less;
            Insertions::BetaBinomial { alpha, beta: alpha * (1.0 - self.r1) / self.r1 }
        }
    }

    /// Exposures after so many insertions, all of them listed. Cost: grows with the insertions.
    ///
    /// Errors: more than a million insertions.
    pub fn distribution(&self, insertions: u32) -> Result<ExposureDistribution, Error> {
        let n = check_listed(insertions)?;
        let pmf = match self.insertions() {
            Insertions::Binomial => binomial(n, self.r1),
            Insertions::Polarized => {
                let mut pmf = vec![0.0; n as usize + 1];
                pmf[0] += 1.0 - self.r1;
                pmf[n as usize] += self.r1;
                pmf
            }
            Insertions::BetaBinomial { alpha, beta } => {
                let trials = f64::from(n);
                // With both parameters below one the ends are modes and the middle is a valley not deep enough to lose digits in.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and n")]
                let mode = match (alpha > 1.0, beta > 1.0) {
                    (true, true) => (trials * (alpha - 1.0) / (alpha + beta - 2.0)) as u32,
                    (true, false) => n,
                    (false, _) => 0,
                };
                probabilities(n, mode, |k| (trials - k) / (k + 1.0) * ((alpha + k) / (beta + trials - k - 1.0)))
            }
        };
        Ok(ExposureDistribution::unchecked(pmf, 0.0, f64::from(n) * self.r1))
    }
}
