//! How many people had how many contacts with a channel in a week: `frequency.csv`, in the form that `styring week` reads.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use styring_playbook::ContactLog;

use super::days::Days;
use crate::Error;
use crate::csv_text::Table;

/// People by week, channel and contacts.
#[derive(Debug, Clone)]
pub(super) struct Weeks {
    /// The first day of week 1.
    pub(super) first_day: NaiveDate,
    /// Impressions before it.
    pub(super) before: u64,
    people: BTreeMap<(u32, String, u64), u64>,
}

impl Weeks {
    /// From `first_day`, or from the first day of the log, in steps of seven days of the zone.
    pub(super) fn of(log: &ContactLog, zone: Tz, first_day: Option<NaiveDate>) -> Result<Self, Error> {
        let mut days = Days::new(zone)?;
        let first_day = first_day.or_else(|| log.rows().first().and_then(|row| days.of(row.time))).unwrap_or_default();
        let mut before = 0;
        let mut met: Vec<(u32, u32, u32)> = Vec::new();
        for row in log.rows() {
            let since = days.of(row.time).map_or(-1, |day| (day - first_day).num_days());
            match u32::try_from(since) {
                Ok(since) => met.push((since / 7 + 1, row.channel, row.person)),
                Err(_) => before += 1,
            }
        }
        met.sort_unstable();
        let mut people = BTreeMap::new();
        for own in met.chunk_by(|one, next| one == next) {
            if let [(week, channel, _), ..] = own {
                let channel = log.channels().get(*channel as usize).cloned().unwrap_or_default();
                *people.entry((*week, channel, own.len() as u64)).or_default() += 1;
            }
        }
        Ok(Self { first_day, before, people })
    }

    pub(super) fn csv(&self) -> Result<String, Error> {
        let mut table = Table::new(&["week", "channel", "contacts", "people"])?;
        for ((week, channel, contacts), people) in &self.people {
            table.row(&[&week.to_string(), channel, &contacts.to_string(), &people.to_string()])?;
        }
        table.finish()
    }
}
