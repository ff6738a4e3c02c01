//! The command `styring geo`, as a user meets it.
#![allow(clippy::unwrap_used, clippy::float_cmp)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use common::Run;
use serde_json::Value;

const USUAL: [&str; 4] = ["--treated", "r0, r1", "--from", "2025-10-27"];

fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 9, 1).unwrap() + Days::new(offset)
}

/// Fourteen regions over 70 days, two of them with 15 more a day for the last fourteen.
fn panel() -> String {
    let mut text = "fylke;dato;ordrer;kostnad\n".to_owned();
    for offset in 0..70_u64 {
        for region in 0..14_u64 {
            let noise = (1_000 * region + offset).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60;
            let on = region < 2 && offset >= 56;
            let value = 40 + 2 * region + 5 * (offset % 7) + noise + if on { 15 } else { 0 };
            writeln!(text, "r{region};{};{value};{}", day(offset), if on { 600 } else { 0 }).unwrap();
        }
    }
    text
}

fn geo(panel: &str, options: &[&str]) -> Run {
    Run::with_files(&[("panel.csv", panel.as_bytes())], &["geo", "panel.csv", "--out", "out"], options)
}

fn with<'a>(options: &[&'a str]) -> Vec<&'a str> {
    USUAL.iter().chain(options).copied().collect()
}

fn table(run: &Run, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = run.file(name);
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn a_panel_in_three_files_out() {
    let run = geo(&panel(), &with(&["--spend", "kostnad"]));
    let json = run.read("geo.json");
    assert_eq!(run.files(), ["days.csv", "geo.html", "geo.json"]);
    assert_eq!((json["format"].as_str(), json["method"].as_str()), (Some("styring-geo/1"), Some("synthetic")));
    assert_eq!(json["treated"], serde_json::json!(["r0", "r1"]));
    assert_eq!((&json["days_before"], &json["days_with"], &json["controls"]), (&56.into(), &14.into(), &12.into()));
    let (total, low, high) =
        (number(&json["total"]), number(&json["set"]["interval"]["low"]), number(&json["set"]["interval"]["high"]));
    assert!(low < 420.0 && 420.0 < high && low > 0.0 && low <= total && total <= high, "{low} {total} {high}");
    assert!(json["is_effect"] == true && number(&json["p_value"]) < 0.1);
    assert_eq!((number(&json["cost"]["spend"]), json["cost"]["source"].as_str()), (16_800.0, Some("counted")));
    let each = &json["cost"]["per_result"]["known"];
    assert!((number(&each["value"]) - 16_800.0 / total).abs() < 1e-9);
    assert!((number(&each["low"]) - 16_800.0 / high).abs() < 1e-9);
    let methods = json["methods"].as_array().unwrap();
    assert_eq!((methods.len(), methods[0]["test"].as_str()), (5, Some("synthetic-conformal")));
    assert_eq!(methods[0]["answer"]["total"], json["total"]);
    assert_eq!(json["placebos"]["others"].as_array().unwrap().len(), 12);
    assert_eq!(json["input"]["columns"]["value"], "ordrer");

    let days = table(&run, "days.csv");
    assert_eq!(days.len(), 70);
    assert_eq!((days[55]["treated"].as_str(), days[56]["treated"].as_str()), ("0", "1"));
    assert_eq!((days[0]["cumulative"].as_str(), days[0]["effect_low"].as_str()), ("", ""));
    let cell = |day: &BTreeMap<String, String>, name: &str| day[name].parse::<f64>().unwrap();
    let sum: f64 = days[56..].iter().map(|day| cell(day, "effect")).sum();
    assert!((sum - total).abs() < 1e-3 && (cell(&days[69], "cumulative") - total).abs() < 1e-3);
    assert!((cell(&days[69], "cumulative_low") - low).abs() < 1e-3);
    for day in &days {
        assert!((cell(day, "actual") - cell(day, "counterfactual") - cell(day, "effect")).abs() < 1e-3);
    }

    let page = run.file("geo.html");
    assert!(page.contains("<svg") && !page.contains("NaN"));
    let printed = run.printed();
    assert!(printed.starts_with("The treatment had an effect on ordrer in r0 and r1: "), "{printed}");
    assert!(printed.contains("wrote out/geo.html"), "{printed}");
    assert!(geo(&panel(), &with(&["--quiet"])).output.stdout.is_empty());
}

#[test]
fn the_bundled_panel_gives_what_is_in_the_readme() {
    let bundled = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data/geo/panel.csv");
    let text = std::fs::read_to_string(bundled).unwrap();
    let options = ["--treated", "Bergen,Trondheim", "--from", "2025-10-26", "--spend", "spend"];
    let json = geo(&text, &options).read("geo.json");
    // An eighth of what Bergen and Trondheim usually have, three weeks.
    let truth = 0.125 * (92.0 + 84.0) * 21.0;
    let set = &json["set"]["interval"];
    assert!(number(&set["low"]) < truth && truth < number(&set["high"]), "{set}");
    assert_eq!((number(&json["total"]).round(), json["is_effect"].as_bool()), (499.0, Some(true)));
    assert_eq!(number(&json["cost"]["spend"]), 73_920.0);
    for method in ["did", "tbr"] {
        let options: Vec<&str> = options.iter().chain(&["--method", method]).copied().collect();
        let json = geo(&text, &options).read("geo.json");
        let set = &json["set"]["interval"];
        assert!(number(&set["low"]) < truth && truth < number(&set["high"]), "{method}: {set}");
    }
}

#[test]
fn methods_levels_and_languages() {
    let of = |options: &[&str]| geo(&panel(), &with(options)).read("geo.json");
    for (method, place) in [("synthetic", 0), ("did", 2), ("tbr", 4)] {
        let json = of(&["--method", method]);
        assert_eq!(json["total"], json["methods"][place]["answer"]["total"], "{method}");
        assert_eq!(json["set"], json["methods"][place]["answer"]["set"], "{method}");
    }
    let width = |json: &Value| {
        let set = &json["set"]["interval"];
        number(&set["high"]) - number(&set["low"])
    };
    assert!(width(&of(&["--level", "80 %", "--method", "tbr"])) < width(&of(&["--level", "0.95", "--method", "tbr"])));
    let plain = of(&["--plain"]);
    assert_eq!(plain["weighting"], serde_json::json!({"demeaned": false, "ridge": null}));
    assert_ne!(plain["total"], of(&[])["total"]);
    assert_ne!(of(&["--ridge", "40"])["total"], of(&[])["total"]);
    let run = geo(&panel(), &with(&["--language", "norwegian", "--spend-total", "16 800"]));
    assert_eq!(run.read("geo.json")["cost"]["source"], "given");
    assert!(run.printed().starts_with("Tiltaket virket på ordrer i r0 og r1: "), "{}", run.printed());
}

#[test]
fn days_after_the_last_and_regions_left_out_do_not_count() {
    let run = geo(&panel(), &with(&["--until", "2025-11-02", "--without", "r13, r12"]));
    let json = run.read("geo.json");
    assert_eq!(
        (&json["days_with"], &json["controls"], &json["rows_after_the_last_day"]),
        (&7.into(), &10.into(), &98.into())
    );
    assert!(
        run.printed().contains("WARNING: outside the period: 98 rows: days after the last that counts"),
        "{}",
        run.printed()
    );
    assert!(run.file("geo.html").contains("Left out of the comparison: r13, r12."));
}

#[test]
fn the_order_of_the_rows_changes_nothing() {
    let text = panel();
    let (header, rows) = text.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.reverse();
    let reversed = format!("{header}\n{}\n", rows.join("\n"));
    let (one, other) = (geo(&text, &USUAL), geo(&reversed, &USUAL));
    for file in ["geo.html", "geo.json", "days.csv"] {
        assert_eq!(one.file(file), other.file(file), "{file}");
        assert!(!one.file(file).is_empty());
    }
}

#[test]
fn rows_of_one_region_and_day_are_added_up_and_said() {
    let text = format!("{}r5;2025-09-03;-2,5;0\n", panel());
    let run = geo(&text, &with(&["--decimal", ","]));
    let printed = run.printed();
    let json = run.read("geo.json");
    assert_eq!(json["input"]["oddities"].as_array().unwrap().len(), 2, "{printed}");
    assert!(
        printed.contains("1 row: another row of the same region and day; they are added up, first on line 982"),
        "{printed}"
    );
    assert!(printed.contains("1 row: value below zero; it counts as it is, first on line 982"), "{printed}");
}

#[test]
fn rows_that_cannot_be_used_are_set_aside() {
    // Both days have another row, so the panel is whole.
    let text = format!("{}r5;2025-09-03;many;0\n;2025-09-03;4;0\n", panel());
    let run = geo(&text, &USUAL);
    assert_eq!(run.code(), Some(0), "{}", run.errors());
    assert_eq!(table(&run, "rejected.csv").len(), 2);
    assert!(
        run.file("geo.html").contains("2 of 982 rows could not be used")
            || run.file("geo.html").contains("could not be used")
    );
    let strict = geo(&text, &with(&["--strict"]));
    assert_eq!((strict.code(), strict.files().len()), (Some(4), 0));
    assert!(strict.errors().contains("line 982, column 3 (ordrer): \"many\": not a number"), "{}", strict.errors());
    for (cell, why) in [("NaN", "not a number"), ("inf", "not a number"), ("", "missing")] {
        let broken = panel().replacen("r5;2025-09-03;", &format!("r5;2025-09-03;{cell};0\nr5;2025-09-04;"), 1);
        let run = geo(&broken, &USUAL);
        assert_eq!((run.code(), run.files().len()), (Some(4), 0), "{cell}");
        let errors = run.errors();
        assert!(errors.contains("\"r5\" has no row of 2025-09-03; a day without a value is no zero"), "{errors}");
        assert!(errors.contains("rows were set aside, the first: line ") && errors.contains(why), "{errors}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused_and_nothing_written() {
    let cases: [(&[&str], i32, &str); 16] = [
        (&[], 2, "--treated and --from are missing: which regions got the treatment, and from which day on"),
        (&["--treated", "r0"], 2, "--from is missing: "),
        (&["--from", "2025-10-27"], 2, "--treated is missing: "),
        (&["--treated", " ,", "--from", "2025-10-27"], 2, "--treated is missing: "),
        (
            &["--treated", "R0", "--from", "2025-10-27"],
            2,
            "panel.csv: there is no region \"R0\" (did you mean \"r0\"?); there are: r0, r1, r10,",
        ),
        (&["--treated", "r0,r0", "--from", "2025-10-27"], 2, "the name \"r0\" is there twice"),
        (
            &["--treated", "r0", "--from", "2025-09-01"],
            2,
            "must be after the first day and not after the last; there are days from 2025-09-01 to 2025-11-09",
        ),
        (&["--treated", "r0", "--from", "2026-09-01"], 2, "the treatment begins on 2026-09-01"),
        (
            &["--treated", "r0", "--from", "2025-10-27", "--until", "2025-10-26"],
            2,
            "--until must be no day before --from",
        ),
        (&["--treated", "r0", "--from", "2025-10-27", "--level", "1"], 2, "--level must be between 0 and 1"),
        (&["--treated", "r0", "--from", "2025-10-27", "--ridge", "0"], 2, "--ridge must be above 0"),
        (&["--treated", "r0", "--from", "2025-10-27", "--spend-total", "0"], 2, "--spend-total must be above 0"),
        (
            &["--treated", "r0", "--from", "2025-10-27", "--spend-total", "5", "--spend", "kostnad"],
            2,
            "cannot be used with",
        ),
        (
            &["--treated", "r0", "--from", "2025-10-27", "--without", "r0"],
            2,
            "without must be regions that were not treated, not \"r0\"",
        ),
        (&["--treated", "r0", "--from", "2025-10-27", "--value", "clicks"], 4, "panel.csv has no column \"clicks\""),
        (
            &["--treated", "r0", "--from", "2025-09-03"],
            4,
            "3 or more days before the treatment are needed, there are 2",
        ),
    ];
    for (options, code, message) in cases {
        let run = geo(&panel(), options);
        assert_eq!(run.code(), Some(code), "{options:?}: {}", run.errors());
        assert!(run.errors().contains(message), "{options:?}: {}", run.errors());
        assert!(run.files().is_empty(), "{options:?}");
    }
    let one = "region,date,value\nOslo,2025-09-01,3\nOslo,2025-09-02,4\n";
    let run = geo(one, &["--treated", "Oslo", "--from", "2025-09-02"]);
    assert_eq!(run.code(), Some(4));
    assert!(
        run.errors().contains("no other region is left to compare the treated with: there is 1 in all"),
        "{}",
        run.errors()
    );
    let run = geo("region,date,value\n", &["--treated", "Oslo", "--from", "2025-09-02"]);
    assert_eq!(run.code(), Some(4));
    assert!(
        run.errors().contains("none of its 0 rows is an observation of a region and day that counts"),
        "{}",
        run.errors()
    );
    let gap = panel().lines().filter(|line| !line.starts_with("r7;2025-09-2")).collect::<Vec<_>>().join("\n");
    let run = geo(&gap, &USUAL);
    assert_eq!(run.code(), Some(4));
    assert!(
        run.errors().contains("\"r7\" has no row of 2025-09-20, and of 9 more days that other regions have"),
        "{}",
        run.errors()
    );
}
