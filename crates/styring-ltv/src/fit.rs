use nalgebra::{DMatrix, DVector};

use crate::estimates::Estimates;
use crate::kernel::Observed;
use crate::maximum::{CLOSE, Maximum, Quadratic, ROUGHLY, maximum};
use crate::quadrature::Digits;
use crate::{Error, Histories, PurchaseModel};

/// A purchase model fitted to histories.
///
/// ```
/// use styring_ltv::{Histories, History, Identified, MbgNbd, PurchaseModel, Seed};
///
/// let truth = MbgNbd::new(0.8, 6.0, 0.9, 2.5)?; // in weeks
/// let customers = truth.simulate(&[52.0; 2000], 0.0, Seed(1))?;
/// let histories: Histories<History> = customers.iter().map(|customer| customer.history).collect();
///
/// let fit = MbgNbd::fit(&histories)?;
/// assert_eq!(fit.estimates.identified, Identified::Fully);
/// for parameter in &fit.estimates.parameters {
///     println!("{} {:.3} ± {:.3}", parameter.name, parameter.value, parameter.se().expect("identified"));
/// }
/// let new_customers = fit.model.future(&History::NEW, 26.0)?;
/// assert!((new_customers.mean / truth.future(&History::NEW, 26.0)?.mean - 1.0).abs() < 0.1);
/// # Ok::<(), styring_ltv::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(
        try_from = "crate::stored::StoredFit<M>",
        bound(deserialize = "M: crate::stored::Parametric + serde::Deserialize<'de>")
    )
)]
#[non_exhaustive]
pub struct Fit<M> {
    /// The model with the parameters that were found.
    pub model: M,
    /// What is known of them.
    pub estimates: Estimates,
}

/// Histories of customers who share their covariates: a channel, a campaign, a first basket.
#[derive(Debug, Clone)]
pub(crate) struct Cell<H> {
    pub(crate) covariates: Vec<f64>,
    pub(crate) histories: Vec<(H, f64)>,
}

impl<H: Observed> Cell<H> {
    pub(crate) fn of(covariates: Vec<f64>, histories: &Histories<H>, unit: f64) -> Self {
        let histories = histories.iter().map(|(history, weight)| (history.in_units_of(unit), weight)).collect();
        Self { covariates, histories }
    }

    /// The same customers with their times rounded to one in so many steps of the mean age, so that many share a history.
    fn coarse(&self, steps: f64) -> Self {
        Self { covariates: self.covariates.clone(), histories: H::coarse(&self.histories, steps) }
    }
}

/// The mean age, which becomes the unit of time while a model is fitted.
pub(crate) fn mean_age<H: Observed>(cells: &[&Histories<H>], model: &'static str) -> Result<f64, Error> {
    let lacking = |reason| Err(Error::CannotFit { model, reason });
    let sum = |of: &dyn Fn(&H) -> f64| -> f64 {
        cells.iter().flat_map(|cell| cell.iter()).map(|(history, weight)| weight * of(history)).sum()
    };
    let (customers, age, purchases) =
        (sum(&|_| 1.0), sum(&|history| history.age()), sum(&|history| history.purchases()));
    if customers < 1.0 {
        return lacking("there are no customers");
    }
    if age <= 0.0 {
        return lacking("no customer has been seen for any time");
    }
    if purchases <= 0.0 {
        return lacking("no customer has bought again");
    }
    Ok(age / customers)
}

/// The maximum of the likelihood over the logarithms of the four parameters, the purchase coefficients and the dropout coefficients, in this order.
///
/// The first climbs go over coarse histories, of which there are few; from where they end, all of them are passed two or three times.
pub(crate) fn climb<M: PurchaseModel>(cells: &[Cell<M::History>]) -> Result<Maximum, Error> {
    let covariates = cells.first().map_or(0, |cell| cell.covariates.len());
    let (mut customers, mut purchases) = (0.0, 0.0);
    for (history, weight) in cells.iter().flat_map(|cell| &cell.histories) {
        customers += weight;
        purchases += weight * history.purchases();
    }
    let start = M::start(purchases / customers).map(libm::log);
    let mut start = DVector::from_fn(4 + 2 * covariates, |row, _| start.get(row).copied().unwrap_or(0.0));
    for steps in [4.0, 12.0] {
        let coarse: Vec<_> = cells.iter().map(|cell| cell.coarse(steps)).collect();
        if 2 * count(&coarse) < count(cells) {
            start =
                within(&maximum(M::NAME, start, ROUGHLY, |point| sum_over::<M>(&coarse, Digits::Six, point))?.point);
        }
    }
    maximum(M::NAME, start, CLOSE, |point| sum_over::<M>(cells, Digits::Nine, point))
}

/// e^±50, twenty-one orders of magnitude in units of the mean age.
const FARTHEST: f64 = 50.0;

/// A point where a search may begin: the last step of the one before is not looked at, and may have led out of the range.
fn within(point: &DVector<f64>) -> DVector<f64> {
    point.map(|logarithm| logarithm.clamp(1.0 - FARTHEST, FARTHEST - 1.0))
}

/// How many distinct histories there are.
fn count<H>(cells: &[Cell<H>]) -> usize {
    cells.iter().map(|cell| cell.histories.len()).sum()
}

/// The log-likelihood of all cells with its derivatives; `None` beyond the range of parameters.
fn sum_over<M: PurchaseModel>(cells: &[Cell<M::History>], digits: Digits, point: &DVector<f64>) -> Option<Quadratic> {
    let mut total = Quadratic::zero(point.len());
    for cell in cells {
        let design = design::<M>(&cell.covariates);
        let logarithms = &design * point;
        if logarithms.amax() > FARTHEST {
            return None;
        }
        let parameters: [f64; 4] = std::array::from_fn(|row| libm::exp(logarithms[row]));
        let own = M::unchecked(parameters).derivatives(&cell.histories, digits).in_logarithms(&parameters);
        total.value += own.value;
        total.gradient += design.transpose() * own.gradient;
        total.hessian += design.transpose() * own.hessian * design;
    }
    total.value.is_finite().then_some(total)
}

/// How the logarithms of a cell's parameters follow from the point: a matrix of four rows.
pub(crate) fn design<M: PurchaseModel>(covariates: &[f64]) -> DMatrix<f64> {
    DMatrix::from_fn(4, 4 + 2 * covariates.len(), |row, column| match column.checked_sub(4) {
        None => f64::from(row == column),
        Some(index) => match covariates.get(index) {
            Some(covariate) => M::BUYS_MORE[row] * covariate,
            None => M::LEAVES_MORE[row] * covariates[index - covariates.len()],
        },
    })
}

/// The model whose parameters have these logarithms.
pub(crate) fn model_at<M: PurchaseModel>(logarithms: &DVector<f64>) -> Result<M, Error> {
    M::from_parameters(std::array::from_fn(|row| libm::exp(logarithms[row])))
}

/// The parameters at a point, in the unit of time that `unit` is given in.
pub(crate) fn parameters_at<M: PurchaseModel>(point: &DVector<f64>, unit: f64) -> [f64; 4] {
    std::array::from_fn(|row| libm::exp(point[row]) * if M::IS_TIME[row] { unit } else { 1.0 })
}

/// What the unit of time adds to the log-likelihood: every purchase has a density per unit of time.
pub(crate) fn ln_densities<M: PurchaseModel>(cells: &[Cell<M::History>], unit: f64) -> f64 {
    let purchases: f64 =
        cells.iter().flat_map(|cell| &cell.histories).map(|(history, weight)| weight * history.purchases()).sum();
    if M::IS_TIME.contains(&true) { -purchases * libm::log(unit) } else { 0.0 }
}

pub(crate) fn fit<M: PurchaseModel>(histories: &Histories<M::History>) -> Result<Fit<M>, Error> {
    let unit = mean_age(&[histories], M::NAME)?;
    let cells = [Cell::of(Vec::new(), histories, unit)];
    let top = climb::<M>(&cells)?;
    let scaled = M::unchecked(parameters_at::<M>(&top.point, 1.0));
    let parameters = parameters_at::<M>(&top.point, unit);
    let estimates = Estimates::at_maximum(
        M::PARAMETERS.into_iter().zip(parameters),
        top.value + ln_densities::<M>(&cells, unit),
        histories.customers(),
        &top.hessian,
        scaled.dropout() < 1e-3,
    );
    Ok(Fit { model: M::from_parameters(parameters)?, estimates })
}
