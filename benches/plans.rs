//! Best plans on the same instances as other programs: `benches/peers/allocation.py` holds them against each other.
//!
//! `plans write FILE` writes instances, one a line: the total, then ceiling and half-way spend of each channel. `plans solve FILE` prints a line for each: channels, seconds of one solution from the numbers to the plan, response.

use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Uniform};
use styring_allocation::optimise::{Choice, Goal, Plan, Problem};
use styring_response::{Curve, Family};

const ROUNDS: usize = 200;

fn instances() -> Result<String, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let logs = Uniform::new(0.0_f64, 1.0)?;
    let mut scale = |low: f64, high: f64| low * (high / low).powf(logs.sample(&mut rng));
    let mut text = String::new();
    for count in [3_u32, 10, 30, 100] {
        for _ in 0..10 {
            let total = f64::from(count) * scale(2e4, 2e5);
            write!(text, "{total}")?;
            for _ in 0..count {
                write!(text, " {} {}", scale(2e4, 1e6), scale(1e4, 2e5))?;
            }
            text.push('\n');
        }
    }
    Ok(text)
}

fn solve(total: f64, channels: &[(f64, f64)]) -> Result<Plan, Box<dyn Error>> {
    let choice = |(index, (a, k)): (usize, &(f64, f64))| {
        let curve = Curve::new(Family::MichaelisMenten { a: *a, k: *k })?;
        Ok(Choice::new(format!("{index:03}"), curve).at_most(total))
    };
    let choices = channels.iter().enumerate().map(choice).collect::<Result<Vec<_>, styring_response::Error>>()?;
    Ok(Problem::new(choices)?.solve(Goal::Spend(total))?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", file] => std::fs::write(file, instances()?)?,
        ["solve", file] => {
            for line in std::fs::read_to_string(file)?.lines() {
                let numbers = line.split(' ').map(str::parse).collect::<Result<Vec<f64>, _>>()?;
                let (total, rest) = numbers.split_first().ok_or("an empty line")?;
                let channels: Vec<(f64, f64)> = rest.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
                let mut best = f64::INFINITY;
                for _ in 0..ROUNDS {
                    let start = Instant::now();
                    black_box(solve(black_box(*total), &channels)?);
                    best = best.min(start.elapsed().as_secs_f64());
                }
                let plan = solve(*total, &channels)?;
                println!("{} {best:e} {} {:e}", channels.len(), plan.response, plan.certificate.gap);
            }
        }
        _ => return Err("plans write FILE | plans solve FILE".into()),
    }
    Ok(())
}
