use crate::sequential::normal_mixture::positive;
use crate::{Error, Level};

/// The polynomial stitched boundary: within a constant of the law of the iterated logarithm, in closed form.
///
/// u(v) = √(k₁² v ℓ + (k₂ c ℓ)²) + k₂ c ℓ with ℓ = s ln ln(ηv/m) + ln(ζ(s) / (α lnˢ η)), k₁ = (η^¼ + η^−¼)/√2, k₂ = (√η + 1)/2; below m as at m
/// (Howard, Ramdas, McAuliffe and Sekhon 2021, theorem 1). Wider than a mixture over the samples of an experiment, narrower over many orders of magnitude.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stitching {
    from: f64,
    scale: f64,
    power: f64,
    spacing: f64,
    constant: f64,
}

impl Stitching {
    /// From a variance `v_min` on, for increments of scale `c` (0 for sub-Gaussian ones), with the usual s = 1.4 and η = 2.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless `v_min` is above 0 and `c` at least 0.
    pub fn new(v_min: f64, c: f64) -> Result<Self, Error> {
        Self::shaped(v_min, c, 1.4, 2.0)
    }

    /// With another power s above 1 and spacing η above 1.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a number outside its range.
    pub fn shaped(v_min: f64, c: f64, s: f64, eta: f64) -> Result<Self, Error> {
        positive("v_min", v_min)?;
        if !(c >= 0.0 && c.is_finite()) {
            return Err(Error::range("c", "0 or above", c));
        }
        for (field, value) in [("s", s), ("eta", eta)] {
            if !(value > 1.0 && value.is_finite()) {
                return Err(Error::range(field, "above 1", value));
            }
        }
        let constant = libm::log(zeta(s)) - s * libm::log(libm::log(eta));
        Ok(Self { from: v_min, scale: c, power: s, spacing: eta, constant })
    }

    /// What the sum exceeds ever with probability at most α.
    pub fn bound(self, v: f64, level: Level) -> f64 {
        let v = v.max(self.from);
        let ell =
            self.power * libm::log(libm::log(self.spacing * v / self.from)) + self.constant - libm::log(level.alpha());
        let (k1_squared, k2) = factors(self.spacing);
        let linear = k2 * self.scale * ell;
        (k1_squared * v * ell + linear * linear).max(0.0).sqrt() + linear
    }
}

/// k₁² and k₂ of a spacing η.
pub(crate) fn factors(eta: f64) -> (f64, f64) {
    let root = eta.sqrt();
    // (η^¼ + η^−¼)² / 2
    ((root + 2.0 + 1.0 / root) / 2.0, f64::midpoint(root, 1.0))
}

/// Riemann's ζ(s) for s above 1, by Euler and Maclaurin from the tenth term on.
pub(crate) fn zeta(s: f64) -> f64 {
    const TERMS: f64 = 12.0;
    let mut sum = 0.0;
    let mut n = 1.0;
    while n < TERMS {
        sum += libm::pow(n, -s);
        n += 1.0;
    }
    let last = libm::pow(TERMS, -s);
    sum += last * TERMS / (s - 1.0) + 0.5 * last;
    // B₂ₖ/(2k)! s(s+1)…(s+2k−2) N^(−s−2k+1)
    let coefficients = [1.0 / 12.0, -1.0 / 720.0, 1.0 / 30_240.0, -1.0 / 1_209_600.0, 1.0 / 47_900_160.0];
    let (mut rising, mut power) = (s, last / TERMS);
    for (k, coefficient) in (1_u32..).zip(coefficients) {
        sum += coefficient * rising * power;
        let next = f64::from(2 * k);
        rising *= (s + next - 1.0) * (s + next);
        power /= TERMS * TERMS;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::zeta;

    #[test]
    fn zeta_is_riemanns() {
        assert!((zeta(2.0) - std::f64::consts::PI.powi(2) / 6.0).abs() < 1e-14);
        assert!((zeta(1.4) - 3.105_547_278_8).abs() < 1e-3);
    }
}
