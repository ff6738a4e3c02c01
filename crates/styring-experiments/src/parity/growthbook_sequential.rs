//! The asymptotic confidence sequences of GrowthBook and Eppo, as they compute them (gbstats 0.8.0; Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2021).
//!
//! **Where they fail.** The variance is unpooled, that of the lift the delta method's, and nothing is waited for. An arm that is unlucky at first then makes its own error look small. Of experiments without an effect,
//! looked at 200 times at 5 % with the tuning at 5 000 users, they find one in
//!
//! | rate, users per look, share of treatment | difference | lift (the default there) |
//! |---|---|---|
//! | 2 %, 100, 50 % | 2 % | 12 % |
//! | 0.5 %, 200, 50 % | 2 % | 17 % |
//! | 2 %, 200, 10 % | 8 % | 13 % |
//! | 5 %, 1 000, 99 % | 11 % | 20 % |
//!
//! [`ConversionCounts`](crate::sequential::ConversionCounts), [`rate_lift`](crate::sequential::rate_lift) and [`rate_difference`](crate::sequential::rate_difference) stay below 5 % there.

use crate::sequential::normal_mixture::tuning_constant;
use crate::{Alternative, ConfidenceSet, Counts, Error, Level, Moments, Readout, Scale};

/// The summary of an arm.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "the two metrics that are compared here")]
pub enum Arm {
    /// A conversion rate, with variance p(1 − p).
    Proportion(Counts),
    /// A mean, with its sample variance.
    Mean(Moments),
}

/// What GrowthBook shows at a look.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct GrowthBookLook {
    readout: Readout,
    standard_error: f64,
    half_width: f64,
    rho: f64,
}

impl GrowthBookLook {
    /// Estimate, set and, two-sided, the always-valid p-value; one-sided, the p-value is that at which the bound reaches the null.
    pub fn readout(&self) -> &Readout {
        &self.readout
    }

    /// The standard error: unpooled, and for a lift the delta method's.
    pub fn standard_error(&self) -> f64 {
        self.standard_error
    }

    /// The distance of the bounds from the estimate.
    pub fn half_width(&self) -> f64 {
        self.half_width
    }

    /// ρ = √((−2 ln α + ln(1 − 2 ln α)) / N*).
    pub fn rho(&self) -> f64 {
        self.rho
    }
}

/// GrowthBook's sequential test: difference or lift, tuned at so many users (5 000 by default there).
///
/// se √N √(2 (Nρ² + 1)/(Nρ)² ln(√(Nρ² + 1)/α)) to either side; one-sided with ln(1 + √(Nρ² + 1)/2α) and 2α in ρ. p = min(1, 1/e), e = exp(ρ² N z²/(2 (Nρ² + 1)))/√(Nρ² + 1); the p-value of the one-sided test, a
/// bisection to 10⁻⁶ there, is here the α whose bound is at 0 with the ρ of the level.
///
/// # Errors
///
/// [`Error::NoSpread`] where a variance is zero (there: no answer, an interval from 0 to 0); [`Error::ZeroBase`] for the lift over a mean of zero; [`Error::OutOfRange`] for another scale or a tuning of 0.
///
/// ```
/// use styring_experiments::parity::growthbook_sequential::{Arm, sequential_test};
/// use styring_experiments::{Alternative, Counts, Level, Scale};
///
/// let (control, treatment) = (Arm::Proportion(Counts::new(1_174, 14_994)?), Arm::Proportion(Counts::new(1_371, 14_994)?));
/// let look = sequential_test(control, treatment, Scale::Difference, Alternative::TwoSided, Level::P95, 50_000)?;
/// assert!((look.readout().p_value() - 0.002_445_512_562).abs() < 1e-11);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn sequential_test(
    control: Arm,
    treatment: Arm,
    scale: Scale,
    alternative: Alternative,
    level: Level,
    tuned_at: u64,
) -> Result<GrowthBookLook, Error> {
    named("GrowthBook's asymptotic confidence sequence", (control, treatment), scale, alternative, level, tuned_at)
}

/// Eppo's sequential analysis: the lift by the delta method with the normal mixture of Howard et al. (2021, equation 14) tuned at 10 000 users.
///
/// The same curve as GrowthBook's; its ρ is 1/ρ² here.
///
/// # Errors
///
/// As [`sequential_test`].
pub fn eppo_lift(control: Arm, treatment: Arm, level: Level) -> Result<GrowthBookLook, Error> {
    let arms = (control, treatment);
    named("Eppo's asymptotic confidence sequence", arms, Scale::Lift, Alternative::TwoSided, level, 10_000)
}

fn named(
    method: &'static str,
    (control, treatment): (Arm, Arm),
    scale: Scale,
    alternative: Alternative,
    level: Level,
    tuned_at: u64,
) -> Result<GrowthBookLook, Error> {
    if tuned_at == 0 {
        return Err(Error::range("users at which the sequence is tuned", "above 0", tuned_at));
    }
    let (estimate, standard_error) = effect(control.summary()?, treatment.summary()?, scale)?;
    let n = control.users() + treatment.users();
    let alpha = level.alpha();
    let two_sided = alternative == Alternative::TwoSided;
    let squared = tuning_constant(if two_sided { alpha } else { 2.0 * alpha }) / tuned_at as f64;
    let (time, z) = (n * squared, estimate / standard_error);
    // half width = se √(2 (t + 1)/t · logarithm), with t = Nρ²
    let reach = |log: f64| (2.0 * (time + 1.0) / time * log).sqrt();
    let half_width = standard_error
        * if two_sided {
            reach(0.5 * libm::log1p(time) - libm::log(alpha))
        } else {
            reach(libm::log1p((time + 1.0).sqrt() / (2.0 * alpha)))
        };
    let (set, p_value) = match alternative {
        Alternative::TwoSided => {
            let log_e = 0.5 * z * z * time / (time + 1.0) - 0.5 * libm::log1p(time);
            (ConfidenceSet::between(estimate - half_width, estimate + half_width), libm::exp(-log_e))
        }
        Alternative::Greater => (ConfidenceSet::AtLeast(estimate - half_width), one_sided_p(z, time)),
        Alternative::Less => (ConfidenceSet::AtMost(estimate + half_width), one_sided_p(-z, time)),
    };
    let readout = Readout::new(method, scale, (Some(estimate), 0.0), set, p_value.min(1.0), (level, alternative));
    Ok(GrowthBookLook { readout, standard_error, half_width, rho: squared.sqrt() })
}

/// The α at which reach(ln(1 + √(t+1)/2α)) = z.
fn one_sided_p(z: f64, time: f64) -> f64 {
    if z <= 0.0 {
        return 1.0;
    }
    let log = 0.5 * z * z * time / (time + 1.0);
    0.5 * (time + 1.0).sqrt() / libm::expm1(log)
}

impl Arm {
    fn users(self) -> f64 {
        match self {
            Self::Proportion(counts) => counts.trials() as f64,
            Self::Mean(moments) => moments.n() as f64,
        }
    }

    /// Mean, and its squared error.
    pub(crate) fn summary(self) -> Result<(f64, f64), Error> {
        let (mean, variance) = match self {
            Self::Proportion(counts) => {
                let rate = counts.rate().ok_or(Error::TooFew { what: "users", needed: 1, given: 0 })?;
                (rate, rate * (1.0 - rate))
            }
            Self::Mean(moments) => (moments.mean(0), moments.variance(0)?),
        };
        if variance > 0.0 {
            Ok((mean, variance / self.users()))
        } else {
            Err(Error::NoSpread { what: "the metric of an arm" })
        }
    }
}

/// The effect and its standard error.
pub(crate) fn effect(control: (f64, f64), treatment: (f64, f64), scale: Scale) -> Result<(f64, f64), Error> {
    let ((m_c, v_c), (m_t, v_t)) = (control, treatment);
    match scale {
        Scale::Difference => Ok((m_t - m_c, (v_t + v_c).sqrt())),
        Scale::Lift if m_c == 0.0 => Err(Error::ZeroBase { what: "the mean of the control" }),
        Scale::Lift => {
            let ratio = m_t / m_c;
            Ok(((m_t - m_c) / m_c.abs(), (v_t + v_c * ratio * ratio).sqrt() / m_c.abs()))
        }
        _ => Err(Error::range("scale", "a difference or a lift", format!("{scale:?}"))),
    }
}
