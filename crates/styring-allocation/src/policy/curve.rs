use styring_money::{Money, Share};

use super::belief::{self, STEPS, beliefs};
use super::even::opening;
use super::settle::{Proposal, settle};
use super::view::View;
use super::{Policy, Rails};
use crate::{Decision, Error, History, Reason, Seed};

/// Budgets that are best for what is believed of the channels' response curves.
///
/// Every channel's results so far are held against a library of curves, concave and S-shaped; channels are drawn to their pool; what all weeks have in common is taken for season. The budgets that are best for the expected
/// curves are the goal, and the churn limit says how fast it is approached.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Curves {
    /// Weeks of the even split, at least one.
    pub opening_weeks: usize,
    /// How the history is read.
    pub reading: belief::Reading,
    /// Whether curves are drawn from what is believed (Thompson), so that unsure channels are tried, or the expected ones are used.
    pub sampled: bool,
    /// By how much the marginal responses of two channels must differ before money moves between them, as a share.
    pub dead_band: f64,
    /// Whether lift factors are applied.
    pub calibrated: bool,
    /// Guardrails of the whole.
    pub rails: Rails,
}

impl Default for Curves {
    /// Expected curves, one week of even split, a dead band of 15 %, at most 15 % of the total moved in a week, and no more money where people meet a channel more than 2.5 times a week.
    fn default() -> Self {
        Self {
            opening_weeks: 1,
            reading: belief::Reading::default(),
            sampled: false,
            dead_band: 0.15,
            calibrated: true,
            rails: Rails { churn: Share::percent(15).ok(), frequency_cap: Some(2.5), ..Rails::none() },
        }
    }
}

impl Policy for Curves {
    fn name(&self) -> String {
        let sampled = if self.sampled { "sampled curves" } else { "curves" };
        if self.calibrated { format!("{sampled}, lift") } else { sampled.to_owned() }
    }

    fn next(&self, total: Money, history: &History, seed: Seed) -> Result<Decision, Error> {
        let view = View::new(total, history, self.calibrated)?;
        if view.weeks() < self.opening_weeks.max(1) {
            return settle(&view, &self.rails, opening(&view));
        }
        let unit = view.even().max(1.0);
        let beliefs = beliefs(&view, unit, self.reading);
        let steps = STEPS * view.channels.len();
        let mut chance = seed.generator();
        let responses: Vec<Vec<f64>> = beliefs
            .iter()
            .map(|belief| if self.sampled { belief.draw(steps, &mut chance) } else { belief.mean(steps) })
            .collect();
        let now: Vec<f64> = view.channels.iter().map(|seen| seen.budget as f64 / unit * STEPS as f64).collect();
        let (best, marginal) = best_steps(&responses, &now, steps as f64, self.dead_band);
        let per_unit = STEPS as f64 / unit * view.minor();
        let proposals = best
            .into_iter()
            .zip(&responses)
            .zip(&now)
            .map(|((best, response), now)| {
                let slope = slope_at(response, *now) * per_unit;
                let marginal = marginal * per_unit;
                Proposal {
                    target: best / STEPS as f64 * unit,
                    reasons: vec![Reason::Marginal { marginal: slope, cut: marginal }],
                }
            })
            .collect();
        settle(&view, &self.rails, proposals)
    }
}

/// The steps of spend for each channel that give most together, and what the last step gives. Walks down the concave envelopes; at most one channel ends inside a chord of its own.
fn best_steps(responses: &[Vec<f64>], now: &[f64], total: f64, dead_band: f64) -> (Vec<f64>, f64) {
    struct Piece {
        channel: usize,
        length: f64,
        slope: f64,
        bid: f64,
    }
    let mut pieces = Vec::new();
    for (channel, (response, now)) in responses.iter().zip(now).enumerate() {
        for (from, to) in envelope(response) {
            let slope = (response[to] - response[from]) / (to - from) as f64;
            // Money that is there stays unless it is better elsewhere by more than the band.
            let (from, to) = (from as f64, to as f64);
            let stays = (now.min(to) - from).max(0.0);
            for (length, bid) in [(stays, slope * (1.0 + dead_band)), (to - from - stays, slope * (1.0 - dead_band))] {
                if length > 0.0 {
                    pieces.push(Piece { channel, length, slope, bid });
                }
            }
        }
    }
    pieces.sort_by(|one, other| other.bid.total_cmp(&one.bid).then(one.channel.cmp(&other.channel)));
    let mut steps = vec![0.0; responses.len()];
    let (mut left, mut last) = (total, 0.0);
    for piece in pieces {
        let taken = piece.length.min(left);
        steps[piece.channel] += taken;
        left -= taken;
        last = piece.slope;
        if left <= 0.0 {
            break;
        }
    }
    (steps, last)
}

/// The corners of the least concave function above the values, as pairs of steps.
fn envelope(values: &[f64]) -> Vec<(usize, usize)> {
    let mut corners: Vec<usize> = Vec::with_capacity(values.len());
    for step in 0..values.len() {
        while let [.., before, last] = corners[..] {
            let chord = (values[last] - values[before]) * (step - before) as f64;
            if chord > (values[step] - values[before]) * (last - before) as f64 {
                break;
            }
            corners.pop();
        }
        corners.push(step);
    }
    corners.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

/// What the next step gives from a place between the steps.
fn slope_at(values: &[f64], place: f64) -> f64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "zero or above, and compared before")]
    let step = (place.max(0.0) as usize).min(values.len().saturating_sub(2));
    match values.get(step..=step + 1) {
        Some([low, high]) => high - low,
        _ => 0.0,
    }
}
