//! Markets with a known truth, to measure policies of budget allocation in.
//!
//! ```
//! use styring_allocation::policy::{Even, Policy, Proportional, Weight};
//! use styring_allocation::Seed;
//! use styring_simulator::{Market, Recipe, share_of_best};
//!
//! // Twelve weeks, five channels with saturation; a policy is measured by what its budgets caused.
//! let even = share_of_best(&Even {}, Recipe::Saturation.market(Seed(1))?, Seed(1))?;
//! let scores = share_of_best(&Proportional::new(Weight::PerSpend), Recipe::Saturation.market(Seed(1))?, Seed(1))?;
//! assert!(even < scores && scores < 1.0);
//! # Ok::<(), styring_simulator::Error>(())
//! ```
//!
//! # Modules by what you look for
//!
//! - What is true and how a week follows from it: [`Truth`], [`Channel`], [`Shock`], [`Overlap`].
//! - A market that a policy can be played in: the trait [`Market`], [`Simulated`] with its [`Noise`], and the [`Recipe`]s of markets that are hard in ways of their own.
//! - One run: [`play`], [`share_of_best`]. Policies side by side, in recipes or in a [`Kind`] of your own: [`league`].
//!
//! # Features
//!
//! `serde`: every public data type.

mod chance;
mod error;
mod league;
mod market;
mod oracle;
mod recipe;
mod run;
mod simulated;
mod truth;

pub use error::Error;
pub use league::{Kind, Standing, league};
pub use market::Market;
pub use recipe::Recipe;
pub use run::{Run, play, share_of_best};
pub use simulated::{Noise, Simulated};
pub use truth::{Channel, Overlap, Played, Shock, State, Truth, reported};
