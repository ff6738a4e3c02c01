/// What can go wrong with curves, adstock and fits.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number outside its range.
    #[error("{what}: must be {expected}, not {value}")]
    OutOfRange {
        /// Which number.
        what: &'static str,
        /// The range.
        expected: &'static str,
        /// The number that was given.
        value: f64,
    },
    /// The points of a piecewise linear curve are not in order.
    #[error("point {index} of a piecewise linear curve: {problem}")]
    Point {
        /// Which point, from zero.
        index: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A spend that is no number, below zero, or beyond all budgets.
    #[error("spend of period {index}: must be zero or above, and at most 1e100, not {value}")]
    Spend {
        /// Which period, from zero.
        index: usize,
        /// What was given.
        value: f64,
    },
    /// A result that is no number, or beyond all results.
    #[error("result of period {index}: must be a number of at most 1e100, not {value}")]
    Result {
        /// Which period, from zero.
        index: usize,
        /// What was given.
        value: f64,
    },
    /// A parameter that the form does not have, or that cannot be given alone.
    #[error("the form has no parameter {name} that can be given")]
    Parameter {
        /// Its name.
        name: String,
    },
    /// A list of another length than needed.
    #[error("{what}: {given} given, {needed} needed")]
    Lengths {
        /// Which list.
        what: &'static str,
        /// How long it is.
        given: usize,
        /// How long it has to be, or has to be at least.
        needed: usize,
    },
    /// A curve of another family than the method knows.
    #[error("the curve must be {needed}")]
    Family {
        /// Which is needed.
        needed: &'static str,
    },
}

impl Error {
    pub(crate) fn range(what: &'static str, expected: &'static str, value: f64) -> Self {
        Self::OutOfRange { what, expected, value }
    }
}

/// The number, if it is finite and above zero.
pub(crate) fn positive(what: &'static str, value: f64) -> Result<f64, Error> {
    if value > 0.0 && value.is_finite() { Ok(value) } else { Err(Error::range(what, "above zero and finite", value)) }
}

/// The number, if it is finite and not below zero.
pub(crate) fn not_negative(what: &'static str, value: f64) -> Result<f64, Error> {
    if value >= 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err(Error::range(what, "zero or above and finite", value))
    }
}

/// The number, if it lies there, the ends included.
pub(crate) fn between(
    what: &'static str,
    low: f64,
    high: f64,
    expected: &'static str,
    value: f64,
) -> Result<f64, Error> {
    if (low..=high).contains(&value) { Ok(value) } else { Err(Error::range(what, expected, value)) }
}
