//! What holds for every group-sequential design and every plan.
#![allow(clippy::expect_used)]

use proptest::prelude::*;
use styring_experiments::group_sequential::{
    Boundary, Decision, Design, Evidence, Futility, Monitor, Spending, equal_looks,
};
use styring_experiments::planning::{Allocation, Effect, Metric, Plan, Test};
use styring_experiments::{Alternative, Counts, Error, Level, Moments};

fn spending() -> impl Strategy<Value = Spending> {
    prop_oneof![
        Just(Spending::OBrienFleming),
        Just(Spending::Pocock),
        (0.3_f64..6.0).prop_map(|rho| Spending::KimDeMets { rho }),
        (-8.0_f64..4.0).prop_map(|gamma| Spending::HwangShihDeCani { gamma }),
    ]
}

fn boundary() -> impl Strategy<Value = Boundary> {
    prop_oneof![
        Just(Boundary::OBrienFleming),
        Just(Boundary::Pocock),
        (-1.0_f64..=1.0).prop_map(|delta| Boundary::WangTsiatis { delta }),
        Just(Boundary::HaybittlePeto { early: 3.5 }),
        spending().prop_map(Boundary::Spend),
    ]
}

fn alternative() -> impl Strategy<Value = Alternative> {
    prop_oneof![Just(Alternative::TwoSided), Just(Alternative::Greater), Just(Alternative::Less)]
}

/// Looks that rise, in any unit.
fn looks(most: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.05_f64..1.0, 1..=most).prop_map(|steps| {
        steps
            .iter()
            .scan(0.0, |sum, step| {
                *sum += step;
                Some(*sum)
            })
            .collect()
    })
}

fn level() -> impl Strategy<Value = Level> {
    (0.001_f64..0.3).prop_map(|alpha| Level::from_alpha(alpha).expect("a level"))
}

fn design() -> impl Strategy<Value = Design> {
    (boundary(), looks(7), level(), alternative()).prop_map(|(boundary, looks, level, alternative)| {
        Design::new(boundary, &looks, level, alternative).expect("a design")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn all_of_alpha_is_spent_and_no_more(design in design()) {
        let spent = design.spent();
        prop_assert!(spent.windows(2).all(|pair| pair[0] <= pair[1]));
        prop_assert!((spent.last().expect("a look") / design.level().alpha() - 1.0).abs() < 1e-10);
        // The same by another road: stopping under no drift.
        let none = design.operating(0.0).expect("operating");
        let stopped: f64 = none.rejects().iter().chain(&none.rejects_wrongly()).sum();
        prop_assert!((stopped / design.level().alpha() - 1.0).abs() < 1e-10, "{stopped}");
    }

    #[test]
    fn one_look_is_the_fixed_test(boundary in boundary(), level in level(), alternative in alternative()) {
        let design = Design::new(boundary, &[7.0], level, alternative).expect("a design");
        let side = level.alpha() / if alternative == Alternative::TwoSided { 2.0 } else { 1.0 };
        let upper = styring_special::normal(design.critical_values()[0]).expect("a number").upper();
        prop_assert!((upper / side - 1.0).abs() < 1e-12);
        prop_assert!((design.inflation_factor(0.8).expect("a factor") - 1.0).abs() < 1e-9);
    }

    #[test]
    fn bounds_fall_where_theory_says_so(k in 2_usize..20, level in level(), alternative in alternative()) {
        let looks = equal_looks(k).expect("looks");
        let bounds = |boundary| Design::new(boundary, &looks, level, alternative).expect("a design").critical_values().to_vec();
        let falls = |bounds: &[f64]| bounds.windows(2).all(|pair| pair[0] > pair[1]);
        prop_assert!(falls(&bounds(Boundary::OBrienFleming)));
        prop_assert!(falls(&bounds(Boundary::Spend(Spending::OBrienFleming))));
        let cubic = bounds(Boundary::Spend(Spending::KimDeMets { rho: 3.0 }));
        prop_assert!(falls(&cubic));
        let pocock = bounds(Boundary::Pocock);
        prop_assert!(pocock.iter().all(|bound| (bound - pocock[0]).abs() < 1e-12));
        // Every look costs: the last bound is above that of the fixed test.
        let fixed = Design::new(Boundary::Pocock, &[1.0], level, alternative).expect("a design").critical_values()[0];
        prop_assert!(pocock[0] > fixed && *bounds(Boundary::OBrienFleming).last().expect("a look") > fixed);
    }

    #[test]
    fn the_drift_of_a_power_has_it(design in design(), power in 0.4_f64..0.99) {
        let there = design.operating_for(power).expect("a drift");
        prop_assert!((there.power() - power).abs() < 1e-10);
        prop_assert!(design.inflation_factor(power).expect("a factor") >= 1.0 - 1e-9);
        prop_assert!(there.expected_information() <= 1.0 + 1e-12 && there.expected_information() > 0.0);
        let more = design.operating(there.drift() + 0.1).expect("operating");
        prop_assert!(more.power() > power);
    }

    #[test]
    fn futility_has_the_power_and_keeps_alpha(
        k in 2_usize..6, efficacy in spending(), rule in spending(), power in 0.6_f64..0.95, binding in any::<bool>(),
    ) {
        let looks = equal_looks(k).expect("looks");
        let level = Level::from_alpha(0.025).expect("a level");
        let plain = Design::new(Boundary::Spend(efficacy), &looks, level, Alternative::Greater).expect("a design");
        let design = plain.clone().with_futility(Futility::Spend { spending: rule, power, binding }).expect("futility");
        let there = design.operating_for(power).expect("a drift");
        prop_assert!((there.power() - power).abs() < 1e-9);
        // β is spent as it should be.
        let mut lost = 0.0;
        for (t, futile) in looks.iter().zip(there.futile()).take(k - 1) {
            lost += futile;
            let may = rule.spent(1.0 - power, *t).expect("a share");
            prop_assert!((lost - may).abs() < 1e-8, "{lost} {may}");
        }
        let (ours, theirs) = (design.critical_values(), plain.critical_values());
        if binding {
            prop_assert!(ours.iter().zip(theirs).all(|(ours, theirs)| *ours <= theirs + 1e-9));
            let none = design.operating(0.0).expect("operating");
            prop_assert!((none.power() / 0.025 - 1.0).abs() < 1e-8);
        } else {
            prop_assert_eq!(ours, theirs);
        }
        let bounds = design.futility_bounds().expect("bounds");
        prop_assert!(bounds.iter().zip(ours).all(|(low, high)| low <= high));
    }

    #[test]
    fn p_and_interval_are_of_one_test(
        design in design(), zs in prop::collection::vec(-4.0_f64..4.5, 7), stretch in 0.7_f64..1.4,
    ) {
        let mut monitor = Monitor::new(design.clone());
        let alpha = design.level().alpha();
        let side = if design.alternative() == Alternative::TwoSided { alpha / 2.0 } else { alpha };
        for (t, z) in design.looks().iter().zip(zs) {
            let is_last = *t >= 1.0;
            let evidence = Evidence::normal(z, 1.0).expect("evidence");
            // Other information than planned, the last look with more or less.
            let t = if is_last { t.max(monitor.looks().last().map_or(0.0, styring_experiments::group_sequential::Look::information) + 0.01) } else { t * stretch.min(1.0) };
            let look = if is_last { monitor.last_look(t, evidence) } else { monitor.look(t, evidence) }.expect("a look").clone();
            let (low, high) = look.repeated_interval().expect("an interval");
            let rejects = matches!(look.decision(), Decision::RejectAbove | Decision::RejectBelow);
            let without = match design.alternative() {
                Alternative::TwoSided => low > 0.0 || high < 0.0,
                Alternative::Greater => low >= 0.0,
                Alternative::Less => high <= 0.0,
            };
            prop_assert_eq!(rejects, without);
            let p = monitor.repeated_p_value().expect("a p-value").expect("a look");
            if (p / alpha - 1.0).abs() > 1e-7 {
                prop_assert_eq!(rejects, p < alpha, "p {} alpha {}", p, alpha);
            }
            prop_assert!((0.0..=1.0).contains(&p));
            for conditional in [monitor.conditional_rejection_probability(), monitor.conditional_power(z)] {
                let conditional = conditional.expect("a probability");
                prop_assert!(conditional.is_none_or(|probability| (0.0..=1.0).contains(&probability)));
            }
        }
        prop_assert!((monitor.looks().last().expect("a look").spent() / alpha - 1.0).abs() < 1e-9);
        let end = monitor.conclusion().expect("a conclusion").expect("the last look was taken");
        let (low, high) = end.interval();
        prop_assert!(low <= end.estimate() && end.estimate() <= high);
        let decided = matches!(end.decision(), Decision::RejectAbove | Decision::RejectBelow);
        if (end.p_value() / alpha - 1.0).abs() > 1e-6 {
            let without = match design.alternative() {
                Alternative::TwoSided => low > 0.0 || high < 0.0,
                Alternative::Greater => low > 0.0,
                Alternative::Less => high < 0.0,
            };
            prop_assert_eq!(end.p_value() < alpha, without, "p {} of {:?}, side {}", end.p_value(), (low, high), side);
            prop_assert_eq!(decided, end.p_value() < alpha);
            let readout = monitor.readout().expect("a readout").expect("the last look was taken");
            prop_assert_eq!(readout.p_value() < alpha, !readout.set().contains(0.0));
        }
    }

    #[test]
    fn past_looks_stay_as_they_were(design in design(), more in 1.0_f64..3.0) {
        let evidence = Evidence::normal(0.1, 1.0).expect("evidence");
        let mut planned = Monitor::new(design.clone());
        for t in design.looks() {
            planned.look(*t, evidence).expect("a look");
        }
        for (look, bound) in planned.looks().iter().zip(design.critical_values()) {
            prop_assert!((look.critical_value() - bound).abs() < 1e-8, "{} {}", look.critical_value(), bound);
        }
        let mut overrun = Monitor::new(design.clone());
        for t in &design.looks()[..design.looks().len() - 1] {
            overrun.look(*t, evidence).expect("a look");
        }
        overrun.look(more, evidence).expect("a look");
        let early = design.looks().len() - 1;
        for (one, other) in planned.looks()[..early].iter().zip(overrun.looks()) {
            prop_assert_eq!(one.critical_value().to_bits(), other.critical_value().to_bits());
        }
    }

    #[test]
    fn evidence_turns_around(a in 0_u64..60, b in 0_u64..60, n in 60_u64..200, c in 0.5_f64..4.0) {
        let counts = |x, n| Counts::new(x, n).expect("counts");
        match (Evidence::rates(counts(a, n), counts(b, 77)), Evidence::rates(counts(b, 77), counts(a, n))) {
            (Ok(one), Ok(other)) => prop_assert!((one.z() + other.z()).abs() < 1e-12),
            (one, other) => {
                let is_flat = matches!(one, Err(Error::NoSpread { .. }));
                prop_assert!(is_flat);
                prop_assert_eq!(one.is_err(), other.is_err());
            }
        }
        let values: Moments = [[1.0], [2.0], [c]].into_iter().collect();
        let others: Moments = [[0.5], [c], [3.0], [1.0]].into_iter().collect();
        let (one, other) = (Evidence::means(values, others).expect("evidence"), Evidence::means(others, values).expect("evidence"));
        prop_assert!((one.z() + other.z()).abs() < 1e-12);
    }

    #[test]
    fn a_plan_needs_what_it_says(
        rate in 0.001_f64..0.5, lift in 0.02_f64..0.5, share in 0.1_f64..0.9, power in 0.5_f64..0.95,
        alternative in prop_oneof![Just(Alternative::TwoSided), Just(Alternative::Greater)], kind in 0_u8..5, rho in -0.9_f64..0.9,
    ) {
        let metric = if kind % 2 == 0 { Metric::share(rate) } else { Metric::mean(rate, 1.7 * rate).expect("a mean").cuped(rho) };
        let level = Level::from_alpha(0.04).expect("a level");
        let test = match kind {
            0 | 1 => Test::Normal,
            2 => Test::AlwaysValid { tuned_for: 5_000.0 },
            3 => Test::Student { pooled: false },
            _ => {
                let looks = equal_looks(3).expect("looks");
                Test::GroupSequential(Design::new(Boundary::Pocock, &looks, level, alternative).expect("a design"))
            }
        };
        let plan = Plan::new(metric.expect("a metric"))
            .with_allocation(Allocation::weighted(&[1.0 - share, share]).expect("weights"))
            .with_level(level)
            .with_alternative(alternative)
            .with_test(test)
            .expect("a test")
            .with_power(power)
            .expect("a power");
        let effect = Effect::Relative(lift);
        let size = plan.sample_size(effect).expect("a size");
        let at = |visitors: f64| plan.power(effect, visitors).unwrap_or(0.0);
        prop_assert!((at(size.exact()) - power).abs() < 1e-7, "{} at {}", at(size.exact()), size.exact());
        prop_assert!(at(size.exact().ceil() + 0.0) >= power - 1e-9);
        prop_assert!(at(size.exact().ceil() - 1.0) < power + 1e-9);
        // Solving for the effect goes back.
        let found = plan.mde(size.exact()).expect("an effect") / plan.power(effect, 1e4).map_or(1.0, |_| rate);
        prop_assert!((found / lift - 1.0).abs() < 1e-5, "{found} {lift}");
    }

    #[test]
    fn the_lift_that_is_found_solves_its_equation(
        rate in 0.005_f64..0.6, visitors in 200.0_f64..1e6, share in 0.1_f64..0.9, down in any::<bool>(), is_share in any::<bool>(),
    ) {
        let metric = if is_share { Metric::share(rate) } else { Metric::mean(rate, 2.0 * rate) }.expect("a metric");
        let alternative = if down { Alternative::Less } else { Alternative::Greater };
        let plan = Plan::new(metric)
            .with_allocation(Allocation::weighted(&[1.0 - share, share]).expect("weights"))
            .with_alternative(alternative);
        match plan.relative_mde(visitors) {
            Ok(lift) => {
                let u = 1.0 + lift;
                let treated = if is_share { rate * u * (1.0 - rate * u) } else { 4.0 * rate * rate };
                let control = if is_share { rate * (1.0 - rate) } else { 4.0 * rate * rate };
                let se2 = (treated / (share * visitors) + u * u * control / ((1.0 - share) * visitors)) / (rate * rate);
                let k = 1.644_853_626_951_472_6 + 0.841_621_233_572_914_3;
                prop_assert!((lift.abs() / se2.sqrt() / k - 1.0).abs() < 1e-6, "{lift}");
                prop_assert_eq!(lift < 0.0, down);
            }
            Err(error) => {
                let is_none = matches!(error, Error::NoEffect { .. });
                prop_assert!(is_none, "{error}");
            }
        }
    }

    #[test]
    fn nothing_panics(
        looks in prop::collection::vec(prop_oneof![any::<f64>(), 0.0_f64..2.0], 0..5), value in any::<f64>(), other in any::<f64>(),
        boundary in prop_oneof![boundary(), any::<f64>().prop_map(|delta| Boundary::WangTsiatis { delta }), any::<f64>().prop_map(|rho| Boundary::Spend(Spending::KimDeMets { rho }))],
        alternative in alternative(), count in any::<u64>(), n in any::<u64>(),
    ) {
        let design = Design::new(boundary, &looks, Level::P95, alternative);
        if let Ok(design) = design {
            let _ = design.operating(value);
            let _ = design.clone().with_futility(Futility::Bounds { values: vec![value; design.looks().len() - 1], binding: true });
            let mut monitor = Monitor::new(design);
            if let Ok(evidence) = Evidence::normal(value, other) {
                let _ = monitor.look(other, evidence);
                let _ = monitor.last_look(0.5, evidence);
                let _ = (monitor.repeated_p_value(), monitor.conclusion(), monitor.conditional_power(value));
                for look in monitor.looks() {
                    let _ = look.repeated_interval();
                }
            }
        }
        if let (Ok(one), Ok(two)) = (Counts::new(count.min(n), n), Counts::new(0, count)) {
            let _ = Evidence::rates(one, two);
        }
        if let Ok(metric) = Metric::share(value).or_else(|_| Metric::mean(value, other)) {
            let plan = Plan::new(metric);
            let _ = (plan.power(Effect::Absolute(other), value), plan.sample_size(Effect::Relative(other)), plan.mde(value), plan.relative_mde(value));
        }
    }
}

#[test]
fn invalid_designs_are_refused() {
    let make = |boundary, looks: &[f64]| Design::new(boundary, looks, Level::P95, Alternative::TwoSided);
    assert!(matches!(make(Boundary::Pocock, &[]), Err(Error::TooFew { .. })));
    for looks in [vec![1.0, 1.0], vec![-1.0, 1.0], vec![0.5, 0.4], vec![f64::NAN], vec![1.0, f64::INFINITY], vec![0.0]]
    {
        assert!(make(Boundary::Pocock, &looks).is_err(), "{looks:?}");
    }
    let two_sided = make(Boundary::Pocock, &[1.0, 2.0]).expect("a design");
    assert!(two_sided.with_futility(Futility::Bounds { values: vec![0.0], binding: false }).is_err());
    assert!(equal_looks(0).is_err() && equal_looks(1001).is_err());
}

#[test]
fn a_hundred_looks() {
    for boundary in [
        Boundary::OBrienFleming,
        Boundary::Pocock,
        Boundary::Spend(Spending::OBrienFleming),
        Boundary::Spend(Spending::Pocock),
    ] {
        let looks = equal_looks(100).expect("looks");
        let design = Design::new(boundary, &looks, Level::P95, Alternative::TwoSided).expect("a design");
        let none = design.operating(0.0).expect("operating");
        let stopped: f64 = none.rejects().iter().chain(&none.rejects_wrongly()).sum();
        assert!((stopped - 0.05).abs() < 1e-13, "{boundary:?}: {stopped}");
    }
}

#[cfg(feature = "serde")]
#[test]
fn what_is_written_is_read() {
    let level = Level::from_alpha(0.025).expect("a level");
    let design = Design::new(Boundary::Spend(Spending::Pocock), &[0.3, 0.7, 1.0], level, Alternative::Greater)
        .expect("a design")
        .with_futility(Futility::Bounds { values: vec![-0.5, 0.2], binding: true })
        .expect("futility");
    let mut monitor = Monitor::new(design);
    let rates = |a, b| {
        Evidence::rates(Counts::new(a, 500).expect("counts"), Counts::new(b, 500).expect("counts")).expect("evidence")
    };
    monitor.look(0.33, rates(51, 48)).expect("a look");
    monitor.look(0.72, rates(91, 78)).expect("a look");
    let text = serde_json::to_string(&monitor).expect("text");
    let read: Monitor = serde_json::from_str(&text).expect("a monitor");
    assert_eq!(read, monitor);
    let plan = Plan::new(Metric::share(0.1).expect("a share"))
        .with_test(Test::GroupSequential(monitor.design().clone()))
        .expect("a test");
    let read_plan: Plan = serde_json::from_str(&serde_json::to_string(&plan).expect("text")).expect("a plan");
    assert_eq!(read_plan, plan);
    // What could not have been made is not read.
    assert!(serde_json::from_str::<Monitor>(&text.replace("0.72", "0.2")).is_err());
}
