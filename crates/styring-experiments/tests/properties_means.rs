//! The laws of means, ratios, quantiles, ranks, resampling and meta-analysis.
#![allow(clippy::unwrap_used, clippy::float_cmp)]

use proptest::prelude::*;
use styring_experiments::means::{
    Cap, Clustered, Contrast, Cuped, Errors, Lift, Rows, Slope, Stratum, ancova, clustered_quantile_contrast, lin,
    one_sample, post_stratified, quantile, quantile_contrast, stratified,
};
use styring_experiments::meta::{MetaAnalysis, fisher, stouffer, weighted_stouffer};
use styring_experiments::parity::{growthbook, tea_tasting};
use styring_experiments::ranks::{KolmogorovSmirnov, MannWhitney, brunner_munzel};
use styring_experiments::resampling::{Bootstrap, Interval, Plan, permutation, sign_flips};
use styring_experiments::{
    Alternative, ConfidenceSet, Counts, Error, Hypothesis, Joint, Level, Moments, Ordered, Readout, Seed,
};

/// Any number a user may send, the odd ones among them.
fn wild() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -1e3..1e3_f64,
        2 => (-3..4_i8).prop_map(f64::from),
        1 => any::<f64>(),
        1 => prop::sample::select(vec![0.0, -0.0, 5e-324, 1e-300, -1e-160, 1e300, f64::MAX, f64::NAN, f64::INFINITY]),
    ]
}

fn tame() -> impl Strategy<Value = f64> {
    prop_oneof![3 => -100.0..100.0_f64, 1 => (0..6_u8).prop_map(f64::from)]
}

fn values(from: usize, to: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(tame(), from..to)
}

fn alternative() -> impl Strategy<Value = Alternative> {
    prop::sample::select(vec![Alternative::TwoSided, Alternative::Greater, Alternative::Less])
}

fn question() -> impl Strategy<Value = Hypothesis> {
    let level = prop_oneof![4 => 0.5..0.999_f64, 1 => 0.01..0.5_f64, 1 => Just(1.0 - 1e-9)];
    (level, alternative(), prop_oneof![2 => Just(0.0), 3 => -0.9..3.0_f64]).prop_map(|(level, alternative, null)| {
        Hypothesis::from(alternative).at(Level::new(level).unwrap()).against(null)
    })
}

fn any_question() -> impl Strategy<Value = Hypothesis> {
    (question(), wild(), any::<bool>())
        .prop_map(|(question, null, odd)| if odd { question.against(null) } else { question })
}

fn moments(values: &[f64]) -> Moments {
    values.iter().map(|value| [*value]).collect()
}

fn joint<const K: usize>(values: &[f64]) -> Joint<K> {
    values.chunks_exact(K).map(|row| std::array::from_fn(|k| row[k])).collect()
}

/// No readout holds what is no number, and p-value and set are one test, but for what rounding may do at the very end.
fn sound(readout: &Readout) {
    let p = readout.p_value();
    assert!((0.0..=1.0).contains(&p), "{readout:?}");
    for value in [readout.estimate(), readout.standard_error(), Some(readout.null())].into_iter().flatten() {
        assert!(value.is_finite(), "{readout:?}");
    }
    let numbers = match readout.set() {
        ConfidenceSet::Interval { low, high } => vec![low, high],
        ConfidenceSet::AtLeast(end) | ConfidenceSet::AtMost(end) => vec![end],
        ConfidenceSet::Outside { below, above } => vec![below, above],
        ConfidenceSet::Everything => vec![],
    };
    assert!(numbers.iter().all(|end| end.is_finite()), "{readout:?}");
}

fn one_test(readout: &Readout) {
    sound(readout);
    let (p, alpha, null) = (readout.p_value(), readout.level().alpha(), readout.null());
    if (p / alpha - 1.0).abs() > 1e-6 {
        assert_eq!(p < alpha, !readout.set().contains(null), "{readout:?}");
    }
}

fn close(one: f64, other: f64, within: f64) -> bool {
    (one - other).abs() <= within * (1.0 + one.abs().max(other.abs()))
}

fn sets_close(one: ConfidenceSet, other: ConfidenceSet, within: f64) -> bool {
    let ((a, b), (c, d)) = (one.ends(), other.ends());
    let alike = |x: f64, y: f64| x == y || close(x, y, within);
    alike(a, c) && alike(b, d)
}

/// All that a contrast can be asked.
fn asked(contrast: Contrast, question: Hypothesis) -> Vec<Result<Readout, Error>> {
    [contrast, contrast.pooled(), contrast.normal(), contrast.pooled().normal()]
        .into_iter()
        .flat_map(|contrast| {
            [Lift::LogRatio, Lift::Fieller, Lift::Delta]
                .map(|by| contrast.lift_by(by, question))
                .into_iter()
                .chain([contrast.difference(question)])
        })
        .collect()
}

fn contrasts(c: &[f64], t: &[f64]) -> Vec<Contrast> {
    let strata = [
        Stratum { control: moments(&c[..c.len() / 2]), treatment: moments(&t[..t.len() / 2]) },
        Stratum { control: moments(&c[c.len() / 2..]), treatment: moments(&t[t.len() / 2..]) },
    ];
    let cuped = Cuped::means(&joint(c), &joint(t), Slope::WithinArms).map(|cuped| cuped.contrast());
    let cuped_ratios = Cuped::ratios(&joint(c), &joint(t), Slope::Everybody).map(|cuped| cuped.contrast());
    let mut rows = Rows::new(1);
    for (arm, treated) in [(c, false), (t, true)] {
        for row in arm.chunks_exact(2) {
            let _ = rows.add(row[0], treated, &row[1..]);
        }
    }
    let order = |values: &[f64]| Ordered::new(values.to_vec());
    let quantiles = order(c).and_then(|c| quantile_contrast(&c, &order(t)?, 0.4));
    let clusters = |values: &[f64]| Clustered::new(values.chunks(2).map(<[f64]>::to_vec));
    let clustered = clusters(c).and_then(|c| clustered_quantile_contrast(&c, &clusters(t)?, 0.5));
    [
        Contrast::means(&moments(c), &moments(t)),
        Contrast::ratios(&joint(c), &joint(t)),
        Contrast::paired(&joint(c)),
        cuped,
        cuped_ratios,
        post_stratified(&strata),
        stratified(&strata, &[2.0, 1.0]),
        lin::<2>(&joint(c), &joint(t)),
        ancova::<3>(&joint(c), &joint(t)),
        lin::<1>(&joint(c), &joint(t)),
        rows.lin().and_then(|fit| fit.contrast(Errors::Hc3)),
        rows.ancova().and_then(|fit| fit.contrast(Errors::Hc0)),
        tea_tasting::cuped_means(&joint(c), &joint(t)),
        tea_tasting::cuped_ratios(&joint(c), &joint(t)),
        quantiles,
        clustered,
    ]
    .into_iter()
    .flatten()
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_contrast_is_one_test(c in values(8, 30), t in values(8, 30), question in question()) {
        for contrast in contrasts(&c, &t) {
            for readout in asked(contrast, question).into_iter().flatten() {
                one_test(&readout);
            }
        }
    }

    #[test]
    fn no_input_panics_or_gives_what_is_no_number(
        c in prop::collection::vec(wild(), 0..20),
        t in prop::collection::vec(wild(), 0..20),
        question in any_question(),
        probability in wild(),
    ) {
        for contrast in contrasts(&c, &t) {
            asked(contrast, question).iter().flatten().for_each(sound);
        }
        let _ = one_sample(&moments(&c), question).map(|readout| sound(&readout));
        let plan = Plan { exact_up_to: 100, resamples: 20, seed: Seed(1) };
        let _ = permutation(&c, &t, question, plan).map(|readout| sound(&readout));
        let _ = sign_flips(&c, question, plan).map(|readout| sound(&readout));
        let sum = |values: &[f64]| values.iter().sum::<f64>();
        if let Ok(bootstrap) = Bootstrap::new(&c, &t, |c, t| sum(t) - sum(c), 20, Seed(1)) {
            for interval in [Interval::Percentile, Interval::Basic, Interval::Bca] {
                let _ = bootstrap.readout(interval, question).map(|readout| sound(&readout));
            }
        }
        if let (Ok(one), Ok(other)) = (Ordered::new(c.clone()), Ordered::new(t.clone())) {
            let _ = quantile(&one, probability, question).map(|readout| sound(&readout));
            let _ = quantile_contrast(&one, &other, probability).map(|contrast| asked(contrast, question));
            let _ = brunner_munzel(&one, &other, question).map(|readout| sound(&readout));
            let _ = KolmogorovSmirnov::new(&one, &other).map(|test| assert!((0.0..=1.0).contains(&test.p_value)));
            if let Ok(test) = MannWhitney::new(&one, &other) {
                let _ = test.shift(question).map(|readout| sound(&readout));
                let _ = test.exact_p_value(question.alternative()).map(|p| assert!((0.0..=1.0).contains(&p)));
                let _ = test.p_value(question.alternative()).map(|p| assert!((0.0..=1.0).contains(&p)));
            }
            let _ = Cap::from_history(&one, probability);
        }
        if let Ok(pooled) = MetaAnalysis::new(&c, &t) {
            for readout in [pooled.fixed_effect(question), pooled.random_effects(question), pooled.hartung_knapp(question)] {
                let _ = readout.map(|readout| sound(&readout));
            }
        }
        for p in [fisher(&c), stouffer(&c), weighted_stouffer(&c, &t)] {
            let _ = p.map(|p| assert!((0.0..=1.0).contains(&p)));
        }
        for difference in [growthbook::Difference::Absolute, growthbook::Difference::Relative] {
            let all = [
                growthbook::means(&moments(&c), &moments(&t), difference, question),
                growthbook::ratios(&joint(&c), &joint(&t), difference, question),
                growthbook::cuped_means(&joint(&c), &joint(&t), difference, question),
                growthbook::cuped_ratios(&joint(&c), &joint(&t), difference, question),
                growthbook::post_stratified_means(&[], difference, question),
                growthbook::proportions(Counts::default(), Counts::new(1, 2).unwrap(), difference, question),
            ];
            all.iter().flatten().for_each(sound);
        }
    }

    #[test]
    fn exchanged_arms_turn_the_sign(c in values(8, 30), t in values(8, 30), question in question()) {
        let turned = Hypothesis::from(match question.alternative() {
            Alternative::Greater => Alternative::Less,
            Alternative::Less => Alternative::Greater,
            Alternative::TwoSided => Alternative::TwoSided,
        });
        let turned = turned.at(question.level()).against(-question.null().unwrap_or(0.0));
        for (one, other) in [
            (Contrast::means(&moments(&c), &moments(&t)), Contrast::means(&moments(&t), &moments(&c))),
            (Contrast::ratios(&joint(&c), &joint(&t)), Contrast::ratios(&joint(&t), &joint(&c))),
            (
                Cuped::means(&joint(&c), &joint(&t), Slope::WithinArms).map(|cuped| cuped.contrast()),
                Cuped::means(&joint(&t), &joint(&c), Slope::WithinArms).map(|cuped| cuped.contrast()),
            ),
            (lin::<2>(&joint(&c), &joint(&t)), lin::<2>(&joint(&t), &joint(&c))),
        ] {
            let (Ok(one), Ok(other)) = (one, other) else { continue };
            let (Ok(one), Ok(other)) = (one.difference(question), other.difference(turned)) else { continue };
            prop_assert!(close(one.p_value(), other.p_value(), 1e-7), "{:?} {:?}", one, other);
            prop_assert!(sets_close(one.set(), other.set().times(-1.0), 1e-7));
        }
        // By the logarithm, the ratio of one is the other's inverse.
        let positive = |values: &[f64]| -> Vec<f64> { values.iter().map(|value| value.abs() + 1.0).collect() };
        let (c, t) = (moments(&positive(&c)), moments(&positive(&t)));
        let level = Hypothesis::default().at(question.level());
        let one = Contrast::means(&c, &t).unwrap().lift(level);
        let other = Contrast::means(&t, &c).unwrap().lift(level);
        if let (Ok(one), Ok(other)) = (one, other) {
            prop_assert!(close(one.p_value(), other.p_value(), 1e-9));
            let ((low, _), (_, high)) = (one.set().ends(), other.set().ends());
            prop_assert!(close((1.0 + low) * (1.0 + high), 1.0, 1e-9));
        }
    }

    #[test]
    fn scale_and_origin_do_not_matter(c in values(8, 20), t in values(8, 20), factor in 1e-6..1e6_f64, origin in -1e4..1e4_f64) {
        let scaled = |values: &[f64]| -> Vec<f64> { values.iter().map(|value| value * factor).collect() };
        let moved = |values: &[f64]| -> Vec<f64> { values.iter().map(|value| value + origin).collect() };
        let p = |c: &[f64], t: &[f64]| {
            Contrast::means(&moments(c), &moments(t)).unwrap().difference(Level::P95).map(|readout| readout.p_value())
        };
        if let Ok(plain) = p(&c, &t) {
            prop_assert!(close(p(&scaled(&c), &scaled(&t)).unwrap(), plain, 1e-9));
            prop_assert!(close(p(&moved(&c), &moved(&t)).unwrap(), plain, 1e-6));
        }
        for (one, other) in contrasts(&c, &t).into_iter().zip(contrasts(&scaled(&c), &scaled(&t))) {
            if let (Ok(one), Ok(other)) = (one.lift(Level::P95), other.lift(Level::P95)) {
                prop_assert!(close(one.p_value(), other.p_value(), 1e-5), "{:?} {:?}", one, other);
            }
        }
    }

    #[test]
    fn fieller_has_the_p_value_of_the_difference(c in values(3, 30), t in values(3, 30)) {
        let contrast = Contrast::means(&moments(&c), &moments(&t)).unwrap();
        if let (Ok(lift), Ok(difference)) = (contrast.lift_by(Lift::Fieller, Level::P95), contrast.difference(Level::P95)) {
            prop_assert!(close(lift.p_value(), difference.p_value(), 1e-9));
        }
    }

    #[test]
    fn parts_merge_to_the_whole(rows in values(24, 60), split in 0..15_usize) {
        let at = (split * 4).min(rows.len());
        let mut parts: Joint<4> = joint(&rows[..at]);
        parts.merge(&joint(&rows[at..]));
        let whole: Joint<4> = joint(&rows);
        for i in 0..4 {
            prop_assert!(close(parts.mean(i), whole.mean(i), 1e-12));
            for j in 0..4 {
                prop_assert!(close(parts.covariance(i, j).unwrap(), whole.covariance(i, j).unwrap(), 1e-9));
            }
        }
        let mut ordered = Ordered::new(rows[..at].to_vec()).unwrap();
        ordered.merge(&Ordered::new(rows[at..].to_vec()).unwrap());
        prop_assert_eq!(ordered, Ordered::new(rows.clone()).unwrap());
        let clusters = |rows: &[f64]| Clustered::new(rows.chunks(4).map(<[f64]>::to_vec)).unwrap();
        let mut clustered = clusters(&rows[..at]);
        clustered.merge(&clusters(&rows[at..]));
        prop_assert_eq!(clustered, clusters(&rows));
    }

    #[test]
    fn regressions_from_rows_and_from_summaries_agree(rows in values(48, 120)) {
        let (mut kept, mut arms) = (Rows::new(2), [Joint::<3>::default(), Joint::default()]);
        for (i, row) in rows.chunks_exact(3).enumerate() {
            kept.add(row[0], i % 2 == 1, &row[1..]).unwrap();
            arms[i % 2].add([row[0], row[1], row[2]]).unwrap();
        }
        if let (Ok(fit), Ok(summary)) = (kept.ancova(), ancova(&arms[0], &arms[1])) {
            let fit = fit.contrast(Errors::Classical).unwrap();
            prop_assert!(close(fit.control(), summary.control(), 1e-8) && close(fit.treatment(), summary.treatment(), 1e-8));
            if let (Ok(one), Ok(other)) = (fit.standard_error(), summary.standard_error()) {
                prop_assert!(close(one, other, 1e-7));
                prop_assert_eq!(fit.degrees().unwrap(), summary.degrees().unwrap());
            }
        }
        if let (Ok(fit), Ok(summary)) = (kept.lin(), lin(&arms[0], &arms[1])) {
            let fit = fit.contrast(Errors::Hc2).unwrap();
            prop_assert!(close(fit.control(), summary.control(), 1e-8) && close(fit.treatment(), summary.treatment(), 1e-8));
        }
        // The slope of CUPED within arms is that of ANCOVA with one covariate.
        let two = |arm: &Joint<3>| Joint::<2>::from_summary(arm.n(), [arm.mean(0), arm.mean(1)], [0, 1].map(|i| [0, 1].map(|j| arm.covariance(i, j).unwrap())));
        let [c, t] = [two(&arms[0]).unwrap(), two(&arms[1]).unwrap()];
        if let (Ok(cuped), Ok(ancova)) = (Cuped::means(&c, &t, Slope::WithinArms), ancova(&c, &t)) {
            prop_assert!(close(cuped.contrast().treatment(), ancova.treatment(), 1e-8));
        }
    }

    #[test]
    fn tests_without_a_formula_are_one_test_too(c in values(1, 7), t in values(1, 7), question in question(), drawn in any::<bool>()) {
        let plan = Plan { exact_up_to: if drawn { 0 } else { 1_000_000 }, resamples: 199, seed: Seed(3) };
        one_test(&permutation(&c, &t, question, plan).unwrap());
        one_test(&sign_flips(&c, question, plan).unwrap());
        let (one, other) = (Ordered::new(c.clone()).unwrap(), Ordered::new(t.clone()).unwrap());
        one_test(&quantile(&one, 0.3, question).unwrap());
        // At a value of the data as well.
        one_test(&quantile(&one, 0.5, question.against(c[0])).unwrap());
        if let Ok(test) = MannWhitney::new(&one, &other) {
            let _ = test.shift(question).map(|readout| one_test(&readout));
            let _ = test.shift(question.against(t[0] - c[0])).map(|readout| one_test(&readout));
        }
        let probability = question.against(question.null().unwrap_or(0.0).clamp(0.0, 1.0));
        let _ = brunner_munzel(&one, &other, probability).map(|readout| one_test(&readout));
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        if let Ok(bootstrap) = Bootstrap::new(&c, &t, |c, t| mean(t) - mean(c), 199, Seed(2)) {
            for interval in [Interval::Percentile, Interval::Basic, Interval::Bca] {
                one_test(&bootstrap.readout(interval, question).unwrap());
            }
        }
    }

    #[test]
    fn exact_ranks_agree_with_counting_every_order(c in prop::collection::hash_set(-50..50_i8, 1..5), t in prop::collection::hash_set(51..99_i8, 1..4)) {
        let c: Vec<f64> = c.into_iter().map(f64::from).collect();
        let t: Vec<f64> = t.into_iter().map(|value| f64::from(value) - 60.5).collect();
        let all: Vec<f64> = c.iter().chain(&t).copied().collect();
        let u = |chosen: u32| {
            let inside = |i: usize| chosen >> i & 1 == 1;
            let pairs = (0..all.len()).flat_map(|i| (0..all.len()).map(move |j| (i, j)));
            pairs.filter(|&(i, j)| inside(i) && !inside(j) && all[i] > all[j]).count()
        };
        let observed = u(((1 << t.len()) - 1) << c.len());
        let orders: Vec<u32> = (0..1_u32 << all.len()).filter(|chosen| chosen.count_ones() as usize == t.len()).collect();
        let larger = orders.iter().filter(|chosen| u(**chosen) >= observed).count() as f64 / orders.len() as f64;
        let (one, other) = (Ordered::new(c).unwrap(), Ordered::new(t).unwrap());
        let test = MannWhitney::new(&one, &other).unwrap();
        prop_assert!(close(test.exact_p_value(Alternative::Greater).unwrap(), larger, 1e-12));
    }

    #[test]
    fn pooling_lies_between(effects in values(1, 8), spread in 0.01..10.0_f64) {
        let variances: Vec<f64> = effects.iter().map(|effect| spread + effect.abs() / 10.0).collect();
        let pooled = MetaAnalysis::new(&effects, &variances).unwrap();
        let (low, high) = effects.iter().fold((f64::MAX, f64::MIN), |(low, high), &effect| (low.min(effect), high.max(effect)));
        let fixed = pooled.fixed_effect(Level::P95).unwrap();
        let random = pooled.random_effects(Level::P95).unwrap();
        for readout in [&fixed, &random] {
            one_test(readout);
            prop_assert!((low - 1e-9..=high + 1e-9).contains(&readout.estimate().unwrap()));
        }
        prop_assert!(random.standard_error() >= fixed.standard_error());
        prop_assert!((0.0..1.0).contains(&pooled.i_squared()));
    }
}

/// A billion times further from zero than they spread, values keep the digits of their test.
#[test]
fn far_from_zero() {
    let noise = |i: u32| f64::from(i * 7_919 % 1_009) / 1_009.0;
    let arm =
        |shift: f64, origin: f64| -> Moments { (0..1_000).map(|i| [origin + (noise(i) + shift) / 4.0]).collect() };
    let p = |origin: f64| {
        let contrast = Contrast::means(&arm(0.0, origin), &arm(0.25, origin)).unwrap();
        contrast.difference(Level::P95).unwrap().p_value()
    };
    let (near, far) = (p(0.0), p(1e9 / 4.0));
    assert!((near.ln() / far.ln() - 1.0).abs() < 1e-6, "{near:e} {far:e}");
}

/// t tests deep in the tail against values of 30 digits.
#[test]
fn p_values_far_out() {
    // 2 P(T > t) with ν degrees of freedom.
    for (n, t, expected) in FAR {
        let arm = |mean| Moments::from_summary(n, [mean], [[1.0]]).unwrap();
        let contrast = Contrast::means(&arm(0.0), &arm(t * (2.0 / n as f64).sqrt())).unwrap();
        let got = contrast.difference(Level::P95).unwrap().p_value();
        assert!((got / expected - 1.0).abs() < 1e-10, "{n} {t}: {got:e} {expected:e}");
    }
}

const FAR: [(u64, f64, f64); 5] = [
    (3, 50.0, 9.574_453_656_969_701e-7),
    (500, 30.0, 1.820_307_901_154_436_3e-141),
    (40_000, 37.0, 3.780_066_619_008_598e-297),
    (10_000_000, 36.5, 1.133_859_927_589_487_2e-291),
    (1_000_000_000_000, 36.0, 8.365_249_890_605_428e-284),
];

/// What is stored comes back, and what could not have been made does not.
#[cfg(feature = "serde")]
#[test]
fn stored_data_are_checked() {
    // Values of few digits: what a parser makes of others is not the point.
    let arm: Joint<2> = joint(&[1.0, 2.0, 3.0, 5.0]);
    let text = serde_json::to_string(&arm).unwrap();
    assert_eq!(serde_json::from_str::<Joint<2>>(&text).unwrap(), arm);
    assert!(serde_json::from_str::<Joint<3>>(&text).is_err());
    assert!(serde_json::from_str::<Joint<1>>(r#"{"n":3,"means":[1.0],"products":[[-1.0]]}"#).is_err());
    let mut rows = Rows::new(1);
    rows.add(1.0, true, &[2.0]).unwrap();
    let text = serde_json::to_string(&rows).unwrap();
    assert_eq!(serde_json::from_str::<Rows>(&text).unwrap(), rows);
    assert!(serde_json::from_str::<Rows>(r#"{"covariates":2,"rows":[[1.0,true,[2.0]]]}"#).is_err());
    let clustered = Clustered::new([vec![2.0, 1.0], vec![3.0]]).unwrap();
    let text = serde_json::to_string(&clustered).unwrap();
    assert_eq!(serde_json::from_str::<Clustered>(&text).unwrap(), clustered);
    assert!(serde_json::from_str::<MetaAnalysis>("[[0.1],[-1.0]]").is_err());
    assert!(serde_json::from_str::<Cap>("[2.0,1.0]").is_err());
    assert_eq!(serde_json::from_str::<Ordered>("[2.0,1.0]").unwrap().values(), [1.0, 2.0]);
    let contrast = Contrast::means(&moments(&[1.0, 2.0]), &moments(&[2.0, 4.0])).unwrap();
    assert!(serde_json::to_string(&contrast.lift(Level::P95).unwrap()).unwrap().contains("log ratio"));
}
