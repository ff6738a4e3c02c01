//! The reference cases of this crate, a file of tests for each topic.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::float_cmp)]

#[path = "reference/log.rs"]
mod log;
#[path = "reference/nbd.rs"]
mod nbd;
