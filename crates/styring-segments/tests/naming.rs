//! What names promise beyond the reference cases: schemes that are refused, deprecation, separators, registers, reports.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use chrono::NaiveDate;
use styring_segments::Error;
use styring_segments::naming::{
    Code, Diagnostic, Dimension, Entry, EventNameRules, Fields, Fix, LengthUnit, LimitStatus, LintRow, Near,
    PlatformLimit, PlatformLimits, Register, Scheme, SchemeFault, SchemeSpec, Unit, Window,
};

fn norsk() -> Scheme {
    SchemeSpec::norsk().scheme().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn small() -> SchemeSpec {
    SchemeSpec::new("small").dimension("product", Dimension::text(20)).template("Ny", ["product"], [])
}

fn stages(entries: impl IntoIterator<Item = Entry>) -> SchemeSpec {
    small().dimension("stage", Dimension::vocab(entries))
}

#[test]
fn schemes_that_do_not_hold_say_where() {
    let ny = || Entry::new("Ny");
    let two = |second: Entry| stages([ny(), second]).template("Kald", ["product"], []);
    let faults: Vec<(SchemeSpec, &str)> = vec![
        (small(), r#"scheme, stage: the first part must be a dimension with a vocabulary, and "stage" is none"#),
        (stages([]), "scheme, dimensions.stage: the vocabulary is empty"),
        (
            stages([ny()]).separator("-"),
            r#"scheme, separator: "-" does not separate: it must be a word of signs between two spaces, or one of the ASCII signs other than - < = >, and neither letters nor digits"#,
        ),
        (stages([ny()]).dimension("stage", Dimension::Window), r#"scheme, dimensions: "stage" comes twice"#),
        (stages([ny()]).template("Ny", ["product"], []), r#"scheme, templates: "Ny" comes twice"#),
        (
            stages([ny()]).template("Gammel", ["product"], []),
            r#"scheme, templates: "Gammel" is no stage of the scheme"#,
        ),
        (stages([ny(), Entry::new("Kald")]), "scheme, templates.Kald: the stage has no template"),
        (
            two(Entry::new("ny")),
            r#"scheme, dimensions.stage.values[1]: "ny" differs from the label "Ny" in case alone"#,
        ),
        (two(Entry::new("Ny")), r#"scheme, dimensions.stage.values[1]: "Ny" comes twice"#),
        (
            two(Entry::new("Kald").alias("NY")),
            r#"scheme, dimensions.stage.values[1]: the alias "NY" is also a word for "Ny""#,
        ),
        (two(Entry::new("Kald").id("a b  c")), "could not be read back"),
        (
            stages([ny().id("1"), Entry::new("Kald").id("1")]).template("Kald", ["product"], []),
            r#"scheme, dimensions.stage: "1" comes twice"#,
        ),
        (two(Entry::new("Ka – ld")), r#"scheme, dimensions.stage.values[1]: "Ka – ld" could not be read back"#),
        (two(Entry::new("Ka\u{30a}ld")), "could not be read back"),
        (two(Entry::new(" Kald")), "could not be read back"),
        (two(Entry::new("")), "could not be read back"),
        (two(Entry::new("Kald").replaced(day("2026-01-01"), "Varm")), r#""Varm" does not replace anything"#),
        (two(Entry::new("Kald").replaced(day("2026-01-01"), "Kald")), r#""Kald" does not replace anything"#),
        (stages([ny()]).dimension("geo", Dimension::text(0)), "scheme, dimensions.geo: max_chars must be at least 1"),
        (
            stages([Entry::new("Ny"), Entry::new("Kald")]).template("Kald", ["geo"], []),
            r#"scheme, templates.Kald: "geo" is no dimension of the scheme"#,
        ),
        (
            stages([Entry::new("Ny"), Entry::new("Kald")]).template("Kald", ["stage"], []),
            r#"scheme, templates.Kald: "stage" is the first part already"#,
        ),
        (
            stages([Entry::new("Ny"), Entry::new("Kald")]).template("Kald", [], ["product"]),
            "at least one dimension must be required",
        ),
        (
            stages([Entry::new("Ny"), Entry::new("Kald")]).template("Kald", ["product"], ["product"]),
            r#"scheme, templates.Kald: "product" comes twice"#,
        ),
    ];
    for (spec, expected) in faults {
        let error = spec.scheme().expect_err(expected);
        assert!(matches!(error, Error::Scheme { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}\n{expected}");
    }
}

#[test]
fn a_circle_of_replacements_is_refused() {
    let spec = stages([
        Entry::new("Ny").replaced(day("2026-01-01"), "Kald"),
        Entry::new("Kald").replaced(day("2026-02-01"), "Ny"),
    ])
    .template("Kald", ["product"], []);
    assert!(matches!(spec.scheme(), Err(Error::Scheme { fault: SchemeFault::Replacement(_), .. })));
}

#[test]
fn a_renamed_value_is_read_and_no_longer_written() {
    let old = || Entry::new("Kald").alias("Cold").id("k");
    let spec = |old: Entry| stages([Entry::new("Ny").id("n"), old]).template("Kald", ["product"], []);
    let scheme = spec(old().replaced(day("2026-01-01"), "Ny")).scheme().unwrap();
    let parsed = scheme.parse("cold – Sko");
    assert_eq!(parsed.canonical(), Some("Ny – Sko"));
    let codes: Vec<Code> = parsed.diagnostics().iter().map(Diagnostic::code).collect();
    assert_eq!(codes, [Code::Alias, Code::OldLabel]);
    assert!(parsed.diagnostics().iter().all(|wrong| wrong.fix() == Some(&Fix::Part("Ny".into()))));
    assert_eq!(parsed.name().unwrap().value("stage").unwrap().label().unwrap().id(), Some("n"));
    assert!(scheme.parse_strict("Kald – Sko").is_err());
    assert_eq!(scheme.suggest("stage", "Kaldd"), ["Ny"]);
    let fields = Fields::new().with("stage", "Kald").with("product", "Sko");
    let Err(Error::Name(rejected)) = scheme.build(&fields) else { panic!("built") };
    assert_eq!(rejected.codes(), [Code::Deprecated]);
    // The day before, nothing had changed.
    let before = scheme.at(day("2025-12-31"));
    assert_eq!(before.parse_strict("Kald – Sko").unwrap(), before.build(&fields).unwrap());
    // Without a replacement the name stays what it is, and warns.
    let gone = spec(old().deprecated_since(day("2026-01-01"))).scheme().unwrap();
    let parsed = gone.parse("Kald – Sko");
    assert_eq!(parsed.canonical(), Some("Kald – Sko"));
    assert_eq!(parsed.diagnostics()[0].code(), Code::OldLabel);
    assert_eq!(parsed.diagnostics()[0].message(), "\"Kald\" is not to be used any more, and nothing replaces it");
    assert!(gone.parse_strict("Kald – Sko").is_ok() && gone.build(&fields).is_err());
}

#[test]
fn other_separators() {
    let scheme = |separator: &str| stages([Entry::new("Ny").alias("New")]).separator(separator).scheme().unwrap();
    let bar = scheme(" | ");
    assert_eq!(bar.parse("new - T-skjorte").canonical(), Some("Ny | T-skjorte"));
    assert!(bar.parse_strict("Ny | T-skjorte").is_ok());
    let low = scheme("_");
    assert_eq!(low.parse("new_Sko - herre").canonical(), Some("Ny_Sko - herre"));
    assert_eq!(low.parse("Ny _ Sko").canonical(), Some("Ny_Sko"));
    assert_eq!(low.parse("Ny _ Sko").diagnostics()[0].code(), Code::SeparatorVariant);
    let fields = |product: &str| Fields::new().with("stage", "Ny").with("product", product);
    assert!(low.build(&fields("a_b")).is_err() && low.build(&fields("a - b")).is_ok());
    assert!(bar.build(&fields("a | b")).is_err() && bar.build(&fields("a|b")).is_ok());
}

#[test]
fn errors_propose() {
    let scheme = norsk();
    let fix = |text: &str, code: Code| {
        let parsed = scheme.parse(text);
        let wrong = parsed.diagnostics().iter().find(|wrong| wrong.code() == code).unwrap_or_else(|| panic!("{text}"));
        wrong.fix().cloned()
    };
    let part = |text: &str| Some(Fix::Part(text.to_owned()));
    let name = |text: &str| Some(Fix::Name(text.to_owned()));
    assert_eq!(fix("Prospect – Løpesko", Code::TooFewParts), name("Prospect – Løpesko – {geo}"));
    assert_eq!(fix("Lojalitet – Gull – 7 dager – Oslo", Code::TooManyParts), name("Lojalitet – Gull – 7 dager"));
    assert_eq!(fix("Retarget – Kjøpt – 7", Code::BadWindow), part("7 dager"));
    assert_eq!(fix("Retarget – Kjøpt – 78 uker", Code::BadWindow), part("77 uker"));
    assert_eq!(fix("Retarget – Kjøpt – 7-3 d", Code::BadWindow), part("3–7 dager"));
    assert_eq!(fix("Retarget – Kjøpt – 7 år", Code::BadWindow), None);
    assert_eq!(fix("Prospect – Lø\npesko – Oslo", Code::Control), name("Prospect – Lø pesko – Oslo"));
    assert_eq!(fix("prospect - Løpesko – Oslo", Code::SeparatorVariant), name("Prospect – Løpesko – Oslo"));
    assert_eq!(
        fix(&format!("Prospect – {} – Oslo", "Sko og ".repeat(8)), Code::ValueTooLong),
        part("Sko og Sko og Sko og Sko og Sko og Sko o")
    );
}

#[test]
fn windows_compare() {
    let window = |text: &str| text.parse::<Window>().unwrap();
    let contains = |one: &str, other: &str| window(one).contains(&window(other));
    assert_eq!(contains("14 dager", "1 uke"), Some(true));
    assert_eq!(contains("1 uke", "8 dager"), Some(false));
    assert_eq!(contains("7 dager", "3–7 dager"), Some(true));
    assert_eq!(contains("3–7 dager", "7 dager"), Some(false));
    assert_eq!(contains("0–7 dager", "1 uke"), Some(true));
    assert_eq!(contains("1 måned", "28 dager"), Some(true));
    assert_eq!(contains("1 måned", "30 dager"), None);
    assert_eq!(contains("1 måned", "32 dager"), Some(false));
    assert_eq!(contains("31 dager", "1 måned"), Some(true));
    assert_eq!(contains("12 måneder", "365 dager"), Some(true));
    assert_eq!(contains("1–2 måneder", "24 timer"), Some(false));
    assert!(window("168 timer").same_length(&window("0–1 uker")));
    assert!(!window("30 dager").same_length(&window("1 måned")));
    assert_eq!(window("3-7d").english().to_string(), "3–7 days");
    assert_eq!(window("1 måned").english().to_string(), "1 month");
    assert_eq!(window("2–3 uker").from_hours(), Some(336));
    assert!(Window::last(541, Unit::Day).is_err() && Window::between(7, 7, Unit::Day).is_err());
}

#[test]
fn registers_lead_back_and_never_guess() {
    let tight = |platform: &str| PlatformLimit::new(platform, 20, LengthUnit::Scalars).unwrap();
    let limits = PlatformLimits::new().with(tight("a")).unwrap().with(tight("b").forbidding("~()")).unwrap();
    let name = norsk().parse_strict("Retarget – Forlatt kurv – 7 dager").unwrap();
    let mut register = Register::new();
    let names = register.add_all(&limits, &name).unwrap();
    assert_eq!(names["a"], "Retarget~d90c638e");
    assert_eq!(names["b"], "Retarget_d90c638e");
    assert_eq!(register.whole("b", &names["b"]), Some(name.as_str()));
    assert_eq!(register.whole("c", &names["b"]), None);
    // Somebody took the short name for a name of its own.
    let taken = register.add(limits.get("a").unwrap(), "Retarget~d90c638e");
    assert!(matches!(taken, Err(Error::SamePlatformName { .. })), "{taken:?}");
    let mut other = Register::new();
    other.add(limits.get("a").unwrap(), "Retarget~d90c638e").unwrap();
    let before = register.clone();
    assert!(register.merge(other).is_err());
    assert_eq!(register, before);
    let narrow = PlatformLimit::new("n", 5, LengthUnit::Scalars).unwrap();
    assert!(matches!(register.add(&narrow, "Prospect"), Err(Error::NoPlatformName { .. })));
    assert!(matches!(limits.only(["a", "x"]), Err(Error::UnknownPlatform { .. })));
    assert!(matches!(limits.with(tight("a")), Err(Error::Repeated { .. })));
}

#[test]
fn bundled_limits_say_where_they_come_from() {
    for limit in PlatformLimits::bundled().unwrap().iter() {
        assert!(!limit.object_name().is_empty() && !limit.origin().is_empty(), "{}", limit.platform());
        assert_eq!(limit.read().is_some(), limit.status() == LimitStatus::Verified, "{}", limit.platform());
    }
}

#[test]
fn near_duplicates_have_one_reason_each() {
    let near = norsk().near_duplicates([
        "Prospect – Løpesko – Oslo",    // 0
        "prospect - løpesko - oslo",    // 1: the same name
        "Prospect – Lopesko – Oslo",    // 2: the same key
        "Prospect – Løpeskø – Oslo",    // 3: the same key
        "Prospect – Løpesko – Olso",    // 4: no name
        "Prospect – Løpeskoo – Oslo",   // 5: one edit
        "Prospect – Oslo – Løpesko",    // 6: another order, no name
        "Retarget – Kjøpt – 7 dager",   // 7
        "Retarget – Kjøpt – 168 timer", // 8: the same window
        "Prospect – Sko 41 – Oslo",     // 9
        "Prospect – Sko 42 – Oslo",     // 10: another thing
        "Prospect – Løpesko – Hamar",   // 11: another place
    ]);
    let found: Vec<(Near, Vec<usize>)> = near.into_iter().map(|near| (near.reason, near.members)).collect();
    assert_eq!(
        found,
        [
            (Near::SameName, vec![0, 1]),
            (Near::SameKey, vec![0, 1, 2, 3]),
            (Near::SameWindow, vec![7, 8]),
            (Near::OneEdit, vec![0, 1, 2, 3, 5]),
            (Near::OtherOrder, vec![0, 1, 2, 3, 6]),
        ]
    );
}

#[test]
fn a_report_says_everything() {
    let limits = PlatformLimits::bundled().unwrap().only(["gam_value", "dv360_line_item"]).unwrap();
    let rows = LintRow::numbered([
        "Prospect – Løpesko – Oslo",
        "Prospect – Løpesko – Olso",
        "rt - kjøpt - 7d",
        "Retarget – Kjøpt – 1 uke",
        "Prospect – Sko til dem som løper langt og lenge ute i regn – Oslo",
        "Prospect – Sko til dem som løper langt! – Oslo",
    ]);
    let report = norsk().lint(rows, &limits);
    let summary = &report.summary;
    assert_eq!((summary.names, summary.clean, summary.warned, summary.invalid), (6, 2, 1, 2));
    assert_eq!((summary.refused_by_platform, summary.near_duplicates), (2, 1));
    assert!(!report.ok());
    assert_eq!(report.names[4].diagnostics[0].code(), Code::ValueTooLong);
    let finding = &report.names[5].platforms[0];
    assert_eq!((finding.platform.as_str(), finding.length, finding.limit), ("gam_value", 46, 40));
    let codes: Vec<Code> = finding.diagnostics.iter().map(Diagnostic::code).collect();
    assert_eq!(codes, [Code::TooLong, Code::ForbiddenChar]);
    assert_eq!(finding.diagnostics[1].fix(), finding.diagnostics[0].fix());
    let counted: Vec<(&str, usize)> = summary.codes.iter().map(|(code, count)| (code.as_str(), *count)).collect();
    assert_eq!(
        counted,
        [
            ("E_FORBIDDEN_CHAR", 1),
            ("E_TOO_LONG", 2),
            ("E_UNKNOWN_VALUE", 1),
            ("E_VALUE_TOO_LONG", 1),
            ("W_ALIAS", 1),
            ("W_CASE", 1),
            ("W_SEPARATOR_VARIANT", 1),
            ("W_WINDOW_FORM", 1)
        ]
    );
}

#[test]
fn a_report_tells_of_names_that_a_platform_would_know_as_one() {
    let scheme = stages([Entry::new("Ny")]).separator("_").scheme().unwrap();
    let limit = PlatformLimit::new("feed", 15, LengthUnit::Scalars).unwrap();
    let long = "Ny_Løpesko for alle";
    let short = limit.shorten(long).unwrap();
    let limits = PlatformLimits::new().with(limit).unwrap();
    let report = scheme.lint(LintRow::numbered([long, "Ny_Sko", short.as_str()]), &limits);
    assert_eq!(report.summary.invalid, 0);
    let [shared] = report.shared_platform_names.as_slice() else { panic!("{:?}", report.shared_platform_names) };
    assert_eq!(
        (shared.short.as_str(), shared.first.as_str(), shared.second.as_str()),
        (short.as_str(), short.as_str(), long)
    );
    assert!(!report.ok());
}

/// Whoever pastes a whole file into one cell gets an answer, and soon.
#[test]
fn very_long_texts_are_read() {
    let scheme = norsk();
    let many = "Prospect – ".repeat(30_000);
    assert!(scheme.parse(&many).diagnostics().iter().any(|wrong| wrong.code() == Code::EmptyPart));
    let parts = format!("{many}Oslo");
    assert_eq!(
        scheme.parse(&parts).diagnostics().iter().filter(|wrong| wrong.code() == Code::DuplicatePart).count(),
        29_999
    );
    let text = format!("Prospect – {} – Oslo", "å".repeat(200_000));
    assert_eq!(scheme.parse(&text).diagnostics()[0].code(), Code::ValueTooLong);
    let limit = PlatformLimit::new("p", 40, LengthUnit::Utf16).unwrap();
    assert_eq!(limit.shorten(&text).map(|short| short.chars().count()), Some(40));
    assert_eq!(scheme.near_duplicates([&parts, &text]), []);
}

#[test]
fn rules_for_events_are_data() {
    let rules =
        EventNameRules { max_chars: 5, reserved_prefixes: vec!["x_".into()], reserved_names: vec!["login".into()] };
    let codes = |name: &str| rules.check(name).iter().map(Diagnostic::code).collect::<Vec<_>>();
    assert_eq!(codes("login"), [Code::ReservedName]);
    assert_eq!(codes("x_login"), [Code::ReservedPrefix, Code::TooLong]);
    assert_eq!(codes("ga_x"), []);
    assert_eq!(EventNameRules::default().check("page_view")[0].code().as_str(), "E_RESERVED_NAME");
}

#[cfg(feature = "serde")]
mod stored {
    use super::*;

    #[test]
    fn the_bundled_scheme_is_the_file_and_the_code() {
        let file: SchemeSpec = toml::from_str(include_str!("../data/norsk.toml")).unwrap();
        assert_eq!(file, SchemeSpec::norsk());
    }

    #[test]
    fn schemes_come_back_from_toml_and_json() {
        let scheme = norsk();
        assert!(toml::from_str::<Scheme>(&toml::to_string(&scheme).unwrap()).unwrap() == scheme);
        assert!(serde_json::from_str::<Scheme>(&serde_json::to_string(&scheme).unwrap()).unwrap() == scheme);
    }

    #[test]
    fn files_are_checked_as_the_constructors_check() {
        let error = |json: &str| serde_json::from_str::<Scheme>(json).expect_err(json).to_string();
        let vocab = r#"{"kind": "vocab", "values": [{"label": "Ny"}]}"#;
        let twice = format!(r#"{{"dimensions": {{"stage": {vocab}, "stage": {vocab}}}, "templates": {{}}}}"#);
        assert!(error(&twice).contains("\"stage\" comes twice"), "{}", error(&twice));
        assert!(error(r#"{"dimensions": {}, "templates": {}, "more": 1}"#).contains("unknown field"));
        assert!(serde_json::from_str::<Window>(r#"{"from": 7, "to": 3, "unit": "day"}"#).is_err());
        assert!(serde_json::from_str::<NaiveDate>(r#""2026-13-01""#).is_err());
        assert!(serde_json::from_str::<PlatformLimit>(r#"{"platform": "x", "limit": 0, "unit": "scalars"}"#).is_err());
        let row = r#"{"platform": "x", "limit": 9, "unit": "scalars"}"#;
        assert!(serde_json::from_str::<PlatformLimits>(&format!("[{row}, {row}]")).is_err());
        assert!(serde_json::from_str::<PlatformLimits>(&format!("[{row}]")).is_ok());
    }

    #[test]
    fn limits_and_registers_come_back() {
        let limits = PlatformLimits::bundled().unwrap();
        let mut register = Register::new();
        register
            .add_all(
                &limits.only(["gam_value", "meta_ad"]).unwrap(),
                "Retarget – Nettstedbesøk – 3–7 dager – Møre og Romsdal",
            )
            .unwrap();
        assert_eq!(serde_json::from_str::<PlatformLimits>(&serde_json::to_string(&limits).unwrap()).unwrap(), limits);
        let stored = serde_json::to_string(&register).unwrap();
        assert_eq!(serde_json::from_str::<Register>(&stored).unwrap(), register);
        assert_eq!(register.iter().count(), 2);
    }

    #[test]
    fn reports_are_written() {
        let scheme = norsk();
        let report = scheme.lint(LintRow::numbered(["Prospect – Sko – Olso"]), &PlatformLimits::bundled().unwrap());
        let written = serde_json::to_value(&report).unwrap();
        assert_eq!(written["names"][0]["diagnostics"][0]["fix"]["part"], "Oslo");
        assert_eq!(written["names"][0]["diagnostics"][0]["severity"], "error");
        assert_eq!(written["summary"]["codes"]["E_UNKNOWN_VALUE"], 1);
        let parsed = serde_json::to_value(scheme.parse("rt - kjøpt - 7d")).unwrap();
        assert_eq!(parsed["fields"][0]["value"]["label"]["id"], "retarget");
        assert_eq!(parsed["fields"][2]["value"]["window"]["to"], 7);
        for code in Code::ALL {
            assert_eq!(serde_json::from_str::<Code>(&serde_json::to_string(code).unwrap()).unwrap(), *code);
        }
    }
}
