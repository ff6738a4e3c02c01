/// What can go wrong in a simulation.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number outside its range.
    #[error("{what}{}: must be {expected}, not {value}", channel.as_ref().map_or_else(String::new, |name| format!(" of {name}")))]
    OutOfRange {
        /// Which number.
        what: &'static str,
        /// Of which channel, if of one.
        channel: Option<String>,
        /// The range.
        expected: &'static str,
        /// The number that was given.
        value: f64,
    },
    /// A list has another length than it must.
    #[error("{what}: {got} entries, not {expected}")]
    Length {
        /// Which list.
        what: &'static str,
        /// Its length.
        got: usize,
        /// The length it must have.
        expected: usize,
    },
    /// A channel that is not there.
    #[error("{what}: there is no channel {index} among {channels}")]
    NoSuchChannel {
        /// Where it is named.
        what: &'static str,
        /// Its place.
        index: usize,
        /// How many there are.
        channels: usize,
    },
    /// From a curve.
    #[error(transparent)]
    Response(#[from] styring_response::Error),
    /// From a policy or the rounding of its plan.
    #[error(transparent)]
    Allocation(#[from] styring_allocation::Error),
    /// From the money underneath.
    #[error(transparent)]
    Money(#[from] styring_money::Error),
}

impl Error {
    pub(crate) fn range(what: &'static str, expected: &'static str, value: f64) -> Self {
        Self::OutOfRange { what, channel: None, expected, value }
    }
}
