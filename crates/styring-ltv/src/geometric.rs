//! What BG/NBD and MBG/NBD share: purchases at a gamma-distributed rate, and after each a chance to drop out that is beta-distributed. They differ in whether the
//! first purchase has such a chance.

use crate::derivatives::{Derivatives, softplus};
use crate::gamma_ratio::Rise;
use crate::quadrature::{beta_mean, over_panels};
use crate::simulate::{beta, gamma, happens, live_on, wait};
use crate::{Counts, Error, Future, History, Horizon, Simulated};
use rand_chacha::ChaCha8Rng;

/// The model over [`Geometric`] of this name.
macro_rules! geometric_model {
    ($model:ident, $name:literal) => {
        impl $model {
            /// A model of these parameters; α is in units of time.
            ///
            /// Errors: a parameter that is not between 1e-50 and 1e50.
            pub fn new(r: f64, alpha: f64, a: f64, b: f64) -> Result<Self, Error> {
                Self::from_parameters([r, alpha, a, b])
            }
        }

        impl PurchaseModel for $model {
            fn parameters(&self) -> [f64; 4] {
                self.0.parameters()
            }

            fn log_likelihood(&self, history: &History) -> f64 {
                self.0.log_likelihood(history)
            }

            fn p_alive(&self, history: &History) -> f64 {
                self.0.p_alive(history)
            }

            fn future(&self, history: &History, ahead: f64) -> Result<Future, Error> {
                self.0.future(history, ahead)
            }

            fn counts(&self, history: &History, ahead: f64) -> Result<Counts, Error> {
                self.0.counts(history, ahead)
            }

            fn discounted(&self, history: &History, horizon: Horizon, rate: f64) -> Result<f64, Error> {
                self.0.discounted(history, horizon, rate)
            }
        }

        impl Kernel for $model {
            type History = History;
            const NAME: &'static str = $name;
            const PARAMETERS: [&'static str; 4] = ["r", "alpha", "a", "b"];
            const IS_TIME: [bool; 4] = [false, true, false, false];
            const BUYS_MORE: [f64; 4] = [0.0, -1.0, 0.0, 0.0];
            const LEAVES_MORE: [f64; 4] = [0.0, 0.0, 1.0, 0.0];

            fn unchecked(parameters: [f64; 4]) -> Self {
                Self(Geometric::of(parameters))
            }

            fn derivatives(&self, histories: &[(History, f64)], _digits: Digits) -> Derivatives<4> {
                self.0.derivatives(histories)
            }

            fn start(mean_purchases: f64) -> [f64; 4] {
                [1.0, 1.0 / mean_purchases.max(1e-3), 1.0, 3.0]
            }

            fn live(&self, age: f64, ahead: f64, generator: &mut ChaCha8Rng) -> Result<Simulated<History>, Error> {
                self.0.live(age, ahead, generator)
            }

            fn dropout(&self) -> f64 {
                self.0.a / (self.0.a + self.0.b)
            }
        }

        #[cfg(feature = "serde")]
        mod stored {
            crate::stored::through_constructor!($model { r: f64, alpha: f64, a: f64, b: f64 });
        }
    };
}
pub(crate) use geometric_model;

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(crate) struct Geometric<const FIRST: bool> {
    pub(crate) r: f64,
    pub(crate) alpha: f64,
    pub(crate) a: f64,
    pub(crate) b: f64,
}

impl<const FIRST: bool> Geometric<FIRST> {
    pub(crate) fn of([r, alpha, a, b]: [f64; 4]) -> Self {
        Self { r, alpha, a, b }
    }

    pub(crate) fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b]
    }

    /// How often the customer could have dropped out.
    fn chances(purchases: u32) -> u32 {
        purchases.saturating_add(FIRST.into())
    }

    /// The logarithm of the odds of having dropped out after the last purchase: `ln a − ln(b + chances − 1) + (r + x) ln((α + T)/(α + t_x))`. There are none
    /// without a chance.
    fn ln_odds(&self, history: &History) -> Option<f64> {
        let chances = Self::chances(history.purchases());
        (chances > 0).then(|| {
            let silence = libm::log1p((history.age() - history.last()) / (self.alpha + history.last()));
            libm::log(self.a / (self.b + f64::from(chances - 1))) + self.shape(history) * silence
        })
    }

    fn shape(&self, history: &History) -> f64 {
        self.r + f64::from(history.purchases())
    }

    pub(crate) fn log_likelihood(&self, history: &History) -> f64 {
        let chances = Self::chances(history.purchases());
        Rise::by(self.r, history.purchases()).value + Rise::by(self.b, chances).value
            - Rise::by(self.a + self.b, chances).value
            - self.r * libm::log1p(history.age() / self.alpha)
            - f64::from(history.purchases()) * libm::log(self.alpha + history.age())
            + self.ln_odds(history).map_or(0.0, |odds| softplus(odds).0)
    }

    /// Sums over histories that lie side by side by number of purchases: what depends on that number alone is done once for each.
    pub(crate) fn derivatives(&self, histories: &[(History, f64)]) -> Derivatives<4> {
        let Self { r, alpha, a, b } = *self;
        let mut total = Derivatives::ZERO;
        for alike in histories.chunk_by(|(one, _), (other, _)| one.purchases() == other.purchases()) {
            let Some((first, _)) = alike.first() else { continue };
            let (purchases, chances) = (first.purchases(), Self::chances(first.purchases()));
            let (x, shape) = (f64::from(purchases), r + f64::from(purchases));
            let behind = (chances > 0).then(|| b + f64::from(chances - 1));
            let ln_ratio = behind.map(|behind| libm::log(a / behind));
            let mut sum = Derivatives::ZERO;
            let mut weights = 0.0;
            for (history, weight) in alike {
                let weight = *weight;
                let (age, last) = (alpha + history.age(), alpha + history.last());
                let growth = libm::log1p(history.age() / alpha);
                let inverse = 1.0 / age;
                weights += weight;
                sum.value -= weight * shape * growth;
                sum.gradient[0] -= weight * growth;
                sum.gradient[1] -= weight * shape * inverse;
                sum.hessian[0][1] -= weight * inverse;
                sum.hessian[1][1] += weight * shape * inverse * inverse;
                if let Some((behind, ln_ratio)) = behind.zip(ln_ratio) {
                    let silence = libm::log1p((history.age() - history.last()) / last);
                    let recent = 1.0 / last;
                    let (value, share, product) = softplus(ln_ratio + shape * silence);
                    let apart = inverse - recent;
                    let slope = [silence, shape * apart, 1.0 / a, -1.0 / behind];
                    sum.value += weight * value;
                    let (share, product) = (weight * share, weight * product);
                    for row in 0..4 {
                        sum.gradient[row] += share * slope[row];
                        for column in row..4 {
                            sum.hessian[row][column] += product * slope[row] * slope[column];
                        }
                    }
                    sum.hessian[0][1] += share * apart;
                    sum.hessian[1][1] += share * shape * (recent * recent - inverse * inverse);
                    sum.hessian[2][2] -= share / (a * a);
                    sum.hessian[3][3] += share / (behind * behind);
                }
            }
            let (rate, stayed, all) = (Rise::by(r, purchases), Rise::by(b, chances), Rise::by(a + b, chances));
            let common = Derivatives {
                // ln(α + T) is ln α + growth
                value: rate.value + stayed.value - all.value - x * libm::log(alpha),
                gradient: [rate.slope, r / alpha, -all.slope, stayed.slope - all.slope],
                hessian: [
                    [rate.curve, 1.0 / alpha, 0.0, 0.0],
                    [0.0, -r / (alpha * alpha), 0.0, 0.0],
                    [0.0, 0.0, -all.curve, -all.curve],
                    [0.0, 0.0, 0.0, stayed.curve - all.curve],
                ],
            };
            sum.add(&common, weights);
            total.add(&sum, 1.0);
        }
        total
    }

    pub(crate) fn live(&self, age: f64, ahead: f64, generator: &mut ChaCha8Rng) -> Result<Simulated<History>, Error> {
        let rate = gamma(self.r, self.alpha, generator);
        let leaves = beta(self.a, self.b, generator);
        let mut first = true;
        live_on(age, ahead, || {
            let has_chance = !std::mem::take(&mut first) || FIRST;
            if has_chance && happens(leaves, generator) { None } else { wait(rate, generator) }
        })
    }

    pub(crate) fn p_alive(&self, history: &History) -> f64 {
        self.ln_odds(history).map_or(1.0, |odds| softplus(-odds).1)
    }

    pub(crate) fn future(&self, history: &History, ahead: f64) -> Result<Future, Error> {
        crate::check::time_ahead("time ahead", ahead)?;
        let alive = self.p_alive(history);
        let Alive { mean, square, survival } = self.alive(history, ahead);
        let mean = alive * mean;
        Ok(Future { mean, variance: (alive * square - mean * mean).max(0.0), p_alive: alive * survival })
    }

    /// The customer as one who is alive at the end of the history: rate ~ Gamma(shape, age), dropout ~ Beta(a, b).
    fn posterior(&self, history: &History) -> Posterior {
        let survived = f64::from(Self::chances(history.purchases()));
        Posterior { shape: self.shape(history), age: self.alpha + history.age(), a: self.a, b: self.b + survived }
    }

    fn alive(&self, history: &History, ahead: f64) -> Alive {
        /// Terms of the series, up to where more purchases are impossible.
        const MANY: f64 = 3000.0;
        let posterior = self.posterior(history);
        let odds = ahead / posterior.age;
        let mean = posterior.shape * odds;
        let spread = libm::sqrt(mean * (1.0 + odds));
        let terms = mean + 12.0 * spread + 40.0 / libm::log1p(1.0 / odds);
        // Where ahead is zero, so are the odds, and NaN does not arise: ln(1 + 1/0) is infinite, and 40 over it zero.
        if terms <= MANY { posterior.by_series(ahead) } else { posterior.by_quadrature(ahead) }
    }

    pub(crate) fn counts(&self, history: &History, ahead: f64) -> Result<Counts, Error> {
        crate::check::time_ahead("time ahead", ahead)?;
        Ok(Counts::of_alive(self.p_alive(history), self.posterior(history).counts(ahead)?))
    }

    /// `∫ e^(−rate·u) dE(u)`, by parts `e^(−rate·H) E(H) + rate ∫ e^(−rate·u) E(u) du`; without an end as `E[λ / (rate + λp)]`.
    pub(crate) fn discounted(&self, history: &History, horizon: Horizon, rate: f64) -> Result<f64, Error> {
        crate::check::discount(rate)?;
        let posterior = self.posterior(history);
        let alive = self.p_alive(history);
        match horizon {
            Horizon::Within(ahead) => {
                crate::check::time_ahead("horizon", ahead)?;
                let mean = |time| self.alive(history, time).mean;
                if rate == 0.0 {
                    return Ok(alive * mean(ahead));
                }
                let growth = posterior.panel_growth().min(8.0 / (rate * posterior.age));
                if libm::log1p(ahead / posterior.age) > MANY_PANELS * libm::log1p(growth) {
                    return Ok(alive * posterior.discounted(ahead, rate));
                }
                let end = libm::exp(-rate * ahead) * mean(ahead);
                let within = over_panels(ahead, posterior.age, growth, |time| libm::exp(-rate * time) * mean(time));
                Ok(alive * (end + rate * within))
            }
            Horizon::Infinite => Ok(alive * posterior.for_ever(rate)?),
        }
    }
}

/// From so many panels on, the two-dimensional integral takes fewer evaluations.
const MANY_PANELS: f64 = 12.0;

/// A customer who is alive: rate ~ Gamma(shape, age), chance to drop out after a purchase ~ Beta(a, b).
#[derive(Debug, Clone, Copy)]
struct Posterior {
    shape: f64,
    age: f64,
    a: f64,
    b: f64,
}

/// Purchases of a customer who is alive now.
struct Alive {
    mean: f64,
    square: f64,
    survival: f64,
}

impl Posterior {
    /// With N purchases if there were no dropout, negative binomial, and s(j) the probability to survive j chances to drop out, purchase j+1 happens with
    /// probability P(N > j) s(j). So `E[Y]` = Σₙ P(N = n) S(n) with S(n) = s(0) + … + s(n−1), and `E[Y²]` likewise with (2j+1) s(j). All terms are positive, and none is
    /// singular at a = 1, as the closed form with ₂F₁ is.
    fn by_series(&self, ahead: f64) -> Alive {
        const TALL: f64 = 1e200;
        let Self { shape, age, a, b } = *self;
        let step = ahead / (age + ahead);
        let mut ln_scale = -shape * libm::log1p(ahead / age);
        let mut probability = 1.0; // of N = n, times e^−ln_scale
        let mut survival = 1.0; // s(n)
        let (mut reached, mut squared) = (0.0, 0.0); // S(n), and Σ (2j+1) s(j)
        let (mut mean, mut square, mut stays) = (0.0, 0.0, 1.0);
        let mut n = 0.0;
        loop {
            let ratio = step * (shape + n) / (n + 1.0);
            probability *= ratio;
            reached += survival;
            squared += (2.0 * n + 1.0) * survival;
            survival *= (b + n) / (a + b + n);
            n += 1.0;
            mean += probability * reached;
            square += probability * squared;
            stays += probability * survival;
            if ratio < 1.0 && probability * squared < 1e-17 * (1.0 - ratio) * square {
                break;
            }
            if probability > TALL {
                for sum in [&mut probability, &mut mean, &mut square, &mut stays] {
                    *sum /= TALL;
                }
                ln_scale += TALL.ln();
            }
            if probability == 0.0 {
                break;
            }
        }
        let scale = libm::exp(ln_scale);
        Alive { mean: mean * scale, square: square * scale, survival: (stays * scale).min(1.0) }
    }

    /// The same moments as expectations over the chance to drop out p, where the rate is integrated out: `E[Y] = E[(1 − (1 + pw)^−k) / p]` with w = ahead / age.
    fn by_quadrature(&self, ahead: f64) -> Alive {
        let k = self.shape;
        let w = ahead / self.age;
        let mean_of = |f: &dyn Fn(f64, f64) -> f64| beta_mean(self.a, self.b, 1.0 + k * w, f);
        let mean = mean_of(&|p, _| if p * w < 1e-300 { k * w } else { -libm::expm1(-k * libm::log1p(p * w)) / p });
        let pairs = mean_of(&|p, q| {
            let x = p * w;
            if x < 1e-150 { q * k * (k + 1.0) * w * w } else { 2.0 * q * two_or_more(k, x) / (p * p) }
        });
        let survival = mean_of(&|p, _| libm::exp(-k * libm::log1p(p * w)));
        Alive { mean, square: mean + pairs, survival: survival.min(1.0) }
    }

    /// The probabilities of n purchases, n = 0, 1, …
    fn counts(&self, ahead: f64) -> Result<Vec<f64>, Error> {
        let Self { shape, age, a, b } = *self;
        let without = crate::counts::negative_binomial(shape, ahead / age)?;
        // P(Y = n) = P(N = n) s(n) + P(N ≥ n) (s(n−1) − s(n)): still a customer after n, or n was the last.
        let mut survival = 1.0;
        let mut counts = Vec::with_capacity(without.exactly.len());
        for (n, exactly) in without.exactly.iter().enumerate() {
            if n == 0 {
                counts.push(*exactly);
                continue;
            }
            let before = survival;
            let at = n as f64 - 1.0;
            survival *= (b + at) / (a + b + at);
            counts.push(exactly * survival + without.at_least[n] * before * (a / (a + b + at)));
        }
        Ok(counts)
    }

    /// How much a panel of an integral over E(u) may grow, so that no more than sixteen orders of decay lie in it.
    fn panel_growth(&self) -> f64 {
        let Self { shape, a, b, .. } = *self;
        let dropout = (a + 6.0 * libm::sqrt(a * (1.0 + a / b))) / (a + b);
        (16.0 / (1.0 + shape * dropout.min(1.0))).min(4.0)
    }

    /// `E[λ / (rate + λp)]`; without a rate `E[1/p]`.
    fn for_ever(&self, rate: f64) -> Result<f64, Error> {
        let Self { a, b, .. } = *self;
        if rate == 0.0 {
            return if a > 1.0 {
                Ok((a + b - 1.0) / (a - 1.0))
            } else {
                Err(Error::DoesNotExist {
                    quantity: "the number of purchases for ever, without discount",
                    reason: "so many customers hardly ever drop out that their mean is infinite (a is at most 1)",
                })
            };
        }
        Ok(self.discounted(f64::INFINITY, rate))
    }

    /// `E[λ (1 − e^(−(rate + λp)·H)) / (rate + λp)]` over λ and p, for a rate above zero; H may be infinite. Its cost has a bound, whatever the parameters.
    fn discounted(&self, ahead: f64, rate: f64) -> f64 {
        let Self { shape, age, a, b } = *self;
        // λ times the density of Gamma(shape, age) is shape/age times that of Gamma(shape + 1, age).
        let rates = crate::quadrature::gamma_nodes(shape + 1.0);
        let scale = (shape + 1.0) / age * ahead.min(1.0 / rate);
        let sum = beta_mean(a, b, 1.0 + scale, |p, _| {
            let within = |(multiple, weight): &(f64, f64)| {
                let gone = rate + multiple / age * p;
                weight * -libm::expm1(-gone * ahead) / gone
            };
            rates.iter().map(within).sum()
        });
        shape / age * sum
    }
}

/// The probability of two or more of a negative binomial count, `1 − (1+x)^−k − k x (1+x)^−(k+1)`.
fn two_or_more(k: f64, x: f64) -> f64 {
    let decay = k * libm::log1p(x);
    let step = x / (1.0 + x);
    if x > 1.0 || k * x > 1.0 {
        return -libm::expm1(-decay) - k * step * libm::exp(-decay);
    }
    // Where both are small the difference cancels, and the sum over 2, 3, … is short.
    let mut n = 2.0;
    let mut term = libm::exp(-decay) * k * (k + 1.0) / 2.0 * step * step;
    let mut sum = 0.0;
    while term > 1e-17 * sum {
        sum += term;
        term *= step * (k + n) / (n + 1.0);
        n += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::{Posterior, two_or_more};

    const TWO_OR_MORE: [(f64, f64, f64); 10] = [
        (0.3, 1e-09, 1.949_999_997_010_000_2e-19),
        (5000.0, 1e-08, 1.250_208_309_112_177_5e-9),
        (5000.0, 0.00019, 0.245_856_748_019_488_77),
        (5000.0, 0.00021, 0.282_625_684_306_453_1),
        (1e9, 3e-10, 0.036_936_313_137_102_55),
        (1e-06, 0.5, 7.213_182_772_887_384e-8),
        (1e-06, 3.0, 6.362_944_399_343_57e-7),
        (1e-50, 1e+30, 6.807_755_278_982_137e-49),
        (2.5, 0.39, 0.253_070_961_036_121_9),
        (1e12, 1e-11, 0.999_500_600_772_592_3),
    ];

    #[test]
    fn two_or_more_loses_nothing() {
        // By mpmath at 60 digits, on both sides of where the sum takes over.
        for (k, x, expected) in TWO_OR_MORE {
            assert!((two_or_more(k, x) / expected - 1.0).abs() < 2e-14, "{k} {x}: {}", two_or_more(k, x));
        }
    }

    #[test]
    fn panels_and_two_dimensions_agree() {
        for (shape, age, a, b) in [(0.3, 20.0, 0.8, 2.4), (40.0, 60.0, 0.4, 900.0), (2.0, 5.0, 1.0, 3.0)] {
            let posterior = Posterior { shape, age, a, b };
            for (ahead, rate) in [(0.1, 0.5), (26.0, 0.002), (150.0, 0.05)] {
                let mean = |time| posterior.by_series(time).mean;
                let within = crate::quadrature::over_panels(ahead, age, 0.3, |u| libm::exp(-rate * u) * mean(u));
                let expected = libm::exp(-rate * ahead) * mean(ahead) + rate * within;
                let two = posterior.discounted(ahead, rate);
                assert!((two / expected - 1.0).abs() < 1e-12, "{posterior:?} {ahead} {rate}: {two} {expected}");
            }
        }
    }

    #[test]
    fn series_and_quadrature_agree() {
        for (shape, age, a, b) in [
            (0.3, 20.0, 0.8, 2.4),
            (40.0, 60.0, 0.4, 900.0),
            (2.0, 5.0, 1.0, 3.0),
            (300.0, 400.0, 0.05, 310.0),
            (0.02, 0.5, 0.3, 0.9),
        ] {
            for ahead in [1e-6, 0.1, 10.0, 400.0, 5000.0] {
                let posterior = Posterior { shape, age, a, b };
                let (series, quadrature) = (posterior.by_series(ahead), posterior.by_quadrature(ahead));
                for (what, one, other) in [
                    ("mean", series.mean, quadrature.mean),
                    ("square", series.square, quadrature.square),
                    ("survival", series.survival, quadrature.survival),
                ] {
                    assert!((one / other - 1.0).abs() < 1e-9, "{what} {posterior:?} {ahead}: {one} {other}");
                }
            }
        }
    }
}
