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
    /// A channel that is not in the log.
    #[error("channel {channel} is not in the log")]
    UnknownChannel {
        /// The channel.
        channel: String,
    },
    /// A channel that comes twice in an order.
    #[error("channel {channel} comes twice")]
    RepeatedChannel {
        /// The channel.
        channel: String,
    },
    /// People differ no more than chance makes them, so that there is no negative binomial distribution; a Poisson distribution of the same mean is the limit.
    #[error(
        "not overdispersed: with a mean of {mean} exposures the {measure} would have to be {than} {limit}, and is {value}"
    )]
    NotOverdispersed {
        /// Exposures per person of the universe.
        mean: f64,
        /// What was measured: the reach, or the variance.
        measure: &'static str,
        /// On which side of the limit it would have to be.
        than: &'static str,
        /// What a Poisson distribution has.
        limit: f64,
        /// What was given.
        value: f64,
    },
    /// There is nobody to fit a model to.
    #[error("{model} cannot be fitted: {reason}")]
    CannotFit {
        /// The model.
        model: &'static str,
        /// What is lacking.
        reason: &'static str,
    },
    /// A distribution that does not list so many exposures one by one.
    #[error("{exposures} exposures or more: the distribution lists {listed}; ask the model for a longer one")]
    NotListed {
        /// What was asked for.
        exposures: u64,
        /// The most that it lists.
        listed: u64,
    },
    /// Two channels cannot share so many people, or so few.
    #[error(
        "channels {} and {} cannot share {duplication} of the universe: their reaches allow {least} to {most}, it is off by {by}",
        channels.0, channels.1
    )]
    ImpossiblePair {
        /// The channels, by number.
        channels: (usize, usize),
        /// What was given.
        duplication: f64,
        /// The least that they can share.
        least: f64,
        /// The most that they can share.
        most: f64,
        /// How far what was given is from that.
        by: f64,
    },
    /// Three channels cannot share what their pairs are said to, though each pair by itself can.
    #[error(
        "the overlaps of channels {}, {} and {} contradict each other by {by} of the universe", channels.0, channels.1, channels.2
    )]
    ImpossibleTriple {
        /// The channels, by number.
        channels: (usize, usize, usize),
        /// By how much one of the four inequalities of a triple is broken.
        by: f64,
    },
    /// No population has these reaches and overlaps, though no pair or triple shows it.
    #[error("no population has these reaches and overlaps; they would have to change by {by} of the universe in all")]
    Impossible {
        /// The least change in all.
        by: f64,
        /// What proves it; none where only bounds crossed.
        certificate: Option<Box<crate::Certificate>>,
    },
    /// A formula needs the overlap of every pair.
    #[error("{model} needs every pair of channels, and that of {} and {} is not known", channels.0, channels.1)]
    UnknownPair {
        /// The formula.
        model: &'static str,
        /// The channels, by number.
        channels: (usize, usize),
    },
    /// An expansion gave a combination of exposures a probability below zero: the model does not hold for these numbers.
    #[error("the expansion gives exposures {exposures:?} a probability of {probability}: it does not hold here")]
    NegativeCell {
        /// How many exposures in each vehicle.
        exposures: Vec<u32>,
        /// The smallest probability.
        probability: f64,
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
