use super::nbd::{LARGEST, SMALLEST};
use super::normal::half_width;
use super::root::first;
use crate::{Error, FrequencyHistogram, Nbd};

/// A negative binomial distribution fitted by maximum likelihood to how many people had how many exposures, those with none among them.
///
/// ```
/// use styring_reach::{FrequencyHistogram, Nbd};
///
/// let panel = FrequencyHistogram::new([(1, 214), (2, 110), (3, 66), (4, 41), (5, 27), (6, 19), (8, 20), (12, 9), (20, 3)])?;
/// let fit = Nbd::fit(&panel, 1_200)?; // 1 200 people in the panel
/// let (low, high) = fit.reach_interval(2.0, 0.90)?; // with twice the impressions
/// let reach = fit.model().scaled(2.0)?.reach();
/// assert!(low < reach && reach < high);
/// # Ok::<(), styring_reach::Error>(())
/// ```
///
/// Intervals take the people as a random sample of those the answer is for. For the people of a complete log there is nothing to be unsure of: count.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Observed", into = "Observed")
)]
pub struct NbdFit {
    model: Nbd,
    observed: Observed,
    log_likelihood: f64,
}

/// What the model was fitted to.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct Observed {
    people: FrequencyHistogram,
    universe: u64,
}

#[cfg(feature = "serde")]
impl TryFrom<Observed> for NbdFit {
    type Error = Error;

    fn try_from(observed: Observed) -> Result<Self, Error> {
        Nbd::fit(&observed.people, observed.universe)
    }
}

#[cfg(feature = "serde")]
impl From<NbdFit> for Observed {
    fn from(fit: NbdFit) -> Self {
        fit.observed
    }
}

impl Nbd {
    /// The most likely negative binomial distribution of exposures of `universe` people, of whom the histogram holds those with any.
    ///
    /// The mean is the sample's; the shape solves Σ n_k (ψ(k + r) − ψ(r)) = N ln(1 + m/r), which has one solution where the variance is above the mean (Levin and Reeds 1977). Cost: some 60 passes over the
    /// distinct frequencies.
    ///
    /// Errors: nobody reached; a universe smaller than the reach; [`NotOverdispersed`](Error::NotOverdispersed) with a variance of at most the mean.
    pub fn fit(people: &FrequencyHistogram, universe: u64) -> Result<NbdFit, Error> {
        let observed = Observed { people: people.clone(), universe };
        people.reach().share_of(universe)?;
        if people.impressions() == 0 {
            return Err(Error::CannotFit { model: "NBD", reason: "nobody was reached" });
        }
        let mean = observed.mean();
        let squares: f64 = people.iter().map(|(k, n)| (k as f64 - mean) * (k as f64 - mean) * n as f64).sum();
        let nobody = (universe - people.reach().count()) as f64;
        let variance = (squares + nobody * mean * mean) / universe as f64;
        let alike =
            Err(Error::NotOverdispersed { mean, measure: "variance", than: "above", limit: mean, value: variance });
        if variance <= mean || observed.score(LARGEST) >= 0.0 {
            return alike;
        }
        let shape = first(SMALLEST, LARGEST, |shape| observed.score(shape) <= 0.0);
        let model = Self::new(mean, shape)?;
        let log_likelihood = observed.log_likelihood(&model);
        Ok(NbdFit { model, observed, log_likelihood })
    }
}

impl Observed {
    fn mean(&self) -> f64 {
        self.people.impressions() as f64 / self.universe as f64
    }

    /// The derivative of the log-likelihood by the shape, at the sample's mean.
    fn score(&self, shape: f64) -> f64 {
        let (mut sum, mut digamma, mut from) = (0.0, 0.0, 0_u64);
        for (frequency, people) in self.people.iter() {
            digamma += digamma_step(shape, from, frequency);
            from = frequency;
            sum += people as f64 * digamma;
        }
        sum - self.universe as f64 * libm::log1p(self.mean() / shape)
    }

    fn log_likelihood(&self, model: &Nbd) -> f64 {
        let nobody = (self.universe - self.people.reach().count()) as f64;
        let reached: f64 = self.people.iter().map(|(k, n)| n as f64 * model.form().ln_pmf(k as f64)).sum();
        reached + nobody * model.form().ln_zero()
    }
}

/// ψ(r + to) − ψ(r + from) = Σ 1/(r + j): the first terms as they are, the rest by the asymptotic series of ψ (DLMF 5.11.2).
fn digamma_step(shape: f64, from: u64, to: u64) -> f64 {
    let direct = to.min(from.max(128));
    let near: f64 = (from..direct).map(|j| 1.0 / (shape + j as f64)).sum();
    if direct == to {
        return near;
    }
    let (low, high) = (shape + direct as f64, shape + to as f64);
    let series = |x: f64| {
        let square = x * x;
        -0.5 / x - (1.0 / 12.0 - (1.0 / 120.0 - 1.0 / 252.0 / square) / square) / square
    };
    near + libm::log1p((high - low) / low) + series(high) - series(low)
}

impl NbdFit {
    /// The distribution with the most likely parameters.
    pub fn model(&self) -> Nbd {
        self.model
    }

    /// How many people it was fitted to.
    pub fn universe(&self) -> u64 {
        self.observed.universe
    }

    /// The logarithm of the probability of what was observed.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// What the shape may be, by profile likelihood: all shapes whose likelihood, at the mean that suits them best, is not too far below the largest (half a chi-squared quantile of one degree of freedom). No upper end where
    /// people who do not differ at all, a Poisson distribution, are among them.
    ///
    /// Errors: a level outside 0 to 1.
    pub fn shape_interval(&self, level: f64) -> Result<(f64, Option<f64>), Error> {
        let width = half_width(level)?;
        let (mean, best) = (self.model.mean(), self.model.shape());
        let within = |shape: f64| {
            // The best mean is the sample's, whatever the shape.
            let there = Nbd::new(mean, shape).map_or(f64::NEG_INFINITY, |nbd| self.observed.log_likelihood(&nbd));
            2.0 * (self.log_likelihood - there) <= width * width
        };
        let low = first(SMALLEST, best, within);
        let high = (!within(LARGEST)).then(|| first(best, LARGEST, |shape| !within(shape)));
        Ok((low, high))
    }

    /// What the mean may be, by its standard error on the logarithmic scale.
    ///
    /// Errors: a level outside 0 to 1.
    pub fn mean_interval(&self, level: f64) -> Result<(f64, f64), Error> {
        let (mean, half) = (self.model.mean(), half_width(level)? * self.mean_variance().sqrt());
        Ok((mean * libm::exp(-half), mean * libm::exp(half)))
    }

    /// What share of the universe so many times the impressions reach: `times` is 1 for those that were.
    ///
    /// Errors: a level outside 0 to 1; `times` out of the range of [`Nbd::scaled`].
    pub fn reach_interval(&self, times: f64, level: f64) -> Result<(f64, f64), Error> {
        self.k_plus_interval(1, times, level)
    }

    /// What share of the universe has at least `k` exposures with so many times the impressions: the delta method on the logit scale. Mean and shape are orthogonal, so that their variances add up.
    ///
    /// Errors: a level outside 0 to 1; `k` of 0, or so large that as good as nobody has so many; `times` out of the range of [`Nbd::scaled`].
    pub fn k_plus_interval(&self, k: u32, times: f64, level: f64) -> Result<(f64, f64), Error> {
        /// Small against how fast k+ changes, large against rounding.
        const STEP: f64 = 1e-4;
        let half = half_width(level)?;
        let logit = |mean_by: f64, shape_by: f64| {
            let model = Nbd::new(self.model.mean() * times * mean_by, self.model.shape() * shape_by)?;
            let share = if k == 1 { model.reach() } else { model.k_plus(k)? };
            let rest = if k == 1 { libm::exp(model.form().ln_zero()) } else { 1.0 - share };
            if share < 1e-300 || rest < 1e-300 {
                let expected = "such that some have so many exposures, and some have not";
                return Err(Error::OutOfRange { field: "k", expected, value: k.to_string() });
            }
            Ok(libm::log(share) - libm::log(rest))
        };
        let (up, down) = (libm::exp(STEP), libm::exp(-STEP));
        let by_mean = (logit(up, 1.0)? - logit(down, 1.0)?) / (2.0 * STEP);
        let by_shape = (logit(1.0, up)? - logit(1.0, down)?) / (2.0 * STEP);
        let variance = by_mean * by_mean * self.mean_variance() + by_shape * by_shape * self.shape_variance();
        let (at, half) = (logit(1.0, 1.0)?, half * variance.sqrt());
        let share = |logit: f64| 1.0 / (1.0 + libm::exp(-logit));
        Ok((share(at - half), share(at + half)))
    }

    /// The variance of the logarithm of the mean.
    fn mean_variance(&self) -> f64 {
        (1.0 / self.model.mean() + 1.0 / self.model.shape()) / self.observed.universe as f64
    }

    /// The variance of the logarithm of the shape, from the observed information; close to Poisson, where that cancels, its limit 2 (r + 1)(1 + r/m)²/(N r).
    fn shape_variance(&self) -> f64 {
        const STEP: f64 = 1e-4;
        let (mean, shape) = (self.model.mean(), self.model.shape());
        let score = |by: f64| self.observed.score(shape * libm::exp(by));
        let information = -shape * (score(STEP) - score(-STEP)) / (2.0 * STEP);
        if shape < 1e4 && information > 0.0 {
            return 1.0 / information;
        }
        let odds = 1.0 + shape / mean;
        2.0 * (shape + 1.0) / shape * odds * odds / self.observed.universe as f64
    }
}
