//! What the intervals of an NBD fit keep of their promise, by seeded simulation: `cargo test --release -p styring-reach --test calibration_reach -- --nocapture`; with `--ignored` the long one.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Gamma, Poisson};
use styring_reach::{Error, FrequencyHistogram, Nbd};
use styring_testkit::calibration::Share;

/// A panel of so many people of a known truth.
fn panel(truth: &Nbd, people: u64, generator: &mut ChaCha8Rng) -> FrequencyHistogram {
    let rates = Gamma::new(truth.shape(), truth.mean() / truth.shape()).unwrap();
    let mut counts = BTreeMap::new();
    for _ in 0..people {
        let rate: f64 = rates.sample(generator);
        let seen: f64 = if rate > 1e-12 { Poisson::new(rate).unwrap().sample(generator) } else { 0.0 };
        if seen > 0.0 {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let seen = seen as u64;
            *counts.entry(seen).or_insert(0) += 1;
        }
    }
    FrequencyHistogram::new(counts).unwrap()
}

/// The shares kept by the 90 % intervals of shape, mean, reach, reach with twice the impressions, and 3+; and of panels that could not be fitted.
fn coverage(mean: f64, shape: f64, people: u64, rounds: u64) -> ([Share; 5], f64) {
    let truth = Nbd::new(mean, shape).unwrap();
    let mut shares: [Share; 5] = Default::default();
    let mut alike = 0.0;
    for round in 0..rounds {
        let seen = panel(&truth, people, &mut ChaCha8Rng::seed_from_u64(4000 + round));
        let fit = match Nbd::fit(&seen, people) {
            Ok(fit) => fit,
            Err(Error::NotOverdispersed { .. }) => {
                alike += 1.0;
                continue;
            }
            Err(error) => panic!("{error}"),
        };
        let (low, high) = fit.shape_interval(0.9).unwrap();
        shares[0].count(low <= shape && high.is_none_or(|high| shape <= high));
        let holds = |(low, high): (f64, f64), value: f64| low <= value && value <= high;
        shares[1].count(holds(fit.mean_interval(0.9).unwrap(), mean));
        shares[2].count(holds(fit.reach_interval(1.0, 0.9).unwrap(), truth.reach()));
        shares[3].count(holds(fit.reach_interval(2.0, 0.9).unwrap(), truth.scaled(2.0).unwrap().reach()));
        shares[4].count(holds(fit.k_plus_interval(3, 1.0, 0.9).unwrap(), truth.k_plus(3).unwrap()));
    }
    let names = ["shape", "mean", "reach", "reach x 2", "3+"];
    let said: Vec<String> =
        names.iter().zip(&shares).map(|(name, share)| format!("{name} {:.1}", share.percent())).collect();
    println!(
        "mean {mean}, shape {shape}, {people} people: {} (± {:.1}); not overdispersed: {alike} of {rounds}",
        said.join(", "),
        shares[0].error(90.0)
    );
    (shares, alike / rounds as f64)
}

#[test]
fn intervals_of_a_fit_short() {
    for (mean, shape, people) in [(2.5, 0.5, 500), (0.8, 0.2, 2_000), (6.0, 2.0, 300)] {
        let (shares, alike) = coverage(mean, shape, people, 300);
        assert!(alike < 0.01);
        for share in shares {
            // Three Monte-Carlo errors, and one point for small panels.
            assert!((share.percent() - 90.0).abs() < 3.0 * share.error(90.0) + 1.0, "{}", share.percent());
        }
    }
}

#[test]
#[ignore = "half a minute in release; the figures of docs/reach.md"]
fn intervals_of_a_fit_long() {
    for (mean, shape, people, tolerance) in [
        (2.5, 0.5, 200, 1.5),
        (2.5, 0.5, 2_000, 1.0),
        (0.8, 0.2, 500, 2.5),
        (0.8, 0.2, 5_000, 1.0),
        (6.0, 2.0, 300, 1.0),
        (0.1, 0.3, 3_000, 2.5),
        (2.0, 20.0, 1_000, 2.5),
    ] {
        let (shares, alike) = coverage(mean, shape, people, 4_000);
        assert!(alike < 0.05);
        for share in shares {
            assert!((share.percent() - 90.0).abs() < 3.0 * share.error(90.0) + tolerance, "{}", share.percent());
        }
    }
}
