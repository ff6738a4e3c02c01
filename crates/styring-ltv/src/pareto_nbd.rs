use rand_chacha::ChaCha8Rng;

use crate::check::{discount, time_ahead};
use crate::derivatives::{Derivatives, softplus};
use crate::gamma_ratio::Rise;
use crate::kernel::Kernel;
use crate::quadrature::{Digits, gauss_sixteen, rule_for};
use crate::simulate::{gamma, live_on, wait};
use crate::{Counts, Error, Future, History, Horizon, PurchaseModel, Simulated};

/// Pareto/NBD: purchases at a rate of the customer's own until the end of a lifetime of unknown length.
///
/// Rates are spread as Gamma(r, α), the rates at which lifetimes end as Gamma(s, β). Source: Schmittlein, Morrison and Colombo 1987, *Management Science* 33.
///
/// ```
/// use styring_ltv::{History, ParetoNbd, PurchaseModel};
///
/// let model = ParetoNbd::new(0.553, 10.578, 0.606, 11.669)?;
/// assert!((model.p_alive(&History::new(26, 30.86, 31.0)?) - 0.9979).abs() < 1e-4);
/// # Ok::<(), styring_ltv::Error>(())
/// ```
///
/// The likelihood holds an integral over the moment of death. It is computed as such, by Gauss–Legendre panels over the logarithm of time, and not as the difference of two
/// ₂F₁, which loses its digits.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::ParetoNbd"))]
pub struct ParetoNbd {
    r: f64,
    alpha: f64,
    s: f64,
    beta: f64,
}

impl ParetoNbd {
    /// A model of these parameters; α and β are in units of time.
    ///
    /// Errors: a parameter that is not between 1e-50 and 1e50.
    pub fn new(r: f64, alpha: f64, s: f64, beta: f64) -> Result<Self, Error> {
        Self::from_parameters([r, alpha, s, beta])
    }

    /// The logarithm of the odds of having died before the end of the history: that of `s ∫ ((α+T)/(α+y))^(r+x) ((β+T)/(β+y))^s dy/(β+y)` over `t_x..T`.
    fn ln_odds(&self, history: &History) -> f64 {
        let silence = Silence::of(self, history);
        let mut mass = 0.0;
        silence.nodes(Digits::Twelve, |node| mass += node.weight);
        silence.top() + libm::log(self.s * mass)
    }

    /// What is known of an alive customer's rate of purchases and of death: Gamma(shape, age), Gamma(s, β + T).
    fn posterior(&self, history: &History) -> Posterior {
        Posterior {
            shape: self.r + f64::from(history.purchases()),
            age: self.alpha + history.age(),
            s: self.s,
            life: self.beta + history.age(),
        }
    }
}

impl PurchaseModel for ParetoNbd {
    fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.s, self.beta]
    }

    fn log_likelihood(&self, history: &History) -> f64 {
        Rise::by(self.r, history.purchases()).value
            - self.r * libm::log1p(history.age() / self.alpha)
            - f64::from(history.purchases()) * libm::log(self.alpha + history.age())
            - self.s * libm::log1p(history.age() / self.beta)
            + softplus(self.ln_odds(history)).0
    }

    fn p_alive(&self, history: &History) -> f64 {
        softplus(-self.ln_odds(history)).1
    }

    fn future(&self, history: &History, ahead: f64) -> Result<Future, Error> {
        time_ahead("time ahead", ahead)?;
        let alive = self.p_alive(history);
        let posterior = self.posterior(history);
        let Posterior { shape, age, s, life } = posterior;
        let later = libm::log1p(ahead / life);
        // ∫ S(u) du over the time ahead, with S(u) = (life / (life + u))^s
        let lived = life * decayed(s - 1.0, later);
        let mean = alive * shape / age * lived;
        let square = alive * (shape / age * lived + 2.0 * shape * (shape + 1.0) / (age * age) * moment(ahead, life, s));
        Ok(Future { mean, variance: (square - mean * mean).max(0.0), p_alive: alive * libm::exp(-s * later) })
    }

    fn counts(&self, history: &History, ahead: f64) -> Result<Counts, Error> {
        time_ahead("time ahead", ahead)?;
        Ok(Counts::of_alive(self.p_alive(history), self.posterior(history).counts(ahead)?))
    }

    fn discounted(&self, history: &History, horizon: Horizon, rate: f64) -> Result<f64, Error> {
        discount(rate)?;
        let Posterior { shape, age, s, life } = self.posterior(history);
        let lived = |end: f64, rate: f64| {
            if rate == 0.0 {
                return life * decayed(s - 1.0, libm::log1p(end / life));
            }
            discounted_life(end.min(45.0 / rate), life, rate, s)
        };
        let lived = match horizon {
            Horizon::Within(ahead) => {
                time_ahead("horizon", ahead)?;
                lived(ahead, rate)
            }
            Horizon::Infinite if rate > 0.0 => lived(f64::INFINITY, rate),
            Horizon::Infinite if s > 1.0 => life / (s - 1.0),
            Horizon::Infinite => {
                return Err(Error::DoesNotExist {
                    quantity: "the number of purchases for ever, without discount",
                    reason: "lifetimes have an infinite mean (s is at most 1)",
                });
            }
        };
        Ok(self.p_alive(history) * shape / age * lived)
    }
}

/// `∫ u S(u) du` over the time ahead, with S(u) = (life / (life + u))^s, which is `life² ∫ (e^v − 1) e^(−(s−1)·v) dv` over v = ln(1 + u/life).
fn moment(ahead: f64, life: f64, s: f64) -> f64 {
    let end = libm::log1p(ahead / life);
    let integral = if end > 0.01 && s < 100.0 {
        decayed(s - 2.0, end) - decayed(s - 1.0, end)
    } else {
        // The difference would cancel. The integrand's logarithm is concave: what is beyond 45 powers of e is nothing.
        let falls = (s - 2.0).max(0.0);
        let end = if falls * end > 60.0 { 60.0 / falls } else { end };
        let panels = libm::ceil(falls * end / 15.0).max(1.0);
        let width = end / panels;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 4")]
        let panels = panels as u32;
        (0..panels)
            .flat_map(|panel| gauss_sixteen(f64::from(panel) * width, f64::from(panel + 1) * width))
            .map(|(v, weight)| weight * libm::expm1(v) * libm::exp(-(s - 1.0) * v))
            .sum()
    };
    life * life * integral
}

/// `∫ e^(−rate·u) (life / (life + u))^s du`, by panels in which the integrand falls by sixteen orders at most, and the pole at −life stays away, until it has fallen for good.
fn discounted_life(end: f64, life: f64, rate: f64, s: f64) -> f64 {
    let (mut from, mut sum) = (0.0, 0.0);
    while from < end && rate * from + s * libm::log1p(from / life) < 45.0 {
        let width = (16.0 / (rate + s / (life + from))).min(3.0 * (life + from));
        let to = (from + width).min(end);
        sum += gauss_sixteen(from, to)
            .map(|(u, weight)| weight * libm::exp(-rate * u - s * libm::log1p(u / life)))
            .sum::<f64>();
        from = to;
    }
    sum
}

/// `(1 − e^(−rate·x)) / rate`, and x where there is no rate.
fn decayed(rate: f64, x: f64) -> f64 {
    if rate == 0.0 { x } else { -libm::expm1(-rate * x) / rate }
}

impl Kernel for ParetoNbd {
    type History = History;
    const NAME: &'static str = "Pareto/NBD";
    const PARAMETERS: [&'static str; 4] = ["r", "alpha", "s", "beta"];
    const IS_TIME: [bool; 4] = [false, true, false, true];
    const BUYS_MORE: [f64; 4] = [0.0, -1.0, 0.0, 0.0];
    const LEAVES_MORE: [f64; 4] = [0.0, 0.0, 0.0, -1.0];

    fn unchecked([r, alpha, s, beta]: [f64; 4]) -> Self {
        Self { r, alpha, s, beta }
    }

    fn derivatives(&self, histories: &[(History, f64)], digits: Digits) -> Derivatives<4> {
        let Self { r, alpha, s, beta } = *self;
        let mut total = Derivatives::ZERO;
        for alike in histories.chunk_by(|(one, _), (other, _)| one.purchases() == other.purchases()) {
            let Some((first, _)) = alike.first() else { continue };
            let x = f64::from(first.purchases());
            let shape = r + x;
            let mut sum = Derivatives::ZERO;
            let mut weights = 0.0;
            for (history, weight) in alike {
                let (age, life) = (1.0 / (alpha + history.age()), 1.0 / (beta + history.age()));
                let growth = libm::log1p(history.age() / alpha);
                let ageing = libm::log1p(history.age() / beta);
                let mut one = Derivatives {
                    value: -shape * growth - s * ageing,
                    gradient: [-growth, -shape * age, -ageing, -s * life],
                    hessian: [
                        [0.0, -age, 0.0, 0.0],
                        [0.0, shape * age * age, 0.0, 0.0],
                        [0.0, 0.0, 0.0, -life],
                        [0.0, 0.0, 0.0, s * life * life],
                    ],
                };
                if history.age() > history.last() {
                    one.add_softplus(&self.odds(history, digits));
                }
                sum.add(&one, *weight);
                weights += weight;
            }
            let rate = Rise::by(r, first.purchases());
            let common = Derivatives {
                // ln(α + T) is ln α + growth, and ln(β + T) likewise
                value: rate.value - x * libm::log(alpha),
                gradient: [rate.slope, r / alpha, 0.0, s / beta],
                hessian: [
                    [rate.curve, 1.0 / alpha, 0.0, 0.0],
                    [0.0, -r / (alpha * alpha), 0.0, 0.0],
                    [0.0, 0.0, 0.0, 1.0 / beta],
                    [0.0, 0.0, 0.0, -s / (beta * beta)],
                ],
            };
            sum.add(&common, weights);
            total.add(&sum, 1.0);
        }
        total
    }

    fn start(mean_purchases: f64) -> [f64; 4] {
        [1.0, 1.0 / mean_purchases.max(1e-3), 1.0, 1.0]
    }

    fn live(&self, age: f64, ahead: f64, generator: &mut ChaCha8Rng) -> Result<Simulated<History>, Error> {
        let rate = gamma(self.r, self.alpha, generator);
        let death = gamma(self.s, self.beta, generator);
        let life = wait(death, generator).unwrap_or(f64::INFINITY);
        let mut time = 0.0;
        live_on(age, ahead, || {
            let wait = wait(rate, generator)?;
            time += wait;
            (time <= life).then_some(wait)
        })
    }

    fn dropout(&self) -> f64 {
        -libm::expm1(-self.s * libm::log1p(1.0 / self.beta))
    }
}

impl ParetoNbd {
    /// [`ln_odds`](Self::ln_odds) with its derivatives, by differentiating under the integral: for the integrand's logarithm with gradient g and Hessian h they are `E[g]` and
    /// `E[h]` + Cov(g) under the integrand as weight, and the factor before the integral adds its own.
    fn odds(&self, history: &History, digits: Digits) -> Derivatives<4> {
        let Self { r, alpha, s, beta } = *self;
        let silence = Silence::of(self, history);
        let shape = r + f64::from(history.purchases());
        let mut mass = 0.0;
        let mut first = [0.0; 4];
        let mut second = [[0.0; 4]; 4];
        silence.nodes(digits, |node| {
            mass += node.weight;
            let parts = [node.rising, node.rate, node.ageing, node.death];
            for row in 0..4 {
                let weighted = node.weight * parts[row];
                first[row] += weighted;
                for column in row..4 {
                    second[row][column] += weighted * parts[column];
                }
            }
        });
        let mean = first.map(|sum| sum / mass);
        let covariance = |row: usize, column: usize| second[row][column] / mass - mean[row] * mean[column];
        let (age, life) = (1.0 / (alpha + history.age()), 1.0 / (beta + history.age()));
        // The integrand's gradient is −(rising, shape·rate, ageing, (s+1)·death).
        let factor = [1.0, shape, 1.0, s + 1.0];
        let mut hessian = [[0.0; 4]; 4];
        for row in 0..4 {
            for column in row..4 {
                hessian[row][column] = factor[row] * factor[column] * covariance(row, column);
            }
        }
        hessian[0][1] += age - mean[1];
        hessian[1][1] += shape * (second[1][1] / mass - age * age);
        hessian[2][2] -= 1.0 / (s * s);
        hessian[2][3] += life - mean[3];
        hessian[3][3] += (s + 1.0) * second[3][3] / mass - s * life * life;
        Derivatives {
            value: silence.top() + libm::log(s * mass),
            gradient: [
                silence.purchases.0 - mean[0],
                shape * (age - mean[1]),
                1.0 / s + silence.lifetime.0 - mean[2],
                s * life - (s + 1.0) * mean[3],
            ],
            hessian,
        }
    }
}

/// The time between the last purchase and the end of the history, in which the customer may have died.
struct Silence {
    shape: f64,
    s: f64,
    /// ln((α+T)/(α+t_x)), α + t_x, and (α+T)/(α+t_x).
    purchases: (f64, f64, f64),
    /// The same of β.
    lifetime: (f64, f64, f64),
}

/// A moment y of death. The names say what grows: `rising` is ln((α+y)/(α+t_x)), `ageing` ln((β+y)/(β+t_x)).
struct Node {
    weight: f64,
    rising: f64,
    /// 1/(α+y)
    rate: f64,
    ageing: f64,
    /// 1/(β+y)
    death: f64,
}

impl Silence {
    fn of(model: &ParetoNbd, history: &History) -> Self {
        let since = |start: f64| {
            let last = start + history.last();
            let growth = (history.age() - history.last()) / last;
            (libm::log1p(growth), last, 1.0 + growth)
        };
        Self {
            shape: model.r + f64::from(history.purchases()),
            s: model.s,
            purchases: since(model.alpha),
            lifetime: since(model.beta),
        }
    }

    /// The logarithm that the weights of all nodes are to be multiplied by.
    fn top(&self) -> f64 {
        self.shape * self.purchases.0 + self.s * self.lifetime.0
    }

    /// Visits the nodes of `∫ ((α+t_x)/(α+y))^(r+x) ((β+t_x)/(β+y))^s dy/(β+y)`, over z, the logarithm that grows with the smaller of α and β: in it the integrand is
    /// closest to an exponential. Its logarithm is concave, so it ends where it has fallen for good.
    fn nodes(&self, digits: Digits, mut visit: impl FnMut(Node)) {
        /// e^−45 of the integrand is left out.
        const FALLEN: f64 = 45.0;
        /// Sixteen nodes carry an exponential over so many orders to its last digit, and a pole at a distance of π.
        const ORDERS: f64 = 14.0;
        const WIDE: f64 = 2.5;
        let by_lifetime = self.lifetime.1 <= self.purchases.1;
        let (near, far) = if by_lifetime { (self.lifetime, self.purchases) } else { (self.purchases, self.lifetime) };
        // dy/(β+y) is dz where z counts lifetime, else e^z near/far dz / (1 + …)
        let (slope, power, lead) = if by_lifetime {
            (self.s, self.shape, 0.0)
        } else {
            (self.shape - 1.0, self.s + 1.0, libm::log(near.1 / far.1))
        };
        let part = near.1 / far.1;
        // How fast the logarithm of the integrand falls where the near one has grown to so many times.
        let fall = |own: f64| slope + power * part * own / (1.0 + part * (own - 1.0));
        let mut from = 0.0;
        let mut ln_from = lead;
        while from < near.0 {
            let own = if from == 0.0 { 1.0 } else { libm::exp(from) };
            let here = fall(own).abs().max(1e-300);
            let mut width = (ORDERS / here).min(WIDE).min(near.0 - from);
            let there = fall(if width < near.0 { own * libm::exp(width) } else { near.2 }).abs();
            if there > here {
                width = width.min((ORDERS / there).max(width / 8.0));
            }
            let to = if near.0 - from - width < 1e-3 * width { near.0 } else { from + width };
            let (middle, half) = (f64::midpoint(from, to), (to - from) / 2.0);
            // e^z of the two nodes of a pair are a product apart, so one exponential is enough for both.
            let product = if to - from < near.0 { libm::exp(2.0 * middle) } else { near.2 };
            let (part_of_product, per_far) = (1.0 / (product * near.1), 1.0 / far.1);
            for (at, weight) in rule_for(digits, here.max(there) * (to - from), to - from) {
                let (upper, weight) = (libm::exp(middle + half * at), half * weight);
                let lower = product / upper;
                for (z, own, other_of_pair) in [(middle + half * at, upper, lower), (middle - half * at, lower, upper)]
                {
                    // Absolute errors of 1e-16 here are multiplied by the powers, as are those of the answer.
                    let grown = 1.0 + part * (own - 1.0);
                    let other = libm::log(grown);
                    let (own_rate, other_rate) = (other_of_pair * part_of_product, per_far / grown);
                    let weight = weight * libm::exp(lead - slope * z - power * other);
                    visit(if by_lifetime {
                        Node { weight, rising: other, rate: other_rate, ageing: z, death: own_rate }
                    } else {
                        Node { weight, rising: z, rate: own_rate, ageing: other, death: other_rate }
                    });
                }
            }
            from = to;
            if from >= near.0 {
                break;
            }
            let ln_to = lead - slope * to - power * libm::log1p(part * libm::expm1(to));
            if ln_to < ln_from && ln_to < lead - FALLEN {
                break;
            }
            ln_from = ln_to;
        }
    }
}

struct Posterior {
    shape: f64,
    age: f64,
    s: f64,
    life: f64,
}

impl Posterior {
    /// The probabilities of n purchases: alive at the end and n by then, or dead at u and n until u,
    /// `P(N(t) = n) S(t) + ∫ P(N(u) = n) s/(life + u) S(u) du` with S(u) = (life / (life + u))^s.
    fn counts(&self, ahead: f64) -> Result<Vec<f64>, Error> {
        let Self { shape, age, s, life } = *self;
        let to_the_end = crate::counts::negative_binomial(shape, ahead / age)?.exactly;
        let survives = |u: f64| libm::exp(-s * libm::log1p(u / life));
        let alive = survives(ahead);
        let mut counts: Vec<f64> = to_the_end.iter().map(|probability| alive * probability).collect();
        if ahead == 0.0 {
            return Ok(counts);
        }
        // Who dies before the expected purchases are e^−45 has none.
        let first = libm::log(ahead).min(libm::log(age / shape)) - 45.0;
        counts[0] += -libm::expm1(-s * libm::log1p(libm::exp(first) / life));
        let mut to = libm::log(ahead);
        let mut purchases = Vec::new();
        while to > first {
            // P(N(u) = n) as a function of ln u is as wide as its relative spread; panels of that width carry all n at once.
            let odds = libm::exp(to) / age;
            let most = shape * odds + 12.0 * libm::sqrt(shape * odds * (1.0 + odds)) + 50.0;
            let from = (to - (2.5 * libm::sqrt(1.0 / most + 1.0 / shape)).min(2.0)).max(first);
            for (ln, weight) in gauss_sixteen(from, to) {
                let u = libm::exp(ln);
                let dies = weight * u * s / (life + u) * survives(u);
                if dies < 1e-30 {
                    continue;
                }
                let least = crate::counts::around_mode(shape, u / age, &mut purchases);
                for (count, probability) in counts.iter_mut().skip(least).zip(&purchases) {
                    *count += dies * probability;
                }
            }
            to = from;
        }
        Ok(counts)
    }
}

#[cfg(feature = "serde")]
mod stored {
    crate::stored::through_constructor!(ParetoNbd { r: f64, alpha: f64, s: f64, beta: f64 });
}
