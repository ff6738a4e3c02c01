//! Group-sequential designs and looks, against a floor: the exponentials that the transitions of the recursion take, and nothing else.
//!
//! The recursion carries a density from the nodes of one look to those of the next, with an exponential for every pair within reach of a step. No method on these nodes does with less; bounds, and the
//! nodes' own sums, come on top.
#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use styring_experiments::group_sequential::{Boundary, Design, Evidence, Monitor, Spending, equal_looks};
use styring_experiments::{Alternative, Level};

/// The exponentials of one pass: 20 nodes to five standard deviations of a step, 8.5 of them within reach to either side.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn exponentials(design: &Design) -> usize {
    let looks = design.looks();
    let nodes: Vec<f64> = looks
        .iter()
        .zip(design.critical_values())
        .map(|(t, high)| {
            let low = if design.alternative() == Alternative::TwoSided { -high } else { -8.5 };
            20.0 * ((high - low) * t.sqrt() / (5.0 * (1.0 / looks.len() as f64).sqrt())).ceil()
        })
        .collect();
    let early = nodes.len().saturating_sub(1);
    let pairs = nodes[..early].windows(2).map(|pair| pair[1] * pair[0].min(68.0));
    pairs.sum::<f64>() as usize
}

fn floor(count: usize) -> f64 {
    (0..count).map(|i| libm::exp(-0.5 * (i % 97) as f64 * 0.1)).sum()
}

/// Median seconds of a call.
fn seconds(mut call: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..31)
        .map(|_| {
            let start = Instant::now();
            call();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn design(boundary: Boundary, k: usize) -> Design {
    let looks = equal_looks(k).expect("looks");
    Design::new(boundary, &looks, Level::P95, Alternative::TwoSided).expect("a design")
}

fn group(criterion: &mut Criterion) {
    let spending = Boundary::Spend(Spending::OBrienFleming);
    for (name, boundary) in
        [("spending", spending), ("Pocock", Boundary::Pocock), ("O'Brien-Fleming", Boundary::OBrienFleming)]
    {
        for k in [10, 100] {
            let count = exponentials(&design(boundary, k));
            let at_least = seconds(|| {
                black_box(floor(black_box(count)));
            });
            let ours = seconds(|| {
                black_box(design(black_box(boundary), k));
            });
            println!(
                "{name}, {k} looks: {:.2} times the floor of {count} exponentials; {:.3} of a millisecond",
                ours / at_least,
                1e3 * ours
            );
        }
    }
    let mut group = criterion.benchmark_group("group-sequential");
    group.sample_size(20);
    group.bench_function("10-look design", |b| b.iter(|| design(black_box(spending), 10)));
    group.bench_function("100-look design", |b| b.iter(|| design(black_box(spending), 100)));
    let evidence = Evidence::normal(0.4, 0.2).expect("evidence");
    let mut monitor = Monitor::new(design(spending, 10));
    for k in 1..5 {
        monitor.look(f64::from(k) / 10.0, evidence).expect("a look");
    }
    group.bench_function("a look, the fifth of ten", |b| {
        b.iter(|| {
            let mut monitor = monitor.clone();
            monitor.look(0.5, black_box(evidence)).map(styring_experiments::group_sequential::Look::decision)
        });
    });
    let mut stopped = monitor.clone();
    stopped.last_look(0.5, evidence).expect("a look");
    group.bench_function("a conclusion after five looks", |b| b.iter(|| black_box(&stopped).conclusion()));
    group.bench_function("a repeated p-value after five looks", |b| b.iter(|| black_box(&stopped).repeated_p_value()));
    group.finish();
}

criterion_group!(benches, group);
criterion_main!(benches);
