//! Customer lifetime value.

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
mod month;
mod observed;
mod pareto_nbd;
mod quadrature;
mod quantile;
mod sbg;
mod simulate;
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
