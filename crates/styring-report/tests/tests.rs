//! The pages of tests of variants, planned and read: whole, needing nothing else, and within the width of a terminal.
#![allow(clippy::unwrap_used)]

mod common;

use chrono::{Days, NaiveDate};
use common::{check_page, check_svg, check_terminal, not_numbers, readable, rows};
use styring_experiments::Scale;
use styring_experiments::planning::{Effect, Metric};
use styring_playbook::{PlannedTest, PlannedTestSpec, Reading, TestRows, Tested, TestedSpec};
use styring_report::charts::{self, NARROW, WIDE};
use styring_report::{PlanTestReport, Source, TestReport};

/// So many days of three variants; one has a name that does its worst.
fn rows_of(days: u64) -> TestRows {
    let mut rows = TestRows::of_conversions();
    for day in 0..days {
        let date = NaiveDate::from_ymd_opt(2026, 3, 2).map(|first| first + Days::new(day));
        rows.count(date, "control", 1_000, 25 + day * 7 % 5).unwrap();
        rows.count(
            date,
            "<b>\u{202e}a new & a very long name of a form that nobody would read</b>",
            1_010,
            34 + day * 5 % 7,
        )
        .unwrap();
        rows.count(date, "picture", 990, 24 + day * 3 % 6).unwrap();
    }
    rows
}

fn tests() -> Vec<(&'static str, Tested)> {
    let split = [("control", 1.0), ("picture", 9.0)];
    let spec = |reading| TestedSpec { reading, ..TestedSpec::default() };
    let any_time = Reading::AnyTime { decide_at: 2_000 };
    let planned = |users| Reading::Planned { looks: 4, users, ends_now: false };
    let of = |days, spec: &TestedSpec| Tested::of(&rows_of(days), spec).unwrap();
    let mut shares: std::collections::BTreeMap<_, _> = split.map(|(name, share)| (name.to_owned(), share)).into();
    shares.extend(
        rows_of(1).variants().into_iter().filter(|name| name.starts_with('<')).map(|name| (name.to_owned(), 1.0)),
    );
    vec![
        ("any time", of(28, &TestedSpec { smallest_effect: Some(0.02), ..spec(any_time) })),
        ("first day", of(1, &spec(any_time))),
        ("planned", of(28, &spec(planned(84_000)))),
        ("planned, too early", of(5, &spec(planned(84_000)))),
        ("once, differences", of(14, &TestedSpec { scale: Scale::Difference, ..spec(Reading::Once) })),
        ("split is off", of(14, &TestedSpec { shares, ..spec(Reading::Once) })),
    ]
}

#[test]
fn every_test_gives_a_whole_page_that_needs_nothing_else() {
    let source = Source { name: "test.csv".to_owned(), rows: 84, used: 84, ..Source::default() };
    for (name, tested) in &tests() {
        let report = TestReport { tested, metric: "conversion rate", spend: None, source: &source };
        let html = report.html().unwrap();
        check_page(&html);
        assert!(not_numbers(&html).is_empty(), "{name}");
        assert_eq!(rows(&html, "What each variant got and brought").len(), 3);
        check_terminal(name, |width| report.terminal(width));
        assert!(readable(&report.terminal(120)).contains("conversion"));
        for width in [0, NARROW, 560, WIDE, 1400] {
            check_svg(name, width, &charts::test_effects(tested, width).unwrap());
            for place in 0..2 {
                if let Ok(svg) = charts::test_course(tested, place, tested.smallest_effect, width) {
                    check_svg(name, width, &svg);
                }
            }
            if let Ok(svg) = charts::test_evidence(tested, width) {
                check_svg(name, width, &svg);
            }
        }
    }
}

#[test]
fn every_plan_gives_a_whole_page_that_needs_nothing_else() {
    let share = PlannedTestSpec::new(Metric::share(0.02).unwrap());
    let effect =
        PlannedTestSpec { effect: Some(Effect::Relative(0.1)), visitors_per_day: Some(9_000.0), ..share.clone() };
    let mean = PlannedTestSpec {
        visitors: Some(20_000.0),
        treatments: 3,
        ..PlannedTestSpec::new(Metric::mean(0.0, 3.0).unwrap())
    };
    for (name, spec) in
        [("effect", effect), ("visitors", PlannedTestSpec { visitors: Some(5e4), ..share }), ("mean", mean)]
    {
        let planned = PlannedTest::of(&spec).unwrap();
        let report = PlanTestReport { planned: &planned, spec: &spec };
        let html = report.html().unwrap();
        check_page(&html);
        assert!(not_numbers(&html).is_empty(), "{name}");
        assert_eq!(rows(&html, "How large the test has to be").len(), 3);
        check_terminal(name, |width| report.terminal(width));
        for width in [0, NARROW, 560, WIDE, 1400] {
            check_svg(name, width, &charts::test_power(&planned, width).unwrap());
            if let Ok(svg) = charts::test_weeks(&planned, width) {
                check_svg(name, width, &svg);
            }
        }
    }
}
