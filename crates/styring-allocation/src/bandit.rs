//! Arms whose rate is not known: how probable each is the best, what choosing it loses, and what to try next.
//!
//! An arm is a channel, a campaign or a creative, known by its place in the slice that is given; what comes back stands in the same order. Nothing here knows of saturation: a share of the budget in proportion to the
//! probability of being best sends nearly all money to one channel, and where the next krone of a channel brings less than the last that loses more than an even split. Use these on creatives, or inside a policy that
//! has response curves and guardrails.
//!
//! ```
//! use styring_allocation::Seed;
//! use styring_allocation::bandit::{BestArm, Posterior, Thompson, top_two};
//!
//! // Results per krone: as before any result in 2500 kr, then what three channels brought for 20 000 kr each.
//! let prior = Posterior::gamma(1.0, 2_500.0)?;
//! let channels = [84.0, 61.0, 77.0]
//!     .into_iter()
//!     .map(|results| prior.after_results(results, 20_000.0))
//!     .collect::<Result<Vec<_>, _>>()?;
//!
//! let best = BestArm::of(&channels)?;
//! assert!(best.probabilities()[0] > 0.65 && best.losses()[0] < 0.000_2);
//! let shares = top_two(best.probabilities(), 0.5)?;
//! assert!(shares[0] < 0.55); // the runner-up is tried as often
//! let pick = Thompson::new(Seed(1)).pick(&channels)?;
//! assert!(pick < 3);
//! # Ok::<(), styring_allocation::Error>(())
//! ```

mod best;
mod forgetting;
mod index;
mod knapsack;
mod panel;
mod posterior;
mod rule;
mod thompson;
mod top_two;

pub use best::BestArm;
pub use forgetting::{Discounted, Windowed};
pub use index::Plays;
pub use knapsack::{Mix, knapsack};
pub use posterior::Posterior;
pub use thompson::Thompson;
pub use top_two::top_two;
