use styring_playbook::{Reading, Tested};

use super::calendar::Calendar;
use super::canvas::{Canvas, Dash, SMALL, Side, svg};
use super::legend::{Legend, Mark};
use super::palette::{self, INK};
use super::scale::Scale;
use super::{PAD, label, layout};
use crate::text::clean;
use crate::{Error, numbers};

/// How strong the evidence against "no effect" was at each look, and how strong it has to be to stop: e-values on a logarithmic scale at any time, |z| at planned looks.
///
/// Errors: a test that is read once, which has no boundary; fewer than two looks with a day.
pub fn test_evidence(tested: &Tested, width: u32) -> Result<String, Error> {
    let is_log = match tested.reading {
        Reading::AnyTime { .. } => true,
        Reading::Planned { .. } => false,
        Reading::Once => {
            let value = "a test that is read once".to_owned();
            return Err(Error::Series { field: "the reading".to_owned(), expected: "at several looks", value });
        }
    };
    let looks: Vec<_> = tested.looks.iter().filter_map(|look| Some((look.day?, &look.compared))).collect();
    let (Some((first, _)), Some((last, _)), true) = (looks.first(), looks.last(), looks.len() > 1) else {
        let value = "one".to_owned();
        return Err(Error::Series { field: "looks with a day".to_owned(), expected: "two or more", value });
    };
    let held = |place: usize| {
        let of = looks.iter().filter_map(move |(day, compared)| Some((*day, compared.get(place)?.held?)));
        of.collect::<Vec<_>>()
    };
    let treatments: Vec<_> = (0..tested.treatments.len()).map(held).collect();
    // A bound is planned for every look, also for those that have not come.
    let bounds: Vec<_> =
        treatments.first().map(|held| held.iter().map(|(day, held)| (*day, held.bound)).collect()).unwrap_or_default();
    let strengths = treatments.iter().flatten().map(|(_, held)| held.strength);
    let ends = bounds.iter().map(|(_, bound)| *bound);
    let scale = if is_log {
        Scale::log(strengths.clone().chain(ends.clone()).map(|value| value.max(0.01)), 1.0, 1e12)
    } else {
        Scale::linear(strengths.clone().chain(ends.clone()))
    };
    let ticks = scale.ticks(6);
    let gutter = ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(0.0, f64::max);
    let (width, wide) = layout(width);
    let axis = Calendar::new(*first, *last, (PAD + gutter + 8.0, width - PAD));
    let mut entries: Vec<_> = tested
        .treatments
        .iter()
        .enumerate()
        .map(|(place, read)| {
            let name = tested.arms.get(read.arm).map_or_else(String::new, |arm| clean(&arm.name));
            (Mark::Broken(palette::channel(place), Dash::of(place)), name)
        })
        .collect();
    entries.push((Mark::Bar, "the boundary: stop above it".to_owned()));
    let legend = Legend::new(entries, width - 2.0 * PAD);
    let top = PAD + 22.0;
    let plot = if wide { 220.0 } else { 180.0 };
    let bottom = top + plot;
    let y = |value: f64| bottom - scale.place(value).clamped() * plot;
    let said: Vec<String> = tested
        .treatments
        .iter()
        .zip(&treatments)
        .filter_map(|(read, held)| {
            let (_, last) = held.last()?;
            let name = clean(&tested.arms.get(read.arm)?.name);
            Some(format!(
                "{name}: {} of {}",
                numbers::decimal(last.strength.min(1e12), 2),
                numbers::decimal(last.bound, 2)
            ))
        })
        .collect();
    let height = bottom + 34.0 + legend.height() + PAD;
    let (title, axis_title) = if is_log {
        ("Evidence against no effect", "e-value")
    } else {
        ("Evidence against no effect at the planned looks", "|z|")
    };
    svg((width, height), title, &said.join("; "), |canvas: &mut Canvas<'_>| {
        canvas.muted((PAD, PAD + 4.0), Side::Right, SMALL, axis_title);
        for (value, text) in &ticks {
            canvas.grid((axis.left, y(*value)), (axis.right, y(*value)));
            canvas.muted((axis.left - 6.0, y(*value)), Side::Left, SMALL, text);
        }
        let points = |line: &[(chrono::NaiveDate, f64)]| -> Vec<(f64, f64)> {
            line.iter().map(|(day, value)| (axis.x(*day), y(*value))).collect()
        };
        let boundary = points(&bounds);
        if boundary.len() > 1 {
            canvas.path(&boundary, 2, INK);
        }
        for (place, held) in treatments.iter().enumerate() {
            let line: Vec<_> = held.iter().map(|(day, held)| (*day, held.strength)).collect();
            let line = points(&line);
            if line.len() > 1 {
                canvas.broken_path(&line, 3, palette::channel(place), Dash::of(place));
            }
            if !is_log {
                for point in line.iter().chain(&boundary) {
                    canvas.dot(*point, 4, if boundary.contains(point) { INK } else { palette::channel(place) });
                }
            }
            if let Some(point) = line.last() {
                canvas.dot(*point, 5, palette::channel(place));
            }
        }
        axis.labels(canvas, bottom + 14.0);
        legend.draw(canvas, (PAD, bottom + 30.0));
    })
}
