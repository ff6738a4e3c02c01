//! Both tails for a shape below one and an x near zero, where the density has its pole.

use crate::Split;

/// P = e^lead (1 + a S) and Q = (1 − e^lead) − e^lead a S, with S = Σ tₙ / (a+n), t₀ = 1, tₙ = tₙ₋₁ `ratio(n)`
/// from n = 1 on.
///
/// If `lead`, the logarithm of P's leading term, is accurate relative to a, so is Q, which is itself of size a.
pub(crate) fn small_shape(a: f64, lead: f64, ratio: impl Fn(f64) -> f64) -> Split {
    let (mut t, mut n, mut sum) = (1.0_f64, 0.0, 0.0);
    while t.abs() > f64::EPSILON / 16.0 {
        n += 1.0;
        t *= ratio(n);
        sum += t / (a + n);
    }
    let term = libm::exp(lead);
    let lower = term * (1.0 + a * sum);
    if lower < 0.5 { Split::below(lower) } else { Split::above(-libm::expm1(lead) - term * a * sum) }
}
