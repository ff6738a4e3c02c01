use std::ops::{Bound, RangeBounds};

use crate::{AverageFrequency, Error};

/// The largest number of exposures that a distribution lists one by one.
pub(crate) const MAX_LISTED: u32 = 1_000_000;

/// How many exposures a person of the universe has: what every model answers with.
///
/// The probabilities of 0, 1, …, [`listed`](Self::listed) exposures stand one by one, those of more are one number, [`beyond`](Self::beyond); together they are 1 within 1e-12. All are shares of the universe, and
/// those who are not reached are in it.
///
/// ```
/// use styring_reach::Nbd;
///
/// let week = Nbd::new(3.0, 0.6)?.distribution(20)?; // 3 impressions per person of the universe
/// assert!((week.reach() - 0.6587).abs() < 1e-4);
/// assert!(week.k_plus(3)? < week.k_plus(2)?);
/// let effective = week.band(3..=9)?; // a band, not one magic number
/// assert!((effective + week.band(..3)? + week.band(10..)? - 1.0).abs() < 1e-12);
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Stored"))]
pub struct ExposureDistribution {
    pmf: Vec<f64>,
    /// P(X ≥ k) for k = 0, 1, …, up to the number listed.
    #[cfg_attr(feature = "serde", serde(skip_serializing))]
    at_least: Vec<f64>,
    beyond: f64,
    mean: f64,
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    pmf: Vec<f64>,
    beyond: f64,
    mean: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for ExposureDistribution {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Self::new(stored.pmf, stored.beyond, stored.mean)
    }
}

impl ExposureDistribution {
    /// From probabilities of 0, 1, … exposures, that of more than those listed, and the mean, which `beyond` alone does not determine.
    ///
    /// Errors: no probability, or more than a million; one below zero or not a number; a sum that is not 1 within 1e-9 (what is left is divided away); a mean that these probabilities cannot have.
    pub fn new(pmf: Vec<f64>, beyond: f64, mean: f64) -> Result<Self, Error> {
        let invalid =
            |field, expected, value: f64| Err(Error::OutOfRange { field, expected, value: value.to_string() });
        if pmf.is_empty() || pmf.len() > MAX_LISTED as usize + 1 {
            return invalid("probabilities", "between one and 1 000 001", pmf.len() as f64);
        }
        if let Some(wrong) = pmf.iter().chain([&beyond]).find(|p| !(0.0..=1.0 + 1e-9).contains(*p)) {
            return invalid("probability", "between 0 and 1", *wrong);
        }
        let all = pmf.iter().rev().fold(beyond, |sum, p| sum + p);
        if (all - 1.0).abs() > 1e-9 {
            return invalid("sum of the probabilities", "1 within 1e-9", all);
        }
        let listed: f64 = (0_u32..).zip(&pmf).map(|(k, p)| f64::from(k) * p / all).sum();
        let least = listed + pmf.len() as f64 * (beyond / all);
        let most = if beyond > 0.0 { f64::INFINITY } else { least * (1.0 + 1e-9) };
        // Written so that a mean that is not a number is refused.
        if !(mean.is_finite() && mean >= least * (1.0 - 1e-9) && mean <= most.max(1e-300)) {
            return invalid("mean", "one that the probabilities can have", mean);
        }
        Ok(Self::unchecked(pmf.into_iter().map(|p| p / all).collect(), beyond / all, mean))
    }

    /// From probabilities that are known to be right.
    pub(crate) fn unchecked(pmf: Vec<f64>, beyond: f64, mean: f64) -> Self {
        let mut at_least = pmf.clone();
        let mut sum = beyond;
        // Summed from the tail, so that small tails keep their digits.
        for place in at_least.iter_mut().rev() {
            sum += *place;
            *place = sum.min(1.0);
        }
        Self { pmf, at_least, beyond, mean }
    }

    /// The probabilities of 0, 1, …, [`listed`](Self::listed) exposures.
    pub fn pmf(&self) -> &[f64] {
        &self.pmf
    }

    /// The largest number of exposures with a probability of its own.
    pub fn listed(&self) -> u64 {
        self.pmf.len() as u64 - 1
    }

    /// The probability of more exposures than are listed.
    pub fn beyond(&self) -> f64 {
        self.beyond
    }

    /// The share of the universe with at least one exposure.
    pub fn reach(&self) -> f64 {
        self.known(1).unwrap_or(self.beyond)
    }

    /// The share with at least `k` exposures, k+; 1 for 0, and never growing with `k`.
    ///
    /// Errors: a `k` above [`listed`](Self::listed) + 1 where anything is beyond, of which only the sum is known.
    pub fn k_plus(&self, k: u64) -> Result<f64, Error> {
        self.known(k).ok_or_else(|| Error::NotListed { exposures: k, listed: self.listed() })
    }

    fn known(&self, k: u64) -> Option<f64> {
        match usize::try_from(k).ok().and_then(|k| self.at_least.get(k)) {
            Some(_) if k == 0 => Some(1.0),
            Some(at_least) => Some(*at_least),
            None if k == self.listed() + 1 || self.beyond == 0.0 => Some(self.beyond),
            None => None,
        }
    }

    /// Exposures per person of the universe.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Exposures per person reached.
    pub fn average_frequency(&self) -> AverageFrequency {
        AverageFrequency::from_parts(self.mean, self.reach())
    }

    /// The share with a number of exposures in the band, as in `3..=9` or `15..`: what an effective frequency is.
    ///
    /// Errors: a band that begins or ends in what is beyond the list; one without an end may reach through it.
    pub fn band(&self, band: impl RangeBounds<u64>) -> Result<f64, Error> {
        let from = match band.start_bound() {
            Bound::Included(from) => *from,
            Bound::Excluded(before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        // The first that is outside.
        let end = match band.end_bound() {
            Bound::Included(to) => to.checked_add(1),
            Bound::Excluded(end) => Some(*end),
            Bound::Unbounded => None,
        };
        let Some(end) = end else { return self.k_plus(from) };
        if end <= from {
            return Ok(0.0);
        }
        self.k_plus(from)?;
        self.k_plus(end)?;
        // Summed, and not one k+ less another, so that small bands keep their digits.
        let place = |k: u64| usize::try_from(k).unwrap_or(usize::MAX);
        Ok(self.pmf.iter().take(place(end)).skip(place(from)).sum::<f64>().min(1.0))
    }

    /// What a cap leaves if it takes away everything above: nobody has more than `cap`, and the mass above lies on it. Its mean is E[min(X, c)] = Σ_{k ≤ c} P(X ≥ k).
    ///
    /// Errors: a cap above [`listed`](Self::listed) where there is anything beyond.
    pub fn capped(&self, cap: u32) -> Result<Capped, Error> {
        let cap = cap as usize;
        let beyond = match self.at_least.get(cap) {
            Some(_) => {
                let mut pmf = self.pmf[..cap].to_vec();
                pmf.push(self.at_least[cap]);
                pmf
            }
            None if self.beyond == 0.0 => self.pmf.clone(),
            None => {
                let expected = "at most the number of exposures that are listed";
                return Err(Error::OutOfRange { field: "cap", expected, value: cap.to_string() });
            }
        };
        let mean: f64 = self.at_least.iter().skip(1).take(cap).rev().sum();
        let mean = if cap >= self.at_least.len() { self.mean } else { mean.min(self.mean) };
        Ok(Capped { distribution: Self::unchecked(beyond, 0.0, mean), uncapped_mean: self.mean })
    }

    /// The sum of two numbers of exposures that do not depend on each other, listed up to `up_to`.
    ///
    /// P(A + B ≥ k) = P(A ≥ k) + Σ_{a < k} P(A = a) P(B ≥ k − a): only positive terms, so tails keep their digits. Cost: the product of the listed lengths, at most the square of `up_to`.
    ///
    /// Errors: `up_to` above a million, or above what either lists where there is something beyond.
    pub fn with_independent(&self, other: &Self, up_to: u32) -> Result<Self, Error> {
        for one in [self, other] {
            if one.beyond > 0.0 && one.listed() < u64::from(up_to) {
                let expected = "at most the number of exposures that both list";
                return Err(Error::OutOfRange { field: "exposures", expected, value: up_to.to_string() });
            }
        }
        let up_to = (check_listed(up_to)? as usize).min(self.pmf.len() + other.pmf.len() - 2);
        let mut pmf = vec![0.0; up_to + 1];
        for (a, p) in self.pmf.iter().enumerate().take(up_to + 1) {
            for (place, q) in pmf[a..].iter_mut().zip(&other.pmf) {
                *place += p * q;
            }
        }
        let more = up_to as u64 + 1;
        let beyond = (0_u64..more)
            .zip(&self.pmf)
            .map(|(a, p)| p * other.known(more - a).unwrap_or(other.beyond))
            .fold(self.known(more).unwrap_or(self.beyond), |sum, term| sum + term);
        Ok(Self::unchecked(pmf, beyond.min(1.0), self.mean + other.mean))
    }
}

/// Exposures under a frequency cap.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Capped {
    /// What is left, with the mass at the cap.
    pub distribution: ExposureDistribution,
    /// Exposures per person of the universe without the cap.
    pub uncapped_mean: f64,
}

impl Capped {
    /// The share of the exposures that the cap takes away, one less the capped mean by the uncapped; `None` where there were none.
    pub fn share_above_cap(&self) -> Option<f64> {
        (self.uncapped_mean > 0.0).then(|| (1.0 - self.distribution.mean / self.uncapped_mean).clamp(0.0, 1.0))
    }
}

pub(crate) fn check_listed(up_to: u32) -> Result<u32, Error> {
    if up_to > MAX_LISTED {
        let expected = "at most a million where they are listed one by one";
        return Err(Error::OutOfRange { field: "exposures", expected, value: up_to.to_string() });
    }
    Ok(up_to)
}
