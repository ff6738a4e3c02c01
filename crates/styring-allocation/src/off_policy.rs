//! What another policy would have brought, from the log of the one that ran.
//!
//! A log has, for every decision, what was chosen, with which probability, and what it brought. A new policy that would have chosen with other probabilities is estimated by weighing rows, w = π(a) / p, by a model of rewards, or by
//! both. Whether the log can say anything is decided by the weights: where a few rows carry all, every weighted estimate is [refused](Refusal) by name instead of given with digits.
//!
//! ```
//! use styring_allocation::off_policy::{Estimator, Logged, OffPolicy, Refusal, Row, Settings};
//!
//! // Two creatives; the log chose the second one time in five. Would it pay to choose evenly?
//! let mut log = OffPolicy::new(Settings::default())?;
//! for row in 0..2_000_u32 {
//!     let action = usize::from(row % 5 == 0);
//!     let reward = if row % (if action == 0 { 50 } else { 35 }) == 1 { 1.0 } else { 0.0 };
//!     let propensity = if action == 0 { 0.8 } else { 0.2 };
//!     log.add(&Logged::of(&Row { action, reward, propensity, policy: &[0.5, 0.5], model: Some(&[0.02, 0.03]) })?)?;
//! }
//! let even = log.estimate(Estimator::DoublyRobust)?;
//! let interval = even.interval(0.95)?.ok_or("nothing varied")?;
//! assert!(interval.contains(even.value()));
//!
//! // A policy that the log hardly ever tried: nothing is to be had.
//! let mut other = OffPolicy::new(Settings::default())?;
//! for _ in 0..2_000 {
//!     other.add(&Logged { reward: 0.0, propensity: 0.99, policy_probability: 0.01, model: None })?;
//! }
//! other.add(&Logged { reward: 1.0, propensity: 0.01, policy_probability: 0.99, model: None })?;
//! assert!(matches!(other.estimate(Estimator::Ips), Err(Refusal::Worthless { ess, .. }) if ess < 100.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod estimate;
mod log;
mod moments;
mod row;

pub use estimate::{Estimate, Estimator, Refusal, Weights};
pub use log::{OffPolicy, Settings};
pub use row::{Logged, Prediction, Row};
