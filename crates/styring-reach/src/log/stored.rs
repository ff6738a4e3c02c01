use std::hash::Hash;

use super::{Exposures, ImpressionLog};

/// A log as rows of person, channel, time and count.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct StoredLog<P, C>(Vec<(P, C, i64, u32)>);

impl<P: Hash + Eq, C: Hash + Eq> From<StoredLog<P, C>> for ImpressionLog<P, C> {
    fn from(stored: StoredLog<P, C>) -> Self {
        let mut log = Self::new();
        for (person, channel, time, count) in stored.0 {
            log.add_many(person, channel, time, count);
        }
        log
    }
}

impl<P: Clone, C: Clone> From<ImpressionLog<P, C>> for StoredLog<P, C> {
    fn from(log: ImpressionLog<P, C>) -> Self {
        let ordered = |mut keys: Vec<(P, usize)>| {
            keys.sort_unstable_by_key(|(_, index)| *index);
            keys
        };
        let people = ordered(log.people.into_iter().collect());
        let mut channels: Vec<(C, u64)> = log.channels.into_iter().collect();
        channels.sort_unstable_by_key(|(_, index)| *index);
        let row = |row: &super::Row| {
            let (person, channel) = (people[row.person].0.clone(), channels[row.shown.channel()].0.clone());
            (person, channel, row.time, count(row.shown.count()))
        };
        Self(log.rows.iter().map(row).collect())
    }
}

impl<P: Hash + Eq + Ord, C: Hash + Eq + Ord> From<StoredLog<P, C>> for Exposures<P, C> {
    fn from(stored: StoredLog<P, C>) -> Self {
        ImpressionLog::from(stored).into_exposures()
    }
}

impl<P: Clone, C: Clone> From<Exposures<P, C>> for StoredLog<P, C> {
    fn from(exposures: Exposures<P, C>) -> Self {
        let rows = exposures.people_rows().flat_map(|(person, rows)| rows.iter().map(move |seen| (person, seen)));
        let row = |(person, seen): (&P, &super::row::Seen)| {
            let channel = exposures.channels()[seen.shown.channel()].clone();
            (person.clone(), channel, seen.time, count(seen.shown.count()))
        };
        Self(rows.map(row).collect())
    }
}

/// A count in a row has 24 bits.
fn count(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
