//! Robyn (R, 3.12): its adstocks and its Hill saturation, whose parameters are quantiles of the data at hand, turned into absolute ones and back.

use super::pymc::{survival_products, within};
use super::{hill_of, min_max_scaled, weibull_density, weighted};
use crate::adstock::{LARGEST, check_spend};
use crate::error::{between, not_negative, positive};
use crate::{Adstock, Curve, Error, Family};

/// `adstock_geometric`: `y_t = x_t + θ·y_{t−1}`, without window and not normalised: [`Adstock::geometric`].
///
/// # Errors
///
/// [`Error::OutOfRange`] unless θ is 0 or above and below 1.
pub fn geometric(theta: f64) -> Result<Adstock, Error> {
    Adstock::geometric(theta)
}

/// The scale of a Weibull adstock in periods: the quantile (type 7) of 1 … periods, rounded half to even.
///
/// # Where it differs
/// A scale of 0.1 is 6 weeks in a year of weeks and 11 in two years: the carry-over grows with the data.
///
/// # Errors
///
/// [`Error::OutOfRange`] unless the quantile is from 0 to 1 and there are 1 to 10 000 periods.
pub fn scale_in_periods(quantile: f64, periods: usize) -> Result<f64, Error> {
    between("scale", 0.0, 1.0, "from 0 to 1", quantile)?;
    Ok(libm::rint(1.0 + quantile * (within(periods)? - 1) as f64))
}

/// `adstock_weibull` of type CDF: the running product of 1 and `1 − F(1), 1 − F(2), …` over as many periods as the data have.
///
/// # Where it differs
/// A product of survival values falls faster than survival itself, which is [`Decay::WeibullCdf`](crate::Decay::WeibullCdf). A shape of 0 gives weights of 0.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a parameter; those of [`scale_in_periods`].
pub fn weibull_cdf(shape: f64, scale_quantile: f64, periods: usize) -> Result<Adstock, Error> {
    let scale = scale_in_periods(scale_quantile, periods)?;
    if not_negative("shape", shape)? > 0.0 {
        weighted(survival_products(shape, scale, periods), false)
    } else {
        weighted(vec![0.0; periods], false)
    }
}

/// `adstock_weibull` of type PDF: densities at 1 … periods, less the least of them, over their range; `1, 0, 0 …` if they are all the same.
///
/// # Where it differs
/// The least weight is always 0 and the greatest 1: both depend on the length of the data. A shape of 0 gives weights of 0.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a parameter; those of [`scale_in_periods`].
pub fn weibull_pdf(shape: f64, scale_quantile: f64, periods: usize) -> Result<Adstock, Error> {
    let scale = scale_in_periods(scale_quantile, periods)?;
    let mut weights = vec![0.0; periods];
    if not_negative("shape", shape)? > 0.0 {
        let densities: Vec<f64> = (1..=periods).map(|age| weibull_density(shape, scale, age as f64)).collect();
        match min_max_scaled(&densities) {
            Some(scaled) => weights = scaled,
            None => weights.iter_mut().take(1).for_each(|weight| *weight = 1.0),
        }
    }
    weighted(weights, false)
}

/// The inflexion of `saturation_hill` as it was published: the quantile gamma (type 7) of 100 equally spaced points from the least to the greatest, rounded to 4 digits after the point.
///
/// # Where it differs
/// The curve moves when the range of the data does, and the rounding ruins spends counted in millions of a currency.
///
/// # Errors
///
/// [`Error::OutOfRange`] unless gamma is from 0 to 1; [`Error::Spend`] for what is below zero; [`Error::Lengths`] for nothing at all.
pub fn inflexion_in_range(at_work: &[f64], gamma: f64) -> Result<f64, Error> {
    let (least, most) = range(at_work)?;
    let place = between("gamma", 0.0, 1.0, "from 0 to 1", gamma)? * 99.0;
    let point = |place: f64| least + (most - least) * (place / 99.0);
    let (below, above) = (point(libm::floor(place)), point(libm::ceil(place)));
    let quantile = below + (above - below) * (place - libm::floor(place));
    let rounded = libm::rint(quantile * 1e4) / 1e4;
    Ok(if rounded.is_finite() { rounded } else { quantile })
}

/// The inflexion in Robyn's allocator: gamma times the greatest.
///
/// # Errors
///
/// Those of [`inflexion_in_range`].
pub fn inflexion_of_greatest(at_work: &[f64], gamma: f64) -> Result<f64, Error> {
    Ok(between("gamma", 0.0, 1.0, "from 0 to 1", gamma)? * range(at_work)?.1)
}

/// The gamma that means this inflexion in [`inflexion_of_greatest`].
///
/// # Errors
///
/// [`Error::OutOfRange`] if there is none from 0 to 1.
pub fn gamma_of(inflexion: f64, at_work: &[f64]) -> Result<f64, Error> {
    let most = positive("greatest at work", range(at_work)?.1)?;
    between("gamma", 0.0, 1.0, "from 0 to 1", not_negative("inflexion", inflexion)? / most)
}

/// `saturation_hill`: `xᵅ/(xᵅ + inflexionᵅ)`.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a parameter.
pub fn hill(alpha: f64, inflexion: f64) -> Result<Curve, Error> {
    Curve::hill(1.0, alpha, inflexion)
}

fn range(values: &[f64]) -> Result<(f64, f64), Error> {
    check_spend(values)?;
    if values.is_empty() {
        return Err(Error::Lengths { what: "values", given: 0, needed: 1 });
    }
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    Ok((least, values.iter().copied().fold(0.0, f64::max)))
}

/// A channel of a Robyn model.
///
/// ```
/// use styring_response::{Adstock, parity::robyn::Channel};
///
/// let channel = Channel::new(Adstock::geometric(0.39)?, 2.94, 0.626, 996_700.0)?;
/// let spend = [0.0, 0.0, 100.0, 0.0, 0.0, 0.0, 50.0, 0.0];
/// let response = channel.response(&spend)?;
/// assert_eq!(response.inflexion(), 62.6);
/// // The response to the mean is not the mean of responses: Robyn's allocator shows one, its one-pager the other.
/// assert!(response.mean() > 1.8 * response.at_mean_spend());
/// // With absolute parameters, for an optimiser:
/// assert_eq!(response.curve().value(18.75), response.at_mean_spend());
/// # Ok::<(), styring_response::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Channel {
    adstock: Adstock,
    alpha: f64,
    gamma: f64,
    coef: f64,
}

impl Channel {
    /// With its hyperparameters and coefficient.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless alpha is above zero, the coefficient above zero and at most 1e100, and gamma above 0 and at most 1.
    pub fn new(adstock: Adstock, alpha: f64, gamma: f64, coef: f64) -> Result<Self, Error> {
        positive("gamma", gamma)?;
        between("gamma", 0.0, 1.0, "above 0 and at most 1", gamma)?;
        // The mean of responses stays a number.
        between("coef", 0.0, LARGEST, "above zero and at most 1e100", coef)?;
        Ok(Self { adstock, alpha: positive("alpha", alpha)?, gamma, coef: positive("coef", coef)? })
    }

    /// The channel whose curve this is, for data that have these spends: the way back from absolute parameters.
    ///
    /// # Errors
    ///
    /// [`Error::Family`] unless it is a Hill curve of what is at work; those of [`gamma_of`].
    pub fn of(adstock: Adstock, curve: &Curve, spend: &[f64]) -> Result<Self, Error> {
        let (coef, alpha, inflexion) = hill_of(curve)?;
        let gamma = gamma_of(inflexion, &adstock.carry(spend)?)?;
        Self::new(adstock, alpha, gamma, coef)
    }

    /// Its adstock.
    pub fn adstock(&self) -> &Adstock {
        &self.adstock
    }

    /// The slope of its Hill curve.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// Its inflexion as a share of the greatest at work.
    pub fn gamma(&self) -> f64 {
        self.gamma
    }

    /// The response at the ceiling.
    pub fn coef(&self) -> f64 {
        self.coef
    }

    /// What it did with these spends.
    ///
    /// # Errors
    ///
    /// [`Error::Spend`] for a spend below zero; [`Error::OutOfRange`] or [`Error::Lengths`] for spends that leave nothing at work.
    pub fn response(&self, spend: &[f64]) -> Result<Response, Error> {
        let adstocked = self.adstock.carry(spend)?;
        let inflexion = positive("inflexion", inflexion_of_greatest(&adstocked, self.gamma)?)?;
        let hill = Curve::hill(self.coef, self.alpha, inflexion)?;
        let responses: Vec<f64> = adstocked.iter().map(|at_work| hill.value(*at_work)).collect();
        let (periods, spent) = (spend.len() as f64, spend.iter().sum::<f64>());
        let first = self.adstock.weights(1).first().copied().unwrap_or(0.0);
        let carried = adstocked.iter().zip(spend).map(|(at_work, spend)| at_work - spend * first).sum::<f64>();
        // What is left of rounding is no carry-over.
        let carryover = (carried / periods).max(0.0);
        let curve = Curve::new(Family::Robyn { coef: self.coef, alpha: self.alpha, inflexion, carryover })?;
        Ok(Response {
            inflation: adstocked.iter().sum::<f64>() / spent,
            at_mean_spend: curve.value(spent / periods),
            mean: responses.iter().map(|response| response / periods).sum(),
            adstocked,
            inflexion,
            responses,
            carryover,
            curve,
        })
    }
}

/// What a channel of a Robyn model did.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Response {
    adstocked: Vec<f64>,
    inflexion: f64,
    responses: Vec<f64>,
    inflation: f64,
    carryover: f64,
    mean: f64,
    at_mean_spend: f64,
    curve: Curve,
}

impl Response {
    /// What was at work in each period.
    pub fn adstocked(&self) -> &[f64] {
        &self.adstocked
    }

    /// Gamma times the greatest of it.
    pub fn inflexion(&self) -> f64 {
        self.inflexion
    }

    /// The response in each period.
    pub fn responses(&self) -> &[f64] {
        &self.responses
    }

    /// All that was at work over all that was spent.
    pub fn inflation(&self) -> f64 {
        self.inflation
    }

    /// What earlier spend still did in the mean period.
    pub fn mean_carryover(&self) -> f64 {
        self.carryover
    }

    /// The mean of responses, which is what happened.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The response to the mean spend on top of the mean carry-over, which is what the allocator shows. With weights that do not begin with one it counts spend in full all the same.
    pub fn at_mean_spend(&self) -> f64 {
        self.at_mean_spend
    }

    /// The allocator's curve with absolute parameters.
    pub fn curve(&self) -> &Curve {
        &self.curve
    }
}
