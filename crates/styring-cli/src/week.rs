//! The command `styring week`.

use std::path::PathBuf;

use styring_playbook::{Results, Review};
use styring_report::WeeklyReport;

use crate::job::Job;
use crate::source::{self, Ingested};
use crate::write::Pending;
use crate::{Error, frequency, plan_file, sources};

mod decisions;
mod next_budget;

/// What the command was asked to do.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Request {
    /// The results; `-` for standard input.
    pub results: PathBuf,
    /// The plan.
    pub plan: PathBuf,
    /// Where to write.
    pub out: PathBuf,
    /// Stop at the first row that cannot be used.
    pub strict: bool,
    /// Print nothing but errors.
    pub quiet: bool,
}

/// Reads results and plan, decides the next week, and writes `next_budget.csv`, `decisions.json` and `report.html`, all or none; `rejected.csv` beside them if
/// rows had to be set aside.
///
/// # Errors
/// See [`Error`]; its exit code says which side is to blame. Nothing has been written then.
pub fn run(request: &Request) -> Result<(), Error> {
    let Request { results, plan, out, strict, quiet } = request;
    let job = Job { input: results, out, strict: *strict, quiet: *quiet };
    let file = plan_file::read(plan)?;
    job.check_outputs(&["next_budget.csv", "decisions.json", "report.html"])?;
    let (ingested, rejected) =
        job.read(|input, name, rejects| source::read(input, name, &file.source, &file.plan, rejects))?;
    let Ingested { facts, span, findings, .. } = ingested;
    let frequency = match &file.frequency {
        Some(path) => frequency::read(path, &file.plan, &facts)?,
        None => std::collections::BTreeMap::new(),
    };
    let review = Review::new(&file.plan, &Results { facts, frequency, span })?;
    let source = sources::described(&findings);
    let report = WeeklyReport { plan: &file.plan, review: &review, source: &source };
    let page = report.html().map_err(|fault| Error::Report(fault.to_string()))?;
    let files = vec![
        Pending::with(out, "next_budget.csv", &next_budget::csv(&review)?)?,
        Pending::with(out, "decisions.json", &decisions::json(&file.plan, &review, &findings)?)?,
        Pending::with(out, "report.html", &page)?,
    ];
    job.publish(files, rejected, |width| Ok(report.terminal(width)))
}
