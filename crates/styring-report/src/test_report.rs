use styring_playbook::Tested;

use crate::{Error, Source, page, terminal};

/// What a test of variants says: the decision, the effect with what is not contradicted, its course against the boundary, and whether the arms can be compared at all.
///
/// ```
/// use styring_playbook::{TestRows, Tested, TestedSpec};
/// use styring_report::{Source, TestReport};
///
/// let first = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).ok_or("a day")?;
/// let mut rows = TestRows::of_conversions();
/// for day in 0..14 {
///     rows.count(Some(first + chrono::Days::new(day)), "control", 1_000, 20 + day % 3)?;
///     rows.count(Some(first + chrono::Days::new(day)), "new form", 1_000, 31 + day % 4)?;
/// }
/// let tested = Tested::of(&rows, &TestedSpec::default())?;
/// let source = Source { name: "test.csv".to_owned(), rows: 28, used: 28, ..Source::default() };
///
/// let report = TestReport { tested: &tested, metric: "conversion rate", spend: None, source: &source };
/// let page = report.html()?; // a whole page: write it to a file, send it by e-mail
/// assert!(page.contains("new form is better than control"));
/// println!("{}", report.terminal(100));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct TestReport<'a> {
    /// What the test says.
    pub tested: &'a Tested,
    /// What is compared, as a noun: "conversion rate", "revenue per customer".
    pub metric: &'a str,
    /// What the treatment cost, if it was said.
    pub spend: Option<f64>,
    /// What was read.
    pub source: &'a Source,
}

impl TestReport<'_> {
    /// The whole report as one HTML page that needs nothing else, like that of the [week](crate::WeeklyReport::html).
    ///
    /// Errors: a chart that cannot be drawn.
    pub fn html(&self) -> Result<String, Error> {
        page::test_html(self)
    }

    /// The report in brief for a terminal of this many columns, like that of the [week](crate::WeeklyReport::terminal).
    pub fn terminal(&self, width: u16) -> String {
        terminal::print_test(self, width)
    }
}
