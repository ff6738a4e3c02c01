//! What the defaults keep of their promises, by seeded simulation: coverage and errors of the first kind over rates and splits, and the independence of salts.
//!
//! Short by default; `cargo test --release -- --ignored` runs ten times as many.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Binomial, Distribution, Poisson};
use styring_experiments::assignment::{Assigner, Scheme, Split};
use styring_experiments::{
    Counts, DifferenceMethod, Events, Hypothesis, Level, RateRatioMethod, RatioMethod, Readout, TwoProportions,
    TwoRates,
};

/// 0.1 % to 50 %, and the share of the treatment.
const RATES: [f64; 5] = [0.001, 0.01, 0.05, 0.2, 0.5];
const SPLITS: [f64; 3] = [0.5, 0.9, 0.99];

/// How often something happens, and its Monte-Carlo error.
struct Share {
    hits: f64,
    of: f64,
}

impl Share {
    fn share(&self) -> f64 {
        self.hits / self.of
    }

    fn error(&self) -> f64 {
        (self.share() * (1.0 - self.share()) / self.of).sqrt()
    }
}

fn draw(generator: &mut ChaCha8Rng, n: u64, p: f64) -> Counts {
    Counts::new(Binomial::new(n, p).unwrap().sample(generator), n).unwrap()
}

/// Of so many experiments, in how many the set holds the truth.
fn covered(
    runs: u32,
    seed: u64,
    n: u64,
    rates: (f64, f64),
    split: f64,
    holds: impl Fn(TwoProportions) -> bool,
) -> Share {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let treated = ((n as f64 * split) as u64).clamp(1, n - 1);
    let hits = (0..runs)
        .filter(|_| {
            let treatment = draw(&mut generator, treated, rates.0);
            let control = draw(&mut generator, n - treated, rates.1);
            holds(TwoProportions::new(treatment, control).unwrap())
        })
        .count();
    Share { hits: hits as f64, of: f64::from(runs) }
}

/// The larger side is as large as makes 40 conversions in the smaller arm likely.
fn units(rate: f64, split: f64) -> u64 {
    (40.0 / rate / (1.0 - split)).ceil() as u64
}

fn table(runs: u32) {
    println!("| rate | treated | n | difference | lift | first kind | one-sided |");
    println!("|---|---|---|---|---|---|---|");
    for (i, rate) in RATES.into_iter().enumerate() {
        for (j, split) in SPLITS.into_iter().enumerate() {
            let n = units(rate, split);
            let seed = 1_000 + (10 * i + j) as u64;
            let better = (rate * 1.2).min(0.9);
            let truth = better - rate;
            let difference = |test: TwoProportions, hypothesis: Hypothesis| -> Readout {
                test.difference(DifferenceMethod::default(), hypothesis).unwrap()
            };
            let two_sided = Hypothesis::from(Level::P95);
            let by_difference =
                covered(runs, seed, n, (better, rate), split, |test| difference(test, two_sided).set().contains(truth));
            let by_lift = covered(runs, seed, n, (better, rate), split, |test| {
                test.lift(RatioMethod::default(), two_sided).unwrap().set().contains(better / rate - 1.0)
            });
            let kept =
                covered(runs, seed + 500, n, (rate, rate), split, |test| difference(test, two_sided).p_value() >= 0.05);
            let one_sided = covered(runs, seed + 500, n, (rate, rate), split, |test| {
                difference(test, Hypothesis::greater()).p_value() >= 0.05
            });
            let cell = |share: &Share| format!("{:.2} ± {:.2} %", 100.0 * share.share(), 100.0 * share.error());
            println!(
                "| {rate} | {split} | {n} | {} | {} | {:.2} % | {:.2} % |",
                cell(&by_difference),
                cell(&by_lift),
                100.0 * (1.0 - kept.share()),
                100.0 * (1.0 - one_sided.share())
            );
            for (name, share) in [("difference", &by_difference), ("lift", &by_lift), ("first kind", &kept)] {
                let slack = 4.0 * (0.95 * 0.05 / share.of).sqrt();
                // Counts are discrete: 40 conversions in an arm leave half a point.
                let off = (share.share() - 0.95).abs();
                assert!(off < slack + 0.006, "{name} at {rate}, {split}: {} ± {}", share.share(), share.error());
            }
            // One-sided a lopsided split is skew, and errs a little more on the side of the larger arm.
            let slack = 4.0 * (0.95 * 0.05 / one_sided.of).sqrt();
            assert!(one_sided.share() > 0.95 - slack - 0.012, "{rate}, {split}: {}", one_sided.share());
        }
    }
}

#[test]
fn defaults_cover_what_they_promise() {
    table(4_000);
}

#[test]
#[ignore = "minutes"]
fn defaults_cover_what_they_promise_in_long() {
    table(100_000);
}

/// Few conversions, where the usual tests fail: five to be expected in an arm of one per cent of all.
#[test]
fn the_score_test_keeps_its_level_where_wald_does_not() {
    let kept = |method| {
        covered(20_000, 7, 100_000, (0.005, 0.005), 0.99, |test| {
            test.difference(method, Level::P95).unwrap().p_value() >= 0.05
        })
    };
    let (score, wald) = (kept(DifferenceMethod::Score), kept(DifferenceMethod::Wald));
    println!(
        "first kind at five conversions: score {:.4} ± {:.4}, wald {:.4}",
        1.0 - score.share(),
        score.error(),
        1.0 - wald.share()
    );
    assert!(1.0 - score.share() < 0.055);
    assert!(1.0 - wald.share() > 0.09);
}

#[test]
fn rates_cover_what_they_promise() {
    let runs = 10_000;
    for (seed, (mean, ratio)) in [(5.0, 1.0), (20.0, 1.5), (300.0, 0.8)].into_iter().enumerate() {
        let mut generator = ChaCha8Rng::seed_from_u64(40 + seed as u64);
        let (first, second) = (Poisson::new(mean * ratio).unwrap(), Poisson::new(mean).unwrap());
        let mut hits = [0_u32; 2];
        for _ in 0..runs {
            let (x, y): (f64, f64) = (first.sample(&mut generator), second.sample(&mut generator));
            let test =
                TwoRates::new(Events::new(x as u64, 50.0).unwrap(), Events::new(y as u64, 50.0).unwrap()).unwrap();
            for (hits, method) in hits.iter_mut().zip([RateRatioMethod::Score, RateRatioMethod::Exact]) {
                *hits += u32::from(test.ratio(method, Level::P95).unwrap().set().contains(ratio));
            }
        }
        let share = |hits: u32| f64::from(hits) / f64::from(runs);
        println!("rates at mean {mean}: score {:.4}, exact {:.4} ± 0.002", share(hits[0]), share(hits[1]));
        assert!((share(hits[0]) - 0.95).abs() < 0.02, "{mean}");
        assert!(share(hits[1]) > 0.95 - 4.0 * 0.0022, "{mean}");
    }
}

/// χ² of a table of arms under two salts.
fn dependence(scheme: Scheme, units: u32, salts: (&str, &str)) -> f64 {
    let arms = |salt| Assigner::new(scheme, salt, Split::even(4, 1.0).unwrap());
    let (one, other) = (arms(salts.0), arms(salts.1));
    let mut cells = [[0_u32; 4]; 4];
    for unit in 0..units {
        let unit = format!("user-{unit}");
        if let (Some(i), Some(j)) = (one.arm(&unit), other.arm(&unit)) {
            cells[i][j] += 1;
        }
    }
    let expected = f64::from(units) / 16.0;
    cells.iter().flatten().map(|cell| (f64::from(*cell) - expected).powi(2) / expected).sum()
}

/// Two experiments cut the same users independently, and evenly: χ² with 15 degrees of freedom over many pairs of salts.
#[test]
fn salts_are_independent() {
    for scheme in [Scheme::Murmur3, Scheme::Fnv1aV2] {
        let pairs = 100_u32;
        let mean = (0..pairs)
            .map(|pair| dependence(scheme, 20_000, (&format!("form-{pair}"), &format!("price-{pair}"))))
            .sum::<f64>()
            / f64::from(pairs);
        // The mean of χ² is 15, its error √(30 / pairs) = 0.55.
        println!("{scheme:?}: mean χ² {mean:.2}, expected 15 ± 0.55");
        assert!((mean - 15.0).abs() < 4.0 * 0.55, "{scheme:?}: {mean}");
    }
}
