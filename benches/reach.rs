//! Truth from logs and reach models: impressions a second against the least a program could do for the same reach, a plain map of maps; a curve against what one exponential costs; the sharp interval.
//!
//! `cargo bench -p styring-benches --bench reach` prints the ratios first.
#![allow(missing_docs, clippy::expect_used)]

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use styring_reach::{Exposures, ImpressionLog, Nbd, NbdCurve, Overexposure, Overlaps};

const CHANNELS: [&str; 8] = ["VG", "TV 2", "YouTube", "Acast", "Schibsted", "Bauer", "CTV", "DOOH"];

type Impression = (u64, &'static str, i64);

/// Impressions of people who differ: half of all go to a tenth of them.
fn impressions(count: usize) -> Vec<Impression> {
    let mut generator = ChaCha8Rng::seed_from_u64(7);
    let people = count as u64 / 8 + 1;
    let one = |_| {
        let among = if generator.next_u32() & 1 == 0 { people / 10 + 1 } else { people };
        // Spread over u64, as a keyed hash of an id is.
        let person = (generator.next_u64() % among).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let channel = CHANNELS[generator.next_u32() as usize % CHANNELS.len()];
        (person, channel, 1_767_225_600 + i64::from(generator.next_u32() % 2_419_200))
    };
    (0..count).map(one).collect()
}

/// The floor: how often each person met each channel, with the standard library's map. It knows no times, so it answers nothing about windows.
fn map_of_maps(impressions: &[Impression]) -> usize {
    let mut people: HashMap<u64, HashMap<&str, u64>> = HashMap::new();
    for (person, channel, _) in impressions {
        *people.entry(*person).or_default().entry(channel).or_default() += 1;
    }
    people.len()
}

fn collected(impressions: &[Impression]) -> ImpressionLog<u64, &'static str> {
    impressions.iter().copied().collect()
}

/// Reaches and pairs of a population of so many channels.
fn overlaps(channels: usize) -> Overlaps {
    let mut generator = ChaCha8Rng::seed_from_u64(11);
    let mut uniform = || f64::from(generator.next_u32()) / 4_294_967_296.0;
    let people: Vec<usize> = (0..20_000)
        .map(|_| {
            let eager = uniform();
            (0..channels).fold(0, |met, channel| met | usize::from(uniform() < 0.6 * eager) << channel)
        })
        .collect();
    let share = |mask: usize| people.iter().filter(|met| **met & mask == mask).count() as f64 / 20_000.0;
    let pairs = (0..channels).flat_map(|i| (i + 1..channels).map(move |j| (i, j)));
    let pairs: Vec<_> = pairs.map(|(i, j)| (i, j, share(1 << i | 1 << j))).collect();
    Overlaps::new((0..channels).map(|channel| share(1 << channel)).collect(), pairs).expect("shares")
}

/// The shortest of five.
fn best<R>(mut work: impl FnMut() -> R) -> Duration {
    let once = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    };
    (0..5).map(once).min().unwrap_or_default()
}

fn ratios() {
    for count in [100_000, 2_000_000] {
        let impressions = impressions(count);
        let floor = best(|| map_of_maps(&impressions)).as_secs_f64();
        let adding = best(|| collected(&impressions)).as_secs_f64();
        let all = best(|| collected(&impressions).into_exposures().reach()).as_secs_f64();
        let truth = collected(&impressions).into_exposures();
        let windows = best(|| truth.overexposed(Overexposure::default()).len()).as_secs_f64();
        println!(
            "{count} impressions against a map of maps: adding {:.2}, with sorting {:.2}, everybody's windows {:.2} of its time ({:.0} ns each)",
            adding / floor,
            all / floor,
            windows / floor,
            1e9 * floor / count as f64
        );
    }
    let curve = NbdCurve::new(1_000_000.0, 0.4).expect("a shape");
    let points: Vec<f64> = (1..10_000).map(|step| 1_000.0 * f64::from(step)).collect();
    let exponentials = best(|| points.iter().map(|point| (-point / 1e7).exp()).sum::<f64>()).as_secs_f64();
    let reach = best(|| points.iter().filter_map(|point| curve.reach_at(*point).ok()).sum::<f64>()).as_secs_f64();
    println!("a point of the NBD curve costs {:.1} exponentials", reach / exponentials);
    let base = best(|| overlaps(8).sharp()).as_secs_f64();
    for channels in [10, 12] {
        let input = overlaps(channels);
        let sharp = best(|| input.sharp()).as_secs_f64();
        let eight = overlaps(8);
        let base = best(|| eight.sharp()).as_secs_f64().min(base);
        println!(
            "the sharp interval of {channels} channels: {:.1} ms, {:.1} times eight channels",
            1e3 * sharp,
            sharp / base
        );
    }
}

fn logs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("log");
    group.sample_size(10);
    for count in [100_000, 1_000_000] {
        let impressions = impressions(count);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_with_input(BenchmarkId::new("map of maps", count), &impressions, |b, i| b.iter(|| map_of_maps(i)));
        group.bench_with_input(BenchmarkId::new("adding", count), &impressions, |b, i| b.iter(|| collected(i)));
        group.bench_with_input(BenchmarkId::new("adding and sorting", count), &impressions, |b, i| {
            b.iter(|| collected(i).into_exposures());
        });
        let truth: Exposures<_, _> = collected(&impressions).into_exposures();
        group.bench_with_input(BenchmarkId::new("overexposed", count), &truth, |b, truth| {
            b.iter(|| truth.overexposed(Overexposure::default()).len());
        });
        group.bench_with_input(BenchmarkId::new("greedy increments", count), &truth, |b, truth| {
            b.iter(|| truth.incremental_greedily().len());
        });
    }
    group.finish();
}

fn models(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("models");
    let nbd = Nbd::new(4.0, 0.5).expect("parameters");
    let curve = NbdCurve::new(1_000_000.0, 0.5).expect("a shape");
    group.bench_function("NBD fit from reach", |b| b.iter(|| Nbd::from_reach(black_box(4.0), black_box(0.6))));
    group.bench_function("NBD distribution to 30", |b| b.iter(|| black_box(nbd).distribution(30)));
    group.bench_function("NBD curve, one point", |b| b.iter(|| curve.reach_at(black_box(3e6))));
    for channels in [4, 8, 10] {
        let input = overlaps(channels);
        group.bench_with_input(BenchmarkId::new("sharp interval", channels), &input, |b, input| {
            b.iter(|| input.sharp());
        });
    }
    group.finish();
}

criterion_group!(benches, logs, models);

fn main() {
    ratios();
    benches();
    Criterion::default().configure_from_args().final_summary();
}
