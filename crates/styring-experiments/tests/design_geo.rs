//! The design of geo experiments: its laws, and whether planned power is what experiments have.
#![allow(clippy::unwrap_used, clippy::float_cmp)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use styring_experiments::geo::design::{Cell, Cells, Design, History, Method, Search, SpendChange, stratified};
use styring_experiments::geo::tbr::{Noise, Tbr};
use styring_experiments::geo::{Counterfactual, Panel};
use styring_experiments::{Alternative, Error, Level, Seed};

/// Regions of their own size that share a wave, with noise of AR(1) 0.6.
fn rows(random: &mut ChaCha8Rng, regions: u32, days: usize) -> Vec<(String, Vec<f64>)> {
    let mut normal = || -> f64 { StandardNormal.sample(random) };
    let shared: Vec<f64> = (0..days).map(|_| normal()).collect();
    (0..regions)
        .map(|region| {
            let mut own = normal();
            let values = shared.iter().map(|wave| {
                own = 0.6 * own + 0.8 * normal();
                60.0 + 5.0 * f64::from(region % 5) + 3.0 * wave + 2.0 * own
            });
            (format!("region {region}"), values.collect())
        })
        .collect()
}

fn history(seed: u64, days: usize) -> History {
    History::new(rows(&mut ChaCha8Rng::seed_from_u64(seed), 12, days)).unwrap()
}

const TREATED: [&str; 3] = ["region 1", "region 5", "region 8"];

#[test]
fn with_no_effect_power_is_the_level() {
    // All places of a circle: the conformal test of a mean difference finds no more than its share of them, whatever the noise.
    for seed in 0..6 {
        let history = history(seed, 80);
        for alternative in [Alternative::TwoSided, Alternative::Greater, Alternative::Less] {
            let method = Method::Conformal(Counterfactual::MeanDifference);
            let design = Design { method, alternative, places: 80, ..Design::days(10) };
            let power = design.power(&history, &TREATED).unwrap();
            assert!(power.of(0.0) <= 0.1, "{seed} {alternative:?}: {}", power.of(0.0));
        }
    }
}

#[test]
fn power_grows_with_the_effect_and_meets_the_smallest() {
    let history = history(7, 90);
    for (alternative, side) in [(Alternative::TwoSided, 1.0), (Alternative::Greater, 1.0), (Alternative::Less, -1.0)] {
        for method in [Method::Did, Method::default(), Method::Tbr(Noise::Autoregressive)] {
            let design = Design { method, alternative, places: 15, ..Design::days(12) };
            let power = design.power(&history, &TREATED).unwrap();
            let smallest = power.detectable(0.8).unwrap();
            assert!(smallest * side > 0.0 && smallest.abs() < 0.3, "{method:?} {smallest}");
            assert!(power.of(smallest) >= 0.8 && power.of(0.9 * smallest) <= power.of(smallest));
            assert!(power.of(10.0 * side) == 1.0);
        }
    }
}

#[test]
fn planned_power_is_the_power_of_experiments() {
    // Planned on one long history, met on worlds of their own.
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let (days, test, lift, worlds) = (84, 14, 0.025, 150);
    let method = Method::Conformal(Counterfactual::MeanDifference);
    let design = Design { method, places: 84, ..Design::days(test) };
    let (mut planned, mut met) = (0.0, 0.0);
    for world in 0..worlds {
        let mut rows = rows(&mut random, 12, days);
        if world % 10 == 0 {
            planned += design.power(&History::new(rows.clone()).unwrap(), &TREATED).unwrap().of(lift) / 15.0;
        }
        let treated = |name: &String| TREATED.contains(&name.as_str());
        for (_, values) in rows.iter_mut().filter(|(name, _)| treated(name)) {
            for value in &mut values[days - test..] {
                *value *= 1.0 + lift;
            }
        }
        let panel = Panel::new(rows, &TREATED, days - test).unwrap();
        let readout = method.readout(&panel, Level::P90).unwrap();
        met += f64::from(u8::from(readout.p_value() < 0.1)) / f64::from(worlds);
    }
    println!("planned {planned:.3}, met {met:.3}");
    // Three standard errors of 150 worlds are 0.12; the 15 histories of the plan add as much again.
    assert!((planned - met).abs() < 0.15, "planned {planned}, met {met}");
}

#[test]
fn regions_are_found_and_drawn() {
    let history = history(3, 70);
    let design = Design { method: Method::Conformal(Counterfactual::MeanDifference), places: 10, ..Design::days(10) };
    let search = Search { with: vec!["region 2".to_owned()], without: vec!["region 4".to_owned()], ..Search::of(2) };
    let candidates = search.run(&history, &design).unwrap();
    assert_eq!(candidates.len(), 5);
    for candidate in &candidates {
        assert!(candidate.treated().len() == 2 && candidate.treated().contains(&"region 2".to_owned()));
        assert!(!candidate.treated().contains(&"region 4".to_owned()));
    }
    let sizes: Vec<f64> = candidates.iter().map(|candidate| candidate.detectable().unwrap_or(f64::MAX)).collect();
    assert!(sizes.is_sorted());
    assert_eq!(candidates, search.run(&history, &design).unwrap());
    assert!(candidates[0].spend(5.0).unwrap() > 0.0);
    assert!(matches!(Search::of(12).run(&history, &design), Err(Error::OutOfRange { .. })));
    let drawn: Vec<_> = (0..20).map(|seed| stratified(&history, 6, Seed(seed)).unwrap()).collect();
    assert!(drawn.iter().all(|drawn| drawn.len() == 6) && drawn.iter().any(|other| *other != drawn[0]));
    assert!(stratified(&history, 7, Seed(1)).is_err());
}

#[test]
fn cells_are_read_without_each_other() {
    let mut rows = rows(&mut ChaCha8Rng::seed_from_u64(5), 12, 80);
    for (place, effect) in [(0, 12.0), (1, 12.0), (2, 4.0), (3, 4.0)] {
        for value in &mut rows[place].1[66..] {
            *value += effect;
        }
    }
    let panel = Panel::new(rows, &["region 0"], 66).unwrap();
    let cell = |name: &str, of: [u32; 2]| Cell {
        name: name.to_owned(),
        regions: of.map(|region| format!("region {region}")).to_vec(),
    };
    let cells = [cell("a", [0, 1]), cell("b", [2, 3]), cell("c", [4, 5])];
    let read = Cells::read(&panel, &cells, Method::default(), Level::P90).unwrap();
    let holds = |readout: &styring_experiments::Readout, effect: f64| readout.set().contains(effect);
    assert!(holds(&read.effects()[0].1, 12.0) && holds(&read.effects()[1].1, 4.0));
    assert!(read.adjusted()[0] < 0.1 && read.adjusted()[2] > 0.1);
    assert_eq!(read.pairs().len(), 3);
    assert!(holds(&read.pairs()[0].1, 8.0) && !holds(&read.pairs()[0].1, 0.0));
    assert!(read.adjusted_pairs().iter().zip(read.pairs()).all(|(held, (_, readout))| *held >= readout.p_value()));
    let twice = [cells[0].clone(), cells[0].clone()];
    assert!(matches!(Cells::read(&panel, &twice, Method::default(), Level::P90), Err(Error::Unit { .. })));
}

#[test]
fn a_cut_is_a_heavy_up_turned_round() {
    let control: Vec<f64> = (0..60).map(|day| 500.0 + f64::from(day * 37 % 61)).collect();
    let world = |effect: f64| -> Vec<f64> {
        let treated =
            |(day, x): (usize, &f64)| 0.6 * x + (day * 29 % 23) as f64 / 5.0 + if day < 45 { 0.0 } else { effect };
        control.iter().enumerate().map(treated).collect()
    };
    let total = |effect| Tbr::new(&control, &world(effect), 45).unwrap().effect(Noise::default(), Level::P90).unwrap();
    let up = SpendChange::new(900.0).unwrap().iroas(&total(12.0)).unwrap();
    let cut = SpendChange::new(-900.0).unwrap().iroas(&total(-12.0)).unwrap();
    let (up_ends, cut_ends) = (up.set().ends(), cut.set().ends());
    assert!(up_ends.0 > 0.0 && cut_ends.0 > 0.0 && (up_ends.1 - up_ends.0 - cut_ends.1 + cut_ends.0).abs() < 1e-9);
    assert!((up.p_value() < 0.1) != up.set().contains(0.0) && (cut.p_value() < 0.1) != cut.set().contains(0.0));
    assert!(SpendChange::new(0.0).is_err() && SpendChange::new(f64::NAN).is_err());
    assert!(SpendChange::new(1.0).unwrap().iroas(&up).is_err());
}
