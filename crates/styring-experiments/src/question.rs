use crate::{Alternative, Error, Level};

/// What is asked of a test: how sure the answer is to be, which side is to be shown, and what the effect is held against.
///
/// ```
/// use styring_experiments::{Alternative, Level, Question};
///
/// assert_eq!(Question::from(Level::P90), Question { level: Level::P90, ..Question::default() });
/// // Not worse by more than 2 %.
/// let not_worse = Question { alternative: Alternative::Greater, null: -0.02, ..Question::default() };
/// assert_eq!(not_worse.level, Level::P95);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Question {
    /// How sure.
    pub level: Level,
    /// Which side is to be shown.
    pub alternative: Alternative,
    /// The effect it is held against: 0 for none, or a margin.
    pub null: f64,
}

impl Question {
    pub(crate) fn checked(self) -> Result<Self, Error> {
        if self.null.is_finite() { Ok(self) } else { Err(Error::range("null", "a number", self.null)) }
    }

    /// The error that one tail may have.
    pub(crate) fn tail(self) -> f64 {
        match self.alternative {
            Alternative::TwoSided => self.level.alpha() / 2.0,
            Alternative::Greater | Alternative::Less => self.level.alpha(),
        }
    }
}

impl From<Level> for Question {
    fn from(level: Level) -> Self {
        Self { level, ..Self::default() }
    }
}

impl From<Alternative> for Question {
    fn from(alternative: Alternative) -> Self {
        Self { alternative, ..Self::default() }
    }
}
