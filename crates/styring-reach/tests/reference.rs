//! Frequency and reach, held against the reference cases.
#![allow(clippy::expect_used, clippy::panic)]

#[cfg(all(feature = "serde", feature = "calendar"))]
#[path = "reference/caps.rs"]
mod caps;
#[cfg(feature = "serde")]
#[path = "reference/sequence.rs"]
mod sequence;
#[cfg(feature = "serde")]
#[path = "reference/translate.rs"]
mod translate;
