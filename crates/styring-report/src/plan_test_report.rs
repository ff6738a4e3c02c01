use styring_playbook::{PlannedTest, PlannedTestSpec};

use crate::{Error, page, terminal};

/// How large a test has to be and how long, by each way of reading it.
///
/// ```
/// use styring_experiments::planning::{Effect, Metric};
/// use styring_playbook::{PlannedTest, PlannedTestSpec};
/// use styring_report::PlanTestReport;
///
/// let mut spec = PlannedTestSpec::new(Metric::share(0.02)?);
/// (spec.effect, spec.visitors_per_day) = (Some(Effect::Relative(0.10)), Some(9_000.0));
/// let planned = PlannedTest::of(&spec)?;
/// let report = PlanTestReport { planned: &planned, spec: &spec };
/// println!("{}", report.terminal(100));
/// assert!(report.html()?.contains("at planned looks"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct PlanTestReport<'a> {
    /// What was planned.
    pub planned: &'a PlannedTest,
    /// What it was planned for.
    pub spec: &'a PlannedTestSpec,
}

impl PlanTestReport<'_> {
    /// The whole report as one HTML page that needs nothing else, like that of the [week](crate::WeeklyReport::html).
    ///
    /// Errors: a chart that cannot be drawn.
    pub fn html(&self) -> Result<String, Error> {
        page::plan_test_html(self)
    }

    /// The report in brief for a terminal of this many columns, like that of the [week](crate::WeeklyReport::terminal).
    pub fn terminal(&self, width: u16) -> String {
        terminal::print_plan_test(self, width)
    }
}
