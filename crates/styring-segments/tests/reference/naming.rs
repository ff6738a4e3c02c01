//! Names: the files `segments/names_*`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use styring_segments::Error;
use styring_segments::naming::{
    Diagnostic, EventNameRules, Fields, Given, LengthUnit, PlatformLimit, Scheme, SegmentName, Unit, Value, Window,
    event_name, slug,
};
use styring_testkit::reference::Reference;

/// The schemes at the head of a file, read as a user's would be.
fn schemes(file: &str) -> BTreeMap<String, Scheme> {
    #[derive(Deserialize)]
    struct Head {
        schemes: BTreeMap<String, Scheme>,
    }
    let path = styring_testkit::reference::folder().join(format!("segments/{file}.json"));
    let text = std::fs::read_to_string(path).expect("a file");
    serde_json::from_str::<Head>(&text).expect("schemes").schemes
}

static PARSE: LazyLock<BTreeMap<String, Scheme>> = LazyLock::new(|| schemes("names_parse"));
static MISC: LazyLock<BTreeMap<String, Scheme>> = LazyLock::new(|| schemes("names_misc"));
static BUILD: LazyLock<BTreeMap<String, Scheme>> = LazyLock::new(|| schemes("names_build"));

/// A window before it is checked.
#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Ends {
    from: Option<u32>,
    to: u32,
    unit: Unit,
}

impl From<Window> for Ends {
    fn from(window: Window) -> Self {
        Self { from: window.from(), to: window.to(), unit: window.unit() }
    }
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(untagged)]
enum Part {
    Text(String),
    Window(Ends),
}

fn fields(name: &SegmentName) -> BTreeMap<String, Part> {
    let part = |value: &Value| {
        value.window().map_or_else(|| Part::Text(value.to_string()), |window| Part::Window(window.into()))
    };
    name.fields().iter().map(|field| (field.dimension().to_owned(), part(field.value()))).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InScheme {
    /// What the case is about; it decides nothing.
    #[serde(rename = "kind")]
    _kind: String,
    scheme: String,
    text: String,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Finding {
    code: String,
    part: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParseExpected {
    ok: bool,
    canonical: Option<String>,
    fields: Option<BTreeMap<String, Part>>,
    diagnostics: Vec<Finding>,
    suggestions: BTreeMap<String, Vec<String>>,
}

#[test]
fn names_parse() {
    Reference::new("segments", "names_parse").run(|input: InScheme, expected: ParseExpected, check| {
        let Some(scheme) = PARSE.get(&input.scheme) else { return check.fail("no such scheme") };
        let parsed = scheme.parse(&input.text);
        check.equal("ok", &parsed.ok(), &expected.ok);
        check.equal("canonical", &parsed.canonical(), &expected.canonical.as_deref());
        check.equal("fields", &parsed.name().map(fields), &expected.fields);
        let findings: Vec<Finding> = parsed
            .diagnostics()
            .iter()
            .map(|wrong| Finding { code: wrong.code().to_string(), part: wrong.part() })
            .collect();
        check.equal("diagnostics", &findings, &expected.diagnostics);
        let suggestions: BTreeMap<String, Vec<String>> = parsed
            .diagnostics()
            .iter()
            .filter(|wrong| ["E_UNKNOWN_STAGE", "E_UNKNOWN_VALUE"].contains(&wrong.code().as_str()))
            .map(|wrong| {
                let part = wrong.part().expect("a part").to_string();
                (part, wrong.suggestions().map(str::to_owned).collect())
            })
            .collect();
        check.equal("suggestions", &suggestions, &expected.suggestions);
        // What holds beside: the strict parser takes canonical forms and nothing else.
        let strict = scheme.parse_strict(&input.text).ok();
        let own = parsed.canonical() == Some(input.text.as_str());
        check.equal("strict", &strict, &parsed.name().filter(|_| own).cloned());
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BuildInput {
    /// What the case is about; it decides nothing.
    #[serde(rename = "kind")]
    _kind: String,
    scheme: String,
    fields: BTreeMap<String, Part>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BuildExpected {
    ok: bool,
    text: Option<String>,
    codes: Vec<String>,
}

/// A window that cannot be made is given as the text it would have.
fn given(part: Part) -> Given {
    match part {
        Part::Text(text) => Given::Text(text),
        Part::Window(Ends { from, to, unit }) => match Window::new(from, to, unit) {
            Ok(window) => Given::Window(window),
            Err(_) => Given::Text(format!("{}{to} {unit:?}s", from.map(|from| format!("{from}–")).unwrap_or_default())),
        },
    }
}

#[test]
fn names_build() {
    Reference::new("segments", "names_build").run(|input: BuildInput, expected: BuildExpected, check| {
        let Some(scheme) = BUILD.get(&input.scheme) else { return check.fail("no such scheme") };
        let fields: Fields = input.fields.into_iter().map(|(dimension, part)| (dimension, given(part))).collect();
        let built = scheme.build(&fields);
        check.equal("ok", &built.is_ok(), &expected.ok);
        check.equal("text", &built.as_ref().ok().map(SegmentName::as_str), &expected.text.as_deref());
        let codes: Vec<String> = match &built {
            Err(Error::Name(rejected)) => rejected.codes().iter().map(ToString::to_string).collect(),
            Err(other) => return check.fail(other),
            Ok(_) => Vec::new(),
        };
        check.equal("codes", &codes, &expected.codes);
        if let Ok(name) = built {
            check.equal("parsed back", &scheme.parse_strict(name.as_str()).ok(), &Some(name));
        }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowInput {
    /// What the case is about; it decides nothing.
    #[serde(rename = "kind")]
    _kind: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowExpected {
    ok: bool,
    window: Option<Ends>,
    canonical: Option<String>,
    hours: Option<u32>,
}

#[test]
fn names_window() {
    Reference::new("segments", "names_window").run(|input: WindowInput, expected: WindowExpected, check| {
        let window = input.text.parse::<Window>().ok();
        check.equal("ok", &window.is_some(), &expected.ok);
        check.equal("window", &window.map(Ends::from), &expected.window);
        check.equal("canonical", &window.map(|window| window.to_string()), &expected.canonical);
        check.equal("hours", &window.and_then(|window| window.hours()), &expected.hours);
    });
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum MiscInput {
    Slug { text: String },
    Collide { scheme: String, texts: Vec<String> },
    Event { name: String },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum MiscExpected {
    Slug(SlugExpected),
    Collide(CollideExpected),
    Event(EventExpected),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SlugExpected {
    slug: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CollideExpected {
    groups: Vec<Vec<usize>>,
    invalid: Vec<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventExpected {
    ok: bool,
    codes: Vec<String>,
    fixed: Option<String>,
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|wrong| wrong.code().to_string()).collect()
}

#[test]
fn names_misc() {
    Reference::new("segments", "names_misc").run(|input: MiscInput, expected: MiscExpected, check| {
        match (input, expected) {
            (MiscInput::Slug { text }, MiscExpected::Slug(expected)) => {
                check.equal("slug", &slug(text.split(" – ")), &expected.slug);
            }
            (MiscInput::Collide { scheme, texts }, MiscExpected::Collide(expected)) => {
                let Some(scheme) = MISC.get(&scheme) else { return check.fail("no such scheme") };
                let collisions = scheme.collide(&texts);
                check.equal("groups", &collisions.groups, &expected.groups);
                check.equal("invalid", &collisions.invalid, &expected.invalid);
            }
            (MiscInput::Event { name }, MiscExpected::Event(expected)) => {
                let found = EventNameRules::default().check(&name);
                check.equal("ok", &found.is_empty(), &expected.ok);
                check.equal("codes", &codes(&found), &expected.codes);
                check.equal("fixed", &event_name(&name), &expected.fixed);
            }
            _ => check.fail("another kind of answer is expected than is asked for"),
        }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlatformInput {
    /// What the case is about; it decides nothing.
    #[serde(rename = "kind")]
    _kind: String,
    text: String,
    limit: usize,
    unit: LengthUnit,
    forbidden_chars: String,
    platform: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlatformExpected {
    ok: bool,
    length: usize,
    codes: Vec<String>,
    forbidden: Vec<char>,
    shortened: Option<String>,
}

#[test]
fn names_platform() {
    Reference::new("segments", "names_platform").run(|input: PlatformInput, expected: PlatformExpected, check| {
        let limit = PlatformLimit::new(input.platform, input.limit, input.unit).expect("a limit");
        let limit = limit.forbidding(input.forbidden_chars);
        let fit = limit.check(&input.text);
        check.equal("ok", &fit.ok(), &expected.ok);
        check.equal("length", &fit.length, &expected.length);
        check.equal("codes", &codes(&fit.diagnostics), &expected.codes);
        check.equal("forbidden", &fit.forbidden, &expected.forbidden);
        check.equal("shortened", &limit.shorten(&input.text), &expected.shortened);
    });
}
