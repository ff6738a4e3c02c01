//! Frequency and reach across channels: caps, truth from logs, models, sequencing.

pub mod cap;
mod error;

pub use error::Error;
