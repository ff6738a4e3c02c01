use crate::sequential::EValue;
use crate::sequential::normal_mixture::positive;
use crate::{ConfidenceSet, Error, Level};

/// The mixture sequential probability ratio test of an estimate with a known standard error (Robbins 1970; Johari, Koomen, Pekelis and Walsh 2022).
///
/// Λ = √(V/(V+τ²)) exp(τ² d² / (2 V (V + τ²))), V the squared standard error and τ the spread of the effects that are expected. It is the [`NormalMixture`](crate::sequential::NormalMixture) in the units of the effect: platforms set τ
/// by the effects of past experiments. With an error estimated from few conversions it is asymptotic like the rest, and has no burn-in of its own.
///
/// ```
/// use styring_experiments::Level;
/// use styring_experiments::sequential::Msprt;
///
/// let test = Msprt::new(0.002)?; // effects of about 0.2 points are expected
/// let e = test.e_value(0.0061, 0.0014)?;
/// assert!(e.p_value() < 0.05 && !test.set(0.0061, 0.0014, Level::P95)?.contains(0.0));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Msprt {
    spread: f64,
}

impl Msprt {
    /// With effects of the spread τ expected.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it is above 0.
    pub fn new(spread: f64) -> Result<Self, Error> {
        positive("spread", spread)?;
        Ok(Self { spread })
    }

    /// With the spread that is most decisive where the standard error has come down to `error`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it is above 0.
    pub fn decide_at_error(error: f64, level: Level) -> Result<Self, Error> {
        positive("standard error", error)?;
        Self::new(error * crate::sequential::normal_mixture::tuning_constant(level.alpha()).sqrt())
    }

    /// The evidence against no effect.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the estimate is a number and its error above 0.
    pub fn e_value(self, estimate: f64, error: f64) -> Result<EValue, Error> {
        positive("standard error", error)?;
        if !estimate.is_finite() {
            return Err(Error::range("estimate", "a number", estimate));
        }
        let ratio = self.spread / error;
        let kappa = ratio * ratio;
        let z = estimate / error;
        Ok(EValue::clamped(0.5 * z * z * (kappa / (1.0 + kappa)) - 0.5 * libm::log1p(kappa)))
    }

    /// The effects that are not rejected.
    ///
    /// # Errors
    ///
    /// As [`Msprt::e_value`].
    pub fn set(self, estimate: f64, error: f64, level: Level) -> Result<ConfidenceSet, Error> {
        self.e_value(estimate, error)?;
        let ratio = self.spread / error;
        let kappa = ratio * ratio;
        let wanted = -libm::log(level.alpha()) + 0.5 * libm::log1p(kappa);
        let margin = error * (2.0 * wanted * (1.0 + 1.0 / kappa)).sqrt();
        Ok(ConfidenceSet::between(estimate - margin, estimate + margin))
    }
}

#[cfg(test)]
mod tests {
    use super::Msprt;
    use crate::Level;
    use crate::sequential::NormalMixture;

    #[test]
    fn it_is_the_normal_mixture() {
        // S = d/V at information 1/V, ρ = 1/τ².
        let (d, v, tau) = (0.3, 0.02, 0.4);
        let mixture = NormalMixture::tuned(1.0, Level::P95, false);
        let scale = mixture.rho() * tau * tau; // time in units of 1/scale
        let log_e = mixture.log_e(d / v * scale.sqrt(), scale / v);
        let test = Msprt::new(tau).and_then(|test| test.e_value(d, f64::sqrt(v)));
        assert!(test.is_ok_and(|e| (e.log() - log_e).abs() < 1e-12));
    }
}
