//! Laws of the sequential, Bayesian and deciding parts.

#![allow(clippy::expect_used, clippy::float_cmp, reason = "what is drawn is in range, and ends are exact")]

use proptest::prelude::*;
use styring_experiments::bayes::{
    BestArm, Posterior, chance_to_beat, difference_interval, lift_interval, thompson_weights, top_two_weights,
};
use styring_experiments::decision::{Comparisons, Decision, Evidence, Invalid, Observation, Rules, Trial, Why};
use styring_experiments::parity::growthbook_sequential::{Arm, sequential_test};
use styring_experiments::sequential::{
    AnytimeRegression, BernsteinMean, BetaMixture, BettingMean, Bounds, BurnIn, ConversionCounts, EValue,
    EventSequence, GammaMixture, HoeffdingMean, Look, MixtureMean, NormalMixture, Precision, QuantileSequence,
    RateSequence, SampleRatio, SequentialPlan, Shares, adjusted_means, adjusted_ratios, means, rate_difference,
    rate_e_value, rate_lift, ratios,
};
use styring_experiments::{Alternative, ConfidenceSet, Counts, Events, Joint, Level, Moments, Scale};

fn counts() -> impl Strategy<Value = Counts> {
    let size = prop_oneof![0_u64..40, 0_u64..5_000, 0_u64..10_000_000, Just(1_000_000_000_000)];
    (size, prop_oneof![Just(0.0), Just(1.0), 0.0_f64..1.0, (0.0_f64..1.0).prop_map(|p| p * 0.01)]).prop_map(
        |(trials, share)| {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of the trials")]
            let successes = (trials as f64 * share) as u64;
            Counts::new(successes.min(trials), trials).expect("a part")
        },
    )
}

fn plan() -> impl Strategy<Value = SequentialPlan> {
    let side = prop_oneof![Just(Alternative::TwoSided), Just(Alternative::Greater), Just(Alternative::Less)];
    let burn_in = prop_oneof![
        Just(BurnIn::default()),
        (0_u64..100).prop_map(BurnIn::Conversions),
        (0_u64..100).prop_map(BurnIn::Users)
    ];
    (1_u64..1_000_000, 0.0001_f64..0.6, side, burn_in, prop_oneof![Just(0.0), -0.5_f64..0.5]).prop_map(
        |(at, alpha, side, burn_in, null)| {
            let level = Level::from_alpha(alpha).expect("a level");
            let plan = SequentialPlan::users(at).expect("a size").level(level).alternative(side).after(burn_in);
            plan.against(null).expect("a number")
        },
    )
}

/// p < α exactly when the null is not in the set; no number that is none.
fn one_test(look: &Look) -> Result<(), TestCaseError> {
    let readout = look.readout();
    let (alpha, p) = (readout.level().alpha(), readout.p_value());
    prop_assert!((0.0..=1.0).contains(&p));
    // At equality the two roundings may fall to either side.
    let near = (p / alpha - 1.0).abs() < 1e-7;
    prop_assert!(near || (p < alpha) != readout.set().contains(readout.null()), "{readout:?}");
    let (low, high) = readout.set().ends();
    prop_assert!(!low.is_nan() && !high.is_nan() && low <= high);
    if let (Some(estimate), false) = (readout.estimate(), look.is_burning_in()) {
        prop_assert!(readout.set().contains(estimate), "{readout:?}");
    }
    Ok(())
}

proptest! {
    #[test]
    fn rates_are_one_test(control in counts(), treatment in counts(), plan in plan()) {
        for (scale, look) in [
            (Scale::Difference, rate_difference(control, treatment, &plan).expect("a look")),
            (Scale::Lift, rate_lift(control, treatment, &plan).expect("a look")),
        ] {
            one_test(&look)?;
            prop_assert_eq!(rate_e_value(control, treatment, scale, &plan).expect("evidence"), look.e_value());
        }
    }

    #[test]
    fn exchanging_the_arms_turns_a_difference_round(control in counts(), treatment in counts()) {
        let plan = SequentialPlan::users(5_000).expect("a plan");
        let one = rate_difference(control, treatment, &plan).expect("a look");
        let other = rate_difference(treatment, control, &plan).expect("a look");
        prop_assert!((one.e_value().log() - other.e_value().log()).abs() <= 1e-9 * (1.0 + one.e_value().log().abs()));
        let (a, b) = (one.readout().set().ends(), other.readout().set().ends());
        prop_assert!(a == (-b.1, -b.0) || ((a.0 + b.1).abs() < 1e-9 && (a.1 + b.0).abs() < 1e-9));
    }

    #[test]
    fn conversion_counts_are_one_test(
        periods in proptest::collection::vec(((0_u64..5_000, 0_u64..5_000), 0.01_f64..0.99), 1..4),
        plan in plan(),
        k in 0.01_f64..5_000.0,
    ) {
        let shares = |share: f64| Shares::new(&[1.0 - share, share]).expect("shares");
        let mut test = ConversionCounts::with_concentration(shares(periods[0].1), k).expect("k");
        for (at, &((control, treatment), share)) in periods.iter().enumerate() {
            if at > 0 {
                test.reallocate(shares(share)).expect("two arms");
            }
            test.add(&[control, treatment]).expect("counts");
        }
        let look = test.lift(1, &plan).expect("a look");
        one_test(&look)?;
        let two_sided = test.lift(1, &SequentialPlan::conversions(10).expect("a plan")).expect("a look");
        let apart = (two_sided.e_value().log() - test.e_value().log()).abs();
        prop_assert!(apart <= 1e-9 * (1.0 + test.e_value().log().abs()));
    }

    #[test]
    fn conversion_counts_merge(parts in proptest::collection::vec((0_u64..500, 0_u64..500, 0_u64..500), 1..6)) {
        let none = ConversionCounts::with_concentration(Shares::new(&[1.0, 2.0, 1.0]).expect("shares"), 100.0).expect("k");
        let of = |&(a, b, c): &(u64, u64, u64)| { let mut counts = none.clone(); counts.add(&[a, b, c]).expect("counts"); counts };
        let mut forwards = none.clone();
        for part in &parts {
            forwards.merge(&of(part)).expect("one plan");
        }
        let mut backwards = none.clone();
        for part in parts.iter().rev() {
            backwards.merge(&of(part)).expect("one plan");
        }
        prop_assert_eq!(&forwards, &backwards);
        forwards.merge(&none).expect("one plan");
        prop_assert_eq!(forwards, backwards);
    }

    #[test]
    fn means_are_one_test(
        values in proptest::collection::vec((-5.0_f64..50.0, 0.0_f64..3.0, 0.0_f64..20.0, 0.0_f64..4.0), 0..200),
        plan in plan(),
        moved in -2.0_f64..2.0,
    ) {
        let (mut control, mut treatment) = (Joint::<4>::default(), Joint::<4>::default());
        for (at, &(a, b, c, d)) in values.iter().enumerate() {
            if at % 2 == 0 { control.add([a, b, c, d]).expect("numbers") } else { treatment.add([a + moved, b, c, d]).expect("numbers") }
        }
        let two = |arm: &Joint<4>, places: [usize; 2]| {
            let covariance = |i: usize, j: usize| arm.covariance(places[i], places[j]).unwrap_or(0.0);
            let matrix = [[covariance(0, 0), covariance(0, 1)], [covariance(1, 0), covariance(1, 1)]];
            Joint::from_summary(arm.n(), places.map(|place| arm.mean(place)), matrix).expect("of an arm")
        };
        let one = |arm: &Joint<4>| Moments::from_summary(arm.n(), [arm.mean(0)], [[arm.variance(0).unwrap_or(0.0)]]).expect("of an arm");
        for scale in [Scale::Difference, Scale::Lift] {
            one_test(&means(&one(&control), &one(&treatment), scale, &plan).expect("a look"))?;
            one_test(&ratios(&two(&control, [0, 1]), &two(&treatment, [0, 1]), scale, &plan).expect("a look"))?;
            one_test(&adjusted_means(&two(&control, [0, 2]), &two(&treatment, [0, 2]), scale, &plan).expect("a look"))?;
            one_test(&adjusted_ratios(&control, &treatment, scale, &plan).expect("a look"))?;
        }
    }

    #[test]
    fn boundaries_are_where_the_evidence_reaches_the_level(
        v in 0.01_f64..1e7, v_opt in 0.1_f64..1e6, alpha in 0.0001_f64..0.4, c in 0.05_f64..3.0, one_sided in any::<bool>(),
    ) {
        let level = Level::from_alpha(alpha).expect("a level");
        let reached = |log_e: f64| (log_e + alpha.ln()).abs() < 1e-6 * (1.0 + alpha.ln().abs());
        let normal = if one_sided { NormalMixture::one_sided(v_opt, level) } else { NormalMixture::new(v_opt, level) }.expect("tuned");
        prop_assert!(reached(normal.log_e(normal.bound(v, level), v)));
        for mixture in [GammaMixture::exponential(v_opt, c, level), GammaMixture::poisson(v_opt, c, level)] {
            let mixture = mixture.expect("tuned");
            prop_assert!(reached(mixture.log_e(mixture.bound(v, level), v)), "{mixture:?}");
        }
        let beta = if one_sided { BetaMixture::one_sided(v_opt, (0.3, 0.7), level) } else { BetaMixture::new(v_opt, (0.3, 0.7), level) }.expect("tuned");
        let bound = beta.bound(v, level);
        prop_assert!(bound >= v / 0.3 * (1.0 - 1e-12) || reached(beta.log_e(bound, v)));
    }

    #[test]
    fn one_sample_sets_hold_the_estimate(counts in counts(), at in 1_u64..100_000, exposure in 0.1_f64..1e4) {
        let level = Level::P95;
        let rates = RateSequence::new(at, level).expect("a size");
        if let Some(rate) = counts.rate() {
            let set = rates.set(counts, level);
            prop_assert!(set.contains(rate));
            let (low, high) = set.ends();
            prop_assert!(low == 0.0 || rates.e_value(counts, low * (1.0 - 1e-6)).expect("a rate").p_value() < 0.05 * (1.0 + 1e-4));
            prop_assert!(high == 1.0 || rates.e_value(counts, high).expect("a rate").p_value() > 0.05 * (1.0 - 1e-4));
        }
        let events = Events::new(counts.successes().min(1_000_000), exposure).expect("exposure");
        let set = EventSequence::new(10.0, level).expect("an exposure").set(events, level);
        prop_assert!(set.contains(events.rate().expect("exposure")));
    }

    #[test]
    fn bounded_means_stay_within_the_bounds(values in proptest::collection::vec(-3.0_f64..=7.0, 0..120), alpha in 0.001_f64..0.5) {
        let (bounds, level) = (Bounds::new(-3.0, 7.0).expect("bounds"), Level::from_alpha(alpha).expect("a level"));
        let mut bernstein = BernsteinMean::new(bounds, level);
        let mut hoeffding = HoeffdingMean::new(bounds, level);
        let mut mixture = MixtureMean::new(bounds, 10.0, level).expect("tuned");
        let mut betting = BettingMean::new(bounds, level);
        for &value in &values {
            bernstein.add(value).expect("within");
            hoeffding.add(value).expect("within");
            mixture.add(value).expect("within");
            betting.add(value).expect("within");
        }
        for set in [bernstein.set(), hoeffding.set(), mixture.set(), betting.set()] {
            let (low, high) = set.ends();
            prop_assert!(-3.0 <= low && low <= high && high <= 7.0);
        }
        prop_assert!(betting.add(7.1).is_err() && betting.add(f64::NAN).is_err());
    }

    #[test]
    fn quantile_difference_is_one_test(
        control in proptest::collection::vec(0_i32..60, 0..80),
        treatment in proptest::collection::vec(0_i32..60, 0..80),
        quantile in 0.05_f64..0.95, shift in 0_i32..80, alpha in 0.005_f64..0.3,
    ) {
        let sorted = |values: &[i32], by: i32| {
            let mut values: Vec<f64> = values.iter().map(|&value| f64::from(value + by)).collect();
            values.sort_by(f64::total_cmp);
            values
        };
        let (control, treatment) = (sorted(&control, 0), sorted(&treatment, shift));
        let level = Level::from_alpha(alpha).expect("a level");
        let sequence = QuantileSequence::new(quantile, 100, level).expect("a quantile");
        let p = sequence.difference_e_value(&control, &treatment).expect("sorted").p_value();
        let set = sequence.difference(&control, &treatment, level).expect("sorted");
        prop_assert!((p / alpha - 1.0).abs() < 1e-9 || (p < alpha) != set.contains(0.0), "{p} {set}");
        let one = sequence.set(&control, level).expect("sorted").ends();
        prop_assert!(one.0 <= one.1);
    }

    #[test]
    fn a_regression_merges_and_is_one_test(rows in proptest::collection::vec((0.0_f64..2.0, -3.0_f64..3.0), 8..60), cut in 0_usize..60) {
        let mut whole = AnytimeRegression::new(3);
        let (mut first, mut second) = (AnytimeRegression::new(3), AnytimeRegression::new(3));
        for (at, &(covariate, noise)) in rows.iter().enumerate() {
            let columns = [1.0, f64::from(u8::from(at % 2 == 0)), covariate];
            let value = 2.0 + columns[1] + covariate + noise;
            whole.add(&columns, value).expect("a row");
            if at < cut { &mut first } else { &mut second }.add(&columns, value).expect("a row");
        }
        first.merge(&second).expect("three columns");
        prop_assert_eq!(first.rows(), whole.rows());
        let precision = Precision::new(5.0).expect("above 0");
        if let (Ok(one), Ok(other)) = (whole.coefficient(1, precision), first.coefficient(1, precision)) {
            prop_assert!((one.estimate() - other.estimate()).abs() < 1e-8 * (1.0 + one.estimate().abs()));
            let p = one.e_value().p_value();
            prop_assert!((p / 0.05 - 1.0).abs() < 1e-9 || (p < 0.05) != one.set(Level::P95).contains(0.0));
        }
    }

    #[test]
    fn e_values_combine(logs in proptest::collection::vec(-900.0_f64..900.0, 1..8)) {
        let values: Vec<EValue> = logs.iter().map(|&log| EValue::from_log(log).expect("a number")).collect();
        let mean = EValue::mean(values.iter().copied()).expect("some").log();
        let most = logs.iter().copied().fold(f64::MIN, f64::max);
        prop_assert!(mean <= most + 1e-12 && mean >= most - (logs.len() as f64).ln() - 1e-12);
        let product = EValue::product(values).log();
        prop_assert!((product - logs.iter().sum::<f64>()).abs() < 1e-9);
    }

    #[test]
    fn the_split_is_found_wrong_only_by_evidence(increments in proptest::collection::vec((0_u64..1_000, 0_u64..1_000), 1..20)) {
        let mut split = SampleRatio::new(Shares::new(&[1.0, 1.0]).expect("shares"), 1_000.0).expect("k");
        let mut before = 1.0;
        for &(a, b) in &increments {
            split.add(&[a, b]).expect("counts");
            prop_assert!(split.p_value() <= before && split.p_value() <= split.e_value().p_value());
            before = split.p_value();
        }
    }

    #[test]
    fn weights_are_shares(best in proptest::collection::vec(0.0_f64..1.0, 2..8), floor in 0.0_f64..0.12, beta in 0.0_f64..1.0) {
        prop_assume!(best.iter().sum::<f64>() > 0.0);
        for weights in [thompson_weights(&best, floor).expect("shares"), top_two_weights(&best, beta).expect("shares")] {
            prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9 && weights.iter().all(|&weight| weight >= 0.0));
        }
    }

    #[test]
    fn growthbooks_set_and_p_are_of_one_test(control in counts(), treatment in counts(), alpha in 0.001_f64..0.3) {
        let level = Level::from_alpha(alpha).expect("a level");
        for side in [Alternative::TwoSided, Alternative::Greater, Alternative::Less] {
            let arms = [control, treatment].map(Arm::Proportion);
            if let Ok(look) = sequential_test(arms[0], arms[1], Scale::Difference, side, level, 5_000) {
                let (p, set) = (look.readout().p_value(), look.readout().set());
                prop_assert!((p / alpha - 1.0).abs() < 1e-7 || (p < alpha) != set.contains(0.0), "{look:?}");
            }
        }
    }

    #[test]
    fn a_trial_decides_once_and_is_read_as_it_was(
        looks in proptest::collection::vec((0_u64..400, -0.3_f64..0.3, 0.001_f64..0.4), 1..12),
        pairs in any::<bool>(),
    ) {
        let comparisons = if pairs { Comparisons::AllPairs } else { Comparisons::AgainstControl };
        let rules = Rules::new(Shares::new(&[1.0, 1.0, 1.0]).expect("shares")).comparisons(comparisons).smallest_effect(0.05).expect("an effect");
        let level = rules.level_of_each();
        let mut trial = Trial::new(rules).expect("a trial");
        let mut users = 0;
        let mut decided = Decision::Continue;
        for &(more, estimate, width) in &looks {
            users += more;
            let set = ConfidenceSet::between(estimate - width, estimate + width);
            let p = if set.contains(0.0) { 1.0 } else { level.alpha() / 2.0 };
            let of = |arm: usize, sign: f64| Evidence::of_p_value((arm, 0), Some(sign * estimate), p, set.times(sign), level).expect("evidence");
            let evidence = vec![of(1, 1.0), of(2, -1.0)];
            let decision = trial.look(Observation { users: vec![users; 3], evidence }).expect("a look");
            prop_assert!(decided == Decision::Continue || decided == decision);
            decided = decision;
        }
        prop_assert_eq!(trial.trail().len(), looks.len());
        #[cfg(feature = "serde")]
        {
            let text = serde_json::to_string(&trial).expect("written");
            let read: Trial = serde_json::from_str(&text).expect("read");
            prop_assert_eq!(read.decision(), trial.decision());
            prop_assert_eq!(read.remaining().collect::<Vec<_>>(), trial.remaining().collect::<Vec<_>>());
            prop_assert_eq!(read.trail().len(), trial.trail().len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn posteriors_agree(a in (0.5_f64..3e4, 0.5_f64..3e4), b in (0.5_f64..3e4, 0.5_f64..3e4), alpha in 0.01_f64..0.5) {
        let level = Level::from_alpha(alpha).expect("a level");
        let (one, other) = (Posterior::beta(a.0, a.1).expect("shapes"), Posterior::beta(b.0, b.1).expect("shapes"));
        let best = BestArm::of(&[one, other]).expect("two");
        prop_assert!((best.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-8);
        prop_assert!((chance_to_beat(one, other).expect("two") - best.probabilities()[1]).abs() < 1e-8);
        // The losses differ by the means.
        prop_assert!((best.losses()[0] - best.losses()[1] - (other.mean() - one.mean())).abs() < 1e-9);
        let chance = chance_to_beat(one, other).expect("two");
        let above = alpha / 2.0 < 1.0 - chance && chance > alpha / 2.0;
        let difference = difference_interval(one, other, level).expect("an interval");
        let lift = lift_interval(one, other, level).expect("an interval");
        if (1.0 - chance - alpha / 2.0).abs() > 1e-6 && (chance - alpha / 2.0).abs() > 1e-6 {
            prop_assert_eq!(difference.contains(0.0), above);
            prop_assert_eq!(lift.contains(0.0), above);
        }
    }
}

fn evidence(arm: usize, against: usize, low: f64, high: f64, level: Level) -> Evidence {
    let set = ConfidenceSet::between(low, high);
    let p = if set.contains(0.0) { 1.0 } else { level.alpha() / 10.0 };
    Evidence::of_p_value((arm, against), Some(0.5 * (low + high)), p, set, level).expect("evidence")
}

#[test]
fn arms_drop_out_until_one_is_left() {
    let rules = Rules::new(Shares::new(&[1.0; 3]).expect("shares")).comparisons(Comparisons::AllPairs);
    let level = rules.level_of_each();
    assert!((level.alpha() - 0.05 / 3.0).abs() < 1e-12);
    let mut trial = Trial::new(rules).expect("a trial");
    let seen = |users: [u64; 3], evidence: Vec<Evidence>| Observation { users: users.to_vec(), evidence };
    let first =
        vec![evidence(1, 0, 0.02, 0.2, level), evidence(2, 0, -0.1, 0.1, level), evidence(2, 1, -0.2, 0.01, level)];
    assert_eq!(trial.look(seen([1_000; 3], first)).expect("a look"), Decision::Continue);
    assert_eq!(trial.trail()[0].dropped()[0].why, Why::Worse { than: 1 });
    trial.reallocate(Shares::new(&[0.0, 0.5, 0.5]).expect("shares")).expect("three arms");
    let second = vec![evidence(2, 1, -0.3, -0.01, level)];
    assert_eq!(trial.look(seen([1_000, 1_600, 1_590], second)).expect("a look"), Decision::StopWinner { arm: 1 });
    assert_eq!(trial.remaining().collect::<Vec<_>>(), [1]);
}

#[test]
fn what_is_wrong_with_the_traffic_comes_first() {
    let level = Level::P95;
    let winning = || vec![evidence(1, 0, 0.1, 0.2, level)];
    let trial = || Trial::new(Rules::new(Shares::new(&[1.0, 1.0]).expect("shares"))).expect("a trial");
    let mut skewed = trial();
    let decision = skewed.look(Observation { users: vec![10_000, 8_900], evidence: winning() }).expect("a look");
    assert!(matches!(decision, Decision::Invalid(Invalid::SampleRatio { .. })));
    let mut back = trial();
    back.look(Observation { users: vec![100, 100], evidence: vec![] }).expect("a look");
    let decision = back.look(Observation { users: vec![99, 150], evidence: winning() }).expect("a look");
    assert_eq!(decision, Decision::Invalid(Invalid::NegativeIncrement { arm: 0, before: 100, now: 99 }));
    let mut stray = Trial::new(Rules::new(Shares::new(&[1.0, 1.0, 0.0]).expect("shares"))).expect("a trial");
    let decision = stray.look(Observation { users: vec![100, 100, 3], evidence: vec![] }).expect("a look");
    assert_eq!(decision, Decision::Invalid(Invalid::TrafficWithoutShare { arm: 2, users: 3 }));
    // The level of the evidence must be that of the rules, and the arms those of the trial.
    let mut trial = trial();
    assert!(
        trial.look(Observation { users: vec![1, 1], evidence: vec![evidence(1, 0, 0.1, 0.2, Level::P90)] }).is_err()
    );
    assert!(trial.look(Observation { users: vec![1, 1], evidence: vec![evidence(3, 0, 0.1, 0.2, level)] }).is_err());
}

#[test]
fn nothing_worth_having_is_futile() {
    let rules = Rules::new(Shares::new(&[1.0, 1.0]).expect("shares")).smallest_effect(0.02).expect("an effect");
    let level = rules.level_of_each();
    let look = |low, high| {
        let mut trial = Trial::new(rules.clone()).expect("a trial");
        trial
            .look(Observation { users: vec![500, 500], evidence: vec![evidence(1, 0, low, high, level)] })
            .expect("a look")
    };
    assert_eq!(look(-0.05, 0.019), Decision::StopFutile);
    assert_eq!(look(-0.05, 0.021), Decision::Continue);
    assert_eq!(look(-0.05, -0.01), Decision::StopLoser);
}
