use styring_special::{Split, gamma_inc};

use crate::sequential::normal_mixture::{positive, tuning_constant};
use crate::stirling::{gamma_deviance, poisson_deviance, stirling};
use crate::{Error, Level};

/// A one-sided boundary by gamma weights on the bet, for sums whose increments are not normal.
///
/// [`GammaMixture::exponential`] for sums that are sub-exponential with scale c, as empirical Bernstein bounds have them; [`GammaMixture::poisson`] for sub-Poisson ones, such as centred counts
/// (Howard, Ramdas, McAuliffe and Sekhon 2021, propositions 9 and 10).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaMixture {
    kind: Kind,
    scale: f64,
    /// ρ / c², and what the weights' normalisation takes off.
    shape: f64,
    normaliser: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Exponential,
    Poisson,
}

impl GammaMixture {
    /// For sub-exponential increments of scale `c`, narrowest for the level about where the variance is `v_opt`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless both are above 0.
    pub fn exponential(v_opt: f64, c: f64, level: Level) -> Result<Self, Error> {
        Self::new(Kind::Exponential, v_opt, c, level)
    }

    /// For sub-Poisson increments of scale `c`, narrowest for the level about where the variance is `v_opt`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless both are above 0.
    pub fn poisson(v_opt: f64, c: f64, level: Level) -> Result<Self, Error> {
        Self::new(Kind::Poisson, v_opt, c, level)
    }

    fn new(kind: Kind, v_opt: f64, scale: f64, level: Level) -> Result<Self, Error> {
        positive("v_opt", v_opt)?;
        positive("c", scale)?;
        let shape = v_opt / tuning_constant(2.0 * level.alpha()) / (scale * scale);
        let parts = gamma_inc(shape, shape)?;
        let part = if kind == Kind::Exponential { parts.lower() } else { parts.upper() };
        Ok(Self { kind, scale, shape, normaliser: libm::log(part) + stirling(shape) })
    }

    /// ln e for a sum `s` with variance `v`.
    pub fn log_e(self, s: f64, v: f64) -> f64 {
        let rate = v / (self.scale * self.scale) + self.shape;
        let deviation = s / self.scale / rate;
        if deviation <= -1.0 {
            return f64::MIN;
        }
        let moved = rate * (1.0 + deviation);
        // The tail of the weights that lies on the side of the bet; its logarithm far out is of no use to a bound.
        let value = match self.kind {
            Kind::Exponential => {
                let part = gamma_inc(rate, moved).map_or(0.0, Split::lower);
                rate * gamma_deviance(deviation) + 0.5 * libm::log(self.shape / rate) + stirling(rate) + libm::log(part)
            }
            Kind::Poisson => {
                let part = gamma_inc(moved, rate).map_or(0.0, Split::upper);
                rate * poisson_deviance(deviation)
                    + 0.5 * libm::log(self.shape / moved)
                    + stirling(moved)
                    + libm::log(part)
            }
        };
        (value - self.normaliser).max(f64::MIN)
    }

    /// What the sum exceeds ever with probability at most α.
    pub fn bound(self, v: f64, level: Level) -> f64 {
        let wanted = -libm::log(level.alpha());
        let mut above = (v + self.shape * self.scale * self.scale).sqrt() + self.scale;
        while self.log_e(above, v) <= wanted && above < 1e300 {
            above *= 2.0;
        }
        crate::crossing::crossing(0.0, above, |s| self.log_e(s, v) > wanted)
    }
}
