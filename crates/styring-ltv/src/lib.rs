//! Customer lifetime value: what customers have been worth, and what they will be, with how sure that is.
//!
//! ```
//! use chrono::{Days, NaiveDate};
//! use styring_ltv::{BgNbd, Histories, PurchaseModel, TimeUnit, Transactions};
//! use styring_money::{Currency, Money};
//!
//! let start = NaiveDate::from_ymd_opt(2025, 1, 6).expect("a date");
//! let mut orders = Transactions::new(Currency::NOK);
//! for customer in 0..500_u64 {
//!     // Every customer comes once; some come back.
//!     for visit in 0..1 + customer * customer % 11 / 4 {
//!         let day = start + Days::new(customer % 60 + visit * (9 + customer % 31));
//!         orders.add(customer, day, "NOK 349.00".parse::<Money>()?)?;
//!     }
//! }
//!
//! let until = start + Days::new(300);
//! let customers = orders.summarise(until, TimeUnit::WEEK)?;
//! let histories: Histories<_> = customers.iter().map(|customer| customer.history()).collect();
//! let fit = BgNbd::fit(&histories)?;
//!
//! let in_90_days = TimeUnit::WEEK.days(90.0);
//! let orders_to_come = fit.total(&histories, in_90_days)?; // of all customers
//! let (low, high) = orders_to_come.interval(0.90)?;
//! assert!(low <= orders_to_come.mean && orders_to_come.mean <= high);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Modules by what you look for
//!
//! - From orders to histories: [`Transactions`], [`Customer`], [`TimeUnit`]; [`History`] and [`PeriodHistory`], grouped in [`Histories`].
//! - What cohorts have been worth: [`ObservedValue`], with payback and [`LtvToCac`]; what young ones will be: [`CohortTable`].
//! - How often customers buy: [`PurchaseModel`], which [`BgNbd`], [`MbgNbd`], [`ParetoNbd`] and, in periods, [`BgBb`] are; with a channel or campaign: [`CovariateFit`].
//! - What they spend: [`GammaGamma`]. Both together: [`LifetimeValue`].
//! - Subscriptions: [`ShiftedBetaGeometric`].
//! - How sure: [`Fit`] and its [`Estimates`], [`Total`] for cohorts and portfolios, [`Counts`] and [`ValueDistribution`] for a customer.
//! - Which model, and does it fit: [`compare`], [`frequency_table`], [`expected_repeats`], [`holdout_table`], [`value_and_frequency`].
//! - Customers of a known truth: [`PurchaseModel::simulate`], [`Fit::bootstrap`].
//!
//! # Which model?
//!
//! | customers | model |
//! |---|---|
//! | buy when they like, leave without a word | [`MbgNbd`]; [`BgNbd`] for comparison with others' work; [`ParetoNbd`] where leaving has nothing to do with buying |
//! | buy or not in each period, a year of gifts, a month of deliveries | [`BgBb`] |
//! | pay until they cancel | [`ShiftedBetaGeometric`] |
//!
//! Fit several and [`compare`] them: they agree in most of what matters, and where they do not, the data decide.
//!
//! # Units
//!
//! Times are in any unit, the same throughout; [`TimeUnit`] converts days. Values are in any currency, the same throughout; sums of what was booked are exact
//! ([`styring_money`]), what a model says is an estimate and an `f64`. To set a value against the cost of acquisition, count margins and not revenues.
//!
//! # Features
//!
//! `serde`: every public data type. Orders, histories and tables, models, fits and counts come back too, through their constructors: fit on Sunday, store the [`Fit`], and predict with its intervals all week.
//! Other answers go out only.

mod amount;
mod assessment;
mod bg_bb;
mod bg_nbd;
mod check;
mod cohort_table;
mod counts;
mod covariates;
mod derivatives;
mod error;
mod estimates;
mod fit;
mod gamma_gamma;
mod gamma_ratio;
mod geometric;
mod history;
mod kernel;
mod maximum;
mod mbg_nbd;
mod model;
mod moments;
mod month;
mod observed;
mod pareto_nbd;
mod quadrature;
mod quantile;
mod sbg;
mod simulate;
#[cfg(feature = "serde")]
mod stored;
mod tally;
mod total;
mod transactions;
mod value;
mod value_curve;

pub use assessment::{
    FrequencyRow, FrequencyTable, HoldoutRow, Independence, Ranked, compare, expected_repeats, frequency_table,
    holdout_table, value_and_frequency,
};
pub use bg_bb::BgBb;
pub use bg_nbd::BgNbd;
pub use cohort_table::{CohortProjection, CohortTable, ProjectedCohort, ProjectedValue};
pub use counts::Counts;
pub use covariates::{Coefficient, CovariateFit, Effect, Group};
pub use error::Error;
pub use estimates::{Estimate, Estimates, Identified, LikelihoodRatio};
pub use fit::Fit;
pub use gamma_gamma::{GammaGamma, Spending};
pub use history::{Histories, History, PeriodHistory, TimeUnit};
pub use mbg_nbd::MbgNbd;
pub use model::{Future, Horizon, PurchaseModel};
pub use month::Month;
pub use observed::ObservedValue;
pub use pareto_nbd::ParetoNbd;
pub use sbg::{Renewals, ShiftedBetaGeometric};
pub use simulate::{Seed, Simulated};
pub use total::Total;
pub use transactions::{Customer, HeldOut, RefundDays, Transactions};
pub use value::{LifetimeValue, ValueDistribution};
pub use value_curve::{LtvToCac, ObservedMean, ValueAtAge, ValueCurve};
