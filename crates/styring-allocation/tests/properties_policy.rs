//! What holds for every policy.
#![allow(clippy::expect_used)]

use proptest::prelude::*;
use styring_allocation::policy::{Curves, Even, Policy, Proportional, Rails, Weekly, WeeklyScore, Weight};
use styring_allocation::{Error, Guardrail, History, Lift, Observed, Reason, Rhythm, Seed, Track};
use styring_money::{Currency, Money, Share};

fn money(minor: i128) -> Money {
    Money::from_minor(minor, Currency::NOK).expect("an amount")
}

fn observed() -> impl Strategy<Value = Observed> {
    (0_i64..5_000_000, 0_i64..1200, 0_u32..900, 0.3_f64..=1.0, prop::option::of(0.0_f64..9.0)).prop_map(
        |(budget, spent, results, completion, frequency)| Observed {
            budget: money(budget.into()),
            spend: money(i128::from(budget * spent / 1000)),
            results: results.into(),
            value: None,
            frequency,
            completion,
        },
    )
}

fn guardrail() -> impl Strategy<Value = Guardrail> {
    (0_i64..100_000, prop::option::of(1_500_000_i64..9_000_000), prop::option::of(1_u8..60), 0_u8..12).prop_map(
        |(min, max, step, kept)| Guardrail {
            min: money(min.into()),
            max: max.map(|max| money(max.into())),
            largest_step: step.map(|step| Share::percent(step).expect("a share")),
            kept: (kept == 0).then(|| money(i128::from(min) + 5_000)),
        },
    )
}

fn history() -> impl Strategy<Value = History> {
    (2_usize..7, 0_usize..9).prop_flat_map(|(channels, weeks)| {
        let track = (
            guardrail(),
            prop::collection::vec(observed(), weeks),
            prop::option::of((0.0_f64..2.0, 0.0_f64..0.5)),
            any::<bool>(),
        );
        prop::collection::vec(track, channels).prop_map(|tracks| History {
            currency: Currency::NOK,
            channels: tracks
                .into_iter()
                .enumerate()
                .map(|(index, (guardrail, weeks, lift, ready))| Track {
                    guardrail,
                    goal: 50.0,
                    lift: lift.map(|(factor, se)| Lift { factor, se }),
                    ready,
                    weeks,
                    ..Track::new(format!("channel {index}"), Currency::NOK)
                })
                .collect(),
        })
    })
}

fn policies(churn: u8) -> Vec<Box<dyn Policy>> {
    let rails = Rails { churn: Share::percent(churn).ok(), step: Share::percent(30).ok(), frequency_cap: Some(4.0) };
    let proportional = |weight| Proportional { rails: rails.clone(), calibrated: true, ..Proportional::new(weight) };
    vec![
        Box::new(Even {}),
        Box::new(proportional(Weight::PerSpend)),
        Box::new(proportional(Weight::Power(2.0))),
        Box::new(proportional(Weight::WinnerTakesAll)),
        Box::new(Weekly::new(Rhythm::new(Currency::NOK), WeeklyScore::Article)),
        Box::new(Weekly::new(Rhythm::new(Currency::NOK), WeeklyScore::InverseCpa)),
        Box::new(Curves { rails: rails.clone(), ..Curves::default() }),
        Box::new(Curves { sampled: true, rails, ..Curves::default() }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn money_and_guardrails_are_kept(history in history(), total in 1_000_000_i64..9_000_000, churn in 1_u8..=100, seed in any::<u64>()) {
        let total = money(total.into());
        for policy in policies(churn) {
            let decision = match policy.next(total, &history, Seed(seed)) {
                Ok(decision) => decision,
                Err(fault) => {
                    let is_infeasible = matches!(fault, Error::InfeasibleBudget { .. });
                    prop_assert!(is_infeasible, "{}: {fault}", policy.name());
                    continue;
                }
            };
            let sum = Money::sum(decision.channels.iter().map(|channel| channel.after), Currency::NOK).expect("a sum");
            prop_assert_eq!(sum, total, "{}", policy.name());
            for (track, channel) in history.channels.iter().zip(&decision.channels) {
                prop_assert_eq!(&track.name, &channel.channel);
                let minor = |money: Money| money.to_minor().expect("minor units");
                let after = minor(channel.after);
                if let Some(kept) = track.guardrail.kept {
                    prop_assert_eq!(channel.after, kept);
                } else {
                    prop_assert!(after >= minor(track.guardrail.min), "{}", policy.name());
                    prop_assert!(track.guardrail.max.is_none_or(|max| after <= minor(max)), "{}", policy.name());
                }
                prop_assert!(!channel.reasons.is_empty(), "{}", policy.name());
                let says_limited = channel.reasons.iter().any(|reason| matches!(reason, Reason::Limited { .. }));
                prop_assert!(!says_limited || track.guardrail.kept.is_none());
            }
            let again = policy.next(total, &history, Seed(seed)).expect("a decision");
            prop_assert_eq!(&decision, &again);
            let given: i128 = decision.transfers.iter().map(|transfer| transfer.amount.to_minor().expect("minor units")).sum();
            prop_assert_eq!(money(given), decision.moved);
            prop_assert!(!decision.to_string().is_empty());
        }
    }

    #[test]
    fn no_more_moves_than_the_churn_limit_lets(history in history(), churn in 1_u8..=50, seed in any::<u64>()) {
        prop_assume!(history.weeks() > 0);
        // Budgets inside their bounds, and their own total: nothing has to be fitted first.
        let mut history = history;
        for track in &mut history.channels {
            track.guardrail = Guardrail::none(Currency::NOK);
            if let Some(last) = track.weeks.last_mut() {
                last.budget = money(last.budget.to_minor().expect("minor units").max(100));
            }
        }
        let budgets = history.channels.iter().filter_map(|track| track.weeks.last()).map(|week| week.budget);
        let total = Money::sum(budgets, Currency::NOK).expect("a sum");
        let most = Share::percent(churn).expect("a share").of(total.to_minor().expect("minor units"));
        for policy in policies(churn).into_iter().filter(|policy| !policy.name().contains("rhythm") && !policy.name().contains("even")) {
            let decision = policy.next(total, &history, Seed(seed)).expect("a decision");
            prop_assert!(decision.moved.to_minor().expect("minor units") <= most, "{}: {} of {}", policy.name(), decision.moved, money(most));
        }
    }

    #[test]
    fn a_history_that_does_not_hold_together_is_refused(history in history(), which in 0_u8..6) {
        prop_assume!(history.weeks() > 0);
        let mut history = history;
        let first = &mut history.channels[0];
        match which {
            0 => first.weeks[0].results = f64::NAN,
            1 => first.weeks[0].completion = 0.0,
            2 => first.weeks[0].spend = Money::from_minor(100, Currency::EUR).expect("an amount"),
            3 => { first.weeks.pop(); }
            4 => first.name = "channel 1".to_owned(),
            _ => first.lift = Some(Lift { factor: -1.0, se: 0.1 }),
        }
        for policy in policies(10) {
            prop_assert!(policy.next(money(1_000_000), &history, Seed(1)).is_err(), "{}", policy.name());
        }
    }
}

/// More results for the same money, and a channel gets no less.
#[test]
fn better_channels_get_more() {
    let week = |results: f64| Observed {
        budget: money(1_000_000),
        spend: money(1_000_000),
        results,
        value: None,
        frequency: None,
        completion: 1.0,
    };
    let track = |name: &str, results: f64| Track { weeks: vec![week(results); 3], ..Track::new(name, Currency::NOK) };
    let history = History {
        currency: Currency::NOK,
        channels: vec![track("good", 80.0), track("fair", 50.0), track("poor", 20.0)],
    };
    for policy in policies(20).into_iter().filter(|policy| policy.name() != "even split") {
        let decision = policy.next(money(3_000_000), &history, Seed(7)).expect("a decision");
        let after: Vec<Money> = decision.channels.iter().map(|channel| channel.after).collect();
        let ordered = after[0].compare(after[2]).expect("one currency").is_gt();
        assert!(ordered, "{}: {after:?}", policy.name());
    }
}
