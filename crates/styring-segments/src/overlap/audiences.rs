//! Named sets of one engine.

use std::collections::BTreeSet;
use std::fmt::Debug;

use super::count::Sampling;
use super::{Count, PairTable, Regions};
use crate::Error;

/// How many sets can be held against each other at once: a member's sets are the bits of one word.
pub const MAX_SETS: usize = 64;

/// A set of people in one of the engines: [`SortedIds`](crate::overlap::SortedIds), `RoaringIds`, `RoaringIds64` or `ThetaSketch`.
///
/// | engine | feature | counts | for |
/// |---|---|---|---|
/// | [`SortedIds`](crate::overlap::SortedIds) | | exactly | any 64-bit ids; 8 bytes each |
/// | `RoaringIds` | `roaring` | exactly | dense 32-bit ids, as `IdMap` gives; down to a fraction of a byte each |
/// | `RoaringIds64` | `roaring` | exactly | 64-bit ids in few dense blocks |
/// | `ThetaSketch` | `sketch` | estimates | lists too large to hold, or that come as sketches |
pub trait AudienceSet {
    /// `u64` for exact sets, `Estimate` for sketches.
    type Count: Count;

    /// How many people are in the set.
    fn cardinality(&self) -> Self::Count;

    /// How this set and another divide.
    ///
    /// # Errors
    /// Of sketches: if they were made with different seeds.
    fn divide(&self, other: &Self) -> Result<Division, Error>;

    /// How many people have each bit mask that occurs; bit `i` is set for those in `sets[i]`.
    ///
    /// # Errors
    /// If there are more than [`MAX_SETS`]; of sketches, if they were made with different seeds.
    fn masks(sets: &[&Self]) -> Result<MaskCounts, Error>;
}

/// How two sets divide: the members counted in one, in both and in the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Division {
    pub(crate) only_a: u64,
    pub(crate) both: u64,
    pub(crate) only_b: u64,
    pub(crate) sampling: Sampling,
}

impl Division {
    /// Of two exact sets by their sizes and what they have in common.
    pub(crate) fn exact(a: u64, b: u64, both: u64) -> Self {
        Self { only_a: a - both, both, only_b: b - both, sampling: Sampling::ALL }
    }
}

/// How many members were counted with each bit mask, by mask, ascending.
#[derive(Debug, Clone, PartialEq)]
pub struct MaskCounts {
    pub(crate) counts: Vec<(u64, u64)>,
    pub(crate) sampling: Sampling,
}

/// Named sets of one engine, in an order that the caller gives.
///
/// ```
/// use styring_segments::overlap::{Audiences, SortedIds};
///
/// let cart = SortedIds::from_iter([1, 2, 3, 4]);
/// let viewed = SortedIds::from_iter([3, 4, 5, 6, 7, 8]);
/// let audiences = Audiences::new([("Forlatt kurv", cart), ("Produktvisning", viewed)])?;
///
/// let pair = &audiences.pairs()?.pairs[0];
/// assert_eq!(pair.intersection, 2);
/// assert_eq!(pair.share_of_a.value()?, 0.5); // half of those with a cart
/// assert_eq!(pair.share_of_b.value()?, 1.0 / 3.0); // a third of those who viewed
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Audiences<S> {
    sets: Vec<(String, S)>,
}

impl<S> Audiences<S> {
    /// Sets by name.
    ///
    /// # Errors
    /// [`Error::Repeated`] if a name repeats.
    pub fn new<N: Into<String>>(sets: impl IntoIterator<Item = (N, S)>) -> Result<Self, Error> {
        let sets: Vec<(String, S)> = sets.into_iter().map(|(name, set)| (name.into(), set)).collect();
        distinct(sets.iter().map(|(name, _)| name.as_str()))?;
        Ok(Self { sets })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// The names, in their order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.sets.iter().map(|(name, _)| name.as_str())
    }

    /// The set of this name.
    pub fn get(&self, name: &str) -> Option<&S> {
        self.sets.iter().find(|(other, _)| other == name).map(|(_, set)| set)
    }

    /// Names and sets, in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &S)> {
        self.sets.iter().map(|(name, set)| (name.as_str(), set))
    }
}

impl<S: AudienceSet> Audiences<S> {
    /// Every pair, in the order of the sets.
    ///
    /// Cost: one comparison of two sets per pair, `n(n−1)/2` of them.
    ///
    /// # Errors
    /// Of sketches: if they were made with different seeds.
    pub fn pairs(&self) -> Result<PairTable<S::Count>, Error> {
        PairTable::of(self)
    }

    /// All regions at once: one pass over the members of all sets.
    ///
    /// # Errors
    /// [`Error::TooMany`] if there are more than [`MAX_SETS`]; of sketches, if they were made with different seeds.
    pub fn regions(&self) -> Result<Regions<S::Count>, Error> {
        let sets: Vec<&S> = self.sets.iter().map(|(_, set)| set).collect();
        let masks = S::masks(&sets)?;
        Ok(Regions::of(self.names().map(str::to_owned).collect(), masks))
    }
}

/// Refuses a name that repeats.
pub(crate) fn distinct<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    match names.into_iter().find(|name| !seen.insert(*name)) {
        Some(name) => Err(Error::Repeated { what: "set", value: name.to_owned() }),
        None => Ok(()),
    }
}

/// Refuses more sets than a mask has bits.
pub(crate) fn at_most_64(sets: usize) -> Result<(), Error> {
    if sets > MAX_SETS {
        return Err(Error::TooMany { what: "sets", limit: MAX_SETS as u64, given: sets as u64 });
    }
    Ok(())
}
