//! Experiment statistics for marketing: from counts and moments to a decision and its interval.

mod alternative;
mod confidence_set;
mod counts;
mod error;
pub mod group_sequential;
mod level;
mod moments;
pub mod parity;
pub mod planning;
mod readout;
mod root;
mod seed;

pub use alternative::Alternative;
pub use confidence_set::ConfidenceSet;
pub use counts::{Counts, Events};
pub use error::Error;
pub use level::Level;
pub use moments::{Joint, Moments};
pub use readout::{Language, Naming, Readout, Scale, Verdict};
pub use seed::Seed;
