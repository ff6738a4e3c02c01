use crate::Error;

/// How often to play each arm under budgets, with the proof that it is best.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Mix {
    shares: Vec<f64>,
    value: f64,
    bound: f64,
    prices: Vec<f64>,
}

impl Mix {
    /// How often each arm is played. They add up to at most 1: the rest of the time nothing is.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// What a round brings on average.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// What no mix can exceed, by the prices: Σ bₖ λₖ + max(0, maxⱼ (rⱼ − Σ cₖⱼ λₖ)). Equal to the [value](Self::value) but for rounding.
    pub fn bound(&self) -> f64 {
        self.bound
    }

    /// What one more unit of each budget would bring (its shadow price); 0 where a budget is not used up.
    pub fn prices(&self) -> &[f64] {
        &self.prices
    }
}

/// The mix of arms that brings the most per round within budgets: max Σ pⱼ rⱼ, Σⱼ pⱼ cₖⱼ ≤ bₖ for every budget k, Σ p ≤ 1, p ≥ 0.
///
/// The program behind bandits with knapsacks (Badanidiyuru, Kleinberg and Slivkins 2018; with Thompson's draws as rewards, Ferreira, Simchi-Levi and Wang 2018). `costs` has a row for every budget, with a cost for every
/// arm. At most as many arms have a share as there are budgets, and one more.
///
/// Solved by the simplex method on a dense table, whose last basis is solved anew from the data. Costs and rewards may be in any unit. The time grows with arms times budgets squared: microseconds for tens of arms.
///
/// # Errors
///
/// [`Error::NoChannels`] without arms; [`Error::LengthMismatch`] for a row of costs or a list of budgets of another length; [`Error::OutOfRange`] for a cost or budget below zero, or a number that is none or beyond 1e100.
///
/// ```
/// use styring_allocation::bandit::knapsack;
///
/// // Three channels, results and kroner per impression bought; at most 0.40 kr an impression.
/// let mix = knapsack(&[0.004, 0.010, 0.001], &[vec![0.20, 0.60, 0.05]], &[0.40])?;
/// assert!((mix.shares()[0] - 0.5).abs() < 1e-12 && (mix.shares()[1] - 0.5).abs() < 1e-12);
/// assert!((mix.value() - 0.007).abs() < 1e-15 && (mix.bound() - mix.value()).abs() < 1e-15);
/// // One krone more would bring 0.015 results.
/// assert!((mix.prices()[0] - 0.015).abs() < 1e-14);
/// # Ok::<(), styring_allocation::Error>(())
/// ```
pub fn knapsack(rewards: &[f64], costs: &[Vec<f64>], budgets: &[f64]) -> Result<Mix, Error> {
    check(rewards, costs, budgets)?;
    // Every row and the rewards are brought to at most one, so that one tolerance serves all.
    let scale = |row: &[f64]| row.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    let unit = |scale: f64| if scale > 0.0 { scale } else { 1.0 };
    let scales: Vec<f64> = costs.iter().map(|row| unit(scale(row))).collect();
    let reward_scale = unit(scale(rewards));
    let mut rows: Vec<Vec<f64>> =
        costs.iter().zip(&scales).map(|(row, s)| row.iter().map(|c| c / s).collect()).collect();
    rows.push(vec![1.0; rewards.len()]);
    let mut limits: Vec<f64> = budgets.iter().zip(&scales).map(|(b, s)| b / s).collect();
    limits.push(1.0);
    let gains: Vec<f64> = rewards.iter().map(|r| r / reward_scale).collect();

    let basis = Table::new(&rows, &limits, &gains).solve()?;
    let column = |variable: usize| -> Vec<f64> {
        rows.iter()
            .enumerate()
            .map(|(place, row)| {
                row.get(variable).copied().unwrap_or(if variable == rewards.len() + place { 1.0 } else { 0.0 })
            })
            .collect()
    };
    let columns: Vec<Vec<f64>> = basis.iter().map(|variable| column(*variable)).collect();
    let across: Vec<Vec<f64>> =
        (0..rows.len()).map(|row| columns.iter().map(|c| c.get(row).copied().unwrap_or(0.0)).collect()).collect();
    let basic_gains = basis.iter().map(|variable| gains.get(*variable).copied().unwrap_or(0.0)).collect();
    let levels = linear(across, limits).ok_or_else(unsolved)?;
    let duals = linear(columns, basic_gains).ok_or_else(unsolved)?;

    let mut shares = vec![0.0; rewards.len()];
    for (variable, level) in basis.iter().zip(levels) {
        if let Some(share) = shares.get_mut(*variable) {
            *share = level.clamp(0.0, 1.0);
        }
    }
    let value = rewards.iter().zip(&shares).map(|(r, p)| r * p).sum();
    let prices: Vec<f64> = duals.iter().zip(&scales).map(|(y, s)| y.max(0.0) * (reward_scale / s)).collect();
    let left = |arm: usize, reward: f64| {
        let paid: f64 = costs.iter().zip(&prices).map(|(row, y)| row.get(arm).copied().unwrap_or(0.0) * y).sum();
        reward - paid
    };
    let round = rewards.iter().enumerate().map(|(arm, reward)| left(arm, *reward)).fold(0.0, f64::max);
    let bound = budgets.iter().zip(&prices).map(|(b, y)| b * y).sum::<f64>() + round;
    Ok(Mix { shares, value, bound, prices })
}

fn check(rewards: &[f64], costs: &[Vec<f64>], budgets: &[f64]) -> Result<(), Error> {
    if rewards.is_empty() {
        return Err(Error::NoChannels);
    }
    if budgets.len() != costs.len() {
        return Err(Error::LengthMismatch {
            what: "budgets for rows of costs",
            got: budgets.len(),
            expected: costs.len(),
        });
    }
    if let Some(row) = costs.iter().find(|row| row.len() != rewards.len()) {
        return Err(Error::LengthMismatch { what: "costs", got: row.len(), expected: rewards.len() });
    }
    if let Some(reward) = rewards.iter().find(|r| !(-1e100..=1e100).contains(*r)) {
        return Err(Error::out_of_range("reward", None, "from -1e100 to 1e100", reward));
    }
    let amounts = costs.iter().flatten().map(|c| ("cost", c)).chain(budgets.iter().map(|b| ("budget", b)));
    for (field, amount) in amounts {
        if !(0.0..=1e100).contains(amount) {
            return Err(Error::out_of_range(field, None, "from 0 to 1e100", amount));
        }
    }
    Ok(())
}

fn unsolved() -> Error {
    Error::NotComputed { what: "the mix under budgets", why: "the simplex method did not end at a basis".to_owned() }
}

/// What counts as nothing in a table whose numbers are of the order of one.
const ROUNDING: f64 = 1e-13;

/// The table of the simplex method: a row for every constraint, [arms | slacks | limit], and the gains that are left.
struct Table {
    rows: Vec<Vec<f64>>,
    gains: Vec<f64>,
    basis: Vec<usize>,
}

impl Table {
    fn new(rows: &[Vec<f64>], limits: &[f64], gains: &[f64]) -> Self {
        let (arms, constraints) = (gains.len(), rows.len());
        let table = rows.iter().zip(limits).enumerate().map(|(place, (row, limit))| {
            let slacks = (0..constraints).map(|slack| if slack == place { 1.0 } else { 0.0 });
            row.iter().copied().chain(slacks).chain([*limit]).collect()
        });
        let mut left = gains.to_vec();
        left.resize(arms + constraints + 1, 0.0);
        Self { rows: table.collect(), gains: left, basis: (arms..arms + constraints).collect() }
    }

    /// The variables of the best basis.
    fn solve(mut self) -> Result<Vec<usize>, Error> {
        let size = self.gains.len();
        for pivot in 0..200 * size {
            // The largest gain first; should that go round in circles, the first one (Bland 1977), which cannot.
            let candidates = self.gains.iter().take(size - 1).enumerate().filter(|(_, gain)| **gain > ROUNDING);
            let in_order = pivot >= 20 * size;
            let entering = if in_order {
                candidates.map(|(variable, gain)| (variable, *gain)).next()
            } else {
                candidates.fold(None, |best: Option<(usize, f64)>, (variable, gain)| match best {
                    Some((_, most)) if most >= *gain => best,
                    _ => Some((variable, *gain)),
                })
            };
            let Some((entering, _)) = entering else {
                return Ok(self.basis);
            };
            let leaving = self.leaving(entering, in_order).ok_or_else(unsolved)?;
            self.pivot(leaving, entering);
        }
        Err(unsolved())
    }

    /// The row that limits a variable first; of several that with the largest rate, since what rounding left of nothing is a small one, or the one whose variable comes first.
    fn leaving(&self, entering: usize, in_order: bool) -> Option<usize> {
        let mut tightest: Option<(f64, f64, usize)> = None;
        for (place, (row, variable)) in self.rows.iter().zip(&self.basis).enumerate() {
            let (Some(rate), Some(limit)) = (row.get(entering), row.last()) else {
                continue;
            };
            if *rate <= ROUNDING {
                continue;
            }
            let ratio = limit.max(0.0) / rate;
            let rank = if in_order { -(*variable as f64) } else { *rate };
            if tightest.is_none_or(|(least, first, _)| ratio < least || (ratio <= least && rank > first)) {
                tightest = Some((ratio, rank, place));
            }
        }
        tightest.map(|(_, _, place)| place)
    }

    fn pivot(&mut self, leaving: usize, entering: usize) {
        let Some(mut chosen) = self.rows.get(leaving).cloned() else {
            return;
        };
        let by = chosen.get(entering).copied().unwrap_or(1.0);
        for entry in &mut chosen {
            *entry /= by;
        }
        let others = self.rows.iter_mut().enumerate().filter(|(place, _)| *place != leaving).map(|(_, row)| row);
        for row in others.chain([&mut self.gains]) {
            let factor = row.get(entering).copied().unwrap_or(0.0);
            for (entry, taken) in row.iter_mut().zip(&chosen) {
                *entry -= factor * taken;
            }
        }
        if let (Some(row), Some(variable)) = (self.rows.get_mut(leaving), self.basis.get_mut(leaving)) {
            *row = chosen;
            *variable = entering;
        }
    }
}

/// Solves M x = v by elimination with the largest pivot of each column; `None` for a matrix without an inverse.
fn linear(mut rows: Vec<Vec<f64>>, right: Vec<f64>) -> Option<Vec<f64>> {
    for (row, value) in rows.iter_mut().zip(right) {
        row.push(value);
    }
    let size = rows.len();
    for column in 0..size {
        let magnitude =
            |rows: &[Vec<f64>], row: usize| rows.get(row).and_then(|r| r.get(column)).map_or(0.0, |x| x.abs());
        let mut largest = column;
        for row in column + 1..size {
            if magnitude(&rows, row) > magnitude(&rows, largest) {
                largest = row;
            }
        }
        rows.swap(column, largest);
        let pivot_row = rows.get(column)?.clone();
        let pivot = *pivot_row.get(column)?;
        if pivot == 0.0 {
            return None;
        }
        for (_, row) in rows.iter_mut().enumerate().filter(|(place, _)| *place != column) {
            let factor = row.get(column).copied().unwrap_or(0.0) / pivot;
            for (entry, taken) in row.iter_mut().zip(&pivot_row).skip(column) {
                *entry -= factor * taken;
            }
        }
    }
    rows.iter().enumerate().map(|(place, row)| Some(*row.last()? / *row.get(place)?)).collect()
}
