//! The command `styring test`, as a user meets it.
#![allow(clippy::unwrap_used)]

mod common;

use std::fmt::Write as _;

use common::Run;
use serde_json::Value;

/// Two weeks in which the new form converts well.
fn outcomes() -> String {
    let mut text = "dato;variant;besøkende;kjøp\n".to_owned();
    for day in 1..=14 {
        writeln!(text, "{day:02}.03.2026;kontroll;1000;{}", 20 + day % 3).unwrap();
        writeln!(text, "{day:02}.03.2026;nytt skjema;1000;{}", 31 + day % 4).unwrap();
    }
    text
}

fn test(outcomes: &str, options: &[&str]) -> Run {
    Run::with_files(&[("test.csv", outcomes.as_bytes())], &["test", "test.csv", "--out", "out"], options)
}

fn decision(run: &Run) -> Value {
    run.read("test.json")["decision"]["is"].clone()
}

#[test]
fn outcomes_in_three_files_out() {
    let run = test(&outcomes(), &["--decide-at", "600", "--spend", "50000"]);
    assert_eq!(run.files(), ["looks.csv", "test.html", "test.json"]);
    let json = run.read("test.json");
    assert_eq!(json["format"], "styring-test/1");
    assert_eq!(json["decision"]["is"], "winner");
    assert_eq!(json["decision"]["winner"], "nytt skjema");
    assert_eq!((&json["variants"][0]["name"], &json["variants"][1]["users"]), (&"kontroll".into(), &14_000.into()));
    let treatment = &json["treatments"][0];
    assert!(treatment["sentence"]["no"].as_str().unwrap().starts_with("nytt skjema har høyere"));
    assert!(treatment["sentence"]["en"].as_str().unwrap().starts_with("nytt skjema has a higher conversion rate"));
    assert!(treatment["cost"]["known"]["low"].as_f64().unwrap() > 0.0);
    assert_eq!(run.file("looks.csv").lines().count(), 15);
    let page = run.file("test.html");
    assert!(page.contains("nytt skjema is better than kontroll: stop.") && page.matches("<svg").count() >= 6);
    assert!(!page.contains("NaN") && !page.contains("inf"));
    assert!(run.printed().contains("It was decided on"));
}

#[test]
fn planned_looks_and_the_only_look() {
    let planned = test(&outcomes(), &["--looks", "4", "--planned-users", "28000"]);
    assert_eq!(decision(&planned), "winner");
    let held = planned.read("test.json")["looks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|look| !look["compared"][0]["held"].is_null())
        .count();
    assert!((1..=4).contains(&held));
    let early = test(&outcomes(), &["--looks", "4", "--planned-users", "400000"]);
    assert_eq!(decision(&early), "continue");
    let once = test(&outcomes(), &["--once", "--difference"]);
    assert_eq!(decision(&once), "winner");
    assert!(once.file("test.html").contains("percentage points"));
    let all = "variant,users,conversions\ncontrol,1000,20\nb,1000,45\nb,100,3\n";
    let one_look = test(all, &["--once"]);
    assert_eq!(decision(&one_look), "winner");
    assert_eq!(one_look.read("test.json")["variants"][1]["users"], 1100);
}

#[test]
fn one_user_a_row() {
    let mut text = "group,revenue,last_year,day\n".to_owned();
    for user in 0..3_000_u64 {
        let before = (user * 7_919 % 1_009) as f64 / 10.0;
        let noise = (user * user * 31 % 97) as f64 / 10.0;
        let mail = user % 2 == 1;
        writeln!(
            text,
            "{},{},{before},2026-03-{:02}",
            if mail { "mail" } else { "control" },
            before + noise + if mail { 4.0 } else { 0.0 },
            1 + user / 300
        )
        .unwrap();
    }
    let plain = test(&text, &["--value", "revenue", "--difference", "--once"]);
    let adjusted = test(&text, &["--value", "revenue", "--before", "last_year", "--difference", "--once"]);
    let width = |run: &Run| {
        let set = run.read("test.json")["treatments"][0]["effect"]["set"]["interval"].clone();
        set["high"].as_f64().unwrap() - set["low"].as_f64().unwrap()
    };
    assert!(width(&adjusted) < 0.3 * width(&plain));
    assert_eq!(adjusted.read("test.json")["measure"], "adjusted_value");
    assert!(adjusted.file("test.html").contains("mean revenue"));
}

#[test]
fn a_split_that_is_off_is_the_first_thing_that_is_said() {
    let text = "variant,users,conversions\ncontrol,10000,200\nb,8800,250\n";
    let run = test(text, &["--once"]);
    assert_eq!(decision(&run), "invalid");
    assert!(run.file("test.html").contains("Users are not split as they were to be"));
    let told = test(text, &["--once", "--shares", "control=50,b=44"]);
    assert_eq!(decision(&told), "winner");
}

#[test]
fn wrong_rows_are_set_aside_and_wrong_tests_refused() {
    let mut text = outcomes();
    text.push_str(
        "15.03.2026;kontroll;-5;1\n15.03.2026;nytt skjema;1000;NaN\n15.03.2026;;10;1\n15.03.2026;kontroll;10.5;1\n",
    );
    let run = test(&text, &[]);
    assert_eq!(run.files(), ["looks.csv", "rejected.csv", "test.html", "test.json"]);
    let rejected = run.file("rejected.csv");
    assert_eq!(rejected.lines().count(), 5);
    assert!(rejected.contains("not a whole number of zero or above") && rejected.contains("not a number"));
    let strict = test(&text, &["--strict"]);
    assert_eq!(strict.code(), Some(4));
    assert!(strict.errors().contains("line 30") && strict.errors().contains("besøkende"));

    let refused = [
        ("variant,users,conversions\ncontrol,100,3\nb,100,101\n", "b has 101 conversions of 100 users"),
        ("variant,users,conversions\ncontrol,100,3\n", "the test has one variant"),
        ("variant,users,conversions\nred,100,3\nblue,100,4\n", "--control VARIANT"),
        ("variant,users\nred,100\n", "--conversions COLUMN"),
        ("variant,users,conversions\n", "none of its 0 rows"),
    ];
    for (text, complaint) in refused {
        let run = test(text, &[]);
        assert_eq!(run.code(), Some(4), "{complaint}");
        assert!(run.errors().contains(complaint), "{}", run.errors());
        assert!(run.files().is_empty());
    }
    for options in [
        &["--once", "--decide-at", "5"][..],
        &["--looks", "3"],
        &["--level", "1"],
        &["--before", "x"],
        &["--shares", "control"],
        &["--spend", "-1"],
        &["--smallest-effect", "-2 %"],
    ] {
        let run = test(&outcomes(), options);
        assert_eq!(run.code(), Some(2), "{options:?}");
        assert!(run.files().is_empty());
    }
}
