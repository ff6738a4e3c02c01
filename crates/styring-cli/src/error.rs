//! What stops the program, and with which exit code.

use std::path::PathBuf;

use crate::source::Rejection;

/// What stops the program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The plan is not a plan.
    #[error("{}: {fault}", path.display())]
    PlanSyntax {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        fault: Box<toml::de::Error>,
    },
    /// The plan cannot be read.
    #[error("cannot read {}: {fault}", path.display())]
    PlanUnreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        fault: std::io::Error,
    },
    /// The results would be overwritten by what is made of them.
    #[error("{} holds the results and would be written over; choose another folder", path.display())]
    ResultsInTheWay {
        /// The file.
        path: PathBuf,
    },
    /// The plan contradicts itself.
    #[error("{}: {fault}", path.display())]
    Plan {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        fault: PlanFault,
    },
    /// A file cannot be read.
    #[error("cannot read {name}: {fault}")]
    Read {
        /// The file.
        name: String,
        /// Why.
        fault: std::io::Error,
    },
    /// A file has no line of column names.
    #[error("{name} has no header line")]
    NoHeader {
        /// The file.
        name: String,
    },
    /// A column that the plan names is not in the file.
    #[error("{name} has no column {column:?}, which the plan reads as {purpose}; its columns are: {}", listed(columns))]
    NoColumn {
        /// The file.
        name: String,
        /// The column that was looked for.
        column: String,
        /// What it is needed for.
        purpose: String,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// A column stands twice, so that its name does not say which is meant.
    #[error("{name} has the column {column:?} twice, which the plan reads as {purpose}")]
    ColumnTwice {
        /// The file.
        name: String,
        /// The column.
        column: String,
        /// What it is needed for.
        purpose: String,
    },
    /// A file of frequencies of neither form.
    #[error(
        "{name} must have the columns week, channel, contacts, people, or week, channel, reach; it has: {}",
        listed(columns)
    )]
    FrequencyColumns {
        /// The file.
        name: String,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// A row that cannot be used, under `--strict`.
    #[error("{name}, {rejection}")]
    Row {
        /// The file.
        name: String,
        /// The row and what is wrong with it.
        rejection: Box<Rejection>,
    },
    /// No row could be used.
    #[error("{name}: {}", nothing_usable(*rows, *outside, *ignored, first.as_deref()))]
    NothingUsable {
        /// The file.
        name: String,
        /// How many rows there are.
        rows: u64,
        /// How many lie before the campaign.
        outside: u64,
        /// How many a rule of the plan leaves out.
        ignored: u64,
        /// The first that was set aside.
        first: Option<Box<Rejection>>,
    },
    /// The results cannot be reviewed under this plan.
    #[error(transparent)]
    Review(#[from] styring_playbook::Error),
    /// The numbers cannot be added up.
    #[error(transparent)]
    Metrics(#[from] styring_metrics::Error),
    /// A file cannot be written.
    #[error("cannot write {}: {fault}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        fault: std::io::Error,
    },
    /// The report cannot be drawn.
    #[error("cannot make the report: {0}")]
    Report(String),
}

/// The names of columns, as many and as much of each as anybody reads: a file that is no table may have anything in its first line.
fn listed(columns: &[String]) -> String {
    const MOST: usize = 50;
    const LONGEST: usize = 60;
    let short = |name: &String| match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.clone(),
    };
    let mut names: Vec<String> = columns.iter().take(MOST).map(short).collect();
    if columns.len() > MOST {
        names.push(format!("and {} more", columns.len() - MOST));
    }
    names.join(", ")
}

fn nothing_usable(rows: u64, outside: u64, ignored: u64, first: Option<&Rejection>) -> String {
    if rows == 0 {
        return "there is no row below the header".to_owned();
    }
    let rest = first.map_or_else(String::new, |first| format!(", the rest has faults, first {first}"));
    format!("none of its {rows} rows can be used: {outside} lie before the campaign, the plan ignores {ignored}{rest}")
}

/// What is wrong with a plan that can be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanFault {
    /// In the part that is the playbook's.
    #[error(transparent)]
    Playbook(#[from] styring_playbook::Error),
    /// In the part that says how to read results.
    #[error("{field} must be {expected}, not {value:?}")]
    Source {
        /// Which field.
        field: String,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        value: String,
    },
}

impl Error {
    /// The exit code: 3 for a plan that cannot be used, 4 for results that cannot be used, 5 for files that cannot be written. (0 is success, 2 a wrong
    /// command line.)
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::PlanSyntax { .. } | Self::Plan { .. } | Self::PlanUnreadable { .. } => 3,
            Self::Write { .. } | Self::ResultsInTheWay { .. } | Self::Report(_) => 5,
            _ => 4,
        }
    }
}
