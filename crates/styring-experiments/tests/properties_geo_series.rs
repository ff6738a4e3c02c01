//! The laws of tests on one series against its control, and of pairs of regions.
#![allow(clippy::panic, clippy::unwrap_used)]

use proptest::prelude::*;
use styring_experiments::geo::local_level::{LocalLevel, Trend, Variances};
use styring_experiments::geo::tbr::{Noise, Tbr};
use styring_experiments::geo::trimmed_match::{Pair, Trim, TrimmedMatch};
use styring_experiments::{Alternative, Hypothesis, Level, Readout};

/// Any number a user may send, the odd ones among them.
fn wild() -> impl Strategy<Value = f64> + Clone {
    prop_oneof![
        6 => -1e3..1e3_f64,
        3 => (-3..4_i8).prop_map(f64::from),
        1 => prop::sample::select(vec![0.0, -0.0, 5e-324, 1e-300, 1e99, -1e100, 1e300, f64::NAN, f64::INFINITY]),
    ]
}

/// A treated series and its control, and how many days are before.
fn series() -> impl Strategy<Value = (Vec<f64>, Vec<f64>, usize)> {
    (12_usize..40, 1_usize..8).prop_flat_map(|(before, after)| {
        let days = before + after;
        (prop::collection::vec(-50.0..50.0_f64, days), prop::collection::vec(0.0..100.0_f64, days), Just(before))
    })
}

fn asked() -> impl Strategy<Value = Hypothesis> {
    let alternatives = [Alternative::TwoSided, Alternative::Greater, Alternative::Less];
    (prop::sample::select(alternatives.to_vec()), 0.5..0.99_f64, -100.0..100.0_f64).prop_map(
        |(alternative, level, null)| Hypothesis::from(alternative).at(Level::new(level).unwrap()).against(null),
    )
}

/// p < α exactly when the set does not hold the null, but for what rounding leaves between them.
fn agrees(readout: &Readout) -> bool {
    let alpha = readout.level().alpha();
    let near = (readout.p_value() - alpha).abs() < 1e-6;
    near || (readout.p_value() < alpha) != readout.set().contains(readout.null())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// The p-value and the set are of one test, whatever is asked.
    #[test]
    fn p_values_and_sets_agree((treated, control, before) in series(), asked in asked()) {
        let tbr = Tbr::new(&control, &treated, before).unwrap();
        for noise in [Noise::Independent, Noise::Autoregressive] {
            prop_assert!(agrees(&tbr.effect(noise, asked).unwrap()));
        }
        let level = LocalLevel::new(&treated, &[control], before).unwrap();
        prop_assert!(agrees(&level.effect(asked).unwrap()));
        prop_assert!(agrees(&level.average(asked).unwrap()));
    }

    /// What is added to the days of the campaign is the effect; units of either series change nothing but the units of it.
    #[test]
    fn effects_are_what_was_added((treated, control, before) in series(), added in -30.0..30.0_f64, unit in 0.01..100.0_f64) {
        let effect = |treated: &[f64], control: &[f64]| {
            let tbr = Tbr::new(control, treated, before).unwrap().effect(Noise::Autoregressive, Level::P90).unwrap();
            let level = LocalLevel::new(treated, &[control.to_vec()], before).unwrap().effect(Level::P90).unwrap();
            [tbr, level].map(|readout| (readout.estimate().unwrap(), readout.set().ends()))
        };
        let plain = effect(&treated, &control);
        let after = (treated.len() - before) as f64;
        let more: Vec<f64> = (0..).zip(&treated).map(|(day, value)| if day < before { *value } else { value + added }).collect();
        for ((one, ends), (other, moved)) in plain.iter().zip(effect(&more, &control)) {
            let size = 1.0 + one.abs() + (ends.1 - ends.0).abs();
            prop_assert!((other - one - added * after).abs() < 1e-6 * size);
            prop_assert!((moved.0 - ends.0 - added * after).abs() < 1e-5 * size);
        }
        let scaled = |series: &[f64], by: f64| series.iter().map(|value| value * by).collect::<Vec<f64>>();
        for ((one, ends), (other, moved)) in plain.iter().zip(effect(&scaled(&treated, unit), &scaled(&control, 3.0))) {
            let size = unit * (1.0 + one.abs() + (ends.1 - ends.0).abs());
            prop_assert!((other - one * unit).abs() < 1e-6 * size && (moved.1 - ends.1 * unit).abs() < 1e-5 * size);
        }
    }

    /// Any numbers are answered or refused, and no answer is no number.
    #[test]
    fn any_numbers_are_answered_or_refused(
        treated in prop::collection::vec(wild(), 0..24),
        control in prop::collection::vec(wild(), 0..24),
        before in 0_usize..24,
        linear in any::<bool>(),
        period in 0_usize..9,
        (noise, moves) in (wild(), wild()),
    ) {
        let mut said = Vec::new();
        if let Ok(tbr) = Tbr::new(&control, &treated, before) {
            said.extend(tbr.effect(Noise::Autoregressive, Level::P95));
            said.extend(tbr.effect(Noise::Independent, Level::P95));
        }
        let trend = if linear { Trend::Linear } else { Trend::Level };
        let level = LocalLevel::new(&treated, &[control], before).and_then(|level| level.with_trend(trend));
        if let Ok(level) = level.and_then(|level| if period > 0 { level.with_season(period) } else { Ok(level) }) {
            said.extend(level.effect(Level::P95));
            said.extend(level.lift(Level::P95));
            if let Ok(forecast) = level.given(Variances { noise, level: moves, slope: 0.0 }, None) {
                said.extend(forecast.effect(Level::P95));
            }
        }
        for readout in said {
            let (low, high) = readout.set().ends();
            prop_assert!((0.0..=1.0).contains(&readout.p_value()) && !low.is_nan() && !high.is_nan());
            prop_assert!(readout.estimate().is_none_or(f64::is_finite));
        }
    }

    /// Pairs in another order, or turned round, are the same pairs; the p-value and the set agree.
    #[test]
    fn pairs_have_no_order(
        mut pairs in prop::collection::vec((-100.0..100.0_f64, 1.0..50.0_f64), 6..20),
        asked in asked(),
    ) {
        let of = |pairs: &[(f64, f64)], side: f64| {
            let pairs: Vec<Pair> = pairs.iter().map(|(response, cost)| Pair { response: side * response, cost: side * cost }).collect();
            TrimmedMatch::new(&pairs, Trim::default()).unwrap()
        };
        let one = of(&pairs, 1.0);
        let readout = one.readout(asked).unwrap();
        prop_assert!(agrees(&readout));
        prop_assert!((of(&pairs, -1.0).estimate() - one.estimate()).abs() < 1e-9 * (1.0 + one.estimate().abs()));
        pairs.reverse();
        prop_assert!((of(&pairs, 1.0).estimate() - one.estimate()).abs() < 1e-9 * (1.0 + one.estimate().abs()));
    }
}
