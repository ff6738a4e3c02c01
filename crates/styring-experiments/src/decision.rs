//! From looks to decisions: one machine over any method that may be looked at any time.
//!
//! [`Trial`] takes the users of each arm and the [`Evidence`] of its comparisons, look by look, and says [`Decision`]: go on, stop for a winner, because all lose, because nothing worth having is left, or that the experiment is
//! not valid. [`Rules`] are fixed beforehand. Every look is kept in the trail, and a trial that is written down is read by playing its trail again.

mod evidence;
mod rules;
mod trial;

pub use evidence::Evidence;
pub use rules::{Better, Comparisons, Rules};
pub use trial::{Decision, Dropped, Entry, Invalid, Observation, Step, Trial, Why};
