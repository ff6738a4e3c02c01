use styring_playbook::GoalReview;

use crate::{Error, Source, page, terminal};

/// How a goal is doing, for the people who set it.
///
/// ```
/// use styring_metrics::{Goal, RollUp, Row};
/// use styring_playbook::{DayGroup, GoalReview, GoalSpec, Plan};
/// use styring_report::{GoalReport, Source};
/// # let spec = serde_json::from_str(r#"{
/// #     "campaign": {"name": "Launch", "currency": "NOK", "first_day": "2025-09-01", "result": "orders"},
/// #     "budget": {"per_week": 20000}, "rhythm": {"reading": "budget-scaled"},
/// #     "channels": [{"name": "VG", "goal_per_week": 100, "target_cost": 200}]}"#)?;
/// # let plan = Plan::new(spec)?;
/// # let mut facts = RollUp::new(plan.campaign.currency);
/// # for day in 0..10 {
/// #     let row = Row { spend: "NOK 2000.00".parse().ok(), orders: Some((10 + day % 3).into()), ..Row::default() };
/// #     let day = plan.campaign.first_day + chrono::Days::new(u64::try_from(day)?);
/// #     facts.add(DayGroup { day, channel: "VG".to_owned() }, &row)?;
/// # }
/// let sentence = "Øke ordrer til 300 på 28 dager";
/// let review = GoalReview::new(&plan, &GoalSpec::new(sentence.parse::<Goal>()?), &facts)?;
/// let source = Source { name: "september.csv".to_owned(), rows: 10, used: 10, ..Source::default() };
/// let report = GoalReport { campaign: &plan.campaign.name, sentence, review: &review, source: &source };
/// assert!(report.html()?.contains("109 of 300 after 10 of 28 days"));
/// println!("{}", report.terminal(100));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct GoalReport<'a> {
    /// The name of the campaign.
    pub campaign: &'a str,
    /// The goal as it was said.
    pub sentence: &'a str,
    /// How it is doing.
    pub review: &'a GoalReview,
    /// What was read.
    pub source: &'a Source,
}

impl GoalReport<'_> {
    /// The whole report as one HTML page that needs nothing else, like that of the [week](crate::WeeklyReport::html).
    ///
    /// Errors: a chart that cannot be drawn.
    pub fn html(&self) -> Result<String, Error> {
        page::goal_html(self)
    }

    /// The report in brief for a terminal of this many columns, like that of the [week](crate::WeeklyReport::terminal).
    pub fn terminal(&self, width: u16) -> String {
        terminal::print_goal(self, width)
    }
}
