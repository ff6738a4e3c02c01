use crate::{Error, Ordered};

/// A limit for values, fixed before the experiment, so that a handful of orders does not decide it (winsorising).
///
/// The capped mean is another quantity than the mean: what is gained in sureness is paid by not seeing effects beyond the limit. Taken from the experiment's own values, the limit would
/// depend on them, and no error would hold.
///
/// ```
/// use styring_experiments::{Moments, Ordered, means::Cap};
///
/// let last_quarter = Ordered::new((0..=1_000).map(f64::from).collect())?;
/// let cap = Cap::from_history(&last_quarter, 0.99)?;
/// assert_eq!((cap.high(), cap.of(50_000.0), cap.of(120.0)), (990.0, 990.0, 120.0));
/// let revenue: Moments = [120.0, 0.0, 50_000.0].into_iter().map(|value| [cap.of(value)]).collect();
/// assert_eq!(revenue.mean(0), 370.0);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(f64, f64)", into = "(f64, f64)"))]
pub struct Cap {
    low: f64,
    high: f64,
}

impl Cap {
    /// From `low` to `high`; either may be infinite.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless low ≤ high.
    pub fn new(low: f64, high: f64) -> Result<Self, Error> {
        if low <= high {
            Ok(Self { low, high })
        } else {
            Err(Error::range("cap", "from low to high", format!("{low} to {high}")))
        }
    }

    /// At a quantile of past values, such as 0.99; below, nothing is changed.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the probability lies between 0 and 1; [`Error::TooFew`] without values.
    pub fn from_history(values: &Ordered, probability: f64) -> Result<Self, Error> {
        Ok(Self { low: f64::NEG_INFINITY, high: values.quantile(probability)? })
    }

    /// The lower limit.
    pub fn low(self) -> f64 {
        self.low
    }

    /// The upper limit.
    pub fn high(self) -> f64 {
        self.high
    }

    /// The value, or the limit it is beyond.
    pub fn of(self, value: f64) -> f64 {
        value.max(self.low).min(self.high)
    }
}

impl TryFrom<(f64, f64)> for Cap {
    type Error = Error;

    fn try_from((low, high): (f64, f64)) -> Result<Self, Error> {
        Self::new(low, high)
    }
}

impl From<Cap> for (f64, f64) {
    fn from(cap: Cap) -> Self {
        (cap.low, cap.high)
    }
}
