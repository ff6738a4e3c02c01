use nalgebra::DVector;

use crate::check::{finite_in, out_of_range};
use crate::estimates::{Estimates, determined_errors};
use crate::fit::{Cell, climb, design, ln_densities, mean_age, model_at, parameters_at};
use crate::{Error, Fit, Histories, PurchaseModel};

/// Customers who share their covariates: a channel, a campaign, the size of the first basket.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Group<'a, H> {
    /// One number per covariate; 0 and 1 for belonging to a channel or not.
    pub covariates: &'a [f64],
    /// Their histories.
    pub histories: &'a Histories<H>,
}

/// A purchase model with static covariates: what acquisition channel or campaign does to how often customers buy, and to how soon they leave.
///
/// The coefficient `purchases` of a covariate multiplies the rate of purchases (BG/BB: the odds of a purchase) by `exp(purchases · covariate)`; `dropout` does so with the odds of dropping out after a
/// purchase (Pareto: the rate of death). Source: Fader and Hardie, note 019.
///
/// ```
/// use styring_ltv::{Group, Histories, MbgNbd, PurchaseModel, Seed};
///
/// // Two channels: customers of the second buy half as often.
/// let ages = vec![40.0; 3000];
/// let customers = |alpha| -> Result<Histories<_>, styring_ltv::Error> {
///     let simulated = MbgNbd::new(0.8, alpha, 0.9, 2.5)?.simulate(&ages, 0.0, Seed(alpha as u64))?;
///     Ok(simulated.iter().map(|customer| customer.history).collect())
/// };
/// let (search, podcast) = (customers(5.0)?, customers(10.0)?);
/// let fit = MbgNbd::fit_with(
///     &["podcast"],
///     &[Group { covariates: &[0.0], histories: &search }, Group { covariates: &[1.0], histories: &podcast }],
/// )?;
/// let effect = &fit.effects[0];
/// assert!((effect.purchases.value - 0.5_f64.ln()).abs() < 3.0 * effect.purchases.se.expect("a standard error"));
/// let of_podcast = fit.at(&[1.0])?; // a fit of its own
/// let (low, high) = of_podcast.total(&podcast, 26.0)?.interval(0.9)?;
/// # assert!(low < high);
/// # Ok::<(), styring_ltv::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "stored::CovariateFit<M>", bound(deserialize = "M: PurchaseModel + serde::Deserialize<'de>"))
)]
#[non_exhaustive]
pub struct CovariateFit<M> {
    /// The model of customers whose covariates are all zero.
    pub base: M,
    /// What each covariate does.
    pub effects: Vec<Effect>,
    /// What is known of the base's parameters, and how well all describes the data.
    pub estimates: Estimates,
}

/// What a covariate does, per unit of it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Effect {
    /// The covariate.
    pub name: String,
    /// On the logarithm of how often is bought.
    pub purchases: Coefficient,
    /// On the logarithm of how readily customers leave.
    pub dropout: Coefficient,
}

/// A coefficient with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Coefficient {
    /// The coefficient.
    pub value: f64,
    /// Its standard error; `None` where the data do not determine it: above 3 over the covariate's largest value, a factor of twenty either way.
    pub se: Option<f64>,
}

impl<M: PurchaseModel> CovariateFit<M> {
    /// The model of customers with these covariates.
    ///
    /// Errors: another number of covariates than the fit has; parameters beyond 1e-50 to 1e50.
    pub fn model(&self, covariates: &[f64]) -> Result<M, Error> {
        let design = design::<M>(self.checked(covariates)?);
        model_at(&(design * self.point()))
    }

    /// The fit as it is for customers with these covariates: their model, and what is known of its parameters, for everything that a [`Fit`] answers, such as
    /// [`LifetimeValue`](crate::LifetimeValue) by channel.
    ///
    /// The covariance is that of the parameters and coefficients together, carried over to the four parameters; the likelihood, the customers and the number of fitted numbers stay those of
    /// the whole, and so do AIC and BIC.
    ///
    /// Errors: as [`model`](Self::model).
    pub fn at(&self, covariates: &[f64]) -> Result<Fit<M>, Error> {
        let model = self.model(covariates)?;
        let design = design::<M>(covariates);
        let covariance = &design * &self.estimates.covariance * design.transpose();
        let named = M::parameter_names().into_iter().zip(model.parameters());
        Ok(Fit { model, estimates: self.estimates.carried_over(named, covariance) })
    }

    pub(crate) fn checked<'a>(&self, covariates: &'a [f64]) -> Result<&'a [f64], Error> {
        check(covariates, self.effects.len())?;
        Ok(covariates)
    }

    /// Logarithms of the parameters, purchase coefficients, dropout coefficients.
    pub(crate) fn point(&self) -> DVector<f64> {
        let parameters = self.base.parameters().map(libm::log);
        let purchases = self.effects.iter().map(|effect| effect.purchases.value);
        let dropout = self.effects.iter().map(|effect| effect.dropout.value);
        let all: Vec<f64> = parameters.into_iter().chain(purchases).chain(dropout).collect();
        DVector::from_vec(all)
    }
}

fn check(covariates: &[f64], expected: usize) -> Result<(), Error> {
    if covariates.len() != expected {
        return Err(out_of_range("covariates of a group", "one number per covariate", &covariates.len()));
    }
    covariates.iter().try_for_each(|value| finite_in("covariate", *value, -1e6..=1e6, "from -1e6 to 1e6"))
}

pub(crate) fn fit_with<M: PurchaseModel>(
    names: &[&str],
    groups: &[Group<'_, M::History>],
) -> Result<CovariateFit<M>, Error> {
    groups.iter().try_for_each(|group| check(group.covariates, names.len()))?;
    let histories: Vec<_> = groups.iter().map(|group| group.histories).collect();
    let unit = mean_age(&histories, M::NAME)?;
    // A covariate's own size becomes its unit, as the mean age becomes that of time: so the answer does not depend on whether a basket is told in øre or in millions.
    let sizes: Vec<f64> = (0..names.len())
        .map(|index| groups.iter().fold(0.0_f64, |size, group| size.max(group.covariates[index].abs())))
        .map(|size| if size > 0.0 { size } else { 1.0 })
        .collect();
    let cell = |group: &Group<'_, M::History>| {
        let covariates = group.covariates.iter().zip(&sizes).map(|(covariate, size)| covariate / size).collect();
        Cell::of(covariates, group.histories, unit)
    };
    let cells: Vec<_> = groups.iter().map(cell).collect();
    let top = climb::<M>(&cells)?;
    let scale = |index: usize| if index < 4 { 1.0 } else { sizes[(index - 4) % sizes.len()] };
    let parameters = parameters_at::<M>(&top.point, unit);
    let mut estimates = Estimates::at_maximum(
        M::PARAMETERS.into_iter().zip(parameters),
        top.value + ln_densities::<M>(&cells, unit),
        histories.iter().map(|histories| histories.customers()).sum(),
        &top.hessian,
        M::unchecked(parameters_at::<M>(&top.point, 1.0)).dropout() < 1e-3,
    );
    let errors = determined_errors(&top.hessian);
    let coefficient = |index: usize| Coefficient {
        value: top.point[index] / scale(index),
        se: errors[index].map(|se| se / scale(index)),
    };
    for (row, column) in (0..errors.len()).flat_map(|row| (0..errors.len()).map(move |column| (row, column))) {
        estimates.covariance[(row, column)] /= scale(row) * scale(column);
    }
    let effects = names.iter().enumerate().map(|(index, name)| Effect {
        name: (*name).to_owned(),
        purchases: coefficient(4 + index),
        dropout: coefficient(4 + names.len() + index),
    });
    Ok(CovariateFit { base: M::from_parameters(parameters)?, effects: effects.collect(), estimates })
}

#[cfg(feature = "serde")]
mod stored {
    use super::Effect;
    use crate::check::finite_in;
    use crate::{Error, Estimates, PurchaseModel};

    /// The form in files, whose parts may not belong together.
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct CovariateFit<M> {
        base: M,
        effects: Vec<Effect>,
        estimates: Estimates,
    }

    impl<M: PurchaseModel> TryFrom<CovariateFit<M>> for super::CovariateFit<M> {
        type Error = Error;

        fn try_from(stored: CovariateFit<M>) -> Result<Self, Error> {
            let CovariateFit { base, effects, estimates } = stored;
            estimates.belong_to(&base, 2 * effects.len())?;
            for coefficient in effects.iter().flat_map(|effect| [effect.purchases, effect.dropout]) {
                finite_in("coefficient", coefficient.value, f64::MIN..=f64::MAX, "a number")?;
                finite_in("standard error", coefficient.se.unwrap_or(0.0), 0.0..=f64::MAX, "zero or above")?;
            }
            Ok(Self { base, effects, estimates })
        }
    }
}
