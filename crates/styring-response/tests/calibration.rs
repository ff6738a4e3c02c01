//! Statistical promises of fits, by seeded simulation: `cargo test -p styring-response --test calibration -- --nocapture`; with `--ignored` the long ones.
#![allow(clippy::unwrap_used, clippy::panic)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Normal, Poisson, Uniform};
use styring_response::fit::{Answer, Fit, Form, Pairs, Variance};
use styring_response::{Curve, Family};
use styring_testkit::calibration::Share;

/// Where spends lie and how results scatter about the truth.
#[derive(Clone, Copy)]
struct World {
    weeks: usize,
    /// The standard deviation of errors, as a share of the mean result; none for counts.
    noise: Option<f64>,
}

impl World {
    fn draw(self, truth: &dyn Fn(f64) -> f64, generator: &mut ChaCha8Rng) -> Pairs {
        let spends = Uniform::new(0.2, 1.6).unwrap();
        let x: Vec<f64> = (0..self.weeks).map(|_| spends.sample(generator)).collect();
        let mean = x.iter().map(|x| truth(*x)).sum::<f64>() / self.weeks as f64;
        let normal = Normal::new(0.0, 1.0).unwrap();
        let y: Vec<f64> = x
            .iter()
            .map(|x| match self.noise {
                Some(noise) => truth(*x) + noise * mean * normal.sample(generator),
                None => Poisson::new(truth(*x)).unwrap().sample(generator),
            })
            .collect();
        Pairs::new(&x, &y).unwrap()
    }
}

/// Whether 95 % intervals held: the response and the margin at the middle of the spends, the response at twice the greatest, and all parameters; and how often the curve was identified.
struct Coverage {
    response: Share,
    margin: Share,
    beyond: Share,
    parameters: Share,
    identified: Share,
    /// Of those that were identified, whether the margin's held.
    margin_if_identified: Share,
}

fn coverage(form: Form, truth: &Family, world: World, rounds: u64) -> Coverage {
    let truth = Curve::new(truth.clone()).unwrap();
    let known: Vec<f64> = match truth.family() {
        Family::Log { a, c } | Family::Expsat { a, c } => vec![*a, *c],
        Family::Power { a, p } => vec![*a, *p],
        Family::MichaelisMenten { a, k } => vec![*a, *k],
        Family::Hill { a, s, k } => vec![*a, *s, *k],
        Family::Sigmoid { a, m, w } => vec![*a, *m, *w],
        other => panic!("{other:?}"),
    };
    let [response, margin, beyond, parameters, identified, margin_if_identified]: [Share; 6] = Default::default();
    let mut found = Coverage { response, margin, beyond, parameters, identified, margin_if_identified };
    let variance = if world.noise.is_some() { Variance::Constant } else { Variance::Mean };
    for round in 0..rounds {
        let mut generator = ChaCha8Rng::seed_from_u64(round);
        let pairs = world.draw(&|x| truth.value(x), &mut generator);
        let answer = Fit::new(form).variance(variance).run(&pairs).unwrap();
        let Some(fitted) = answer.best() else { panic!("{answer:?}") };
        found.response.count(fitted.response(0.9).contains(truth.value(0.9)));
        let margin = fitted.marginal(0.9).unwrap().contains(truth.marginal(0.9).unwrap());
        found.margin.count(margin);
        found.beyond.count(fitted.response(3.2).contains(truth.value(3.2)));
        for (parameter, known) in fitted.parameters().iter().zip(&known) {
            found.parameters.count(parameter.estimate().contains(*known));
        }
        let is_identified = answer.identified().is_some();
        found.identified.count(is_identified);
        if is_identified {
            found.margin_if_identified.count(margin);
        }
    }
    let noise = world.noise.map_or("counts".to_owned(), |noise| format!("{:.0} %", 100.0 * noise));
    println!(
        "{form:?}, {} weeks, {noise}: response {:.1}, margin {:.1}, beyond {:.1}, parameters {:.1} (± {:.1}); identified {:.0} %, of those margin {:.1}",
        world.weeks,
        found.response.percent(),
        found.margin.percent(),
        found.beyond.percent(),
        found.parameters.percent(),
        found.response.error(95.0),
        found.identified.percent(),
        found.margin_if_identified.percent(),
    );
    found
}

fn truths() -> [(Form, Family); 6] {
    [
        (Form::Log, Family::Log { a: 300.0, c: 0.3 }),
        (Form::Power, Family::Power { a: 400.0, p: 0.5 }),
        (Form::Expsat, Family::Expsat { a: 500.0, c: 0.6 }),
        (Form::MichaelisMenten, Family::MichaelisMenten { a: 700.0, k: 0.6 }),
        (Form::Hill, Family::Hill { a: 600.0, s: 1.8, k: 0.6 }),
        (Form::Sigmoid, Family::Sigmoid { a: 600.0, m: 0.6, w: 0.2 }),
    ]
}

fn all_intervals(worlds: &[World], rounds: u64) {
    for (form, truth) in truths() {
        for world in worlds {
            let found = coverage(form, &truth, *world, rounds);
            // Four Monte-Carlo errors.
            let least = 95.0 - 4.0 * found.response.error(95.0) - 1.0;
            for share in [&found.response, &found.margin, &found.beyond, &found.parameters] {
                assert!(share.percent() > least, "{}", share.percent());
            }
        }
    }
}

#[test]
fn intervals_short() {
    all_intervals(&[World { weeks: 12, noise: Some(0.1) }, World { weeks: 26, noise: None }], 60);
}

#[test]
#[ignore = "minutes; the figures of docs/response.md"]
fn intervals_long() {
    let noisy = |weeks| World { weeks, noise: Some(0.1) };
    all_intervals(&[noisy(8), noisy(12), noisy(26), noisy(52), World { weeks: 26, noise: None }], 2000);
}

/// How often a bend is claimed where there is none.
fn claims(what: &str, truth: &dyn Fn(f64) -> f64, world: World, rounds: u64) -> Share {
    let mut claimed = Share::default();
    let mut reasons = std::collections::BTreeMap::<String, usize>::new();
    for form in [Form::Log, Form::Expsat, Form::MichaelisMenten, Form::Hill] {
        for round in 0..rounds {
            let mut generator = ChaCha8Rng::seed_from_u64(round);
            let answer = Fit::new(form).run(&world.draw(truth, &mut generator)).unwrap();
            claimed.count(matches!(answer, Answer::Identified(_)));
            if let Some(why) = answer.why() {
                *reasons.entry(format!("{why:?}")).or_default() += 1;
            }
        }
    }
    println!(
        "{what}, {} weeks: identified {:.1} % ± {:.1}; {reasons:?}",
        world.weeks,
        claimed.percent(),
        claimed.error(95.0)
    );
    claimed
}

fn no_bend(worlds: &[World], rounds: u64) {
    for world in worlds {
        // At 95 %, on one side a fortieth goes astray.
        assert!(claims("flat", &|_| 400.0, *world, rounds).percent() < 5.0);
        assert!(claims("straight", &|x| 400.0 * x, *world, rounds).percent() < 5.0);
    }
}

#[test]
fn what_is_not_there_is_not_claimed_short() {
    no_bend(&[World { weeks: 26, noise: Some(0.1) }], 60);
}

#[test]
#[ignore = "minutes; the figures of docs/response.md"]
fn what_is_not_there_is_not_claimed_long() {
    let noisy = |weeks| World { weeks, noise: Some(0.1) };
    no_bend(&[noisy(12), noisy(26), noisy(52)], 2000);
}
