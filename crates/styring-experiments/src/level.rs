use crate::Error;

/// How sure an answer is to be: a confidence level, or one minus it, the error that is accepted.
///
/// It holds the error α, so that a level as near to one as 1 − 1e-12 is as exact as 95 %.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "f64", into = "f64"))]
pub struct Level {
    alpha: f64,
}

impl Level {
    /// 90 %.
    pub const P90: Self = Self { alpha: 0.10 };
    /// 95 %.
    pub const P95: Self = Self { alpha: 0.05 };
    /// 99 %.
    pub const P99: Self = Self { alpha: 0.01 };

    /// A confidence level such as 0.95.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it lies between 0 and 1.
    pub fn new(level: f64) -> Result<Self, Error> {
        if level > 0.0 && level < 1.0 {
            Ok(Self { alpha: 1.0 - level })
        } else {
            Err(Error::range("level", "between 0 and 1", level))
        }
    }

    /// The level that accepts the error `alpha`, such as 0.05.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it lies between 0 and 1.
    pub fn from_alpha(alpha: f64) -> Result<Self, Error> {
        if alpha > 0.0 && alpha < 1.0 {
            Ok(Self { alpha })
        } else {
            Err(Error::range("alpha", "between 0 and 1", alpha))
        }
    }

    /// The error that is accepted.
    pub fn alpha(self) -> f64 {
        self.alpha
    }

    /// The confidence level.
    pub fn level(self) -> f64 {
        1.0 - self.alpha
    }
}

impl Default for Level {
    fn default() -> Self {
        Self::P95
    }
}

impl TryFrom<f64> for Level {
    type Error = Error;

    fn try_from(level: f64) -> Result<Self, Error> {
        Self::new(level)
    }
}

impl From<Level> for f64 {
    fn from(level: Level) -> Self {
        level.level()
    }
}
