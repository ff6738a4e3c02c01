//! The best plan by number of channels, by shape, and over draws: the docstrings say how the cost grows.
#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use styring_allocation::optimise::{Choice, Draws, Goal, Group, Problem};
use styring_response::{Curve, Family};

/// Evenly spread over (0, 1), the same in every run.
fn spread(at: u32) -> f64 {
    f64::from(at.wrapping_mul(7_919) % 997 + 1) / 998.0
}

fn concave(at: u32) -> Curve {
    let (height, size) = (2e4 + 8e5 * spread(at), 1e4 + 9e4 * spread(at + 31));
    let family = match at % 6 {
        0 => Family::Log { a: height, c: size },
        1 => Family::Expsat { a: height, c: size },
        2 => Family::Hill { a: height, s: 0.5 + 0.5 * spread(at + 7), k: size },
        3 => Family::Tanh { b: height, c: size / height },
        4 => Family::Power { a: 50.0 * spread(at + 3), p: 0.4 + 0.4 * spread(at + 11) },
        _ => Family::MichaelisMenten { a: height, k: size },
    };
    Curve::new(family).expect("a curve")
}

fn bent(at: u32) -> Curve {
    Curve::hill(2e4 + 8e5 * spread(at), 1.2 + 2.0 * spread(at + 5), 1e4 + 9e4 * spread(at + 31)).expect("a curve")
}

fn problem(count: u32, curve: fn(u32) -> Curve) -> Problem {
    let choices = (0..count).map(|at| Choice::new(format!("{at:05}"), curve(at)).now(4e4));
    Problem::new(choices).expect("a problem")
}

fn optimising(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("optimising");
    group.sample_size(20);
    for count in [10_u32, 200, 10_000] {
        let (problem, total) = (problem(count, concave), 4e4 * f64::from(count));
        group.bench_with_input(BenchmarkId::new("concave", count), &total, |b, total| {
            b.iter(|| problem.solve(Goal::Spend(black_box(*total))));
        });
    }
    let s_shaped = problem(30, bent);
    group.bench_function("S-shaped, 30 channels", |b| b.iter(|| s_shaped.solve(Goal::Spend(black_box(4e5)))));
    let ten = problem(10, concave);
    for (name, goal) in [
        ("target ROAS", Goal::Roas(2.0)),
        ("profit", Goal::Profit { margin: 0.5 }),
        ("cheapest for a response", Goal::Response(1e6)),
    ] {
        group.bench_function(BenchmarkId::new(name, 10), |b| b.iter(|| ten.solve(black_box(goal))));
    }
    group.bench_function("headroom, 10 channels", |b| b.iter(|| ten.headroom()));
    let moving = ten.clone().move_at_most(4e4).expect("a problem");
    let members = (0..5).map(|at| format!("{at:05}"));
    let grouped = moving.clone().group(Group::new("five", members).at_most(1.5e5)).expect("a problem");
    group.bench_function("moves limited, 10 channels", |b| b.iter(|| moving.solve(Goal::Spend(black_box(4e5)))));
    group.bench_function("moves and a group limited, 10 channels", |b| {
        b.iter(|| grouped.solve(Goal::Spend(black_box(4e5))));
    });
    group.bench_function("1000 units, 10 channels", |b| b.iter(|| ten.solve_in_units(black_box(1_000), 400.0)));
    let drawn = (0..10).map(|at| {
        let curves = (0..1_000).map(|draw| concave(at + 6 * (draw * 13 % 1_009)));
        Choice::drawn(at.to_string(), Draws::new(curves).expect("draws"))
    });
    let drawn = Problem::new(drawn).expect("a problem");
    group.bench_function("1000 draws, 10 channels", |b| b.iter(|| drawn.solve(Goal::Spend(black_box(4e5)))));
    group.finish();
}

criterion_group!(benches, optimising);
criterion_main!(benches);
