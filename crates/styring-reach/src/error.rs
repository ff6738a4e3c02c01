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
}
