//! The reference cases of this crate.
#![cfg(feature = "serde")]
#![allow(clippy::expect_used)]

#[path = "reference/naming.rs"]
mod naming;
