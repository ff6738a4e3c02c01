//! Which way of moving money is best, and when: a policy and a market of one's own beside ours.
//!
//! `cargo run --release -p styring-examples --example policy_league [SEEDS]`

use std::error::Error as Fault;

use styring_allocation::policy::{Curves, Even, Policy, Proportional, Weekly, WeeklyScore, Weight};
use styring_allocation::{Decision, Error, History, Rhythm, Seed, Track};
use styring_money::{Currency, Money};
use styring_response::Curve;
use styring_simulator::{Channel, Kind, Market, Noise, Recipe, Simulated, Standing, Truth, league};

/// A policy of one's own: what the other decides, but only every second week.
struct EverySecondWeek<P>(P);

impl<P: Policy> Policy for EverySecondWeek<P> {
    fn name(&self) -> String {
        format!("{}, every second week", self.0.name())
    }

    fn next(&self, total: Money, history: &History, seed: Seed) -> Result<Decision, Error> {
        let mut seen = history.clone();
        if history.weeks() % 2 == 1 && history.weeks() > 1 {
            // Kept budgets are what a policy may not touch.
            for track in &mut seen.channels {
                track.guardrail.kept = track.weeks.last().map(|week| week.budget);
            }
        }
        self.0.next(total, &seen, seed)
    }
}

/// A market of one's own: two strong channels of ten.
fn two_of_ten(seed: Seed) -> Result<Box<dyn Market>, styring_simulator::Error> {
    let names: Vec<String> = (1..=10).map(|index| format!("channel {index}")).collect();
    let strengths = (0..10).map(|index| if index < 2 { 3.0 } else { 1.0 });
    let channels = strengths
        .map(|strength| Ok(Channel::plain(Curve::hill(400.0 * strength, 1.0, 60_000.0)?)))
        .collect::<Result<Vec<_>, styring_simulator::Error>>()?;
    let truth = Truth {
        channels,
        season: vec![1.0; 12],
        shocks: Vec::new(),
        refresh_weeks: Vec::new(),
        wear_decay: 0.8,
        overlap: Vec::new(),
        organic: vec![0.0; 12],
        delay: vec![1.0],
    };
    let tracks = names.into_iter().map(|name| Track::new(name, Currency::NOK)).collect();
    let total = Money::from_minor(50_000_000, Currency::NOK)?;
    Ok(Box::new(Simulated::new(truth, tracks, total, Noise::default(), seed)?))
}

fn standings(seeds: usize) -> Result<Vec<Standing>, Box<dyn Fault>> {
    let rhythm = Weekly::new(Rhythm::new(Currency::NOK), WeeklyScore::Article);
    let policies: [&dyn Policy; 5] = [
        &Even {},
        &rhythm,
        &Proportional { calibrated: true, ..Proportional::new(Weight::PerSpend) },
        &Curves::default(),
        &EverySecondWeek(Curves::default()),
    ];
    let markets = [
        Kind::from(Recipe::Saturation),
        Kind::from(Recipe::SShaped),
        Kind::from(Recipe::LastClick),
        Kind::from(Recipe::Fatigue),
        Kind::new("two of ten", two_of_ten),
    ];
    Ok(league(&policies, &markets, Seed(1), seeds)?)
}

fn main() -> Result<(), Box<dyn Fault>> {
    let seeds = std::env::args().nth(1).map_or(Ok(100), |text| text.parse())?;
    let table = standings(seeds)?;
    println!(
        "{:<12} {:<36} {:>14} {:>7} {:>9} {:>7} {:>11}",
        "market", "policy", "share of best", "p10", "CPA", "churn", "below even"
    );
    for standing in &table {
        println!(
            "{:<12} {:<36} {:>6.3} ± {:.3} {:>8.3} {:>7.1} % {:>5.1} % {:>9.0} %",
            standing.market,
            standing.policy,
            standing.share,
            1.96 * standing.share_se,
            standing.share_p10,
            100.0 * standing.cpa_change,
            100.0 * standing.churn,
            100.0 * standing.worse_than_even
        );
    }
    Ok(())
}

#[test]
fn own_policies_and_markets_play_along() {
    let table = standings(3).expect("a league");
    assert_eq!(table.len(), 25);
    assert!(table.iter().all(|standing| standing.violations == 0));
    let own = table.last().expect("the last");
    assert_eq!((own.market.as_str(), own.policy.as_str()), ("two of ten", "curves, lift, every second week"));
    assert!(own.share > table[20].share, "better than even: {} {}", own.share, table[20].share);
}
