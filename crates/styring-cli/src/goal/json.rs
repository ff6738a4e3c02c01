//! `goal.json`: everything a program would want to know of a goal. Exact numbers are text, statistics are numbers.

use chrono::NaiveDate;
use serde::Serialize;
use styring_metrics::{Goal, Outcome, Ratio};
use styring_money::{Currency, Exact, Rounding};
use styring_playbook::{Baseline, FanPoint, GoalNote, GoalReview, Pace, WeekdayWeights};

use crate::Error;
use crate::source::Findings;

/// Raised when a field changes its meaning or goes away.
const FORMAT: &str = "styring-goal/1";

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    sentence: &'a str,
    norwegian: String,
    english: String,
    goal: &'a Goal,
    channel: Option<&'a str>,
    currency: Option<Currency>,
    first_day: NaiveDate,
    last_day: NaiveDate,
    as_of: NaiveDate,
    elapsed_days: u32,
    days_left: u32,
    baseline: Option<&'a Baseline>,
    target: &'a Exact,
    pace: Pace,
    weekdays: Option<&'a WeekdayWeights>,
    actual: Quotient,
    due: Option<&'a Exact>,
    attainment: Quotient,
    attainment_to_date: Option<Quotient>,
    so_far: Quotient,
    required: Quotient,
    projected: Quotient,
    chance: Option<f64>,
    reached: Option<bool>,
    fan: &'a [FanPoint],
    days: Vec<OneDay<'a>>,
    notes: Vec<Said<'a>>,
    input: &'a Findings,
}

/// A ratio: its exact parts, and their quotient at twelve digits.
#[derive(Serialize)]
struct Quotient {
    numerator: Option<Exact>,
    denominator: Option<Exact>,
    #[serde(flatten)]
    outcome: Outcome<Exact>,
}

#[derive(Serialize)]
struct OneDay<'a> {
    day: NaiveDate,
    value: Quotient,
    to_date: Quotient,
    due: Option<&'a Exact>,
}

#[derive(Serialize)]
struct Said<'a> {
    #[serde(flatten)]
    value: &'a GoalNote,
    sentence: String,
}

pub(super) fn written(sentence: &str, pace: Pace, review: &GoalReview, findings: &Findings) -> Result<String, Error> {
    let days = review.days.iter().enumerate().map(|(place, day)| OneDay {
        day: day.day,
        value: quotient(&day.value),
        to_date: quotient(&day.to_date),
        due: review.pace.get(place),
    });
    let written = Written {
        format: FORMAT,
        sentence,
        norwegian: review.goal.to_norwegian(),
        english: review.goal.to_string(),
        goal: &review.goal,
        channel: review.channel.as_deref(),
        currency: review.is_amount().then_some(review.currency),
        first_day: review.first_day,
        last_day: review.last_day,
        as_of: review.as_of,
        elapsed_days: review.elapsed,
        days_left: review.days_left(),
        baseline: review.baseline.as_ref(),
        target: &review.target,
        pace,
        weekdays: review.weekdays.as_ref(),
        actual: quotient(&review.actual),
        due: review.due.as_ref(),
        attainment: quotient(&review.attainment),
        attainment_to_date: review.attainment_to_date.as_ref().map(quotient),
        so_far: quotient(&review.so_far),
        required: quotient(&review.required),
        projected: quotient(&review.projected),
        chance: review.chance,
        reached: review.reached,
        fan: &review.fan,
        days: days.collect(),
        notes: review.notes.iter().map(|note| Said { value: note, sentence: note.to_string() }).collect(),
        input: findings,
    };
    let mut text = serde_json::to_string_pretty(&written).map_err(|fault| Error::Report(fault.to_string()))?;
    text.push('\n');
    Ok(text)
}

fn quotient(ratio: &Ratio) -> Quotient {
    Quotient {
        numerator: ratio.numerator().cloned(),
        denominator: ratio.denominator().cloned(),
        outcome: ratio.outcome().map(|value| value.significant(12, Rounding::HalfEven)),
    }
}
