//! Shrinkage toward the pool: the laws, the average over all that is not known done the long way, and what intervals keep.
//! `cargo test -p styring-allocation --test shrink -- --nocapture`; the whole table with `--release` and `--ignored`.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Gamma, Poisson};
use styring_allocation::{Pool, Tried};

fn powers(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low.log10()..=high.log10()).prop_map(|power| 10_f64.powf(power))
}

fn channels() -> impl Strategy<Value = Vec<Tried>> {
    let few = (0..40_u32, powers(100.0, 1e5)).prop_map(|(results, spend)| Tried { results: results.into(), spend });
    let many = (powers(1.0, 1e7), powers(1e3, 1e9)).prop_map(|(results, spend)| Tried { results, spend });
    let none = Just(Tried { results: 0.0, spend: 0.0 });
    (prop::collection::vec(prop_oneof![5 => few, 2 => many, 1 => none], 0..12), powers(100.0, 1e5))
        .prop_map(|(rest, spend)| [Tried { results: 7.0, spend }].into_iter().chain(rest).collect())
}

proptest! {
    #[test]
    fn means_lie_between_the_own_rate_and_the_pools(channels in channels()) {
        let pool = Pool::fit(&channels).unwrap();
        prop_assert!((0.0..=1.0).contains(&pool.variation()));
        for ((channel, posterior), pull) in channels.iter().zip(pool.posteriors()).zip(pool.pull()) {
            prop_assert!(posterior.mean() > 0.0 && posterior.deviation() > 0.0 && (0.0..=1.0).contains(pull));
            if channel.spend > 0.0 {
                let own = channel.results / channel.spend;
                // Every rate of the average lies between the own one and a rate of the pool, which are spread.
                let far = 12.0 * pool.rate().deviation();
                let (low, high) = (pool.rate().mean() - far, pool.rate().mean() + far);
                prop_assert!(posterior.mean() >= own.min(low) * (1.0 - 1e-9) && posterior.mean() <= own.max(high) * (1.0 + 1e-9));
            } else {
                prop_assert!(*pull > 1.0 - 1e-9);
            }
        }
    }

    #[test]
    fn the_unit_of_money_does_not_matter(channels in channels(), unit in powers(0.01, 100.0)) {
        let pool = Pool::fit(&channels).unwrap();
        let scaled: Vec<Tried> = channels.iter().map(|channel| Tried { spend: channel.spend * unit, ..*channel }).collect();
        let scaled = Pool::fit(&scaled).unwrap();
        for (one, other) in pool.posteriors().iter().zip(scaled.posteriors()) {
            prop_assert!((other.mean() * unit / one.mean() - 1.0).abs() < 1e-5);
            prop_assert!((other.deviation() * unit / one.deviation() - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn more_results_are_never_a_lower_rate(channels in channels(), more in 1..50_u32) {
        let before = Pool::fit(&channels).unwrap().posteriors()[0].mean();
        let mut better = channels;
        better[0].results += f64::from(more);
        prop_assert!(Pool::fit(&better).unwrap().posteriors()[0].mean() > before);
    }

    #[test]
    fn nothing_panics(numbers in prop::collection::vec((any::<f64>(), any::<f64>()), 0..5)) {
        let channels: Vec<Tried> = numbers.iter().map(|&(results, spend)| Tried { results, spend }).collect();
        let _ = Pool::fit(&channels);
    }
}

#[test]
fn faults_name_the_channel() {
    let tried = |results, spend| Tried { results, spend };
    assert_eq!(
        Pool::fit(&[tried(1.0, 5.0), tried(2.0, 0.0)]).unwrap_err().to_string(),
        "spend of channel 2: must be from 1e-9 to 1e15, or 0 without results, not 0"
    );
    assert!(
        Pool::fit(&[]).is_err()
            && Pool::fit(&[tried(0.0, 0.0)]).is_err()
            && Pool::fit(&[tried(f64::NAN, 1.0)]).is_err()
    );
    // One channel without a result has a rate: about half a result for what it spent.
    let pool = Pool::fit(&[tried(0.0, 1_000.0)]).unwrap();
    assert!(pool.posteriors()[0].mean() > 0.0 && pool.posteriors()[0].mean() < 0.001);
}

/// Mean and variance of every channel over a fine grid of ln m and c, with nothing approximated.
fn the_long_way(channels: &[Tried]) -> Vec<(f64, f64)> {
    let spend: f64 = channels.iter().map(|channel| channel.spend).sum();
    let centre = libm::log((channels.iter().map(|channel| channel.results).sum::<f64>() + 0.5) / spend);
    let mut points = Vec::new();
    for i in 0..600 {
        // Even in c²/(c² + ¼), up to c = 1.
        let even = 0.8 * (f64::from(i) + 0.5) / 600.0;
        let c = 0.5 * (even / (1.0 - even)).sqrt();
        let a = 1.0 / (c * c);
        for j in -400..400 {
            let m = libm::exp(centre + f64::from(j) * 0.02);
            let ln: f64 = channels
                .iter()
                .filter(|channel| channel.spend > 0.0)
                .map(|Tried { results: x, spend: e }| {
                    libm::lgamma(x + a) - libm::lgamma(a)
                        + a * libm::log(a / (a + m * e))
                        + x * libm::log(m * e / (a + m * e))
                })
                .sum();
            points.push((ln + 0.5 * libm::log(m), a, m));
        }
    }
    let highest = points.iter().map(|point| point.0).fold(f64::MIN, f64::max);
    channels
        .iter()
        .map(|Tried { results, spend }| {
            let (mut weight, mut first, mut second) = (0.0, 0.0, 0.0);
            for (ln, a, m) in &points {
                let w = libm::exp(ln - highest);
                let exposure = spend + a / m;
                let mean = (results + a) / exposure;
                weight += w;
                first += w * mean;
                second += w * mean * (mean + 1.0 / exposure);
            }
            let mean = first / weight;
            (mean, second / weight - mean * mean)
        })
        .collect()
}

#[test]
fn averages_are_those_done_the_long_way() {
    let tried = |results, spend| Tried { results, spend };
    let cases = [
        vec![tried(3.0, 1_000.0), tried(30.0, 20_000.0), tried(45.0, 20_000.0), tried(22.0, 20_000.0)],
        vec![tried(12.0, 10_000.0), tried(30.0, 10_000.0)],
        vec![tried(0.0, 2_000.0), tried(2.0, 2_000.0), tried(5.0, 2_000.0)],
        vec![
            tried(100.0, 40_000.0),
            tried(103.0, 40_000.0),
            tried(98.0, 41_000.0),
            tried(101.0, 39_000.0),
            tried(0.0, 0.0),
        ],
        vec![
            tried(400.0, 20_000.0),
            tried(90.0, 40_000.0),
            tried(35.0, 30_000.0),
            tried(210.0, 10_000.0),
            tried(4.0, 1_000.0),
        ],
    ];
    for channels in cases {
        let pool = Pool::fit(&channels).unwrap();
        for (posterior, (mean, variance)) in pool.posteriors().iter().zip(the_long_way(&channels)) {
            let (got, spread) = (posterior.mean() / mean - 1.0, posterior.deviation() / variance.sqrt() - 1.0);
            println!("{channels:?}: mean {got:+.4}, deviation {spread:+.4}");
            assert!((got * mean).abs() < 0.02 * variance.sqrt() && spread.abs() < 0.01, "{channels:?}");
        }
    }
}

/// What 90 % intervals keep, and the mean squared error against that of the own rates, over draws of channels that differ by c.
fn coverage(count: usize, c: f64, expected: f64, rounds: u64) -> (f64, f64) {
    let mut rng = ChaCha8Rng::seed_from_u64(7 + count as u64);
    let (mut held, mut shrunk, mut own, mut all) = (0.0, 0.0, 0.0, 0.0);
    for _ in 0..rounds {
        let draws: Vec<(Tried, f64)> = (0..count)
            .map(|place| {
                let rate: f64 = if c > 0.0 { Gamma::new(1.0 / (c * c), c * c).unwrap().sample(&mut rng) } else { 1.0 };
                // Channels of different size, in spend.
                let spend = expected * [0.3, 1.0, 2.0, 0.7, 1.0][place % 5];
                let results =
                    if rate * spend > 1e-9 { Poisson::new(rate * spend).unwrap().sample(&mut rng) } else { 0.0 };
                (Tried { results, spend }, rate)
            })
            .collect();
        let channels: Vec<Tried> = draws.iter().map(|(channel, _)| *channel).collect();
        let pool = Pool::fit(&channels).unwrap();
        for ((channel, rate), posterior) in draws.iter().zip(pool.posteriors()) {
            held += f64::from(u8::from(posterior.interval(0.9).unwrap().contains(*rate)));
            shrunk += (posterior.mean() - rate).powi(2);
            own += (channel.results / channel.spend - rate).powi(2);
            all += 1.0;
        }
    }
    let percent = 100.0 * held / all;
    // Channels of one round share their pool: the error is as of rounds, at most.
    let error = 100.0 * (0.09 / rounds as f64).sqrt();
    println!(
        "{count} channels, c {c}, {expected} results: {percent:.1} % ± {error:.1} at most, error² {:.2} of the own rates'",
        shrunk / own
    );
    (percent, shrunk / own)
}

#[test]
fn intervals_keep_their_promise_and_errors_shrink() {
    for (count, c, expected) in [(5, 0.3, 20.0), (5, 0.6, 20.0), (3, 0.5, 10.0)] {
        let (percent, ratio) = coverage(count, c, expected, 400);
        assert!(percent > 85.0 && percent < 97.0 && ratio < 1.0, "{count} {c} {expected}: {percent} {ratio}");
    }
}

#[test]
#[ignore = "a minute in release"]
fn intervals_in_full() {
    for count in [2, 3, 5, 10, 20] {
        for c in [0.0, 0.2, 0.5, 0.9] {
            for expected in [5.0, 20.0, 100.0] {
                coverage(count, c, expected, 2_000);
            }
        }
    }
}
