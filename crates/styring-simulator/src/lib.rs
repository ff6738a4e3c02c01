//! Markets with a known truth.

mod error;
mod truth;

pub use error::Error;
pub use truth::{Channel, Overlap, Played, Shock, State, Truth, reported};
