//! What group-sequential tests promise, by seeded simulation. Short by default; `cargo test --release -- --ignored` runs the long versions.
//!
//! Bounds are of 4.5 Monte-Carlo standard errors, √(p (1 − p) / runs): a right method fails once in 150 000 checks.
#![allow(clippy::expect_used, clippy::cast_precision_loss)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use styring_experiments::group_sequential::{
    Boundary, Decision, Design, Evidence, Futility, Monitor, Spending, equal_looks,
};
use styring_experiments::{Alternative, Level};

/// How the information of a trial differs from its plan.
#[derive(Clone, Copy, Debug)]
enum Course {
    Planned,
    /// The last look at 1.35 of the plan.
    Overrun,
    /// Early looks moved, the last at 0.8.
    Underrun,
}

impl Course {
    fn times(self, planned: &[f64]) -> Vec<f64> {
        let mut times = planned.to_vec();
        match self {
            Self::Planned => {}
            Self::Overrun => times.iter_mut().rev().take(1).for_each(|t| *t = 1.35),
            Self::Underrun => times.iter_mut().for_each(|t| *t *= 0.8),
        }
        times
    }
}

/// The bounds do not depend on the data: a trial is run once for them, and the walks are held against them.
fn bounds(design: &Design, times: &[f64]) -> Vec<(f64, f64)> {
    let mut monitor = Monitor::new(design.clone());
    let middle = Evidence::normal(0.0, 1.0).expect("evidence");
    for (k, t) in times.iter().enumerate() {
        if k + 1 == times.len() { monitor.last_look(*t, middle) } else { monitor.look(*t, middle) }.expect("a look");
    }
    let low = |look: &styring_experiments::group_sequential::Look| match design.alternative() {
        Alternative::TwoSided => -look.critical_value(),
        _ => look.futility_bound().filter(|_| !look.is_last()).unwrap_or(f64::NEG_INFINITY),
    };
    monitor.looks().iter().map(|look| (low(look), look.critical_value())).collect()
}

/// The z of each look.
fn walk(rng: &mut ChaCha8Rng, drift: f64, times: &[f64]) -> Vec<f64> {
    let (mut s, mut before) = (0.0, 0.0);
    times
        .iter()
        .map(|t| {
            let step: f64 = StandardNormal.sample(rng);
            s += drift * (t - before) + step * (t - before).sqrt();
            before = *t;
            s / t.sqrt()
        })
        .collect()
}

fn rejection_rate(design: &Design, course: Course, drift: f64, runs: u32, seed: u64) -> (f64, f64) {
    let times = course.times(design.looks());
    let bounds = bounds(design, &times);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut above, mut below) = (0_u32, 0_u32);
    for _ in 0..runs {
        for (z, (low, high)) in walk(&mut rng, drift, &times).iter().zip(&bounds) {
            if z >= high {
                above += 1;
                break;
            }
            if z <= low {
                below += 1;
                break;
            }
        }
    }
    (f64::from(above) / f64::from(runs), f64::from(below) / f64::from(runs))
}

fn designs() -> Vec<Design> {
    let two = Alternative::TwoSided;
    let make = |boundary, k, alternative| {
        Design::new(boundary, &equal_looks(k).expect("looks"), Level::P95, alternative).expect("a design")
    };
    let uneven = Design::new(Boundary::Spend(Spending::Pocock), &[0.1, 0.15, 0.6, 1.0], Level::P95, two);
    vec![
        make(Boundary::OBrienFleming, 5, two),
        make(Boundary::Pocock, 10, Alternative::Greater),
        make(Boundary::Spend(Spending::OBrienFleming), 4, two),
        make(Boundary::Spend(Spending::HwangShihDeCani { gamma: -2.0 }), 6, Alternative::Greater),
        make(Boundary::HaybittlePeto { early: 3.0 }, 4, two),
        uneven.expect("a design"),
        make(Boundary::Spend(Spending::OBrienFleming), 3, Alternative::Greater)
            .with_futility(Futility::Spend { spending: Spending::OBrienFleming, power: 0.8, binding: true })
            .expect("futility"),
    ]
}

fn error_and_power(runs: u32) {
    for (index, design) in designs().iter().enumerate() {
        for course in [Course::Planned, Course::Overrun, Course::Underrun] {
            let (above, below) = rejection_rate(design, course, 0.0, runs, 100 + index as u64);
            let error = if design.alternative() == Alternative::TwoSided { above + below } else { above };
            let mc = (0.05 * 0.95 / f64::from(runs)).sqrt();
            println!("{:?} {course:?}: type I error {error:.4} ± {mc:.4}", design.boundary());
            assert!((error - 0.05).abs() < 4.5 * mc, "{design:?} {course:?}: {error}");
        }
        let there = design.operating_for(0.8).expect("a drift");
        let (power, _) = rejection_rate(design, Course::Planned, there.drift(), runs, 200 + index as u64);
        let mc = (0.8 * 0.2 / f64::from(runs)).sqrt();
        println!("{:?}: power {power:.4} ± {mc:.4}", design.boundary());
        assert!((power - 0.8).abs() < 4.5 * mc, "{design:?}: {power}");
    }
}

/// The share of final intervals that hold the effect when the trial stops where its data say so, and of estimates above it.
fn coverage(runs: u32) {
    let looks = equal_looks(4).expect("looks");
    for (boundary, drift) in [
        (Boundary::Spend(Spending::OBrienFleming), 0.0),
        (Boundary::Spend(Spending::OBrienFleming), 2.8),
        (Boundary::Pocock, 2.0),
        (Boundary::Spend(Spending::Pocock), 5.0),
    ] {
        let design = Design::new(boundary, &looks, Level::P95, Alternative::TwoSided).expect("a design");
        for course in [Course::Planned, Course::Overrun] {
            let times = course.times(&looks);
            let mut rng = ChaCha8Rng::seed_from_u64(7);
            let (mut covered, mut repeated, mut above, mut small) = (0, 0, 0, 0);
            for _ in 0..runs {
                let mut monitor = Monitor::new(design.clone());
                let mut all_hold = true;
                for (t, z) in times.iter().zip(walk(&mut rng, drift, &times)) {
                    // An effect of `drift` in units in which the standard error at the planned end is 1.
                    let se = 1.0 / t.sqrt();
                    let evidence = Evidence::normal(z * se, se).expect("evidence");
                    let look = monitor.look(*t, evidence).expect("a look");
                    let (low, high) = look.repeated_interval().expect("an interval");
                    all_hold &= low <= drift && drift <= high;
                    if look.decision() != Decision::Continue {
                        break;
                    }
                }
                let end = monitor.conclusion().expect("a conclusion").expect("an end");
                let (low, high) = end.interval();
                covered += u32::from(low <= drift && drift <= high);
                repeated += u32::from(all_hold);
                above += u32::from(end.estimate() > drift);
                small += u32::from(end.p_value() < 0.05);
            }
            let share = |count: u32| f64::from(count) / f64::from(runs);
            let mc = (0.05 * 0.95 / f64::from(runs)).sqrt();
            let (held, median) = (share(covered), share(above));
            println!(
                "{boundary:?} drift {drift} {course:?}: intervals hold it {held:.4} ± {mc:.4}, repeated {:.4}, estimates above {median:.3}",
                share(repeated)
            );
            assert!((held - 0.95).abs() < 4.5 * mc, "{boundary:?} {drift}: {held}");
            assert!(share(repeated) > 0.95 - 4.5 * mc);
            assert!((median - 0.5).abs() < 4.5 * 0.5 / f64::from(runs).sqrt(), "{boundary:?} {drift}: {median}");
            if drift == 0.0 {
                assert!((share(small) - 0.05).abs() < 4.5 * mc);
            }
        }
    }
}

#[test]
fn the_error_is_alpha_and_the_power_is_there() {
    error_and_power(40_000);
}

#[test]
#[ignore = "long"]
fn the_error_is_alpha_and_the_power_is_there_long() {
    error_and_power(2_000_000);
}

#[test]
fn final_intervals_cover() {
    coverage(400);
}

#[test]
#[ignore = "long"]
fn final_intervals_cover_long() {
    coverage(20_000);
}
