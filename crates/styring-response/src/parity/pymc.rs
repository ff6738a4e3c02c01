//! PyMC-Marketing (`pymc_marketing.mmm.transformers`, 0.19): adstocks and saturations as it has them, and its scaling turned into absolute parameters.
//!
//! Adstocks are windowed, `l < l_max`, and normalised if asked for. Saturations are [`Curve`]s of the scaled spend.

use super::{finish, min_max_scaled, weibull, weibull_density, weighted};
use crate::error::positive;
use crate::{Adstock, Curve, Decay, Error, Family};

/// `geometric_adstock`: `αˡ`, l < l_max. Robyn's of the same name has no window.
///
/// # Errors
///
/// Those of [`Adstock::new`] and [`Adstock::normalised`].
pub fn geometric(alpha: f64, l_max: usize, normalize: bool) -> Result<Adstock, Error> {
    finish(Decay::Windowed { alpha, window: l_max }, normalize)
}

/// `delayed_adstock`: `α^((l − θ)²)`, l < l_max.
///
/// # Errors
///
/// Those of [`Adstock::new`] and [`Adstock::normalised`].
pub fn delayed(alpha: f64, theta: f64, l_max: usize, normalize: bool) -> Result<Adstock, Error> {
    finish(Decay::Delayed { alpha, theta, window: l_max }, normalize)
}

/// `weibull_adstock` of type PDF: densities at 1 … l_max, less the least of them, over their range.
///
/// # Where it differs
/// The least weight is always 0 and the greatest 1, so every weight depends on the window. [`Decay::WeibullPdf`] is cut off by the window and no more.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a parameter, or for densities that are all the same, as with `l_max` = 1.
pub fn weibull_pdf(lam: f64, k: f64, l_max: usize, normalize: bool) -> Result<Adstock, Error> {
    let (lam, k) = (positive("lam", lam)?, positive("k", k)?);
    let window = within(l_max)?;
    let densities: Vec<f64> = (1..=window).map(|age| weibull_density(k, lam, age as f64)).collect();
    let weights = min_max_scaled(&densities).ok_or(Error::range(
        "l_max",
        "long enough for weights that differ",
        window as f64,
    ))?;
    weighted(weights, normalize)
}

/// `weibull_adstock` of type CDF: the running product of 1 and `1 − F(1) … 1 − F(l_max)`.
///
/// # Where it differs
/// A product of survival values falls faster than survival itself, which is [`Decay::WeibullCdf`]; and there are l_max + 1 weights.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a parameter.
pub fn weibull_cdf(lam: f64, k: f64, l_max: usize, normalize: bool) -> Result<Adstock, Error> {
    let (lam, k) = (positive("lam", lam)?, positive("k", k)?);
    weighted(survival_products(k, lam, within(l_max)? + 1), normalize)
}

/// `binomial_adstock`: `(1 − l/(l_max + 1))^(1/α − 1)`, l < l_max.
///
/// # Where it differs
/// The last of the window is above zero and its next would be too: Meridian's, and [`Decay::Binomial`], divide by the window itself.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a parameter.
pub fn binomial(alpha: f64, l_max: usize, normalize: bool) -> Result<Adstock, Error> {
    let window = within(l_max)?;
    let longer = Adstock::new(Decay::Binomial { alpha, window: window + 1 })?;
    weighted(longer.weights(window), normalize)
}

/// 1, 1 − F(1), (1 − F(1))·(1 − F(2)), …
pub(super) fn survival_products(shape: f64, scale: f64, length: usize) -> Vec<f64> {
    let mut product = 1.0;
    let rest = (1..length).map(|age| {
        product *= weibull(shape, scale, age as f64).0;
        product
    });
    std::iter::once(1.0).chain(rest).collect()
}

pub(super) fn within(window: usize) -> Result<usize, Error> {
    Adstock::new(Decay::Windowed { alpha: 0.0, window }).map(|_| window)
}

/// `logistic_saturation`: `(1 − e^(−λx))/(1 + e^(−λx))`.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a parameter; the same holds for all that follow.
pub fn logistic(lam: f64) -> Result<Curve, Error> {
    Curve::new(Family::Logistic { a: 1.0, lam })
}

/// `inverse_scaled_logistic_saturation`: the logistic with λ = ln(3)/lam, so that it is one half at lam.
#[allow(clippy::missing_errors_doc)]
pub fn inverse_scaled_logistic(lam: f64) -> Result<Curve, Error> {
    logistic(libm::log(3.0) / positive("lam", lam)?)
}

/// `tanh_saturation`: `b·tanh(x/(b·c))`.
pub fn tanh(b: f64, c: f64) -> Result<Curve, Error> {
    Curve::new(Family::Tanh { b, c })
}

/// `tanh_saturation_baselined`: `gain·x0·tanh(x·artanh(r)/x0)/r`: at the reference spend x0 each unit brings `gain`, and the share r of the ceiling is reached.
pub fn tanh_baselined(x0: f64, gain: f64, r: f64) -> Result<Curve, Error> {
    if !(r > 0.0 && r < 1.0) {
        return Err(Error::range("r", "above 0 and below 1", r));
    }
    let (x0, gain) = (positive("x0", x0)?, positive("gain", gain)?);
    tanh(gain * x0 / r, r / (gain * libm::atanh(r)))
}

/// `michaelis_menten`: `α·x/(λ + x)`.
pub fn michaelis_menten(alpha: f64, lam: f64) -> Result<Curve, Error> {
    Curve::new(Family::MichaelisMenten { a: alpha, k: lam })
}

/// `hill_function`: `1 − κˢ/(κˢ + xˢ)`.
pub fn hill(slope: f64, kappa: f64) -> Result<Curve, Error> {
    Curve::hill(1.0, slope, kappa)
}

/// `hill_saturation_sigmoid`: `σ/(1 + e^(−β(x − λ))) − σ/(1 + e^(βλ))`; in spite of the name no Hill function, but a logistic S.
pub fn hill_sigmoid(sigma: f64, beta: f64, lam: f64) -> Result<Curve, Error> {
    Curve::new(Family::Sigmoid { a: sigma, m: lam, w: 1.0 / positive("beta", beta)? })
}

/// `root_saturation`: `xᵅ`, here with α at most one.
pub fn root(alpha: f64) -> Result<Curve, Error> {
    Curve::power(1.0, alpha)
}

/// What PyMC-Marketing divides by before it fits: each channel by its own maximum, the target by its maximum (the defaults).
///
/// # Where it differs
/// Both maxima are those of the data at hand: the same coefficients mean another curve when a week is added.
///
/// ```
/// use styring_response::parity::pymc::{Scaling, logistic};
///
/// let scaling = Scaling::of(&[20_000.0, 80_000.0, 50_000.0], &[300.0, 500.0, 410.0])?;
/// let curve = scaling.curve(&logistic(2.0)?, 0.3)?; // beta = 0.3
/// assert!((curve.value(80_000.0) - 500.0 * 0.3 * logistic(2.0)?.value(1.0)).abs() < 1e-9);
/// let (saturation, beta) = scaling.coefficients(&curve)?;
/// assert!((beta - 0.3).abs() < 1e-12 && (saturation.value(1.0) - logistic(2.0)?.value(1.0)).abs() < 1e-12);
/// # Ok::<(), styring_response::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Scaling {
    channel: f64,
    target: f64,
}

impl Scaling {
    /// With these divisors.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless both are above zero.
    pub fn new(channel: f64, target: f64) -> Result<Self, Error> {
        Ok(Self { channel: positive("channel scale", channel)?, target: positive("target scale", target)? })
    }

    /// The maxima of a channel's spend and of the target.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if either has nothing above zero.
    pub fn of(spend: &[f64], target: &[f64]) -> Result<Self, Error> {
        let most = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
        Self::new(most(spend), most(target))
    }

    /// What spend is divided by.
    pub fn channel(&self) -> f64 {
        self.channel
    }

    /// What results are divided by.
    pub fn target(&self) -> f64 {
        self.target
    }

    /// The response in own units to spend in own units, of a saturation of scaled spend and its `beta`. With an adstock in front, spend is what is at work.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless beta is above zero.
    pub fn curve(&self, saturation: &Curve, beta: f64) -> Result<Curve, Error> {
        saturation.rescaled(self.channel, self.target * positive("beta", beta)?)
    }

    /// The way back: the saturation of scaled spend with a ceiling of one and its `beta`; curves without a ceiling keep their scale and have a beta of one.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if a parameter leaves the range of numbers.
    pub fn coefficients(&self, curve: &Curve) -> Result<(Curve, f64), Error> {
        let beta = curve.ceiling().map_or(1.0, |ceiling| ceiling / self.target);
        Ok((curve.rescaled(1.0 / self.channel, 1.0 / (self.target * positive("beta", beta)?))?, beta))
    }
}
