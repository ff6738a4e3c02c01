//! What holds for every adstock.
#![allow(clippy::expect_used)]

use proptest::prelude::*;
use styring_response::parity::{meridian, pymc, robyn};
use styring_response::{Adstock, Carryover, Curve, Decay};

fn decay() -> impl Strategy<Value = Decay> {
    let window = 1_usize..30;
    prop_oneof![
        (0.0_f64..0.99).prop_map(|theta| Decay::Geometric { theta }),
        (0.0_f64..=1.0, window.clone()).prop_map(|(alpha, window)| Decay::Windowed { alpha, window }),
        (0.01_f64..=1.0, 0.0_f64..6.0, window.clone()).prop_map(|(alpha, theta, window)| Decay::Delayed {
            alpha,
            theta,
            window
        }),
        (0.2_f64..6.0, 0.2_f64..20.0, window.clone()).prop_map(|(shape, scale, window)| Decay::WeibullPdf {
            shape,
            scale,
            window
        }),
        (0.2_f64..6.0, 0.2_f64..20.0, window.clone()).prop_map(|(shape, scale, window)| Decay::WeibullCdf {
            shape,
            scale,
            window
        }),
        (0.0_f64..=1.0, window).prop_map(|(alpha, window)| Decay::Binomial { alpha, window }),
        prop::collection::vec(0.0_f64..3.0, 1..30).prop_map(|weights| Decay::Weights { weights }),
    ]
}

fn adstock() -> impl Strategy<Value = Adstock> {
    (decay(), any::<bool>()).prop_map(|(decay, normalise)| {
        let adstock = Adstock::new(decay).expect("an adstock");
        if normalise { adstock.normalised().unwrap_or(adstock) } else { adstock }
    })
}

fn spends() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![Just(0.0), 0.0_f64..1e6], 0..60)
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-12 * one.abs().max(other.abs()).max(1e-3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn it_is_linear(adstock in adstock(), pairs in prop::collection::vec((0.0_f64..1e6, 0.0_f64..1e6), 0..60), by in 0.0_f64..50.0) {
        let (one, two): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let sum: Vec<f64> = one.iter().zip(&two).map(|(one, two)| one + by * two).collect();
        let [one, two, sum] = [one, two, sum].map(|spend| adstock.carry(&spend).expect("spends"));
        for ((one, two), sum) in one.iter().zip(&two).zip(&sum) {
            prop_assert!(close(one + by * two, *sum));
        }
    }

    #[test]
    fn one_spend_shows_the_weights(adstock in adstock(), more in 0_usize..40) {
        let mut spend = vec![0.0; more + 1];
        spend[0] = 1.0;
        let mut weights = adstock.weights(more + 1);
        weights.resize(more + 1, 0.0);
        for (got, weight) in adstock.carry(&spend).expect("spends").iter().zip(&weights) {
            prop_assert!(close(*got, *weight));
        }
    }

    #[test]
    fn weights_sum_to_the_multiplier(adstock in adstock()) {
        let sum: f64 = adstock.weights(5000).iter().sum();
        prop_assert!(close(sum, adstock.multiplier()), "{sum}");
        if adstock.is_normalised() {
            prop_assert!(close(sum, 1.0));
        }
        if let Some(window) = adstock.window() {
            prop_assert!(adstock.share_within(window).is_none_or(|share| close(share, 1.0)));
            prop_assert!(adstock.mean_age().is_none_or(|age| age <= window as f64));
        }
    }

    #[test]
    fn steady_spend_builds_up_to_the_multiplier(adstock in adstock(), spend in 0.0_f64..1e6) {
        let mut carryover = Carryover::steady(&adstock, spend).expect("a spend");
        for _ in 0..5 {
            prop_assert!(close(carryover.push(spend).expect("a spend"), spend * adstock.multiplier()));
        }
    }

    #[test]
    fn weeks_can_be_carried_on(adstock in adstock(), spends in spends(), at in 0_usize..60) {
        let whole = adstock.carry(&spends).expect("spends");
        let at = at.min(spends.len());
        let mut carryover = adstock.after(&spends[..at]).expect("spends");
        let left = carryover.left();
        let rest = carryover.carry(&spends[at..]).expect("spends");
        // To the bit.
        prop_assert_eq!(&rest, &whole[at..]);
        prop_assert_eq!(&carryover, &adstock.after(&spends).expect("spends"));
        if let (Some(spend), Some(next)) = (spends.get(at), whole.get(at)) {
            let first = adstock.weights(1)[0];
            prop_assert!(close(left + first * spend, *next));
        }
    }

    #[test]
    fn weibull_weights_are_shares(shape in 0.2_f64..6.0, scale in 0.2_f64..20.0, window in 1_usize..60) {
        let come = Adstock::new(Decay::WeibullPdf { shape, scale, window }).expect("an adstock");
        let left = Adstock::new(Decay::WeibullCdf { shape, scale, window: window + 1 }).expect("an adstock");
        let left = left.weights(window + 1);
        for (age, weight) in come.weights(window).iter().enumerate() {
            prop_assert!((weight - (left[age] - left[age + 1])).abs() < 1e-14);
        }
    }

    #[test]
    fn a_window_changes_nothing_within_it(shape in 0.2_f64..6.0, scale in 0.2_f64..20.0, window in 1_usize..60) {
        let of = |window| Adstock::new(Decay::WeibullPdf { shape, scale, window }).expect("an adstock").weights(window);
        let longer = of(2 * window);
        prop_assert_eq!(of(window), &longer[..window]);
    }

    #[test]
    fn peers_are_what_they_are_here(alpha in 0.01_f64..0.95, window in 1_usize..20, spends in spends()) {
        let here = Adstock::new(Decay::Windowed { alpha, window }).and_then(|it| it.normalised()).expect("an adstock");
        prop_assert_eq!(here.weights(window), pymc::geometric(alpha, window, true).expect("an adstock").weights(window));
        prop_assert_eq!(&here, &meridian::geometric(alpha, window - 1, 100).expect("an adstock"));
        let one_cut_off = pymc::binomial(alpha, window, false).expect("an adstock");
        let longer = Adstock::new(Decay::Binomial { alpha, window: window + 1 }).expect("an adstock");
        prop_assert_eq!(one_cut_off.weights(window), longer.weights(window));
        prop_assert_eq!(robyn::geometric(alpha).and_then(|it| it.carry(&spends)), Adstock::geometric(alpha).and_then(|it| it.carry(&spends)));
    }

    #[test]
    fn robyns_channels_come_back(theta in 0.0_f64..0.9, alpha in 0.3_f64..4.0, gamma in 0.05_f64..1.0, coef in 1.0_f64..1e6, spends in prop::collection::vec(1.0_f64..1e5, 2..60)) {
        let channel = robyn::Channel::new(Adstock::geometric(theta).expect("an adstock"), alpha, gamma, coef).expect("a channel");
        let response = channel.response(&spends).expect("a response");
        let curve = Curve::hill(coef, alpha, response.inflexion()).expect("a curve");
        let back = robyn::Channel::of(channel.adstock().clone(), &curve, &spends).expect("a channel");
        prop_assert!(close(back.gamma(), gamma) && close(back.alpha(), alpha) && close(back.coef(), coef));
        let highest = response.responses().iter().copied().fold(0.0, f64::max);
        prop_assert!(highest <= coef && response.mean() <= highest * (1.0 + 1e-12));
    }

    #[test]
    fn meridians_scaling_comes_back(ec in 0.1_f64..5.0, slope in 0.3_f64..4.0, beta in 1.0_f64..1e6, media in prop::collection::vec(0.5_f64..1e6, 1..20)) {
        let scaling = meridian::Scaling::of(&media).expect("a scale");
        let (back_ec, back_slope, back_beta) = scaling.coefficients(&scaling.curve(ec, slope, beta).expect("a curve")).expect("a Hill curve");
        prop_assert!(close(back_ec, ec) && close(back_slope, slope) && close(back_beta, beta));
    }

    #[test]
    fn nothing_panics(a in number(), b in number(), window in prop_oneof![Just(0), Just(1), 0_usize..50, Just(usize::MAX)], spends in prop::collection::vec(number(), 0..8), which in 0_u8..7) {
        let decay = match which {
            0 => Decay::Geometric { theta: a },
            1 => Decay::Windowed { alpha: a, window },
            2 => Decay::Delayed { alpha: a, theta: b, window },
            3 => Decay::WeibullPdf { shape: a, scale: b, window },
            4 => Decay::WeibullCdf { shape: a, scale: b, window },
            5 => Decay::Binomial { alpha: a, window },
            _ => Decay::Weights { weights: spends.clone() },
        };
        let mut adstocks = vec![Adstock::new(decay), pymc::weibull_pdf(a, b, window, true), pymc::weibull_cdf(a, b, window, true), pymc::binomial(a, window, true)];
        adstocks.extend([robyn::weibull_pdf(a, b, window), robyn::weibull_cdf(a, b, window), meridian::binomial(a, window, 9)]);
        for adstock in adstocks.into_iter().flatten() {
            for adstock in [Some(adstock.clone()), adstock.normalised().ok()].into_iter().flatten() {
                let numbers = [Some(adstock.multiplier()), adstock.mean_age(), adstock.share_within(3)];
                prop_assert!(numbers.into_iter().flatten().chain(adstock.weights(40)).all(f64::is_finite), "{adstock:?}");
                if let Ok(carried) = adstock.carry(&spends) {
                    prop_assert!(carried.iter().all(|at_work| at_work.is_finite()));
                }
                if let Ok(channel) = robyn::Channel::new(adstock, a, b, a) && let Ok(response) = channel.response(&spends) {
                    prop_assert!([response.inflation(), response.mean(), response.mean_carryover()].iter().all(|number| number.is_finite()), "{response:?}");
                }
            }
        }
        let _ = (robyn::inflexion_in_range(&spends, a), robyn::gamma_of(a, &spends), pymc::tanh_baselined(a, b, a), meridian::Scaling::of(&spends));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn what_is_stored_comes_back(adstock in adstock(), spends in spends()) {
        let text = serde_json::to_string(&adstock).expect("json");
        let back: Adstock = serde_json::from_str(&text).expect("an adstock");
        prop_assert!(back.weights(50).iter().zip(adstock.weights(50)).all(|(one, other)| close(*one, other)));
        let carryover = adstock.after(&spends).expect("spends");
        let text = serde_json::to_string(&carryover).expect("json");
        let back: Carryover = serde_json::from_str(&text).expect("a carry-over");
        prop_assert!(close(back.left(), carryover.left()));
    }
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        Just(0.0),
        Just(1.0),
        Just(f64::MAX),
        (-9.0_f64..9.0).prop_map(|power| 10.0_f64.powf(power))
    ]
}
