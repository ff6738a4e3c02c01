//! Sets as sorted ids: the engine that is always there.

use super::audiences::at_most_64;
use super::count::Sampling;
use super::{AudienceSet, Division, MaskCounts, kernel};
use crate::Error;

/// A set of 64-bit ids, sorted, each once. Eight bytes per member.
///
/// Hash people's ids with a key of your own before they come here; never an e-mail in the clear.
///
/// ```
/// use styring_segments::overlap::SortedIds;
///
/// let bought = SortedIds::from_iter([30, 10, 20, 10]);
/// let cart = SortedIds::from_sorted(vec![20, 30, 40])?;
/// assert_eq!(bought.intersection_count(&cart), 2);
/// assert_eq!(cart.difference(&bought).ids(), [40]);
/// # Ok::<(), styring_segments::Error>(())
/// ```
///
/// Cost: building sorts; set operations are linear in both sets, or `n·log(m/n)` where one is 4096 times as large.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Vec<u64>", into = "Vec<u64>")
)]
pub struct SortedIds(Vec<u64>);

impl SortedIds {
    /// Nobody: what merging starts from.
    pub const EMPTY: Self = Self(Vec::new());

    /// Ids that are already in order.
    ///
    /// # Errors
    /// [`Error::NotSorted`] where an id is not above the one before it.
    pub fn from_sorted(ids: Vec<u64>) -> Result<Self, Error> {
        match ids.windows(2).position(|pair| pair[0] >= pair[1]) {
            Some(at) => Err(Error::NotSorted { position: at + 1 }),
            None => Ok(Self(ids)),
        }
    }

    /// The ids, ascending.
    pub fn ids(&self) -> &[u64] {
        &self.0
    }

    /// Whether somebody is in the set.
    pub fn contains(&self, id: u64) -> bool {
        self.0.binary_search(&id).is_ok()
    }

    /// Takes somebody out, as one who withdraws consent; says whether they were in. Linear: for many, use [`Self::difference`].
    pub fn remove(&mut self, id: u64) -> bool {
        let found = self.0.binary_search(&id);
        found.map(|at| self.0.remove(at)).is_ok()
    }

    /// How many are in both.
    pub fn intersection_count(&self, other: &Self) -> u64 {
        kernel::common(&self.0, &other.0)
    }

    /// Those in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let (short, long) = if self.0.len() <= other.0.len() { (self, other) } else { (other, self) };
        Self(kernel::select(&short.0, &long.0, true))
    }

    /// Those in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(kernel::union(&self.0, &other.0))
    }

    /// Those in this set and not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(kernel::select(&self.0, &other.0, false))
    }

    /// Whether all of this set are in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.len() <= other.0.len() && self.intersection_count(other) == self.0.len() as u64
    }

    /// Takes in another set: union in place. Associative and commutative; [`Self::EMPTY`] changes nothing.
    pub fn merge(&mut self, other: &Self) {
        *self = self.union(other);
    }
}

impl FromIterator<u64> for SortedIds {
    /// Sorts, and drops what repeats.
    fn from_iter<T: IntoIterator<Item = u64>>(ids: T) -> Self {
        let mut ids: Vec<u64> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        Self(ids)
    }
}

impl Extend<u64> for SortedIds {
    fn extend<T: IntoIterator<Item = u64>>(&mut self, ids: T) {
        self.merge(&ids.into_iter().collect());
    }
}

impl TryFrom<Vec<u64>> for SortedIds {
    type Error = Error;

    fn try_from(ids: Vec<u64>) -> Result<Self, Error> {
        Self::from_sorted(ids)
    }
}

impl From<SortedIds> for Vec<u64> {
    fn from(set: SortedIds) -> Self {
        set.0
    }
}

impl AudienceSet for SortedIds {
    type Count = u64;

    fn cardinality(&self) -> u64 {
        self.0.len() as u64
    }

    fn divide(&self, other: &Self) -> Result<Division, Error> {
        Ok(Division::exact(self.cardinality(), other.cardinality(), self.intersection_count(other)))
    }

    fn masks(sets: &[&Self]) -> Result<MaskCounts, Error> {
        at_most_64(sets.len())?;
        let lists: Vec<&[u64]> = sets.iter().map(|set| set.ids()).collect();
        Ok(MaskCounts { counts: kernel::mask_counts(&lists), sampling: Sampling::ALL })
    }
}
