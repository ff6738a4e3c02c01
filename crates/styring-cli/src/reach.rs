//! The command `styring reach`.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use styring_playbook::{ContactLog, Contacts, Reached, ReachedSpec};
use styring_reach::Overexposure;
use styring_reach::cap::Rules;
use styring_report::{Finding, ReachReport};

use crate::job::Job;
use crate::names::settings;
use crate::source::{self, ImpressionFindings, ImpressionSpec};
use crate::write::Pending;
use crate::{Error, sources};
use days::Days;
use weeks::Weeks;

mod days;
mod json;
mod tables;
mod weeks;

/// What the command was asked to do.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Request {
    /// The impressions; `-` for standard input.
    pub log: PathBuf,
    /// How they are written.
    pub spec: ImpressionSpec,
    /// The caps they are held against, in TOML or JSON; the common ones if absent.
    pub caps: Option<PathBuf>,
    /// How many people could be reached.
    pub universe: Option<u64>,
    /// When a person has seen too much.
    pub overexposure: Overexposure,
    /// The first day that counts, by the clocks of the zone.
    pub from: Option<NaiveDate>,
    /// The last.
    pub to: Option<NaiveDate>,
    /// The first day of week 1 of `frequency.csv`; the first day that counts if absent.
    pub week_of: Option<NaiveDate>,
    /// In which order channels add reach; the widest first if absent.
    pub order: Option<Vec<String>>,
    /// The level of intervals.
    pub level: f64,
    /// Where to write.
    pub out: PathBuf,
    /// Stop at the first row that cannot be used.
    pub strict: bool,
    /// Print nothing but errors.
    pub quiet: bool,
}

/// A file of caps in TOML, whose top is a table: `[[rules]]`. In JSON the top is the list of rules.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct CapsFile {
    rules: Rules,
}

/// The impressions that count, and what was found on the way.
struct Read {
    log: ContactLog,
    findings: ImpressionFindings,
    /// Rows of days outside the period.
    outside: u64,
}

/// Reads impressions, counts whom they reached, and writes `reach.html`, `reach.json`, `frequency.csv`, `overexposed.csv` and `caps.csv`, all or none; `rejected.csv` beside them if rows had to be set aside.
///
/// Memory: at the highest some 60 bytes a row, and for every person the id with some 100 bytes: the caps remember what was shown to whom.
///
/// # Errors
/// See [`Error`]; its exit code says which side is to blame. Nothing has been written then.
pub fn run(request: &Request) -> Result<(), Error> {
    let job = Job { input: &request.log, out: &request.out, strict: request.strict, quiet: request.quiet };
    check_options(request)?;
    let caps = request.caps.as_deref().map_or_else(|| Ok(Rules::common_5_7_14()), caps)?;
    job.check_outputs(&["reach.html", "reach.json", "frequency.csv", "overexposed.csv", "caps.csv"])?;
    let (read, rejected) = job.read(|input, name, rejects| {
        let mut days = Days::new(request.spec.zone)?;
        let (mut contacts, mut outside) = (Contacts::new(), 0);
        let findings = source::read_impressions(input, name, &request.spec, rejects, |seen| {
            let bounded = request.from.is_some() || request.to.is_some();
            let day = if bounded { days.of(seen.time) } else { None };
            if request.from.is_some_and(|from| day < Some(from)) || request.to.is_some_and(|to| day > Some(to)) {
                outside += 1;
            } else {
                contacts.add(seen.person, seen.channel, seen.time);
            }
            Ok(())
        })?;
        Ok(Read { log: contacts.into_log(), findings, outside })
    })?;
    if read.log.rows().is_empty() {
        let (name, rows) = (read.findings.name, read.findings.rows);
        return Err(Error::NothingRead { name, what: "impression of these days", rows, first: None });
    }
    check_against(request, &read.log)?;
    let spec = ReachedSpec {
        caps,
        overexposure: request.overexposure,
        universe: request.universe,
        order: request.order.clone(),
        level: request.level,
    };
    let reached = Reached::of(&read.log, &spec)?;
    let weeks = Weeks::of(&read.log, request.spec.zone, request.week_of.or(request.from))?;
    let source = described(&read, &weeks, request);
    let report = ReachReport { reached: &reached, spec: &spec, zone: request.spec.zone, source: &source };
    let page = report.html().map_err(|fault| Error::Report(fault.to_string()))?;
    let (out, zone) = (&request.out, request.spec.zone);
    let files = vec![
        Pending::with(out, "reach.html", &page)?,
        Pending::with(out, "reach.json", &json::written(&reached, &spec, &weeks, zone, &read)?)?,
        Pending::with(out, "frequency.csv", &weeks.csv()?)?,
        Pending::with(out, "overexposed.csv", &tables::overexposed(&reached, zone)?)?,
        Pending::with(out, "caps.csv", &tables::caps(&reached, &spec)?)?,
    ];
    job.publish(files, rejected, |width| Ok(report.terminal(width)))
}

fn caps(path: &Path) -> Result<Rules, Error> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        return settings::<Rules>(path);
    }
    settings::<CapsFile>(path).map(|file| file.rules)
}

/// Finds what cannot be meant before a file is opened.
fn check_options(request: &Request) -> Result<(), Error> {
    let fault = |option, expected, value: String| Err(Error::Option { option, expected, value });
    if !(1e-6..=1.0 - 1e-6).contains(&request.level) {
        return fault("--level", "between 0 and 1, or between 0 and 100 %", request.level.to_string());
    }
    if let (Some(from), Some(to)) = (request.from, request.to)
        && to < from
    {
        return fault("--to", "no day before --from", format!("{to} (--from {from})"));
    }
    Ok(())
}

/// Finds what cannot be meant of this log.
fn check_against(request: &Request, log: &ContactLog) -> Result<(), Error> {
    let fault = |option, expected, value: String| Err(Error::Option { option, expected, value });
    if let Some(universe) = request.universe.filter(|universe| *universe < log.people() as u64) {
        let value = format!("{universe} (the log has {} people)", log.people());
        return fault("--universe", "at least the number of people in the log", value);
    }
    let order = request.order.as_deref().unwrap_or_default();
    for (place, channel) in order.iter().enumerate() {
        if !log.channels().contains(channel) || order[..place].contains(channel) {
            let value = format!("{} (the log has {})", order.join(","), log.channels().join(", "));
            return fault("--order", "channels of the log, each once", value);
        }
    }
    Ok(())
}

fn described(read: &Read, weeks: &Weeks, request: &Request) -> styring_report::Source {
    let mut source = sources::impressions(&read.findings);
    source.used = read.findings.used - read.outside;
    source.outside = (read.outside > 0).then(|| Finding {
        text: "impressions of other days".to_owned(),
        rows: read.outside,
        first_line: None,
    });
    if request.caps.is_none() {
        source.assumptions.push(
            "No caps were given, so the common ones: at most 3 in 5 days, 4 in 7 and 6 in 14, over all channels."
                .to_owned(),
        );
    }
    let mut said = format!("Week 1 of frequency.csv begins on {}.", weeks.first_day);
    if weeks.before > 0 {
        said = format!("{said} {} impressions lie before it and are not in that file.", weeks.before);
    }
    source.assumptions.push(said);
    source
}
