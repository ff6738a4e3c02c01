use styring_special::{Split, gamma_inc};

use crate::Error;
use crate::binomial::{TIE, deviance, no_more_probable};

/// Below this expectation in an arm, χ² is no measure.
const SMALL: f64 = 5.0;

/// No more outcomes than this are enumerated.
const OUTCOMES: f64 = 2e6;

/// Whether the arms have as many units as they were meant to (sample-ratio mismatch).
///
/// Units that are missing from one arm are missing for a reason: a redirect that fails, a bot filter, a cache. Then the arms are not alike, and no test of the effect can be read, however large the samples.
/// The usual alarm is p < 0.001.
///
/// Arms with weight zero take no part; if there are units in one, [`SampleRatio::leaks`] says so, which no p-value does.
///
/// ```
/// use styring_experiments::SampleRatio;
///
/// // The best-known of them: 821 588 against 815 482, meant half and half.
/// let ratio = SampleRatio::new(&[821_588, 815_482], &[1.0, 1.0])?;
/// assert!(ratio.p_value()? < 2e-6);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SampleRatio {
    /// Of arms with positive weight.
    observed: Vec<u64>,
    shares: Vec<f64>,
    total: f64,
    leaks: Vec<usize>,
}

impl SampleRatio {
    /// The units in each arm, and the weights they were meant to have; weights are relative to each other.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for two lists of different length; [`Error::OutOfRange`] for a weight below zero or not finite; [`Error::TooFew`] with fewer than two positive weights, or without a unit.
    pub fn new(observed: &[u64], weights: &[f64]) -> Result<Self, Error> {
        if observed.len() != weights.len() {
            return Err(Error::Lengths { what: "units and weights", first: observed.len(), second: weights.len() });
        }
        if let Some(weight) = weights.iter().find(|weight| !(weight.is_finite() && **weight >= 0.0)) {
            return Err(Error::range("weight", "0 or above", weight));
        }
        let largest = weights.iter().copied().fold(0.0, f64::max);
        let arms: Vec<(u64, f64)> = observed
            .iter()
            .zip(weights)
            .filter(|(_, weight)| **weight > 0.0)
            .map(|(observed, weight)| (*observed, weight / largest))
            .collect();
        if arms.len() < 2 {
            return Err(Error::TooFew { what: "arms with positive weight", needed: 2, given: arms.len() as u64 });
        }
        let sum: f64 = arms.iter().map(|(_, weight)| weight).sum();
        let total: u128 = arms.iter().map(|(observed, _)| u128::from(*observed)).sum();
        if total == 0 {
            return Err(Error::TooFew { what: "units", needed: 1, given: 0 });
        }
        let leaks = (0..observed.len()).filter(|arm| weights[*arm] == 0.0 && observed[*arm] > 0).collect();
        Ok(Self {
            observed: arms.iter().map(|(observed, _)| *observed).collect(),
            shares: arms.iter().map(|(_, weight)| weight / sum).collect(),
            total: total as f64,
            leaks,
        })
    }

    /// The places of arms that were meant to have nobody, and have somebody.
    pub fn leaks(&self) -> &[usize] {
        &self.leaks
    }

    fn cells(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.observed.iter().zip(&self.shares).map(|(observed, share)| (*observed as f64, share * self.total))
    }

    /// Pearson's Σ (observed − expected)² / expected.
    pub fn chi_squared(&self) -> f64 {
        self.cells().map(|(observed, expected)| (observed - expected) * ((observed - expected) / expected)).sum()
    }

    /// The p-value of Pearson's statistic, with one degree of freedom fewer than arms of positive weight.
    ///
    /// # Errors
    ///
    /// [`Error::Special`] if the distribution function has no value there, which no count has shown.
    pub fn chi_squared_p(&self) -> Result<f64, Error> {
        self.upper_tail(self.chi_squared())
    }

    /// The likelihood ratio G = 2 Σ observed ln(observed / expected).
    pub fn g(&self) -> f64 {
        2.0 * self.cells().map(|(observed, expected)| deviance(observed, expected)).sum::<f64>()
    }

    /// The p-value of G.
    ///
    /// # Errors
    ///
    /// As [`SampleRatio::chi_squared_p`].
    pub fn g_p(&self) -> Result<f64, Error> {
        self.upper_tail(self.g())
    }

    fn upper_tail(&self, statistic: f64) -> Result<f64, Error> {
        let degrees = (self.observed.len() - 1) as f64;
        Ok(gamma_inc(degrees / 2.0, statistic.max(0.0) / 2.0)?.upper())
    }

    /// The exact p-value: the probability of all outcomes that are no more probable than the one seen. Two arms, of any size, by the binomial distribution; more by enumeration.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for more than two arms with more than two million outcomes; χ² is as good as exact there.
    pub fn exact_p(&self) -> Result<f64, Error> {
        if let ([one, other], [share, rest]) = (self.observed.as_slice(), self.shares.as_slice()) {
            let all = one.checked_add(*other).ok_or_else(|| Error::range("units", "below 2^64", "more"))?;
            return no_more_probable(*one, all, Split::from_ratio(*share, *rest)?);
        }
        let outcomes = self.outcomes();
        if outcomes > OUTCOMES {
            return Err(Error::range("outcomes of the multinomial", "at most two million", outcomes));
        }
        // ln P, less what all outcomes share.
        let ln = |count: u64, share: f64| count as f64 * libm::log(share) - libm::lgamma(count as f64 + 1.0);
        let observed: f64 = self.observed.iter().zip(&self.shares).map(|(count, share)| ln(*count, *share)).sum();
        let shared = libm::lgamma(self.total + 1.0);
        let mut p = 0.0;
        let left = self.observed.iter().sum();
        enumerate(&self.shares, left, 0.0, &ln, &mut |ln_probability| {
            if ln_probability <= observed + TIE {
                p += libm::exp(ln_probability + shared);
            }
        });
        Ok(p.min(1.0))
    }

    /// How many outcomes there are: (n + k − 1) over (k − 1).
    fn outcomes(&self) -> f64 {
        (1..self.observed.len()).map(|k| (self.total + k as f64) / k as f64).product()
    }

    /// The p-value to go by: χ²; exact where an arm is expected to have fewer than five and the outcomes can be counted.
    ///
    /// # Errors
    ///
    /// As [`SampleRatio::chi_squared_p`].
    pub fn p_value(&self) -> Result<f64, Error> {
        let small = self.cells().any(|(_, expected)| expected < SMALL);
        if small && (self.observed.len() == 2 || self.outcomes() <= OUTCOMES) {
            self.exact_p()
        } else {
            self.chi_squared_p()
        }
    }
}

/// Visits ln P of every way to distribute what is left.
fn enumerate(shares: &[f64], left: u64, so_far: f64, ln: &impl Fn(u64, f64) -> f64, visit: &mut impl FnMut(f64)) {
    match shares {
        [] => {}
        [last] => visit(so_far + ln(left, *last)),
        [first, rest @ ..] => {
            for count in 0..=left {
                enumerate(rest, left - count, so_far + ln(count, *first), ln, visit);
            }
        }
    }
}
