//! Adding a million amounts of two decimals exactly, against the physical limit (`i64` øre) and the alternatives (`f64`, which is wrong; `Decimal`, which rounds
//! silently at 28 digits).
#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rust_decimal::Decimal;
use styring_money::{Exact, NumberFormat};

fn adding_up(criterion: &mut Criterion) {
    let minor: Vec<i64> = (0..1_000_000).map(|i| i * 7_919 % 100_000).collect();
    let doubles: Vec<f64> = minor.iter().map(|m| *m as f64 / 100.0).collect();
    let decimals: Vec<Decimal> = minor.iter().map(|m| Decimal::new(*m, 2)).collect();
    let exacts: Vec<Exact> = minor.iter().map(|m| Exact::new((*m).into(), 2)).collect();
    let text: Vec<u8> = minor.iter().flat_map(|m| format!("........{}.{:02}", m / 100, m % 100).into_bytes()).collect();
    let short: Vec<_> = minor
        .iter()
        .scan(0, |end, m| {
            let start = *end + 8;
            *end = start + format!("{}.{:02}", m / 100, m % 100).len();
            NumberFormat::PLAIN.read_short(&text, start, *end)
        })
        .collect();
    let mut group = criterion.benchmark_group("adding up");
    group.throughput(Throughput::Elements(minor.len() as u64)).sample_size(20);
    group.bench_function("i64 (limit)", |b| b.iter(|| black_box(&minor).iter().sum::<i64>()));
    group.bench_function("f64", |b| b.iter(|| black_box(&doubles).iter().sum::<f64>()));
    group.bench_function("Decimal", |b| {
        b.iter(|| black_box(&decimals).iter().fold(Decimal::ZERO, |sum, d| sum.checked_add(*d).unwrap_or(sum)));
    });
    group.bench_function("Exact", |b| b.iter(|| black_box(&exacts).iter().sum::<Exact>()));
    group.bench_function("Exact from cells", |b| {
        b.iter(|| {
            let mut sum = Exact::new(0, 2);
            for short in black_box(&short) {
                sum += *short;
            }
            sum
        });
    });
    group.finish();
}

criterion_group!(benches, adding_up);
criterion_main!(benches);
