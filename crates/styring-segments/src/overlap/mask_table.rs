//! A bit mask per dense id: which sets each person is in.

use super::audiences::{at_most_64, distinct};
use super::count::Sampling;
use super::kernel::MaskTally;
use super::{MaskCounts, Regions};
use crate::Error;

/// Which sets each person is in, one bit mask per dense id as [`IdMap`](crate::overlap::IdMap) gives them: one byte for up to 8 sets, two for 16, four for 32, eight for 64.
///
/// An accumulator: partitions of one table, of the same sets and ids, merge.
///
/// ```
/// use styring_segments::overlap::MaskTable;
///
/// let mut table = MaskTable::new(["A", "B"], 100)?;
/// for id in 0..60 {
///     table.insert(0, id)?;
/// }
/// for id in 50..100 {
///     table.insert(1, id)?;
/// }
/// assert_eq!(table.regions().inclusive(&["A", "B"])?, 10);
/// # Ok::<(), styring_segments::Error>(())
/// ```
///
/// Cost: regions are one pass over the ids, less than a nanosecond each up to 8 sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskTable {
    names: Vec<String>,
    rows: Rows,
}

impl MaskTable {
    /// For these sets, and ids below `ids`. Nobody is in any set yet.
    ///
    /// # Errors
    /// [`Error::Repeated`] if a name repeats, [`Error::TooMany`] if there are more than 64.
    pub fn new<N: Into<String>>(names: impl IntoIterator<Item = N>, ids: usize) -> Result<Self, Error> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        at_most_64(names.len())?;
        distinct(names.iter().map(String::as_str))?;
        let rows = Rows::new(names.len(), ids);
        Ok(Self { names, rows })
    }

    /// Puts somebody into the set of this number.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such set or id.
    pub fn insert(&mut self, set: usize, id: u32) -> Result<(), Error> {
        if set >= self.names.len() {
            return Err(Error::OutOfRange { field: "set", expected: "the number of a set", value: set.to_string() });
        }
        if !self.rows.mark(id as usize, set) {
            return Err(Error::OutOfRange {
                field: "id",
                expected: "below the size of the table",
                value: id.to_string(),
            });
        }
        Ok(())
    }

    /// Takes in another table of the same sets and ids: whoever is in a set in either is in it. Associative and commutative; a new table changes nothing.
    ///
    /// # Errors
    /// [`Error::NamesDiffer`] if the sets or the number of ids differ.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.names != other.names || !self.rows.join(&other.rows) {
            return Err(Error::NamesDiffer);
        }
        Ok(())
    }

    /// All regions.
    pub fn regions(&self) -> Regions<u64> {
        let mut tally = MaskTally::new(self.names.len());
        self.rows.tally(&mut tally);
        Regions::of(self.names.clone(), MaskCounts { counts: tally.finish(), sampling: Sampling::ALL })
    }
}

/// Masks in the smallest word that holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rows {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
    Eight(Vec<u64>),
}

macro_rules! each {
    ($rows:expr, $name:ident => $what:expr) => {
        match $rows {
            Rows::One($name) => $what,
            Rows::Two($name) => $what,
            Rows::Four($name) => $what,
            Rows::Eight($name) => $what,
        }
    };
}

impl Rows {
    pub(super) fn new(sets: usize, ids: usize) -> Self {
        match sets {
            0..=8 => Self::One(vec![0; ids]),
            9..=16 => Self::Two(vec![0; ids]),
            17..=32 => Self::Four(vec![0; ids]),
            _ => Self::Eight(vec![0; ids]),
        }
    }

    /// Puts a person into a set; says whether there is such a row.
    #[inline]
    pub(super) fn mark(&mut self, id: usize, set: usize) -> bool {
        each!(self, rows => rows.get_mut(id).map(|row| *row |= 1 << set).is_some())
    }

    /// Puts people into a set by the lower half of their ids.
    #[cfg(feature = "roaring")]
    pub(super) fn mark_all(&mut self, ids: &[u32], set: usize) {
        each!(self, rows => for id in ids {
            if let Some(row) = rows.get_mut((id & 0xFFFF) as usize) {
                *row |= 1 << set;
            }
        });
    }

    #[cfg(feature = "roaring")]
    pub(super) fn clear(&mut self) {
        each!(self, rows => rows.fill(0));
    }

    fn join(&mut self, other: &Self) -> bool {
        fn all<T: Copy + std::ops::BitOrAssign>(rows: &mut [T], others: &[T]) -> bool {
            rows.iter_mut().zip(others).for_each(|(row, other)| *row |= *other);
            rows.len() == others.len()
        }
        match (self, other) {
            (Self::One(rows), Self::One(others)) if rows.len() == others.len() => all(rows, others),
            (Self::Two(rows), Self::Two(others)) if rows.len() == others.len() => all(rows, others),
            (Self::Four(rows), Self::Four(others)) if rows.len() == others.len() => all(rows, others),
            (Self::Eight(rows), Self::Eight(others)) if rows.len() == others.len() => all(rows, others),
            _ => false,
        }
    }

    pub(super) fn tally(&self, tally: &mut MaskTally) {
        /// Rows at a time, so that copies of wide masks stay in cache.
        const BLOCK: usize = 1 << 14;
        match self {
            Self::One(rows) => tally.extend_bytes(rows),
            Self::Two(rows) => {
                rows.chunks(BLOCK).for_each(|block| tally.extend(block.iter().map(|row| u64::from(*row))));
            }
            Self::Four(rows) => {
                rows.chunks(BLOCK).for_each(|block| tally.extend(block.iter().map(|row| u64::from(*row))));
            }
            Self::Eight(rows) => rows.chunks(BLOCK).for_each(|block| tally.extend(block.iter().copied())),
        }
    }
}
