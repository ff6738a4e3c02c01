use styring_playbook::Customers;

use super::canvas::{Canvas, SMALL, Side, svg};
use super::day_axis::DayAxis;
use super::legend::{Legend, Mark};
use super::palette::{self, INK, MUTED};
use super::scale::Scale;
use super::{PAD, label, layout};
use crate::period::day;
use crate::{Error, numbers};

/// Repeat purchases of all customers since the first day, as they came and as the model expects them, with the day until which the model saw them.
pub fn customers_tracking(customers: &Customers, width: u32) -> Result<String, Error> {
    let (width, wide) = layout(width);
    let scale = Scale::linear(customers.tracking.iter().flat_map(|step| [step.actual as f64, step.expected]));
    let ticks = scale.ticks(5);
    let gutter = ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(0.0, f64::max);
    let days = u32::try_from((customers.until - customers.first_day).num_days() + 1).unwrap_or(1);
    let axis = DayAxis::new(customers.first_day, days, (PAD + gutter + 8.0, width - PAD));
    let legend = Legend::new(entries(customers), width - 2.0 * PAD);
    let plot = if wide { 280.0 } else { 220.0 };
    let (top, bottom) = (PAD, PAD + plot);
    let y = |value: f64| bottom - scale.place(value).clamped() * plot;
    let number = |on: chrono::NaiveDate| u32::try_from((on - customers.first_day).num_days() + 1).unwrap_or(0);
    let line = |value: fn(&styring_playbook::Tracked) -> f64| -> Vec<(f64, f64)> {
        let steps = customers.tracking.iter().map(|step| (axis.end_of(number(step.day)), y(value(step))));
        std::iter::once((axis.end_of(1), y(0.0))).chain(steps).collect()
    };

    let height = bottom + 34.0 + legend.height() + PAD;
    let title = "Repeat purchases of all customers to date, as they came and by the model";
    svg((width, height), title, &description(customers), |canvas: &mut Canvas<'_>| {
        for (value, text) in &ticks {
            canvas.grid((axis.left, y(*value)), (axis.right, y(*value)));
            canvas.muted((axis.left - 6.0, y(*value)), Side::Left, SMALL, text);
        }
        if let Some(end) = customers.calibration_end {
            canvas.upright(axis.end_of(number(end)), (top, bottom), INK);
        }
        canvas.line((axis.left, bottom), (axis.right, bottom), 1, INK);
        canvas.path(&line(|step| step.actual as f64), 3, palette::channel(0));
        canvas.dashed_path(&line(|step| step.expected), 2, INK);
        axis.labels(canvas, bottom + 14.0, |day| axis.end_of(day));
        legend.draw(canvas, (PAD, bottom + 30.0));
    })
}

fn entries(customers: &Customers) -> Vec<(Mark, String)> {
    let mut entries = vec![
        (Mark::Stroke(palette::channel(0)), "as they came".to_owned()),
        (Mark::DashesOf(INK), format!("expected by {}", customers.model)),
    ];
    if let Some(end) = customers.calibration_end {
        entries.push((Mark::UprightOf(MUTED), format!("what the model saw ends {}", day(end))));
    }
    entries
}

fn description(customers: &Customers) -> String {
    let at = |step: &styring_playbook::Tracked| {
        let (actual, expected) = (numbers::rows(step.actual), numbers::decimal(step.expected, 0));
        format!("{}: {actual} came, {expected} were expected", day(step.day))
    };
    let seen = customers.calibration_end.and_then(|end| customers.tracking.iter().rev().find(|step| step.day <= end));
    let told: Vec<String> = seen.into_iter().chain(customers.tracking.last()).map(at).collect();
    told.join("; ")
}
