//! Frequency and reach across channels: caps, truth from logs, models, sequencing.

mod distribution;
mod error;
mod histogram;
mod log;
mod models;
mod overlaps;
mod reach;

pub use distribution::{Capped, ExposureDistribution};
pub use error::Error;
pub use histogram::FrequencyHistogram;
pub use log::{AboveCap, ChannelReach, Exposures, ImpressionLog, Increment, Overexposed, Overexposure};
pub use models::{
    BetaBinomial, CanonicalExpansion, Dirichlet, IndependentChannels, Insertions, Nbd, NbdCurve, NbdFit, OnePointCurve,
    Vehicle, sainsbury,
};
pub use overlaps::{Adjusted, Bounds, Certificate, Change, ModelledReach, Overlaps, ReachInterval};
pub use reach::{AverageFrequency, Reach};
