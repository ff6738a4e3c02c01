//! Customer lifetime value.

mod amount;
mod check;
mod error;
mod history;
mod tally;
mod transactions;

pub use error::Error;
pub use history::{Histories, History, PeriodHistory, TimeUnit};
pub use transactions::{Customer, HeldOut, RefundDays, Transactions};
