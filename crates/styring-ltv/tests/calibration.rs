//! Statistical promises of the models, by seeded simulation: `cargo test -p styring-ltv --test calibration -- --nocapture`; with `--ignored` the long one.
#![allow(clippy::unwrap_used)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Gamma, StandardUniform};
use styring_ltv::{
    BgBb, BgNbd, Counts, GammaGamma, Histories, LifetimeValue, MbgNbd, ParetoNbd, PurchaseModel, Renewals, Seed,
    ShiftedBetaGeometric, Spending, frequency_table, value_and_frequency,
};
use styring_testkit::calibration::Share;

fn said(what: &str, share: &Share) {
    println!("{what}: {:.1} % ± {:.1}", share.percent(), share.error(90.0));
}

/// Whether the 90 % interval holds this count, with the ends counted by lot so that steps do not matter: u is uniform, and so is the probability below `next` plus u times that of `next`.
fn within_by_lot(counts: &Counts, next: u32, lot: f64) -> bool {
    let next = next as usize;
    let below = if next == 0 { 0.0 } else { counts.at_most(next - 1) };
    (0.05..0.95).contains(&(below + lot * counts.probability(next)))
}

/// Fits to `customers` simulated customers, `rounds` times, and holds the predictions of the time ahead against what came.
fn predictions<M: PurchaseModel>(truth: &M, ages: &[f64], ahead: f64, rounds: u64) -> [Share; 4] {
    const COHORT: usize = 40;
    let [mut customer, mut by_steps, mut cohort, mut portfolio]: [Share; 4] = Default::default();
    let mut lots = ChaCha8Rng::seed_from_u64(77);
    for round in 0..rounds {
        let simulated = truth.simulate(ages, ahead, Seed(1000 + round)).unwrap();
        let histories: Histories<_> = simulated.iter().map(|customer| customer.history).collect();
        let fit = M::fit(&histories).unwrap();
        for simulated in simulated.iter().take(10) {
            let counts = fit.counts(&simulated.history, ahead).unwrap();
            customer.count(within_by_lot(&counts, simulated.next, StandardUniform.sample(&mut lots)));
            let (low, high) = counts.interval(0.9).unwrap();
            by_steps.count((low..=high).contains(&(simulated.next as usize)));
        }
        let holds = |simulated: &[styring_ltv::Simulated<M::History>], share: &mut Share| {
            let group: Histories<_> = simulated.iter().map(|customer| customer.history).collect();
            let (low, high) = fit.total(&group, ahead).unwrap().interval(0.9).unwrap();
            let came: f64 = simulated.iter().map(|customer| f64::from(customer.next)).sum();
            share.count((low..=high).contains(&came));
        };
        holds(&simulated[..COHORT], &mut cohort);
        holds(&simulated, &mut portfolio);
    }
    println!("{}, {} customers, {rounds} rounds", M::name(), ages.len());
    said("  a customer, steps by lot", &customer);
    said("  a customer, whole counts", &by_steps);
    said("  a cohort of 40", &cohort);
    said("  all", &portfolio);
    [customer, by_steps, cohort, portfolio]
}

fn all_models(rounds: u64) -> Vec<[Share; 4]> {
    let ages: Vec<f64> = (0..600).map(|i| 20.0 + f64::from(i % 40)).collect();
    vec![
        predictions(&BgNbd::new(0.6, 5.0, 0.9, 3.0).unwrap(), &ages, 26.0, rounds),
        predictions(&MbgNbd::new(0.6, 5.0, 0.9, 3.0).unwrap(), &ages, 26.0, rounds),
        predictions(&ParetoNbd::new(0.7, 6.0, 0.8, 20.0).unwrap(), &ages, 26.0, rounds),
        predictions(&BgBb::new(0.8, 1.6, 0.7, 5.0).unwrap(), &vec![12.0; 600], 6.0, rounds),
    ]
}

#[test]
fn prediction_intervals_short() {
    for [customer, by_steps, cohort, portfolio] in all_models(100) {
        // Three Monte-Carlo errors.
        assert!(customer.is_about(90.0, 3.0));
        assert!(by_steps.percent() > 90.0 - 3.0);
        assert!(cohort.is_about(90.0, 9.5));
        assert!(portfolio.is_about(90.0, 9.5));
    }
}

#[test]
#[ignore = "a minute; the figures of docs/lifetime-value.md"]
fn prediction_intervals_long() {
    for [customer, by_steps, cohort, portfolio] in all_models(2000) {
        assert!(customer.is_about(90.0, 3.0));
        assert!(by_steps.percent() > 89.0);
        assert!(cohort.is_about(90.0, 3.0));
        assert!(portfolio.is_about(90.0, 3.0));
    }
}

/// What customers spend in the time ahead: one by one, and all together.
fn values(rounds: u64) -> [Share; 2] {
    let [mut customer, mut portfolio]: [Share; 2] = Default::default();
    let purchases_truth = MbgNbd::new(0.8, 5.0, 0.9, 3.0).unwrap();
    let (p, q, v) = (6.0, 4.0, 900.0);
    let ages: Vec<f64> = (0..800).map(|i| 20.0 + f64::from(i % 40)).collect();
    let (ahead, mut generator) = (26.0, ChaCha8Rng::seed_from_u64(5));
    let mut gamma = |shape: f64, rate: f64| Gamma::new(shape, 1.0 / rate).unwrap().sample(&mut generator);
    let mut lots = ChaCha8Rng::seed_from_u64(6);
    for round in 0..rounds {
        let simulated = purchases_truth.simulate(&ages, ahead, Seed(5000 + round)).unwrap();
        let mut came = Vec::new();
        let customers: Vec<_> = simulated
            .iter()
            .map(|customer| {
                let rate = gamma(q, v);
                let mut sum = |orders: u32| if orders == 0 { 0.0 } else { gamma(p * f64::from(orders), rate) };
                let orders = customer.history.purchases();
                let spent = sum(orders);
                came.push(sum(customer.next));
                let mean = if orders == 0 { 0.0 } else { spent / f64::from(orders) };
                (customer.history, Spending::new(orders, mean).unwrap())
            })
            .collect();
        let value = LifetimeValue::new(
            MbgNbd::fit(&customers.iter().map(|customer| customer.0).collect()).unwrap(),
            GammaGamma::fit(&customers.iter().map(|customer| customer.1).collect()).unwrap(),
        );
        for ((history, spent), came) in customers.iter().zip(&came).take(20) {
            let distribution = value.distribution(history, spent, ahead).unwrap();
            let lot: f64 = StandardUniform.sample(&mut lots);
            let below = distribution.at_most(*came).unwrap();
            // Nothing is a step, everything else is smooth.
            customer.count((0.05..0.95).contains(&if *came == 0.0 { lot * below } else { below }));
        }
        let all = Histories::group(customers.iter().copied());
        let (low, high) = value.total(&all, ahead, 0.0).unwrap().interval(0.9).unwrap();
        portfolio.count((low..=high).contains(&came.iter().sum()));
    }
    said("value of a customer", &customer);
    said("value of all", &portfolio);
    [customer, portfolio]
}

#[test]
fn value_intervals() {
    let [customer, portfolio] = values(200);
    assert!(customer.is_about(90.0, 3.0));
    assert!(portfolio.is_about(90.0, 6.5));
}

/// How many subscribers are left after five more renewals.
#[test]
fn subscriber_intervals() {
    let truth = ShiftedBetaGeometric::new(0.7, 2.5).unwrap();
    let mut share = Share::default();
    let mut lots = ChaCha8Rng::seed_from_u64(8);
    for _ in 0..500 {
        let mut active = vec![800_u64];
        let beta = rand_distr::Beta::new(0.7, 2.5).unwrap();
        let leaves: Vec<f64> = (0..800).map(|_| beta.sample(&mut lots)).collect();
        let mut there: Vec<f64> = leaves;
        for _ in 0..12 {
            there.retain(|leaves| {
                let lot: f64 = StandardUniform.sample(&mut lots);
                lot >= *leaves
            });
            active.push(there.len() as u64);
        }
        let seen = Renewals::of(&active[..8]).unwrap();
        let (low, high) = ShiftedBetaGeometric::fit(&seen).unwrap().survivors(&seen, 5).unwrap().interval(0.9).unwrap();
        share.count((low..=high).contains(&(active[12] as f64)));
    }
    assert!((truth.survival(1) - 2.5 / 3.2).abs() < 1e-12);
    said("subscribers left after five more renewals", &share);
    assert!(share.is_about(90.0, 4.1));
}

/// Parameters lie within 1.645 standard errors of their logarithms nine times in ten.
#[test]
fn standard_errors() {
    let truth = ParetoNbd::new(0.9, 6.0, 1.2, 30.0).unwrap();
    let ages: Vec<f64> = (0..1500).map(|i| 30.0 + f64::from(i % 40)).collect();
    let mut shares: [Share; 4] = Default::default();
    for round in 0..300 {
        let simulated = truth.simulate(&ages, 0.0, Seed(round)).unwrap();
        let fit = ParetoNbd::fit(&simulated.iter().map(|customer| customer.history).collect()).unwrap();
        for ((known, truth), share) in fit.estimates.parameters.iter().zip(truth.parameters()).zip(&mut shares) {
            let apart = (known.value / truth).ln().abs();
            share.count(known.se_log.is_none_or(|se| apart < 1.645 * se));
        }
    }
    for (name, share) in ParetoNbd::parameter_names().iter().zip(&shares) {
        said(&format!("Pareto/NBD {name} within its limits"), share);
        assert!(share.is_about(90.0, 5.2), "{name}");
    }
}

/// Tests of fit reject true models about as often as they say.
#[test]
fn p_values() {
    let [mut least, mut most, mut independence]: [Share; 3] = Default::default();
    let truth = BgNbd::new(0.8, 5.0, 0.9, 3.0).unwrap();
    let spend = GammaGamma::new(3.0, 4.0, 900.0).unwrap();
    for round in 0..400 {
        let simulated = truth.simulate(&[40.0; 1500], 0.0, Seed(round)).unwrap();
        let histories: Histories<_> = simulated.iter().map(|customer| customer.history).collect();
        let fit = BgNbd::fit(&histories).unwrap();
        let table = frequency_table(&fit.model, &histories, 12).unwrap();
        least.count(table.p_value[0] > 0.1);
        most.count(table.p_value[1] > 0.1);
        let orders: Vec<u32> = simulated.iter().map(|customer| customer.history.purchases()).collect();
        let spendings = Histories::group(spend.simulate(&orders, Seed(round + 9000)).unwrap());
        let fit = GammaGamma::fit(&spendings).unwrap();
        independence.count(value_and_frequency(&fit.model, &spendings).unwrap().p_value > 0.1);
    }
    said("frequency table not rejected at 10 %, lower p-value", &least);
    said("frequency table not rejected at 10 %, upper p-value", &most);
    said("independence not rejected at 10 %", &independence);
    assert!(least.percent() < 90.0 && 90.0 < most.percent());
    assert!(independence.is_about(90.0, 5.0));
}
