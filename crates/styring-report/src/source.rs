use styring_money::Exact;

/// What was read: everything a reader must know of the file before believing its figures.
///
/// Made by whoever read it; the report only shows it. `rows` are all rows below the header: those used, those set aside, those a rule of the plan leaves out,
/// and those of days outside the period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Source {
    /// The file.
    pub name: String,
    /// Rows below the header.
    pub rows: u64,
    /// Rows that were added up.
    pub used: u64,
    /// What is assumed, in sentences.
    pub assumptions: Vec<String>,
    /// Rows that could not be used, by reason.
    pub set_aside: Vec<Finding>,
    /// The first of them, in sentences: `line 17, column 5 (spend): "12,5": not a number`.
    pub first_set_aside: Vec<String>,
    /// Rows that a rule of the plan leaves out, by rule.
    pub ignored: Vec<Finding>,
    /// Rows of days outside the period, and what they hold.
    pub outside: Option<Finding>,
    /// Used rows that contradict themselves: more clicks than impressions.
    pub contradictions: Vec<Finding>,
    /// Used rows that are possible, but odd.
    pub oddities: Vec<Finding>,
    /// The sums of the plan's extra columns.
    pub extra: Vec<ExtraSum>,
}

/// The sum of a column that is no fact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct ExtraSum {
    /// Its name in the plan.
    pub name: String,
    /// Its sum over the rows that have it.
    pub sum: Exact,
    /// How many of the used rows lack it.
    pub missing_rows: u64,
}

/// Something found in a number of rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Finding {
    /// What it is.
    pub text: String,
    /// In how many rows.
    pub rows: u64,
    /// The line of the first, from one.
    pub first_line: Option<u64>,
}

impl Source {
    /// How many rows could not be used.
    pub fn set_aside_rows(&self) -> u64 {
        rows_of(&self.set_aside)
    }
}

pub(crate) fn rows_of(findings: &[Finding]) -> u64 {
    findings.iter().fold(0, |rows, finding| rows.saturating_add(finding.rows))
}
