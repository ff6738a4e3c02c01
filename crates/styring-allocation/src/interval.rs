use crate::Error;

/// From where to where a number lies, at the confidence that was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "two ends")]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Whether a number lies inside, the ends included.
    pub fn contains(&self, number: f64) -> bool {
        (self.low..=self.high).contains(&number)
    }
}

/// What a two-sided interval leaves out at each end.
pub(crate) fn tail(confidence: f64) -> Result<styring_special::Split, Error> {
    if !(confidence > 0.0 && confidence < 1.0) {
        return Err(Error::out_of_range("confidence", None, "between 0 and 1", confidence));
    }
    styring_special::Split::from_lower((1.0 - confidence) / 2.0).map_err(Error::not_computed("the interval"))
}
