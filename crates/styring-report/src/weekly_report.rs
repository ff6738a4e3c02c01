use styring_playbook::{Plan, Review};

use crate::{Error, Source, page, terminal};

/// A finished week, for the people who act on it.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct WeeklyReport<'a> {
    /// What was agreed.
    pub plan: &'a Plan,
    /// What happened, and what was decided; of the same plan.
    pub review: &'a Review,
    /// What was read.
    pub source: &'a Source,
}

impl WeeklyReport<'_> {
    /// The whole report as one HTML page that needs nothing else: no script, no font, no picture, no network.
    ///
    /// Everything that comes from outside (names of channels, creatives, files) is escaped. The same input gives the same bytes.
    ///
    /// Errors: a review of another plan.
    pub fn html(&self) -> Result<String, Error> {
        page::html(self)
    }

    /// The report in brief for a terminal of this many columns, in plain text; fewer than 20 columns count as 20.
    ///
    /// Control characters in names are replaced, so that a name cannot command the terminal.
    pub fn terminal(&self, width: u16) -> String {
        terminal::print(self, width)
    }
}

/// Refuses a review of another plan: charts and tables go by the place of a channel in the plan.
pub(crate) fn check(plan: &Plan, review: &Review) -> Result<(), Error> {
    let places = plan.channels.len().max(review.channels.len()).max(review.decision.channels.len());
    for place in 0..places {
        let planned = plan.channels.get(place).map(|channel| &channel.name);
        let reviewed = review.channels.get(place).map(|channel| &channel.name);
        let decided = review.decision.channels.get(place).map(|channel| &channel.channel);
        if let Some(other) = [reviewed, decided].into_iter().find(|other| *other != planned) {
            return Err(Error::OtherPlan { plan: planned.cloned(), review: other.cloned() });
        }
    }
    Ok(())
}
