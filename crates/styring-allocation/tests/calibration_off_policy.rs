//! What intervals of off-policy estimates keep, by seeded simulation: `cargo test -p styring-allocation --test calibration_off_policy -- --nocapture`; the whole table with `--release` and `--ignored`.
#![allow(clippy::unwrap_used)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardUniform};
use styring_allocation::off_policy::{Estimator, Logged, OffPolicy, Row, Settings};

/// A world of four kinds of circumstances and three actions, with a log that prefers some actions the more the sharper it is.
struct World {
    rates: [[f64; 3]; 4],
    sharpness: f64,
}

impl World {
    /// Rewards of 0 and 1 that come so often.
    fn new(rate: f64, sharpness: f64) -> Self {
        let shape = [[1.0, 1.6, 0.7], [0.8, 1.0, 1.5], [1.2, 0.6, 1.0], [1.0, 1.3, 1.1]];
        Self { rates: shape.map(|row| row.map(|factor| rate * factor)), sharpness }
    }

    /// The log's probabilities: softmax of the places of the actions.
    fn propensities(&self, kind: usize) -> [f64; 3] {
        let odds: [f64; 3] = std::array::from_fn(|action| libm::exp(-self.sharpness * ((action + kind) % 3) as f64));
        let sum: f64 = odds.iter().sum();
        odds.map(|odd| odd / sum)
    }

    const POLICY: [f64; 3] = [0.2, 0.5, 0.3];

    fn truth(&self) -> f64 {
        let of = |row: &[f64; 3]| row.iter().zip(Self::POLICY).map(|(rate, p)| rate * p).sum::<f64>();
        self.rates.iter().map(of).sum::<f64>() / 4.0
    }

    fn log(&self, rows: u32, seed: u64, settings: Settings) -> OffPolicy {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut lot = || -> f64 { StandardUniform.sample(&mut rng) };
        let mut log = OffPolicy::new(settings).unwrap();
        for row in 0..rows {
            let kind = (row % 4) as usize;
            let propensities = self.propensities(kind);
            let drawn = lot();
            let action =
                if drawn < propensities[0] { 0 } else { usize::from(drawn >= propensities[0] + propensities[1]) + 1 };
            let reward = if lot() < self.rates[kind][action] { 1.0 } else { 0.0 };
            // A model that is off: the mean rate of each action, and a little too high.
            let model: [f64; 3] =
                std::array::from_fn(|a| 1.15 * self.rates.iter().map(|row| row[a]).sum::<f64>() / 4.0);
            let propensity = propensities[action];
            log.add(
                &Logged::of(&Row { action, reward, propensity, policy: &Self::POLICY, model: Some(&model) }).unwrap(),
            )
            .unwrap();
        }
        log
    }
}

struct Kept {
    inside: f64,
    all: f64,
    bias: f64,
    squares: f64,
}

impl Kept {
    fn percent(&self) -> f64 {
        100.0 * self.inside / self.all
    }

    fn error(&self) -> f64 {
        100.0 * (0.95 * 0.05 / self.all).sqrt()
    }
}

/// How often 95 % intervals of all estimators but replay hold the truth, with bias and root mean squared error in parts of it.
fn coverage(world: &World, rows: u32, rounds: u64) -> Vec<(Estimator, Kept)> {
    let truth = world.truth();
    let logs: Vec<OffPolicy> =
        (0..rounds).map(|round| world.log(rows, 1_000 + round, Settings::without_limits())).collect();
    let mean = |of: &dyn Fn(&OffPolicy) -> f64| logs.iter().map(of).sum::<f64>() / rounds as f64;
    let weights = |log: &OffPolicy| log.weights().unwrap();
    println!(
        "rate {:.3}, sharpness {}, {rows} rows: ESS {:.0}, largest {:.1} % of all weight, effective rewards {:.0}",
        truth,
        world.sharpness,
        mean(&|log| weights(log).ess),
        100.0 * mean(&|log| weights(log).largest_share),
        mean(&|log| weights(log).effective_rewards.unwrap_or(0.0)),
    );
    Estimator::ALL
        .into_iter()
        .filter(|estimator| *estimator != Estimator::Replay)
        .map(|estimator| {
            let mut kept = Kept { inside: 0.0, all: 0.0, bias: 0.0, squares: 0.0 };
            for log in &logs {
                let estimate = log.estimate(estimator).unwrap();
                let held = estimate.interval(0.95).unwrap().is_some_and(|interval| interval.contains(truth));
                let off = estimate.value() / truth - 1.0;
                kept.inside += f64::from(u8::from(held));
                kept.all += 1.0;
                kept.bias += off / rounds as f64;
                kept.squares += off * off / rounds as f64;
            }
            println!(
                "  {estimator:12} {:.1} % ± {:.1}, bias {:+.1} %, error {:.1} %",
                kept.percent(),
                kept.error(),
                100.0 * kept.bias,
                100.0 * kept.squares.sqrt()
            );
            (estimator, kept)
        })
        .collect()
}

/// Estimators whose promise does not rest on the model or on the clip.
const UNBIASED: [Estimator; 4] =
    [Estimator::Ips, Estimator::Snips, Estimator::DoublyRobust, Estimator::SelfNormalisedDoublyRobust];

#[test]
fn intervals_of_unbiased_estimates_hold_the_truth() {
    for (world, rows) in [(World::new(0.1, 0.8), 3_000), (World::new(0.1, 1.5), 3_000)] {
        for (estimator, kept) in coverage(&world, rows, 400) {
            if UNBIASED.contains(&estimator) {
                // Two points below the promise, and Monte-Carlo error three times over.
                assert!(kept.percent() > 93.0 - 3.0 * kept.error(), "{estimator}: {}", kept.percent());
                assert!(kept.percent() < 95.0 + 3.0 * kept.error() + 1.0, "{estimator}: {}", kept.percent());
            }
        }
    }
}

/// Where intervals begin to fail: the reason for the limits.
#[test]
#[ignore = "half a minute in release"]
fn intervals_in_full() {
    for (rate, sharpness, rows) in [
        (0.1, 0.8, 3_000),
        (0.1, 1.5, 3_000),
        (0.1, 2.5, 3_000),
        (0.1, 3.5, 3_000),
        (0.1, 3.5, 800),
        (0.1, 4.5, 800),
        (0.005, 0.8, 3_000),
        (0.005, 1.5, 3_000),
        (0.005, 2.5, 3_000),
        (0.005, 1.5, 30_000),
    ] {
        coverage(&World::new(rate, sharpness), rows, 2_000);
    }
}
