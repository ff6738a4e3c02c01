use std::collections::BTreeMap;

use styring_special::{Split, beta_inc, gamma_inc};

use crate::check::{finite_in, out_of_range};
use crate::gamma_ratio::digamma_and_trigamma;
use crate::kernel::Observed;
use crate::{Error, Estimates, GammaGamma, Histories, PurchaseModel, Spending};

/// A model among others fitted to the same customers.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Ranked {
    /// The name it was given.
    pub name: String,
    /// The log-likelihood.
    pub log_likelihood: f64,
    /// Akaike's criterion.
    pub aic: f64,
    /// The Bayesian criterion.
    pub bic: f64,
    /// The Akaike weight, `exp(−ΔAIC/2)` as a share of all: how much speaks for this one.
    pub weight: f64,
}

/// Models fitted to the same histories, the best by AIC first.
///
/// Models of the same kind of history only: a likelihood of periods (BG/BB) and one of moments (all others) do not compare.
///
/// Errors: estimates of different numbers of customers.
pub fn compare(models: &[(&str, &Estimates)]) -> Result<Vec<Ranked>, Error> {
    let Some((_, first)) = models.first() else { return Ok(Vec::new()) };
    if let Some((_, other)) = models.iter().find(|(_, other)| (other.customers - first.customers).abs() > 0.5) {
        return Err(out_of_range("customers", "the same for all models", &other.customers));
    }
    let least = models.iter().map(|(_, estimates)| estimates.aic()).fold(f64::INFINITY, f64::min);
    let weight = |estimates: &Estimates| libm::exp((least - estimates.aic()) / 2.0);
    let all: f64 = models.iter().map(|(_, estimates)| weight(estimates)).sum();
    let mut ranked: Vec<_> = models
        .iter()
        .map(|(name, estimates)| Ranked {
            name: (*name).to_owned(),
            log_likelihood: estimates.log_likelihood,
            aic: estimates.aic(),
            bic: estimates.bic(),
            weight: weight(estimates) / all,
        })
        .collect();
    ranked.sort_by(|one, other| one.aic.total_cmp(&other.aic));
    Ok(ranked)
}

/// How many customers bought so and so often, in truth and by the model: the first look at whether it fits.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FrequencyTable {
    /// Customers with 0, 1, 2, … repeat purchases; the last row counts all with as many or more.
    pub rows: Vec<FrequencyRow>,
    /// `Σ (actual − expected)² / expected`, rows of fewer than five expected customers taken together with their neighbours.
    pub chi_squared: f64,
    /// How many rows were compared.
    pub compared: usize,
    /// The probability of a difference like this if the model is true lies between these two: by chi-squared with as many degrees of freedom as rows less one less four parameters, and with as
    /// many as rows less one. Parameters fitted to the histories and not to the table leave it in between (Chernoff and Lehmann 1954). With many customers every model is rejected;
    /// look at the rows.
    pub p_value: [f64; 2],
}

/// A row of a [`FrequencyTable`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FrequencyRow {
    /// The number of repeat purchases.
    pub purchases: usize,
    /// How many customers had so many.
    pub actual: f64,
    /// How many the model expects.
    pub expected: f64,
}

/// Counts customers by repeat purchases until the end of their histories, in truth and as the model expects of customers of their ages. The last row holds all with `most` or more.
///
/// ```
/// # use styring_ltv::{BgNbd, Histories, PurchaseModel, Seed};
/// # let truth = BgNbd::new(0.6, 4.0, 0.8, 2.4)?;
/// # let ages = vec![30.0; 800];
/// # let histories: Histories<_> = truth.simulate(&ages, 0.0, Seed(1))?.iter().map(|c| c.history).collect();
/// let fit = BgNbd::fit(&histories)?;
/// let table = styring_ltv::frequency_table(&fit.model, &histories, 7)?;
/// assert_eq!(table.rows.len(), 8);
/// assert!(table.p_value[1] > 0.01); // these customers are of the model's kind
/// # Ok::<(), styring_ltv::Error>(())
/// ```
///
/// Errors: no room for rows (`most` below 1 or above 10 000).
pub fn frequency_table<M: PurchaseModel>(
    model: &M,
    histories: &Histories<M::History>,
    most: usize,
) -> Result<FrequencyTable, Error> {
    finite_in("rows", most as f64, 1.0..=1e4, "from 1 to 10 000")?;
    let mut rows: Vec<_> = (0..=most).map(|purchases| FrequencyRow { purchases, actual: 0.0, expected: 0.0 }).collect();
    let mut by_age: BTreeMap<u64, f64> = BTreeMap::new();
    for (history, weight) in histories.iter() {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count as f64")]
        let row = (history.purchases() as usize).min(most);
        rows[row].actual += weight;
        *by_age.entry(history.seen().to_bits()).or_default() += weight;
    }
    for (age, weight) in by_age {
        let counts = model.counts(&M::History::NEWCOMER, f64::from_bits(age))?;
        for (purchases, probability) in counts.probabilities().iter().enumerate() {
            rows[purchases.min(most)].expected += weight * probability;
        }
    }
    let (mut chi_squared, mut compared) = (0.0, 0_usize);
    let (mut actual, mut expected) = (0.0, 0.0);
    let mut left: f64 = rows.iter().map(|row| row.expected).sum();
    for row in &rows {
        actual += row.actual;
        expected += row.expected;
        left -= row.expected;
        let is_last = row.purchases == most;
        if is_last || (expected >= 5.0 && left >= 5.0) {
            if expected > 0.0 {
                chi_squared += (actual - expected) * (actual - expected) / expected;
            }
            compared += 1;
            (actual, expected) = (0.0, 0.0);
        }
    }
    let p_value = |degrees: usize| -> Result<f64, Error> {
        Ok(gamma_inc(degrees.max(1) as f64 / 2.0, chi_squared / 2.0)?.upper())
    };
    let p_value = [p_value(compared.saturating_sub(1 + 4))?, p_value(compared.saturating_sub(1))?];
    Ok(FrequencyTable { rows, chi_squared, compared, p_value })
}

/// Repeat purchases of all customers together until each of these moments, as the model expects: the tracking plot's line. `acquired` says when customers came, and how many.
///
/// `Σ customers · E[X(moment − acquired)]` over those who had come by then.
///
/// ```
/// use styring_ltv::{BgNbd, expected_repeats};
///
/// let model = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
/// let weeks = [12.0, 39.0, 78.0];
/// let expected = expected_repeats(&model, &[(0.0, 1000.0), (6.0, 1357.0)], &weeks)?;
/// assert!(expected[0] < expected[1] && expected[1] < expected[2]);
/// # Ok::<(), styring_ltv::Error>(())
/// ```
///
/// Errors: moments or numbers of customers that are not from 0 to 1e12; for BG/BB moments that are not whole periods.
pub fn expected_repeats<M: PurchaseModel>(
    model: &M,
    acquired: &[(f64, f64)],
    moments: &[f64],
) -> Result<Vec<f64>, Error> {
    let mut by_moment: BTreeMap<u64, f64> = BTreeMap::new();
    for (moment, customers) in acquired {
        finite_in("moment of acquisition", *moment, 0.0..=1e12, "from 0 to 1e12")?;
        finite_in("customers acquired", *customers, 0.0..=1e12, "from 0 to 1e12")?;
        *by_moment.entry((moment + 0.0).to_bits()).or_default() += customers;
    }
    let until = |moment: &f64| {
        let mut sum = 0.0;
        for (acquired, customers) in &by_moment {
            let age = moment - f64::from_bits(*acquired);
            if age > 0.0 {
                sum += customers * model.future(&M::History::NEWCOMER, age)?.mean;
            }
        }
        Ok(sum)
    };
    moments.iter().map(until).collect()
}

/// What customers who had bought so and so often did afterwards, in truth and by the model.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct HoldoutRow {
    /// Repeat purchases before; in the last row as many or more.
    pub purchases: usize,
    /// How many customers had so many.
    pub customers: f64,
    /// Their purchases afterwards, all together.
    pub actual: f64,
    /// As the model expects from each one's history.
    pub expected: f64,
}

/// Holds the model against purchases in a time it was not fitted to, by repeat purchases before; the last row holds all with `most` or more. `customers` are histories and the
/// purchases in the time `ahead` after them.
///
/// Errors: as [`PurchaseModel::future`]; no room for rows.
pub fn holdout_table<M: PurchaseModel>(
    model: &M,
    customers: &[(M::History, u32)],
    ahead: f64,
    most: usize,
) -> Result<Vec<HoldoutRow>, Error> {
    finite_in("rows", most as f64, 1.0..=1e4, "from 1 to 10 000")?;
    let mut rows: Vec<_> =
        (0..=most).map(|purchases| HoldoutRow { purchases, customers: 0.0, actual: 0.0, expected: 0.0 }).collect();
    for (history, next) in customers {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count as f64")]
        let row = &mut rows[(history.purchases() as usize).min(most)];
        row.customers += 1.0;
        row.actual += f64::from(*next);
        row.expected += model.future(history, ahead)?.mean;
    }
    Ok(rows)
}

/// Whether what customers spend per order goes with how often they order, which Gamma-Gamma takes for granted that it does not.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Independence {
    /// The correlation of the logarithm of the number of orders with how much more or less a customer spends than the model expects.
    pub correlation: f64,
    /// The probability of a correlation as far from zero if there is none, by Student's t.
    pub p_value: f64,
    /// Customers with orders.
    pub customers: f64,
}

/// Tests the assumption under [`GammaGamma`]. A correlation of a few hundredths does no harm whatever its p-value; at a tenth or more, frequent customers' values are
/// wrong by as much as their orders are larger or smaller.
///
/// Residuals are `(ln m − E[ln m]) / sd[ln m]` under the model, with `E[ln m] = ψ(px) − ln x + ln v − ψ(q)` and the variance `ψ′(px) + ψ′(q)`: the mean of few orders
/// varies more and its logarithm is lower, which a plain correlation would mistake.
///
/// Errors: fewer than three customers with orders, or all with the same number of orders.
pub fn value_and_frequency(model: &GammaGamma, spendings: &Histories<Spending>) -> Result<Independence, Error> {
    let [p, q, v] = model.parameters();
    let (psi_q, psi1_q) = digamma_and_trigamma(q);
    let pairs: Vec<_> = spendings
        .iter()
        .filter(|(spending, _)| spending.orders() > 0)
        .map(|(spending, weight)| {
            let x = f64::from(spending.orders());
            let (psi, psi1) = digamma_and_trigamma(p * x);
            let expected = psi - libm::log(x) + libm::log(v) - psi_q;
            (libm::log(x), (libm::log(spending.mean()) - expected) / libm::sqrt(psi1 + psi1_q), weight)
        })
        .collect();
    let customers: f64 = pairs.iter().map(|(.., weight)| weight).sum();
    finite_in("customers with orders", customers, 3.0..=f64::MAX, "at least three")?;
    let mean =
        |of: &dyn Fn(&(f64, f64, f64)) -> f64| pairs.iter().map(|pair| pair.2 * of(pair)).sum::<f64>() / customers;
    let (middle, level) = (mean(&|pair| pair.0), mean(&|pair| pair.1));
    let variance = mean(&|pair| (pair.0 - middle).powi(2)) * mean(&|pair| (pair.1 - level).powi(2));
    if variance <= 0.0 {
        return Err(out_of_range("numbers of orders", "different for some customers", &"all the same"));
    }
    let correlation = mean(&|pair| (pair.0 - middle) * (pair.1 - level)) / libm::sqrt(variance);
    let freedom = customers - 2.0;
    let squared = (correlation * correlation).min(1.0);
    // P(|T| > t) = I_{ν/(ν+t²)}(ν/2, ½) with t² = ν r² / (1 − r²)
    let p_value = beta_inc(freedom / 2.0, 0.5, Split::from_ratio(1.0 - squared, squared)?)?.lower();
    Ok(Independence { correlation, p_value, customers })
}
