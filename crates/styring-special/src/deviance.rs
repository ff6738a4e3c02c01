//! The exponent of both functions: Loader's saddle-point deviance.

/// `a ln(a/m) + m − a` for m = a + d, which is never negative; `ratio` is m/a.
///
/// x^a e^−x / Γ(a) and x^a (1−x)^b / B(a, b) are exp(−deviance) times tame factors. Here the exponent is right to
/// a few units in the last place, where a ln x − x − ln Γ(a) is a small difference of terms of size a ln a. In
/// return the caller has to know d itself, not only m.
///
/// Source: C. Loader, "Fast and accurate computation of binomial probabilities" (2000). The series is that of
/// u − ln(1+u) = u − 2 artanh r with r = u / (2+u).
pub(crate) fn deviance(a: f64, d: f64, ratio: f64) -> f64 {
    let u = d / a;
    if !(-0.5..=1.0).contains(&u) {
        // The logarithm of a ratio beyond f64 is too small beside d to count.
        return d - a * libm::log(ratio.min(f64::MAX));
    }
    let r = u / (2.0 + u);
    let (mut power, mut odd, mut sum) = (1.0, 3.0, 0.0);
    while power > f64::EPSILON / 4.0 {
        sum += power / odd;
        power *= r * r;
        odd += 2.0;
    }
    d * r * (1.0 - 2.0 * r * sum / (2.0 + u))
}
