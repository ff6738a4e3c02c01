//! All regions of many sets at once.

use super::audiences::{at_most_64, distinct};
use super::count::Sampling;
use super::count::sealed::Parted;
use super::{Count, MaskCounts};
use crate::Error;

/// How many inclusive regions are listed at most.
pub(crate) const MAX_REGIONS: u64 = 1 << 20;

/// Which sets a member is in, of at most 64: bit `i` stands for set `i`.
pub type Mask = u64;

/// Every region of a Venn diagram that has anybody in it, from one pass over the members.
///
/// - **Exclusive**: in exactly these sets. Exclusive regions are disjoint and add up to the union.
/// - **Inclusive**: in at least these sets, what an intersection is. Inclusive regions overlap and must not be added.
///
/// Everything that is asked of regions is a sum over the masks that occur, `m` of them; nothing costs `2ⁿ`.
///
/// ```
/// use styring_segments::overlap::Regions;
///
/// // Counted elsewhere, by `GROUP BY` over a column per list: masks, and people with them.
/// let regions = Regions::from_counts(["A", "B", "C"], [(0b001, 40), (0b011, 10), (0b111, 5), (0b100, 20)])?;
/// assert_eq!(regions.union(), 75);
/// assert_eq!(regions.exclusive(&["A", "B"])?, 10); // in A and B, and not in C
/// assert_eq!(regions.inclusive(&["A", "B"])?, 15); // in A and B, in C or not
/// # Ok::<(), styring_segments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Regions<C: Count> {
    names: Vec<String>,
    masks: MaskCounts,
    count: std::marker::PhantomData<C>,
}

/// People by the sets they are in.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Region<C> {
    /// The sets, as bits in the order of the names.
    pub mask: Mask,
    /// The sets, by name.
    pub sets: Vec<String>,
    /// People in exactly these sets.
    pub exclusive: C,
    /// People in at least these sets.
    pub inclusive: C,
}

impl Regions<u64> {
    /// Regions that were counted elsewhere: masks with the people that have them. Masks may repeat, and add up.
    ///
    /// # Errors
    /// If a name repeats, there are more than 64, a mask has a bit without a set, or a sum leaves 64 bits.
    pub fn from_counts<N: Into<String>>(
        names: impl IntoIterator<Item = N>,
        counts: impl IntoIterator<Item = (Mask, u64)>,
    ) -> Result<Self, Error> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        at_most_64(names.len())?;
        distinct(names.iter().map(String::as_str))?;
        let mut counts: Vec<(Mask, u64)> = counts.into_iter().collect();
        if let Some((mask, _)) = counts.iter().find(|(mask, _)| highest_bit(*mask) > names.len()) {
            return Err(Error::OutOfRange {
                field: "mask",
                expected: "of the sets that have names",
                value: format!("{mask:#b}"),
            });
        }
        counts.sort_unstable();
        let mut sums: Vec<(Mask, u64)> = Vec::with_capacity(counts.len());
        let mut total = 0_u64;
        for (mask, count) in counts.into_iter().filter(|(mask, count)| *mask != 0 && *count != 0) {
            total = total.checked_add(count).ok_or(Error::OutOfRange {
                field: "count",
                expected: "of a sum below 2^64",
                value: count.to_string(),
            })?;
            match sums.last_mut() {
                Some((last, sum)) if *last == mask => *sum += count,
                _ => sums.push((mask, count)),
            }
        }
        Ok(Self::of(names, MaskCounts { counts: sums, sampling: Sampling::ALL }))
    }

    /// Takes in the regions of other people, of another partition of the ids: counts add up. Associative and commutative; regions without counts change
    /// nothing.
    ///
    /// # Errors
    /// [`Error::NamesDiffer`] if the sets are not the same in the same order.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.names != other.names {
            return Err(Error::NamesDiffer);
        }
        let all = self.masks.counts.iter().chain(&other.masks.counts).copied();
        *self = Self::from_counts(self.names.iter().cloned(), all)?;
        Ok(())
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    names: Vec<String>,
    masks: Vec<(Mask, u64)>,
}

#[cfg(feature = "serde")]
impl serde::Serialize for Regions<u64> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored { names: self.names.clone(), masks: self.masks.counts.clone() }.serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Regions<u64> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        Self::from_counts(stored.names, stored.masks).map_err(serde::de::Error::custom)
    }
}

/// The place of the highest bit, from 1.
fn highest_bit(mask: Mask) -> usize {
    (Mask::BITS - mask.leading_zeros()) as usize
}

impl<C: Count> Regions<C> {
    pub(crate) fn of(names: Vec<String>, masks: MaskCounts) -> Self {
        Self { names, masks, count: std::marker::PhantomData }
    }

    /// The sets, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How the members counted stand for all.
    pub fn sampling(&self) -> Sampling {
        self.masks.sampling
    }

    /// Masks that occur, and how many members were counted with them: of sketches, members of the sample. By mask.
    pub fn masks(&self) -> &[(Mask, u64)] {
        &self.masks.counts
    }

    /// How many counted members have a mask that this says yes to.
    pub(crate) fn counted(&self, mut which: impl FnMut(Mask) -> bool) -> u64 {
        self.masks.counts.iter().filter(|(mask, _)| which(*mask)).map(|(_, count)| count).sum()
    }

    /// As a number of people.
    pub(crate) fn tell(&self, counted: u64) -> C {
        C::of(counted, self.masks.sampling)
    }

    /// As a part of a number of people.
    pub(crate) fn part(&self, part: u64, whole: u64) -> C::Ratio {
        C::Ratio::of(part, whole, self.masks.sampling)
    }

    /// The names behind a mask.
    pub(crate) fn named(&self, mask: Mask) -> Vec<String> {
        bits(mask).filter_map(|bit| self.names.get(bit).cloned()).collect()
    }

    /// The bit of a name.
    pub(crate) fn bit(&self, name: &str) -> Result<usize, Error> {
        let known = self.names.iter().position(|known| known == name);
        known.ok_or_else(|| Error::UnknownName { name: name.to_owned() })
    }

    fn mask(&self, names: &[&str]) -> Result<Mask, Error> {
        names.iter().try_fold(0, |mask, name| Ok(mask | 1 << self.bit(name)?))
    }

    /// People in any set.
    pub fn union(&self) -> C {
        self.tell(self.counted(|_| true))
    }

    /// People in each set, in order. Of sketches: under the theta of all together, with wider bounds than a sketch alone.
    pub fn sizes(&self) -> Vec<C> {
        (0..self.names.len()).map(|bit| self.tell(self.counted(|mask| mask >> bit & 1 == 1))).collect()
    }

    /// People in exactly these sets.
    ///
    /// # Errors
    /// [`Error::UnknownName`].
    pub fn exclusive(&self, names: &[&str]) -> Result<C, Error> {
        let wanted = self.mask(names)?;
        Ok(self.tell(self.counted(|mask| mask == wanted)))
    }

    /// People in at least these sets.
    ///
    /// # Errors
    /// [`Error::UnknownName`].
    pub fn inclusive(&self, names: &[&str]) -> Result<C, Error> {
        let wanted = self.mask(names)?;
        Ok(self.tell(self.counted(|mask| mask & wanted == wanted)))
    }

    /// The regions that have people of their own, by number of sets, then in the order of the sets. Cost: `m²` for the inclusive counts, or `n·2ⁿ` where that is
    /// less.
    pub fn regions(&self) -> Vec<Region<C>> {
        let supersets = self.superset_sums();
        let mut regions: Vec<_> = self.masks.counts.iter().map(|(mask, _)| *mask).zip(supersets).collect();
        regions.sort_by_key(|(mask, _)| in_order(*mask));
        regions.into_iter().map(|(mask, inclusive)| self.region(mask, inclusive)).collect()
    }

    /// Every combination of at most `most` sets that anybody is in, whether or not anybody is in these alone; by number of sets, then in the order of the sets.
    ///
    /// Cost: the sum over masks of their combinations.
    ///
    /// # Errors
    /// [`Error::TooMany`] if that sum is over 2²⁰ = 1 048 576: ask for fewer sets at once.
    pub fn combinations(&self, most: u32) -> Result<Vec<Region<C>>, Error> {
        let work = self.masks.counts.iter().fold(0, |sum: u64, (mask, _)| {
            let sets = mask.count_ones();
            (1..=most.min(sets)).fold(sum, |sum, chosen| sum.saturating_add(binomial(sets, chosen)))
        });
        if work > MAX_REGIONS {
            return Err(Error::TooMany { what: "combinations of sets", limit: MAX_REGIONS, given: work });
        }
        let mut sums: Vec<(Mask, u64)> = Vec::new();
        for (mask, count) in &self.masks.counts {
            combine(*mask, 0, most, &mut |subset| sums.push((subset, *count)));
        }
        sums.sort_by_key(|(mask, _)| in_order(*mask));
        let grouped = sums.chunk_by(|one, other| one.0 == other.0);
        Ok(grouped.map(|run| self.region(run[0].0, run.iter().map(|(_, count)| count).sum())).collect())
    }

    fn region(&self, mask: Mask, inclusive: u64) -> Region<C> {
        let own = self.masks.counts.binary_search_by_key(&mask, |(mask, _)| *mask);
        let exclusive = own.map_or(0, |at| self.masks.counts[at].1);
        Region { mask, sets: self.named(mask), exclusive: self.tell(exclusive), inclusive: self.tell(inclusive) }
    }

    /// People by the number of sets they are in: from 1 on, those that occur.
    pub fn by_number_of_sets(&self) -> Vec<(u32, C)> {
        let tell = |sets| (sets, self.counted(|mask| mask.count_ones() == sets));
        let found = (1..=64).map(tell).filter(|(_, count)| *count > 0);
        found.map(|(sets, count)| (sets, self.tell(count))).collect()
    }

    /// For each mask, the members whose mask contains it.
    pub(crate) fn superset_sums(&self) -> Vec<u64> {
        let (counts, sets) = (&self.masks.counts, self.names.len());
        if sets <= 20 && counts.len() * counts.len() > sets << sets {
            let mut sums = vec![0_u64; 1 << sets];
            for (mask, count) in counts {
                sums[at(*mask)] = *count;
            }
            for bit in 0..sets {
                for mask in (0..sums.len()).filter(|mask| mask >> bit & 1 == 0) {
                    sums[mask] += sums[mask | 1 << bit];
                }
            }
            return counts.iter().map(|(mask, _)| sums[at(*mask)]).collect();
        }
        counts.iter().map(|(wanted, _)| self.counted(|mask| mask & wanted == *wanted)).collect()
    }
}

/// A mask of at most 20 bits as a place in a table.
#[allow(clippy::cast_possible_truncation, reason = "callers have at most 20 bits")]
fn at(mask: Mask) -> usize {
    mask as usize
}

/// Bits that are set, ascending.
pub(crate) fn bits(mask: Mask) -> impl Iterator<Item = usize> {
    (0..64).filter(move |bit| mask >> bit & 1 == 1)
}

/// By number of sets, then as the sets are ordered: AB before AC before BC.
pub(crate) fn in_order(mask: Mask) -> (u32, std::cmp::Reverse<u64>) {
    (mask.count_ones(), std::cmp::Reverse(mask.reverse_bits()))
}

/// The combinations of `of` things, `chosen` at a time; capped.
fn binomial(of: u32, chosen: u32) -> u64 {
    (0..chosen).fold(1_u64, |product, step| product.saturating_mul(u64::from(of - step)) / u64::from(step + 1))
}

/// Every combination of at most `most` of the bits in `of`, each joined with `chosen`.
fn combine(mut of: Mask, chosen: Mask, most: u32, found: &mut dyn FnMut(Mask)) {
    while of != 0 && most > 0 {
        let lowest = of & of.wrapping_neg();
        of ^= lowest;
        found(chosen | lowest);
        combine(of, chosen | lowest, most - 1, found);
    }
}
