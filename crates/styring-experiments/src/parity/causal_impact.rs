//! `CausalImpact` (R, and its ports bsts-causalimpact and tfcausalimpact).

use crate::geo::local_level::{Drift, LocalLevel};
use crate::{Error, Hypothesis, Readout};

/// The packages' default of `prior_level_sd`.
pub const PRIOR_LEVEL_SD: f64 = 0.01;

/// The effect on a day, as the packages find it: local level and regression, with their priors.
///
/// # Formula
/// With s the standard deviation of the treated series before: the variance of the drift is an inverse gamma of 32 days about (`prior_level_sd` s)², that of the noise one of 50 days about s²/5
/// (an expected R² of 0.8). The packages draw from the posterior (Gibbs sampling, or a variational fit); here it is a quadrature, so the answer is the same every time. Coefficients have a flat
/// prior here, and there one that weighs as much as one hundredth of a day. Up to three controls they select none, and neither does this; of more controls they select.
///
/// # Where it fails
/// The prior takes the drift for known, a hundredth of the spread. Where a level drifts by more, and it does, the intervals are too short: of 95 % they held 89, 54 and 42 % with drifts of 0.1, 0.3
/// and 1 times the noise (100 days before, 30 after). [`LocalLevel::average`] keeps its promise there.
///
/// # Errors
///
/// Those of [`LocalLevel::new`] and [`LocalLevel::effect_after`]; [`Error::OutOfRange`] unless `prior_level_sd` is above 0.
///
/// ```
/// use styring_experiments::{Level, parity::causal_impact::{PRIOR_LEVEL_SD, causal_impact}};
///
/// let noise = |day: u32, by: u32| f64::from((day * by).wrapping_mul(2_654_435_761) >> 16) / 65_536.0 - 0.5;
/// let control: Vec<f64> = (1..=90).map(|day| 100.0 + 10.0 * noise(day, 3)).collect();
/// let treated: Vec<f64> =
///     (1..=90).map(|day| 1.2 * control[day as usize - 1] + noise(day, 7) + if day > 70 { 4.0 } else { 0.0 }).collect();
/// let effect = causal_impact(&treated, &[control], 70, PRIOR_LEVEL_SD, Level::P95)?;
/// assert!(effect.set().contains(4.0) && effect.p_value() < 1e-6);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn causal_impact(
    treated: &[f64],
    controls: &[Vec<f64>],
    before: usize,
    prior_level_sd: f64,
    hypothesis: impl Into<Hypothesis>,
) -> Result<Readout, Error> {
    if !(prior_level_sd > 0.0 && prior_level_sd <= 1e3) {
        return Err(Error::range("prior_level_sd", "above 0 and at most 1000", prior_level_sd));
    }
    let series = LocalLevel::new(treated, controls, before)?;
    let square = series.variance_before();
    let drift = Drift::Guessed { noise: (50.0, 0.2 * square), level: (32.0, prior_level_sd * prior_level_sd * square) };
    series.average_with(drift, "CausalImpact", hypothesis)
}
