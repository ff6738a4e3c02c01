//! Audience segments: names that parse back, overlap, negative lists, the event catalogue, customer keys and signals.

mod error;
pub mod naming;

pub use error::Error;
