use std::fmt;

/// Something a plan has to keep, with its amount.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "kind", rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum Constraint {
    /// The total to spend.
    Total {
        /// How much.
        amount: f64,
    },
    /// The least a channel may get.
    Minimum {
        /// Which channel.
        channel: String,
        /// How much.
        amount: f64,
    },
    /// The most a channel may get.
    Maximum {
        /// Which channel.
        channel: String,
        /// How much.
        amount: f64,
    },
    /// The least a channel may get by its step from now.
    StepDown {
        /// Which channel.
        channel: String,
        /// How much.
        amount: f64,
    },
    /// The most a channel may get by its step from now.
    StepUp {
        /// Which channel.
        channel: String,
        /// How much.
        amount: f64,
    },
    /// The most a channel may get by its frequency cap.
    FrequencyCap {
        /// Which channel.
        channel: String,
        /// How much.
        amount: f64,
    },
    /// A channel that is off or gets at least this.
    OffOrMinimum {
        /// Which channel.
        channel: String,
        /// How much.
        amount: f64,
    },
    /// The least a group may get.
    GroupMinimum {
        /// Which group.
        group: String,
        /// How much.
        amount: f64,
    },
    /// The most a group may get.
    GroupMaximum {
        /// Which group.
        group: String,
        /// How much.
        amount: f64,
    },
    /// The most that may be taken from channels.
    Moved {
        /// How much.
        amount: f64,
    },
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Total { amount } => write!(f, "the total {amount}"),
            Self::Minimum { channel, amount } => write!(f, "the minimum {amount} of {channel}"),
            Self::Maximum { channel, amount } => write!(f, "the maximum {amount} of {channel}"),
            Self::StepDown { channel, amount } => write!(f, "the step down to {amount} of {channel}"),
            Self::StepUp { channel, amount } => write!(f, "the step up to {amount} of {channel}"),
            Self::FrequencyCap { channel, amount } => write!(f, "the frequency cap at {amount} of {channel}"),
            Self::OffOrMinimum { channel, amount } => write!(f, "off or at least {amount} of {channel}"),
            Self::GroupMinimum { group, amount } => write!(f, "the minimum {amount} of the group {group}"),
            Self::GroupMaximum { group, amount } => write!(f, "the maximum {amount} of the group {group}"),
            Self::Moved { amount } => write!(f, "the limit {amount} on money moved"),
        }
    }
}

/// Constraints in a row, for a sentence.
#[derive(Debug)]
pub(crate) struct Listed<'a>(pub(crate) &'a [Constraint]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, constraint) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{constraint}")?;
        }
        Ok(())
    }
}
