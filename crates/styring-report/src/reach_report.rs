use chrono_tz::Tz;
use styring_playbook::{Reached, ReachedSpec};

use crate::{Error, Source, page, terminal};

/// Whom a log of impressions reached, how often and by which channels, who saw too much, and what caps would have done: for the people who plan and cap.
///
/// ```
/// use chrono_tz::Tz;
/// use styring_playbook::{Contacts, Reached, ReachedSpec};
/// use styring_report::{ReachReport, Source};
///
/// let mut contacts = Contacts::new();
/// for person in 0..1_000_u64 {
///     for shown in 0..1 + (person * person % 997) / 90 {
///         let channel = ["VG", "TV 2", "YouTube"][(person + shown) as usize % 3];
///         contacts.add(&format!("p{person}"), channel, 1_767_225_600 + 3_600 * shown as i64);
///     }
/// }
/// let spec = ReachedSpec { universe: Some(1_500), ..ReachedSpec::default() };
/// let reached = Reached::of(&contacts.into_log(), &spec)?;
/// let source = Source { name: "log.csv".to_owned(), rows: reached.impressions, used: reached.impressions, ..Source::default() };
///
/// let report = ReachReport { reached: &reached, spec: &spec, zone: Tz::Europe__Oslo, source: &source };
/// let page = report.html()?; // a whole page: write it to a file, send it by e-mail
/// assert!(page.contains("Over-exposed") && page.contains("common-5d"));
/// println!("{}", report.terminal(100));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct ReachReport<'a> {
    /// What the log says.
    pub reached: &'a Reached,
    /// What was asked of it.
    pub spec: &'a ReachedSpec,
    /// Whose clocks times are shown by.
    pub zone: Tz,
    /// What was read.
    pub source: &'a Source,
}

impl ReachReport<'_> {
    /// The whole report as one HTML page that needs nothing else, like that of the [week](crate::WeeklyReport::html). It names who saw too much by the ids of the log.
    ///
    /// Errors: a level outside 0 to 1; a chart that cannot be drawn.
    pub fn html(&self) -> Result<String, Error> {
        page::reach_html(self)
    }

    /// The report in brief for a terminal of this many columns, like that of the [week](crate::WeeklyReport::terminal).
    pub fn terminal(&self, width: u16) -> String {
        terminal::print_reach(self, width)
    }
}
