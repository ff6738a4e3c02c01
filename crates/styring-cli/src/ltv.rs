//! The command `styring ltv`.

use std::path::PathBuf;

use chrono::NaiveDate;
use styring_ltv::TimeUnit;
use styring_money::{Exact, Sign, Unrounded};
use styring_playbook::{Customers, CustomersSpec, ModelChoice};
use styring_report::LifetimeReport;

use crate::job::Job;
use crate::source::{self, OrderSpec};
use crate::write::Pending;
use crate::{Error, sources};

mod json;
mod table;

/// What the command was asked to do.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Request {
    /// The orders; `-` for standard input.
    pub orders: PathBuf,
    /// How they are written, and what counts.
    pub spec: OrderSpec,
    /// The unit of time of the models.
    pub unit: TimeUnit,
    /// The model, or the best of them.
    pub model: ModelChoice,
    /// Until which day the models see orders while they are held against those after.
    pub holdout: Option<NaiveDate>,
    /// How many days ahead to look.
    pub horizons: Vec<u32>,
    /// The discount per year: 0.10 is ten per cent.
    pub discount: f64,
    /// What it costs to acquire a customer.
    pub cac: Option<Exact>,
    /// The level of intervals.
    pub level: f64,
    /// Where to write.
    pub out: PathBuf,
    /// Stop at the first row that cannot be used.
    pub strict: bool,
    /// Print nothing but errors.
    pub quiet: bool,
}

/// Reads orders, says what customers were worth and what they will be, and writes `customers.csv`, `ltv.json` and `ltv.html`, all or none; `rejected.csv` beside them if rows had
/// to be set aside.
///
/// # Errors
/// See [`Error`]; its exit code says which side is to blame. Nothing has been written then.
pub fn run(request: &Request) -> Result<(), Error> {
    let job = Job { input: &request.orders, out: &request.out, strict: request.strict, quiet: request.quiet };
    check_options(request)?;
    job.check_outputs(&["customers.csv", "ltv.json", "ltv.html"])?;
    let (orders, rejected) =
        job.read(|input, name, rejects| source::read_orders(input, name, &request.spec, rejects))?;
    let spec = CustomersSpec {
        until: orders.until,
        unit: request.unit,
        model: request.model,
        calibration_end: request.holdout,
        horizons: request.horizons.clone(),
        yearly_discount: request.discount,
        cac: request.cac.clone().map(|cac| Unrounded::new(cac, request.spec.currency)),
        level: request.level,
    };
    check_holdout(&spec, orders.findings.first_day)?;
    let customers = Customers::of(&orders.transactions, &orders.channels, &spec)?;
    let source = sources::orders(&orders.findings);
    let report = LifetimeReport { customers: &customers, spec: &spec, source: &source };
    let fault = |fault: styring_report::Error| Error::Report(fault.to_string());
    let page = report.html().map_err(fault)?;
    let files = vec![
        Pending::with(&request.out, "customers.csv", &table::csv(&customers, &orders.channels)?)?,
        Pending::with(&request.out, "ltv.json", &json::written(&customers, &spec, &orders.findings)?)?,
        Pending::with(&request.out, "ltv.html", &page)?,
    ];
    job.publish(files, rejected, |width| Ok(report.terminal(width)))
}

/// Finds what cannot be meant before a file is opened.
fn check_options(request: &Request) -> Result<(), Error> {
    let fault = |option, expected, value: String| Err(Error::Option { option, expected, value });
    if request.horizons.is_empty() || request.horizons.iter().any(|days| !(1..=36_500).contains(days)) {
        let days: Vec<String> = request.horizons.iter().map(ToString::to_string).collect();
        return fault("--horizon", "days from 1 to 36500, separated by commas", days.join(","));
    }
    if !(0.0..=10.0).contains(&request.discount) {
        return fault("--discount", "from 0 to 10 (10 is 1000 %)", request.discount.to_string());
    }
    if !(1e-6..=1.0 - 1e-6).contains(&request.level) {
        return fault("--level", "between 0 and 1, or between 0 and 100 %", request.level.to_string());
    }
    match request.cac.as_ref().filter(|cac| cac.sign() == Sign::Negative) {
        Some(cac) => fault("--cac", "zero or above", cac.to_string()),
        None => Ok(()),
    }
}

/// A model that sees nothing, or has nothing to be held against, says nothing.
fn check_holdout(spec: &CustomersSpec, first_day: NaiveDate) -> Result<(), Error> {
    match spec.calibration_end.filter(|end| *end < first_day || *end >= spec.until) {
        Some(end) => Err(Error::Option {
            option: "--holdout",
            expected: "a day between the first order and the last day that counts",
            value: format!("{end} ({first_day} to {})", spec.until),
        }),
        None => Ok(()),
    }
}
