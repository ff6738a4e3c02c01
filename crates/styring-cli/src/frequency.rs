//! How often people were met, from a file beside the results.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use styring_metrics::{Fact, Frequency, Outcome, Reach, RollUp};
use styring_playbook::{Group, Plan};

use crate::Error;
use crate::source::{Rejection, RejectionKind};

/// The section `[frequency]` of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct FrequencySpec {
    /// A CSV file, by its path from the plan. Either `week,channel,contacts,people` (a histogram, as a reach tool exports it) or `week,channel,reach` (only the
    /// people reached are known; the mean is the week's impressions over them). Weeks are those of the plan, from one.
    pub file: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HistogramRow {
    week: u32,
    channel: String,
    contacts: u32,
    people: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReachRow {
    week: u32,
    channel: String,
    reach: u64,
}

/// Reads the file. Every row must be right: a gap here would quietly change the scores.
///
/// # Errors
/// A file that cannot be read, columns of neither form, a row that cannot be read, a channel that the plan does not have.
pub fn read(path: &Path, plan: &Plan, facts: &RollUp<Group>) -> Result<BTreeMap<(String, u32), Frequency>, Error> {
    let name = path.display().to_string();
    let unreadable = |fault: csv::Error| Error::Read { name: name.clone(), fault: std::io::Error::other(fault) };
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(unreadable)?;
    let columns = table.headers().map_err(unreadable)?.clone();
    let mut sorted: Vec<&str> = columns.iter().collect();
    sorted.sort_unstable();
    if sorted != ["channel", "contacts", "people", "week"] && sorted != ["channel", "reach", "week"] {
        return Err(Error::FrequencyColumns { name, columns: columns.iter().map(str::to_owned).collect() });
    }
    let channel = |channel: &str, line: u64| match plan.channel_called(channel) {
        Some(planned) => Ok(planned.name.clone()),
        None => Err(Error::Row {
            name: name.clone(),
            rejection: Box::new(Rejection {
                line,
                column: Some(("channel".to_owned(), columns.iter().position(|c| c == "channel").unwrap_or(0) + 1)),
                value: channel.to_owned(),
                kind: RejectionKind::UnknownChannel,
            }),
        }),
    };
    let mut frequencies = BTreeMap::new();
    if columns.iter().any(|column| column == "contacts") {
        let mut people: BTreeMap<(String, u32), Vec<(u32, u64)>> = BTreeMap::new();
        for (index, row) in table.deserialize::<HistogramRow>().enumerate() {
            let row = row.map_err(unreadable)?;
            let key = (channel(&row.channel, index as u64 + 2)?, row.week);
            people.entry(key).or_default().push((row.contacts, row.people));
        }
        frequencies.extend(people.into_iter().map(|(key, people)| (key, Frequency::Histogram(people))));
    } else {
        let impressions = facts.coarsen(|group| (group.channel.clone(), group.week))?;
        for (index, row) in table.deserialize::<ReachRow>().enumerate() {
            let row = row.map_err(unreadable)?;
            let key = (channel(&row.channel, index as u64 + 2)?, row.week);
            let facts = impressions.get(&key).filter(|facts| facts.get(Fact::Impressions).is_some());
            if let Some(Outcome::Value(mean)) = facts.map(|facts| Reach::new(row.reach).frequency(facts).number()) {
                frequencies.insert(key, Frequency::Average(mean));
            }
        }
    }
    Ok(frequencies)
}
