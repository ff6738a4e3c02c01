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
    /// A name that was to be given once came twice.
    #[error("the name {name:?} is there twice")]
    Twice {
        /// The name.
        name: String,
    },
    /// A name that no set has.
    #[error("no set is named {name:?}")]
    UnknownName {
        /// The name.
        name: String,
    },
    /// A set that the order of priority does not have.
    #[error("{name:?} has no place in the order of priority")]
    NotInOrder {
        /// The set.
        name: String,
    },
    /// More than can be worked on at once.
    #[error("{given} {what} are too many; the limit is {limit}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many can be.
        limit: u64,
        /// How many there are.
        given: u64,
    },
    /// Ids that were said to be in order are not, or repeat.
    #[error("the id at position {position} is not above the one before it")]
    NotSorted {
        /// Where, from 0.
        position: usize,
    },
    /// Regions of different sets, or of the same in another order, cannot be merged.
    #[error("the regions are not of the same sets in the same order")]
    NamesDiffer,
    /// A plan in which no segment is advertised to.
    #[error("a plan needs a segment to advertise to, not exclusions only")]
    ExclusionOnly,
    /// Bytes that are not what they should be.
    #[error("not a set in the {format} format: {reason}")]
    Unreadable {
        /// The format.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Sketches whose ids were hashed with different seeds have nothing in common.
    #[error("the sketches were made with different seeds, {left} and {right}")]
    SeedsDiffer {
        /// The seed of one.
        left: u64,
        /// The seed of the other.
        right: u64,
    },
}
