//! Laws of proportions, rates, ratios, corrections and assignment that hold whatever the numbers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::float_cmp)]

use proptest::prelude::*;
use styring_experiments::assignment::{Assigner, Scheme, Split, Switchback, stratified};
use styring_experiments::{
    Alternative, ConfidenceSet, Correction, Counts, DifferenceMethod, Error, Events, Fieller, Holdout, Hypothesis,
    IncrementalCost, Level, OddsRatioMethod, ProportionMethod, RateDifferenceMethod, RateMethod, RateRatioMethod,
    RatioMethod, Readout, SampleRatio, Scale, TwoProportions, TwoRates, binomial_test, e_bh,
};

/// Arms from one unit to 10¹², with the edges 0/n and n/n as often as what lies between.
fn counts() -> impl Strategy<Value = Counts> {
    let trials = prop_oneof![1_u64..30, 30_u64..10_000, 10_000_u64..1_000_000_000_000];
    let share = prop_oneof![Just(0.0), Just(1.0), 0.0..1.0_f64, (-9.0..0.0_f64).prop_map(|e| 10_f64.powf(e))];
    (trials, share).prop_map(|(n, share)| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let x = ((n as f64 * share).round() as u64).min(n);
        Counts::new(x, n).unwrap()
    })
}

fn small_counts() -> impl Strategy<Value = Counts> {
    (1_u64..25).prop_flat_map(|n| (0..=n).prop_map(move |x| Counts::new(x, n).unwrap()))
}

fn arms() -> impl Strategy<Value = TwoProportions> {
    (counts(), counts()).prop_map(|(one, other)| TwoProportions::new(one, other).unwrap())
}

fn events() -> impl Strategy<Value = Events> {
    let count = prop_oneof![Just(0_u64), 1_u64..50, 50_u64..1_000_000, 1_000_000_u64..1_000_000_000_000];
    (count, (-3.0..9.0_f64)).prop_map(|(count, e)| Events::new(count, 10_f64.powf(e)).unwrap())
}

fn hypotheses() -> impl Strategy<Value = Hypothesis> {
    let side = prop_oneof![Just(Alternative::TwoSided), Just(Alternative::Greater), Just(Alternative::Less)];
    (side, prop_oneof![Just(0.95), Just(0.9), 0.51..0.999_f64])
        .prop_map(|(side, level)| Hypothesis::from(side).at(Level::new(level).unwrap()))
}

const DIFFERENCES: [DifferenceMethod; 8] = [
    DifferenceMethod::Score,
    DifferenceMethod::Mee,
    DifferenceMethod::Pooled,
    DifferenceMethod::PooledCorrected,
    DifferenceMethod::Wald,
    DifferenceMethod::WaldCorrected,
    DifferenceMethod::AgrestiCaffo,
    DifferenceMethod::Newcombe,
];

const RATIOS: [RatioMethod; 4] = [RatioMethod::Score, RatioMethod::Koopman, RatioMethod::Log, RatioMethod::LogAdjusted];

const ODDS: [OddsRatioMethod; 3] = [OddsRatioMethod::Score, OddsRatioMethod::Logit, OddsRatioMethod::LogitAdjusted];

const ONE: [ProportionMethod; 7] = [
    ProportionMethod::Wilson,
    ProportionMethod::WilsonCorrected,
    ProportionMethod::Wald,
    ProportionMethod::AgrestiCoull,
    ProportionMethod::ClopperPearson,
    ProportionMethod::MidP,
    ProportionMethod::Jeffreys,
];

const RATE_RATIOS: [RateRatioMethod; 9] = [
    RateRatioMethod::Score,
    RateRatioMethod::Wald,
    RateRatioMethod::Log,
    RateRatioMethod::LogAdjusted,
    RateRatioMethod::LogScore,
    RateRatioMethod::Sqrt,
    RateRatioMethod::Mover,
    RateRatioMethod::Exact,
    RateRatioMethod::MidP,
];

const RATE_DIFFERENCES: [RateDifferenceMethod; 4] = [
    RateDifferenceMethod::Score,
    RateDifferenceMethod::Wald,
    RateDifferenceMethod::WaldAdjusted,
    RateDifferenceMethod::Mover,
];

const RATES: [RateMethod; 6] = [
    RateMethod::Score,
    RateMethod::Wald,
    RateMethod::WaldAdjusted,
    RateMethod::Exact,
    RateMethod::MidP,
    RateMethod::Jeffreys,
];

fn clean(set: ConfidenceSet) -> bool {
    match set {
        ConfidenceSet::Interval { low, high } => low <= high && low.is_finite() && high.is_finite(),
        ConfidenceSet::AtLeast(end) | ConfidenceSet::AtMost(end) => end.is_finite(),
        ConfidenceSet::Outside { below, above } => below < above,
        ConfidenceSet::Everything => true,
    }
}

/// Whether a value lies so near an end that rounding decides on which side.
fn at_an_end(set: ConfidenceSet, null: f64, slack: f64) -> bool {
    let ends = match set {
        ConfidenceSet::Outside { below, above } => (below, above),
        _ => set.ends(),
    };
    let near = |end: f64| (end - null).abs() <= slack * (end.abs() + null.abs());
    near(ends.0) || near(ends.1)
}

/// p < α exactly if the set does not hold the null, and nothing is NaN.
fn one_test(readout: &Readout) -> Result<(), TestCaseError> {
    let (set, p, alpha) = (readout.set(), readout.p_value(), readout.level().alpha());
    prop_assert!((0.0..=1.0).contains(&p), "{readout:?}");
    prop_assert!(clean(set), "{readout:?}");
    let agree = (p < alpha) != set.contains(readout.null());
    let rounding = (p / alpha - 1.0).abs() < 1e-7 || at_an_end(set, readout.null(), 1e-9);
    prop_assert!(agree || rounding, "{readout:?}");
    Ok(())
}

/// A readout, or the typed error of a table that a method has no answer for.
fn answered(result: Result<Readout, Error>) -> Result<Option<Readout>, TestCaseError> {
    match result {
        Ok(readout) => Ok(Some(readout)),
        Err(Error::TooFew { .. } | Error::NoSpread { .. } | Error::ZeroBase { .. }) => Ok(None),
        Err(other) => Err(TestCaseError::fail(other.to_string())),
    }
}

fn mirrored(hypothesis: Hypothesis) -> Hypothesis {
    let side = match hypothesis.alternative() {
        Alternative::TwoSided => Alternative::TwoSided,
        Alternative::Greater => Alternative::Less,
        Alternative::Less => Alternative::Greater,
    };
    Hypothesis::from(side).at(hypothesis.level())
}

fn close(one: f64, other: f64, slack: f64) -> bool {
    one == other || (one - other).abs() <= slack * one.abs().max(other.abs())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn p_and_set_of_a_difference_are_one_test(test in arms(), hypothesis in hypotheses(), null in prop_oneof![Just(0.0), -1.0..1.0_f64, -1e-3..1e-3_f64]) {
        for method in DIFFERENCES {
            let readout = test.difference(method, hypothesis.against(null)).unwrap();
            one_test(&readout)?;
        }
    }

    #[test]
    fn p_and_set_of_a_ratio_are_one_test(test in arms(), hypothesis in hypotheses(), ln in prop_oneof![Just(0.0), -3.0..3.0_f64, -0.01..0.01_f64]) {
        for method in RATIOS {
            let readouts = [test.ratio(method, hypothesis.against(ln.exp())), test.lift(method, hypothesis.against(ln.exp_m1()))];
            for readout in readouts {
                if let Some(readout) = answered(readout)? {
                    one_test(&readout)?;
                }
            }
        }
        for method in ODDS {
            if let Some(readout) = answered(test.odds_ratio(method, hypothesis.against(ln.exp())))? {
                one_test(&readout)?;
            }
        }
    }

    #[test]
    fn p_and_set_of_one_proportion_are_one_test(counts in counts(), hypothesis in hypotheses(), null in prop_oneof![0.0..=1.0_f64, Just(0.0), Just(1.0), 0.0..1e-3_f64]) {
        for method in ONE {
            one_test(&method.readout(counts, null, hypothesis).unwrap())?;
        }
    }

    #[test]
    fn p_and_set_of_rates_are_one_test(one in events(), other in events(), hypothesis in hypotheses(), ln in prop_oneof![Just(0.0), -3.0..3.0_f64]) {
        let test = TwoRates::new(one, other).unwrap();
        for method in RATE_RATIOS {
            if let Some(readout) = answered(test.ratio(method, hypothesis.against(ln.exp())))? {
                one_test(&readout)?;
            }
        }
        for method in RATE_DIFFERENCES {
            one_test(&test.difference(method, hypothesis.against(ln)).unwrap())?;
        }
        for method in RATES {
            one_test(&method.readout(one, ln.exp(), hypothesis).unwrap())?;
        }
    }

    #[test]
    fn p_and_set_of_a_quotient_are_one_test(
        a in -10.0..10.0_f64, b in -10.0..10.0_f64, v in 0.0..30.0_f64, w in 1e-6..30.0_f64, r in -1.0..1.0_f64,
        theta in -5.0..5.0_f64, hypothesis in hypotheses(),
    ) {
        let fieller = Fieller::new([a, b], [v, w], r * (v * w).sqrt()).unwrap();
        for scale in [Scale::Ratio, Scale::Lift] {
            one_test(&fieller.readout(scale, hypothesis.against(theta)).unwrap())?;
        }
    }

    #[test]
    fn arms_exchanged_turn_the_difference_round(test in arms(), hypothesis in hypotheses()) {
        for method in DIFFERENCES {
            let (one, other) = (test.difference(method, hypothesis).unwrap(), test.swapped().difference(method, mirrored(hypothesis)).unwrap());
            prop_assert!(close(one.p_value(), other.p_value(), 1e-9), "{one:?} {other:?}");
            let (there, back) = (one.set().ends(), other.set().times(-1.0).ends());
            prop_assert!(close(there.0, back.0, 1e-7) && close(there.1, back.1, 1e-7), "{one:?} {other:?}");
        }
        for method in ODDS {
            if let (Some(one), Some(other)) = (answered(test.odds_ratio(method, hypothesis))?, answered(test.swapped().odds_ratio(method, mirrored(hypothesis)))?) {
                prop_assert!(close(one.p_value(), other.p_value(), 1e-9), "{one:?} {other:?}");
                let (there, back) = (one.set().ends(), other.set().ends());
                let turned = |end: f64| if end == 0.0 { f64::INFINITY } else if end.is_infinite() { 0.0 } else { 1.0 / end };
                prop_assert!(close(there.0, turned(back.1), 1e-7) && close(there.1, turned(back.0), 1e-7), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn failures_counted_turn_the_difference_round(test in arms()) {
        let failed = |counts: Counts| Counts::new(counts.failures(), counts.trials()).unwrap();
        let failures = TwoProportions::new(failed(test.treatment()), failed(test.control())).unwrap();
        for method in DIFFERENCES {
            let (one, other) = (test.difference(method, Level::P95).unwrap(), failures.difference(method, Level::P95).unwrap());
            prop_assert!(close(one.p_value(), other.p_value(), 1e-9), "{one:?} {other:?}");
            let (there, back) = (one.set().ends(), other.set().times(-1.0).ends());
            prop_assert!(close(there.0, back.0, 1e-7) && close(there.1, back.1, 1e-7), "{one:?} {other:?}");
        }
    }

    #[test]
    fn one_conversion_more_raises_the_evidence(control in counts(), n in 1_u64..1_000_000, share in 0.0..1.0_f64) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let x = (n as f64 * share) as u64;
        let at = |x| TwoProportions::new(Counts::new(x, n).unwrap(), control).unwrap();
        for method in [DifferenceMethod::Score, DifferenceMethod::Mee, DifferenceMethod::Newcombe] {
            let (fewer, more) = (at(x).z(method, 0.0).unwrap(), at(x + 1).z(method, 0.0).unwrap());
            prop_assert!(more >= fewer - 1e-9 * fewer.abs(), "{method:?} {fewer} {more}");
        }
    }

    /// Two ways to the same tail, by the normal and by the gamma distribution, down to 1e-300.
    #[test]
    fn the_square_of_the_pooled_z_is_chi_squared(n in 1_000_u64..1_000_000_000_000, m in 1_000_u64..1_000_000_000_000, rate in 1e-6..0.5_f64, z in 0.0..37.0_f64) {
        let (n_float, m_float) = (n as f64, m as f64);
        let spread = (rate * (1.0 - rate) * (1.0 / n_float + 1.0 / m_float)).sqrt();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let (x, y) = ((n_float * (rate + z * spread).min(1.0)) as u64, (m_float * rate) as u64);
        prop_assume!(x + y > 0 && x + y < n + m);
        let test = TwoProportions::new(Counts::new(x, n).unwrap(), Counts::new(y, m).unwrap()).unwrap();
        let (by_z, by_square) = (test.difference(DifferenceMethod::Mee, Level::P95).unwrap().p_value(), test.chi_squared(false).unwrap().p_value());
        prop_assert!(by_z < 1e-300 || close(by_z, by_square, 1e-10), "{by_z:e} {by_square:e}");
    }

    #[test]
    fn merged_is_counted_at_once(parts in prop::collection::vec((0_u64..1000, 0_u64..1000), 1..20)) {
        let mut merged = Counts::default();
        for (x, more) in &parts {
            merged.merge(&Counts::new(*x, x + more).unwrap()).unwrap();
        }
        let at_once = Counts::new(parts.iter().map(|(x, _)| x).sum(), parts.iter().map(|(x, more)| x + more).sum()).unwrap();
        prop_assert_eq!(merged, at_once);
    }

    #[test]
    fn exposure_in_another_unit_scales_the_rates(one in events(), other in events(), factor in 1e-3..1e3_f64) {
        let scaled = |events: Events| Events::new(events.count(), events.exposure() * factor).unwrap();
        let (test, in_other) = (TwoRates::new(one, other).unwrap(), TwoRates::new(scaled(one), scaled(other)).unwrap());
        for method in RATE_DIFFERENCES {
            let (a, b) = (test.difference(method, Level::P95).unwrap(), in_other.difference(method, Level::P95).unwrap());
            let (there, back) = (a.set().ends(), b.set().times(factor).ends());
            prop_assert!((a.p_value() - b.p_value()).abs() < 1e-7);
            let scale = there.0.abs().max(there.1.abs());
            prop_assert!((there.0 - back.0).abs() <= 1e-8 * scale && (there.1 - back.1).abs() <= 1e-8 * scale, "{a:?} {b:?}");
        }
    }

    #[test]
    fn exact_tests_keep_what_they_are_ordered_by(one in small_counts(), other in small_counts()) {
        let test = TwoProportions::new(one, other).unwrap();
        for side in [Alternative::TwoSided, Alternative::Greater, Alternative::Less] {
            let (fisher, barnard, boschloo) = (test.fisher(side), test.barnard(side).unwrap(), test.boschloo(side).unwrap());
            for p in [fisher, barnard.p_value(), boschloo.p_value()] {
                prop_assert!(p > 0.0 && p <= 1.0, "{p}");
            }
            // Boschloo's test is never less powerful than Fisher's one-sided.
            if side != Alternative::TwoSided {
                prop_assert!(boschloo.p_value() <= fisher * (1.0 + 1e-9), "{boschloo:?} {fisher}");
            }
        }
        let (greater, less) = (test.barnard(Alternative::Greater).unwrap(), test.swapped().barnard(Alternative::Less).unwrap());
        prop_assert!(close(greater.p_value(), less.p_value(), 1e-9));
        let (greater, less) = (test.boschloo(Alternative::Greater).unwrap(), test.swapped().boschloo(Alternative::Less).unwrap());
        prop_assert!(close(greater.p_value(), less.p_value(), 1e-9));
        prop_assert!(close(test.fisher(Alternative::TwoSided), test.swapped().fisher(Alternative::TwoSided), 1e-9));
    }

    #[test]
    fn binomial_tails_are_one(counts in counts(), null in 0.0..=1.0_f64) {
        let p = |side| binomial_test(counts, null, side).unwrap();
        let (two, greater, less) = (p(Alternative::TwoSided), p(Alternative::Greater), p(Alternative::Less));
        prop_assert!((0.0..=1.0).contains(&two));
        prop_assert!(greater + less >= 1.0 - 1e-9);
        prop_assert!(two >= greater.min(less) * (1.0 - 1e-6));
    }

    #[test]
    fn a_cost_is_never_negative(exposed in counts(), held_out in counts(), spend in 1e-2..1e9_f64) {
        let holdout = Holdout::new(exposed, held_out).unwrap();
        for method in DIFFERENCES {
            let added = holdout.incremental(method, Level::P95).unwrap();
            match added.cost_per(spend).unwrap() {
                IncrementalCost::Known { value, low, high } => {
                    prop_assert!(0.0 < low && low <= value * (1.0 + 1e-9), "{added:?}");
                    // Agresti and Caffo's centre is not the estimate.
                    prop_assert!(value <= high * (1.0 + 1e-9) || method == DifferenceMethod::AgrestiCaffo, "{added:?}");
                }
                IncrementalCost::NotDistinguishable { at_least } => prop_assert!(at_least.is_none_or(|least| least > 0.0)),
                IncrementalCost::Loses => prop_assert!(added.set().ends().1 < 0.0),
            }
        }
        let share = holdout.incremental_share(RatioMethod::Score, Level::P95).unwrap();
        one_test(&share)?;
        prop_assert!(share.set().ends().1 <= 1.0);
    }

    #[test]
    fn corrections_keep_order_and_are_no_smaller(p_values in prop::collection::vec(prop_oneof![0.0..=1.0_f64, (-300.0..0.0_f64).prop_map(|e| 10_f64.powf(e))], 0..40), alpha in 0.001..0.5_f64) {
        let level = Level::from_alpha(alpha).unwrap();
        let adjust = |correction: Correction| correction.adjust(&p_values, level).unwrap().p_values().to_vec();
        for correction in [Correction::Bonferroni, Correction::Sidak, Correction::Holm, Correction::HolmSidak, Correction::Hochberg, Correction::Hommel, Correction::BenjaminiHochberg, Correction::BenjaminiYekutieli, Correction::TwoStage, Correction::TwoStageHochberg] {
            let adjusted = adjust(correction);
            prop_assert_eq!(adjusted.len(), p_values.len());
            for (i, p) in p_values.iter().enumerate() {
                prop_assert!((0.0..=1.0).contains(&adjusted[i]));
                for (j, q) in p_values.iter().enumerate() {
                    prop_assert!(p > q || adjusted[i] <= adjusted[j], "{:?}", correction);
                }
            }
            if !matches!(correction, Correction::TwoStage | Correction::TwoStageHochberg) {
                prop_assert!(adjusted.iter().zip(&p_values).all(|(adjusted, p)| *adjusted >= *p * (1.0 - 1e-12)));
            }
        }
        let no_more = |one: Correction, other: Correction| adjust(one).iter().zip(adjust(other)).all(|(one, other)| *one <= other * (1.0 + 1e-12));
        prop_assert!(no_more(Correction::Holm, Correction::Bonferroni));
        prop_assert!(no_more(Correction::HolmSidak, Correction::Holm));
        prop_assert!(no_more(Correction::Hochberg, Correction::Holm));
        prop_assert!(no_more(Correction::Hommel, Correction::Hochberg));
        prop_assert!(no_more(Correction::BenjaminiHochberg, Correction::Hommel));
        prop_assert!(no_more(Correction::BenjaminiHochberg, Correction::BenjaminiYekutieli));
    }

    #[test]
    fn e_values_are_rejected_from_the_top(e_values in prop::collection::vec((-3.0..6.0_f64).prop_map(|e| 10_f64.powf(e)), 0..30)) {
        let rejected = e_bh(&e_values, Level::P95).unwrap();
        let least = e_values.iter().zip(&rejected).filter(|(_, rejected)| **rejected).map(|(e, _)| *e).fold(f64::INFINITY, f64::min);
        let found = rejected.iter().filter(|rejected| **rejected).count();
        prop_assert!(e_values.iter().zip(&rejected).all(|(e, rejected)| *rejected == (*e >= least)));
        prop_assert!(found == 0 || least * found as f64 * 0.05 >= e_values.len() as f64 * (1.0 - 1e-12));
    }

    #[test]
    fn a_sample_ratio_does_not_mind_the_order(arms in prop::collection::vec((0_u64..10_000, 0.01..1.0_f64), 2..6)) {
        let (mut observed, mut weights): (Vec<u64>, Vec<f64>) = arms.into_iter().unzip();
        observed[0] += 1;
        let one = SampleRatio::new(&observed, &weights).unwrap();
        let p = one.chi_squared_p().unwrap();
        observed.reverse();
        weights.reverse();
        for weight in &mut weights {
            *weight *= 7.0;
        }
        let other = SampleRatio::new(&observed, &weights).unwrap();
        prop_assert!(close(p, other.chi_squared_p().unwrap(), 1e-8));
        prop_assert!(one.g() >= 0.0 && (0.0..=1.0).contains(&one.p_value().unwrap()));
        // An arm of weight zero changes no p-value, and raises an alarm of its own.
        observed.push(3);
        weights.push(0.0);
        let leaking = SampleRatio::new(&observed, &weights).unwrap();
        prop_assert_eq!(leaking.leaks(), &[observed.len() - 1]);
        prop_assert!(close(p, leaking.chi_squared_p().unwrap(), 1e-8));
    }

    #[test]
    fn points_lie_within_one_and_coverage_only_adds(unit in ".*", salt in ".*", coverage in 0.0..=1.0_f64, weight in 0.0..=1.0_f64) {
        let weights = [weight, 1.0 - weight];
        for scheme in [Scheme::Fnv1aV1, Scheme::Fnv1aV2, Scheme::Murmur3] {
            prop_assert!((0.0..1.0).contains(&scheme.point(&salt, &unit)));
            let part = Assigner::new(scheme, salt.clone(), Split::new(&weights, coverage).unwrap());
            let all = Assigner::new(scheme, salt.clone(), Split::new(&weights, 1.0).unwrap());
            if let Some(arm) = part.arm(&unit) {
                prop_assert_eq!(Some(arm), all.arm(&unit));
            }
            let (first, rest) = (part.clone().in_layer("layer", 0.0, 0.3).unwrap(), part.in_layer("layer", 0.3, 1.0).unwrap());
            prop_assert!(first.arm(&unit).is_none() || rest.arm(&unit).is_none());
        }
    }

    #[test]
    fn strata_and_blocks_are_balanced(strata in prop::collection::vec(0_u32..4, 0..60), arms in 1_usize..5, salt in "[a-z]{0,6}") {
        let names: Vec<(String, String)> = strata.iter().enumerate().map(|(i, stratum)| (format!("unit {i}"), format!("stratum {stratum}"))).collect();
        let mut units: Vec<(&str, &str)> = names.iter().map(|(unit, stratum)| (unit.as_str(), stratum.as_str())).collect();
        let split = Split::even(arms, 1.0).unwrap();
        let assigned = stratified(&units, &salt, &split);
        for stratum in 0..4 {
            let name = format!("stratum {stratum}");
            let size = |arm| assigned.iter().zip(&units).filter(|(got, unit)| **got == arm && unit.1 == name).count();
            let sizes: Vec<usize> = (0..arms).map(size).collect();
            prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1, "{sizes:?}");
        }
        let by_unit: std::collections::BTreeMap<_, _> = units.iter().map(|unit| unit.0).zip(&assigned).collect();
        units.reverse();
        let again = stratified(&units, &salt, &split);
        prop_assert!(units.iter().zip(&again).all(|(unit, arm)| by_unit[unit.0] == arm));

        let plan = Switchback::new(salt, u32::try_from(arms).unwrap());
        let mut block: Vec<usize> = (0..arms as u64).map(|period| plan.arm("vestland", 5 * arms as u64 + period)).collect();
        block.sort_unstable();
        prop_assert_eq!(block, (0..arms).collect::<Vec<_>>());
    }

    #[test]
    fn reciprocals_of_reciprocals_are_what_they_were(a in -5.0..5.0_f64, b in -5.0..5.0_f64, value in -5.0..5.0_f64) {
        let inside = ConfidenceSet::between(a, b);
        for set in [inside, ConfidenceSet::AtLeast(a), ConfidenceSet::AtMost(a)] {
            prop_assume!(value != 0.0);
            prop_assert_eq!(set.contains(value), set.reciprocal().contains(1.0 / value), "{:?} {:?}", set, set.reciprocal());
        }
        if let ConfidenceSet::Interval { low, high } = inside {
            let outside = ConfidenceSet::Outside { below: low, above: high };
            prop_assert!(outside.contains(value) == outside.reciprocal().contains(1.0 / value) || outside.contains(0.0) , "{outside:?} {:?}", outside.reciprocal());
        }
    }
}
