//! Frequency and reach across channels: caps, truth from logs, models, sequencing.

mod error;

pub use error::Error;
