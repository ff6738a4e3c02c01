//! The command `styring geo`.

use std::path::PathBuf;

use chrono::NaiveDate;
use styring_experiments::geo::Weighting;
use styring_experiments::{Language, Level};
use styring_playbook::{Error as Fault, GeoMethod, GeoSpend, GeoTested, GeoTestedSpec, RegionDays};
use styring_report::{Finding, GeoReport, Source};

use crate::job::Job;
use crate::source::{self, RegionSpec, TableFindings};
use crate::write::Pending;
use crate::{Error, sources};

mod days;
mod json;

/// What the command was asked to do.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Request {
    /// The panel; `-` for standard input.
    pub panel: PathBuf,
    /// How it is written.
    pub spec: RegionSpec,
    /// The regions that got the treatment.
    pub treated: Option<Vec<String>>,
    /// The first day of it.
    pub from: Option<NaiveDate>,
    /// The last day that counts.
    pub until: Option<NaiveDate>,
    /// Regions that are left out.
    pub without: Vec<String>,
    /// The method of the answer.
    pub method: GeoMethod,
    /// How synthetic controls are weighted.
    pub weighting: Weighting,
    /// How sure the answer is to be.
    pub level: f64,
    /// What was spent in all; the column of the panel says it otherwise, if it names one.
    pub spend_total: Option<f64>,
    /// The language of the first sentence.
    pub language: Language,
    /// Where to write.
    pub out: PathBuf,
    /// Stop at the first row that cannot be used.
    pub strict: bool,
    /// Print nothing but errors.
    pub quiet: bool,
}

/// What was read.
struct Read {
    days: RegionDays,
    findings: TableFindings,
    /// Rows after the last day that counts, and the line of the first.
    after: Option<(u64, u64)>,
}

/// Reads a panel, says what the treatment did, and writes `geo.html`, `geo.json` and `days.csv`, all or none; `rejected.csv` beside them if rows had to be set aside.
///
/// # Errors
/// See [`Error`]; its exit code says which side is to blame. Nothing has been written then.
pub fn run(request: &Request) -> Result<(), Error> {
    let job = Job { input: &request.panel, out: &request.out, strict: request.strict, quiet: request.quiet };
    let spec = asked(request)?;
    job.check_outputs(&["geo.html", "geo.json", "days.csv"])?;
    let (read, rejected) = job.read(|input, name, rejects| {
        let (mut days, mut after) = (RegionDays::default(), None::<(u64, u64)>);
        let findings = source::read_regions(input, name, &request.spec, rejects, |row| {
            if request.until.is_some_and(|until| row.day > until) {
                after.get_or_insert((0, row.line)).0 += 1;
                return false;
            }
            days.add(row.region, row.day, row.value, row.spend)
        })?;
        Ok(Read { days, findings, after })
    })?;
    let tested = GeoTested::of(&read.days, &spec).map_err(|fault| refused(&read.findings, fault))?;
    let source = described(&read, request);
    let value = read.findings.columns.get("value").map_or("value", String::as_str);
    let report = GeoReport { tested: &tested, spec: &spec, value, language: request.language, source: &source };
    let page = report.html().map_err(|fault| Error::Report(fault.to_string()))?;
    let out = &request.out;
    let files = vec![
        Pending::with(out, "geo.html", &page)?,
        Pending::with(out, "geo.json", &json::written(&tested, &spec, &report.headline(), &read)?)?,
        Pending::with(out, "days.csv", &days::csv(&tested)?)?,
    ];
    job.publish(files, rejected, |width| Ok(report.terminal(width)))
}

/// What is asked of the panel; finds what cannot be meant, or is missing, before a file is opened.
fn asked(request: &Request) -> Result<GeoTestedSpec, Error> {
    let fault = |option, expected, value: String| Err(Error::Option { option, expected, value });
    let treated = request.treated.clone().unwrap_or_default();
    let (Some(from), false) = (request.from, treated.is_empty()) else {
        let missing = [("--treated", treated.is_empty()), ("--from", request.from.is_none())];
        let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing).map(|(option, _)| option).collect();
        return Err(Error::OptionsMissing {
            missing,
            purpose: "which regions got the treatment, and from which day on, decides what is compared with what",
        });
    };
    if let Some(until) = request.until.filter(|until| *until < from) {
        return fault("--until", "no day before --from", format!("{until} (--from {from})"));
    }
    let level = Level::new(request.level).ok().filter(|_| (1e-6..=1.0 - 1e-6).contains(&request.level));
    let Some(level) = level else {
        return fault("--level", "between 0 and 1, or between 0 and 100 %", request.level.to_string());
    };
    if let Some(ridge) = request.weighting.ridge.filter(|ridge| !(*ridge > 0.0 && ridge.is_finite())) {
        return fault("--ridge", "above 0", ridge.to_string());
    }
    let spend = match request.spend_total {
        Some(spend) if spend > 0.0 && spend.is_finite() => GeoSpend::Total(spend),
        Some(spend) => return fault("--spend-total", "above 0", spend.to_string()),
        None if request.spec.spend.is_some() => GeoSpend::Rows,
        None => GeoSpend::Unknown,
    };
    Ok(GeoTestedSpec {
        treated,
        from,
        until: request.until,
        without: request.without.clone(),
        method: request.method,
        weighting: request.weighting,
        level,
        spend,
    })
}

/// Why a panel cannot be judged; a row that was set aside may be the reason.
fn refused(findings: &TableFindings, fault: Fault) -> Error {
    let first = findings.set_aside.first_rejections.first().cloned().map(Box::new);
    Error::Regions { name: findings.name.clone(), fault: Box::new(fault), first }
}

fn described(read: &Read, request: &Request) -> Source {
    let mut source = sources::plain(&read.findings);
    if let Some((rows, first_line)) = read.after {
        source.used -= rows;
        let text = "days after the last that counts".to_owned();
        source.outside = Some(Finding { text, rows, first_line: Some(first_line) });
    }
    if !request.without.is_empty() {
        source.assumptions.push(format!("Left out of the comparison: {}.", request.without.join(", ")));
    }
    source
}
