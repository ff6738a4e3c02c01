/// What can go wrong with experiments.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number outside its range.
    #[error("{field} must be {expected}, not {value}")]
    OutOfRange {
        /// Which number.
        field: &'static str,
        /// The range.
        expected: &'static str,
        /// The number that was given.
        value: String,
    },
    /// Too little of something.
    #[error("{what}: {needed} or more are needed, there are {given}")]
    TooFew {
        /// Of what.
        what: &'static str,
        /// How many it takes.
        needed: u64,
        /// How many there are.
        given: u64,
    },
    /// A variance of zero, where a spread is needed to judge anything.
    #[error("{what} does not vary, so nothing can be said about its error")]
    NoSpread {
        /// What does not vary.
        what: &'static str,
    },
    /// Something divided by a mean of zero.
    #[error("{what} is zero, so nothing can be set in relation to it")]
    ZeroBase {
        /// What is zero.
        what: &'static str,
    },
    /// Two lists that should have one length.
    #[error("{what} must be of one length, not {first} and {second}")]
    Lengths {
        /// Of what.
        what: &'static str,
        /// The first.
        first: usize,
        /// The second.
        second: usize,
    },
    /// Columns of which one follows from the others.
    #[error("{what} are not independent of each other, so their effects cannot be told apart")]
    Collinear {
        /// Which columns.
        what: &'static str,
    },
    /// A root or a fit that was not found.
    #[error("{what} was not found in {steps} steps")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// How long.
        steps: u32,
    },
    /// An effect that is asked for, and that no sample of the size can show.
    #[error("no effect is shown with the power that is asked for by {visitors} visitors")]
    NoEffect {
        /// How many there are.
        visitors: f64,
    },
    /// A unit of a panel that cannot be used as it is.
    #[error("unit {unit} {what}")]
    Unit {
        /// Its name.
        unit: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A distribution function that has no value there.
    #[error(transparent)]
    Special(#[from] styring_special::Error),
}

impl Error {
    #[allow(clippy::needless_pass_by_value, reason = "numbers and texts alike, where an error is made")]
    pub(crate) fn range(field: &'static str, expected: &'static str, value: impl ToString) -> Self {
        Self::OutOfRange { field, expected, value: value.to_string() }
    }
}
