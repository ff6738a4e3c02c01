use styring_ltv::{ObservedMean, ValueCurve};
use styring_money::Unrounded;

use super::canvas::{Canvas, SMALL, Side, svg};
use super::legend::{Legend, Mark};
use super::palette::{self, INK, MUTED};
use super::scale::Scale;
use super::{PAD, label, layout};
use crate::lifetime_words::{about, exact, payback_words};
use crate::{Error, numbers};

const LIMITS: f64 = 0.2;
/// The curve is drawn at no more ages than this.
const POINTS: u32 = 400;
/// Steps that meet the ages people ask for.
const STEPS: [u32; 12] = [1, 2, 5, 10, 15, 30, 60, 90, 180, 360, 720, 1800];

/// What a customer has been worth by age in days, with its limits at this level of confidence, against the cost of acquisition if there is one; the payback day with its limits, and
/// the horizons, are marked.
///
/// ```
/// use chrono::NaiveDate;
/// use styring_ltv::ObservedValue;
/// use styring_money::{Currency, Money};
/// use styring_report::charts::{NARROW, value_curve};
///
/// let day = |month| NaiveDate::from_ymd_opt(2024, month, 1).expect("a date");
/// let mut value = ObservedValue::new(Currency::NOK);
/// for (customer, month, margin) in [(1, 1, "NOK 90.00"), (2, 1, "NOK 110.00"), (3, 2, "NOK 70.00")] {
///     value.acquire(customer, day(month));
///     value.order(customer, day(month), margin.parse::<Money>()?)?;
///     value.order(customer, day(month + 2), margin.parse::<Money>()?)?;
/// }
/// let cac = "NOK 120.00".parse()?;
/// let svg = value_curve(&value.observe(day(12))?, Some(&cac), 0.9, &[90, 180], NARROW)?;
/// assert!(svg.contains("payback on day 60"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Errors: a cost in another currency, or below zero; a level outside 0 to 1.
pub fn value_curve(
    curve: &ValueCurve,
    cac: Option<&Unrounded>,
    level: f64,
    horizons: &[u32],
    width: u32,
) -> Result<String, Error> {
    let payback = cac.map(|cac| Payback::of(curve, cac, level)).transpose()?;
    // Of few customers the limits leave the paper; how many is few depends on how many there are.
    let drawn = curve.clone().with_minimum_at_risk((curve.customers() / 10).clamp(1, 10));
    let (width, wide) = layout(width);
    let last = drawn.last_age().unwrap_or(0).max(1);
    let points = points(&drawn, last, level)?;
    let marked: Vec<(u32, ObservedMean)> =
        horizons.iter().filter_map(|age| Some((*age, curve.at(*age).age_incremental()?.clone()))).collect();

    let scale = scale(&points, payback.as_ref().map(|payback| payback.cost));
    let ticks = scale.ticks(5);
    let gutter =
        ticks.iter().map(|(_, text)| label::width(text, SMALL)).fold(label::width("day", SMALL) + 4.0, f64::max);
    let (left, right) = (PAD + gutter + 8.0, width - PAD - label::width(&numbers::rows(last.into()), SMALL) / 2.0);
    let legend = Legend::new(entries(curve, &marked, payback.as_ref(), cac, level), width - 2.0 * PAD);
    let plot = if wide { 300.0 } else { 230.0 };
    let (top, bottom) = (PAD, PAD + plot);
    let x = |age: u32| left + f64::from(age.min(last)) / f64::from(last) * (right - left);
    let y = |value: f64| bottom - scale.place(value).clamped() * plot;

    let title = format!("Value of a customer by age in days, in {}", curve.currency());
    let height = bottom + 34.0 + legend.height() + PAD;
    let description = description(&marked, payback.as_ref(), level);
    svg((width, height), &title, &description, |canvas: &mut Canvas<'_>| {
        for (value, text) in &ticks {
            canvas.grid((left, y(*value)), (right, y(*value)));
            canvas.muted((left - 6.0, y(*value)), Side::Left, SMALL, text);
        }
        let limits: Vec<_> = points.iter().filter_map(|point| Some((x(point.age), point.limits?))).collect();
        if limits.len() > 1 {
            let upper: Vec<_> = limits.iter().map(|(x, (_, high))| (*x, y(*high))).collect();
            let lower: Vec<_> = limits.iter().map(|(x, (low, _))| (*x, y(*low))).collect();
            canvas.band(&upper, &lower, palette::channel(0), LIMITS);
        }
        for (age, _) in &marked {
            canvas.dashed_path(&[(x(*age), top), (x(*age), bottom)], 1, MUTED);
        }
        canvas.line((left, y(0.0)), (right, y(0.0)), 1, INK);
        if let Some(payback) = &payback {
            canvas.dashes((left, y(payback.cost)), right, 2, MUTED);
        }
        let line: Vec<_> = points.iter().map(|point| (x(point.age), y(point.value))).collect();
        if line.len() > 1 {
            canvas.path(&line, 3, palette::channel(0));
        }
        for (age, mean) in &marked {
            canvas.ring((x(*age), y(mean.value().amount().to_f64())), 4, palette::channel(0));
        }
        if let Some(payback) = &payback {
            payback.draw(canvas, x, y(payback.cost), last);
        }
        let step = age_step((right - left) / f64::from(last), &numbers::rows(last.into()));
        canvas.muted((left - 10.0, bottom + 14.0), Side::Left, SMALL, "day");
        for age in (0..=last).step_by(step as usize) {
            canvas.muted((x(age), bottom + 14.0), Side::Centre, SMALL, &numbers::rows(age.into()));
        }
        legend.draw(canvas, (PAD, bottom + 30.0));
    })
}

/// The value at an age.
struct Point {
    age: u32,
    value: f64,
    limits: Option<(f64, f64)>,
}

fn points(curve: &ValueCurve, last: u32, level: f64) -> Result<Vec<Point>, Error> {
    let step = last.div_ceil(POINTS).max(1);
    let ages = (0..last).step_by(step as usize).chain([last]);
    let mut points = Vec::new();
    for age in ages {
        let at = curve.at(age);
        let Some(mean) = at.age_incremental() else { continue };
        points.push(Point { age, value: mean.value().amount().to_f64(), limits: mean.limits(level)? });
    }
    Ok(points)
}

/// Room for the curve and the cost, and for limits that do not lie far off.
fn scale(points: &[Point], cost: Option<f64>) -> Scale {
    let needed: Vec<f64> = points.iter().map(|point| point.value).chain(cost).collect();
    let most = needed.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let limits = points.iter().filter_map(|point| point.limits).flat_map(|(low, high)| [low, high]);
    let limits = limits.map(|limit| limit.clamp(-most * 0.3, most * 1.5));
    Scale::linear(needed.iter().copied().chain(limits))
}

fn age_step(day: f64, widest: &str) -> u32 {
    let room = label::width(widest, SMALL) + 12.0;
    STEPS.into_iter().find(|step| f64::from(*step) * day >= room).unwrap_or(3600)
}

/// When the value reaches the cost.
struct Payback {
    cost: f64,
    day: Option<u32>,
    limits: (Option<u32>, Option<u32>),
}

impl Payback {
    fn of(curve: &ValueCurve, cac: &Unrounded, level: f64) -> Result<Self, Error> {
        Ok(Self {
            cost: cac.amount().to_f64(),
            day: curve.payback_day(cac)?,
            limits: curve.payback_limits(cac, level)?,
        })
    }

    /// A dot on the line of the cost, and the days between which it lies.
    fn draw(&self, canvas: &mut Canvas<'_>, x: impl Fn(u32) -> f64, y: f64, last: u32) {
        let colour = palette::channel(3);
        if let (Some(earliest), latest) = self.limits
            && earliest <= last
        {
            canvas.line((x(earliest), y), (x(latest.unwrap_or(last).min(last)), y), 3, colour);
        }
        if let Some(day) = self.day.filter(|day| *day <= last) {
            canvas.dot((x(day), y), 5, colour);
        }
    }
}

fn entries(
    curve: &ValueCurve,
    marked: &[(u32, ObservedMean)],
    payback: Option<&Payback>,
    cac: Option<&Unrounded>,
    level: f64,
) -> Vec<(Mark, String)> {
    let colour = palette::channel(0);
    let mut entries = vec![
        (Mark::Stroke(colour), "value of a customer".to_owned()),
        (Mark::Area(colour, LIMITS), format!("its limits of {}", numbers::level(level))),
    ];
    entries.extend(marked.iter().map(|(age, mean)| (Mark::Ring, format!("after {age} days: {}", exact(mean.value())))));
    if let Some((payback, cac)) = payback.zip(cac) {
        entries.push((Mark::Dashes, format!("cost of acquisition {}", exact(cac))));
        entries.push((Mark::Whisker(palette::channel(3)), payback_words(payback.day, payback.limits, curve, level)));
    }
    entries
}

fn description(marked: &[(u32, ObservedMean)], payback: Option<&Payback>, level: f64) -> String {
    let at = |(age, mean): &(u32, ObservedMean)| {
        let limits = mean.limits(level).ok().flatten();
        let limits = limits.map_or_else(String::new, |(low, high)| {
            let currency = mean.value().currency();
            format!(" ({} to {})", about(low, currency), about(high, currency))
        });
        format!("after {age} days {}{limits}", exact(mean.value()))
    };
    let mut parts: Vec<String> = marked.iter().map(at).collect();
    if parts.is_empty() {
        parts.push("no customer has been seen until one of the horizons".to_owned());
    }
    parts.extend(payback.map(|payback| match payback.day {
        Some(day) => format!("the cost of acquisition is paid back on day {day}"),
        None => "the cost of acquisition has not been paid back yet".to_owned(),
    }));
    parts.join("; ")
}
