//! The command `styring week`, as a user meets it.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use common::{Run, styring};
use serde_json::Value;
use styring_testkit::data;

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
"#;

const MAPPING: &str = r#"
[results]
date = "date"
channel = "channel"
[results.facts]
spend = "spend"
clicks = "clicks"
orders = "orders"
"#;

const ROWS: &str = "date,channel,spend,clicks,orders\n\
    2025-09-01,VG,250.00,100,8\n2025-09-08,VG,250.00,90,7\n2025-09-03,TV 2,250.00,40,2\n2025-09-14,TV 2,240.00,50,3\n";

fn week(plan: &str, results: &[u8], options: &[&str]) -> Run {
    let files = [("plan.toml", plan.as_bytes()), ("results.csv", results)];
    Run::with_files(&files, &["week", "results.csv", "--plan", "plan.toml", "--out", "out"], options)
}

impl Run {
    fn decisions(&self) -> Value {
        self.read("decisions.json")
    }

    fn sum(&self, fact: &str) -> String {
        self.decisions()["total"]["facts"]["tallies"][fact]["sum"].as_str().unwrap_or("none").to_owned()
    }

    /// The rows in which an oddity was found, and the line of the first.
    fn oddity(&self, name: &str) -> Option<(u64, u64)> {
        let decisions = self.decisions();
        let found = decisions["input"]["oddities"].as_array()?.iter().find(|oddity| oddity["name"] == name)?.clone();
        Some((found["rows"].as_u64()?, found["first_line"].as_u64()?))
    }
}

fn plan_with(mapping: &str) -> String {
    format!("{PLAN}{mapping}")
}

#[test]
fn three_files_and_a_budget_that_sums() {
    let run = week(&plan_with(MAPPING), ROWS.as_bytes(), &[]);
    assert_eq!(run.code(), Some(0), "{}", run.errors());
    assert_eq!(run.files(), ["decisions.json", "next_budget.csv", "report.html"]);
    let mut table = csv::Reader::from_path(run.folder.path().join("out/next_budget.csv")).unwrap();
    let next: Vec<(String, f64)> =
        table.records().map(|row| row.unwrap()).map(|row| (row[1].to_owned(), row[4].parse().unwrap())).collect();
    assert_eq!(next, [("VG".to_owned(), 625.0), ("TV 2".to_owned(), 375.0)]);
    let decisions = run.decisions();
    assert_eq!(decisions["decision"]["week"], 3);
    assert_eq!(decisions["decision"]["total_after"], "NOK 1000.00");
    assert_eq!(decisions["decision"]["transfers"][0]["from"], "TV 2");
    assert_eq!(decisions["decision"]["channels"][0]["reasons"][0]["code"], "received");
    assert_eq!(decisions["total"]["kpis"]["CPO"]["value"], "NOK 49.50");
    let printed = String::from_utf8_lossy(&run.output.stdout).into_owned();
    assert!(printed.contains("VG") && printed.contains("next_budget.csv"), "{printed}");
    assert!(
        String::from_utf8_lossy(&week(&plan_with(MAPPING), ROWS.as_bytes(), &["--quiet"]).output.stdout).is_empty()
    );
}

#[test]
fn standard_input_is_read_too() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("plan.toml"), plan_with(MAPPING)).unwrap();
    let mut child = styring()
        .current_dir(folder.path())
        .args(["week", "-", "--plan", "plan.toml", "--out", "out", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), ROWS.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(folder.path().join("out/report.html").is_file());
}

#[test]
fn a_bad_row_is_named_and_kept() {
    let bad = format!(
        "{ROWS}2025-09-02,VG,\"1,5\",1,1\n2025-13-02,VG,1,1,1\n2025-09-02,NRK,1,1,1\n2025-09-02,VG,,1,1\n2025-09-02,VG,1,-1,1\n2025-09-02,VG,1\n2125-09-02,VG,1,1,1\n"
    );
    let run = week(&plan_with(MAPPING), bad.as_bytes(), &[]);
    assert_eq!(run.files(), ["decisions.json", "next_budget.csv", "rejected.csv", "report.html"]);
    let decisions = run.decisions();
    let input = &decisions["input"];
    assert_eq!((input["rows"].as_u64(), input["used"].as_u64()), (Some(11), Some(4)));
    let first = &input["first_rejections"][0];
    assert_eq!((first["line"].as_u64(), first["value"].as_str()), (Some(6), Some("1,5")));
    assert_eq!(first["column"], serde_json::json!(["spend", 3]));
    // Nothing of a rejected row is in the sums.
    assert_eq!(run.sum("spend"), "990");

    let rejected = run.file("rejected.csv");
    let lines: Vec<&str> = rejected.lines().collect();
    assert_eq!(lines[0], "line,reason,date,channel,spend,clicks,orders");
    assert!(lines[1].starts_with("6,") && lines[1].ends_with(",2025-09-02,VG,\"1,5\",1,1"), "{}", lines[1]);
    for (line, words) in [
        (2, "not a day"),
        (3, "not a channel of the plan"),
        (4, "missing"),
        (5, "whole number"),
        (6, "3 cells"),
        (7, "ten years"),
    ] {
        assert!(lines[line].contains(words), "{}", lines[line]);
    }
    assert!(run.file("report.html").contains("line 6, column 3"), "the report names the line");
}

#[test]
fn strict_stops_at_the_first_bad_row_and_writes_nothing() {
    let bad = format!("{ROWS}2025-09-02,VG,abc,1,1\n");
    let run = week(&plan_with(MAPPING), bad.as_bytes(), &["--strict"]);
    assert_eq!(run.code(), Some(4));
    assert_eq!(run.files(), Vec::<String>::new());
    let errors = run.errors();
    assert!(errors.contains("line 6, column 3 (spend): \"abc\": not a number"), "{errors}");
}

#[test]
fn a_file_that_is_no_table_does_not_fill_the_screen() {
    let header = format!("{}\n", vec!["x".repeat(1000); 1000].join(","));
    let run = week(&plan_with(MAPPING), header.as_bytes(), &[]);
    assert_eq!(run.code(), Some(4));
    assert!(run.errors().len() < 5_000 && run.errors().contains("and 950 more"), "{}", run.errors());
}

#[test]
fn a_folder_in_the_place_of_a_file_is_seen_before_anything_is_written() {
    for name in ["next_budget.csv", "decisions.json", "report.html", "rejected.csv"] {
        let run = week(&plan_with(MAPPING), ROWS.as_bytes(), &["--strict"]);
        let out = run.folder.path().join("out");
        fs::remove_dir_all(&out).unwrap();
        fs::create_dir_all(out.join(name)).unwrap();
        let again = styring()
            .current_dir(run.folder.path())
            .args(["week", "results.csv", "--plan", "plan.toml", "--out", "out"])
            .output()
            .unwrap();
        assert_eq!(again.status.code(), Some(5), "{name}");
        assert!(String::from_utf8_lossy(&again.stderr).contains(&format!("out/{name}: ")), "{name}");
        assert_eq!(run.files(), [name]);
    }
}

#[test]
fn nothing_usable_is_an_error_that_says_why() {
    let run = week(&plan_with(MAPPING), b"date,channel,spend,clicks,orders\n2025-09-01,NRK,1,1,1\n", &[]);
    assert_eq!(run.code(), Some(4));
    assert!(run.errors().contains("none of its 1 rows") && run.errors().contains("NRK"), "{}", run.errors());
    for (results, words) in [
        ("", "no header"),
        ("date,channel\n", "no column \"spend\""),
        ("a,a\n", "no column \"date\""),
        ("date,channel,spend,clicks,orders\n", "results.csv: there is no row below the header"),
    ] {
        let run = week(&plan_with(MAPPING), results.as_bytes(), &[]);
        assert_eq!(run.code(), Some(4));
        assert!(run.errors().contains(words), "{}", run.errors());
        assert!(run.files().is_empty());
    }
    let twice = week(&plan_with(MAPPING), b"date,channel,spend,spend,clicks,orders\n", &[]);
    assert!(twice.errors().contains("\"spend\" twice"), "{}", twice.errors());
}

#[test]
fn a_plan_that_cannot_be_used_says_where() {
    for (plan, words) in [
        (plan_with(MAPPING).replace("per_week = 1000", "per_week = 1000\nper_weak = 1"), "per_weak"),
        (plan_with(MAPPING).replace("reading = \"budget-scaled\"", ""), "reading"),
        (plan_with(MAPPING).replace("per_week = 1000", "per_week = 1000.001"), "budget.per_week"),
        (plan_with(MAPPING).replacen("goal_per_week = 10", "goal_per_week = 0", 1), "goal_per_week of channel VG"),
        (plan_with(MAPPING).replace("\"TV 2\"", "\"vg.no\""), "\"vg.no\" is there twice"),
        (plan_with(MAPPING).replacen("target_cost = 50", "target_cost = 50\nmin = 2000", 1), "infeasible"),
        (plan_with(MAPPING).replace("date = \"date\"", ""), "results.date"),
        (plan_with(MAPPING).replace("orders = \"orders\"", "revenue = \"orders\""), "results.facts.orders"),
        (plan_with(MAPPING).replace("clicks = \"clicks\"", "revenue = \"clicks\""), "vat"),
        (plan_with(MAPPING).replace("date = \"date\"", "date = \"date\"\nencoding = \"klingon\""), "encoding"),
        ("[campaign".to_owned(), "line 1"),
    ] {
        let run = week(&plan, ROWS.as_bytes(), &[]);
        assert_eq!(run.code(), Some(3), "{plan}");
        assert!(run.errors().contains(words), "{words}: {}", run.errors());
        assert!(run.files().is_empty());
    }
    assert_eq!(styring().arg("weak").output().unwrap().status.code(), Some(2));
}

#[test]
fn an_unwritable_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("plan.toml"), plan_with(MAPPING)).unwrap();
    fs::write(folder.path().join("results.csv"), ROWS).unwrap();
    fs::write(folder.path().join("out"), "a file, not a folder").unwrap();
    let output = styring()
        .current_dir(folder.path())
        .args(["week", "results.csv", "--plan", "plan.toml", "--out", "out"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(5));
}

// Exports as platforms and people write them.

#[test]
fn a_norwegian_spreadsheet() {
    let mapping = r#"
[results]
delimiter = ";"
encoding = "windows-1252"
decimal = ","
group = " "
skip_lines = 2
ignore = [{ column = "Kanal", starts_with = "Totalt" }]
date = { columns = ["Dato"], format = "%d.%m.%Y" }
channel = "Kanal"
segment = "Målgruppe"
[results.facts]
spend = "Kostnad"
orders = "Bestillinger"
revenue = { column = "Omsetning", vat = 0.25 }
"#;
    let text = "Rapport\r\nHøsten 2025\r\nDato;Kanal;Målgruppe;Kostnad;Bestillinger;Omsetning\r\n\
        01.09.2025;vg.no;Løpesko;1 234,50;3;3 747,50\r\n14.09.2025; TV 2;\"Løpesko; Oslo\";100;1;1 249\r\nTotalt;;;1 334,50;4;\r\n";
    // The ignored row has no date, so the rule goes by another column.
    let text = text.replace("Totalt;;;", "01.09.2025;Totalt;;");
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    let run = week(&plan_with(mapping), &bytes, &[]);
    assert_eq!(run.sum("spend"), "1334.5");
    assert_eq!(run.sum("revenue"), "3997.2"); // 4996.50 / 1.25
    assert_eq!(run.oddity("blanks around the channel"), Some((1, 5)));
    assert_eq!(run.decisions()["input"]["ignored"][0]["rows"], 1);
    assert_eq!(run.decisions()["segments"][0]["name"], "Løpesko");
    assert_eq!(run.decisions()["segments"][1]["name"], "Løpesko; Oslo");
}

#[test]
fn a_byte_order_mark_decides() {
    let text: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(ROWS.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let mapping = MAPPING.replace("[results]\n", "[results]\ndelimiter = \"\\t\"\n");
    assert_eq!(week(&plan_with(&mapping), &text, &[]).sum("spend"), "990");
    let marked = [b"\xef\xbb\xbf", ROWS.as_bytes()].concat();
    assert_eq!(week(&plan_with(MAPPING), &marked, &[]).sum("spend"), "990");
}

#[test]
fn units_missing_cells_and_assumptions() {
    let mapping = r#"
[results]
missing = ["-"]
empty_is_zero = ["impressions"]
date = "date"
channel = { value = "VG" }
[results.facts]
spend = { column = "cost_micros", unit = "micros" }
impressions = "impressions"
clicks = "clicks"
orders = "orders"
revenue = { per_order = 900 }
[results.extra]
likes = "likes"
[[results.checks]]
name = "likes but no click"
positive = ["likes"]
zero = ["clicks"]
"#;
    let text = "date,cost_micros,impressions,clicks,orders,likes\n\
        2025-09-01,1234500000,,0,1,7\n2025-09-02,1,10,-,0.5,\n2025-09-02,1,10,3,0,9\n";
    let run = week(&plan_with(mapping), text.as_bytes(), &[]);
    assert_eq!(run.sum("spend"), "1234.500002");
    assert_eq!(run.sum("impressions"), "20");
    assert_eq!(run.sum("revenue"), "1350");
    let decisions = run.decisions();
    // One row does not know its clicks, so their total is missing, and so is what is made of it.
    assert_eq!(decisions["total"]["facts"]["tallies"]["clicks"]["known_rows"], 2);
    assert_eq!(decisions["total"]["kpis"]["CPC"]["status"], "missing");
    assert_eq!(decisions["input"]["extra"]["likes"], "16");
    assert_eq!(decisions["input"]["extra_missing"]["likes"], 1);
    assert!(decisions["input"]["assumptions"].to_string().contains("900"));
    assert_eq!(run.oddity("likes but no click"), Some((1, 2)));
    assert_eq!(run.oddity("spend with more than 2 decimals"), Some((2, 3)));
    assert_eq!(run.oddity("clicks but no impressions"), None);
}

#[test]
fn copies_are_reported_or_set_aside() {
    let copied = format!("{ROWS}2025-09-01,VG,250.00,100,8\n");
    let run = week(&plan_with(MAPPING), copied.as_bytes(), &[]);
    assert_eq!(run.oddity("exact copies of an earlier row, counted all the same"), Some((1, 6)));
    assert_eq!(run.sum("spend"), "1240");
    let mapping = MAPPING.replace("[results]\n", "[results]\nduplicates = \"reject\"\n");
    let run = week(&plan_with(&mapping), copied.as_bytes(), &[]);
    assert_eq!(run.sum("spend"), "990");
    assert!(run.file("rejected.csv").contains("6,an exact copy"), "{}", run.file("rejected.csv"));
}

#[test]
fn rows_before_the_campaign_are_told_apart() {
    let early = format!("{ROWS}2025-08-31,VG,77.00,1,1\n");
    let run = week(&plan_with(MAPPING), early.as_bytes(), &[]);
    assert_eq!(run.sum("spend"), "990");
    let outside = &run.decisions()["input"]["outside"];
    assert_eq!(outside["first_line"], 6);
    assert_eq!(outside["facts"]["tallies"]["spend"]["sum"], "77");
}

#[test]
fn frequency_comes_from_a_file_beside_the_plan() {
    let plan = format!(
        "{}[frequency]\nfile = \"frequency.csv\"\n{MAPPING}",
        PLAN.replace("reading", "frequency_cap = 4.0\nreading")
    );
    let run = |frequency: &str| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("plan.toml"), &plan).unwrap();
        fs::write(folder.path().join("frequency.csv"), frequency).unwrap();
        fs::write(folder.path().join("results.csv"), ROWS).unwrap();
        let output = styring()
            .current_dir(folder.path())
            .args(["week", "results.csv", "--plan", "plan.toml", "--out", "out"])
            .output()
            .unwrap();
        Run { folder, output }
    };
    let often = run("week,channel,contacts,people\n2,VG,2,100\n2,VG,9,100\n");
    let channels = &often.decisions()["decision"]["channels"];
    assert_eq!(channels[0]["reasons"][0]["code"], "frequency-above-cap", "{channels}");
    assert_eq!(often.decisions()["channels"][0]["quality"]["frequency"], 5.5);
    let unknown = run("week,channel,contacts,people\n2,NRK,2,100\n");
    assert_eq!(unknown.code(), Some(4));
    assert!(unknown.errors().contains("line 2, column 2 (channel): \"NRK\""), "{}", unknown.errors());
    assert!(run("week,channel,reech\n").errors().contains("week, channel, reach; it has: week, channel, reech"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (one, other) =
        (week(&plan_with(MAPPING), ROWS.as_bytes(), &[]), week(&plan_with(MAPPING), ROWS.as_bytes(), &[]));
    for name in ["next_budget.csv", "decisions.json", "report.html"] {
        assert_eq!(one.file(name), other.file(name), "{name}");
    }
}

// The bundled launch, and real exports.

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn run_in_project(results: &Path, plan: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let output = styring()
        .arg("week")
        .arg(results)
        .arg("--plan")
        .arg(project(plan))
        .arg("--out")
        .arg(folder.path().join("out"))
        .output()
        .unwrap();
    Run { folder, output }
}

#[test]
fn the_launch_spends_what_the_rhythm_asked_for() {
    let run = run_in_project(&project("examples/data/launch/results.csv"), "examples/data/launch/plan.toml");
    let decisions = run.decisions();
    assert_eq!(decisions["decision"]["week"], 9);
    assert_eq!(decisions["decision"]["total_after"], "NOK 600000.00");
    assert_eq!(decisions["input"]["rows"], decisions["input"]["used"]);
    // The generator decided every week by the same rhythm; no channel is off its budget.
    let notes = decisions["notes"].to_string();
    assert!(!notes.contains("spend-off-budget"), "{notes}");
    assert_eq!(decisions["budgets"].as_object().unwrap().len(), 9);
}

#[test]
fn the_kag_export_loads_unedited() {
    let Some(results) = data::file("kag_facebook_ads/KAG_conversion_data.csv") else { return };
    let run = run_in_project(&results, "examples/plans/kag_facebook_ads.toml");
    for (fact, sum) in [
        ("spend", "58705.229958205"),
        ("impressions", "213434828"),
        ("clicks", "38165"),
        ("leads", "3264"),
        ("orders", "1079"),
    ] {
        assert_eq!(run.sum(fact), sum, "{fact}");
    }
    for (oddity, rows) in [
        ("no clicks and no spend", 207),
        ("leads but no clicks and no spend", 204),
        ("no orders", 559),
        ("spend but no leads", 5),
    ] {
        assert_eq!(run.oddity(oddity).map(|(rows, _)| rows), Some(rows), "{oddity}");
    }
    assert_eq!(run.oddity("spend with more than 2 decimals").map(|(_, line)| line), Some(2));
    let assumptions = run.decisions()["input"]["assumptions"].to_string();
    assert!(assumptions.contains("no dates") && assumptions.contains("assumed to bring USD 100"), "{assumptions}");
    assert_eq!(run.decisions()["decision"]["total_after"], "USD 30000.00");
}

#[test]
fn the_online_ads_export_loads_unedited() {
    let Some(results) = data::file("online_ads_2020/online_advertising_performance_data.csv") else { return };
    let run = run_in_project(&results, "examples/plans/online_ads_2020.toml");
    for (fact, sum) in [
        ("spend", "276262.6159"),
        ("impressions", "239014261"),
        ("clicks", "2492825"),
        ("orders", "651762"),
        ("revenue", "32715410.2317"),
    ] {
        assert_eq!(run.sum(fact), sum, "{fact}");
    }
    assert_eq!(run.decisions()["input"]["extra"]["media_cost"], "175192.22");
    assert!(run.file("report.html").contains("media_cost: 175\u{202f}192.22"));
    for (oddity, rows) in [
        ("no impressions", 22),
        ("more clicks than impressions", 2),
        ("more orders than clicks", 328),
        ("revenue but no orders", 19),
        ("media cost but no click", 4829),
        ("no creative, or a part of it missing", 413),
    ] {
        assert_eq!(run.oddity(oddity).map(|(rows, _)| rows), Some(rows), "{oddity}");
    }
    // The README also names blanks around banner sizes; this copy of the file has none.
    assert_eq!(run.oddity("blanks around the creative"), None);
    // The first row without impressions is the fourth, on line 5 of a file with CR LF.
    assert_eq!(run.oddity("no impressions").map(|(_, line)| line), Some(5));
}

/// `ROWS` under a mapping with creatives, and lines before, between or after them.
fn with_creatives(more: &str) -> Run {
    let rows =
        format!("date,channel,creative,spend,orders\n2025-09-01,VG,A,250.00,8\n2025-09-08,TV 2,B,250.00,7\n{more}");
    let mapping =
        MAPPING.replace("clicks = \"clicks\"\n", "").replace("[results]", "[results]\ncreative = \"creative\"");
    week(&plan_with(&mapping), rows.as_bytes(), &[])
}

#[test]
fn a_quote_that_is_never_closed_hides_nothing() {
    // Two quotes in two rows make one row of the two, with the money of the second.
    let run = with_creatives("2025-09-09,VG,\"C,11.00,1\n2025-09-10,VG,\"C,13.00,1\n");
    let decisions = run.decisions();
    assert_eq!((decisions["input"]["rows"].as_u64(), decisions["input"]["used"].as_u64()), (Some(3), Some(2)));
    assert!(run.file("rejected.csv").contains("runs over several lines"), "{}", run.file("rejected.csv"));

    // In a column that nobody reads the row is used, and the report opens with a warning.
    let rows = "date,channel,spend,clicks,orders,note\n2025-09-01,VG,1.00,1,1,\"12 tommer\n2025-09-02,VG,1.00,1,1,x\n";
    let run = week(&plan_with(MAPPING), rows.as_bytes(), &[]);
    let name = "a cell runs over several lines; a quote that is never closed would hide rows";
    assert_eq!(run.oddity(name), Some((1, 2)));
    assert!(String::from_utf8_lossy(&run.output.stdout).contains("WARNING: used, but contradicts itself"));
}

#[test]
fn what_an_earlier_run_set_aside_is_gone() {
    let run = week(&plan_with(MAPPING), format!("{ROWS}2025-09-02,VG,x,1,1\n").as_bytes(), &[]);
    assert!(run.files().contains(&"rejected.csv".to_owned()));
    let again = |results: &str| {
        let mut command = styring();
        command.current_dir(run.folder.path()).args(["week", results, "--plan", "plan.toml", "--out", "out"]);
        command.output().unwrap()
    };
    // The results are never written over.
    let output = again("out/rejected.csv");
    assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(run.files().contains(&"rejected.csv".to_owned()));
    fs::write(run.folder.path().join("results.csv"), ROWS).unwrap();
    assert!(again("results.csv").status.success());
    assert!(!run.files().contains(&"rejected.csv".to_owned()));
}

#[test]
fn a_number_can_mean_that_nothing_is_known() {
    let mapping = MAPPING.replace("[results]", "[results]\nmissing = [\"-1\"]");
    let run = week(&plan_with(&mapping), format!("{ROWS}2025-09-02,VG,1.00,-1,1\n").as_bytes(), &[]);
    assert_eq!(run.decisions()["total"]["facts"]["tallies"]["clicks"]["known_rows"], 4);
    let run = week(&plan_with(&mapping), format!("{ROWS}2025-09-02,VG,-1,1,1\n").as_bytes(), &[]);
    assert_eq!(run.sum("spend"), "990");
    assert!(run.file("rejected.csv").contains("column 3 (spend)"));
}

#[test]
fn copies_are_set_aside_however_many_rows_there_are() {
    let mapping = MAPPING.replace("[results]", "[results]\nduplicates = \"reject\"");
    let many = format!("{ROWS}{}", "2025-09-02,VG,1.00,1,1\n".repeat(260_000));
    let run = week(&plan_with(&mapping), many.as_bytes(), &["--quiet"]);
    assert_eq!(run.decisions()["input"]["used"], 5);
    let run = week(&plan_with(MAPPING), many.as_bytes(), &["--quiet"]);
    assert_eq!(run.oddity("exact copies of an earlier row, counted all the same").map(|(rows, _)| rows), Some(249_995));
    assert!(run.decisions()["input"]["assumptions"].to_string().contains("first 250000 rows only"));
}

#[test]
fn what_cannot_be_meant_as_a_number_is_refused_at_once() {
    let nines = "9".repeat(29);
    let rows = format!(
        "{ROWS}2025-09-02,VG,{nines},1,1\n2025-09-02,VG,1,1,{}\n2025-09-02,VG,0.{}1,1,1\n",
        "9".repeat(400),
        "0".repeat(1_000_000)
    );
    let run = week(&plan_with(MAPPING), rows.as_bytes(), &[]);
    let rejected: Vec<(u64, String)> = run.decisions()["input"]["first_rejections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["line"].as_u64().unwrap(), row["value"].as_str().unwrap().chars().take(300).collect()))
        .collect();
    assert_eq!(rejected[0], (6, nines));
    assert_eq!(rejected[2].1.chars().count(), 201);
    assert_eq!(rejected.len(), 3);

    // A name that has swallowed half a file is read, and shown in part.
    let run = with_creatives(&format!("2025-09-09,VG,{},1.00,1\n", "x".repeat(1_000_000)));
    assert_eq!(run.sum("spend"), "501");
    assert!(run.file("report.html").len() < 500_000);
}

#[test]
fn lines_that_end_in_a_lone_return_are_counted() {
    let rows = format!("Report\n\n{ROWS}2025-09-02,VG,x,1,1\n").replace('\n', "\r");
    let run = week(&plan_with(&MAPPING.replace("[results]", "[results]\nskip_lines = 2")), rows.as_bytes(), &[]);
    assert_eq!(run.decisions()["input"]["first_rejections"][0]["line"], 8);
    let mapping = MAPPING.replace("[results]", "[results]\nskip_lines = 9223372036854775807");
    let run = week(&plan_with(&mapping), ROWS.as_bytes(), &[]);
    assert_eq!((run.code(), run.errors().contains("header")), (Some(4), true), "{}", run.errors());
}

#[test]
fn what_is_no_text_in_the_encoding_is_set_aside() {
    let mapping = MAPPING.replace("[results]", "[results]\nencoding = \"shift_jis\"\ncreative = \"date\"");
    let rows = [ROWS.as_bytes(), b"2025-09-02,V\x81\xff,1,1,1\n"].concat();
    let run = week(&plan_with(&mapping), &rows, &[]);
    assert!(run.file("rejected.csv").contains("not text in the encoding"), "{}", run.file("rejected.csv"));
}

#[test]
fn decimals_are_counted_before_tax_is_taken_out() {
    let mapping = format!("{MAPPING}revenue = {{ column = \"revenue\", vat = 0.25 }}\n");
    let rows =
        "date,channel,spend,clicks,orders,revenue\n2025-09-01,VG,1.00,1,1,77.77\n2025-09-01,VG,1.00,1,1,77.777\n";
    let run = week(&plan_with(&mapping), rows.as_bytes(), &[]);
    assert_eq!(run.oddity("revenue with more than 2 decimals"), Some((1, 3)));
}

#[test]
fn a_plan_that_cannot_work_is_refused_before_any_row_is_read() {
    let with = |change: &str| plan_with(&MAPPING.replace("[results]", &format!("[results]\n{change}")));
    let date = |date: &str| plan_with(&MAPPING.replace("date = \"date\"", &format!("date = {date}")));
    let many = (0..46).fold(String::new(), |all, index| all + &format!("extra{index} = \"clicks\"\n"));
    for (plan, word) in [
        (date("{ columns = [\"date\"], format = \"%Q\" }"), "%Q"),
        (date("{ columns = [\"date\"], format = \"\" }"), "format"),
        (date("{ columns = [], format = \"%Y\" }"), "columns"),
        (date("{ columns = [\"date\"], format = \"%Y-%m-%d\", year = 2025 }"), "year"),
        (plan_with(&MAPPING.replace("channel = \"channel\"", "channel = { value = \"NRK\" }")), "NRK"),
        (plan_with(&format!("{MAPPING}[results.extra]\n{many}")), "46"),
        (plan_with(&format!("{MAPPING}[[results.checks]]\nname = \"empty\"\n")), "empty"),
        (with("delimiter = \"\\\"\""), "delimiter"),
        (with("decimal = \"5\""), "decimal"),
        (
            plan_with(MAPPING).replace(
                "target_cost = 50",
                "target_cost = 50\nvisibility = { seen = \"not-applicable\", benchmrk = 1 }",
            ),
            "benchmrk",
        ),
        (plan_with(MAPPING).replace("[rhythm]", "[score]\nvisibility_cap = 0.5\n[rhythm]"), "visibility_cap"),
    ] {
        let run = week(&plan, ROWS.as_bytes(), &[]);
        assert_eq!(run.code(), Some(3), "{word}: {}", run.errors());
        assert!(run.errors().contains(word) && run.files().is_empty(), "{word}: {}", run.errors());
    }
    let missing = styring().args(["week", "-", "--plan", "no/such/plan.toml", "--out", "x"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(3));
}

#[test]
fn a_folder_in_the_place_of_a_file_stops_all_of_them() {
    let run = week(&plan_with(MAPPING), ROWS.as_bytes(), &[]);
    let out = run.folder.path().join("out");
    fs::remove_file(out.join("report.html")).unwrap();
    fs::create_dir(out.join("report.html")).unwrap();
    fs::write(out.join("next_budget.csv"), "old").unwrap();
    let output = styring()
        .current_dir(run.folder.path())
        .args(["week", "results.csv", "--plan", "plan.toml", "--out", "out"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(5));
    assert_eq!(run.file("next_budget.csv"), "old");
    assert_eq!(run.files(), ["decisions.json", "next_budget.csv", "report.html"]);
}

#[test]
fn the_frequency_file_is_read_as_strictly() {
    let plan = plan_with(&format!("{MAPPING}impressions = \"clicks\"\n[frequency]\nfile = \"frequency.csv\"\n"));
    let with = |frequency: &str| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("plan.toml"), &plan).unwrap();
        fs::write(folder.path().join("results.csv"), ROWS).unwrap();
        fs::write(folder.path().join("frequency.csv"), frequency).unwrap();
        let output = styring()
            .current_dir(folder.path())
            .args(["week", "results.csv", "--plan", "plan.toml", "--out", "out", "--quiet"])
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(with("week,channel,reach\n2,VG,60\n2,vg.no,50\n").0, Some(4));
    assert_eq!(with("week,channel,reach\n1,VG,60\n2,VG,50\n"), (Some(0), String::new()));
    assert_eq!(with("channel,contacts,people,week\nVG,1,60,1\nVG,2,50,1\n"), (Some(0), String::new()));
    for (frequency, words) in [
        ("week,channel,reach\n2,VG,60\n2,VG,50\n", "line 3, an exact copy"),
        ("week,channel,reach\n\n\n2,NRK,60\n", "line 4, column 2 (channel): \"NRK\""),
        ("week,channel,reach\n2,VG,60x\n", "line 2, column 3 (reach): \"60x\""),
        ("week,channel,reach\n0,VG,60\n", "line 2, column 1 (week): \"0\""),
        ("week,channel,reach\n2,VG,91\n", "line 2, column 3 (reach): \"91\": not possible with 90 impressions"),
        ("week,channel,reach\n2,VG,0\n", "not possible with 90 impressions"),
        ("week,channel\n2,VG\n", "week, channel, reach"),
    ] {
        let (code, said) = with(frequency);
        assert_eq!(code, Some(4), "{said}");
        assert!(said.contains(words), "{said}");
    }
}
