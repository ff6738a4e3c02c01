//! The weekly report: what to do next, why, and how sure that is, as one self-contained HTML page, as tables for a terminal, and as charts on their own.
//!
//! ```
//! use std::collections::BTreeMap;
//! use styring_metrics::{RollUp, Row};
//! use styring_playbook::{Group, Plan, Results, Review, Span};
//! use styring_report::{Source, WeeklyReport};
//! # let spec = serde_json::from_str(r#"{
//! #     "campaign": {"name": "Launch", "currency": "NOK", "first_day": "2025-09-01", "result": "orders"},
//! #     "budget": {"per_week": 20000}, "rhythm": {"reading": "budget-scaled"},
//! #     "channels": [
//! #         {"name": "VG", "goal_per_week": 50, "target_cost": 200},
//! #         {"name": "TV 2", "goal_per_week": 50, "target_cost": 200}
//! #     ]}"#)?;
//!
//! let plan = Plan::new(spec)?;
//! let mut facts = RollUp::new(plan.campaign.currency);
//! for week in 1..=2 {
//!     for (channel, orders) in [("VG", 60), ("TV 2", 40)] {
//!         let group = Group { week, channel: channel.to_owned(), ..Group::default() };
//!         let row = Row { spend: Some("NOK 10000.00".parse()?), orders: Some(orders.into()), ..Row::default() };
//!         facts.add(group, &row)?;
//!     }
//! }
//! let last_day = plan.campaign.first_day + chrono::Days::new(13);
//! let review = Review::new(&plan, &Results { facts, frequency: BTreeMap::new(), span: Span::Until(last_day) })?;
//! let source = Source { name: "september.csv".to_owned(), rows: 4, used: 4, ..Source::default() };
//!
//! let report = WeeklyReport { plan: &plan, review: &review, source: &source };
//! let page = report.html()?; // a whole page: write it to a file, send it by e-mail
//! assert!(page.contains("moves from 1 channel to 1. The total is not raised."));
//! println!("{}", report.terminal(100));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Pure: values in, text out. The page needs no script, no font, no other file and no network, fits a phone, a laptop and a printed sheet, and is the same byte
//! for byte for the same input. Amounts and ratios are rounded once, half-even, from the exact value; a figure that does not exist says why in words.
//!
//! # Modules by what you look for
//!
//! - The page and the terminal tables: [`WeeklyReport`]; what was read, and what was set aside: [`Source`], [`Finding`], [`ExtraSum`].
//! - A goal followed day by day, as a page and for the terminal: [`GoalReport`].
//! - Customers, what they were worth and will be, as a page and for the terminal: [`LifetimeReport`].
//! - Audiences, what they have in common and who is taken out of which, as a page and for the terminal: [`OverlapReport`], of [`overlap::Overlap`].
//! - A log of impressions: reach, frequency, channels, caps, as a page and for the terminal: [`ReachReport`].
//! - A test by regions, as a page and for the terminal: [`GeoReport`].
//! - A test of variants: the decision, the effect, its course: [`TestReport`].
//! - How large and how long a test has to be: [`PlanTestReport`].
//! - A chart on its own, as SVG: [`charts`].

pub mod charts;
mod error;
mod figures;
mod geo_report;
mod geo_words;
mod goal_report;
mod goal_words;
mod lifetime_report;
mod lifetime_words;
mod numbers;
pub mod overlap;
mod overlap_report;
mod overlap_words;
mod page;
mod period;
mod plan_test_report;
mod reach_report;
mod reach_words;
mod source;
mod terminal;
mod test_report;
mod test_words;
mod text;
mod weekly_report;
mod words;

pub use error::Error;
pub use geo_report::GeoReport;
pub use goal_report::GoalReport;
pub use lifetime_report::LifetimeReport;
pub use overlap_report::OverlapReport;
pub use plan_test_report::PlanTestReport;
pub use reach_report::ReachReport;
pub use source::{ExtraSum, Finding, Source};
pub use test_report::TestReport;
pub use weekly_report::WeeklyReport;
pub(crate) use weekly_report::check;
