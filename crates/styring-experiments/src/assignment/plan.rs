use std::collections::BTreeMap;

use super::Split;
use super::hash::murmur3_32;

/// Assigns a list of units so that in every stratum each arm has its share, but for less than one unit: countries, store sizes, customers' worth.
///
/// Within a stratum units are put in the order of their hash (Murmur3 under the salt, ties by name) and dealt out: the k-th goes to the arm that is furthest behind its weight. Weights of a [`Split`] count, its
/// coverage does not. The same list in another order gives the same arms; a unit more can move others, so that a list is assigned once and kept.
///
/// ```
/// use styring_experiments::assignment::{Split, stratified};
///
/// let stores = [("oslo-1", "city"), ("oslo-2", "city"), ("bergen-1", "city"), ("bergen-2", "city"), ("voss", "country"), ("odda", "country")];
/// let arms = stratified(&stores, "heavy-up", &Split::even(2, 1.0)?);
/// assert_eq!(arms.iter().zip(&stores).filter(|(arm, store)| **arm == 0 && store.1 == "city").count(), 2);
/// assert_ne!(arms[4], arms[5]);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
///
/// # Cost
///
/// n log n + n × arms.
pub fn stratified(units: &[(&str, &str)], salt: &str, split: &Split) -> Vec<usize> {
    let seed = murmur3_32(salt.as_bytes(), 0);
    let mut strata: BTreeMap<&str, Vec<(u32, &str, usize)>> = BTreeMap::new();
    for (place, (unit, stratum)) in units.iter().enumerate() {
        strata.entry(stratum).or_default().push((murmur3_32(unit.as_bytes(), seed), unit, place));
    }
    let mut arms = vec![0; units.len()];
    for (stratum, mut members) in strata {
        members.sort_unstable();
        // Another stratum begins with another arm, lest all odd units go to the first.
        let first = Scheduled::new(split, murmur3_32(stratum.as_bytes(), seed));
        for ((_, _, place), arm) in members.into_iter().zip(first) {
            if let Some(assigned) = arms.get_mut(place) {
                *assigned = arm;
            }
        }
    }
    arms
}

/// Deals out arms in proportion to their weights: always the one that is furthest behind; ties in an order of their own.
struct Scheduled<'a> {
    weights: &'a [f64],
    given: Vec<f64>,
    order: Vec<usize>,
    so_far: f64,
}

impl<'a> Scheduled<'a> {
    fn new(split: &'a Split, seed: u32) -> Self {
        let weights = split.weights();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|arm| (murmur3_32(&(*arm as u64).to_le_bytes(), seed), *arm));
        Self { weights, given: vec![0.0; weights.len()], order, so_far: 0.0 }
    }
}

impl Iterator for Scheduled<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.so_far += 1.0;
        let behind =
            |arm: usize| self.weights.get(arm).unwrap_or(&0.0) * self.so_far - self.given.get(arm).unwrap_or(&0.0);
        let mut next = *self.order.first()?;
        for arm in &self.order {
            // Rounding is no reason to prefer an arm.
            if behind(*arm) > behind(next) + 1e-9 {
                next = *arm;
            }
        }
        if let Some(given) = self.given.get_mut(next) {
            *given += 1.0;
        }
        Some(next)
    }
}

/// Assigns periods instead of units: in every region the arms follow each other in blocks, each block holding every arm once, in an order of its own.
///
/// For what cannot be shown to one and kept from another in the same place: bids, delivery fees, budgets. The balance in blocks keeps weekdays and trends apart from the arms (Bojinov, Simchi-Levi and Zhao
/// 2023); the effect of one period on the next has to be over before it ends.
///
/// ```
/// use styring_experiments::assignment::Switchback;
///
/// let plan = Switchback::new("bids-2026", 2);
/// let week: Vec<usize> = (0..14).map(|period| plan.arm("vestland", period)).collect();
/// assert_eq!(week.iter().filter(|arm| **arm == 0).count(), 7);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Switchback {
    salt: String,
    arms: u32,
}

impl Switchback {
    /// As many arms as there are treatments; one and none are all the first.
    pub fn new(salt: impl Into<String>, arms: u32) -> Self {
        Self { salt: salt.into(), arms }
    }

    /// The arm of a region in a period, counted from any beginning.
    ///
    /// # Cost
    ///
    /// arms log arms.
    pub fn arm(&self, region: &str, period: u64) -> usize {
        let arms = u64::from(self.arms.max(1));
        let (block, place) = (period / arms, period % arms);
        let seed = murmur3_32(&block.to_le_bytes(), murmur3_32(region.as_bytes(), murmur3_32(self.salt.as_bytes(), 0)));
        let mut order: Vec<(u32, usize)> =
            (0..self.arms.max(1)).map(|arm| (murmur3_32(&arm.to_le_bytes(), seed), arm as usize)).collect();
        order.sort_unstable();
        usize::try_from(place).ok().and_then(|place| order.get(place)).map_or(0, |(_, arm)| *arm)
    }
}
