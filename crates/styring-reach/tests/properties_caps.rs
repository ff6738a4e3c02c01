//! The laws of frequency caps: the engine against the whole log, read anew for every decision.
#![cfg(feature = "calendar")]
#![allow(clippy::unwrap_used)]
#![allow(clippy::float_cmp, reason = "what cannot happen has probability zero, to the last bit")]

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use chrono::{DateTime, Datelike, Days, NaiveTime, TimeZone};
use chrono_tz::Tz;
use proptest::prelude::*;
use styring_reach::Error;
use styring_reach::cap::{
    Boundary, Calendar, CalendarUnit, Caps, Decision, Fate, Goal, Held, Identity, Impression, ImpressionKey, Keep, Key,
    Linked, Log, LogBuf, Next, Options, Per, Platform, Rule, Rules, Secret, SharedCaps, Slots, Split, Store, TimeUnit,
    TimeUnits, Window,
};

/// A Sunday morning in Oslo, an hour before the clocks are put forward.
const SPRING: i64 = 1_774_743_600;

#[derive(Debug, Clone)]
struct Shown {
    at: i64,
    ids: Vec<u64>,
    household: Option<u64>,
    channel: Option<usize>,
    campaign: Option<usize>,
    click: bool,
    weight: f64,
    id: Option<u8>,
}

#[derive(Debug, Clone)]
enum Op {
    Check(Shown),
    Request(Shown),
    Observe(Shown),
    Link(Vec<u64>),
    Unlink(u64),
    Forget(u64),
    ForgetHousehold(u64),
}

const CHANNELS: [&str; 3] = ["VG", "TV 2", "Acast"];
const CAMPAIGNS: [&str; 2] = ["shoes", "coats"];

/// Who somebody is called: every impression is asked for by name, or by key.
struct Names {
    ids: Vec<String>,
    keys: Vec<Key>,
    household: Option<String>,
    impression: Option<String>,
}

fn name(id: u64) -> String {
    format!("person {id}")
}

impl Shown {
    fn names(&self) -> Names {
        Names {
            ids: self.ids.iter().map(|id| name(*id)).collect(),
            keys: self.ids.iter().map(|id| Key::from(*id)).collect(),
            household: self.household.map(|id| format!("house {id}")),
            impression: self.id.map(|id| format!("impression {id}")),
        }
    }

    fn rest<'a>(&self, impression: Impression<'a>) -> Impression<'a> {
        let mut impression = impression.weighing(self.weight).unwrap();
        if let Some(channel) = self.channel {
            impression = impression.channel(CHANNELS[channel]);
        }
        if let Some(campaign) = self.campaign {
            impression = impression.campaign(CAMPAIGNS[campaign]);
        }
        if self.click { impression.event("click") } else { impression }
    }

    fn by_name<'a>(&self, names: &'a Names) -> Impression<'a> {
        let mut impression = self.rest(Impression::of(&names.ids, self.at).unwrap());
        if let Some(household) = &names.household {
            impression = impression.household(household.as_str());
        }
        if let Some(id) = &names.impression {
            impression = impression.impression_id(id.as_str());
        }
        impression
    }

    fn by_key<'a>(&self, names: &'a Names) -> Impression<'a> {
        let mut impression = self.rest(Impression::of(names.keys.as_slice(), self.at).unwrap());
        if let Some(household) = self.household {
            impression = impression.household(Key::from(household));
        }
        if let Some(id) = self.id {
            impression = impression.impression_id(u128::from(id));
        }
        impression
    }
}

/// The specification, word for word: a log of everything, scanned for every decision.
struct Oracle {
    rules: Vec<Rule>,
    boundary: Boundary,
    max_ids: Option<usize>,
    log: Vec<Entry>,
    recorded: BTreeSet<u8>,
    edges: BTreeSet<(u64, u64)>,
    barred: BTreeSet<u64>,
}

#[derive(Debug, Clone)]
struct Entry {
    shown: Shown,
    ids: BTreeSet<u64>,
    household: Option<u64>,
}

#[derive(Debug, PartialEq)]
struct Answer {
    blocked: Vec<usize>,
    next: Option<Next>,
    recorded: bool,
    repeated: bool,
    refused: Option<usize>,
}

impl Answer {
    fn of(decision: &Decision) -> Self {
        Self {
            blocked: decision.blocked().collect(),
            next: decision.next_allowed(),
            recorded: decision.recorded(),
            repeated: decision.repeated(),
            refused: decision.refused_link(),
        }
    }
}

impl Oracle {
    fn new(rules: &Rules, boundary: Boundary, max_ids: Option<u32>) -> Self {
        Self {
            rules: rules.iter().cloned().collect(),
            boundary,
            max_ids: max_ids.map(|max| max as usize),
            log: Vec::new(),
            recorded: BTreeSet::new(),
            edges: BTreeSet::new(),
            barred: BTreeSet::new(),
        }
    }

    fn person(&self, id: u64) -> BTreeSet<u64> {
        let mut reached = BTreeSet::from([id]);
        loop {
            let more: BTreeSet<u64> = (self.edges.iter())
                .filter(|(a, b)| reached.contains(a) || reached.contains(b))
                .flat_map(|(a, b)| [*a, *b])
                .collect();
            let before = reached.len();
            reached.extend(more);
            if reached.len() == before {
                return reached;
            }
        }
    }

    fn everyone(&self, ids: &[u64]) -> BTreeSet<u64> {
        ids.iter().flat_map(|id| self.person(*id)).collect()
    }

    fn link(&mut self, ids: &[u64]) -> Result<usize, usize> {
        let size = self.everyone(ids).len();
        let together = ids.iter().all(|id| self.person(ids[0]).contains(id));
        if size > self.max_ids.unwrap() && !together {
            return Err(size);
        }
        for a in ids {
            for b in ids {
                if a < b {
                    self.edges.insert((*a, *b));
                }
            }
        }
        Ok(size)
    }

    fn see(&mut self, ids: &[u64]) -> Option<usize> {
        self.max_ids?;
        let able: Vec<u64> = ids.iter().copied().filter(|id| !self.barred.contains(id)).collect();
        if able.len() < 2 { None } else { self.link(&able).err() }
    }

    fn applies(rule: &Rule, shown: &Shown) -> bool {
        let named = |names: Option<&[String]>, name: Option<&str>| {
            names.is_none_or(|names| name.is_some_and(|name| names.iter().any(|one| one == name)))
        };
        named(rule.channels(), shown.channel.map(|channel| CHANNELS[channel]))
            && named(rule.campaigns(), shown.campaign.map(|campaign| CAMPAIGNS[campaign]))
    }

    fn in_window(&self, window: Window, then: i64, now: i64) -> bool {
        match window {
            Window::Rolling(length) => {
                let age = now - then;
                let length = i64::try_from(length.get()).unwrap();
                age < length || (self.boundary == Boundary::Inclusive && age == length)
            }
            Window::Calendar(calendar) => then >= begin_by_hand(calendar, now),
            _ => true,
        }
    }

    fn passes(&self, rule: &Rule, shown: &Shown, everyone: &BTreeSet<u64>, now: i64) -> bool {
        if !Self::applies(rule, shown) || (rule.whose() == Per::Household && shown.household.is_none()) {
            return true;
        }
        let count: f64 = (self.log.iter())
            .filter(|entry| Self::applies(rule, &entry.shown))
            .filter(|entry| entry.shown.click == (rule.event() == "click"))
            .filter(|entry| match rule.whose() {
                Per::Household => entry.household == shown.household,
                _ => entry.ids.iter().any(|id| everyone.contains(id)),
            })
            .filter(|entry| self.in_window(rule.window(), entry.shown.at, now))
            .map(|entry| entry.shown.weight)
            .sum();
        count + shown.weight <= rule.max() + 1e-9
    }

    fn decide(&mut self, shown: &Shown) -> Answer {
        let refused = self.see(&shown.ids);
        let repeated = shown.id.is_some_and(|id| self.recorded.contains(&id));
        let everyone = self.everyone(&shown.ids);
        let failing = |now: i64| -> Vec<usize> {
            if repeated {
                return Vec::new();
            }
            let failing = self.rules.iter().enumerate();
            failing.filter(|(_, rule)| !self.passes(rule, shown, &everyone, now)).map(|(place, _)| place).collect()
        };
        let blocked = failing(shown.at);
        let next = (!blocked.is_empty()).then(|| {
            // Something changes only where an impression leaves a window.
            let mut times: Vec<i64> = Vec::new();
            for (entry, rule) in self.log.iter().flat_map(|entry| self.rules.iter().map(move |rule| (entry, rule))) {
                match rule.window() {
                    Window::Rolling(length) => {
                        let leaves = entry.shown.at + i64::try_from(length.get()).unwrap();
                        times.extend([leaves, leaves + 1]);
                    }
                    Window::Calendar(calendar) => {
                        let zone: Tz = calendar.zone().parse().unwrap();
                        let day =
                            DateTime::from_timestamp(entry.shown.at, 0).unwrap().with_timezone(&zone).date_naive();
                        times
                            .extend((0..40).map(|days| midnight(zone, day.checked_add_days(Days::new(days)).unwrap())));
                    }
                    _ => {}
                }
            }
            times.retain(|time| *time > shown.at);
            times.sort_unstable();
            times.into_iter().find(|time| failing(*time).is_empty()).map_or(Next::Never, Next::At)
        });
        Answer { blocked, next, recorded: false, repeated, refused }
    }

    fn record(&mut self, shown: &Shown) {
        self.recorded.extend(shown.id);
        let ids = shown.ids.iter().copied().collect();
        self.log.push(Entry { shown: shown.clone(), ids, household: shown.household });
    }

    fn observe(&mut self, shown: &Shown) -> bool {
        self.see(&shown.ids);
        if shown.id.is_some_and(|id| self.recorded.contains(&id)) {
            return false;
        }
        self.record(shown);
        true
    }

    fn request(&mut self, shown: &Shown) -> Answer {
        let mut answer = self.decide(shown);
        if answer.blocked.is_empty() && !answer.repeated {
            self.record(shown);
            answer.recorded = true;
        }
        answer
    }

    fn forget(&mut self, id: u64) {
        let person = self.person(id);
        for entry in &mut self.log {
            entry.ids.retain(|id| !person.contains(id));
        }
        self.edges.retain(|(a, b)| !person.contains(a) && !person.contains(b));
        self.barred.retain(|id| !person.contains(id));
    }
}

fn midnight(zone: Tz, day: chrono::NaiveDate) -> i64 {
    zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest().unwrap().timestamp()
}

fn begin_by_hand(calendar: Calendar, now: i64) -> i64 {
    let zone: Tz = calendar.zone().parse().unwrap();
    let today = DateTime::from_timestamp(now, 0).unwrap().with_timezone(&zone).date_naive();
    let n = u64::from(calendar.n());
    let back = match calendar.unit() {
        CalendarUnit::Day => n - 1,
        CalendarUnit::Week => 7 * (n - 1) + u64::from(today.weekday().num_days_from_monday()),
        _ => unreachable!(),
    };
    midnight(zone, today.checked_sub_days(Days::new(back)).unwrap())
}

/// A store that keeps everything, and prunes nothing.
#[derive(Default)]
struct KeepAll {
    logs: BTreeMap<(Per, Key), LogBuf>,
    recorded: BTreeMap<ImpressionKey, i64>,
}

impl Store for KeepAll {
    fn log(&self, per: Per, key: Key) -> Log<'_> {
        self.logs.get(&(per, key)).map(LogBuf::as_log).unwrap_or_default()
    }

    fn record(&mut self, per: Per, key: Key, held: Held, _: &Keep<'_>) {
        self.logs.entry((per, key)).or_default().insert(held);
    }

    fn is_recorded(&self, id: ImpressionKey) -> bool {
        self.recorded.contains_key(&id)
    }

    fn remember(&mut self, id: ImpressionKey, at: i64) {
        self.recorded.insert(id, at);
    }

    fn remove(&mut self, per: Per, key: Key) -> bool {
        self.logs.remove(&(per, key)).is_some()
    }

    fn expire(&mut self, _: Per, _: &Keep<'_>, _: i64) {}

    fn expire_ids(&mut self, _: &dyn Fn(i64) -> bool) {}

    fn each(&self, per: Per, visit: &mut dyn FnMut(Key, Log<'_>)) {
        for ((_, key), log) in self.logs.iter().filter(|(of, _)| of.0 == per) {
            visit(*key, log.as_log());
        }
    }

    fn each_id(&self, visit: &mut dyn FnMut(ImpressionKey, i64)) {
        self.recorded.iter().for_each(|(id, at)| visit(*id, *at));
    }
}

fn window() -> impl Strategy<Value = Window> {
    let calendar = (prop::sample::select(vec![CalendarUnit::Day, CalendarUnit::Week]), 1..=3_u16)
        .prop_map(|(unit, n)| Window::Calendar(Calendar::new(unit, n, "Europe/Oslo").unwrap()));
    prop_oneof![
        6 => prop::sample::select(vec![1, 600, 1800, 3600, 86_400]).prop_map(|length| Window::rolling(length).unwrap()),
        1 => Just(Window::Lifetime),
        1 => calendar,
    ]
}

fn names<const N: usize>(names: [&'static str; N]) -> impl Strategy<Value = Option<Vec<&'static str>>> {
    prop_oneof![3 => Just(None), 2 => prop::sample::subsequence(names.to_vec(), 1..=2).prop_map(Some)]
}

fn rule() -> impl Strategy<Value = Rule> {
    let max = prop::sample::select(vec![0.0, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 11.0]);
    (max, window(), names(CHANNELS), names(CAMPAIGNS), 0..4_u8, 0..6_u8).prop_map(
        |(max, window, channels, campaigns, household, click)| {
            let mut rule = Rule::new("rule", max, window).unwrap();
            if let Some(channels) = channels {
                rule = rule.on_channels(channels).unwrap();
            }
            if let Some(campaigns) = campaigns {
                rule = rule.for_campaigns(campaigns).unwrap();
            }
            if household == 0 {
                rule = rule.per(Per::Household);
            }
            if click == 0 { rule.counting("click") } else { rule }
        },
    )
}

/// Rules of all kinds, and, now and then, the plain ones that need stamps only.
fn rules() -> impl Strategy<Value = Rules> {
    let any = prop::collection::vec(rule(), 0..6);
    let plain = prop::collection::vec((1..14_u8, window()), 1..4).prop_map(|rules| {
        rules.into_iter().map(|(max, window)| Rule::new("rule", f64::from(max), window).unwrap()).collect()
    });
    prop_oneof![2 => any, 1 => plain].prop_map(|rules: Vec<Rule>| {
        let renamed = rules.into_iter().enumerate().map(|(place, rule)| {
            let mut renamed = Rule::new(format!("rule {place}"), rule.max(), rule.window()).unwrap().per(rule.whose());
            if let Some(channels) = rule.channels() {
                renamed = renamed.on_channels(channels.iter().cloned()).unwrap();
            }
            if let Some(campaigns) = rule.campaigns() {
                renamed = renamed.for_campaigns(campaigns.iter().cloned()).unwrap();
            }
            renamed.counting(rule.event())
        });
        Rules::new(renamed).unwrap()
    })
}

/// Few times, so that stamps tie and boundaries are met to the second, in any order.
fn time() -> impl Strategy<Value = i64> {
    let near = (0..30_i64, -1..=1_i64).prop_map(|(steps, off)| SPRING + 600 * steps + off);
    let days = (0..12_i64, 0..2_i64).prop_map(|(days, off)| SPRING + 43_200 * days + off);
    prop_oneof![4 => near, 1 => days]
}

fn ids() -> impl Strategy<Value = Vec<u64>> {
    let several = prop::sample::subsequence((0..6_u64).collect::<Vec<_>>(), 0..=3);
    prop_oneof![3 => (0..3_u64).prop_map(|id| vec![id]), 1 => several, 1 => Just(vec![1, 1, 2])]
}

/// Sums of binary fractions are exact in any order; that of tenths needs the tolerance of the specification.
fn weight() -> impl Strategy<Value = f64> {
    prop_oneof![8 => Just(1.0), 2 => prop::sample::select(vec![0.0, 0.25, 0.5, 2.0, 0.1, 0.3, 2.7])]
}

fn shown() -> impl Strategy<Value = Shown> {
    let unless = |share| prop::option::weighted(share, 0..2_u64);
    (
        (time(), ids(), unless(0.3), prop::option::weighted(0.8, 0..3_usize)),
        (prop::option::weighted(0.5, 0..2_usize), prop::bool::weighted(0.15), weight()),
        prop::option::weighted(0.3, 0..30_u8),
    )
        .prop_map(|((at, ids, household, channel), (campaign, click, weight), id)| Shown {
            at,
            ids,
            household,
            channel,
            campaign,
            click,
            weight,
            id,
        })
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => shown().prop_map(Op::Check),
        12 => shown().prop_map(Op::Request),
        6 => shown().prop_map(Op::Observe),
        1 => prop::sample::subsequence((0..6_u64).collect::<Vec<_>>(), 1..=3).prop_map(Op::Link),
        1 => (0..6_u64).prop_map(Op::Unlink),
        1 => (0..6_u64).prop_map(Op::Forget),
        1 => (0..2_u64).prop_map(Op::ForgetHousehold),
    ]
}

#[derive(Debug, Clone)]
enum Step {
    Expire(i64),
    Observe(Shown),
    Request(Shown),
}

/// A time of the same clock in another era: 2³² seconds are 136 years.
fn far_time() -> impl Strategy<Value = i64> {
    let era = prop_oneof![12 => Just(0), 1 => prop::sample::select(vec![-14_i64, -1, 1, 57])];
    (time(), era).prop_map(|(at, era)| at + (era << 32))
}

/// Mostly what an entry can hold, of two people.
fn step() -> impl Strategy<Value = Step> {
    let short = (time(), 0..2_u64, prop::option::weighted(0.3, 0..3_usize))
        .prop_map(|(at, id, channel)| Shown {
            at,
            ids: vec![id],
            household: None,
            channel,
            campaign: None,
            click: false,
            weight: 1.0,
            id: None,
        })
        .boxed();
    let any = (shown(), far_time()).prop_map(|(shown, at)| Shown { at, id: None, ..shown }).boxed();
    let shown = prop_oneof![8 => short, 1 => any].boxed();
    prop_oneof![
        1 => far_time().prop_map(Step::Expire),
        10 => shown.clone().prop_map(Step::Observe),
        10 => shown.prop_map(Step::Request),
    ]
}

/// One to three rules that need up to 13 impressions of a person; channels only now and then, and windows of up to three centuries.
fn far_rules() -> impl Strategy<Value = Rules> {
    let window = prop::sample::select(vec![600, 3600, 86_400, 10_000_000_000])
        .prop_map(|length| Window::rolling(length).unwrap());
    let window = prop_oneof![6 => window, 1 => Just(Window::Lifetime)];
    let channels =
        prop_oneof![4 => Just(None), 1 => prop::sample::subsequence(CHANNELS.to_vec(), 1..=2).prop_map(Some)];
    prop::collection::vec((1..13_u8, window, channels), 1..=3).prop_map(|rules| {
        let rules = rules.into_iter().enumerate().map(|(place, (max, window, channels))| {
            let rule = Rule::new(format!("rule {place}"), f64::from(max), window).unwrap();
            match channels {
                Some(channels) => rule.on_channels(channels).unwrap(),
                None => rule,
            }
        });
        Rules::new(rules).unwrap()
    })
}

fn boundary() -> impl Strategy<Value = Boundary> {
    prop::sample::select(vec![Boundary::Exclusive, Boundary::Inclusive])
}

fn max_ids() -> impl Strategy<Value = Option<u32>> {
    prop::sample::select(vec![None, Some(2), Some(3), Some(6)])
}

fn options(boundary: Boundary, max_ids: Option<u32>) -> Options {
    let identity = max_ids.map_or(Identity::Presented, |max_ids| Identity::Linked { max_ids });
    Options::default().boundary(boundary).identity(identity)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whatever the rules, the mode, and the order of arrival: in memory, by key, on a store that prunes nothing, in shards, and after a round trip half way, every answer is that of the whole log.
    #[test]
    fn engines_equal_the_whole_log(
        rules in rules(),
        ops in prop::collection::vec(op(), 0..80),
        boundary in boundary(),
        max_ids in max_ids(),
        half in 0..80_usize,
    ) {
        let options = options(boundary, max_ids);
        let mut oracle = Oracle::new(&rules, boundary, max_ids);
        let mut caps = Caps::with(rules.clone(), options);
        let mut keyed = Caps::with(rules.clone(), options);
        let mut keeping = Caps::on(KeepAll::default(), rules.clone(), options);
        let mut shared = SharedCaps::new(rules, options, 4);
        for (place, op) in ops.iter().enumerate() {
            if place == half {
                let snapshot = caps.snapshot();
                caps = Caps::restore(&snapshot, Secret::default()).unwrap();
                prop_assert_eq!(&caps.snapshot(), &snapshot);
                keyed = Caps::restore(&keyed.snapshot(), Secret::default()).unwrap();
                prop_assert_eq!(&shared.snapshot(), &snapshot);
                shared = SharedCaps::restore(&snapshot, Secret::default(), 1).unwrap();
            }
            match op {
                Op::Check(shown) | Op::Request(shown) => {
                    let names = shown.names();
                    let (by_name, by_key) = (shown.by_name(&names), shown.by_key(&names));
                    let request = matches!(op, Op::Request(_));
                    let expected = if request { oracle.request(shown) } else { oracle.decide(shown) };
                    let decisions = if request {
                        [caps.request(&by_name), keyed.request(&by_key), keeping.request(&by_name), shared.request(&by_name)]
                    } else {
                        [caps.check(&by_name), keyed.check(&by_key), keeping.check(&by_name), shared.check(&by_name)]
                    };
                    for (engine, decision) in decisions.iter().enumerate() {
                        prop_assert_eq!(&Answer::of(decision), &expected, "op {} engine {}: {:?}", place, engine, op);
                        prop_assert_eq!(decision.allowed(), expected.blocked.is_empty());
                        prop_assert_eq!(decision.allowed(), decision.next_allowed().is_none());
                    }
                }
                Op::Observe(shown) => {
                    let names = shown.names();
                    let expected = oracle.observe(shown);
                    prop_assert_eq!(caps.observe(&shown.by_name(&names)), expected);
                    prop_assert_eq!(keyed.observe(&shown.by_key(&names)), expected);
                    prop_assert_eq!(keeping.observe(&shown.by_name(&names)), expected);
                    prop_assert_eq!(shared.observe(&shown.by_name(&names)), expected);
                }
                Op::Link(ids) => {
                    let names: Vec<String> = ids.iter().map(|id| name(*id)).collect();
                    let keys: Vec<Key> = ids.iter().map(|id| Key::from(*id)).collect();
                    let outcome = caps.link(&names);
                    prop_assert_eq!(keyed.link(keys.as_slice()), outcome);
                    prop_assert_eq!(keeping.link(&names), outcome);
                    prop_assert_eq!(shared.link(&names), outcome);
                    match (max_ids, outcome) {
                        (None, outcome) => prop_assert_eq!(outcome, Linked::Off),
                        (Some(_), Linked::New(size) | Linked::Known(size)) => {
                            prop_assert_eq!(oracle.link(ids), Ok(size));
                            oracle.barred.retain(|id| !ids.contains(id));
                        }
                        (Some(_), Linked::TooMany(size)) => prop_assert_eq!(oracle.link(ids), Err(size)),
                        (Some(_), outcome) => prop_assert!(false, "{:?}", outcome),
                    }
                }
                Op::Unlink(id) => {
                    let expected = max_ids.is_some() && oracle.person(*id).len() > 1;
                    oracle.edges.retain(|(a, b)| a != id && b != id);
                    if max_ids.is_some() {
                        oracle.barred.insert(*id);
                    }
                    prop_assert_eq!(caps.unlink(name(*id).as_str()), expected);
                    prop_assert_eq!(keyed.unlink(Key::from(*id)), expected);
                    prop_assert_eq!(keeping.unlink(name(*id).as_str()), expected);
                    prop_assert_eq!(shared.unlink(name(*id).as_str()), expected);
                    prop_assert_eq!(caps.person(name(*id).as_str()).len(), 1);
                }
                Op::Forget(id) => {
                    let person = oracle.person(*id);
                    oracle.forget(*id);
                    let forgotten = caps.forget(name(*id).as_str());
                    prop_assert!(forgotten <= person.len());
                    prop_assert_eq!(keyed.forget(Key::from(*id)), forgotten);
                    prop_assert_eq!(keeping.forget(name(*id).as_str()), forgotten);
                    prop_assert_eq!(shared.forget(name(*id).as_str()), forgotten);
                }
                Op::ForgetHousehold(id) => {
                    for entry in &mut oracle.log {
                        entry.household = entry.household.filter(|household| household != id);
                    }
                    let house = format!("house {id}");
                    let forgotten = caps.forget_household(house.as_str());
                    prop_assert_eq!(keyed.forget_household(Key::from(*id)), forgotten);
                    prop_assert_eq!(keeping.forget_household(house.as_str()), forgotten);
                    prop_assert_eq!(shared.forget_household(house.as_str()), forgotten);
                }
            }
            for id in 0..6 {
                let expected = oracle.person(id);
                let mut keys: Vec<Key> = expected.iter().map(|id| Secret::default().key(&name(*id))).collect();
                keys.sort_unstable();
                prop_assert_eq!(caps.person(name(id).as_str()), keys);
                prop_assert_eq!(keyed.person(Key::from(id)), expected.into_iter().map(Key::from).collect::<Vec<_>>());
            }
        }
    }

    /// Reports may come in any order.
    #[test]
    fn order_of_observations_changes_nothing(
        rules in rules(),
        shown in prop::collection::vec(shown(), 1..40),
        seeds in prop::collection::vec(any::<u64>(), 40),
        asked in prop::collection::vec(shown(), 1..10),
        boundary in boundary(),
        max_ids in prop::sample::select(vec![None, Some(6)]),
    ) {
        // Each has its own id, or none: two reports under one id with different contents contradict each other.
        let shown: Vec<Shown> = (0..).zip(shown).map(|(id, one)| Shown { id: one.id.map(|_| id), ..one }).collect();
        let mut places: Vec<usize> = (0..shown.len()).collect();
        places.sort_by_key(|place| seeds[*place]);
        let options = options(boundary, max_ids);
        let [mut one, mut other] = [Caps::with(rules.clone(), options), Caps::with(rules, options)];
        for shown in &shown {
            prop_assert!(one.observe(&shown.by_key(&shown.names())));
        }
        for place in places {
            let shown = &shown[place];
            prop_assert!(other.observe(&shown.by_key(&shown.names())));
            if shown.id.is_some() {
                prop_assert!(!other.observe(&shown.by_key(&shown.names())));
            }
        }
        for shown in asked {
            let shown = Shown { id: None, ..shown };
            prop_assert_eq!(one.check(&shown.by_key(&shown.names())), other.check(&shown.by_key(&shown.names())));
        }
    }

    /// What expires was of no use to anybody who asks later, and late reports find what they would have found.
    #[test]
    fn expiring_changes_nothing_that_comes_after(
        rules in rules(),
        before in prop::collection::vec(shown(), 0..40),
        after in prop::collection::vec((any::<bool>(), shown()), 0..40),
        now in time(),
        max_ids in max_ids(),
    ) {
        let options = options(Boundary::Exclusive, max_ids);
        let [mut expired, mut whole] = [Caps::with(rules.clone(), options), Caps::with(rules.clone(), options)];
        let shared = SharedCaps::new(rules, options, 4);
        for shown in &before {
            let names = shown.names();
            prop_assert_eq!(expired.observe(&shown.by_key(&names)), whole.observe(&shown.by_key(&names)));
            shared.observe(&shown.by_key(&names));
        }
        expired.expire(now);
        shared.expire(now);
        prop_assert_eq!(expired.snapshot(), shared.snapshot());
        let once = expired.snapshot();
        expired.expire(now);
        prop_assert_eq!(expired.snapshot(), once);
        for (late, shown) in after {
            // Retries carry the stamp of their impression, which may be gone; new ones are not under an old id.
            let shown = Shown { id: None, ..shown };
            let names = shown.names();
            if late {
                expired.observe(&shown.by_key(&names));
                whole.observe(&shown.by_key(&names));
            } else {
                let shown = Shown { at: shown.at.max(now), ..shown };
                prop_assert_eq!(expired.request(&shown.by_key(&names)), whole.request(&shown.by_key(&names)));
            }
        }
        for shown in before.into_iter().filter(|shown| shown.id.is_some()) {
            let names = shown.names();
            expired.observe(&shown.by_key(&names));
            whole.observe(&shown.by_key(&names));
            let asked = Shown { at: now.max(shown.at), id: None, ..shown };
            prop_assert_eq!(expired.check(&asked.by_key(&names)), whole.check(&asked.by_key(&names)));
        }
    }

    /// A log moves from its entry to a block when it grows, when a weight, several ids or a far time come up, and back when it expires: no answer tells where it lies.
    #[test]
    fn where_a_log_lies_changes_nothing(
        rules in far_rules(),
        steps in prop::collection::vec(step(), 0..60),
        max_ids in max_ids(),
    ) {
        let options = options(Boundary::Exclusive, max_ids);
        let mut oracle = Oracle::new(&rules, Boundary::Exclusive, max_ids);
        let mut caps = Caps::with(rules.clone(), options);
        let shared = SharedCaps::new(rules, options, 2);
        let mut asked_from = i64::MIN;
        for step in steps {
            match step {
                Step::Expire(now) => {
                    asked_from = asked_from.max(now);
                    caps.expire(now);
                    shared.expire(now);
                    caps = Caps::restore(&caps.snapshot(), Secret::default()).unwrap();
                }
                Step::Observe(shown) => {
                    oracle.observe(&shown);
                    let names = shown.names();
                    caps.observe(&shown.by_key(&names));
                    shared.observe(&shown.by_key(&names));
                }
                Step::Request(shown) => {
                    let shown = Shown { at: shown.at.max(asked_from), ..shown };
                    let (names, expected) = (shown.names(), oracle.request(&shown));
                    prop_assert_eq!(&Answer::of(&caps.request(&shown.by_key(&names))), &expected);
                    prop_assert_eq!(&Answer::of(&shared.request(&shown.by_key(&names))), &expected);
                }
            }
        }
    }

    /// The memory of a person does not grow with what the person is shown.
    #[test]
    fn memory_is_bounded_by_the_rules(times in prop::collection::vec(time(), 300), max in 1..40_u8) {
        let rules = Rules::new([
            Rule::new("all", f64::from(max), Window::hours(1).unwrap()).unwrap(),
            Rule::new("vg", 2.0, Window::Lifetime).unwrap().on_channels(["VG"]).unwrap(),
        ]).unwrap();
        let mut caps = Caps::new(rules);
        for (place, at) in times.into_iter().enumerate() {
            caps.observe(&Impression::of(Key::from(1), at).unwrap().channel(CHANNELS[place % 3]));
            // One more than each rule allows; as much again until it is cleared, and a third of both until blocks grow.
            let needed = usize::from(max) + 1 + 3;
            prop_assert!(caps.memory().log(Per::User, Key::from(1)).len() <= 3 * needed + 8);
        }
    }
}

proptest! {
    /// No panic on any input, and no time that is not after the one asked for.
    #[test]
    fn extremes(
        at in any::<i64>(),
        ids in prop::collection::vec(any::<u64>(), 0..4),
        max in any::<f64>(),
        weight in any::<f64>(),
        length in any::<u64>(),
        n in any::<u16>(),
        unit in prop::sample::select(vec![CalendarUnit::Day, CalendarUnit::Week]),
    ) {
        let zones = ["Europe/Oslo", "Pacific/Apia", "America/St_Johns", "Asia/Manila"];
        let mut rules: Vec<Rule> = Window::rolling(length).into_iter().filter_map(|window| Rule::new("r", max, window).ok()).collect();
        for zone in zones {
            if let Ok(calendar) = Calendar::new(unit, n, zone) {
                rules.extend(Rule::new(zone, max.abs().min(9.0), Window::Calendar(calendar)).ok());
            }
        }
        let mut caps = Caps::new(Rules::new(rules).unwrap());
        let keys: Vec<Key> = ids.into_iter().map(Key::from).collect();
        for at in [at, at % 253_402_300_800, 253_402_300_799, -62_135_596_800] {
            let Ok(ad) = Impression::of(keys.as_slice(), at).and_then(|ad| ad.weighing(weight)) else { continue };
            for _ in 0..3 {
                if let Some(Next::At(next)) = caps.request(&ad).next_allowed() {
                    prop_assert!(next > at);
                }
            }
            caps.expire(at);
        }
        caps.expire(at);
    }
}

/// What a person costs under the common rule: an entry, however much the person is shown, and in whichever order it is heard of.
#[test]
fn short_logs_take_an_entry_each() {
    let mut caps = Caps::new(Rules::common_5_7_14());
    for round in 0..20 {
        for person in 0..10_000 {
            let at = SPRING + (round * 7 % 20) * 100_000;
            caps.observe(&Impression::of(Key::from(person), at).unwrap());
        }
    }
    // The map has a power of two places, of 40 bytes and one, and a group of 16 more.
    assert!(caps.memory().bytes() <= 16_384 * 41 + 16, "{}", caps.memory().bytes());
    // A person with weights needs a block, the others do not.
    caps.observe(&Impression::of(Key::from(1), SPRING).unwrap().weighing(0.5).unwrap());
    assert!((16_384 * 41..16_384 * 41 + 400_000).contains(&caps.memory().bytes()), "{}", caps.memory().bytes());
}

/// Every quarter of an hour around both changes of the clock, against days by hand, and by the second at midnight.
#[test]
fn calendar_windows_around_both_changes_of_the_clock() {
    let autumn = 1_792_879_200;
    for unit in [CalendarUnit::Day, CalendarUnit::Week] {
        for n in [1, 2, 7, 14] {
            let calendar = Calendar::new(unit, n, "Europe/Oslo").unwrap();
            for around in [SPRING, autumn] {
                for quarter in -9 * 96..9 * 96 {
                    for off in [-1, 0, 1] {
                        let at = around + quarter * 900 + off;
                        assert_eq!(calendar.begin(at), begin_by_hand(calendar, at));
                        let release = calendar.release(at);
                        assert!(calendar.begin(release) > at && calendar.begin(release - 1) <= at);
                    }
                }
            }
        }
    }
    let length = |day: i64| {
        let today = Calendar::new(CalendarUnit::Day, 1, "Europe/Oslo").unwrap();
        today.release(day) - today.begin(day)
    };
    assert_eq!(length(SPRING) / 3600, 23);
    assert_eq!(length(autumn + 43_200) / 3600, 25);
    assert_eq!(length(autumn - 43_200) / 3600, 24);
}

/// Zones that skip midnight, repeat it, or skip a day: windows begin in order, and hold the time they are of.
#[test]
fn odd_clocks() {
    let cases = [
        ("America/Sao_Paulo", 1_541_300_400), // 4 November 2018: 00:00 did not happen
        ("America/St_Johns", 1_162_089_060),  // 29 October 2006: 00:01 became 23:01
        ("Pacific/Apia", 1_325_239_200),      // 30 December 2011 did not happen
        ("America/Havana", 1_289_106_000),    // 7 November 2010: 01:00 became 00:00
    ];
    for (zone, around) in cases {
        for unit in [CalendarUnit::Day, CalendarUnit::Week] {
            let calendar = Calendar::new(unit, 1, zone).unwrap();
            let mut last = i64::MIN;
            for at in (around - 200_000..around + 200_000).step_by(53) {
                let (begin, release) = (calendar.begin(at), calendar.release(at));
                assert!(last <= begin && begin <= at && at < release, "{zone} {at}");
                assert!(calendar.begin(release) > at && calendar.begin(release - 1) <= at, "{zone} {at}");
                last = begin;
            }
        }
    }
    let day = Calendar::new(CalendarUnit::Day, 1, "America/Sao_Paulo").unwrap();
    assert_eq!(day.begin(1_541_300_400 + 3600), 1_541_300_400); // 01:00 was the first moment
}

#[test]
fn threads_let_nobody_have_too_many() {
    const THREADS: u64 = 4;
    let rules = Rules::common_5_7_14()
        .and([Rule::new("home", 5.0, Window::days(7).unwrap()).unwrap().per(Per::Household)])
        .unwrap();
    for identity in [Identity::Presented, Identity::LINKED] {
        let caps = SharedCaps::new(rules.clone(), Options::default().identity(identity), 8);
        let delivered: Vec<(u64, i64)> = thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|thread| {
                    let caps = &caps;
                    scope.spawn(move || {
                        let mut delivered = Vec::new();
                        for round in 0..3000_u64 {
                            let person = (round * 7 + thread) % 20;
                            let at = SPRING + i64::try_from(round).unwrap() * 400;
                            // A person and the person's phone, in either order, and in a home of four.
                            let keys = [Key::from(person), Key::from(person + 1000)];
                            let several = round % 3 == 0;
                            let ids = if several { &keys[..] } else { &keys[..1] };
                            let ad = Impression::of(ids, at).unwrap().household(Key::from(person / 4));
                            let ad = if round % 2 == 0 { ad } else { Impression::of(ids, at).unwrap() };
                            if caps.request(&ad).allowed() {
                                delivered.push((person, at));
                            }
                        }
                        delivered
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert!(delivered.len() > 100);
        for person in 0..20 {
            let mut times: Vec<i64> = delivered.iter().filter(|(of, _)| *of == person).map(|(_, at)| *at).collect();
            times.sort_unstable();
            for (days, max) in [(5, 3), (7, 4), (14, 6)] {
                for (place, at) in times.iter().enumerate() {
                    let within = times[..=place].iter().filter(|other| *other > &(at - days * 86_400)).count();
                    assert!(within <= max, "{within} in {days} days");
                }
            }
        }
    }
}

fn pmf() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![3 => 0.01..1.0_f64, 1 => Just(0.0)], 1..5).prop_map(|mut weights| {
        weights[0] += 0.05;
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / sum).collect()
    })
}

/// Of every combination of exposures, its probability: (total, reached, probability).
fn by_enumeration(channels: &[Vec<f64>], caps: &[u32], common: u32) -> (f64, f64, f64) {
    let (mut exceeding, mut reach, mut impressions) = (0.0, 0.0, 0.0);
    let mut counts = vec![0; channels.len()];
    loop {
        let p: f64 = channels.iter().zip(&counts).map(|(pmf, k)| pmf[*k]).product();
        let total: u32 = counts.iter().zip(caps).map(|(k, cap)| u32::try_from(*k).unwrap().min(*cap)).sum();
        exceeding += if total > common { p } else { 0.0 };
        reach += if total > 0 { p } else { 0.0 };
        impressions += p * f64::from(total);
        let Some(next) = (0..counts.len()).find(|place| counts[*place] + 1 < channels[*place].len()) else {
            return (exceeding, reach, impressions);
        };
        counts[next] += 1;
        counts[..next].fill(0);
    }
}

proptest! {
    /// The split is the best of all there are.
    #[test]
    fn the_best_split(
        channels in prop::collection::vec(pmf(), 1..4),
        common in 0..6_u32,
        exceeding in prop_oneof![1 => Just(0.0), 3 => 0.0..0.6_f64, 1 => Just(1.0)],
        goal in prop::sample::select(vec![Goal::Reach, Goal::Impressions]),
    ) {
        let slices: Vec<&[f64]> = channels.iter().map(Vec::as_slice).collect();
        let best = Split::best(&slices, common, exceeding, goal).unwrap();
        let value = |(_, reach, impressions): (f64, f64, f64)| match goal {
            Goal::Reach => (reach, impressions),
            Goal::Impressions => (impressions, reach),
        };
        let exact = by_enumeration(&channels, best.caps(), common);
        prop_assert!((exact.0 - best.exceeding()).abs() < 1e-12 && best.exceeding() <= exceeding);
        prop_assert!((exact.1 - best.reach()).abs() < 1e-12);
        prop_assert!((exact.2 - best.impressions()).abs() < 1e-12);
        let mut caps = vec![0; channels.len()];
        loop {
            prop_assert_eq!(Split::of(&slices, &caps, common).unwrap().worst_case(), caps.iter().map(|cap| u64::from(*cap)).sum::<u64>());
            let other = by_enumeration(&channels, &caps, common);
            if other.0 < exceeding - 1e-12 || other.0 == 0.0 {
                let ((first, second), (mine, my_second)) = (value(other), value(exact));
                prop_assert!(first <= mine + 1e-9, "{:?} is better than {:?}", caps, best);
                prop_assert!(first < mine - 1e-9 || second <= my_second + 1e-9, "{:?} is better than {:?}", caps, best);
            }
            let Some(next) = caps.iter().position(|cap| *cap < common) else { break };
            caps[next] += 1;
            caps[..next].fill(0);
        }
        if exceeding == 0.0 {
            prop_assert_eq!(best.exceeding(), 0.0);
        }
    }

    /// A translation is never shorter, and nothing that can be expressed lies between.
    #[test]
    fn translations_are_the_shortest_that_are_long_enough(
        ranges in prop::collection::btree_map(0..5_usize, (1..40_u32, 0..60_u32), 0..5),
        window in prop_oneof![1..4_000_000_u64, (1..100_u64).prop_map(|days| days * 86_400)],
    ) {
        let units = [TimeUnit::Minutes, TimeUnit::Hours, TimeUnit::Days, TimeUnit::Weeks, TimeUnit::Months];
        let table = TimeUnits::new(ranges.iter().map(|(unit, (least, more))| (units[*unit], *least, least + more))).unwrap();
        let all = ranges.iter().flat_map(|(unit, (least, more))| (*least..=least + more).map(|count| (units[*unit], count)));
        let long_enough: Vec<(u64, TimeUnit, u32)> = all
            .map(|(unit, count)| (unit.seconds() * u64::from(count), unit, count))
            .filter(|(length, _, _)| *length >= window)
            .collect();
        let shortest = long_enough.iter().map(|(length, _, _)| *length).min();
        let expected = long_enough.into_iter().filter(|(length, _, _)| Some(*length) == shortest).max_by_key(|(_, unit, _)| *unit);
        let got = table.translate(window);
        prop_assert_eq!(got.map(|got| (got.window_s(), got.unit(), got.count())), expected);
        prop_assert!(got.is_none_or(|got| got.exact() == (got.window_s() == window)));
    }

    /// What the platform holds lets no more through in any window than is said, and the one cap for all lets through no more than any rule, and most of all that do.
    #[test]
    fn platforms(
        wanted in prop::collection::vec((0..9_u32, 1..60_u64), 1..4),
        per_window in any::<bool>(),
        starts in prop::collection::vec(0..20_u64, 30),
    ) {
        let rules = Rules::new(wanted.iter().enumerate().map(|(place, (max, days))| {
            Rule::new(place.to_string(), f64::from(*max), Window::rolling(days * 43_200).unwrap()).unwrap()
        })).unwrap();
        let slots = if per_window { Slots::PerWindow } else { Slots::One };
        let platform = Platform::new("test", Platform::dv360().units().clone(), slots, "test");
        let placed = platform.place(&rules);
        let held: Vec<(u32, u64)> = placed.iter().filter_map(|one| match one.fate {
            Fate::Held { max, window } => Some((max, window.window_s())),
            _ => None,
        }).collect();
        let able = wanted.iter().any(|(max, days)| *max > 0 && platform.units().translate(days * 43_200).is_some());
        prop_assert_eq!(!held.is_empty(), able);
        prop_assert!(per_window || held.len() <= 1);
        // A greedy viewer under what is held.
        let caps = Rules::new(held.iter().enumerate().map(|(place, (max, window))| {
            Rule::new(place.to_string(), f64::from(*max), Window::rolling(*window).unwrap()).unwrap()
        })).unwrap();
        let most = |caps: Rules| {
            let mut caps = Caps::new(caps);
            let mut delivered: Vec<i64> = Vec::new();
            for start in &starts {
                let at = SPRING + i64::try_from(delivered.len()).unwrap() * 3600 + i64::try_from(*start).unwrap() * 21_600;
                for _ in 0..10 {
                    if caps.request(&Impression::of(Key::from(1), at).unwrap()).allowed() {
                        delivered.push(at);
                    }
                }
            }
            delivered.sort_unstable();
            let counts = wanted.iter().map(|(_, days)| {
                let length = i64::try_from(days * 43_200).unwrap();
                delivered.iter().map(|at| delivered.iter().filter(|other| *other <= at && **other > at - length).count()).max().unwrap_or(0) as u64
            });
            counts.collect::<Vec<u64>>()
        };
        if able {
            for (one, most) in placed.iter().zip(most(caps)) {
                match one.fate {
                    Fate::Held { max, .. } => prop_assert!(most <= u64::from(max)),
                    Fate::Implied { limit } | Fate::NotHeld { limit: Some(limit), .. } => prop_assert!(most <= limit, "{:?}", placed),
                    _ => {}
                }
            }
        }
        let expressible: Vec<u64> = (1..3000_u64).filter_map(|minutes| platform.units().translate(minutes * 900)).map(|one| one.window_s()).collect();
        let keeps = |max: u64, window: u64| wanted.iter().all(|(allowed, days)| max * (days * 43_200).div_ceil(window) <= u64::from(*allowed));
        match platform.one_for_all(&rules) {
            Some(Fate::Held { max, window }) => {
                prop_assert!(keeps(u64::from(max), window.window_s()));
                for other in expressible {
                    for more in (1..9_u64).filter(|more| keeps(*more, other)) {
                        prop_assert!(more * window.window_s() <= u64::from(max) * other, "{more} in {other} beats {max} in {}", window.window_s());
                    }
                }
                let one = Rule::new("one", f64::from(max), Window::rolling(window.window_s()).unwrap()).unwrap();
                for ((allowed, _), most) in wanted.iter().zip(most(Rules::new([one]).unwrap())) {
                    prop_assert!(most <= u64::from(*allowed));
                }
            }
            None => {
                let all_translate = wanted.iter().all(|(max, days)| *max > 0 && platform.units().translate(days * 43_200).is_some());
                prop_assert!(!all_translate || !expressible.iter().any(|window| keeps(1, *window)));
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }
}

#[test]
fn what_is_refused() {
    assert!(matches!(Rule::new("r", -1.0, Window::Lifetime), Err(Error::OutOfRange { field: "max", .. })));
    assert!(matches!(Rule::new("r", f64::NAN, Window::Lifetime), Err(Error::OutOfRange { .. })));
    assert!(matches!(Rule::new(" ", 1.0, Window::Lifetime), Err(Error::Empty { .. })));
    let rule = || Rule::new("r", 1.0, Window::Lifetime).unwrap();
    assert!(matches!(rule().on_channels([""; 0]), Err(Error::Empty { field: "channels", .. })));
    assert!(matches!(Rules::new([rule(), rule()]), Err(Error::Repeated { .. })));
    let many = rule().on_channels((0..2000).map(|channel| channel.to_string())).unwrap();
    assert!(matches!(Rules::new([many]), Err(Error::TooMany { what: "channels", given: 2000, limit: 1023 })));
    assert!(matches!(Calendar::new(CalendarUnit::Day, 1, "Oslo"), Err(Error::Unknown { what: "time zone", .. })));
    assert!(matches!(Calendar::new(CalendarUnit::Day, 0, "UTC"), Err(Error::OutOfRange { .. })));
    assert!(matches!(TimeUnits::new([(TimeUnit::Days, 0, 3)]), Err(Error::OutOfRange { .. })));
    assert!(matches!(Split::of(&[&[0.5, 0.4]], &[1], 1), Err(Error::OutOfRange { field: "channels", .. })));
    assert!(matches!(Split::best(&[&[1.0]], 1, 1.1, Goal::Reach), Err(Error::OutOfRange { field: "exceeding", .. })));
    assert!(matches!(Split::of(&[&[1.0]], &[], 1), Err(Error::OutOfRange { field: "number of caps", .. })));
}

/// More rules than a word has bits, one per campaign.
#[test]
fn hundreds_of_campaigns() {
    let rules = (0..300).map(|campaign| {
        Rule::new(format!("c{campaign}"), 1.0, Window::days(1).unwrap())
            .unwrap()
            .for_campaigns([campaign.to_string(), "all of them".to_owned()])
            .unwrap()
    });
    let mut caps = Caps::new(Rules::new(rules).unwrap());
    for campaign in (0..300).map(|campaign| campaign.to_string()) {
        let ad = Impression::of("kari", SPRING).unwrap().campaign(&campaign);
        assert!(caps.request(&ad).allowed());
        assert_eq!(caps.request(&ad).blocked().collect::<Vec<_>>(), [campaign.parse::<usize>().unwrap()]);
    }
    let all = caps.check(&Impression::of("kari", SPRING + 1).unwrap().campaign("all of them"));
    assert_eq!(all.blocked().collect::<Vec<_>>(), (0..300).collect::<Vec<_>>());
    assert!(caps.check(&Impression::of("kari", SPRING + 1).unwrap().campaign("another")).allowed());
}
