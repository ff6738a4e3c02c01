//! The command `styring plan-test`, as a user meets it.
#![allow(clippy::unwrap_used)]

mod common;

use common::Run;

fn plan(options: &[&str]) -> Run {
    Run::with_files(&[], &["plan-test"], options)
}

#[test]
fn visitors_for_an_effect_and_an_effect_for_visitors() {
    let run = plan(&["--rate", "2 %", "--effect", "10 %", "--per-day", "9000", "--out", "out"]);
    let json = run.read("plan-test.json");
    assert_eq!(run.files(), ["plan-test.html", "plan-test.json"]);
    assert_eq!(json["format"], "styring-plan-test/1");
    // The textbook's (z₀.₉₇₅ √(2 p̄ q̄) + z₀.₈ √(p₁q₁ + p₂q₂))² / d², twice.
    let visitors = json["readings"][0]["visitors"].as_f64().unwrap();
    assert!((visitors - 161_363.0).abs() < 1.0, "{visitors}");
    assert_eq!(json["readings"][0]["weeks"], 3);
    assert!(run.printed().contains("An effect of 10.0"));
    let back = plan(&["--rate", "2 %", "--visitors", "161363", "--out", "out"]);
    let found = back.read("plan-test.json")["readings"][0]["smallest_effect"].as_f64().unwrap();
    assert!((found - 0.002).abs() < 1e-6);
    let page = run.file("plan-test.html");
    assert!(page.matches("<svg").count() == 4 && !page.contains("NaN"));
}

#[test]
fn what_is_known_before_takes_visitors_away_and_clusters_bring_them_back() {
    let visitors = |more: &[&str]| {
        let options =
            [&["--mean", "100", "--sd", "300", "--effect", "5", "--difference", "--out", "out"], more].concat();
        plan(&options).read("plan-test.json")["readings"][0]["visitors"].as_f64().unwrap()
    };
    let plain = visitors(&[]);
    assert!((visitors(&["--correlation", "0.6"]) / plain - 0.64).abs() < 1e-6);
    assert!((visitors(&["--cluster-size", "3", "--icc", "0.1"]) / plain - 1.2).abs() < 1e-6);
}

#[test]
fn without_a_folder_nothing_is_written_and_what_cannot_be_meant_is_refused() {
    let run = plan(&["--rate", "0.02", "--effect", "10 %"]);
    assert_eq!(run.code(), Some(0));
    assert!(run.files().is_empty());
    for options in [
        &["--rate", "2 %"][..],
        &["--effect", "10 %"],
        &["--rate", "2 %", "--effect", "10 %", "--visitors", "1000"],
        &["--rate", "2 %", "--mean", "3", "--sd", "1", "--effect", "10 %"],
        &["--mean", "3", "--effect", "10 %"],
        &["--rate", "0", "--effect", "10 %"],
        &["--rate", "2 %", "--effect", "0"],
        &["--rate", "2 %", "--effect", "10 %", "--power", "1"],
        &["--rate", "2 %", "--effect", "10 %", "--treatments", "0"],
        &["--rate", "2 %", "--effect", "10 %", "--per-day", "-1"],
        &["--rate", "60 %", "--effect", "90 %"],
        &["--rate", "2 %", "--effect", "-10 %", "--side", "more"],
    ] {
        let run = plan(&[options, &["--out", "out"]].concat());
        assert_eq!(run.code(), Some(2), "{options:?} {}", run.errors());
        assert!(run.files().is_empty());
    }
}
