//! What holds for every fit.
#![allow(clippy::expect_used)]

use proptest::prelude::*;
use styring_response::Curve;
use styring_response::fit::{Answer, Fit, Form, Pairs, Variance, Why};

fn size() -> impl Strategy<Value = f64> {
    (-9.0_f64..9.0).prop_map(|power| 10.0_f64.powf(power))
}

/// A curve with its form, bent within the spends from 0 to about 1.
fn truth() -> impl Strategy<Value = (Form, Curve)> {
    use styring_response::Family::{Expsat, Hill, Log, Logistic, MichaelisMenten, Power, Sigmoid, Tanh};
    let a = 0.1_f64..100.0;
    let c = 0.1_f64..1.0;
    prop_oneof![
        (a.clone(), c.clone()).prop_map(|(a, c)| (Form::Log, Log { a, c })),
        (a.clone(), 0.1_f64..0.9).prop_map(|(a, p)| (Form::Power, Power { a, p })),
        (a.clone(), c.clone()).prop_map(|(a, c)| (Form::Expsat, Expsat { a, c })),
        (a.clone(), 1.0_f64..10.0).prop_map(|(a, lam)| (Form::Logistic, Logistic { a, lam })),
        (a.clone(), c.clone()).prop_map(|(b, reach)| (Form::Tanh, Tanh { b, c: reach / b })),
        (a.clone(), c.clone()).prop_map(|(a, k)| (Form::MichaelisMenten, MichaelisMenten { a, k })),
        (a.clone(), 0.5_f64..3.0, c).prop_map(|(a, s, k)| (Form::Hill, Hill { a, s, k })),
        (a, 0.5_f64..5.0, 0.08_f64..0.15).prop_map(|(a, z, w)| (Form::Sigmoid, Sigmoid { a, m: z * w, w })),
    ]
    .prop_map(|(form, family)| (form, Curve::new(family).expect("a curve")))
}

fn spends() -> impl Strategy<Value = Vec<f64>> {
    (6_usize..15, 0.01_f64..0.1).prop_map(|(n, first)| (0..n).map(|i| first + i as f64 / n as f64).collect())
}

fn close(one: f64, other: f64, tolerance: f64) -> bool {
    (one - other).abs() <= tolerance * one.abs().max(other.abs())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_curve_without_noise_is_found((form, curve) in truth(), x in spends()) {
        let y: Vec<f64> = x.iter().map(|x| curve.value(*x)).collect();
        let answer = Fit::new(form).run(&Pairs::new(&x, &y).expect("pairs")).expect("a fit");
        let Answer::Identified(fitted) = &answer else { return Err(TestCaseError::fail(format!("{:?}", answer.why()))) };
        for (x, y) in x.iter().zip(&y) {
            prop_assert!(close(fitted.curve().value(*x), *y, 1e-8));
        }
        let there = styring_response::Family::from(fitted.curve().clone());
        prop_assert!(close(fitted.curve().value(0.5), curve.value(0.5), 1e-8), "{there:?}");
        prop_assert!(fitted.r_squared().is_some_and(|r| r > 1.0 - 1e-12));
        let response = fitted.response(0.5);
        let (low, high) = (response.low().expect("an end"), response.high().expect("an end"));
        prop_assert!(close(low, high, 1e-6), "{response:?}");
    }

    #[test]
    fn units_change_nothing((form, curve) in truth(), x in spends(), noise in prop::collection::vec(-0.03_f64..0.03, 15), spend in size(), result in size(), counts in any::<bool>()) {
        let y: Vec<f64> = x.iter().zip(&noise).map(|(x, noise)| curve.value(*x) * (1.0 + noise)).collect();
        let variance = if counts { Variance::Mean } else { Variance::Constant };
        let fit = |x: &[f64], y: &[f64]| Fit::new(form).variance(variance).run(&Pairs::new(x, y).expect("pairs")).expect("a fit");
        let one = fit(&x, &y);
        let [in_x, in_y] = [(&x, spend), (&y, result)].map(|(values, unit)| values.iter().map(|value| value * unit).collect::<Vec<_>>());
        let other = fit(&in_x, &in_y);
        prop_assert_eq!(one.why(), other.why());
        let (one, other) = (one.best().expect("a curve"), other.best().expect("a curve"));
        // With a residual the bottom is flat, and an end of a range is where it comes to a limit to the last digits.
        let unit = if counts { result } else { result * result };
        // Weights of counts come from a curve whose valley may be flat.
        let tolerance = if counts { 1e-5 } else { 1e-9 };
        let rounding = 1e-24 * y.iter().map(|y| y * y).sum::<f64>() * unit;
        prop_assert!((one.sse() * unit - other.sse()).abs() <= tolerance * other.sse() + rounding, "{} {}", one.sse() * unit, other.sse());
        for at in [0.2, 0.7, 1.5] {
            let (here, there) = (one.response(at), other.response(at * spend));
            prop_assert!(close(here.value() * result, there.value(), 1e-6));
            for (here, there) in [(here.low(), there.low()), (here.high(), there.high())] {
                prop_assert!(close(here.expect("an end") * result, there.expect("an end"), 1e-4), "{here:?} {there:?}");
            }
        }
    }

    #[test]
    fn the_best_is_in_its_intervals((form, curve) in truth(), x in spends(), noise in prop::collection::vec(-0.5_f64..0.5, 15), at in 0.01_f64..3.0) {
        let y: Vec<f64> = x.iter().zip(&noise).map(|(x, noise)| curve.value(*x) * (1.0 + noise)).collect();
        let answer = Fit::new(form).run(&Pairs::new(&x, &y).expect("pairs")).expect("a fit");
        let fitted = answer.best().expect("a curve");
        let response = fitted.response(at);
        prop_assert!(response.contains(response.value()) && response.low() >= Some(0.0));
        if let Some(marginal) = fitted.marginal(at) {
            prop_assert!(marginal.contains(marginal.value()));
        }
        for parameter in fitted.parameters() {
            prop_assert!(parameter.estimate().contains(parameter.estimate().value()), "{parameter:?}");
        }
        // Every plausible curve is about as good as the limit allows.
        let t_square = 200.0; // Student's quantile squared, at most, with three degrees of freedom or more it is 10.2; with fewer rows are too few
        for curve in fitted.plausible() {
            let sse: f64 = x.iter().zip(&y).map(|(x, y)| (y - curve.value(*x)) * (y - curve.value(*x))).sum();
            prop_assert!(sse <= fitted.sse() * (1.0 + t_square / fitted.degrees() as f64) * (1.0 + 1e-6) + 1e-20);
        }
        let narrower = Fit::new(form).level(0.5).expect("a level").run(&Pairs::new(&x, &y).expect("pairs")).expect("a fit");
        let narrow = narrower.best().expect("a curve").response(at);
        let ends = |estimate: styring_response::fit::Estimate| (estimate.low().expect("an end"), estimate.high().expect("an end"));
        let ((low, high), (narrow_low, narrow_high)) = (ends(response), ends(narrow));
        // Traced, not solved.
        let slack = 0.01 * (high - low) + 1e-9 * high;
        prop_assert!(narrow_low >= low - slack && narrow_high <= high + slack, "{response:?} {narrow:?}");
    }

    #[test]
    fn the_order_of_pairs_changes_nothing((form, curve) in truth(), x in spends(), noise in prop::collection::vec(-0.1_f64..0.1, 15)) {
        let y: Vec<f64> = x.iter().zip(&noise).map(|(x, noise)| curve.value(*x) * (1.0 + noise)).collect();
        let fit = |x: &[f64], y: &[f64]| Fit::new(form).run(&Pairs::new(x, y).expect("pairs")).expect("a fit");
        let one = fit(&x, &y);
        let [x, y] = [x, y].map(|values| values.into_iter().rev().collect::<Vec<_>>());
        let other = fit(&x, &y);
        let [one, other] = [one, other].map(|answer| answer.best().expect("a curve").sse());
        prop_assert!(close(one, other, 1e-9) || one < 1e-20, "{one} {other}");
    }

    #[test]
    fn weights_are_repetitions((form, curve) in truth(), x in spends(), noise in prop::collection::vec(-0.1_f64..0.1, 15), twice in prop::collection::vec(any::<bool>(), 15)) {
        let y: Vec<f64> = x.iter().zip(&noise).map(|(x, noise)| curve.value(*x) * (1.0 + noise)).collect();
        let weights: Vec<f64> = (0..x.len()).map(|i| if twice[i] { 2.0 } else { 1.0 }).collect();
        let repeated = |values: &[f64]| values.iter().zip(&twice).flat_map(|(value, twice)| vec![*value; 1 + usize::from(*twice)]).collect::<Vec<_>>();
        let weighted = Fit::new(form).run(&Pairs::new(&x, &y).and_then(|pairs| pairs.weighted(&weights)).expect("pairs")).expect("a fit");
        let rows = Fit::new(form).run(&Pairs::new(&repeated(&x), &repeated(&y)).expect("pairs")).expect("a fit");
        let (weighted, rows) = (weighted.best().expect("a curve"), rows.best().expect("a curve"));
        prop_assert!(close(weighted.sse(), rows.sse(), 1e-9) || rows.sse() < 1e-20);
        prop_assert!(close(weighted.curve().value(0.5), rows.curve().value(0.5), 1e-6));
    }

    #[test]
    fn what_is_given_stays(s in 0.5_f64..3.0, k in 0.2_f64..0.8, a in 1.0_f64..100.0, x in spends(), noise in prop::collection::vec(-0.05_f64..0.05, 15)) {
        let curve = Curve::hill(a, s, k).expect("a curve");
        let y: Vec<f64> = x.iter().zip(&noise).map(|(x, noise)| curve.value(*x) * (1.0 + noise)).collect();
        let pairs = Pairs::new(&x, &y).expect("pairs");
        let free = Fit::new(Form::Hill).run(&pairs).expect("a fit");
        for (name, value) in [("a", a), ("s", s), ("k", k)] {
            let answer = Fit::new(Form::Hill).fix(name, value).expect("known").run(&pairs).expect("a fit");
            let given = answer.best().expect("a curve");
            let parameter = given.parameter(name).expect("a parameter");
            prop_assert!(parameter.is_fixed() && close(parameter.estimate().value(), value, 1e-12));
            prop_assert!(given.sse() >= free.best().expect("a curve").sse() * (1.0 - 1e-9));
            prop_assert_eq!(given.degrees(), x.len() - 2);
        }
        let other = Fit::new(Form::MichaelisMenten).run(&pairs).expect("a fit");
        let one = Fit::new(Form::Hill).fix("s", 1.0).expect("known").run(&pairs).expect("a fit");
        prop_assert!(close(one.best().expect("a curve").sse(), other.best().expect("a curve").sse(), 1e-8));
    }

    #[test]
    fn nothing_panics(pairs in prop::collection::vec((number(), number(), number()), 0..9), which in 0_usize..9, fixed in number(), name in 0_usize..3, level in 0.01_f64..0.999, counts in any::<bool>(), weighted in any::<bool>()) {
        let form = Form::ALL.get(which).copied().unwrap_or(if which == 7 { Form::Tanh } else { Form::Robyn { carryover: fixed } });
        let (x, rest): (Vec<f64>, Vec<(f64, f64)>) = pairs.into_iter().map(|(x, y, w)| (x, (y, w))).unzip();
        let (y, w): (Vec<f64>, Vec<f64>) = rest.into_iter().unzip();
        let Ok(mut data) = Pairs::new(&x, &y) else { return Ok(()) };
        if weighted && let Ok(with) = data.clone().weighted(&w) {
            data = with;
        }
        let mut fits = vec![Fit::new(form)];
        if let Some(name) = form.parameters().get(name) {
            fits.extend(Fit::new(form).fix(name, fixed));
        }
        let variance = if counts { Variance::Mean } else { Variance::Constant };
        for fit in fits {
            let Ok(answer) = fit.variance(variance).level(level).expect("a level").run(&data) else { continue };
            let Some(fitted) = answer.best() else { continue };
            let mut numbers = vec![Some(fitted.sse()), Some(fitted.residual_sd()), fitted.r_squared(), fitted.aicc(), fitted.lag_one()];
            for at in [0.0, 1.0, 1e9] {
                for estimate in [Some(fitted.response(at)), fitted.marginal(at), fitted.marginal_cost(at)].into_iter().flatten() {
                    numbers.extend([Some(estimate.value()), estimate.low(), estimate.high()]);
                }
            }
            for parameter in fitted.parameters() {
                numbers.extend([Some(parameter.estimate().value()), parameter.estimate().low(), parameter.estimate().high()]);
            }
            numbers.extend(fitted.covariance().into_iter().flatten().flatten().copied().map(Some));
            prop_assert!(numbers.iter().flatten().all(|number| number.is_finite()), "{numbers:?} {:?}", fitted.parameters());
        }
    }
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        Just(0.0),
        Just(1.0),
        0.1_f64..10.0,
        0.1_f64..10.0,
        0.1_f64..10.0,
        Just(1e100),
        Just(1e-300),
        (-9.0_f64..9.0).prop_map(|power| 10.0_f64.powf(power))
    ]
}

fn why(form: Form, x: &[f64], y: &[f64]) -> Option<Why> {
    Fit::new(form).run(&Pairs::new(x, y).expect("pairs")).expect("a fit").why().copied()
}

#[test]
fn what_data_cannot_tell_is_said() {
    let x: Vec<f64> = (1..=12).map(f64::from).collect();
    let noise = [0.3, -0.2, 0.4, -0.5, 0.1, 0.2, -0.3, 0.5, -0.1, -0.4, 0.2, -0.2];
    let with_noise = |f: &dyn Fn(f64) -> f64| x.iter().zip(noise).map(|(x, noise)| f(*x) + noise).collect::<Vec<_>>();
    let concave = [Form::Log, Form::Power, Form::Expsat, Form::Logistic, Form::MichaelisMenten];
    for form in concave {
        assert_eq!(why(form, &x, &with_noise(&|x| 3.0 * x)), Some(Why::StraightLine), "{form:?}");
        // Far out on the ceiling. A constant is no power curve but for a power of nought.
        assert_eq!(why(form, &x, &with_noise(&|_| 40.0)), Some(Why::Constant), "{form:?}");
        assert_eq!(why(form, &x, &with_noise(&|x| 40.0 - 2.0 * x)), Some(Why::Falls), "{form:?}");
        assert_eq!(why(form, &x, &[0.0; 12]), Some(Why::NoResults));
        assert_eq!(why(form, &x, &[-1.0; 12]), Some(Why::NoResults));
        let two = [1.0, 1.0, 1.0, 2.0, 2.0, 2.0];
        assert_eq!(
            why(form, &two, &[1.0, 1.1, 0.9, 1.5, 1.4, 1.6]),
            Some(Why::TooFewSpends { distinct: 2, needed: 3 })
        );
    }
    assert_eq!(why(Form::Hill, &x, &with_noise(&|x| x * x)), Some(Why::NoCeiling));
    let step = with_noise(&|x| if x > 6.5 { 50.0 } else { 0.0 });
    assert!(matches!(why(Form::Hill, &x, &step), Some(Why::Open { parameter: "s" })));
    let wild: Vec<f64> = noise.iter().map(|noise| 1.0 + 4.0 * noise).collect();
    assert_eq!(why(Form::MichaelisMenten, &x[8..], &wild[8..]), Some(Why::Anything));
}

#[test]
fn a_line_without_noise_has_no_bend() {
    let x: Vec<f64> = (1..=12).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| 3.0 * x).collect();
    for form in [Form::Log, Form::Power, Form::Expsat, Form::Logistic, Form::Tanh, Form::MichaelisMenten] {
        assert_eq!(why(form, &x, &y), Some(Why::StraightLine), "{form:?}");
        let answer = Fit::new(form).run(&Pairs::new(&x, &y).expect("pairs")).expect("a fit");
        let next = answer.best().and_then(|fitted| fitted.marginal(6.0)).expect("a slope");
        assert!((next.value() - 3.0).abs() < 1e-2, "{form:?} {next:?}");
    }
}

#[test]
fn spends_outside_are_told() {
    let pairs = Pairs::new(&[2.0, 3.0, 5.0, 8.0], &[3.0, 4.0, 5.0, 5.5]).expect("pairs");
    let answer = Fit::new(Form::MichaelisMenten).run(&pairs).expect("a fit");
    let fitted = answer.best().expect("a curve");
    assert_eq!(fitted.observed(), (2.0, 8.0));
    for (spend, outside) in [(1.0, true), (2.0, false), (8.0, false), (8.1, true), (f64::NAN, true)] {
        assert_eq!(fitted.is_extrapolated(spend), outside);
    }
}

#[test]
fn carry_over_moves_the_curve() {
    let truth =
        Curve::new(styring_response::Family::Robyn { coef: 900.0, alpha: 1.5, inflexion: 40.0, carryover: 15.0 });
    let truth = truth.expect("a curve");
    let x: Vec<f64> = (0..12).map(|i| f64::from(i) * 10.0).collect();
    let y: Vec<f64> = x.iter().map(|x| truth.value(*x)).collect();
    let answer = Fit::new(Form::Robyn { carryover: 15.0 }).run(&Pairs::new(&x, &y).expect("pairs")).expect("a fit");
    let fitted = answer.identified().expect("a curve");
    // Without spend something comes all the same, and is a row like others.
    assert_eq!(fitted.n(), 12);
    assert!(close(fitted.parameter("inflexion").expect("it").estimate().value(), 40.0, 1e-7));
}
