use styring_special::{Split, beta_inc, beta_inc_inv};

use crate::binomial::{at_least, ln_probability, no_more_probable};
use crate::pivot::{critical, each_tail, set, tail, z_by_inversion};
use crate::root::falling_root;
use crate::{Alternative, ConfidenceSet, Counts, Error, Hypothesis, Readout, Scale};

use super::over;

/// How one proportion is held against a number, and which rates the data do not contradict.
///
/// ```
/// use styring_experiments::{Counts, Hypothesis, Level, ProportionMethod};
///
/// let clicks = Counts::new(102, 8_324)?;
/// let (low, high) = ProportionMethod::Wilson.interval(clicks, Level::P95)?.ends();
/// assert!((low - 0.010_105).abs() < 1e-6 && (high - 0.014_852).abs() < 1e-6);
///
/// // Is the rate above one per cent?
/// let above = ProportionMethod::ClopperPearson.readout(clicks, 0.01, Hypothesis::greater())?;
/// assert!(above.p_value() < 0.05);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ProportionMethod {
    /// The score test, with the variance of the null (Wilson 1927): coverage near the level at every rate.
    #[default]
    Wilson,
    /// Wilson with the continuity correction 1/(2n) (Newcombe 1998, method 4): seldom covers less than the level.
    WilsonCorrected,
    /// With the variance of the estimate (Wald). No interval at all for 0 of n.
    Wald,
    /// Wald about the centre of Wilson's interval (Agresti and Coull 1998).
    AgrestiCoull,
    /// The exact central interval (Clopper and Pearson 1934): covers no less than the level, often more.
    ClopperPearson,
    /// The exact interval that counts half of what was seen (Lancaster 1961): covers about the level.
    MidP,
    /// The equal-tailed interval of the posterior under Jeffreys' prior Beta(½, ½); the p-value is twice the smaller posterior tail.
    Jeffreys,
}

impl ProportionMethod {
    fn name(self) -> &'static str {
        match self {
            Self::Wilson => "Wilson score test",
            Self::WilsonCorrected => "Wilson score test, continuity corrected",
            Self::Wald => "Wald test of a proportion",
            Self::AgrestiCoull => "Agresti-Coull interval",
            Self::ClopperPearson => "exact binomial test, central",
            Self::MidP => "mid-p binomial test",
            Self::Jeffreys => "Jeffreys interval",
        }
    }

    /// The rates that the counts do not contradict, within 0 … 1; a null in the hypothesis plays no part.
    ///
    /// Without trials every rate is possible.
    ///
    /// # Errors
    ///
    /// [`Error::Special`] if a distribution function has no value there, which no count up to 2⁶⁴ has shown.
    pub fn interval(self, counts: Counts, hypothesis: impl Into<Hypothesis>) -> Result<ConfidenceSet, Error> {
        let hypothesis = hypothesis.into();
        let (low, high) = if counts.trials() == 0 { (0.0, 1.0) } else { self.limits(counts, hypothesis)? };
        Ok(set(hypothesis.alternative(), || low.max(0.0), || high.min(1.0)).within(0.0, 1.0))
    }

    /// The rate against `null`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a null outside 0 … 1; [`Error::TooFew`] without trials.
    pub fn readout(self, counts: Counts, null: f64, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let hypothesis = hypothesis.into();
        if !(0.0..=1.0).contains(&null) {
            return Err(Error::range("null", "between 0 and 1", null));
        }
        if counts.trials() == 0 {
            return Err(Error::TooFew { what: "trials", needed: 1, given: 0 });
        }
        let set = self.interval(counts, hypothesis)?;
        let p = self.p_value(counts, null, hypothesis.alternative())?;
        Ok(Readout::new(
            self.name(),
            Scale::Value,
            (counts.rate(), null),
            set,
            p,
            (hypothesis.level(), hypothesis.alternative()),
        ))
    }

    fn limits(self, counts: Counts, hypothesis: Hypothesis) -> Result<(f64, f64), Error> {
        let (x, f, n) = (counts.successes() as f64, counts.failures() as f64, counts.trials() as f64);
        let z = critical(hypothesis)?;
        let each = each_tail(hypothesis)?;
        Ok(match self {
            Self::Wilson => (x / n - wilson_reach(x, f, -z), x / n + wilson_reach(x, f, z)),
            Self::WilsonCorrected => (corrected_low(x, f, z), 1.0 - corrected_low(f, x, z)),
            Self::Wald => {
                let half = z * libm::sqrt(x / n * (f / n) / n);
                (x / n - half, x / n + half)
            }
            Self::AgrestiCoull => (agresti_coull_end(x, n, z), agresti_coull_end(x, n, -z)),
            Self::ClopperPearson => {
                let low = if x == 0.0 { 0.0 } else { beta_inc_inv(x, f + 1.0, Split::from_lower(each)?)?.lower() };
                let high = if f == 0.0 { 1.0 } else { beta_inc_inv(x + 1.0, f, Split::from_upper(each)?)?.lower() };
                (low, high)
            }
            Self::Jeffreys => {
                let at = |p: Split| Ok::<_, Error>(beta_inc_inv(x + 0.5, f + 0.5, p)?.lower());
                (at(Split::from_lower(each)?)?, at(Split::from_upper(each)?)?)
            }
            Self::MidP => {
                // One more unit either way brackets the half of it that is counted.
                let below = |p: f64| mid_p(counts, p).map_or(0.0, |(at_most, _)| at_most - each);
                let above = |p: f64| mid_p(counts, p).map_or(0.0, |(_, at_least)| each - at_least);
                let low = if x == 0.0 { 0.0 } else { falling_root(above, 0.0, 1.0) };
                let high = if f == 0.0 { 1.0 } else { falling_root(below, 0.0, 1.0) };
                (low, high)
            }
        })
    }

    fn p_value(self, counts: Counts, null: f64, alternative: Alternative) -> Result<f64, Error> {
        let (x, f, n) = (counts.successes() as f64, counts.failures() as f64, counts.trials() as f64);
        let distance = (x - n * null) / n;
        let null_spread = libm::sqrt(null * (1.0 - null) / n);
        let z = match self {
            Self::Wilson => over(distance, null_spread),
            Self::WilsonCorrected => {
                let correction = 0.5 / n;
                let left = match alternative {
                    Alternative::TwoSided if distance.abs() <= correction => 0.0,
                    Alternative::TwoSided => distance - correction.copysign(distance),
                    Alternative::Greater => distance - correction,
                    Alternative::Less => distance + correction,
                };
                over(left, null_spread)
            }
            Self::Wald => over(distance, libm::sqrt(x / n * (f / n) / n)),
            Self::AgrestiCoull => z_by_inversion(|z| agresti_coull_end(x, n, z), null),
            Self::ClopperPearson => {
                let p = Split::from_lower(null)?;
                let (most, least) = (at_least(x + 1.0, n, p)?.lower(), at_least(x, n, p)?.upper());
                return Ok(of_tails(most, least, alternative));
            }
            Self::MidP => {
                let (most, least) = mid_p(counts, null)?;
                return Ok(of_tails(most, least, alternative));
            }
            Self::Jeffreys => {
                let posterior = beta_inc(x + 0.5, f + 0.5, Split::from_lower(null)?)?;
                // That the rate is above the null speaks against "greater" being false.
                return Ok(of_tails(posterior.upper(), posterior.lower(), alternative));
            }
        };
        tail(z, alternative)
    }
}

/// The exact binomial test of a rate.
///
/// Two-sided it adds up all counts that are no more probable than the one seen (Sterne 1954), as other packages do; the rates that this does not reject need not be an interval, so that it comes
/// without one. For a p-value and an interval of one test take [`ProportionMethod::ClopperPearson`].
///
/// ```
/// use styring_experiments::{Alternative, Counts, binomial_test};
///
/// let p = binomial_test(Counts::new(3, 9)?, 0.05, Alternative::TwoSided)?;
/// assert!((p - 0.008_361).abs() < 1e-6);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::OutOfRange`] for a null outside 0 … 1.
pub fn binomial_test(counts: Counts, null: f64, alternative: Alternative) -> Result<f64, Error> {
    if !(0.0..=1.0).contains(&null) {
        return Err(Error::range("null", "between 0 and 1", null));
    }
    let p = Split::from_lower(null)?;
    let (x, n) = (counts.successes() as f64, counts.trials() as f64);
    match alternative {
        Alternative::TwoSided => no_more_probable(counts.successes(), counts.trials(), p),
        Alternative::Greater => Ok(at_least(x, n, p)?.upper()),
        Alternative::Less => Ok(at_least(x + 1.0, n, p)?.lower()),
    }
}

/// The p-value of P(at most what was seen) and P(at least).
pub(crate) fn of_tails(at_most: f64, at_least: f64, alternative: Alternative) -> f64 {
    match alternative {
        Alternative::TwoSided => (2.0 * at_most.min(at_least)).min(1.0),
        Alternative::Greater => at_least,
        Alternative::Less => at_most,
    }
}

/// P(less) + ½P(equal) and P(more) + ½P(equal).
fn mid_p(counts: Counts, null: f64) -> Result<(f64, f64), Error> {
    let (x, n) = (counts.successes() as f64, counts.trials() as f64);
    let p = Split::from_lower(null)?;
    let half = 0.5 * libm::exp(ln_probability(x, n, null, p.upper()));
    Ok((at_least(x, n, p)?.lower() + half, at_least(x + 1.0, n, p)?.upper() + half))
}

/// How far Wilson's limit lies from the rate: the upper for z > 0, the lower for z < 0.
pub(super) fn wilson_reach(x: f64, f: f64, z: f64) -> f64 {
    let n = x + f;
    let square = z * z;
    let more = square / 2.0 + z.abs() * libm::sqrt(x * (f / n) + square / 4.0);
    if more == 0.0 {
        return 0.0;
    }
    let there = if z > 0.0 { f } else { x };
    there / n * (more / (there + more))
}

/// The lower limit with continuity correction: the smallest p with (p̂ − 1/(2n)) − p ≤ z √(pq/n).
fn corrected_low(x: f64, f: f64, z: f64) -> f64 {
    if x == 0.0 {
        return 0.0;
    }
    let n = x + f;
    let square = z * z;
    let below = x - 0.5;
    // The roots of (n + z²) p² − (2 b + z²) p + b²/n with b = x − ½; the smaller by their product.
    let half = z * libm::sqrt(below * ((n - below) / n) + square / 4.0);
    if z >= 0.0 {
        below * (below / n) / (below + square / 2.0 + half)
    } else {
        (below + square / 2.0 - half) / (n + square)
    }
}

/// The lower end for z > 0, the upper for z < 0.
fn agresti_coull_end(x: f64, n: f64, z: f64) -> f64 {
    let all = n + z * z;
    let centre = (x + z * z / 2.0) / all;
    centre - z * libm::sqrt(centre * (1.0 - centre) / all)
}
