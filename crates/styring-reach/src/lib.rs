//! Frequency and reach across channels: caps, truth from logs, models, sequencing.
//!
//! ```
//! use styring_reach::{ImpressionLog, Nbd, Overexposure};
//!
//! let mut log = ImpressionLog::new();
//! for person in 0..1_000_u64 {
//!     // Most people see little, a few see much.
//!     for shown in 0..(person * person % 997) / 90 {
//!         let channel = ["VG", "TV 2", "YouTube"][(person + shown) as usize % 3];
//!         log.add(person, channel, 1_767_225_600 + (3_600 * shown) as i64);
//!     }
//! }
//! let truth = log.into_exposures();
//! println!("{} with {:?} impressions each", truth.reach(), truth.average_frequency().value());
//! println!("three or more: {}", truth.k_plus(3));
//! assert!(truth.overexposed(Overexposure::default()).is_empty()); // nobody has 15 from three channels in a week
//!
//! // Twice the impressions, in a universe of 1 500 people:
//! let fit = Nbd::fit(&truth.frequencies(), 1_500)?;
//! let (low, high) = fit.reach_interval(2.0, 0.90)?;
//! assert!(low < high && high < 1.0);
//!
//! // What can be said of all three from reaches and pairs alone holds for the truth.
//! let sharp = truth.overlaps(1_500)?.sharp()?;
//! assert!(sharp.contains(truth.reach().share_of(1_500)?));
//! # Ok::<(), styring_reach::Error>(())
//! ```
//!
//! # Modules by what you look for
//!
//! - Impressions as they come, mergeable: [`ImpressionLog`]. What was counted: [`Exposures`], [`Reach`], [`FrequencyHistogram`], [`AverageFrequency`].
//! - By channel: [`ChannelReach`], [`Increment`]. In rolling windows: [`Overexposure`], [`AboveCap`], [`Exposures::max_in_window`].
//! - One channel's model: [`Nbd`], fitted in [`NbdFit`], against impressions in [`NbdCurve`]; [`BetaBinomial`] for insertions; [`OnePointCurve`] without a universe.
//! - Several channels: [`IndependentChannels`] with caps, [`sainsbury`], [`Dirichlet`], [`CanonicalExpansion`].
//! - What reaches and pairs allow: [`Overlaps`], [`ReachInterval`], [`Bounds`]; formulas held to it: [`ModelledReach`]; why nothing is possible: [`Certificate`]; the nearest that is: [`Adjusted`].
//! - Before an ad is shown, how often may the person see it: [`cap`]. Which creative comes next: [`sequence`].
//! - What models answer with: [`ExposureDistribution`], [`Capped`]. Why there is no answer: [`Error`].
//!
//! # Shares and people
//!
//! What was counted is people ([`Reach`]), what a model says is a share of its universe (`f64` from 0 to 1), and a curve says people as `f64`. Reach is not additive in any of them.
//!
//! # Features
//!
//! `serde`: every public data type. Logs, models, fits and overlaps come back through their constructors; answers go out only.

pub mod cap;
mod distribution;
mod error;
mod histogram;
mod log;
mod models;
mod overlaps;
mod reach;
pub mod sequence;

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
