//! Experiment statistics for marketing: from counts and moments to a decision and its interval.
//!
//! ```
//! use styring_experiments::{Counts, Hypothesis, Language, Naming, RatioMethod, TwoProportions};
//!
//! let (new, old) = (Counts::new(578, 12_000)?, Counts::new(490, 12_000)?);
//! let lift = TwoProportions::new(new, old)?.lift(RatioMethod::default(), Hypothesis::two_sided())?;
//! assert!(lift.p_value() < 0.05 && !lift.set().contains(0.0)); // from one test, so they never disagree
//! println!("{}", lift.sentence(Language::English, Naming { treatment: "The new form", control: "the old one", metric: "conversion rate" }));
//! # Ok::<(), styring_experiments::Error>(())
//! ```
//!
//! # Modules by what you look for
//!
//! - Who sees what: [`assignment`]; whether it went as planned: [`SampleRatio`].
//! - Conversion rates and rates of events, exact tests, equivalence: [`TwoProportions`], [`TwoRates`], [`Equivalence`]. What a campaign brought: [`Holdout`], [`Incremental`].
//! - Means, ratios, lifts, CUPED, strata, regression, quantiles: [`means`].
//! - Rank tests: [`ranks`]. Permutation and bootstrap: [`resampling`]. Several experiments on one question: [`meta`]. Several tests at once: [`Correction`].
//! - Looking at any time: [`sequential`]. At planned looks: [`group_sequential`]. What to do then: [`decision`].
//! - Regions with and without the treatment: [`geo`].
//! - With a prior: [`bayes`]. How large and how long: [`planning`].
//! - What every test answers with: [`Readout`], [`ConfidenceSet`]. What other programs answer: [`parity`].
//!
//! # Features
//!
//! `serde`: summaries, designs, plans, trials and answers.

mod alternative;
pub mod assignment;
pub mod bayes;
mod binomial;
mod confidence_set;
mod counts;
mod crossing;
pub mod decision;
mod equivalence;
mod error;
mod fieller;
pub mod geo;
pub mod group_sequential;
mod holdout;
mod hypothesis;
mod level;
pub mod means;
pub mod meta;
mod moments;
mod multiple;
mod ordered;
pub mod parity;
mod pivot;
pub mod planning;
mod proportions;
pub mod ranks;
mod rates;
mod readout;
pub mod resampling;
mod root;
mod sample_ratio;
mod seed;
pub mod sequential;
mod stirling;
mod student_pivot;

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
pub use ordered::Ordered;
pub use proportions::{
    DifferenceMethod, Independence, OddsRatioMethod, ProportionMethod, RatioMethod, TwoProportions, Unconditional,
    binomial_test,
};
pub use rates::{RateDifferenceMethod, RateMethod, RateRatioMethod, TwoRates};
pub use readout::{Language, Naming, Readout, Scale, Verdict};
pub use sample_ratio::SampleRatio;
pub use seed::Seed;
