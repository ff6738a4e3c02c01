//! Fits and predictions of lifetime value: how cost grows with customers. Against peers: `benches/peers/lifetime_value.py`.
#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use styring_ltv::{BgNbd, Histories, Horizon, ParetoNbd, PurchaseModel};

fn fitting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fit");
    group.sample_size(10);
    for count in [2_000, 20_000, 200_000] {
        let customers = styring_benches::customers(count).expect("customers");
        let histories = Histories::group(customers.iter().copied());
        group.throughput(Throughput::Elements(count.into()));
        group.bench_with_input(BenchmarkId::new("grouping", count), &customers, |b, customers| {
            b.iter(|| Histories::group(customers.iter().copied()));
        });
        group.bench_with_input(BenchmarkId::new("BG/NBD", count), &histories, |b, histories| {
            b.iter(|| BgNbd::fit(histories));
        });
        group.bench_with_input(BenchmarkId::new("Pareto/NBD", count), &histories, |b, histories| {
            b.iter(|| ParetoNbd::fit(histories));
        });
    }
    group.finish();
}

fn predicting(criterion: &mut Criterion) {
    let customers = styring_benches::customers(1000).expect("customers");
    let bg = BgNbd::new(0.6, 35.0, 0.9, 4.0).expect("a model");
    let pareto = ParetoNbd::new(1.0, 70.0, 1.2, 430.0).expect("a model");
    let mut group = criterion.benchmark_group("predict 180 days");
    group.sample_size(20);
    group.throughput(Throughput::Elements(1000));
    group.bench_function("BG/NBD", |b| {
        b.iter(|| customers.iter().map(|h| bg.future(black_box(h), 180.0).map_or(0.0, |f| f.mean)).sum::<f64>());
    });
    group.bench_function("Pareto/NBD", |b| {
        b.iter(|| customers.iter().map(|h| pareto.future(black_box(h), 180.0).map_or(0.0, |f| f.mean)).sum::<f64>());
    });
    let within = Horizon::Within(180.0);
    group.bench_function("BG/NBD, discounted", |b| {
        b.iter(|| customers.iter().map(|h| bg.discounted(black_box(h), within, 3e-4).unwrap_or(0.0)).sum::<f64>());
    });
    group.finish();
}

criterion_group!(benches, fitting, predicting);
criterion_main!(benches);
