//! Incomplete gamma and beta functions, against statrs. statrs is here for speed only: at the large shapes its beta function is wrong in the second digit.
#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use statrs::function::{beta::beta_reg, gamma::gamma_lr};
use styring_special::{Split, beta_inc, gamma_inc, gamma_inc_inv};

fn special_functions(criterion: &mut Criterion) {
    for (name, shape, x) in [("3", 3.0, 2.5), ("300", 300.0, 310.0), ("1e6", 1e6, 1.001e6)] {
        let mut group = criterion.benchmark_group(format!("gamma, shape {name}"));
        group.sample_size(20);
        group.bench_function("styring", |b| b.iter(|| gamma_inc(black_box(shape), black_box(x))));
        group.bench_function("statrs", |b| b.iter(|| gamma_lr(black_box(shape), black_box(x))));
        let tail = Split::from_lower(0.05).expect("a part");
        group.bench_function("styring, quantile", |b| b.iter(|| gamma_inc_inv(black_box(shape), black_box(tail))));
        group.finish();
    }
    for (name, a, b_shape, x) in [("20, 80", 20.0, 80.0, 0.25), ("12000, 988000", 12_000.0, 988_000.0, 0.0121)] {
        let mut group = criterion.benchmark_group(format!("beta, shapes {name}"));
        group.sample_size(20);
        let split = Split::from_lower(x).expect("a part");
        group.bench_function("styring", |b| b.iter(|| beta_inc(black_box(a), black_box(b_shape), black_box(split))));
        group.bench_function("statrs", |b| b.iter(|| beta_reg(black_box(a), black_box(b_shape), black_box(x))));
        group.finish();
    }
}

criterion_group!(benches, special_functions);
criterion_main!(benches);
