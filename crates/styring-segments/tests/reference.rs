//! The reference cases of this crate, a file of tests for each topic.
#![allow(clippy::expect_used, clippy::panic)]

#[cfg(any(feature = "roaring", feature = "sketch"))]
#[path = "reference/bytes.rs"]
mod bytes;
#[path = "reference/exclusions.rs"]
mod exclusions;
#[cfg(feature = "serde")]
#[path = "reference/naming.rs"]
mod naming;
#[path = "reference/ordered.rs"]
mod ordered;
#[path = "reference/overlap.rs"]
mod overlap;
#[cfg(feature = "roaring")]
#[path = "reference/roaring.rs"]
mod roaring;
#[cfg(feature = "sketch")]
#[path = "reference/sketch.rs"]
mod sketch;
