//! What was read, and what was not.

use serde::Serialize;

use crate::source::rows_of;
use crate::text::{clean, group_amounts, plural};
use crate::{ExtraSum, Finding, WeeklyReport, numbers};

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

impl WeeklyReport<'_> {
    /// `None` if every row could be used.
    pub(super) fn banner(&self) -> Option<Banner> {
        let source = self.source;
        if source.set_aside.is_empty() {
            return None;
        }
        Some(Banner {
            headline: format!(
                "{} of {} could not be used and {} not in these figures.",
                numbers::rows(source.set_aside_rows()),
                plural_rows(source.rows),
                if source.set_aside_rows() == 1 { "is" } else { "are" },
            ),
            lines: source.set_aside.iter().map(sentence).collect(),
        })
    }

    pub(super) fn read(&self) -> Read {
        let source = self.source;
        let finding = |kind: &'static str| {
            move |finding: &Finding| FindingRow {
                kind,
                text: clean(&finding.text),
                rows: numbers::rows(finding.rows),
                first_line: finding.first_line.map_or_else(|| "not noted".to_owned(), numbers::rows),
            }
        };
        let mut findings: Vec<FindingRow> = source.set_aside.iter().map(finding("set aside")).collect();
        findings.extend(source.contradictions.iter().map(finding("used, contradicts itself")));
        findings.extend(source.oddities.iter().map(finding("used, odd")));
        findings.extend(source.ignored.iter().map(finding("ignored by the plan")));
        findings.extend(source.outside.iter().map(finding("outside the period")));
        let more = source.set_aside_rows().saturating_sub(source.first_set_aside.len() as u64);
        Read {
            name: clean(&source.name),
            rows: vec![
                ("rows below the header", numbers::rows(source.rows)),
                ("used", numbers::rows(source.used)),
                ("set aside", numbers::rows(source.set_aside_rows())),
                ("ignored by a rule of the plan", numbers::rows(rows_of(&source.ignored))),
                ("outside the period", numbers::rows(source.outside.as_ref().map_or(0, |outside| outside.rows))),
            ],
            findings,
            first_set_aside: source.first_set_aside.iter().map(|line| clean(line)).collect(),
            more_set_aside: (more > 0 && !source.first_set_aside.is_empty()).then(|| plural_rows(more)),
            extra: source.extra.iter().map(|extra| (clean(&extra.name), sum(extra))).collect(),
            assumptions: source.assumptions.iter().map(|line| clean(line)).collect(),
        }
    }

    /// What must be known before acting: contradictions in the file, and the notes of the review.
    pub(super) fn warnings(&self) -> Vec<String> {
        let contradictions = self.source.contradictions.iter();
        let contradictions =
            contradictions.map(|finding| format!("Used, but contradicts itself: {}", sentence(finding)));
        contradictions.chain(self.notes()).collect()
    }

    /// What a reader must know before believing the review.
    pub(crate) fn notes(&self) -> Vec<String> {
        let notes = self.review.notes.iter();
        notes.map(|note| group_amounts(&clean(&note.to_string()), self.plan.campaign.currency)).collect()
    }
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
