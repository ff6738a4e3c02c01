//! Reading tests of variants: by any reading the same data come to what they should, and nothing depends on the order of rows.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Binomial, Distribution, Exp1};
use styring_experiments::Scale;
use styring_experiments::decision::{Better, Invalid};
use styring_playbook::{Error, Measure, Reading, TestDecision, TestRows, Tested, TestedSpec};

fn day(number: u64) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2026, 3, 2).map(|first| first + Days::new(number))
}

/// So many users a day and variant, converting at these rates.
fn drawn(seed: u64, days: u64, users: u64, rates: &[(&str, f64)]) -> TestRows {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = TestRows::of_conversions();
    for number in 0..days {
        for (name, rate) in rates {
            let conversions = Binomial::new(users, *rate).unwrap().sample(&mut generator);
            rows.count(day(number), name, users, conversions).unwrap();
        }
    }
    rows
}

fn reading(reading: Reading) -> TestedSpec {
    TestedSpec { reading, ..TestedSpec::default() }
}

const READINGS: [Reading; 3] =
    [Reading::AnyTime { decide_at: 800 }, Reading::Planned { looks: 4, users: 56_000, ends_now: false }, Reading::Once];

#[test]
fn a_large_effect_is_found_by_every_reading() {
    let rows = drawn(1, 28, 1_000, &[("control", 0.03), ("new", 0.04)]);
    for how in READINGS {
        let tested = Tested::of(&rows, &reading(how)).unwrap();
        assert_eq!(tested.decision, TestDecision::Winner { arm: 1 }, "{how:?}");
        let read = &tested.treatments[0];
        let effect = read.effect.as_ref().unwrap();
        assert!(effect.p_value() < 0.05 && !effect.set().contains(0.0));
        let incremental = read.incremental.as_ref().unwrap();
        // Until it was decided.
        let treated = tested.looks[tested.decided_at.unwrap()].users[1] as f64;
        assert!(incremental.set().contains(0.01 * treated) && !incremental.set().contains(0.0), "{how:?}");
        assert!(read.chance_to_beat.unwrap() > 0.999);
        assert_eq!(tested.looks.len(), 28);
    }
}

#[test]
fn planned_looks_are_at_their_users_and_the_days_between_say_nothing() {
    let rows = drawn(2, 28, 1_000, &[("control", 0.03), ("new", 0.03)]);
    let tested = Tested::of(&rows, &reading(READINGS[1])).unwrap();
    let looked: Vec<usize> = (0..28).filter(|&at| tested.looks[at].compared[0].held.is_some()).collect();
    assert_eq!(looked, [6, 13, 20, 27]);
    assert_eq!(tested.decision, TestDecision::NotShown);
    let design = tested.design.as_ref().unwrap();
    let bounds = looked.iter().map(|&at| tested.looks[at].compared[0].held.unwrap().bound);
    for (bound, planned) in bounds.zip(design.critical_values()) {
        assert!((bound - planned).abs() < 1e-9);
    }
    // Before the end there is no answer.
    let early = drawn(2, 20, 1_000, &[("control", 0.03), ("new", 0.03)]);
    let tested = Tested::of(&early, &reading(READINGS[1])).unwrap();
    assert_eq!(tested.decision, TestDecision::Continue);
    assert!(tested.treatments[0].effect.is_none() && tested.treatments[0].fault.is_some());
    // Unless it is ended now.
    let ends_now = Reading::Planned { looks: 4, users: 56_000, ends_now: true };
    let tested = Tested::of(&early, &reading(ends_now)).unwrap();
    assert_eq!(tested.decision, TestDecision::NotShown);
    assert!(tested.treatments[0].effect.is_some());
}

#[test]
fn a_test_without_an_effect_errs_as_seldom_as_it_says() {
    let runs = 400_u32;
    for how in READINGS {
        let found = (0..runs).filter(|run| {
            let rows = drawn(1_000 + u64::from(*run), 28, 500, &[("control", 0.05), ("b", 0.05), ("c", 0.05)]);
            let users = Reading::Planned { looks: 4, users: 42_000, ends_now: false };
            let how = if matches!(how, Reading::Planned { .. }) { users } else { how };
            let tested = Tested::of(&rows, &reading(how)).unwrap();
            matches!(tested.decision, TestDecision::Winner { .. } | TestDecision::Loser)
        });
        // 5 % and three Monte-Carlo errors of 1.1 points. A loser takes both treatments, so that it is rarer still.
        let share = found.count() as f64 / f64::from(runs);
        assert!(share < 0.05 + 3.0 * 0.0109, "{how:?}: {share}");
    }
}

#[test]
fn values_are_compared_with_and_without_what_was_before() {
    let mut generator = ChaCha8Rng::seed_from_u64(7);
    let (mut plain, mut adjusted) = (TestRows::of_values(), TestRows::of_adjusted_values());
    for user in 0..6_000_u64 {
        let variant = if user % 2 == 0 { "control" } else { "mail" };
        let before: f64 = Exp1.sample(&mut generator);
        let noise: f64 = Exp1.sample(&mut generator);
        let value = before + 0.3 * noise + if variant == "mail" { 0.08 } else { 0.0 };
        plain.value(day(user / 300), variant, value, None).unwrap();
        adjusted.value(day(user / 300), variant, value, Some(before)).unwrap();
    }
    for how in [
        Reading::AnyTime { decide_at: 4_000 },
        Reading::Planned { looks: 3, users: 6_000, ends_now: false },
        Reading::Once,
    ] {
        let spec = TestedSpec { scale: Scale::Difference, ..reading(how) };
        let of = |rows: &TestRows| Tested::of(rows, &spec).unwrap();
        let (without, with) = (of(&plain), of(&adjusted));
        assert_eq!((without.measure, with.measure), (Measure::Value, Measure::AdjustedValue));
        let width = |tested: &Tested| {
            let (low, high) = tested.treatments[0].effect.as_ref().unwrap().set().ends();
            high - low
        };
        assert_eq!(with.decision, TestDecision::Winner { arm: 1 }, "{how:?}");
        assert!(width(&with) < 0.5 * width(&without), "{how:?}");
        assert!(with.treatments[0].effect.as_ref().unwrap().set().contains(0.08));
    }
}

#[test]
fn a_split_that_is_off_and_traffic_without_a_share_invalidate() {
    let mut rows = TestRows::of_conversions();
    for number in 0..10 {
        rows.count(day(number), "control", 1_000, 30).unwrap();
        rows.count(day(number), "new", 880, 40).unwrap();
    }
    for how in READINGS {
        let tested = Tested::of(&rows, &reading(how)).unwrap();
        assert!(matches!(tested.decision, TestDecision::Invalid(Invalid::SampleRatio { .. })), "{how:?}");
        assert!(tested.split_p_value < 0.001);
        let shares = [("control".to_owned(), 1.0), ("new".to_owned(), 0.88)].into();
        let tested = Tested::of(&rows, &TestedSpec { shares, ..reading(how) }).unwrap();
        assert!(!matches!(tested.decision, TestDecision::Invalid(_)));
    }
    let mut rows = drawn(3, 5, 500, &[("control", 0.05), ("new", 0.05)]);
    rows.count(day(4), "old", 3, 0).unwrap();
    let shares: std::collections::BTreeMap<_, _> =
        [("control", 1.0), ("new", 1.0), ("old", 0.0)].map(|(name, share)| (name.to_owned(), share)).into();
    for how in READINGS {
        let tested = Tested::of(&rows, &TestedSpec { shares: shares.clone(), ..reading(how) }).unwrap();
        let leak = matches!(tested.decision, TestDecision::Invalid(Invalid::TrafficWithoutShare { arm: 2, users: 3 }));
        assert!(leak, "{how:?}: {:?}", tested.decision);
    }
}

#[test]
fn fewer_are_better_where_that_is_said_and_too_little_is_futile() {
    let rows = drawn(4, 28, 2_000, &[("control", 0.10), ("new", 0.08)]);
    for how in READINGS {
        let better = |better| Tested::of(&rows, &TestedSpec { better, ..reading(how) }).unwrap().decision;
        assert_eq!(better(Better::Lower), TestDecision::Winner { arm: 1 });
        assert_eq!(better(Better::Higher), TestDecision::Loser);
    }
    let rows = drawn(5, 28, 20_000, &[("control", 0.10), ("new", 0.10)]);
    for how in [READINGS[0], READINGS[2]] {
        let tested = Tested::of(&rows, &TestedSpec { smallest_effect: Some(0.05), ..reading(how) }).unwrap();
        assert_eq!(tested.decision, TestDecision::Futile);
    }
}

#[test]
fn what_it_cost_is_known_not_told_apart_or_lost() {
    use styring_experiments::IncrementalCost;
    let cost = |rates: &[(&str, f64)]| {
        let rows = drawn(6, 14, 2_000, rates);
        let spec = TestedSpec { spend: Some(100_000.0), ..reading(Reading::Once) };
        Tested::of(&rows, &spec).unwrap().treatments[0].cost.unwrap()
    };
    assert!(matches!(cost(&[("control", 0.03), ("ads", 0.05)]), IncrementalCost::Known { low, .. } if low > 0.0));
    assert!(matches!(cost(&[("control", 0.03), ("ads", 0.03)]), IncrementalCost::NotDistinguishable { .. }));
    assert!(matches!(cost(&[("control", 0.05), ("ads", 0.03)]), IncrementalCost::Loses));
}

#[test]
fn what_cannot_be_a_test_says_why() {
    let spec = TestedSpec::default();
    let of = |rows: &TestRows| Tested::of(rows, &spec).map(|tested| tested.decision);
    let mut rows = TestRows::of_conversions();
    assert_eq!(of(&rows), Err(Error::NoResults));
    rows.count(None, "control", 100, 3).unwrap();
    assert_eq!(of(&rows), Err(Error::OneVariant { name: "control".to_owned() }));
    rows.count(None, "new", 100, 101).unwrap();
    assert!(matches!(of(&rows), Err(Error::MoreConversionsThanUsers { users: 100, conversions: 101, .. })));
    let mut rows = TestRows::of_conversions();
    rows.count(None, "red", 100, 3).unwrap();
    rows.count(None, "blue", 100, 3).unwrap();
    assert!(matches!(of(&rows), Err(Error::NoControl { named: None, .. })));
    let named = |control: &str| Tested::of(&rows, &TestedSpec { control: Some(control.to_owned()), ..spec.clone() });
    assert!(matches!(named("green"), Err(Error::NoControl { named: Some(_), .. })));
    assert_eq!(named("red").unwrap().arms[0].name, "red");
    assert!(rows.value(None, "red", 1.0, None).is_err());
    assert!(TestRows::of_values().value(None, "red", f64::NAN, None).is_err());
    assert!(TestRows::of_values().value(None, "red", 1.0, Some(1.0)).is_err());
    assert!(TestRows::of_adjusted_values().value(None, "red", 1.0, None).is_err());
    let shares = [("red".to_owned(), 1.0)].into();
    assert!(Tested::of(&rows, &TestedSpec { control: Some("red".to_owned()), shares, ..spec.clone() }).is_err());
    let level = TestedSpec { control: Some("red".to_owned()), level: 1.0, ..spec };
    assert!(Tested::of(&rows, &level).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any table is read or refused; p-value and set agree; the order of the rows changes nothing.
    #[test]
    fn any_rows_are_read_or_refused(
        mut lines in prop::collection::vec((0_u64..6, 0_usize..3, 0_u64..400, 0_u64..40), 0..40),
        how in 0_usize..3,
        lift in any::<bool>(),
    ) {
        let rows = |lines: &[(u64, usize, u64, u64)]| {
            let mut rows = TestRows::of_conversions();
            for (number, variant, users, conversions) in lines {
                rows.count(day(*number), ["control", "b", "c"][*variant], *users, *conversions).unwrap();
            }
            rows
        };
        let how = [READINGS[0], Reading::Planned { looks: 3, users: 2_000, ends_now: true }, Reading::Once][how];
        let scale = if lift { Scale::Lift } else { Scale::Difference };
        let spec = TestedSpec { scale, ..reading(how) };
        let one = Tested::of(&rows(&lines), &spec);
        lines.reverse();
        let other = Tested::of(&rows(&lines), &spec);
        match (one, other) {
            (Ok(one), Ok(other)) => {
                prop_assert_eq!(&one.looks, &other.looks);
                prop_assert_eq!(one.decision, other.decision);
                for held in one.looks.iter().flat_map(|look| &look.compared).filter_map(|compared| compared.held) {
                    prop_assert_eq!(held.p_value < one.level_of_each.alpha(), !held.set.contains(0.0));
                    prop_assert!((0.0..=1.0).contains(&held.p_value) && held.strength.is_finite());
                }
            }
            (Err(one), Err(other)) => prop_assert_eq!(one.to_string(), other.to_string()),
            (one, other) => prop_assert!(false, "{:?} {:?}", one.err(), other.err()),
        }
    }
}
