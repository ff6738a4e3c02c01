use styring_special::{Split, normal};

use crate::{Error, Level};

/// The normal mixture boundary: what a sum with variance `v` so far exceeds ever with probability at most α.
///
/// Two-sided, a bet with normal weights of variance 1/ρ: ln e = s²/(2(v+ρ)) − ½ ln((v+ρ)/ρ), which is the Gaussian mSPRT; one-sided, with the half of the weights above zero:
/// ln e = s²/(2(v+ρ)) + ½ ln(4ρ/(v+ρ)) + ln Φ(s/√(v+ρ)). The boundary is where e = 1/α (Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021, propositions 4 to 6).
///
/// ```
/// use styring_experiments::Level;
/// use styring_experiments::sequential::NormalMixture;
///
/// let mixture = NormalMixture::new(10_000.0, Level::P95)?;
/// let bound = mixture.bound(10_000.0, Level::P95);
/// assert!((bound / 100.0 - 3.0).abs() < 0.1); // 3 standard errors, where one look would take 1.96
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalMixture {
    rho: f64,
    one_sided: bool,
}

/// ρ = v / this makes the boundary of the level nearly narrowest at v (Howard et al. 2021, section 3.5, after the expansion of the Lambert function).
pub(crate) fn tuning_constant(alpha: f64) -> f64 {
    let twice_log = -2.0 * libm::log(alpha.min(0.99));
    twice_log + libm::log1p(twice_log)
}

impl NormalMixture {
    /// Two-sided, narrowest for the level about where the variance is `v_opt`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless `v_opt` is above 0.
    pub fn new(v_opt: f64, level: Level) -> Result<Self, Error> {
        positive("v_opt", v_opt)?;
        Ok(Self::tuned(v_opt, level, false))
    }

    /// One-sided, narrowest for the level about where the variance is `v_opt`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless `v_opt` is above 0.
    pub fn one_sided(v_opt: f64, level: Level) -> Result<Self, Error> {
        positive("v_opt", v_opt)?;
        Ok(Self::tuned(v_opt, level, true))
    }

    pub(crate) fn tuned(v_opt: f64, level: Level, one_sided: bool) -> Self {
        let alpha = if one_sided { 2.0 * level.alpha() } else { level.alpha() };
        Self { rho: v_opt / tuning_constant(alpha), one_sided }
    }

    /// ρ, the variance that the bet adds.
    pub fn rho(self) -> f64 {
        self.rho
    }

    /// ln e for a sum `s` with variance `v`.
    pub fn log_e(self, s: f64, v: f64) -> f64 {
        let total = v + self.rho;
        let scaled = s / total.sqrt();
        let thinned = -0.5 * libm::log1p(v / self.rho);
        if self.one_sided {
            thinned + std::f64::consts::LN_2 + half_square_and_log_below(scaled).0
        } else {
            thinned + 0.5 * scaled * scaled
        }
    }

    /// What the sum (two-sided: its absolute value) exceeds ever with probability at most α.
    pub fn bound(self, v: f64, level: Level) -> f64 {
        let total = v + self.rho;
        let wanted = -libm::log(level.alpha()) + 0.5 * libm::log1p(v / self.rho);
        let scaled = if self.one_sided {
            // ln Φ is below 0, so that this start lies left of the root; the function is convex, and Newton comes from the right after one step.
            let wanted = wanted - std::f64::consts::LN_2;
            let mut x = (2.0 * wanted).max(0.0).sqrt();
            for _ in 0..60 {
                let (value, slope) = half_square_and_log_below(x);
                let step = (value - wanted) / slope;
                x -= step;
                if step.abs() <= 1e-15 * x.abs() {
                    break;
                }
            }
            x
        } else {
            (2.0 * wanted).sqrt()
        };
        scaled * total.sqrt()
    }
}

/// x²/2 + ln Φ(x), and its slope x + φ(x)/Φ(x).
fn half_square_and_log_below(x: f64) -> (f64, f64) {
    const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;
    if x < -20.0 {
        // Φ(x) = φ(x)/|x| (1 − 1/x² + 3/x⁴ − …)
        let square = 1.0 / (x * x);
        let tail = 1.0 - square * (1.0 - 3.0 * square * (1.0 - 5.0 * square * (1.0 - 7.0 * square)));
        return (-HALF_LN_TAU - libm::log(-x) + libm::log(tail), x - x / tail);
    }
    let below = normal(x).map_or(1.0, Split::lower);
    let density = libm::exp(-0.5 * x * x - HALF_LN_TAU);
    (0.5 * x * x + libm::log(below), x + density / below)
}

pub(crate) fn positive(field: &'static str, value: f64) -> Result<(), Error> {
    if value > 0.0 && value.is_finite() { Ok(()) } else { Err(Error::range(field, "above 0", value)) }
}
