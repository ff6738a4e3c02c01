use std::collections::BTreeSet;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::decision::{Blocked, Next};
use super::log::{Allowed, Log, Room};
use super::rule::IMPRESSION;
use super::span::Span;
use super::{Boundary, Held, Per, Rule, Rules};
use crate::Error;

/// What a sum may be above the limit: the rounding of weights that are no binary fractions.
const TOLERANCE: f64 = 1e-9;

/// A class says which of the names that rules use an impression bears: 4 bits for the event, 10 for the channel, 18 for the campaign. Zero is `impression`, and a name that no rule uses.
const CHANNEL: u32 = 18;
const EVENT: u32 = 28;
pub(crate) const LIMITS: [(&str, usize); 3] = [("events", 15), ("channels", 1023), ("campaigns", 262_143)];

type Names = HashMap<Box<str>, u32, FixedState>;

/// Rules, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    rules: Rules,
    compiled: Vec<Compiled>,
    events: Names,
    channels: Names,
    campaigns: Names,
    sides: [Side; 2],
}

/// Where an impression belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Class {
    /// `None` for an event that no rule counts.
    event: Option<u32>,
    channel: u32,
    campaign: u32,
}

#[derive(Debug, Clone)]
struct Compiled {
    allowed: Allowed,
    span: Span,
    filter: Filter,
}

/// What a rule binds, and counts.
#[derive(Debug, Clone, PartialEq)]
struct Filter {
    event: u32,
    channels: Option<Bits>,
    campaigns: Option<Bits>,
}

#[derive(Debug, Clone, PartialEq)]
struct Bits(Vec<u64>);

/// The rules per person, or those per household.
#[derive(Debug, Clone)]
struct Side {
    /// For each campaign that rules name, and for all others: which rules bind it, if they bind the channel.
    by_campaign: Vec<Box<[u32]>>,
    counters: Vec<Counter>,
    /// The bits of a class that make a difference.
    mask: u32,
    /// How many impressions of class 0 and weight one the rules need.
    plain: usize,
}

/// Rules of one filter, which count the same impressions.
#[derive(Debug, Clone)]
struct Counter {
    filter: Filter,
    /// The largest limit of them.
    limit: f64,
    spans: Vec<Span>,
}

/// How many different names of each kind there are, if they can be told apart.
pub(crate) fn check_names(rules: &[Rule]) -> Result<(), Error> {
    for ((what, limit), names) in LIMITS.into_iter().zip(all_names(rules)) {
        if names.len() > limit {
            return Err(Error::TooMany { what, given: names.len(), limit });
        }
    }
    Ok(())
}

fn all_names(rules: &[Rule]) -> [BTreeSet<&str>; 3] {
    [
        rules.iter().map(Rule::event).filter(|event| *event != IMPRESSION).collect(),
        rules.iter().flat_map(|rule| rule.channels().unwrap_or_default()).map(String::as_str).collect(),
        rules.iter().flat_map(|rule| rule.campaigns().unwrap_or_default()).map(String::as_str).collect(),
    ]
}

fn numbered(names: &BTreeSet<&str>) -> Names {
    (1..).zip(names).map(|(number, name)| (Box::from(*name), number)).collect()
}

impl Plan {
    pub(crate) fn new(rules: Rules, boundary: Boundary) -> Self {
        let list: Vec<Rule> = rules.iter().cloned().collect();
        let [events, channels, campaigns] = all_names(&list).map(|names| numbered(&names));
        let compiled: Vec<Compiled> = list
            .iter()
            .map(|rule| Compiled {
                allowed: Allowed::new(rule.max() + TOLERANCE),
                span: Span::new(rule.window(), boundary),
                filter: Filter {
                    event: events.get(rule.event()).copied().unwrap_or(0),
                    channels: rule.channels().map(|names| Bits::of(names, &channels)),
                    campaigns: rule.campaigns().map(|names| Bits::of(names, &campaigns)),
                },
            })
            .collect();
        let sides = [Per::User, Per::Household].map(|per| {
            let of_side: Vec<(u32, &Compiled)> = (0..)
                .zip(&compiled)
                .zip(&list)
                .filter_map(|(indexed, rule)| (rule.whose() == per).then_some(indexed))
                .collect();
            Side::new(&of_side, campaigns.len())
        });
        Self { rules, compiled, events, channels, campaigns, sides }
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    #[inline]
    pub(crate) fn class(&self, [event, channel, campaign]: [Option<&str>; 3]) -> Class {
        let number = |names: &Names, name: Option<&str>| name.and_then(|name| names.get(name).copied());
        let event = match event {
            None | Some(IMPRESSION) => Some(0),
            named => number(&self.events, named),
        };
        let [channel, campaign] =
            [number(&self.channels, channel), number(&self.campaigns, campaign)].map(Option::unwrap_or_default);
        Class { event, channel, campaign }
    }

    /// Whether any rule of this side binds it.
    pub(crate) fn binds(&self, per: Per, class: Class) -> bool {
        self.binding(per, class).next().is_some()
    }

    fn binding(&self, per: Per, class: Class) -> impl Iterator<Item = (u32, &Compiled)> {
        let rules = self.side(per).by_campaign.get(class.campaign as usize).map_or([].as_slice(), |rules| rules);
        (rules.iter())
            .filter_map(|&index| Some((index, self.compiled.get(index as usize)?)))
            .filter(move |(_, rule)| rule.filter.channels.as_ref().is_none_or(|bits| bits.holds(class.channel)))
    }

    /// Adds the rules that fail to `blocked`, and moves `next` on to when the last of them passes.
    #[inline]
    pub(crate) fn judge(
        &self,
        per: Per,
        class: Class,
        (at, weight): (i64, f64),
        log: &Log<'_>,
        blocked: &mut Blocked,
        next: &mut Option<Next>,
    ) {
        for (index, rule) in self.binding(per, class) {
            let begin = rule.span.begin(at);
            let counts = |class: u32| rule.filter.sees(class);
            let until = match log.room(begin, counts, weight, rule.allowed) {
                Room::Now => continue,
                Room::Never => Next::Never,
                Room::After(last) => rule.span.release(last).max(Next::At(at)),
            };
            blocked.add(index);
            *next = Some(next.map_or(until, |next| next.max(until)));
        }
    }

    fn side(&self, per: Per) -> &Side {
        let [people, households] = &self.sides;
        match per {
            Per::User => people,
            Per::Household => households,
        }
    }

    pub(crate) fn keep(&self, per: Per) -> Keep<'_> {
        Keep { side: self.side(per) }
    }
}

impl Side {
    fn new(rules: &[(u32, &Compiled)], campaigns: usize) -> Self {
        let by_campaign = (0..)
            .take(campaigns + 1)
            .map(|campaign: u32| {
                (rules.iter())
                    .filter(|(_, rule)| rule.filter.campaigns.as_ref().is_none_or(|bits| bits.holds(campaign)))
                    .map(|(index, _)| *index)
                    .collect()
            })
            .collect();
        let mut counters: Vec<Counter> = Vec::new();
        for (_, rule) in rules {
            if let Some(counter) = counters.iter_mut().find(|counter| counter.filter == rule.filter) {
                counter.limit = counter.limit.max(rule.allowed.limit);
                counter.spans.push(rule.span);
            } else {
                let (filter, spans) = (rule.filter.clone(), vec![rule.span]);
                counters.push(Counter { filter, limit: rule.allowed.limit, spans });
            }
        }
        let filters = || counters.iter().map(|counter| &counter.filter);
        let mut mask = 0;
        if filters().any(|filter| filter.event > 0) {
            mask |= u32::MAX << EVENT;
        }
        if filters().any(|filter| filter.channels.is_some()) {
            mask |= (1 << EVENT) - (1 << CHANNEL);
        }
        if filters().any(|filter| filter.campaigns.is_some()) {
            mask |= (1 << CHANNEL) - 1;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative; saturates")]
        let needs = |counter: &Counter| (counter.limit as usize).saturating_add(1);
        let plain = counters.iter().filter(|counter| counter.filter.sees(0)).map(needs).max().unwrap_or(0);
        Self { by_campaign, counters, mask, plain }
    }
}

impl Filter {
    fn sees(&self, class: u32) -> bool {
        let (channel, campaign) = (class >> CHANNEL & 0x3ff, class & 0x3_ffff);
        class >> EVENT == self.event
            && self.channels.as_ref().is_none_or(|bits| bits.holds(channel))
            && self.campaigns.as_ref().is_none_or(|bits| bits.holds(campaign))
    }
}

impl Bits {
    fn of(names: &[String], numbers: &Names) -> Self {
        let mut words = Vec::new();
        for number in names.iter().filter_map(|name| numbers.get(name.as_str())) {
            let (word, bit) = ((number / 64) as usize, number % 64);
            if words.len() <= word {
                words.resize(word + 1, 0);
            }
            words[word] |= 1 << bit;
        }
        Self(words)
    }

    fn holds(&self, number: u32) -> bool {
        self.0.get((number / 64) as usize).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}

/// What the rules of one side need of a log: for [`Store`](super::Store)s.
#[derive(Debug, Clone, Copy)]
pub struct Keep<'a> {
    side: &'a Side,
}

impl Keep<'_> {
    /// The class to hold an impression under; `None` if no rule counts it.
    pub(crate) fn class(self, class: Class) -> Option<u32> {
        let packed = class.event? << EVENT | class.channel << CHANNEL | class.campaign;
        self.side.counters.iter().any(|counter| counter.filter.sees(packed)).then_some(packed & self.side.mask)
    }

    /// Whether an impression can be held under this class.
    pub(crate) fn knows(self, class: u32) -> bool {
        class & !self.side.mask == 0 && self.side.counters.iter().any(|counter| counter.filter.sees(class))
    }

    /// Whether impressions have to be told apart by class.
    pub fn classes(&self) -> bool {
        self.side.mask != 0
    }

    /// Where all rules count all impressions: how many of weight one they need.
    pub fn newest(&self) -> Option<usize> {
        (self.side.mask == 0 && self.side.counters.len() == 1).then_some(self.side.plain)
    }

    /// How many impressions of class 0 and weight one are needed, in a log that holds nothing else.
    #[inline]
    pub(crate) fn plain(self) -> usize {
        self.side.plain
    }

    /// Marks what of a log no decision can depend on, at any time and whatever comes: for each impression, newest first, whether it has to be kept.
    ///
    /// An impression is needed by a rule that counts it as long as the newer ones that the rule counts weigh no more than it allows. With more than that every window that reaches the impression
    /// is full without it. Cost: impressions times different filters of rules.
    pub fn needed(&self, log: &Log<'_>) -> Vec<bool> {
        log.iter().map(self.needs()).collect()
    }

    /// Says of each impression of a log, newest first, whether it is needed.
    pub(crate) fn needs(self) -> impl FnMut(Held) -> bool {
        let mut sums = vec![0.0; self.side.counters.len()];
        move |held| {
            let mut needed = false;
            for (counter, sum) in self.side.counters.iter().zip(&mut sums) {
                if counter.filter.sees(held.class) {
                    needed |= *sum <= counter.limit;
                    *sum += held.weight;
                }
            }
            needed
        }
    }

    /// Whether a decision at `now` or later can depend on an impression of this class at `at`.
    pub fn visible(&self, class: u32, at: i64, now: i64) -> bool {
        (self.side.counters.iter())
            .filter(|counter| counter.filter.sees(class))
            .any(|counter| counter.spans.iter().any(|span| at >= span.begin(now)))
    }

    /// Whether any rule can see `at` from `now`.
    pub(crate) fn reaches(self, at: i64, now: i64) -> bool {
        (self.side.counters.iter()).any(|counter| counter.spans.iter().any(|span| at >= span.begin(now)))
    }
}
