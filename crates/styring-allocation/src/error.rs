use styring_money::{Currency, Money};

/// What can go wrong when money is allocated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No plan can satisfy the total and the bounds together.
    #[error("infeasible: the total is {total}, but the bounds allow only {lowest} to {highest}")]
    Infeasible {
        /// What was to be allocated, in minor units.
        total: i128,
        /// The sum of the minima, in minor units.
        lowest: i128,
        /// The sum of the maxima, in minor units.
        highest: i128,
    },
    /// No budget can satisfy the total and the guardrails together.
    #[error("infeasible: the total is {total}, but the guardrails allow only {lowest} to {highest}")]
    InfeasibleBudget {
        /// What was to be divided.
        total: Money,
        /// The sum of the minima.
        lowest: Money,
        /// The sum of the maxima.
        highest: Money,
    },
    /// There is nothing to allocate to.
    #[error("no channels")]
    NoChannels,
    /// A list has another length than the list of channels.
    #[error("{what}: {got} entries for {expected} channels")]
    LengthMismatch {
        /// Which list.
        what: &'static str,
        /// Its length.
        got: usize,
        /// The number of channels.
        expected: usize,
    },
    /// A number outside its range.
    #[error("{field}{}: must be {expected}, not {value}", channel.as_ref().map_or_else(String::new, |name| format!(" of {name}")))]
    OutOfRange {
        /// Which number.
        field: &'static str,
        /// Of which channel, if of one.
        channel: Option<String>,
        /// The range.
        expected: &'static str,
        /// The number that was given.
        value: String,
    },
    /// The same channel twice.
    #[error("channel {name:?} is there twice")]
    DuplicateChannel {
        /// The name.
        name: String,
    },
    /// An amount in another currency than the others.
    #[error("{field} of {channel}: currency mismatch: {left} and {right}")]
    CurrencyMismatch {
        /// Which amount.
        field: &'static str,
        /// Of which channel.
        channel: String,
        /// The currency of the plan.
        left: Currency,
        /// The currency that came.
        right: Currency,
    },
    /// A number that was not found. No input is known that leads here.
    #[error("{what} was not computed: {why}")]
    NotComputed {
        /// What was asked for.
        what: &'static str,
        /// What the numerical library says.
        why: String,
    },
    /// From the money underneath.
    #[error(transparent)]
    Money(#[from] styring_money::Error),
}

impl Error {
    /// The same fault for a reader who does not count in minor units.
    pub(crate) fn in_money(self, currency: Currency) -> Self {
        let Self::Infeasible { total, lowest, highest } = self else {
            return self;
        };
        let money = |minor| Money::from_minor(minor, currency);
        match (money(total), money(lowest), money(highest)) {
            (Ok(total), Ok(lowest), Ok(highest)) => Self::InfeasibleBudget { total, lowest, highest },
            _ => self,
        }
    }

    pub(crate) fn not_computed(what: &'static str) -> impl Fn(styring_special::Error) -> Self {
        move |why| Self::NotComputed { what, why: why.to_string() }
    }

    pub(crate) fn out_of_range(
        field: &'static str,
        channel: Option<&str>,
        expected: &'static str,
        value: impl std::fmt::Display,
    ) -> Self {
        Self::OutOfRange { field, channel: channel.map(str::to_owned), expected, value: value.to_string() }
    }
}
