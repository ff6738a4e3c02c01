//! Audience segments: names that parse back, overlap, negative lists, the event catalogue, customer keys and signals.

mod error;

pub use error::Error;
