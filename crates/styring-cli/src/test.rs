//! The command `styring test`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use styring_experiments::Scale;
use styring_experiments::decision::Better;
use styring_playbook::{Measure, Reading, Tested, TestedSpec};
use styring_report::TestReport;

use crate::job::Job;
use crate::source::{self, OutcomeSpec};
use crate::write::Pending;
use crate::{Error, sources};

mod json;
mod looks;

/// What the command was asked to do.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Request {
    /// The outcomes; `-` for standard input.
    pub outcomes: PathBuf,
    /// How they are written.
    pub spec: OutcomeSpec,
    /// The control; found by its name if absent.
    pub control: Option<String>,
    /// The share of traffic of each variant; alike if empty.
    pub shares: BTreeMap<String, f64>,
    /// How the test is read; at any time if absent, tuned for 1 000 conversions, or 10 000 users.
    pub reading: Option<Reading>,
    /// What effects are counted in.
    pub scale: Scale,
    /// Whether more is better.
    pub better: Better,
    /// How sure all intervals are together.
    pub level: f64,
    /// The smallest effect worth having.
    pub smallest_effect: Option<f64>,
    /// What the treatment cost.
    pub spend: Option<f64>,
    /// Where to write.
    pub out: PathBuf,
    /// Stop at the first row that cannot be used.
    pub strict: bool,
    /// Print nothing but errors.
    pub quiet: bool,
}

/// When a decision is expected if nobody says: a test of some weeks in most shops.
const CONVERSIONS: u64 = 1_000;
const USERS: u64 = 10_000;

/// Reads the outcomes of a test, says what they come to, and writes `test.html`, `test.json` and `looks.csv`, all or none; `rejected.csv` beside them if rows had to be set aside.
///
/// # Errors
/// See [`Error`]; its exit code says which side is to blame. Nothing has been written then.
pub fn run(request: &Request) -> Result<(), Error> {
    let job = Job { input: &request.outcomes, out: &request.out, strict: request.strict, quiet: request.quiet };
    check_options(request)?;
    job.check_outputs(&["test.html", "test.json", "looks.csv"])?;
    let (read, rejected) =
        job.read(|input, name, rejects| source::read_outcomes(input, name, &request.spec, rejects))?;
    let decide_at = if read.rows.measure() == Measure::Conversions { CONVERSIONS } else { USERS };
    let spec = TestedSpec {
        control: request.control.clone(),
        shares: request.shares.clone(),
        reading: request.reading.unwrap_or(Reading::AnyTime { decide_at }),
        scale: request.scale,
        better: request.better,
        level: request.level,
        smallest_effect: request.smallest_effect,
        spend: request.spend,
    };
    let tested = Tested::of(&read.rows, &spec).map_err(|fault| Error::Test { fault })?;
    let mut source = sources::plain(&read.findings);
    if request.reading.is_none() {
        source.assumptions.push(format!(
            "Nothing was said of how the test is read, so at any time, tuned for {decide_at} {}. Say --decide-at before the next test begins: half to two thirds of what it can come to.",
            if read.rows.measure() == Measure::Conversions { "conversions" } else { "users" }
        ));
    }
    if request.control.is_none() {
        source.assumptions.push(format!("The control is {}, by its name.", tested.arms[0].name));
    }
    let metric = match &request.spec.value {
        None => "conversion rate".to_owned(),
        Some(_) => format!("mean {}", read.findings.columns.get("value").map_or("value", String::as_str)),
    };
    let report = TestReport { tested: &tested, metric: &metric, spend: request.spend, source: &source };
    let page = report.html().map_err(|fault| Error::Report(fault.to_string()))?;
    let files = vec![
        Pending::with(&request.out, "test.html", &page)?,
        Pending::with(&request.out, "test.json", &json::written(&tested, &metric, &read.findings)?)?,
        Pending::with(&request.out, "looks.csv", &looks::csv(&tested)?)?,
    ];
    job.publish(files, rejected, |width| Ok(report.terminal(width)))
}

/// Finds what cannot be meant before a file is opened.
fn check_options(request: &Request) -> Result<(), Error> {
    let fault = |option, expected, value: String| Err(Error::Option { option, expected, value });
    if !(1e-6..=1.0 - 1e-6).contains(&request.level) {
        return fault("--level", "between 0 and 1, or between 0 and 100 %", request.level.to_string());
    }
    if let Some(spend) = request.spend.filter(|spend| *spend <= 0.0) {
        return fault("--spend", "above 0", spend.to_string());
    }
    if let Some(smallest) = request.smallest_effect.filter(|smallest| *smallest < 0.0) {
        return fault("--smallest-effect", "0 or above", smallest.to_string());
    }
    if let Some((name, share)) = request.shares.iter().find(|(_, share)| !(share.is_finite() && **share >= 0.0)) {
        return fault("--shares", "0 or above", format!("{name}={share}"));
    }
    Ok(())
}
