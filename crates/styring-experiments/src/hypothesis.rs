use crate::{Alternative, Level};

/// What a test is asked: against which effect, to which side, how sure.
///
/// ```
/// use styring_experiments::{Hypothesis, Level};
///
/// let differs = Hypothesis::default(); // two-sided, 95 %, against no effect
/// let not_worse = Hypothesis::greater().against(-0.002).at(Level::P90);
/// assert_eq!(differs, Hypothesis::two_sided());
/// # let _ = not_worse;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Hypothesis {
    level: Level,
    alternative: Alternative,
    null: Option<f64>,
}

impl Hypothesis {
    /// That the effect is another than the null.
    pub fn two_sided() -> Self {
        Self::default()
    }

    /// That the effect is above the null.
    pub fn greater() -> Self {
        Self::from(Alternative::Greater)
    }

    /// That the effect is below the null.
    pub fn less() -> Self {
        Self::from(Alternative::Less)
    }

    /// With another level than 95 %; one-sided, tests refuse one of 50 % or less.
    #[must_use]
    pub fn at(self, level: Level) -> Self {
        Self { level, ..self }
    }

    /// Against another effect than none: a margin. Each test says which effects there are, and refuses others.
    #[must_use]
    pub fn against(self, null: f64) -> Self {
        Self { null: Some(null), ..self }
    }

    /// How sure.
    pub fn level(self) -> Level {
        self.level
    }

    /// To which side.
    pub fn alternative(self) -> Alternative {
        self.alternative
    }

    /// Against what; none is no effect, whatever that is on the scale in question.
    pub fn null(self) -> Option<f64> {
        self.null
    }
}

impl From<Level> for Hypothesis {
    fn from(level: Level) -> Self {
        Self { level, ..Self::default() }
    }
}

impl From<Alternative> for Hypothesis {
    fn from(alternative: Alternative) -> Self {
        Self { alternative, ..Self::default() }
    }
}
