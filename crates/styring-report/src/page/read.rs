//! What was read, and what was not.

use serde::Serialize;

use crate::source::rows_of;
use crate::text::{clean, group_amounts, plural};
use crate::{ExtraSum, Finding, Source, WeeklyReport, numbers};

/// What must be seen before anything else.
#[derive(Debug, Serialize)]
pub(super) struct Banner {
    headline: String,
    lines: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Read {
    name: String,
    /// What became of the rows: words and count.
    rows: Vec<(&'static str, String)>,
    findings: Vec<FindingRow>,
    first_set_aside: Vec<String>,
    /// How many more were set aside than are named.
    more_set_aside: Option<String>,
    extra: Vec<(String, String)>,
    assumptions: Vec<String>,
}

#[derive(Debug, Serialize)]
struct FindingRow {
    kind: &'static str,
    text: String,
    rows: String,
    first_line: String,
}

impl Source {
    /// `None` if every row could be used.
    pub(super) fn banner(&self) -> Option<Banner> {
        if self.set_aside.is_empty() {
            return None;
        }
        Some(Banner {
            headline: format!(
                "{} of {} could not be used and {} not in these figures.",
                numbers::rows(self.set_aside_rows()),
                plural_rows(self.rows),
                if self.set_aside_rows() == 1 { "is" } else { "are" },
            ),
            lines: self.set_aside.iter().map(sentence).collect(),
        })
    }

    pub(super) fn read(&self) -> Read {
        let finding = |kind: &'static str| {
            move |finding: &Finding| FindingRow {
                kind,
                text: clean(&finding.text),
                rows: numbers::rows(finding.rows),
                first_line: finding.first_line.map_or_else(|| "not noted".to_owned(), numbers::rows),
            }
        };
        let mut findings: Vec<FindingRow> = self.set_aside.iter().map(finding("set aside")).collect();
        findings.extend(self.contradictions.iter().map(finding("used, contradicts itself")));
        findings.extend(self.oddities.iter().map(finding("used, odd")));
        findings.extend(self.ignored.iter().map(finding("ignored by the plan")));
        findings.extend(self.outside.iter().map(finding("outside the period")));
        let more = self.set_aside_rows().saturating_sub(self.first_set_aside.len() as u64);
        let outside = self.outside.as_ref().map_or(0, |outside| outside.rows);
        let left_out = [("ignored by a rule of the plan", rows_of(&self.ignored)), ("outside the period", outside)];
        let mut rows = vec![
            ("rows below the header", numbers::rows(self.rows)),
            ("used", numbers::rows(self.used)),
            ("set aside", numbers::rows(self.set_aside_rows())),
        ];
        rows.extend(
            left_out.into_iter().filter(|(_, rows)| *rows > 0).map(|(what, count)| (what, numbers::rows(count))),
        );
        Read {
            name: clean(&self.name),
            rows,
            findings,
            first_set_aside: self.first_set_aside.iter().map(|line| clean(line)).collect(),
            more_set_aside: (more > 0 && !self.first_set_aside.is_empty()).then(|| plural_rows(more)),
            extra: self.extra.iter().map(|extra| (clean(&extra.name), sum(extra))).collect(),
            assumptions: self.assumptions.iter().map(|line| clean(line)).collect(),
        }
    }

    /// What must be known before acting: contradictions in the file, and what the review notes.
    pub(super) fn warnings(&self, notes: &[String]) -> Vec<String> {
        let contradictions = self.contradictions.iter();
        let contradictions =
            contradictions.map(|finding| format!("Used, but contradicts itself: {}", sentence(finding)));
        contradictions.chain(notes.iter().cloned()).collect()
    }
}

impl WeeklyReport<'_> {
    /// What a reader must know before believing the review.
    pub(crate) fn notes(&self) -> Vec<String> {
        let notes = self.review.notes.iter();
        notes.map(|note| group_amounts(&clean(&note.to_string()), self.plan.campaign.currency)).collect()
    }
}

/// As many warnings as may stand before the key figures, and how many more there are.
pub(super) fn first(mut warnings: Vec<String>) -> (Vec<String>, usize) {
    const LINES: usize = 6;
    let all = warnings.len();
    warnings.truncate(if all > LINES { LINES - 1 } else { all });
    let more = all - warnings.len();
    (warnings, more)
}

/// `1 204 331`, `1 204 331.52 (not known in 3 rows)`.
fn sum(extra: &ExtraSum) -> String {
    let sum = numbers::sum(&extra.sum);
    match extra.missing_rows {
        0 => sum,
        rows => format!("{sum} (not known in {})", plural_rows(rows)),
    }
}

/// `23 rows: not a number, first on line 17`.
pub(crate) fn sentence(finding: &Finding) -> String {
    let line = finding.first_line.map(|line| format!(", first on line {}", numbers::rows(line))).unwrap_or_default();
    format!("{}: {}{line}", plural_rows(finding.rows), clean(&finding.text))
}

pub(crate) fn plural_rows(rows: u64) -> String {
    plural(usize::try_from(rows).unwrap_or(usize::MAX), "row", "rows")
}
