//! What is promised of the policies, in markets with a known truth.
#![allow(clippy::expect_used)]

use styring_allocation::policy::{Curves, Even, Policy, Proportional, Weekly, WeeklyScore, Weight};
use styring_allocation::{Rhythm, Seed};
use styring_money::Currency;
use styring_simulator::{Kind, Recipe, Standing, league};

fn policies() -> Vec<Box<dyn Policy>> {
    let rhythm = |score| Weekly { calibrated: true, ..Weekly::new(Rhythm::new(Currency::NOK), score) };
    let proportional = |weight| Proportional { calibrated: true, ..Proportional::new(weight) };
    vec![
        Box::new(Even {}),
        Box::new(rhythm(WeeklyScore::Article)),
        Box::new(rhythm(WeeklyScore::InverseCpa)),
        Box::new(proportional(Weight::PerSpend)),
        Box::new(proportional(Weight::WinnerTakesAll)),
        Box::new(Curves { calibrated: false, ..Curves::default() }),
        Box::new(Curves { sampled: true, ..Curves::default() }),
        Box::new(Curves::default()),
    ]
}

/// One line per policy, one column per kind of market.
fn table(seeds: usize) -> Vec<Vec<Standing>> {
    let policies = policies();
    let policies: Vec<&dyn Policy> = policies.iter().map(AsRef::as_ref).collect();
    let standings = league(&policies, &Kind::all(), Seed(1), seeds).expect("a league");
    (0..policies.len()).map(|index| standings.iter().skip(index).step_by(policies.len()).cloned().collect()).collect()
}

fn mean(row: &[Standing], pick: fn(&Standing) -> f64) -> f64 {
    row.iter().map(pick).sum::<f64>() / row.len() as f64
}

fn check(table: &[Vec<Standing>]) {
    let (even, curves) = (&table[0], &table[table.len() - 1]);
    for row in table {
        assert!(row.iter().all(|standing| standing.violations == 0), "{}", row[0].policy);
    }
    assert!(mean(curves, |standing| standing.share) >= 0.96);
    assert!(mean(curves, |standing| standing.churn) <= 0.05);
    for (curves, even) in curves.iter().zip(even) {
        assert!(curves.share >= even.share * 0.99, "{}: {} {}", curves.market, curves.share, even.share);
    }
    let article = mean(&table[1], |standing| standing.share);
    assert!(article < mean(curves, |standing| standing.share));
}

#[test]
fn the_default_policy_is_near_the_best_and_never_far_below_even() {
    check(&table(25));
}

#[test]
#[ignore = "the table of docs/policies.md; minutes in release"]
fn the_league() {
    let table = table(1000);
    print!("| policy |");
    for market in Recipe::ALL {
        print!(" {} |", market.name());
    }
    println!(" mean | churn | worst against even |");
    for row in &table {
        print!("| {} |", row[0].policy);
        for standing in row {
            print!(" {:.3} |", standing.share);
        }
        let worst = row.iter().zip(&table[0]).map(|(one, even)| one.share / even.share - 1.0).fold(1.0, f64::min);
        let (share, churn) = (mean(row, |standing| standing.share), mean(row, |standing| standing.churn));
        println!(" {share:.4} | {:.1} % | {:.1} % |", 100.0 * churn, 100.0 * worst);
    }
    let most = table.iter().flatten().map(|standing| standing.share_se).fold(0.0, f64::max);
    println!("standard errors up to {most:.4}");
    for row in &table {
        let (cpa, p10) = (mean(row, |standing| standing.cpa_change), mean(row, |standing| standing.share_p10));
        let worse = mean(row, |standing| standing.worse_than_even);
        println!(
            "{}: CPA {:+.1} %, p10 {p10:.3}, worse than even in {:.0} %",
            row[0].policy,
            100.0 * cpa,
            100.0 * worse
        );
    }
    check(&table);
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let curves = Curves::default();
    let sampled = Curves { sampled: true, ..Curves::default() };
    let policies: [&dyn Policy; 2] = [&curves, &sampled];
    let markets = [Kind::from(Recipe::AllAtOnce), Kind::from(Recipe::NorwegianLaunch)];
    let one = league(&policies, &markets, Seed(3), 4).expect("a league");
    let two = league(&policies, &markets, Seed(3), 4).expect("a league");
    assert_eq!(one, two);
    // A policy meets the same luck whoever plays beside it.
    let alone = league(&policies[1..], &markets, Seed(3), 4).expect("a league");
    assert_eq!(alone[0], one[1]);
}
