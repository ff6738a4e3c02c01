use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Poisson};

use crate::check::{out_of_range, time_ahead};
use crate::{Error, Fit, Histories, PurchaseModel};

/// The seed of a simulation: the same seed gives the same customers on every machine (ChaCha8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
#[allow(clippy::exhaustive_structs, reason = "a number with a name")]
pub struct Seed(pub u64);

impl Seed {
    pub(crate) fn generator(self) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(self.0)
    }
}

/// A simulated customer: what was seen, and what came after.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[allow(clippy::exhaustive_structs, reason = "what was, and what came")]
pub struct Simulated<H> {
    /// The history until the customer's age.
    pub history: H,
    /// Purchases in the time after it.
    pub next: u32,
}

pub(crate) fn simulate<M: PurchaseModel>(
    model: &M,
    ages: &[f64],
    ahead: f64,
    seed: Seed,
) -> Result<Vec<Simulated<M::History>>, Error> {
    time_ahead("time ahead", ahead)?;
    let mut generator = seed.generator();
    ages.iter()
        .map(|age| {
            time_ahead("age", *age)?;
            model.live(*age, ahead, &mut generator)
        })
        .collect()
}

impl<M: PurchaseModel> Fit<M> {
    /// Fits to resampled customers: how much parameters, and whatever follows from them, would vary from one sample to the next. The check of the standard errors, which
    /// need no refitting.
    ///
    /// Each replicate gives every customer a weight drawn as Poisson(1), which on grouped histories is one draw of Poisson(weight) per distinct history. A sample that cannot be fitted is
    /// left out.
    ///
    /// ```
    /// # use styring_ltv::{BgNbd, Fit, Histories, PurchaseModel, Seed};
    /// # let model = BgNbd::new(0.6, 4.0, 0.8, 2.4)?;
    /// # let ages = vec![30.0; 800];
    /// # let histories: Histories<_> = model.simulate(&ages, 0.0, Seed(1))?.iter().map(|c| c.history).collect();
    /// let samples = Fit::<BgNbd>::bootstrap(&histories, 20, Seed(7))?;
    /// let alphas = samples.iter().map(|fit| fit.model.parameters()[1]);
    /// # assert!(alphas.count() > 15);
    /// # Ok::<(), styring_ltv::Error>(())
    /// ```
    ///
    /// Errors: replicates of which none can be fitted.
    pub fn bootstrap(histories: &Histories<M::History>, replicates: u32, seed: Seed) -> Result<Vec<Self>, Error> {
        let mut generator = seed.generator();
        let mut fits = Vec::new();
        let mut fault = None;
        for _ in 0..replicates {
            let resampled = histories.iter().map(|(history, weight)| {
                let drawn = Poisson::new(weight).map_or(0.0, |poisson| poisson.sample(&mut generator));
                (*history, drawn)
            });
            match Histories::group_weighted(resampled).and_then(|sample| M::fit(&sample)) {
                Ok(fit) => fits.push(fit),
                Err(error) => fault = Some(error),
            }
        }
        match fault {
            Some(fault) if fits.is_empty() => Err(fault),
            _ => Ok(fits),
        }
    }
}

/// The most purchases that a customer is simulated with: a tenth of a second.
const MOST: u32 = 10_000_000;

/// Purchases one after another until the customer's time is over: `until_next` gives the time to the next one, or `None` if there will be none.
pub(crate) fn live_on(
    age: f64,
    ahead: f64,
    mut until_next: impl FnMut() -> Option<f64>,
) -> Result<Simulated<crate::History>, Error> {
    let (mut time, mut purchases, mut last, mut next) = (0.0, 0_u32, 0.0, 0_u32);
    while let Some(wait) = until_next() {
        time += wait;
        if time > age + ahead {
            break;
        }
        if purchases + next == MOST {
            return Err(out_of_range("purchases of a simulated customer", "at most ten million", &"more"));
        }
        if time <= age {
            purchases += 1;
            last = time;
        } else {
            next += 1;
        }
    }
    Ok(Simulated { history: crate::History::new(purchases, last, age)?, next })
}

/// A draw from Gamma(shape) with this rate; zero where it is too small to be told from it.
pub(crate) fn gamma(shape: f64, rate: f64, generator: &mut ChaCha8Rng) -> f64 {
    rand_distr::Gamma::new(shape, 1.0 / rate).map_or(0.0, |gamma| gamma.sample(generator))
}

/// A draw from Beta(a, b), as the share of one of two gamma draws.
pub(crate) fn beta(a: f64, b: f64, generator: &mut ChaCha8Rng) -> f64 {
    let (one, other) = (gamma(a, 1.0, generator), gamma(b, 1.0, generator));
    if one + other > 0.0 {
        return one / (one + other);
    }
    // Both are below the range of f64, where the logarithm of a gamma draw is −E/shape with E exponential, which has no memory of where it began.
    let mut ln = |shape: f64| -> f64 {
        let exponential: f64 = rand_distr::Exp1.sample(generator);
        -exponential / shape
    };
    1.0 / (1.0 + libm::exp(-ln(a) + ln(b)))
}

/// The time to the next purchase at this rate; `None` if there will be none.
pub(crate) fn wait(rate: f64, generator: &mut ChaCha8Rng) -> Option<f64> {
    let exponential: f64 = rand_distr::Exp1.sample(generator);
    (rate > 0.0).then(|| exponential / rate)
}

/// Whether an event of this probability happens.
pub(crate) fn happens(probability: f64, generator: &mut ChaCha8Rng) -> bool {
    let drawn: f64 = rand_distr::StandardUniform.sample(generator);
    drawn < probability
}
