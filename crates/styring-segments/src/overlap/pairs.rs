//! Two sets at a time.

use super::count::sealed::Parted;
use super::{AudienceSet, Audiences, Count, Division};
use crate::Error;

/// Sizes, and every pair of sets.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(bound(serialize = "C: serde::Serialize, C::Ratio: serde::Serialize")))]
#[non_exhaustive]
pub struct PairTable<C: Count> {
    /// Name and size of every set, in order.
    pub sizes: Vec<Size<C>>,
    /// Every pair, the earlier set as `a`.
    pub pairs: Vec<Pair<C>>,
}

/// A set and how many people are in it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[allow(clippy::exhaustive_structs, reason = "a name and a number")]
pub struct Size<C> {
    /// The set.
    pub name: String,
    /// People in it.
    pub size: C,
}

/// How two sets overlap. "The overlap in percent" is two different numbers, so both directions have their name.
///
/// | field | formula |
/// |---|---|
/// | `jaccard` | `\|A∩B\| / \|A∪B\|` |
/// | `overlap_coefficient` | `\|A∩B\| / min(\|A\|, \|B\|)` (Szymkiewicz–Simpson) |
/// | `share_of_a` | `\|A∩B\| / \|A\|`: what Meta shows as overlap of the selected audience |
/// | `share_of_b` | `\|A∩B\| / \|B\|` |
///
/// Of sketches, all numbers of a pair are read under the smaller theta of the two, so that they fit together: `a_minus_b + intersection + b_minus_a = union`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(bound(serialize = "C: serde::Serialize, C::Ratio: serde::Serialize")))]
#[non_exhaustive]
pub struct Pair<C: Count> {
    /// The first set.
    pub a: String,
    /// The second set.
    pub b: String,
    /// People in both.
    pub intersection: C,
    /// People in either.
    pub union: C,
    /// People in the first alone.
    pub a_minus_b: C,
    /// People in the second alone.
    pub b_minus_a: C,
    /// In both, of those in either.
    pub jaccard: C::Ratio,
    /// In both, of the smaller set.
    pub overlap_coefficient: C::Ratio,
    /// In both, of the first set.
    pub share_of_a: C::Ratio,
    /// In both, of the second set.
    pub share_of_b: C::Ratio,
}

impl<C: Count> Pair<C> {
    /// The numbers of one pair.
    pub(crate) fn of(a: String, b: String, division: Division) -> Self {
        let Division { only_a, both, only_b, sampling } = division;
        let (size_a, size_b, union) = (only_a + both, only_b + both, only_a + both + only_b);
        let count = |counted| C::of(counted, sampling);
        let part = |whole| C::Ratio::of(both, whole, sampling);
        Self {
            a,
            b,
            intersection: count(both),
            union: count(union),
            a_minus_b: count(only_a),
            b_minus_a: count(only_b),
            jaccard: part(union),
            overlap_coefficient: part(size_a.min(size_b)),
            share_of_a: part(size_a),
            share_of_b: part(size_b),
        }
    }
}

impl<C: Count> PairTable<C> {
    pub(crate) fn of<S: AudienceSet<Count = C>>(audiences: &Audiences<S>) -> Result<Self, Error> {
        let sizes = audiences.iter().map(|(name, set)| Size { name: name.to_owned(), size: set.cardinality() });
        let mut pairs = Vec::new();
        for (index, (a, first)) in audiences.iter().enumerate() {
            for (b, second) in audiences.iter().skip(index + 1) {
                pairs.push(Pair::of(a.to_owned(), b.to_owned(), first.divide(second)?));
            }
        }
        Ok(Self { sizes: sizes.collect(), pairs })
    }
}
