//! The laws of allocation.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use proptest::prelude::*;
use styring_allocation::{
    Bounds, Channel, Decision, Error, Evidence, Guardrail, Limit, Raise, Reading, Reason, Rhythm, Verdict, apportion,
    nearest_whole,
};
use styring_money::{Currency, Exact, Money, Share, Unrounded};
use styring_testkit::strategies::exact;

fn bound() -> impl Strategy<Value = Bounds> {
    (0..5_000_i128, 0..10_000_i128).prop_map(|(min, more)| Bounds { min, max: min + more })
}

fn weight() -> impl Strategy<Value = Exact> {
    prop_oneof![2 => Just(Exact::ZERO), 5 => (0..1_000_i64).prop_map(Exact::from), 3 => exact().prop_map(|w| w.abs())]
}

/// A total that the bounds can hold, as a part of the way between their sums.
fn feasible(bounds: &[Bounds], part: f64) -> i128 {
    let (low, high) = bounds.iter().fold((0, 0), |(low, high), b| (low + b.min, high + b.max));
    #[allow(clippy::cast_possible_truncation)]
    let above = ((high - low) as f64 * part) as i128;
    (low + above).clamp(low, high)
}

proptest! {
    // Apportionment.

    #[test]
    fn an_apportionment_keeps_total_and_bounds(
        lines in prop::collection::vec((weight(), bound()), 1..12), part in 0.0..=1.0_f64,
    ) {
        let (weights, bounds): (Vec<Exact>, Vec<Bounds>) = lines.into_iter().unzip();
        let total = feasible(&bounds, part);
        let parts = apportion(total, &weights, &bounds, 1).unwrap();
        prop_assert_eq!(parts.iter().sum::<i128>(), total);
        for (part, bound) in parts.iter().zip(&bounds) {
            prop_assert!((bound.min..=bound.max).contains(part));
        }
        // Where neither bound holds, shares are in proportion to weights, to within a unit each.
        let free: Vec<usize> = (0..parts.len())
            .filter(|i| bounds[*i].min + 1 < parts[*i] && parts[*i] < bounds[*i].max - 1 && !weights[*i].is_zero())
            .collect();
        for pair in free.windows(2) {
            let (i, j) = (pair[0], pair[1]);
            let cross = &(&Exact::from(parts[i]) * &weights[j]) - &(&Exact::from(parts[j]) * &weights[i]);
            prop_assert!(cross.abs() <= &(&weights[i] + &weights[j]) * &Exact::from(2));
        }
    }

    #[test]
    fn an_infeasible_total_is_refused(bounds in prop::collection::vec(bound(), 1..6), off in 1..1000_i128, above in any::<bool>()) {
        let weights = vec![Exact::ONE; bounds.len()];
        let total = if above { feasible(&bounds, 1.0) + off } else { feasible(&bounds, 0.0) - off };
        prop_assert!(apportion(total, &weights, &bounds, 1).is_err());
        prop_assert!(nearest_whole(total, &weights, &bounds).is_err());
    }

    #[test]
    fn larger_units_give_multiples(lines in prop::collection::vec((weight(), bound()), 1..8), part in 0.0..=1.0_f64, unit in 2..50_i128) {
        let (weights, bounds): (Vec<Exact>, Vec<Bounds>) = lines.into_iter().unzip();
        let total = feasible(&bounds, part) / unit * unit;
        if let Ok(parts) = apportion(total, &weights, &bounds, unit) {
            prop_assert_eq!(parts.iter().sum::<i128>(), total);
            for (part, bound) in parts.iter().zip(&bounds) {
                prop_assert!(part % unit == 0 && (bound.min..=bound.max).contains(part));
            }
        }
    }

    #[test]
    fn scaling_all_weights_changes_nothing(lines in prop::collection::vec((weight(), bound()), 1..8), part in 0.0..=1.0_f64, factor in 1..1_000_000_i64) {
        let (weights, bounds): (Vec<Exact>, Vec<Bounds>) = lines.into_iter().unzip();
        let total = feasible(&bounds, part);
        let scaled: Vec<Exact> = weights.iter().map(|w| (w * &Exact::from(factor)).checked_div(&Exact::from(7)).unwrap()).collect();
        prop_assert_eq!(apportion(total, &weights, &bounds, 1).unwrap(), apportion(total, &scaled, &bounds, 1).unwrap());
    }

    #[test]
    fn the_nearest_whole_plan_is_the_nearest(
        lines in prop::collection::vec((0..600_i64, 0..8_i128, 0..6_i128), 1..5), part in 0.0..=1.0_f64,
    ) {
        let plan: Vec<Exact> = lines.iter().map(|(x, ..)| Exact::new((*x).into(), 2)).collect();
        let bounds: Vec<Bounds> = lines.iter().map(|(_, min, more)| Bounds { min: *min, max: min + more }).collect();
        let total = feasible(&bounds, part);
        let distance = |whole: &[i128]| -> Exact {
            whole.iter().zip(&plan).map(|(k, x)| { let d = &Exact::from(*k) - x; &d * &d }).sum()
        };
        let got = nearest_whole(total, &plan, &bounds).unwrap();
        prop_assert_eq!(got.iter().sum::<i128>(), total);
        let mut best: Option<(Exact, Vec<i128>)> = None;
        every_plan(total, &bounds, &mut Vec::new(), &mut |whole| {
            // Of equals the one whose earlier channels have more.
            let candidate = (distance(whole), whole.to_vec());
            let better = best.as_ref().is_none_or(|(d, w)| candidate.0 < *d || (candidate.0 == *d && candidate.1 > *w));
            if better {
                best = Some(candidate);
            }
        });
        prop_assert_eq!(Some(got), best.map(|(_, whole)| whole));
    }

    #[test]
    fn no_list_makes_them_panic(
        total in any::<i128>(), weights in prop::collection::vec(exact(), 0..5),
        ends in prop::collection::vec((any::<i128>(), any::<i128>()), 0..5), unit in any::<i128>(),
    ) {
        let bounds: Vec<Bounds> = ends.into_iter().map(|(min, max)| Bounds { min, max }).collect();
        let _ = apportion(total, &weights, &bounds, unit);
        let _ = apportion(total, &weights, &bounds, 1);
        let _ = nearest_whole(total, &weights, &bounds);
    }

    // The rhythm.

    #[test]
    fn a_decision_conserves_and_obeys(rhythm in rhythm(), lines in lines(), week in 1..12_u32) {
        let channels = channels(&lines);
        let decision = rhythm.next(week, &channels).unwrap();
        let nok = |money: Money| money.to_minor().unwrap();
        let sum = |pick: fn(&styring_allocation::ChannelDecision) -> Money| decision.channels.iter().map(|c| nok(pick(c))).sum::<i128>();
        prop_assert_eq!(sum(|c| c.before), nok(decision.total_before));
        prop_assert_eq!(sum(|c| c.after), nok(decision.total_after));
        prop_assert_eq!(nok(decision.total_after), nok(decision.total_before) + nok(decision.raised));
        prop_assert_eq!(decision.transfers.iter().map(|t| nok(t.amount)).sum::<i128>(), nok(decision.moved));

        for (channel, decided) in channels.iter().zip(&decision.channels) {
            prop_assert_eq!(&channel.name, &decided.channel);
            let (before, after) = (nok(decided.before), nok(decided.after));
            let rail = &channel.guardrail;
            prop_assert!(after >= nok(rail.min));
            prop_assert!(rail.max.is_none_or(|max| after <= nok(max)));
            if let Some(step) = &rail.largest_step {
                prop_assert!((after - before).abs() <= step.of(before));
            }
            if let Some(kept) = rail.kept {
                prop_assert_eq!(decided.after, kept);
                prop_assert_eq!(decided.verdict, Verdict::Kept);
            }
            // What a channel gained is what the transfers and the raise say.
            let moved: i128 = decision.transfers.iter().map(|t| {
                let gain = if t.to == channel.name { nok(t.amount) } else { 0 };
                gain - if t.from == channel.name { nok(t.amount) } else { 0 }
            }).sum();
            let raised: i128 = decided.reasons.iter().map(|r| if let Reason::Raised { amount, .. } = r { nok(*amount) } else { 0 }).sum();
            prop_assert_eq!(after - before, moved + raised);
            prop_assert!(!decided.reasons.is_empty());
            match decided.verdict {
                Verdict::Winner => prop_assert!(moved >= 0),
                Verdict::Loser => prop_assert!(moved <= 0 && -moved <= rhythm.move_share.of(before)),
                _ => prop_assert_eq!(moved, 0),
            }
            if week <= rhythm.opening_weeks {
                prop_assert_eq!(moved, 0);
            }
            let frozen = channel.evidence.frequency.zip(rhythm.frequency_cap).is_some_and(|(f, cap)| f > cap);
            prop_assert!(!frozen || after <= before);
        }
        if let (Some(cap), true) = (rhythm.raise.as_ref().and_then(|r| r.max_total), nok(decision.raised) > 0) {
            prop_assert!(nok(decision.total_after) <= nok(cap));
        }
        // Every reason reads as a sentence.
        prop_assert!(decision.to_string().lines().all(|line| line.ends_with('.')));
    }

    #[test]
    fn the_order_of_channels_decides_only_ties(rhythm in rhythm(), lines in lines(), turn in 0..6_usize) {
        let channels = channels(&lines);
        let mut turned = channels.clone();
        turned.rotate_left(turn % channels.len());
        let by_name = |decision: Decision| -> std::collections::BTreeMap<String, (i128, Verdict)> {
            decision.channels.into_iter().map(|c| (c.channel, (c.after.to_minor().unwrap(), c.verdict))).collect()
        };
        let (one, other) = (by_name(rhythm.next(4, &channels).unwrap()), by_name(rhythm.next(4, &turned).unwrap()));
        for (name, (after, verdict)) in &one {
            prop_assert_eq!(&other[name].1, verdict);
            // A largest remainder that is tied may go to either, in each of the three roundings.
            prop_assert!((other[name].0 - after).abs() <= 3);
        }
    }

    #[test]
    fn the_opening_is_even_where_it_can_be(total in 0..10_000_000_i64, count in 1..12_usize) {
        let rail = Guardrail::none(Currency::NOK);
        let names: Vec<String> = (0..count).map(|i| i.to_string()).collect();
        let channels: Vec<(&str, &Guardrail)> = names.iter().map(|name| (name.as_str(), &rail)).collect();
        let total = Money::from_minor(total.into(), Currency::NOK).unwrap();
        let opening = Rhythm::new(Currency::NOK).opening(total, &channels).unwrap();
        let parts: Vec<i128> = opening.channels.iter().map(|c| c.after.to_minor().unwrap()).collect();
        prop_assert_eq!(parts.iter().sum::<i128>(), total.to_minor().unwrap());
        prop_assert!(parts.iter().max().unwrap() - parts.iter().min().unwrap() <= 1);
    }

    #[test]
    fn a_new_total_is_kept_too(lines in lines(), percent in 50..200_i64) {
        let channels: Vec<Channel> = channels(&lines).into_iter().map(|c| Channel { guardrail: Guardrail::none(Currency::NOK), ..c }).collect();
        let total: i128 = channels.iter().map(|c| c.budget.to_minor().unwrap()).sum();
        let total = Money::from_minor(total * i128::from(percent) / 100, Currency::NOK).unwrap();
        let decision = Rhythm::new(Currency::NOK).next_with_total(5, total, &channels).unwrap();
        prop_assert_eq!(decision.total_after, total);
    }
}

fn every_plan(left: i128, bounds: &[Bounds], plan: &mut Vec<i128>, visit: &mut impl FnMut(&[i128])) {
    let Some((bound, rest)) = bounds.split_first() else {
        if left == 0 {
            visit(plan);
        }
        return;
    };
    for part in bound.min..=bound.max.min(left) {
        plan.push(part);
        every_plan(left - part, rest, plan, visit);
        plan.pop();
    }
}

fn rhythm() -> impl Strategy<Value = Rhythm> {
    let share = || (0..=100_u8).prop_map(|p| Share::percent(p).unwrap());
    let raise = (share(), 0..40_i128, prop::option::of(0..100_000_000_i128)).prop_map(|(step, roas, cap)| Raise {
        weeks: vec![5, 9],
        step,
        target_roas: Exact::new(roas + 1, 1),
        max_total: cap.map(|cap| Money::from_minor(cap, Currency::NOK).unwrap()),
    });
    (
        share(),
        prop::option::of(share()),
        0..500_000_i128,
        prop::option::of(1.0..6.0_f64),
        prop::option::of(1..40_i128),
        prop::bool::ANY,
        prop::option::of(raise),
    )
        .prop_map(|(move_share, growth_cap, spend, frequency_cap, attainment, literal, raise)| Rhythm {
            opening_weeks: 2,
            move_share,
            growth_cap,
            min_judge_spend: Money::from_minor(spend, Currency::NOK).unwrap(),
            frequency_cap,
            attainment_cap: attainment.map(|a| Exact::new(a, 1)),
            reading: if literal { Reading::Literal } else { Reading::BudgetScaled },
            raise,
        })
}

#[derive(Debug, Clone)]
struct Line {
    budget: i128,
    below: i128,
    above: Option<i128>,
    step: Option<u8>,
    kept: bool,
    spend: i128,
    results: i64,
    goal: i64,
    scale: i128,
    quality: i128,
    value: Option<i128>,
    frequency: Option<f64>,
    lift: Option<f64>,
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let money = (
        0..10_000_000_i128,
        0..5_000_000_i128,
        prop::option::of(0..5_000_000_i128),
        prop::option::of(0..=50_u8),
        prop::bool::weighted(0.1),
    );
    let facts = (
        prop_oneof![1 => Just(0), 9 => 1..20_000_000_i128],
        0..500_i64,
        1..300_i64,
        1..300_i128,
        0..150_i128,
        prop::option::of(0..90_000_000_i128),
        prop::option::of(0.5..8.0_f64),
        prop::option::of(-0.1..0.1_f64),
    );
    let line =
        (money, facts).prop_map(
            |((budget, below, above, step, kept), (spend, results, goal, scale, quality, value, frequency, lift))| {
                Line { budget, below, above, step, kept, spend, results, goal, scale, quality, value, frequency, lift }
            },
        );
    prop::collection::vec(line, 1..9)
}

fn channels(lines: &[Line]) -> Vec<Channel> {
    let nok = |minor: i128| Money::from_minor(minor, Currency::NOK).unwrap();
    let channel = |(index, line): (usize, &Line)| Channel {
        name: format!("channel {index}"),
        budget: nok(line.budget),
        guardrail: Guardrail {
            min: nok((line.budget - line.below).max(0)),
            max: line.above.map(|above| nok(line.budget + above)),
            largest_step: line.step.map(|percent| Share::percent(percent).unwrap()),
            kept: line.kept.then(|| nok(line.budget)),
        },
        evidence: Evidence {
            spend: nok(line.spend).into(),
            results: line.results.into(),
            budget_scale: Exact::new(line.scale, 2),
            quality: Exact::new(line.quality, 2),
            value: line.value.map(|value| Unrounded::from(nok(value))),
            frequency: line.frequency,
            lift_lower: line.lift,
            ..Evidence::none(line.goal.into(), Currency::NOK)
        },
    };
    lines.iter().enumerate().map(channel).collect()
}

#[test]
fn bad_input_names_channel_and_field() {
    let good = || Channel {
        name: "VG".to_owned(),
        budget: "NOK 100.00".parse().unwrap(),
        guardrail: Guardrail::none(Currency::NOK),
        evidence: Evidence::none(1.into(), Currency::NOK),
    };
    let with = |change: fn(&mut Channel)| {
        let mut channel = good();
        change(&mut channel);
        channel
    };
    let rhythm = Rhythm::new(Currency::NOK);
    for (channels, words) in [
        (vec![], "no channels"),
        (vec![good(), good()], "\"VG\" is there twice"),
        (vec![with(|c| c.budget = "EUR 1.00".parse().unwrap())], "EUR"),
        (vec![with(|c| c.budget = "NOK -1.00".parse().unwrap())], "budget of VG"),
        (vec![with(|c| c.budget = "NOK 0.001".parse().unwrap())], "minor units"),
        (vec![with(|c| c.evidence.goal = Exact::ZERO)], "goal of VG"),
        (vec![with(|c| c.evidence.frequency = Some(f64::NAN))], "frequency of VG"),
        (vec![with(|c| c.evidence.results = Exact::from(-1))], "results of VG"),
        (vec![with(|c| c.evidence.spend = Unrounded::new(1.into(), Currency::EUR))], "spend of VG"),
        (vec![with(|c| c.guardrail.min = "NOK 200.00".parse().unwrap())], "infeasible"),
        (vec![with(|c| c.guardrail.max = "NOK 5.00".parse().ok())], "infeasible"),
    ] {
        let fault = rhythm.next(3, &channels).unwrap_err().to_string();
        assert!(fault.contains(words), "{fault}");
    }
}

/// Finding 7 of the domain notes: with equal goals the literal score goes as results² ÷ spend, so that of two channels with the same cost per result the larger
/// one wins. The budget-scaled reading sees no difference between them.
#[test]
fn the_literal_reading_counts_volume_twice() {
    let channel = |name: &str, budget: &str, spend: i64, results: i64, scale: Exact| Channel {
        name: name.to_owned(),
        budget: budget.parse().unwrap(),
        guardrail: Guardrail::none(Currency::NOK),
        evidence: Evidence {
            spend: Unrounded::new(spend.into(), Currency::NOK),
            results: results.into(),
            budget_scale: scale,
            ..Evidence::none(100.into(), Currency::NOK)
        },
    };
    // Both pay 100 kroner per result.
    let channels = [
        channel("large", "NOK 15000.00", 30_000, 300, Exact::new(15, 1)),
        channel("small", "NOK 5000.00", 10_000, 100, Exact::new(5, 1)),
    ];
    let literal = Rhythm::new(Currency::NOK).next(3, &channels).unwrap();
    assert_eq!(literal.channels[0].verdict, Verdict::Winner);
    assert_eq!(literal.transfers[0].to, "large");
    let scaled = Rhythm { reading: Reading::BudgetScaled, ..Rhythm::new(Currency::NOK) }.next(3, &channels).unwrap();
    assert_eq!(scaled.channels[0].scores.budget_scaled, scaled.channels[1].scores.budget_scaled);
    assert!(scaled.transfers.is_empty());
}

fn nok(amount: &str) -> Money {
    format!("NOK {amount}").parse().unwrap()
}

fn documented(name: &str, budget: &str) -> Channel {
    let evidence = Evidence {
        spend: Unrounded::new(10_000.into(), Currency::NOK),
        results: 50.into(),
        value: Some(Unrounded::new(50_000.into(), Currency::NOK)),
        lift_lower: Some(0.1),
        ..Evidence::none(50.into(), Currency::NOK)
    };
    Channel::new(name, nok(budget), evidence)
}

#[test]
fn without_a_maximum_only_the_step_limits_a_raise() {
    let raise = Raise { weeks: vec![5], step: Share::percent(20).unwrap(), target_roas: 2.into(), max_total: None };
    let rhythm = Rhythm { raise: Some(raise), ..Rhythm::new(Currency::NOK) };
    let alone = rhythm.next(5, &[documented("VG", "10000.00")]).unwrap();
    assert_eq!((alone.raised, alone.total_after), (nok("2000.00"), nok("12000.00")));
    let two = rhythm.next(5, &[documented("VG", "9500.00"), documented("TV 2", "500.00")]).unwrap();
    assert_eq!(two.channels[0].after, nok("11400.00"));
}

#[test]
fn what_cannot_be_held_is_said_in_money() {
    let mut narrow = documented("VG", "20000.00");
    narrow.guardrail.max = Some(nok("6000.00"));
    let fault = Rhythm::new(Currency::NOK).next(3, &[narrow]).unwrap_err();
    let (total, lowest, highest) = (nok("20000.00"), nok("0.00"), nok("6000.00"));
    assert_eq!(fault, Error::InfeasibleBudget { total, lowest, highest });
    let minima = [Bounds { min: i128::MAX, max: i128::MAX }; 2];
    assert!(matches!(nearest_whole(i128::MAX, &[1.into(), 1.into()], &minima), Err(Error::Infeasible { .. })));
    assert!(matches!(
        nearest_whole(1, &[1.into(), 1.into()], &minima[..1]),
        Err(Error::LengthMismatch { what: "plan", .. })
    ));
}

#[test]
fn a_kept_budget_obeys_the_other_guardrails() {
    let mut kept = documented("VG", "20000.00");
    kept.guardrail = Guardrail { kept: Some(nok("1.00")), min: nok("5.00"), ..kept.guardrail };
    let fault = Rhythm::new(Currency::NOK).next(3, &[kept]).unwrap_err().to_string();
    assert!(fault.contains("kept budget of VG") && fault.contains("NOK 1.00"), "{fault}");
}

#[test]
fn the_opening_counts_only_those_among_whom_it_splits() {
    let free = Guardrail::none(Currency::NOK);
    let kept = Guardrail { kept: Some(nok("20000.00")), ..free.clone() };
    let small = Guardrail { max: Some(nok("1000.00")), ..free.clone() };
    let channels = [("VG", &kept), ("TV 2", &free), ("DOOH", &small)];
    let opening = Rhythm::new(Currency::NOK).opening(nok("30000.00"), &channels).unwrap();
    let reasons = |place: usize| opening.channels[place].reasons.clone();
    assert_eq!(reasons(0), [Reason::KeptByPlan]);
    assert_eq!(reasons(1), [Reason::EvenSplit { channels: 2 }]);
    let limited = Reason::Limited { by: Limit::Maximum(nok("1000.00")) };
    assert_eq!(reasons(2), [Reason::EvenSplit { channels: 2 }, limited]);
    assert!(Rhythm::new(Currency::NOK).opening("EUR 1.00".parse().unwrap(), &channels).is_err());
}

#[cfg(feature = "serde")]
#[test]
fn a_decision_and_what_it_came_from_survive_storage() {
    fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }
    let channels = [documented("VG", "10000.00"), documented("TV 2", "500.00")];
    let raise = Raise { weeks: vec![5], step: Share::percent(20).unwrap(), target_roas: 2.into(), max_total: None };
    let rhythm = Rhythm { raise: Some(raise), ..Rhythm::new(Currency::NOK) };
    let decision = rhythm.next(5, &channels).unwrap();
    assert_eq!(again(&decision), decision);
    assert_eq!(again(&rhythm), rhythm);
    assert_eq!(again(&channels.to_vec()), channels);
}
