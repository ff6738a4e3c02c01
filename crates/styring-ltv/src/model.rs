use std::fmt::Debug;

use crate::check::{discount, finite_in, parameter, time_ahead};
use crate::kernel::Kernel;
use crate::{Counts, CovariateFit, Error, Fit, Group, Histories, Seed, Simulated};

/// What every model of repeat purchases answers. A model is its four parameters; a history is what is known of a customer.
///
/// Time is in one unit throughout, that of the histories the model was fitted to. `ahead` is a length of time after the end of the history, zero or above; for BG/BB
/// a whole number of periods.
///
/// ```
/// use styring_ltv::{BgNbd, History, PurchaseModel};
///
/// let model = BgNbd::new(0.243, 4.414, 0.793, 2.426)?; // the CDNOW customers, in weeks
/// let customer = History::new(2, 30.43, 38.86)?; // two repeat purchases, the last in week 30.43, known for 38.86 weeks
/// let next = model.future(&customer, 39.0)?;
/// assert!((next.mean - 1.226).abs() < 1e-3); // purchases expected in the next 39 weeks
/// assert!((model.p_alive(&customer) - 0.726).abs() < 1e-3);
/// # Ok::<(), styring_ltv::Error>(())
/// ```
pub trait PurchaseModel: Kernel + Copy + Debug + PartialEq {
    /// A model of these parameters, in the order of [`parameter_names`](Self::parameter_names).
    ///
    /// Errors: a parameter that is not between 1e-50 and 1e50.
    fn from_parameters(parameters: [f64; 4]) -> Result<Self, Error> {
        for (name, value) in Self::PARAMETERS.into_iter().zip(parameters) {
            parameter(name, value)?;
        }
        Ok(Self::unchecked(parameters))
    }

    /// The parameters.
    fn parameters(&self) -> [f64; 4];

    /// The name of the model.
    fn name() -> &'static str {
        Self::NAME
    }

    /// The names of the parameters.
    fn parameter_names() -> [&'static str; 4] {
        Self::PARAMETERS
    }

    /// The parameters that make these histories most likely, with their standard errors.
    ///
    /// Newton's method in a trust region over the logarithms of the parameters, from one starting point, in the unit of the mean age: the answer depends neither on the unit of
    /// time nor on the order of customers. Where data do not determine the parameters ([`Identified`](crate::Identified) says so), a likelihood may have a second maximum, of customers
    /// who leave at once or never, and this is the one nearer to ordinary customers. A supremum on the boundary is an answer, see [`Identified`](crate::Identified). Cost: about ten passes over the distinct histories.
    ///
    /// Errors: no customers, no time, or no repeat purchase at all.
    fn fit(histories: &Histories<Self::History>) -> Result<Fit<Self>, Error> {
        crate::fit::fit(histories)
    }

    /// The same with covariates: one group of customers for each combination of them.
    ///
    /// Errors: as [`fit`](Self::fit); a group with another number of covariates than there are names.
    fn fit_with(names: &[&str], groups: &[Group<'_, Self::History>]) -> Result<CovariateFit<Self>, Error> {
        crate::covariates::fit_with(names, groups)
    }

    /// Customers of these ages with a known truth: what would have been seen of them, and their purchases in the time `ahead` after it.
    ///
    /// Errors: ages or a time ahead that are not from 0 to 1e12, for BG/BB whole periods; a customer with more than ten million purchases.
    fn simulate(&self, ages: &[f64], ahead: f64, seed: Seed) -> Result<Vec<Simulated<Self::History>>, Error> {
        crate::simulate::simulate(self, ages, ahead, seed)
    }

    /// The natural logarithm of the probability (density) of this history.
    fn log_likelihood(&self, history: &Self::History) -> f64;

    /// The probability that the customer is still one at the end of the history; 1 means that the model knows of no chance to have left, not that nothing was computed.
    fn p_alive(&self, history: &Self::History) -> f64;

    /// Purchases in the time ahead: mean, variance, and whether the customer is one after it.
    ///
    /// Errors: a time ahead that is not from 0 to 1e12; for BG/BB one that is not a whole number of periods, from 0 to 100 000.
    fn future(&self, history: &Self::History, ahead: f64) -> Result<Future, Error>;

    /// The whole distribution of the number of purchases in the time ahead, for the parameters as they are. [`Fit::counts`] has their uncertainty in it.
    ///
    /// Errors: as [`future`](Self::future); numbers of purchases beyond ten million that would have to be told apart; for BG/BB more than 20 000 periods.
    fn counts(&self, history: &Self::History, ahead: f64) -> Result<Counts, Error>;

    /// The expected number of purchases in the time ahead, each discounted from its moment to now.
    ///
    /// Continuous models: `∫ e^(−rate·u) dE[Y(u)]`, so that `rate` is continuous and per unit of time: ten per cent a year is `0.10_f64.ln_1p() / units in a year`.
    /// BG/BB: `Σₖ E[purchase in period k] / (1 + rate)^(k−1)`, as in its paper, so that `rate` is that of a period.
    ///
    /// Errors: a rate that is neither 0 nor from 1e-20 to 100; a horizon as in [`future`](Self::future); [`Error::DoesNotExist`] without rate and horizon where the sum has no end.
    fn discounted(&self, history: &Self::History, horizon: Horizon, rate: f64) -> Result<f64, Error>;

    /// The same in steps, as accountants discount: purchases of each of `periods` periods of this length, discounted from its end,
    /// `Σᵢ (E[Y(i·length)] − E[Y((i−1)·length)]) / (1 + rate)^i`. The monthly value of other packages is this with a length of 30 days, or of 4.345 weeks.
    ///
    /// Errors: a length below zero, or one that leads beyond 1e12 ahead; more than 10 000 periods; a rate that is not from 0 to 100.
    fn discounted_by_period(
        &self,
        history: &Self::History,
        length: f64,
        periods: u32,
        rate: f64,
    ) -> Result<f64, Error> {
        discount(rate)?;
        time_ahead("length of a period", length)?;
        finite_in("periods", periods.into(), 0.0..=1e4, "at most 10 000")?;
        let (mut before, mut worth, mut sum) = (0.0, 1.0, 0.0);
        for period in 1..=periods {
            worth /= 1.0 + rate;
            let until = self.future(history, length * f64::from(period))?.mean;
            sum += worth * (until - before);
            before = until;
        }
        Ok(sum)
    }
}

/// How far a prediction reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "there is an end or there is none")]
pub enum Horizon {
    /// So much time ahead, in the unit of the model.
    Within(f64),
    /// For ever.
    Infinite,
}

/// Purchases of a customer in a time ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Future {
    /// The expected number of purchases.
    pub mean: f64,
    /// Its variance for one customer, given the parameters.
    pub variance: f64,
    /// The probability to be a customer at the end.
    pub p_alive: f64,
}
