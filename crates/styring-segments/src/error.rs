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
    /// An event of a catalogue that does not hold.
    #[error("event {event:?}: {problem}")]
    Event {
        /// Which event.
        event: String,
        /// What is wrong with it.
        problem: String,
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
    /// Something that comes twice where it may come once.
    #[error("{what} {value:?} comes twice")]
    Repeated {
        /// What it is.
        what: &'static str,
        /// Which one.
        value: String,
    },
    /// A platform whose limit is not known.
    #[error("no limit is known for platform {platform:?}")]
    UnknownPlatform {
        /// The key.
        platform: String,
    },
    /// A name for which a platform has no room, or that consists of what it does not take.
    #[error("{name:?} cannot be given to {platform}: there is no room for its beginning and a hash")]
    NoPlatformName {
        /// The platform.
        platform: String,
        /// The whole name.
        name: String,
    },
    /// Two names that would be one on a platform.
    #[error("{first:?} and {second:?} would both be {short:?} on {platform}")]
    SamePlatformName {
        /// The platform.
        platform: String,
        /// The name there.
        short: String,
        /// The name that has it.
        first: String,
        /// The name that cannot have it.
        second: String,
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
