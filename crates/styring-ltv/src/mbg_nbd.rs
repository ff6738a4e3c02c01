use rand_chacha::ChaCha8Rng;

use crate::derivatives::Derivatives;
use crate::geometric::Geometric;
use crate::kernel::Kernel;
use crate::quadrature::Digits;
use crate::{Counts, Error, Future, History, Horizon, PurchaseModel, Simulated};

/// MBG/NBD: as [`BgNbd`](crate::BgNbd), with a chance to drop out after the first purchase too.
///
/// So a customer who was never seen again may be gone. Sources: Batislam, Denizel and Filiztekin 2007, *International Journal of Research in Marketing* 24; Hoppe and Wagner 2007,
/// *Marketing ZFP* 29.
///
/// ```
/// use styring_ltv::{MbgNbd, History, PurchaseModel};
///
/// let model = MbgNbd::new(0.525, 6.183, 0.891, 1.614)?;
/// assert!((model.p_alive(&History::new(0, 0.0, 38.86)?) - 0.390).abs() < 1e-3);
/// # let _ = model.future(&History::NEW, 39.0)?;
/// # Ok::<(), styring_ltv::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::MbgNbd"))]
pub struct MbgNbd(Geometric<true>);

impl MbgNbd {
    /// A model of these parameters; α is in units of time.
    ///
    /// Errors: a parameter that is not between 1e-50 and 1e50.
    pub fn new(r: f64, alpha: f64, a: f64, b: f64) -> Result<Self, Error> {
        Self::from_parameters([r, alpha, a, b])
    }
}

impl PurchaseModel for MbgNbd {
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

impl Kernel for MbgNbd {
    type History = History;
    const NAME: &'static str = "MBG/NBD";
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
    crate::stored::through_constructor!(MbgNbd { r: f64, alpha: f64, a: f64, b: f64 });
}
