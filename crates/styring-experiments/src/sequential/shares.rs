use crate::Error;

/// How traffic is split between the arms; the first is the control.
///
/// Weights of any sum are made to sum to one. A weight of 0 is an arm that is to get no traffic: one that was dropped.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Vec<f64>", into = "Vec<f64>"))]
pub struct Shares {
    shares: Vec<f64>,
}

impl Shares {
    /// From weights such as `[1.0, 1.0]` or `[0.1, 0.9]`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a weight below zero, or so far from the others that a share of it is no number; [`Error::TooFew`] with fewer than two arms, or none with traffic.
    pub fn new(weights: &[f64]) -> Result<Self, Error> {
        if weights.len() < 2 {
            return Err(Error::TooFew { what: "arms", needed: 2, given: weights.len() as u64 });
        }
        if let Some(weight) = weights.iter().find(|&&weight| !(weight >= 0.0 && weight.is_finite())) {
            return Err(Error::range("weight of an arm", "0 or above", weight));
        }
        let sum: f64 = weights.iter().sum();
        if sum <= 0.0 {
            return Err(Error::TooFew { what: "arms with traffic", needed: 1, given: 0 });
        }
        // A sum that is one but for rounding is left, so that shares survive being written down.
        let near = (sum - 1.0).abs() < 1e-12;
        let shares: Vec<f64> = weights.iter().map(|weight| if near { *weight } else { weight / sum }).collect();
        match shares.iter().find(|&&share| share.is_nan() || (share > 0.0 && share < 1e-12)) {
            Some(share) => Err(Error::range("share of an arm", "0, or 1e-12 and above", share)),
            None => Ok(Self { shares }),
        }
    }

    /// How many arms there are.
    pub fn arms(&self) -> usize {
        self.shares.len()
    }

    /// The share of an arm; 0 for one that is not there.
    pub fn get(&self, arm: usize) -> f64 {
        self.shares.get(arm).copied().unwrap_or(0.0)
    }

    /// The shares, in the order of the arms.
    pub fn iter(&self) -> impl Iterator<Item = f64> + Clone + '_ {
        self.shares.iter().copied()
    }
}

impl TryFrom<Vec<f64>> for Shares {
    type Error = Error;

    fn try_from(weights: Vec<f64>) -> Result<Self, Error> {
        Self::new(&weights)
    }
}

impl From<Shares> for Vec<f64> {
    fn from(shares: Shares) -> Self {
        shares.shares
    }
}
