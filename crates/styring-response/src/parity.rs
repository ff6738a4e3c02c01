//! What other programs call adstock and saturation, and their parameters turned into absolute ones and back.
//!
//! Each function says where its formula differs from that of the same name elsewhere.

pub mod meridian;
pub mod pymc;
pub mod robyn;

use crate::{Adstock, Curve, Decay, Error, Family};

/// Weights made elsewhere, normalised or not.
fn weighted(weights: Vec<f64>, normalise: bool) -> Result<Adstock, Error> {
    finish(Decay::Weights { weights }, normalise)
}

fn finish(decay: Decay, normalise: bool) -> Result<Adstock, Error> {
    let adstock = Adstock::new(decay)?;
    if normalise { adstock.normalised() } else { Ok(adstock) }
}

/// 1 − e^(−(t/scale)^shape) from below: what is left, e^(−(t/scale)^shape), and what has come.
fn weibull(shape: f64, scale: f64, t: f64) -> (f64, f64) {
    let hazard = libm::pow(t / scale, shape);
    (libm::exp(-hazard), -libm::expm1(-hazard))
}

/// The density of a Weibull distribution.
fn weibull_density(shape: f64, scale: f64, t: f64) -> f64 {
    shape / scale * libm::pow(t / scale, shape - 1.0) * weibull(shape, scale, t).0
}

/// Values less the least, over their range; none if they are all the same.
fn min_max_scaled(values: &[f64]) -> Option<Vec<f64>> {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let range = values.iter().copied().fold(f64::NEG_INFINITY, f64::max) - least;
    (range > 0.0 && range.is_finite()).then(|| values.iter().map(|value| (value - least) / range).collect())
}

/// The ceiling, slope and half-way spend of a curve that is a Hill curve.
fn hill_of(curve: &Curve) -> Result<(f64, f64, f64), Error> {
    match curve.family() {
        Family::Hill { a, s, k } => Ok((*a, *s, *k)),
        Family::MichaelisMenten { a, k } => Ok((*a, 1.0, *k)),
        _ => Err(Error::Family { needed: "a Hill curve" }),
    }
}
