use nalgebra::{DMatrix, SymmetricEigen};
use styring_special::gamma_inc;

use crate::Error;
use crate::check::out_of_range;

/// What a fit found: parameters with their standard errors, and how well they describe the data.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "stored::Estimates", into = "stored::Estimates")
)]
#[non_exhaustive]
pub struct Estimates {
    /// The parameters, in the order of the model.
    pub parameters: Vec<Estimate>,
    /// The natural logarithm of the likelihood of all histories, in the unit of time they were given in.
    pub log_likelihood: f64,
    /// How many customers it is the likelihood of.
    pub customers: f64,
    /// How many numbers were fitted: the parameters, and coefficients of covariates.
    pub degrees: usize,
    /// Whether the data determine the parameters.
    pub identified: Identified,
    /// The covariance of the parameters as they were searched for: logarithms, and coefficients as they are. Row by row.
    pub(crate) covariance: DMatrix<f64>,
}

/// A parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Estimate {
    /// What it is called in the literature.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// The standard error of its logarithm, from the observed information. `None` where the data do not determine it: above 3, a factor of twenty either way.
    pub se_log: Option<f64>,
}

impl Estimate {
    /// The standard error of the parameter itself, by the delta method: `value · se_log`.
    pub fn se(&self) -> Option<f64> {
        self.se_log.map(|se| self.value * se)
    }
}

/// A model against a smaller one within it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LikelihoodRatio {
    /// Twice the difference of the log-likelihoods.
    pub statistic: f64,
    /// How many numbers the larger model has more.
    pub degrees: usize,
    /// The probability of a difference like this or larger if the smaller model is true.
    pub p_value: f64,
}

/// Whether data determine the parameters of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", try_from = "stored::Identified")
)]
#[allow(clippy::exhaustive_enums, reason = "one question with these answers")]
pub enum Identified {
    /// They do.
    Fully,
    /// The likelihood is flat along a ridge, or rises along it forever: these parameters could be very different, and predictions would hardly be. The values
    /// given reach the supremum of the likelihood.
    Weakly(Vec<&'static str>),
    /// As `Weakly`, and the reason is that hardly anybody drops out: less than one in a thousand, at a purchase or within the mean age.
    NoDropout(Vec<&'static str>),
}

impl Estimates {
    /// Akaike's criterion, `2k − 2 ln L` of k fitted numbers; the smaller, the better.
    pub fn aic(&self) -> f64 {
        2.0 * self.degrees as f64 - 2.0 * self.log_likelihood
    }

    /// The Bayesian criterion, `k ln n − 2 ln L` of k fitted numbers and n customers; the smaller, the better.
    pub fn bic(&self) -> f64 {
        self.degrees as f64 * libm::log(self.customers) - 2.0 * self.log_likelihood
    }

    /// How much better this model describes the data than `nested`, a model that it becomes when some of its numbers are fixed (coefficients at zero).
    ///
    /// The likelihood-ratio statistic `2 (ln L₁ − ln L₀)`, the degrees of freedom, and the p-value by chi-squared (Wilks 1938). Not for parameters at the boundary, where it is
    /// too large.
    ///
    /// Errors: a nested model with as many fitted numbers or more, or other customers.
    pub fn likelihood_ratio(&self, nested: &Self) -> Result<LikelihoodRatio, Error> {
        let degrees = self.degrees.checked_sub(nested.degrees).filter(|degrees| *degrees > 0);
        let degrees = degrees.ok_or_else(|| {
            out_of_range("fitted numbers of the nested model", "fewer than of this one", &nested.degrees)
        })?;
        if (self.customers - nested.customers).abs() > 0.5 {
            return Err(out_of_range("customers of the nested model", "the same", &nested.customers));
        }
        let statistic = (2.0 * (self.log_likelihood - nested.log_likelihood)).max(0.0);
        let p_value = gamma_inc(degrees as f64 / 2.0, statistic / 2.0)?.upper();
        Ok(LikelihoodRatio { statistic, degrees, p_value })
    }

    /// The value of the parameter of this name.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.parameters.iter().find(|parameter| parameter.name == name).map(|parameter| parameter.value)
    }

    /// The same of other parameters, which have this covariance.
    pub(crate) fn carried_over(
        &self,
        named: impl IntoIterator<Item = (&'static str, f64)>,
        covariance: DMatrix<f64>,
    ) -> Self {
        let errors = covariance.diagonal().map(|variance| libm::sqrt(variance.max(0.0)));
        let parameters = named.into_iter().zip(errors.iter());
        let parameters: Vec<_> =
            parameters.map(|((name, value), se)| Estimate { name, value, se_log: determined(*se) }).collect();
        let weak: Vec<_> = parameters.iter().filter(|known| known.se_log.is_none()).map(|known| known.name).collect();
        let identified = match &self.identified {
            _ if weak.is_empty() => Identified::Fully,
            Identified::NoDropout(_) => Identified::NoDropout(weak),
            _ => Identified::Weakly(weak),
        };
        Self { parameters, identified, covariance, ..*self }
    }

    /// Whether these are estimates of this model and of so many coefficients. Decimal digits may have been lost on the way through a file.
    ///
    /// Errors: other parameters, or other values.
    #[cfg(feature = "serde")]
    pub(crate) fn belong_to(&self, model: &impl crate::stored::Parametric, coefficients: usize) -> Result<(), Error> {
        let named = model.named();
        if self.covariance.nrows() != named.len() + coefficients || self.parameters.len() != named.len() {
            return Err(out_of_range("fitted numbers", "those of the model", &self.covariance.nrows()));
        }
        for (known, (name, value)) in self.parameters.iter().zip(named) {
            if known.name != name {
                return Err(out_of_range("name of an estimate", name, &known.name));
            }
            if (known.value / value - 1.0).abs() > 1e-9 {
                return Err(out_of_range("value of an estimate", "that of the model", &known.value));
            }
        }
        Ok(())
    }

    /// At the maximum, where the likelihood has this Hessian and the parameters have these names and values. `hardly_any` says that there is hardly any dropout.
    pub(crate) fn at_maximum(
        named: impl IntoIterator<Item = (&'static str, f64)>,
        log_likelihood: f64,
        customers: f64,
        hessian: &DMatrix<f64>,
        hardly_any: bool,
    ) -> Self {
        let errors = determined_errors(hessian);
        let named = named.into_iter().zip(&errors);
        let parameters: Vec<Estimate> =
            named.map(|((name, value), se)| Estimate { name, value, se_log: *se }).collect();
        let weak: Vec<_> = parameters.iter().filter(|known| known.se_log.is_none()).map(|known| known.name).collect();
        let identified = match (weak.is_empty(), hardly_any) {
            (true, _) => Identified::Fully,
            (false, true) => Identified::NoDropout(weak),
            (false, false) => Identified::Weakly(weak),
        };
        Self {
            parameters,
            log_likelihood,
            customers,
            degrees: errors.len(),
            identified,
            covariance: covariance(hessian),
        }
    }
}

/// A standard error of a logarithm above which a parameter is not determined.
const WEAK: f64 = 3.0;

fn determined(se: f64) -> Option<f64> {
    (se <= WEAK).then_some(se)
}

/// Standard errors of logarithms of parameters and of coefficients, where the data determine them.
pub(crate) fn determined_errors(hessian: &DMatrix<f64>) -> Vec<Option<f64>> {
    let errors = spread(hessian, 1e-12).diagonal().map(f64::sqrt);
    errors.iter().map(|se| determined(*se)).collect()
}

/// The inverse of the information, for the delta method. Where the data say nothing, a standard deviation of five in the logarithm is taken: predictions hardly depend on such
/// directions, and a wider one would multiply their rounding.
fn covariance(hessian: &DMatrix<f64>) -> DMatrix<f64> {
    spread(hessian, 1.0 / 25.0)
}

fn spread(hessian: &DMatrix<f64>, least: f64) -> DMatrix<f64> {
    let eigen = SymmetricEigen::new(-hessian);
    let inverse = eigen.eigenvalues.map(|value| 1.0 / value.max(least));
    &eigen.eigenvectors * DMatrix::from_diagonal(&inverse) * eigen.eigenvectors.transpose()
}

#[cfg(feature = "serde")]
mod stored {
    //! The forms in files.

    use nalgebra::DMatrix;

    use crate::Error;
    use crate::check::{finite_in, out_of_range};

    /// What parameters are called.
    const NAMES: [&str; 11] = ["r", "alpha", "a", "b", "s", "beta", "gamma", "delta", "p", "q", "v"];

    fn known(name: &str) -> Result<&'static str, Error> {
        let known = NAMES.into_iter().find(|known| *known == name);
        known.ok_or_else(|| out_of_range("name of a parameter", "one of the models' names", &name))
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Estimate {
        name: String,
        value: f64,
        se_log: Option<f64>,
    }

    impl TryFrom<Estimate> for super::Estimate {
        type Error = Error;

        fn try_from(Estimate { name, value, se_log }: Estimate) -> Result<Self, Error> {
            crate::check::parameter("value of an estimate", value)?;
            finite_in("standard error of a logarithm", se_log.unwrap_or(0.0), 0.0..=super::WEAK, "from 0 to 3")?;
            Ok(Self { name: known(&name)?, value, se_log })
        }
    }

    // Derived, it would borrow the name from what is read.
    impl<'de> serde::Deserialize<'de> for super::Estimate {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Self::try_from(Estimate::deserialize(deserializer)?).map_err(serde::de::Error::custom)
        }
    }

    #[derive(serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub(super) enum Identified {
        Fully,
        Weakly(Vec<String>),
        NoDropout(Vec<String>),
    }

    impl TryFrom<Identified> for super::Identified {
        type Error = Error;

        fn try_from(stored: Identified) -> Result<Self, Error> {
            let all = |names: Vec<String>| names.iter().map(|name| known(name)).collect::<Result<Vec<_>, _>>();
            Ok(match stored {
                Identified::Fully => Self::Fully,
                Identified::Weakly(names) => Self::Weakly(all(names)?),
                Identified::NoDropout(names) => Self::NoDropout(all(names)?),
            })
        }
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Estimates {
        parameters: Vec<super::Estimate>,
        log_likelihood: f64,
        customers: f64,
        degrees: usize,
        identified: super::Identified,
        /// Row by row.
        covariance: Vec<f64>,
    }

    impl From<super::Estimates> for Estimates {
        fn from(estimates: super::Estimates) -> Self {
            let super::Estimates { parameters, log_likelihood, customers, degrees, identified, covariance } = estimates;
            let covariance = covariance.transpose().iter().copied().collect();
            Self { parameters, log_likelihood, customers, degrees, identified, covariance }
        }
    }

    impl TryFrom<Estimates> for super::Estimates {
        type Error = Error;

        fn try_from(stored: Estimates) -> Result<Self, Error> {
            let Estimates { parameters, log_likelihood, customers, degrees, identified, covariance } = stored;
            finite_in("log-likelihood", log_likelihood, f64::MIN..=f64::MAX, "a number")?;
            finite_in("customers", customers, 0.0..=f64::MAX, "zero or above")?;
            for value in &covariance {
                finite_in("covariance", *value, f64::MIN..=f64::MAX, "a number")?;
            }
            // Of a fit with covariates that was carried over to four parameters, there are fewer than were fitted.
            let size = covariance.len().isqrt();
            if size * size != covariance.len() || size > degrees || size < parameters.len() {
                return Err(out_of_range("covariances", "one for each pair of numbers", &covariance.len()));
            }
            let covariance = DMatrix::from_row_slice(size, size, &covariance);
            if covariance.diagonal().iter().any(|variance| *variance < 0.0) {
                return Err(out_of_range("variance", "zero or above", &"less"));
            }
            Ok(Self { parameters, log_likelihood, customers, degrees, identified, covariance })
        }
    }
}
