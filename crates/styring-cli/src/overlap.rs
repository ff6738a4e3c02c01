//! The command `styring overlap`.

use std::path::{Path, PathBuf};

use styring_report::OverlapReport;
use styring_report::overlap::{Overlap, OverlapSpec};
use styring_segments::Language;
use styring_segments::exclusions::PlanOptions;
use styring_segments::naming::{LintReport, LintRow, PlatformLimits, Scheme, SchemeSpec};

use crate::job::Job;
use crate::names::{reason, settings};
use crate::source::MemberSpec;
use crate::write::Pending;
use crate::{Error, sources};
use lists::Lists;
use priority::Priority;

mod json;
pub(crate) mod lists;
mod priority;
mod tables;

/// What the command was asked to do.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Request {
    /// The audiences: tables of ids, bitmaps (`.roaring`) or sketches (`.theta`); `-` for a table on standard input.
    pub files: Vec<PathBuf>,
    /// How tables are written. `numbers` is found out: ids beside bitmaps are numbers.
    pub spec: MemberSpec,
    /// The audiences of highest priority, highest first; the others follow as their names have it.
    pub order: Vec<String>,
    /// Audiences that are only taken out of others.
    pub exclude_only: Vec<String>,
    /// How negative lists are made.
    pub options: PlanOptions,
    /// Numbers of people from 1 to below this are withheld, and what they could be computed from.
    pub suppress: Option<u64>,
    /// The scheme the names are held against, in TOML or JSON. Without one, the scheme that comes with the program reads windows and roles in those names that it knows.
    pub scheme: Option<PathBuf>,
    /// How many regions are listed at most.
    pub top: usize,
    /// The language of what is done with each audience.
    pub language: Language,
    /// Where to write.
    pub out: PathBuf,
    /// Stop at the first row that cannot be used.
    pub strict: bool,
    /// Print nothing but errors.
    pub quiet: bool,
}

/// Reads audiences, says what they have in common and whom to exclude where, and writes `overlap.html`, `overlap.json`, `exclusions.csv` and `pairs.csv`, all or none; `rejected.csv` beside them if rows
/// had to be set aside.
///
/// Memory: of tables every id once, with some 50 bytes beside its text, and at most 2 bytes for each audience it is in; of bitmaps and sketches what they take on disk.
///
/// # Errors
/// See [`Error`]; nothing has been written then.
pub fn run(request: &Request) -> Result<(), Error> {
    let scheme = request.scheme.as_deref().map(settings::<Scheme>).transpose()?;
    let jobs: Vec<Job<'_>> = request.files.iter().map(|input| job(request, input)).collect();
    let Some(first) = jobs.first() else {
        return Err(Error::Option { option: "FILES", expected: "at least one", value: String::new() });
    };
    for job in &jobs {
        job.check_outputs(&["overlap.html", "overlap.json", "exclusions.csv", "pairs.csv"])?;
    }
    let (read, rejected) = lists::read(&request.spec, &jobs)?;
    let known = match &scheme {
        Some(scheme) => scheme,
        None => &SchemeSpec::norsk().scheme()?,
    };
    let priority = Priority::of(&read.lists.names(), request, known)?;
    let overlap = overlap(&read.lists, &priority, request)?;
    let names = scheme.map(|scheme| linted(&scheme, &overlap));
    let mut source = sources::audiences(&read, request.suppress.is_some());
    source.assumptions.extend(priority.said.iter().cloned());
    let notes = names.as_ref().map(|names| said(names, request.language)).unwrap_or_default();
    let report = OverlapReport { overlap: &overlap, source: &source, notes: &notes, language: request.language };
    let page = report.html().map_err(|fault| Error::Report(fault.to_string()))?;
    let out = &request.out;
    let files = vec![
        Pending::with(out, "overlap.html", &page)?,
        Pending::with(out, "overlap.json", &json::written(&overlap, names.as_ref(), &read)?)?,
        Pending::with(out, "exclusions.csv", &tables::exclusions(&overlap, request.language)?)?,
        Pending::with(out, "pairs.csv", &tables::pairs(&overlap)?)?,
    ];
    first.publish(files, rejected, |width| Ok(report.terminal(width)))
}

fn job<'a>(request: &'a Request, input: &'a Path) -> Job<'a> {
    Job { input, out: &request.out, strict: request.strict, quiet: request.quiet }
}

fn overlap(lists: &Lists, priority: &Priority, request: &Request) -> Result<Overlap, Error> {
    if let (Lists::Sketches(_), Some(least)) = (lists, request.suppress) {
        let value = least.to_string();
        return Err(Error::Option {
            option: "--suppress",
            expected: "absent for sketches, whose numbers are estimates",
            value,
        });
    }
    let spec = OverlapSpec {
        priority: &priority.segments,
        options: request.options,
        top: request.top,
        least: request.suppress,
    };
    let overlap = match lists {
        Lists::Bitmaps(audiences) => Overlap::of(audiences, &spec),
        Lists::Bitmaps64(audiences) => Overlap::of(audiences, &spec),
        Lists::Sketches(audiences) => Overlap::of(audiences, &spec),
    };
    overlap.map_err(|fault| match fault {
        styring_report::Error::Segments(styring_segments::Error::TooMany { what: "regions", limit, given }) => {
            Error::Option {
                option: "--suppress",
                expected: "absent where people divide into so many regions",
                value: format!("{} ({given} regions; the limit is {limit})", request.suppress.unwrap_or_default()),
            }
        }
        styring_report::Error::Segments(fault) => Error::Segments(fault),
        fault => Error::Report(fault.to_string()),
    })
}

/// The names of the audiences, in priority, held against the scheme.
fn linted(scheme: &Scheme, overlap: &Overlap) -> LintReport {
    scheme.lint(LintRow::numbered(overlap.sets.iter().map(|set| set.name.clone())), &PlatformLimits::new())
}

/// What is wrong with names, in sentences.
fn said(names: &LintReport, language: Language) -> Vec<String> {
    let mut notes = Vec::new();
    for name in &names.names {
        for wrong in &name.diagnostics {
            notes.push(format!("{}: {} ({}).", name.text, wrong.message_in(language), wrong.code()));
        }
    }
    let text = |member: &usize| names.names.get(*member).map_or("", |name| name.text.as_str());
    for near in &names.near_duplicates {
        let members: Vec<&str> = near.members.iter().map(text).collect();
        notes.push(format!("{}: {}.", members.join(" | "), reason(near.reason, language == Language::English)));
    }
    notes
}
