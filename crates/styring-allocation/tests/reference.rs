//! The reference cases of this crate.
#![allow(clippy::expect_used)]

#[path = "reference/bandits.rs"]
mod bandits;
#[path = "reference/off_policy.rs"]
mod off_policy;
#[path = "reference/stop_loss.rs"]
mod stop_loss;

use serde::Deserialize;
use serde_json::Value;
use styring_allocation::{
    Bounds, Channel, Decision, Evidence, Guardrail, Raise, Rhythm, Verdict, apportion, nearest_whole,
};
use styring_money::{Currency, Exact, Money, Share, Unrounded};
use styring_testkit::reference::{Reference, decimal};

#[path = "reference/optimise.rs"]
mod optimise;

// money_rounding

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
enum RoundingInput {
    Apportion { total_minor: i64, weights: Vec<Value>, min_minor: Vec<i64>, max_minor: Vec<i64>, unit_minor: i64 },
    RoundAllocation { total_minor: i64, allocation: Vec<Value>, min_minor: Vec<i64>, max_minor: Vec<i64> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedRounding {
    allocation_minor: Option<Vec<i128>>,
    error: Option<String>,
}

fn bounds(min: &[i64], max: &[i64]) -> Vec<Bounds> {
    assert_eq!(min.len(), max.len());
    min.iter().zip(max).map(|(min, max)| Bounds { min: (*min).into(), max: (*max).into() }).collect()
}

/// A JSON float weight is the exact binary double.
fn binary(value: &Value) -> Exact {
    match value.as_i64() {
        Some(whole) => whole.into(),
        None => Exact::try_from(value.as_f64().expect("a number")).expect("a finite number"),
    }
}

#[test]
fn money_rounding() {
    Reference::new("allocation", "money_rounding").run(|input: RoundingInput, expected: ExpectedRounding, check| {
        let got = match input {
            RoundingInput::Apportion { total_minor, weights, min_minor, max_minor, unit_minor } => {
                let weights: Vec<Exact> = weights.iter().map(binary).collect();
                apportion(total_minor.into(), &weights, &bounds(&min_minor, &max_minor), unit_minor.into())
            }
            RoundingInput::RoundAllocation { total_minor, allocation, min_minor, max_minor } => {
                let plan: Vec<Exact> = allocation.iter().map(|x| decimal(x).expect("a decimal")).collect();
                nearest_whole(total_minor.into(), &plan, &bounds(&min_minor, &max_minor))
            }
        };
        match (got, expected.allocation_minor, expected.error.as_deref()) {
            (Ok(got), Some(expected), None) => check.equal("allocation_minor", &got, &expected),
            (Err(fault), None, Some(word)) => check.equal("error", &fault.to_string().contains(word), &true),
            (got, expected, error) => check.fail(format!("got {got:?}, expected {expected:?} {error:?}")),
        }
    });
}

// rhythm_score, rhythm_move, rhythm_trace

fn nok(minor: i64) -> Money {
    Money::from_minor(minor.into(), Currency::NOK).expect("an amount")
}

fn share(value: &Value) -> Share {
    Share::new(decimal(value).expect("a number")).expect("a share")
}

fn product(factors: &[Value]) -> Exact {
    factors.iter().fold(Exact::ONE, |product, factor| &product * &decimal(factor).expect("a number"))
}

fn guardrail(min: i64, max: i64) -> Guardrail {
    Guardrail { min: nok(min), max: Some(nok(max)), ..Guardrail::none(Currency::NOK) }
}

fn minor(money: Money) -> i128 {
    money.to_minor().expect("whole minor units")
}

fn budgets(decision: &Decision) -> Vec<i128> {
    decision.channels.iter().map(|channel| minor(channel.after)).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScoreInput {
    channels: Vec<ScoreChannel>,
    attainment_cap: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScoreChannel {
    spend_minor: i64,
    results: Value,
    goal: Value,
    quality: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedScore {
    score_per_kr: Vec<Option<f64>>,
}

#[test]
fn rhythm_score() {
    Reference::new("allocation", "rhythm_score").run(|input: ScoreInput, expected: ExpectedScore, check| {
        let rhythm = Rhythm { attainment_cap: decimal(&input.attainment_cap), ..Rhythm::new(Currency::NOK) };
        let channel = |(index, channel): (usize, &ScoreChannel)| Channel {
            name: index.to_string(),
            budget: nok(100_000),
            guardrail: Guardrail::none(Currency::NOK),
            evidence: Evidence {
                spend: nok(channel.spend_minor).into(),
                results: decimal(&channel.results).expect("a number"),
                quality: product(&channel.quality),
                ..Evidence::none(decimal(&channel.goal).expect("a number"), Currency::NOK)
            },
        };
        let channels: Vec<Channel> = input.channels.iter().enumerate().map(channel).collect();
        match rhythm.next(3, &channels) {
            Err(fault) => check.fail(fault),
            Ok(decision) => {
                check.equal("channels", &decision.channels.len(), &expected.score_per_kr.len());
                for (channel, expected) in decision.channels.iter().zip(&expected.score_per_kr) {
                    match (channel.scores.literal, *expected) {
                        (Some(got), Some(expected)) => check.float(&channel.channel, got, expected),
                        (got, expected) => check.equal(&channel.channel, &got, &expected),
                    }
                    // Without a change of budget both readings are one.
                    check.equal("readings", &channel.scores.literal, &channel.scores.budget_scaled);
                }
            }
        }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveInput {
    budget_minor: Vec<i64>,
    score: Vec<Value>,
    judged: Vec<bool>,
    frequency_frozen: Vec<bool>,
    min_minor: Vec<i64>,
    max_minor: Vec<i64>,
    move_fraction: Value,
    growth_cap: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedMove {
    winners: Vec<usize>,
    losers: Vec<usize>,
    moved_minor: i128,
    budget_minor: Vec<i128>,
}

/// Evidence that has this score: one result for one krone at a goal of one, the score being the quality. Half a krone is too little to be judged, and no score
/// is no spend.
fn evidence_of(score: &Value, judged: bool, frozen: bool) -> Evidence {
    let score = decimal(score);
    let spend = match (&score, judged) {
        (None, _) => Exact::ZERO,
        (Some(_), true) => Exact::ONE,
        (Some(_), false) => Exact::new(5, 1),
    };
    Evidence {
        quality: &score.unwrap_or_default() * &spend,
        spend: Unrounded::new(spend, Currency::NOK),
        results: Exact::ONE,
        frequency: Some(if frozen { 2.0 } else { 1.0 }),
        ..Evidence::none(Exact::ONE, Currency::NOK)
    }
}

#[test]
fn rhythm_move() {
    Reference::new("allocation", "rhythm_move").run(|input: MoveInput, expected: ExpectedMove, check| {
        let rhythm = Rhythm {
            move_share: share(&input.move_fraction),
            growth_cap: (!input.growth_cap.is_null()).then(|| share(&input.growth_cap)),
            min_judge_spend: nok(100),
            frequency_cap: Some(1.5),
            ..Rhythm::new(Currency::NOK)
        };
        let channels: Vec<Channel> = (0..input.budget_minor.len())
            .map(|index| Channel {
                name: index.to_string(),
                budget: nok(input.budget_minor[index]),
                guardrail: guardrail(input.min_minor[index], input.max_minor[index]),
                evidence: evidence_of(&input.score[index], input.judged[index], input.frequency_frozen[index]),
            })
            .collect();
        match rhythm.next(3, &channels) {
            Err(fault) => check.fail(fault),
            Ok(decision) => {
                let found = |verdict| -> Vec<usize> {
                    let with = decision.channels.iter().enumerate().filter(|(_, c)| c.verdict == verdict);
                    with.map(|(index, _)| index).collect()
                };
                check.equal("winners", &found(Verdict::Winner), &expected.winners);
                check.equal("losers", &found(Verdict::Loser), &expected.losers);
                check.equal("moved_minor", &minor(decision.moved), &expected.moved_minor);
                check.equal("budget_minor", &budgets(&decision), &expected.budget_minor);
            }
        }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TraceInput {
    total_minor: i64,
    min_minor: Vec<i64>,
    max_minor: Vec<i64>,
    goal_per_week: Vec<Value>,
    quality: Vec<Vec<Value>>,
    params: TraceParams,
    weeks: Vec<Vec<TraceWeek>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TraceParams {
    move_fraction: Value,
    growth_cap: Value,
    window_weeks: usize,
    min_judge_spend_minor: i64,
    frequency_cap: Option<f64>,
    attainment_cap: Value,
    scale_weeks: Vec<u32>,
    scale_step: Value,
    target_roas: Value,
    max_total_minor: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TraceWeek {
    results: Value,
    value_minor: i64,
    frequency: f64,
    lift_lower: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedTrace {
    budget_minor: Vec<Vec<i128>>,
    log: Vec<ExpectedLog>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedLog {
    week: u32,
    moved_minor: i128,
    scaled_minor: i128,
}

#[test]
fn rhythm_trace() {
    Reference::new("allocation", "rhythm_trace").run(|input: TraceInput, expected: ExpectedTrace, check| {
        let params = &input.params;
        let rhythm = Rhythm {
            move_share: share(&params.move_fraction),
            growth_cap: (!params.growth_cap.is_null()).then(|| share(&params.growth_cap)),
            min_judge_spend: nok(params.min_judge_spend_minor),
            frequency_cap: params.frequency_cap,
            attainment_cap: decimal(&params.attainment_cap),
            raise: Some(Raise {
                weeks: params.scale_weeks.clone(),
                step: share(&params.scale_step),
                target_roas: decimal(&params.target_roas).expect("a number"),
                max_total: params.max_total_minor.map(nok),
            }),
            ..Rhythm::new(Currency::NOK)
        };
        let count = input.min_minor.len();
        let names: Vec<String> = (0..count).map(|index| index.to_string()).collect();
        let rails: Vec<Guardrail> =
            (0..count).map(|index| guardrail(input.min_minor[index], input.max_minor[index])).collect();
        let rail_of: Vec<(&str, &Guardrail)> = names.iter().map(String::as_str).zip(&rails).collect();
        let mut decisions = match rhythm.opening(nok(input.total_minor), &rail_of) {
            Ok(opening) => vec![opening],
            Err(fault) => return check.fail(fault),
        };
        for week in 2..=expected.budget_minor.len() {
            let last = week - 1;
            let window = last.saturating_sub(params.window_weeks)..last;
            let channels: Vec<Channel> = (0..count)
                .map(|index| {
                    let weeks = || input.weeks[window.clone()].iter().map(move |channels| &channels[index]);
                    let spend = Money::sum(
                        decisions[window.clone()].iter().map(|decision| decision.channels[index].after),
                        Currency::NOK,
                    );
                    let goal = decimal(&input.goal_per_week[index]).expect("a number");
                    Channel {
                        name: names[index].clone(),
                        budget: decisions[last - 1].channels[index].after,
                        guardrail: rails[index].clone(),
                        evidence: Evidence {
                            spend: spend.expect("one currency").into(),
                            results: weeks().map(|week| decimal(&week.results).expect("a number")).sum(),
                            quality: product(&input.quality[index]),
                            value: Money::sum(weeks().map(|week| nok(week.value_minor)), Currency::NOK)
                                .ok()
                                .map(Into::into),
                            frequency: Some(input.weeks[last - 1][index].frequency),
                            lift_lower: Some(input.weeks[last - 1][index].lift_lower),
                            ..Evidence::none(&goal * &Exact::from(window.len() as u64), Currency::NOK)
                        },
                    }
                })
                .collect();
            match rhythm.next(u32::try_from(week).expect("few weeks"), &channels) {
                Ok(decision) => decisions.push(decision),
                Err(fault) => return check.fail(fault),
            }
        }
        let got: Vec<Vec<i128>> = decisions.iter().map(budgets).collect();
        check.equal("budget_minor", &got, &expected.budget_minor);
        check.equal("log", &(decisions.len() - 1), &expected.log.len());
        for (decision, log) in decisions.iter().skip(1).zip(&expected.log) {
            check.equal("week", &decision.week, &log.week);
            check.equal("moved_minor", &minor(decision.moved), &log.moved_minor);
            check.equal("scaled_minor", &minor(decision.raised), &log.scaled_minor);
        }
    });
}
