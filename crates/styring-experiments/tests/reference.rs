//! The reference cases of this crate, one test a file.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "reference/geo_series.rs"]
mod geo_series;
#[path = "reference/means.rs"]
mod means;
