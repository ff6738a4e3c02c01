//! Splitting and deciding, by number of channels: the docstrings say how the cost grows.
#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use styring_allocation::{Bounds, Channel, Evidence, Guardrail, Rhythm, apportion};
use styring_metrics::{Delivery, EffectScoring, Quality, Target};
use styring_money::{Currency, Exact, Money, Unrounded};

fn deciding(criterion: &mut Criterion) {
    let nok = |amount: i64| Unrounded::new(amount.into(), Currency::NOK);
    let mut group = criterion.benchmark_group("deciding");
    group.sample_size(20);
    for count in [5_u32, 20, 80] {
        let weights: Vec<Exact> = (1..=count).map(|i| Exact::new((i * 37 % 101).into(), 2)).collect();
        let bounds = vec![Bounds { min: 1_000, max: 90_000_000 }; count as usize];
        group.bench_with_input(BenchmarkId::new("apportion", count), &count, |b, _| {
            b.iter(|| apportion(black_box(60_000_000), &weights, &bounds, 1));
        });
        let channels: Vec<Channel> = (0..count)
            .map(|index| Channel {
                name: index.to_string(),
                budget: Money::from_minor(10_000_000, Currency::NOK).expect("an amount"),
                guardrail: Guardrail::none(Currency::NOK),
                evidence: Evidence {
                    spend: nok(200_000),
                    results: Exact::from(100 + index * 13 % 97),
                    ..Evidence::none(100.into(), Currency::NOK)
                },
            })
            .collect();
        let rhythm = Rhythm::new(Currency::NOK);
        group.bench_with_input(BenchmarkId::new("rhythm", count), &count, |b, _| {
            b.iter(|| rhythm.next(3, black_box(&channels)));
        });
    }
    let scoring = EffectScoring::default();
    let target = Target { results: 100.into(), cost_per_result: nok(450) };
    let quality = Quality::given(0.8).expect("a weight");
    let delivery = Delivery { results: 90.into(), spend: nok(36_000), quality };
    group.bench_function("effect score with interval", |b| b.iter(|| scoring.score(black_box(&delivery), &target)));
    group.finish();
}

criterion_group!(benches, deciding);
criterion_main!(benches);
