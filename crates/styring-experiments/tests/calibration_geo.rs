//! How often tests of geo experiments cry wolf, and how often their sets hold the effect, when days depend on days: `cargo test -p styring-experiments --release --test calibration_geo --
//! --nocapture`; with `--ignored` the long one, whose numbers are in `docs/experiments-geo.md`.
//!
//! Where a promise is made it holds within three standard errors of the simulation. The other rows show where methods fail, and that they do is asserted as well.
#![allow(clippy::unwrap_used)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use styring_experiments::geo::{Conformal, Counterfactual, Did, Norm, Panel, PanelErrors, Placebos, Weighting};
use styring_experiments::resampling::Plan;
use styring_experiments::{Level, Readout};

const EFFECT: f64 = 2.0;

/// A panel whose units share two waves, and whose own noise is AR(1): each day `rho` of the day before.
struct World {
    random: ChaCha8Rng,
    units: usize,
    treated: usize,
    before: usize,
    after: usize,
    rho: f64,
}

impl World {
    fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.random)
    }

    fn wave(&mut self, rho: f64) -> Vec<f64> {
        let fresh = (1.0 - rho * rho).sqrt();
        let mut value = self.normal();
        (0..self.before + self.after)
            .map(|_| {
                value = rho * value + fresh * self.normal();
                value
            })
            .collect()
    }

    fn panel(&mut self) -> Panel {
        let shared = [self.wave(0.9), self.wave(0.5)];
        let units: Vec<(String, Vec<f64>)> = (0..self.units)
            .map(|unit| {
                let (level, load) = (20.0 + 3.0 * self.normal(), 1.0 + 0.3 * self.normal());
                let own = self.wave(self.rho);
                let value = |(day, noise): (usize, &f64)| {
                    let effect = if unit < self.treated && day >= self.before { EFFECT } else { 0.0 };
                    level + 2.0 * load * shared[0][day] + shared[1][day] + noise + effect
                };
                (format!("geo {unit}"), own.iter().enumerate().map(value).collect())
            })
            .collect();
        let treated: Vec<String> = (0..self.treated).map(|unit| format!("geo {unit}")).collect();
        Panel::new(units, &treated, self.before).unwrap()
    }
}

/// The share of runs whose set does not hold the effect there is.
fn missed(runs: u32, rho: f64, treated: usize, mut readout: impl FnMut(&Panel) -> Readout) -> f64 {
    let random = ChaCha8Rng::seed_from_u64(20_261);
    let mut world = World { random, units: 20, treated, before: 56, after: 14, rho };
    let misses = (0..runs).filter(|_| !readout(&world.panel()).set().contains(EFFECT)).count();
    misses as f64 / f64::from(runs)
}

fn calibrated(runs: u32) {
    let demeaned = Weighting { demeaned: true, ridge: None };
    let plan = Plan { exact_up_to: 20_000, resamples: 999, ..Plan::default() };
    let error = 3.0 * (0.1 * 0.9 / f64::from(runs)).sqrt();
    let mut faults = Vec::new();
    println!("the effect missed by 90 % sets, {runs} runs, ± {error:.3}");
    for rho in [0.0, 0.3, 0.6] {
        // Ranks and shifts promise at most 10 %; with 19 donors a p-value below it is 1/20. Cluster errors of four treated units do not keep it.
        let mut row = |name: &str, [from, to]: [f64; 2], share: f64| {
            println!("{name:<44} rho {rho:.1} {share:.3}");
            if share < from - error || share > to + error {
                faults.push(format!("{name} rho {rho}: {share}, not {from} to {to}"));
            }
        };
        row(
            "randomisation of differences, 4 of 20",
            [0.08, 0.1],
            missed(runs, rho, 4, |panel| Did::new(panel).randomisation(Level::P90, plan).unwrap()),
        );
        row(
            "placebos of synthetic control, 1 of 20",
            [0.04, 0.06],
            missed(runs, rho, 1, |panel| Placebos::new(panel, demeaned).unwrap().readout(Level::P90).unwrap()),
        );
        row(
            "conformal, mean difference, 4 of 20",
            [0.03, 0.1],
            missed(runs, rho, 4, |panel| {
                Conformal::new(panel, Counterfactual::MeanDifference, Norm::Absolute).readout(Level::P90).unwrap()
            }),
        );
        row(
            "conformal, synthetic control, 4 of 20",
            [0.03, 0.1],
            missed(runs, rho, 4, |panel| {
                Conformal::new(panel, Counterfactual::Synthetic(demeaned), Norm::Absolute).readout(Level::P90).unwrap()
            }),
        );
        row(
            "conformal, synthetic control, sum, 4 of 20",
            [0.03, 0.1],
            missed(runs, rho, 4, |panel| {
                Conformal::new(panel, Counterfactual::Synthetic(demeaned), Norm::Sum).readout(Level::P90).unwrap()
            }),
        );
        row(
            "cluster errors, 4 of 20",
            [0.12, 0.18],
            missed(runs, rho, 4, |panel| Did::new(panel).readout(PanelErrors::Cluster, Level::P90).unwrap()),
        );
        row(
            "classical errors, 4 of 20",
            if rho > 0.5 { [0.35, 1.0] } else { [0.2, 1.0] },
            missed(runs, rho, 4, |panel| Did::new(panel).readout(PanelErrors::Classical, Level::P90).unwrap()),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn sets_of_geo_experiments_hold_the_effect() {
    calibrated(400);
}

#[test]
#[ignore = "long"]
fn sets_of_geo_experiments_hold_the_effect_long() {
    calibrated(4_000);
}
