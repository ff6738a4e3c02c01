//! Frequency and reach across channels: caps, truth from logs, models, sequencing.

pub mod cap;
mod error;
pub mod sequence;

pub use error::Error;
