//! How often 95 % sets of one series against its control hold the effect, when days depend on days or the level drifts: `cargo test -p styring-experiments --release --test calibration_geo_series
//! -- --nocapture`; with `--ignored` the long one, whose numbers are in `docs/experiments-geo.md`.
#![allow(clippy::unwrap_used)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use styring_experiments::geo::local_level::LocalLevel;
use styring_experiments::geo::tbr::{Noise, Tbr};
use styring_experiments::parity::causal_impact::{PRIOR_LEVEL_SD, causal_impact};
use styring_experiments::{Level, Readout};

/// A day's effect, in standard deviations of its noise.
const EFFECT: f64 = 0.7;

/// A treated series on a control that wanders, with noise of AR(1) and a level that moves by `drift` of the noise every day.
struct World {
    random: ChaCha8Rng,
    before: usize,
    after: usize,
    rho: f64,
    drift: f64,
}

impl World {
    fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.random)
    }

    fn series(&mut self) -> (Vec<f64>, Vec<f64>) {
        let fresh = (1.0 - self.rho * self.rho).sqrt();
        let (mut wandering, mut level, mut noise) = (100.0, 0.0, self.normal());
        let days = 0..self.before + self.after;
        days.map(|day| {
            wandering += 0.5 * self.normal();
            level += self.drift * self.normal();
            noise = self.rho * noise + fresh * self.normal();
            let control = wandering + self.normal();
            let effect = if day >= self.before { EFFECT } else { 0.0 };
            (control, 10.0 + 0.8 * control + level + noise + effect)
        })
        .unzip()
    }
}

/// The share of runs whose set holds this effect.
fn held(
    runs: u32,
    (before, after): (usize, usize),
    (rho, drift): (f64, f64),
    effect: f64,
    of: &dyn Fn(&[f64], &[f64]) -> Readout,
) -> f64 {
    let mut world = World { random: ChaCha8Rng::seed_from_u64(20_262), before, after, rho, drift };
    let holds = (0..runs).filter(|_| {
        let (control, treated) = world.series();
        of(&control, &treated).set().contains(effect)
    });
    holds.count() as f64 / f64::from(runs)
}

fn calibrated(runs: u32) {
    let error = 3.0 * (0.05 * 0.95 / f64::from(runs)).sqrt();
    let mut faults = Vec::new();
    println!("95 % sets that hold the effect, {runs} runs, ± {error:.3}");
    println!(
        "{:<12} {:>5} {:>5} {:>12} {:>10} {:>10} {:>12}",
        "days", "rho", "drift", "local level", "TBR AR(1)", "TBR iid", "CausalImpact"
    );
    for (before, after) in [(100, 30), (56, 14)] {
        for (rho, drift) in [(0.0, 0.0), (0.3, 0.0), (0.6, 0.0), (0.0, 0.1), (0.0, 0.3), (0.0, 1.0), (0.0, 3.0)] {
            let total = EFFECT * f64::from(u16::try_from(after).unwrap());
            let share = |of: &dyn Fn(&[f64], &[f64]) -> Readout| held(runs, (before, after), (rho, drift), total, of);
            let level = share(&|control, treated| {
                LocalLevel::new(treated, &[control.to_vec()], before).unwrap().effect(Level::P95).unwrap()
            });
            let tbr = |noise| {
                move |control: &[f64], treated: &[f64]| {
                    Tbr::new(control, treated, before).unwrap().effect(noise, Level::P95).unwrap()
                }
            };
            let remembers = share(&tbr(Noise::Autoregressive));
            let forgets = share(&tbr(Noise::Independent));
            let packages = |control: &[f64], treated: &[f64]| {
                causal_impact(treated, &[control.to_vec()], before, PRIOR_LEVEL_SD, Level::P95).unwrap()
            };
            let packages = held(runs.min(400), (before, after), (rho, drift), EFFECT, &packages);
            println!(
                "{before:>4} + {after:<5} {rho:>5.1} {drift:>5.1} {level:>12.3} {remembers:>10.3} {forgets:>10.3} {packages:>12.3}"
            );
            if level < 0.94 - error {
                faults.push(format!("local level, {before} + {after}, rho {rho}, drift {drift}: {level}"));
            }
            if drift == 0.0 && remembers < 0.94 - error {
                faults.push(format!("TBR, {before} + {after}, rho {rho}: {remembers}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn sets_of_series_hold_the_effect() {
    calibrated(200);
}

#[test]
#[ignore = "long"]
fn sets_of_series_hold_the_effect_long() {
    calibrated(2_000);
}
