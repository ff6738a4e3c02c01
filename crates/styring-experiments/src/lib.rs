//! Experiment statistics for marketing: from counts and moments to a decision and its interval.

mod alternative;
pub mod assignment;
mod binomial;
mod confidence_set;
mod counts;
mod equivalence;
mod error;
mod fieller;
mod holdout;
mod hypothesis;
mod level;
mod moments;
mod multiple;
pub mod parity;
mod pivot;
mod proportions;
mod rates;
mod readout;
mod root;
mod sample_ratio;
mod seed;

pub use alternative::Alternative;
pub use confidence_set::ConfidenceSet;
pub use counts::{Counts, Events};
pub use equivalence::{Equivalence, Margins, mean_equivalence, mean_noninferiority};
pub use error::Error;
pub use fieller::Fieller;
pub use holdout::{EffectSource, Holdout, Incremental, IncrementalCost, ratio_of_differences};
pub use hypothesis::Hypothesis;
pub use level::Level;
pub use moments::{Joint, Moments};
pub use multiple::{Adjusted, Correction, e_bh};
pub use proportions::{
    DifferenceMethod, Independence, OddsRatioMethod, ProportionMethod, RatioMethod, TwoProportions, Unconditional,
    binomial_test,
};
pub use rates::{RateDifferenceMethod, RateMethod, RateRatioMethod, TwoRates};
pub use readout::{Language, Naming, Readout, Scale, Verdict};
pub use sample_ratio::SampleRatio;
pub use seed::Seed;
