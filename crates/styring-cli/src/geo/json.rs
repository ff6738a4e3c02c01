//! `geo.json`: everything a program would want to know of the test.

use chrono::NaiveDate;
use serde::Serialize;
use styring_experiments::{ConfidenceSet, Error as TestError};
use styring_playbook::{
    GeoCost, GeoDay, GeoFit, GeoFound, GeoMethod, GeoNote, GeoPlacebos, GeoSpend, GeoTest, GeoTested, GeoTestedSpec,
    GeoWeight,
};

use super::Read;
use crate::Error;
use crate::source::TableFindings;

/// Raised when a field changes its meaning or goes away.
const FORMAT: &str = "styring-geo/1";

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    sentence: &'a str,
    treated: &'a [String],
    without: &'a [String],
    from: NaiveDate,
    until: Option<NaiveDate>,
    controls: usize,
    days_before: usize,
    days_with: usize,
    level: f64,
    method: GeoMethod,
    weighting: styring_experiments::geo::Weighting,
    /// In all, over the treated regions and days.
    total: f64,
    set: ConfidenceSet,
    p_value: f64,
    smallest_p: Option<f64>,
    is_effect: bool,
    per_day: f64,
    per_region_and_day: f64,
    lift: Option<f64>,
    lift_limits: Option<(f64, f64)>,
    methods: Vec<Method<'a>>,
    fit: GeoFit,
    weights: &'a [GeoWeight],
    placebos: Answer<&'a GeoPlacebos>,
    spend: Option<Spend>,
    cost: Option<GeoCost>,
    days: &'a [GeoDay],
    notes: &'a [GeoNote],
    rows_after_the_last_day: u64,
    input: &'a TableFindings,
}

#[derive(Serialize)]
struct Method<'a> {
    test: GeoTest,
    answer: Answer<&'a GeoFound>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Spend {
    Total(f64),
    InTheRows,
}

/// Something, or why it cannot be said.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer<T> {
    Known(T),
    Unknown { cannot_be_told: String },
}

impl<'a, T> From<&'a Result<T, TestError>> for Answer<&'a T> {
    fn from(result: &'a Result<T, TestError>) -> Self {
        match result {
            Ok(known) => Self::Known(known),
            Err(fault) => Self::Unknown { cannot_be_told: fault.to_string() },
        }
    }
}

pub(super) fn written(tested: &GeoTested, spec: &GeoTestedSpec, sentence: &str, read: &Read) -> Result<String, Error> {
    let found = tested.found;
    let per_day = found.total / tested.days_with as f64;
    let methods = tested.answers.iter().map(|answer| Method { test: answer.test, answer: (&answer.found).into() });
    let written = Written {
        format: FORMAT,
        sentence,
        treated: &tested.treated,
        without: &spec.without,
        from: spec.from,
        until: spec.until,
        controls: tested.controls,
        days_before: tested.days_before,
        days_with: tested.days_with,
        level: spec.level.level(),
        method: spec.method,
        weighting: spec.weighting,
        total: found.total,
        set: found.set,
        p_value: found.p_value,
        smallest_p: found.smallest_p,
        is_effect: found.is_effect(),
        per_day,
        per_region_and_day: per_day / tested.treated.len() as f64,
        lift: tested.lift,
        lift_limits: tested.lift_limits,
        methods: methods.collect(),
        fit: tested.fit,
        weights: &tested.weights,
        placebos: (&tested.placebos).into(),
        spend: match spec.spend {
            GeoSpend::Unknown => None,
            GeoSpend::Total(spend) => Some(Spend::Total(spend)),
            GeoSpend::Rows => Some(Spend::InTheRows),
        },
        cost: tested.cost,
        days: &tested.days,
        notes: &tested.notes,
        rows_after_the_last_day: read.after.map_or(0, |(rows, _)| rows),
        input: &read.findings,
    };
    let mut text = serde_json::to_string_pretty(&written).map_err(|fault| Error::Report(fault.to_string()))?;
    text.push('\n');
    Ok(text)
}
