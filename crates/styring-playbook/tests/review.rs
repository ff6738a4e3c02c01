//! What a review does with weeks: replayed, stated and as-spent budgets, half weeks, periods without dates, raises, and input that cannot be judged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use styring_allocation::{Reading, Reason, Verdict};
use styring_metrics::{Fact, Frequency, Kpi, Outcome, RollUp, Row};
use styring_money::{Currency, Exact, Money};
use styring_playbook::{Error, Group, Note, Plan, Results, Review, Span};

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 9, 1).unwrap()
}

fn last_day(weeks: u64, days: u64) -> Span {
    Span::Until(first_day() + Days::new((weeks - 1) * 7 + days - 1))
}

/// Two channels with the same goal at 30 000 kroner a week each.
fn spec(change: impl FnOnce(&mut Value)) -> Value {
    let channel = |name| json!({"name": name, "goal_per_week": 60, "target_cost": 500});
    let mut spec = json!({
        "campaign": {"name": "Launch", "currency": "NOK", "first_day": "2025-09-01", "result": "orders"},
        "budget": {"per_week": 60000},
        "rhythm": {"reading": "budget-scaled"},
        "channels": [channel("VG"), channel("TV 2")]
    });
    change(&mut spec);
    spec
}

fn plan(change: impl FnOnce(&mut Value)) -> Plan {
    Plan::new(serde_json::from_value(spec(change)).unwrap()).unwrap()
}

fn nok(kroner: i64) -> Money {
    Money::from_minor(i128::from(kroner) * 100, Currency::NOK).unwrap()
}

fn row(kroner: i64, orders: i64) -> Row {
    Row { spend: Some(nok(kroner)), orders: Some(orders.into()), revenue: Some(nok(orders * 1000)), ..Row::default() }
}

fn of(week: u32, channel: &str) -> Group {
    Group { week, channel: channel.to_owned(), creative: "Problem – banner".to_owned(), ..Group::default() }
}

fn results(span: Span, rows: &[(u32, &str, Row)]) -> Results {
    let mut facts = RollUp::new(Currency::NOK);
    for (week, channel, row) in rows {
        facts.add(of(*week, channel), row).unwrap();
    }
    Results { facts, frequency: BTreeMap::new(), span }
}

/// `weeks` weeks of 30 000 kroner per channel, with these orders a week.
fn steady(weeks: u32, vg: i64, tv2: i64) -> Vec<(u32, &'static str, Row)> {
    (1..=weeks).flat_map(|week| [(week, "VG", row(30_000, vg)), (week, "TV 2", row(30_000, tv2))]).collect()
}

fn after(review: &Review) -> Vec<Money> {
    review.decision.channels.iter().map(|channel| channel.after).collect()
}

#[test]
fn the_rhythm_is_replayed_from_the_first_week() {
    let plan = plan(|_| {});
    let review = Review::new(&plan, &results(last_day(4, 7), &steady(4, 80, 40))).unwrap();
    assert_eq!(review.decision.week, 5);
    assert_eq!(review.window, 3..5);
    // Even in weeks 1 and 2; then a quarter of the loser's budget a week: 30 000, 22 500, 16 875 kroner.
    assert_eq!(review.budgets[&2], [nok(30_000), nok(30_000)]);
    assert_eq!(review.budgets[&3], [nok(37_500), nok(22_500)]);
    assert_eq!(review.budgets[&4], [nok(43_125), nok(16_875)]);
    assert_eq!(after(&review), amounts(["47343.75", "12656.25"]));
}

fn amounts<const N: usize>(amounts: [&str; N]) -> Vec<Money> {
    amounts.iter().map(|amount| format!("NOK {amount}").parse().unwrap()).collect()
}

#[test]
fn a_stated_budget_is_where_the_move_starts() {
    let plan = plan(|spec| {
        spec["budget"]["current"] = json!("stated");
        spec["channels"][0]["budget"] = json!(20000);
        spec["channels"][1]["budget"] = json!(40000);
    });
    let review = Review::new(&plan, &results(last_day(4, 7), &steady(4, 80, 40))).unwrap();
    assert_eq!(after(&review), [nok(30_000), nok(30_000)]);
    assert_eq!(review.budgets.keys().copied().collect::<Vec<_>>(), [4, 5]);
}

#[test]
fn budgets_as_spent_follow_the_money_in_the_window() {
    let plan = plan(|spec| spec["budget"]["current"] = json!("as-spent"));
    let mut rows = steady(2, 80, 40);
    rows.extend((3..=4).flat_map(|week| [(week, "VG", row(40_000, 80)), (week, "TV 2", row(10_000, 10))]));
    let review = Review::new(&plan, &results(last_day(4, 7), &rows)).unwrap();
    assert_eq!(review.budgets[&4], [nok(48_000), nok(12_000)]);
    assert_eq!(after(&review), [nok(51_000), nok(9_000)]);
    assert!(review.notes.is_empty(), "{:?}", review.notes);
}

#[test]
fn a_rhythm_that_moves_more_or_less_than_the_founding_one_is_noted() {
    let results = results(last_day(2, 7), &steady(2, 80, 40));
    for (share, usual) in [(0.19, false), (0.20, true), (0.25, true), (0.30, true), (0.31, false), (0.50, false)] {
        let plan = plan(|spec| spec["rhythm"]["move_share"] = json!(share));
        let notes = Review::new(&plan, &results).unwrap().notes;
        assert_eq!(
            !notes.iter().any(|note| matches!(note, Note::MoveShareUnusual { .. })),
            usual,
            "{share}: {notes:?}"
        );
    }
}

#[test]
fn half_a_week_has_half_the_goal() {
    // The same pace every day: the score must not fall because the week is not over.
    let whole = Review::new(&plan(|_| {}), &results(last_day(4, 7), &steady(4, 70, 35))).unwrap();
    let mut rows = steady(3, 70, 35);
    rows.extend([(4, "VG", row(17_143, 40)), (4, "TV 2", row(17_143, 20))]);
    let half = Review::new(&plan(|_| {}), &results(last_day(4, 4), &rows)).unwrap();
    assert!(half.notes.contains(&Note::PartialWeek { week: 4, days: 4 }), "{:?}", half.notes);
    for (whole, half) in whole.channels.iter().zip(&half.channels) {
        let (whole, half) = (whole.literal.attainment(), half.literal.attainment());
        assert!((whole - half).abs() < 1e-12, "{whole} {half}");
    }
}

#[test]
fn a_period_without_dates_is_judged_as_one() {
    let span = Span::Period { first: first_day(), last: first_day() + Days::new(29) };
    let rows = [(5, "VG", row(120_000, 320)), (5, "TV 2", row(120_000, 160))];
    let review = Review::new(&plan(|_| {}), &results(span, &rows)).unwrap();
    assert_eq!((review.span, review.last_week, review.days_in_last_week), (span, 5, 30));
    assert_eq!(review.window, 5..6);
    assert_eq!(after(&review), [nok(37_500), nok(22_500)]);
    // 30 days are 30/7 weeks of a goal of 60.
    let goal = 60.0 * 30.0 / 7.0;
    assert!((review.channels[0].literal.attainment() - 320.0 / goal).abs() < 1e-12);
}

#[test]
fn a_channel_without_results_never_ranks_first() {
    // Its budget falls to the minimum of 1 krone while it goes on spending 30 000 kroner a week.
    for reading in ["literal", "budget-scaled"] {
        let plan = plan(|spec| {
            spec["rhythm"] = json!({"reading": reading, "move_share": 1});
            spec["channels"][1]["min"] = json!(1);
        });
        let review = Review::new(&plan, &results(last_day(6, 7), &steady(6, 70, 0))).unwrap();
        assert_eq!(review.budgets[&6], [nok(59_999), nok(1)]);
        let [vg, tv2] = review.channels.as_slice() else { panic!("two channels") };
        let score = |channel: &styring_playbook::ChannelReview| channel.score(plan.rhythm.reading).shrunk().unwrap();
        assert!(score(vg) > 5.0 * score(tv2), "{reading}: {} {}", score(vg), score(tv2));
        assert_eq!(review.decision.channels[1].verdict, Verdict::Loser);
    }
}

#[test]
fn the_readings_part_when_the_money_does() {
    // At the same cost per order, the literal reading sends money to the channel that has more; scaled, both are on plan.
    let rows: Vec<_> =
        (1..=4).flat_map(|week| [(week, "VG", row(40_000, 80)), (week, "TV 2", row(20_000, 40))]).collect();
    for (reading, moves) in [("literal", true), ("budget-scaled", false)] {
        let review =
            Review::new(&plan(|spec| spec["rhythm"]["reading"] = json!(reading)), &results(last_day(4, 7), &rows));
        let review = review.unwrap();
        assert_eq!(!review.decision.transfers.is_empty(), moves, "{reading}");
        let [vg, tv2] = review.channels.as_slice() else { panic!("two channels") };
        assert_eq!(vg.score(Reading::BudgetScaled).point(), tv2.score(Reading::BudgetScaled).point());
        assert!(vg.score(Reading::Literal).point() > tv2.score(Reading::Literal).point());
    }
}

#[test]
fn the_total_is_raised_where_return_and_effect_are_documented() {
    let raised = |measured: &str, max_total: i64| {
        let plan = plan(|spec| {
            spec["rhythm"]["raise"] = json!({"weeks": [5], "step": 0.2, "target_roas": 2.0, "max_total": max_total});
            spec["channels"][0]["lift"] = json!({"lower": 0.02, "measured": measured, "source": "holdout"});
        });
        Review::new(&plan, &results(last_day(4, 7), &steady(4, 80, 40))).unwrap().decision
    };
    // 20 % of 47 343.75 kroner, which is what the move of week 5 leaves VG with.
    assert_eq!(vec![raised("2025-09-20", 100_000).raised], amounts(["9468.75"]));
    assert_eq!(raised("2025-09-20", 65_000).raised, nok(5_000));
    // Not known yet on the first day of week 5.
    let late = raised("2025-09-29", 100_000);
    assert_eq!(late.raised, nok(0));
    assert!(late.channels[0].reasons.iter().any(|reason| matches!(reason, Reason::NotRaised { .. })));
}

#[test]
fn a_raise_lasts() {
    let plan = plan(|spec| {
        spec["rhythm"]["raise"] = json!({"weeks": [3], "step": 0.2, "target_roas": 2.0});
        spec["channels"][0]["lift"] = json!({"lower": 0.02, "measured": "2025-09-01", "source": "holdout"});
    });
    let review = Review::new(&plan, &results(last_day(4, 7), &steady(4, 80, 40))).unwrap();
    assert_eq!(review.decision.total_before, review.decision.total_after);
    assert_eq!(review.decision.total_after, nok(67_500));
}

#[test]
fn people_who_have_seen_enough_hold_a_winner_back() {
    let plan = plan(|spec| spec["rhythm"]["frequency_cap"] = json!(4.0));
    let mut known = results(last_day(4, 7), &steady(4, 80, 40));
    let notes = Review::new(&plan, &known).unwrap().notes;
    assert!(notes.contains(&Note::FrequencyUnknown { channel: "VG".to_owned() }), "{notes:?}");
    known.frequency.insert(("VG".to_owned(), 4), Frequency::Average(5.5));
    let review = Review::new(&plan, &known).unwrap();
    assert!(review.decision.transfers.is_empty());
    assert!(review.notes.contains(&Note::FrequencyMeanOnly { channel: "VG".to_owned() }), "{:?}", review.notes);
}

#[test]
fn creatives_are_scored_against_their_part_of_the_goal() {
    let mut rows = results(last_day(2, 7), &[]);
    for week in 1..=2 {
        for (channel, creative, kroner, orders) in
            [("VG", "Tilbud", 10_000, 30), ("VG", "Problem", 20_000, 30), ("TV 2", "Problem", 30_000, 60)]
        {
            let group = Group { creative: creative.to_owned(), ..of(week, channel) };
            rows.facts.add(group, &row(kroner, orders)).unwrap();
        }
    }
    let review = Review::new(&plan(|_| {}), &rows).unwrap();
    let names: Vec<_> = review.creatives.iter().map(|part| (part.channel.as_str(), part.name.as_str())).collect();
    assert_eq!(names, [("VG", "Problem"), ("VG", "Tilbud"), ("TV 2", "Problem")]);
    // VG's goal of 120 orders in two weeks: 80 for two thirds of the spend, 40 for one third.
    for (part, attainment) in review.creatives.iter().zip([0.75, 1.5, 1.0]) {
        assert!((part.score.attainment() - attainment).abs() < 1e-12, "{}", part.name);
    }
    assert_eq!(review.creatives[1].total.kpi(Kpi::Cpo).outcome().value(), Exact::from(20_000).checked_div(&60.into()));
}

#[test]
fn what_cannot_be_judged_is_an_error_that_names_it() {
    let review = |rows: &[_]| Review::new(&plan(|_| {}), &results(last_day(4, 7), rows));
    let unknown = review(&[(1, "Facebook", row(1, 1))]).unwrap_err();
    assert_eq!(unknown, Error::UnknownChannel { channel: "Facebook".to_owned() });
    let mut rows = steady(4, 80, 40);
    rows.push((4, "VG", Row { orders: Some(1.into()), ..Row::default() }));
    assert_eq!(review(&rows).unwrap_err(), Error::MissingFact { fact: Fact::Spend, channel: "VG".to_owned(), rows: 1 });
    assert_eq!(review(&[]).unwrap_err(), Error::NoResults);
    let late = review(&[(5, "VG", row(1, 1))]).unwrap_err();
    assert_eq!(late, Error::WeekOutside { week: 5, channel: "VG".to_owned(), first: 1, last: 4 });
    let mut alias = results(last_day(4, 7), &steady(4, 80, 40));
    alias.frequency.insert(("vg.no".to_owned(), 4), Frequency::Average(9.0));
    assert_eq!(Review::new(&plan(|_| {}), &alias).unwrap_err(), Error::UnknownChannel { channel: "vg.no".to_owned() });
    let (before, after) = (first_day() - Days::new(1), first_day() + Days::new(4000));
    for (span, day) in [
        (Span::Until(before), before),
        (Span::Until(after), after),
        (Span::Period { first: before, last: first_day() }, before),
        (Span::Period { first: first_day() + Days::new(2), last: first_day() }, first_day()),
    ] {
        let fault = Review::new(&plan(|_| {}), &results(span, &steady(1, 80, 40))).unwrap_err().to_string();
        assert!(fault.contains(&day.to_string()), "{fault}");
    }
    let foreign = Results { facts: RollUp::new(Currency::EUR), ..results(last_day(4, 7), &[]) };
    let currencies = Error::CurrencyMismatch { results: Currency::EUR, plan: Currency::NOK };
    assert_eq!(Review::new(&plan(|_| {}), &foreign).unwrap_err(), currencies);
}

#[test]
fn a_goal_that_its_budget_cannot_buy_is_noted() {
    let plan = plan(|spec| spec["channels"][0]["goal_per_week"] = json!(200));
    let review = Review::new(&plan, &results(last_day(4, 7), &steady(4, 80, 40))).unwrap();
    let note = Note::GoalOffBudget { channel: "VG".to_owned(), at_target: nok(100_000), opening: nok(30_000) };
    assert_eq!(review.notes.iter().filter(|other| **other == note).count(), 1, "{:?}", review.notes);
}

#[test]
fn a_gap_of_whole_weeks_is_noted() {
    let mut rows = steady(3, 80, 40);
    rows.push((9, "VG", row(30_000, 80)));
    let review = Review::new(&plan(|_| {}), &results(last_day(9, 1), &rows)).unwrap();
    assert!(review.notes.contains(&Note::WeeksWithoutResults { weeks: 5, first: 4, last: 8 }), "{:?}", review.notes);
}

#[test]
fn small_change_decides_nothing_unless_the_plan_says_so() {
    // Two late results on one øre: an even share is 30 000 kroner, a tenth of it 3 000.
    let rows: Vec<_> = (1..=2)
        .flat_map(|week| {
            let lucky = Row { spend: "NOK 0.01".parse().ok(), ..row(0, 1) };
            [(week, "VG", row(30_000, 60)), (week, "TV 2", lucky)]
        })
        .collect();
    let verdict = |change: fn(&mut Value)| {
        Review::new(&plan(change), &results(last_day(2, 7), &rows)).unwrap().decision.channels[1].verdict
    };
    assert_eq!(verdict(|_| {}), Verdict::NotJudged);
    assert_eq!(verdict(|spec| spec["rhythm"]["min_judge_spend"] = json!(0)), Verdict::Winner);
}

#[test]
fn refunds_and_spend_off_the_budget_are_noted() {
    let mut rows = steady(4, 80, 40);
    rows[7].2 = row(90_000, 40);
    rows.push((4, "TV 2", row(0, -200)));
    let review = Review::new(&plan(|_| {}), &results(last_day(4, 7), &rows)).unwrap();
    assert!(review.notes.contains(&Note::BelowZero { channel: "TV 2".to_owned(), fact: Fact::Orders }));
    let off = |note: &&Note| matches!(note, Note::SpendOffBudget { channel, week: 4, .. } if channel == "TV 2");
    assert_eq!(review.notes.iter().filter(off).count(), 1, "{:?}", review.notes);
    assert_eq!(review.channels[1].total.get(Fact::Orders), Some(&Exact::from(-40)));
    assert_eq!(review.total.kpi(Kpi::Cpo).number(), Outcome::Value(300_000.0 / 280.0));
}

/// A change to the plan, and what the error must name.
type Case = (fn(&mut Value), &'static [&'static str]);

#[test]
fn a_plan_that_does_not_hold_together_says_where() {
    let fault = |change: fn(&mut Value)| {
        let spec = serde_json::from_value(spec(change)).expect("a spec that reads");
        Plan::new(spec).expect_err("a plan that does not hold").to_string()
    };
    let cases: [Case; 18] = [
        (|spec| spec["channels"][0]["also"] = json!([""]), &["alias", "VG"]),
        (|spec| spec["channels"][0]["name"] = json!("VG "), &["VG "]),
        (
            |spec| {
                spec["channels"][0]["keep"] = json!(1);
                spec["channels"][0]["min"] = json!(5);
            },
            &["kept budget", "VG", "1.00"],
        ),
        (
            |spec| {
                spec["channels"][0]["max"] = json!(6000);
                spec["channels"][1]["max"] = json!(6000);
            },
            &["NOK 60000.00", "NOK 12000.00"],
        ),
        (|spec| spec["budget"]["per_week"] = json!(-1), &["budget.per_week", "-1"]),
        (|spec| spec["budget"]["per_week"] = json!(1.005), &["budget.per_week", "1.005"]),
        (|spec| spec["budget"]["current"] = json!("stated"), &["stated", "VG"]),
        (|spec| spec["rhythm"]["window_weeks"] = json!(0), &["window_weeks", "0"]),
        (|spec| spec["rhythm"]["frequency_cap"] = json!(0), &["frequency_cap", "0"]),
        (|spec| spec["rhythm"]["attainment_cap"] = json!(0), &["attainment_cap", "0"]),
        (|spec| spec["channels"][0]["goal_per_week"] = json!(0), &["goal_per_week", "VG", "0"]),
        (|spec| spec["channels"][0]["target_cost"] = json!(-3), &["target_cost", "VG", "-3"]),
        (|spec| spec["channels"][1]["name"] = json!("VG"), &["VG", "twice"]),
        (|spec| spec["channels"][1]["also"] = json!(["VG"]), &["VG", "twice"]),
        (|spec| spec["channels"][1]["min"] = json!(70000), &["70000"]),
        (|spec| spec["score"] = json!({"prior_impressions": -1}), &["prior_impressions", "-1"]),
        (|spec| spec["score"] = json!({"visibility_cap": 0}), &["visibility_cap", "0"]),
        (|spec| spec["score"] = json!({"frequency": {"low": 3, "high": 2}}), &["score.frequency.high", "2"]),
    ];
    for (change, words) in cases {
        let said = fault(change);
        assert!(words.iter().all(|word| said.contains(word)), "{said} does not name {words:?}");
    }
}
