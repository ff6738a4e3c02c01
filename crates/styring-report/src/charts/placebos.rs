use styring_playbook::GeoTested;

use super::canvas::{Canvas, SMALL, Side, TEXT, svg};
use super::palette::{self, INK, MUTED};
use super::scale::Scale;
use super::{PAD, label, layout};
use crate::text::plural;
use crate::{Error, numbers};

/// So many of the furthest placebos are drawn.
const DRAWN: usize = 24;
const ROW: f64 = 22.0;

/// The effect on the treated over the fit before, among the same of every other region; the furthest from zero first.
///
/// Errors: placebos that there are none of; those of drawing.
pub fn placebos(tested: &GeoTested, width: u32) -> Result<String, Error> {
    let missing = |value: &dyn ToString| Error::Series {
        field: "placebos".to_owned(),
        expected: "those of regions that were not fitted perfectly",
        value: value.to_string(),
    };
    let placebos = tested.placebos.as_ref().map_err(|fault| missing(fault))?;
    let own = placebos.treated.ok_or_else(|| missing(&"none"))?;
    let mut rows: Vec<(&str, f64, bool)> =
        placebos.others.iter().filter_map(|other| Some((other.region.as_str(), other.studentised?, false))).collect();
    let place = rows.iter().position(|(_, value, _)| value.abs() < own.abs()).unwrap_or(rows.len());
    rows.insert(place, ("the treated", own, true));
    let left_out = rows.len().saturating_sub(DRAWN);
    if left_out > 0 {
        // The treated are there wherever they stand.
        let treated = if place >= DRAWN { Some(rows[place]) } else { None };
        rows.truncate(DRAWN - usize::from(treated.is_some()));
        rows.extend(treated);
    }
    let (width, _) = layout(width);
    let scale = Scale::linear(rows.iter().map(|(_, value, _)| *value));
    let ticks = scale.ticks(5);
    let text = |value: f64| numbers::decimal(value, 1);
    let names = rows.iter().map(|(name, ..)| label::width(name, TEXT)).fold(0.0, f64::max).min(width * 0.33) + 1.0;
    let room = rows.iter().map(|(_, value, _)| label::width(&text(*value), SMALL)).fold(0.0, f64::max);
    let (left, right) = (PAD + names + 14.0, width - PAD - room - 14.0);
    let x = |value: f64| left + scale.place(value).clamped() * (right - left);
    let top = PAD + 18.0;
    let bottom = top + ROW * rows.len() as f64;
    let remark = (left_out > 0).then(|| format!("and {} nearer to zero", plural(left_out, "more", "more")));
    let height = bottom + 24.0 + if remark.is_some() { 18.0 } else { 0.0 } + PAD;
    let said = rows.iter().map(|(name, value, _)| format!("{name} {}", text(*value)));
    let description = said.collect::<Vec<_>>().join("; ");
    let title = "Effect over the fit before: the treated among placebos";
    svg((width, height), title, &description, |canvas: &mut Canvas<'_>| {
        let unit = label::fit("effect, in times of the usual gap before", SMALL, width - 2.0 * PAD);
        canvas.muted((PAD, PAD + 2.0), Side::Right, SMALL, &unit);
        let mut free = f64::NEG_INFINITY;
        for (value, text) in &ticks {
            canvas.grid((x(*value), top), (x(*value), bottom));
            let half = label::width(text, SMALL) / 2.0;
            if x(*value) - half > free {
                canvas.muted((x(*value), bottom + 12.0), Side::Centre, SMALL, text);
                free = x(*value) + half + 6.0;
            }
        }
        canvas.line((x(0.0), top), (x(0.0), bottom), 1, INK);
        for (index, (name, value, is_treated)) in rows.iter().enumerate() {
            let y = top + ROW * (index as f64 + 0.5);
            let colour = if *is_treated { palette::channel(3) } else { MUTED };
            canvas.line((x(0.0), y), (x(*value), y), if *is_treated { 4 } else { 2 }, colour);
            canvas.dot((x(*value), y), if *is_treated { 6 } else { 4 }, colour);
            let name = label::fit(name, TEXT, names);
            canvas.text((left - 12.0, y), Side::Left, TEXT, &name);
            canvas.text((width - PAD, y), Side::Left, SMALL, &text(*value));
        }
        if let Some(remark) = &remark {
            canvas.muted((left, bottom + 32.0), Side::Right, SMALL, &label::fit(remark, SMALL, width - left - PAD));
        }
    })
}
