//! Frequency and reach, held against the reference cases.
#![allow(clippy::expect_used, clippy::panic)]

#[cfg(all(feature = "serde", feature = "calendar"))]
#[path = "reference/caps.rs"]
mod caps;
