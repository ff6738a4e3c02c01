//! The best division of next week's budget for one who knows the truth.

use crate::Error;
use crate::truth::{State, Truth, shared};

/// Parts of the total that the search is made in, before it is refined.
const PARTS: usize = 100;

/// Shares of `total` that cause most next week: the best on a grid of [`PARTS`], any shape of curve, then halved steps between pairs of channels.
///
/// The week is looked at alone: what is carried over or worn out for later weeks is not weighed, so a dynamic plan may do better where there is adstock or wear.
///
/// Cost: `n·PARTS²` for the grid.
pub(crate) fn best(truth: &Truth, state: &State, total: f64) -> Result<Vec<f64>, Error> {
    let channels = truth.channels.len();
    let part = total / PARTS as f64;
    let alone = |index: usize| -> Vec<f64> {
        (0..=PARTS).map(|parts| truth.would_cause(state, index, parts as f64 * part)).collect()
    };
    // Members of an overlap first share what they get among them, as if alone: their common cap keeps the order.
    let mut groups: Vec<Group> = Vec::new();
    let mut is_free = vec![true; channels];
    for overlap in &truth.overlap {
        let mut group = Group::none();
        for member in &overlap.members {
            group = group.with(*member, &alone(*member));
            is_free[*member] = false;
        }
        for value in &mut group.values {
            *value *= shared(*value, overlap.cap);
        }
        groups.push(group);
    }
    for index in (0..channels).filter(|index| is_free[*index]) {
        groups.push(Group::none().with(index, &alone(index)));
    }
    let mut all = Group::none();
    for group in groups {
        all = all.join(&group);
    }
    let mut spends = vec![0.0; channels];
    for (index, parts) in all.members.iter().zip(all.plan(PARTS)) {
        spends[*index] = parts as f64 * part;
    }
    let mut value = caused(truth, state, &spends)?;
    let mut step = part / 2.0;
    while step > total * 1e-4 {
        let mut is_better = false;
        for (from, to) in (0..channels).flat_map(|from| (0..channels).map(move |to| (from, to))) {
            if from == to || spends[from] < step {
                continue;
            }
            spends[from] -= step;
            spends[to] += step;
            let moved = caused(truth, state, &spends)?;
            if moved > value {
                value = moved;
                is_better = true;
            } else {
                spends[from] += step;
                spends[to] -= step;
            }
        }
        if !is_better {
            step /= 2.0;
        }
    }
    let sum: f64 = spends.iter().sum();
    Ok(spends.into_iter().map(|spend| if sum > 0.0 { spend.max(0.0) / sum } else { 1.0 / channels as f64 }).collect())
}

fn caused(truth: &Truth, state: &State, spends: &[f64]) -> Result<f64, Error> {
    let week = truth.play(&mut state.clone(), spends)?;
    Ok(week.iter().map(|channel| channel.incremental).sum())
}

/// Channels whose budget is divided among them in the best way, for each number of parts.
struct Group {
    members: Vec<usize>,
    values: Vec<f64>,
    /// For each number of parts what each member gets.
    plans: Vec<Vec<usize>>,
}

impl Group {
    fn none() -> Self {
        let mut values = vec![f64::NEG_INFINITY; PARTS + 1];
        values[0] = 0.0;
        Self { members: Vec::new(), values, plans: vec![Vec::new(); PARTS + 1] }
    }

    fn plan(&self, parts: usize) -> Vec<usize> {
        self.plans[parts].clone()
    }

    fn with(&self, member: usize, values: &[f64]) -> Self {
        let plans = (0..=PARTS).map(|parts| vec![parts]).collect();
        self.join(&Self { members: vec![member], values: values.to_vec(), plans })
    }

    fn join(&self, other: &Self) -> Self {
        let mut values = Vec::with_capacity(PARTS + 1);
        let mut plans = Vec::with_capacity(PARTS + 1);
        for parts in 0..=PARTS {
            let (mut top, mut at) = (f64::NEG_INFINITY, parts);
            for mine in 0..=parts {
                let value = self.values[mine] + other.values[parts - mine];
                if value > top {
                    (top, at) = (value, mine);
                }
            }
            values.push(top);
            plans.push(self.plans[at].iter().chain(&other.plans[parts - at]).copied().collect());
        }
        Self { members: self.members.iter().chain(&other.members).copied().collect(), values, plans }
    }
}
