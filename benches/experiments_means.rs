//! Decisions on means, ratios, CUPED and regressions from summaries (a p-value and an interval each), and rows added up, against the least that either can cost.
//!
//! A decision cannot cost less than the tail of its t and the quantile of its interval: `floor`. Adding a row cannot cost less than reading it: `sum`.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use styring_experiments::means::{Contrast, Cuped, Lift, Slope, lin};
use styring_experiments::{Joint, Level, Moments};
use styring_special::{Split, student, student_inv};

/// Rows of four values that are not all alike.
fn rows(n: u32) -> Vec<[f64; 4]> {
    let noise = |i: u32, by: u32| f64::from(i.wrapping_mul(by) % 10_007) / 10_007.0;
    (0..n)
        .map(|i| {
            let before = 100.0 * noise(i, 7_919);
            [before + 50.0 * noise(i, 104_729), 1.0 + 3.0 * noise(i, 1_299), before, 1.0 + 2.0 * noise(i, 15_485)]
        })
        .collect()
}

/// Some of the values.
fn first<const K: usize>(joint: &Joint<4>, places: [usize; K]) -> Joint<K> {
    let covariances = places.map(|i| places.map(|j| joint.covariance(i, j).unwrap()));
    Joint::from_summary(joint.n(), places.map(|i| joint.mean(i)), covariances).unwrap()
}

fn decisions(criterion: &mut Criterion) {
    for n in [200, 20_000] {
        let (control, treatment): (Joint<4>, Joint<4>) =
            (rows(n).into_iter().collect(), rows(n + n / 2).into_iter().skip(n as usize / 2).collect());
        let means: [Moments; 2] = [first(&control, [0]), first(&treatment, [0])];
        let ratios: [Joint<2>; 2] = [first(&control, [0, 1]), first(&treatment, [0, 1])];
        let cuped: [Joint<2>; 2] = [first(&control, [0, 2]), first(&treatment, [0, 2])];
        let mut group = criterion.benchmark_group(format!("decision, {n} an arm"));
        group.throughput(Throughput::Elements(1)).sample_size(30);
        let degrees = Contrast::means(&means[0], &means[1]).unwrap().degrees().unwrap();
        let tail = Split::from_upper(0.025).unwrap();
        group.bench_function("floor: a tail and a quantile of t", |b| {
            b.iter(|| (student(black_box(degrees), 1.7).unwrap(), student_inv(black_box(degrees), tail).unwrap()));
        });
        group.bench_function("Welch", |b| {
            b.iter(|| Contrast::means(black_box(&means[0]), &means[1]).unwrap().difference(Level::P95).unwrap());
        });
        group.bench_function("Welch, lift", |b| {
            b.iter(|| Contrast::means(black_box(&means[0]), &means[1]).unwrap().lift(Level::P95).unwrap());
        });
        group.bench_function("Welch, Fieller", |b| {
            b.iter(|| {
                Contrast::means(black_box(&means[0]), &means[1]).unwrap().lift_by(Lift::Fieller, Level::P95).unwrap()
            });
        });
        group.bench_function("ratio", |b| {
            b.iter(|| Contrast::ratios(black_box(&ratios[0]), &ratios[1]).unwrap().difference(Level::P95).unwrap());
        });
        group.bench_function("CUPED", |b| {
            b.iter(|| {
                let cuped = Cuped::means(black_box(&cuped[0]), &cuped[1], Slope::WithinArms).unwrap();
                cuped.contrast().difference(Level::P95).unwrap()
            });
        });
        group.bench_function("CUPED, ratio", |b| {
            b.iter(|| {
                let cuped = Cuped::ratios(black_box(&control), &treatment, Slope::WithinArms).unwrap();
                cuped.contrast().lift(Level::P95).unwrap()
            });
        });
        group.bench_function("Lin, 3 covariates", |b| {
            b.iter(|| lin(black_box(&control), &treatment).unwrap().difference(Level::P95).unwrap());
        });
        group.finish();
    }
}

fn adding(criterion: &mut Criterion) {
    let rows = rows(100_000);
    let mut group = criterion.benchmark_group("rows");
    group.throughput(Throughput::Elements(rows.len() as u64)).sample_size(20);
    group.bench_function("floor: sum of one value", |b| {
        b.iter(|| black_box(&rows).iter().map(|row| row[0]).sum::<f64>());
    });
    group.bench_function("Moments", |b| {
        b.iter(|| black_box(&rows).iter().map(|row| [row[0]]).collect::<Moments>());
    });
    group.bench_function("Joint<2>", |b| {
        b.iter(|| black_box(&rows).iter().map(|row| [row[0], row[2]]).collect::<Joint<2>>());
    });
    group.bench_function("Joint<4>", |b| b.iter(|| black_box(&rows).iter().copied().collect::<Joint<4>>()));
    group.finish();
}

criterion_group!(benches, decisions, adding);
criterion_main!(benches);
