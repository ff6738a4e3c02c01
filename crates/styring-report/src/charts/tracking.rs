use chrono::NaiveDate;
use styring_playbook::Tracked;

use super::calendar::Calendar;
use super::canvas::{Canvas, Dash, SMALL, Side, svg};
use super::legend::{Legend, Mark};
use super::palette::{self, INK, MUTED};
use super::scale::Scale;
use super::{PAD, label, layout};
use crate::period::day;
use crate::{Error, numbers};

/// How dark it is behind the days that the models have not seen.
const UNSEEN: f64 = 0.1;

/// Repeat purchases of all customers added up, in truth and by a model, from the day of the first order on. What lies after the end of the calibration, which the model has not
/// seen, has another ground.
///
/// Errors: days that do not rise; numbers that are not finite.
pub fn tracking(
    model: &str,
    first_day: NaiveDate,
    tracked: &[Tracked],
    calibration_end: Option<NaiveDate>,
    width: u32,
) -> Result<String, Error> {
    // Nothing has been bought again before the first order.
    let with_start = tracked.first().is_some_and(|first| first.day > first_day);
    let mut days = if with_start { vec![first_day] } else { Vec::new() };
    let (mut actual, mut expected) = if with_start { (vec![0], vec![0.0]) } else { (Vec::new(), Vec::new()) };
    for point in tracked {
        days.push(point.day);
        actual.push(point.actual);
        expected.push(point.expected);
    }
    tracking_of(&[(model, &expected)], &days, &actual, calibration_end, width)
}

/// The same for several models: each a name and how many purchases it expects until each of these days. `marked` is the last day that the models have seen.
///
/// ```
/// use chrono::NaiveDate;
/// use styring_report::charts::{WIDE, tracking_of};
///
/// let day = |month| NaiveDate::from_ymd_opt(1997, month, 1).expect("a date");
/// let days = [day(1), day(4), day(7), day(10)];
/// let models = [("BG/NBD", &[0.0, 1510.0, 2890.0, 3920.0][..]), ("Pareto/NBD", &[0.0, 1490.0, 2850.0, 3880.0])];
/// let svg = tracking_of(&models, &days, &[0, 1537, 2792, 3886], Some(day(7)), WIDE)?;
/// assert!(svg.contains("calibration ends 1 July 1997"));
/// # Ok::<(), styring_report::Error>(())
/// ```
///
/// Errors: days that do not rise; another number of values than of days; numbers that are not finite.
pub fn tracking_of(
    models: &[(&str, &[f64])],
    days: &[NaiveDate],
    actual: &[u64],
    marked: Option<NaiveDate>,
    width: u32,
) -> Result<String, Error> {
    check(models, days, actual)?;
    let (width, wide) = layout(width);
    let values = models.iter().flat_map(|(_, values)| values.iter().copied());
    let scale = Scale::linear(values.chain(actual.iter().map(|count| *count as f64)));
    let ticks = scale.ticks(5);
    let gutter = ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(0.0, f64::max);
    let ends = days.first().copied().zip(days.last().copied()).unwrap_or_default();
    let axis = Calendar::new(ends.0, ends.1, (PAD + gutter + 8.0, width - PAD));
    let legend = Legend::new(entries(models, actual, marked), width - 2.0 * PAD);
    let plot = if wide { 320.0 } else { 240.0 };
    let top = PAD + if marked.is_some() { 20.0 } else { 0.0 };
    let bottom = top + plot;
    let y = |value: f64| bottom - scale.place(value).clamped() * plot;

    let height = bottom + 34.0 + legend.height() + PAD;
    let description = description(models, days, actual, marked);
    svg((width, height), "Repeat purchases of all customers to date", &description, |canvas: &mut Canvas<'_>| {
        if let Some(marked) = marked {
            canvas.rect((axis.x(marked), top), (axis.right, bottom), MUTED, UNSEEN);
        }
        for (value, text) in &ticks {
            canvas.grid((axis.left, y(*value)), (axis.right, y(*value)));
            canvas.muted((axis.left - 6.0, y(*value)), Side::Left, SMALL, text);
        }
        if let Some(marked) = marked {
            let x = axis.x(marked);
            canvas.line((x, top - 4.0), (x, bottom), 1, INK);
            let text = format!("calibration ends {}", day(marked));
            let half = label::width(&text, SMALL) / 2.0;
            canvas.text((x.clamp(PAD + half, width - PAD - half), PAD + 6.0), Side::Centre, SMALL, &text);
        }
        canvas.line((axis.left, y(0.0)), (axis.right, y(0.0)), 1, INK);
        let at = |(day, value): (&NaiveDate, f64)| (axis.x(*day), y(value));
        let came: Vec<_> = days.iter().zip(actual.iter().map(|count| *count as f64)).map(at).collect();
        if came.len() > 1 {
            canvas.path(&came, 3, INK);
        }
        for (place, (_, values)) in models.iter().enumerate() {
            let expected: Vec<_> = days.iter().zip(values.iter().copied()).map(at).collect();
            canvas.broken_path(&expected, 2, palette::channel(place), Dash::of(place));
        }
        axis.labels(canvas, bottom + 14.0);
        legend.draw(canvas, (PAD, bottom + 30.0));
    })
}

fn check(models: &[(&str, &[f64])], days: &[NaiveDate], actual: &[u64]) -> Result<(), Error> {
    let wrong =
        |field: &str, expected, value: String| Err(Error::Series { field: crate::text::clean(field), expected, value });
    if let Some((one, next)) = days.iter().zip(days.iter().skip(1)).find(|(one, next)| one >= next) {
        return wrong("days", "each after the one before", format!("{one} and {next}"));
    }
    let lengths = models.iter().map(|(name, values)| (*name, values.len())).chain([("actual", actual.len())]);
    for (name, length) in lengths {
        if length != days.len() {
            return wrong(name, "as many values as days", format!("{length} for {} days", days.len()));
        }
    }
    for (name, values) in models {
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return wrong(name, "finite", value.to_string());
        }
    }
    Ok(())
}

/// How a number that was expected compares with what came: `4 210, 3.7 % fewer`.
pub(crate) fn compared(expected: f64, actual: f64) -> String {
    let said = numbers::decimal(expected, usize::from(expected.abs() < 100.0));
    if actual <= 0.0 {
        return said;
    }
    let off = (expected / actual - 1.0) * 100.0;
    let distance = numbers::decimal(off.abs(), 1);
    match off {
        _ if distance == "0.0" => format!("{said}, as many"),
        off if off < 0.0 => format!("{said}, {distance}\u{202f}% fewer"),
        _ => format!("{said}, {distance}\u{202f}% more"),
    }
}

fn entries(models: &[(&str, &[f64])], actual: &[u64], marked: Option<NaiveDate>) -> Vec<(Mark, String)> {
    let came = actual.last().copied().unwrap_or_default();
    let mut entries = vec![(Mark::Stroke(INK), format!("came: {}", numbers::rows(came)))];
    for (place, (name, values)) in models.iter().enumerate() {
        let expected = values.last().map_or_else(String::new, |last| format!(": {}", compared(*last, came as f64)));
        entries.push((Mark::Broken(palette::channel(place), Dash::of(place)), format!("{name}{expected}")));
    }
    if marked.is_some() {
        let unseen = if models.len() == 1 { "not seen by the model" } else { "not seen by the models" };
        entries.push((Mark::Area(MUTED, UNSEEN), unseen.to_owned()));
    }
    entries
}

fn description(models: &[(&str, &[f64])], days: &[NaiveDate], actual: &[u64], marked: Option<NaiveDate>) -> String {
    let Some((last, came)) = days.last().zip(actual.last()) else {
        return "There are no days to show.".to_owned();
    };
    let mut parts = vec![format!("Until {} {} came", day(*last), numbers::rows(*came))];
    parts.extend(
        models
            .iter()
            .filter_map(|(name, values)| Some(format!("{name} expects {}", compared(*values.last()?, *came as f64)))),
    );
    parts.extend(marked.map(|marked| format!("the calibration ends {}", day(marked))));
    parts.join("; ")
}
