//! The reference cases of this crate, by topic.
#![allow(clippy::expect_used, clippy::float_cmp)]

#[path = "reference/proportions.rs"]
mod proportions;
#[path = "reference/rates_and_holdouts.rs"]
mod rates_and_holdouts;
#[path = "reference/readiness.rs"]
mod readiness;
