//! Tests that may be looked at any time: what they say holds at every look, and at every stop however it was decided.
//!
//! | to compare | use |
//! |---|---|
//! | conversion rates, by the conversions | [`ConversionCounts`]: exact, from the first conversion on |
//! | conversion rates, as a difference or from totals | [`rate_difference`], [`rate_lift`] |
//! | means, ratios, with or without CUPED | [`means`], [`ratios`], [`adjusted_means`], [`adjusted_ratios`] |
//! | means with several covariates | [`AnytimeRegression`] |
//! | quantiles | [`QuantileSequence`] |
//! | the split of traffic | [`SampleRatio`] |
//! | an estimate with its error | [`Msprt`] |
//!
//! | to watch one | use |
//! |---|---|
//! | rate, event rate | [`RateSequence`], [`EventSequence`] |
//! | mean of bounded values | [`BettingMean`]; in constant memory [`BernsteinMean`], [`MixtureMean`], [`HoeffdingMean`] |
//! | distribution | [`DistributionBand`], [`double_stitching`] |
//! | sum of any kind | [`NormalMixture`], [`GammaMixture`], [`BetaMixture`], [`Stitching`] |
//!
//! What is fixed beforehand is a [`SequentialPlan`]; what a look says is a [`Look`]; evidence is an [`EValue`].

mod asymptotic;
pub(crate) mod beta_mixture;
mod bounded_mean;
mod conversion_counts;
mod conversion_rates;
mod e_value;
mod gamma_mixture;
mod look;
mod means;
mod msprt;
pub(crate) mod normal_mixture;
mod plan;
mod quantile;
mod rates;
mod regression;
mod sample_ratio;
mod shares;
mod stitching;

pub use beta_mixture::BetaMixture;
pub use bounded_mean::{BernsteinMean, BettingMean, Bounds, HoeffdingMean, MixtureMean};
pub use conversion_counts::ConversionCounts;
pub use conversion_rates::{rate_difference, rate_e_value, rate_lift};
pub use e_value::{EValue, RunningP};
pub use gamma_mixture::GammaMixture;
pub use look::Look;
pub use means::{adjusted_means, adjusted_ratios, means, ratios};
pub use msprt::Msprt;
pub use normal_mixture::NormalMixture;
pub use plan::{BurnIn, DecideAt, SequentialPlan};
pub use quantile::{DistributionBand, QuantileSequence, double_stitching};
pub use rates::{EventSequence, RateSequence};
pub use regression::{AnytimeRegression, Coefficient, Precision};
pub use sample_ratio::SampleRatio;
pub use shares::Shares;
pub use stitching::Stitching;
