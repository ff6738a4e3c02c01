//! Budget reallocation with guardrails: exact to the minor unit, every move with its reason.
//!
//! ```
//! use styring_allocation::{Channel, Evidence, Guardrail, Rhythm};
//! use styring_money::{Currency, Unrounded};
//!
//! let nok = |amount: i64| Unrounded::new(amount.into(), Currency::NOK);
//! let channel = |name: &str, results: i64| Channel {
//!     name: name.to_owned(),
//!     budget: "NOK 10000.00".parse().expect("an amount"),
//!     guardrail: Guardrail { min: "NOK 9000.00".parse().expect("an amount"), ..Guardrail::none(Currency::NOK) },
//!     evidence: Evidence { spend: nok(20_000), results: results.into(), ..Evidence::none(100.into(), Currency::NOK) },
//! };
//! let decision = Rhythm::new(Currency::NOK).next(3, &[channel("VG", 80), channel("TV 2", 50)])?;
//! assert_eq!(decision.total_after, decision.total_before);
//! assert_eq!(
//!     decision.channels[1].to_string(),
//!     "TV 2: NOK 10000.00 to NOK 9000.00 (loser). Its score 0.001250 is below the median 0.002225: it gives \
//!      NOK 1000.00. The change is limited by its minimum of NOK 9000.00."
//! );
//! # Ok::<(), styring_allocation::Error>(())
//! ```
//!
//! # Modules by what you look for
//!
//! - A way of dividing next week's budget: [`policy::Policy`], from a [`History`]: even, the rhythm, in proportion, by response curves. One `impl` for your own.
//! - The best budgets for known curves, with a certificate, and what any reallocation could gain at most: [`optimise`].
//! - The founding rhythm: [`Rhythm`]. It takes [`Channel`]s (budget, [`Guardrail`], [`Evidence`]) and gives a [`Decision`].
//! - Why: [`Reason`], [`Verdict`], [`Transfer`]; machine-readable by serde, human by `Display`.
//! - Arms whose rate is not known: [`bandit`]: posteriors, P(best) and expected loss, Thompson sampling, indices, the knapsack.
//! - Noisy scores of few results: [`Pool`] draws each channel's results per krone toward all.
//! - What another policy would have brought: [`off_policy`], with errors, and a refusal where the log cannot say.
//! - Creatives that are to be stopped: [`StopLoss`], with a sentence for each.
//! - Splitting inside bounds: [`apportion`]. Rounding a real plan: [`nearest_whole`].
//!
//! # Features
//!
//! `serde`: every public data type.

mod apportion;
pub mod bandit;
mod channel;
mod decision;
mod error;
mod history;
mod interval;
pub mod off_policy;
pub mod optimise;
pub mod policy;
mod rhythm;
mod seed;
mod shrink;
mod stirling;
mod stop_loss;
mod transfer;
mod words;

pub use apportion::{Bounds, apportion, nearest_whole};
pub use channel::{Channel, Evidence, Guardrail};
pub use decision::{ChannelDecision, Decision, Limit, Obstacle, Reason, Scores, Transfer, Verdict};
pub use error::Error;
pub use history::{History, Lift, Observed, Track};
pub use interval::Interval;
pub use rhythm::{Raise, Reading, Rhythm};
pub use seed::Seed;
pub use shrink::{Pool, Tried};
pub use stop_loss::{Creative, CreativeCheck, StopDecision, StopLoss, StopReason, TooLittle, Video};
