use crate::{BetaBinomial, Error, ExposureDistribution, ModelledReach, Overlaps};

/// The most combinations of exposures that are looked at one by one.
const MOST_CELLS: usize = 10_000_000;

/// Insertions in one vehicle.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "a model and a number")]
pub struct Vehicle {
    /// How people meet its insertions.
    pub model: BetaBinomial,
    /// How many insertions.
    pub insertions: u32,
}

/// The canonical expansion of several vehicles whose pairs overlap: beta-binomial in each vehicle, and a first-order term for each pair.
///
/// P(x₁, …, x_m) = Π P_i(x_i) · (1 + Σ_{i<j} ρ_ij z_i z_j) with z = (x − mean)/sd of the vehicle's total, and ρ_ij the correlation of one insertion in each, (d_ij − r_i r_j)/√(r_i (1 − r_i) r_j (1 − r_j)). Danaher (1991), A canonical
/// expansion model for multivariate media exposure distributions.
///
/// The truncated expansion can make a combination's probability negative, most easily with strong overlaps and many insertions. [`distribution`](Self::distribution) then refuses; [`reach`](Self::reach) is held to what is possible.
///
/// ```
/// use styring_reach::{BetaBinomial, CanonicalExpansion, Vehicle};
///
/// let vehicles = vec![
///     Vehicle { model: BetaBinomial::from_reaches(0.35, 0.44)?, insertions: 3 },
///     Vehicle { model: BetaBinomial::from_reaches(0.18, 0.24)?, insertions: 2 },
///     Vehicle { model: BetaBinomial::from_reaches(0.10, 0.15)?, insertions: 4 },
/// ];
/// let plan = CanonicalExpansion::new(vehicles, [(0, 1, 0.07), (0, 2, 0.04), (1, 2, 0.02)])?;
/// assert!((plan.reach()?.value() - 0.6810).abs() < 1e-4);
/// assert!(plan.distribution()?.k_plus(3)? < 0.35);
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Stored", into = "Stored")
)]
pub struct CanonicalExpansion {
    vehicles: Vec<Vehicle>,
    single: Overlaps,
    marginals: Vec<Marginal>,
    /// By vehicles, the smaller number first.
    rho: Vec<(usize, usize, f64)>,
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    vehicles: Vec<Vehicle>,
    pairs: Vec<(usize, usize, f64)>,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for CanonicalExpansion {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Self::new(stored.vehicles, stored.pairs)
    }
}

#[cfg(feature = "serde")]
impl From<CanonicalExpansion> for Stored {
    fn from(plan: CanonicalExpansion) -> Self {
        let pairs = plan.single.pairs().collect();
        Self { vehicles: plan.vehicles, pairs }
    }
}

/// One vehicle's total.
#[derive(Debug, Clone, PartialEq)]
struct Marginal {
    exposures: ExposureDistribution,
    /// (k − mean)/sd for each number of exposures.
    z: Vec<f64>,
}

impl CanonicalExpansion {
    /// From vehicles and, for every pair of them (by number, from 0), the share of the universe that one insertion in each both reach.
    ///
    /// Errors: no vehicle, or one without insertions or with more than a million; a pair that is missing, repeated, or that the single reaches do not allow.
    pub fn new(vehicles: Vec<Vehicle>, pairs: impl IntoIterator<Item = (usize, usize, f64)>) -> Result<Self, Error> {
        let single = Overlaps::new(vehicles.iter().map(|vehicle| vehicle.model.r1()).collect(), pairs)?;
        single.check_pairs_and_triples()?;
        let marginals = vehicles.iter().map(Marginal::new).collect::<Result<_, _>>()?;
        let spread = |i: usize| vehicles[i].model.r1() * (1.0 - vehicles[i].model.r1());
        let rho = |(i, j, d): (usize, usize, f64)| {
            let independent = vehicles[i].model.r1() * vehicles[j].model.r1();
            (i, j, (d - independent) / (spread(i) * spread(j)).sqrt())
        };
        let rho = single.known("the canonical expansion")?.into_iter().map(rho).collect();
        Ok(Self { vehicles, single, marginals, rho })
    }

    /// The vehicles.
    pub fn vehicles(&self) -> &[Vehicle] {
        &self.vehicles
    }

    /// The correlation of one insertion in each, by vehicles.
    pub fn correlations(&self) -> &[(usize, usize, f64)] {
        &self.rho
    }

    /// The reach of each vehicle after all its insertions.
    pub fn vehicle_reach(&self) -> Vec<f64> {
        self.marginals.iter().map(|marginal| marginal.exposures.reach()).collect()
    }

    /// Exposures per person of the universe.
    pub fn mean(&self) -> f64 {
        self.marginals.iter().map(|marginal| marginal.exposures.mean()).sum()
    }

    /// 1 − Π P_i(0) · (1 + Σ ρ_ij z_i z_j) with z at no exposure, held to what is possible with the vehicles' reaches and the overlaps that the expansion itself gives their totals.
    ///
    /// Errors: overlaps of totals that no population has, which the expansion can give where it does not hold.
    pub fn reach(&self) -> Result<ModelledReach, Error> {
        let none = |marginal: &Marginal| marginal.exposures.pmf()[0];
        let nobody: f64 = self.marginals.iter().map(none).product();
        let at_zero = self.marginals.iter().map(|marginal| marginal.z[0]).collect::<Vec<_>>();
        let raw = 1.0 - nobody * self.expansion(|vehicle| at_zero[vehicle]);
        let totals = self.rho.iter().map(|(i, j, rho)| {
            let [a, b] = [*i, *j].map(|vehicle| none(&self.marginals[vehicle]));
            let neither = a * b * (1.0 + rho * at_zero[*i] * at_zero[*j]);
            (*i, *j, (1.0 - a - b + neither).clamp(0.0, 1.0))
        });
        let interval = Overlaps::new(self.vehicle_reach(), totals)?.interval()?;
        Ok(ModelledReach::new(raw, interval))
    }

    /// Exposures to the whole plan. Cost: the product of all (insertions + 1), which is at most ten million.
    ///
    /// Errors: [`NegativeCell`](Error::NegativeCell) with the smallest probability where one is negative; too many combinations.
    pub fn distribution(&self) -> Result<ExposureDistribution, Error> {
        let cells = self.marginals.iter().try_fold(1_usize, |cells, marginal| cells.checked_mul(marginal.z.len()));
        if cells.is_none_or(|cells| cells > MOST_CELLS) {
            let value = cells.map_or_else(|| "more".to_owned(), |cells| cells.to_string());
            let expected = "at most ten million, the product of all (insertions + 1)";
            return Err(Error::OutOfRange { field: "combinations", expected, value });
        }
        let insertions: usize = self.marginals.iter().map(|marginal| marginal.z.len() - 1).sum();
        let mut pmf = vec![0.0; insertions + 1];
        let mut exposures = vec![0_usize; self.marginals.len()];
        let mut smallest: Option<(f64, Vec<usize>)> = None;
        loop {
            let seen = self.marginals.iter().zip(&exposures);
            let independent: f64 = seen.map(|(marginal, k)| marginal.exposures.pmf()[*k]).product();
            let cell = independent * self.expansion(|vehicle| self.marginals[vehicle].z[exposures[vehicle]]);
            pmf[exposures.iter().sum::<usize>()] += cell;
            // What rounding alone can make of zero is none.
            if cell < -1e-15 && smallest.as_ref().is_none_or(|(least, _)| cell < *least) {
                smallest = Some((cell, exposures.clone()));
            }
            // The next combination, counting up as an odometer does.
            let Some(turned) = exposures.iter().zip(&self.marginals).position(|(k, own)| *k + 1 < own.z.len()) else {
                break;
            };
            exposures[turned] += 1;
            exposures[..turned].fill(0);
        }
        if let Some((probability, exposures)) = smallest {
            let exposures = exposures.iter().map(|k| u32::try_from(*k).unwrap_or(u32::MAX)).collect();
            return Err(Error::NegativeCell { exposures, probability });
        }
        let pmf = pmf.into_iter().map(|p| p.max(0.0)).collect();
        Ok(ExposureDistribution::unchecked(pmf, 0.0, self.mean()))
    }

    /// 1 + Σ ρ_ij z_i z_j.
    fn expansion(&self, z: impl Fn(usize) -> f64) -> f64 {
        1.0 + self.rho.iter().map(|(i, j, rho)| rho * z(*i) * z(*j)).sum::<f64>()
    }
}

impl Marginal {
    fn new(vehicle: &Vehicle) -> Result<Self, Error> {
        if vehicle.insertions == 0 {
            return Err(Error::OutOfRange { field: "insertions", expected: "at least 1", value: "0".to_owned() });
        }
        let exposures = vehicle.model.distribution(vehicle.insertions)?;
        let mean = exposures.mean();
        let from_mean = |k: u32| f64::from(k) - mean;
        let variance: f64 = (0_u32..).zip(exposures.pmf()).map(|(k, p)| p * from_mean(k) * from_mean(k)).sum();
        let z = (0..=vehicle.insertions).map(|k| from_mean(k) / variance.sqrt()).collect();
        Ok(Self { exposures, z })
    }
}
