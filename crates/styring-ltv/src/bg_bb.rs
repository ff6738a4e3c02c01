use rand_chacha::ChaCha8Rng;

use crate::check::{discount, finite_in};
use crate::derivatives::{Derivatives, LogSum};
use crate::gamma_ratio::Rise;
use crate::kernel::Kernel;
use crate::quadrature::{Digits, beta_mean};
use crate::simulate::{beta, happens};
use crate::{Counts, Error, Future, Horizon, PeriodHistory, PurchaseModel, Simulated};

/// BG/BB: time in periods, in each of which a customer buys or does not, until gone for good at the beginning of one.
///
/// For donations a year, events, subscriptions that can be skipped. The chance to buy is spread as Beta(α, β), that to be gone as Beta(γ, δ). Source: Fader, Hardie and Shang 2010,
/// *Marketing Science* 29.
///
/// ```
/// use styring_ltv::{BgBb, PeriodHistory, PurchaseModel};
///
/// let donors = BgBb::new(1.204, 0.750, 0.657, 2.783)?;
/// let steady = PeriodHistory::new(6, 6, 6)?; // six gifts in six years
/// assert!((donors.future(&steady, 5.0)?.mean - 3.75).abs() < 0.01); // of five more
/// # Ok::<(), styring_ltv::Error>(())
/// ```
///
/// Cost: a history takes time in proportion to the periods since its last purchase, a prediction to the periods ahead, [`counts`](PurchaseModel::counts) to their square.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::BgBb"))]
pub struct BgBb {
    alpha: f64,
    beta: f64,
    gamma: f64,
    delta: f64,
}

impl BgBb {
    /// A model of these parameters.
    ///
    /// Errors: a parameter that is not between 1e-50 and 1e50.
    pub fn new(alpha: f64, beta: f64, gamma: f64, delta: f64) -> Result<Self, Error> {
        Self::from_parameters([alpha, beta, gamma, delta])
    }

    /// ln of what a history has in common for every moment of leaving: x purchases and no purchase in the other periods until the last one.
    fn ln_until_last(&self, history: &PeriodHistory) -> f64 {
        let (x, last) = (history.purchases(), history.last());
        Rise::by(self.alpha, x).value + Rise::by(self.beta, last - x).value
            - Rise::by(self.alpha + self.beta, last).value
            + Rise::by(self.delta, last).value
            - Rise::by(self.gamma + self.delta, last).value
    }

    /// The terms over the periods since the last purchase, relative to [`ln_until_last`](Self::ln_until_last): gone at the beginning of the first, of the second, …, and
    /// still there at the end. As sums of ratios of neighbours; all are positive.
    fn gone_and_alive(&self, history: &PeriodHistory) -> (f64, f64) {
        let silent = f64::from(history.last() - history.purchases());
        let (mut there, mut gone) = (1.0, 0.0);
        for period in history.last()..history.periods() {
            let (at, passed) = (f64::from(period), f64::from(period - history.last()));
            let leaves = self.gamma / (self.gamma + self.delta + at);
            gone += there * leaves;
            there *= (self.delta + at) / (self.gamma + self.delta + at) * (self.beta + silent + passed)
                / (self.alpha + self.beta + at);
        }
        (gone, there)
    }

    /// What is known of an alive customer: chance to buy Beta(α+x, β+n−x), to be gone Beta(γ, δ+n).
    fn posterior(&self, history: &PeriodHistory) -> Self {
        let (x, n) = (f64::from(history.purchases()), f64::from(history.periods()));
        Self { alpha: self.alpha + x, beta: self.beta + (n - x), gamma: self.gamma, delta: self.delta + n }
    }
}

impl PurchaseModel for BgBb {
    fn parameters(&self) -> [f64; 4] {
        [self.alpha, self.beta, self.gamma, self.delta]
    }

    fn log_likelihood(&self, history: &PeriodHistory) -> f64 {
        let (gone, alive) = self.gone_and_alive(history);
        self.ln_until_last(history) + libm::log(gone + alive)
    }

    fn p_alive(&self, history: &PeriodHistory) -> f64 {
        let (gone, alive) = self.gone_and_alive(history);
        alive / (gone + alive)
    }

    fn future(&self, history: &PeriodHistory, ahead: f64) -> Result<Future, Error> {
        let periods = whole(ahead)?;
        let alive = self.p_alive(history);
        let Self { alpha, beta, gamma, delta } = self.posterior(history);
        let buys = alpha / (alpha + beta);
        let buys_twice = buys * (alpha + 1.0) / (alpha + beta + 1.0);
        let (mut there, mut stays, mut pairs) = (1.0, 0.0, 0.0);
        for period in 0..periods {
            let at = f64::from(period);
            there *= (delta + at) / (gamma + delta + at);
            stays += there;
            pairs += at * there;
        }
        let mean = alive * buys * stays;
        let square = mean + alive * 2.0 * buys_twice * pairs;
        Ok(Future { mean, variance: (square - mean * mean).max(0.0), p_alive: alive * there })
    }

    fn counts(&self, history: &PeriodHistory, ahead: f64) -> Result<Counts, Error> {
        let periods = whole(ahead)?;
        let Self { alpha, beta, gamma, delta } = self.posterior(history);
        finite_in(
            "periods ahead",
            ahead,
            0.0..=MOST_COUNTED,
            "at most 20 000 where every number of purchases is asked for",
        )?;
        let mut counts = vec![0.0; periods as usize + 1];
        // Beta-binomial over the periods stayed: one more period adds a purchase with the probability (α + n) / (α + β + stayed).
        let mut purchases = vec![0.0; periods as usize + 1];
        purchases[0] = 1.0;
        let (mut there, mut least, mut most) = (1.0, 0, 0);
        for stayed in 0..=periods {
            let at = f64::from(stayed);
            let leaves = there * if stayed == periods { 1.0 } else { gamma / (gamma + delta + at) };
            for (count, probability) in counts[least..=most].iter_mut().zip(&purchases[least..=most]) {
                *count += leaves * probability;
            }
            if stayed == periods {
                break;
            }
            there *= (delta + at) / (gamma + delta + at);
            let every = 1.0 / (alpha + beta + at);
            let mut from_below = 0.0;
            for (n, probability) in (least..).zip(&mut purchases[least..=most + 1]) {
                let (buys, rests) = ((alpha + n as f64) * every, (beta + (at - n as f64)).max(0.0) * every);
                let moves = *probability * buys;
                *probability = *probability * rests + from_below;
                from_below = moves;
            }
            most += 1;
            // Ends that can no longer be told from zero.
            while least < most && purchases[least] < NEGLIGIBLE {
                purchases[least] = 0.0;
                least += 1;
            }
            while most > least && purchases[most] < NEGLIGIBLE {
                purchases[most] = 0.0;
                most -= 1;
            }
        }
        Ok(Counts::of_alive(self.p_alive(history), counts))
    }

    fn discounted(&self, history: &PeriodHistory, horizon: Horizon, rate: f64) -> Result<f64, Error> {
        discount(rate)?;
        let Self { alpha, beta, gamma, delta } = self.posterior(history);
        let stays = match horizon {
            Horizon::Within(ahead) => {
                let (mut there, mut worth, mut sum) = (1.0, 1.0, 0.0);
                for period in 0..whole(ahead)? {
                    let at = f64::from(period);
                    there *= (delta + at) / (gamma + delta + at);
                    sum += worth * there;
                    worth /= 1.0 + rate;
                }
                sum
            }
            Horizon::Infinite => {
                stays_for_ever(gamma, delta, rate, "the number of purchases for ever, without discount")?
            }
        };
        Ok(self.p_alive(history) * alpha / (alpha + beta) * stays)
    }
}

/// `Σ_{k≥1} E[(1−θ)^k] / (1+rate)^(k−1)` for θ ~ Beta(gamma, delta), which is `E[(1−θ)(1+rate) / (rate+θ)]`: periods to come, each worth less than the one before.
pub(crate) fn stays_for_ever(gamma: f64, delta: f64, rate: f64, quantity: &'static str) -> Result<f64, Error> {
    if rate > 0.0 {
        return Ok(beta_mean(gamma, delta, 1.0 / rate, |gone, stays| stays * (1.0 + rate) / (rate + gone)));
    }
    if gamma > 1.0 {
        return Ok(delta / (gamma - 1.0));
    }
    let reason = "so many hardly ever leave that their mean is infinite (the first shape of leaving is at most 1)";
    Err(Error::DoesNotExist { quantity, reason })
}

/// The most periods ahead of which every number of purchases is told apart, in time that grows with their square.
const MOST_COUNTED: f64 = 20_000.0;

/// A probability that is as good as none.
const NEGLIGIBLE: f64 = 1e-30;

/// A whole number of periods.
fn whole(ahead: f64) -> Result<u32, Error> {
    const EXPECTED: &str = "a whole number of periods, from 0 to 100 000";
    finite_in("periods ahead", ahead, 0.0..=1e5, EXPECTED)?;
    if ahead.fract() != 0.0 {
        return Err(Error::OutOfRange { field: "periods ahead", expected: EXPECTED, value: ahead.to_string() });
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    Ok(ahead as u32)
}

impl Kernel for BgBb {
    type History = PeriodHistory;
    const NAME: &'static str = "BG/BB";
    const PARAMETERS: [&'static str; 4] = ["alpha", "beta", "gamma", "delta"];
    const IS_TIME: [bool; 4] = [false; 4];
    const BUYS_MORE: [f64; 4] = [1.0, 0.0, 0.0, 0.0];
    const LEAVES_MORE: [f64; 4] = [0.0, 0.0, 1.0, 0.0];

    fn unchecked([alpha, beta, gamma, delta]: [f64; 4]) -> Self {
        Self { alpha, beta, gamma, delta }
    }

    fn derivatives(&self, histories: &[(PeriodHistory, f64)], _digits: Digits) -> Derivatives<4> {
        let mut total = Derivatives::ZERO;
        for (history, weight) in histories {
            total.add(&self.one(history), *weight);
        }
        total
    }

    fn start(_mean_purchases: f64) -> [f64; 4] {
        [1.0, 1.0, 1.0, 3.0]
    }

    fn live(&self, age: f64, ahead: f64, generator: &mut ChaCha8Rng) -> Result<Simulated<PeriodHistory>, Error> {
        let (seen, next) = (whole(age)?, whole(ahead)?);
        let buys = beta(self.alpha, self.beta, generator);
        let leaves = beta(self.gamma, self.delta, generator);
        let (mut purchases, mut last, mut after) = (0, 0, 0);
        for period in 1..=seen + next {
            if happens(leaves, generator) {
                break;
            }
            if happens(buys, generator) {
                if period <= seen {
                    purchases += 1;
                    last = period;
                } else {
                    after += 1;
                }
            }
        }
        Ok(Simulated { history: PeriodHistory::new(purchases, last, seen)?, next: after })
    }

    fn dropout(&self) -> f64 {
        self.gamma / (self.gamma + self.delta)
    }
}

impl BgBb {
    fn one(&self, history: &PeriodHistory) -> Derivatives<4> {
        let Self { alpha, beta, gamma, delta } = *self;
        let (x, last) = (history.purchases(), history.last());
        let mut buys = [Rise::by(alpha, x), Rise::by(beta, last - x), Rise::by(alpha + beta, last)];
        let mut stays = [Rise::by(delta, last), Rise::by(gamma + delta, last)];
        // A chain of periods: ln of B(α+x, β+silent) B(γ, δ+stayed) over their beginnings, and whether it ends by leaving.
        let term = |buys: &[Rise; 3], stays: &[Rise; 2], leaves: Option<f64>| {
            let mut term = Derivatives {
                value: buys[0].value + buys[1].value - buys[2].value + stays[0].value - stays[1].value,
                gradient: [
                    buys[0].slope - buys[2].slope,
                    buys[1].slope - buys[2].slope,
                    -stays[1].slope,
                    stays[0].slope - stays[1].slope,
                ],
                hessian: [
                    [buys[0].curve - buys[2].curve, -buys[2].curve, 0.0, 0.0],
                    [0.0, buys[1].curve - buys[2].curve, 0.0, 0.0],
                    [0.0, 0.0, -stays[1].curve, -stays[1].curve],
                    [0.0, 0.0, 0.0, stays[0].curve - stays[1].curve],
                ],
            };
            if let Some(stayed) = leaves {
                let all = gamma + delta + stayed;
                term.value += libm::log(gamma / all);
                term.gradient[2] += 1.0 / gamma - 1.0 / all;
                term.gradient[3] -= 1.0 / all;
                term.hessian[2][2] += 1.0 / (all * all) - 1.0 / (gamma * gamma);
                term.hessian[2][3] += 1.0 / (all * all);
                term.hessian[3][3] += 1.0 / (all * all);
            }
            term
        };
        let mut sum = LogSum::NOTHING;
        for period in last..history.periods() {
            let at = f64::from(period);
            sum.add(&term(&buys, &stays, Some(at)));
            buys[1].step(beta + at - f64::from(x));
            buys[2].step(alpha + beta + at);
            stays[0].step(delta + at);
            stays[1].step(gamma + delta + at);
        }
        sum.add(&term(&buys, &stays, None));
        sum.finish()
    }
}

#[cfg(feature = "serde")]
mod stored {
    crate::stored::through_constructor!(BgBb { alpha: f64, beta: f64, gamma: f64, delta: f64 });
}
