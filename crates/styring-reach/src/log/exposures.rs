use std::collections::BTreeMap;
use std::ops::{Range, RangeBounds};

use super::row::Seen;
use crate::{AverageFrequency, FrequencyHistogram, Reach};
#[cfg(feature = "serde")]
use {super::stored, std::hash::Hash};

/// Impressions in order: what was, counted person by person. Built by [`ImpressionLog::into_exposures`](crate::ImpressionLog::into_exposures).
///
/// ```
/// use styring_reach::{ImpressionLog, Reach};
///
/// let log: ImpressionLog<_, _> =
///     [(1_u64, "VG", 0), (1, "VG", 90), (1, "TV 2", 100), (2, "TV 2", 50), (3, "Acast", 7)].into_iter().collect();
/// let truth = log.into_exposures();
/// assert_eq!(truth.k_plus(2), Reach::people(1));
/// assert_eq!(truth.average_frequency().value(), Some(5.0 / 3.0));
/// let tv = truth.by_channel().into_iter().find(|row| row.channel == &"TV 2").expect("a channel of the log");
/// assert_eq!((tv.reach, tv.only_here), (Reach::people(2), Reach::people(1)));
/// assert_eq!(truth.within(0..60).reach(), Reach::people(3));
/// ```
///
/// Memory: 16 bytes a row, and for every person the id and 8 bytes. All answers come in the order of the ids, so they do not depend on the order of the log. Unless said otherwise an answer takes one
/// pass over the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(
        from = "stored::StoredLog<P, C>",
        into = "stored::StoredLog<P, C>",
        bound(
            serialize = "P: Clone + serde::Serialize, C: Clone + serde::Serialize",
            deserialize = "P: Hash + Ord + serde::Deserialize<'de>, C: Hash + Ord + serde::Deserialize<'de>"
        )
    )
)]
pub struct Exposures<P, C> {
    people: Vec<P>,
    channels: Vec<C>,
    /// Where each person's rows begin; one more for the end.
    starts: Vec<usize>,
    rows: Vec<Seen>,
}

/// What one channel did.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ChannelReach<'a, C> {
    /// The channel.
    pub channel: &'a C,
    /// People reached by it.
    pub reach: Reach,
    /// Its impressions.
    pub impressions: u64,
    /// Impressions per person it reached.
    pub average_frequency: AverageFrequency,
    /// People reached by no other channel: what would be lost without it.
    pub only_here: Reach,
}

impl<P, C> Exposures<P, C> {
    /// Sorts each person's rows.
    pub(super) fn from_sorted_people(
        people: Vec<P>,
        channels: Vec<C>,
        starts: Vec<usize>,
        mut rows: Vec<Seen>,
    ) -> Self {
        for bounds in starts.windows(2) {
            rows[bounds[0]..bounds[1]].sort_unstable();
        }
        Self { people, channels, starts, rows }
    }

    /// Every person's rows, by time and channel.
    pub(super) fn people_rows(&self) -> impl Iterator<Item = (&P, &[Seen])> {
        self.people
            .iter()
            .zip(self.starts.windows(2))
            .map(|(person, bounds)| (person, &self.rows[bounds[0]..bounds[1]]))
    }

    /// The people reached, in order.
    pub fn people(&self) -> &[P] {
        &self.people
    }

    /// The channels, in order.
    pub fn channels(&self) -> &[C] {
        &self.channels
    }

    /// People with at least one impression.
    pub fn reach(&self) -> Reach {
        Reach::people(self.people.len() as u64)
    }

    /// All impressions.
    pub fn impressions(&self) -> u64 {
        total(&self.rows)
    }

    /// Impressions per person reached.
    pub fn average_frequency(&self) -> AverageFrequency {
        AverageFrequency::from_parts(self.impressions() as f64, self.people.len() as f64)
    }

    /// How many people had how many impressions.
    pub fn frequencies(&self) -> FrequencyHistogram {
        let mut people = BTreeMap::new();
        for (_, rows) in self.people_rows() {
            *people.entry(total(rows)).or_insert(0_u64) += 1;
        }
        // A count of impressions that came from a log fits into 64 bits.
        FrequencyHistogram::new(people).unwrap_or_default()
    }

    /// People with at least `k` impressions; never more than with `k` − 1. For many `k` take [`frequencies`](Self::frequencies) once.
    pub fn k_plus(&self, k: u64) -> Reach {
        self.band(k..)
    }

    /// People with a number of impressions in the band, as in `4..=10`: the effective frequency.
    pub fn band(&self, band: impl RangeBounds<u64>) -> Reach {
        Reach::people(self.people_rows().filter(|(_, rows)| band.contains(&total(rows))).count() as u64)
    }

    /// Every channel's reach, impressions, average frequency, and the people that only it reached.
    pub fn by_channel(&self) -> Vec<ChannelReach<'_, C>> {
        let mut sums = vec![(0_u64, 0_u64, 0_u64); self.channels.len()];
        for row in &self.rows {
            sums[row.shown.channel()].1 += row.shown.count();
        }
        self.for_channels_of_people(|channels| {
            for channel in channels {
                sums[*channel].0 += 1;
                sums[*channel].2 += u64::from(channels.len() == 1);
            }
        });
        let row = |(channel, (reach, impressions, only_here))| ChannelReach {
            channel,
            reach: Reach::people(reach),
            impressions,
            average_frequency: AverageFrequency::from_parts(impressions as f64, reach as f64),
            only_here: Reach::people(only_here),
        };
        self.channels.iter().zip(sums).map(row).collect()
    }

    /// How many people met how many channels: (1, people of one channel), (2, …), without those that nobody met.
    pub fn by_number_of_channels(&self) -> BTreeMap<u64, Reach> {
        let mut people = BTreeMap::new();
        self.for_channels_of_people(|channels| *people.entry(channels.len() as u64).or_insert(0) += 1);
        people.into_iter().map(|(channels, people)| (channels, Reach::people(people))).collect()
    }

    /// Calls with every person's different channels, in order.
    pub(super) fn for_channels_of_people(&self, mut call: impl FnMut(&[usize])) {
        let mut channels = Vec::new();
        for (_, rows) in self.people_rows() {
            channels.clear();
            channels.extend(rows.iter().map(|row| row.shown.channel()));
            channels.sort_unstable();
            channels.dedup();
            call(&channels);
        }
    }

    /// The impressions from `from` to before `to`, in the unit of the times: what a log of those alone would have given. No calendar is involved; a day in a time zone is for the caller to bound.
    #[must_use]
    pub fn within(&self, times: Range<i64>) -> Self
    where
        P: Clone,
        C: Clone,
    {
        self.keep(|seen| times.contains(&seen.time))
    }

    /// The impressions of the channels that `wanted` says yes to.
    #[must_use]
    pub fn only(&self, mut wanted: impl FnMut(&C) -> bool) -> Self
    where
        P: Clone,
        C: Clone,
    {
        let wanted: Vec<bool> = self.channels.iter().map(&mut wanted).collect();
        self.keep(|seen| wanted[seen.shown.channel()])
    }

    /// The rows that `wanted` says yes to, and the people and channels they leave.
    fn keep(&self, wanted: impl Fn(&Seen) -> bool) -> Self
    where
        P: Clone,
        C: Clone,
    {
        let (mut people, mut starts, mut rows) = (Vec::new(), vec![0], Vec::<Seen>::new());
        for (person, own) in self.people_rows() {
            let before = rows.len();
            rows.extend(own.iter().filter(|seen| wanted(seen)));
            if rows.len() > before {
                people.push(person.clone());
                starts.push(rows.len());
            }
        }
        let mut left = vec![false; self.channels.len()];
        for seen in &rows {
            left[seen.shown.channel()] = true;
        }
        let mut number = 0;
        let places: Vec<u64> = left.iter().map(|left| (number, number += u64::from(*left)).0).collect();
        for seen in &mut rows {
            seen.shown = seen.shown.in_channel(places[seen.shown.channel()]);
        }
        let channels = self.channels.iter().zip(left).filter(|(_, left)| *left).map(|(c, _)| c.clone()).collect();
        Self { people, channels, starts, rows }
    }

    /// The same impressions grouped by another label: campaigns instead of pairs of channel and campaign, publishers instead of placements.
    ///
    /// ```
    /// use styring_reach::{ImpressionLog, Reach};
    ///
    /// let log: ImpressionLog<_, _> = [
    ///     ("kari", ("VG", "spring"), 0),
    ///     ("kari", ("VG", "summer"), 50),
    ///     ("ola", ("TV 2", "spring"), 20),
    /// ]
    /// .into_iter()
    /// .collect();
    /// let truth = log.into_exposures();
    /// let campaigns = truth.by(|(_, campaign)| *campaign);
    /// assert_eq!(campaigns.channels(), ["spring", "summer"]);
    /// assert_eq!(campaigns.by_channel()[0].reach, Reach::people(2));
    /// ```
    #[must_use]
    pub fn by<D: Ord>(&self, label: impl FnMut(&C) -> D) -> Exposures<P, D>
    where
        P: Clone,
    {
        let mut labelled: Vec<(D, usize)> = self.channels.iter().map(label).zip(0..).collect();
        labelled.sort_by(|(left, _), (right, _)| left.cmp(right));
        let mut places = vec![0; labelled.len()];
        let mut channels: Vec<D> = Vec::new();
        for (label, old) in labelled {
            if channels.last() != Some(&label) {
                channels.push(label);
            }
            places[old] = channels.len() as u64 - 1;
        }
        let place = |seen: &Seen| Seen { time: seen.time, shown: seen.shown.in_channel(places[seen.shown.channel()]) };
        let rows = self.rows.iter().map(place).collect();
        Exposures::from_sorted_people(self.people.clone(), channels, self.starts.clone(), rows)
    }
}

/// How many impressions the rows hold.
pub(super) fn total(rows: &[Seen]) -> u64 {
    rows.iter().map(|seen| seen.shown.count()).sum()
}
