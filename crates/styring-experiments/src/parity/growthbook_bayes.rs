//! GrowthBook's Bayesian engine and bandit, as it computes them (gbstats 0.8.0).
//!
//! **Where they fail.** The likelihood of the effect is a normal with the unpooled, for lifts the delta method's, variance: with few conversions the chance to win is too sure of itself, and an arm without conversions gets no
//! answer. Stopped at the first look with a chance above 95 %, 25 to 35 % of the experiments without an effect find one. The bandit's weights are 10 000 draws there; here they are exact.
//! [`bayes`](crate::bayes) has the conjugate posteriors.

use styring_special::{Split, normal, normal_inv};

use crate::bayes::{BestArm, Posterior, thompson_weights};
use crate::parity::growthbook_sequential::{Arm, effect};
use crate::{ConfidenceSet, Error, Level, Moments, Scale};

/// A normal prior of the lift, or a flat one.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "the two there are")]
pub enum Prior {
    /// Every effect alike.
    Flat,
    /// On the lift, whatever the scale of the answer: for a difference it is multiplied by the control's mean.
    OfLift {
        /// Its mean.
        mean: f64,
        /// Its variance.
        variance: f64,
    },
    /// On the effect in the scale of the answer.
    OfEffect {
        /// Its mean.
        mean: f64,
        /// Its variance.
        variance: f64,
    },
}

/// What the Bayesian engine shows.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Effect {
    chance_to_win: f64,
    mean: f64,
    deviation: f64,
    interval: ConfidenceSet,
    risk: [f64; 2],
}

impl Effect {
    /// The probability that the treatment is better.
    pub fn chance_to_win(&self) -> f64 {
        self.chance_to_win
    }

    /// The posterior mean of the effect.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Its standard deviation.
    pub fn deviation(&self) -> f64 {
        self.deviation
    }

    /// The credible interval.
    pub fn interval(&self) -> ConfidenceSet {
        self.interval
    }

    /// The expected loss of keeping the control, and of choosing the treatment.
    pub fn risk(&self) -> [f64; 2] {
        self.risk
    }
}

/// The posterior of an effect; where `lower_is_better`, the chance to win and the risks change sides.
///
/// # Errors
///
/// As [`sequential_test`](crate::parity::growthbook_sequential::sequential_test), and [`Error::OutOfRange`] for a prior's variance of zero or less.
///
/// ```
/// use styring_experiments::parity::growthbook_bayes::{Prior, effect_test};
/// use styring_experiments::parity::growthbook_sequential::Arm;
/// use styring_experiments::{Counts, Level, Scale};
///
/// let (control, treatment) = (Arm::Proportion(Counts::new(39, 700)?), Arm::Proportion(Counts::new(28, 700)?));
/// let effect = effect_test(control, treatment, Scale::Lift, Prior::Flat, false, Level::P95)?;
/// assert!((effect.chance_to_win() - 0.052_156_985_697).abs() < 1e-11);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn effect_test(
    control: Arm,
    treatment: Arm,
    scale: Scale,
    prior: Prior,
    lower_is_better: bool,
    level: Level,
) -> Result<Effect, Error> {
    let base = control.summary()?;
    let (estimate, error) = effect(base, treatment.summary()?, scale)?;
    let unit = if scale == Scale::Difference { base.0.abs() } else { 1.0 };
    let posterior = match prior {
        Prior::Flat => Posterior::normal(estimate, error)?,
        Prior::OfLift { mean, variance } => {
            Posterior::normal(mean * unit, variance.sqrt() * unit)?.after_estimate(estimate, error)?
        }
        Prior::OfEffect { mean, variance } => {
            Posterior::normal(mean, variance.sqrt())?.after_estimate(estimate, error)?
        }
    };
    let (mean, deviation) = (posterior.mean(), posterior.deviation());
    let sides = normal(mean / deviation)?;
    let risk = [gain(mean, deviation)?, gain(-mean, deviation)?];
    Ok(Effect {
        chance_to_win: if lower_is_better { sides.upper() } else { sides.lower() },
        mean,
        deviation,
        interval: posterior.interval(level)?,
        risk: if lower_is_better { [risk[1], risk[0]] } else { risk },
    })
}

/// E max(X, 0) of a normal X: σ φ(μ/σ) + μ Φ(μ/σ), without cancellation where μ is far below zero.
fn gain(mean: f64, deviation: f64) -> Result<f64, Error> {
    let z = mean / deviation;
    let density = libm::exp(-0.5 * z * z) / std::f64::consts::TAU.sqrt();
    if z < -8.0 {
        // φ(z) (1/z² − 3/z⁴ + 15/z⁶ − …)
        let w = 1.0 / (z * z);
        return Ok(deviation * density * w * (1.0 - w * (3.0 - w * (15.0 - w * (105.0 - w * 945.0)))));
    }
    Ok((deviation * density + mean * normal(z)?.lower()).max(0.0))
}

/// What the bandit comes to.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Bandit {
    posteriors: Vec<Posterior>,
    best: Vec<f64>,
    weights: Option<Vec<f64>>,
    intervals: Vec<ConfidenceSet>,
}

impl Bandit {
    /// The posterior of each arm's mean.
    pub fn posteriors(&self) -> &[Posterior] {
        &self.posteriors
    }

    /// The probability of each arm to be the best.
    pub fn best(&self) -> &[f64] {
        &self.best
    }

    /// The shares of traffic; none while an arm has fewer than 100 users.
    pub fn weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    /// The intervals that are shown: around the arm's mean, not the posterior's, with the posterior's width.
    pub fn intervals(&self) -> &[ConfidenceSet] {
        &self.intervals
    }
}

/// The Gaussian Thompson bandit: a normal posterior for each mean, the exact probability to be best, and an additive floor of the shares.
///
/// # Errors
///
/// [`Error::NoSpread`] for an arm that does not vary, [`Error::OutOfRange`] for a floor above 1/k or a prior's variance of zero or less, and what [`BestArm::of`] gives.
pub fn bandit(
    arms: &[Moments],
    prior: Prior,
    lower_is_better: bool,
    least_weight: f64,
    level: Level,
) -> Result<Bandit, Error> {
    const LEAST_USERS: u64 = 100;
    let (mut posteriors, mut intervals) = (Vec::with_capacity(arms.len()), Vec::with_capacity(arms.len()));
    let width = -normal_inv(Split::from_lower(level.alpha() / 2.0)?);
    for arm in arms {
        let (mean, squared) = Arm::Mean(*arm).summary()?;
        let posterior = match prior {
            Prior::Flat => Posterior::normal(mean, squared.sqrt())?,
            Prior::OfLift { mean: before, variance } | Prior::OfEffect { mean: before, variance } => {
                Posterior::normal(before, variance.sqrt())?.after_estimate(mean, squared.sqrt())?
            }
        };
        let margin = width * posterior.deviation();
        intervals.push(ConfidenceSet::between(mean - margin, mean + margin));
        posteriors.push(posterior);
    }
    let side = if lower_is_better { -1.0 } else { 1.0 };
    let signed: Vec<Posterior> = posteriors
        .iter()
        .map(|posterior| Posterior::normal(side * posterior.mean(), posterior.deviation()))
        .collect::<Result<_, _>>()?;
    let best = BestArm::of(&signed)?.probabilities().to_vec();
    let weights = thompson_weights(&best, least_weight)?;
    let enough = arms.iter().all(|arm| arm.n() >= LEAST_USERS);
    Ok(Bandit { posteriors, best, weights: enough.then_some(weights), intervals })
}
