use super::panel::{Bell, Panel, panels};
use super::posterior::{Posterior, check_alike};
use super::rule::{AtPlaces, PLACES, integral, up_to_places};
use crate::Error;

/// How likely each arm is to be the best, and what is lost by choosing it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct BestArm {
    probabilities: Vec<f64>,
    losses: Vec<f64>,
    expected_maximum: f64,
}

impl BestArm {
    /// Compares arms whose posteriors are of one kind and independent; the highest is the best.
    ///
    /// P(i best) = ∫ fᵢ Π Fⱼ, and the loss E[max θ − θᵢ] is ∫ Fᵢ (1 − Π Fⱼ) for the arm with the highest mean, and that plus the difference of means for the others: nothing is subtracted that is small. No draws, and
    /// the same answer every time; about twelve digits of the largest probability, absolutely, and of each loss. A probability below e⁻⁵⁰ (2e-22) may come out as 0.
    ///
    /// The cost grows with the number of arms times the number of panels that their posteriors need: a few microseconds for two arms, some fifteen for five.
    ///
    /// Where the lowest is the best, swap the roles: a beta with a and b exchanged, a normal with its mean negated.
    ///
    /// # Errors
    ///
    /// [`Error::NoChannels`] without arms, [`Error::OutOfRange`] for posteriors of several kinds.
    ///
    /// ```
    /// use styring_allocation::bandit::{BestArm, Posterior};
    ///
    /// let seen = |results, spend| Posterior::gamma(1.0, 500.0)?.after_results(results, spend);
    /// let best = BestArm::of(&[seen(46.0, 10_000.0)?, seen(38.0, 10_000.0)?, seen(9.0, 2_000.0)?])?;
    /// assert!((best.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-12);
    /// // The third has a lower mean than the first and is less sure: it is the best more often than the second, and worth a try.
    /// assert!(best.probabilities()[2] > 0.3 && best.probabilities()[1] < 0.13);
    /// assert!(best.losses()[0] < 0.000_43 && best.expected_maximum() > 0.004_8);
    /// # Ok::<(), styring_allocation::Error>(())
    /// ```
    pub fn of(arms: &[Posterior]) -> Result<Self, Error> {
        check_alike(arms)?;
        let means: Vec<f64> = arms.iter().map(|arm| arm.mean()).collect();
        let (leader, highest) = first_largest(&means);
        let bells: Vec<Bell> = arms.iter().map(|arm| Bell::of(*arm)).collect();
        // Below the leader's lower end nothing is best and nothing is lost; arms that end there are out.
        let low = bells.get(leader).map_or(0.0, |bell| bell.low);
        let runs: Vec<usize> = bells
            .iter()
            .enumerate()
            .filter(|(arm, bell)| *arm == leader || bell.high > low)
            .map(|(arm, _)| arm)
            .collect();
        let running: Vec<Bell> = runs.iter().filter_map(|arm| bells.get(*arm).copied()).collect();
        let leader = runs.iter().position(|arm| *arm == leader).unwrap_or(0);
        let (shares, loss) = compare(&running, leader, low)?;
        let mut probabilities = vec![0.0; arms.len()];
        for (arm, share) in runs.iter().zip(shares) {
            if let Some(probability) = probabilities.get_mut(*arm) {
                *probability = share.clamp(0.0, 1.0);
            }
        }
        let losses = means.iter().map(|mean| loss + (highest - mean)).collect();
        Ok(Self { probabilities, losses, expected_maximum: highest + loss })
    }

    /// The probability of each arm to be the best.
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// What choosing each arm loses on average against choosing the best, in the units of the posteriors.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// The mean of the largest.
    pub fn expected_maximum(&self) -> f64 {
        self.expected_maximum
    }
}

/// The place and the value of the largest number, the first of equals.
pub(super) fn first_largest(numbers: &[f64]) -> (usize, f64) {
    let mut found = (0, f64::NEG_INFINITY);
    for (place, number) in numbers.iter().enumerate() {
        if *number > found.1 {
            found = (place, *number);
        }
    }
    found
}

/// One arm on one panel: its density, and what lies of it below and above each place.
#[derive(Clone)]
struct OnPanel {
    density: AtPlaces,
    below: AtPlaces,
    above: AtPlaces,
}

/// P(best) of each arm, and the loss of the leader.
fn compare(arms: &[Bell], leader: usize, low: f64) -> Result<(Vec<f64>, f64), Error> {
    let high = arms.iter().map(|arm| arm.high).fold(low, f64::max);
    let panels = panels(arms, low, high);
    // By panel from the right, and by arm.
    let mut table: Vec<OnPanel> = Vec::with_capacity(panels.len() * arms.len());
    let mut above_right = vec![0.0; arms.len()];
    for panel in &panels {
        for (arm, above) in arms.iter().zip(&mut above_right) {
            table.push(on_panel(arm, panel, above));
        }
    }
    let mut below_left = arms
        .iter()
        .map(|arm| if arm.low < low { arm.below(low).map(styring_special::Split::lower) } else { Ok(0.0) })
        .collect::<Result<Vec<_>, _>>()?;
    let mut wins = vec![0.0; arms.len()];
    let mut loss = 0.0;
    let mut suffixes = vec![[1.0; PLACES]; arms.len() + 1];
    for (panel, row) in panels.iter().zip(table.chunks_exact_mut(arms.len().max(1))).rev() {
        for (on_panel, below) in row.iter_mut().zip(&mut below_left) {
            let inside = panel.half * integral(&on_panel.density);
            // A rounding below zero is no probability, and none is above one.
            on_panel.below = on_panel.below.map(|part| (*below + part).clamp(0.0, 1.0));
            *below = (*below + inside).min(1.0);
        }
        for (arm, on_panel) in row.iter().enumerate().rev() {
            let next = suffixes.get(arm + 1).copied().unwrap_or([1.0; PLACES]);
            if let Some(suffix) = suffixes.get_mut(arm) {
                *suffix = product(&next, &on_panel.below);
            }
        }
        let mut prefix = [1.0; PLACES];
        for ((on_panel, suffix), win) in row.iter().zip(suffixes.iter().skip(1)).zip(&mut wins) {
            *win += panel.half * integral(&product(&on_panel.density, &product(&prefix, suffix)));
            prefix = product(&prefix, &on_panel.below);
        }
        loss += panel.half * integral(&lost(row, leader, panel));
    }
    Ok((wins, loss))
}

/// An arm on a panel, `below` counted from the panel's left end for now; `above_right` goes on to that end.
fn on_panel(arm: &Bell, panel: &Panel, above_right: &mut f64) -> OnPanel {
    if arm.high <= panel.left || arm.low >= panel.right {
        return OnPanel { density: [0.0; PLACES], below: [0.0; PLACES], above: [*above_right; PLACES] };
    }
    let density = arm.densities(panel);
    let below = up_to_places(&density).map(|part| panel.half * part);
    let inside = panel.half * integral(&density);
    let above = below.map(|part| (*above_right + (inside - part)).clamp(*above_right, 1.0));
    *above_right = (*above_right + inside).min(1.0);
    OnPanel { density, below, above }
}

/// F (1 − Π Fⱼ) dx/du of the leader: what the others are above it. 1 − Π is added up from the upper tails.
fn lost(row: &[OnPanel], leader: usize, panel: &Panel) -> AtPlaces {
    let (mut all_below, mut any_above) = ([1.0; PLACES], [0.0; PLACES]);
    let mut leading = [0.0; PLACES];
    for (arm, on_panel) in row.iter().enumerate() {
        if arm == leader {
            leading = product(&on_panel.below, &panel.slopes);
            continue;
        }
        for (any, added) in any_above.iter_mut().zip(product(&all_below, &on_panel.above)) {
            *any += added;
        }
        all_below = product(&all_below, &on_panel.below);
    }
    product(&leading, &any_above)
}

fn product(one: &AtPlaces, other: &AtPlaces) -> AtPlaces {
    let mut product = *one;
    for (factor, by) in product.iter_mut().zip(other) {
        *factor *= by;
    }
    product
}
