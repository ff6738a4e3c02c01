use crate::distribution::check_listed;
use crate::{Error, ExposureDistribution};

/// Reach against impressions from one observed point, without a universe: R(I) = ρ I/(I + ρ), with the largest reach ρ = I₀ R₀/(I₀ − R₀).
///
/// k+ is ρ (I/(I + ρ))^k: people of a gamma with shape one, exposures geometric. Goerg (2014), Estimating reach curves from one data point. Where the universe is known, [`NbdCurve`](crate::NbdCurve) is the better choice: this
/// one has no parameter for how much people differ, and its largest reach is a consequence, not a count.
///
/// ```
/// use styring_reach::OnePointCurve;
///
/// let curve = OnePointCurve::new(1_000.0, 600.0)?;
/// assert!((curve.max_reach() - 1_500.0).abs() < 1e-9);
/// assert!((curve.reach_at(500.0)? - 375.0).abs() < 1e-9);
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Stored"))]
pub struct OnePointCurve {
    impressions: f64,
    reach: f64,
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    impressions: f64,
    reach: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for OnePointCurve {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Self::new(stored.impressions, stored.reach)
    }
}

impl OnePointCurve {
    /// So many impressions reached so many people.
    ///
    /// Errors: impressions not above 0 or above 1e15; a reach below 1e-9, or not below the impressions (with as many people as impressions nobody is known to have been met twice, and there is no end to the reach).
    pub fn new(impressions: f64, reach: f64) -> Result<Self, Error> {
        if !(impressions > 0.0 && impressions <= 1e15) {
            let expected = "above 0 and at most 1e15";
            return Err(Error::OutOfRange { field: "impressions", expected, value: impressions.to_string() });
        }
        if !(reach >= 1e-9 && reach < impressions) {
            let expected = "at least 1e-9 and below the impressions";
            return Err(Error::OutOfRange { field: "reach", expected, value: reach.to_string() });
        }
        Ok(Self { impressions, reach })
    }

    /// What no number of impressions exceeds, ρ.
    pub fn max_reach(&self) -> f64 {
        self.reach * (self.impressions / (self.impressions - self.reach))
    }

    /// People reached by so many impressions.
    ///
    /// Errors: impressions below zero or above 1e15.
    pub fn reach_at(&self, impressions: f64) -> Result<f64, Error> {
        self.k_plus_at(impressions, 1)
    }

    /// People with at least `k` exposures; `max_reach` for 0.
    ///
    /// Errors: impressions below zero or above 1e15.
    pub fn k_plus_at(&self, impressions: f64, k: u32) -> Result<f64, Error> {
        Ok(self.max_reach() * libm::pow(self.ratio(impressions)?, f64::from(k)))
    }

    /// How exposures are distributed over a universe after so many impressions.
    ///
    /// Errors: as [`reach_at`](Self::reach_at); a universe below the largest reach; `up_to` above a million.
    pub fn distribution_at(&self, impressions: f64, universe: f64, up_to: u32) -> Result<ExposureDistribution, Error> {
        let ratio = self.ratio(impressions)?;
        if !(universe >= self.max_reach() && universe.is_finite()) {
            let expected = "at least the largest reach of the curve";
            return Err(Error::OutOfRange { field: "universe", expected, value: universe.to_string() });
        }
        let largest = self.max_reach() / universe;
        let at_least = |k: u32| largest * libm::pow(ratio, f64::from(k));
        let rest = self.max_reach() / (impressions + self.max_reach());
        let up_to = check_listed(up_to)?;
        let mut pmf = vec![1.0 - largest * ratio];
        pmf.extend((1..=up_to).map(|k| at_least(k) * rest));
        Ok(ExposureDistribution::unchecked(pmf, at_least(up_to + 1), impressions / universe))
    }

    /// I/(I + ρ).
    fn ratio(&self, impressions: f64) -> Result<f64, Error> {
        if !(0.0..=1e15).contains(&impressions) {
            let expected = "from 0 to 1e15";
            return Err(Error::OutOfRange { field: "impressions", expected, value: impressions.to_string() });
        }
        Ok(impressions / (impressions + self.max_reach()))
    }
}
