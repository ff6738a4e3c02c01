use std::collections::BTreeMap;

use styring_reach::cap::{Caps, Impression, Key, Rule, Rules};
use styring_reach::{
    AverageFrequency, Error as ReachError, Exposures, FrequencyHistogram, ImpressionLog, Increment, NbdFit,
    Overexposure, Reach, ReachInterval,
};

use crate::{ContactLog, Error};

/// By how much the impressions are multiplied where more of them are looked at.
const TIMES: [f64; 5] = [0.5, 1.0, 1.5, 2.0, 3.0];

/// What is to be said of a log of impressions.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct ReachedSpec {
    /// The caps that the log is held against.
    pub caps: Rules,
    /// When a person has seen too much.
    pub overexposure: Overexposure,
    /// How many people could be reached; `None` where nobody knows.
    pub universe: Option<u64>,
    /// In which order channels add reach; `None` for the widest first.
    pub order: Option<Vec<String>>,
    /// The level of intervals.
    pub level: f64,
}

impl Default for ReachedSpec {
    /// The common caps of Norwegian media plans, the default over-exposure, no universe, intervals of 90 %.
    fn default() -> Self {
        let (caps, overexposure) = (Rules::common_5_7_14(), Overexposure::default());
        Self { caps, overexposure, universe: None, order: None, level: 0.90 }
    }
}

/// What a log of impressions says: whom it reached, how often, by which channels, and what caps would have done.
///
/// ```
/// use styring_playbook::{Contacts, Reached, ReachedSpec};
///
/// let mut contacts = Contacts::new();
/// for person in 0..1_000_u64 {
///     // Most people see little, a few see much.
///     for shown in 0..1 + (person * person % 997) / 90 {
///         let channel = ["VG", "TV 2", "YouTube"][(person + shown) as usize % 3];
///         contacts.add(&format!("p{person}"), channel, 1_767_225_600 + 3_600 * shown as i64);
///     }
/// }
/// let spec = ReachedSpec { universe: Some(1_500), ..ReachedSpec::default() };
/// let reached = Reached::of(&contacts.into_log(), &spec)?;
/// assert_eq!(reached.reach.count(), 1_000);
/// // All caps together let through what each of them does, and so at most what any one does.
/// assert!(reached.caps.iter().all(|one| one.shown >= reached.all_caps.shown));
/// // Caps take impressions, and no one the first of them.
/// assert_eq!(reached.all_caps.reach_kept, reached.reach);
/// let universe = reached.universe.expect("a universe was given");
/// assert!(universe.sharp?.contains(universe.share));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reached {
    /// People with at least one impression.
    pub reach: Reach,
    /// All impressions.
    pub impressions: u64,
    /// Impressions per person reached.
    pub average_frequency: AverageFrequency,
    /// The time of the first impression, in seconds since 1970.
    pub first: i64,
    /// The time of the last.
    pub last: i64,
    /// How many people had how many impressions.
    pub frequencies: FrequencyHistogram,
    /// What every channel did, the widest first.
    pub channels: Vec<ChannelPart>,
    /// People by how many channels they met, from one upward; without numbers that nobody met.
    pub by_number_of_channels: Vec<Met>,
    /// What each channel adds in the order that was asked for.
    pub in_order: Vec<Added>,
    /// What each adds if the one that adds most always comes next.
    pub greedily: Vec<Added>,
    /// What every cap by itself would have done.
    pub caps: Vec<CapEffect>,
    /// What all of them together would have done.
    pub all_caps: CapEffect,
    /// Who has seen too much, the most first.
    pub overexposed: Vec<TooMuch>,
    /// What can be said in a universe, if one was given.
    pub universe: Option<OfUniverse>,
}

/// What one channel did.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct ChannelPart {
    /// Its name.
    pub name: String,
    /// People reached by it.
    pub reach: Reach,
    /// Its impressions.
    pub impressions: u64,
    /// Impressions per person it reached.
    pub average_frequency: AverageFrequency,
    /// People reached by no other channel.
    pub only_here: Reach,
}

/// People who met so many channels.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Met {
    /// How many.
    pub channels: usize,
    /// The people.
    pub people: Reach,
    /// Their impressions.
    pub impressions: u64,
    /// Impressions of each, on average.
    pub average_frequency: f64,
}

/// What a channel adds to those before it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Added {
    /// Its name.
    pub channel: String,
    /// People whom none of the channels before it reached.
    pub added: Reach,
    /// People reached by it and all before it.
    pub reach: Reach,
}

/// What caps would have done, had they decided over every impression of the log as it came: what is denied does not count against the next.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct CapEffect {
    /// The rule by its id; empty for all of them.
    pub rule: String,
    /// Impressions that would have been shown.
    pub shown: u64,
    /// Impressions that would not.
    pub above: u64,
    /// Their share of all impressions.
    pub share_above: f64,
    /// People who would have had fewer.
    pub people: u64,
    /// People who still would have had at least one.
    pub reach_kept: Reach,
}

/// A person who has seen too much.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct TooMuch {
    /// Who, by the id of the log.
    pub person: String,
    /// The time of the impression that was the first too many, in seconds since 1970.
    pub since: i64,
    /// The most impressions in a window that was too much.
    pub most: u64,
}

/// What can be said of a universe.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OfUniverse {
    /// How many people it has.
    pub people: u64,
    /// The share that was reached.
    pub share: f64,
    /// The negative binomial distribution of impressions, or why there is none.
    pub fit: Result<NbdFit, ReachError>,
    /// What fewer and more impressions would have reached, by that model.
    pub more: Vec<MoreImpressions>,
    /// What the reach of all channels may be for who knows only the channels and what pairs of them share; or why that cannot be told.
    pub sharp: Result<ReachInterval, ReachError>,
    /// What models make of the same numbers.
    pub guesses: Vec<Guesses>,
}

/// So many times the impressions.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct MoreImpressions {
    /// By how much they are multiplied.
    pub times: f64,
    /// How many there are then.
    pub impressions: f64,
    /// People reached.
    pub reach: f64,
    /// Its interval, with the people of the log as a sample of others like them.
    pub interval: Option<(f64, f64)>,
    /// New people per thousand further impressions, at this point.
    pub per_thousand: f64,
}

/// What a model says of the share reached, from channels and pairs.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Guesses {
    /// Whose model.
    pub model: &'static str,
    /// The share of the universe.
    pub share: f64,
    /// Whether the formula gave what no population has, and the end of the interval stands here instead.
    pub clamped: bool,
}

impl Reached {
    /// Counts, caps and fits. Cost: a sort of the impressions, and for every cap one decision about each.
    ///
    /// Errors: an empty log; a channel in the order that the log does not have, or twice; a universe smaller than the reach; a level outside 0 to 1; a time outside the years 1 to 9999.
    pub fn of(log: &ContactLog, spec: &ReachedSpec) -> Result<Self, Error> {
        let (Some(first), Some(last)) = (log.rows().first(), log.rows().last()) else {
            return Err(Error::NoContacts);
        };
        let truth = log
            .rows()
            .iter()
            .map(|row| (row.person, row.channel, row.time))
            .collect::<ImpressionLog<u32, u32>>()
            .into_exposures();
        let name = |channel: u32| log.channels().get(channel as usize).cloned().unwrap_or_default();
        let mut channels: Vec<ChannelPart> = truth
            .by_channel()
            .into_iter()
            .map(|row| ChannelPart {
                name: name(*row.channel),
                reach: row.reach,
                impressions: row.impressions,
                average_frequency: row.average_frequency,
                only_here: row.only_here,
            })
            .collect();
        // The sort is stable, so channels of one reach stay in the order of their names.
        channels.sort_by_key(|channel| std::cmp::Reverse(channel.reach));
        let order = match &spec.order {
            Some(order) => order.clone(),
            None => channels.iter().map(|channel| channel.name.clone()).collect(),
        };
        let added =
            |step: Increment<'_, u32>| Added { channel: name(*step.channel), added: step.added, reach: step.reach };
        let in_order = truth.incremental(&numbers(log, &order)?)?.into_iter().map(added).collect();
        let overexposed = too_much(log, &truth, spec.overexposure);
        let alone = |rule: &Rule| replayed(log, rule.id(), Rules::new([rule.clone()])?);
        Ok(Self {
            reach: truth.reach(),
            impressions: truth.impressions(),
            average_frequency: truth.average_frequency(),
            first: first.time,
            last: last.time,
            frequencies: truth.frequencies(),
            by_number_of_channels: met(log),
            in_order,
            greedily: truth.incremental_greedily().into_iter().map(added).collect(),
            caps: spec.caps.iter().map(alone).collect::<Result<_, Error>>()?,
            all_caps: replayed(log, "", spec.caps.clone())?,
            overexposed,
            universe: spec.universe.map(|people| OfUniverse::of(&truth, people, spec.level)).transpose()?,
            channels,
        })
    }
}

fn numbers(log: &ContactLog, order: &[String]) -> Result<Vec<u32>, Error> {
    let mut numbers = Vec::new();
    for channel in order {
        let place = log.channels().binary_search(channel).ok().and_then(|place| u32::try_from(place).ok());
        let place = place.ok_or_else(|| ReachError::UnknownChannel { channel: format!("{channel:?}") })?;
        if numbers.contains(&place) {
            return Err(ReachError::RepeatedChannel { channel: format!("{channel:?}") }.into());
        }
        numbers.push(place);
    }
    Ok(numbers)
}

fn met(log: &ContactLog) -> Vec<Met> {
    let mut pairs: Vec<(u32, u32)> = log.rows().iter().map(|row| (row.person, row.channel)).collect();
    pairs.sort_unstable();
    let mut sums: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
    for own in pairs.chunk_by(|one, next| one.0 == next.0) {
        let channels = own.chunk_by(|one, next| one.1 == next.1).count();
        let (people, impressions) = sums.entry(channels).or_default();
        *people += 1;
        *impressions += own.len() as u64;
    }
    let row = |(channels, (people, impressions)): (usize, (u64, u64))| Met {
        channels,
        people: Reach::people(people),
        impressions,
        average_frequency: impressions as f64 / people as f64,
    };
    sums.into_iter().map(row).collect()
}

fn too_much(log: &ContactLog, truth: &Exposures<u32, u32>, rule: Overexposure) -> Vec<TooMuch> {
    let found = truth.overexposed(rule).into_iter();
    let mut found: Vec<TooMuch> = found
        .map(|own| TooMuch { person: log.person(*own.person).to_owned(), since: own.since, most: own.most })
        .collect();
    found.sort_by(|one, other| other.most.cmp(&one.most).then_with(|| one.person.cmp(&other.person)));
    found
}

/// The log as it would have been under these rules.
fn replayed(log: &ContactLog, rule: &str, rules: Rules) -> Result<CapEffect, Error> {
    let mut caps = Caps::new(rules);
    let (mut kept, mut touched) = (vec![false; log.people()], vec![false; log.people()]);
    let mut shown = 0;
    for row in log.rows() {
        let channel = log.channels().get(row.channel as usize).map_or("", String::as_str);
        let ad = Impression::of(Key::from(u64::from(row.person)), row.time)?.channel(channel);
        let allowed = caps.request(&ad).allowed();
        shown += u64::from(allowed);
        let people = if allowed { &mut kept } else { &mut touched };
        if let Some(person) = people.get_mut(row.person as usize) {
            *person = true;
        }
    }
    let people = |marks: &[bool]| marks.iter().filter(|mark| **mark).count() as u64;
    let all = log.rows().len() as u64;
    Ok(CapEffect {
        rule: rule.to_owned(),
        shown,
        above: all - shown,
        share_above: (all - shown) as f64 / all.max(1) as f64,
        people: people(&touched),
        reach_kept: Reach::people(people(&kept)),
    })
}

impl OfUniverse {
    fn of(truth: &Exposures<u32, u32>, people: u64, level: f64) -> Result<Self, Error> {
        let share = truth.reach().share_of(people)?;
        let fit = styring_reach::Nbd::fit(&truth.frequencies(), people);
        let more = match &fit {
            Ok(fit) => TIMES.iter().map(|times| MoreImpressions::of(fit, *times, level)).collect::<Result<_, _>>()?,
            Err(_) => Vec::new(),
        };
        let overlaps = truth.overlaps(people)?;
        let sharp = overlaps.interval();
        let models = [("independent channels", overlaps.independent()), ("Hofmans", overlaps.hofmans())];
        let guesses = models.into_iter().filter_map(|(model, said)| {
            let said = said.ok()?;
            Some(Guesses { model, share: said.value(), clamped: said.clamped().is_some() })
        });
        Ok(Self { people, share, fit, more, sharp, guesses: guesses.collect() })
    }
}

impl MoreImpressions {
    /// What a fitted model says of so many times the impressions.
    ///
    /// Errors: a level outside 0 to 1; `times` that leads out of the range of the model.
    pub fn of(fit: &NbdFit, times: f64, level: f64) -> Result<Self, Error> {
        let universe = fit.universe() as f64;
        let model = fit.model().scaled(times)?;
        let curve = model.curve(universe)?;
        let impressions = model.mean() * universe;
        // Where as good as everybody is reached, there is no interval to be had.
        let interval = match fit.reach_interval(times, level) {
            Ok((low, high)) => Some((low * universe, high * universe)),
            Err(ReachError::OutOfRange { field: "k", .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let per_thousand = curve.new_people_per_impression_at(impressions)? * 1_000.0;
        Ok(Self { times, impressions, reach: curve.reach_at(impressions)?, interval, per_thousand })
    }
}
