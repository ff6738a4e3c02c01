//! The seconds of one decision by each method, a line each: `name seconds`. `benches/peers/experiments.py` holds them against other programs.
//!
//! `cargo run --release -p styring-benches --bin decisions`. A decision is p-value and interval from summaries, of a thousand experiments in turn; the smallest time of many rounds counts.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use styring_experiments::means::Contrast;
use styring_experiments::sequential::{NormalMixture, SequentialPlan, rate_lift};
use styring_experiments::{Counts, DifferenceMethod, Level, Moments, RatioMethod, Readout, TwoProportions};

const EXPERIMENTS: u64 = 1_000;
const ROUNDS: usize = 40;

/// The same experiments as on the other side: users and conversions of control and treatment.
fn counts(at: u64) -> [(u64, u64); 2] {
    let (n, m) = (at * 97 + 5_000, at * 103 + 5_000);
    [(n, n / 50 + at % 17), (m, m / 47 + at % 23)]
}

fn timed(name: &str, mut decide: impl FnMut(u64) -> Result<f64, Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut sum = 0.0;
        for at in 1..=EXPERIMENTS {
            sum += decide(black_box(at))?;
        }
        black_box(sum);
        best = best.min(start.elapsed().as_secs_f64() / EXPERIMENTS as f64);
    }
    println!("{name} {best:.3e}");
    Ok(())
}

/// Both numbers are used, so that neither is left out.
fn told(readout: &Readout) -> f64 {
    readout.p_value() + readout.set().ends().0
}

fn main() -> Result<(), Box<dyn Error>> {
    let plan = SequentialPlan::users(100_000)?;
    let mixture = NormalMixture::new(1_000.0, Level::P95)?;
    let arms = |at| -> Result<[Counts; 2], Box<dyn Error>> {
        let [(n, x), (m, y)] = counts(at);
        Ok([Counts::new(x, n)?, Counts::new(y, m)?])
    };
    timed("welch", |at| {
        let [(n, x), (m, y)] = counts(at);
        let of = |n: u64, x: u64| Moments::from_summary(n, [x as f64 / 10.0], [[x as f64]]);
        Ok(told(&Contrast::means(&of(n, x)?, &of(m, y)?)?.difference(Level::P95)?))
    })?;
    timed("score", |at| {
        let [control, treatment] = arms(at)?;
        Ok(told(&TwoProportions::new(treatment, control)?.difference(DifferenceMethod::Score, Level::P95)?))
    })?;
    timed("lift", |at| {
        let [control, treatment] = arms(at)?;
        Ok(told(&TwoProportions::new(treatment, control)?.lift(RatioMethod::Log, Level::P95)?))
    })?;
    timed("sequential", |at| {
        let [control, treatment] = arms(at)?;
        Ok(told(rate_lift(control, treatment, &plan)?.readout()))
    })?;
    timed("mixture", |at| Ok(mixture.bound(at as f64, Level::P95)))
}
