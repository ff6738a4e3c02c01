use styring_money::{Currency, Money};

use crate::optimise::{Constraint, Listed};

/// What can go wrong when money is allocated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
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
    /// No plan can keep all of these together.
    #[error("infeasible by {by}: {}", Listed(between))]
    Conflict {
        /// Which exclude one another.
        between: Vec<Constraint>,
        /// The least by which one of them would have to give way.
        by: f64,
    },
    /// No combination of channels that are off or on keeps all that is asked.
    #[error("infeasible: no choice of channels that are off or on keeps {}", Listed(between))]
    NoCombination {
        /// What cannot be kept together.
        between: Vec<Constraint>,
    },
    /// No plan reaches the target.
    #[error("{goal} of {target} is out of reach: at best {best} at a spend of {spend}")]
    OutOfReach {
        /// Of what.
        goal: &'static str,
        /// What was asked.
        target: f64,
        /// The nearest to it: the highest response, or the largest of response less target times spend, which is below zero.
        best: f64,
        /// The spend it has.
        spend: f64,
    },
    /// The more a channel gets, the better, without end.
    #[error("{channel} would take money without end: give it a maximum")]
    Unbounded {
        /// Which channel.
        channel: String,
    },
    /// An exact method for this combination is not built.
    #[error("{what} cannot be combined with {with}")]
    Unsupported {
        /// One part.
        what: &'static str,
        /// The other.
        with: &'static str,
    },
    /// Something that is needed was not given.
    #[error("{what} of {channel} is missing, and is needed for {needed_by}")]
    Missing {
        /// Of which channel.
        channel: String,
        /// What.
        what: &'static str,
        /// For what.
        needed_by: &'static str,
    },
    /// A name that no channel or group has.
    #[error("there is no channel or group {name:?}{}", of.as_ref().map_or_else(String::new, |of| format!(", named by {of}")))]
    Unknown {
        /// The name.
        name: String,
        /// Who named it, if it was a group.
        of: Option<String>,
    },
    /// A channel or group in two groups.
    #[error("{name:?} is in two groups: groups may contain one another, not overlap")]
    Overlap {
        /// The channel or group.
        name: String,
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
