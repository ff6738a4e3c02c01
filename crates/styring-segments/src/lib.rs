//! Audience segments: names that parse back, overlap, negative lists, the event catalogue, customer keys and signals.

mod error;
pub mod events;
#[cfg(feature = "keys")]
pub mod keys;
pub mod naming;
pub mod signals;

pub use error::Error;
