//! `overlap.json`: everything a program would want to know. Ids stand in it only where a row could not be used.

use std::collections::BTreeMap;

use serde::Serialize;
use styring_report::overlap::Overlap;
use styring_segments::naming::LintReport;

use super::lists::{Form, Input, Read};
use crate::Error;
use crate::source::{Fault, Rejection};

/// Raised when a field changes its meaning or goes away.
const FORMAT: &str = "styring-overlap/1";

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    #[serde(flatten)]
    overlap: &'a Overlap,
    /// The names held against a scheme, if one was given.
    names: Option<&'a LintReport>,
    inputs: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Found<'a> {
    file: &'a str,
    form: Form,
    audience: Option<&'a str>,
    #[serde(flatten)]
    table: Option<Table<'a>>,
}

#[derive(Serialize)]
struct Table<'a> {
    /// These three are sizes in other words: `null` where numbers are withheld.
    rows: Option<u64>,
    used: Option<u64>,
    repeated: Option<u64>,
    columns: &'a BTreeMap<&'static str, String>,
    delimiter: &'a str,
    rejected: &'a BTreeMap<String, Fault>,
    /// They quote ids: `null` where numbers are withheld.
    first_rejections: Option<&'a [Rejection]>,
}

pub(super) fn written(overlap: &Overlap, names: Option<&LintReport>, read: &Read) -> Result<String, Error> {
    let told = overlap.least.is_none();
    let inputs = read.inputs.iter().map(|input| found(input, told)).collect();
    let written = Written { format: FORMAT, overlap, names, inputs };
    let mut text = serde_json::to_string_pretty(&written).map_err(|fault| Error::Report(fault.to_string()))?;
    text.push('\n');
    Ok(text)
}

fn found(input: &Input, told: bool) -> Found<'_> {
    let number = |rows| told.then_some(rows);
    let table = input.table.as_ref().map(|table| Table {
        rows: number(table.findings.rows),
        used: number(table.findings.used),
        repeated: number(table.repeated),
        columns: &table.findings.columns,
        delimiter: &table.findings.delimiter,
        rejected: &table.findings.set_aside.rejected,
        first_rejections: told.then_some(table.findings.set_aside.first_rejections.as_slice()),
    });
    Found { file: &input.file, form: input.form, audience: input.audience.as_deref(), table }
}
