use super::canvas::{Canvas, svg};
use super::legend::{Legend, Mark};
use super::palette;
use super::people_bars::{Bar, Bars, FAINT, Stretch};
use super::{PAD, layout};
use crate::Error;
use crate::overlap::Step;
use crate::overlap_words::people;

/// What each audience adds to those before it: the people who are new (full) after those who were there already (faint). Bounds of estimates are brackets at the end.
///
/// `title` says in which order they stand.
pub fn added(title: &str, steps: &[Step], width: u32) -> Result<String, Error> {
    let (paper, _) = layout(width);
    let mut before = Some(0.0);
    let rows = steps.iter().map(|step| {
        let bar = bar(step, before);
        before = step.cumulative.value();
        bar
    });
    let bars = Bars::new(rows.collect(), 0.0, width);
    let entries = [
        (Mark::Area(palette::channel(2), 1.0), "new".to_owned()),
        (Mark::Area(palette::channel(2), FAINT), "reached by those above".to_owned()),
    ];
    let legend = Legend::new(entries, paper - 2.0 * PAD);
    let top = PAD + legend.height() + 8.0;
    let described = steps.iter().map(|step| format!("{}: {}", step.name, text(step)));
    let description = described.collect::<Vec<_>>().join("; ");
    svg((paper, top + bars.height() + PAD), title, &description, |canvas: &mut Canvas<'_>| {
        legend.draw(canvas, (PAD, PAD));
        bars.draw(canvas, top);
    })
}

fn text(step: &Step) -> String {
    format!("+{}, {} in all", people(step.new).text, people(step.cumulative).text)
}

fn bar(step: &Step, before: Option<f64>) -> Bar {
    let colour = palette::channel(2);
    let mut stretches = Vec::new();
    // Where one of the two ends is not known there is no knowing how much is new.
    let end = step.cumulative.value();
    match (before, end) {
        (Some(before), Some(end)) => {
            stretches.push(Stretch { from: 0.0, to: before, colour, alpha: FAINT });
            stretches.push(Stretch { from: before, to: end.max(before), colour, alpha: 1.0 });
        }
        (None, Some(end)) => stretches.push(Stretch { from: 0.0, to: end, colour, alpha: FAINT }),
        _ => {}
    }
    Bar { name: step.name.clone(), stretches, bounds: step.cumulative.bounds(), text: text(step) }
}
