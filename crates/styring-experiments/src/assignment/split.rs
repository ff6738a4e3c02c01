use crate::Error;

/// Which range of points belongs to which arm.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(Vec<f64>, f64)", into = "(Vec<f64>, f64)"))]
pub struct Split {
    weights: Vec<f64>,
    coverage: f64,
    ranges: Vec<(f64, f64)>,
}

impl Split {
    /// Arms with weights that sum to 1, of which the `coverage` takes part.
    ///
    /// Every arm begins where it would with full coverage, and takes the first part of its range: when the coverage is raised, nobody changes arms.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a coverage or weight outside 0 … 1, or weights that do not sum to 1 within one per cent; [`Error::TooFew`] for no weight.
    pub fn new(weights: &[f64], coverage: f64) -> Result<Self, Error> {
        if weights.is_empty() {
            return Err(Error::TooFew { what: "arms", needed: 1, given: 0 });
        }
        if !(0.0..=1.0).contains(&coverage) {
            return Err(Error::range("coverage", "between 0 and 1", coverage));
        }
        if let Some(weight) = weights.iter().find(|weight| !(0.0..=1.0).contains(*weight)) {
            return Err(Error::range("weight", "between 0 and 1", weight));
        }
        let sum: f64 = weights.iter().sum();
        if (sum - 1.0).abs() > 0.01 {
            return Err(Error::range("sum of the weights", "1", sum));
        }
        let mut from = 0.0;
        let ranges = weights
            .iter()
            .map(|weight| {
                let range = (from, from + coverage * weight);
                from += weight;
                range
            })
            .collect();
        Ok(Self { weights: weights.to_vec(), coverage, ranges })
    }

    /// Arms of one size.
    ///
    /// # Errors
    ///
    /// As [`Split::new`].
    pub fn even(arms: usize, coverage: f64) -> Result<Self, Error> {
        Self::new(&vec![1.0 / arms as f64; arms], coverage)
    }

    /// From where to where each arm goes; the end is no part of it.
    pub fn ranges(&self) -> &[(f64, f64)] {
        &self.ranges
    }

    /// The weights.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The arm whose range holds a point; none if it is not covered.
    pub fn arm(&self, point: f64) -> Option<usize> {
        self.ranges.iter().position(|(from, to)| *from <= point && point < *to)
    }
}

impl TryFrom<(Vec<f64>, f64)> for Split {
    type Error = Error;

    fn try_from((weights, coverage): (Vec<f64>, f64)) -> Result<Self, Error> {
        Self::new(&weights, coverage)
    }
}

impl From<Split> for (Vec<f64>, f64) {
    fn from(split: Split) -> Self {
        (split.weights, split.coverage)
    }
}
