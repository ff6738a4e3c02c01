//! What was found while reading: nothing is left out silently.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use styring_metrics::Facts;
use styring_money::Exact;

/// A row that was set aside, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Rejection {
    /// The line of the file on which the row begins, from one.
    pub line: u64,
    /// The column by name and number, from one; none if the row as a whole is wrong.
    pub column: Option<(String, usize)>,
    /// The cell as it stands.
    pub value: String,
    /// What is wrong.
    pub kind: RejectionKind,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RejectionKind {
    /// Another number of cells than columns.
    #[error("the row has {found} cells, the header has {expected}{}", if *spans_lines { "; a quote that is never closed?" } else { "" })]
    CellCount {
        /// Cells in the row.
        found: usize,
        /// Columns.
        expected: usize,
        /// Whether the row runs over several lines.
        spans_lines: bool,
    },
    /// Not text in the encoding of the file.
    #[error("not text in the encoding of the file (see results.encoding, or --encoding)")]
    Encoding,
    /// A name with a line end in it: more likely a quote that is never closed, and rows that went missing in it.
    #[error("runs over several lines; a quote that is never closed?")]
    SpansLines,
    /// An empty cell where something is needed.
    #[error("missing")]
    Missing,
    /// Not a number.
    #[error("not a number: {reason}")]
    NotANumber {
        /// Why.
        reason: String,
    },
    /// A count that is not a whole number of zero or above.
    #[error("not a whole number of zero or above")]
    NotACount,
    /// Not a day in the format of the plan.
    #[error("not a day of the form {format}")]
    NotADay {
        /// The format.
        format: String,
    },
    /// Not a moment in the format that was named, or in any that can mean only one.
    #[error("not a time of the form {format}")]
    NotATime {
        /// The format.
        format: String,
    },
    /// A day so far from the campaign that it is a typing error.
    #[error("more than ten years from the first day of the campaign")]
    FarDay,
    /// A day on which nobody can have ordered anything that is worth a thought today.
    #[error("not a day from 1900 to 2199")]
    NoOrderDay,
    /// A channel that the plan does not have.
    #[error("not a channel of the plan")]
    UnknownChannel,
    /// Not a week of the plan.
    #[error("not a week from 1")]
    NotAWeek,
    /// As many people as cannot have been reached.
    #[error("not possible with {impressions} impressions")]
    Reach {
        /// The impressions of the week and channel.
        impressions: String,
    },
    /// An exact copy of an earlier row.
    #[error("an exact copy of an earlier row")]
    Duplicate,
}

impl RejectionKind {
    /// What is wrong, without the particulars, to count by.
    pub fn summary(&self) -> &'static str {
        match self {
            Self::CellCount { .. } => "another number of cells than columns",
            Self::Encoding => "not text in the encoding of the file",
            Self::SpansLines => "runs over several lines",
            Self::Missing => "missing",
            Self::NotANumber { .. } => "not a number",
            Self::NotACount => "not a whole number of zero or above",
            Self::NotADay { .. } => "not a day",
            Self::NotATime { .. } => "not a time",
            Self::FarDay => "a day more than ten years from the first day of the campaign",
            Self::NoOrderDay => "not a day from 1900 to 2199",
            Self::UnknownChannel => "not a channel of the plan",
            Self::NotAWeek => "not a week from 1",
            Self::Reach { .. } => "as many people as cannot have been reached",
            Self::Duplicate => "an exact copy of an earlier row",
        }
    }
}

impl Rejection {
    /// What is wrong, with the column and the cell, without the line.
    pub fn reason(&self) -> String {
        match &self.column {
            Some((name, number)) => format!("column {number} ({name}): {:?}: {}", self.value, self.kind),
            None => self.kind.to_string(),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {}", self.line, self.reason())
    }
}

/// How often rows had to be set aside for one fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fault {
    /// In how many rows.
    pub rows: u64,
    /// The line of the first.
    pub first_line: u64,
}

/// How many rejections are kept word for word; all of them are counted, and all go to [`Rejects`](super::Rejects).
const KEPT_REJECTIONS: usize = 20;

/// The rows that were set aside.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct SetAside {
    /// How many, by column and fault.
    pub rejected: BTreeMap<String, Fault>,
    /// The first of them.
    pub first_rejections: Vec<Rejection>,
}

impl SetAside {
    /// How many rows were set aside.
    pub fn rows(&self) -> u64 {
        self.rejected.values().map(|fault| fault.rows).sum()
    }

    pub(super) fn note(&mut self, rejection: Rejection) {
        let column = rejection.column.as_ref().map_or("row", |(name, _)| name.as_str());
        let fault = format!("{column}: {}", rejection.kind.summary());
        let first = Fault { rows: 0, first_line: rejection.line };
        self.rejected.entry(fault).or_insert(first).rows += 1;
        if self.first_rejections.len() < KEPT_REJECTIONS {
            self.first_rejections.push(rejection);
        }
    }
}

/// Everything found while reading a table whose columns are known by name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TableFindings {
    /// The file.
    pub name: String,
    /// Rows below the header.
    pub rows: u64,
    /// Rows that count.
    pub used: u64,
    /// Which column was read as what.
    pub columns: BTreeMap<&'static str, String>,
    /// What separates the cells, in a word.
    pub delimiter: String,
    /// Rows that were set aside.
    #[serde(flatten)]
    pub set_aside: SetAside,
    /// What is odd in the rows that were used.
    pub oddities: Vec<Oddity>,
}

/// Something that is possible, but that a reader should know of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Oddity {
    /// What it is.
    pub name: String,
    /// Whether it contradicts itself, as more clicks than impressions do.
    pub contradiction: bool,
    /// In how many rows.
    pub rows: u64,
    /// The line of the first.
    pub first_line: u64,
}

/// Rows that a rule of the plan leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ignored {
    /// The rule.
    pub rule: String,
    /// How many rows.
    pub rows: u64,
}

/// Rows of days before the campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutsidePeriod {
    /// What they hold.
    pub facts: Facts,
    /// The line of the first.
    pub first_line: u64,
}

/// Everything found while reading.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Findings {
    /// The file.
    pub name: String,
    /// Rows below the header.
    pub rows: u64,
    /// Rows that were added up.
    pub used: u64,
    /// Rows that a rule of the plan leaves out.
    pub ignored: Vec<Ignored>,
    /// Rows of days before the campaign.
    pub outside: Option<OutsidePeriod>,
    /// Rows that were set aside.
    #[serde(flatten)]
    pub set_aside: SetAside,
    /// What is odd in the rows that were used.
    pub oddities: Vec<Oddity>,
    /// The sums of the extra columns.
    pub extra: BTreeMap<String, Exact>,
    /// In how many of the used rows an extra column was missing.
    pub extra_missing: BTreeMap<String, u64>,
    /// What is assumed, in sentences.
    pub assumptions: Vec<String>,
}

impl Findings {
    /// How many rows were set aside.
    pub fn rejected_rows(&self) -> u64 {
        self.set_aside.rows()
    }
}
