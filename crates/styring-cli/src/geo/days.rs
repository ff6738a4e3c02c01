//! `days.csv`: the treated regions together, day by day.

use styring_experiments::ConfidenceSet;
use styring_playbook::GeoTested;

use crate::Error;

#[derive(serde::Serialize)]
struct Line {
    day: String,
    treated: u8,
    actual: String,
    counterfactual: String,
    effect: String,
    effect_low: String,
    effect_high: String,
    cumulative: String,
    cumulative_low: String,
    cumulative_high: String,
}

/// One line a day; what does not exist is empty: an effect to date before the treatment, an end that there is none of.
pub(super) fn csv(tested: &GeoTested) -> Result<String, Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let fault = |fault: &dyn ToString| Error::Report(fault.to_string());
    for day in &tested.days {
        let [effect_low, effect_high] = ends(day.effect_set);
        let [cumulative_low, cumulative_high] = ends(day.running_set);
        let line = Line {
            day: day.day.to_string(),
            treated: day.treated.into(),
            actual: digits(day.actual),
            counterfactual: digits(day.counterfactual),
            effect: digits(day.effect),
            effect_low,
            effect_high,
            cumulative: day.running.map_or_else(String::new, digits),
            cumulative_low,
            cumulative_high,
        };
        table.serialize(line).map_err(|error| fault(&error))?;
    }
    let bytes = table.into_inner().map_err(|error| fault(&error))?;
    String::from_utf8(bytes).map_err(|error| fault(&error))
}

fn ends(set: Option<ConfidenceSet>) -> [String; 2] {
    let (low, high) = set.map_or((f64::NEG_INFINITY, f64::INFINITY), ConfidenceSet::ends);
    [low, high].map(|end| if end.is_finite() { digits(end) } else { String::new() })
}

/// Six decimals at most, and no more of them than say something.
fn digits(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
