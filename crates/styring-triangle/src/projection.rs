use styring_special::{Split, gamma_inc_inv};

use crate::Error;

/// What a cohort, or several together, will have brought at an age.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Projection {
    pub(crate) observed: f64,
    pub(crate) value: f64,
    pub(crate) error: MackError,
    pub(crate) nothing_yet: usize,
}

/// How far a projection may be off, in two parts that do not depend on each other: `se² = chance² + factors²`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "there is an error or there is none")]
pub enum MackError {
    /// Mack's standard error.
    Known {
        /// What the cohort itself may do: the process error.
        chance: f64,
        /// That the factors are estimates: the parameter error, shared by all cohorts.
        factors: f64,
    },
    /// There is none.
    Unknown(NoError),
}

/// Why a projection has no standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "why", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NoError {
    /// Nothing has come yet, and whatever is multiplied stays nothing. Mack's error would be zero, and say that nothing ever comes.
    NothingYet,
    /// A factor rests on one cohort, and no other factor tells how much they vary.
    OneCohort {
        /// The age the factor starts from.
        age: u32,
    },
    /// A cohort went from nothing to something, which no factor does: the model does not hold there.
    FromNothing {
        /// The age at which it had nothing.
        age: u32,
    },
    /// A cohort stood below zero, where a variance in proportion to the value means nothing.
    BelowZero {
        /// The age.
        age: u32,
    },
}

impl Projection {
    /// What will have come.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// What has come so far; the value itself where the age has been observed.
    pub fn observed(&self) -> f64 {
        self.observed
    }

    /// What is still to come; below zero if returns outweigh.
    pub fn outstanding(&self) -> f64 {
        self.value - self.observed
    }

    /// The standard error of the prediction (Mack's), zero where the age has been observed; `None` where there is none, see [`error`](Self::error).
    pub fn se(&self) -> Option<f64> {
        match self.error {
            MackError::Known { chance, factors } => Some(libm::hypot(chance, factors)),
            MackError::Unknown(_) => None,
        }
    }

    /// The error in its parts, or why there is none.
    pub fn error(&self) -> MackError {
        self.error
    }

    /// How many of the cohorts have brought nothing yet. The chain ladder gives them nothing for ever: the value is too low by what they will bring.
    pub fn nothing_yet(&self) -> usize {
        self.nothing_yet
    }

    /// An interval with equal tails: what has come, and a log-normal distribution of what is to come, with its mean and standard error (as Mack proposes; if less than nothing
    /// is to come, of the whole value). `None` without an error, or of a value that is not above zero.
    ///
    /// Where returns are usual, an interval that begins at what has come is too short below.
    ///
    /// Errors: a level outside 0 to 1.
    pub fn interval(&self, level: f64) -> Result<Option<(f64, f64)>, Error> {
        if !(1e-6..=1.0 - 1e-6).contains(&level) {
            return Err(Error::OutOfRange { field: "level", expected: "between 0 and 1", value: level.to_string() });
        }
        let Some(se) = self.se() else { return Ok(None) };
        if se == 0.0 {
            return Ok(Some((self.value, self.value)));
        }
        let (known, mean) =
            if self.outstanding() > 0.0 { (self.observed, self.outstanding()) } else { (0.0, self.value) };
        if mean <= 0.0 {
            return Ok(None);
        }
        let spread2 = libm::log1p((se / mean) * (se / mean));
        // A chi-squared quantile of one degree of freedom is the square of a normal one.
        let normal = (2.0 * gamma_inc_inv(0.5, Split::from_upper(1.0 - level)?)?).sqrt();
        let at = |side: f64| known + mean * libm::exp(side * normal * spread2.sqrt() - spread2 / 2.0);
        let (low, high) = (at(-1.0), at(1.0));
        Ok((low.is_finite() && high.is_finite()).then_some((low, high)))
    }
}
