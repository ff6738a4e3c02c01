//! Experiment statistics for marketing: from counts and moments to a decision and its interval.

mod alternative;
pub mod bayes;
mod confidence_set;
mod counts;
mod crossing;
pub mod decision;
mod error;
mod level;
mod moments;
pub mod parity;
mod readout;
mod seed;
pub mod sequential;
mod stirling;

pub use alternative::Alternative;
pub use confidence_set::ConfidenceSet;
pub use counts::{Counts, Events};
pub use error::Error;
pub use level::Level;
pub use moments::{Joint, Moments};
pub use readout::{Language, Naming, Readout, Scale, Verdict};
pub use seed::Seed;
