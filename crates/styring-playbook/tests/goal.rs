//! What a goal is held against, day by day: numbers done by hand, and the fan against simulated days.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use chrono::{Days, NaiveDate, Weekday};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, LogNormal, Normal, Poisson};
use serde_json::json;
use styring_metrics::{Fact, Outcome, RollUp, Row};
use styring_money::{Currency, Exact, Money, Rounding, Unrounded};
use styring_playbook::{DayGroup, Error, GoalNote, GoalPeriod, GoalReview, GoalSpec, Pace, Plan};

/// A Monday.
fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 9, 1).unwrap()
}

/// The day so many days after the first of the campaign.
fn day(offset: i64) -> NaiveDate {
    first_day() + chrono::Duration::days(offset)
}

fn plan() -> Plan {
    let channel =
        |name: &str| json!({"name": name, "also": [format!("{name}.no")], "goal_per_week": 60, "target_cost": 500});
    let spec = json!({
        "campaign": {"name": "Launch", "currency": "NOK", "first_day": "2025-09-01", "result": "orders"},
        "budget": {"per_week": 60000},
        "rhythm": {"reading": "budget-scaled"},
        "channels": [channel("VG"), channel("TV 2")]
    });
    Plan::new(serde_json::from_value(spec).unwrap()).unwrap()
}

fn nok(amount: f64) -> Money {
    Unrounded::new(Exact::try_from(amount).unwrap(), Currency::NOK).round(Rounding::HalfEven).unwrap()
}

fn row(spend: i64, orders: i64) -> Row {
    #[allow(clippy::cast_precision_loss, reason = "small")]
    let revenue = orders as f64 * 1000.0;
    #[allow(clippy::cast_precision_loss, reason = "small")]
    let spend = spend as f64;
    Row { spend: Some(nok(spend)), orders: Some(orders.into()), revenue: Some(nok(revenue)), ..Row::default() }
}

/// Results of the days from `first` on: kroner spent and orders per day, at VG.
fn results(first: i64, days: &[(i64, i64)]) -> RollUp<DayGroup> {
    let mut facts = RollUp::new(Currency::NOK);
    for (offset, (spend, orders)) in (first..).zip(days) {
        facts.add(DayGroup { day: day(offset), channel: "VG".to_owned() }, &row(*spend, *orders)).unwrap();
    }
    facts
}

fn spec(sentence: &str) -> GoalSpec {
    GoalSpec::new(sentence.parse().unwrap())
}

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

fn value(ratio: &styring_metrics::Ratio) -> Exact {
    match ratio.outcome() {
        Outcome::Value(value) => value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sum_has_a_baseline_a_pace_and_a_required_rate() {
    // Ten days of 10 orders before, four days of 12 since.
    let mut days = vec![(1000, 10); 10];
    days.extend([(1000, 11), (1000, 13), (1000, 12), (1000, 12)]);
    let review = GoalReview::new(&plan(), &spec("Raise orders by 10 % in 10 days"), &results(-10, &days)).unwrap();
    let baseline = review.baseline.clone().unwrap();
    assert_eq!((baseline.value, baseline.days), (100.into(), Some((day(-10), day(-1)))));
    assert_eq!(review.target, 110.into());
    assert_eq!((review.elapsed, review.days_left(), review.as_of), (4, 6, day(3)));
    assert_eq!(value(&review.actual), 48.into());
    assert_eq!(review.due, Some(44.into()));
    assert_eq!(value(&review.attainment), exact("48/110"));
    assert_eq!(value(review.attainment_to_date.as_ref().unwrap()), exact("48/44"));
    assert_eq!(value(&review.so_far), 12.into());
    assert_eq!(value(&review.required), exact("62/6"));
    assert_eq!(value(&review.projected), 120.into());
    assert_eq!(review.reached, None);
    // 12 a day lead to 120; the target is 10 below, and the rest varies by √(2/3 · (6 + 36/4)) = 3.16: Student's t of 3.162 with 3 degrees of freedom.
    assert!((review.chance.unwrap() - 0.974_6).abs() < 1e-3, "{:?}", review.chance);
    assert_eq!(review.notes, [GoalNote::FewDays { days: 4 }]);
    assert_eq!(review.pace, (1..=10).map(|days| Exact::from(11 * days)).collect::<Vec<_>>());
    let to_date: Vec<Exact> = review.days.iter().map(|day| value(&day.to_date)).collect();
    assert_eq!(to_date, [11.into(), 24.into(), 36.into(), 48.into()]);
}

#[test]
fn the_fan_and_the_chance_agree() {
    let mut days = vec![(1000, 10); 30];
    days.extend((0..15).map(|n| (900 + 37 * (n % 4), 9 + n * 7 % 5)));
    for sentence in ["Raise orders by 10 % in 30 days", "Senke kostnad per ordre med 3 % på 30 dager"] {
        let facts = results(-30, &days);
        let review = GoalReview::new(&plan(), &spec(sentence), &facts).unwrap();
        let last = review.fan.last().unwrap();
        assert_eq!((last.day, review.fan.len()), (day(29), 12));
        let (low, high) = last.ninety;
        for (limit, above) in [(low, 0.95), (high, 0.05)] {
            // The goal to end exactly there has that chance.
            let chance = to_value(sentence, limit, &facts);
            let expected = if sentence.starts_with("Raise") { above } else { 1.0 - above };
            assert!((chance - expected).abs() < 1e-4, "{sentence}: {chance} for {expected}");
        }
        let mut before = 0.0;
        for point in &review.fan {
            assert!(point.ninety.0 < point.half.0 && point.half.0 < point.middle);
            assert!(point.middle < point.half.1 && point.half.1 < point.ninety.1);
            let width = point.ninety.1 - point.ninety.0;
            assert!(width > before || review.is_ratio(), "{width} after {before}");
            before = width;
        }
        let projected = value(&review.projected).to_f64();
        assert!((last.middle - projected).abs() < 1e-9 * projected);
    }
}

/// The chance of the same number to reach a value.
fn to_value(sentence: &str, limit: f64, facts: &RollUp<DayGroup>) -> f64 {
    let mut spec = spec(sentence);
    let limit = Exact::try_from(limit).unwrap().significant(15, Rounding::HalfEven);
    spec.goal.change = styring_metrics::Change::To(limit);
    GoalReview::new(&plan(), &spec, facts).unwrap().chance.unwrap()
}

#[test]
fn a_ratio_is_a_ratio_of_sums_and_has_no_pace() {
    let mut days = vec![(1000, 5), (1000, 15)];
    days.extend([(600, 3), (1200, 9)]);
    let mut spec = spec("Lower CPO by 10 % in 2 days");
    spec.first_day = Some(day(2));
    let review = GoalReview::new(&plan(), &spec, &results(0, &days)).unwrap();
    // 2000 / 20 and not the mean of 200 and 66.67.
    assert_eq!(review.baseline.clone().unwrap().value, 100.into());
    assert_eq!(review.target, 90.into());
    assert_eq!(value(&review.actual), 150.into());
    assert_eq!((review.due.clone(), review.attainment_to_date.clone()), (None, None));
    assert_eq!(review.reached, Some(false));
    assert_eq!(review.required.number(), Outcome::Missing);

    // With two days left: orders go on at 6 a day, so 12 more at x kroner: (1800 + 12 x) / 24 = 90.
    spec.goal.days = 4;
    spec.first_day = Some(day(2));
    spec.baseline = Some(100.into());
    let review = GoalReview::new(&plan(), &spec, &results(0, &days)).unwrap();
    assert_eq!(value(&review.required), 30.into());
    assert_eq!(value(&review.attainment), exact("5/3"));
    assert!(review.chance.unwrap() < 0.5);
    assert_eq!(review.reached, None);
}

#[test]
fn without_anything_to_divide_by_there_is_no_ratio() {
    let mut goal = spec("Lower CPO to 90 in 4 days");
    let review = GoalReview::new(&plan(), &goal, &results(0, &[(600, 0), (600, 0)])).unwrap();
    assert_eq!(review.actual.number(), Outcome::NoDenominator(styring_money::Sign::Positive));
    assert_eq!((review.required.number(), review.attainment.number()), (Outcome::Missing, Outcome::Missing));
    assert_eq!((review.chance, review.reached), (None, None));
    assert_eq!(review.notes, [GoalNote::NoChanceYet { days: 2 }]);
    // No baseline either; a baseline in the results without an order is an error.
    assert_eq!(review.baseline, None);
    goal.first_day = Some(day(2));
    goal.goal.days = 2;
    let fault = GoalReview::new(&plan(), &goal, &results(0, &[(600, 0), (600, 0), (1, 1)])).unwrap_err();
    assert!(fault.to_string().contains("1200 / 0"), "{fault}");
}

#[test]
fn a_pace_by_weekday_follows_the_weeks_before() {
    // Two weeks before: 1 order on weekdays, 10 on Saturdays, none on Sundays.
    let week = [(100, 1), (100, 1), (100, 1), (100, 1), (100, 1), (100, 10), (100, 0)];
    let days: Vec<(i64, i64)> = week.iter().chain(&week).chain(&week[..5]).copied().collect();
    let mut goal = spec("Raise orders by 100 % in 7 days");
    goal.pace = Pace::Weekday;
    let review = GoalReview::new(&plan(), &goal, &results(-14, &days)).unwrap();
    assert_eq!(review.target, 30.into());
    // Five of the fifteen orders of a week come before Saturday.
    assert_eq!(review.due, Some(10.into()));
    assert_eq!(review.pace, [2, 4, 6, 8, 10, 30, 30].map(Exact::from));
    assert_eq!(value(&review.projected), 15.into());
    let weekdays = review.weekdays.clone().unwrap();
    assert_eq!((weekdays.weeks(), weekdays.of(Weekday::Sat).clone()), (2, 10.into()));
    // Every day so far was as its weekday, so nothing is left to chance: one order in fifteen days of weight a day, and a target of twice that.
    assert_eq!((review.chance, review.fan.last().map(|end| end.ninety)), (Some(0.0), Some((15.0, 15.0))));

    // Something on a Sunday, when nothing was ever sold: its weight says nothing of it.
    let mut sunday: Vec<(i64, i64)> = week.iter().chain(&week).copied().collect();
    sunday.extend([(100, 1), (100, 2), (100, 1), (100, 2), (100, 1), (100, 10), (100, 4)]);
    goal.goal.days = 14;
    goal.baseline = Some(15.into());
    let review = GoalReview::new(&plan(), &goal, &results(-14, &sunday)).unwrap();
    assert_eq!((review.chance, &review.notes[0]), (None, &GoalNote::NoChanceYet { days: 7 }));
    assert_eq!(review.notes[1], GoalNote::ValueOnClosedDay { day: day(6) });
    let before = GoalReview::new(&plan(), &goal, &results(-14, &sunday[..20])).unwrap();
    assert!(before.chance.is_some_and(|chance| chance > 0.0 && chance < 1.0), "{:?}", before.chance);
    let end = before.fan.last().unwrap();
    assert!(end.ninety.0 < end.middle && end.middle < end.ninety.1);
    // The six open days as multiples of their weekday: 1, 2, 1, 2, 1, 1; the rest weighs Σ = 15.
    assert!((end.middle - (17.0 + 15.0 * 8.0 / 6.0)).abs() < 1e-9, "{}", end.middle);

    let fault = |goal: &GoalSpec, first| GoalReview::new(&plan(), goal, &results(first, &days)).unwrap_err();
    assert_eq!(fault(&goal, -7), Error::NoWeekdayHistory { needed: 14, days: 7 });
    let mut ratio = spec("Lower CPO by 10 % in 7 days");
    ratio.pace = Pace::Weekday;
    assert!(fault(&ratio, -14).to_string().contains("ratio"));
}

#[test]
fn a_weekday_below_zero_has_no_weight() {
    let mut facts = results(-14, &[(100, 1); 16]);
    facts.add(DayGroup { day: day(-2), channel: "TV 2".to_owned() }, &row(0, -30)).unwrap();
    let mut goal = spec("Raise orders by 100 % in 7 days");
    goal.baseline = Some(7.into());
    goal.pace = Pace::Weekday;
    let fault = GoalReview::new(&plan(), &goal, &facts).unwrap_err();
    assert!(fault.to_string().contains("-14 on Saturdays"), "{fault}");
}

#[test]
fn the_scope_is_a_channel_or_a_phrase() {
    let mut facts = results(0, &[(1000, 10), (1000, 10)]);
    facts.add(DayGroup { day: day(0), channel: "TV 2".to_owned() }, &row(500, 3)).unwrap();
    facts.add(DayGroup { day: day(1), channel: "TV 2".to_owned() }, &row(500, 4)).unwrap();
    for (sentence, channel, orders) in [
        ("Øke tv 2s ordrer til 30 på 4 dager", Some("TV 2"), 7),
        ("Raise VG.no's orders to 30 in 4 days", Some("VG"), 20),
        ("Øke netthandelens ordrer til 30 på 4 dager", None, 27),
        ("Øke ordrer til 30 på 4 dager", None, 27),
    ] {
        let review = GoalReview::new(&plan(), &spec(sentence), &facts).unwrap();
        assert_eq!((review.channel.as_deref(), value(&review.actual)), (channel, orders.into()), "{sentence}");
        let phrase = review.notes.contains(&GoalNote::ScopeIsNoChannel { scope: "netthandelens".to_owned() });
        assert_eq!(phrase, sentence.contains("netthandelens"));
    }
}

#[test]
fn days_without_rows_count_as_nothing_and_are_noted() {
    let mut facts = results(-4, &[(1000, 10), (1000, 10)]);
    facts.merge(results(0, &[(1000, 12)])).unwrap();
    facts.merge(results(2, &[(1000, 12), (1000, 12)])).unwrap();
    let mut goal = spec("Raise orders by 10 % in 4 days");
    goal.as_of = Some(day(2));
    let review = GoalReview::new(&plan(), &goal, &facts).unwrap();
    assert_eq!((review.target.clone(), value(&review.actual), review.elapsed), (22.into(), 24.into(), 3));
    let silent = |period, days, of, first| GoalNote::DaysWithoutRows { period, days, of, first };
    assert_eq!(review.notes[0], silent(GoalPeriod::Baseline, 2, 4, day(-2)));
    assert_eq!(review.notes[1], silent(GoalPeriod::Goal, 1, 3, day(1)));
    assert_eq!(review.notes[2], GoalNote::DaysAfterAsOf { days: 1 });
}

#[test]
fn before_the_first_day_and_after_the_last() {
    let facts = results(-4, &[(1000, 10); 8]);
    let mut goal = spec("Raise orders by 10 % in 4 days");
    let review = GoalReview::new(&plan(), &goal, &facts).unwrap();
    assert_eq!((review.reached, review.chance, review.fan.len()), (Some(false), None, 0));
    assert_eq!(review.required.number(), Outcome::NoDenominator(styring_money::Sign::Positive));
    assert!(review.notes.is_empty());
    goal.as_of = Some(day(-1));
    let review = GoalReview::new(&plan(), &goal, &facts).unwrap();
    assert_eq!((review.elapsed, review.reached, value(&review.required)), (0, None, 11.into()));
    assert_eq!(review.attainment_to_date.unwrap().number(), Outcome::Undefined);
    let begun = GoalNote::NotBegun { first_day: day(0), as_of: day(-1) };
    assert_eq!(review.notes, [GoalNote::DaysAfterAsOf { days: 4 }, begun]);
}

#[test]
fn a_target_on_the_wrong_side_is_noted() {
    let review =
        GoalReview::new(&plan(), &spec("Raise orders to 30 in 4 days"), &results(-4, &[(1000, 10); 6])).unwrap();
    assert!(review.notes.contains(&GoalNote::TargetBehindBaseline));
    let review =
        GoalReview::new(&plan(), &spec("Lower orders to 30 in 4 days"), &results(-4, &[(1000, 10); 8])).unwrap();
    assert_eq!(review.reached, Some(false));
    assert!(review.notes.is_empty());
}

#[test]
fn what_cannot_be_followed_says_why() {
    let plan = plan();
    let facts = results(-3, &[(1000, 10); 8]);
    let fault = |goal: &GoalSpec| GoalReview::new(&plan, goal, &facts).unwrap_err();
    let goal = spec("Raise orders by 10 % in 4 days");
    assert_eq!(fault(&goal), Error::NoBaseline { first: day(-4), last: day(-1), results_first: day(-3) });
    let late = GoalSpec { as_of: Some(day(5)), baseline: Some(40.into()), ..goal.clone() };
    assert!(fault(&late).to_string().contains("2025-09-06 (the results end on 2025-09-05)"));
    let nothing = GoalSpec { baseline: Some(0.into()), ..goal.clone() };
    assert!(fault(&nothing).to_string().contains("above zero for a change in percent"));
    let euros = spec("Raise revenue by EUR 5000 in 4 days");
    assert!(fault(&euros).to_string().contains("EUR and NOK"));
    let mut long = goal.clone();
    long.goal.days = 4_000_000_000;
    assert!(fault(&long).to_string().contains("ten years"));
    let margin = GoalSpec { baseline: Some(40.into()), ..spec("Raise gross margin by 10 % in 4 days") };
    let missing = Error::MissingForGoal { fact: Fact::CostOfGoods, measure: "gross margin", rows: 1, day: day(0) };
    assert_eq!(fault(&margin), missing);
    assert_eq!(margin.needs(), [Fact::Revenue, Fact::CostOfGoods]);
    assert_eq!(GoalReview::new(&plan, &goal, &RollUp::new(Currency::NOK)).unwrap_err(), Error::NoResults);
    let euros = GoalReview::new(&plan, &goal, &RollUp::new(Currency::EUR)).unwrap_err();
    assert!(euros.to_string().contains("EUR"));
}

/// Of many simulated goals, how many end inside the ninety per cent of their fan: skewed days, twenty of them known. Monte-Carlo error 0.7 points (2000 goals). Measured:
/// 89.2 % for revenue, 88.6 % for ROAS.
#[test]
fn the_fan_holds_what_it_promises() {
    let plan = plan();
    let (known, ahead, goals) = (20_u64, 8_u64, 2000);
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (amounts, counts) = (LogNormal::new(9.0, 0.5).unwrap(), Poisson::new(30.0).unwrap());
    let noise = Normal::new(1.0, 0.2).unwrap();
    for (sentence, promised) in [("Raise revenue to 1 in 28 days", 0.90), ("Raise ROAS to 1 in 28 days", 0.90)] {
        let mut inside = 0;
        for _ in 0..goals {
            let mut facts = RollUp::new(Currency::NOK);
            let (mut spent, mut earned) = (0.0, 0.0);
            for offset in 0..known + ahead {
                let spend: f64 = amounts.sample(&mut rng);
                let revenue: f64 =
                    f64::max(2.0 * spend * noise.sample(&mut rng), 0.0) + 200.0 * counts.sample(&mut rng);
                spent += spend;
                earned += revenue;
                if offset < known {
                    let row = Row { spend: Some(nok(spend)), revenue: Some(nok(revenue)), ..Row::default() };
                    facts
                        .add(DayGroup { day: first_day() + Days::new(offset), channel: "VG".to_owned() }, &row)
                        .unwrap();
                }
            }
            let review = GoalReview::new(&plan, &spec(sentence), &facts).unwrap();
            let end = if review.is_ratio() { earned / spent } else { earned };
            let (low, high) = review.fan.last().unwrap().ninety;
            inside += i32::from((low..=high).contains(&end));
        }
        let share = f64::from(inside) / f64::from(goals);
        println!("{sentence}: {share} for {promised}");
        assert!((share - promised).abs() < 0.035, "{sentence}: {share}");
    }
}
