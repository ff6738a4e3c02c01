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
    /// A column that was named is not in the file.
    #[error("{name} has no column {column:?}, which is to be read as {purpose}; its columns are: {}", listed(columns))]
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
    #[error("{name} has the column {column:?} twice, which is to be read as {purpose}")]
    ColumnTwice {
        /// The file.
        name: String,
        /// The column.
        column: String,
        /// What it is needed for.
        purpose: String,
    },
    /// An option that cannot be meant.
    #[error("{option} must be {expected}, not {value:?}")]
    Option {
        /// The option.
        option: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        value: String,
    },
    /// Options without which nothing can be said.
    #[error("{} {} missing: {purpose}", missing.join(" and "), if missing.len() == 1 { "is" } else { "are" })]
    OptionsMissing {
        /// The options.
        missing: Vec<&'static str>,
        /// Why they are needed.
        purpose: &'static str,
    },
    /// A panel of regions that cannot be judged as it is.
    #[error(
        "{name}: {fault}{}",
        first.as_ref().map_or_else(String::new, |first| format!("; rows were set aside, the first: {first}"))
    )]
    Regions {
        /// The file.
        name: String,
        /// Why.
        fault: Box<styring_playbook::Error>,
        /// The first row that was set aside, which may be the reason.
        first: Option<Box<Rejection>>,
    },
    /// A column that was not named and cannot be found by its name.
    #[error(
        "{name}: {}; say which is with {option} COLUMN (by name, or by number from 1); its columns are: {}",
        candidates(purpose, several),
        listed(columns)
    )]
    WhichColumn {
        /// The file.
        name: String,
        /// What it is needed for.
        purpose: &'static str,
        /// The option that names it.
        option: &'static str,
        /// The columns that could be it; none, or several.
        several: Vec<String>,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// No order could be used.
    #[error(
        "{name}: none of its {rows} rows is an order that counts: {after} lie after the last day{}",
        first.as_ref().map_or_else(String::new, |first| format!(", the rest has faults, first {first}"))
    )]
    NoOrders {
        /// The file.
        name: String,
        /// How many rows there are.
        rows: u64,
        /// How many lie after the last day that counts.
        after: u64,
        /// The first that was set aside.
        first: Option<Box<Rejection>>,
    },
    /// No row could be used.
    #[error(
        "{name}: none of its {rows} rows is an {what} that counts{}",
        first.as_ref().map_or_else(String::new, |first| format!(", first {first}"))
    )]
    NothingRead {
        /// The file.
        name: String,
        /// What a row should have been.
        what: &'static str,
        /// How many rows there are.
        rows: u64,
        /// The first that was set aside.
        first: Option<Box<Rejection>>,
    },
    /// A test that cannot be read as it was asked for, or at all.
    #[error("{fault}{}", test_hint(fault))]
    Test {
        /// What is wrong.
        fault: styring_playbook::Error,
    },
    /// A test that cannot be planned.
    #[error(transparent)]
    PlanTest {
        /// What is wrong.
        fault: styring_playbook::Error,
    },
    /// A file of settings that cannot be used: a naming scheme, the limits of platforms, frequency caps.
    #[error("{}: {fault}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column where there is one.
        fault: String,
    },
    /// Names of which some are not usable; they have been printed.
    #[error("{invalid} of {names} names cannot be used{}", refused_by_platform(*refused))]
    Names {
        /// How many names there are.
        names: usize,
        /// How many of them are none under the scheme.
        invalid: usize,
        /// How many a platform would not take.
        refused: usize,
    },
    /// Bytes that are not an audience.
    #[error("{name}: {fault}")]
    AudienceBytes {
        /// The file.
        name: String,
        /// What is wrong.
        fault: Box<styring_segments::Error>,
    },
    /// Two files that would be one audience.
    #[error("{second} would be the audience {audience:?}, which {first} is already")]
    SameAudience {
        /// The audience.
        audience: String,
        /// The file that is it.
        first: String,
        /// The file that cannot be.
        second: String,
    },
    /// Sketches beside lists: whoever made them knows how ids were hashed.
    #[error("{sketch} is a sketch and {list} is not: sketches can only be held against sketches")]
    SketchBesideList {
        /// The sketch.
        sketch: String,
        /// The list.
        list: String,
    },
    /// Segments that contradict themselves.
    #[error(transparent)]
    Segments(#[from] styring_segments::Error),
    /// The orders cannot be summed up.
    #[error(transparent)]
    Ltv(#[from] styring_ltv::Error),
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
    /// A goal that the results cannot be held against.
    #[error("{fault}{}", goal_hint(fault))]
    Goal {
        /// Why.
        fault: styring_playbook::Error,
    },
    /// The plan maps no column to what the number of a goal is made of.
    #[error(
        "{}: no column is mapped to {}, which {measure} is made of; map {} under [results.facts]{}",
        path.display(), names(missing), if missing.len() == 1 { "it" } else { "them" }, instead_of(instead)
    )]
    GoalFacts {
        /// The plan.
        path: PathBuf,
        /// The number of the goal.
        measure: &'static str,
        /// What is not mapped.
        missing: Vec<styring_metrics::Fact>,
        /// Numbers for which everything is mapped.
        instead: Vec<&'static str>,
    },
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

/// What to do about a goal that cannot be followed.
fn goal_hint(fault: &styring_playbook::Error) -> &'static str {
    use styring_playbook::Error as Fault;
    match fault {
        Fault::NoBaseline { .. } => {
            "; give --baseline AMOUNT, or --from a day that has enough days of results before it, or name the value to reach (\"to\", \"til\")"
        }
        Fault::Metrics(styring_metrics::Error::OutOfRange { field: "baseline", .. }) => {
            "; set the goal by an amount (\"by 50 000\", \"med 50 000\") or to a value (\"to 0\", \"til 0\")"
        }
        Fault::NoWeekdayHistory { .. } => "; leave out --seasonal, or give --from a later day",
        Fault::MissingForGoal { .. } => "; if an empty cell means zero, say so in results.empty_is_zero of the plan",
        _ => "",
    }
}

/// Whether it is the command line that a panel does not fit.
fn is_of_options(fault: &styring_playbook::Error) -> bool {
    use styring_playbook::Error as Fault;
    matches!(
        fault,
        Fault::UnknownRegion { .. } | Fault::NameTwice { .. } | Fault::TreatmentOutside { .. } | Fault::Invalid { .. }
    )
}

/// What to do about a test that cannot be read.
fn test_hint(fault: &styring_playbook::Error) -> &'static str {
    use styring_playbook::Error as Fault;
    match fault {
        Fault::NoControl { .. } => "; say which is the control with --control VARIANT",
        _ => "",
    }
}

fn refused_by_platform(refused: usize) -> String {
    if refused == 0 { String::new() } else { format!(", and a platform would not take {refused}") }
}

fn candidates(purpose: &str, several: &[String]) -> String {
    if several.is_empty() {
        format!("no column is called as {purpose} usually is")
    } else {
        format!("several columns could be {purpose} ({})", several.join(", "))
    }
}

fn names(facts: &[styring_metrics::Fact]) -> String {
    let names: Vec<&str> = facts.iter().map(|fact| fact.name()).collect();
    names.join(", ")
}

fn instead_of(instead: &[&str]) -> String {
    if instead.is_empty() { String::new() } else { format!(", or set the goal for {}", instead.join(" or ")) }
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
    /// The exit code: 1 for names that cannot be used, 2 for an option that cannot be meant, 3 for a plan that cannot be used, 4 for results that cannot be used, 5 for files that cannot be written. (0 is success.)
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::PlanSyntax { .. }
            | Self::Plan { .. }
            | Self::PlanUnreadable { .. }
            | Self::GoalFacts { .. }
            | Self::Settings { .. } => 3,
            Self::Names { .. } => 1,
            Self::Option { .. } | Self::OptionsMissing { .. } | Self::PlanTest { .. } => 2,
            Self::Regions { fault, .. } if is_of_options(fault) => 2,
            Self::Write { .. } | Self::ResultsInTheWay { .. } | Self::Report(_) => 5,
            _ => 4,
        }
    }
}
