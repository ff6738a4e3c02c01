//! The two pieces of ln Γ the tails need, free of the cancellation that ln Γ itself brings.

use core::f64::consts::TAU;

/// B₂ₖ / (2k (2k−1)) for k = 1 … 8, of Stirling's ln Γ*(a) ~ Σ STIRLINGₖ / a^(2k−1) (DLMF 5.11.1).
const STIRLING: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
    1.0 / 156.0,
    -3617.0 / 122_400.0,
];

/// From here on, the terms missing in [`STIRLING`] are below 2e-18.
const LARGE: f64 = 10.0;

/// Γ*(a) = Γ(a) / (√(2π/a) (a/e)^a), what Stirling's formula leaves out of Γ; it tends to 1.
pub(crate) fn gamma_star(a: f64) -> f64 {
    if a >= LARGE {
        let square = 1.0 / (a * a);
        libm::exp(STIRLING.iter().rev().fold(0.0, |sum, c| sum * square + c) / a)
    } else {
        libm::tgamma(1.0 + a) * libm::exp(a) * libm::pow(a, -a) / libm::sqrt(TAU * a)
    }
}

/// ln(x^a Γ(b+a) / Γ(b)) for 0 < a ≤ 1, accurate **relative to a**.
///
/// Stirling's formula for both Γ, subtracted term by term; a small b is first raised by Γ(b+1) = b Γ(b).
pub(crate) fn ln_rising(x: f64, b: f64, a: f64) -> f64 {
    // 1 + raised = Π (1 + a/base)
    let (mut base, mut raised) = (b, 0.0);
    while base < LARGE {
        raised += a / base * (1.0 + raised);
        base += 1.0;
    }
    // less = r^(2k−1) − 1 for r = base / (a + base), from one odd power to the next
    let r = base / (a + base);
    let mut less = -a / (a + base);
    let step = less * (r + 1.0);
    let (mut scale, mut series) = (1.0 / base, 0.0);
    for c in STIRLING {
        series += c * less * scale;
        less = less * r * r + step;
        scale /= base * base;
    }
    let leading = (a + base - 0.5) * libm::log1p(a / base) - a;
    a * libm::log(x * base) + (leading + series - libm::log1p(raised))
}

#[cfg(test)]
mod tests {
    use super::{gamma_star, ln_rising};

    #[test]
    fn stirling_and_gamma_meet() {
        let (below, above) = (gamma_star(10.0_f64.next_down()), gamma_star(10.0));
        assert!((below / above - 1.0).abs() < 1e-15);
        assert!((gamma_star(1.0) - std::f64::consts::E / std::f64::consts::TAU.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn ln_rising_keeps_its_digits_for_small_a() {
        // ln Γ(1+a) = −γ a + O(a²), and Γ(b+1) = b Γ(b)
        let euler = 0.577_215_664_901_532_9;
        assert!((ln_rising(1.0, 1.0, 1e-30) / -1e-30 / euler - 1.0).abs() < 4e-15);
        assert!((ln_rising(1.0, 3.0, 1.0) - 3.0_f64.ln()).abs() < 1e-15);
    }
}
