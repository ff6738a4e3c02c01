//! The reference cases of this crate, a file of tests for each topic.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, clippy::float_cmp)]

#[path = "reference/beta_binomial.rs"]
mod beta_binomial;
#[cfg(all(feature = "serde", feature = "calendar"))]
#[path = "reference/caps.rs"]
mod caps;
#[path = "reference/curves.rs"]
mod curves;
#[path = "reference/duplication.rs"]
mod duplication;
#[path = "reference/lists.rs"]
mod lists;
#[path = "reference/log.rs"]
mod log;
#[path = "reference/nbd.rs"]
mod nbd;
#[cfg(feature = "serde")]
#[path = "reference/sequence.rs"]
mod sequence;
#[cfg(feature = "serde")]
#[path = "reference/translate.rs"]
mod translate;
