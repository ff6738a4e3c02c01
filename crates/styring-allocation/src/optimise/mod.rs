//! The best spends for a goal, with the proof that they are.
//!
//! ```
//! use styring_allocation::optimise::{Choice, Goal, Problem};
//! use styring_money::Currency;
//! use styring_response::Curve;
//!
//! let problem = Problem::new([
//!     Choice::new("Search", Curve::hill(900.0, 1.0, 40_000.0)?).now(20_000.0),
//!     Choice::new("Video", Curve::hill(700.0, 1.0, 90_000.0)?).now(30_000.0),
//! ])?;
//! let plan = problem.solve(Goal::Spend(50_000.0))?;
//! assert!(plan.certificate.gap < 1e-12);
//! // The last krone brings the same in both.
//! let marginal = |name: &str| plan.channel(name).and_then(|channel| channel.marginal).unwrap();
//! assert!((marginal("Search") / marginal("Video") - 1.0).abs() < 1e-9);
//! println!("{}", plan.in_money(Currency::NOK)?.channels[0].1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod branch;
mod cautious;
mod choice;
mod constraint;
mod draws;
mod feasible;
mod goal;
mod headroom;
mod market;
mod moves;
mod outlook;
mod piece;
mod plan;
mod price;
mod problem;
mod rounding;
mod side;
mod source;
mod units;

pub use choice::{Choice, Group};
pub use constraint::Constraint;
pub(crate) use constraint::Listed;
pub use draws::Draws;
pub use goal::Goal;
pub use headroom::{Headroom, Present};
pub use outlook::Outlook;
pub use plan::{Allotment, Certificate, Extrapolation, GroupAllotment, Hold, MoneyPlan, Plan};
pub use problem::Problem;
