/// Why there is no number to give back. Every message names the argument and the value it was given.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A shape that is NaN, not positive, or outside the supported range.
    #[error("shape {name} must lie in 1e-100..=1e100, got {value:e}")]
    Shape {
        /// The argument.
        name: &'static str,
        /// What it was given.
        value: f64,
    },
    /// An argument that is NaN.
    #[error("{name} must be a number, got {value}")]
    NotANumber {
        /// The argument.
        name: &'static str,
        /// What it was given.
        value: f64,
    },
    /// An argument that is NaN or negative.
    #[error("{name} must be 0 or more, got {value:e}")]
    Negative {
        /// The argument.
        name: &'static str,
        /// What it was given.
        value: f64,
    },
    /// A part of one that is NaN, negative or more than one.
    #[error("{name} must lie in 0..=1, got {value:e}")]
    Part {
        /// The argument.
        name: &'static str,
        /// What it was given.
        value: f64,
    },
    /// Two weights that split nothing: both zero, or both infinite.
    #[error("lower and upper must not both be {value}")]
    Ratio {
        /// What both were given.
        value: f64,
    },
    /// A quantile above every number, for no probability is left beyond it.
    #[error("the quantile is unbounded: the upper part of {name} must be more than 0, got {value}")]
    Unbounded {
        /// The argument.
        name: &'static str,
        /// The upper part it was given.
        value: f64,
    },
    /// An argument outside the range that a function is made for.
    #[error("{name} must be {expected}, got {value:e}")]
    Range {
        /// The argument.
        name: &'static str,
        /// The range.
        expected: &'static str,
        /// What it was given.
        value: f64,
    },
    /// A continued fraction still moving at its cap of terms, where a number would be a guess. No input is known that leads here.
    #[error("the continued fraction of the incomplete {function} did not settle")]
    Unsettled {
        /// The function: gamma or beta.
        function: &'static str,
    },
}

/// Refuses shapes beyond those the crate is tested on.
pub(crate) fn check_shape(name: &'static str, value: f64) -> Result<(), Error> {
    if (1e-100..=1e100).contains(&value) { Ok(()) } else { Err(Error::Shape { name, value }) }
}
