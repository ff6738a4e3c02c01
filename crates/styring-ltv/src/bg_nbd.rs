use rand_chacha::ChaCha8Rng;

use crate::derivatives::Derivatives;
use crate::geometric::{Geometric, geometric_model};
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

geometric_model!(BgNbd, "BG/NBD");
