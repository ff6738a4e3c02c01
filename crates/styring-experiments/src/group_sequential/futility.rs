use super::Spending;

/// When a one-sided test stops because an effect is no longer likely to be shown.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Futility {
    /// Where z is below given values.
    Bounds {
        /// One for each look but the last.
        values: Vec<f64>,
        /// Whether the test must stop there. If so the critical values may be lower; if not, α holds whatever is done at these bounds.
        binding: bool,
    },
    /// Where the missed power 1 − `power` is spent by a function, as the error is.
    Spend {
        /// The function.
        spending: Spending,
        /// The power of the test with these bounds.
        power: f64,
        /// Whether the test must stop there.
        binding: bool,
    },
}

impl Futility {
    /// Whether the test must stop there.
    pub fn binding(&self) -> bool {
        match self {
            Self::Bounds { binding, .. } | Self::Spend { binding, .. } => *binding,
        }
    }
}
