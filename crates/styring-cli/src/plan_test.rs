//! The command `styring plan-test`.

use std::path::PathBuf;

use serde::Serialize;
use styring_playbook::{PlannedTest, PlannedTestSpec, PowerAt, ReadingPlan, WeeksPlan};
use styring_report::PlanTestReport;

use crate::Error;
use crate::job::{console_width, say};
use crate::write::{Pending, publish};

/// What the command was asked to do.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Request {
    /// What is to be planned.
    pub spec: PlannedTestSpec,
    /// Where to write; nowhere if absent.
    pub out: Option<PathBuf>,
    /// Print nothing but errors.
    pub quiet: bool,
}

/// Raised when a field changes its meaning or goes away.
const FORMAT: &str = "styring-plan-test/1";

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    control_mean: f64,
    effect: f64,
    power: f64,
    level_of_each: f64,
    readings: &'a [ReadingPlan; 3],
    by_weeks: &'a [WeeksPlan],
    power_by_visitors: &'a [PowerAt],
}

/// Plans a test, prints what it takes, and writes `plan-test.html` and `plan-test.json` to a folder if one is given, both or none.
///
/// # Errors
/// See [`Error`]; its exit code says which side is to blame. Nothing has been written then.
pub fn run(request: &Request) -> Result<(), Error> {
    let planned = PlannedTest::of(&request.spec).map_err(|fault| Error::PlanTest { fault })?;
    let report = PlanTestReport { planned: &planned, spec: &request.spec };
    if let Some(out) = &request.out {
        let page = report.html().map_err(|fault| Error::Report(fault.to_string()))?;
        let written = Written {
            format: FORMAT,
            control_mean: planned.control_mean,
            effect: planned.effect,
            power: request.spec.power,
            level_of_each: planned.level_of_each.level(),
            readings: &planned.readings,
            by_weeks: &planned.by_weeks,
            power_by_visitors: &planned.power_by_visitors,
        };
        let mut json = serde_json::to_string_pretty(&written).map_err(|fault| Error::Report(fault.to_string()))?;
        json.push('\n');
        publish(vec![Pending::with(out, "plan-test.html", &page)?, Pending::with(out, "plan-test.json", &json)?])?;
    }
    if !request.quiet {
        say(&report.terminal(console_width()));
        for name in ["plan-test.html", "plan-test.json"] {
            if let Some(out) = &request.out {
                say(&format!("wrote {}\n", out.join(name).display()));
            }
        }
    }
    Ok(())
}
