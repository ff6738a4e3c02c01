//! The laws of geo experiments.
#![allow(clippy::panic, clippy::unwrap_used, clippy::float_cmp)]

use proptest::prelude::*;
use styring_experiments::geo::{
    Conformal, Counterfactual, Did, LiftTest, Norm, Panel, PanelErrors, PanelRows, Placebos, SyntheticControl,
    Weighting,
};
use styring_experiments::resampling::Plan;
use styring_experiments::{Alternative, ConfidenceSet, Error, Hypothesis, Level, Readout};

/// Any number a user may send, the odd ones among them.
fn wild() -> impl Strategy<Value = f64> + Clone {
    prop_oneof![
        6 => -1e3..1e3_f64,
        3 => (-3..4_i8).prop_map(f64::from),
        1 => prop::sample::select(vec![0.0, -0.0, 5e-324, 1e-300, -1e-160, 1e99, -1e100, 1e300, f64::NAN, f64::INFINITY]),
    ]
}

/// Units × days, how many of the first are treated, and from when.
#[derive(Debug, Clone)]
struct World {
    rows: Vec<Vec<f64>>,
    treated: usize,
    start: usize,
}

impl World {
    fn panel(&self) -> Result<Panel, Error> {
        let names: Vec<String> = (0..self.rows.len()).map(|place| format!("geo {place}")).collect();
        Panel::new(names.clone().into_iter().zip(self.rows.iter().cloned()), &names[..self.treated], self.start)
    }

    fn map(&self, by: impl Fn(usize, usize, f64) -> f64) -> Self {
        let row = |(unit, row): (usize, &Vec<f64>)| row.iter().enumerate().map(|(day, x)| by(unit, day, *x)).collect();
        Self { rows: self.rows.iter().enumerate().map(row).collect(), ..*self }
    }
}

fn rows_of(
    value: impl Strategy<Value = f64> + Clone,
    units: std::ops::Range<usize>,
    before: std::ops::Range<usize>,
) -> impl Strategy<Value = World> {
    (units, before, 1..5_usize).prop_flat_map(move |(units, start, after)| {
        let row = prop::collection::vec(value.clone(), start + after);
        (prop::collection::vec(row, units), 1..units.max(2)).prop_map(move |(rows, treated)| World {
            rows,
            treated,
            start,
        })
    })
}

/// More days before than donors, so that weights are unique.
fn tame() -> impl Strategy<Value = World> {
    rows_of(-10.0..10.0_f64, 3..8, 9..20)
}

fn whole() -> impl Strategy<Value = World> {
    rows_of((0..4_u8).prop_map(f64::from), 2..7, 1..7)
}

fn question() -> impl Strategy<Value = Hypothesis> {
    let alternative = prop::sample::select(vec![Alternative::TwoSided, Alternative::Greater, Alternative::Less]);
    let level = prop_oneof![0.5..0.99_f64, (1..9_u8).prop_map(|part| 1.0 - f64::from(part) / 10.0)];
    (level, alternative, prop_oneof![Just(0.0), -10.0..10.0_f64, (-3..4_i8).prop_map(f64::from)]).prop_map(
        |(level, alternative, null)| Hypothesis::from(alternative).at(Level::new(level).unwrap()).against(null),
    )
}

fn weighting() -> impl Strategy<Value = Weighting> {
    (any::<bool>(), prop::option::of(0.1..100.0_f64)).prop_map(|(demeaned, ridge)| Weighting { demeaned, ridge })
}

fn proxy() -> impl Strategy<Value = Counterfactual> {
    prop_oneof![Just(Counterfactual::MeanDifference), weighting().prop_map(Counterfactual::Synthetic)]
}

fn norm() -> impl Strategy<Value = Norm> {
    prop::sample::select(vec![Norm::Absolute, Norm::Square, Norm::Sum])
}

/// No readout holds what is no number, and p-value and set are one test: of ranks and shifts to the last bit.
fn one_test(readout: &Readout) {
    let (p, alpha, null) = (readout.p_value(), readout.level().alpha(), readout.null());
    assert!((0.0..=1.0).contains(&p), "{readout:?}");
    assert!(readout.estimate().is_none_or(f64::is_finite), "{readout:?}");
    let (low, high) = readout.set().ends();
    assert!(!low.is_nan() && !high.is_nan() && low <= high, "{readout:?}");
    assert_eq!(p < alpha, !readout.set().contains(null), "{readout:?}");
}

fn near(one: f64, other: f64, scale: f64) {
    assert!((one - other).abs() <= 1e-8 * scale, "{one} {other}");
}

fn all_near(one: &[f64], other: &[f64], scale: f64) {
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(other) {
        near(*one, *other, scale);
    }
}

proptest! {
    #[test]
    fn any_panel_has_an_answer_or_an_error(
        rows in rows_of(wild(), 1..6, 0..6), question in question(), weighting in weighting(), proxy in proxy(), norm in norm(), null in wild(),
    ) {
        let Ok(panel) = rows.panel() else { return Ok(()) };
        let did = Did::new(&panel);
        prop_assert!(did.effect().is_finite());
        let plan = Plan { resamples: 20, exact_up_to: 100, ..Plan::default() };
        let mut readouts = vec![did.randomisation(question, plan)];
        for errors in [PanelErrors::Classical, PanelErrors::Hc1, PanelErrors::Cluster] {
            readouts.push(did.readout(errors, question));
        }
        let conformal = Conformal::new(&panel, proxy, norm);
        for question in [question, question.against(null)] {
            readouts.push(conformal.readout(question));
            readouts.push(Placebos::new(&panel, weighting).and_then(|placebos| placebos.readout(question)));
        }
        for readout in readouts.into_iter().flatten() {
            let (low, high) = readout.set().ends();
            prop_assert!((0.0..=1.0).contains(&readout.p_value()) && !low.is_nan() && !high.is_nan());
        }
        if let Ok(fit) = SyntheticControl::new(&panel, weighting) {
            let numbers = [fit.effect(), fit.total(), fit.l2(), fit.rmspe_after(), fit.effective_donors(), fit.violation()];
            prop_assert!(numbers.into_iter().chain(fit.gaps()).all(f64::is_finite));
            prop_assert!([fit.lift(), fit.scaled_l2(), fit.rmspe_ratio()].into_iter().flatten().all(f64::is_finite));
        }
    }

    #[test]
    fn weights_are_on_the_simplex_and_optimal(rows in prop_oneof![tame(), whole(), rows_of(-10.0..10.0_f64, 4..14, 1..6)], demeaned: bool) {
        // Also with fewer days than donors, and with units that are alike.
        let fit = SyntheticControl::new(&rows.panel().unwrap(), Weighting { demeaned, ridge: None }).unwrap();
        prop_assert!(fit.weights().iter().all(|weight| *weight >= 0.0));
        near(fit.weights().iter().sum(), 1.0, 1.0);
        prop_assert!(fit.violation() <= 1e-9);
        // No donor alone, nor the plain mean, is nearer.
        prop_assert!(fit.scaled_l2().is_none_or(|scaled| scaled <= 1.0 + 1e-6));
        prop_assert!((1.0 - 1e-9..=fit.donors().len() as f64 + 1e-9).contains(&fit.effective_donors()));
    }

    #[test]
    fn no_direction_leads_nearer(rows in tame(), towards in 0..7_usize, step in 1e-3..0.5_f64) {
        let panel = rows.panel().unwrap();
        let fit = SyntheticControl::new(&panel, Weighting::default()).unwrap();
        let donor = panel.values(&fit.donors()[towards % fit.donors().len()]).unwrap();
        let moved: f64 = (0..rows.start)
            .map(|day| fit.actual()[day] - (1.0 - step) * fit.counterfactual()[day] - step * donor[day])
            .map(|gap| gap * gap)
            .sum();
        prop_assert!(moved.sqrt() >= fit.l2() * (1.0 - 1e-9) - 1e-9);
    }

    #[test]
    fn the_order_of_donors_says_nothing(rows in tame(), weighting in weighting(), turn in 1..6_usize) {
        let mut turned = rows.clone();
        let donors = &mut turned.rows[rows.treated..];
        let by = turn % donors.len();
        donors.rotate_left(by);
        let fits = [&rows, &turned].map(|rows| SyntheticControl::new(&rows.panel().unwrap(), weighting).unwrap());
        let mut weights = fits[0].weights().to_vec();
        weights.rotate_left(by);
        all_near(&weights, fits[1].weights(), 10.0);
        all_near(fits[0].counterfactual(), fits[1].counterfactual(), 100.0);
        let p = [&rows, &turned].map(|rows| Placebos::new(&rows.panel().unwrap(), weighting).and_then(|placebos| placebos.rmspe_p_value()));
        prop_assert_eq!(&p[0], &p[1]);
    }

    #[test]
    fn scale_and_shift(rows in tame(), factor in prop::sample::select(vec![-3.0, 0.5, 1e-6, 1e6]), shift in -50.0..50.0_f64, demeaned: bool) {
        let weighting = Weighting { demeaned, ridge: None };
        let moved = rows.map(|_, day, value| factor * (value + shift * (day as f64 / 7.0).sin()));
        let [own, other] = [&rows, &moved].map(|rows| SyntheticControl::new(&rows.panel().unwrap(), weighting).unwrap());
        // What all units share on a day, and the unit of measurement, change no weight.
        all_near(own.weights(), other.weights(), 1e3);
        near(own.effect() * factor, other.effect(), 1e3 * factor.abs());
        let [own, other] = [&rows, &moved].map(|rows| Did::new(&rows.panel().unwrap()));
        near(own.effect() * factor, other.effect(), 1e2 * factor.abs());
        for errors in [PanelErrors::Classical, PanelErrors::Hc1, PanelErrors::Cluster] {
            if let (Ok(own), Ok(other)) = (own.standard_error(errors), other.standard_error(errors)) {
                near(own * factor.abs(), other, 1e2 * factor.abs());
            }
        }
    }

    #[test]
    fn an_effect_that_is_added_is_found(rows in tame(), effect in -20.0..20.0_f64, weighting in weighting(), proxy in proxy(), norm in norm()) {
        let more = rows.map(|unit, day, value| if unit < rows.treated && day >= rows.start { value + effect } else { value });
        let [own, other] = [&rows, &more].map(|rows| rows.panel().unwrap());
        near(Did::new(&own).effect() + effect, Did::new(&other).effect(), 100.0);
        let fits = [&own, &other].map(|panel| SyntheticControl::new(panel, weighting).unwrap().effect());
        near(fits[0] + effect, fits[1], 100.0);
        let conformal = [&own, &other].map(|panel| Conformal::new(panel, proxy, norm));
        near(conformal[0].effect().unwrap() + effect, conformal[1].effect().unwrap(), 100.0);
        for alternative in [Alternative::TwoSided, Alternative::Greater, Alternative::Less] {
            let p = conformal[0].p_value(0.0, alternative).unwrap();
            prop_assert!((p - conformal[1].p_value(effect, alternative).unwrap()).abs() < 1e-12);
        }
    }

    #[test]
    fn units_of_their_own_level_change_no_difference(rows in tame(), level in -100.0..100.0_f64) {
        let moved = rows.map(|unit, _, value| value + level * unit as f64);
        let [own, other] = [&rows, &moved].map(|rows| Did::new(&rows.panel().unwrap()));
        near(own.effect(), other.effect(), 1e4);
        let demeaned = Weighting { demeaned: true, ridge: None };
        let [own, other] = [&rows, &moved].map(|rows| SyntheticControl::new(&rows.panel().unwrap(), demeaned).unwrap());
        near(own.effect(), other.effect(), 1e4);
    }

    #[test]
    fn p_value_and_set_of_a_regression_are_one_test(rows in tame(), question in question()) {
        let did = Did::new(&rows.panel().unwrap());
        for errors in [PanelErrors::Classical, PanelErrors::Hc1, PanelErrors::Cluster] {
            if let Ok(readout) = did.readout(errors, question)
                && (readout.p_value() / readout.level().alpha() - 1.0).abs() > 1e-6
            {
                one_test(&readout);
            }
        }
        one_test(&did.randomisation(question, Plan::default()).unwrap());
    }

    #[test]
    fn p_value_and_set_of_conformal_inference_are_one_test(rows in prop_oneof![tame(), whole()], question in question(), proxy in proxy(), norm in norm()) {
        let conformal = Conformal::new(&rows.panel().unwrap(), proxy, norm);
        let readout = conformal.readout(question).unwrap();
        one_test(&readout);
        prop_assert!(readout.set().contains(readout.estimate().unwrap()));
        // The p-value is never below the plain one, and never below what T shifts can show.
        prop_assert!(readout.p_value() >= conformal.p_value(readout.null(), readout.alternative()).unwrap());
        prop_assert!(readout.p_value() >= 1.0 / (rows.rows[0].len() as f64) - 1e-12);
    }

    #[test]
    fn an_exact_set_holds_all_that_is_not_rejected(rows in tame(), question in question(), norm in norm(), effect in -40.0..40.0_f64) {
        let conformal = Conformal::new(&rows.panel().unwrap(), Counterfactual::MeanDifference, norm);
        let set = conformal.readout(question).unwrap().set();
        if conformal.p_value(effect, question.alternative()).unwrap() >= question.level().alpha() {
            prop_assert!(set.contains(effect), "{effect} {set:?}");
        }
        if let ConfidenceSet::Interval { low, high } = set {
            // And ends where it is.
            let width = high - low;
            for beyond in [low - 1e-3 * width - 1e-9, high + 1e-3 * width + 1e-9] {
                prop_assert!(conformal.p_value(beyond, question.alternative()).unwrap() < question.level().alpha());
            }
        }
    }

    #[test]
    fn p_value_and_set_of_placebos_are_one_test(rows in prop_oneof![tame(), whole()], question in question(), weighting in weighting()) {
        let Ok(placebos) = Placebos::new(&rows.panel().unwrap(), weighting) else { return Ok(()) };
        let Ok(readout) = placebos.readout(question) else { return Ok(()) };
        one_test(&readout);
        prop_assert!(question.alternative() != Alternative::TwoSided || readout.set().contains(readout.estimate().unwrap()));
    }

    #[test]
    fn a_wide_ridge_changes_nothing(rows in tame(), demeaned: bool) {
        let panel = rows.panel().unwrap();
        let plain = SyntheticControl::new(&panel, Weighting { demeaned, ridge: None }).unwrap();
        let wide = SyntheticControl::new(&panel, Weighting { demeaned, ridge: Some(1e14) }).unwrap();
        all_near(plain.weights(), wide.weights(), 1.0);
        let some = SyntheticControl::new(&panel, Weighting { demeaned, ridge: Some(1.0) }).unwrap();
        near(some.weights().iter().sum(), 1.0, 10.0);
        // It may go beyond the hull, so it fits no worse before.
        prop_assert!(some.l2() <= plain.l2() * (1.0 + 1e-9));
    }

    #[test]
    fn rows_merge(cells in prop::collection::vec((0..3_u8, 0..4_i32, (-50..50_i8).prop_map(f64::from)), 0..40), cut in 0..40_usize) {
        let of = |cells: &[(u8, i32, f64)]| {
            let mut rows = PanelRows::default();
            for (unit, day, value) in cells {
                rows.add(&format!("geo {unit}"), *day, *value).unwrap();
            }
            rows
        };
        let (one, other) = cells.split_at(cut.min(cells.len()));
        let (mut merged, mut backwards) = (of(one), of(other));
        merged.merge(&of(other)).unwrap();
        backwards.merge(&of(one)).unwrap();
        prop_assert_eq!(&merged, &of(&cells));
        prop_assert_eq!(&merged, &backwards);
        let mut none = PanelRows::default();
        none.merge(&merged).unwrap();
        prop_assert_eq!(&merged, &none);
        let _ = merged.panel(&["geo 0"], 2);
    }

    #[test]
    fn a_lift_test_is_a_density(lift in 0.1..100.0_f64, error in 0.5..50.0_f64, model in 1.0..100.0_f64, factor in 1e-3..1e3_f64) {
        let value = LiftTest::new(lift, error).unwrap().log_likelihood(model).unwrap();
        // Signs do not count; in another unit of measurement the density is per that unit.
        prop_assert_eq!(value, LiftTest::new(-lift, error).unwrap().log_likelihood(-model).unwrap());
        let other = LiftTest::new(lift * factor, error * factor).unwrap().log_likelihood(model * factor).unwrap();
        near(value - factor.ln(), other, 1.0 + value.abs());
    }

    #[test]
    fn any_lift_test_has_an_answer_or_an_error(lift in any::<f64>(), error in any::<f64>(), model in prop_oneof![any::<f64>(), wild()]) {
        if let Ok(test) = LiftTest::new(lift, error)
            && let Ok(value) = test.log_likelihood(model)
        {
            prop_assert!(value.is_finite());
        }
    }
}

/// ln Γ, by moving up to where Stirling's formula is exact.
fn ln_gamma(mut x: f64) -> f64 {
    let mut product = 0.0;
    while x < 40.0 {
        product += x.ln();
        x += 1.0;
    }
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3))
        + 1.0 / (1260.0 * x.powi(5))
        - product
}

#[test]
fn a_precise_lift_test_loses_no_digits() {
    // Near its mean a gamma density of a large shape is the normal one.
    let test = LiftTest::new(1e6 + 0.5, 1.0).unwrap();
    let normal = -0.5 * (2.0 * std::f64::consts::PI).ln() - 0.125;
    assert!((test.log_likelihood(1e6).unwrap() - normal).abs() < 1e-5);
    // Against ln Γ written out, across the place where the series begins.
    for (lift, model, error) in [(3.0, 2.0, 1.0), (9.9, 10.0, 3.16), (10.1, 10.0, 3.17), (0.001, 2.0, 1.9)] {
        let (shape, rate): (f64, f64) = (model * model / error / error, model / error / error);
        let plain = shape * rate.ln() - ln_gamma(shape) + (shape - 1.0) * f64::ln(lift) - rate * lift;
        let got = LiftTest::new(lift, error).unwrap().log_likelihood(model).unwrap();
        assert!((got - plain).abs() < 1e-11 * (1.0 + plain.abs()), "{got} {plain}");
    }
}

#[test]
fn what_is_wrong_with_a_panel_is_said() {
    let fails = |units: Vec<(&str, Vec<f64>)>, treated: &[&str], start| {
        Panel::new(units, treated, start).unwrap_err().to_string()
    };
    let two = || vec![("a", vec![1.0, 2.0]), ("b", vec![1.0, 2.0])];
    assert_eq!(fails(two(), &["c"], 1), "unit c is not in the panel");
    assert_eq!(fails(two(), &["a", "a"], 1), "unit a is named twice");
    assert_eq!(fails(two(), &[], 1), "treated units: 1 or more are needed, there are 0");
    assert_eq!(fails(two(), &["a", "b"], 1), "units without the treatment: 1 or more are needed, there are 0");
    assert_eq!(fails(two(), &["a"], 0), "first treated day must be after the first day and not after the last, not 0");
    assert_eq!(fails(vec![("a", vec![1.0]), ("a", vec![1.0])], &["a"], 1), "unit a is there twice");
    assert_eq!(
        fails(vec![("a", vec![1.0]), ("b", vec![])], &["a"], 1),
        "the days of units must be of one length, not 1 and 0"
    );
    let mut rows = PanelRows::default();
    rows.add("a", 1, 1.0).unwrap();
    rows.add("b", 2, 1.0).unwrap();
    assert_eq!(rows.panel(&["a"], 2).unwrap_err().to_string(), "unit a has no value on some day of the panel");
}

#[test]
fn a_perfect_fit_is_no_measure_of_error() {
    let rows = vec![("a", vec![1.0, 2.0, 3.0, 9.0]), ("b", vec![1.0, 2.0, 3.0, 4.0]), ("c", vec![7.0, 1.0, 5.0, 2.0])];
    let panel = Panel::new(rows, &["a"], 3).unwrap();
    let fit = SyntheticControl::new(&panel, Weighting::default()).unwrap();
    assert_eq!((fit.effect(), fit.rmspe_ratio()), (5.0, None));
    let placebos = Placebos::new(&panel, Weighting::default()).unwrap();
    assert!(matches!(placebos.rmspe_p_value(), Err(Error::NoSpread { .. })));
    assert!(matches!(placebos.readout(Level::P95), Err(Error::NoSpread { .. })));
}

#[cfg(feature = "serde")]
mod stored {
    use super::*;

    proptest! {
        #[test]
        fn a_panel_comes_back(rows in whole()) {
            let panel = rows.panel().unwrap();
            let text = serde_json::to_string(&panel).unwrap();
            prop_assert_eq!(serde_json::from_str::<Panel>(&text).unwrap(), panel);
            let broken = text.replace(&format!("\"first_treated\":{}", rows.start), "\"first_treated\":0");
            prop_assert!(serde_json::from_str::<Panel>(&broken).is_err());
        }
    }

    #[test]
    fn rows_and_lift_tests_come_back_through_their_checks() {
        let mut rows = PanelRows::default();
        rows.add("a", 1, 2.5).unwrap();
        rows.add("b", -3, 0.5).unwrap();
        let text = serde_json::to_string(&rows).unwrap();
        assert_eq!(serde_json::from_str::<PanelRows>(&text).unwrap(), rows);
        assert!(serde_json::from_str::<PanelRows>(r#"[["a",1,1e300]]"#).is_err());
        let test = LiftTest::new(2.0, 1.0).unwrap();
        assert_eq!(serde_json::from_str::<LiftTest>(&serde_json::to_string(&test).unwrap()).unwrap(), test);
        assert!(serde_json::from_str::<LiftTest>("[0.0,1.0]").is_err());
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place within a range")]
fn below(end: usize, uniform: f64) -> usize {
    (end as f64 * uniform) as usize
}

/// Units of very different size that share a trend and a season, some almost the same, with more or fewer days than donors.
#[test]
fn a_thousand_panels_have_a_certified_optimum() {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut uniform = move || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    for run in 0..1_000_u32 {
        let (units, before) = (3 + below(58, uniform()), 2 + below(120, uniform()));
        let noise = 10_f64.powf(uniform() * 4.0 - 3.0);
        let mut rows: Vec<Vec<f64>> = (0..units)
            .map(|_| {
                let (size, slope) = (10_f64.powf(4.0 * uniform()), uniform());
                (0..before + 3)
                    .map(|day| size * (10.0 + slope * day as f64 / 10.0 + (day as f64 / 1.1).sin() + noise * uniform()))
                    .collect()
            })
            .collect();
        if run % 3 == 0 {
            rows[units - 1] = rows[1].iter().map(|value| value * (1.0 + 1e-13 * uniform())).collect();
        }
        let world = World { rows, treated: 1, start: before };
        for demeaned in [false, true] {
            let fit = SyntheticControl::new(&world.panel().unwrap(), Weighting { demeaned, ridge: None });
            let fit = fit.unwrap_or_else(|error| panic!("run {run}: {units} units, {before} days: {error}"));
            assert!(fit.violation() <= 1e-9);
        }
    }
}
