//! `test.json`: everything a program would want to know of a test.

use chrono::NaiveDate;
use serde::Serialize;
use styring_experiments::decision::{Dropped, Invalid};
use styring_experiments::{Incremental, IncrementalCost, Language, Naming, Readout};
use styring_playbook::{Arm, Measure, Reading, TestDecision, TestLook, Tested, Treatment};

use super::looks::decided;
use crate::Error;
use crate::source::TableFindings;

/// Raised when a field changes its meaning or goes away.
const FORMAT: &str = "styring-test/1";

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    measure: Measure,
    metric: &'a str,
    reading: Reading,
    level_of_each: f64,
    decision: Decision<'a>,
    variants: &'a [Arm],
    split_p_value: f64,
    treatments: Vec<OfTreatment<'a>>,
    dropped: &'a [Dropped],
    looks: &'a [TestLook],
    input: &'a TableFindings,
}

#[derive(Serialize)]
struct Decision<'a> {
    is: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    winner: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Invalid>,
    decided_on: Option<NaiveDate>,
}

#[derive(Serialize)]
struct OfTreatment<'a> {
    name: &'a str,
    effect: Option<&'a Readout>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_effect_because: Option<String>,
    sentence: Option<Sentences>,
    incremental: Option<&'a Incremental>,
    cost: Option<IncrementalCost>,
    chance_to_beat: Option<f64>,
}

#[derive(Serialize)]
struct Sentences {
    en: String,
    no: String,
}

pub(super) fn written(tested: &Tested, metric: &str, findings: &TableFindings) -> Result<String, Error> {
    let name = |arm: usize| tested.arms.get(arm).map_or("", |arm| arm.name.as_str());
    let decided_at = tested.decided_at.and_then(|at| tested.looks.get(at));
    let written = Written {
        format: FORMAT,
        measure: tested.measure,
        metric,
        reading: tested.reading,
        level_of_each: tested.level_of_each.level(),
        decision: Decision {
            is: decided(tested.decision),
            winner: if let TestDecision::Winner { arm } = tested.decision { Some(name(arm)) } else { None },
            why: if let TestDecision::Invalid(why) = tested.decision { Some(why) } else { None },
            decided_on: decided_at.and_then(|look| look.day),
        },
        variants: &tested.arms,
        split_p_value: tested.split_p_value,
        treatments: tested.treatments.iter().map(|read| of_treatment(read, name(read.arm), name(0), metric)).collect(),
        dropped: &tested.dropped,
        looks: &tested.looks,
        input: findings,
    };
    let mut text = serde_json::to_string_pretty(&written).map_err(|fault| Error::Report(fault.to_string()))?;
    text.push('\n');
    Ok(text)
}

fn of_treatment<'a>(read: &'a Treatment, treatment: &'a str, control: &str, metric: &str) -> OfTreatment<'a> {
    let naming = Naming { treatment, control, metric };
    OfTreatment {
        name: treatment,
        effect: read.effect.as_ref(),
        no_effect_because: read.fault.as_ref().map(ToString::to_string),
        sentence: read.effect.as_ref().map(|effect| Sentences {
            en: effect.sentence(Language::English, naming),
            no: effect.sentence(Language::Norwegian, naming),
        }),
        incremental: read.incremental.as_ref(),
        cost: read.cost,
        chance_to_beat: read.chance_to_beat,
    }
}
