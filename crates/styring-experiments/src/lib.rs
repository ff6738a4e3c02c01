//! Experiment statistics for marketing: from counts and moments to a decision and its interval.
//!
//! - Means, ratios, lifts, CUPED, strata, regression, quantiles: [`means`].
//! - Regions as units: [`geo`].
//! - Rank tests: [`ranks`]. Permutation and bootstrap: [`resampling`]. Several experiments on one question: [`meta`].
//! - What other programs answer: [`parity`].

mod alternative;
mod confidence_set;
mod counts;
mod error;
pub mod geo;
mod hypothesis;
mod level;
pub mod means;
pub mod meta;
mod moments;
mod ordered;
pub mod parity;
pub mod ranks;
mod readout;
pub mod resampling;
mod seed;
mod student_pivot;

pub use alternative::Alternative;
pub use confidence_set::ConfidenceSet;
pub use counts::{Counts, Events};
pub use error::Error;
pub use hypothesis::Hypothesis;
pub use level::Level;
pub use moments::{Joint, Moments};
pub use ordered::Ordered;
pub use readout::{Language, Naming, Readout, Scale, Verdict};
pub use seed::Seed;
