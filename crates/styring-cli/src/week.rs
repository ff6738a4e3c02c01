//! The command `styring week`.

use std::fs::File;
use std::io::{IsTerminal, Seek, Write};
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use indicatif::{ProgressBar, ProgressStyle};
use styring_playbook::{Results, Review};
use styring_report::WeeklyReport;

use crate::source::{self, Ingested, Rejection, Rejects, Strict};
use crate::write::{Pending, publish};
use crate::{Error, frequency, plan_file};

mod decisions;
mod next_budget;
mod sources;

const REJECTED: &str = "rejected.csv";

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

impl Request {
    fn name(&self) -> String {
        match self.results.to_str() {
            Some("-") => "standard input".to_owned(),
            _ => self.results.display().to_string(),
        }
    }

    fn check_paths(&self) -> Result<(), Error> {
        let results = self.results.canonicalize().ok();
        let outputs = ["next_budget.csv", "decisions.json", "report.html", REJECTED].map(|name| self.out.join(name));
        match outputs.into_iter().find(|output| results.is_some() && output.canonicalize().ok() == results) {
            Some(path) => Err(Error::ResultsInTheWay { path }),
            None => Ok(()),
        }
    }
}

/// Reads results and plan, decides the next week, and writes `next_budget.csv`, `decisions.json` and `report.html`, all or none; `rejected.csv` beside them if
/// rows had to be set aside.
///
/// # Errors
/// See [`Error`]; its exit code says which side is to blame. Nothing has been written then.
pub fn run(request: &Request) -> Result<(), Error> {
    let file = plan_file::read(&request.plan)?;
    request.check_paths()?;
    let mut rejected = RejectedRows::new(request);
    let Ingested { facts, span, findings, .. } = read(request, &file, &mut rejected)?;
    let frequency = match &file.frequency {
        Some(path) => frequency::read(path, &file.plan, &facts)?,
        None => std::collections::BTreeMap::new(),
    };
    let review = Review::new(&file.plan, &Results { facts, frequency, span })?;
    let source = sources::described(&findings);
    let report = WeeklyReport { plan: &file.plan, review: &review, source: &source };
    let page = report.html().map_err(|fault| Error::Report(fault.to_string()))?;

    let mut files = vec![
        Pending::with(&request.out, "next_budget.csv", &next_budget::csv(&review)?)?,
        Pending::with(&request.out, "decisions.json", &decisions::json(&file.plan, &review, &findings)?)?,
        Pending::with(&request.out, "report.html", &page)?,
    ];
    let rejected = rejected.finish()?;
    let none_rejected = rejected.is_none();
    files.extend(rejected);
    let written: Vec<PathBuf> = files.iter().map(|file| file.path().to_owned()).collect();
    publish(files)?;
    if none_rejected {
        forget_rejected(&request.out)?;
    }
    if !request.quiet {
        let width = console_width();
        say(&report.terminal(width));
        for path in written {
            say(&format!("wrote {}\n", path.display()));
        }
    }
    Ok(())
}

/// What an earlier run set aside is not what this one did.
fn forget_rejected(out: &Path) -> Result<(), Error> {
    let path = out.join(REJECTED);
    match std::fs::remove_file(&path) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => Err(Error::Write { path, fault }),
        _ => Ok(()),
    }
}

/// Prints, and does not mind if nobody listens any more (`styring … | head`).
fn say(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

fn console_width() -> u16 {
    const PLAIN: u16 = 120;
    let (_, width) = console::Term::stdout().size();
    if std::io::stdout().is_terminal() { width } else { PLAIN }
}

fn read(request: &Request, file: &plan_file::PlanFile, rejects: &mut RejectedRows<'_>) -> Result<Ingested, Error> {
    if request.results.as_os_str() == "-" {
        let input = std::io::stdin().lock();
        return source::read(input, &request.name(), &file.source, &file.plan, rejects);
    }
    let name = request.name();
    let unreadable = |fault| Error::Read { name: name.clone(), fault };
    let input = File::open(&request.results).map_err(unreadable)?;
    let length = input.metadata().map_err(unreadable)?.len();
    let bar = progress(request, length);
    let ingested = source::read(bar.wrap_read(input), &name, &file.source, &file.plan, rejects);
    bar.finish_and_clear();
    ingested
}

/// A bar on standard error, for input that takes a while, when somebody watches.
fn progress(request: &Request, length: u64) -> ProgressBar {
    const TAKES_A_WHILE: u64 = 50 << 20;
    if request.quiet || length < TAKES_A_WHILE || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length);
    let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Rows that are set aside go to `rejected.csv` as they stand, with line and reason in front. While they are read they are kept in a file without a name, which is gone
/// however the program ends.
struct RejectedRows<'a> {
    request: &'a Request,
    columns: ByteRecord,
    rows: Option<csv::Writer<File>>,
}

impl<'a> RejectedRows<'a> {
    fn new(request: &'a Request) -> Self {
        Self { request, columns: ByteRecord::new(), rows: None }
    }

    fn fault(&self, fault: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::Write { path: self.request.out.join(REJECTED), fault: std::io::Error::other(fault) }
    }

    fn finish(mut self) -> Result<Option<Pending>, Error> {
        let Some(rows) = self.rows.take() else {
            return Ok(None);
        };
        let mut rows = rows.into_inner().map_err(|fault| self.fault(fault.into_error()))?;
        let mut pending = Pending::new(&self.request.out, REJECTED)?;
        let copied = rows.rewind().and_then(|()| std::io::copy(&mut rows, &mut pending));
        copied.map_err(|fault| self.fault(fault))?;
        Ok(Some(pending))
    }
}

fn beside(front: [&str; 2], row: &ByteRecord) -> ByteRecord {
    front.iter().map(|cell| cell.as_bytes()).chain(row).collect()
}

impl Rejects for RejectedRows<'_> {
    fn header(&mut self, columns: &ByteRecord) -> Result<(), Error> {
        self.columns = beside(["line", "reason"], columns);
        Ok(())
    }

    fn row(&mut self, rejection: &Rejection, row: &ByteRecord) -> Result<(), Error> {
        if self.request.strict {
            return Strict(&self.request.name()).row(rejection, row);
        }
        if self.rows.is_none() {
            let file = tempfile::tempfile().map_err(|fault| self.fault(fault))?;
            // Rows with another number of cells than columns belong here above all.
            let mut rows = csv::WriterBuilder::new().flexible(true).from_writer(file);
            rows.write_byte_record(&self.columns).map_err(|fault| self.fault(fault))?;
            self.rows = Some(rows);
        }
        let line = beside([&rejection.line.to_string(), &rejection.reason()], row);
        let written = self.rows.as_mut().map(|rows| rows.write_byte_record(&line)).transpose();
        written.map(|_| ()).map_err(|fault| self.fault(fault))
    }
}
