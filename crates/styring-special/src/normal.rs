use core::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, TAU};

use crate::{Error, Split};

/// 1/√2 = [`FRAC_1_SQRT_2`] + this.
const LOST: f64 = -4.833_646_656_726_457e-17;

/// Below this x the tail rounds to one half, from which no x can be told.
const HALF: f64 = 5e-17;

/// The standard normal distribution: Φ(x) as the lower part, 1 − Φ(x) as the upper.
///
/// # Formula
/// Φ(x) = ½ erfc(−x / √2)
///
/// # Edge cases
/// ±∞ give a part of 0; so does every |x| above 38.6, where the tail is below the range of `f64`.
///
/// # Errors
/// [`Error::NotANumber`] for NaN.
///
/// # Accuracy
/// Relative error of either tail below 1e-15 down to 1e-300: what rounding x/√2 costs is made good.
///
/// ```
/// use styring_special::normal;
/// let two_sided = 2.0 * normal(10.0)?.upper();
/// assert!((two_sided / 1.523_970_604_832_105e-23 - 1.0).abs() < 1e-14);
/// # Ok::<(), styring_special::Error>(())
/// ```
pub fn normal(x: f64) -> Result<Split, Error> {
    if x.is_nan() {
        return Err(Error::NotANumber { name: "x", value: x });
    }
    Ok(Split::from_tail(tail(x.abs()), x > 0.0))
}

/// The inverse of [`normal`]: the x with Φ(x) = `p.lower()` and 1 − Φ(x) = `p.upper()`.
///
/// # Edge cases
/// A part of 0 gives −∞ or ∞.
///
/// # Accuracy
/// The error of x is that of [`normal`] divided by the slope of the logarithm of the tail, plus a last digit; near x = 0 it is absolute, 1e-16.
///
/// # Source
/// The approximation 26.2.23 of Abramowitz and Stegun (1964) and two of Halley's steps on the logarithm of the smaller tail.
///
/// ```
/// use styring_special::{Split, normal_inv};
/// let z = normal_inv(Split::from_upper(0.025)?);
/// assert!((z - 1.959_963_984_540_054).abs() < 1e-15);
/// # Ok::<(), styring_special::Error>(())
/// ```
pub fn normal_inv(p: Split) -> f64 {
    let goal = p.lower().min(p.upper());
    let sign = if p.upper() < p.lower() { 1.0 } else { -1.0 };
    if goal == 0.0 {
        return sign * f64::INFINITY;
    }
    let ln_goal = libm::log(goal);
    let t = libm::sqrt(-2.0 * ln_goal);
    let top = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let mut x = t - top / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    for _ in 0..2 {
        let above = tail(x);
        let hazard = libm::exp(-0.5 * x * x) / (libm::sqrt(TAU) * above);
        // Both logarithms of a quotient near one: their difference would lose digits far out.
        let newton = libm::log(above / goal) / hazard;
        x += newton / (1.0 - newton * (x - hazard) / 2.0);
    }
    if x < HALF { 0.0 } else { sign * x }
}

/// 1 − Φ(x) for x ≥ 0 (and for what a step may put a little below).
fn tail(x: f64) -> f64 {
    let y = x * FRAC_1_SQRT_2;
    if y > 28.0 {
        return 0.0;
    }
    let lost = libm::fma(x, FRAC_1_SQRT_2, -y) + x * LOST;
    0.5 * (libm::erfc(y) - FRAC_2_SQRT_PI * libm::exp(-y * y) * lost)
}
