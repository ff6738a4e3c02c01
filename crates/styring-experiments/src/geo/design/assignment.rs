use rand_chacha::rand_core::Rng;

use super::History;
use crate::{Error, Seed};

/// Regions drawn for the treatment, one of each stratum of regions of like size: half of them treated makes pairs. The same seed draws the same.
///
/// Regions are ordered by their mean and cut into as many strata as are to be treated, of sizes that differ by one at most.
///
/// [`Did::randomisation`](crate::geo::Did::randomisation) rearranges over all regions, and not within strata: after this draw it is not exact, and tends to larger p-values where strata differ.
///
/// # Errors
///
/// [`Error::OutOfRange`] unless a region is treated and no stratum is smaller than two.
///
/// ```
/// use styring_experiments::{Seed, geo::design::{History, stratified}};
///
/// let history = History::new((0..6).map(|i| (format!("region {i}"), vec![f64::from(i); 10])))?;
/// let drawn = stratified(&history, 3, Seed(7))?;
/// assert_eq!(drawn, stratified(&history, 3, Seed(7))?);
/// assert!(drawn[0] == "region 0" || drawn[0] == "region 1");
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn stratified(history: &History, treated: usize, seed: Seed) -> Result<Vec<String>, Error> {
    let regions = history.regions();
    let all = regions.len();
    if treated == 0 || treated > all / 2 {
        return Err(Error::range("treated regions", "from 1 to half of all", treated));
    }
    let mut order: Vec<(f64, usize)> =
        (0..all).map(|place| (history.row(place).iter().sum::<f64>() / history.days() as f64, place)).collect();
    order.sort_by(|one, other| one.0.total_cmp(&other.0).then(regions[one.1].cmp(&regions[other.1])));
    let mut random = seed.generator();
    let mut drawn = Vec::with_capacity(treated);
    for stratum in 0..treated {
        let (from, to) = (stratum * all / treated, (stratum + 1) * all / treated);
        // The high half of a product of 64 bits: even to one in 2⁶⁴ over so few regions.
        let place = (u128::from(random.next_u64()) * (to - from) as u128) >> 64;
        let place = usize::try_from(place).unwrap_or_default();
        drawn.push(regions[order[from + place].1].clone());
    }
    Ok(drawn)
}
