use styring_money::{Exact, Sign, largest_remainder};

use crate::Error;

/// The least and the most a channel may get, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Bounds {
    /// At least this, zero or above.
    pub min: i128,
    /// At most this.
    pub max: i128,
}

/// Splits a total in proportion to weights, inside bounds, exact to the unit.
///
/// The exact quotas are `qᵢ = clamp(θ·wᵢ, minᵢ, maxᵢ)` with the one `θ` at which they sum to the total; they are then rounded by
/// [`largest_remainder`]. All weights zero count as equal weights. A channel of weight zero stays at its minimum until every channel with a weight is at its
/// maximum; what is then left goes to the weightless in equal parts.
///
/// `unit` is the step of the result, in minor units: 1, or 100 for whole kroner. Bounds are rounded inward to it; the total must be a multiple of it.
///
/// ```
/// use styring_allocation::{Bounds, apportion};
///
/// let bounds = [Bounds { min: 0, max: 300 }, Bounds { min: 200, max: 1000 }, Bounds { min: 0, max: 1000 }];
/// // In proportion it would be 500, 100, 400: the first is cut to its maximum and the second lifted to its minimum.
/// assert_eq!(apportion(1000, &[5.into(), 1.into(), 4.into()], &bounds, 1)?, [300, 200, 500]);
/// # Ok::<(), styring_allocation::Error>(())
/// ```
///
/// Errors: no channels, lists of different lengths, a negative weight, a minimum below zero or above its maximum, a total the bounds cannot hold.
/// Cost: O(n log n) exact operations.
pub fn apportion(total: i128, weights: &[Exact], bounds: &[Bounds], unit: i128) -> Result<Vec<i128>, Error> {
    check_lists("weights", weights.len(), bounds)?;
    if let Some(weight) = weights.iter().find(|weight| weight.sign() == Sign::Negative) {
        return Err(Error::out_of_range("weight", None, "zero or above", weight));
    }
    if unit < 1 || total % unit != 0 {
        return Err(Error::out_of_range("unit", None, "at least 1 and a divisor of the total", unit));
    }
    let inward: Vec<Bounds> = bounds
        .iter()
        .map(|bound| Bounds {
            // Rounded up without overflow at the top of the range.
            min: bound.min / unit + i128::from(bound.min % unit != 0),
            max: bound.max / unit,
        })
        .collect();
    let units = total / unit;
    let (lowest, highest) = (sum(&inward, |b| b.min), sum(&inward, |b| b.max));
    let (lowest_total, highest_total) = (lowest.saturating_mul(unit), highest.saturating_mul(unit));
    let infeasible = || Error::Infeasible { total, lowest: lowest_total, highest: highest_total };
    if inward.iter().any(|b| b.min > b.max) || !(lowest..=highest).contains(&units) {
        return Err(infeasible());
    }
    let quotas = quotas(units, weights, &inward);
    let parts = largest_remainder(units, &quotas).ok_or_else(infeasible)?;
    Ok(parts.into_iter().map(|part| part * unit).collect())
}

fn check_lists(what: &'static str, length: usize, bounds: &[Bounds]) -> Result<(), Error> {
    if bounds.is_empty() {
        return Err(Error::NoChannels);
    }
    if length != bounds.len() {
        return Err(Error::LengthMismatch { what, got: length, expected: bounds.len() });
    }
    if let Some(bound) = bounds.iter().find(|bound| bound.min < 0 || bound.min > bound.max) {
        let value = format!("{}..{}", bound.min, bound.max);
        return Err(Error::out_of_range("bounds", None, "a minimum of zero or above, not above the maximum", value));
    }
    Ok(())
}

pub(crate) fn sum<'a>(bounds: impl IntoIterator<Item = &'a Bounds>, end: fn(&Bounds) -> i128) -> i128 {
    bounds.into_iter().map(end).fold(0, i128::saturating_add)
}

/// The exact quotas; the total is known to lie between the sums of the bounds.
fn quotas(total: i128, weights: &[Exact], bounds: &[Bounds]) -> Vec<Exact> {
    let weighted = |index: usize| !weights[index].is_zero();
    let (heavy, weightless): (Vec<usize>, Vec<usize>) = (0..bounds.len()).partition(|index| weighted(*index));
    let of = |indices: &[usize], end| sum(indices.iter().map(|index| &bounds[*index]), end);
    let heavy_total = (total - of(&weightless, |b| b.min)).min(of(&heavy, |b| b.max));
    let mut quotas = vec![Exact::ZERO; bounds.len()];
    let mut fill = |indices: &[usize], total: i128, weight: &dyn Fn(usize) -> Exact| {
        let level = water_level(total, indices, weight, bounds);
        for index in indices {
            quotas[*index] = clamp(&(&level * &weight(*index)), bounds[*index]);
        }
    };
    fill(&heavy, heavy_total, &|index| weights[index].clone());
    fill(&weightless, total - heavy_total, &|_| Exact::ONE);
    quotas
}

/// The θ at which `Σ clamp(θ·wᵢ, minᵢ, maxᵢ)` reaches the total; all weights are above zero.
fn water_level(total: i128, indices: &[usize], weight: &dyn Fn(usize) -> Exact, bounds: &[Bounds]) -> Exact {
    let ends = |i: usize| [bounds[i].min, bounds[i].max].map(|end| Exact::from(end).checked_div(&weight(i)));
    let bends = indices.iter().flat_map(|i| ends(*i)).flatten().chain([Exact::ZERO]);
    let sum_at = |level: &Exact| -> Exact { indices.iter().map(|i| clamp(&(level * &weight(*i)), bounds[*i])).sum() };
    where_reached(&Exact::from(total), bends.collect(), sum_at)
}

fn clamp(value: &Exact, bounds: Bounds) -> Exact {
    value.clone().clamp(Exact::from(bounds.min), Exact::from(bounds.max))
}

/// The whole-number plan nearest to a real one (least squares), with the total and the bounds exact.
///
/// Of equally near plans it is the one in which the lower index receives and the higher index gives.
///
/// ```
/// use styring_allocation::{Bounds, nearest_whole};
///
/// let wide = [Bounds { min: 0, max: 1000 }; 3];
/// let plan = ["342.576".parse()?, "364.705".parse()?, "381.719".parse()?];
/// assert_eq!(nearest_whole(1089, &plan, &wide)?, [342, 365, 382]);
/// # Ok::<(), styring_allocation::Error>(())
/// ```
///
/// Errors: as [`apportion`]. Cost: O(n²) at worst, O(n log n) exact operations before the last n units.
/// Source: greedy is optimal for separable convex objectives under one constraint (Fox 1966).
pub fn nearest_whole(total: i128, plan: &[Exact], bounds: &[Bounds]) -> Result<Vec<i128>, Error> {
    check_lists("plan", plan.len(), bounds)?;
    let (lowest, highest) = (sum(bounds, |b| b.min), sum(bounds, |b| b.max));
    let infeasible = || Error::Infeasible { total, lowest, highest };
    // Minima that no `i128` holds cannot lie below a total that is one.
    let minima = bounds.iter().try_fold(0_i128, |sum, bound| sum.checked_add(bound.min));
    if minima.is_none() || !(lowest..=highest).contains(&total) {
        return Err(infeasible());
    }
    // The unit that takes channel i from k to k+1 adds 2(k − xᵢ) + 1 to the squared distance. Taking the cheapest units first walks through all optimal
    // plans; `floor(xᵢ + shift)` at a shift that is no more than enough stands on that walk.
    let shift = shift_to(total, plan, bounds);
    let mut whole = plan
        .iter()
        .zip(bounds)
        .map(|(x, bound)| clamp(&(x + &shift), *bound).floor())
        .collect::<Option<Vec<i128>>>()
        .ok_or_else(infeasible)?;
    let mut left = total - whole.iter().sum::<i128>();
    while left > 0 {
        let cheapest = (0..whole.len())
            .filter(|index| whole[*index] < bounds[*index].max)
            .min_by_key(|index| &Exact::from(whole[*index]) - &plan[*index])
            .ok_or_else(infeasible)?;
        whole[cheapest] += 1;
        left -= 1;
    }
    Ok(whole)
}

/// [`nearest_whole`] of a plan in `f64`, whose digits are taken for exact.
///
/// Where the whole parts leave no more than one unit to each channel with room, the largest fractions receive it: the last units on the same walk. Cost: then O(n log n) operations on machine numbers.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the fraction is cut on purpose; a part beyond the range is outside of its bounds"
)]
pub(crate) fn nearest_whole_to(total: i128, plan: &[f64], bounds: &[Bounds]) -> Result<Vec<i128>, Error> {
    check_lists("plan", plan.len(), bounds)?;
    let floors: Vec<i128> = plan.iter().map(|part| part.floor() as i128).collect();
    let inside = floors.iter().zip(bounds).all(|(part, bound)| (bound.min..=bound.max).contains(part));
    let sum = floors.iter().try_fold(0_i128, |sum, part| sum.checked_add(*part));
    let mut open: Vec<usize> = (0..plan.len()).filter(|index| floors[*index] < bounds[*index].max).collect();
    let left = sum.and_then(|sum| usize::try_from(total.checked_sub(sum)?).ok());
    if let Some(left) = left.filter(|left| inside && *left <= open.len()) {
        let fraction = |index: &usize| plan[*index] - plan[*index].floor();
        open.sort_by(|one, other| fraction(other).total_cmp(&fraction(one)));
        let mut whole = floors;
        for index in open.into_iter().take(left) {
            whole[index] += 1;
        }
        return Ok(whole);
    }
    let exact = |(index, part): (usize, &f64)| {
        Exact::try_from(*part).map_err(|_| Error::out_of_range("plan", None, "finite", format!("{part} at {index}")))
    };
    let plan = plan.iter().enumerate().map(exact).collect::<Result<Vec<Exact>, Error>>()?;
    nearest_whole(total, &plan, bounds)
}

/// The s at which `Σ clamp(xᵢ + s, minᵢ, maxᵢ)` reaches the total.
fn shift_to(total: i128, plan: &[Exact], bounds: &[Bounds]) -> Exact {
    let ends = |(x, bound): (&Exact, &Bounds)| [bound.min, bound.max].map(|end| &Exact::from(end) - x);
    let bends = plan.iter().zip(bounds).flat_map(ends);
    let sum_at =
        |shift: &Exact| -> Exact { plan.iter().zip(bounds).map(|(x, bound)| clamp(&(x + shift), *bound)).sum() };
    where_reached(&Exact::from(total), bends.collect(), sum_at)
}

/// Where a function that never falls, and is straight between its bends, reaches a value that it takes.
fn where_reached(value: &Exact, mut bends: Vec<Exact>, function: impl Fn(&Exact) -> Exact) -> Exact {
    bends.sort();
    let above = bends.partition_point(|bend| &function(bend) < value);
    let below = above.checked_sub(1).and_then(|below| bends.get(below));
    match (below, bends.get(above)) {
        (Some(below), Some(above)) => {
            let (low, high) = (function(below), function(above));
            let part = (value - &low).checked_div(&(&high - &low)).unwrap_or(Exact::ONE);
            below + &(&part * &(above - below))
        }
        (_, Some(end)) | (Some(end), None) => end.clone(),
        (None, None) => Exact::ZERO,
    }
}
