//! Loading and running reference cases.
//!
//! A file is `{"source", "notes", …, "cases": [{"id"?, "kind"?, "input", "expected", "tolerance"}]}`. A `kind` is read as a key of the input. The tolerance is `"exact"`, `0` or `{"abs", "rel", "f64_rel"?}`; a
//! number passes when `|got − expected| ≤ abs + rel·|expected|`. `rel` holds for exact types, `f64_rel` (else `rel`) for floating point; a `note` decides nothing. A tolerance may also be given
//! by quantity, `{"log_likelihood": {"abs", "rel"}, "params": {"r": {…}}}`; the check of `params.r` then takes its own. `{"abs", "rel", "fields": {"n": {…}}}` has a tolerance for all and others
//! for some. `{"response_rel", "response_abs"}` is the tolerance of `response`; words in the place of a number decide nothing, what they speak of is exact.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use styring_money::Exact;

use crate::owners::{Owned, register};

/// The folder of cases: `$STYRING_REFERENCE`, else the testkit's own copy.
pub fn folder() -> PathBuf {
    std::env::var_os("STYRING_REFERENCE")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("reference"), PathBuf::from)
}

/// One reference file that a crate owns.
#[derive(Debug)]
pub struct Reference(Owned);

impl Reference {
    /// The file `AREA/FILE.json`.
    ///
    /// # Panics
    /// If the register knows no such file with an owner.
    pub fn new(area: &str, file: &str) -> Self {
        let known =
            register().into_iter().find(|owned| owned.area == area && owned.file == file && owned.owner.is_some());
        match known {
            Some(owned) => Self(owned),
            None => panic!("reference {area}/{file} has no owner in the register"),
        }
    }

    /// Where the file lies; `None` for cases read in place where their folder is absent.
    fn path(&self) -> Option<PathBuf> {
        let name = Path::new(self.0.area).join(format!("{}.json", self.0.file));
        let path = folder().join(&name);
        if path.is_file() || !self.0.in_place {
            return Some(path);
        }
        let path = crate::data::shared().join("reference").join(name);
        path.is_file().then_some(path)
    }

    /// The file `name` in the folder of the cases; `None` where that is absent.
    pub fn beside(&self, name: &str) -> Option<PathBuf> {
        Some(self.path()?.with_file_name(name))
    }

    /// Runs every case and prints `reference AREA/FILE: N cases`.
    ///
    /// Input and expectation are read into `I` and `E`; give these `#[serde(deny_unknown_fields)]`, so that an unknown kind or field is a deviation.
    ///
    /// # Panics
    /// If the file is missing, unreadable or without cases, if an id repeats, or, after all cases have run, if any deviated.
    pub fn run<I, E>(&self, mut check: impl FnMut(I, E, &mut Check))
    where
        I: DeserializeOwned,
        E: DeserializeOwned,
    {
        let name = format!("{}/{}", self.0.area, self.0.file);
        let Some(path) = self.path() else {
            println!("reference {name}: skipped: no data");
            return;
        };
        let cases = cases(&path).unwrap_or_else(|fault| panic!("reference {name}: {fault}"));
        let mut deviations = Vec::new();
        for case in &cases {
            let mut case_check =
                Check { case: case.id.clone(), tolerance: case.tolerance.clone(), deviations: Vec::new() };
            match (read_text::<I>(&case.input), read::<E>(&case.expected)) {
                (Ok(input), Ok(expected)) => check(input, expected, &mut case_check),
                (Err(fault), _) | (_, Err(fault)) => case_check.fail(fault),
            }
            deviations.append(&mut case_check.deviations);
        }
        println!("reference {name}: {} cases", cases.len());
        assert!(deviations.is_empty(), "reference {name}: {} deviations\n{}", deviations.len(), deviations.join("\n"));
    }
}

struct Case {
    id: String,
    /// As written, so that a type which minds the order of keys sees it.
    input: String,
    expected: Value,
    tolerance: Tolerance,
}

#[derive(Debug, Clone)]
struct Tolerance {
    every: Bound,
    /// By quantity, where the file has them apart.
    named: BTreeMap<String, Bound>,
}

#[derive(Debug, Clone, Copy)]
struct Bound {
    abs: f64,
    rel: f64,
    f64_rel: f64,
}

/// The ids of a file's cases; a case without one is named by its place.
///
/// # Errors
/// Says what is wrong with the file.
pub fn ids(path: &Path) -> Result<Vec<String>, String> {
    Ok(cases(path)?.into_iter().map(|case| case.id).collect())
}

fn cases(path: &Path) -> Result<Vec<Case>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut file: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let list = match file.get_mut("cases").map(Value::take) {
        Some(Value::Array(list)) if !list.is_empty() => list,
        _ => return Err("no cases".to_owned()),
    };
    let written: Written = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let cases: Vec<Case> = list
        .into_iter()
        .zip(&written.cases)
        .enumerate()
        .map(|(index, (case, written))| read_case(case, written, format!("{stem}#{index}")))
        .collect::<Result<_, _>>()?;
    let mut seen = BTreeSet::new();
    match cases.iter().find(|case| !seen.insert(&case.id)) {
        Some(case) => Err(format!("id {} repeats", case.id)),
        None => Ok(cases),
    }
}

/// The inputs of a file as they are written.
#[derive(serde::Deserialize)]
struct Written<'a> {
    #[serde(borrow)]
    cases: Vec<WrittenCase<'a>>,
}

#[derive(serde::Deserialize)]
struct WrittenCase<'a> {
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

fn read_case(case: Value, written: &WrittenCase, place: String) -> Result<Case, String> {
    /// Keys that inform and decide nothing.
    const INFORMATION: [&str; 4] = ["peer", "package", "exact", "published"];
    let Value::Object(mut case) = case else {
        return Err(format!("{place} is not an object"));
    };
    let id = case.remove("id").map_or(Ok(place), |id| read::<String>(&id))?;
    let mut take = |key| case.remove(key).ok_or_else(|| format!("{id} has no {key}"));
    let (_, expected) = (take("input")?, take("expected")?);
    let input = written.input.map_or("null", RawValue::get);
    let tolerance = read_tolerance(&take("tolerance")?).map_err(|e| format!("{id}: {e}"))?;
    // A kind beside the input decides what the input means: it becomes a part of it.
    let input = match (case.remove("kind"), input.strip_prefix('{')) {
        (None, _) => input.to_owned(),
        (Some(kind), Some(rest)) if rest.trim_start().starts_with('}') => format!("{{\"kind\":{kind}{rest}"),
        (Some(kind), Some(rest)) => format!("{{\"kind\":{kind},{rest}"),
        (Some(_), None) => return Err(format!("{id} has a kind, and an input that is no object")),
    };
    match case.keys().find(|key| !INFORMATION.contains(&key.as_str())) {
        Some(key) => Err(format!("{id}: unknown key {key}")),
        None => Ok(Case { id, input, expected, tolerance }),
    }
}

fn read_tolerance(value: &Value) -> Result<Tolerance, String> {
    const EXACT: Bound = Bound { abs: 0.0, rel: 0.0, f64_rel: 0.0 };
    let exact = Tolerance { every: EXACT, named: BTreeMap::new() };
    match value {
        Value::String(word) if word == "exact" => Ok(exact),
        Value::Number(zero) if zero.as_f64() == Some(0.0) => Ok(exact),
        Value::Object(parts) if parts.values().all(Value::is_object) => {
            let mut tolerance = exact;
            for (name, part) in parts {
                let own = read_tolerance(part)?;
                let inner = own.named.into_iter().map(|(inner, bound)| (format!("{name}.{inner}"), bound));
                tolerance.named.extend(inner);
                tolerance.named.insert(name.clone(), own.every);
            }
            Ok(tolerance)
        }
        Value::Object(parts) => {
            let mut bound = EXACT;
            let named = parts.get("fields").map_or(Ok(exact.clone()), read_tolerance)?.named;
            let mut named = named;
            for (key, value) in parts.iter().filter(|(key, value)| key.as_str() != "fields" && !value.is_string()) {
                let value = value.as_f64().ok_or(format!("tolerance {key}: {value}"))?;
                match key.as_str() {
                    "abs" => bound.abs = value,
                    "rel" => bound.rel = value,
                    "f64_rel" => bound.f64_rel = value,
                    _ => {
                        let (name, relative) = quantity(key).ok_or(format!("unknown tolerance {key}"))?;
                        let own = named.entry(name.to_owned()).or_insert(EXACT);
                        if relative {
                            (own.rel, own.f64_rel) = (value, value);
                        } else {
                            own.abs = value;
                        }
                    }
                }
            }
            if !parts.contains_key("f64_rel") {
                bound.f64_rel = bound.rel;
            }
            Ok(Tolerance { every: bound, named })
        }
        other => Err(format!("unknown tolerance {other}")),
    }
}

/// The quantity in the name of a tolerance, and whether that is relative.
fn quantity(key: &str) -> Option<(&str, bool)> {
    key.strip_suffix("_rel").map(|name| (name, true)).or_else(|| Some((key.strip_suffix("_abs")?, false)))
}

impl Tolerance {
    /// That of the quantity, of the group it stands in (`se_log_params` for `se_log_params.r`), or of all.
    fn of(&self, what: &str) -> Bound {
        let group = what.split('.').next().unwrap_or(what);
        *self.named.get(what).or_else(|| self.named.get(group)).unwrap_or(&self.every)
    }
}

fn read_text<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|fault| fault.to_string())
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    T::deserialize(value).map_err(|fault| fault.to_string())
}

/// Compares what was computed with what was expected, and collects deviations.
#[derive(Debug)]
pub struct Check {
    case: String,
    tolerance: Tolerance,
    deviations: Vec<String>,
}

impl Check {
    /// A deviation in words.
    pub fn fail(&mut self, what: impl std::fmt::Display) {
        self.deviations.push(format!("  {}: {what}", self.case));
    }

    /// Equal in every respect.
    pub fn equal<T: PartialEq + Debug>(&mut self, what: &str, got: &T, expected: &T) {
        if got != expected {
            self.fail(format!("{what}: got {got:?}, expected {expected:?}"));
        }
    }

    /// Within the tolerance of exact types.
    pub fn exact(&mut self, what: &str, got: &Exact, expected: &Exact) {
        let tolerance = self.tolerance.of(what);
        let bound = Exact::try_from(tolerance.abs).and_then(|abs| {
            let rel = Exact::try_from(tolerance.rel)?;
            Ok(&abs + &(&rel * &expected.abs()))
        });
        if bound.is_ok_and(|bound| (got - expected).abs() <= bound) {
            return;
        }
        self.fail(format!("{what}: got {got}, expected {expected}"));
    }

    /// Within the tolerance of floating point, or infinite or undefined alike.
    #[allow(clippy::float_cmp, reason = "infinities are equal or not")]
    pub fn number(&mut self, what: &str, got: Option<f64>, expected: Number) {
        match (got, expected.0) {
            (Some(got), Some(expected)) if expected.is_finite() => self.float(what, got, expected),
            (got, expected) if got == expected => {}
            (got, expected) => self.fail(format!("{what}: got {got:?}, expected {expected:?}")),
        }
    }

    /// As many as expected, each within the tolerance of `f64`.
    pub fn floats(&mut self, what: &str, got: &[f64], expected: &[f64]) {
        self.equal(&format!("length of {what}"), &got.len(), &expected.len());
        for (got, expected) in got.iter().zip(expected) {
            self.float(what, *got, *expected);
        }
    }

    /// Within the tolerance of floating point. A result that is not finite deviates.
    pub fn float(&mut self, what: &str, got: f64, expected: f64) {
        let tolerance = self.tolerance.of(what);
        let bound = tolerance.abs + tolerance.f64_rel * expected.abs();
        // Written so that NaN fails.
        let within = (got - expected).abs() <= bound;
        if !within {
            self.fail(format!("{what}: got {got:e}, expected {expected:e}"));
        }
    }
}

/// A number of a reference case that may be infinite, written `"inf"` or `"-inf"`, or undefined, written `null`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number(pub Option<f64>);

impl<'de> serde::Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Null => Ok(Self(None)),
            Value::String(word) if word == "inf" => Ok(Self(Some(f64::INFINITY))),
            Value::String(word) if word == "-inf" => Ok(Self(Some(f64::NEG_INFINITY))),
            value => value
                .as_f64()
                .map(|number| Self(Some(number)))
                .ok_or_else(|| serde::de::Error::custom(format!("{value} is no number"))),
        }
    }
}

/// A JSON number or string as an exact decimal, by its shortest form: `0.2` is two tenths, not the binary double beside it.
pub fn decimal(value: &Value) -> Option<Exact> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_i64().map(Exact::from).or_else(|| {
            let text = format!("{}", number.as_f64()?);
            text.parse().ok()
        }),
        _ => None,
    }
}
