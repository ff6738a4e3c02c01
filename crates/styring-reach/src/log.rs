//! Impressions as they come from logs.

mod above_cap;
mod exposures;
mod incremental;
mod overexposed;
mod overlaps;
mod rolling;
mod row;
#[cfg(feature = "serde")]
mod stored;

use std::hash::Hash;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

pub use above_cap::AboveCap;
pub use exposures::{ChannelReach, Exposures};
pub use incremental::Increment;
pub use overexposed::{Overexposed, Overexposure};

use row::{MAX_COUNT, Shown};

/// Impressions of people in channels, as they come: the accumulator of everything that is said about reach.
///
/// `P` identifies a person (`u64`, `String`, `&str` …), `C` is what impressions are grouped by: a channel, or a pair of channel and campaign, which [`Exposures::by`] and [`Exposures::only`] take apart.
/// Times are whole numbers of one unit, epoch seconds where nothing else is said. Rows may come in any order and repeat: every row is an impression of its own. Where retries are possible, drop repeated
/// impression ids before.
///
/// ```
/// use styring_reach::{ImpressionLog, Reach};
///
/// let mut morning = ImpressionLog::new();
/// morning.add("kari", "VG", 1_767_312_000);
/// morning.add("kari", "TV 2", 1_767_313_000);
/// let mut evening = ImpressionLog::new();
/// evening.extend([("kari", "VG", 1_767_350_000), ("ola", "VG", 1_767_350_100)]);
///
/// morning.merge(evening); // reach of both, which no sum of two reaches is
/// let day = morning.into_exposures();
/// assert_eq!(day.reach(), Reach::people(2));
/// assert_eq!(day.impressions(), 4);
/// ```
///
/// Memory: 24 bytes a row, and for every person the id with 9 bytes in a hash table that is between 7/16 and 7/8 full. Time: one look-up of the person and one of the channel a row.
#[derive(Debug, Clone)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(
        from = "stored::StoredLog<P, C>",
        into = "stored::StoredLog<P, C>",
        bound(
            serialize = "P: Clone + serde::Serialize, C: Clone + serde::Serialize",
            deserialize = "P: Hash + Eq + serde::Deserialize<'de>, C: Hash + Eq + serde::Deserialize<'de>"
        )
    )
)]
pub struct ImpressionLog<P, C> {
    people: HashMap<P, usize, FixedState>,
    channels: HashMap<C, u64, FixedState>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    time: i64,
    person: usize,
    shown: Shown,
}

impl<P, C> Default for ImpressionLog<P, C> {
    fn default() -> Self {
        Self { people: HashMap::default(), channels: HashMap::default(), rows: Vec::new() }
    }
}

impl<P: Hash + Eq, C: Hash + Eq> ImpressionLog<P, C> {
    /// Nothing seen yet: the identity of [`merge`](Self::merge).
    pub fn new() -> Self {
        Self::default()
    }

    /// One impression.
    pub fn add(&mut self, person: P, channel: C, time: i64) {
        self.add_many(person, channel, time, 1);
    }

    /// So many impressions of a person in a channel at the same time, as in a log that was added up by the hour. Zero is no impression, and reaches nobody.
    pub fn add_many(&mut self, person: P, channel: C, time: i64, count: u32) {
        if count == 0 {
            return;
        }
        let next = self.people.len();
        let person = *self.people.entry(person).or_insert(next);
        let next = self.channels.len() as u64;
        let channel = *self.channels.entry(channel).or_insert(next);
        let mut left = u64::from(count);
        while left > 0 {
            let part = left.min(MAX_COUNT);
            self.rows.push(Row { time, person, shown: Shown::new(channel, part) });
            left -= part;
        }
    }

    /// Takes in what another log has seen. Associative and commutative: whatever the order, [`into_exposures`](Self::into_exposures) gives the same. Cost: the rows of the other.
    pub fn merge(&mut self, other: Self) {
        // The order of a hash table decides only the internal numbers, which `into_exposures` replaces.
        let mut people = vec![0; other.people.len()];
        for (person, index) in other.people {
            let next = self.people.len();
            if let Some(place) = people.get_mut(index) {
                *place = *self.people.entry(person).or_insert(next);
            }
        }
        let mut channels = vec![0; other.channels.len()];
        for (channel, index) in other.channels {
            let next = self.channels.len() as u64;
            if let Some(place) = channels.get_mut(usize::try_from(index).unwrap_or(usize::MAX)) {
                *place = *self.channels.entry(channel).or_insert(next);
            }
        }
        self.rows.extend(other.rows.into_iter().map(|row| Row {
            time: row.time,
            person: people[row.person],
            shown: row.shown.in_channel(channels[row.shown.channel()]),
        }));
    }

    /// The same impressions in order, ready to answer. Costs a sort of the people, and of every person's impressions.
    pub fn into_exposures(self) -> Exposures<P, C>
    where
        P: Ord,
        C: Ord,
    {
        let Self { people, channels, rows } = self;
        let (people, person_at) = ranked(people.into_iter());
        let (channels, channel_at) = ranked(channels.into_iter().map(|(channel, index)| (channel, index_of(index))));
        let mut starts = vec![0_usize; people.len() + 1];
        for row in &rows {
            starts[person_at[row.person] + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        let mut sorted = vec![row::Seen::default(); rows.len()];
        for row in &rows {
            let place = &mut next[person_at[row.person]];
            let channel = channel_at[row.shown.channel()];
            sorted[*place] = row::Seen { time: row.time, shown: row.shown.in_channel(channel as u64) };
            *place += 1;
        }
        Exposures::from_sorted_people(people, channels, starts, sorted)
    }
}

/// A channel's number as an index; channels are kept in memory, so it is one.
fn index_of(channel: u64) -> usize {
    usize::try_from(channel).unwrap_or(usize::MAX)
}

/// Keys in order, and the rank of every internal number.
fn ranked<K: Ord>(keys: impl Iterator<Item = (K, usize)>) -> (Vec<K>, Vec<usize>) {
    let mut keys: Vec<(K, usize)> = keys.collect();
    keys.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
    let mut ranks = vec![0; keys.len()];
    for (rank, (_, index)) in keys.iter().enumerate() {
        ranks[*index] = rank;
    }
    (keys.into_iter().map(|(key, _)| key).collect(), ranks)
}

impl<P: Hash + Eq, C: Hash + Eq> Extend<(P, C, i64)> for ImpressionLog<P, C> {
    fn extend<I: IntoIterator<Item = (P, C, i64)>>(&mut self, rows: I) {
        for (person, channel, time) in rows {
            self.add(person, channel, time);
        }
    }
}

impl<P: Hash + Eq, C: Hash + Eq> FromIterator<(P, C, i64)> for ImpressionLog<P, C> {
    fn from_iter<I: IntoIterator<Item = (P, C, i64)>>(rows: I) -> Self {
        let mut log = Self::new();
        log.extend(rows);
        log
    }
}
