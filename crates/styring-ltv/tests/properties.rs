//! Laws of the models that hold whatever the customers.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use styring_ltv::{
    BgBb, BgNbd, Error, GammaGamma, Group, Histories, History, Horizon, Identified, MbgNbd, ParetoNbd, PeriodHistory,
    PurchaseModel, Renewals, Seed, ShiftedBetaGeometric, Spending,
};

/// Parameters over six orders of magnitude.
fn parameter() -> impl Strategy<Value = f64> {
    (-3.0..3.0_f64).prop_map(|exponent| 10_f64.powf(exponent))
}

fn parameters() -> impl Strategy<Value = [f64; 4]> {
    [parameter(), parameter(), parameter(), parameter()]
}

fn history() -> impl Strategy<Value = History> {
    (0_u32..400, 1e-3..1.0_f64, 0.0..1e3_f64).prop_map(|(purchases, share, age)| {
        if purchases == 0 || age == 0.0 {
            History::new(0, 0.0, age).unwrap()
        } else {
            History::new(purchases, age * share, age).unwrap()
        }
    })
}

fn periods() -> impl Strategy<Value = PeriodHistory> {
    (0_u32..60, 0_u32..60, 0_u32..60).prop_map(|(one, other, third)| {
        let mut sorted = [one, other, third];
        sorted.sort_unstable();
        let [purchases, last, periods] = sorted;
        if purchases == 0 { PeriodHistory::new(0, 0, periods) } else { PeriodHistory::new(purchases, last, periods) }
            .unwrap()
    })
}

fn does_not_exist(fault: &Error) -> bool {
    matches!(fault, Error::DoesNotExist { .. })
}

fn close(one: f64, other: f64, relative: f64) -> bool {
    (one - other).abs() <= relative * one.abs().max(other.abs()) + 1e-12
}

fn laws<M: PurchaseModel>(model: &M, history: &M::History, ahead: f64) -> Result<(), TestCaseError> {
    prop_assert!(model.log_likelihood(history).is_finite());
    let alive = model.p_alive(history);
    prop_assert!((0.0..=1.0).contains(&alive));
    let future = model.future(history, ahead).unwrap();
    prop_assert!(future.mean.is_finite() && future.mean >= 0.0);
    prop_assert!(future.variance.is_finite() && future.variance >= 0.0);
    prop_assert!((0.0..=1.0).contains(&future.p_alive) && future.p_alive <= alive * (1.0 + 1e-12));

    // The distribution says the same as its moments.
    if future.mean < 1e4 {
        match model.counts(history, ahead) {
            Ok(counts) => {
                let all: f64 = counts.probabilities().iter().sum();
                prop_assert!((all - 1.0).abs() < 1e-9, "sum {all}");
                prop_assert!(close(counts.mean(), future.mean, 1e-7), "{} {}", counts.mean(), future.mean);
                prop_assert!(
                    close(counts.variance(), future.variance, 1e-5),
                    "{} {}",
                    counts.variance(),
                    future.variance
                );
                let (low, high) = counts.interval(0.9).unwrap();
                prop_assert!(low <= high);
                prop_assert!(counts.at_most(high) >= 0.95 - 1e-9);
            }
            Err(fault) => prop_assert!(matches!(fault, Error::OutOfRange { .. }), "{fault}"),
        }
    }

    // Discounting takes away, the more the higher the rate; without a rate nothing.
    let within = |rate| model.discounted(history, Horizon::Within(ahead), rate).unwrap();
    prop_assert!(close(within(0.0), future.mean, 1e-9), "{} {}", within(0.0), future.mean);
    prop_assert!(within(0.01) <= future.mean * (1.0 + 1e-9));
    prop_assert!(within(0.1) <= within(0.01) * (1.0 + 1e-9));
    let for_ever = model.discounted(history, Horizon::Infinite, 0.01).unwrap();
    prop_assert!(for_ever.is_finite() && for_ever >= within(0.01) * (1.0 - 1e-7), "{for_ever} {}", within(0.01));
    match model.discounted(history, Horizon::Infinite, 0.0) {
        Ok(all) => prop_assert!(all >= for_ever * (1.0 - 1e-7)),
        Err(fault) => prop_assert!(does_not_exist(&fault)),
    }
    Ok(())
}

/// More time ahead brings more purchases, and less certainty to be a customer.
fn grows<M: PurchaseModel>(model: &M, history: &M::History, short: f64, long: f64) -> Result<(), TestCaseError> {
    let (soon, later) = (model.future(history, short).unwrap(), model.future(history, long).unwrap());
    prop_assert!(soon.mean <= later.mean * (1.0 + 1e-12));
    prop_assert!(later.p_alive <= soon.p_alive * (1.0 + 1e-12));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn bg_nbd(p in parameters(), history in history(), ahead in 0.0..500.0_f64) {
        let model = BgNbd::from_parameters(p).unwrap();
        laws(&model, &history, ahead)?;
        grows(&model, &history, ahead / 3.0, ahead)?;
    }

    #[test]
    fn mbg_nbd(p in parameters(), history in history(), ahead in 0.0..500.0_f64) {
        let model = MbgNbd::from_parameters(p).unwrap();
        laws(&model, &history, ahead)?;
        grows(&model, &history, ahead / 3.0, ahead)?;
    }

    #[test]
    fn pareto_nbd(p in parameters(), history in history(), ahead in 0.0..500.0_f64) {
        let model = ParetoNbd::from_parameters(p).unwrap();
        laws(&model, &history, ahead)?;
        grows(&model, &history, ahead / 3.0, ahead)?;
    }

    #[test]
    fn bg_bb(p in parameters(), history in periods(), ahead in 0_u32..60) {
        let model = BgBb::from_parameters(p).unwrap();
        laws(&model, &history, ahead.into())?;
        grows(&model, &history, f64::from(ahead / 3), ahead.into())?;
    }

    #[test]
    fn spending(p in parameter(), q in parameter(), v in parameter(), orders in 0_u32..1000, mean in parameter()) {
        let model = GammaGamma::new(p, q, v).unwrap();
        let spending = Spending::new(orders, if orders == 0 { 0.0 } else { mean }).unwrap();
        prop_assert!(model.log_likelihood(&spending).is_finite());
        match model.mean_value(&spending) {
            Ok(value) => prop_assert!(value > 0.0 && value.is_finite()),
            Err(fault) => prop_assert!(does_not_exist(&fault)),
        }
    }

    /// Retention never falls, survival never rises, and what leaves and what stays is all.
    #[test]
    fn subscriptions(alpha in parameter(), beta in parameter(), renewals in 1_u32..80, rate in 0.0..0.5_f64) {
        let model = ShiftedBetaGeometric::new(alpha, beta).unwrap();
        prop_assert!(model.retention(renewals) <= model.retention(renewals + 1) + 1e-15);
        prop_assert!(model.survival(renewals + 1) <= model.survival(renewals) * (1.0 + 1e-12));
        let left: f64 = (1..=renewals).map(|renewal| model.churn(renewal)).sum();
        prop_assert!(close(left + model.survival(renewals), 1.0, 1e-11));
        match model.discounted_lifetime(rate) {
            Ok(lifetime) => prop_assert!(lifetime >= 1.0 - 1e-12 && lifetime.is_finite()),
            Err(fault) => prop_assert!(does_not_exist(&fault)),
        }
        prop_assert!(model.discounted_residual_lifetime(0, rate).is_err());
    }

    /// No number that comes from outside leads to a panic or to NaN.
    #[test]
    fn bad_numbers_are_errors(bad in prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(-1.0), Just(-1e-300), Just(0.0)]) {
        prop_assert!(BgNbd::new(bad, 1.0, 1.0, 1.0).is_err());
        prop_assert!(ParetoNbd::new(1.0, 1.0, 1.0, bad).is_err());
        prop_assert!(GammaGamma::new(1.0, bad, 1.0).is_err());
        let model = BgNbd::new(1.0, 1.0, 1.0, 1.0).unwrap();
        let history = History::new(1, 1.0, 2.0).unwrap();
        prop_assert_eq!(model.future(&history, bad).is_err(), bad != 0.0);
        prop_assert_eq!(model.discounted(&history, Horizon::Within(1.0), bad).is_err(), bad != 0.0);
        prop_assert!(BgBb::new(1.0, 1.0, 1.0, 1.0).unwrap().future(&PeriodHistory::NEW, 0.5).is_err());
    }
}

/// The same optimum in days, weeks and months, and in whatever order customers come, to the last bit.
fn same_whatever_the_unit<M: PurchaseModel<History = History>>(truth: &M) {
    let ages: Vec<f64> = (0..1200).map(|i| 20.0 + f64::from(i % 60)).collect();
    let customers: Vec<History> =
        truth.simulate(&ages, 0.0, Seed(42)).unwrap().iter().map(|customer| customer.history).collect();
    let fit = |unit: f64, reversed: bool| {
        let scaled = customers.iter().map(|h| History::new(h.purchases(), h.last() * unit, h.age() * unit).unwrap());
        let mut scaled: Vec<_> = scaled.collect();
        if reversed {
            scaled.reverse();
        }
        M::fit(&Histories::group(scaled)).unwrap()
    };
    let weeks = fit(1.0, false);
    assert_eq!(weeks, fit(1.0, true), "the order of customers");
    let purchases: f64 = customers.iter().map(|history| f64::from(history.purchases())).sum();
    for unit in [7.0, 0.23, 8766.0] {
        let other = fit(unit, false);
        for ((one, scaled), name) in
            weeks.model.parameters().iter().zip(other.model.parameters()).zip(M::parameter_names())
        {
            let expected = if ["alpha", "beta"].contains(&name) { one * unit } else { *one };
            assert!((scaled / expected - 1.0).abs() < 1e-7, "{} {name}: {scaled} {expected}", M::name());
        }
        let shifted = weeks.estimates.log_likelihood - purchases * unit.ln();
        assert!((other.estimates.log_likelihood - shifted).abs() < 1e-6);
        let (one, scaled) = (weeks.model.future(&customers[7], 12.0).unwrap(), {
            let h = &customers[7];
            let history = History::new(h.purchases(), h.last() * unit, h.age() * unit).unwrap();
            other.model.future(&history, 12.0 * unit).unwrap()
        });
        assert!((one.mean / scaled.mean - 1.0).abs() < 1e-6);
    }
}

#[test]
fn units_and_order() {
    same_whatever_the_unit(&BgNbd::new(0.6, 5.0, 0.9, 3.0).unwrap());
    same_whatever_the_unit(&MbgNbd::new(0.6, 5.0, 0.9, 3.0).unwrap());
    same_whatever_the_unit(&ParetoNbd::new(0.7, 6.0, 0.6, 12.0).unwrap());
}

/// The maximum that Newton's method found is one: moving any parameter loses likelihood.
fn is_a_maximum<M: PurchaseModel>(truth: &M, ages: &[f64]) {
    let histories: Histories<M::History> =
        truth.simulate(ages, 0.0, Seed(5)).unwrap().iter().map(|customer| customer.history).collect();
    let fit = M::fit(&histories).unwrap();
    let likelihood = |parameters: [f64; 4]| -> f64 {
        let model = M::from_parameters(parameters).unwrap();
        histories.iter().map(|(history, weight)| weight * model.log_likelihood(history)).sum()
    };
    let best = likelihood(fit.model.parameters());
    assert!((best - fit.estimates.log_likelihood).abs() < 1e-5, "{best} {}", fit.estimates.log_likelihood);
    for index in 0..4 {
        for factor in [0.99, 1.01] {
            let mut moved = fit.model.parameters();
            moved[index] *= factor;
            assert!(likelihood(moved) < best, "{} {index} {factor}", M::name());
        }
    }
}

#[test]
fn maxima() {
    let ages: Vec<f64> = (0..800).map(|i| 20.0 + f64::from(i % 50)).collect();
    is_a_maximum(&BgNbd::new(0.6, 5.0, 0.9, 3.0).unwrap(), &ages);
    is_a_maximum(&MbgNbd::new(0.6, 5.0, 0.9, 3.0).unwrap(), &ages);
    is_a_maximum(&ParetoNbd::new(0.7, 6.0, 0.6, 12.0).unwrap(), &ages);
    is_a_maximum(&BgBb::new(0.8, 1.2, 0.7, 4.0).unwrap(), &vec![12.0; 1500]);
}

/// Odd data that have no inner maximum, or hardly any data: an answer with a flag, or an error that says what is lacking.
#[test]
fn whatever_the_unit_of_a_covariate() {
    let customers = |alpha: f64, seed| -> Histories<History> {
        let simulated = BgNbd::new(0.7, alpha, 0.8, 2.5).unwrap().simulate(&[30.0; 300], 0.0, Seed(seed)).unwrap();
        simulated.iter().map(|customer| customer.history).collect()
    };
    let (one, other, third) = (customers(4.0, 1), customers(8.0, 2), customers(6.0, 3));
    let by = |unit: f64| {
        let groups = [
            Group { covariates: &[0.0], histories: &one },
            Group { covariates: &[1.0 / unit], histories: &other },
            Group { covariates: &[0.4 / unit], histories: &third },
        ];
        let fit = BgNbd::fit_with(&["first basket"], &groups).unwrap();
        let total = fit.total(&groups, 10.0).unwrap();
        let effect = fit.effects[0].purchases;
        [fit.estimates.log_likelihood, effect.value / unit, effect.se.unwrap() / unit, total.mean, total.parameters]
    };
    for unit in [1e-6, 1e-3, 1e9] {
        for (here, there) in by(1.0).into_iter().zip(by(unit)) {
            assert!(close(here, there, 1e-6), "{unit}: {here} {there}");
        }
    }
}

#[test]
fn one_price_for_all() {
    // The likelihood of equal orders rises forever; what is known is their value.
    let all = [1, 1, 2, 3, 5, 8].map(|orders| Spending::new(orders, 99.0).unwrap());
    let fit = GammaGamma::fit(&all.into_iter().collect()).unwrap();
    assert_eq!(fit.estimates.identified, Identified::Weakly(vec!["p", "q"]), "{fit:?}");
    assert!((fit.model.mean_value(&Spending::NONE).unwrap() - 99.0).abs() < 1e-3, "{fit:?}");
    assert!((fit.model.mean_value(&all[3]).unwrap() - 99.0).abs() < 1e-3, "{fit:?}");
    let sum: f64 = all.iter().map(|spending| fit.model.log_likelihood(spending)).sum();
    assert!((fit.estimates.log_likelihood - sum).abs() < 1e-3, "{sum} {fit:?}");
}

#[test]
fn boundaries_are_answers() {
    let history = |x, last, age| History::new(x, last, age).unwrap();
    // Everybody alike, everybody until the very end, one customer, everybody gone at once.
    let alike = Histories::group(vec![history(5, 9.0, 10.0); 100]);
    let until_the_end = Histories::group((1..100).map(|i| history(i % 9 + 1, 10.0, 10.0)));
    let one = Histories::group([history(3, 4.0, 8.0)]);
    let gone =
        Histories::group((0..100).map(|i| if i % 2 == 0 { history(1, 0.001, 500.0) } else { history(0, 0.0, 500.0) }));
    for histories in [alike, until_the_end, one, gone] {
        fn check<M: PurchaseModel<History = History>>(histories: &Histories<History>) {
            let fit = M::fit(histories).unwrap_or_else(|fault| panic!("{}: {fault}", M::name()));
            assert!(fit.estimates.log_likelihood.is_finite());
            let ahead = fit.total(histories, 10.0).unwrap();
            assert!(ahead.mean.is_finite() && ahead.standard_deviation().is_finite());
            ahead.interval(0.9).unwrap();
        }
        check::<BgNbd>(&histories);
        check::<MbgNbd>(&histories);
        check::<ParetoNbd>(&histories);
    }
    assert!(BgNbd::fit(&Histories::default()).is_err());
    assert!(BgNbd::fit(&Histories::group([History::NEW])).is_err());
    assert!(ParetoNbd::fit(&Histories::group([history(0, 0.0, 9.0)])).is_err());
    assert!(GammaGamma::fit(&Histories::group([Spending::NONE])).is_err());
    GammaGamma::fit(&Histories::group([Spending::new(2, 30.0).unwrap()])).unwrap();
    ShiftedBetaGeometric::fit(&Renewals::of(&[100, 100, 100]).unwrap()).unwrap();
    ShiftedBetaGeometric::fit(&Renewals::of(&[100, 0]).unwrap()).unwrap();
}

/// The parts of the likelihood that fitting uses and the one that users see are the same number.
#[test]
fn bootstrap_agrees_with_the_standard_errors() {
    let truth = MbgNbd::new(0.8, 6.0, 0.9, 2.5).unwrap();
    let ages = vec![52.0; 1500];
    let histories: Histories<_> =
        truth.simulate(&ages, 0.0, Seed(9)).unwrap().iter().map(|customer| customer.history).collect();
    let fit = MbgNbd::fit(&histories).unwrap();
    let samples = styring_ltv::Fit::<MbgNbd>::bootstrap(&histories, 200, Seed(10)).unwrap();
    assert!(samples.len() > 195);
    for (index, known) in fit.estimates.parameters.iter().enumerate() {
        let logs: Vec<f64> = samples.iter().map(|sample| sample.model.parameters()[index].ln()).collect();
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / logs.len() as f64;
        let ratio = variance.sqrt() / known.se_log.unwrap();
        assert!((0.75..1.35).contains(&ratio), "{} {ratio}", known.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// The distribution of a value and its quantiles are inverse to each other, and it has the mean that it should.
    #[test]
    fn value_distributions(history in history(), mean in 1.0..1e4_f64, ahead in 1.0..300.0_f64, level in 0.01..0.99_f64) {
        let purchases = BgNbd::new(0.6, 12.0, 0.9, 3.0).unwrap();
        let simulated = purchases.simulate(&[30.0; 300], 0.0, Seed(3)).unwrap();
        let fit = BgNbd::fit(&simulated.iter().map(|customer| customer.history).collect()).unwrap();
        let orders: Vec<u32> = simulated.iter().map(|customer| customer.history.purchases()).collect();
        let spend = GammaGamma::new(4.0, 5.0, 900.0).unwrap().simulate(&orders, Seed(4)).unwrap();
        let value = styring_ltv::LifetimeValue::new(fit, GammaGamma::fit(&Histories::group(spend)).unwrap());
        let spent = Spending::new(history.purchases(), if history.purchases() == 0 { 0.0 } else { mean }).unwrap();
        let distribution = value.distribution(&history, &spent, ahead).unwrap();
        let quantile = distribution.quantile(level).unwrap();
        prop_assert!(quantile.is_finite() && quantile >= 0.0);
        if quantile > 0.0 {
            prop_assert!((distribution.at_most(quantile).unwrap() - level).abs() < 1e-9, "{quantile}");
        } else {
            prop_assert!(distribution.at_most(0.0).unwrap() >= level);
        }
    }
}
