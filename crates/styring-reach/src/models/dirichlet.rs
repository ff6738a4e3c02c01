use crate::distribution::check_listed;
use crate::{AverageFrequency, Error, ExposureDistribution, Nbd};

/// The most exposures in all that a sum goes over.
const LONGEST: u32 = 5_000_000;

/// Exposures to all channels together are negative binomial, and each person divides them among the channels by probabilities from a Dirichlet distribution: the NBD-Dirichlet.
///
/// With S the Dirichlet's strength and p_j the share of channel j in the impressions, a person's probability of channel j is Beta(S p_j, S (1 − p_j)). Channels taken together are one channel with the sum of their shares, so
/// reach and duplication of any set of channels follow from S and the shares alone: no overlap has to be measured. The smaller S, the more a person keeps to one channel. It fails where two channels share an audience more than
/// others do (two newspapers of one city): it knows no such partition.
///
/// Goodhardt, Ehrenberg and Chatfield (1984), The Dirichlet: a comprehensive model of buying behaviour.
///
/// ```
/// use styring_reach::{Dirichlet, Nbd};
///
/// let plan = Dirichlet::new(Nbd::new(2.0, 0.8)?, 1.2, vec![0.5, 0.3, 0.2])?;
/// let both = plan.reach_of(&[0])? + plan.reach_of(&[1])? - plan.reach_of(&[0, 1])?;
/// assert!((both - plan.duplication(0, 1)?).abs() < 1e-12);
/// assert!((plan.reach_of(&[0, 1, 2])? - 0.632_932_8).abs() < 1e-7);
/// # Ok::<(), styring_reach::Error>(())
/// ```
///
/// Cost: sums over numbers of exposures until nothing is left, some 40 (1 + mean/shape) of them.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Stored"))]
pub struct Dirichlet {
    category: Nbd,
    strength: f64,
    shares: Vec<f64>,
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    category: Nbd,
    strength: f64,
    shares: Vec<f64>,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for Dirichlet {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Self::new(stored.category, stored.strength, stored.shares)
    }
}

impl Dirichlet {
    /// From the distribution of all exposures, the strength S, and each channel's share of the impressions.
    ///
    /// Errors: a strength outside 1e-6 to 1e9; a share that is not above 0, or shares that do not sum to 1 within 1e-9; more than 100 000 exposures per unit of shape, where the sums become too long.
    pub fn new(category: Nbd, strength: f64, shares: Vec<f64>) -> Result<Self, Error> {
        let invalid =
            |field, expected, value: f64| Err(Error::OutOfRange { field, expected, value: value.to_string() });
        if !(1e-6..=1e9).contains(&strength) {
            return invalid("strength", "from 1e-6 to 1e9", strength);
        }
        if let Some(share) = shares.iter().find(|share| !(**share > 0.0 && **share <= 1.0)) {
            return invalid("share", "above 0 and at most 1", *share);
        }
        let sum: f64 = shares.iter().sum();
        if (sum - 1.0).abs() > 1e-9 {
            return invalid("sum of the shares", "1 within 1e-9", sum);
        }
        if category.mean() / category.shape() > 1e5 || category.mean() > 1e5 {
            return invalid("mean", "at most 100 000, and at most 100 000 times the shape", category.mean());
        }
        Ok(Self { category, strength, shares })
    }

    /// The distribution of all exposures.
    pub fn category(&self) -> Nbd {
        self.category
    }

    /// The strength S.
    pub fn strength(&self) -> f64 {
        self.strength
    }

    /// Each channel's share of the impressions.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// The share of the universe that any of these channels reaches: 1 − Σ_n P(n) B(S p, n + S (1 − p))/B(S p, S (1 − p)) with the sum p of their shares. No channel reaches nobody.
    ///
    /// Errors: a number that is no channel's, or that comes twice.
    pub fn reach_of(&self, channels: &[usize]) -> Result<f64, Error> {
        let (share, rest) = self.merged(channels)?;
        if share == 0.0 {
            return Ok(0.0);
        }
        // Summed as P(n) (1 - zero), which loses nothing where the reach is small.
        let other = self.strength * rest;
        let (mut none, mut reach) = (1.0, 0.0);
        for (n, p) in self.exposures().into_iter().enumerate() {
            reach += p * (1.0 - none);
            let n = n as f64;
            none *= (other + n) / (self.strength + n);
        }
        Ok(reach.min(1.0))
    }

    /// The average frequency of these channels among those they reach.
    ///
    /// Errors: as [`reach_of`](Self::reach_of).
    pub fn average_frequency_of(&self, channels: &[usize]) -> Result<AverageFrequency, Error> {
        let (share, _) = self.merged(channels)?;
        Ok(AverageFrequency::from_parts(self.category.mean() * share, self.reach_of(channels)?))
    }

    /// The share of the universe that both channels reach.
    ///
    /// Errors: as [`reach_of`](Self::reach_of).
    pub fn duplication(&self, i: usize, j: usize) -> Result<f64, Error> {
        let both = self.reach_of(&[i])? + self.reach_of(&[j])? - self.reach_of(&[i, j])?;
        Ok(both.max(0.0))
    }

    /// Exposures to these channels together, listed up to a number. Cost: that number times the length of the sums.
    ///
    /// Errors: as [`reach_of`](Self::reach_of); `up_to` above a million.
    pub fn distribution_of(&self, channels: &[usize], up_to: u32) -> Result<ExposureDistribution, Error> {
        let (share, rest) = self.merged(channels)?;
        let up_to = check_listed(up_to)?;
        if share == 0.0 {
            return Ok(ExposureDistribution::unchecked(vec![1.0], 0.0, 0.0));
        }
        let (own, other) = (self.strength * share, self.strength * rest);
        let exposures = self.exposures();
        let mut ln_all_here = 0.0;
        let pmf: Vec<f64> = (0..=up_to)
            .map(|k| {
                let k_real = f64::from(k);
                let p = self.given(&exposures, k, other, ln_all_here);
                ln_all_here += libm::log((own + k_real) / (self.strength + k_real));
                p
            })
            .collect();
        let listed: f64 = pmf.iter().rev().sum();
        let beyond = (1.0 - listed).max(0.0);
        Ok(ExposureDistribution::unchecked(pmf, beyond, self.category.mean() * share))
    }

    /// Σ_n P(n) P(k of n here), where `ln_all_here` is the logarithm of P(k of k here).
    fn given(&self, exposures: &[f64], k: u32, other: f64, ln_all_here: f64) -> f64 {
        const LARGE: f64 = 1e200;
        // P(k of n here) as weight times e^scale: with a small share it begins far below what a double holds, and may end as a large number.
        let (mut weight, mut scale, mut sum) = (1.0, ln_all_here, 0.0);
        for (n, p) in exposures.iter().enumerate().skip(k as usize) {
            sum += p * (weight * libm::exp(scale));
            let n = n as f64;
            let more = n + 1.0 - f64::from(k);
            weight *= (n + 1.0) / more * ((more - 1.0 + other) / (n + self.strength));
            if weight > LARGE {
                weight /= LARGE;
                scale += libm::log(LARGE);
            }
        }
        sum
    }

    /// P(0), P(1), … of all exposures, until what is left is below 1e-18.
    fn exposures(&self) -> Vec<f64> {
        let mut up_to = 64_u32;
        loop {
            let listed = self.category.form().list(up_to);
            let last = f64::from(up_to);
            // From the mean on, each term is at most this ratio of the one before.
            let ratio = (self.category.mean() / (self.category.mean() + self.category.shape()))
                * ((last + self.category.shape()) / (last + 1.0)).max(1.0);
            let left = listed.last().copied().unwrap_or(0.0) / (1.0 - ratio);
            if up_to >= LONGEST || (ratio < 1.0 && left < 1e-18) {
                return listed;
            }
            up_to = up_to.saturating_mul(2).min(LONGEST);
        }
    }

    /// The sum of the shares, and of the others'.
    fn merged(&self, channels: &[usize]) -> Result<(f64, f64), Error> {
        let mut taken = vec![false; self.shares.len()];
        for channel in channels {
            match taken.get_mut(*channel) {
                Some(taken) if !*taken => *taken = true,
                Some(_) => return Err(Error::RepeatedChannel { channel: channel.to_string() }),
                None => {
                    let expected = "a number below the number of channels";
                    return Err(Error::OutOfRange { field: "channel", expected, value: channel.to_string() });
                }
            }
        }
        let sum = |here: bool| -> f64 {
            self.shares.iter().zip(&taken).filter(|(_, taken)| **taken == here).map(|(share, _)| share).sum()
        };
        let (here, elsewhere) = (sum(true), sum(false));
        // The shares sum to 1 but for rounding.
        Ok((here / (here + elsewhere), elsewhere / (here + elsewhere)))
    }
}
