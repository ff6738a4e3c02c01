//! What Γ leaves when Stirling's formula is taken out of it, and the two deviances that remain of likelihood ratios.
//!
//! Written with these, a marginal likelihood over a likelihood is a sum of small terms: nothing of the size of the counts cancels.

/// B₂ₖ / (2k (2k−1)), of ln Γ*(a) ~ Σ STIRLINGₖ / a^(2k−1) (DLMF 5.11.1).
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

const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;

/// ln Γ(a) − (a − ½) ln a + a − ½ ln 2π; tends to 0.
pub(crate) fn stirling(a: f64) -> f64 {
    if a >= 10.0 {
        let square = 1.0 / (a * a);
        STIRLING.iter().rev().fold(0.0, |sum, c| sum * square + c) / a
    } else {
        libm::lgamma(a) - (a - 0.5) * libm::log(a) + a - HALF_LN_TAU
    }
}

/// u − ln(1 + u): what a gamma density loses at 1 + u times its mode.
pub(crate) fn gamma_deviance(u: f64) -> f64 {
    if u.abs() < 0.2 {
        let v = u / (2.0 + u);
        u * v - 2.0 * odd_powers(v)
    } else {
        u - libm::log1p(u)
    }
}

/// (1 + u) ln(1 + u) − u: what a Poisson likelihood loses where the count is 1 + u times its mean.
pub(crate) fn poisson_deviance(u: f64) -> f64 {
    if u <= -1.0 {
        1.0
    } else if u.abs() < 0.2 {
        let v = u / (2.0 + u);
        u * v + 2.0 * (1.0 + u) * odd_powers(v)
    } else {
        (1.0 + u) * libm::log1p(u) - u
    }
}

/// v³/3 + v⁵/5 + …, for |v| below 0.112.
fn odd_powers(v: f64) -> f64 {
    const PLACES: [f64; 8] = [3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0, 17.0];
    let square = v * v;
    v * square * PLACES.iter().rev().fold(0.0, |sum, place| sum * square + 1.0 / place)
}

#[cfg(test)]
mod tests {
    use super::{gamma_deviance, poisson_deviance, stirling};

    #[test]
    fn series_and_formula_meet() {
        for u in [-0.2_f64, 0.2] {
            let (inside, outside) = (u * (1.0 - 1e-12), u * (1.0 + 1e-12));
            assert!((gamma_deviance(inside) / gamma_deviance(outside) - 1.0).abs() < 1e-11);
            assert!((poisson_deviance(inside) / poisson_deviance(outside) - 1.0).abs() < 1e-11);
        }
        assert!((stirling(10.0_f64.next_down()) / stirling(10.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn small_deviations_keep_their_digits() {
        assert!((gamma_deviance(1e-9) / 5e-19 - 1.0).abs() < 1e-8);
        assert!((poisson_deviance(1e-9) / 5e-19 - 1.0).abs() < 1e-8);
    }
}
