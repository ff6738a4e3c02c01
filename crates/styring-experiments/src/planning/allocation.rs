use crate::Error;

/// Who sees what: the share of the control, and of each treatment.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Vec<f64>", into = "Vec<f64>"))]
pub struct Allocation {
    shares: Vec<f64>,
}

impl Allocation {
    /// Arms in proportion to weights, the control first.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two, [`Error::OutOfRange`] for a weight that is not above 0 and finite.
    pub fn weighted(weights: &[f64]) -> Result<Self, Error> {
        if weights.len() < 2 {
            return Err(Error::TooFew { what: "arms", needed: 2, given: weights.len() as u64 });
        }
        if let Some(weight) = weights.iter().find(|weight| !(**weight > 0.0 && weight.is_finite())) {
            return Err(Error::range("weight", "above 0 and finite", weight));
        }
        let all: f64 = weights.iter().sum();
        Ok(Self { shares: weights.iter().map(|weight| weight / all).collect() })
    }

    /// A control and `treatments` treatments alike.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless there are 1 to 1000 treatments.
    pub fn equal(treatments: usize) -> Result<Self, Error> {
        Self::with_control_weight(treatments, |_| 1.0)
    }

    /// With the control that makes every comparison with it as sharp as may be: √m times a treatment's share for m treatments, √m / (m + √m) of all (Dunnett 1955).
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless there are 1 to 1000 treatments.
    ///
    /// ```
    /// use styring_experiments::planning::Allocation;
    /// assert!((Allocation::optimal(4)?.control() - 1.0 / 3.0).abs() < 1e-15);
    /// # Ok::<(), styring_experiments::Error>(())
    /// ```
    pub fn optimal(treatments: usize) -> Result<Self, Error> {
        Self::with_control_weight(treatments, f64::sqrt)
    }

    fn with_control_weight(treatments: usize, weight: impl Fn(f64) -> f64) -> Result<Self, Error> {
        if !(1..=1000).contains(&treatments) {
            return Err(Error::range("treatments", "from 1 to 1000", treatments));
        }
        let mut weights = vec![weight(treatments as f64)];
        weights.extend(std::iter::repeat_n(1.0, treatments));
        Self::weighted(&weights)
    }

    /// The share of the control.
    pub fn control(&self) -> f64 {
        self.shares.first().copied().unwrap_or(0.5)
    }

    /// The shares of all arms, the control first.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// The share of the smallest treatment, whose comparison is the least sharp.
    pub(crate) fn smallest_treatment(&self) -> f64 {
        self.shares.iter().skip(1).copied().fold(f64::INFINITY, f64::min).min(1.0)
    }
}

impl TryFrom<Vec<f64>> for Allocation {
    type Error = Error;

    fn try_from(weights: Vec<f64>) -> Result<Self, Error> {
        Self::weighted(&weights)
    }
}

impl From<Allocation> for Vec<f64> {
    fn from(allocation: Allocation) -> Self {
        allocation.shares
    }
}

impl Default for Allocation {
    /// Half and half.
    fn default() -> Self {
        Self { shares: vec![0.5, 0.5] }
    }
}
