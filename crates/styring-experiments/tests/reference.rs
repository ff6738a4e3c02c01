//! The reference cases of this crate.
#![allow(clippy::expect_used, clippy::float_cmp)]

#[path = "reference/group_sequential.rs"]
mod group_sequential;
