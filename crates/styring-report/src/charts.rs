//! The pictures of the report, each a whole SVG document that needs no font, script or other file.
//!
//! They draw to a width in pixels, so that text keeps its size: [`WIDE`] for a laptop and [`NARROW`] for a phone; less than [`NARROW`] counts as that. From 560
//! on, names stand beside their bars, below that above them. Every SVG carries a title and a description, and no `id`, so that several may stand in one page.
//!
//! ```
//! # use std::collections::BTreeMap;
//! # use styring_metrics::{RollUp, Row};
//! # use styring_playbook::{Group, Plan, Results, Review, Span};
//! # let spec = serde_json::from_str(r#"{
//! #     "campaign": {"name": "Launch", "currency": "NOK", "first_day": "2025-09-01", "result": "orders"},
//! #     "budget": {"per_week": 20000}, "rhythm": {"reading": "budget-scaled"},
//! #     "channels": [
//! #         {"name": "VG", "goal_per_week": 50, "target_cost": 200},
//! #         {"name": "TV 2", "goal_per_week": 50, "target_cost": 200}
//! #     ]}"#)?;
//! # let plan = Plan::new(spec)?;
//! # let mut facts = RollUp::new(plan.campaign.currency);
//! # let row = Row { spend: Some("NOK 10000.00".parse()?), orders: Some(60.into()), ..Row::default() };
//! # facts.add(Group { week: 1, channel: "VG".to_owned(), ..Group::default() }, &row)?;
//! # let last_day = plan.campaign.first_day + chrono::Days::new(6);
//! # let review = Review::new(&plan, &Results { facts, frequency: BTreeMap::new(), span: Span::Until(last_day) })?;
//! let svg = styring_report::charts::budget(&plan, &review, styring_report::charts::WIDE)?;
//! assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"860\""));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod added;
mod added_reach;
mod bars;
mod budget;
mod calendar;
mod canvas;
mod caps;
mod channel_reach;
mod channels;
mod channels_met;
mod cohorts;
mod concentration;
mod contacts;
mod cost;
mod counterfactual;
mod daily_effect;
mod day_axis;
mod days_plot;
mod frequency;
mod goal;
mod goal_days;
mod k_plus;
mod label;
mod legend;
pub(crate) mod palette;
mod placebos;
mod plot;
mod ratio_axis;
mod reach_curve;
mod running_effect;
mod scale;
mod score;
mod spend;
mod test_course;
mod test_effects;
mod test_evidence;
mod test_power;
mod tracking;
mod up_set;
mod value_curve;
mod waterfall;
mod week_axis;

pub use added::added;
pub use added_reach::added_reach;
pub use budget::budget;
pub use caps::caps;
pub use channel_reach::channel_reach;
pub use channels::channels;
pub use channels_met::channels_met;
pub use cohorts::cohorts;
pub use concentration::concentration;
pub use contacts::contacts;
pub(crate) use contacts::frequencies;
pub use cost::cost;
pub use counterfactual::counterfactual;
pub use daily_effect::daily_effect;
pub use frequency::frequency;
pub use goal::goal;
pub use goal_days::goal_days;
pub use k_plus::k_plus;
pub use placebos::placebos;
pub use reach_curve::reach_curve;
pub use running_effect::running_effect;
pub use score::score;
pub use spend::spend;
pub use test_course::test_course;
pub use test_effects::test_effects;
pub use test_evidence::test_evidence;
pub(crate) use test_power::READINGS;
pub use test_power::{test_power, test_weeks};
pub(crate) use tracking::compared;
pub use tracking::{tracking, tracking_of};
pub use up_set::up_set;
pub use value_curve::value_curve;
pub use waterfall::waterfall;

/// A width for a laptop or a printed page, in pixels.
pub const WIDE: u32 = 860;
/// A width for a phone, in pixels.
pub const NARROW: u32 = 328;

/// Air between the edge of a chart and what is drawn.
const PAD: f64 = 12.0;

/// A width that holds a chart, and whether names stand beside what they name.
fn layout(width: u32) -> (f64, bool) {
    let width = width.clamp(NARROW, 4000);
    (f64::from(width), width >= 560)
}
