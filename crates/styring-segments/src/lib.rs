//! Audience segments: names that parse back, overlap, negative lists, the event catalogue, customer keys and signals.

mod error;
#[cfg(feature = "keys")]
pub mod keys;
pub mod signals;
mod text;

pub use error::Error;
