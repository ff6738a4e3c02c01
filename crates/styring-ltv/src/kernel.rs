//! What fitting needs of a model; public in a private module, so that only this crate can add models.
#![allow(unreachable_pub, reason = "a sealed trait must be public where it is a bound")]

use std::fmt::Debug;

use rand_chacha::ChaCha8Rng;

use crate::derivatives::Derivatives;
use crate::quadrature::Digits;
use crate::{Error, Simulated};

/// A likelihood with four parameters.
pub trait Kernel: Sized {
    /// What is known of a customer.
    type History: Observed;
    /// The model.
    const NAME: &'static str;
    /// The parameters.
    const PARAMETERS: [&'static str; 4];
    /// Which of them are lengths of time.
    const IS_TIME: [bool; 4];
    /// What is added to the logarithms of the parameters for one unit of a purchase coefficient: it multiplies the rate of purchases, or their odds, by e.
    const BUYS_MORE: [f64; 4];
    /// The same for dropout.
    const LEAVES_MORE: [f64; 4];

    /// A model of parameters that are known to be in range.
    fn unchecked(parameters: [f64; 4]) -> Self;

    /// The log-likelihood of all histories and its derivatives in the parameters. Histories of the same number of purchases lie side by side. Where
    /// there is an integral, it has so many digits.
    fn derivatives(&self, histories: &[(Self::History, f64)], digits: Digits) -> Derivatives<4>;

    /// Where to begin, for histories whose mean age is one and whose mean number of purchases is given.
    fn start(mean_purchases: f64) -> [f64; 4];

    /// Draws a customer, and lives until `age` and `ahead` beyond.
    fn live(&self, age: f64, ahead: f64, generator: &mut ChaCha8Rng) -> Result<Simulated<Self::History>, Error>;

    /// How much dropout there is: the mean chance to drop out at a purchase or in a period, or within the mean age where that is one.
    fn dropout(&self) -> f64;
}

/// What fitting needs of a history.
pub trait Observed: Copy + Ord + Debug {
    /// A customer who was acquired just now.
    const NEWCOMER: Self;

    /// For how long the customer was seen: an age, or a number of periods.
    fn seen(&self) -> f64;

    /// Repeat purchases.
    fn purchases(&self) -> f64;

    /// How old the customer is, which says how time is to be scaled; one where time is counted in periods.
    fn age(&self) -> f64;

    /// The same history with all times divided by `unit`.
    #[must_use]
    fn in_units_of(&self, unit: f64) -> Self;

    /// Fewer histories that stand for these, to find where to begin: of those whose times fall into the same of so many steps of the mean age, which is one, the mean. They lie side
    /// by side by purchases.
    fn coarse(histories: &[(Self, f64)], _steps: f64) -> Vec<(Self, f64)> {
        histories.to_vec()
    }
}
