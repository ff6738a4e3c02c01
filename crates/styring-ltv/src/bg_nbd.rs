use rand_chacha::ChaCha8Rng;

use crate::derivatives::Derivatives;
use crate::geometric::Geometric;
use crate::kernel::Kernel;
use crate::quadrature::Digits;
use crate::{Counts, Error, Future, History, Horizon, PurchaseModel, Simulated};

/// BG/NBD: purchases at a rate of the customer's own, and after each repeat purchase a chance of the customer's own to be gone for good.
///
/// Rates are spread as Gamma(r, α), chances to drop out as Beta(a, b). A customer without repeat purchases had no chance to drop out, so `p_alive` is 1; where that matters
/// (whom to win back), take [`MbgNbd`](crate::MbgNbd). Source: Fader, Hardie and Lee 2005, *Marketing Science* 24.
///
/// ```
/// use styring_ltv::{BgNbd, History, PurchaseModel};
///
/// let model = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
/// assert_eq!(model.p_alive(&History::new(0, 0.0, 38.86)?), 1.0);
/// // A new customer's repeat purchases in 39 weeks.
/// assert!((model.future(&History::NEW, 39.0)?.mean - 1.197).abs() < 1e-3);
/// # Ok::<(), styring_ltv::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::BgNbd"))]
pub struct BgNbd(Geometric<false>);

impl BgNbd {
    /// A model of these parameters; α is in units of time.
    ///
    /// Errors: a parameter that is not between 1e-50 and 1e50.
    pub fn new(r: f64, alpha: f64, a: f64, b: f64) -> Result<Self, Error> {
        Self::from_parameters([r, alpha, a, b])
    }
}

impl PurchaseModel for BgNbd {
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

impl Kernel for BgNbd {
    type History = History;
    const NAME: &'static str = "BG/NBD";
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
    crate::stored::through_constructor!(BgNbd { r: f64, alpha: f64, a: f64, b: f64 });
}
