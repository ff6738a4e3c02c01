//! The command `styring names lint`.
#![allow(clippy::unwrap_used)]

mod common;

use common::Run;

const NAMES: &str = "Prospect – Løpesko – Oslo\n\nretarget - forlatt kurv - siste 7 dager\r\nProspect – Løpesko – Olso\nRetarget – Forlatt kurv – 1 uke\n";

fn lint(file: &[u8], options: &[&str]) -> Run {
    Run::with_files(&[("names.txt", file)], &["names", "lint", "names.txt"], options)
}

#[test]
fn a_list_is_read_line_by_line() {
    let run = lint(NAMES.as_bytes(), &["--out", "out"]);
    assert_eq!(run.code(), Some(1), "{}", run.errors());
    assert_eq!(run.errors(), "styring: 1 of 4 names cannot be used\n");
    let printed = run.printed();
    assert!(!printed.contains("    1  "), "a clean name is not printed: {printed}");
    for line in [
        "    3  retarget - forlatt kurv - siste 7 dager",
        "       W_SEPARATOR_VARIANT: parts are separated by another dash",
        "       → Retarget – Forlatt kurv – 7 dager",
        "    4  Prospect – Løpesko – Olso",
        "       E_UNKNOWN_VALUE: \"Olso\" is no geo of the scheme; did you mean \"Oslo\"?",
        "one window in other words: 3 retarget - forlatt kurv - siste 7 dager | 5 Retarget – Forlatt kurv – 1 uke",
        "norsk 1: 4 names, 2 clean, 1 mended, 1 not usable, 0 refused by a platform, 1 near duplicates",
    ] {
        assert!(printed.contains(line), "{line} is not in\n{printed}");
    }
    assert_eq!(run.files(), ["names.csv", "names.json"]);
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(run.file("names.csv").as_bytes()).records().map(Result::unwrap).collect();
    let states: Vec<(&str, &str)> = rows.iter().map(|row| (&row[0], &row[2])).collect();
    assert_eq!(states, [("1", "clean"), ("3", "mended"), ("4", "invalid"), ("5", "clean")]);
    assert_eq!(&rows[1][3], "Retarget – Forlatt kurv – 7 dager");
    let json: serde_json::Value = serde_json::from_str(&run.file("names.json")).unwrap();
    assert_eq!(json["summary"]["invalid"], 1);
}

#[test]
fn names_that_can_be_used_are_no_failure() {
    let run = lint("prospect - Løpesko - oslo\n".as_bytes(), &[]);
    assert_eq!(run.code(), Some(0), "{}", run.errors());
    assert!(run.printed().contains("→ Prospect – Løpesko – Oslo"));
    let quiet = lint("Prospect – Løpesko – Oslo\n".as_bytes(), &["--quiet"]);
    assert_eq!((quiet.code(), quiet.printed().as_str()), (Some(0), ""));
    let norwegian = lint("Prospect – Løpesko – Olso\n".as_bytes(), &["--language", "norwegian"]);
    assert!(
        norwegian.printed().contains("«Olso» finnes ikke som geo i skjemaet; mente du «Oslo»?"),
        "{}",
        norwegian.printed()
    );
}

#[test]
fn a_column_of_a_table_is_read() {
    let table = "id;segment;navn\n7;a;Prospect – Løpesko – Oslo\n8;b;\"Prospect – Løpesko; lett – Oslo\"\n9;c;\n";
    let run = lint(table.as_bytes(), &["--column", "navn"]);
    assert!(run.printed().contains("2 names, 2 clean"), "{}{}", run.printed(), run.errors());
    let by_number = lint(table.as_bytes(), &["--column", "3"]);
    assert_eq!(by_number.printed(), run.printed());
    let none = lint(table.as_bytes(), &["--column", "name"]);
    assert_eq!(none.code(), Some(4));
    assert!(none.errors().contains("no column \"name\""), "{}", none.errors());
    let short = lint(b"a;b\n1\n", &["--column", "b"]);
    assert!(short.errors().contains("line 2, the row has 1 cells, the header has 2"), "{}", short.errors());
}

#[test]
fn platforms_have_their_limits() {
    let long = format!("Prospect – {} – Oslo\n", "Ø".repeat(38));
    let run = lint(long.as_bytes(), &["--platform", "gam_value,dv360_line_item"]);
    assert_eq!(run.code(), Some(1));
    assert!(run.printed().contains("E_TOO_LONG (gam_value): the name is too long: at most 40"), "{}", run.printed());
    assert!(!run.printed().contains("(dv360_line_item)"));
    let unknown = lint(long.as_bytes(), &["--platform", "tv2"]);
    assert_eq!(unknown.code(), Some(2), "{}", unknown.errors());
    let limits = ("limits.toml", b"limits = [{ platform = \"tv2\", limit = 12, unit = \"scalars\" }]".as_slice());
    let files = [("names.txt", long.as_bytes()), limits];
    let own =
        Run::with_files(&files, &["names", "lint", "names.txt"], &["--limits", "limits.toml", "--platform", "tv2"]);
    assert!(own.printed().contains("(tv2): the name is too long: at most 12"), "{}{}", own.printed(), own.errors());
}

#[test]
fn a_scheme_of_ones_own_is_checked() {
    let scheme = r#"{"name": "shop", "dimensions": {"stage": {"kind": "vocab", "values": [{"label": "Ny"}]}, "product": {"kind": "text"}}, "templates": {"Ny": {"required": ["product"]}}}"#;
    let files = [("names.txt", b"ny - Sko\n".as_slice()), ("shop.json", scheme.as_bytes())];
    let run = Run::with_files(&files, &["names", "lint", "names.txt", "--scheme", "shop.json"], &[]);
    assert!(run.printed().contains("→ Ny – Sko"), "{}{}", run.printed(), run.errors());
    let wrong = scheme.replace("\"required\": [\"product\"]", "\"required\": [\"colour\"]");
    let files = [("names.txt", b"ny - Sko\n".as_slice()), ("shop.json", wrong.as_bytes())];
    let run = Run::with_files(&files, &["names", "lint", "names.txt", "--scheme", "shop.json"], &["--out", "out"]);
    assert_eq!((run.code(), run.files().len()), (Some(3), 0));
    assert!(run.errors().contains("\"colour\" is no dimension of the scheme"), "{}", run.errors());
}

#[test]
fn what_is_no_text_is_named_by_its_line() {
    let run = lint(b"Prospect \x96 Sko \x96 Oslo\n", &["--out", "out"]);
    assert_eq!((run.code(), run.files().len()), (Some(4), 0));
    assert!(run.errors().contains("line 1, not text in the encoding"), "{}", run.errors());
    let windows = lint(b"Prospect \x96 L\xf8pesko \x96 Oslo\n", &["--encoding", "windows-1252"]);
    assert_eq!(windows.code(), Some(0), "{}", windows.errors());
    assert!(windows.printed().contains("1 names, 1 clean"), "{}", windows.printed());
}
