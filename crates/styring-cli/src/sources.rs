//! What was read, in the words of the report.

use std::collections::BTreeMap;

use styring_report::{ExtraSum, Finding, Source};

use crate::overlap::lists::{Form, Input, Read};
use crate::source::{Findings, ImpressionFindings, Oddity, OrderFindings, SetAside, TableFindings};

/// How many rows that were set aside are named.
const KEPT: usize = 20;

fn finding(text: &str, rows: u64, first_line: Option<u64>) -> Finding {
    Finding { text: text.to_owned(), rows, first_line }
}

fn odd(oddities: &[Oddity], contradiction: bool) -> Vec<Finding> {
    let of_kind = oddities.iter().filter(move |oddity| oddity.contradiction == contradiction);
    of_kind.map(|oddity| finding(&oddity.name, oddity.rows, Some(oddity.first_line))).collect()
}

/// The rows that were set aside, by fault, and the first of them.
fn aside(set_aside: &SetAside) -> (Vec<Finding>, Vec<String>) {
    let rejected = set_aside.rejected.iter();
    let by_fault = rejected.map(|(text, fault)| finding(text, fault.rows, Some(fault.first_line)));
    (by_fault.collect(), set_aside.first_rejections.iter().map(ToString::to_string).collect())
}

/// What is said of every table whose columns are known by name.
fn table(
    (name, delimiter): (&str, &str),
    (rows, used): (u64, u64),
    columns: &BTreeMap<&'static str, String>,
    set_aside: &SetAside,
    oddities: &[Oddity],
) -> Source {
    let (set_aside, first_set_aside) = aside(set_aside);
    let columns: Vec<String> = columns.iter().map(|(purpose, column)| format!("{purpose} from {column}")).collect();
    Source {
        name: name.to_owned(),
        rows,
        used,
        assumptions: vec![format!("Read by column: {}; cells separated by {delimiter}.", columns.join(", "))],
        set_aside,
        first_set_aside,
        contradictions: odd(oddities, true),
        oddities: odd(oddities, false),
        ..Source::default()
    }
}

/// All files of audiences together. Where small numbers are withheld, no number of rows is told: it is a size in other words.
pub(crate) fn audiences(read: &Read, withheld: bool) -> Source {
    let files: Vec<&str> = read.inputs.iter().map(|input| input.file.as_str()).collect();
    let name = if files.len() > 3 { format!("{} files", files.len()) } else { files.join(", ") };
    let mut source = Source { name, ..Source::default() };
    let several = read.inputs.len() > 1;
    for input in &read.inputs {
        source.assumptions.push(format!("{}: {}.", input.file, as_it_was_read(input, withheld)));
        let Some(table) = &input.table else { continue };
        let (set_aside, first_set_aside) = aside(&table.findings.set_aside);
        let of_file = |text: &str| if several { format!("{}: {text}", input.file) } else { text.to_owned() };
        if withheld {
            continue;
        }
        source.rows += table.findings.rows;
        source.used += table.findings.used;
        source.set_aside.extend(set_aside.into_iter().map(|found| Finding { text: of_file(&found.text), ..found }));
        source.first_set_aside.extend(first_set_aside.iter().map(|text| of_file(text)));
        if table.repeated > 0 {
            source.oddities.push(finding(&of_file("an id that its audience has already"), table.repeated, None));
        }
    }
    source.first_set_aside.truncate(KEPT);
    source
}

fn as_it_was_read(input: &Input, withheld: bool) -> String {
    let Some(table) = &input.table else {
        return if input.form == Form::Theta { "a theta sketch" } else { "a Roaring bitmap" }.to_owned();
    };
    let found = &table.findings;
    let columns: Vec<String> =
        found.columns.iter().map(|(purpose, column)| format!("{purpose} from {column}")).collect();
    let rows = match (withheld, found.set_aside.rows()) {
        (false, _) => format!(", {} of {} rows used", found.used, found.rows),
        (true, 0) => String::new(),
        (true, rows) => format!(", {rows} rows set aside"),
    };
    format!("{}{rows}", columns.join(", "))
}

pub(crate) fn impressions(findings: &ImpressionFindings) -> Source {
    let ImpressionFindings { name, delimiter, rows, used, columns, set_aside, oddities, .. } = findings;
    let mut source = table((name, delimiter), (*rows, *used), columns, set_aside, oddities);
    source
        .assumptions
        .extend(findings.assumed_zone.map(|zone| format!("Times without an offset are by the clocks of {zone}.")));
    source
}

pub(crate) fn plain(findings: &TableFindings) -> Source {
    let TableFindings { name, delimiter, rows, used, columns, set_aside, oddities } = findings;
    table((name, delimiter), (*rows, *used), columns, set_aside, oddities)
}

pub(crate) fn orders(findings: &OrderFindings) -> Source {
    let OrderFindings { name, delimiter, rows, used, columns, set_aside, oddities, .. } = findings;
    let mut source = table((name, delimiter), (*rows, *used), columns, set_aside, oddities);
    if let Some(customers) = findings.customers_without_channel.filter(|customers| *customers > 0) {
        let customers = if customers == 1 { "1 customer".to_owned() } else { format!("{customers} customers") };
        source.assumptions.push(format!(
            "The first order of {customers} names no channel; these are left out where channels are compared."
        ));
    }
    source.outside = findings
        .after
        .map(|(rows, first_line)| finding("orders after the last day that counts", rows, Some(first_line)));
    source
}

pub(crate) fn described(findings: &Findings) -> Source {
    let (set_aside, first_set_aside) = aside(&findings.set_aside);
    let extra = |(name, sum): (&String, &styring_money::Exact)| ExtraSum {
        name: name.clone(),
        sum: sum.clone(),
        missing_rows: findings.extra_missing.get(name).copied().unwrap_or(0),
    };
    Source {
        name: findings.name.clone(),
        rows: findings.rows,
        used: findings.used,
        assumptions: findings.assumptions.clone(),
        set_aside,
        first_set_aside,
        ignored: findings.ignored.iter().map(|ignored| finding(&ignored.rule, ignored.rows, None)).collect(),
        outside: findings
            .outside
            .as_ref()
            .map(|outside| finding("days before the campaign began", outside.facts.rows(), Some(outside.first_line))),
        contradictions: odd(&findings.oddities, true),
        oddities: odd(&findings.oddities, false),
        extra: findings.extra.iter().map(extra).collect(),
    }
}
