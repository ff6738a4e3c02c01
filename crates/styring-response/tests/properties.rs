//! What holds for every curve.
#![allow(clippy::expect_used)]

use proptest::prelude::*;
use styring_response::{Curve, Family, Shape};

fn size() -> impl Strategy<Value = f64> {
    (-9.0_f64..9.0).prop_map(|power| 10.0_f64.powf(power))
}

fn curve() -> impl Strategy<Value = Curve> {
    prop_oneof![
        (size(), size()).prop_map(|(a, c)| Family::Log { a, c }),
        (size(), 0.05_f64..=1.0).prop_map(|(a, p)| Family::Power { a, p }),
        (size(), size()).prop_map(|(a, c)| Family::Expsat { a, c }),
        (size(), size()).prop_map(|(a, lam)| Family::Logistic { a, lam }),
        (size(), size()).prop_map(|(b, c)| Family::Tanh { b, c }),
        (size(), size()).prop_map(|(a, k)| Family::MichaelisMenten { a, k }),
        (size(), 0.1_f64..6.0, size()).prop_map(|(a, s, k)| Family::Hill { a, s, k }),
        (size(), 0.1_f64..6.0, size(), size()).prop_map(|(coef, alpha, inflexion, carryover)| Family::Robyn {
            coef,
            alpha,
            inflexion,
            carryover
        }),
        (size(), -3.0_f64..12.0, size()).prop_map(|(a, ratio, w)| Family::Sigmoid { a, m: ratio * w, w }),
        prop::collection::vec((0.01_f64..3.0, 0.0_f64..3.0), 1..8).prop_map(|steps| {
            let mut at = (0.0, 0.0);
            let rest = steps.into_iter().map(|(dx, dy)| {
                at = (at.0 + dx, at.1 + dy);
                at
            });
            Family::PiecewiseLinear { points: std::iter::once((0.0, 0.0)).chain(rest).collect() }
        }),
    ]
    .prop_map(|family| Curve::new(family).expect("a curve"))
}

/// The spend that matters for a curve: where it has come half of its way.
fn scale(curve: &Curve) -> f64 {
    match curve.family() {
        Family::Log { c, .. } | Family::Expsat { c, .. } => *c,
        Family::Logistic { lam, .. } => 1.0 / lam,
        Family::Tanh { b, c } => b * c,
        Family::MichaelisMenten { k, .. } | Family::Hill { k, .. } => *k,
        Family::Robyn { inflexion, .. } => *inflexion,
        Family::Sigmoid { w, .. } => *w,
        _ => 1.0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn more_spend_is_never_less_response(curve in curve(), one in 0.0_f64..20.0, more in 0.0_f64..20.0) {
        let unit = scale(&curve);
        let (low, high) = (curve.value(one * unit), curve.value((one + more) * unit));
        prop_assert!(low.is_finite() && low >= 0.0);
        prop_assert!(high >= low * (1.0 - 1e-12));
        if let Some(ceiling) = curve.ceiling() {
            prop_assert!(high <= ceiling * (1.0 + 1e-12));
        }
    }

    #[test]
    fn the_inverse_takes_the_response_back(curve in curve(), x in 0.01_f64..5.0) {
        let x = x * scale(&curve);
        let y = curve.value(x);
        match curve.spend_for(y) {
            Some(back) => prop_assert!((curve.value(back) - y).abs() <= 1e-10 * y, "{x} {back}"),
            // In the numbers there are, a response may lie at the ceiling.
            None => prop_assert!(y >= curve.ceiling().expect("a ceiling") * (1.0 - 1e-12)),
        }
    }

    #[test]
    fn derivatives_are_those_of_the_response(curve in curve(), x in 0.05_f64..5.0) {
        prop_assume!(!matches!(curve.family(), Family::PiecewiseLinear { .. }));
        let x = x * scale(&curve);
        let h = 1e-4 * x;
        let marginal = |x: f64| curve.marginal(x).expect("a slope");
        let steepest = marginal(x - h).max(marginal(x + h)).max(curve.value(x) / x);
        let slope = (curve.value(x + h) - curve.value(x - h)) / (2.0 * h);
        prop_assert!((slope - marginal(x)).abs() <= 1e-5 * steepest, "{slope} {}", marginal(x));
        let bend = (marginal(x + h) - marginal(x - h)) / (2.0 * h);
        let exact = curve.curvature(x).expect("a curvature");
        prop_assert!((bend - exact).abs() <= 1e-5 * (exact.abs() + steepest / x), "{bend} {exact}");
    }

    #[test]
    fn the_spend_at_a_marginal_has_it(curve in curve(), x in 0.01_f64..5.0) {
        let smooth = !matches!(curve.family(), Family::PiecewiseLinear { .. });
        let start = match curve.shape() {
            Shape::SShaped { inflexion } => inflexion,
            _ => 0.0,
        };
        let x = start + x * scale(&curve);
        let slope = curve.marginal(x).expect("a slope");
        prop_assume!(slope > 0.0);
        let back = curve.spend_at_marginal(slope);
        if let Family::Power { p: 1.0, .. } = curve.family() {
            prop_assert_eq!(back, None);
        } else if smooth {
            let again = curve.marginal(back.expect("a spend")).expect("a slope");
            prop_assert!((again / slope - 1.0).abs() <= 1e-7, "{} {} {}", again, slope, x);
        } else if let Shape::Concave | Shape::SShaped { .. } = curve.shape() {
            let back = back.expect("a spend");
            prop_assert!(curve.marginal(back).expect("a slope") < slope && back >= x);
        }
    }

    #[test]
    fn shapes_are_what_they_say(curve in curve(), x in 0.001_f64..5.0, more in 0.001_f64..5.0) {
        let unit = scale(&curve);
        let marginal = |x: f64| curve.marginal(x).unwrap_or(f64::MAX);
        match curve.shape() {
            Shape::Concave => prop_assert!(marginal(x * unit) >= marginal((x + more) * unit) * (1.0 - 1e-9)),
            Shape::SShaped { inflexion } => {
                prop_assert!(inflexion > 0.0);
                let before = (x / 5.0).min(1.0) * inflexion * 0.999;
                prop_assert!(marginal(before / 2.0) <= marginal(before) * (1.0 + 1e-9));
                let after = inflexion + x * unit;
                prop_assert!(marginal(after) >= marginal(after + more * unit) * (1.0 - 1e-9));
            }
            Shape::Irregular => {
                let has_points = matches!(curve.family(), Family::PiecewiseLinear { .. });
                prop_assert!(has_points);
            }
        }
    }

    #[test]
    fn units_change_nothing(curve in curve(), x in 0.0_f64..5.0, spend in size(), response in size()) {
        let other = curve.rescaled(spend, response).expect("a curve");
        let x = x * scale(&curve);
        let (one, two) = (curve.value(x) * response, other.value(x * spend));
        prop_assert!((one - two).abs() <= 1e-9 * one, "{one} {two}");
    }

    #[test]
    fn nothing_panics(family in any_family(), x in any::<f64>()) {
        if let Ok(curve) = Curve::new(family) {
            for value in [Some(curve.value(x)), curve.marginal(x), curve.curvature(x), curve.average(x), curve.spend_for(x), curve.spend_at_marginal(x), curve.ceiling()].into_iter().flatten() {
                prop_assert!(value.is_finite(), "{curve:?} {x}");
            }
        }
    }
}

fn any_family() -> impl Strategy<Value = Family> {
    let number = || prop_oneof![any::<f64>(), Just(0.0), Just(1.0), Just(2.0), size()];
    (number(), number(), number(), number(), 0_u8..9, prop::collection::vec((number(), number()), 0..4)).prop_map(
        |(a, b, c, d, which, points)| match which {
            0 => Family::Log { a, c: b },
            1 => Family::Power { a, p: b },
            2 => Family::Expsat { a, c: b },
            3 => Family::Logistic { a, lam: b },
            4 => Family::Tanh { b: a, c: b },
            5 => Family::Hill { a, s: b, k: c },
            6 => Family::Robyn { coef: a, alpha: b, inflexion: c, carryover: d },
            7 => Family::Sigmoid { a, m: b, w: c },
            _ => Family::PiecewiseLinear { points },
        },
    )
}
