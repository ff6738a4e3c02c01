/// What is to be shown of the treatment.
///
/// The set of a one-sided answer is open to the side that is to be shown: with [`Alternative::Greater`] it says what the effect is at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[allow(clippy::exhaustive_enums, reason = "there are no other sides")]
pub enum Alternative {
    /// That it differs from the control.
    #[default]
    TwoSided,
    /// That it is above.
    Greater,
    /// That it is below.
    Less,
}

impl Alternative {
    /// The same with treatment and control exchanged.
    pub(crate) fn turned(self) -> Self {
        match self {
            Self::TwoSided => Self::TwoSided,
            Self::Greater => Self::Less,
            Self::Less => Self::Greater,
        }
    }
}
