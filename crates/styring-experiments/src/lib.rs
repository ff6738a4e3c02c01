//! Experiment statistics for marketing: from counts and moments to a decision and its interval.

mod alternative;
mod binomial;
mod confidence_set;
mod counts;
mod error;
mod level;
pub mod means;
pub mod meta;
mod moments;
mod ordered;
pub mod parity;
mod pivot;
mod question;
pub mod ranks;
mod readout;
pub mod resampling;
mod seed;

pub use alternative::Alternative;
pub use confidence_set::ConfidenceSet;
pub use counts::{Counts, Events};
pub use error::Error;
pub use level::Level;
pub use moments::{Joint, Moments};
pub use ordered::Ordered;
pub use question::Question;
pub use readout::{Language, Naming, Readout, Scale, Verdict};
pub use seed::Seed;
