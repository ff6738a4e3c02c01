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
    /// A naming scheme that does not hold.
    #[error("scheme, {place}: {fault}")]
    Scheme {
        /// Where in the scheme.
        place: String,
        /// What is wrong there.
        fault: crate::naming::SchemeFault,
    },
    /// A text or fields that are no name in canonical form.
    #[error("{0}")]
    Name(Box<crate::naming::Rejected>),
}
