//! Intervals of statsmodels (0.15) that are not what they are called.

use crate::pivot::critical;
use crate::{ConfidenceSet, Error, Hypothesis, Level, TwoRates};

/// `confint_poisson_2indep(…, method="sqrtcc", compare="ratio")`, after Price and Bonett (2000, equation 2.4).
///
/// Where it fails: it is an interval of the ratio of *counts*. Exposures play no part in it, so that with unequal exposures it need not hold the ratio of rates; and the spread takes z/4 where the paper has z²/4.
/// [`RateRatioMethod::Sqrt`](crate::RateRatioMethod::Sqrt) is the test on square roots that accounts for exposures.
///
/// # Errors
///
/// [`Error::NoSpread`] where few events leave no positive root or denominator.
pub fn rate_ratio_sqrtcc(test: TwoRates, level: Level) -> Result<ConfidenceSet, Error> {
    let z = critical(Hypothesis::from(level))?;
    let (x, y) = (test.treatment().count() as f64 + 0.5, test.control().count() as f64 + 0.5);
    let centre = libm::sqrt(x * y);
    let below = x + y - 0.25 * z;
    let denominator = y - 0.25 * z * z;
    if below < 0.0 || denominator == 0.0 {
        return Err(Error::NoSpread { what: "the ratio of so few events" });
    }
    let half = 0.5 * z * libm::sqrt(below);
    let square = |root: f64| (root / denominator) * (root / denominator);
    Ok(ConfidenceSet::between(square(centre - half), square(centre + half)))
}
