use std::cmp::Ordering;
use std::collections::BinaryHeap;

use styring_response::Shape;

use super::branch::Found;
use super::feasible::Feasibility;
use super::market::{Settled, Target, total};
use super::piece::Domain;
use super::problem::Problem;
use super::side::Side;
use super::source::Source;
use super::{Goal, Plan};
use crate::Error;

/// How many entries the table of the knapsack may have.
const MOST_ENTRIES: usize = 1 << 28;

impl Problem {
    /// The best plan in whole units: `units` of them in all, each `unit` of money.
    ///
    /// Exact for every shape of curve. Where all are concave, units go one by one to where they bring most (Fox 1966): O(units · log n). For other shapes, and channels that may be off, the
    /// multiple-choice knapsack is solved by dynamic programming, one stage for all concave channels together and one for each other: O(stages · units²) time, O(stages · units) memory. Bounds are rounded inward
    /// to whole units. Of equally good plans the first by name has more.
    ///
    /// ```
    /// use styring_allocation::optimise::{Choice, Problem};
    /// use styring_response::{Curve, Family};
    ///
    /// // A radio deal has three sizes and no other.
    /// let deal = Family::PiecewiseLinear { points: vec![(0.0, 0.0), (9_000.0, 0.0), (10_000.0, 90.0), (19_000.0, 90.0), (20_000.0, 150.0)] };
    /// let problem = Problem::new([
    ///     Choice::new("Radio", Curve::new(deal)?),
    ///     Choice::new("Search", Curve::log(100.0, 8_000.0)?),
    /// ])?;
    /// let plan = problem.solve_in_units(50, 1_000.0)?;
    /// assert_eq!(plan.channel("Radio").map(|channel| channel.spend), Some(20_000.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`solve`](Self::solve); [`Error::Unsupported`] for groups and for a limit on money moved.
    pub fn solve_in_units(&self, units: u32, unit: f64) -> Result<Plan, Error> {
        if !(unit.is_finite() && unit > 0.0) {
            return Err(Error::out_of_range("unit", None, "above zero and finite", unit));
        }
        for (there, what) in [(self.has_groups(), "groups"), (self.has_move_limit(), "a limit on money moved")] {
            if there {
                return Err(Error::Unsupported { what, with: "whole units" });
            }
        }
        let budget = f64::from(units) * unit;
        let ranges = self.sides().iter().map(|side| range(side, units, unit)).collect::<Result<Vec<Range>, Error>>()?;
        let in_units = |(side, range): (&Side, &Range)| {
            let (low, high) = (f64::from(range.low) * unit, f64::from(range.high) * unit);
            Side { domain: Domain { low, high, or_off: range.or_off }, ..side.clone() }
        };
        let whole: Vec<Side> = self.sides().iter().zip(&ranges).map(in_units).collect();
        Feasibility { sides: &whole, ..self.feasibility() }.check(Some(budget))?;
        let sources = self.sources();
        let taken = divide(units, unit, &sources, &ranges)?;
        let spend: Vec<f64> = taken.iter().map(|taken| f64::from(*taken) * unit).collect();
        let response = sources.iter().zip(&spend).map(|(source, spend)| source.value(*spend)).sum();
        let settled = Settled::without_prices(spend);
        let goal = Goal::Spend(total(&settled.spend));
        let found = Found { settled, score: response, bound: response, nodes: 0 };
        Ok(Plan { shadow_price: None, ..self.plan(goal, Target::Spend(budget), &sources, found) })
    }
}

/// How many units a channel may have.
#[derive(Debug, Clone, Copy)]
struct Range {
    low: u32,
    high: u32,
    or_off: bool,
}

impl Range {
    fn least(self) -> u32 {
        if self.or_off { 0 } else { self.low }
    }
}

fn range(side: &Side, units: u32, unit: f64) -> Result<Range, Error> {
    let Domain { low, high, or_off } = side.domain;
    // What is a whole number but for the rounding of the division is that number.
    let count = |spend: f64, round: fn(f64) -> f64| {
        let (exact, nearest) = (spend / unit, (spend / unit).round());
        if (exact - nearest).abs() <= 4.0 * f64::EPSILON * exact { nearest } else { round(exact) }
    };
    let (low, high) = (count(low, f64::ceil), count(high, f64::floor));
    if low > high && !or_off {
        return Err(Error::Conflict {
            between: side.lower.iter().chain(&side.upper).cloned().collect(),
            by: (low - high) * unit,
        });
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not below zero; cut to the range on purpose"
    )]
    let range = |low: f64, high: f64| Range { low: low as u32, high: (high as u32).min(units), or_off };
    if low > high || (or_off && low > f64::from(units)) {
        return Ok(Range { low: 0, high: 0, or_off: false });
    }
    let range = range(low, high);
    Ok(Range { high: range.high.max(range.low), ..range })
}

fn divide(units: u32, unit: f64, sources: &[Source<'_>], ranges: &[Range]) -> Result<Vec<u32>, Error> {
    let concave = |index: &usize| sources[*index].shape() == Shape::Concave && !ranges[*index].or_off;
    let (smooth, bent): (Vec<usize>, Vec<usize>) = (0..sources.len()).partition(concave);
    let value = |index: usize, taken: u32| sources[index].value(f64::from(taken) * unit);
    let mut taken: Vec<u32> = ranges.iter().map(|range| range.least()).collect();
    let order = greedy(units, &smooth, ranges, &value);
    let floor: u32 = smooth.iter().map(|index| ranges[*index].low).fold(0, u32::saturating_add);
    let for_smooth = if bent.is_empty() {
        units
    } else {
        let mut stages = vec![Stage::smooth(floor, &order, units)];
        for index in &bent {
            stages.push(Stage::bent(ranges[*index], units, |taken| value(*index, taken)));
        }
        if stages.len().saturating_mul(units as usize + 1) > MOST_ENTRIES {
            return Err(Error::out_of_range("units", None, "fewer, for so many channels that are not concave", units));
        }
        let parts = knapsack(units, &stages);
        for (index, part) in bent.iter().zip(parts.iter().skip(1)) {
            taken[*index] = *part;
        }
        parts.first().copied().unwrap_or(0)
    };
    for (index, _) in order.iter().take((for_smooth.saturating_sub(floor)) as usize) {
        taken[*index] += 1;
    }
    Ok(taken)
}

/// The next unit of a channel.
struct Next {
    gain: f64,
    index: usize,
    taken: u32,
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Next {}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        self.gain.total_cmp(&other.gain).then(other.index.cmp(&self.index))
    }
}

/// Which concave channel gets each unit above the minima, and what it brings there.
fn greedy(units: u32, channels: &[usize], ranges: &[Range], value: &dyn Fn(usize, u32) -> f64) -> Vec<(usize, f64)> {
    let next = |index: usize, taken: u32| {
        (taken < ranges[index].high).then(|| Next {
            gain: value(index, taken + 1) - value(index, taken),
            index,
            taken: taken + 1,
        })
    };
    let mut heap: BinaryHeap<Next> = channels.iter().filter_map(|index| next(*index, ranges[*index].low)).collect();
    let mut order = Vec::new();
    while order.len() < units as usize
        && let Some(best) = heap.pop()
    {
        order.push((best.index, best.gain));
        heap.extend(next(best.index, best.taken));
    }
    order
}

/// The worth of each number of units; none where it is not allowed.
struct Stage {
    low: u32,
    worth: Vec<f64>,
    /// Worth of nothing, beside the others.
    off: Option<f64>,
}

impl Stage {
    fn smooth(floor: u32, order: &[(usize, f64)], units: u32) -> Self {
        let mut worth = vec![0.0];
        let mut sum = 0.0;
        for (_, gain) in order.iter().take(units.saturating_sub(floor) as usize) {
            sum += gain;
            worth.push(sum);
        }
        Self { low: floor, worth, off: None }
    }

    fn bent(range: Range, units: u32, value: impl Fn(u32) -> f64) -> Self {
        let worth = (range.low..=range.high.min(units)).map(&value).collect();
        Self { low: range.low, worth, off: range.or_off.then(|| value(0)) }
    }
}

/// How many units each stage gets in the best division; the total is known to be reachable.
fn knapsack(units: u32, stages: &[Stage]) -> Vec<u32> {
    let size = units as usize + 1;
    let mut best = vec![f64::NEG_INFINITY; size];
    best[0] = 0.0;
    let mut choices: Vec<Vec<u32>> = Vec::with_capacity(stages.len());
    for stage in stages {
        let mut next = vec![f64::NEG_INFINITY; size];
        let mut choice = vec![0_u32; size];
        for (before, sum) in best.iter().enumerate().filter(|(_, sum)| sum.is_finite()) {
            let mut offer = |taken: usize, worth: f64| {
                if let Some(known) = next.get_mut(before + taken)
                    && sum + worth > *known
                {
                    *known = sum + worth;
                    #[allow(clippy::cast_possible_truncation, reason = "not more than the units")]
                    let taken = taken as u32;
                    choice[before + taken as usize] = taken;
                }
            };
            if let Some(worth) = stage.off {
                offer(0, worth);
            }
            for (more, worth) in stage.worth.iter().enumerate().take(size - before) {
                offer(stage.low as usize + more, *worth);
            }
        }
        best = next;
        choices.push(choice);
    }
    let mut left = units as usize;
    let mut parts: Vec<u32> = choices
        .iter()
        .rev()
        .map(|choice| {
            let taken = choice[left];
            left -= taken as usize;
            taken
        })
        .collect();
    parts.reverse();
    parts
}
