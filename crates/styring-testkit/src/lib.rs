//! What the tests of all crates share: the reference cases with their loader, the shared data folder, and proptest strategies.
//!
//! ```no_run
//! use serde::Deserialize;
//! use styring_testkit::reference::Reference;
//!
//! #[derive(Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Input { value: String }
//!
//! Reference::new("metrics", "metrics_rounding").run(|input: Input, expected: String, check| {
//!     check.equal("value", &input.value, &expected);
//! });
//! ```
//!
//! [`reference`](mod@reference) holds the rules: a missing file, an unknown field, a repeated id or zero cases fail; every deviation of a file is listed before the test
//! stops. [`owners`] is the register of which crate runs which file. [`calibration`] counts how often statistical promises are kept. [`data`] finds the folder of real data, which is never part of the repository.

#![allow(clippy::panic, reason = "this crate only runs inside tests")]

pub mod calibration;
pub mod data;
pub mod owners;
pub mod reference;
pub mod strategies;
