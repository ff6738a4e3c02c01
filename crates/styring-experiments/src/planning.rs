//! How long a test has to run, what it can find, and how sure that is.
//!
//! ```
//! use styring_experiments::planning::{Effect, Metric, Plan};
//!
//! // 2 % convert. How many visitors does it take to find a lift of 10 %, with 80 % power?
//! let plan = Plan::new(Metric::share(0.02)?);
//! let size = plan.sample_size(Effect::Relative(0.10))?;
//! assert_eq!(size.arms(), [80_682, 80_682]);
//! // And at 9 000 visitors a day, in whole weeks?
//! assert_eq!(size.duration(9_000.0)?.whole_weeks(), 3);
//! // What can 60 000 visitors find?
//! let found = plan.mde(60_000.0)?;
//! assert!((found / 0.02 - 0.166).abs() < 1e-3);
//! # Ok::<(), styring_experiments::Error>(())
//! ```
//!
//! # Modules by what you look for
//!
//! - What is measured, and how much it varies: [`Metric`] (shares, means, ratios, with CUPED, in clusters).
//! - Who sees what: [`Allocation`], with the best share of the control for several treatments.
//! - How it is tested: [`Test`] (normal, Student's t, always valid, group-sequential).
//! - Power, sample size, smallest effect, days: [`Plan`], [`SampleSize`], [`Duration`], [`Effect`].

mod allocation;
mod metric;
mod plan;
mod sample_size;

pub use allocation::Allocation;
pub use metric::{Metric, lehr};
pub use plan::{Effect, Plan, Test};
pub use sample_size::{Duration, SampleSize};
