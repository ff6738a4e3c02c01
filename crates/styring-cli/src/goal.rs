//! The command `styring goal`.

use std::path::PathBuf;

use chrono::NaiveDate;
use styring_metrics::{Fact, Goal, Margin, Measure};
use styring_money::Exact;
use styring_playbook::{GoalReview, GoalSpec, Pace};
use styring_report::GoalReport;

use crate::error::PlanFault;
use crate::job::Job;
use crate::plan_file::PlanFile;
use crate::source::{self, DailyIngested};
use crate::write::Pending;
use crate::{Error, plan_file, sources};

mod json;

/// What the command was asked to do.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Request {
    /// The goal as it was said.
    pub sentence: String,
    /// The goal.
    pub goal: Goal,
    /// The results; `-` for standard input.
    pub results: PathBuf,
    /// The plan.
    pub plan: PathBuf,
    /// Where to write.
    pub out: PathBuf,
    /// The first day of the goal; the first day of the campaign if absent.
    pub from: Option<NaiveDate>,
    /// The last day that counts; the last day of the results if absent.
    pub as_of: Option<NaiveDate>,
    /// The same number over as many days before; taken from the results if absent.
    pub baseline: Option<Exact>,
    /// How the target is laid over the days.
    pub pace: Pace,
    /// Stop at the first row that cannot be used.
    pub strict: bool,
    /// Print nothing but errors.
    pub quiet: bool,
}

/// Follows a goal through the results, and writes `goal.json` and `goal.html`, both or none; `rejected.csv` beside them if rows had to be set aside.
///
/// # Errors
/// See [`Error`]; its exit code says which side is to blame. Nothing has been written then.
pub fn run(request: &Request) -> Result<(), Error> {
    let job = Job { input: &request.results, out: &request.out, strict: request.strict, quiet: request.quiet };
    let file = plan_file::read(&request.plan)?;
    let spec = GoalSpec {
        goal: request.goal.clone(),
        first_day: request.from,
        as_of: request.as_of,
        baseline: request.baseline.clone(),
        pace: request.pace,
    };
    check(request, &spec, &file)?;
    job.check_outputs(&["goal.json", "goal.html"])?;
    let (ingested, rejected) =
        job.read(|input, name, rejects| source::read_days(input, name, &file.source, &file.plan, rejects))?;
    let DailyIngested { facts, findings, .. } = ingested;
    let review = GoalReview::new(&file.plan, &spec, &facts).map_err(|fault| Error::Goal { fault })?;
    let source = sources::described(&findings);
    let (campaign, sentence) = (&file.plan.campaign.name, request.sentence.trim());
    let report = GoalReport { campaign, sentence, review: &review, source: &source };
    let page = report.html().map_err(|fault| Error::Report(fault.to_string()))?;
    let files = vec![
        Pending::with(&request.out, "goal.json", &json::written(sentence, spec.pace, &review, &findings)?)?,
        Pending::with(&request.out, "goal.html", &page)?,
    ];
    job.publish(files, rejected, |width| Ok(report.terminal(width)))
}

/// Finds what cannot be followed under this plan before a row is read.
fn check(request: &Request, spec: &GoalSpec, file: &PlanFile) -> Result<(), Error> {
    let path = || request.plan.clone();
    if file.source.date.is_none() {
        let fault = PlanFault::Source {
            field: "results.date".to_owned(),
            expected: "given, because a goal is followed day by day",
            value: "results.period".to_owned(),
        };
        return Err(Error::Plan { path: path(), fault });
    }
    let mapped = |fact: &Fact| file.source.facts.contains_key(fact);
    let missing: Vec<Fact> = spec.needs().into_iter().filter(|fact| !mapped(fact)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    // What comes nearest to a margin, for which costs must be known.
    let nearer = [Measure::Margin(Margin::Cm2), Measure::Margin(Margin::Cm1), Measure::Sum(Fact::Revenue)];
    let nearer = nearer.into_iter().filter(|_| matches!(spec.goal.measure, Measure::Margin(_)));
    let known = |measure: &Measure| {
        let goal = Goal { measure: *measure, ..spec.goal.clone() };
        GoalSpec::new(goal).needs().iter().all(mapped)
    };
    let instead = nearer.filter(known).map(Measure::english).collect();
    Err(Error::GoalFacts { path: path(), measure: spec.goal.measure.english(), missing, instead })
}
