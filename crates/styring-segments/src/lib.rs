//! Audience segments: names that parse back, overlap, negative lists, the event catalogue, customer keys and signals.

mod error;
pub mod events;
pub mod exclusions;
#[cfg(feature = "keys")]
pub mod keys;
mod language;
pub mod naming;
pub mod overlap;
pub mod signals;

pub use error::Error;
pub use language::Language;
