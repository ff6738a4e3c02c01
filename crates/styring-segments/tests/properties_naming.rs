//! Laws of names: what is built comes back, what is mended stays mended, and nothing panics.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use styring_segments::Error;
use styring_segments::naming::{
    Code, Dimension, Entry, EventNameRules, Fields, LengthUnit, LintRow, PlatformLimit, PlatformLimits, Register,
    Scheme, SchemeSpec, Severity, Unit, Window, event_name, fold, slug,
};

/// Letters of all kinds, signs, dashes, spaces, marks, and what is invisible.
fn any_char() -> impl Strategy<Value = char> {
    prop_oneof![
        6 => prop::char::range('a', 'z'),
        2 => select(" -–—_|.,%&/()'~".chars().collect::<Vec<_>>()),
        2 => select("æøåÆØÅéüßİΣςÖ0179½ﬁKÅ".chars().collect::<Vec<_>>()),
        1 => select(vec!['\u{a0}', '\t', '\n', '\u{ad}', '\u{200b}', '\u{200d}', '\u{feff}', '\u{301}', '\u{30a}', '\u{338}', '\u{2028}', '\u{85}', '\0', '\u{1b}', '\u{2000}', '\u{212b}']),
        1 => any::<char>(),
    ]
}

fn any_text() -> impl Strategy<Value = String> {
    prop::collection::vec(any_char(), 0..40).prop_map(|chars| chars.into_iter().collect())
}

/// Words as a value of a vocabulary may have them.
fn label() -> impl Strategy<Value = String> {
    "[A-ZÆØÅa-zæøå0-9][a-zæøå0-9%&/’–-]{0,7}( [a-zæøå0-9]{1,6}){0,2}"
}

fn window() -> impl Strategy<Value = Window> {
    let unit = select(vec![Unit::Hour, Unit::Day, Unit::Week, Unit::Month]);
    (unit, any::<Index>(), prop::option::of(any::<Index>())).prop_map(|(unit, to, from)| {
        let to = 1 + to.index(unit.longest() as usize);
        let from = from.map(|from| u32::try_from(from.index(to)).unwrap());
        Window::new(from, u32::try_from(to).unwrap(), unit).unwrap()
    })
}

fn separator() -> impl Strategy<Value = String> {
    select(vec![" – ", " - ", " — ", " --- ", " | ", " · ", " // ", "_", "|", ";", "/"]).prop_map(str::to_owned)
}

/// A scheme of a few stages and dimensions; drawn again until it holds.
fn scheme() -> impl Strategy<Value = Scheme> {
    let values = || prop::collection::vec((label(), prop::collection::vec(label(), 0..2)), 1..5);
    let template = (any::<Index>(), 1_usize..3, 0_usize..3);
    let drawn = (separator(), values(), values(), values(), prop::collection::vec(template, 5), 1_usize..30);
    drawn.prop_filter_map("a scheme that holds", |(separator, stages, geo, trigger, templates, max_chars)| {
        let vocabulary = |values: &[(String, Vec<String>)]| {
            Dimension::vocab(values.iter().map(|(label, aliases)| {
                aliases.iter().fold(Entry::new(label.as_str()), |entry, alias| entry.alias(alias.as_str()))
            }))
        };
        let mut spec = SchemeSpec::new("drawn")
            .separator(separator)
            .dimension("stage", vocabulary(&stages))
            .dimension("geo", vocabulary(&geo))
            .dimension("trigger", vocabulary(&trigger))
            .dimension("theme", Dimension::text(max_chars))
            .dimension("note", Dimension::any_text())
            .dimension("window", Dimension::Window);
        for ((stage, _), (first, required, optional)) in stages.iter().zip(templates) {
            let dimensions = ["geo", "trigger", "theme", "note", "window"];
            let start = first.index(dimensions.len());
            let around = || dimensions.iter().cycle().skip(start).copied();
            spec = spec.template(stage, around().take(required), around().skip(required).take(optional));
        }
        spec.scheme().ok()
    })
}

/// Fields for some template of the scheme, most of which make a name.
fn fields(scheme: &Scheme, draws: &Draws) -> Fields {
    let stages: Vec<&str> = scheme.labels("stage").unwrap().collect();
    let stage = *draws.stage.get(&stages);
    let (required, optional) = scheme.template(stage).unwrap();
    let count = draws.optional.index(optional.len() + 1);
    let mut fields = Fields::new().with("stage", stage);
    for (at, dimension) in required.iter().chain(optional.iter().take(count)).enumerate() {
        fields = match *dimension {
            "window" => fields.with("window", draws.window),
            "theme" | "note" => fields.with(*dimension, draws.texts[at].as_str()),
            _ => {
                let labels: Vec<&str> = scheme.labels(dimension).unwrap().collect();
                fields.with(*dimension, *draws.labels[at].get(&labels))
            }
        };
    }
    fields
}

#[derive(Debug, Clone)]
struct Draws {
    stage: Index,
    optional: Index,
    window: Window,
    labels: Vec<Index>,
    texts: Vec<String>,
}

fn draws() -> impl Strategy<Value = Draws> {
    let text = prop_oneof![3 => label(), 1 => any_text()];
    let labels = prop::collection::vec(any::<Index>(), 5);
    (any::<Index>(), any::<Index>(), window(), labels, prop::collection::vec(text, 5))
        .prop_map(|(stage, optional, window, labels, texts)| Draws { stage, optional, window, labels, texts })
}

/// A name that was built is parsed to itself, by both parsers, and can be built again. Whether there was one.
fn comes_back(scheme: &Scheme, draws: &Draws) -> Result<bool, TestCaseError> {
    let name = match scheme.build(&fields(scheme, draws)) {
        Ok(name) => name,
        Err(Error::Name(rejected)) => {
            prop_assert!(!rejected.diagnostics().is_empty());
            return Ok(false);
        }
        Err(other) => return Err(TestCaseError::fail(other.to_string())),
    };
    let strict = scheme.parse_strict(name.as_str()).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(strict.fields(), name.fields());
    let parsed = scheme.parse(name.as_str());
    prop_assert_eq!(parsed.canonical(), Some(name.as_str()));
    prop_assert_eq!(parsed.diagnostics(), &[]);
    prop_assert_eq!(scheme.build(&Fields::from(&strict)).ok(), Some(name));
    Ok(true)
}

/// What was mended needs no mending, and is said only once to be wrong.
fn stays_mended(scheme: &Scheme, text: &str) -> Result<(), TestCaseError> {
    let parsed = scheme.parse(text);
    let errors = parsed.diagnostics().iter().filter(|wrong| wrong.severity() == Severity::Error).count();
    prop_assert_eq!(parsed.ok(), errors == 0);
    let places: Vec<_> = parsed.diagnostics().iter().map(|wrong| (wrong.part(), wrong.code())).collect();
    prop_assert!(places.is_sorted());
    prop_assert_eq!(places.iter().collect::<BTreeSet<_>>().len(), places.len());
    prop_assert!(parsed.diagnostics().iter().all(|wrong| !wrong.message().is_empty()));
    if let Some(canonical) = parsed.canonical() {
        let again = scheme.parse(canonical);
        prop_assert_eq!(again.canonical(), Some(canonical));
        prop_assert_eq!(again.diagnostics(), &[]);
        prop_assert_eq!(again.fields(), parsed.fields());
    }
    let own = parsed.canonical() == Some(text);
    prop_assert_eq!(scheme.parse_strict(text).is_ok(), own);
    Ok(())
}

proptest! {
    #[test]
    fn built_names_come_back(scheme in scheme(), draws in draws()) {
        comes_back(&scheme, &draws)?;
    }

    #[test]
    fn any_text_is_read_and_stays_mended(scheme in scheme(), text in any_text()) {
        stays_mended(&scheme, &text)?;
        stays_mended(&SchemeSpec::norsk().scheme().unwrap(), &text)?;
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        stays_mended(&SchemeSpec::norsk().scheme().unwrap(), &String::from_utf8_lossy(&bytes))?;
    }

    /// Damage that has one meaning is mended to the name it came from.
    #[test]
    fn damaged_names_are_mended(draws in draws(), dash in select(vec!["-", "--", "—", "−", "‐"]), wide in any::<bool>(), upper in any::<bool>(), invisible in any::<Index>()) {
        let scheme = SchemeSpec::norsk().scheme().unwrap();
        let Ok(name) = scheme.build(&fields(&scheme, &draws)) else { return Ok(()) };
        let free = name.text("theme");
        let mut damaged = name.as_str().replace(" – ", &format!(" {dash} "));
        if wide {
            damaged = format!("\u{a0}{}\r\n", damaged.replace(' ', "  "));
        }
        // Free text keeps its case, and some letters have no way back.
        if upper && free.is_none() {
            damaged = damaged.to_uppercase();
        }
        let at = damaged.char_indices().map(|(at, _)| at).nth(invisible.index(damaged.chars().count())).unwrap();
        damaged.insert(at, '\u{200b}');
        let parsed = scheme.parse(&damaged);
        prop_assert_eq!(parsed.canonical(), Some(name.as_str()), "{:?} {:?}", damaged, parsed.diagnostics());
        prop_assert!(parsed.diagnostics().iter().any(|wrong| wrong.code() == Code::Invisible));
    }

    #[test]
    fn windows_are_read_as_they_are_written(window in window(), other in window(), third in window()) {
        prop_assert_eq!(window.to_string().parse::<Window>().ok(), Some(window));
        prop_assert_eq!(window.english().to_string().parse::<Window>().ok(), Some(window));
        prop_assert_eq!(window.contains(&window), Some(true));
        prop_assert_eq!(window.same_length(&other), other.same_length(&window));
        if window.same_length(&other) {
            prop_assert_eq!(window.contains(&other), Some(true));
        }
        if window.contains(&other) == Some(true) && other.contains(&third) == Some(true) {
            prop_assert_ne!(window.contains(&third), Some(false));
        }
        if window.contains(&other) == Some(true) && other.contains(&window) == Some(true) && window.hours().is_some() && other.hours().is_some() {
            prop_assert!(window.same_length(&other));
        }
    }

    /// What a platform is given fits, and leads back.
    #[test]
    fn platform_names_fit_and_lead_back(texts in prop::collection::vec(any_text(), 1..6), limit in 1_usize..60, unit in select(vec![LengthUnit::Utf8Bytes, LengthUnit::Scalars, LengthUnit::Utf16]), forbidden in "[ ~_().a-c-]{0,5}") {
        let platform = PlatformLimit::new("p", limit, unit).unwrap().forbidding(forbidden);
        let mut register = Register::new();
        for text in &texts {
            if let Some(short) = platform.shorten(text) {
                prop_assert!(unit.length(&short) <= limit);
            }
            if let Ok(short) = register.add(&platform, text) {
                prop_assert!(platform.check(&short).ok(), "{}", short);
                prop_assert_eq!(register.whole("p", &short), Some(text.as_str()));
                prop_assert_eq!(register.add(&platform, text).ok(), Some(short));
            }
            prop_assert_eq!(platform.check(text).ok(), platform.acceptable(text).as_deref() == Some(text.as_str()));
        }
    }

    /// Merging is associative and commutative, and an empty register changes nothing.
    #[test]
    fn registers_merge(names in prop::collection::vec((0_usize..3, "[ab]{1,3}"), 0..9)) {
        let limit = |at: usize| PlatformLimit::new(format!("p{at}"), 10, LengthUnit::Scalars).unwrap();
        let mut parts = [Register::new(), Register::new(), Register::new()];
        for (at, name) in &names {
            parts[at % 3].add(&limit(*at), name).unwrap();
        }
        let merged = |order: [usize; 3]| {
            let mut all = Register::new();
            order.iter().try_for_each(|at| all.merge(parts[*at].clone())).unwrap();
            all
        };
        prop_assert_eq!(merged([0, 1, 2]), merged([2, 1, 0]));
        let mut right = parts[1].clone();
        right.merge(parts[2].clone()).unwrap();
        let mut left = parts[0].clone();
        left.merge(right).unwrap();
        prop_assert_eq!(left, merged([0, 1, 2]));
    }

    #[test]
    fn keys_slugs_and_events_are_their_own(text in any_text()) {
        // A mark above æ or ø hides them from being spelled out.
        let folded = fold(&text);
        prop_assert!(folded.contains(['æ', 'ø']) || fold(&folded) == folded);
        if let Some(slug_once) = slug([text.as_str()]) {
            prop_assert_eq!(slug([slug_once.as_str()]), Some(slug_once.clone()));
        }
        let rules = EventNameRules { max_chars: usize::MAX, ..EventNameRules::default() };
        rules.check(&text);
        if let Some(fixed) = event_name(&text) {
            prop_assert_eq!(event_name(&fixed), Some(fixed.clone()));
            prop_assert!(rules.check(&fixed).iter().all(|wrong| wrong.code() != Code::Format));
        }
    }

    /// A report counts every row once, and its groups have each their two members at least.
    #[test]
    fn reports_add_up(texts in prop::collection::vec(prop_oneof![any_text(), select(vec!["Prospect – Sko – Oslo".to_owned(), "rt - kjøpt - 7d".to_owned(), "Retarget – Kjøpt – 1 uke".to_owned()])], 0..12)) {
        let scheme = SchemeSpec::norsk().scheme().unwrap();
        let report = scheme.lint(LintRow::numbered(texts.clone()), &PlatformLimits::bundled().unwrap());
        prop_assert_eq!(report.names.len(), texts.len());
        prop_assert!(report.summary.clean + report.summary.warned + report.summary.invalid <= texts.len());
        for group in &report.near_duplicates {
            prop_assert!(group.members.len() > 1 && group.members.is_sorted() && group.members.iter().all(|at| *at < texts.len()));
        }
        let collisions = scheme.collide(&texts);
        prop_assert_eq!(collisions.invalid.len(), report.summary.invalid);
        prop_assert_eq!(scheme.lint(LintRow::numbered(texts), &PlatformLimits::bundled().unwrap()), report);
    }
}

#[test]
fn suggestions_are_near() {
    let scheme = SchemeSpec::norsk().scheme().unwrap();
    for (word, expected) in [
        ("Olso", vec!["Oslo"]),
        ("Tromso", vec!["Tromsø", "Troms"]),
        ("Aalesund", vec!["Ålesund"]),
        ("Vestlan", vec!["Vestland"]),
        ("Vestfolt", vec!["Vestfold"]),
        ("N", vec!["Hele Norge"]),
        ("Paris", vec![]),
    ] {
        assert_eq!(scheme.suggest("geo", word), expected, "{word}");
    }
}

/// `cargo test --release -p styring-segments --test properties_naming -- --ignored`: a million names of over a thousand schemes.
#[test]
#[ignore = "a million names take two minutes"]
fn a_million_names_come_back() {
    let mut runner = TestRunner::deterministic();
    let (mut built, mut schemes) = (0_u32, 0);
    while built < 1_000_000 {
        let scheme = scheme().new_tree(&mut runner).unwrap().current();
        schemes += 1;
        for _ in 0..1000 {
            let draws = draws().new_tree(&mut runner).unwrap().current();
            built += u32::from(comes_back(&scheme, &draws).unwrap());
        }
    }
    println!("{built} names of {schemes} schemes");
}
