//! Customer lifetime value.

mod amount;
mod check;
mod error;
mod history;
mod observed;
mod quantile;
mod tally;
mod transactions;
mod value_curve;

pub use error::Error;
pub use history::{Histories, History, PeriodHistory, TimeUnit};
pub use observed::ObservedValue;
pub use transactions::{Customer, HeldOut, RefundDays, Transactions};
pub use value_curve::{LtvToCac, ObservedMean, ValueAtAge, ValueCurve};
