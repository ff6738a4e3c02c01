use super::nbd::{LARGEST, SMALLEST};
use crate::{Error, ExposureDistribution, Nbd};

/// Reach and k+ against impressions, in people: R(I) = N (1 − (1 + I/(N r))^−r).
///
/// More of the same: what is bought at the margin reaches people as what was bought before did. Another channel, hour or audience is another curve.
///
/// ```
/// use styring_reach::NbdCurve;
///
/// // 500 000 people; 850 000 impressions have reached 210 000 of them.
/// let curve = NbdCurve::from_reach(500_000.0, 850_000.0, 210_000.0)?;
/// let twice = curve.reach_at(1_700_000.0)?;
/// assert!(twice > 250_000.0 && twice < 260_000.0); // by far not 420 000
/// let third = curve.k_plus_at(1_700_000.0, 3)?;
/// assert!(third < twice);
/// assert!((curve.impressions_for(twice)? - 1_700_000.0).abs() < 1e-3);
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Stored"))]
pub struct NbdCurve {
    universe: f64,
    shape: f64,
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    universe: f64,
    shape: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for NbdCurve {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Self::new(stored.universe, stored.shape)
    }
}

impl NbdCurve {
    /// From the number of people and the shape.
    ///
    /// Errors: a universe that is not between 0 and 1e15, a shape outside 1e-12 to 1e9.
    pub fn new(universe: f64, shape: f64) -> Result<Self, Error> {
        Nbd::new(1.0, shape)?;
        if !(universe > 0.0 && universe <= 1e15) {
            let expected = "above 0 and at most 1e15 people";
            return Err(Error::OutOfRange { field: "universe", expected, value: universe.to_string() });
        }
        Ok(Self { universe, shape })
    }

    /// Through one observed point: so many impressions reached so many people.
    ///
    /// Errors: as [`Nbd::from_reach`] with impressions and reach per person of the universe.
    pub fn from_reach(universe: f64, impressions: f64, reach: f64) -> Result<Self, Error> {
        let people = Self::new(universe, 1.0)?.universe;
        Self::new(universe, Nbd::from_reach(impressions / people, reach / people)?.shape())
    }

    /// The number of people.
    pub fn universe(&self) -> f64 {
        self.universe
    }

    /// The shape.
    pub fn shape(&self) -> f64 {
        self.shape
    }

    /// People reached by so many impressions; nobody by none.
    ///
    /// Errors: impressions below zero, or more than 1e9 per person.
    pub fn reach_at(&self, impressions: f64) -> Result<f64, Error> {
        Ok(self.nbd(impressions)?.map_or(0.0, |nbd| self.universe * nbd.reach()))
    }

    /// People with at least `k` exposures.
    ///
    /// Errors: as [`reach_at`](Self::reach_at), or `k` above a million.
    pub fn k_plus_at(&self, impressions: f64, k: u32) -> Result<f64, Error> {
        match self.nbd(impressions)? {
            Some(nbd) => Ok(self.universe * nbd.k_plus(k)?),
            None => Ok(if k == 0 { self.universe } else { 0.0 }),
        }
    }

    /// New people per further impression, (1 + m/r)^−(r + 1): 1 at the beginning.
    ///
    /// Errors: as [`reach_at`](Self::reach_at).
    pub fn new_people_per_impression_at(&self, impressions: f64) -> Result<f64, Error> {
        let nbd = self.nbd(impressions)?;
        Ok(nbd.map_or(1.0, |nbd| libm::exp(-(self.shape + 1.0) * libm::log1p(nbd.mean() / self.shape))))
    }

    /// How many impressions reach so many people.
    ///
    /// Errors: below zero, the universe or more, or what would take more than 1e9 impressions per person.
    pub fn impressions_for(&self, reach: f64) -> Result<f64, Error> {
        if !(0.0..self.universe).contains(&reach) {
            let expected = "at least 0 and below the universe";
            return Err(Error::OutOfRange { field: "reach", expected, value: reach.to_string() });
        }
        let mean = self.shape * libm::expm1(-libm::log1p(-reach / self.universe) / self.shape);
        if mean > LARGEST {
            let expected = "reachable with 1e9 impressions per person";
            return Err(Error::OutOfRange { field: "reach", expected, value: reach.to_string() });
        }
        Ok(self.universe * mean)
    }

    /// How exposures are distributed over the universe after so many impressions.
    ///
    /// Errors: as [`reach_at`](Self::reach_at), or `up_to` above a million.
    pub fn distribution_at(&self, impressions: f64, up_to: u32) -> Result<ExposureDistribution, Error> {
        match self.nbd(impressions)? {
            Some(nbd) => nbd.distribution(up_to),
            None => Ok(ExposureDistribution::unchecked(vec![1.0], 0.0, 0.0)),
        }
    }

    /// The distribution at so many impressions; `None` where there are as good as none.
    fn nbd(&self, impressions: f64) -> Result<Option<Nbd>, Error> {
        let mean = impressions / self.universe;
        if !(0.0..=LARGEST).contains(&mean) {
            let expected = "at least 0 and at most 1e9 per person of the universe";
            return Err(Error::OutOfRange { field: "impressions", expected, value: impressions.to_string() });
        }
        if mean < SMALLEST { Ok(None) } else { Nbd::new(mean, self.shape).map(Some) }
    }
}
