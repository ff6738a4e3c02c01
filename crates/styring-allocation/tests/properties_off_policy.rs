//! The laws of off-policy estimates.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use styring_allocation::off_policy::{Estimator, Logged, OffPolicy, Prediction, Refusal, Row, Settings};

fn logged() -> impl Strategy<Value = Logged> {
    (
        -5.0..50.0_f64,
        0.02..=1.0_f64,
        prop_oneof![1 => Just(0.0), 1 => Just(1.0), 6 => 0.0..=1.0_f64],
        0.0..10.0_f64,
        0.0..10.0_f64,
    )
        .prop_map(|(reward, propensity, policy_probability, of_action, of_policy)| Logged {
            reward,
            propensity,
            policy_probability,
            model: Some(Prediction { of_action, of_policy }),
        })
}

fn log(rows: &[Logged]) -> OffPolicy {
    let mut log =
        OffPolicy::new(Settings { clip: 3.0, switch: 2.0, shrink: 4.0, ..Settings::without_limits() }).unwrap();
    for row in rows {
        log.add(row).unwrap();
    }
    log
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * (1.0 + one.abs().max(other.abs()))
}

/// Value and error of every estimator that there is.
fn estimates(log: &OffPolicy) -> Vec<Option<(f64, f64)>> {
    let of = |estimator| {
        let estimate = log.estimate(estimator).ok()?;
        Some((estimate.value(), estimate.standard_error().unwrap_or(0.0)))
    };
    Estimator::ALL.map(of).to_vec()
}

fn alike(one: &OffPolicy, other: &OffPolicy) -> bool {
    one.rows() == other.rows()
        && estimates(one).iter().zip(&estimates(other)).all(|pair| match pair {
            (Some((v, e)), Some((w, f))) => near(*v, *w) && (e - f).abs() < 1e-6 * (1.0 + e),
            (one, other) => one.is_none() && other.is_none(),
        })
}

proptest! {
    #[test]
    fn parts_merge_to_the_whole(rows in prop::collection::vec(logged(), 0..60), cuts in (0..60_usize, 0..60_usize)) {
        let (first, second) = (cuts.0.min(cuts.1).min(rows.len()), cuts.0.max(cuts.1).min(rows.len()));
        let (a, b, c) = (log(&rows[..first]), log(&rows[first..second]), log(&rows[second..]));
        let merged = |one: &OffPolicy, other: &OffPolicy| { let mut sum = one.clone(); sum.merge(other).unwrap(); sum };
        let whole = log(&rows);
        prop_assert!(alike(&merged(&merged(&a, &b), &c), &whole));
        prop_assert!(alike(&merged(&a, &merged(&b, &c)), &whole));
        prop_assert!(alike(&merged(&c, &merged(&b, &a)), &whole));
        prop_assert_eq!(merged(&whole, &log(&[])), whole.clone());
        prop_assert_eq!(merged(&log(&[]), &whole), whole);
        prop_assert!(log(&rows).merge(&OffPolicy::default()).is_err());
    }

    #[test]
    fn estimates_are_their_sums(rows in prop::collection::vec(logged(), 2..40)) {
        let sums = log(&rows);
        prop_assume!(sums.weights().is_ok());
        let n = rows.len() as f64;
        let w = |row: &Logged| row.policy_probability / row.propensity;
        let q = |row: &Logged| row.model.unwrap();
        let mean = |of: &dyn Fn(&Logged) -> f64| rows.iter().map(of).sum::<f64>() / n;
        let error = |of: &dyn Fn(&Logged) -> f64| {
            let m = mean(of);
            (rows.iter().map(|row| (of(row) - m).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt()
        };
        let weight = mean(&w);
        let snips = mean(&|row| w(row) * row.reward) / weight;
        let residual = |row: &Logged| w(row) * (row.reward - q(row).of_action);
        let ratio = mean(&residual) / weight;
        let expected: [(Estimator, f64, f64); 7] = [
            (Estimator::Ips, mean(&|row| w(row) * row.reward), error(&|row| w(row) * row.reward)),
            (Estimator::ClippedIps, mean(&|row| w(row).min(3.0) * row.reward), error(&|row| w(row).min(3.0) * row.reward)),
            (Estimator::Snips, snips, error(&|row| w(row) * (row.reward - snips) / weight)),
            (Estimator::DirectMethod, mean(&|row| q(row).of_policy), error(&|row| q(row).of_policy)),
            (Estimator::DoublyRobust, mean(&|row| q(row).of_policy + residual(row)), error(&|row| q(row).of_policy + residual(row))),
            (
                Estimator::SelfNormalisedDoublyRobust,
                mean(&|row| q(row).of_policy) + ratio,
                error(&|row| q(row).of_policy + (residual(row) - w(row) * ratio) / weight),
            ),
            (
                Estimator::SwitchDoublyRobust,
                mean(&|row| q(row).of_policy + if w(row) <= 2.0 { residual(row) } else { 0.0 }),
                error(&|row| q(row).of_policy + if w(row) <= 2.0 { residual(row) } else { 0.0 }),
            ),
        ];
        for (estimator, value, error) in expected {
            let estimate = sums.estimate(estimator).unwrap();
            prop_assert!((estimate.value() - value).abs() < 1e-9 * (1.0 + value.abs()), "{estimator}: {} {value}", estimate.value());
            prop_assert!((estimate.standard_error().unwrap_or(0.0) - error).abs() < 1e-6 * (1.0 + error), "{estimator}");
            if let Some(interval) = estimate.interval(0.9).unwrap() {
                prop_assert!(interval.contains(estimate.value()));
            }
        }
    }

    #[test]
    fn the_logs_own_policy_is_its_mean(rewards in prop::collection::vec((0.0..9.0_f64, 0.01..=1.0_f64), 1..50)) {
        let rows: Vec<Logged> = rewards
            .iter()
            .map(|&(reward, p)| Logged { reward, propensity: p, policy_probability: p, model: None })
            .collect();
        let sums = log(&rows);
        let own = sums.logged().unwrap().value();
        for estimator in [Estimator::Ips, Estimator::Snips] {
            prop_assert!(near(sums.estimate(estimator).unwrap().value(), own));
        }
        prop_assert!(near(sums.weights().unwrap().ess, rewards.len() as f64));
        let rows = rewards.len() as u64;
        prop_assert_eq!(sums.estimate(Estimator::DoublyRobust), Err(Refusal::NoModel { rows }));
    }

    #[test]
    fn a_perfect_model_leaves_nothing_to_weights(rows in prop::collection::vec(logged(), 2..40)) {
        let perfect: Vec<Logged> = rows
            .iter()
            .map(|row| Logged { model: row.model.map(|model| Prediction { of_action: row.reward, ..model }), ..*row })
            .collect();
        let sums = log(&perfect);
        prop_assume!(sums.weights().is_ok());
        let direct = sums.estimate(Estimator::DirectMethod).unwrap().value();
        for estimator in Estimator::ALL.into_iter().filter(|estimator| estimator.needs_model()) {
            prop_assert!(near(sums.estimate(estimator).unwrap().value(), direct));
        }
    }

    #[test]
    fn self_normalised_values_stay_among_rewards(rows in prop::collection::vec(logged(), 1..40)) {
        if let Ok(snips) = log(&rows).estimate(Estimator::Snips) {
            let (low, high) = rows.iter().fold((f64::MAX, f64::MIN), |(low, high), row| (low.min(row.reward), high.max(row.reward)));
            prop_assert!((low - 1e-9..=high + 1e-9).contains(&snips.value()));
        }
    }

    #[test]
    fn refusals_are_by_the_limits(rows in prop::collection::vec(logged(), 1..400), min_ess in 0.0..200.0_f64, share in 0.001..=1.0_f64) {
        let mut sums = OffPolicy::new(Settings { min_ess, max_weight_share: share, ..Settings::default() }).unwrap();
        for row in &rows {
            sums.add(row).unwrap();
        }
        match (sums.weights(), sums.estimate(Estimator::ShrunkDoublyRobust)) {
            (Ok(weights), answer) => {
                prop_assert!(weights.ess <= rows.len() as f64 * (1.0 + 1e-12) && weights.largest_share >= 1.0 / (rows.len() as f64 * (1.0 + 1e-12)));
                prop_assert_eq!(answer.is_err(), weights.ess < min_ess || weights.largest_share > share);
            }
            (Err(refusal), answer) => prop_assert_eq!(answer, Err(refusal)),
        }
        prop_assert!(sums.estimate(Estimator::DirectMethod).is_ok());
    }

    #[test]
    fn nothing_panics(
        action in 0..4_usize, numbers in (any::<f64>(), any::<f64>(), any::<f64>()),
        policy in prop::collection::vec(prop_oneof![any::<f64>(), 0.0..1.0_f64], 0..4), model in prop::collection::vec(any::<f64>(), 0..4),
    ) {
        let (reward, propensity, other) = numbers;
        let _ = Logged::of(&Row { action, reward, propensity, policy: &policy, model: Some(&model) });
        let mut sums = log(&[]);
        let row = Logged { reward, propensity, policy_probability: other, model: Some(Prediction { of_action: other, of_policy: reward }) };
        for _ in 0..3 {
            let _ = sums.add(&row);
        }
        let _ = sums.add(&Logged { reward: 1e100, propensity: 1e-15, policy_probability: 1.0, model: None });
        let _ = sums.add(&Logged { reward: -1e100, propensity: 1e-15, policy_probability: 1.0, model: None });
        for estimator in Estimator::ALL {
            if let Ok(estimate) = sums.estimate(estimator) {
                prop_assert!(estimate.value().is_finite() && estimate.standard_error().is_none_or(f64::is_finite), "{estimator}");
                let _ = estimate.interval(other);
            }
        }
        let _ = OffPolicy::new(Settings { clip: reward, switch: other, shrink: propensity, min_ess: other, max_weight_share: reward });
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_log_is_stored_and_checked() {
    let row = Logged {
        reward: 1.5,
        propensity: 0.25,
        policy_probability: 0.5,
        model: Some(Prediction { of_action: 1.0, of_policy: 1.25 }),
    };
    let sums = log(&[row, Logged { reward: 0.0, ..row }]);
    let text = serde_json::to_string(&sums).unwrap();
    assert_eq!(serde_json::from_str::<OffPolicy>(&text).unwrap(), sums);
    for (from, to) in
        [("\"count\":2", "\"count\":3"), ("\"clip\":3.0", "\"clip\":-3.0"), ("\"largest\":2.0", "\"largest\":-2.0")]
    {
        assert!(text.contains(from), "{text}");
        assert!(serde_json::from_str::<OffPolicy>(&text.replacen(from, to, 1)).is_err(), "{from}");
    }
}

#[test]
fn refusals_say_why() {
    let sums = log(&[]);
    assert_eq!(sums.estimate(Estimator::Ips), Err(Refusal::NoRows));
    let row = Logged { reward: 1.0, propensity: 0.5, policy_probability: 0.0, model: None };
    assert_eq!(
        log(&[row]).estimate(Estimator::Snips).unwrap_err().to_string(),
        "in none of 1 rows would the policy have chosen what was chosen"
    );
    let chance = Logged { policy_probability: 0.5, ..row };
    assert_eq!(log(&[chance]).estimate(Estimator::Replay), Err(Refusal::LeftToChance { rows: 1 }));
    let mut strict = OffPolicy::default();
    strict.add(&chance).unwrap();
    let refusal = strict.estimate(Estimator::Ips).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "the log says next to nothing of this policy: its rows are worth 1.0 of one weight, and the largest has 100.0 % of all weight"
    );
    // One reward of one size does not tell how rewards vary.
    assert_eq!(log(&[chance, chance]).estimate(Estimator::Ips).unwrap().interval(0.95), Ok(None));
}
