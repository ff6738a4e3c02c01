use styring_playbook::Tested;

use super::canvas::{Canvas, SMALL, Side, svg};
use super::palette::{self, GRID, INK};
use super::scale::Scale;
use super::{PAD, label, layout};
use crate::Error;
use crate::test_words::Unit;
use crate::text::clean;

const ROW: f64 = 44.0;

/// The effect of every treatment with what the test does not contradict; no effect is the line.
///
/// Errors: a picture that cannot be drawn.
pub fn test_effects(tested: &Tested, width: u32) -> Result<String, Error> {
    let unit = Unit::of(tested);
    let (width, wide) = layout(width);
    let rows: Vec<_> = tested
        .treatments
        .iter()
        .map(|read| {
            let name = tested.arms.get(read.arm).map_or_else(String::new, |arm| clean(&arm.name));
            let effect = read.effect.as_ref();
            let ends = effect.map(|effect| effect.set().times(unit.factor).ends());
            (
                name,
                effect.and_then(styring_experiments::Readout::estimate).map(|value| value * unit.factor),
                ends,
                effect,
            )
        })
        .collect();
    let finite = rows.iter().flat_map(|(_, estimate, ends, _)| {
        let ends = ends.map_or([f64::NAN; 2], |(low, high)| [low, high]);
        ends.into_iter().chain(*estimate)
    });
    let scale = Scale::level(finite.chain([0.0]).filter(|value| value.is_finite()));
    let longest = rows.iter().map(|row| label::width(&row.0, super::canvas::TEXT)).fold(0.0, f64::max);
    let names = if wide { longest.min(width * 0.35) } else { 0.0 };
    let (left, right) = (PAD + names + 12.0, width - PAD - 12.0);
    let x = |value: f64| left + scale.place(value).clamped() * (right - left);
    let top = PAD + 8.0;
    let bottom = top + ROW * rows.len().max(1) as f64;
    let said: Vec<String> = rows
        .iter()
        .map(|(name, _, _, effect)| {
            effect
                .map_or_else(|| format!("{name}: nothing yet"), |effect| format!("{name}: {}", unit.set(effect.set())))
        })
        .collect();
    let title = format!("Effects against {}", tested.arms.first().map_or_else(String::new, |arm| clean(&arm.name)));
    svg((width, bottom + 40.0), &title, &said.join("; "), |canvas: &mut Canvas<'_>| {
        for (value, text) in scale.ticks(if wide { 8 } else { 4 }) {
            canvas.line((x(value), top), (x(value), bottom), 1, GRID);
            canvas.muted((x(value), bottom + 12.0), Side::Centre, SMALL, &text);
        }
        canvas.line((x(0.0), top - 4.0), (x(0.0), bottom), 2, INK);
        for (place, (name, estimate, ends, _)) in rows.iter().enumerate() {
            let middle = top + ROW * (place as f64 + 0.5);
            if wide {
                canvas.name((left - 12.0, middle), Side::Left, names, name);
            } else {
                // The last line of a name stands above its interval, however many there are.
                let lines = label::two_lines(name, super::canvas::TEXT, right - left).len();
                canvas.name((left, middle - 6.0 - 8.0 * lines as f64), Side::Right, right - left, name);
            }
            let colour = palette::channel(place);
            if let Some((low, high)) = ends {
                canvas.line((x(*low), middle), (x(*high), middle), 3, colour);
            } else {
                canvas.muted((left + 8.0, middle), Side::Right, SMALL, "nothing can be said yet");
            }
            if let Some(estimate) = estimate.filter(|_| ends.is_some()) {
                canvas.dot((x(estimate), middle), 6, colour);
            }
        }
        canvas.muted((right, bottom + 28.0), Side::Left, SMALL, unit.axis);
    })
}
