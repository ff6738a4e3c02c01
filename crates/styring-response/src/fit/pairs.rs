use crate::Error;
use crate::adstock::{LARGEST, check_spend};

/// Spends and what came of each: periods of one channel, or regions.
///
/// Results are those of the channel: what it would lack without it. A total with a base line under it is for a media-mix model, or has its base line taken off first.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Stored", into = "Stored"))]
pub struct Pairs {
    spend: Vec<f64>,
    results: Vec<f64>,
    weights: Option<Vec<f64>>,
}

/// As it is stored.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Pairs", deny_unknown_fields)]
struct Stored {
    spend: Vec<f64>,
    results: Vec<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weights: Option<Vec<f64>>,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for Pairs {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let pairs = Self::new(&stored.spend, &stored.results)?;
        match stored.weights {
            Some(weights) => pairs.weighted(&weights),
            None => Ok(pairs),
        }
    }
}

#[cfg(feature = "serde")]
impl From<Pairs> for Stored {
    fn from(pairs: Pairs) -> Self {
        Self { spend: pairs.spend, results: pairs.results, weights: pairs.weights }
    }
}

impl Pairs {
    /// As many results as spends, in the order of time if they have one.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`]; [`Error::Spend`] for a spend below zero; [`Error::Result`] for a result that is no number or beyond ±1e100.
    pub fn new(spend: &[f64], results: &[f64]) -> Result<Self, Error> {
        if spend.len() != results.len() {
            return Err(Error::Lengths { what: "results", given: results.len(), needed: spend.len() });
        }
        check_spend(spend)?;
        check_results(results)?;
        Ok(Self { spend: spend.to_vec(), results: results.to_vec(), weights: None })
    }

    /// Each with the weight of its squared error: one over its variance, up to a common factor. A weight of zero leaves it out.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`]; [`Error::OutOfRange`] for a weight below zero or above 1e100.
    pub fn weighted(mut self, weights: &[f64]) -> Result<Self, Error> {
        if weights.len() != self.spend.len() {
            return Err(Error::Lengths { what: "weights", given: weights.len(), needed: self.spend.len() });
        }
        for weight in weights {
            crate::error::between("weight", 0.0, LARGEST, "zero or above, and at most 1e100", *weight)?;
        }
        self.weights = Some(weights.to_vec());
        Ok(self)
    }

    /// How many.
    pub fn n(&self) -> usize {
        self.spend.len()
    }

    /// The spends.
    pub fn spend(&self) -> &[f64] {
        &self.spend
    }

    /// The results.
    pub fn results(&self) -> &[f64] {
        &self.results
    }

    /// The weights that were given.
    pub fn weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    /// The least and the greatest spend; none of no pairs.
    pub fn observed(&self) -> Option<(f64, f64)> {
        let least = self.spend.iter().copied().reduce(f64::min)?;
        Some((least, self.spend.iter().copied().reduce(f64::max)?))
    }
}

pub(crate) fn check_results(results: &[f64]) -> Result<(), Error> {
    match results.iter().enumerate().find(|(_, result)| !(-LARGEST..=LARGEST).contains(*result)) {
        Some((index, value)) => Err(Error::Result { index, value: *value }),
        None => Ok(()),
    }
}
