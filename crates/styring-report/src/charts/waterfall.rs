use super::canvas::{Canvas, svg};
use super::legend::{Legend, Mark};
use super::palette;
use super::people_bars::{Bar, Bars, FAINT, Stretch};
use super::{PAD, layout};
use crate::Error;
use crate::overlap::{Line, People};
use crate::overlap_words::people;
use styring_segments::exclusions::Role;

/// What is left of each segment, in priority: the people in no segment above (full) and those in one (faint); together, everybody in it. Bounds of estimates are brackets.
pub fn waterfall(lines: &[Line], width: u32) -> Result<String, Error> {
    let (paper, _) = layout(width);
    let bars = Bars::new(lines.iter().map(bar).collect(), 0.0, width);
    let colours = [palette::channel(0), palette::channel(6)];
    let mut entries = vec![
        (Mark::Area(colours[0], 1.0), "left to the segment".to_owned()),
        (Mark::Area(colours[0], FAINT), "in a segment above".to_owned()),
    ];
    if lines.iter().any(|line| line.role == Role::ExcludeOnly) {
        entries.push((Mark::Area(colours[1], 1.0), "only taken out of others".to_owned()));
    }
    let legend = Legend::new(entries, paper - 2.0 * PAD);
    let top = PAD + legend.height() + 8.0;
    let described = lines.iter().map(|line| format!("{}: {}", line.name, text(line)));
    let description = described.collect::<Vec<_>>().join("; ");
    let title = "What is left of each segment, in priority";
    svg((paper, top + bars.height() + PAD), title, &description, |canvas: &mut Canvas<'_>| {
        legend.draw(canvas, (PAD, PAD));
        bars.draw(canvas, top);
    })
}

fn text(line: &Line) -> String {
    match (line.gross, line.net) {
        (People::Exact(gross), People::Exact(net)) if gross == net => people(line.net).text,
        _ => format!("{} → {}", people(line.gross).text, people(line.net).text),
    }
}

fn bar(line: &Line) -> Bar {
    let colour = palette::channel(if line.role == Role::Target { 0 } else { 6 });
    let mut stretches = Vec::new();
    let net = line.net.value();
    if let Some(net) = net {
        stretches.push(Stretch { from: 0.0, to: net, colour, alpha: 1.0 });
    }
    if let Some(gross) = line.gross.value() {
        stretches.push(Stretch { from: net.unwrap_or(0.0), to: gross, colour, alpha: FAINT });
    }
    Bar { name: line.name.clone(), stretches, bounds: line.net.bounds(), text: text(line) }
}
