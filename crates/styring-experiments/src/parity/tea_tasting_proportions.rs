//! The z tests of tea-tasting's `Proportion` (1.14).
//!
//! The interval of the relative effect is that of the log-ratio, with the same continuity correction. Where it fails: it is not of the test that gives the p-value (the two can disagree), the pooled spread of the
//! logarithm takes both arms to have one rate although the effect is what is asked for, and an arm without conversions has no answer.

use crate::pivot::critical;
use crate::{ConfidenceSet, DifferenceMethod, Error, Hypothesis, Level, Readout, TwoProportions};

/// The two-sided p-value and set of the difference, and the set of the lift.
///
/// `pooled` is the package's `equal_var`, `corrected` its `correction`. Sets end at −1 and 1.
///
/// # Errors
///
/// [`Error::TooFew`] for an arm without conversions, whose logarithm there is not.
pub fn proportion(
    test: TwoProportions,
    pooled: bool,
    corrected: bool,
    level: Level,
) -> Result<(Readout, ConfidenceSet, ConfidenceSet), Error> {
    let method = match (pooled, corrected) {
        (true, false) => DifferenceMethod::Pooled,
        (true, true) => DifferenceMethod::PooledCorrected,
        (false, false) => DifferenceMethod::Wald,
        (false, true) => DifferenceMethod::WaldCorrected,
    };
    let hypothesis = Hypothesis::from(level);
    let difference = test.difference(method, hypothesis)?;
    let (treatment, control) = (test.treatment(), test.control());
    let rates = treatment.rate().zip(control.rate()).filter(|(p, q)| *p > 0.0 && *q > 0.0);
    let (p, q) = rates.ok_or(Error::TooFew { what: "conversions in every arm", needed: 1, given: 0 })?;
    let (n, m) = (treatment.trials() as f64, control.trials() as f64);
    let spread = if pooled {
        let both = (treatment.successes() + control.successes()) as f64 / (n + m);
        libm::sqrt((1.0 - both) / both * (1.0 / n + 1.0 / m))
    } else {
        libm::sqrt((1.0 - p) / (n * p) + (1.0 - q) / (m * q))
    };
    let correction = if corrected { 0.5 * (1.0 / n + 1.0 / m) / q } else { 0.0 };
    let half = libm::exp(critical(hypothesis)? * spread + correction);
    let lift = ConfidenceSet::between(p / q / half - 1.0, p / q * half - 1.0);
    let set = difference.set().within(-1.0, 1.0);
    Ok((difference, set, lift))
}
