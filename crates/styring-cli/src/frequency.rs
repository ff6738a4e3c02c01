//! How often people were met, from a file beside the results.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::str::FromStr;

use csv::ByteRecord;
use serde::{Deserialize, Serialize};
use styring_metrics::{Fact, Facts, Frequency, Outcome, Reach, RollUp};
use styring_playbook::{Group, Plan};

use crate::Error;
use crate::source::columns::shown;
use crate::source::lines::{Counted, Lines};
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

/// Channel and week.
type Key = (String, u32);

/// Reads the file. Every row must be right: a gap here would quietly change the scores.
///
/// # Errors
/// A file that cannot be read, columns of neither form, a number that cannot be read, a channel that the plan does not have, a row that stands twice, and as many people
/// as cannot have been reached with the impressions of the week; each with line, column and value.
pub fn read(path: &Path, plan: &Plan, facts: &RollUp<Group>) -> Result<BTreeMap<Key, Frequency>, Error> {
    let name = path.display().to_string();
    let unreadable = |fault: csv::Error| Error::Read { name: name.clone(), fault: std::io::Error::other(fault) };
    let file = File::open(path).map_err(|fault| Error::Read { name: name.clone(), fault })?;
    let lines = Lines::default();
    let input = Counted::new(file, lines.clone());
    let mut table = csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(input);
    let mut cells = ByteRecord::new();
    if !table.read_byte_record(&mut cells).map_err(unreadable)? {
        return Err(Error::NoHeader { name });
    }
    let columns: Vec<String> = cells.iter().map(shown).collect();
    let mut sorted: Vec<&str> = columns.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let is_histogram = sorted == ["channel", "contacts", "people", "week"];
    if !is_histogram && sorted != ["channel", "reach", "week"] {
        return Err(Error::FrequencyColumns { name, columns });
    }

    let impressions = facts.coarsen(|group| (group.channel.clone(), group.week))?;
    let mut seen = BTreeSet::new();
    let mut people: BTreeMap<Key, Vec<(u32, u64)>> = BTreeMap::new();
    let mut frequencies = BTreeMap::new();
    loop {
        lines.finish(table.position().byte());
        if !table.read_byte_record(&mut cells).map_err(unreadable)? {
            break;
        }
        let start = cells.position().map_or(0, csv::Position::byte);
        let row = Row { columns: &columns, cells: &cells };
        let mut read = |row: &Row<'_>| -> Result<(), (Option<usize>, RejectionKind)> {
            let key = (row.channel(plan)?, row.week()?);
            if is_histogram {
                let contacts = row.count("contacts")?;
                if !seen.insert((key.clone(), contacts)) {
                    return Err((None, RejectionKind::Duplicate));
                }
                people.entry(key).or_default().push((contacts, row.count("people")?));
                return Ok(());
            }
            if !seen.insert((key.clone(), 0)) {
                return Err((None, RejectionKind::Duplicate));
            }
            if let Some(mean) = row.mean(impressions.get(&key))? {
                frequencies.insert(key, Frequency::Average(mean));
            }
            Ok(())
        };
        read(&row).map_err(|(place, kind)| {
            let rejection = Rejection {
                line: lines.at(start),
                column: place.map(|place| (columns[place].clone(), place + 1)),
                value: place.map_or_else(String::new, |place| row.text(place)),
                kind,
            };
            Error::Row { name: name.clone(), rejection: Box::new(rejection) }
        })?;
    }
    frequencies.extend(people.into_iter().map(|(key, people)| (key, Frequency::Histogram(people))));
    Ok(frequencies)
}

struct Row<'a> {
    columns: &'a [String],
    cells: &'a ByteRecord,
}

impl Row<'_> {
    fn place(&self, column: &str) -> usize {
        self.columns.iter().position(|name| name == column).unwrap_or(0)
    }

    fn text(&self, place: usize) -> String {
        shown(self.cells.get(place).unwrap_or_default())
    }

    fn count<T: FromStr>(&self, column: &str) -> Result<T, (Option<usize>, RejectionKind)> {
        let place = self.place(column);
        self.text(place).parse().map_err(|_| (Some(place), RejectionKind::NotACount))
    }

    fn week(&self) -> Result<u32, (Option<usize>, RejectionKind)> {
        match self.count("week")? {
            0 => Err((Some(self.place("week")), RejectionKind::NotAWeek)),
            week => Ok(week),
        }
    }

    fn channel(&self, plan: &Plan) -> Result<String, (Option<usize>, RejectionKind)> {
        let place = self.place("channel");
        let channel = plan.channel_called(&self.text(place));
        channel.map(|planned| planned.name.clone()).ok_or((Some(place), RejectionKind::UnknownChannel))
    }

    /// The mean frequency of the people reached; `None` where there are no impressions to divide.
    fn mean(&self, facts: Option<&Facts>) -> Result<Option<f64>, (Option<usize>, RejectionKind)> {
        let reach = self.count("reach")?;
        let known = facts.and_then(|facts| Some((facts, facts.get(Fact::Impressions)?)));
        let Some((facts, impressions)) = known.filter(|(_, impressions)| !impressions.is_zero()) else {
            return Ok(None);
        };
        match Reach::new(reach).frequency(facts).number() {
            Outcome::Value(mean) if mean >= 1.0 => Ok(Some(mean)),
            _ => Err((Some(self.place("reach")), RejectionKind::Reach { impressions: impressions.to_string() })),
        }
    }
}
