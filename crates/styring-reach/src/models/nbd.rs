use super::nbd_probability::Form;
use super::root::first;
use crate::distribution::check_listed;
use crate::{Capped, Error, ExposureDistribution, NbdCurve};

pub(super) const SMALLEST: f64 = 1e-12;
pub(super) const LARGEST: f64 = 1e9;

/// The negative binomial distribution of exposures: every person's rate is drawn from a gamma distribution of this shape, and exposures come at random at that rate.
///
/// P(X = 0) = (r/(r + m))^r, P(X = k) = Γ(k + r)/(Γ(r) k!) · (r/(r + m))^r (m/(r + m))^k with mean m (exposures per person of the universe, reached or not) and shape r. The smaller the shape the more
/// people differ: most of the exposures then go to few. The variance is m + m²/r; as r grows the distribution becomes Poisson's.
///
/// The standard model of exposures to a schedule of many small insertions (Ehrenberg 1959; Goodhardt, Ehrenberg and Chatfield 1984). It fails where exposures are rationed: under a cap ([`capped`](Self::capped)), or
/// where a part of the universe cannot be reached at all.
///
/// ```
/// use styring_reach::Nbd;
///
/// // 4 impressions per person of the universe reached 60 % of it.
/// let nbd = Nbd::from_reach(4.0, 0.60)?;
/// let exposures = nbd.distribution(30)?;
/// assert!((exposures.reach() - 0.60).abs() < 1e-12);
/// // What a cap of 6 would take away:
/// let capped = nbd.capped(6)?;
/// assert!(capped.share_above_cap() > Some(0.3));
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Stored"))]
pub struct Nbd {
    mean: f64,
    shape: f64,
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    mean: f64,
    shape: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for Nbd {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Self::new(stored.mean, stored.shape)
    }
}

impl Nbd {
    /// From the mean and the shape.
    ///
    /// Errors: either outside 1e-12 to 1e9.
    pub fn new(mean: f64, shape: f64) -> Result<Self, Error> {
        for (field, value) in [("mean", mean), ("shape", shape)] {
            if !(SMALLEST..=LARGEST).contains(&value) {
                return Err(Error::OutOfRange { field, expected: "from 1e-12 to 1e9", value: value.to_string() });
            }
        }
        Ok(Self { mean, shape })
    }

    /// The distribution with this mean and this share of the universe reached: the shape that solves −r ln(1 + m/r) = ln(1 − R).
    ///
    /// Errors: numbers outside their range; [`NotOverdispersed`](Error::NotOverdispersed) from R = 1 − e^−m on, where even people who are all alike would not be reached so widely, or so close below that the
    /// shape is above 1e9.
    pub fn from_reach(mean: f64, reach: f64) -> Result<Self, Error> {
        Self::new(mean, 1.0)?;
        if !(reach > 0.0 && reach < 1.0) {
            let expected = "above 0 and below 1, a share of the universe";
            return Err(Error::OutOfRange { field: "reach", expected, value: reach.to_string() });
        }
        let wanted = -libm::log1p(-reach);
        let exponent = |shape: f64| shape * libm::log1p(mean / shape);
        if exponent(LARGEST) <= wanted {
            let (limit, measure) = (-libm::expm1(-mean), "reach");
            return Err(Error::NotOverdispersed { mean, measure, than: "below", limit, value: reach });
        }
        if exponent(SMALLEST) >= wanted {
            let expected = "such that the shape is at least 1e-12";
            return Err(Error::OutOfRange { field: "reach", expected, value: reach.to_string() });
        }
        Self::new(mean, first(SMALLEST, LARGEST, |shape| exponent(shape) >= wanted))
    }

    /// Exposures per person of the universe.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The shape r, in which people differ the less the larger it is.
    pub fn shape(&self) -> f64 {
        self.shape
    }

    /// m + m²/r.
    pub fn variance(&self) -> f64 {
        self.mean + self.mean * (self.mean / self.shape)
    }

    /// The share of the universe reached, 1 − (1 + m/r)^−r.
    pub fn reach(&self) -> f64 {
        self.form().reach()
    }

    /// P(X ≥ k), for any k. Cost: grows with `k`; for many take a [`distribution`](Self::distribution).
    ///
    /// Errors: `k` above a million.
    pub fn k_plus(&self, k: u32) -> Result<f64, Error> {
        match k.checked_sub(1) {
            None => Ok(1.0),
            Some(below) => Ok(self.form().beyond(&self.form().list(check_listed(below)?))),
        }
    }

    /// The probabilities of 0 to `up_to` exposures, and of more. Cost: grows with `up_to`, and with the root of mean and shape.
    ///
    /// Errors: `up_to` above a million.
    pub fn distribution(&self, up_to: u32) -> Result<ExposureDistribution, Error> {
        let pmf = self.form().list(check_listed(up_to)?);
        let beyond = self.form().beyond(&pmf);
        Ok(ExposureDistribution::unchecked(pmf, beyond, self.mean))
    }

    /// What a frequency cap leaves of it, and what it takes away: [`ExposureDistribution::capped`]. Exact for a cap on people over the whole time of the distribution; a rolling cap takes less
    /// ([`Exposures::above_cap`](crate::Exposures::above_cap) counts that).
    ///
    /// Errors: a cap above a million.
    pub fn capped(&self, cap: u32) -> Result<Capped, Error> {
        self.distribution(cap)?.capped(cap)
    }

    /// The distribution at another number of impressions, chosen at random as before: thinning a negative binomial keeps its shape and scales its mean.
    ///
    /// Errors: a factor that takes the mean out of 1e-12 to 1e9.
    pub fn scaled(&self, times: f64) -> Result<Self, Error> {
        Self::new(self.mean * times, self.shape)
    }

    /// Reach against impressions in a universe of so many people.
    ///
    /// Errors: a universe that is not above 0.
    pub fn curve(&self, universe: f64) -> Result<NbdCurve, Error> {
        NbdCurve::new(universe, self.shape)
    }

    pub(super) fn form(&self) -> Form {
        Form::new(self.mean, self.shape)
    }
}
