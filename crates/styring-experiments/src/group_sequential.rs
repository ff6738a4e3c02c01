//! Tests that look at their data a planned number of times and may stop at each (group-sequential tests).
//!
//! If the largest sample is known in advance they find effects with fewer visitors than tests that are valid at every moment.
//!
//! # Modules by what you look for
//!
//! - Critical values, spending, futility: [`Design`] of a [`Boundary`] or [`Spending`] function, [`Futility`], [`equal_looks`].
//! - Power, inflation factor, expected sample size: [`Design::operating`], [`Design::operating_for`], [`Design::inflation_factor`].
//! - Data as they come: [`Monitor`], fed with [`Evidence`]; what a [`Look`] says: [`Decision`], repeated interval and p-value, conditional power; at the end a [`Conclusion`].
//!
//! # Accuracy
//! Probabilities are right to 1e-12, critical values to 1e-11.

mod boundary;
mod design;
mod evidence;
mod futility;
mod monitor;
mod operating;
mod stagewise;
pub(crate) mod walk;

pub use boundary::{Boundary, Spending};
pub use design::{Design, equal_looks};
pub use evidence::Evidence;
pub use futility::Futility;
pub use monitor::{Decision, Look, Monitor};
pub use operating::Operating;
pub use stagewise::Conclusion;
