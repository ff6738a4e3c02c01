use crate::sequential::Shares;
use crate::{Error, Level};

/// Which arms are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "against one or against all")]
pub enum Comparisons {
    /// Each treatment with the control (arm 0). It ends when one is better; that one is better than the control, and not shown to be better than other treatments.
    #[default]
    AgainstControl,
    /// Every arm with every other. Arms that are worse than another drop out, until one is left.
    AllPairs,
}

/// Whether more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "there are two")]
pub enum Better {
    /// Conversions, revenue.
    #[default]
    Higher,
    /// Cost per order, returns.
    Lower,
}

/// What is fixed before the first look: arms, error, what counts as better, and what is too little to care.
///
/// ```
/// use styring_experiments::decision::Rules;
/// use styring_experiments::sequential::Shares;
///
/// // Control and two treatments; lifts below 2 % are not worth having.
/// let rules = Rules::new(Shares::new(&[1.0, 1.0, 1.0])?).smallest_effect(0.02)?;
/// // Both comparisons together err with 5 %, each with 2.5 %: the level to make evidence with.
/// assert!((rules.level_of_each().alpha() - 0.025).abs() < 1e-15);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct Rules {
    shares: Shares,
    comparisons: Comparisons,
    better: Better,
    level: Level,
    smallest_effect: Option<f64>,
    split_level: Level,
}

impl Rules {
    /// The arms with their shares of traffic, the first the control; each against the control, more is better, 95 %, no futility, and an alarm of the split at 0.1 %.
    pub fn new(shares: Shares) -> Self {
        Self {
            shares,
            comparisons: Comparisons::default(),
            better: Better::default(),
            level: Level::default(),
            smallest_effect: None,
            split_level: Level::from_alpha(0.001).unwrap_or(Level::P99),
        }
    }

    /// With other comparisons.
    #[must_use]
    pub fn comparisons(self, comparisons: Comparisons) -> Self {
        Self { comparisons, ..self }
    }

    /// With another side that is better.
    #[must_use]
    pub fn better(self, better: Better) -> Self {
        Self { better, ..self }
    }

    /// With another level, of all decisions together.
    #[must_use]
    pub fn level(self, level: Level) -> Self {
        Self { level, ..self }
    }

    /// Effects smaller than this, on the scale of the evidence, are not worth having: an arm whose set holds no larger one is futile.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it is 0 or above.
    pub fn smallest_effect(self, effect: f64) -> Result<Self, Error> {
        if effect >= 0.0 && effect.is_finite() {
            Ok(Self { smallest_effect: Some(effect), ..self })
        } else {
            Err(Error::range("smallest effect", "0 or above", effect))
        }
    }

    /// With another level at which a split of traffic that is not as it was to be invalidates the trial.
    #[must_use]
    pub fn split_level(self, level: Level) -> Self {
        Self { split_level: level, ..self }
    }

    /// The shares at the beginning.
    pub fn shares(&self) -> &Shares {
        &self.shares
    }

    /// The level that the evidence of each comparison must have: the error is divided by their number, so that all their sets hold together.
    pub fn level_of_each(&self) -> Level {
        let arms = self.shares.arms();
        let comparisons = match self.comparisons {
            Comparisons::AgainstControl => arms - 1,
            Comparisons::AllPairs => arms * (arms - 1) / 2,
        };
        Level::from_alpha(self.level.alpha() / comparisons as f64).unwrap_or(self.level)
    }

    pub(crate) fn all_pairs(&self) -> bool {
        self.comparisons == Comparisons::AllPairs
    }

    /// 1 if more is better, else −1.
    pub(crate) fn sign(&self) -> f64 {
        match self.better {
            Better::Higher => 1.0,
            Better::Lower => -1.0,
        }
    }

    pub(crate) fn smallest(&self) -> Option<f64> {
        self.smallest_effect
    }

    pub(crate) fn split_alpha(&self) -> f64 {
        self.split_level.alpha()
    }
}

/// As they are written down.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    shares: Shares,
    comparisons: Comparisons,
    better: Better,
    level: Level,
    smallest_effect: Option<f64>,
    split_level: Level,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Rules {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        let rules = Self::new(written.shares)
            .comparisons(written.comparisons)
            .better(written.better)
            .level(written.level)
            .split_level(written.split_level);
        written.smallest_effect.map_or(Ok(rules.clone()), |effect| rules.smallest_effect(effect))
    }
}

#[cfg(feature = "serde")]
impl From<Rules> for Written {
    fn from(rules: Rules) -> Self {
        let Rules { shares, comparisons, better, level, smallest_effect, split_level } = rules;
        Self { shares, comparisons, better, level, smallest_effect, split_level }
    }
}
