//! What bandits keep of their promises, by seeded simulation: `cargo test -p styring-allocation --test calibration_bandits -- --nocapture`; with `--release` and `--ignored` the long ones.
#![allow(clippy::unwrap_used)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardUniform};
use styring_allocation::Seed;
use styring_allocation::bandit::{BestArm, Plays, Posterior, Thompson};

/// Thompson's arm is the best with the probability that the integral gives; Monte-Carlo error of a share of 100 000 draws: at most ± 0.16 points.
#[test]
fn thompson_plays_as_often_as_probably_best() {
    const DRAWS: u32 = 100_000;
    let of = |make: &dyn Fn(f64, f64) -> Posterior, parameters: [(f64, f64); 4]| parameters.map(|(a, b)| make(a, b));
    let families = [
        of(&|a, b| Posterior::beta(a, b).unwrap(), [(12.0, 90.0), (30.0, 200.0), (2.0, 9.0), (0.5, 0.5)]),
        of(
            &|a, b| Posterior::gamma(a, b).unwrap(),
            [(40.0, 10_000.0), (9.0, 2_000.0), (1.0, 500.0), (160.0, 41_000.0)],
        ),
        of(&|a, b| Posterior::normal(a, b).unwrap(), [(1.0, 0.5), (1.2, 0.2), (0.0, 2.0), (1.1, 0.01)]),
    ];
    for (seed, arms) in (1..).zip(families) {
        let best = BestArm::of(&arms).unwrap();
        let mut thompson = Thompson::new(Seed(seed));
        let mut picked = [0_u32; 4];
        let mut highest = 0.0;
        for _ in 0..DRAWS {
            picked[thompson.pick(&arms).unwrap()] += 1;
            highest += thompson.draw(&arms).unwrap().into_iter().fold(f64::MIN, f64::max);
        }
        for (count, probability) in picked.iter().zip(best.probabilities()) {
            let error = (probability * (1.0 - probability) / f64::from(DRAWS)).sqrt();
            assert!(
                (f64::from(*count) / f64::from(DRAWS) - probability).abs() < 4.0 * error + 1e-9,
                "{picked:?} {best:?}"
            );
        }
        let deviation = arms.iter().map(|arm| arm.deviation()).fold(0.0, f64::max);
        let error = deviation / f64::from(DRAWS).sqrt();
        assert!((highest / f64::from(DRAWS) - best.expected_maximum()).abs() < 4.0 * error);
    }
}

/// Which arm to play, from the plays so far and their number.
type Choice = Box<dyn FnMut(&[Plays; 10], u64) -> usize>;

/// What an arm's choice costs on average over the steps of a Bernoulli bandit with one arm of ½ and nine of 0.4.
fn regret(steps: u64, seed: u64, mut choose: impl FnMut(&[Plays; 10], u64) -> usize) -> f64 {
    let mut rewards = ChaCha8Rng::seed_from_u64(seed);
    let mut plays = [Plays::new(0.0, 0.0).unwrap(); 10];
    let mut lost = 0.0;
    for t in 0..steps {
        let arm = choose(&plays, t);
        let rate = if arm == 3 { 0.5 } else { 0.4 };
        lost += 0.5 - rate;
        let lot: f64 = StandardUniform.sample(&mut rewards);
        let reward = if lot < rate { 1.0 } else { 0.0 };
        plays[arm] = Plays::new(plays[arm].count() + 1.0, plays[arm].reward() + reward).unwrap();
    }
    lost
}

fn mean_regret(name: &str, steps: u64, runs: u64, choose: impl Fn(u64) -> Choice) -> f64 {
    let all: Vec<f64> = (0..runs).map(|run| regret(steps, 100 + run, choose(run))).collect();
    let mean = all.iter().sum::<f64>() / runs as f64;
    let spread = all.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / (runs - 1) as f64;
    println!("{name}, {steps} steps, {runs} runs: regret {mean:.0} ± {:.0}", (spread / runs as f64).sqrt());
    mean
}

fn thompson(run: u64) -> Choice {
    let mut thompson = Thompson::new(Seed(run));
    Box::new(move |plays, _| {
        let flat = Posterior::beta(1.0, 1.0).unwrap();
        let arms = plays.map(|arm| flat.after_trials(arm.reward(), arm.count()).unwrap());
        thompson.pick(&arms).unwrap()
    })
}

/// Those not played come first, then the highest.
fn by_index(index: fn(Plays, u64) -> Option<f64>) -> Choice {
    Box::new(move |plays, t| {
        let of = |arm: usize| index(plays[arm], t).unwrap_or(f64::INFINITY);
        (1..10).fold(0, |best, arm| if of(arm) > of(best) { arm } else { best })
    })
}

fn regrets(steps: u64, runs: u64) -> [f64; 4] {
    [
        mean_regret("Thompson", steps, runs, thompson),
        mean_regret("KL-UCB", steps, runs, |_| by_index(|plays, t| plays.kl_ucb(t, 0.0).unwrap())),
        mean_regret("UCB-tuned", steps, runs, |_| by_index(Plays::ucb_tuned)),
        mean_regret("UCB1", steps, runs, |_| by_index(Plays::ucb1)),
    ]
}

#[test]
fn thompson_and_kl_ucb_lose_less_than_ucb1() {
    let [thompson, kl, tuned, ucb1] = regrets(20_000, 6);
    // Even play loses 1800. Thompson's runs differ much: at this length one in six is late to find the best arm.
    assert!(thompson < 600.0 && kl < 500.0 && tuned < 500.0);
    assert!(thompson < ucb1 && kl < ucb1 && tuned < ucb1);
}

/// Chapelle and Li's bandit (2011): ten arms, a million steps. Ours over 20 runs.
#[test]
#[ignore = "minutes in release"]
fn regret_of_a_million_steps() {
    let [thompson, ..] = regrets(1_000_000, 20);
    // 359 ± 25 here; an earlier simulation of our own, with other draws, found 325 ± 10.
    assert!((260.0..420.0).contains(&thompson), "{thompson}");
}
