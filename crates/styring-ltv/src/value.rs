use nalgebra::{DMatrix, DVector};
use styring_special::{Split, beta_inc};

use crate::check::{finite_in, level};
use crate::fit::model_at;
use crate::gamma_gamma::SpendingPosterior;
use crate::total::delta_variance;
use crate::{Counts, Error, Fit, GammaGamma, Histories, Horizon, PurchaseModel, Spending, Total};

/// What customers will be worth: how often they buy, times what they spend.
///
/// Values are in the unit of the spendings that were fitted. They pay for acquisition only if they are margins: fit [`GammaGamma`] to the contribution margin of orders, or multiply by
/// the margin rate.
///
/// ```
/// # use styring_ltv::{BgNbd, GammaGamma, Histories, PurchaseModel, Seed};
/// use styring_ltv::{History, Horizon, LifetimeValue, Spending, TimeUnit};
/// # let truth = BgNbd::new(0.6, 4.0, 0.8, 2.4)?;
/// # let ages = vec![30.0; 800];
/// # let customers = truth.simulate(&ages, 0.0, Seed(1))?;
/// # let histories: Histories<_> = customers.iter().map(|c| c.history).collect();
/// # let spendings = GammaGamma::new(6.0, 4.0, 300.0)?.simulate(&customers.iter().map(|c| c.history.purchases()).collect::<Vec<_>>(), Seed(2))?;
/// let purchases = BgNbd::fit(&histories)?;
/// let spending = GammaGamma::fit(&spendings.iter().copied().collect())?;
/// let value = LifetimeValue::new(purchases, spending);
///
/// let kari = (History::new(3, 20.0, 30.0)?, Spending::new(3, 640.0)?);
/// let in_180_days = TimeUnit::WEEK.days(180.0);
/// let rate = 0.10_f64.ln_1p() / TimeUnit::WEEK.days(365.25); // ten per cent a year, per week
/// let expected = value.of(&kari.0, &kari.1, Horizon::Within(in_180_days), rate)?;
/// let (low, high) = value.distribution(&kari.0, &kari.1, in_180_days)?.interval(0.9)?;
/// assert!(low < expected && expected < high);
/// # Ok::<(), styring_ltv::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields, bound(deserialize = "M: PurchaseModel + serde::Deserialize<'de>"))
)]
pub struct LifetimeValue<M> {
    purchases: Fit<M>,
    spending: Fit<GammaGamma>,
}

impl<M: PurchaseModel> LifetimeValue<M> {
    /// Both halves, fitted to the same customers. That value does not depend on frequency is assumed; [`value_and_frequency`](crate::value_and_frequency) tests it.
    pub fn new(purchases: Fit<M>, spending: Fit<GammaGamma>) -> Self {
        Self { purchases, spending }
    }

    /// How often they buy.
    pub fn purchases(&self) -> &Fit<M> {
        &self.purchases
    }

    /// What they spend.
    pub fn spending(&self) -> &Fit<GammaGamma> {
        &self.spending
    }

    /// The expected value of this customer's orders within the horizon, discounted to now at a continuous `rate` per unit of time: expected value of an order times discounted
    /// expected number of orders. To the lifetime value belongs what was earned before.
    ///
    /// Errors: as [`PurchaseModel::discounted`] and [`GammaGamma::mean_value`].
    pub fn of(&self, history: &M::History, spending: &Spending, horizon: Horizon, rate: f64) -> Result<f64, Error> {
        Ok(self.spending.model.mean_value(spending)? * self.purchases.model.discounted(history, horizon, rate)?)
    }

    /// The expected value of a customer who will be acquired: the first order, which is another thing than those after it and is given here, and all orders after it. `newcomer` is the history of one
    /// who was acquired just now, [`History::NEW`](crate::History::NEW) or [`PeriodHistory::NEW`](crate::PeriodHistory::NEW).
    ///
    /// Errors: as [`of`](Self::of); a first order that is not finite.
    pub fn of_newcomer(
        &self,
        newcomer: &M::History,
        first_order: f64,
        horizon: Horizon,
        rate: f64,
    ) -> Result<f64, Error> {
        finite_in("value of the first order", first_order, f64::MIN..=f64::MAX, "a number")?;
        Ok(first_order + self.of(newcomer, &Spending::NONE, horizon, rate)?)
    }

    /// The whole distribution of the value of this customer's orders in the time ahead, without discount, for the parameters as they are.
    ///
    /// Errors: as [`PurchaseModel::counts`].
    pub fn distribution(
        &self,
        history: &M::History,
        spending: &Spending,
        ahead: f64,
    ) -> Result<ValueDistribution, Error> {
        let counts = self.purchases.model.counts(history, ahead)?;
        Ok(ValueDistribution { counts, spending: self.spending.model.posterior(spending) })
    }

    /// The value of all these customers' orders in the time ahead, discounted, with both ways in which it is uncertain. Nothing is refitted.
    ///
    /// Of a customer with Y orders of a Gamma(p, ν) value each, the second moment is `(p² E[Y²] + p E[Y]) E[1/ν²]`.
    ///
    /// Cost: sixteen predictions per distinct customer.
    ///
    /// Errors: as [`of`](Self::of); a variance that does not exist, where `px + q` is at most 2 for somebody.
    pub fn total(&self, customers: &Histories<(M::History, Spending)>, ahead: f64, rate: f64) -> Result<Total, Error> {
        let horizon = Horizon::Within(ahead);
        let (purchases, spending) = (&self.purchases.model, &self.spending.model);
        let (mut mean, mut chance) = (0.0, 0.0);
        for ((history, spent), weight) in customers.iter() {
            let future = purchases.future(history, ahead)?;
            let discounted = purchases.discounted(history, horizon, rate)?;
            let posterior = spending.posterior(spent);
            let (p, worth) = (posterior.p, posterior.mean()?);
            let square = future.variance + future.mean * future.mean;
            let undiscounted = future.mean * worth;
            let variance =
                (p * p * square + p * future.mean) * posterior.inverse_square()? - undiscounted * undiscounted;
            // What lies in the future is worth less, and so is its spread.
            let less = if future.mean == 0.0 { 1.0 } else { discounted / future.mean };
            mean += weight * worth * discounted;
            chance += weight * less * less * variance.max(0.0);
        }
        let at = |point: &DVector<f64>| {
            let purchases: M = model_at(point)?;
            let [p, q, v] = std::array::from_fn(|row| libm::exp(point[4 + row]));
            let spending = GammaGamma::new(p, q, v)?;
            customers.iter().try_fold(0.0, |sum, ((history, spent), weight)| {
                Ok(sum + weight * spending.mean_value(spent)? * purchases.discounted(history, horizon, rate)?)
            })
        };
        let spent = self.spending.model.parameters().map(libm::log);
        let point: Vec<f64> = self.purchases.point().iter().copied().chain(spent).collect();
        let mut covariance = DMatrix::zeros(7, 7);
        covariance.view_mut((0, 0), (4, 4)).copy_from(&self.purchases.estimates.covariance);
        covariance.view_mut((4, 4), (3, 3)).copy_from(&self.spending.estimates.covariance);
        let parameters = delta_variance(&DVector::from_vec(point), &covariance, at)?;
        Ok(Total { mean, chance, parameters })
    }
}

/// The distribution of what a customer will spend in a time ahead: nothing, with some probability, or some orders of a value that is known only so well.
///
/// `P(V ≤ v) = P(Y = 0) + Σₙ P(Y = n) I_z(pn, shape)` with z = v / (v + total): n orders of Gamma(p, ν) add up to Gamma(pn, ν), and with ν ~ Gamma(shape, total) their sum is a beta prime variable.
#[derive(Debug, Clone)]
pub struct ValueDistribution {
    counts: Counts,
    spending: SpendingPosterior,
}

impl ValueDistribution {
    /// How many orders there will be.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The probability of at most this value.
    ///
    /// Errors: a value below zero.
    pub fn at_most(&self, value: f64) -> Result<f64, Error> {
        const NEGLIGIBLE: f64 = 1e-14;
        finite_in("value", value, 0.0..=f64::MAX, "zero or above")?;
        let part = Split::from_ratio(value, self.spending.total)?;
        let mut sum = self.counts.probability(0);
        for (orders, probability) in self.counts.probabilities().iter().enumerate().skip(1) {
            if *probability > NEGLIGIBLE {
                sum += probability * beta_inc(self.spending.p * orders as f64, self.spending.shape, part)?.lower();
            }
        }
        Ok(sum.min(1.0))
    }

    /// The smallest value that is not exceeded with this probability; zero if nothing comes with at least this probability.
    ///
    /// Cost: about thirty evaluations of [`at_most`](Self::at_most), each an incomplete beta function per number of orders that has a chance.
    ///
    /// Errors: a probability that is not between 0 and 1; [`Error::DoesNotExist`] where the quantile is above 1e304.
    pub fn quantile(&self, probability: f64) -> Result<f64, Error> {
        level(probability)?;
        if self.counts.probability(0) >= probability {
            return Ok(0.0);
        }
        // The root in the logarithm of the value, by regula falsi with the Illinois weight (Dowell and Jarratt 1971) after a bracket has been found.
        let excess = |ln: f64| Ok::<_, Error>(self.at_most(libm::exp(ln).min(f64::MAX))? - probability);
        let (mut low, mut high) = (libm::log(self.spending.total) - 1.0, libm::log(self.spending.total));
        let (mut below, mut above) = (excess(low)?, excess(high)?);
        while below > 0.0 && low > -700.0 {
            (high, above) = (low, below);
            low -= 2.0;
            below = excess(low)?;
        }
        if below > 0.0 {
            // Below what can be told from nothing.
            return Ok(0.0);
        }
        while above < 0.0 && high < 700.0 {
            (low, below) = (high, above);
            high += 2.0;
            above = excess(high)?;
        }
        if above < 0.0 {
            return Err(Error::DoesNotExist {
                quantity: "this quantile of the value",
                reason: "so few customers spend so much that it is beyond the range of numbers (px + q is tiny)",
            });
        }
        for _ in 0..100 {
            if high - low < 1e-12 * high.abs().max(1.0) {
                break;
            }
            let middle = (low * above - high * below) / (above - below);
            let at = excess(middle)?;
            if at.abs() < 1e-13 {
                return Ok(libm::exp(middle));
            }
            if at < 0.0 {
                (low, below, above) = (middle, at, above / 2.0);
            } else {
                (high, above, below) = (middle, at, below / 2.0);
            }
        }
        Ok(libm::exp(high))
    }

    /// From which to which value, with equal tails.
    ///
    /// Errors: a level that is not between 0 and 1; as [`quantile`](Self::quantile).
    pub fn interval(&self, confidence: f64) -> Result<(f64, f64), Error> {
        level(confidence)?;
        let tail = (1.0 - confidence) / 2.0;
        Ok((self.quantile(tail)?, self.quantile(1.0 - tail)?))
    }
}
