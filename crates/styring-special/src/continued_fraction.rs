//! The tails far from the mean, and near it when a shape is small.

use crate::Error;

/// Three times what any input was seen to need.
const CAP: u32 = 250;

/// β₀ + α₁/(β₁ + α₂/(β₂ + …)) with `term(n)` = (αₙ, βₙ), by Lentz's method.
///
/// It goes without the usual guards against a vanishing denominator: on the side of the mean where the
/// fractions are used, their β are positive and outgrow any negative α.
pub(crate) fn continued_fraction(
    function: &'static str,
    beta_0: f64,
    term: impl Fn(f64) -> (f64, f64),
) -> Result<f64, Error> {
    let (mut value, mut c, mut d) = (beta_0, beta_0, 0.0);
    for n in 1..=CAP {
        let (alpha, beta) = term(f64::from(n));
        c = beta + alpha / c;
        d = 1.0 / (beta + alpha * d);
        value *= c * d;
        if (c * d - 1.0).abs() <= f64::EPSILON {
            return Ok(value);
        }
    }
    Err(Error::Unsettled { function })
}
