//! The command `styring names lint`.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use styring_segments::Language;
use styring_segments::naming::{Fix, LintReport, LintedName, Near, PlatformLimits, Scheme, SchemeSpec};

use crate::Error;
use crate::csv_text::Table;
use crate::job::{Job, say};
use crate::source::{self, NameSpec};
use crate::write::{Pending, publish};

/// What the command was asked to do.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Request {
    /// The names; `-` for standard input.
    pub names: PathBuf,
    /// How they are written.
    pub spec: NameSpec,
    /// The scheme, in TOML or JSON; the one that comes with the program if absent.
    pub scheme: Option<PathBuf>,
    /// Limits of platforms beside those that come with the program, in TOML or JSON.
    pub limits: Option<PathBuf>,
    /// The platforms the names are for.
    pub platforms: Vec<String>,
    /// The language of messages.
    pub language: Language,
    /// Where to write `names.csv` and `names.json`; nowhere if absent.
    pub out: Option<PathBuf>,
    /// Print nothing but errors.
    pub quiet: bool,
}

/// Lints a list of names, prints what is to be done, and writes `names.csv` and `names.json`, both or none, if there is a folder to write to.
///
/// # Errors
/// [`Error::Names`] if a name cannot be used, once everything has been printed and written; see [`Error`] for the rest, when nothing has been.
pub fn run(request: &Request) -> Result<(), Error> {
    let scheme = match &request.scheme {
        Some(path) => settings::<Scheme>(path)?,
        None => SchemeSpec::norsk().scheme()?,
    };
    let limits = limits(request)?;
    let here = Path::new("");
    let out = request.out.as_deref();
    let job = Job { input: &request.names, out: out.unwrap_or(here), strict: true, quiet: request.quiet };
    if out.is_some() {
        job.check_outputs(&["names.csv", "names.json"])?;
    }
    let (names, _) = job.read(|input, name, _| source::read_names(input, name, &request.spec))?;
    let report = scheme.lint(names, &limits);
    let mut files = Vec::new();
    if let Some(out) = out {
        files.push(Pending::with(out, "names.csv", &csv(&report, request.language)?)?);
        let json = serde_json::to_string_pretty(&report).map_err(|fault| Error::Report(fault.to_string()))?;
        files.push(Pending::with(out, "names.json", &(json + "\n"))?);
    }
    let written: Vec<PathBuf> = files.iter().map(|file| file.path().to_owned()).collect();
    publish(files)?;
    if !request.quiet {
        say(&printed(&report, request.language));
        for path in written {
            say(&format!("wrote {}\n", path.display()));
        }
    }
    if report.ok() {
        return Ok(());
    }
    let refused = report.summary.refused_by_platform + report.shared_platform_names.len();
    Err(Error::Names { names: report.summary.names, invalid: report.summary.invalid, refused })
}

fn limits(request: &Request) -> Result<PlatformLimits, Error> {
    let mut limits = PlatformLimits::bundled()?;
    if let Some(path) = &request.limits {
        for limit in settings::<LimitFile>(path)?.limits.iter() {
            limits = limits
                .with(limit.clone())
                .map_err(|fault| Error::Settings { path: path.clone(), fault: fault.to_string() })?;
        }
    }
    let chosen = limits.only(request.platforms.iter().map(String::as_str));
    chosen.map_err(|_| Error::Option {
        option: "--platform",
        expected: "a platform the program has limits of (dv360_line_item, gam_value, …) or one of --limits, each once",
        value: request.platforms.join(","),
    })
}

/// A file of limits.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitFile {
    limits: PlatformLimits,
}

/// A file of settings, in JSON if it is named so and otherwise in TOML.
pub(crate) fn settings<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let fault = |fault: &dyn ToString| Error::Settings { path: path.to_owned(), fault: fault.to_string() };
    let text = std::fs::read_to_string(path).map_err(|unreadable| fault(&unreadable))?;
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        serde_json::from_str(&text).map_err(|wrong| fault(&wrong))
    } else {
        toml::from_str(&text).map_err(|wrong| fault(&wrong))
    }
}

/// One line per name, in the order of the file.
fn csv(report: &LintReport, language: Language) -> Result<String, Error> {
    let mut table = Table::new(&["line", "name", "state", "canonical", "codes", "messages", "refused_by"])?;
    for name in &report.names {
        let (codes, messages): (Vec<_>, Vec<_>) =
            name.diagnostics.iter().map(|wrong| (wrong.code().as_str(), wrong.message_in(language))).unzip();
        let refused: Vec<&str> = name.platforms.iter().map(|finding| finding.platform.as_str()).collect();
        let canonical = name.canonical.as_deref().unwrap_or_default();
        table.row(&[
            &name.id,
            &name.text,
            state(name),
            canonical,
            &codes.join(" "),
            &messages.join("; "),
            &refused.join(" "),
        ])?;
    }
    table.finish()
}

fn state(name: &LintedName) -> &'static str {
    match (&name.canonical, name.diagnostics.is_empty()) {
        (None, _) => "invalid",
        (Some(_), true) => "clean",
        (Some(_), false) => "mended",
    }
}

/// Every name that is not clean with what to write instead, names that are nearly one, and how much of what.
fn printed(report: &LintReport, language: Language) -> String {
    let mut text = String::new();
    let english = language == Language::English;
    for name in report.names.iter().filter(|name| !name.clean()) {
        let _ = writeln!(text, "{:>5}  {}", name.id, shown(&name.text));
        for wrong in &name.diagnostics {
            let _ = writeln!(text, "       {}: {}", wrong.code(), wrong.message_in(language));
        }
        for finding in &name.platforms {
            for wrong in &finding.diagnostics {
                let _ =
                    writeln!(text, "       {} ({}): {}", wrong.code(), finding.platform, wrong.message_in(language));
                if let Some(Fix::Name(fix) | Fix::Part(fix)) = wrong.fix() {
                    let _ = writeln!(text, "       → {}: {fix}", finding.platform);
                }
            }
        }
        let whole = name.canonical.as_deref().filter(|canonical| *canonical != name.text);
        let proposed = name.diagnostics.iter().find_map(|wrong| match wrong.fix() {
            Some(Fix::Name(whole)) if name.canonical.is_none() => Some(whole.as_str()),
            _ => None,
        });
        if let Some(instead) = whole.or(proposed) {
            let _ = writeln!(text, "       → {instead}");
        }
    }
    let place = |member: &usize| {
        report.names.get(*member).map_or_else(String::new, |name| format!("{} {}", name.id, shown(&name.text)))
    };
    for near in &report.near_duplicates {
        let members: Vec<String> = near.members.iter().map(place).collect();
        let _ = writeln!(text, "{}: {}", reason(near.reason, english), members.join(" | "));
    }
    for shared in &report.shared_platform_names {
        let (short, first, second) = (&shared.short, &shared.first, &shared.second);
        let _ = writeln!(text, "{}: {short} = {first} = {second}", shared.platform);
    }
    let told = &report.summary;
    let words = if english {
        ["names", "clean", "mended", "not usable", "refused by a platform", "near duplicates"]
    } else {
        ["navn", "i orden", "rettet", "ubrukelige", "avvist av en plattform", "nesten like"]
    };
    let mended = report.names.iter().filter(|name| state(name) == "mended").count();
    let counts = [told.names, told.clean, mended, told.invalid, told.refused_by_platform, told.near_duplicates];
    let said: Vec<String> = counts.iter().zip(words).map(|(count, word)| format!("{count} {word}")).collect();
    let _ = writeln!(text, "{} {}: {}", report.scheme, report.version, said.join(", "));
    text
}

/// Why two names are nearly one.
pub(crate) fn reason(near: Near, english: bool) -> &'static str {
    match (near, english) {
        (Near::SameName, true) => "one name",
        (Near::SameName, false) => "samme navn",
        (Near::SameKey, true) => "one name but for case and marks",
        (Near::SameKey, false) => "samme navn på store og små bokstaver og tegn nær",
        (Near::SameWindow, true) => "one window in other words",
        (Near::SameWindow, false) => "samme tidsvindu med andre ord",
        (Near::OneEdit, true) => "one letter apart",
        (Near::OneEdit, false) => "én bokstav fra hverandre",
        (Near::OtherOrder, true) => "the same parts in another order",
        (Near::OtherOrder, false) => "samme deler i en annen rekkefølge",
        (_, true) => "nearly one",
        (_, false) => "nesten like",
    }
}

/// A terminal obeys control characters, and does not show invisible ones.
fn shown(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
