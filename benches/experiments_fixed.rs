//! Readouts of fixed-horizon tests: decisions per second in closed form, and what a root costs beside it.
#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use styring_experiments::assignment::{Assigner, Scheme, Split};
use styring_experiments::{
    Alternative, Counts, DifferenceMethod, Events, Hypothesis, OddsRatioMethod, RateRatioMethod, RatioMethod,
    TwoProportions, TwoRates,
};

fn tests() -> Vec<TwoProportions> {
    (0..64_u64)
        .map(|i| {
            let counts = |x, n| Counts::new(x, n).expect("counts");
            TwoProportions::new(counts(500 + 7 * i, 20_000 + i), counts(480 + 5 * i, 20_000 - i)).expect("two arms")
        })
        .collect()
}

fn readouts(criterion: &mut Criterion) {
    let tests = tests();
    let mut group = criterion.benchmark_group("fixed");
    group.sample_size(30).throughput(Throughput::Elements(tests.len() as u64));
    let asked = Hypothesis::default();
    for (name, method) in [
        ("difference, Wald", DifferenceMethod::Wald),
        ("difference, Agresti-Caffo", DifferenceMethod::AgrestiCaffo),
        ("difference, score (root)", DifferenceMethod::Score),
        ("difference, Newcombe (p by root)", DifferenceMethod::Newcombe),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| {
                tests
                    .iter()
                    .map(|test| black_box(*test).difference(method, asked).expect("a readout").p_value())
                    .sum::<f64>()
            });
        });
    }
    for (name, method) in [("lift, log-ratio", RatioMethod::Log), ("lift, score (root)", RatioMethod::Score)] {
        group.bench_function(name, |b| {
            b.iter(|| {
                tests.iter().map(|test| black_box(*test).lift(method, asked).expect("a readout").p_value()).sum::<f64>()
            });
        });
    }
    group.bench_function("odds ratio, score (root)", |b| {
        b.iter(|| {
            tests
                .iter()
                .map(|test| black_box(*test).odds_ratio(OddsRatioMethod::Score, asked).expect("a readout").p_value())
                .sum::<f64>()
        });
    });
    group.bench_function("p only, χ²", |b| {
        b.iter(|| tests.iter().map(|test| black_box(*test).chi_squared(false).expect("a test").p_value()).sum::<f64>());
    });
    group.bench_function("p only, Fisher", |b| {
        b.iter(|| tests.iter().map(|test| black_box(*test).fisher(Alternative::TwoSided)).sum::<f64>());
    });
    group.bench_function("rates, score", |b| {
        let rates: Vec<TwoRates> = (0..64)
            .map(|i| {
                let events = |x, n| Events::new(x, n).expect("events");
                TwoRates::new(events(500 + 7 * i, 1e4), events(480 + 5 * i, 9e3)).expect("two rates")
            })
            .collect();
        b.iter(|| {
            rates
                .iter()
                .map(|test| black_box(*test).ratio(RateRatioMethod::Score, asked).expect("a readout").p_value())
                .sum::<f64>()
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("unconditional");
    group.sample_size(10);
    let small = TwoProportions::new(Counts::new(12, 100).expect("counts"), Counts::new(4, 100).expect("counts"))
        .expect("two arms");
    group.bench_function("Barnard, 100 + 100", |b| b.iter(|| black_box(small).barnard(Alternative::TwoSided)));
    group.bench_function("Boschloo, 100 + 100", |b| b.iter(|| black_box(small).boschloo(Alternative::TwoSided)));
    group.finish();

    let mut group = criterion.benchmark_group("assignment");
    let users: Vec<String> = (0..1000).map(|i| format!("user-{i:08}")).collect();
    group.throughput(Throughput::Elements(users.len() as u64));
    for scheme in [Scheme::Fnv1aV2, Scheme::Murmur3] {
        let assigner = Assigner::new(scheme, "form-2026", Split::even(2, 1.0).expect("a split"));
        group.bench_function(format!("{scheme:?}"), |b| {
            b.iter(|| users.iter().filter_map(|user| assigner.arm(black_box(user))).sum::<usize>());
        });
    }
    group.finish();
}

criterion_group!(benches, readouts);
criterion_main!(benches);
