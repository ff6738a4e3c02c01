//! `decisions.json`: everything a program would want to know of the week. Amounts and exact numbers are text, statistics are numbers.

use std::collections::BTreeMap;

use serde::Serialize;
use styring_allocation::{Decision, Reading};
use styring_metrics::{Contributions, EffectScore, Facts, Kpi, Outcome, Quality};
use styring_money::{Currency, Money, Rounding};
use styring_playbook::{ChannelReview, Note, PartReview, Plan, Review};

use crate::Error;
use crate::source::Findings;

/// Raised when a field changes its meaning or goes away.
const FORMAT: &str = "styring-week/1";

#[derive(Serialize)]
struct Decisions<'a> {
    format: &'static str,
    campaign: &'a str,
    currency: Currency,
    result: &'static str,
    reading: Reading,
    last_week: u32,
    days_in_last_week: u32,
    judged_weeks: Vec<u32>,
    decision: &'a Decision,
    budgets: BTreeMap<u32, BTreeMap<&'a str, Money>>,
    notes: Vec<Said<&'a Note>>,
    total: Figures<'a>,
    channels: Vec<Channel<'a>>,
    creatives: Vec<Part<'a>>,
    segments: Vec<Part<'a>>,
    input: &'a Findings,
}

/// A machine-readable value and the same in words.
#[derive(Serialize)]
struct Said<T> {
    #[serde(flatten)]
    value: T,
    sentence: String,
}

#[derive(Serialize)]
struct Channel<'a> {
    name: &'a str,
    sentence: String,
    total: Figures<'a>,
    judged: Figures<'a>,
    quality: Quality,
    effect_score: Readings,
    /// The probability that this channel is truly better than another, in the reading that decides.
    better_than: BTreeMap<&'a str, f64>,
}

#[derive(Serialize)]
struct Readings {
    literal: Score,
    budget_scaled: Score,
}

#[derive(Serialize)]
struct Part<'a> {
    channel: &'a str,
    name: &'a str,
    total: Figures<'a>,
    effect_score: Score,
}

/// Facts and the KPIs of them, rounded once: amounts to minor units, ratios to twelve significant digits.
#[derive(Serialize)]
struct Figures<'a> {
    facts: &'a Facts,
    kpis: BTreeMap<&'static str, Outcome<String>>,
}

#[derive(Serialize)]
struct Score {
    point: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    index: Option<f64>,
    literal_per_currency_unit: Option<f64>,
    attainment: f64,
    efficiency: Option<f64>,
    shrunk: Option<f64>,
    probability_on_target: Option<f64>,
    contributions: Option<Contributions>,
}

pub(super) fn json(plan: &Plan, review: &Review, findings: &Findings) -> Result<String, Error> {
    let names: Vec<&str> = plan.channels.iter().map(|channel| channel.name.as_str()).collect();
    let by_name = |budgets: &Vec<Money>| names.iter().copied().zip(budgets.iter().copied()).collect();
    let decisions = Decisions {
        format: FORMAT,
        campaign: &plan.campaign.name,
        currency: plan.campaign.currency,
        result: plan.campaign.result.fact().name(),
        reading: plan.rhythm.reading,
        last_week: review.last_week,
        days_in_last_week: review.days_in_last_week,
        judged_weeks: review.window.clone().collect(),
        decision: &review.decision,
        budgets: review.budgets.iter().map(|(week, budgets)| (*week, by_name(budgets))).collect(),
        notes: review.notes.iter().map(|note| Said { value: note, sentence: note.to_string() }).collect(),
        total: figures(&review.total)?,
        channels: channels(plan, review)?,
        creatives: review.creatives.iter().map(described).collect::<Result<_, _>>()?,
        segments: review.segments.iter().map(described).collect::<Result<_, _>>()?,
        input: findings,
    };
    let mut text = serde_json::to_string_pretty(&decisions).map_err(|fault| Error::Report(fault.to_string()))?;
    text.push('\n');
    Ok(text)
}

fn channels<'a>(plan: &Plan, review: &'a Review) -> Result<Vec<Channel<'a>>, Error> {
    let reading = plan.rhythm.reading;
    let others = |channel: &ChannelReview| {
        let rivals = review.channels.iter().filter(|other| other.name != channel.name);
        let probability = |other: &'a ChannelReview| {
            // Without spend on either side there is no probability.
            let above = channel.score(reading).probability_above(other.score(reading)).ok()?;
            Some((other.name.as_str(), above))
        };
        rivals.filter_map(probability).collect()
    };
    let decided = review.channels.iter().zip(&review.decision.channels);
    decided
        .map(|(channel, decided)| {
            Ok(Channel {
                name: &channel.name,
                sentence: decided.to_string(),
                total: figures(&channel.total)?,
                judged: figures(&channel.window)?,
                quality: channel.quality,
                effect_score: Readings {
                    literal: score(&channel.literal),
                    budget_scaled: score(&channel.budget_scaled),
                },
                better_than: others(channel),
            })
        })
        .collect()
}

fn described(part: &PartReview) -> Result<Part<'_>, Error> {
    Ok(Part {
        channel: &part.channel,
        name: &part.name,
        total: figures(&part.total)?,
        effect_score: score(&part.score),
    })
}

fn figures(facts: &Facts) -> Result<Figures<'_>, Error> {
    let kpis = Kpi::ALL.iter().map(|kpi| {
        let ratio = facts.kpi(*kpi);
        let text = if kpi.is_amount() && ratio.currency().is_some() {
            ratio.money(Rounding::HalfEven)?.map(|money| money.to_string())
        } else {
            ratio.outcome().map(|value| value.significant(12, Rounding::HalfEven).to_string())
        };
        Ok((kpi.name(), text))
    });
    Ok(Figures { facts, kpis: kpis.collect::<Result<_, styring_metrics::Error>>()? })
}

fn score(score: &EffectScore) -> Score {
    Score {
        point: score.point(),
        low: score.interval().map(|(low, _)| low),
        high: score.interval().map(|(_, high)| high),
        index: score.index(),
        literal_per_currency_unit: score.literal(),
        attainment: score.attainment(),
        efficiency: score.efficiency(),
        shrunk: score.shrunk(),
        probability_on_target: score.probability_on_target(),
        contributions: score.contributions(),
    }
}
