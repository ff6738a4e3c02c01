use crate::Error;

/// Evidence against a null as a bet: what one krone has become that was staked, at fair odds under the null, on the alternative.
///
/// Under the null its mean is at most one at **every** stopping time, so it exceeds 1/α ever with probability at most α (Ville 1939), and 1/e is a p-value at every look. It holds ln e, so that
/// neither 10³⁰⁰ : 1 nor its inverse is lost.
///
/// E-values of independent data, or of successive periods, multiply; those of dependent data are averaged (Vovk and Wang 2021).
///
/// ```
/// use styring_experiments::sequential::EValue;
///
/// let (week_1, week_2) = (EValue::from_log(1.2)?, EValue::from_log(2.5)?);
/// let both = EValue::product([week_1, week_2]);
/// assert!((both.p_value() - (-3.7_f64).exp()).abs() < 1e-15);
///
/// // Two metrics of the same visitors: dependent.
/// let either = EValue::mean([week_1, week_2]).ok_or("no values")?;
/// assert!(either.log() < 2.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "f64", into = "f64"))]
pub struct EValue {
    log: f64,
}

impl EValue {
    /// No evidence either way: 1.
    pub const NONE: Self = Self { log: 0.0 };

    /// From the natural logarithm.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if it is no number, or infinite.
    pub fn from_log(log: f64) -> Result<Self, Error> {
        if log.is_finite() { Ok(Self { log }) } else { Err(Error::range("log e-value", "a number", log)) }
    }

    /// As [`EValue::from_log`] for what is computed inside; where rounding or range leaves no number, the end of the range.
    pub(crate) fn clamped(log: f64) -> Self {
        Self { log: if log.is_nan() { 0.0 } else { log.clamp(-f64::MAX, f64::MAX) } }
    }

    /// ln e.
    pub fn log(self) -> f64 {
        self.log
    }

    /// min(1, 1/e), valid at every look.
    pub fn p_value(self) -> f64 {
        libm::exp(-self.log).min(1.0)
    }

    /// The evidence of independent data, or of periods one after the other, together.
    pub fn product(values: impl IntoIterator<Item = Self>) -> Self {
        Self::clamped(values.into_iter().map(|value| value.log).sum())
    }

    /// The evidence of dependent data together; none without any.
    pub fn mean(values: impl IntoIterator<Item = Self>) -> Option<Self> {
        let (mut largest, mut sum, mut count) = (f64::NEG_INFINITY, 0.0, 0_u32);
        for Self { log } in values {
            if log > largest {
                sum = sum * libm::exp(largest - log) + 1.0;
                largest = log;
            } else {
                sum += libm::exp(log - largest);
            }
            count += 1;
        }
        (count > 0).then(|| Self::clamped(largest + libm::log(sum / f64::from(count))))
    }
}

impl TryFrom<f64> for EValue {
    type Error = Error;

    fn try_from(log: f64) -> Result<Self, Error> {
        Self::from_log(log)
    }
}

impl From<EValue> for f64 {
    fn from(value: EValue) -> Self {
        value.log
    }
}

/// The smallest of all p-values so far: still a p-value, if each is one at every look.
///
/// Sets may be intersected over looks in the same way **only** if the effect is the same throughout; an effect that drifts makes the intersection wrong, and in the end empty.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "f64", into = "f64"))]
pub struct RunningP {
    smallest: f64,
}

impl RunningP {
    /// Takes the p-value of a look, and answers the smallest so far.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it lies in 0 to 1.
    pub fn look(&mut self, p_value: f64) -> Result<f64, Error> {
        *self = Self { smallest: Self::try_from(p_value)?.smallest.min(self.smallest) };
        Ok(self.smallest)
    }

    /// The smallest so far; 1 before the first look.
    pub fn p_value(self) -> f64 {
        self.smallest
    }
}

impl Default for RunningP {
    fn default() -> Self {
        Self { smallest: 1.0 }
    }
}

impl TryFrom<f64> for RunningP {
    type Error = Error;

    fn try_from(smallest: f64) -> Result<Self, Error> {
        if (0.0..=1.0).contains(&smallest) {
            Ok(Self { smallest })
        } else {
            Err(Error::range("p-value", "from 0 to 1", smallest))
        }
    }
}

impl From<RunningP> for f64 {
    fn from(running: RunningP) -> Self {
        running.smallest
    }
}
