//! Customer lifetime value.

mod bg_bb;
mod bg_nbd;
mod check;
mod counts;
mod derivatives;
mod error;
mod estimates;
mod fit;
mod gamma_ratio;
mod gamma_gamma;
mod geometric;
mod history;
mod kernel;
mod maximum;
mod mbg_nbd;
mod model;
mod pareto_nbd;
mod quadrature;
mod sbg;
mod simulate;

pub use bg_bb::BgBb;
pub use bg_nbd::BgNbd;
pub use counts::Counts;
pub use error::Error;
pub use estimates::{Estimate, Estimates, Identified};
pub use fit::Fit;
pub use gamma_gamma::{GammaGamma, Spending};
pub use history::{Histories, History, PeriodHistory, TimeUnit};
pub use mbg_nbd::MbgNbd;
pub use model::{Future, Horizon, PurchaseModel};
pub use pareto_nbd::ParetoNbd;
pub use sbg::{Renewals, ShiftedBetaGeometric};
pub use simulate::{Seed, Simulated};
