//! Sets as compressed bitmaps.

use roaring::{RoaringBitmap, RoaringTreemap};

use super::audiences::at_most_64;
use super::count::Sampling;
use super::kernel::{BlockMerge, MaskTally};
use super::mask_table::Rows;
use super::{AudienceSet, Division, MaskCounts};
use crate::Error;

/// Whether bytes have run containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "with, or without")]
pub enum RoaringForm {
    /// No run containers: what every reader of the format knows.
    Plain,
    /// Run containers where they are smaller, as after `runOptimize`.
    Runs,
}

macro_rules! bitmap {
    ($(#[$doc:meta])* $name:ident, $inner:ident, $id:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Vec<u8>", into = "Vec<u8>"))]
        pub struct $name($inner);

        impl $name {
            /// Nobody: what merging starts from.
            pub fn new() -> Self {
                Self::default()
            }

            /// Puts somebody in; says whether they were not in before.
            pub fn insert(&mut self, id: $id) -> bool {
                self.0.insert(id)
            }

            /// Takes somebody out, as one who withdraws consent; says whether they were in.
            pub fn remove(&mut self, id: $id) -> bool {
                self.0.remove(id)
            }

            /// Whether somebody is in the set.
            pub fn contains(&self, id: $id) -> bool {
                self.0.contains(id)
            }

            /// The ids, ascending.
            pub fn ids(&self) -> impl Iterator<Item = $id> {
                self.0.iter()
            }

            /// The lowest id.
            pub fn min(&self) -> Option<$id> {
                self.0.min()
            }

            /// The highest id.
            pub fn max(&self) -> Option<$id> {
                self.0.max()
            }

            /// How many are in both, without building that set.
            pub fn intersection_count(&self, other: &Self) -> u64 {
                self.0.intersection_len(&other.0)
            }

            /// Those in both.
            #[must_use]
            pub fn intersection(&self, other: &Self) -> Self {
                Self(&self.0 & &other.0)
            }

            /// Those in either.
            #[must_use]
            pub fn union(&self, other: &Self) -> Self {
                Self(&self.0 | &other.0)
            }

            /// Those in this set and not in the other.
            #[must_use]
            pub fn difference(&self, other: &Self) -> Self {
                Self(&self.0 - &other.0)
            }

            /// Whether all of this set are in the other.
            pub fn is_subset(&self, other: &Self) -> bool {
                self.0.is_subset(&other.0)
            }

            /// Takes in another set: union in place. Associative and commutative; a new set changes nothing.
            pub fn merge(&mut self, other: &Self) {
                self.0 |= &other.0;
            }

            /// The set in the portable format of Roaring bitmaps, as CRoaring, Java and Go write it.
            pub fn to_bytes(&self, form: RoaringForm) -> Vec<u8> {
                let mut bitmap = self.0.clone();
                match form {
                    RoaringForm::Plain => bitmap.remove_runs(),
                    RoaringForm::Runs => {
                        bitmap.optimize();
                    }
                }
                let mut bytes = Vec::with_capacity(bitmap.serialized_size());
                // Writing into memory does not fail.
                let _ = bitmap.serialize_into(&mut bytes);
                bytes
            }

            /// A set in the portable format of Roaring bitmaps, with or without run containers.
            ///
            /// Takes memory in proportion to the bytes that are there, whatever they claim, but for the bitmaps of eight kilobytes that a run may stand for.
            ///
            /// # Errors
            /// [`Error::Unreadable`] if the bytes are not such a set, or if there are bytes after it.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
                let mut rest = bytes;
                let unreadable = |reason: String| Error::Unreadable { format: "Roaring", reason };
                let bitmap = $inner::deserialize_from(&mut rest).map_err(|fault| unreadable(fault.to_string()))?;
                if !rest.is_empty() {
                    return Err(unreadable(format!("{} bytes come after the set", rest.len())));
                }
                bitmap.checked(bytes).map(Self).map_err(unreadable)
            }
        }

        impl FromIterator<$id> for $name {
            fn from_iter<T: IntoIterator<Item = $id>>(ids: T) -> Self {
                Self(ids.into_iter().collect())
            }
        }

        impl Extend<$id> for $name {
            fn extend<T: IntoIterator<Item = $id>>(&mut self, ids: T) {
                self.0.extend(ids);
            }
        }

        impl TryFrom<Vec<u8>> for $name {
            type Error = Error;

            fn try_from(bytes: Vec<u8>) -> Result<Self, Error> {
                Self::from_bytes(&bytes)
            }
        }

        impl From<$name> for Vec<u8> {
            fn from(set: $name) -> Self {
                set.to_bytes(RoaringForm::Plain)
            }
        }

        impl AudienceSet for $name {
            type Count = u64;

            fn cardinality(&self) -> u64 {
                self.0.len()
            }

            fn divide(&self, other: &Self) -> Result<Division, Error> {
                Ok(Division::exact(self.0.len(), other.0.len(), self.intersection_count(other)))
            }

            fn masks(sets: &[&Self]) -> Result<MaskCounts, Error> {
                at_most_64(sets.len())?;
                let mut counter = Counter::new(sets.len());
                let bitmaps: Vec<&$inner> = sets.iter().map(|set| &set.0).collect();
                $inner::count(&bitmaps, &mut counter);
                Ok(MaskCounts { counts: counter.tally.finish(), sampling: Sampling::ALL })
            }
        }
    };
}

bitmap! {
    /// A set of dense 32-bit ids, as [`IdMap`](crate::overlap::IdMap) gives them, in a Roaring bitmap. Between two bytes per member and a fraction of a bit.
    ///
    /// ```
    /// use styring_segments::overlap::{AudienceSet, RoaringForm, RoaringIds};
    ///
    /// let reached: RoaringIds = (0..1_000_000).collect();
    /// let bought: RoaringIds = (0..2_000_000).step_by(100).collect();
    /// assert_eq!(reached.intersection_count(&bought), 10_000);
    ///
    /// let stored = reached.to_bytes(RoaringForm::Runs);
    /// assert!(stored.len() < 300);
    /// assert_eq!(RoaringIds::from_bytes(&stored)?.cardinality(), 1_000_000);
    /// # Ok::<(), styring_segments::Error>(())
    /// ```
    ///
    /// Source: Lemire, Ssi-Yan-Kai and Kaser 2016, "Consistently faster and smaller compressed bitmaps with Roaring", *Software: Practice and Experience* 46(11).
    RoaringIds, RoaringBitmap, u32
}

bitmap! {
    /// A set of 64-bit ids in few dense blocks, such as a tenant's number above a dense one, in Roaring bitmaps. For random ids [`SortedIds`](crate::overlap::SortedIds) is smaller and
    /// faster.
    ///
    /// ```
    /// use styring_segments::overlap::RoaringIds64;
    ///
    /// let tenant = |number: u64| (7 << 32) | number;
    /// let a: RoaringIds64 = (0..1000).map(tenant).collect();
    /// let b: RoaringIds64 = (900..2000).map(tenant).collect();
    /// assert_eq!(a.intersection_count(&b), 100);
    /// ```
    RoaringIds64, RoaringTreemap, u64
}

/// What the two kinds of bitmap do in different ways.
trait Bitmap: Sized {
    fn remove_runs(&mut self);

    /// Refuses what can be read but nobody writes.
    fn checked(self, bytes: &[u8]) -> Result<Self, String>;

    /// Counts the masks of all members.
    fn count(bitmaps: &[&Self], counter: &mut Counter);
}

impl Bitmap for RoaringBitmap {
    fn remove_runs(&mut self) {
        self.remove_run_compression();
    }

    fn checked(self, _: &[u8]) -> Result<Self, String> {
        Ok(self)
    }

    fn count(bitmaps: &[&Self], counter: &mut Counter) {
        let numbered: Vec<(usize, &Self)> = bitmaps.iter().copied().enumerate().collect();
        counter.count(&numbered);
    }
}

impl Bitmap for RoaringTreemap {
    fn remove_runs(&mut self) {
        *self = Self::from_bitmaps(self.bitmaps().map(|(key, bitmap)| {
            let mut bitmap = bitmap.clone();
            bitmap.remove_run_compression();
            (key, bitmap)
        }));
    }

    fn checked(self, bytes: &[u8]) -> Result<Self, String> {
        let said = bytes.first_chunk().map_or(0, |count| u64::from_le_bytes(*count));
        if said != self.bitmaps().count() as u64 {
            return Err("two blocks have the same upper half of their ids".to_owned());
        }
        // A block without members is harmless, but no member of this set.
        Ok(Self::from_bitmaps(
            self.bitmaps().filter(|(_, bitmap)| !bitmap.is_empty()).map(|(key, bitmap)| (key, bitmap.clone())),
        ))
    }

    fn count(bitmaps: &[&Self], counter: &mut Counter) {
        let mut blocks: Vec<(u32, usize, &RoaringBitmap)> = Vec::new();
        for (set, treemap) in bitmaps.iter().enumerate() {
            blocks.extend(treemap.bitmaps().map(|(key, bitmap)| (key, set, bitmap)));
        }
        blocks.sort_by_key(|(key, set, _)| (*key, *set));
        for block in blocks.chunk_by(|one, other| one.0 == other.0) {
            let numbered: Vec<(usize, &RoaringBitmap)> = block.iter().map(|(_, set, bitmap)| (*set, *bitmap)).collect();
            counter.count(&numbered);
        }
    }
}

/// Counts masks chunk by chunk of 65 536 ids, which is how the bitmaps are made: in a table of rows where there are many, by merging where there are few.
struct Counter {
    tally: MaskTally,
    rows: Rows,
    merge: BlockMerge,
}

impl Counter {
    const CHUNK: u32 = 1 << 16;

    fn new(sets: usize) -> Self {
        Self { tally: MaskTally::new(sets), rows: Rows::new(sets, Self::CHUNK as usize), merge: BlockMerge::default() }
    }

    fn count(&mut self, bitmaps: &[(usize, &RoaringBitmap)]) {
        let mut from = bitmaps.iter().filter_map(|(_, bitmap)| bitmap.min()).min();
        while let Some(first) = from {
            let start = first - first % Self::CHUNK;
            let end = start + (Self::CHUNK - 1);
            let members: u64 = bitmaps.iter().map(|(_, bitmap)| bitmap.range_cardinality(start..=end)).sum();
            if members > u64::from(Self::CHUNK / 16) {
                self.rows.clear();
                let mut buffer = [0; 1024];
                for (set, bitmap) in bitmaps {
                    let mut ids = bitmap.range(start..=end);
                    loop {
                        let some = ids.next_many(&mut buffer);
                        if some.is_empty() {
                            break;
                        }
                        self.rows.mark_all(some, *set);
                    }
                }
                self.rows.tally(&mut self.tally);
            } else {
                self.merge.clear();
                for (set, bitmap) in bitmaps {
                    self.merge.run(bitmap.range(start..=end).map(u64::from), 1 << set);
                }
                self.tally.extend(self.merge.merged());
            }
            let next = end.checked_add(1);
            from = next.and_then(|next| bitmaps.iter().filter_map(|(_, bitmap)| bitmap.range(next..).next()).min());
        }
    }
}
