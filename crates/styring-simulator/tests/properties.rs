//! What holds for every market.
#![allow(clippy::expect_used)]

use proptest::prelude::*;
use styring_allocation::policy::Even;
use styring_allocation::{Seed, Track};
use styring_money::{Currency, Money};
use styring_response::Curve;
use styring_simulator::{Channel, Error, Market, Noise, Recipe, Simulated, Truth, play, reported};

fn recipe() -> impl Strategy<Value = Recipe> {
    prop::sample::select(Recipe::ALL.to_vec())
}

/// Any division of the total.
fn division(market: &impl Market, weights: &[i64]) -> Vec<Money> {
    market.total().split(&weights[..market.history().channels.len()]).expect("parts")
}

/// Weights as whole numbers.
#[allow(clippy::cast_possible_truncation, reason = "shares of one")]
fn millionths(shares: &[f64]) -> Vec<i64> {
    shares.iter().map(|share| (share * 1e6) as i64).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_is_better_than_the_best(recipe in recipe(), seed in any::<u64>(), weights in prop::collection::vec(1_i64..100, 6)) {
        let mut market = recipe.market(Seed(seed)).expect("a market");
        for _ in 0..3 {
            let best = division(&market, &millionths(&market.best().expect("a division")));
            let any = division(&market, &weights);
            let of = |budgets: &[Money]| market.clone().play(budgets).expect("a week").iter().sum::<f64>();
            let is_missed = recipe == Recipe::SpendNoise;
            prop_assert!(is_missed || of(&any) <= of(&best) * (1.0 + 1e-4), "{recipe:?} {} {}", of(&any), of(&best));
            market.play(&any).expect("a week");
        }
    }

    #[test]
    fn luck_does_not_hang_on_what_was_decided(recipe in recipe(), seed in any::<u64>(), weights in prop::collection::vec(1_i64..100, 6)) {
        let market = recipe.market(Seed(seed)).expect("a market");
        let even = division(&market, &[1; 6]);
        let play = |first: &[Money]| {
            let mut market = market.clone();
            market.play(first).expect("a week");
            market.history().channels.iter().map(|track| track.weeks[0].completion).collect::<Vec<_>>()
        };
        prop_assert_eq!(play(&even), play(&division(&market, &weights)));
        let again = recipe.market(Seed(seed)).expect("a market");
        let (mut one, mut two) = (market.clone(), again);
        for _ in 0..4 {
            prop_assert_eq!(one.play(&even).expect("a week"), two.play(&even).expect("a week"));
        }
        prop_assert_eq!(one.history(), two.history());
    }

    #[test]
    fn more_reported_late_is_the_same_in_all(claims in prop::collection::vec(0.0_f64..100.0, 1..12), early in 0.0_f64..=1.0) {
        let late = reported(&claims, &[early, 1.0 - early]);
        let last = claims[claims.len() - 1] * (1.0 - early);
        prop_assert!((late.iter().sum::<f64>() + last - claims.iter().sum::<f64>()).abs() < 1e-9);
    }

    #[test]
    fn spend_never_exceeds_what_was_given(seed in any::<u64>()) {
        let run = play(&Even {}, Recipe::SpendNoise.market(Seed(seed)).expect("a market"), Seed(seed)).expect("a run");
        prop_assert!(run.spent <= 1.0 && run.spent > 0.5);
        prop_assert_eq!(run.violations, 0);
    }
}

fn truth() -> Truth {
    let curve = Curve::hill(100.0, 1.0, 1000.0).expect("a curve");
    Truth {
        channels: vec![Channel::plain(curve.clone()), Channel::plain(curve)],
        season: vec![1.0; 3],
        shocks: Vec::new(),
        refresh_weeks: Vec::new(),
        wear_decay: 0.8,
        overlap: Vec::new(),
        organic: vec![0.0; 3],
        delay: vec![1.0],
    }
}

#[test]
fn what_does_not_hold_together_is_refused() {
    type Break = fn(&mut Truth);
    let breaks: [(Break, &str); 8] = [
        (|truth| truth.channels.clear(), "channels"),
        (|truth| truth.channels[0].theta = 1.0, "theta"),
        (|truth| truth.channels[0].cpm = 0.0, "cpm"),
        (|truth| truth.channels[1].steal = 2.0, "steal"),
        (|truth| truth.season[1] = f64::NAN, "season"),
        (|truth| truth.organic.truncate(1), "organic"),
        (|truth| truth.wear_decay = -0.1, "wear_decay"),
        (|truth| truth.shocks.push(styring_simulator::Shock { week: 1, channel: 9, factor: 1.0 }), "shock"),
    ];
    for (change, word) in breaks {
        let mut truth = truth();
        change(&mut truth);
        let fault = truth.check().expect_err("a fault").to_string();
        assert!(fault.contains(word), "{fault}");
    }
    let tracks = vec![Track::new("one", Currency::NOK)];
    let total = Money::from_minor(100_000, Currency::NOK).expect("an amount");
    let fault = Simulated::new(truth(), tracks, total, Noise::default(), Seed(1)).expect_err("a fault");
    assert!(matches!(fault, Error::Length { what: "tracks", got: 1, expected: 2 }), "{fault}");
    let mut state = truth().start();
    assert!(truth().play(&mut state, &[1.0]).is_err());
    assert!(truth().play(&mut state, &[1.0, -1.0]).is_err());
    assert_eq!(state.weeks_played(), 0);
}
