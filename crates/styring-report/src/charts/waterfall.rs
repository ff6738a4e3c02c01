use styring_segments::exclusions::Role;

use super::bars::{Bar, bars};
use super::legend::Mark;
use super::palette;
use crate::Error;
use crate::overlap::{Line, People};
use crate::overlap_words::people;

/// How much of its colour what is taken out has.
const TAKEN: f64 = 0.35;

/// What is left of each segment, in priority: the people in no segment above (full) and those in one (faint); together, everybody in it. Bounds of estimates are brackets.
///
/// Errors: none but those of drawing.
pub fn waterfall(lines: &[Line], width: u32) -> Result<String, Error> {
    let colours = [palette::channel(0), palette::channel(6)];
    let mut legend = vec![
        (Mark::Area(colours[0], 1.0), "left to the segment".to_owned()),
        (Mark::Area(colours[0], TAKEN), "in a segment above".to_owned()),
    ];
    if lines.iter().any(|line| line.role == Role::ExcludeOnly) {
        legend.push((Mark::Area(colours[1], 1.0), "only taken out of others".to_owned()));
    }
    let rows: Vec<Bar> = lines.iter().map(bar).collect();
    bars("What is left of each segment, in priority", legend, &rows, width)
}

fn text(line: &Line) -> String {
    match (line.gross, line.net) {
        (People::Exact(gross), People::Exact(net)) if gross == net => people(line.net).text,
        _ => format!("{} → {}", people(line.gross).text, people(line.net).text),
    }
}

fn bar(line: &Line) -> Bar {
    let colour = palette::channel(if line.role == Role::Target { 0 } else { 6 });
    let net = line.net.value();
    let taken = line.gross.value().map(|gross| gross - net.unwrap_or(0.0));
    let parts = net.map(|net| (net, colour, 1.0)).into_iter().chain(taken.map(|taken| (taken, colour, TAKEN)));
    Bar { name: line.name.clone(), parts: parts.collect(), bounds: line.net.bounds(), text: text(line) }
}
