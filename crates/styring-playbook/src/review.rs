use std::collections::BTreeMap;

use styring_allocation::{Decision, Reading};
use styring_metrics::{EffectScore, Facts, Quality};
use styring_money::Money;

use crate::weeks::Weeks;
use crate::{CurrentBudget, Error, Note, Plan, Results, Span};

/// A finished week: what happened, how every channel scores, and the next budget with its reasons.
///
/// ```
/// use std::collections::BTreeMap;
/// use chrono::NaiveDate;
/// use styring_metrics::{RollUp, Row};
/// use styring_playbook::{Group, Plan, Results, Review, Span};
/// # let spec = serde_json::from_str(r#"{
/// #     "campaign": {"name": "Launch", "currency": "NOK", "first_day": "2025-09-01", "result": "orders"},
/// #     "budget": {"per_week": 20000}, "rhythm": {"reading": "budget-scaled"},
/// #     "channels": [
/// #         {"name": "VG", "goal_per_week": 50, "target_cost": 200},
/// #         {"name": "TV 2", "goal_per_week": 50, "target_cost": 200}
/// #     ]}"#).expect("a plan");
/// let plan = Plan::new(spec)?; // read by serde from TOML or JSON
///
/// let mut facts = RollUp::new(plan.campaign.currency);
/// for week in 1..=2 {
///     for (channel, orders) in [("VG", 60), ("TV 2", 40)] {
///         let group = Group { week, channel: channel.to_owned(), ..Group::default() };
///         let row = Row { spend: "NOK 10000.00".parse().ok(), orders: Some(orders.into()), ..Row::default() };
///         facts.add(group, &row)?;
///     }
/// }
/// let last_day = NaiveDate::from_ymd_opt(2025, 9, 14).expect("a day");
/// let review = Review::new(&plan, &Results { facts, frequency: BTreeMap::new(), span: Span::Until(last_day) })?;
/// assert_eq!(review.decision.week, 3);
/// assert_eq!(review.decision.total_after, plan.per_week);
/// assert_eq!(review.decision.transfers[0].to, "VG");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Review {
    /// The days that the results cover.
    pub span: Span,
    /// The last week with results.
    pub last_week: u32,
    /// How many days of it there are.
    pub days_in_last_week: u32,
    /// The weeks that were judged together.
    pub window: std::ops::Range<u32>,
    /// The budgets week by week, by channel in the order of the plan, as far as they are known.
    pub budgets: BTreeMap<u32, Vec<Money>>,
    /// The next budget and its reasons.
    pub decision: Decision,
    /// All results.
    pub total: Facts,
    /// The channels in the order of the plan.
    pub channels: Vec<ChannelReview>,
    /// Creatives by channel.
    pub creatives: Vec<PartReview>,
    /// Segments by channel.
    pub segments: Vec<PartReview>,
    /// What a reader must know before believing the rest.
    pub notes: Vec<Note>,
}

/// What one channel did.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ChannelReview {
    /// Its name.
    pub name: String,
    /// All its results.
    pub total: Facts,
    /// Its results in the window that was judged.
    pub window: Facts,
    /// Its results week by week.
    pub weeks: BTreeMap<u32, Facts>,
    /// How well the ads were delivered in the window.
    pub quality: Quality,
    /// The effect score against the goal as it was set.
    pub literal: EffectScore,
    /// The effect score against the goal scaled to what the channel spent.
    pub budget_scaled: EffectScore,
}

impl ChannelReview {
    /// The effect score in a reading.
    pub fn score(&self, reading: Reading) -> &EffectScore {
        match reading {
            Reading::Literal => &self.literal,
            Reading::BudgetScaled => &self.budget_scaled,
        }
    }
}

/// What one creative or segment of a channel did over the whole campaign.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PartReview {
    /// Its channel.
    pub channel: String,
    /// Its name; empty for rows that name none.
    pub name: String,
    /// All its results.
    pub total: Facts,
    /// The effect score, in the reading that decides, against its part of the channel's goal by spend.
    pub score: EffectScore,
}

impl Review {
    /// Reviews the weeks so far and decides the next.
    ///
    /// Errors: no results; results or frequencies of a channel that the plan does not have; results in another currency or in a week outside their span; a span
    /// outside the campaign; a channel whose spend or results are missing in some row.
    pub fn new(plan: &Plan, results: &Results) -> Result<Self, Error> {
        let weeks = Weeks::new(plan, results)?;
        let mut budgets = weeks.known_budgets()?;
        let opening = weeks.opening()?;
        let mut decision = None;
        for week in weeks.calendar.weeks().map(|week| week + 1) {
            // Only a replay can say what the budgets of earlier weeks were.
            if plan.current != CurrentBudget::Replay && week <= weeks.calendar.last_week {
                continue;
            }
            let channels = weeks.channels(week, &budgets, &opening)?;
            let total = weeks.total_of(week, &budgets)?;
            let decided = plan.rhythm.next_with_total(week, total, &channels)?;
            budgets.insert(week, decided.channels.iter().map(|channel| channel.after).collect());
            decision = Some(decided);
        }
        let decision = decision.ok_or(Error::NoResults)?;
        let mut notes = weeks.notes(&budgets, &opening)?;
        let channels = weeks.review_channels(&opening, &mut notes)?;
        Ok(Self {
            span: results.span,
            last_week: weeks.calendar.last_week,
            days_in_last_week: weeks.calendar.days_in_last_week,
            window: weeks.window(decision.week),
            total: results.facts.total()?,
            creatives: weeks.parts(&opening, |group| &group.creative)?,
            segments: weeks.parts(&opening, |group| &group.segment)?,
            channels,
            decision,
            budgets,
            notes,
        })
    }
}
