use styring_experiments::ConfidenceSet;
use styring_playbook::Tested;

use super::calendar::Calendar;
use super::canvas::{Canvas, SMALL, Side, svg};
use super::legend::{Legend, Mark};
use super::palette::{self, INK, MUTED};
use super::scale::Scale;
use super::{PAD, label, layout};
use crate::test_words::Unit;
use crate::text::clean;
use crate::{Error, numbers};

const LIMITS: f64 = 0.2;
/// So many times the half width of the last interval are drawn; the first looks know nothing yet.
const ROOM: f64 = 3.0;

/// The effect of one treatment day by day, with what the test does not contradict at each look.
///
/// `treatment` counts the treatments from 0; `smallest` is the smallest effect worth having, if one was named.
///
/// Errors: no such treatment; fewer than two looks with a day.
pub fn test_course(tested: &Tested, treatment: usize, smallest: Option<f64>, width: u32) -> Result<String, Error> {
    let unit = Unit::of(tested);
    let wrong = |field: &str, value: String| Error::Series { field: field.to_owned(), expected: "there", value };
    let Some(arm) = tested.arms.get(treatment + 1) else {
        return Err(wrong("the treatment", treatment.to_string()));
    };
    let looks = tested.looks.iter().filter_map(|look| Some((look.day?, look.compared.get(treatment)?)));
    let looks: Vec<_> = looks.collect();
    let (Some((first, _)), Some((last, _)), true) = (looks.first(), looks.last(), looks.len() > 1) else {
        return Err(wrong("a second look with a day", "none".to_owned()));
    };
    let estimates: Vec<_> = looks.iter().filter_map(|(day, at)| Some((*day, at.estimate? * unit.factor))).collect();
    let sets: Vec<_> = looks.iter().filter_map(|(day, at)| Some((*day, at.held?.set.times(unit.factor)))).collect();
    let scale = scale(&estimates, &sets, smallest.map(|effect| effect * unit.factor));
    let ticks = scale.ticks(5);
    let gutter = ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(0.0, f64::max);
    let (width, wide) = layout(width);
    let axis = Calendar::new(*first, *last, (PAD + gutter + 8.0, width - PAD));
    let colour = palette::channel(treatment);
    let single = sets.len() < 2 || tested.design.is_some();
    let mut entries = vec![(Mark::Stroke(colour), "the effect so far".to_owned())];
    let level = numbers::level(tested.level_of_each.level());
    entries.push(if single {
        (Mark::Whisker(MUTED), format!("not contradicted, {level}"))
    } else {
        (Mark::Area(colour, LIMITS), format!("not contradicted, {level}"))
    });
    if smallest.is_some() {
        entries.push((Mark::Dashes, "the smallest effect worth having".to_owned()));
    }
    let legend = Legend::new(entries, width - 2.0 * PAD);
    let top = PAD + 22.0;
    let plot = if wide { 260.0 } else { 210.0 };
    let bottom = top + plot;
    let y = |value: f64| bottom - scale.place(value).clamped() * plot;
    let title = format!("Effect of {} against {}", clean(&arm.name), clean(&tested.arms[0].name));
    let said = looks.iter().rev().find_map(|(day, at)| {
        Some(format!("until {}: {}", crate::period::day(*day), at.estimate.map(|effect| unit.effect(effect))?))
    });
    let height = bottom + 34.0 + legend.height() + PAD;
    svg((width, height), &title, &said.unwrap_or_default(), |canvas: &mut Canvas<'_>| {
        canvas.muted((PAD, PAD + 4.0), Side::Right, SMALL, unit.axis);
        for (value, text) in &ticks {
            canvas.grid((axis.left, y(*value)), (axis.right, y(*value)));
            canvas.muted((axis.left - 6.0, y(*value)), Side::Left, SMALL, text);
        }
        let ends = |(day, set): &(chrono::NaiveDate, ConfidenceSet)| {
            let (low, high) = set.ends();
            (axis.x(*day), y(low), y(high))
        };
        if single {
            for (x, low, high) in sets.iter().map(ends) {
                canvas.line((x, low), (x, high), 3, MUTED);
            }
        } else {
            let upper: Vec<_> = sets.iter().map(ends).map(|(x, _, high)| (x, high)).collect();
            let lower: Vec<_> = sets.iter().map(ends).map(|(x, low, _)| (x, low)).collect();
            canvas.band(&upper, &lower, colour, LIMITS);
        }
        canvas.line((axis.left, y(0.0)), (axis.right, y(0.0)), 1, INK);
        if let Some(smallest) = smallest {
            let level = y(smallest * unit.factor);
            canvas.dashes((axis.left, level), axis.right, 1, MUTED);
        }
        let points: Vec<_> = estimates.iter().map(|(day, value)| (axis.x(*day), y(*value))).collect();
        if points.len() > 1 {
            canvas.path(&points, 3, colour);
        }
        if let Some(point) = points.last() {
            canvas.dot(*point, 5, colour);
        }
        axis.labels(canvas, bottom + 14.0);
        legend.draw(canvas, (PAD, bottom + 30.0));
    })
}

/// Zero, the last interval with room around it, and the estimates of the later half.
fn scale(
    estimates: &[(chrono::NaiveDate, f64)],
    sets: &[(chrono::NaiveDate, ConfidenceSet)],
    smallest: Option<f64>,
) -> Scale {
    let mut values = vec![0.0];
    values.extend(smallest);
    values.extend(estimates.iter().skip(estimates.len() / 2).map(|(_, value)| *value));
    if let Some((_, set)) = sets.last() {
        let (low, high) = set.ends();
        if low.is_finite() && high.is_finite() {
            let (middle, half) = (f64::midpoint(low, high), (high - low) / 2.0);
            values.extend([middle - ROOM * half, middle + ROOM * half]);
        } else {
            values.extend([low, high].into_iter().filter(|end| end.is_finite()).map(|end| end * ROOM));
        }
    }
    Scale::level(values)
}
