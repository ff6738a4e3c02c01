use super::bars::{Bar, Bars, bracket};
use super::canvas::{Canvas, SMALL, Side, svg};
use super::legend::{Legend, Mark};
use super::palette::{self, GRID, INK};
use super::{PAD, label, layout};
use crate::Error;
use crate::overlap::{Area, Overlap, People, Set};
use crate::overlap_words::people;

const ROW: f64 = 30.0;

/// How much of its colour what others have too has.
const FAINT: f64 = 0.35;

/// Who is in which audiences: above, every audience with its number and size; below, a row for each region, with a dot under each audience it is in, the people in exactly these (full) and in at
/// least these (faint). Regions are on one scale. Bounds of estimates are brackets.
///
/// Source: Lex, Gehlenborg, Strobelt, Vuillemot and Pfister 2014, "UpSet: visualization of intersecting sets", *IEEE TVCG* 20(12), here with regions as rows, which leaves room for names on a phone.
pub fn up_set(overlap: &Overlap, width: u32) -> Result<String, Error> {
    let (paper, wide) = layout(width);
    let colour = palette::channel(0);
    let sets: Vec<Bar> = overlap.sets.iter().enumerate().map(|(place, set)| bar(place, set)).collect();
    let sets = Bars::new(&sets, width)?;
    // No region is larger than the largest audience.
    let most = overlap.sets.iter().filter_map(|set| set.size.bounds()).map(|(_, upper)| upper).fold(0.0, f64::max);
    let legend = Legend::new(
        [
            (Mark::Area(colour, 1.0), "in exactly these".to_owned()),
            (Mark::Area(colour, FAINT), "in at least these".to_owned()),
        ],
        paper - 2.0 * PAD,
    );
    let count = overlap.sets.len().max(1) as f64;
    let step = (paper * if wide { 0.4 } else { 0.36 } / count).min(22.0);
    let (matrix, left) = (PAD + step / 2.0, PAD + step * count + 12.0);
    let texts: Vec<String> = overlap.regions.iter().map(text).collect();
    let room = texts.iter().map(|text| label::width(text, SMALL)).fold(0.0, f64::max);
    let right = if wide { (paper - PAD - room - 8.0).max(left + 40.0) } else { paper - PAD };
    let row = if wide { ROW } else { ROW + 16.0 };
    let head = PAD + sets.height() + 12.0;
    let top = head + legend.height() + 22.0;
    let height = top + row * texts.len().max(1) as f64 + PAD;
    let reach = |value: f64| left + if most > 0.0 { (value / most).clamp(0.0, 1.0) * (right - left) } else { 0.0 };

    let described =
        overlap.regions.iter().zip(&texts).map(|(area, text)| format!("{}: {text}", area.sets.join(" and ")));
    let sizes = overlap.sets.iter().map(|set| format!("{} has {}", set.name, people(set.size).text));
    let description = sizes.chain(described).collect::<Vec<_>>().join("; ");
    let title = "Who is in which audiences: in exactly these, and in at least these";
    svg((paper, height), title, &description, |canvas: &mut Canvas<'_>| {
        sets.draw(canvas, PAD);
        legend.draw(canvas, (PAD, head));
        if step >= 14.0 {
            for place in 0..overlap.sets.len() {
                let x = matrix + step * place as f64;
                canvas.muted((x, top - 9.0), Side::Centre, SMALL, &(place + 1).to_string());
            }
        }
        for (index, (area, text)) in overlap.regions.iter().zip(&texts).enumerate() {
            let y = top + row * index as f64;
            let middle = y + ROW / 2.0 + if wide { 0.0 } else { 16.0 };
            dots(canvas, area, overlap.sets.len(), (matrix, step, middle));
            for (people, from, to, alpha) in [(area.exclusive, -9.0, 3.0, 1.0), (area.inclusive, 3.0, 9.0, FAINT)] {
                if let Some(value) = people.value() {
                    canvas.rect((left, middle + from), (reach(value), middle + to), colour, alpha);
                }
                bracket(
                    canvas,
                    people.bounds().map(|(low, high)| (reach(low), reach(high))),
                    middle + f64::midpoint(from, to),
                );
            }
            canvas.line((left, middle - 11.0), (left, middle + 11.0), 1, INK);
            let ends = [area.exclusive, area.inclusive].into_iter().filter_map(People::bounds).map(|(_, upper)| upper);
            let end = reach(ends.fold(0.0, f64::max));
            if wide {
                canvas.text((end + 6.0, middle), Side::Right, SMALL, text);
            } else {
                canvas.text((left, y + 10.0), Side::Right, SMALL, &label::fit(text, SMALL, right - left));
            }
        }
    })
}

fn bar(place: usize, set: &Set) -> Bar {
    Bar {
        name: format!("{} · {}", place + 1, set.name),
        parts: set.size.value().map(|size| (size, palette::channel(6), 1.0)).into_iter().collect(),
        bounds: set.size.bounds(),
        text: people(set.size).text,
    }
}

fn text(area: &Area) -> String {
    let (exactly, at_least) = (people(area.exclusive).text, people(area.inclusive).text);
    if exactly == at_least { exactly } else { format!("{exactly} · {at_least}") }
}

/// A dot under each audience: full where the region is in it, with a line through them.
fn dots(canvas: &mut Canvas<'_>, area: &Area, sets: usize, (left, step, y): (f64, f64, f64)) {
    let x = |place: usize| left + step * place as f64;
    let radius = if step >= 14.0 {
        5
    } else if step >= 8.0 {
        3
    } else {
        1
    };
    for place in 0..sets {
        canvas.dot((x(place), y), radius, GRID);
    }
    if let (Some(first), Some(last)) = (area.places.first(), area.places.last()) {
        canvas.line((x(*first), y), (x(*last), y), 2, INK);
    }
    for place in &area.places {
        canvas.dot((x(*place), y), radius, INK);
    }
}
