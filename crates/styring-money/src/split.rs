use std::cmp::Reverse;

use crate::Exact;

/// Rounds exact quotas to integers that sum to `total`: every quota is floored, and the units left go one each to the largest fractions, ties to the
/// lower index.
///
/// This is the last step of every split of a budget, with or without bounds. `None` if the quotas do not sum to `total`, or a part does not fit an `i128`.
///
/// ```
/// use styring_money::{Exact, largest_remainder};
///
/// let quotas = [Exact::new(15, 1), Exact::new(15, 1), Exact::new(7, 0)];
/// assert_eq!(largest_remainder(10, &quotas), Some(vec![2, 1, 7]));
/// ```
///
/// Cost: O(n log n). Source: Hamilton's method, as in Balinski and Young, *Fair Representation* (1982).
pub fn largest_remainder(total: i128, quotas: &[Exact]) -> Option<Vec<i128>> {
    if quotas.iter().sum::<Exact>() != Exact::from(total) {
        return None;
    }
    let mut parts = quotas.iter().map(Exact::floor).collect::<Option<Vec<i128>>>()?;
    let mut by_fraction: Vec<(Reverse<Exact>, usize)> = quotas
        .iter()
        .zip(&parts)
        .enumerate()
        .map(|(index, (quota, part))| (Reverse(quota - &Exact::from(*part)), index))
        .collect();
    by_fraction.sort();
    let mut left = total;
    for part in &parts {
        left = left.checked_sub(*part)?;
    }
    // The fractions sum to `left`, each below one: there are at least that many quotas.
    for (_, index) in by_fraction.iter().take(usize::try_from(left).ok()?) {
        if let Some(part) = parts.get_mut(*index) {
            *part = part.checked_add(1)?;
        }
    }
    Some(parts)
}
