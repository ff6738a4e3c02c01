//! The command `styring goal`, as a user meets it.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use common::{Run, styring};
use serde_json::Value;

const PLAN: &str = r#"
[campaign]
name = "Test"
currency = "NOK"
first_day = "2025-09-01"
result = "orders"
[budget]
per_week = 1000
[rhythm]
reading = "budget-scaled"
[[channels]]
name = "VG"
also = ["vg.no"]
goal_per_week = 10
target_cost = 50
[[channels]]
name = "TV 2"
goal_per_week = 10
target_cost = 50
[results]
date = "date"
channel = "channel"
[results.facts]
spend = "spend"
orders = "orders"
revenue = { column = "revenue", vat = 0.25 }
"#;

/// Days at VG and TV 2 around the first day of the campaign: 10 orders a day before it, then 11 to 13.
fn rows(before: i64, after: i64) -> String {
    let first = chrono::NaiveDate::from_ymd_opt(2025, 9, 1).unwrap();
    let mut text = "date,channel,spend,orders,revenue\n".to_owned();
    for offset in -before..after {
        let day = first + chrono::Duration::days(offset);
        let orders = if offset < 0 { 10 } else { 11 + offset % 3 };
        writeln!(text, "{day},VG,500.00,{},{}.00", orders - 4, (orders - 4) * 1250).unwrap();
        writeln!(text, "{day},TV 2,250.00,4,5000.00").unwrap();
    }
    text
}

fn goal(sentence: &str, results: &str, options: &[&str]) -> Run {
    goal_under(PLAN, sentence, results, options)
}

fn goal_under(plan: &str, sentence: &str, results: &str, options: &[&str]) -> Run {
    let files = [("plan.toml", plan.as_bytes()), ("results.csv", results.as_bytes())];
    Run::with_files(&files, &["goal", sentence, "results.csv", "--plan", "plan.toml", "--out", "out"], options)
}

#[test]
fn a_goal_from_a_baseline_in_the_results() {
    let run = goal("Øke netthandelens omsetning med 12 % på 30 dager", &rows(30, 12), &[]);
    let json = run.read("goal.json");
    assert_eq!(run.files(), ["goal.html", "goal.json"]);
    // 1250 kroner an order with VAT are 1000 without.
    assert_eq!(json["baseline"]["value"], "300000");
    assert_eq!(json["baseline"]["days"], serde_json::json!(["2025-08-02", "2025-08-31"]));
    assert_eq!(json["target"], "336000");
    assert_eq!(json["actual"]["value"], "144000");
    assert_eq!(json["due"], "134400");
    assert_eq!(json["attainment_to_date"]["value"], "1.07142857143");
    assert_eq!(json["required"]["value"], "10666.6666667");
    assert_eq!(json["projected"]["value"], "360000");
    assert_eq!((json["elapsed_days"].as_u64(), json["days_left"].as_u64()), (Some(12), Some(18)));
    let chance = json["chance"].as_f64().unwrap();
    assert!(chance > 0.9 && chance < 1.0, "{chance}");
    assert_eq!(json["days"].as_array().unwrap().len(), 12);
    assert_eq!(json["days"][1]["to_date"]["value"], "23000");
    assert_eq!(json["fan"].as_array().unwrap().len(), 12);
    assert_eq!(json["english"], "Raise netthandelens revenue by 12 % in 30 days");
    assert_eq!(json["notes"][0]["code"], "scope-is-no-channel");
    assert_eq!(json["notes"][0]["scope"], "netthandelens");
    // Days before the campaign are history here, and lie outside nothing.
    assert_eq!((json["input"]["used"].as_u64(), &json["input"]["outside"]), (Some(84), &Value::Null));
    let printed = run.printed();
    assert!(printed.contains("NOK 144 000.00 of NOK 336 000.00 after 12 of 30 days"), "{printed}");
    assert!(printed.contains("wrote out/goal.html"), "{printed}");
    let page = run.file("goal.html");
    assert!(page.contains("<svg") && page.contains("<title>") && !page.contains("NaN"));
    let quiet = goal("Øke omsetning med 12 % på 30 dager", &rows(30, 12), &["--quiet"]);
    assert!(quiet.output.stdout.is_empty() && quiet.code() == Some(0));
}

#[test]
fn a_channel_in_the_sentence_is_the_scope() {
    let run = goal("Raise VG's orders by 10 % in 10 days", &rows(10, 5), &[]);
    let json = run.read("goal.json");
    assert_eq!((json["channel"].as_str(), json["baseline"]["value"].as_str()), (Some("VG"), Some("60")));
    assert_eq!(json["actual"]["value"], "39");
}

#[test]
fn a_ratio_has_no_pace() {
    let run = goal("Senke kostnad per ordre med 10 % på 10 dager", &rows(10, 5), &[]);
    let json = run.read("goal.json");
    assert_eq!((json["baseline"]["value"].as_str(), json["target"].as_str()), (Some("75"), Some("67.5")));
    // 5 days of 750 kroner over 11 + 12 + 13 + 11 + 12 orders.
    assert_eq!((&json["actual"]["numerator"], &json["actual"]["denominator"]), (&"3750".into(), &"59".into()));
    assert_eq!((&json["due"], &json["attainment_to_date"]), (&Value::Null, &Value::Null));
    assert!(run.printed().contains("If orders go on at this pace"), "{}", run.printed());
    let seasonal = goal("Lower CPO by 10 % in 10 days", &rows(20, 5), &["--seasonal", "weekday"]);
    assert_eq!(seasonal.code(), Some(4));
    assert!(seasonal.errors().contains("straight for a ratio"), "{}", seasonal.errors());
}

#[test]
fn options_set_the_frame() {
    let options = ["--from", "2025-09-08", "--as-of", "2025-09-10", "--baseline", "1 000,50"];
    let json = goal("Øke ordrer med 10 % på 7 dager", &rows(0, 14), &options).read("goal.json");
    assert_eq!((&json["first_day"], &json["last_day"]), (&"2025-09-08".into(), &"2025-09-14".into()));
    assert_eq!((json["elapsed_days"].as_u64(), json["target"].as_str()), (Some(3), Some("1100.55")));
    assert_eq!(json["baseline"]["days"], Value::Null);
    let options = ["--from", "2025-09-15", "--seasonal", "weekday"];
    let json = goal("Raise orders by 10 % in 7 days", &rows(0, 17), &options).read("goal.json");
    assert_eq!((&json["pace"], json["weekdays"]["weeks"].as_u64()), (&"weekday".into(), Some(2)));
    assert_eq!(json["weekdays"]["weights"].as_array().unwrap().len(), 7);
    for (baseline, value) in [("kr 1 500", "1500"), ("2,5 %", "0.025"), ("-20", "-20")] {
        let json = goal("Raise orders by 5 in 7 days", &rows(0, 3), &["--baseline", baseline]).read("goal.json");
        assert_eq!(json["baseline"]["value"], value);
    }
}

#[test]
fn a_wrong_command_line_says_what_is_wrong() {
    for (sentence, options, words) in [
        ("Raise happiness by 10 % in 7 days", &[][..], "happiness"),
        ("Do orders by 10 % in 7 days", &[], "\"Do\""),
        ("Raise orders by 10 % in 7 days", &["--as-of", "01.09.2025"], "2025-09-01"),
        ("Raise orders by 10 % in 7 days", &["--baseline", "much"], "an amount"),
        ("Raise orders by 10 % in 7 days", &["--seasonal", "month"], "weekday"),
    ] {
        let run = goal(sentence, &rows(7, 3), options);
        assert_eq!(run.code(), Some(2), "{}", run.errors());
        assert!(run.errors().contains(words), "{words}: {}", run.errors());
        assert!(run.files().is_empty());
    }
}

#[test]
fn what_the_plan_lacks_is_said_before_a_row_is_read() {
    let run = goal("Øke dekningsbidraget med 12 % på 7 dager", "no such table", &[]);
    assert_eq!(run.code(), Some(3));
    let errors = run.errors();
    for words in [
        "plan.toml",
        "cost_of_goods, other_variable_cost",
        "map them under [results.facts]",
        "set the goal for revenue",
    ] {
        assert!(errors.contains(words), "{words}: {errors}");
    }
    let with_goods = PLAN.replace("orders = \"orders\"", "orders = \"orders\"\ncost_of_goods = \"spend\"");
    let run = goal_under(&with_goods, "Øke dekningsbidraget med 12 % på 7 dager", "no such table", &[]);
    assert!(
        run.errors().contains("map it under [results.facts], or set the goal for gross margin or revenue"),
        "{}",
        run.errors()
    );
    let undated = PLAN.replace("date = \"date\"", "period = { first = \"2025-09-01\", last = \"2025-09-07\" }");
    let run = goal_under(&undated, "Raise orders by 10 % in 7 days", &rows(7, 3), &[]);
    assert_eq!(run.code(), Some(3));
    assert!(run.errors().contains("day by day"), "{}", run.errors());
    // Mapped, but not in the file.
    let run = goal_under(
        &with_goods.replace("\"spend\"\nrevenue", "\"goods\"\nrevenue"),
        "Øke bruttofortjeneste med 12 % på 7 dager",
        &rows(7, 3),
        &[],
    );
    assert_eq!(run.code(), Some(4));
    assert!(run.errors().contains("no column \"goods\""), "{}", run.errors());
}

#[test]
fn what_the_results_lack_says_what_would_do() {
    let loss = rows(7, 3).replace("10.00", "-10.00");
    for (sentence, results, options, words) in [
        ("Raise orders by 10 % in 8 days", rows(7, 3), &[][..], "--baseline AMOUNT"),
        ("Raise orders by 10 % in 7 days", rows(7, 3), &["--as-of", "2025-09-09"], "the results end on 2025-09-03"),
        ("Raise orders by 10 % in 7 days", rows(7, 3), &["--baseline", "0"], "by an amount"),
        (
            "Raise orders by 10 % in 7 days",
            rows(7, 3),
            &["--seasonal", "weekday"],
            "14 days of results before the goal",
        ),
        ("Raise revenue by 10 % in 7 days", rows(7, 3).replace(",5000.00", ","), &[], "empty_is_zero"),
        (
            "Raise orders by 10 % in 7 days",
            "date,channel,spend,orders,revenue\n".to_owned(),
            &[],
            "no row below the header",
        ),
    ] {
        let run = goal(sentence, &results, options);
        assert_eq!(run.code(), Some(4), "{sentence}: {}", run.errors());
        assert!(run.errors().contains(words), "{words}: {}", run.errors());
        assert!(run.files().is_empty());
    }
    assert_eq!(goal("Raise orders by 10 % in 7 days", &loss, &[]).code(), Some(0));
}

#[test]
fn bad_rows_are_named_and_kept_or_stop_the_program() {
    let bad = format!("{}2025-09-02,VG,\"1,5\",1,1\n1925-09-02,VG,1,1,1\n2025-09-02,NRK,1,1,1\n", rows(7, 3));
    let run = goal("Raise orders by 10 % in 7 days", &bad, &[]);
    let json = run.read("goal.json");
    assert_eq!(run.files(), ["goal.html", "goal.json", "rejected.csv"]);
    let rejections = json["input"]["first_rejections"].as_array().unwrap();
    assert_eq!((rejections.len(), rejections[0]["line"].as_u64()), (3, Some(22)));
    assert_eq!(rejections[0]["column"], serde_json::json!(["spend", 3]));
    // A year of four digits, of which two are wrong, would make the history a hundred years long.
    assert_eq!(rejections[1]["kind"]["code"], "far-day");
    assert!(run.file("rejected.csv").contains("not a channel of the plan"));
    assert!(run.printed().contains("WARNING: set aside: 1 row: spend: not a number"), "{}", run.printed());
    let strict = goal("Raise orders by 10 % in 7 days", &bad, &["--strict"]);
    assert_eq!((strict.code(), strict.files()), (Some(4), Vec::new()));
    assert!(strict.errors().contains("line 22, column 3 (spend): \"1,5\": not a number"), "{}", strict.errors());
}

#[test]
fn standard_input_is_read_and_results_are_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("plan.toml"), PLAN).unwrap();
    let goal = |input: &str| {
        let mut command = styring();
        command.current_dir(folder.path()).args(["goal", "Raise orders by 10 % in 7 days", input]);
        command.args(["--plan", "plan.toml", "--out", "out", "--quiet"]);
        command
    };
    let mut child = goal("-").stdin(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), rows(7, 3).as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let written: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("out/goal.json")).unwrap()).unwrap();
    assert_eq!(written["input"]["name"], "standard input");
    assert_eq!(goal("out/goal.json").output().unwrap().status.code(), Some(5));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let [one, other] = [0, 1].map(|_| goal("Lower CPO by 10 % in 10 days", &rows(10, 5), &[]));
    for name in ["goal.json", "goal.html"] {
        assert!(!one.file(name).is_empty());
        assert_eq!(one.file(name), other.file(name), "{name}");
    }
}

#[test]
fn the_launch_has_goals() {
    let launch =
        |file: &str| -> PathBuf { Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data/launch").join(file) };
    let run = |sentence: &str, options: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = styring();
        command.args(["goal", sentence]).arg(launch("results.csv")).arg("--plan").arg(launch("plan.toml"));
        let output = command.arg("--out").arg(folder.path().join("out")).args(options).output().unwrap();
        Run { folder, output }
    };
    let sentence = "Øke netthandelens dekningsbidrag før annonser med 12 % på 28 dager";
    let json = run(sentence, &["--from", "2025-09-29"]).read("goal.json");
    assert_eq!((json["elapsed_days"].as_u64(), json["days_left"].as_u64()), (Some(28), Some(0)));
    // Added up from the file by other means: 2 028 590.24 kroner before, 2 266 838.76 in the goal, 11.7 % more.
    assert_eq!(
        (&json["baseline"]["value"], &json["actual"]["numerator"]),
        (&"2028590.24".into(), &"2266838.76".into())
    );
    assert_eq!(json["reached"], false);
    // What is left after advertising was a loss, and a percentage of a loss means nothing.
    let loss = run("Øke netthandelens dekningsbidrag med 12 % på 28 dager", &["--from", "2025-09-29"]);
    assert_eq!(loss.code(), Some(4));
    assert!(loss.errors().contains("-320321.06; set the goal by an amount"), "{}", loss.errors());
    let ninety = run("Øke dekningsbidrag til 100 000 på 90 dager", &[]).read("goal.json");
    assert_eq!((&ninety["baseline"], ninety["elapsed_days"].as_u64()), (&Value::Null, Some(56)));
    // The same rows as the weekly review uses.
    assert_eq!(ninety["input"]["used"], 1512);
}
