use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use styring_money::Currency;

use crate::{Error, Facts, Kpi, Ranking, Row, rank};

/// Facts by group, for any key: a channel, a (week, channel) pair, a day.
///
/// Merges like the facts in it, and coarsens by changing the key. Groups come out in the order of their keys.
///
/// ```
/// use styring_metrics::{Kpi, RollUp, Row};
/// use styring_money::Currency;
///
/// let spend = |amount: &str| Row { spend: amount.parse().ok(), ..Row::default() };
/// let mut daily = RollUp::new(Currency::NOK);
/// daily.add(("VG", 1), &spend("NOK 100.00"))?;
/// daily.add(("VG", 2), &spend("NOK 50.00"))?;
/// daily.add(("TV 2", 1), &spend("NOK 70.00"))?;
///
/// let by_channel = daily.coarsen(|(channel, _day)| *channel)?;
/// assert_eq!(by_channel.len(), 2);
/// assert_eq!(by_channel.get("VG").map(|facts| facts.rows()), Some(2));
/// assert_eq!(by_channel.total()?, daily.total()?);
/// # Ok::<(), styring_metrics::Error>(())
/// ```
///
/// Memory is proportional to the number of groups, not of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "stored::RollUp<K>", into = "stored::RollUp<K>"),
    serde(bound(serialize = "K: Ord + Clone + serde::Serialize", deserialize = "K: Ord + serde::Deserialize<'de>"))
)]
pub struct RollUp<K> {
    currency: Currency,
    groups: BTreeMap<K, Facts>,
}

impl<K: Ord> RollUp<K> {
    /// No groups.
    pub fn new(currency: Currency) -> Self {
        Self { currency, groups: BTreeMap::new() }
    }

    /// The facts of a group to add to; empty if it is new.
    pub fn group(&mut self, key: K) -> &mut Facts {
        self.groups.entry(key).or_insert_with(|| Facts::zero(self.currency))
    }

    /// Adds a row to a group. After an error nothing has been added, and there is no new group.
    pub fn add(&mut self, key: K, row: &Row) -> Result<(), Error> {
        match self.groups.entry(key) {
            Entry::Occupied(mut group) => group.get_mut().add(row),
            Entry::Vacant(place) => {
                let mut facts = Facts::zero(self.currency);
                facts.add(row)?;
                place.insert(facts);
                Ok(())
            }
        }
    }

    /// Adds all groups of `other`, which must be in the same currency.
    pub fn merge(&mut self, other: Self) -> Result<(), Error> {
        if self.currency != other.currency {
            return Err(Error::CurrencyMismatch { field: "facts", left: self.currency, right: other.currency });
        }
        for (key, facts) in other.groups {
            self.group(key).merge(&facts)?;
        }
        Ok(())
    }

    /// The same facts under coarser (or other) keys.
    pub fn coarsen<L: Ord>(&self, mut key: impl FnMut(&K) -> L) -> Result<RollUp<L>, Error> {
        self.select(|fine| Some(key(fine)))
    }

    /// The facts of some groups under new keys; groups for which `key` answers `None` are left out.
    pub fn select<L: Ord>(&self, mut key: impl FnMut(&K) -> Option<L>) -> Result<RollUp<L>, Error> {
        let mut coarse = RollUp::new(self.currency);
        for (fine, facts) in &self.groups {
            if let Some(key) = key(fine) {
                coarse.group(key).merge(facts)?;
            }
        }
        Ok(coarse)
    }

    /// All facts merged.
    pub fn total(&self) -> Result<Facts, Error> {
        let mut total = Facts::zero(self.currency);
        for facts in self.groups.values() {
            total.merge(facts)?;
        }
        Ok(total)
    }

    /// The facts of a group. As in a map, a key that is a `String` is found by a `&str`.
    pub fn get<Q>(&self, key: &Q) -> Option<&Facts>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.groups.get(key)
    }

    /// The groups in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &Facts)> {
        self.groups.iter()
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is no group.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The currency of all amounts.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The groups ranked by a KPI, best first; `None` for a KPI without a good direction. See [`rank`].
    pub fn rank(&self, kpi: Kpi) -> Option<Ranking<&K>> {
        let better = kpi.better()?;
        let ratios = self.groups.iter().map(|(key, facts)| (key, facts.kpi(kpi)));
        Some(rank(ratios, better))
    }
}

#[cfg(feature = "serde")]
mod stored {
    //! The form in files: a list of groups, because not every key can be the name of a field.

    use styring_money::Currency;

    use crate::{Error, Facts};

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct RollUp<K> {
        currency: Currency,
        groups: Vec<(K, Facts)>,
    }

    impl<K> From<super::RollUp<K>> for RollUp<K> {
        fn from(roll_up: super::RollUp<K>) -> Self {
            Self { currency: roll_up.currency, groups: roll_up.groups.into_iter().collect() }
        }
    }

    impl<K: Ord> TryFrom<RollUp<K>> for super::RollUp<K> {
        type Error = Error;

        /// A key that stands twice is one group.
        fn try_from(stored: RollUp<K>) -> Result<Self, Error> {
            let mut roll_up = Self::new(stored.currency);
            for (key, facts) in stored.groups {
                roll_up.group(key).merge(&facts)?;
            }
            Ok(roll_up)
        }
    }
}
