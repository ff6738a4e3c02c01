//! What was read, in the words of the report.

use styring_report::{ExtraSum, Finding, Source};

use crate::source::Findings;

pub(crate) fn described(findings: &Findings) -> Source {
    let finding = |text: &str, rows, first_line| Finding { text: text.to_owned(), rows, first_line };
    let oddities = |contradiction: bool| {
        let of_kind = findings.oddities.iter().filter(move |oddity| oddity.contradiction == contradiction);
        of_kind.map(|oddity| finding(&oddity.name, oddity.rows, Some(oddity.first_line))).collect()
    };
    let extra = |(name, sum): (&String, &styring_money::Exact)| ExtraSum {
        name: name.clone(),
        sum: sum.clone(),
        missing_rows: findings.extra_missing.get(name).copied().unwrap_or(0),
    };
    let rejected = findings.set_aside.rejected.iter();
    Source {
        name: findings.name.clone(),
        rows: findings.rows,
        used: findings.used,
        assumptions: findings.assumptions.clone(),
        set_aside: rejected.map(|(text, fault)| finding(text, fault.rows, Some(fault.first_line))).collect(),
        first_set_aside: findings.set_aside.first_rejections.iter().map(ToString::to_string).collect(),
        ignored: findings.ignored.iter().map(|ignored| finding(&ignored.rule, ignored.rows, None)).collect(),
        outside: findings
            .outside
            .as_ref()
            .map(|outside| finding("days before the campaign began", outside.facts.rows(), Some(outside.first_line))),
        contradictions: oddities(true),
        oddities: oddities(false),
        extra: findings.extra.iter().map(extra).collect(),
    }
}
