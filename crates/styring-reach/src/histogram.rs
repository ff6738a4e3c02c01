use std::collections::BTreeMap;
use std::ops::RangeBounds;

use crate::{AverageFrequency, Error, Reach};

/// How many people had how many exposures, from one upward.
///
/// ```
/// use styring_reach::{FrequencyHistogram, Reach};
///
/// let people = FrequencyHistogram::new([(1, 500), (2, 220), (3, 90), (12, 6)])?;
/// assert_eq!(people.reach(), Reach::people(816));
/// assert_eq!(people.impressions(), 1_282);
/// assert_eq!(people.k_plus(3), Reach::people(96));
/// assert_eq!(people.band(2..=10), Reach::people(310)); // the effective frequency is a band
/// # Ok::<(), styring_reach::Error>(())
/// ```
///
/// Histograms of different logs cannot be put together: whoever is in both would have to move to a higher frequency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "BTreeMap<u64, u64>", into = "BTreeMap<u64, u64>")
)]
pub struct FrequencyHistogram {
    /// People by frequency; no zeros on either side.
    people: BTreeMap<u64, u64>,
    reach: u64,
    impressions: u64,
}

impl FrequencyHistogram {
    /// From pairs of frequency and people; people of the same frequency are added, frequencies of nobody left out.
    ///
    /// Errors: a frequency of zero (who was not reached belongs to the universe), or more than 2^64 − 1 impressions.
    pub fn new(pairs: impl IntoIterator<Item = (u64, u64)>) -> Result<Self, Error> {
        let mut all = Self::default();
        for (frequency, people) in pairs {
            if frequency == 0 {
                let expected = "at least 1; who was not reached is the rest of the universe";
                return Err(Error::OutOfRange { field: "frequency", expected, value: "0".to_owned() });
            }
            if people == 0 {
                continue;
            }
            let sums = frequency.checked_mul(people).and_then(|more| all.impressions.checked_add(more));
            // Impressions bound people, so only they can overflow.
            let Some(impressions) = sums else {
                let value = format!("{frequency} for {people} people");
                return Err(Error::OutOfRange { field: "impressions", expected: "at most 2^64 - 1 in all", value });
            };
            all.impressions = impressions;
            all.reach += people;
            *all.people.entry(frequency).or_default() += people;
        }
        Ok(all)
    }

    /// Pairs of frequency and people, by frequency.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, u64)> + '_ {
        self.people.iter().map(|(frequency, people)| (*frequency, *people))
    }

    /// People with at least one exposure.
    pub fn reach(&self) -> Reach {
        Reach::people(self.reach)
    }

    /// All exposures.
    pub fn impressions(&self) -> u64 {
        self.impressions
    }

    /// Impressions per person reached.
    pub fn average_frequency(&self) -> AverageFrequency {
        AverageFrequency::from_parts(self.impressions as f64, self.reach as f64)
    }

    /// People with at least `k` exposures; `k_plus(1)` is the reach, and so is `k_plus(0)`: the universe is not known here. It never grows with `k`. Cost: the distinct frequencies.
    pub fn k_plus(&self, k: u64) -> Reach {
        self.band(k..)
    }

    /// People with a frequency in the band, as in `4..=10` or `15..`. Cost: the distinct frequencies.
    pub fn band(&self, band: impl RangeBounds<u64>) -> Reach {
        // `BTreeMap::range` panics on a band that ends before it begins.
        let inside = self.people.iter().filter(|(frequency, _)| band.contains(frequency));
        Reach::people(inside.map(|(_, people)| people).sum())
    }

    /// The largest frequency; `None` where nobody was reached.
    pub fn max_frequency(&self) -> Option<u64> {
        self.people.last_key_value().map(|(frequency, _)| *frequency)
    }
}

impl TryFrom<BTreeMap<u64, u64>> for FrequencyHistogram {
    type Error = Error;

    fn try_from(people: BTreeMap<u64, u64>) -> Result<Self, Error> {
        Self::new(people)
    }
}

impl From<FrequencyHistogram> for BTreeMap<u64, u64> {
    fn from(histogram: FrequencyHistogram) -> Self {
        histogram.people
    }
}
