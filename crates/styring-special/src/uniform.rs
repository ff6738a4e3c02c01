//! The tails near the mean for large shapes, at a cost that falls as the shapes grow: Temme's uniform expansion.
//!
//! Both distributions are a normal one with a correction,
//!
//! > upper tail = ½ erfc(t √(M/2)) + e^−E / √(2πM) · S(t) with E = ½ M t²,
//!
//! where E is the deviance, M the shape a, or the smaller of a and b, and t has the sign of x − mean.
//! Differentiating gives S′/M = t S + 1 − G f(t). Here f(t) = t/z(t), z = t + O(t²) being the distance from the
//! mean, and G = 1/Γ*(a), for beta Γ*(a+b) / (Γ*(a) Γ*(b)). So the Taylor coefficients ρ of S/G obey
//! ρₖ₋₁ = fₖ + (k+1)/M ρₖ₊₁, a recurrence that is stable downwards, and G = 1 / (1 + ρ₁/M).
//!
//! For gamma this is N. Temme, "On the computation of the incomplete gamma functions for large values of the
//! parameters" (1987), used by Gil, Segura and Temme (2012). For beta the expansion is DLMF 8.18.9; that the same
//! recurrence serves, with another f and with M instead of a + b, is our derivation.
//!
//! No table is copied: the coefficients of f are computed below from their differential equation, those of gamma
//! by the compiler.

use core::f64::consts::TAU;

/// Taylor coefficients needed in the worst case, M = 12 and |t| = 1.
const ORDER: usize = 34;

/// f of gamma: z = x/a − 1 and z z′ = t (1 + z).
const GAMMA: [f64; ORDER] = coefficients(1.0, 0.0, ORDER);

/// Whether the shape M is large enough and x near enough to the mean, |t| ≤ 1.
pub(crate) fn applies(shape: f64, deviance: f64) -> bool {
    shape >= 12.0 && deviance <= 0.5 * shape
}

/// The tail of the incomplete gamma on the given side of its mean.
pub(crate) fn gamma_tail(a: f64, deviance: f64, upper: bool) -> f64 {
    tail(&GAMMA, order(a, deviance), a, deviance, upper)
}

/// The tail of the incomplete beta on the given side of its mean; `a` is the smaller shape and `share` a / (a+b).
///
/// With m for the share, z = (x/m − 1) / √(1−m) and z z′ = t (1 + c z − m z²), c = (1−2m) / √(1−m). For m = 0 it
/// is gamma.
pub(crate) fn beta_tail(a: f64, share: f64, deviance: f64, upper: bool) -> f64 {
    let order = order(a, deviance);
    let f = coefficients((1.0 - 2.0 * share) / libm::sqrt(1.0 - share), share, order);
    tail(&f, order, a, deviance, upper)
}

/// How many coefficients make S exact to 1e-17.
///
/// The poles of f next to t = 0 are at |t| = 2√π, so fₙ falls like (4π)^(−n/2), while the recurrence brings in a
/// factor of √(n / (e M)) for each power of t it goes down.
fn order(shape: f64, deviance: f64) -> usize {
    let growth = (2.0 * deviance / shape).max(ORDER as f64 / 2.7 / shape);
    let needed = 80.0 / libm::log(12.5 / growth);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 33, for `applies` keeps the growth below 1.05"
    )]
    let needed = needed as usize;
    ORDER.min(needed + 2)
}

/// Taylor coefficients of f = t/z: those of u = (z/t)² follow from u + t u′/2 = 1 + c z − m z², then those of
/// w = z/t = √u and of f = 1/w.
#[expect(clippy::many_single_char_names, reason = "the symbols of the derivation")]
const fn coefficients(c: f64, m: f64, order: usize) -> [f64; ORDER] {
    let (mut u, mut w, mut f) = ([0.0; ORDER], [0.0; ORDER], [0.0; ORDER]);
    (u[0], w[0], f[0]) = (1.0, 1.0, 1.0);
    let mut k = 1;
    while k < order {
        let before = if k > 1 { m * u[k - 2] } else { 0.0 };
        u[k] = (c * w[k - 1] - before) / (1.0 + k as f64 / 2.0);
        let (mut squares, mut products, mut j) = (0.0, 0.0, 1);
        while j < k {
            squares += w[j] * w[k - j];
            products += w[j] * f[k - j];
            j += 1;
        }
        w[k] = (u[k] - squares) / 2.0;
        f[k] = -products - w[k];
        k += 1;
    }
    f
}

fn tail(f: &[f64; ORDER], order: usize, shape: f64, deviance: f64, upper: bool) -> f64 {
    let sign = if upper { 1.0 } else { -1.0 };
    let t = sign * libm::sqrt(2.0 * deviance / shape);
    // ρₖ₊₁ and ρₖ, at the end ρ₁ and ρ₀
    let (mut after, mut rho, mut sum) = (0.0, 0.0, 0.0);
    for k in (1..order).rev() {
        (after, rho) = (rho, f[k] + (k + 1) as f64 / shape * after);
        sum = sum * t + rho;
    }
    let s = sum / (1.0 + after / shape);
    0.5 * libm::erfc(libm::sqrt(deviance)) + sign * libm::exp(-deviance) / libm::sqrt(TAU * shape) * s
}

#[cfg(test)]
mod tests {
    use super::GAMMA;

    /// f = 1 + t c₀(t), with Temme's c₀ (DLMF 8.12.11, d₀ₙ).
    #[test]
    fn coefficients_of_gamma() {
        let known = [1.0, -1.0 / 3.0, 1.0 / 12.0, -2.0 / 135.0, 1.0 / 864.0, 1.0 / 2835.0, -139.0 / 777_600.0];
        for (f, known) in GAMMA.iter().zip(known) {
            assert!((f - known).abs() < 1e-17, "{f} instead of {known}");
        }
    }
}
