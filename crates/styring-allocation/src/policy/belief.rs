//! What a short history says of every channel's response curve.

use std::sync::OnceLock;

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma};

use super::view::View;

/// A response of Hill's form, as a multiple of the response to one unit of spend: `(1 + κˢ)·uˢ/(uˢ + κˢ)`.
struct Shape {
    s: f64,
    kappa: f64,
    /// Logarithm of its share of the prior.
    prior: f64,
}

/// Elasticities at one unit from 0.2 to 0.9 for the concave; for the S-shaped from 0.4 to 1.6, three in ten of the prior together.
const CONCAVE: [(f64, f64); 6] = [(0.25, 0.08), (0.5, 0.14), (1.0, 0.18), (2.0, 0.14), (4.0, 0.10), (8.0, 0.06)];
const S_SHAPED: [(f64, f64); 5] = [(0.5, 0.06), (0.8, 0.06), (1.2, 0.06), (1.8, 0.06), (2.6, 0.06)];

/// Steps of spend in one unit.
pub(super) const STEPS: usize = 20;

struct Library {
    shapes: Vec<Shape>,
    /// For each shape its response at 0, 1/STEPS, 2/STEPS … units.
    values: Vec<Vec<f64>>,
}

/// Units of spend that the tables reach.
const REACH: usize = 16;

fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let concave = CONCAVE.iter().map(|(kappa, share)| (1.0, *kappa, *share));
        let s_shaped = S_SHAPED.iter().map(|(kappa, share)| (2.5, *kappa, *share));
        let shapes: Vec<Shape> =
            concave.chain(s_shaped).map(|(s, kappa, share)| Shape { s, kappa, prior: libm::log(share) }).collect();
        let row = |shape: &Shape| (0..=REACH * STEPS).map(|step| shape.at(step as f64 / STEPS as f64)).collect();
        let values = shapes.iter().map(row).collect();
        Library { shapes, values }
    })
}

impl Shape {
    fn at(&self, u: f64) -> f64 {
        if u <= 0.0 {
            return 0.0;
        }
        (1.0 + libm::pow(self.kappa, self.s)) / (1.0 + libm::pow(self.kappa / u, self.s))
    }
}

impl Library {
    /// The response of a shape to u units, between the steps of its table in a straight line.
    fn response(&self, shape: usize, u: f64) -> f64 {
        let place = u * STEPS as f64;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "zero or above, and compared before"
        )]
        let step = place.min(1e6) as usize;
        match self.values[shape].get(step..=step + 1) {
            Some([low, high]) if step > 0 => low + (high - low) * (place - step as f64),
            _ => self.shapes[shape].at(u),
        }
    }
}

/// How a history is read.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Reading {
    /// What a week counts for when it is one week older.
    pub memory: f64,
    /// By how much results vary beyond chance, as a coefficient of variation.
    pub noise: f64,
    /// How much channels differ in results per spend, as a coefficient of variation: less shrinks them more to the pool.
    pub spread: f64,
}

impl Default for Reading {
    fn default() -> Self {
        Self { memory: 0.9, noise: 0.15, spread: 0.6 }
    }
}

/// What is believed of one channel: for each shape how likely it is and what one unit of spend brings.
pub(super) struct Belief {
    /// The shape parameter of the gamma distribution of the level.
    alpha: f64,
    /// Its rate, for each shape.
    rates: Vec<f64>,
    /// How likely each shape is.
    odds: Vec<f64>,
}

/// One belief for each channel, with spend counted in units of `unit`.
///
/// Results of a week are taken as `level · season · completion · shape(u)`, more widely spread than Poisson's; the level has a gamma prior round the pool of all channels. The season is what all channels have in common.
pub(super) fn beliefs(view: &View<'_>, unit: f64, reading: Reading) -> Vec<Belief> {
    let library = library();
    let weeks = view.weeks();
    let season = season(view, unit);
    let units: f64 = view.channels.iter().flat_map(|seen| &seen.spend).sum::<f64>() / unit;
    let results: f64 = view.channels.iter().flat_map(|seen| &seen.results).sum();
    // A pool without any result is taken for one with half of one.
    let pool = results.max(0.5) / units.max(1e-9);
    let prior_alpha = 1.0 / (reading.spread * reading.spread);
    view.channels
        .iter()
        .map(|seen| {
            let mut alpha = prior_alpha;
            let mut rates = vec![prior_alpha / pool; library.shapes.len()];
            let mut logs = vec![0.0; library.shapes.len()];
            for (week, season) in season.iter().enumerate().filter(|(week, _)| seen.spend[*week] > 0.0) {
                let (spend, results) = (seen.spend[week] / unit, seen.results[week]);
                let age = (weeks - 1 - week) as f64;
                let certain = 1.0 / (1.0 + reading.noise * reading.noise * results);
                let weight = libm::pow(reading.memory, age) * certain;
                alpha += weight * results;
                for (shape, (rate, log)) in rates.iter_mut().zip(&mut logs).enumerate() {
                    let response = library.response(shape, spend).max(1e-300);
                    *rate += weight * season * seen.completion[week] * response;
                    *log += weight * results * libm::log(response);
                }
            }
            let score = |shape: usize| library.shapes[shape].prior + logs[shape] - alpha * libm::log(rates[shape]);
            let scores: Vec<f64> = (0..rates.len()).map(score).collect();
            let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let odds: Vec<f64> = scores.iter().map(|score| libm::exp(score - top)).collect();
            let sum: f64 = odds.iter().sum();
            Belief { alpha, rates, odds: odds.into_iter().map(|odds| odds / sum).collect() }
        })
        .collect()
}

/// What the weeks have in common: `results ≈ levelᵢ · season_w · √u`, fitted by turns, drawn a little to one.
fn season(view: &View<'_>, unit: f64) -> Vec<f64> {
    let weeks = view.weeks();
    let mut season = vec![1.0; weeks];
    let expected = |week: usize, level: f64, index: usize| {
        let seen = &view.channels[index];
        level * seen.completion[week] * (seen.spend[week] / unit).sqrt()
    };
    for _ in 0..3 {
        let levels: Vec<f64> = view
            .channels
            .iter()
            .enumerate()
            .map(|(index, seen)| {
                let exposed: f64 = (0..weeks).map(|week| season[week] * expected(week, 1.0, index)).sum();
                if exposed > 0.0 { seen.results.iter().sum::<f64>() / exposed } else { 0.0 }
            })
            .collect();
        for (week, season) in season.iter_mut().enumerate() {
            let got: f64 = view.channels.iter().map(|seen| seen.results[week]).sum();
            let foreseen: f64 = levels.iter().enumerate().map(|(index, level)| expected(week, *level, index)).sum();
            *season = (got + 10.0) / (foreseen + 10.0);
        }
    }
    season
}

impl Belief {
    /// The expected response at each step of spend up to `steps`.
    pub(super) fn mean(&self, steps: usize) -> Vec<f64> {
        let levels: Vec<f64> = self.rates.iter().zip(&self.odds).map(|(rate, odds)| odds * self.alpha / rate).collect();
        Self::with(&levels, steps)
    }

    /// A response drawn from what is believed.
    pub(super) fn draw(&self, steps: usize, chance: &mut ChaCha8Rng) -> Vec<f64> {
        use rand_chacha::rand_core::Rng;
        let mut left = (chance.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let mut levels = vec![0.0; self.odds.len()];
        let drawn = self.odds.iter().position(|odds| {
            left -= odds;
            left < 0.0
        });
        let shape = drawn.unwrap_or(0);
        let level = Gamma::new(self.alpha, 1.0).map_or(self.alpha, |gamma| gamma.sample(chance));
        levels[shape] = level / self.rates[shape];
        Self::with(&levels, steps)
    }

    fn with(levels: &[f64], steps: usize) -> Vec<f64> {
        let library = library();
        let mut values = vec![0.0; steps + 1];
        for (shape, level) in levels.iter().enumerate().filter(|(_, level)| **level > 0.0) {
            let table = &library.values[shape];
            for (step, value) in values.iter_mut().enumerate() {
                *value += level
                    * table.get(step).copied().unwrap_or_else(|| library.shapes[shape].at(step as f64 / STEPS as f64));
            }
        }
        values
    }
}
