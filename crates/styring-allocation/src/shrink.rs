use crate::bandit::Posterior;
use crate::stirling::stirling;
use crate::{Error, Evidence};

/// What a channel has brought, and for how much.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Tried {
    /// Results; fractions where credit is shared. Results that count for more than one each make an answer too sure.
    pub results: f64,
    /// What they cost, in major units of one currency for all channels; zero for a channel that has not run.
    pub spend: f64,
}

/// Spend and results as a statistic reads them.
impl From<&Evidence> for Tried {
    fn from(evidence: &Evidence) -> Self {
        Self { results: evidence.results.to_f64(), spend: evidence.spend.amount().to_f64() }
    }
}

/// Results per krone of several channels, each drawn toward all by as much as is known of how channels differ.
///
/// Two weeks of results pick lucky winners. Channels are taken as draws of one distribution: resultsᵢ ~ Poisson(λᵢ spendᵢ), λᵢ ~ Gamma with mean m and coefficient of variation c. Neither is known, and from few channels neither
/// can be told well: the answer is averaged over m (Jeffreys' prior) and over c (c²/(c² + ¼) even, so that ½ is the median; cut at 1), each pair weighing as likely as the results are under it. A channel with many results keeps its own rate, one
/// with few is drawn to the others, and one that has not run gets what channels here usually have.
///
/// ```
/// use styring_allocation::bandit::BestArm;
/// use styring_allocation::{Pool, Tried};
///
/// let channel = |results, spend| Tried { results, spend };
/// let channels =
///     [channel(3.0, 1_000.0), channel(30.0, 20_000.0), channel(45.0, 20_000.0), channel(22.0, 20_000.0), channel(0.0, 0.0)];
/// let pool = Pool::fit(&channels)?;
/// let rates: Vec<f64> = pool.posteriors().iter().map(|posterior| posterior.mean()).collect();
/// assert!(rates[0] < rates[2]); // three lucky results for 1000 kr are not the best any more
/// assert!((rates[4] / pool.rate().mean() - 1.0).abs() < 0.01); // not tried: as the others
/// assert!(pool.pull()[0] > 0.5 && pool.pull()[1] < 0.5);
///
/// let best = BestArm::of(pool.posteriors())?;
/// assert!(best.probabilities()[2] > best.probabilities()[1]);
/// # Ok::<(), styring_allocation::Error>(())
/// ```
///
/// `styring-metrics` has `RatePrior`, by moments, for reports on many groups; this one is made for the few channels of a plan, and gives posteriors for decisions.
///
/// Source: the gamma-Poisson model of Christiansen and Morris (1997, *JASA* 92) with their prior, whose median does not depend here on how much was spent.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Pool {
    posteriors: Vec<Posterior>,
    pull: Vec<f64>,
    rate: Posterior,
    variation: f64,
}

/// The median of the prior of the coefficient of variation.
const MEDIAN: f64 = 0.5;

impl Pool {
    /// Fits the channels, which keep their order.
    ///
    /// The cost grows with the number of channels, some three microseconds each, and no faster than its power 3/2.
    ///
    /// # Errors
    ///
    /// [`Error::NoChannels`] without channels; [`Error::OutOfRange`] for results not from 0 to 1e12, spend not from 1e-9 to 1e15 (or 0 without results), or if no channel has spent anything.
    pub fn fit(channels: &[Tried]) -> Result<Self, Error> {
        check(channels)?;
        let spend: f64 = channels.iter().map(|channel| channel.spend).sum();
        let results: f64 = channels.iter().map(|channel| channel.results).sum();
        let mut start = libm::log((results + 0.5) / spend);
        // Below the first c, chance hides every difference: all that is less weighs as it does.
        let most =
            channels.iter().map(|channel| channel.results.max(channel.spend * libm::exp(start))).fold(1.0, f64::max);
        let lowest = libm::log(0.1 / most.sqrt());
        // The posterior of ln c is some 1/√(2k) wide.
        let step = f64::min(0.25, 1.0 / (2.0 * channels.len() as f64).sqrt());
        let steps = (-lowest / step).ceil();
        let step = -lowest / steps;

        let mut points = Vec::new();
        let mut place = 0.0;
        while place <= steps {
            let c = libm::exp(lowest + step * place).min(1.0);
            // The density of ln c where c²/(c² + median²) is even; ends count half, and the first has all that lies below.
            let square = (c / MEDIAN) * (c / MEDIAN);
            let density = 2.0 * square / (1.0 + square) / (1.0 + square);
            let mass = if place < 0.5 {
                square / (1.0 + square) + 0.5 * step * density
            } else if place > steps - 0.5 {
                0.5 * step * density
            } else {
                step * density
            };
            let fitted = Fitted::of(channels, c, start);
            start = fitted.ln_rate;
            points.push((c, libm::log(mass) + fitted.ln_likelihood, fitted));
            place += 1.0;
        }
        let highest = points.iter().map(|(_, weight, _)| *weight).fold(f64::NEG_INFINITY, f64::max);
        let mut mixture = Mixture::new(channels.len());
        for (c, ln_weight, fitted) in &points {
            // What weighs e⁻¹⁵ of the most adds nothing.
            if ln_weight - highest > -15.0 {
                mixture.add(channels, *c, libm::exp(ln_weight - highest), fitted);
            }
        }
        mixture.pool()
    }

    /// The rate of every channel, in results per krone: a gamma with the mean and the variance of the average over m and c.
    pub fn posteriors(&self) -> &[Posterior] {
        &self.posteriors
    }

    /// How much of a channel's mean is the pool's and not its own, from 0 to 1; 1 for a channel that has not run.
    pub fn pull(&self) -> &[f64] {
        &self.pull
    }

    /// The common rate, m.
    pub fn rate(&self) -> Posterior {
        self.rate
    }

    /// The coefficient of variation between channels beyond chance, c, on average.
    pub fn variation(&self) -> f64 {
        self.variation
    }
}

fn check(channels: &[Tried]) -> Result<(), Error> {
    if channels.is_empty() {
        return Err(Error::NoChannels);
    }
    for (place, Tried { results, spend }) in channels.iter().enumerate() {
        let fault = |field, expected, value: f64| {
            Err(Error::out_of_range(field, Some(&format!("channel {}", place + 1)), expected, value))
        };
        if !(0.0..=1e12).contains(results) {
            return fault("results", "from 0 to 1e12", *results);
        }
        let not_run = *spend == 0.0 && *results == 0.0;
        if !(not_run || (1e-9..=1e15).contains(spend)) {
            return fault("spend", "from 1e-9 to 1e15, or 0 without results", *spend);
        }
    }
    if channels.iter().all(|channel| channel.spend <= 0.0) {
        return Err(Error::out_of_range("spend of all channels", None, "above zero", 0.0));
    }
    Ok(())
}

/// The common rate given the coefficient of variation: the mode and the curvature of its logarithm.
struct Fitted {
    ln_rate: f64,
    sharpness: f64,
    /// ln of the likelihood of all results at that rate, but for what is the same for every c.
    ln_likelihood: f64,
}

impl Fitted {
    fn of(channels: &[Tried], c: f64, start: f64) -> Self {
        let shape = 1.0 / (c * c);
        let mut ln_rate = start;
        let mut sharpness = 0.5;
        for _ in 0..40 {
            let per_shape = libm::exp(ln_rate) / shape;
            let (mut slope, mut bend) = (0.5, 0.0);
            for Tried { results, spend } in channels {
                let z = spend * per_shape;
                slope += (results - shape * z) / (1.0 + z);
                bend += (results + shape) * (z / (1.0 + z)) / (1.0 + z);
            }
            sharpness = bend.max(1e-6);
            // Concave, but far from its top nearly straight: steps are kept short.
            let step = (slope / sharpness).clamp(-2.0, 2.0);
            ln_rate += step;
            if step.abs() < 1e-7 {
                break;
            }
        }
        let rate = libm::exp(ln_rate);
        let at_shape = stirling(shape);
        let likelihood: f64 = channels
            .iter()
            .filter(|channel| channel.spend > 0.0)
            .map(|Tried { results, spend }| {
                // ln Γ(shape + results) − ln Γ(shape) − results ln shape, without the difference of large numbers.
                let risen = (shape + results - 0.5) * libm::log1p(results / shape) - results
                    + stirling(shape + results)
                    - at_shape;
                risen + results * ln_rate - (shape + results) * libm::log1p(spend * rate / shape)
            })
            .sum();
        Self { ln_rate, sharpness, ln_likelihood: likelihood + 0.5 * ln_rate }
    }

    /// Rates around the mode and how likely they are beside it: even steps in the logarithm, each as wide as its standard deviation.
    fn rates(&self, channels: &[Tried], c: f64) -> impl Iterator<Item = (f64, f64)> {
        let shape = 1.0 / (c * c);
        let step = 1.0 / self.sharpness.sqrt();
        let at_mode = libm::exp(self.ln_rate);
        (-4_i8..=4).map(move |place| {
            let apart = step * f64::from(place);
            let rate = at_mode * libm::exp(apart);
            let ln: f64 = channels
                .iter()
                .map(|Tried { results, spend }| {
                    let (z, at) = (spend * rate / shape, spend * at_mode / shape);
                    results * apart - (shape + results) * libm::log1p((z - at) / (1.0 + at))
                })
                .sum();
            (rate, step * libm::exp(ln + 0.5 * apart))
        })
    }
}

/// First and second moments, added up over rates and coefficients of variation.
struct Mixture {
    weight: f64,
    channels: Vec<[f64; 3]>,
    rate: [f64; 2],
    variation: f64,
}

impl Mixture {
    fn new(channels: usize) -> Self {
        Self { weight: 0.0, channels: vec![[0.0; 3]; channels], rate: [0.0; 2], variation: 0.0 }
    }

    fn add(&mut self, channels: &[Tried], c: f64, weight: f64, fitted: &Fitted) {
        let shape = 1.0 / (c * c);
        for (rate, part) in fitted.rates(channels, c) {
            let weight = weight * part;
            for (Tried { results, spend }, [first, second, pull]) in channels.iter().zip(&mut self.channels) {
                let exposure = spend + shape / rate;
                let mean = (results + shape) / exposure;
                *first += weight * mean;
                *second += weight * mean * (mean + 1.0 / exposure);
                *pull += weight * (shape / rate) / exposure;
            }
            self.weight += weight;
            self.rate[0] += weight * rate;
            self.rate[1] += weight * rate * rate;
            self.variation += weight * c;
        }
    }

    fn pool(self) -> Result<Pool, Error> {
        let gamma = |first: f64, second: f64| {
            let mean = first / self.weight;
            // Not less than rounding leaves of a variance.
            let variance = (second / self.weight - mean * mean).max(mean * mean * 1e-11);
            Posterior::gamma((mean * mean / variance).max(0.01), mean / variance)
        };
        let posteriors =
            self.channels.iter().map(|[first, second, _]| gamma(*first, *second)).collect::<Result<_, _>>()?;
        let rate = gamma(self.rate[0], self.rate[1])?;
        let pull = self.channels.iter().map(|[_, _, pull]| (pull / self.weight).clamp(0.0, 1.0)).collect();
        Ok(Pool { posteriors, pull, rate, variation: self.variation / self.weight })
    }
}
