//! The reference cases of this crate, one test a file.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "reference/means.rs"]
mod means;

#[path = "reference/geo.rs"]
mod geo;
