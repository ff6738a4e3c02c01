//! `reach.json`: everything a program would want to know of the log; who saw too much stands by name in `overexposed.csv`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;
use styring_playbook::{
    Added, CapEffect, ChannelPart, Guesses, Met, MoreImpressions, OfUniverse, Reached, ReachedSpec,
};
use styring_reach::cap::Rule;
use styring_reach::{Error as ReachError, FrequencyHistogram, Overexposure, Reach, ReachInterval};

use super::tables::moment;
use super::{Read, Weeks};
use crate::Error;
use crate::source::ImpressionFindings;

/// Raised when a field changes its meaning or goes away.
const FORMAT: &str = "styring-reach/1";

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    zone: &'static str,
    first: String,
    last: String,
    level: f64,
    reach: Reach,
    impressions: u64,
    average_frequency: Option<f64>,
    /// People by number of impressions.
    frequencies: &'a FrequencyHistogram,
    /// People with at least so many.
    k_plus: BTreeMap<u64, Reach>,
    channels: Vec<Channel<'a>>,
    by_number_of_channels: &'a [Met],
    in_order: &'a [Added],
    greedily: &'a [Added],
    caps: Vec<Cap<'a>>,
    all_caps: &'a CapEffect,
    overexposure: Overexposure,
    overexposed: usize,
    universe: Option<Universe<'a>>,
    week_1: NaiveDate,
    impressions_before_week_1: u64,
    impressions_of_other_days: u64,
    input: &'a ImpressionFindings,
}

#[derive(Serialize)]
struct Channel<'a> {
    name: &'a str,
    reach: Reach,
    only_here: Reach,
    impressions: u64,
    average_frequency: Option<f64>,
}

#[derive(Serialize)]
struct Cap<'a> {
    rule: &'a Rule,
    effect: &'a CapEffect,
}

/// Something, or why it cannot be said.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer<T> {
    Known(T),
    Unknown { cannot_be_told: String },
}

impl<T> Answer<T> {
    fn of<U>(result: Result<U, &ReachError>, told: impl FnOnce(U) -> Result<T, ReachError>) -> Self {
        match result.map_err(ToString::to_string).and_then(|known| told(known).map_err(|fault| fault.to_string())) {
            Ok(known) => Self::Known(known),
            Err(cannot_be_told) => Self::Unknown { cannot_be_told },
        }
    }
}

#[derive(Serialize)]
struct Universe<'a> {
    people: u64,
    share: f64,
    nbd: Answer<Nbd>,
    more: &'a [MoreImpressions],
    sharp: Answer<ReachInterval>,
    guesses: &'a [Guesses],
}

#[derive(Serialize)]
struct Nbd {
    mean: f64,
    mean_interval: (f64, f64),
    shape: f64,
    /// No upper end where people who do not differ at all are among what is possible.
    shape_interval: (f64, Option<f64>),
    log_likelihood: f64,
}

pub(super) fn written(
    reached: &Reached,
    spec: &ReachedSpec,
    weeks: &Weeks,
    zone: Tz,
    read: &Read,
) -> Result<String, Error> {
    let most = reached.frequencies.max_frequency().unwrap_or(0);
    let pairs = spec.caps.iter().zip(&reached.caps);
    let written = Written {
        format: FORMAT,
        zone: zone.name(),
        first: moment(reached.first, zone),
        last: moment(reached.last, zone),
        level: spec.level,
        reach: reached.reach,
        impressions: reached.impressions,
        average_frequency: reached.average_frequency.value(),
        frequencies: &reached.frequencies,
        k_plus: (1..=most.min(50)).map(|k| (k, reached.frequencies.k_plus(k))).collect(),
        channels: reached.channels.iter().map(channel).collect(),
        by_number_of_channels: &reached.by_number_of_channels,
        in_order: &reached.in_order,
        greedily: &reached.greedily,
        caps: pairs.map(|(rule, effect)| Cap { rule, effect }).collect(),
        all_caps: &reached.all_caps,
        overexposure: spec.overexposure,
        overexposed: reached.overexposed.len(),
        universe: reached.universe.as_ref().map(|universe| of_universe(universe, spec.level)),
        week_1: weeks.first_day,
        impressions_before_week_1: weeks.before,
        impressions_of_other_days: read.outside,
        input: &read.findings,
    };
    let mut text = serde_json::to_string_pretty(&written).map_err(|fault| Error::Report(fault.to_string()))?;
    text.push('\n');
    Ok(text)
}

fn channel(channel: &ChannelPart) -> Channel<'_> {
    Channel {
        name: &channel.name,
        reach: channel.reach,
        only_here: channel.only_here,
        impressions: channel.impressions,
        average_frequency: channel.average_frequency.value(),
    }
}

fn of_universe(universe: &OfUniverse, level: f64) -> Universe<'_> {
    Universe {
        people: universe.people,
        share: universe.share,
        nbd: Answer::of(universe.fit.as_ref(), |fit| {
            Ok(Nbd {
                mean: fit.model().mean(),
                mean_interval: fit.mean_interval(level)?,
                shape: fit.model().shape(),
                shape_interval: fit.shape_interval(level)?,
                log_likelihood: fit.log_likelihood(),
            })
        }),
        more: &universe.more,
        sharp: Answer::of(universe.sharp.as_ref(), |interval| Ok(*interval)),
        guesses: &universe.guesses,
    }
}
