//! Regions as an UpSet plot shows them.

use super::regions::Mask;
use super::{Count, Region, Regions, Size};

/// What an UpSet plot is drawn from: the sets with their sizes, and the regions with both of their counts.
///
/// Readers take one for the other where a plot shows only one (UpSetR issue 117, UpSetPlot issue 212), so that every region here has its exclusive and its inclusive count.
///
/// Source: Lex, Gehlenborg, Strobelt, Vuillemot and Pfister 2014, "UpSet: visualization of intersecting sets", *IEEE TVCG* 20(12), 1983–1992.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct UpSet<C> {
    /// The sets in order, with their sizes.
    pub sets: Vec<Size<C>>,
    /// The regions that are shown.
    pub regions: Vec<Region<C>>,
    /// How many regions with people are not shown.
    pub regions_left_out: usize,
    /// People in the regions that are not shown.
    pub people_left_out: C,
    /// People in any set.
    pub union: C,
}

/// Which regions an UpSet plot shows, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "options, to be built with `..Default::default()`")]
pub struct UpSetOptions {
    /// The order; the largest come first. [`UpSetOrder::Exclusive`] by default.
    pub order: UpSetOrder,
    /// How many regions at most; the first in the order. 40 by default.
    pub top: usize,
    /// Regions of at least so many sets; 1 by default.
    pub least_sets: u32,
    /// Regions of at most so many sets; 64 by default.
    pub most_sets: u32,
}

/// The order of the regions. Ties are in the order of the sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "what a region has to be ordered by")]
pub enum UpSetOrder {
    /// By the people in exactly these sets.
    #[default]
    Exclusive,
    /// By the people in at least these sets.
    Inclusive,
    /// By the number of sets, few first.
    Sets,
}

impl Default for UpSetOptions {
    fn default() -> Self {
        Self { order: UpSetOrder::Exclusive, top: 40, least_sets: 1, most_sets: 64 }
    }
}

impl<C: Count> Regions<C> {
    /// The regions as an UpSet plot shows them.
    ///
    /// ```
    /// use styring_segments::overlap::{Regions, UpSetOptions};
    ///
    /// let regions = Regions::from_counts(["A", "B", "C"], [(0b001, 40), (0b011, 10), (0b111, 5), (0b100, 20)])?;
    /// let shown = regions.up_set(UpSetOptions { top: 3, ..UpSetOptions::default() });
    /// let rows: Vec<_> = shown.regions.iter().map(|row| (row.sets.join("&"), row.exclusive, row.inclusive)).collect();
    /// assert_eq!(rows, [("A".into(), 40, 55), ("C".into(), 20, 25), ("A&B".into(), 10, 15)]);
    /// assert_eq!((shown.regions_left_out, shown.people_left_out), (1, 5));
    /// # Ok::<(), styring_segments::Error>(())
    /// ```
    pub fn up_set(&self, options: UpSetOptions) -> UpSet<C> {
        let wanted = |mask: Mask| (options.least_sets..=options.most_sets).contains(&mask.count_ones());
        let all = self.regions();
        let total = all.len();
        let mut regions: Vec<Region<C>> = all.into_iter().filter(|region| wanted(region.mask)).collect();
        // The sort is stable, and they are in the order of the sets.
        let descending =
            |by: fn(&Region<C>) -> C| move |a: &Region<C>, b: &Region<C>| by(b).to_f64().total_cmp(&by(a).to_f64());
        match options.order {
            UpSetOrder::Exclusive => regions.sort_by(descending(|region| region.exclusive)),
            UpSetOrder::Inclusive => regions.sort_by(descending(|region| region.inclusive)),
            UpSetOrder::Sets => {}
        }
        regions.truncate(options.top);
        let mut shown: Vec<Mask> = regions.iter().map(|region| region.mask).collect();
        shown.sort_unstable();
        let left_out = self.counted(|mask| shown.binary_search(&mask).is_err());
        UpSet {
            sets: self.names().iter().cloned().zip(self.sizes()).map(|(name, size)| Size { name, size }).collect(),
            regions_left_out: total - regions.len(),
            people_left_out: self.tell(left_out),
            union: self.union(),
            regions,
        }
    }
}
