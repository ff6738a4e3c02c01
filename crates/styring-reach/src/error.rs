/// What can go wrong with frequency and reach.
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
    /// A list in which something has to stand.
    #[error("{field} of {of} must not be empty: leave it out for all")]
    Empty {
        /// Which list.
        field: &'static str,
        /// Whose.
        of: String,
    },
    /// A name that has to be there once.
    #[error("{what} {name} comes twice")]
    Repeated {
        /// What is named.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// More than the engine can tell apart.
    #[error("{what}: {given} are named, {limit} can be told apart")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many there are.
        given: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A name that is not known.
    #[error("there is no {what} {name}")]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A snapshot that no engine can have written.
    #[error("snapshot: {reason}")]
    Snapshot {
        /// What is wrong with it.
        reason: String,
    },
}
