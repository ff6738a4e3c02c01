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
//! - How sure a KPI is: [`count_limits`], [`cost_limits`], [`rate_limits`], [`OrderValues`]; when to stop: [`StopRule`].
//! - Results that are still coming: [`ClickCohorts`] and their [`Maturity`].
//! - Small groups not ranked by luck: [`RatePrior`], [`SharePrior`]. What the advertising caused: [`Incrementality`]. What a useful contact costs: [`QualityPrice`].
//! - Goals in one sentence, pace and chance: [`Goal`], [`Progress`]; the words of the trade in two languages: [`Measure`].
//! - The mean that dashboards show and should not: [`MeanOfRowRatios`].
//!
//! # Features
//!
//! `serde`: every public data type.

mod check;
mod click_cohorts;
mod effect_score;
mod error;
mod fact;
mod facts;
mod goal;
mod incrementality;
mod kpi;
mod limits;
mod matured;
mod maturity;
mod measure;
mod order_values;
mod progress;
mod quality;
mod quality_price;
mod rank;
mod ratio;
mod reach;
mod roll_up;
mod row_ratios;
mod sales;
mod sentence;
mod shrinkage;
mod stop_loss;

pub use click_cohorts::{ClickCohorts, ConversionWindow, Dating, Period};
pub use effect_score::{Comparison, Contributions, Delivery, EffectScore, EffectScoring, ScoreWeights, Target};
pub use error::Error;
pub use fact::Fact;
pub use facts::{Facts, Row};
pub use goal::{Change, Direction, Goal};
pub use incrementality::{IncrementalCost, IncrementalResults, Incrementality};
pub use kpi::{Better, BreakEven, Kpi, Margin};
pub use limits::{Confidence, Limits, RateMethod, cost_limits, count_limits, rate_limits, spend_to_reject};
pub use matured::{Matured, MaturedKpi, MaturityMethod};
pub use maturity::{ErrorBasis, LagCompletion, Maturity};
pub use measure::Measure;
pub use order_values::{Order, OrderValues};
pub use progress::{DailyValues, Progress};
pub use quality::{Frequency, FrequencyBand, MeasuredVisibility, Quality, Visibility};
pub use quality_price::{CheapReach, QualityPrice, cheap_reach};
pub use rank::{Ranking, rank};
pub use ratio::{Outcome, Ratio};
pub use reach::Reach;
pub use roll_up::RollUp;
pub use row_ratios::MeanOfRowRatios;
pub use sales::{OrderCosts, OrderLine, Sales, VatRate};
pub use shrinkage::{Exposed, RatePrior, SharePrior};
pub use stop_loss::{StopCheck, StopDecision, StopRule};
