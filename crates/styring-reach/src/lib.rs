//! Frequency and reach across channels: caps, truth from logs, models, sequencing.

mod error;
mod histogram;
mod log;
mod reach;

pub use error::Error;
pub use histogram::FrequencyHistogram;
pub use log::{AboveCap, ChannelReach, Exposures, ImpressionLog, Increment, Overexposed, Overexposure};
pub use reach::{AverageFrequency, Reach};
