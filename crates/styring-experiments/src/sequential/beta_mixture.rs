use styring_special::{Split, beta_inc};

use crate::sequential::normal_mixture::{positive, tuning_constant};
use crate::stirling::{poisson_deviance, stirling};
use crate::{Error, Level};

/// A boundary for sums of increments between −g and h, by beta weights on the bet: exact for coins.
///
/// With g = p and h = 1 − p it is the boundary of a count of successes about its mean np, in units of one success
/// (Howard, Ramdas, McAuliffe and Sekhon 2021, propositions 7 and 8).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaMixture {
    g: f64,
    h: f64,
    /// r, the variance that the bet adds.
    added: f64,
    one_sided: bool,
}

impl BetaMixture {
    /// Two-sided, narrowest for the level about where the variance is `v_opt`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless all are above 0.
    pub fn new(v_opt: f64, (g, h): (f64, f64), level: Level) -> Result<Self, Error> {
        Self::tuned(v_opt, (g, h), level.alpha(), false)
    }

    /// One-sided, narrowest for the level about where the variance is `v_opt`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless all are above 0.
    pub fn one_sided(v_opt: f64, (g, h): (f64, f64), level: Level) -> Result<Self, Error> {
        Self::tuned(v_opt, (g, h), 2.0 * level.alpha(), true)
    }

    fn tuned(v_opt: f64, (g, h): (f64, f64), alpha: f64, one_sided: bool) -> Result<Self, Error> {
        positive("v_opt", v_opt)?;
        positive("g", g)?;
        positive("h", h)?;
        let added = (v_opt / tuning_constant(alpha) - g * h).max(1e-3 * g * h);
        Ok(Self { g, h, added, one_sided })
    }

    /// ln e for a sum `s` with variance `v`; increments of at most h cannot sum to more than v/g, and of −g not to less than −v/h.
    pub fn log_e(self, s: f64, v: f64) -> f64 {
        let Self { g, h, added, one_sided } = self;
        let span = g + h;
        // A success is an increment of h, and has the share g/(g+h) under the null; v is gh for every trial.
        let successes = ((v + h * s) / (h * span)).max(0.0);
        let failures = ((v - g * s) / (g * span)).max(0.0);
        let (share, concentration) = (g / span, added / (g * h));
        let two_sided = log_mixture([share, h / span], concentration, [successes, failures]);
        if !one_sided {
            return two_sided;
        }
        let above = |successes: f64, failures: f64| {
            Split::from_ratio(g, h)
                .and_then(|null| beta_inc(concentration * share + successes, concentration * h / span + failures, null))
                .map_or(1.0, Split::upper)
        };
        (two_sided + libm::log(above(successes, failures)) - libm::log(above(0.0, 0.0))).max(f64::MIN)
    }

    /// What the sum (two-sided: above zero) exceeds ever with probability at most α; at most v/g, which it cannot exceed at all.
    pub fn bound(self, v: f64, level: Level) -> f64 {
        let (wanted, most) = (-libm::log(level.alpha()), v / self.g);
        if self.log_e(most, v) <= wanted {
            return most;
        }
        crate::crossing::crossing(0.0, most, |s| self.log_e(s, v) > wanted)
    }
}

/// ln of the marginal likelihood of counts under Dirichlet(k·shares) over their likelihood under the shares.
///
/// With A = kρ + x: ln BF = Σ aρ φ((x − Xρ)/(aρ)) − ½ Σ ln(A/kρ) + ½ ln(a/k) + differences of Stirling's remainders, a = k + X, φ(u) = (1+u) ln(1+u) − u.
pub(crate) fn log_mixture<const J: usize>(shares: [f64; J], concentration: f64, counts: [f64; J]) -> f64 {
    log_dirichlet(shares.into_iter().zip(counts), concentration)
}

/// [`log_mixture`] of (share, count) pairs; arms with a share of 0 are left out.
pub(crate) fn log_dirichlet(arms: impl Iterator<Item = (f64, f64)> + Clone, concentration: f64) -> f64 {
    let total: f64 = arms.clone().map(|(_, count)| count).sum();
    if total <= 0.0 {
        return 0.0;
    }
    let all = concentration + total;
    let mut log = 0.5 * libm::log(all / concentration) - (stirling(all) - stirling(concentration));
    for (share, count) in arms.filter(|&(share, _)| share > 0.0) {
        let (before, expected) = (concentration * share, all * share);
        log += expected * poisson_deviance((count - total * share) / expected);
        if count > 0.0 {
            log += stirling(before + count) - stirling(before) - 0.5 * libm::log((before + count) / before);
        }
    }
    log
}
