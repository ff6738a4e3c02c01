//! Customer lifetime value.

mod check;
mod error;
mod history;

pub use error::Error;
pub use history::{Histories, History, PeriodHistory, TimeUnit};
