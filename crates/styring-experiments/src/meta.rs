//! Several experiments on one question: pooled effects, and combined p-values.

use styring_special::{Split, gamma_inc, normal, normal_inv};

use crate::student_pivot::{Pivot, Question};
use crate::{Error, Hypothesis, Readout, Scale};

/// Effects of several experiments with the squares of their standard errors.
///
/// Effects must be on one scale: differences, or the logarithms of ratios. [`Readout`]s of this module are differences; take lifts to logarithms first and the answer back.
///
/// ```
/// use styring_experiments::{Level, meta::MetaAnalysis};
///
/// // ln(1 + lift) of four holdouts.
/// let holdouts = MetaAnalysis::new(&[0.06, 0.02, 0.11, 0.04], &[0.0004, 0.0009, 0.0016, 0.0004])?;
/// let one_effect = holdouts.fixed_effect(Level::P95)?;
/// let differing = holdouts.random_effects(Level::P95)?;
/// assert!((one_effect.estimate().unwrap_or(0.0) - 0.0506).abs() < 1e-4);
/// assert!(differing.p_value() >= one_effect.p_value());
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(Vec<f64>, Vec<f64>)", into = "(Vec<f64>, Vec<f64>)"))]
pub struct MetaAnalysis {
    effects: Vec<f64>,
    variances: Vec<f64>,
}

impl MetaAnalysis {
    /// From effects and their variances (squared standard errors).
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for lists of two lengths; [`Error::TooFew`] without effects; [`Error::OutOfRange`] for an effect that is not finite or a variance that is not above zero.
    pub fn new(effects: &[f64], variances: &[f64]) -> Result<Self, Error> {
        if effects.len() != variances.len() {
            return Err(Error::Lengths {
                what: "effects and variances",
                first: effects.len(),
                second: variances.len(),
            });
        }
        if effects.is_empty() {
            return Err(Error::TooFew { what: "effects", needed: 1, given: 0 });
        }
        if let Some(effect) = effects.iter().find(|effect| !effect.is_finite()) {
            return Err(Error::range("effect", "a number", effect));
        }
        if let Some(variance) = variances.iter().find(|variance| !(**variance > 0.0 && variance.is_finite())) {
            return Err(Error::range("variance", "above 0", variance));
        }
        Ok(Self { effects: effects.to_vec(), variances: variances.to_vec() })
    }

    /// One effect for all: Σ w y / Σ w with w = 1/v, and the variance 1 / Σ w.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a null that is no number, or a result too large for one.
    pub fn fixed_effect(&self, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let (mean, error) = self.pooled(0.0);
        Self::readout("fixed effect", mean, error, f64::INFINITY, hypothesis.into())
    }

    /// The mean of effects that differ from experiment to experiment: the weights are 1 / (v + τ²) (DerSimonian and Laird 1986).
    ///
    /// With few experiments its interval is too short, as τ² is taken for known; [`MetaAnalysis::hartung_knapp`] is not.
    ///
    /// # Errors
    ///
    /// Those of [`MetaAnalysis::fixed_effect`].
    pub fn random_effects(&self, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let (mean, error) = self.pooled(self.tau_squared());
        Self::readout("random effects", mean, error, f64::INFINITY, hypothesis.into())
    }

    /// As [`MetaAnalysis::random_effects`], with the error from the spread of the effects themselves: Σ w (y − μ)² / ((k − 1) Σ w), and Student's t with k − 1 degrees of freedom (Hartung and
    /// Knapp 2001).
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two effects; [`Error::NoSpread`] if they are all alike; those of [`MetaAnalysis::fixed_effect`].
    pub fn hartung_knapp(&self, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        if self.effects.len() < 2 {
            return Err(Error::TooFew { what: "effects", needed: 2, given: self.effects.len() as u64 });
        }
        let tau = self.tau_squared();
        let (mean, _) = self.pooled(tau);
        let degrees = self.degrees();
        let weights: f64 = self.variances.iter().map(|variance| 1.0 / (variance + tau)).sum();
        let spread = self.spread_about(mean, tau);
        if spread <= 0.0 {
            return Err(Error::NoSpread { what: "the effects" });
        }
        Self::readout("Hartung-Knapp", mean, (spread / degrees / weights).sqrt(), degrees, hypothesis.into())
    }

    /// Cochran's Q: Σ w (y − μ)², chi-squared with one less degree of freedom than effects if there is one effect.
    pub fn q(&self) -> f64 {
        self.spread_about(self.pooled(0.0).0, 0.0)
    }

    /// How probable effects as different are if there is one effect.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two effects.
    pub fn q_p_value(&self) -> Result<f64, Error> {
        if self.effects.len() < 2 {
            return Err(Error::TooFew { what: "effects", needed: 2, given: self.effects.len() as u64 });
        }
        Ok(gamma_inc(self.degrees() / 2.0, self.q() / 2.0)?.upper())
    }

    /// The variance of effects between experiments by the method of moments, not below zero.
    pub fn tau_squared(&self) -> f64 {
        self.moment().max(0.0)
    }

    /// The share of the spread of effects that is not their error, I², not below zero (Higgins and Thompson 2002).
    pub fn i_squared(&self) -> f64 {
        let q = self.q();
        if q > 0.0 && self.degrees() > 0.0 { ((q - self.degrees()) / q).max(0.0) } else { 0.0 }
    }

    /// τ² by the method of moments, below zero where effects differ less than their errors do.
    fn moment(&self) -> f64 {
        let (mut first, mut second) = (0.0, 0.0);
        for variance in &self.variances {
            first += 1.0 / variance;
            second += 1.0 / variance / variance;
        }
        let divisor = first - second / first;
        if divisor > 0.0 { (self.q() - self.degrees()) / divisor } else { 0.0 }
    }

    fn degrees(&self) -> f64 {
        (self.effects.len() - 1) as f64
    }

    fn pooled(&self, tau_squared: f64) -> (f64, f64) {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (effect, variance) in self.effects.iter().zip(&self.variances) {
            let weight = 1.0 / (variance + tau_squared);
            sum += weight * effect;
            weights += weight;
        }
        (sum / weights, (1.0 / weights).sqrt())
    }

    fn spread_about(&self, mean: f64, tau_squared: f64) -> f64 {
        self.effects
            .iter()
            .zip(&self.variances)
            .map(|(effect, variance)| (effect - mean).powi(2) / (variance + tau_squared))
            .sum()
    }

    fn readout(
        method: &'static str,
        estimate: f64,
        error: f64,
        degrees: f64,
        hypothesis: Hypothesis,
    ) -> Result<Readout, Error> {
        if !(estimate.is_finite() && error > 0.0 && error.is_finite()) {
            return Err(Error::range("pooled effect", "within the range of a number", estimate));
        }
        Pivot { estimate, error, degrees }.readout(method, Scale::Difference, Question::of(hypothesis, 0.0)?)
    }
}

impl TryFrom<(Vec<f64>, Vec<f64>)> for MetaAnalysis {
    type Error = Error;

    fn try_from((effects, variances): (Vec<f64>, Vec<f64>)) -> Result<Self, Error> {
        Self::new(&effects, &variances)
    }
}

impl From<MetaAnalysis> for (Vec<f64>, Vec<f64>) {
    fn from(analysis: MetaAnalysis) -> Self {
        (analysis.effects, analysis.variances)
    }
}

/// One p-value of independent ones, sensitive to a single small one: −2 Σ ln p is chi-squared with 2k degrees of freedom (Fisher 1932).
///
/// Two-sided p-values may stem from effects of either sign; combine one-sided ones if that matters.
///
/// # Errors
///
/// [`Error::TooFew`] without p-values; [`Error::OutOfRange`] for one that is not above 0 and at most 1.
///
/// ```
/// use styring_experiments::meta::fisher;
/// assert!((fisher(&[0.08, 0.03, 0.2])? - 0.018_163_06).abs() < 1e-7);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn fisher(p_values: &[f64]) -> Result<f64, Error> {
    check(p_values)?;
    let sum: f64 = p_values.iter().map(|p| -libm::log(*p)).sum();
    Ok(gamma_inc(p_values.len() as f64, sum)?.upper())
}

/// One p-value of independent one-sided ones, by the sum of their normal quantiles over √k (Stouffer 1949).
///
/// # Errors
///
/// Those of [`fisher`].
///
/// ```
/// use styring_experiments::meta::stouffer;
/// assert!((stouffer(&[0.08, 0.03, 0.2])? - 0.008_585_97).abs() < 1e-7);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn stouffer(p_values: &[f64]) -> Result<f64, Error> {
    weighted_stouffer(p_values, &vec![1.0; p_values.len()])
}

/// As [`stouffer`], weighted: Σ w z / √Σ w², with w such as the square roots of the sizes (Lipták 1958).
///
/// # Errors
///
/// Those of [`fisher`]; [`Error::Lengths`] unless there is a weight for every p-value; [`Error::OutOfRange`] for a weight that is not above zero.
pub fn weighted_stouffer(p_values: &[f64], weights: &[f64]) -> Result<f64, Error> {
    check(p_values)?;
    if p_values.len() != weights.len() {
        return Err(Error::Lengths { what: "p-values and weights", first: p_values.len(), second: weights.len() });
    }
    let (mut sum, mut squares) = (0.0, 0.0);
    for (p, weight) in p_values.iter().zip(weights) {
        if !(*weight > 0.0 && weight.is_finite()) {
            return Err(Error::range("weight", "above 0", weight));
        }
        sum += weight * normal_inv(Split::from_upper(*p)?);
        squares += weight * weight;
    }
    Ok(normal(sum / squares.sqrt())?.upper())
}

fn check(p_values: &[f64]) -> Result<(), Error> {
    if p_values.is_empty() {
        return Err(Error::TooFew { what: "p-values", needed: 1, given: 0 });
    }
    match p_values.iter().find(|p| !(**p > 0.0 && **p <= 1.0)) {
        Some(p) => Err(Error::range("p-value", "above 0 and at most 1", p)),
        None => Ok(()),
    }
}
