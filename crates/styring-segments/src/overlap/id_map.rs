//! Dense numbers for ids of any kind.

use std::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::Error;

/// Gives ids of any kind, 64-bit hashes or text, dense 32-bit numbers from 0 in the order of first sight: the same ids in the same order get the same numbers.
///
/// Bitmaps and [`MaskTable`](crate::overlap::MaskTable)s need dense numbers. Random 64-bit ids in a bitmap cost more than [`SortedIds`](crate::overlap::SortedIds).
///
/// ```
/// use styring_segments::overlap::IdMap;
///
/// let mut map = IdMap::new();
/// assert_eq!(map.number("kari")?, 0);
/// assert_eq!(map.number("ola")?, 1);
/// assert_eq!(map.number("kari")?, 0);
/// assert_eq!(map.id(1), Some(&"ola"));
/// # Ok::<(), styring_segments::Error>(())
/// ```
///
/// Cost: one look-up per id; each id is kept once, with about nine bytes beside it. The hash is fixed, so ids that somebody chose to collide make it slow, not wrong: hash them
/// with a key of your own first.
#[derive(Debug, Clone, Default)]
pub struct IdMap<K> {
    numbers: HashTable<u32>,
    ids: Vec<K>,
}

impl<K: Eq + Hash> IdMap<K> {
    /// Without ids.
    pub fn new() -> Self {
        Self { numbers: HashTable::new(), ids: Vec::new() }
    }

    /// The number of an id: its own, or the next.
    ///
    /// # Errors
    /// [`Error::TooMany`] when 2³² numbers are given.
    pub fn number(&mut self, id: K) -> Result<u32, Error> {
        let hasher = FixedState::default();
        let ids = &self.ids;
        let hash = hasher.hash_one(&id);
        match self.numbers.entry(hash, |at| ids[*at as usize] == id, |at| hasher.hash_one(&ids[*at as usize])) {
            Entry::Occupied(found) => Ok(*found.get()),
            Entry::Vacant(free) => {
                let limit = 1 << 32;
                let next =
                    u32::try_from(ids.len()).map_err(|_| Error::TooMany { what: "ids", limit, given: limit + 1 })?;
                free.insert(next);
                self.ids.push(id);
                Ok(next)
            }
        }
    }

    /// The number of an id that has one.
    pub fn get(&self, id: &K) -> Option<u32> {
        let hash = FixedState::default().hash_one(id);
        self.numbers.find(hash, |at| self.ids[*at as usize] == *id).copied()
    }

    /// The id of a number.
    pub fn id(&self, number: u32) -> Option<&K> {
        self.ids.get(number as usize)
    }

    /// The ids in the order of their numbers.
    pub fn ids(&self) -> &[K] {
        &self.ids
    }

    /// How many ids have a number.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Takes in the ids of another map, of another partition; answers what each of its numbers is here.
    ///
    /// # Errors
    /// As [`Self::number`].
    pub fn absorb(&mut self, other: &Self) -> Result<Vec<u32>, Error>
    where
        K: Clone,
    {
        other.ids.iter().map(|id| self.number(id.clone())).collect()
    }
}
