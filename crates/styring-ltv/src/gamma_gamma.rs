use nalgebra::DVector;

use crate::check::{finite_in, out_of_range, parameter};
use crate::derivatives::Derivatives;
use crate::gamma_ratio::{LARGE, Rise, digamma_and_trigamma, stirling_rest};
use crate::maximum::{CLOSEST, maximum};
use crate::simulate::gamma;
use crate::{Error, Estimates, Fit, Histories, Seed};

/// What a customer's orders were worth: how many there were, and their mean.
///
/// Take the same orders as for the [`History`](crate::History), the repeat purchases; the first order often is another thing (a discount, a try).
///
/// ```
/// use styring_ltv::Spending;
///
/// let kari = Spending::new(3, 420.50)?;
/// assert_eq!(Spending::NONE.orders(), 0);
/// assert!(Spending::new(3, -20.0).is_err());
/// # Ok::<(), styring_ltv::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::Spending"))]
pub struct Spending {
    orders: u32,
    mean: f64,
}

impl Spending {
    /// No orders to learn from.
    pub const NONE: Self = Self { orders: 0, mean: 0.0 };

    /// Orders and their mean value, in any unit of money or of margin.
    ///
    /// Errors: a mean that is not above zero (1e-100 to 1e100): the model knows no orders at a loss, so model revenue and margin rate apart where there are some. A mean
    /// without orders.
    pub fn new(orders: u32, mean: f64) -> Result<Self, Error> {
        if orders == 0 {
            return if mean == 0.0 {
                Ok(Self::NONE)
            } else {
                Err(out_of_range("mean value", "0 without orders", &mean))
            };
        }
        finite_in("mean value", mean, 1e-100..=1e100, "above zero")?;
        Ok(Self { orders, mean })
    }

    /// How many orders there were.
    pub fn orders(&self) -> u32 {
        self.orders
    }

    /// Their mean value; zero without orders.
    pub fn mean(&self) -> f64 {
        self.mean
    }
}

impl Eq for Spending {}

/// By orders, then by mean. Means have no sign, so the order is total.
impl Ord for Spending {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.orders, self.mean.to_bits()).cmp(&(other.orders, other.mean.to_bits()))
    }
}

impl PartialOrd for Spending {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Gamma-Gamma: how much customers spend per order. Orders of a customer vary as Gamma(p, ν), customers' ν as Gamma(q, v).
///
/// It takes value and frequency as independent; [`value_and_frequency`](crate::value_and_frequency) tests that. `v` is called γ in the paper. Source: Fader, Hardie and Lee 2005, *Journal of
/// Marketing Research* 42; Fader and Hardie, note 025.
///
/// ```
/// use styring_ltv::{GammaGamma, Spending};
///
/// let model = GammaGamma::new(6.25, 3.74, 15.44)?;
/// // A customer whose one repeat order was worth 11.77 is drawn toward the mean of all, 35.2.
/// assert!((model.mean_value(&Spending::new(1, 11.77)?)? - 18.92).abs() < 0.01);
/// assert!((model.mean_value(&Spending::NONE)? - 35.22).abs() < 0.01);
/// # Ok::<(), styring_ltv::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::GammaGamma"))]
pub struct GammaGamma {
    p: f64,
    q: f64,
    v: f64,
}

/// What is known of a customer's spending: orders are Gamma(p, ν) with ν ~ Gamma(`shape`, `total`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct SpendingPosterior {
    pub(crate) p: f64,
    pub(crate) shape: f64,
    pub(crate) total: f64,
}

/// The largest ln p and ln q of a fit: orders, or customers, that differ by a three thousandth of their value are alike. The likelihood of equal orders rises forever, and its rounding with it.
const ALIKE: f64 = 16.0;

impl GammaGamma {
    const NAME: &'static str = "Gamma-Gamma";
    pub(crate) const PARAMETERS: [&'static str; 3] = ["p", "q", "v"];

    /// A model of these parameters; `v` is in units of money.
    ///
    /// Errors: a parameter that is not between 1e-50 and 1e50.
    pub fn new(p: f64, q: f64, v: f64) -> Result<Self, Error> {
        for (name, value) in Self::PARAMETERS.into_iter().zip([p, q, v]) {
            parameter(name, value)?;
        }
        Ok(Self { p, q, v })
    }

    /// p, q, v.
    pub fn parameters(&self) -> [f64; 3] {
        [self.p, self.q, self.v]
    }

    /// The natural logarithm of the density of this mean value, given the number of orders; 0 without orders, which say nothing.
    ///
    /// `ln Γ(px+q) − ln Γ(px) − ln Γ(q) + q ln v + (px−1) ln m + px ln x − (px+q) ln(xm+v)`, in forms whose terms are of the size of the answer.
    pub fn log_likelihood(&self, spending: &Spending) -> f64 {
        if spending.orders == 0 {
            return 0.0;
        }
        let x = f64::from(spending.orders);
        ln_beta_prime(self.p * x, self.q, x * spending.mean, self.v) - libm::log(spending.mean)
    }

    /// The expected value of an order of this customer, `p (v + xm) / (px + q − 1)`; without orders that of the population.
    ///
    /// Errors: [`Error::DoesNotExist`] where `px + q` is at most 1: a few customers spend so much that the mean is infinite.
    pub fn mean_value(&self, spending: &Spending) -> Result<f64, Error> {
        self.posterior(spending).mean()
    }

    pub(crate) fn posterior(&self, spending: &Spending) -> SpendingPosterior {
        let x = f64::from(spending.orders);
        SpendingPosterior { p: self.p, shape: self.q + self.p * x, total: self.v + x * spending.mean }
    }

    /// Spendings of customers with so many orders each, of a known truth.
    ///
    /// Errors: parameters so extreme that a drawn mean is not between 1e-100 and 1e100.
    pub fn simulate(&self, orders: &[u32], seed: Seed) -> Result<Vec<Spending>, Error> {
        let mut generator = seed.generator();
        let one = |orders: &u32| {
            if *orders == 0 {
                return Ok(Spending::NONE);
            }
            let rate = gamma(self.q, self.v, &mut generator);
            let sum = gamma(self.p * f64::from(*orders), rate, &mut generator);
            Spending::new(*orders, sum / f64::from(*orders))
        };
        orders.iter().map(one).collect()
    }

    /// The parameters that make these values most likely, with their standard errors. Customers without orders say nothing and are left out.
    ///
    /// Where all orders, or all customers, are worth the same, p or q rises forever: it ends at e¹⁶, and [`Identified`](crate::Identified) names it.
    ///
    /// Errors: nobody with an order.
    pub fn fit(spendings: &Histories<Spending>) -> Result<Fit<Self>, Error> {
        let known = || spendings.iter().filter(|(spending, _)| spending.orders > 0);
        let customers: f64 = known().map(|(_, weight)| weight).sum();
        if customers < 1.0 {
            return Err(Error::CannotFit { model: Self::NAME, reason: "there is no customer with an order" });
        }
        // The mean value becomes the unit of money.
        let unit = known().map(|(spending, weight)| weight * spending.mean).sum::<f64>() / customers;
        let scaled: Vec<(Spending, f64)> =
            known().map(|(spending, weight)| (Spending { mean: spending.mean / unit, ..*spending }, weight)).collect();
        let at = |point: &DVector<f64>| {
            let parameters: [f64; 3] = std::array::from_fn(|row| libm::exp(point[row]));
            let [p, q, v] = parameters;
            (point.amax() <= 50.0 && point[0].max(point[1]) <= ALIKE)
                .then(|| Self { p, q, v }.derivatives(&scaled).in_logarithms(&parameters))
        };
        let top = maximum(Self::NAME, DVector::from_vec(vec![1.0, 1.0, 1.0]), CLOSEST, at)?;
        let [p, q, v] = std::array::from_fn(|row| libm::exp(top.point[row]));
        let model = Self::new(p, q, unit * v)?;
        let named = Self::PARAMETERS.into_iter().zip(model.parameters());
        let log_likelihood = top.value - customers * libm::log(unit);
        let estimates = Estimates::at_maximum(named, log_likelihood, customers, &top.hessian, false);
        Ok(Fit { model, estimates })
    }

    fn derivatives(&self, spendings: &[(Spending, f64)]) -> Derivatives<3> {
        let Self { p, q, v } = *self;
        let mut total = Derivatives::ZERO;
        let (psi_q, psi1_q) = digamma_and_trigamma(q);
        let ln_gamma_q = libm::lgamma(q);
        for alike in spendings.chunk_by(|(one, _), (other, _)| one.orders == other.orders) {
            let Some((first, _)) = alike.first() else { continue };
            let x = f64::from(first.orders);
            let k = p * x;
            let mut sum = Derivatives::ZERO;
            let mut weights = 0.0;
            for (spending, weight) in alike {
                let worth = x * spending.mean;
                let (small, large) = (libm::log1p(v / worth), libm::log1p(worth / v));
                let all = 1.0 / (worth + v);
                let share = worth * all / v;
                let one = Derivatives {
                    value: -libm::log(spending.mean) - k * small - q * large,
                    gradient: [-x * small, -large, -k * all + q * share],
                    hessian: [
                        [0.0, 0.0, -x * all],
                        [0.0, 0.0, share],
                        [0.0, 0.0, k * all * all - q * share * (2.0 * v + worth) * all / v],
                    ],
                };
                sum.add(&one, *weight);
                weights += weight;
            }
            let (psi_all, psi1_all) = digamma_and_trigamma(k + q);
            let (psi_k, psi1_k) = digamma_and_trigamma(k);
            let common = Derivatives {
                value: Rise::over(k, q).value - ln_gamma_q,
                gradient: [x * (psi_all - psi_k), psi_all - psi_q, 0.0],
                hessian: [
                    [x * x * (psi1_all - psi1_k), x * psi1_all, 0.0],
                    [0.0, psi1_all - psi1_q, 0.0],
                    [0.0, 0.0, 0.0],
                ],
            };
            sum.add(&common, weights);
            total.add(&sum, 1.0);
        }
        total
    }
}

/// The log-density of `ln s` where s/v is a beta prime variable of shapes k and q: `−ln B(k, q) − k ln(1 + v/s) − q ln(1 + s/v)`.
#[allow(clippy::many_single_char_names, reason = "k, q, v as in the density")]
fn ln_beta_prime(k: f64, q: f64, s: f64, v: f64) -> f64 {
    let (small, large) = (k.min(q), k.max(q));
    if small < LARGE {
        return Rise::over(large, small).value - libm::lgamma(small) - k * libm::log1p(v / s) - q * libm::log1p(s / v);
    }
    // With z = s/(s+v) and its mean z₀ = k/(k+q), by Stirling: k ln(z/z₀) + q ln((1−z)/(1−z₀)) and what is of order one. Both logarithms are small where the density is not.
    let n = k + q;
    let apart = (s * q - v * k) / (s + v);
    let ln_ratio = |apart: f64, ratio: f64| if apart.abs() < 0.5 { libm::log1p(apart) } else { libm::log(ratio) };
    let likely = k * ln_ratio(apart / k, s / (s + v) / (k / n)) + q * ln_ratio(-apart / q, v / (s + v) / (q / n));
    likely + 0.5 * (libm::log(small) + libm::log(large / n) - libm::log(std::f64::consts::TAU)) + stirling_rest(n)
        - stirling_rest(k)
        - stirling_rest(q)
}

impl SpendingPosterior {
    /// The mean of an order.
    pub(crate) fn mean(&self) -> Result<f64, Error> {
        if self.shape > 1.0 {
            return Ok(self.p * self.total / (self.shape - 1.0));
        }
        Err(Error::DoesNotExist {
            quantity: "the expected value of an order",
            reason: "so few customers spend so much that the mean is infinite (px + q is at most 1)",
        })
    }

    /// E[1/ν²] times p: with n orders of sum S, `E[S²] = n p (n p + 1) E[1/ν²]`.
    pub(crate) fn inverse_square(&self) -> Result<f64, Error> {
        if self.shape > 2.0 {
            return Ok(self.total / (self.shape - 1.0) * self.total / (self.shape - 2.0));
        }
        Err(Error::DoesNotExist {
            quantity: "the variance of an order's value",
            reason: "so few customers spend so much that it is infinite (px + q is at most 2)",
        })
    }
}

#[cfg(feature = "serde")]
mod stored {
    crate::stored::through_constructor!(GammaGamma { p: f64, q: f64, v: f64 });
    crate::stored::through_constructor!(Spending { orders: u32, mean: f64 });
}
