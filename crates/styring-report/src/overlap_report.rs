use styring_segments::Language;

use crate::overlap::Overlap;
use crate::{Error, Source, page, terminal};

/// Who is in which audience, what audiences share, who is left of each, and which lists to exclude from which: for the people who set up a campaign.
///
/// ```
/// use styring_report::overlap::{Overlap, OverlapSpec};
/// use styring_report::{OverlapReport, Source};
/// use styring_segments::Language;
/// use styring_segments::exclusions::{PlanOptions, Segment};
/// use styring_segments::overlap::{Audiences, SortedIds};
///
/// let audiences = Audiences::new([
///     ("Kjøpt", (0..2_000).collect::<SortedIds>()),
///     ("Prospect", (1_500..9_000).collect()),
/// ])?;
/// let priority = [Segment::exclude_only("Kjøpt"), Segment::target("Prospect")];
/// let spec = OverlapSpec { priority: &priority, options: PlanOptions::default(), top: 20, least: None };
/// let overlap = Overlap::of(&audiences, &spec)?;
/// let source = Source { name: "kjøpt.csv, prospect.csv".to_owned(), rows: 9_500, used: 9_500, ..Source::default() };
///
/// let report = OverlapReport { overlap: &overlap, source: &source, notes: &[], language: Language::Norwegian };
/// let page = report.html()?; // a whole page: write it to a file, send it by e-mail
/// assert!(page.contains("Ekskluder: Kjøpt (500)."));
/// println!("{}", report.terminal(100));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct OverlapReport<'a> {
    /// What the audiences have in common.
    pub overlap: &'a Overlap,
    /// What was read; its `assumptions` say it file by file.
    pub source: &'a Source,
    /// What else a reader must know, in sentences.
    pub notes: &'a [String],
    /// The language of what is done with each segment; the rest is in English.
    pub language: Language,
}

impl OverlapReport<'_> {
    /// The whole report as one HTML page that needs nothing else, like that of the [week](crate::WeeklyReport::html). It names audiences and no people.
    ///
    /// Errors: a chart that cannot be drawn.
    pub fn html(&self) -> Result<String, Error> {
        page::overlap_html(self)
    }

    /// The report in brief for a terminal of this many columns, like that of the [week](crate::WeeklyReport::terminal).
    pub fn terminal(&self, width: u16) -> String {
        terminal::print_overlap(self, width)
    }
}
