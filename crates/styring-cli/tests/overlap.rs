//! The command `styring overlap`, as a user meets it.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use common::Run;
use serde_json::{Value, json};
use styring_segments::overlap::{RoaringForm, RoaringIds, RoaringIds64, ThetaBuilder};

/// Two have bought; of five with a cart one has; seven are prospects, among them one buyer and two carts.
const BOUGHT: &str = "customer_id\na\nb\n";
const CART: &str = "customer_id\nb\nc\nd\ne\nf\n";
const PROSPECT: &str = "customer_id\nb\nc\nd\nu\nv\nx\ny\n";

const FILES: [(&str, &str); 3] = [("prospect.csv", PROSPECT), ("cart.csv", CART), ("bought.csv", BOUGHT)];
const GIVEN: [&str; 6] = ["overlap", "bought.csv", "cart.csv", "prospect.csv", "--out", "out"];

fn overlap(options: &[&str]) -> Run {
    Run::with_files(&FILES.map(|(name, text)| (name, text.as_bytes())), &GIVEN, options)
}

fn table(run: &Run, name: &str) -> Vec<BTreeMap<String, String>> {
    assert_eq!(run.code(), Some(0), "{}", run.errors());
    csv::Reader::from_reader(run.file(name).as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// Audience, excluded list and people.
fn exclusions(run: &Run) -> Vec<(String, String, String)> {
    let rows = table(run, "exclusions.csv").into_iter();
    rows.map(|mut row| {
        let mut cell = |name: &str| row.remove(name).unwrap();
        (cell("audience"), cell("excludes"), cell("people"))
    })
    .collect()
}

fn names(json: &Value) -> Vec<&str> {
    json["sets"].as_array().unwrap().iter().map(|set| set["name"].as_str().unwrap()).collect()
}

type Files<'a> = &'a [(&'a str, &'a [u8])];

/// What was printed, without line ends.
fn said(run: &Run) -> String {
    run.printed().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_list_each_in_four_files_out() {
    let run = overlap(&["--exclude-only", "bought"]);
    assert_eq!(run.files(), ["exclusions.csv", "overlap.html", "overlap.json", "pairs.csv"], "{}", run.errors());
    let lines = "\
audience,excludes,reason,people,people_lower,people_upper,share_of_audience,people_no_other_takes_out
cart,bought,bought has higher priority and has 1 of the 5 people of cart.,1,1,1,0.200000,1
prospect,bought,bought has higher priority and has 1 of the 7 people of prospect.,1,1,1,0.142857,0
prospect,cart,cart has higher priority and has 3 of the 7 people of prospect.,3,3,3,0.428571,2
";
    assert_eq!(run.file("exclusions.csv"), lines);
    let pairs = "\
a,b,size_a,size_b,union,both,both_lower,both_upper,share_of_a,share_of_a_lower,share_of_a_upper,share_of_b,share_of_b_lower,share_of_b_upper,jaccard,overlap_coefficient
bought,cart,2,5,6,1,1,1,0.500000,0.500000,0.500000,0.200000,0.200000,0.200000,0.166667,0.500000
bought,prospect,2,7,8,1,1,1,0.500000,0.500000,0.500000,0.142857,0.142857,0.142857,0.125000,0.500000
cart,prospect,5,7,9,3,3,3,0.600000,0.600000,0.600000,0.428571,0.428571,0.428571,0.333333,0.600000
";
    assert_eq!(run.file("pairs.csv"), pairs);
    let json = run.read("overlap.json");
    assert_eq!(
        (&json["format"], &json["mode"], &json["union"]),
        (&"styring-overlap/1".into(), &"all_higher".into(), &10.into())
    );
    let nets: Vec<&Value> = json["lines"].as_array().unwrap().iter().map(|line| &line["net"]).collect();
    assert_eq!(nets, [2, 4, 4]);
    assert!(json["lines"].as_array().unwrap().iter().all(|line| line["exclude"] == json!([]) || line["residual"] == 0));
    assert_eq!(json["lines"][0]["role"], "exclude_only");
    let largest = json!({"places": [2], "sets": ["prospect"], "exclusive": 4, "inclusive": 7});
    assert_eq!(json["regions"][0], largest);
    let exclusive: u64 =
        json["regions"].as_array().unwrap().iter().map(|region| region["exclusive"].as_u64().unwrap()).sum();
    assert_eq!(exclusive, 10);
    let cumulative = |steps: &Value| -> Vec<u64> {
        steps.as_array().unwrap().iter().map(|step| step["cumulative"].as_u64().unwrap()).collect()
    };
    assert_eq!((cumulative(&json["added"]), cumulative(&json["added_greedily"])), (vec![2, 6, 10], vec![7, 9, 10]));
    assert_eq!(json["inputs"][0]["columns"]["id"], "customer_id");
    assert_eq!((&json["inputs"][0]["rows"], &json["inputs"][0]["audience"]), (&2.into(), &"bought".into()));

    let page = run.file("overlap.html");
    assert!(
        page.contains("<svg")
            && !page.contains("NaN")
            && !page.replace("http://www.w3.org/2000/svg", "").contains("://")
    );
    let printed = run.printed();
    assert!(
        printed.contains("3 audiences, 10 people. Most is shared by cart and prospect: 60.0 % of the smaller."),
        "{printed}"
    );
    assert!(printed.contains("After that nobody is in two segments: counted again from the members."), "{printed}");
    assert!(printed.contains("wrote out/exclusions.csv"), "{printed}");
    assert!(overlap(&["--quiet"]).output.stdout.is_empty());
}

#[test]
fn one_table_may_name_the_audiences() {
    let apart = overlap(&[]);
    let mut text = "person;list\n".to_owned();
    for (name, list) in FILES.iter().rev() {
        for id in list.lines().skip(1) {
            writeln!(text, "{id};{}", name.trim_end_matches(".csv")).unwrap();
        }
    }
    let given = ["overlap", "members.csv", "--segment", "list", "--out", "out"];
    let together = Run::with_files(&[("members.csv", text.as_bytes())], &given, &[]);
    for file in ["exclusions.csv", "pairs.csv"] {
        assert_eq!(together.file(file), apart.file(file), "{file}");
    }
    assert_eq!(names(&together.read("overlap.json")), ["bought", "cart", "prospect"]);
    // By number, and on standard input by that name.
    let by_number = Run::with_files(
        &[("members.csv", text.as_bytes())],
        &given[..2],
        &["--segment", "2", "--id", "1", "--out", "out"],
    );
    assert_eq!(by_number.file("pairs.csv"), apart.file("pairs.csv"), "{}", by_number.errors());
    let no_header = Run::with_files(
        &[("a.csv", b"1\n2\n"), ("b.csv", b"2\n3\n")],
        &["overlap", "a.csv", "b.csv", "--out", "out"],
        &["--no-header"],
    );
    assert_eq!(table(&no_header, "pairs.csv")[0]["both"], "1");
}

#[test]
fn bitmaps_and_numbers_are_one_kind_of_list() {
    let a: RoaringIds = (0..5_000).collect();
    let b: RoaringIds = (4_000..90_000).step_by(2).collect();
    let text: String = std::iter::once("id\n".to_owned()).chain((4_990..5_010).map(|id| format!("{id}\n"))).collect();
    let files: [(&str, &[u8]); 3] = [
        ("a.roaring", &a.to_bytes(RoaringForm::Plain)),
        ("b.roaring", &b.to_bytes(RoaringForm::Runs)),
        ("c.csv", text.as_bytes()),
    ];
    let given = ["overlap", "a.roaring", "b.roaring", "c.csv", "--out", "out"];
    let run = Run::with_files(&files, &given, &[]);
    let json = run.read("overlap.json");
    let both: Vec<&Value> = json["pairs"].as_array().unwrap().iter().map(|pair| &pair["intersection"]).collect();
    assert_eq!(both, [500, 10, 10]);
    assert_eq!(json["inputs"][0], json!({"file": "a.roaring", "form": "roaring", "audience": "a"}));

    // An id that is no number is nobody's in a bitmap.
    let with_text = format!("{text}kari\n");
    let files: [(&str, &[u8]); 3] = [files[0], files[1], ("c.csv", with_text.as_bytes())];
    let run = Run::with_files(&files, &given, &[]);
    assert_eq!(
        table(&run, "rejected.csv")[0]["reason"],
        "column 1 (id): \"kari\": not a whole number of zero or above"
    );
    assert!(run.printed().contains("line 22, column 1 (id): \"kari\""), "{}", run.printed());

    // Ids of 64 bits, and those of 32 beside them.
    let wide: RoaringIds64 = (0..100).chain((1 << 40)..(1 << 40) + 50).collect();
    let files: [(&str, &[u8]); 3] =
        [files[0], ("wide.roaring", &wide.to_bytes(RoaringForm::Plain)), ("c.csv", b"id\n1099511627776\n7\n")];
    let run = Run::with_files(&files, &["overlap", "a.roaring", "wide.roaring", "c.csv", "--out", "out"], &[]);
    let json = run.read("overlap.json");
    let both: Vec<&Value> = json["pairs"].as_array().unwrap().iter().map(|pair| &pair["intersection"]).collect();
    assert_eq!(both, [100, 1, 2]);
}

#[test]
fn sketches_are_told_with_their_bounds() {
    let sketch = |ids: std::ops::Range<u64>, lg_k| {
        let mut builder = ThetaBuilder::new(lg_k).unwrap();
        builder.extend(ids);
        builder.sketch().to_bytes()
    };
    let (meta, vg) = (sketch(0..200_000, 12), sketch(150_000..400_000, 12));
    let files: [(&str, &[u8]); 2] = [("meta.theta", &meta), ("vg.theta", &vg)];
    let given = ["overlap", "meta.theta", "vg.theta", "--out", "out"];
    let run = Run::with_files(&files, &given, &[]);
    let json = run.read("overlap.json");
    assert_eq!(json["sketched"], true);
    let within = |row: &BTreeMap<String, String>, name: &str, truth: f64| {
        let number = |name: String| row[&name].parse::<f64>().unwrap();
        let (lower, upper) = (number(format!("{name}_lower")), number(format!("{name}_upper")));
        assert!(lower <= truth && truth <= upper && lower < upper, "{name}: {lower} to {upper}");
    };
    let pair = &table(&run, "pairs.csv")[0];
    within(pair, "both", 50_000.0);
    within(pair, "share_of_a", 0.25);
    within(pair, "share_of_b", 0.2);
    let line = &table(&run, "exclusions.csv")[0];
    within(line, "people", 50_000.0);
    assert!(line["reason"].contains("≈"), "{line:?}");
    assert!(run.printed().contains("bounds at two standard deviations"), "{}", run.printed());

    let (meta, vg) = (sketch(0..200_000, 5), sketch(199_000..400_000, 5));
    let files: [(&str, &[u8]); 2] = [("meta.theta", &meta), ("vg.theta", &vg)];
    let run = Run::with_files(&files, &given, &[]);
    assert!(run.printed().contains("not usable"), "{}", run.printed());
    let pair = &table(&run, "pairs.csv")[0];
    assert_eq!(pair["both"], "", "no value without its bounds");
    within(pair, "both", 1_000.0);
    let refused = Run::with_files(&files, &given, &["--suppress", "10"]);
    assert_eq!((refused.code(), refused.files().len()), (Some(2), 0));
    assert!(refused.errors().contains("--suppress must be absent for sketches"), "{}", refused.errors());
}

#[test]
fn the_order_is_what_is_said_and_then_what_names_say() {
    let scheme_names = [
        "Prospect – Løpesko – Oslo",
        "Retarget – Produktvisning – 30 dager",
        "Retarget – Produktvisning – 7 dager",
        "Ekskluder – Kjøpt – 30 dager",
    ];
    let files: Vec<(String, &[u8])> =
        scheme_names.iter().map(|name| (format!("{name}.csv"), b"id\n1\n2\n".as_slice())).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let mut given = vec!["overlap", "--out", "out"];
    given.extend(files.iter().map(|(name, _)| *name));
    let run = Run::with_files(&files, &given, &[]);
    let json = run.read("overlap.json");
    let [prospect, viewed_30, viewed_7, bought] = scheme_names;
    assert_eq!(names(&json), [bought, viewed_7, viewed_30, prospect]);
    assert_eq!(json["lines"][0]["role"], "exclude_only");
    assert_eq!(json["names"], Value::Null);

    let run = Run::with_files(&files, &given, &["--order", viewed_30]);
    let json = run.read("overlap.json");
    assert_eq!(names(&json), [viewed_30, bought, viewed_7, prospect]);
    let kinds: Vec<&Value> = json["findings"].as_array().unwrap().iter().map(|finding| &finding["kind"]).collect();
    assert!(kinds.contains(&&Value::from("long_before_short")), "{kinds:?}");
    assert!(said(&run).contains("put the shorter window first"), "{}", run.printed());
    assert!(said(&run).contains("put it first in the order"), "an exclusion below a target: {}", run.printed());

    // Plain names stay as they were given.
    assert_eq!(names(&overlap(&[]).read("overlap.json")), ["bought", "cart", "prospect"]);
    let turned = overlap(&["--order", "prospect,cart"]);
    assert_eq!(names(&turned.read("overlap.json")), ["prospect", "cart", "bought"]);
    assert_eq!(exclusions(&turned)[0], ("cart".into(), "prospect".into(), "3".into()));
}

#[test]
fn lists_are_made_in_four_ways() {
    let listed = |options: &[&str]| {
        let run = overlap(options);
        let rows = exclusions(&run).into_iter();
        rows.map(|(audience, list, _)| format!("{audience}-{list}")).collect::<Vec<_>>()
    };
    let all = ["cart-bought", "prospect-bought", "prospect-cart"];
    assert_eq!(listed(&[]), all);
    assert_eq!(listed(&["--exclude", "all_higher"]), all);
    assert_eq!(listed(&["--exclude", "overlapping"]), all);
    assert_eq!(listed(&["--exclude", "overlapping", "--min-count", "2"]), ["prospect-cart"]);
    assert_eq!(listed(&["--exclude", "overlapping", "--min-share", "15 %"]), ["cart-bought", "prospect-cart"]);
    // Every buyer among the prospects has a cart.
    assert_eq!(listed(&["--exclude", "minimal"]), ["cart-bought", "prospect-cart"]);
    assert_eq!(listed(&["--exclude", "greedy", "--max-exclusions", "1"]), ["cart-bought", "prospect-cart"]);
    let fewest = overlap(&["--exclude", "minimal", "--language", "no"]);
    assert!(fewest.printed().contains("Færre lister ville ikke vært nok."), "{}", fewest.printed());
    assert!(fewest.file("exclusions.csv").contains("cart har høyere prioritet og har 3 av de 7 personene i prospect."));
    assert_eq!(fewest.read("overlap.json")["lines"][2]["residual"], 0);
    let left = overlap(&["--exclude", "overlapping", "--min-count", "2"]).read("overlap.json");
    assert_eq!(left["lines"][1]["residual"], 1);
    assert_eq!(left["findings"][0]["kind"], "overlaps");
}

#[test]
fn small_numbers_are_withheld_everywhere() {
    let run = overlap(&["--suppress", "3"]);
    let json = run.read("overlap.json");
    assert_eq!(json["least"], 3);
    assert_eq!(json["sets"][0], json!({"name": "bought", "size": null, "only": null}));
    for input in json["inputs"].as_array().unwrap() {
        assert_eq!((&input["rows"], &input["used"], &input["repeated"]), (&Value::Null, &Value::Null, &Value::Null));
    }
    let first = &table(&run, "exclusions.csv")[0];
    assert_eq!((first["people"].as_str(), first["people_upper"].as_str()), ("", ""));
    assert_eq!(first["reason"], "bought has higher priority and may have people of cart.");
    assert!(run.printed().contains("withheld") && !run.printed().contains("rows used"), "{}", run.printed());
    // With more, nothing at all is told.
    let nothing = overlap(&["--suppress", "100"]);
    assert!(table(&nothing, "pairs.csv").iter().all(|pair| pair["both"].is_empty() && pair["size_a"].is_empty()));
    let mut many = "id,list\n".to_owned();
    for id in 0..512 {
        for list in (0..9).filter(|list| id >> list & 1 == 1) {
            writeln!(many, "{id},{list}").unwrap();
        }
    }
    let given = ["overlap", "many.csv", "--segment", "list", "--out", "out"];
    let run = Run::with_files(&[("many.csv", many.as_bytes())], &given, &["--suppress", "5"]);
    assert_eq!((run.code(), run.files().len()), (Some(2), 0));
    assert!(run.errors().contains("(511 regions; the limit is 256)"), "{}", run.errors());
    let run = Run::with_files(&[("many.csv", many.as_bytes())], &given, &["--top", "7"]);
    let json = run.read("overlap.json");
    assert_eq!((json["regions"].as_array().unwrap().len(), &json["regions_left_out"]), (7, &504.into()));
    assert_eq!((&json["people_left_out"], &json["union"]), (&504.into(), &511.into()));
}

#[test]
fn names_are_held_against_a_scheme_that_is_given() {
    let scheme = r#"{"name": "shop", "dimensions": {"stage": {"kind": "vocab", "values": [{"label": "Ny"}, {"label": "Minus", "id": "exclude"}]}, "product": {"kind": "text"}}, "templates": {"Ny": {"required": ["product"]}, "Minus": {"required": ["product"]}}}"#;
    let files: [(&str, &[u8]); 4] = [
        ("Ny – Sko.csv", PROSPECT.as_bytes()),
        ("cart.csv", CART.as_bytes()),
        ("minus - Sko.csv", BOUGHT.as_bytes()),
        ("shop.json", scheme.as_bytes()),
    ];
    let given = ["overlap", "Ny – Sko.csv", "cart.csv", "minus - Sko.csv", "--out", "out"];
    let run = Run::with_files(&files, &given, &["--scheme", "shop.json"]);
    let json = run.read("overlap.json");
    let summary = &json["names"]["summary"];
    assert_eq!(
        (&json["names"]["scheme"], &summary["invalid"], &summary["clean"]),
        (&"shop".into(), &1.into(), &1.into())
    );
    assert!(said(&run).contains("cart: \"cart\" is no stage of the scheme (E_UNKNOWN_STAGE)"), "{}", run.printed());
    assert!(
        said(&run).contains("minus - Sko: parts are separated by another dash (W_SEPARATOR_VARIANT)"),
        "{}",
        run.printed()
    );
    // The stage with the id "exclude" is for lists that are only taken out, however the name is written.
    assert_eq!((&json["lines"][0]["name"], &json["lines"][0]["role"]), (&"minus - Sko".into(), &"exclude_only".into()));
    // Without a scheme names may be as they like.
    assert!(!said(&Run::with_files(&files, &given, &[])).contains("E_UNKNOWN"));
    let run = Run::with_files(&files, &given, &["--scheme", "none.json"]);
    assert_eq!((run.code(), run.files().len()), (Some(3), 0));
}

#[test]
fn rows_that_cannot_be_used_are_set_aside_with_their_file() {
    let files: [(&str, &[u8]); 2] = [("a.csv", b"id,x\n1,2\n,3\n4,5\n4,6\n"), ("b.csv", b"id,x\n1,2,3\n4,\xff\n")];
    let given = ["overlap", "a.csv", "b.csv", "--out", "out"];
    let run = Run::with_files(&files, &given, &[]);
    let json = run.read("overlap.json");
    assert_eq!(json["union"], 2);
    assert_eq!((&json["inputs"][0]["used"], &json["inputs"][0]["repeated"]), (&3.into(), &1.into()));
    let rejected = "file,line,reason,id,x\na.csv,3,\"column 1 (id): \"\"\"\": missing\",,3\nb.csv,2,\"the row has 3 cells, the header has 2\",1,2,3\n";
    assert_eq!(run.file("rejected.csv"), rejected);
    assert!(run.file("overlap.html").contains("2 of 6 rows could not be used"));
    assert!(run.printed().contains("a.csv: line 3, column 1 (id)"), "{}", run.printed());
    let strict = Run::with_files(&files, &given, &["--strict"]);
    assert_eq!((strict.code(), strict.files().len()), (Some(4), 0));
    assert!(strict.errors().contains("a.csv, line 3, column 1 (id)"), "{}", strict.errors());
    // What was set aside quotes ids, and its rows are not told where numbers are withheld.
    let withheld = Run::with_files(&files, &given, &["--suppress", "2"]);
    assert_eq!(withheld.read("overlap.json")["inputs"][0]["first_rejections"], Value::Null);
    assert!(!withheld.file("overlap.html").contains("line 3, column 1"));
    assert!(said(&withheld).contains("a.csv: id from id, 1 rows set aside."), "{}", withheld.printed());
    // Tables of different columns: only what they have in common is named.
    let files: [(&str, &[u8]); 2] = [files[0], ("b.csv", b"id\ty\tz\n1\n1\t2\t3\n")];
    let run = Run::with_files(&files, &given, &[]);
    assert!(run.file("rejected.csv").starts_with("file,line,reason\n"), "{}{}", run.file("rejected.csv"), run.errors());
}

#[test]
fn what_cannot_be_meant_is_refused_and_nothing_written() {
    let cases: [(&[&str], i32, &str); 13] = [
        (&["--order", "cart,Radio"], 2, "--order must be audiences that were read, each once, not \"Radio"),
        (&["--order", "cart,cart"], 2, "--order must be audiences that were read, each once"),
        (&["--exclude-only", "Radio"], 2, "--exclude-only must be audiences that were read"),
        (&["--exclude-only", "bought,cart,prospect"], 4, "a plan needs a segment to advertise to"),
        (&["--exclude", "greedy"], 2, "--max-exclusions must be a number of lists with --exclude greedy"),
        (&["--max-exclusions", "3"], 2, "--max-exclusions must be absent without --exclude greedy, not \"3\""),
        (&["--exclude", "greedy", "--max-exclusions", "0"], 2, "0 is not in 1.."),
        (&["--min-count", "3"], 2, "--min-count must be absent without --exclude overlapping"),
        (&["--exclude", "overlapping", "--min-share", "200 %"], 2, "expected a share from 0 to 1"),
        (&["--suppress", "1"], 2, "1 is not in 2.."),
        (&["--id", "person"], 4, "bought.csv has no column \"person\", which is to be read as the id"),
        (&["--segment", "list"], 4, "bought.csv has no column \"list\""),
        (&["--delimiter", "ø"], 2, "--delimiter must be one ASCII character"),
    ];
    for (options, code, message) in cases {
        let run = overlap(options);
        assert_eq!(run.code(), Some(code), "{options:?}: {}", run.errors());
        assert!(run.errors().contains(message), "{options:?}: {}", run.errors());
        assert!(run.files().is_empty(), "{options:?}");
    }
}

#[test]
fn files_that_cannot_be_used_are_named_and_nothing_written() {
    let cases: [(Files<'_>, &str); 10] = [
        (&[], "cannot read a.csv: "),
        (&[("a.csv", b"")], "a.csv has no header line"),
        (
            &[("a.csv", b"id\n\n"), ("b.csv", b"weight\n7\n")],
            "b.csv: no column is called as the id usually is; say which is with --id COLUMN",
        ),
        (
            &[("a.csv", b"id,x\n,1\n,2\n")],
            "a.csv: none of its 2 rows is an id that counts, first line 2, column 1 (id)",
        ),
        (&[("a.roaring", b"id\n1\n")], "a.roaring: not a set in the Roaring format: "),
        (&[("a.theta", b"id\n1\n")], "a.theta: not a set in the theta sketch format: "),
        (&[("a.csv", b"id\n1\n"), ("a.tsv", b"id\n2\n")], "a.tsv would be the audience \"a\", which a.csv is already"),
        (&[("a.csv", b"id\n1\n"), ("b.theta", b"")], "b.theta is a sketch and a.csv is not"),
        (&[("overlap.json", b"id\n1\n")], "cannot"),
        (&[("a.csv", b"id\n1\n"), ("out", b"")], "cannot write"),
    ];
    for (files, message) in cases {
        let inputs: Vec<&str> = files.iter().map(|(name, _)| *name).filter(|name| *name != "out").collect();
        let inputs = if inputs.is_empty() { vec!["a.csv"] } else { inputs };
        let out = if inputs == ["overlap.json"] { "." } else { "out" };
        let given: Vec<&str> = ["overlap", "--out", out].into_iter().chain(inputs).collect();
        let run = Run::with_files(files, &given, &[]);
        assert!(matches!(run.code(), Some(4 | 5)), "{message}: {:?} {}", run.code(), run.errors());
        let in_the_way = message == "cannot" && run.errors().contains("would be written over");
        assert!(in_the_way || run.errors().contains(message), "{message}: {}", run.errors());
        assert!(run.files().is_empty(), "{message}");
    }
}

#[test]
fn an_audience_without_members_is_one() {
    let files: [(&str, &[u8]); 2] = [("a.csv", b"id\n"), ("b.csv", b"id\n1\n")];
    let run = Run::with_files(&files, &["overlap", "a.csv", "b.csv", "--out", "out"], &[]);
    let json = run.read("overlap.json");
    assert_eq!((&json["sets"][0]["size"], &json["pairs"][0]["share_of_a"]), (&0.into(), &Value::Null));
    let line = &table(&run, "exclusions.csv")[0];
    assert_eq!(line["reason"], "a has higher priority. Nobody of b is in it today; tomorrow somebody may be.");
    let run = Run::with_files(&files, &["overlap", "a.csv", "--segment", "id", "--out", "out"], &[]);
    assert_eq!(run.code(), Some(4));
    assert!(run.errors().contains("none of its 0 rows is an id that counts"), "{}", run.errors());
    assert_eq!(Run::with_files(&files, &["overlap", "--out", "out"], &[]).code(), Some(2));
}

#[test]
fn the_order_of_the_rows_changes_nothing() {
    let rows: Vec<String> = (0..3_000_u64).map(|id| format!("{},{}\n", id * 7_919 % 1_000, id % 7)).collect();
    let of = |rows: &mut dyn Iterator<Item = &String>| {
        let text: String = std::iter::once("id,list\n").chain(rows.map(String::as_str)).collect();
        let given = ["overlap", "all.csv", "--segment", "list", "--out", "out", "--order", "0,1,2,3,4,5,6"];
        Run::with_files(&[("all.csv", text.as_bytes())], &given, &[])
    };
    let (one, other) = (of(&mut rows.iter()), of(&mut rows.iter().rev()));
    for file in ["overlap.html", "overlap.json", "exclusions.csv", "pairs.csv"] {
        assert_eq!(one.file(file), other.file(file), "{file}");
        assert!(!one.file(file).is_empty(), "{}", one.errors());
    }
}
