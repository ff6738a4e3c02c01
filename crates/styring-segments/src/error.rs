/// What can go wrong with segments.
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
    /// A text that is no signal of its kind.
    #[error("{value:?} is no {field} that can be read")]
    Signal {
        /// Which kind.
        field: &'static str,
        /// The text.
        value: String,
    },
    /// A text that is not an e-mail address. It is not repeated here: what was typed is never printed.
    #[cfg(feature = "keys")]
    #[error("the e-mail address cannot be used: {problem}")]
    Email {
        /// What is wrong with it.
        problem: crate::keys::EmailProblem,
    },
    /// A text that is not a phone number. It is not repeated here: what was typed is never printed.
    #[cfg(feature = "keys")]
    #[error("the phone number cannot be used: {problem}")]
    Phone {
        /// What is wrong with it.
        problem: crate::keys::PhoneProblem,
    },
}
