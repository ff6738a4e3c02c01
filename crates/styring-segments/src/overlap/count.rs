//! What an engine counts in: whole members, or estimates.

use std::fmt::Debug;

use crate::Language;

/// How the members that were counted stand for all: every one, or those whose hash is below a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// Hashes of 63 bits below this are counted.
    theta64: u64,
}

impl Sampling {
    /// Every member is counted.
    pub(crate) const ALL: Self = Self { theta64: i64::MAX as u64 };

    /// Members with a hash below this are counted.
    #[cfg(feature = "sketch")]
    pub(crate) fn below(theta64: u64) -> Self {
        Self { theta64 }
    }

    /// The threshold, a number of 63 bits.
    #[cfg(feature = "sketch")]
    pub(crate) fn theta64(self) -> u64 {
        self.theta64
    }

    /// The share of members that was counted, over 0 and at most 1.
    pub fn share(self) -> f64 {
        self.theta64 as f64 / Self::ALL.theta64 as f64
    }

    /// Whether every member was counted.
    pub fn is_exact(self) -> bool {
        self == Self::ALL
    }
}

pub(crate) mod sealed {
    use super::Sampling;
    use crate::Language;

    /// How a number of counted members is told.
    pub trait Counted: Sized {
        fn of(counted: u64, sampling: Sampling) -> Self;

        /// Whether it is certain that there is nobody.
        fn nobody(self) -> bool;

        fn words(self, language: Language) -> String;
    }

    /// How a part of counted members is told.
    pub trait Parted: Sized {
        fn of(part: u64, whole: u64, sampling: Sampling) -> Self;
    }
}

/// A number of people: `u64` where every one was counted, [`Estimate`](crate::overlap::Estimate) where a sample was.
///
/// Sealed: an engine is exact or it gives bounds; there is no third kind.
pub trait Count: Copy + Debug + PartialEq + sealed::Counted {
    /// What a part of a whole is told in: [`Ratio`], or [`EstimatedRatio`](crate::overlap::EstimatedRatio).
    type Ratio: Copy + Debug + PartialEq + sealed::Parted;

    /// The number as a float, for ordering and drawing; an estimate without its bounds.
    fn to_f64(self) -> f64;
}

impl sealed::Counted for u64 {
    fn of(counted: u64, _: Sampling) -> Self {
        counted
    }

    fn nobody(self) -> bool {
        self == 0
    }

    fn words(self, _: Language) -> String {
        self.to_string()
    }
}

impl Count for u64 {
    type Ratio = Ratio;

    fn to_f64(self) -> f64 {
        self as f64
    }
}

/// A part of a whole, both counted. There is no sum and no mean of two: merge the facts.
///
/// ```
/// use styring_segments::overlap::{NoRatio, Ratio};
///
/// assert_eq!(Ratio::new(25, 100).value(), Ok(0.25));
/// assert_eq!(Ratio::new(0, 0).value(), Err(NoRatio::NoDenominator));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
}

impl Ratio {
    /// The part `numerator` of the whole `denominator`.
    pub fn new(numerator: u64, denominator: u64) -> Self {
        Self { numerator, denominator }
    }

    /// The part.
    pub fn numerator(self) -> u64 {
        self.numerator
    }

    /// The whole.
    pub fn denominator(self) -> u64 {
        self.denominator
    }

    /// `numerator / denominator`.
    ///
    /// # Errors
    /// [`NoRatio::NoDenominator`] where the whole is nobody.
    pub fn value(self) -> Result<f64, NoRatio> {
        if self.denominator == 0 {
            return Err(NoRatio::NoDenominator);
        }
        Ok(self.numerator as f64 / self.denominator as f64)
    }
}

impl sealed::Parted for Ratio {
    fn of(part: u64, whole: u64, _: Sampling) -> Self {
        Self::new(part, whole)
    }
}

/// Why a ratio has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NoRatio {
    /// There is nobody to take a share of.
    #[error("there is nobody to take a share of")]
    NoDenominator,
    /// Nobody of the whole is in the sample, so that the sample says nothing about its parts.
    #[error("nobody of the whole is in the sample")]
    NoSample,
}
