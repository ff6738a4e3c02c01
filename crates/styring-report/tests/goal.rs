//! The report of a goal: what it says, that its charts hold, and that it is a page.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

mod common;

use chrono::Days;
use common::{first_day, source};
use styring_metrics::{Goal, RollUp, Row};
use styring_money::{Currency, Exact, Money};
use styring_playbook::{DayGroup, GoalReview, GoalSpec, Pace, Plan};
use styring_report::charts::{NARROW, WIDE, goal, goal_days};
use styring_report::{GoalReport, Source};
use unicode_width::UnicodeWidthStr;

fn plan() -> Plan {
    common::plan_of(&["VG", "TV 2"], 60_000, |_| {})
}

/// Days of results from `before` days before the campaign on: kroner spent, orders.
fn results(before: u64, days: &[(i64, i64)]) -> RollUp<DayGroup> {
    let mut facts = RollUp::new(Currency::NOK);
    for (offset, (spend, orders)) in days.iter().enumerate() {
        let nok = |kroner: i64| Money::from_minor(i128::from(kroner) * 100, Currency::NOK).ok();
        let row = Row {
            spend: nok(*spend),
            clicks: Some(200),
            orders: Some(Exact::from(*orders)),
            conversions: Some(Exact::from(*orders)),
            revenue: nok(orders * 899),
            cost_of_goods: nok(orders * 340),
            other_variable_cost: nok(orders * 79),
            ..Row::default()
        };
        let day = first_day() - Days::new(before) + Days::new(offset as u64);
        facts.add(DayGroup { day, channel: "VG".to_owned() }, &row).unwrap();
    }
    facts
}

/// Days that vary by weekday and a little more.
fn lively(days: usize) -> Vec<(i64, i64)> {
    let day = |place: usize| {
        let place = i64::try_from(place).unwrap();
        (4000 + place * 37 % 1100, 8 + place * 5 % 7 + [0, 0, 1, 1, 0, 6, 4][usize::try_from(place % 7).unwrap()])
    };
    (0..days).map(day).collect()
}

struct Said {
    sentence: &'static str,
    review: GoalReview,
}

impl Said {
    fn new(sentence: &'static str, before: u64, days: &[(i64, i64)], change: impl FnOnce(&mut GoalSpec)) -> Self {
        let mut spec = GoalSpec::new(sentence.parse::<Goal>().unwrap());
        change(&mut spec);
        Self { sentence, review: GoalReview::new(&plan(), &spec, &results(before, days)).unwrap() }
    }

    fn report<'a>(&'a self, source: &'a Source) -> GoalReport<'a> {
        GoalReport { campaign: "Løpesko <2025>", sentence: self.sentence, review: &self.review, source }
    }

    fn page(&self) -> String {
        let html = self.report(&source()).html().unwrap();
        html.replace(['\u{202f}', '\u{a0}'], " ").replace("&#x2f;", "/").replace("&quot;", "\"")
    }
}

fn stated(spec: &mut GoalSpec) {
    spec.baseline = Some(Exact::from(400_000));
}

fn all() -> Vec<Said> {
    let margin = "Øke netthandelens dekningsbidrag før annonser med 12 % på 28 dager";
    vec![
        Said::new(margin, 28, &lively(45), |_| {}),
        Said::new(margin, 28, &lively(45), |spec| spec.pace = Pace::Weekday),
        Said::new(margin, 28, &lively(56), |_| {}),
        Said::new(margin, 28, &lively(28), |_| {}),
        Said::new("Raise VG's revenue by 10 % in 365 days", 0, &lively(90), stated),
        Said::new("Raise revenue by 10 % in 3 weeks", 0, &lively(1), stated),
        Said::new("Raise revenue by 10 % in 1 day", 0, &lively(1), stated),
        Said::new("Raise orders to 7 in 400 days", 0, &[(1, 0), (1, 0), (1, 0)], |_| {}),
        Said::new("Øke dekningsbidrag til 100000 på 60 dager", 0, &lively(40), |_| {}),
        Said::new("Lower spend by 10 % in 28 days", 28, &lively(45), |_| {}),
        Said::new("Lower CPO by 10 % in 28 days", 28, &lively(45), |_| {}),
        Said::new("Lower CPO to 1 in 28 days", 0, &[(900, 0), (800, 0)], |_| {}),
        Said::new("Lower CPO to 300 in 28 days", 0, &[(90_000, 1), (800, 2), (700, 2), (900, 3)], |_| {}),
        Said::new("Øke konverteringsrate med 10 % på 28 dager", 28, &lively(40), |_| {}),
        Said::new("Raise ROAS to 3 in 4 weeks", 0, &lively(28), |_| {}),
    ]
}

#[test]
fn every_goal_gives_a_whole_page_that_needs_nothing_else() {
    for said in all() {
        common::check_page(&said.report(&source()).html().unwrap());
    }
}

#[test]
fn no_label_lies_on_another_and_none_leaves_the_frame() {
    for said in all() {
        for width in [0, NARROW, 420, 560, WIDE, 1400] {
            common::check_svg(said.sentence, width, &goal(&said.review, width).unwrap());
            common::check_svg(said.sentence, width, &goal_days(&said.review, width).unwrap());
        }
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for said in all() {
        for width in (0..=180).step_by(9) {
            let text = said.report(&source()).terminal(width);
            for line in text.lines() {
                assert!(line.width() <= usize::from(width.max(20)), "{width}: {line:?}");
            }
            assert!(common::not_numbers(&text).is_empty());
        }
    }
}

#[test]
fn a_sum_is_told_against_its_pace() {
    let said = &all()[0];
    let page = said.page();
    for part in [
        "<h1>Øke netthandelens dekningsbidrag før annonser med 12 % på 28 dager</h1>",
        "Goal · Løpesko &lt;2025&gt;",
        "NOK 101 280.00 of NOK 191 385.60 after 17 of 28 days: NOK 14 918.40 (12.8 %) behind the pace. The chance of reaching the target is 0.1 %.",
        "Each of the 11 days that are left must bring NOK 8 191.42; so far a day has brought NOK 5 957.65.",
        "no channel of the plan, so all channels count",
        "52.9 % of the target of 191 385.60",
        "nine tenths",
        "9 of 1 412 rows could not be used and are not in these figures.",
    ] {
        assert!(page.contains(part), "{part}\n{}", page.split("<body>").nth(1).unwrap_or_default());
    }
    let text = said.report(&source()).terminal(120).replace('\u{a0}', " ");
    assert!(text.contains("\n1–7 September "), "{text}");
    assert!(text.contains("behind the pace") && text.contains("WARNING: set aside: 6 rows: spend: not a number"));
}

#[test]
fn a_ratio_is_told_as_a_level() {
    let said = &all()[10];
    let page = said.page();
    assert!(page.contains("A ratio has no pace"));
    assert!(page.contains("If orders go on at this pace, the CPO of the days that are left must be at most NOK"));
    assert!(page.contains("the axis does not begin at zero"));
    assert!(!page.contains("Pace to date"));
}

#[test]
fn what_is_not_there_is_said() {
    let goals = all();
    for (place, part) in [
        (2, "after 28 days; the target was at least"),
        (3, "Not begun. From 1 September 2025 on, 28 days: at least"),
        (3, "No day of the goal has passed."),
        (5, "One day does not say how days vary"),
        (8, "the goal names it itself, and no baseline is known"),
        (11, "CPO: no orders yet after 2 of 28 days; the target is at most NOK 1.00."),
        (11, "What the days that are left must come to cannot be told: no orders yet."),
        (12, "beyond the scale"),
    ] {
        assert!(goals[place].page().contains(part), "{part}: {}", goals[place].sentence);
    }
    // A course without a fan, and a fan with two areas.
    let bands = |said: &Said| goal(&said.review, WIDE).unwrap().matches("<polygon").count();
    assert_eq!((bands(&goals[3]), bands(&goals[5]), bands(&goals[0])), (0, 0, 2));
}

#[test]
fn names_cannot_act() {
    let said = Said::new("Raise <script>alert(1)</script>\u{1b}[2J orders to 30 in 4 days", 0, &lively(3), |_| {});
    let page = said.report(&source()).html().unwrap();
    common::check_page(&page);
    let text = said.report(&source()).terminal(80);
    assert!(text.chars().all(|sign| sign == '\n' || !sign.is_control()));
}
