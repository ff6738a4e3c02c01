use super::bars::{Bar, bars};
use super::legend::Mark;
use super::palette;
use crate::Error;
use crate::overlap::Step;
use crate::overlap_words::people;

/// How much of its colour what was there before has.
const BEFORE: f64 = 0.35;

/// What each audience adds to those before it: the people who are new (full) after those who were there already (faint). Bounds of estimates are brackets at the end.
///
/// `title` says in which order they stand.
///
/// Errors: none but those of drawing.
pub fn added(title: &str, steps: &[Step], width: u32) -> Result<String, Error> {
    let mut before = Some(0.0);
    let rows: Vec<Bar> = steps
        .iter()
        .map(|step| {
            let bar = bar(step, before);
            before = step.cumulative.value();
            bar
        })
        .collect();
    let legend = [
        (Mark::Area(palette::channel(2), 1.0), "new".to_owned()),
        (Mark::Area(palette::channel(2), BEFORE), "in those above".to_owned()),
    ];
    bars(title, legend, &rows, width)
}

fn bar(step: &Step, before: Option<f64>) -> Bar {
    let colour = palette::channel(2);
    // Where one of the two ends is not known there is no knowing how much is new.
    let parts = match (before, step.cumulative.value()) {
        (Some(before), Some(end)) => vec![(before, colour, BEFORE), (end - before, colour, 1.0)],
        (None, Some(end)) => vec![(end, colour, BEFORE)],
        _ => Vec::new(),
    };
    let text = format!("+{} → {}", people(step.new).text, people(step.cumulative).text);
    Bar { name: step.name.clone(), parts, bounds: step.cumulative.bounds(), text }
}
