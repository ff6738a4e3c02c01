//! Decisions at a look. The limits to hold: 2 million mixture decisions and 100 000 exact intervals a second on one core; criterion's throughput shows them.
#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use styring_experiments::bayes::{BestArm, Posterior};
use styring_experiments::parity::growthbook_sequential::{Arm, sequential_test};
use styring_experiments::sequential::{
    ConversionCounts, SequentialPlan, Shares, rate_difference, rate_e_value, rate_lift,
};
use styring_experiments::{Alternative, Counts, Level, Scale};

/// Experiments of all sizes, so that no branch is learnt by heart.
fn looks() -> Vec<(Counts, Counts)> {
    (1..=1_000_u64)
        .map(|at| {
            let (n_c, n_t) = (at * 97 + 5_000, at * 103 + 5_000);
            let (x_c, x_t) = (n_c / 50 + at % 17, n_t / 47 + at % 23);
            (Counts::new(x_c, n_c).expect("a part"), Counts::new(x_t, n_t).expect("a part"))
        })
        .collect()
}

fn sequential(criterion: &mut Criterion) {
    let (looks, plan) = (looks(), SequentialPlan::users(100_000).expect("a plan"));
    let conversions = SequentialPlan::conversions(2_000).expect("a plan");
    let mut group = criterion.benchmark_group("decisions at a look");
    group.sample_size(20).throughput(Throughput::Elements(looks.len() as u64));
    let mut each = |name: &str, decide: &dyn Fn(Counts, Counts) -> f64| {
        group.bench_function(name, |b| {
            b.iter(|| {
                looks.iter().map(|&(control, treatment)| decide(black_box(control), black_box(treatment))).sum::<f64>()
            });
        });
    };
    each("difference, evidence", &|c, t| rate_e_value(c, t, Scale::Difference, &plan).expect("evidence").log());
    each("lift, evidence and interval", &|c, t| rate_lift(c, t, &plan).expect("a look").readout().set().ends().0);
    each("difference, evidence and interval", &|c, t| {
        rate_difference(c, t, &plan).expect("a look").readout().set().ends().0
    });
    each("GrowthBook's formula, lift, evidence and interval", &|c, t| {
        let (c, t) = (Arm::Proportion(c), Arm::Proportion(t));
        let look = sequential_test(c, t, Scale::Lift, Alternative::TwoSided, Level::P95, 100_000).expect("a look");
        look.readout().set().ends().0
    });
    group.finish();

    let tests: Vec<ConversionCounts> = looks
        .iter()
        .map(|&(control, treatment)| {
            let mut test =
                ConversionCounts::new(Shares::new(&[1.0, 1.0]).expect("shares"), &conversions).expect("a plan");
            test.add(&[control.successes(), treatment.successes()]).expect("counts");
            test
        })
        .collect();
    let mut group = criterion.benchmark_group("exact conversion counts");
    group.sample_size(20).throughput(Throughput::Elements(tests.len() as u64));
    group.bench_function("evidence", |b| {
        b.iter(|| tests.iter().map(|test| black_box(test).e_value().log()).sum::<f64>());
    });
    group.bench_function("evidence and interval", |b| {
        b.iter(|| {
            let low =
                |test: &ConversionCounts| test.lift(1, &conversions).map_or(0.0, |look| look.readout().set().ends().0);
            tests.iter().map(|test| low(black_box(test))).sum::<f64>()
        });
    });
    group.finish();

    let prior = Posterior::beta(1.0, 1.0).expect("shapes");
    let arms: Vec<Posterior> = (0..5_u64)
        .map(|at| prior.after_counts(Counts::new(200 + 7 * at, 10_000).expect("a part")).expect("shapes"))
        .collect();
    criterion.bench_function("best of five rates", |b| b.iter(|| BestArm::of(black_box(&arms))));
}

criterion_group!(benches, sequential);
criterion_main!(benches);
