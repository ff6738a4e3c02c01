use rand_chacha::ChaCha8Rng;

use crate::derivatives::Derivatives;
use crate::geometric::{Geometric, geometric_model};
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

geometric_model!(MbgNbd, "MBG/NBD");
