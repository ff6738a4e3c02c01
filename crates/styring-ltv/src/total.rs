use nalgebra::{DMatrix, DVector, SymmetricEigen};
use styring_special::{Split, gamma_inc_inv};

use crate::check::level;
use crate::fit::{design, model_at};
use crate::{Counts, CovariateFit, Error, Fit, Group, Histories, PurchaseModel};

/// The sum of what customers will do, with the two ways in which it is uncertain.
///
/// ```
/// # use styring_ltv::{BgNbd, Histories, PurchaseModel, Seed};
/// # let truth = BgNbd::new(0.6, 4.0, 0.8, 2.4)?;
/// # let ages = vec![30.0; 800];
/// # let histories: Histories<_> = truth.simulate(&ages, 0.0, Seed(1))?.iter().map(|c| c.history).collect();
/// let fit = BgNbd::fit(&histories)?;
/// let orders = fit.total(&histories, 12.0)?; // of all customers in twelve weeks
/// let (low, high) = orders.interval(0.9)?;
/// assert!(low < orders.mean && orders.mean < high);
/// # Ok::<(), styring_ltv::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Total {
    /// The expected sum.
    pub mean: f64,
    /// Its variance by chance, if the parameters were known: what differs from one future to another. Grows with the number of customers.
    pub chance: f64,
    /// Its variance because the parameters are estimates, by the delta method. Grows with the square of the number of customers.
    pub parameters: f64,
}

impl Total {
    /// The standard deviation of what will come around [`mean`](Self::mean), both ways together. That of the mean alone is the root of [`parameters`](Self::parameters): a standard error is
    /// no prediction interval.
    pub fn standard_deviation(&self) -> f64 {
        libm::sqrt(self.chance + self.parameters)
    }

    /// A prediction interval with equal tails: quantiles of the gamma distribution with this mean and standard deviation, which lies above zero and is skewed as sums of few customers are.
    ///
    /// Errors: a level that is not between 0 and 1.
    pub fn interval(&self, confidence: f64) -> Result<(f64, f64), Error> {
        level(confidence)?;
        let variance = self.chance + self.parameters;
        let shape = self.mean * self.mean / variance;
        // Nothing will come, or exactly this.
        if !(1e-12..=1e24).contains(&shape) {
            return Ok((if shape > 1.0 { self.mean } else { 0.0 }, self.mean));
        }
        let tail = (1.0 - confidence) / 2.0;
        let scale = variance / self.mean;
        let low = gamma_inc_inv(shape, Split::from_lower(tail)?)?;
        let high = gamma_inc_inv(shape, Split::from_upper(tail)?)?;
        Ok((low * scale, high * scale))
    }
}

/// How far a logarithm is moved to see what a sum does.
const STEP: f64 = 1e-4;

/// The variance of a function of the logarithms of parameters, by the delta method with central differences.
pub(crate) fn delta_variance(
    point: &DVector<f64>,
    covariance: &DMatrix<f64>,
    at: impl FnMut(&DVector<f64>) -> Result<f64, Error>,
) -> Result<f64, Error> {
    delta_variance_over(point, covariance, |_| STEP, at)
}

/// The same with steps of their own: a coefficient moves logarithms by as much as its covariate is large.
fn delta_variance_over(
    point: &DVector<f64>,
    covariance: &DMatrix<f64>,
    step: impl Fn(usize) -> f64,
    mut at: impl FnMut(&DVector<f64>) -> Result<f64, Error>,
) -> Result<f64, Error> {
    let mut gradient = DVector::zeros(point.len());
    for index in 0..point.len() {
        let step = step(index);
        let mut moved = |step: f64| {
            let mut moved = point.clone();
            moved[index] += step;
            at(&moved)
        };
        gradient[index] = (moved(step)? - moved(-step)?) / (2.0 * step);
    }
    Ok((covariance * &gradient).dot(&gradient).max(0.0))
}

fn total_of<M: PurchaseModel>(
    point: &DVector<f64>,
    covariance: &DMatrix<f64>,
    groups: &[(DMatrix<f64>, &Histories<M::History>)],
    ahead: f64,
) -> Result<Total, Error> {
    let sums = |point: &DVector<f64>| -> Result<(f64, f64), Error> {
        let (mut mean, mut variance) = (0.0, 0.0);
        for (design, histories) in groups {
            let model: M = model_at(&(design * point))?;
            for (history, weight) in histories.iter() {
                let future = model.future(history, ahead)?;
                mean += weight * future.mean;
                variance += weight * future.variance;
            }
        }
        Ok((mean, variance))
    };
    let (mean, chance) = sums(point)?;
    let largest = |index: usize| groups.iter().fold(0.0_f64, |size, (design, _)| size.max(design.column(index).amax()));
    let step = |index: usize| if largest(index) > 0.0 { STEP / largest(index) } else { STEP };
    let parameters = delta_variance_over(point, covariance, step, |moved| Ok(sums(moved)?.0))?;
    Ok(Total { mean, chance, parameters })
}

impl<M: PurchaseModel> Fit<M> {
    /// The logarithms of the parameters.
    pub(crate) fn point(&self) -> DVector<f64> {
        DVector::from_column_slice(&self.model.parameters().map(libm::log))
    }

    /// Purchases of all these customers in the time ahead: a cohort, a portfolio, or one customer. Nothing is refitted.
    ///
    /// Cost: nine predictions per distinct history.
    ///
    /// Errors: a time ahead that is not from 0 to 1e12, for BG/BB whole periods.
    pub fn total(&self, histories: &Histories<M::History>, ahead: f64) -> Result<Total, Error> {
        total_of::<M>(&self.point(), &self.estimates.covariance, &[(design::<M>(&[]), histories)], ahead)
    }

    /// The distribution of a customer's purchases in the time ahead, with the uncertainty of the parameters in it.
    ///
    /// The mean of the model's own distributions at eight points around the parameters that have their covariance (sigma points: `± 2 √λᵢ vᵢ` for the eigenvalues and eigenvectors
    /// of the covariance of the logarithms, and √λ taken as at most 1). With thousands of customers it is that of [`PurchaseModel::counts`].
    ///
    /// Errors: as [`PurchaseModel::counts`].
    pub fn counts(&self, history: &M::History, ahead: f64) -> Result<Counts, Error> {
        let eigen = SymmetricEigen::new(self.estimates.covariance.clone());
        let point = self.point();
        let mut all = Vec::with_capacity(8);
        for (index, value) in eigen.eigenvalues.iter().enumerate() {
            let reach = 2.0 * libm::sqrt(value.clamp(0.0, 1.0));
            for side in [-reach, reach] {
                let moved = &point + eigen.eigenvectors.column(index) * side;
                let model: M = model_at(&moved)?;
                all.push(model.counts(history, ahead)?);
            }
        }
        Ok(Counts::mean_of(&all))
    }
}

impl<M: PurchaseModel> CovariateFit<M> {
    /// Purchases of all these customers in the time ahead. Nothing is refitted.
    ///
    /// Errors: as [`Fit::total`]; a group with another number of covariates than the fit.
    pub fn total(&self, groups: &[Group<'_, M::History>], ahead: f64) -> Result<Total, Error> {
        let groups: Result<Vec<_>, Error> =
            groups.iter().map(|group| Ok((design::<M>(self.checked(group.covariates)?), group.histories))).collect();
        total_of::<M>(&self.point(), &self.estimates.covariance, &groups?, ahead)
    }
}
