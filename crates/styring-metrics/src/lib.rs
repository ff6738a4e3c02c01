//! Marketing metrics from merged facts: no NaN, no silent zero, no average of averages.
//!
//! ```
//! use styring_metrics::{Kpi, Outcome, RollUp, Row};
//! use styring_money::{Currency, Rounding};
//!
//! let mut channels = RollUp::new(Currency::NOK);
//! let row = |spend: &str, clicks, orders: i64| Row {
//!     spend: spend.parse().ok(), clicks: Some(clicks), orders: Some(orders.into()), ..Row::default()
//! };
//! channels.add("VG", &row("NOK 9000.00", 1_200, 20))?;
//! channels.add("DOOH Oslo", &row("NOK 5000.00", 0, 0))?;
//!
//! // Spend without an order ranks last, not first.
//! let ranking = channels.rank(Kpi::Cpo).expect("lower costs are better");
//! assert_eq!(*ranking.ranked[0].0, "VG");
//! assert_eq!(channels.total()?.kpi(Kpi::Cpo).money(Rounding::HalfEven)?, Outcome::Value("NOK 700.00".parse()?));
//! # Ok::<(), styring_metrics::Error>(())
//! ```
//!
//! # Modules by what you look for
//!
//! - Adding up results: [`Row`], [`Facts`], [`RollUp`].
//! - Reading KPIs: [`Kpi`], [`Ratio`], [`Outcome`]; best first: [`rank`].
//! - Contribution margin from order lines: [`Sales`]; from totals: [`Facts::contribution`], [`BreakEven`].
//! - Quality of delivery: [`Quality`] from [`Visibility`] and [`Frequency`]; people: [`Reach`].
//! - One number per channel or creative, with its uncertainty: [`EffectScoring`].
//! - The mean that dashboards show and should not: [`MeanOfRowRatios`].
//!
//! # Features
//!
//! `serde`: every public data type.

mod check;
mod effect_score;
mod error;
mod fact;
mod facts;
mod kpi;
mod quality;
mod rank;
mod ratio;
mod reach;
mod roll_up;
mod row_ratios;
mod sales;

pub use effect_score::{Comparison, Contributions, Delivery, EffectScore, EffectScoring, ScoreWeights, Target};
pub use error::Error;
pub use fact::Fact;
pub use facts::{Facts, Row};
pub use kpi::{Better, BreakEven, Kpi, Margin};
pub use quality::{Frequency, FrequencyBand, MeasuredVisibility, Quality, Visibility};
pub use rank::{Ranking, rank};
pub use ratio::{Outcome, Ratio};
pub use reach::Reach;
pub use roll_up::RollUp;
pub use row_ratios::MeanOfRowRatios;
pub use sales::{OrderCosts, OrderLine, Sales, VatRate};
