//! How often 95 % intervals of means, ratios, CUPED, regressions and quantiles hold the truth: `cargo test -p styring-experiments --release --test calibration_means -- --nocapture`; with
//! `--ignored` the long one, whose numbers are in `docs/experiments-means.md`.
//!
//! Where a promise is made the share is 94.5 to 95.5 %, within three standard errors of the simulation. The other rows show where methods fail, and that they do is asserted as well.
#![allow(clippy::unwrap_used)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Exp1, StandardNormal};
use styring_experiments::means::{
    Clustered, Contrast, Cuped, Errors, Lift, Rows, Slope, Stratum, ancova, clustered_quantile_contrast, lin,
    post_stratified, quantile_contrast,
};
use styring_experiments::ranks::{MannWhitney, brunner_munzel};
use styring_experiments::resampling::{Bootstrap, Interval};
use styring_experiments::{Error, Hypothesis, Joint, Level, Moments, Ordered, Readout, Seed};

const LIFT: f64 = 0.1;

/// What values look like; all have the mean 1.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Normal,
    Exponential,
    /// A share buys, for a lognormal amount.
    Revenue,
}

struct Draws(ChaCha8Rng);

impl Draws {
    fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    fn uniform(&mut self) -> f64 {
        let x: f64 = Exp1.sample(&mut self.0);
        (-x).exp()
    }

    fn value(&mut self, shape: Shape) -> f64 {
        match shape {
            Shape::Normal => 1.0 + 0.5 * self.normal(),
            Shape::Exponential => Exp1.sample(&mut self.0),
            Shape::Revenue if self.uniform() < 0.2 => 5.0 * (0.7 * self.normal() - 0.245).exp(),
            Shape::Revenue => 0.0,
        }
    }

    /// 0, 1 or 2.
    fn third(&mut self) -> usize {
        let place = self.uniform();
        usize::from(place < 2.0 / 3.0) + usize::from(place < 1.0 / 3.0)
    }

    /// At least one; three on average.
    fn visits(&mut self) -> u32 {
        let mut visits = 1;
        while visits < 50 && self.uniform() < 2.0 / 3.0 {
            visits += 1;
        }
        visits
    }
}

struct Table {
    runs: u32,
    worst: Vec<String>,
}

impl Table {
    /// One row: how often `within` is so. What it is to be: from, to; in per cent.
    fn row(&mut self, name: &str, [from, to]: [f64; 2], mut within: impl FnMut(&mut Draws) -> bool) {
        let mut draws = Draws(ChaCha8Rng::seed_from_u64(
            name.bytes().fold(7, |seed, byte| seed * 31 % 1_000_003 + u64::from(byte)),
        ));
        let kept = (0..self.runs).filter(|_| within(&mut draws)).count();
        let share = 100.0 * kept as f64 / f64::from(self.runs);
        let error = 100.0 * (0.95 * 0.05 / f64::from(self.runs)).sqrt();
        println!("| {name} | {share:.2} | ± {error:.2} |");
        if share < from - 3.0 * error || share > to + 3.0 * error {
            self.worst.push(format!("{name}: {share:.2} ± {error:.2}, promised {from} to {to}"));
        }
    }

    fn done(self) {
        assert!(self.worst.is_empty(), "{}", self.worst.join("\n"));
    }
}

const PROMISED: [f64; 2] = [94.5, 95.5];
/// Too few, as known and said.
const FAILS: [f64; 2] = [80.0, 94.5];

fn holds(readout: Result<Readout, Error>, truth: f64) -> bool {
    readout.unwrap().set().contains(truth)
}

fn moments(draws: &mut Draws, n: u32, shape: Shape, factor: f64) -> Moments {
    (0..n).map(|_| [factor * draws.value(shape)]).collect()
}

/// (during, before) of one unit: correlated 0.8 or so.
fn with_before(draws: &mut Draws, shape: Shape, factor: f64) -> [f64; 2] {
    let before = draws.value(shape);
    [factor * (0.8 * before + 0.2 * draws.value(shape)), before]
}

fn visitor(draws: &mut Draws, factor: f64) -> [f64; 4] {
    let level = draws.value(Shape::Exponential);
    let mut period = |factor: f64| {
        let visits = draws.visits();
        let revenue: f64 = (0..visits).map(|_| factor * (0.7 * level + 0.3 * draws.value(Shape::Exponential))).sum();
        [revenue, f64::from(visits)]
    };
    let ([y, d], [x, e]) = (period(factor), period(1.0));
    [y, d, x, e]
}

fn means_and_ratios(runs: u32) {
    let mut table = Table { runs, worst: Vec::new() };
    let arms = [("200 + 200", [200, 200]), ("2000 + 2000", [2_000, 2_000]), ("3600 + 400", [3_600, 400])];
    for (sizes, [n, m]) in arms {
        for shape in [Shape::Normal, Shape::Exponential, Shape::Revenue] {
            // Skewness beside size decides (Boos and Hughes-Oliver 2000): revenue in the small, unequal arm is too much.
            let expected = if shape == Shape::Revenue && m == 400 { [93.5, 95.5] } else { PROMISED };
            table.row(&format!("Welch, {shape:?}, {sizes}"), expected, |draws| {
                let (c, t) = (moments(draws, n, shape, 1.0), moments(draws, m, shape, 1.0 + LIFT));
                holds(Contrast::means(&c, &t).unwrap().difference(Level::P95), LIFT)
            });
            table.row(&format!("log ratio, {shape:?}, {sizes}"), PROMISED, |draws| {
                let (c, t) = (moments(draws, n, shape, 1.0), moments(draws, m, shape, 1.0 + LIFT));
                holds(Contrast::means(&c, &t).unwrap().lift(Level::P95), LIFT)
            });
        }
        table.row(&format!("Fieller, Exponential, {sizes}"), PROMISED, |draws| {
            let c = moments(draws, n, Shape::Exponential, 1.0);
            let t = moments(draws, m, Shape::Exponential, 1.0 + LIFT);
            holds(Contrast::means(&c, &t).unwrap().lift_by(Lift::Fieller, Level::P95), LIFT)
        });
        // Revenue per visit of few visitors is skewed, and its error with it.
        let expected = if m == 400 { [94.0, 95.5] } else { PROMISED };
        table.row(&format!("ratio, {sizes}"), expected, |draws| {
            let mut arm = |n: u32, factor: f64| -> Joint<2> {
                (0..n).map(|_| visitor(draws, factor)).map(|[y, d, ..]| [y, d]).collect()
            };
            holds(Contrast::ratios(&arm(n, 1.0), &arm(m, 1.0 + LIFT)).unwrap().lift(Level::P95), LIFT)
        });
        table.row(&format!("CUPED, Exponential, {sizes}"), PROMISED, |draws| {
            let mut arm = |n: u32, factor: f64| -> Joint<2> {
                (0..n).map(|_| with_before(draws, Shape::Exponential, factor)).collect()
            };
            let cuped = Cuped::means(&arm(n, 1.0), &arm(m, 1.0 + LIFT), Slope::WithinArms).unwrap();
            holds(cuped.contrast().lift(Level::P95), LIFT)
        });
        table.row(&format!("CUPED, ratio, {sizes}"), PROMISED, |draws| {
            let mut arm = |n: u32, factor: f64| -> Joint<4> { (0..n).map(|_| visitor(draws, factor)).collect() };
            let cuped = Cuped::ratios(&arm(n, 1.0), &arm(m, 1.0 + LIFT), Slope::WithinArms).unwrap();
            holds(cuped.contrast().difference(Level::P95), LIFT)
        });
    }
    // What the overall mean adds to a lift shows where the lift is large: without it the interval is not 95 %.
    table.row("CUPED, lift of 100 %, 500 + 500", PROMISED, |draws| {
        let mut arm =
            |factor: f64| -> Joint<2> { (0..500).map(|_| with_before(draws, Shape::Exponential, factor)).collect() };
        let cuped = Cuped::means(&arm(1.0), &arm(2.0), Slope::WithinArms).unwrap();
        holds(cuped.contrast().lift(Level::P95), 1.0)
    });
    table.row("delta method, 2 % convert, 2000 + 200", FAILS, |draws| {
        let mut arm = |n: u32| -> Moments { (0..n).map(|_| [f64::from(u8::from(draws.uniform() < 0.02))]).collect() };
        let (c, t) = (arm(200), arm(2_000));
        Contrast::means(&c, &t)
            .unwrap()
            .lift_by(Lift::Delta, Level::P95)
            .is_ok_and(|readout| readout.set().contains(0.0))
    });
    table.done();
}

fn adjusted_and_quantiles(runs: u32) {
    let mut table = Table { runs, worst: Vec::new() };
    let covariates = |draws: &mut Draws, factor: f64| {
        let (one, other) = (draws.value(Shape::Exponential), draws.normal());
        [factor + one + 0.5 * other + draws.normal() * (0.5 + 0.5 * one), one, other]
    };
    for (sizes, [n, m]) in [("50 + 50", [50, 50]), ("200 + 200", [200, 200]), ("900 + 100", [900, 100])] {
        let expected = if m == 200 { PROMISED } else { [94.2, 95.6] };
        table.row(&format!("Lin, HC2, {sizes}"), expected, |draws| {
            let mut rows = Rows::new(2);
            for (size, treated) in [(n, false), (m, true)] {
                for _ in 0..size {
                    let row = covariates(draws, if treated { LIFT } else { 0.0 });
                    rows.add(row[0], treated, &row[1..]).unwrap();
                }
            }
            holds(rows.lin().unwrap().contrast(Errors::Hc2).unwrap().difference(Level::P95), LIFT)
        });
        // The variance grows with the covariate, which summaries do not show.
        table.row(&format!("Lin from summaries, {sizes}"), [94.0, 95.5], |draws| {
            let mut arm = |n: u32, factor: f64| -> Joint<3> { (0..n).map(|_| covariates(draws, factor)).collect() };
            holds(lin(&arm(n, 0.0), &arm(m, LIFT)).unwrap().difference(Level::P95), LIFT)
        });
        table.row(&format!("ANCOVA from summaries, {sizes}"), [94.0, 95.7], |draws| {
            let mut arm = |n: u32, factor: f64| -> Joint<3> { (0..n).map(|_| covariates(draws, factor)).collect() };
            holds(ancova(&arm(n, 0.0), &arm(m, LIFT)).unwrap().difference(Level::P95), LIFT)
        });
        table.row(&format!("post-stratification, {sizes}"), PROMISED, |draws| {
            let mut strata = [Stratum { control: Moments::default(), treatment: Moments::default() }; 3];
            for (size, treated) in [(n, false), (m, true)] {
                for i in 0..size {
                    // Two units of each stratum in each arm are sure; others come as they come.
                    let stratum = if i < 6 { i as usize % 3 } else { draws.third() };
                    let value = [3.0 * stratum as f64 + draws.normal() + if treated { LIFT } else { 0.0 }];
                    let arm = &mut strata[stratum];
                    if treated { &mut arm.treatment } else { &mut arm.control }.add(value).unwrap();
                }
            }
            holds(post_stratified(&strata).unwrap().difference(Level::P95), LIFT)
        });
    }
    for (nu, [n, m], expected) in [
        (0.5, [200, 200], [94.0, 96.2]),
        (0.5, [2_000, 2_000], PROMISED),
        (0.9, [300, 300], [93.5, 96.2]),
        (0.9, [4_500, 500], [94.2, 96.0]),
        (0.99, [5_000, 5_000], [94.0, 96.0]),
    ] {
        table.row(&format!("quantile {nu}, {n} + {m}"), expected, |draws| {
            let mut arm =
                |n: u32, factor: f64| Ordered::new((0..n).map(|_| factor * draws.normal().exp()).collect()).unwrap();
            holds(quantile_contrast(&arm(n, 1.0), &arm(m, 1.0 + LIFT), nu).unwrap().lift(Level::P95), LIFT)
        });
    }
    for n in [300, 1_500] {
        table.row(&format!("clustered median, {n} + {n} clusters"), [94.2, 95.8], |draws| {
            let mut arm = |factor: f64| {
                let clusters = (0..n).map(|_| {
                    let level = draws.normal();
                    (0..draws.visits()).map(|_| factor * (0.8 * level + 0.6 * draws.normal()).exp()).collect()
                });
                Clustered::new(clusters.collect::<Vec<_>>()).unwrap()
            };
            holds(clustered_quantile_contrast(&arm(1.0), &arm(1.0 + LIFT), 0.5).unwrap().lift(Level::P95), LIFT)
        });
    }
    for n in [20, 100] {
        table.row(&format!("Mann-Whitney shift, {n} + {n}"), [94.5, 95.9], |draws| {
            let mut arm =
                |shift: f64| Ordered::new((0..n).map(|_| shift + draws.value(Shape::Exponential)).collect()).unwrap();
            let (c, t) = (arm(0.0), arm(LIFT));
            holds(MannWhitney::new(&c, &t).unwrap().shift(Level::P95), LIFT)
        });
        table.row(&format!("Brunner-Munzel, {n} + {n}"), [94.0, 95.8], |draws| {
            let mut arm = |sd: f64| Ordered::new((0..n).map(|_| sd * draws.normal()).collect()).unwrap();
            let (c, t) = (arm(1.0), arm(2.0));
            holds(brunner_munzel(&c, &t, Hypothesis::default().against(0.5)), 0.5)
        });
    }
    table.done();
    let mut table = Table { runs: runs / 10, worst: Vec::new() };
    table.row("bootstrap, BCa, Exponential, 100 + 100", [93.5, 95.5], |draws| {
        let mut arm = |factor: f64| (0..100).map(|_| factor * draws.value(Shape::Exponential)).collect::<Vec<_>>();
        let (c, t) = (arm(1.0), arm(1.0 + LIFT));
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let bootstrap = Bootstrap::new(&c, &t, |c, t| mean(t) - mean(c), 999, Seed(draws.normal().to_bits())).unwrap();
        holds(bootstrap.readout(Interval::Bca, Level::P95), LIFT)
    });
    table.done();
}

#[test]
fn intervals_of_means_and_ratios_hold_the_truth() {
    means_and_ratios(2_000);
}

#[test]
fn intervals_of_adjusted_means_and_of_quantiles_hold_the_truth() {
    adjusted_and_quantiles(2_000);
}

#[test]
#[ignore = "minutes; in release"]
fn intervals_of_means_and_ratios_hold_the_truth_long() {
    means_and_ratios(10_000);
}

#[test]
#[ignore = "minutes; in release"]
fn intervals_of_adjusted_means_and_of_quantiles_hold_the_truth_long() {
    adjusted_and_quantiles(10_000);
}
