use styring_experiments::Language;
use styring_playbook::{GeoTested, GeoTestedSpec};

use crate::{Error, Source, page, terminal};

/// What a treatment did to the regions that had it, how sure that is, and what it cost: for the people who decide whether to go on.
///
/// ```
/// use chrono::{Days, NaiveDate};
/// use styring_experiments::Language;
/// use styring_money::Exact;
/// use styring_playbook::{GeoTested, GeoTestedSpec, RegionDays};
/// use styring_report::{GeoReport, Source};
///
/// let first = NaiveDate::from_ymd_opt(2025, 9, 1).expect("a date");
/// let mut rows = RegionDays::default();
/// for region in 0..16_u32 {
///     for day in 0..70_u32 {
///         let noise = (70 * region + day).wrapping_mul(2_654_435_761) >> 28;
///         let effect = if region == 3 && day >= 56 { 20 } else { 0 };
///         rows.add(&format!("region {region}"), first + Days::new(day.into()), Exact::from(60 + 4 * (day % 7) + region + noise + effect), None);
///     }
/// }
/// let spec = GeoTestedSpec::new(vec!["region 3".to_owned()], first + Days::new(56));
/// let tested = GeoTested::of(&rows, &spec)?;
/// let source = Source { name: "panel.csv".to_owned(), rows: 1_120, used: 1_120, ..Source::default() };
///
/// let report = GeoReport { tested: &tested, spec: &spec, value: "orders", language: Language::English, source: &source };
/// assert!(report.headline().starts_with("The treatment had an effect on orders"));
/// let page = report.html()?; // a whole page: write it to a file, send it by e-mail
/// assert!(page.contains("Placebos"));
/// println!("{}", report.terminal(100));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct GeoReport<'a> {
    /// What was found.
    pub tested: &'a GeoTested,
    /// What was asked.
    pub spec: &'a GeoTestedSpec,
    /// What is counted, by the name that a reader knows: `orders`, `revenue`.
    pub value: &'a str,
    /// The language of the first sentence; the rest is in English.
    pub language: Language,
    /// What was read.
    pub source: &'a Source,
}

impl GeoReport<'_> {
    /// The whole report as one HTML page that needs nothing else, like that of the [week](crate::WeeklyReport::html).
    ///
    /// Errors: numbers beyond what can be drawn; a chart that cannot be drawn.
    pub fn html(&self) -> Result<String, Error> {
        page::geo_html(self)
    }

    /// The report in brief for a terminal of this many columns, like that of the [week](crate::WeeklyReport::terminal).
    pub fn terminal(&self, width: u16) -> String {
        terminal::print_geo(self, width)
    }

    /// The answer in one plain sentence, in the language of the report.
    pub fn headline(&self) -> String {
        self.headline_in(self.language)
    }
}
