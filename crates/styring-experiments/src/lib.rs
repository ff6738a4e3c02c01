//! Experiment statistics for marketing: from counts and moments to a decision and its interval.
//!
//! - Means, ratios, lifts, CUPED, strata, regression, quantiles: [`means`].
//! - Rank tests: [`ranks`]. Permutation and bootstrap: [`resampling`]. Several experiments on one question: [`meta`].
//! - What other programs answer: [`parity`].

mod alternative;
pub mod assignment;
mod binomial;
mod confidence_set;
mod counts;
mod equivalence;
pub mod bayes;
mod crossing;
pub mod decision;
mod error;
pub mod group_sequential;
mod fieller;
mod holdout;
mod hypothesis;
mod level;
pub mod means;
pub mod meta;
mod moments;
pub mod parity;
pub mod planning;
mod readout;
mod root;
mod ordered;
pub mod ranks;
pub mod resampling;
mod multiple;
mod pivot;
mod proportions;
mod rates;
mod sample_ratio;
mod seed;
mod student_pivot;
pub mod sequential;
mod stirling;

pub use alternative::Alternative;
pub use confidence_set::ConfidenceSet;
pub use counts::{Counts, Events};
pub use equivalence::{Equivalence, Margins, mean_equivalence, mean_noninferiority};
pub use error::Error;
pub use hypothesis::Hypothesis;
pub use level::Level;
pub use moments::{Joint, Moments};
pub use ordered::Ordered;
pub use fieller::Fieller;
pub use holdout::{EffectSource, Holdout, Incremental, IncrementalCost, ratio_of_differences};
pub use multiple::{Adjusted, Correction, e_bh};
pub use proportions::{
    DifferenceMethod, Independence, OddsRatioMethod, ProportionMethod, RatioMethod, TwoProportions, Unconditional,
    binomial_test,
};
pub use rates::{RateDifferenceMethod, RateMethod, RateRatioMethod, TwoRates};
pub use readout::{Language, Naming, Readout, Scale, Verdict};
pub use sample_ratio::SampleRatio;
pub use seed::Seed;
