//! The command `styring reach`, as a user meets it.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use common::Run;
use serde_json::Value;
use styring_metrics::{Frequency, RollUp};
use styring_money::Currency;
use styring_playbook::{Group, Plan};

/// Kari sees VG five times on one day and TV 2 once a week later, Ola sees TV 2 twice, Per sees Acast on a Sunday night; the clocks of Oslo are two hours ahead.
const LOG: &str = "bruker;kanal;tidspunkt
kari;VG;2025-09-01 08:00
kari;VG;2025-09-01 09:00
kari;VG;2025-09-01 10:00
kari;VG;2025-09-01 11:00
kari;VG;2025-09-01 12:00
ola;TV 2;2025-09-02 20:00
ola;TV 2;2025-09-03T18:00:00Z
kari;TV 2;2025-09-08 08:00
per;Acast;2025-09-07T21:59:00Z
";

fn reach(log: &str, options: &[&str]) -> Run {
    Run::with_files(&[("log.csv", log.as_bytes())], &["reach", "log.csv", "--out", "out"], options)
}

fn table(run: &Run, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = run.file(name);
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// Twelve hundred people, of whom a few see much.
fn many() -> String {
    let mut text = "user_id,channel,timestamp\n".to_owned();
    for person in 0..1_200_u64 {
        for shown in 0..=(person * person % 997) / 60 {
            let channel =
                ["VG", "TV 2", "YouTube", "Schibsted"][usize::try_from((person + shown * shown) % 4).unwrap()];
            writeln!(text, "u{person},{channel},{}", 1_756_720_800 + 7_200 * shown + person).unwrap();
        }
    }
    text
}

#[test]
fn a_log_in_five_files_out() {
    let run = reach(LOG, &["--universe", "10", "--overexposed", "4/1/24h"]);
    let json = run.read("reach.json");
    assert_eq!(run.files(), ["caps.csv", "frequency.csv", "overexposed.csv", "reach.html", "reach.json"]);
    assert_eq!(json["format"], "styring-reach/1");
    assert_eq!((json["reach"].as_u64(), json["impressions"].as_u64()), (Some(3), Some(9)));
    assert_eq!((&json["average_frequency"], &json["zone"]), (&3.0.into(), &"Europe/Oslo".into()));
    assert_eq!(json["first"], "2025-09-01T08:00:00+02:00");
    assert_eq!(json["frequencies"], serde_json::json!({"1": 1, "2": 1, "6": 1}));
    assert_eq!(json["channels"][0]["name"], "TV 2");
    assert_eq!((&json["channels"][0]["reach"], &json["channels"][0]["only_here"]), (&2.into(), &1.into()));
    assert_eq!(json["in_order"][0]["channel"], "TV 2");
    // By hand: three of Kari's five on the first day, her sixth a week later, and the three of the others.
    assert_eq!((&json["all_caps"]["shown"], &json["all_caps"]["people"]), (&7.into(), &1.into()));
    assert_eq!(json["caps"][0]["rule"]["id"], "common-5d");
    assert_eq!(json["caps"][2]["effect"]["above"], 0);
    assert_eq!((&json["universe"]["people"], &json["universe"]["share"]), (&10.into(), &0.3.into()));
    assert_eq!(json["input"]["columns"]["person"], "bruker");

    let caps = table(&run, "caps.csv");
    let above: Vec<_> = caps.iter().map(|cap| (cap["rule"].as_str(), cap["impressions_above"].as_str())).collect();
    assert_eq!(above, [("common-5d", "2"), ("common-7d", "1"), ("common-14d", "0"), ("(all)", "2")]);
    assert!(caps.iter().all(|cap| cap["share_of_reach_kept"] == "1.000000"));
    assert_eq!((caps[0]["window"].as_str(), caps[0]["share_above"].as_str()), ("432000 s", "0.222222"));

    let overexposed = table(&run, "overexposed.csv");
    assert_eq!(overexposed.len(), 1);
    assert_eq!(overexposed[0]["person"], "kari");
    assert_eq!(overexposed[0]["since"], "2025-09-01T11:00:00+02:00");
    assert_eq!(overexposed[0]["most_in_window"], "5");

    let page = run.file("reach.html");
    assert!(page.contains("<svg") && !page.contains("NaN"));
    let printed = run.printed();
    assert!(printed.contains("3 people reached, 3.00 impressions each"), "{printed}");
    assert!(printed.contains("wrote out/frequency.csv"), "{printed}");
    assert!(reach(LOG, &["--quiet"]).output.stdout.is_empty());
}

#[test]
fn weeks_go_by_local_days_and_are_read_by_the_command_week() {
    let run = reach(LOG, &["--week-of", "2025-09-01"]);
    assert_eq!(run.code(), Some(0), "{}", run.errors());
    // Per's was on Sunday at 23:59 in Oslo; Kari's second week begins on Monday.
    let lines = "week,channel,contacts,people\n1,Acast,1,1\n1,TV 2,2,1\n1,VG,5,1\n2,TV 2,1,1\n";
    assert_eq!(run.file("frequency.csv"), lines);
    let spec = serde_json::json!({
        "campaign": {"name": "Launch", "currency": "NOK", "first_day": "2025-09-01", "result": "orders"},
        "budget": {"per_week": 20000}, "rhythm": {"reading": "budget-scaled"},
        "channels": [
            {"name": "VG", "goal_per_week": 50, "target_cost": 200},
            {"name": "TV 2", "goal_per_week": 50, "target_cost": 200},
            {"name": "Acast", "goal_per_week": 50, "target_cost": 200}
        ]
    });
    let plan = Plan::new(serde_json::from_value(spec).unwrap()).unwrap();
    let facts = RollUp::<Group>::new(Currency::NOK);
    let path = run.folder.path().join("out/frequency.csv");
    let read = styring_cli::frequency::read(&path, &plan, &facts).unwrap();
    assert_eq!(read.len(), 4);
    assert_eq!(read[&("VG".to_owned(), 1)], Frequency::Histogram(vec![(5, 1)]));
    assert_eq!(read[&("TV 2".to_owned(), 2)], Frequency::Histogram(vec![(1, 1)]));

    let later = reach(LOG, &["--week-of", "2025-09-08"]);
    assert_eq!(later.file("frequency.csv"), "week,channel,contacts,people\n1,TV 2,1,1\n");
    assert_eq!(later.read("reach.json")["impressions_before_week_1"], 8);
    assert!(later.printed().contains("8 impressions lie before it"), "{}", later.printed());
}

#[test]
fn days_outside_the_period_are_counted_apart() {
    let run = reach(LOG, &["--from", "2025-09-02", "--to", "2025-09-07"]);
    let json = run.read("reach.json");
    assert_eq!(
        (&json["reach"], &json["impressions"], &json["impressions_of_other_days"]),
        (&2.into(), &3.into(), &6.into())
    );
    assert!(
        run.printed().contains("WARNING: outside the period: 6 rows: impressions of other days"),
        "{}",
        run.printed()
    );
    // By the clocks of Tokyo Per's was on Monday.
    let tokyo = reach(LOG, &["--zone", "Asia/Tokyo", "--from", "2025-09-02", "--to", "2025-09-07"]);
    assert_eq!(tokyo.read("reach.json")["reach"], 1);
}

#[test]
fn caps_come_from_a_file_of_either_form() {
    let toml = "[[rules]]\nid = \"vg\"\nmax = 1\nwindow = { calendar = { unit = \"day\", n = 1, tz = \"Europe/Oslo\" } }\nchannels = [\"VG\"]\n";
    let json = r#"[{"id": "vg", "max": 1, "window": {"rolling_s": 86400}, "channels": ["VG"]}, {"id": "no radio", "max": 0, "window": {"lifetime": true}, "channels": ["Acast"]}]"#;
    let files: [(&str, &[u8]); 3] =
        [("log.csv", LOG.as_bytes()), ("caps.toml", toml.as_bytes()), ("caps.json", json.as_bytes())];
    let run = Run::with_files(&files, &["reach", "log.csv", "--out", "out"], &["--caps", "caps.toml"]);
    assert_eq!(run.read("reach.json")["all_caps"]["above"], 4);
    let run = Run::with_files(&files, &["reach", "log.csv", "--out", "out"], &["--caps", "caps.json"]);
    let caps = table(&run, "caps.csv");
    let kept: Vec<_> = caps.iter().map(|cap| (cap["impressions_above"].as_str(), cap["reach_kept"].as_str())).collect();
    assert_eq!(kept, [("4", "3"), ("1", "2"), ("5", "2")]);
    assert_eq!(caps[1]["window"], "lifetime");
}

#[test]
fn the_replay_of_a_rule_is_what_the_log_has_above_it() {
    let run = reach(&many(), &["--universe", "2000", "--quiet"]);
    let json = run.read("reach.json");
    let log: styring_reach::ImpressionLog<String, String> = csv::Reader::from_reader(many().as_bytes())
        .records()
        .map(|row| row.unwrap())
        .map(|row| (row[0].to_owned(), row[1].to_owned(), row[2].parse().unwrap()))
        .collect();
    let truth = log.into_exposures();
    for (place, (cap, days)) in [(3, 5), (4, 7), (6, 14)].into_iter().enumerate() {
        let above = truth.above_cap(cap, days * 86_400).unwrap();
        let effect = &json["caps"][place]["effect"];
        assert_eq!((effect["above"].as_u64(), effect["people"].as_u64()), (Some(above.above), Some(above.people)));
    }
    let universe = &json["universe"];
    let (low, high) = (universe["sharp"]["low"].as_f64().unwrap(), universe["sharp"]["high"].as_f64().unwrap());
    assert!(low <= 0.6 && 0.6 <= high && universe["share"] == 0.6, "{low} {high}");
    let more = universe["more"].as_array().unwrap();
    let reach: Vec<f64> = more.iter().map(|more| more["reach"].as_f64().unwrap()).collect();
    assert!(more.len() == 5 && reach.is_sorted() && reach[4] < 2000.0, "{reach:?}");
    for more in more {
        let limits = (more["interval"][0].as_f64().unwrap(), more["interval"][1].as_f64().unwrap());
        assert!(limits.0 < more["reach"].as_f64().unwrap() && more["reach"].as_f64().unwrap() < limits.1);
    }
}

#[test]
fn the_order_of_the_rows_changes_nothing() {
    let log = many();
    let (header, rows) = log.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.reverse();
    let reversed = format!("{header}\n{}\n", rows.join("\n"));
    let (one, other) = (reach(&log, &["--universe", "1500"]), reach(&reversed, &["--universe", "1500"]));
    for file in ["reach.html", "reach.json", "frequency.csv", "overexposed.csv", "caps.csv"] {
        assert_eq!(one.file(file), other.file(file), "{file}");
        assert!(!one.file(file).is_empty());
    }
}

#[test]
fn what_cannot_be_meant_is_refused_and_nothing_written() {
    let cases: [(&[&str], i32, &str); 10] = [
        (
            &["--universe", "2"],
            2,
            "--universe must be at least the number of people in the log, not \"2 (the log has 3 people)\"",
        ),
        (&["--order", "VG,Radio"], 2, "--order must be channels of the log, each once"),
        (&["--order", "VG,VG"], 2, "--order must be channels of the log, each once"),
        (&["--level", "1"], 2, "--level must be between 0 and 1"),
        (&["--from", "2025-09-03", "--to", "2025-09-02"], 2, "--to must be no day before --from"),
        (&["--overexposed", "15/3"], 2, "expected impressions/channels/window such as 15/3/7d"),
        (&["--overexposed", "15/0/7d"], 2, "channels must be at least 1, not 0"),
        (&["--caps", "none.toml"], 3, "none.toml: "),
        (&["--from", "2026-01-01"], 4, "log.csv: none of its 9 rows is an impression of these days that counts"),
        (&["--channel", "sted"], 4, "log.csv has no column \"sted\""),
    ];
    for (options, code, message) in cases {
        let run = reach(LOG, options);
        assert_eq!(run.code(), Some(code), "{options:?}: {}", run.errors());
        assert!(run.errors().contains(message), "{options:?}: {}", run.errors());
        assert!(run.files().is_empty(), "{options:?}");
    }
    let wrong = "[[rules]]\nid = \"x\"\nmax = -1\nwindow = { rolling_s = 5 }\n";
    let files: [(&str, &[u8]); 2] = [("log.csv", LOG.as_bytes()), ("caps.toml", wrong.as_bytes())];
    let run = Run::with_files(&files, &["reach", "log.csv", "--out", "out", "--caps", "caps.toml"], &[]);
    assert_eq!((run.code(), run.files().len()), (Some(3), 0));
    assert!(run.errors().contains("max must be a number from 0, not -1"), "{}", run.errors());
    // A file where the folder should be.
    let files: [(&str, &[u8]); 2] = [("log.csv", LOG.as_bytes()), ("out", b"")];
    let run = Run::with_files(&files, &["reach", "log.csv", "--out", "out"], &[]);
    assert_eq!(run.code(), Some(5), "{}", run.errors());
}

#[test]
fn rows_that_cannot_be_used_are_set_aside() {
    let log = format!("{LOG};VG;2025-09-01 08:00\nkari;VG;yesterday\n");
    let run = reach(&log, &[]);
    assert_eq!(run.read("reach.json")["impressions"], 9);
    assert_eq!(table(&run, "rejected.csv").len(), 2);
    assert!(run.file("reach.html").contains("2 of 11 rows could not be used"));
    let strict = reach(&log, &["--strict"]);
    assert_eq!((strict.code(), strict.files().len()), (Some(4), 0));
    assert!(strict.errors().contains("line 11"), "{}", strict.errors());
}

#[test]
fn one_person_and_nobody_else() {
    let run = reach("person,channel,time\na,VG,2025-09-01 10:00\n", &["--universe", "1"]);
    let json = run.read("reach.json");
    assert!(json["universe"]["nbd"]["cannot_be_told"].as_str().is_some_and(|why| why.contains("not overdispersed")));
    assert_eq!(json["universe"]["more"], Value::Array(Vec::new()));
    let run = reach("person,channel,time\n", &[]);
    assert_eq!(run.code(), Some(4));
    assert!(run.errors().contains("none of its 0 rows is an impression that counts"), "{}", run.errors());
}
