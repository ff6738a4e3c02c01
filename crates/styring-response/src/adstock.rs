use crate::error::{between, positive};
use crate::{Carryover, Decay, Error};

/// Windows longer than this are refused: no series of periods is so long.
const LONGEST: usize = 10_000;
/// Spends and weights above this are refused, so that no sum leaves the range of numbers.
pub(crate) const LARGEST: f64 = 1e100;

/// Adstock: what of past spend is still at work, `y_t = Σ_l w_l·x_{t−l}`.
///
/// It is linear: twice the spend, twice as much at work. Weights are as the [`Decay`] gives them, or normalised to sum to one, so that a spend that does not change comes out as it went in.
///
/// Source: Broadbent 1979 (geometric); Jin et al. 2017 (delayed). Peers' variants of the same names: [`parity`](crate::parity).
///
/// ```
/// use styring_response::Adstock;
///
/// let adstock = Adstock::geometric(0.5)?;
/// assert_eq!(adstock.carry(&[100.0, 0.0, 0.0, 40.0])?, [100.0, 50.0, 25.0, 52.5]);
/// assert_eq!(adstock.multiplier(), 2.0); // what steady spend builds up to
/// assert_eq!(adstock.normalised()?.carry(&[100.0, 0.0])?, [50.0, 25.0]);
///
/// // Next week goes on from here.
/// let mut carryover = adstock.after(&[100.0, 0.0, 0.0, 40.0])?;
/// assert_eq!(carryover.left(), 26.25);
/// assert_eq!(carryover.push(10.0)?, 36.25);
/// # Ok::<(), styring_response::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Stored", into = "Stored"))]
pub struct Adstock {
    decay: Decay,
    normalised: bool,
    kernel: Kernel,
}

/// What the sums are made with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kernel {
    /// `y_t = first·x_t + keep·y_{t−1}`.
    Recursive { first: f64, keep: f64 },
    /// A weight for each age.
    Window(Vec<f64>),
}

/// As it is stored.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Adstock", deny_unknown_fields)]
struct Stored {
    of: Decay,
    #[serde(default)]
    normalised: bool,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for Adstock {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let adstock = Self::new(stored.of)?;
        if stored.normalised { adstock.normalised() } else { Ok(adstock) }
    }
}

#[cfg(feature = "serde")]
impl From<Adstock> for Stored {
    fn from(adstock: Adstock) -> Self {
        Self { of: adstock.decay, normalised: adstock.normalised }
    }
}

impl Adstock {
    /// The adstock of a decay, if its parameters are in their ranges.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] naming the parameter; windows are from 1 to 10 000 periods.
    pub fn new(decay: Decay) -> Result<Self, Error> {
        let kernel = match &decay {
            Decay::Geometric { theta } => {
                if !(0.0..1.0).contains(theta) {
                    return Err(Error::range("theta", "0 or above and below 1", *theta));
                }
                Kernel::Recursive { first: 1.0, keep: *theta }
            }
            Decay::Windowed { alpha, window } => {
                between("alpha", 0.0, 1.0, "from 0 to 1", *alpha)?;
                let mut weight = 1.0;
                ages(*window, |_| {
                    let now = weight;
                    weight *= alpha;
                    now
                })?
            }
            Decay::Delayed { alpha, theta, window } => {
                positive("alpha", *alpha)?;
                between("alpha", 0.0, 1.0, "above 0 and at most 1", *alpha)?;
                between("theta", 0.0, LONGEST as f64, "from 0 to 10 000", *theta)?;
                ages(*window, |age| libm::pow(*alpha, (age - theta) * (age - theta)))?
            }
            Decay::WeibullPdf { shape, scale, window } => {
                let left = survival(*shape, *scale)?;
                // What comes in a period, without cancellation where next to nothing has come yet.
                ages(*window, |age| {
                    let (now, next) = (hazard(*shape, *scale, age), hazard(*shape, *scale, age + 1.0));
                    if next.is_finite() { left(age) * -libm::expm1(now - next) } else { left(age) }
                })?
            }
            Decay::WeibullCdf { shape, scale, window } => {
                let left = survival(*shape, *scale)?;
                ages(*window, left)?
            }
            Decay::Binomial { alpha, window } => {
                between("alpha", 0.0, 1.0, "from 0 to 1", *alpha)?;
                let window_length = *window as f64;
                ages(*window, |age| libm::pow(1.0 - age / window_length, 1.0 / alpha.abs() - 1.0))?
            }
            Decay::Weights { weights } => {
                check_window(weights.len())?;
                for weight in weights {
                    between("weight", 0.0, LARGEST, "zero or above, and at most 1e100", *weight)?;
                }
                Kernel::Window(weights.clone())
            }
        };
        Ok(Self { decay, normalised: false, kernel })
    }

    /// Nothing carries over.
    pub fn none() -> Self {
        let decay = Decay::Geometric { theta: 0.0 };
        Self { decay, normalised: false, kernel: Kernel::Recursive { first: 1.0, keep: 0.0 } }
    }

    /// `y_t = x_t + θ·y_{t−1}`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless θ is 0 or above and below 1.
    pub fn geometric(theta: f64) -> Result<Self, Error> {
        Self::new(Decay::Geometric { theta })
    }

    /// The same with weights that sum to one.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if they sum to nothing, or to less than numbers can divide by.
    pub fn normalised(&self) -> Result<Self, Error> {
        let sum = self.multiplier();
        if sum < f64::MIN_POSITIVE {
            return Err(Error::range("sum of weights", "above 0", sum));
        }
        let kernel = match &self.kernel {
            _ if self.normalised => self.kernel.clone(),
            Kernel::Recursive { first, keep } => Kernel::Recursive { first: first / sum, keep: *keep },
            Kernel::Window(weights) => Kernel::Window(weights.iter().map(|weight| weight / sum).collect()),
        };
        Ok(Self { decay: self.decay.clone(), normalised: true, kernel })
    }

    /// The decay and its parameters.
    pub fn decay(&self) -> &Decay {
        &self.decay
    }

    /// Whether its weights sum to one because they were made to.
    pub fn is_normalised(&self) -> bool {
        self.normalised
    }

    /// After how many periods nothing is left; none for a geometric decay, which has no end.
    pub fn window(&self) -> Option<usize> {
        match &self.kernel {
            Kernel::Recursive { .. } => None,
            Kernel::Window(weights) => Some(weights.len()),
        }
    }

    /// The weights of the ages 0, 1, …: as many as asked for, or as there are.
    pub fn weights(&self, periods: usize) -> Vec<f64> {
        match &self.kernel {
            Kernel::Recursive { first, keep } => {
                let next = |weight: &f64| Some(weight * keep);
                std::iter::successors(Some(*first), next).take(periods).collect()
            }
            Kernel::Window(weights) => weights.iter().take(periods).copied().collect(),
        }
    }

    /// What is at work in each period, with nothing spent before the first.
    ///
    /// Cost: one multiplication per period for a geometric decay, one per period and age in the window for others.
    ///
    /// # Errors
    ///
    /// [`Error::Spend`] for a spend below zero, above 1e100, or that is no number.
    pub fn carry(&self, spend: &[f64]) -> Result<Vec<f64>, Error> {
        check_spend(spend)?;
        match &self.kernel {
            Kernel::Recursive { first, keep } => {
                let mut at_work = 0.0;
                let carried = spend.iter().map(|spend| {
                    at_work = first * spend + keep * at_work;
                    at_work
                });
                Ok(carried.collect())
            }
            Kernel::Window(weights) => {
                // Age by age, which adds to each period in the order of ages and lets the inner loop run over periods.
                let mut carried = vec![0.0; spend.len()];
                for (age, weight) in weights.iter().enumerate().take(spend.len()) {
                    for (sum, spend) in carried.iter_mut().skip(age).zip(spend) {
                        *sum += weight * spend;
                    }
                }
                Ok(carried)
            }
        }
    }

    /// What has been built up by these spends, to go on from.
    ///
    /// # Errors
    ///
    /// Those of [`Adstock::carry`].
    pub fn after(&self, spend: &[f64]) -> Result<Carryover, Error> {
        Carryover::after(self, spend)
    }

    /// What steady spend builds up to, per unit of it: `Σ w_l`.
    pub fn multiplier(&self) -> f64 {
        match &self.kernel {
            Kernel::Recursive { first, keep } => first / (1.0 - keep),
            Kernel::Window(weights) => weights.iter().sum(),
        }
    }

    /// How old spend is on average when it works, in periods: `Σ l·w_l / Σ w_l`; none if all weights are zero.
    pub fn mean_age(&self) -> Option<f64> {
        match &self.kernel {
            Kernel::Recursive { keep, .. } => Some(keep / (1.0 - keep)),
            Kernel::Window(weights) => {
                let weighted: f64 = weights.iter().enumerate().map(|(age, weight)| age as f64 * weight).sum();
                let sum = self.multiplier();
                (sum > 0.0).then(|| weighted / sum)
            }
        }
    }

    /// Which share of the effect comes within the first periods; none if all weights are zero.
    ///
    /// A test that measures four weeks of results sees `share_within(4)` of what its last spend does at the least.
    pub fn share_within(&self, periods: usize) -> Option<f64> {
        match &self.kernel {
            Kernel::Recursive { keep, .. } => Some(1.0 - libm::pow(*keep, periods as f64)),
            Kernel::Window(weights) => {
                let sum = self.multiplier();
                (sum > 0.0).then(|| weights.iter().take(periods).sum::<f64>() / sum)
            }
        }
    }

    pub(crate) fn kernel(&self) -> &Kernel {
        &self.kernel
    }
}

pub(crate) fn check_spend(spend: &[f64]) -> Result<(), Error> {
    match spend.iter().enumerate().find(|(_, spend)| !(0.0..=LARGEST).contains(*spend)) {
        Some((index, value)) => Err(Error::Spend { index, value: *value }),
        None => Ok(()),
    }
}

fn check_window(window: usize) -> Result<(), Error> {
    if (1..=LONGEST).contains(&window) {
        Ok(())
    } else {
        Err(Error::range("window", "from 1 to 10 000 periods", window as f64))
    }
}

/// A weight for each age of the window.
fn ages(window: usize, weight: impl FnMut(f64) -> f64) -> Result<Kernel, Error> {
    check_window(window)?;
    Ok(Kernel::Window((0..window).map(|age| age as f64).map(weight).collect()))
}

/// The cumulated hazard (age/scale)^shape.
fn hazard(shape: f64, scale: f64, age: f64) -> f64 {
    libm::pow(age / scale, shape)
}

fn survival(shape: f64, scale: f64) -> Result<impl Fn(f64) -> f64, Error> {
    positive("shape", shape)?;
    positive("scale", scale)?;
    Ok(move |age| libm::exp(-hazard(shape, scale, age)))
}
