//! Steer performance marketing by measured effect: one dependency, one feature per crate.
//!
//! ```
//! use styring::metrics::{Kpi, RollUp, Row};
//! use styring::money::{Currency, Rounding};
//!
//! let mut channels = RollUp::new(Currency::NOK);
//! let row = Row { spend: "NOK 9000.00".parse().ok(), orders: Some(20.into()), ..Row::default() };
//! channels.add("VG", &row)?;
//! let cost = channels.total()?.kpi(Kpi::Cpo).money(Rounding::HalfEven)?;
//! assert_eq!(cost.value(), "NOK 450.00".parse().ok());
//! # Ok::<(), styring::metrics::Error>(())
//! ```
//!
//! | feature | crate | its room |
//! |---|---|---|
//! | always | [`money`] | currencies, exact amounts, rounding once, splitting to the minor unit |
//! | `metrics` (default) | [`metrics`] | facts, KPIs, contribution margin, effect score |
//! | `ltv` | [`ltv`] | customer lifetime value: observed cohorts, purchase models, intervals |
//! | `triangle` | [`triangle`] | development triangles: the chain ladder with Mack's errors |
//! | `segments` | [`segments`] | names, overlap, negative lists, events, customer keys, signals |
//! | `reach` | [`reach`] | frequency caps, reach from logs and models, sequencing |
//! | `experiments` | [`experiments`] | fixed, sequential, group-sequential and Bayesian tests, holdouts, planning |
//! | `response` | [`response`] | response curves: value, derivatives, inverses |
//! | `allocation` (default) | [`allocation`] | budgets: policies, guardrails, reasons |
//! | `simulator` | [`simulator`] | markets with a known truth, policies measured in them |
//! | `playbook` | [`playbook`] | the plan and the weekly review |
//! | `report` | [`report`] | charts, the HTML and the terminal report |
//! | `serde` | | serde for every public data type |
//! | `full` | | all of them |
//!
//! Every crate can be used alone; this one only gathers them.

#[cfg(feature = "allocation")]
#[doc(inline)]
pub use styring_allocation as allocation;
#[cfg(feature = "experiments")]
#[doc(inline)]
pub use styring_experiments as experiments;
#[cfg(feature = "ltv")]
#[doc(inline)]
pub use styring_ltv as ltv;
#[cfg(feature = "metrics")]
#[doc(inline)]
pub use styring_metrics as metrics;
#[doc(inline)]
pub use styring_money as money;
#[cfg(feature = "playbook")]
#[doc(inline)]
pub use styring_playbook as playbook;
#[cfg(feature = "reach")]
#[doc(inline)]
pub use styring_reach as reach;
#[cfg(feature = "report")]
#[doc(inline)]
pub use styring_report as report;
#[cfg(feature = "response")]
#[doc(inline)]
pub use styring_response as response;
#[cfg(feature = "segments")]
#[doc(inline)]
pub use styring_segments as segments;
#[cfg(feature = "simulator")]
#[doc(inline)]
pub use styring_simulator as simulator;
#[cfg(feature = "triangle")]
#[doc(inline)]
pub use styring_triangle as triangle;
