//! The insides of the program `styring`, as a library so that benches and tests can call them.
//!
//! - [`plan_file`]: the plan as a TOML file, with the column mapping of the results.
//! - [`source`]: reading results from an export, row by row, with every fault named by line and column.
//! - [`frequency`]: how often people were met, from a file beside the results.
//! - [`week`]: the command `styring week`.
//! - [`goal`]: the command `styring goal`.
//! - [`ltv`]: the command `styring ltv`.
//! - [`reach`]: the command `styring reach`.
//! - [`geo`]: the command `styring geo`.
//! - [`plan_test`]: the command `styring plan-test`.
//! - [`test`](mod@test): the command `styring test`.
//! - [`overlap`]: the command `styring overlap`.
//! - [`names`]: the command `styring names lint`.
//! - [`amount`]: amounts on a command line.
//! - [`write`](mod@write): files that are there whole or not at all.
//!
//! Embedders will rather want the libraries underneath; see the crate `styring`.

pub mod amount;
mod csv_text;
pub mod error;
pub mod frequency;
pub mod geo;
pub mod goal;
mod job;
pub mod ltv;
pub mod names;
pub mod overlap;
pub mod plan_file;
pub mod plan_test;
mod progress;
pub mod reach;
pub mod source;
mod sources;
pub mod test;
pub mod week;
pub mod write;

pub use error::{Error, PlanFault};
