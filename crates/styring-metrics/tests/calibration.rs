//! What the effect score promises about its own uncertainty, shown by simulation with fixed seeds.
#![allow(clippy::expect_used)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Gamma, Poisson};
use styring_metrics::{Delivery, EffectScore, EffectScoring, Quality, ScoreWeights, Target};
use styring_money::{Currency, Exact, Unrounded};

const PRIOR: f64 = 3.0;
const TARGET_COST: f64 = 400.0;
const DRAWS: u32 = 20_000;

fn score(scoring: &EffectScoring, results: f64, expected: f64) -> EffectScore {
    let exact = |value: f64| Exact::try_from(value).expect("finite");
    let nok = |value: f64| Unrounded::new(exact(value), Currency::NOK);
    let delivery = Delivery {
        results: exact(results),
        spend: nok(expected * TARGET_COST),
        quality: Quality::given(0.8).expect("a weight"),
    };
    let target = Target { results: exact(expected), cost_per_result: nok(TARGET_COST) };
    scoring.score(&delivery, &target).expect("valid input")
}

/// Weights (0, 0, 1): the score is the efficiency itself, so that coverage can be read off.
fn efficiency_only(level: f64) -> EffectScoring {
    let weights = ScoreWeights { attainment: 0.0, quality: 0.0, efficiency: 1.0 };
    EffectScoring::new(weights, PRIOR, level).expect("valid scoring")
}

fn covers(score: &EffectScore, truth: f64) -> bool {
    score.interval().is_some_and(|(low, high)| (low..=high).contains(&truth))
}

#[test]
fn intervals_cover_at_their_level_when_channels_vary_as_the_prior_says() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for (expected, level) in [(2.0, 0.9), (10.0, 0.9), (10.0, 0.8), (200.0, 0.9)] {
        let scoring = efficiency_only(level);
        // Channels whose true efficiency varies around the target by the prior's own spread.
        let truths = Gamma::new(PRIOR, 1.0 / PRIOR).expect("a gamma");
        let hits = (0..DRAWS)
            .filter(|_| {
                let truth = truths.sample(&mut rng);
                let results = Poisson::new(truth * expected).map_or(0.0, |p| p.sample(&mut rng));
                covers(&score(&scoring, results, expected), truth)
            })
            .count();
        let coverage = hits as f64 / f64::from(DRAWS);
        let error = (level * (1.0 - level) / f64::from(DRAWS)).sqrt();
        println!("expected {expected}: nominal {level}, covered {coverage:.4} ± {error:.4}");
        assert!((coverage - level).abs() < 4.0 * error, "expected {expected}: covered {coverage}");
    }
}

#[test]
fn the_probability_of_beating_is_calibrated() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let scoring = EffectScoring::default();
    let truths = Gamma::new(PRIOR, 1.0 / PRIOR).expect("a gamma");
    let mut bins = [(0_u32, 0_u32, 0.0_f64); 10];
    for _ in 0..2 * DRAWS {
        let sizes = [8.0, 40.0];
        let drawn = sizes.map(|expected| {
            let truth = truths.sample(&mut rng);
            let results = Poisson::new(truth * expected).map_or(0.0, |p| p.sample(&mut rng));
            (truth, score(&scoring, results, expected))
        });
        let [(truth_a, a), (truth_b, b)] = drawn;
        let said = a.probability_above(&b).expect("both have spend");
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let bin = &mut bins[((said * 10.0) as usize).min(9)];
        bin.0 += 1;
        bin.1 += u32::from(truth_a > truth_b);
        bin.2 += said;
    }
    for (count, wins, said) in bins {
        let (observed, said) = (f64::from(wins) / f64::from(count), said / f64::from(count));
        let error = (said * (1.0 - said) / f64::from(count)).sqrt();
        println!("said {said:.3}, was {observed:.3} ± {error:.3} ({count} pairs)");
        assert!((observed - said).abs() < 4.0 * error, "said {said}, was {observed}");
    }
}

/// What the interval does at one fixed truth: a credible interval promises coverage on average over the prior only. The figures stand in `docs/effect-score.md`.
#[test]
fn coverage_at_a_fixed_truth_is_as_documented() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let scoring = efficiency_only(0.9);
    for (truth, expected, documented) in [
        (1.0, 5.0, 0.941),
        (1.0, 100.0, 0.897),
        (0.5, 20.0, 0.908),
        (2.0, 20.0, 0.872),
        (0.25, 20.0, 0.864),
        (0.25, 100.0, 0.883),
    ] {
        let results = Poisson::new(truth * expected).expect("a rate");
        let hits = (0..DRAWS).filter(|_| covers(&score(&scoring, results.sample(&mut rng), expected), truth)).count();
        let coverage = hits as f64 / f64::from(DRAWS);
        let error = (coverage * (1.0 - coverage) / f64::from(DRAWS)).sqrt();
        println!("truth {truth}, expected {expected}: covered {coverage:.3} ± {error:.3}");
        let deviation: f64 = coverage - documented;
        assert!(deviation.abs() < 4.0 * error + 0.0005, "truth {truth}, expected {expected}: covered {coverage}");
    }
}
