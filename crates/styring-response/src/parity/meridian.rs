//! Meridian (`AdstockTransformer`, `HillTransformer`, 2.1): its adstock and saturation, and its scaling turned into absolute parameters.

use super::{finish, hill_of};
use crate::error::positive;
use crate::{Adstock, Curve, Decay, Error};

/// `geometric` decay: `αˡ` over the window min(max_lag + 1, times), always normalised.
///
/// # Where it differs
/// The window is cut to the length of the data, so that a short series has other weights than a long one.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a parameter.
pub fn geometric(alpha: f64, max_lag: usize, times: usize) -> Result<Adstock, Error> {
    finish(Decay::Windowed { alpha, window: max_lag.saturating_add(1).min(times) }, true)
}

/// `binomial` decay: `(1 − l/window)^(1/α − 1)` over the same window, always normalised.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a parameter.
pub fn binomial(alpha: f64, max_lag: usize, times: usize) -> Result<Adstock, Error> {
    finish(Decay::Binomial { alpha, window: max_lag.saturating_add(1).min(times) }, true)
}

/// What the transformer puts out: the last `times` periods; those before are history, and before them there was nothing.
///
/// # Errors
///
/// [`Error::Lengths`] if there are fewer periods than asked for; those of [`Adstock::carry`].
pub fn output(adstock: &Adstock, media: &[f64], times: usize) -> Result<Vec<f64>, Error> {
    let history =
        media.len().checked_sub(times).ok_or(Error::Lengths { what: "media", given: media.len(), needed: times })?;
    Ok(adstock.carry(media)?.split_off(history))
}

/// `HillTransformer`: `x^slope/(x^slope + ec^slope)`.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a parameter.
pub fn hill(ec: f64, slope: f64) -> Result<Curve, Error> {
    Curve::hill(1.0, slope, ec)
}

/// What Meridian divides media by before its transformations: the median of the periods with media, per head (one region here, so per head is left out).
///
/// # Where it differs
/// The median is that of the data at hand: the same `ec` means another spend when a week is added.
///
/// ```
/// use styring_response::parity::meridian::{Scaling, hill};
///
/// let scaling = Scaling::of(&[0.0, 40_000.0, 60_000.0, 50_000.0])?; // 50 000
/// let curve = scaling.curve(0.8, 1.5, 900.0)?; // ec, slope, incremental results at the ceiling
/// assert!((curve.value(40_000.0) - 450.0).abs() < 1e-9);
/// assert_eq!(scaling.coefficients(&curve)?, (0.8, 1.5, 900.0));
/// # Ok::<(), styring_response::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Scaling {
    media: f64,
}

impl Scaling {
    /// With this divisor.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it is above zero.
    pub fn new(media: f64) -> Result<Self, Error> {
        Ok(Self { media: positive("media scale", media)? })
    }

    /// The median of what is above zero.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if nothing is.
    pub fn of(media: &[f64]) -> Result<Self, Error> {
        let mut used: Vec<f64> = media.iter().copied().filter(|media| *media > 0.0).collect();
        used.sort_by(f64::total_cmp);
        let middle = used.len() / 2;
        let at = |index: usize| used.get(index).copied().unwrap_or(0.0);
        Self::new(if used.len() % 2 == 1 { at(middle) } else { f64::midpoint(at(middle.wrapping_sub(1)), at(middle)) })
    }

    /// What media are divided by.
    pub fn media(&self) -> f64 {
        self.media
    }

    /// The response in own units to adstocked media in own units: `beta·hill(media/scale)`, beta in results.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a parameter.
    pub fn curve(&self, ec: f64, slope: f64, beta: f64) -> Result<Curve, Error> {
        hill(ec, slope)?.rescaled(self.media, positive("beta", beta)?)
    }

    /// The way back: `(ec, slope, beta)` of a Hill curve.
    ///
    /// # Errors
    ///
    /// [`Error::Family`] for another family.
    pub fn coefficients(&self, curve: &Curve) -> Result<(f64, f64, f64), Error> {
        let (a, s, k) = hill_of(curve)?;
        Ok((k / self.media, s, a))
    }
}

/// The coefficient that gives a channel its return: `beta = roi·Σ spend / Σ hill(adstock(media))`. Meridian puts its priors on the return, and solves for the coefficient so.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a return that is no number, or media that do nothing; [`Error::Spend`] for a spend below zero.
pub fn beta_of_roi(roi: f64, spend: &[f64], transformed: &[f64]) -> Result<f64, Error> {
    let (spent, effect) = totals(spend, transformed)?;
    in_range(in_range(roi)? * spent / effect)
}

/// The return that a coefficient means: the other way round.
///
/// # Errors
///
/// Those of [`beta_of_roi`], and [`Error::OutOfRange`] if nothing was spent.
pub fn roi_of_beta(beta: f64, spend: &[f64], transformed: &[f64]) -> Result<f64, Error> {
    let (spent, effect) = totals(spend, transformed)?;
    in_range(in_range(beta)? * effect / positive("spend", spent)?)
}

fn totals(spend: &[f64], transformed: &[f64]) -> Result<(f64, f64), Error> {
    crate::adstock::check_spend(spend)?;
    crate::adstock::check_spend(transformed)?;
    Ok((spend.iter().sum(), positive("sum of transformed media", transformed.iter().sum())?))
}

fn in_range(value: f64) -> Result<f64, Error> {
    crate::error::between("coefficient", -1e100, 1e100, "a number of at most 1e100", value)
}
