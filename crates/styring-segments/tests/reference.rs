//! The reference cases of segments.
#![allow(clippy::expect_used, clippy::panic)]

#[path = "reference/exclusions.rs"]
mod exclusions;
#[path = "reference/ordered.rs"]
mod ordered;
#[path = "reference/overlap.rs"]
mod overlap;
