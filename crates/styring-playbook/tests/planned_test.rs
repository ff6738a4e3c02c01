//! Planning tests: the three readings belong together, and what is asked comes back.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use styring_experiments::Alternative;
use styring_experiments::planning::{Effect, Metric};
use styring_playbook::{Error, PlannedTest, PlannedTestSpec};

fn spec(effect: f64) -> PlannedTestSpec {
    PlannedTestSpec { effect: Some(Effect::Relative(effect)), ..PlannedTestSpec::new(Metric::share(0.02).unwrap()) }
}

#[test]
fn the_effect_that_was_asked_for_comes_back() {
    for relative in [0.03, 0.1, 0.5, -0.2] {
        let planned = PlannedTest::of(&spec(relative)).unwrap();
        assert!((planned.effect - 0.02 * relative).abs() < 1e-15);
        for reading in &planned.readings {
            // Downwards a share varies less, so that the smallest effect, which is upwards, is another.
            if relative > 0.0 {
                let found = reading.smallest_effect.unwrap();
                assert!((found / planned.effect - 1.0).abs() < 1e-6, "{relative} {reading:?}");
            }
            let sum: u64 = reading.by_variant.iter().sum();
            assert!(sum as f64 >= reading.visitors - 1e-6 && sum as f64 <= reading.visitors + 2.0);
        }
        let [once, looks, any_time] = &planned.readings;
        assert!(once.visitors < looks.visitors && looks.visitors < 1.05 * once.visitors);
        assert!(any_time.visitors > 1.3 * once.visitors && any_time.visitors < 2.2 * once.visitors);
        assert!(looks.expected_visitors.unwrap() < once.visitors);
    }
}

#[test]
fn power_rises_with_visitors_and_reaches_what_was_asked() {
    let planned = PlannedTest::of(&spec(0.1)).unwrap();
    for place in 0..3 {
        let powers: Vec<f64> = planned.power_by_visitors.iter().map(|at| at.power[place]).collect();
        assert!(powers.windows(2).all(|pair| pair[0] <= pair[1] + 1e-9));
        assert!(powers.iter().all(|power| (0.0..=1.0).contains(power)) && *powers.last().unwrap() > 0.8);
    }
}

#[test]
fn time_gives_the_smallest_effect_and_more_of_it_a_smaller_one() {
    let given =
        PlannedTestSpec { effect: None, visitors: Some(50_000.0), visitors_per_day: Some(2_000.0), ..spec(0.1) };
    let planned = PlannedTest::of(&given).unwrap();
    assert!(planned.readings.iter().all(|reading| reading.days == Some(25) && reading.weeks == Some(4)));
    assert_eq!(planned.by_weeks.len(), 12);
    for place in 0..3 {
        let found: Vec<f64> = planned.by_weeks.iter().filter_map(|week| week.smallest_effects[place]).collect();
        assert!(found.windows(2).all(|pair| pair[1] < pair[0]));
    }
}

#[test]
fn more_treatments_take_more_and_one_side_takes_less() {
    let one = PlannedTest::of(&spec(0.1)).unwrap();
    let three = PlannedTest::of(&PlannedTestSpec { treatments: 3, ..spec(0.1) }).unwrap();
    assert_eq!(three.readings[0].by_variant.len(), 4);
    assert!(three.readings[0].visitors > 2.0 * one.readings[0].visitors);
    assert!((three.level_of_each.alpha() - 0.05 / 3.0).abs() < 1e-12);
    let upwards = PlannedTest::of(&PlannedTestSpec { alternative: Alternative::Greater, ..spec(0.1) }).unwrap();
    assert!(upwards.readings[0].visitors < one.readings[0].visitors);
    let lopsided = PlannedTest::of(&PlannedTestSpec { control_share: Some(0.1), ..spec(0.1) }).unwrap();
    let ratio = lopsided.readings[0].visitors / one.readings[0].visitors;
    assert!((ratio - 1.0 / (4.0 * 0.1 * 0.9)).abs() < 0.15);
}

#[test]
fn what_cannot_be_planned_says_why() {
    let refused = |spec: PlannedTestSpec| PlannedTest::of(&spec).map(|planned| planned.effect);
    assert!(matches!(refused(PlannedTestSpec { effect: None, ..spec(0.1) }), Err(Error::Invalid { .. })));
    assert!(matches!(refused(PlannedTestSpec { visitors: Some(1e4), ..spec(0.1) }), Err(Error::Invalid { .. })));
    for wrong in [
        PlannedTestSpec { treatments: 0, ..spec(0.1) },
        PlannedTestSpec { looks: 0, ..spec(0.1) },
        PlannedTestSpec { control_share: Some(1.0), ..spec(0.1) },
        PlannedTestSpec { power: 1.0, ..spec(0.1) },
        PlannedTestSpec { level: 0.0, ..spec(0.1) },
        PlannedTestSpec { visitors_per_day: Some(0.0), ..spec(0.1) },
        spec(0.0),
        spec(60.0),
    ] {
        assert!(refused(wrong.clone()).is_err(), "{wrong:?}");
    }
}
