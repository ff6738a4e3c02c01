//! What a log of impressions says, in sentences that the page and the terminal share.

use chrono::{DateTime, NaiveDate};
use styring_playbook::OfUniverse;
use styring_reach::cap::{CalendarUnit, Per, Rule, Window};
use styring_reach::{Error as ReachError, ReachInterval};

use crate::period::day;
use crate::text::{clean, list, plural};
use crate::{ReachReport, numbers};

/// From this distance of the model's reach to the counted one on, its curve is not to be trusted.
const FAR_OFF: f64 = 0.05;

/// A count of whole people or impressions.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    plural(usize::try_from(count).unwrap_or(usize::MAX), one, many)
}

/// A share in percent with one decimal.
pub(crate) fn share(share: f64) -> String {
    format!("{}\u{202f}%", numbers::decimal(share * 100.0, 1))
}

/// `5 days`, `36 hours`, `90 seconds`.
pub(crate) fn length(seconds: u64) -> String {
    for (unit, one, many) in [(86_400, "day", "days"), (3_600, "hour", "hours"), (60, "minute", "minutes")] {
        if seconds >= unit && seconds.is_multiple_of(unit) {
            return counted(seconds / unit, one, many);
        }
    }
    counted(seconds, "second", "seconds")
}

/// Over which time a rule counts.
pub(crate) fn window(window: Window) -> String {
    match window {
        Window::Rolling(seconds) => length(seconds.get()),
        Window::Calendar(calendar) => {
            let (one, many) = match calendar.unit() {
                CalendarUnit::Week => ("calendar week", "calendar weeks"),
                _ => ("calendar day", "calendar days"),
            };
            format!("{} ({})", counted(calendar.n().into(), one, many), calendar.zone())
        }
        _ => "ever".to_owned(),
    }
}

/// The channels that a rule is for.
pub(crate) fn rule_channels(rule: &Rule) -> String {
    let names = |names: &[String]| list(&names.iter().map(|name| clean(name)).collect::<Vec<_>>());
    rule.channels().map_or_else(|| "all".to_owned(), names)
}

impl ReachReport<'_> {
    pub(crate) fn level(&self) -> String {
        numbers::level(self.spec.level)
    }

    /// A time by the clocks of the zone.
    pub(crate) fn moment(&self, time: i64) -> String {
        let moment = DateTime::from_timestamp(time, 0).map(|moment| moment.with_timezone(&self.zone));
        moment.map_or_else(|| time.to_string(), |moment| moment.format("%-d %B %Y %H:%M").to_string())
    }

    fn day_of(&self, time: i64) -> Option<NaiveDate> {
        DateTime::from_timestamp(time, 0).map(|moment| moment.with_timezone(&self.zone).date_naive())
    }

    pub(crate) fn headline(&self) -> String {
        let reached = self.reached;
        format!(
            "{} reached, {} impressions each on average. The caps would have removed {} of the impressions and kept {} of the people.",
            counted(reached.reach.count(), "person", "people"),
            self.average(),
            share(reached.all_caps.share_above),
            numbers::share_of(reached.all_caps.reach_kept.count(), reached.reach.count()),
        )
    }

    pub(crate) fn average(&self) -> String {
        self.reached.average_frequency.value().map_or_else(|| "no".to_owned(), |mean| numbers::decimal(mean, 2))
    }

    pub(crate) fn lead(&self) -> Vec<String> {
        let reached = self.reached;
        let named = |time| self.day_of(time).map_or_else(|| time.to_string(), day);
        let days = match (named(reached.first), named(reached.last)) {
            (first, last) if first == last => format!("on {first}"),
            (first, last) => format!("from {first} to {last}"),
        };
        vec![format!(
            "{} on {}, {days}, by the clocks of {}.",
            counted(reached.impressions, "impression", "impressions"),
            plural(reached.channels.len(), "channel", "channels"),
            self.zone.name(),
        )]
    }

    /// How unevenly impressions fall.
    pub(crate) fn frequency_sentence(&self) -> String {
        let (people, reach) = (&self.reached.frequencies, self.reached.reach.count());
        let half = reach.div_ceil(2);
        let mut so_far = 0;
        let median = people.iter().find(|(_, people)| {
            so_far += people;
            so_far >= half
        });
        let median = median.map_or(0, |(frequency, _)| frequency);
        // The impressions of the tenth that had the most.
        let tenth = reach / 10;
        let (mut left, mut theirs) = (tenth, 0);
        for (frequency, people) in people.iter().rev() {
            let taken = people.min(left);
            theirs += frequency * taken;
            left -= taken;
        }
        let middle = format!("Half of the people had {} or fewer.", counted(median, "impression", "impressions"));
        if tenth == 0 {
            return middle;
        }
        format!(
            "{middle} The tenth with the most ({}) got {} of all impressions.",
            counted(tenth, "person", "people"),
            numbers::share_of(theirs, self.reached.impressions)
        )
    }

    pub(crate) fn channel_sentences(&self) -> Vec<String> {
        let reached = self.reached;
        if reached.channels.len() < 2 {
            return vec!["There is one channel, so there is nothing to share people with.".to_owned()];
        }
        let only = reached.channels.iter().max_by_key(|channel| channel.only_here);
        let several = reached.by_number_of_channels.iter().filter(|met| met.channels > 1);
        let several = several.map(|met| met.people.count()).sum::<u64>();
        let sum: u64 = reached.channels.iter().map(|channel| channel.reach.count()).sum();
        let mut sentences = vec![format!(
            "{} of the people met more than one channel; the reaches of the channels add up to {}, which is nobody’s reach.",
            numbers::share_of(several, reached.reach.count()),
            numbers::rows(sum)
        )];
        sentences.extend(only.map(|channel| {
            format!(
                "No channel has more people to itself than {}: without it, {} would not have been reached at all.",
                clean(&channel.name),
                counted(channel.only_here.count(), "person", "people")
            )
        }));
        sentences
    }

    pub(crate) fn cap_sentence(&self) -> String {
        let (all, reach) = (&self.reached.all_caps, self.reached.reach.count());
        if self.spec.caps.iter().next().is_none() {
            return "No cap was given.".to_owned();
        }
        format!(
            "Had all caps decided over every impression as it came, {} would have been shown and {} would not ({}). {} would have seen fewer, and {} of {} would still have been reached.",
            numbers::rows(all.shown),
            numbers::rows(all.above),
            share(all.share_above),
            counted(all.people, "person", "people"),
            numbers::rows(all.reach_kept.count()),
            counted(reach, "person", "people"),
        )
    }

    pub(crate) fn overexposed_sentence(&self) -> String {
        let (rule, found) = (self.spec.overexposure, self.reached.overexposed.len() as u64);
        let what = format!(
            "at least {} of at least {} within {}",
            counted(rule.impressions(), "impression", "impressions"),
            counted(rule.channels(), "channel", "channels"),
            length(rule.window())
        );
        if found == 0 {
            return format!("Nobody had {what}.");
        }
        format!(
            "{} ({} of those reached) had {what}. No channel sees this by itself.",
            counted(found, "person", "people"),
            numbers::share_of(found, self.reached.reach.count())
        )
    }

    pub(crate) fn universe_sentences(&self) -> Vec<String> {
        let Some(universe) = &self.reached.universe else {
            return vec![
                "No universe was given (--universe), so there is no share of it, and nothing can be said of what more impressions would bring."
                    .to_owned(),
            ];
        };
        let mut sentences = vec![format!(
            "Of {} who could be reached, {} were ({}).",
            counted(universe.people, "person", "people"),
            numbers::rows(self.reached.reach.count()),
            share(universe.share)
        )];
        sentences.extend(self.model_sentences(universe));
        sentences.push(sharp_sentence(universe));
        sentences
    }

    fn model_sentences(&self, universe: &OfUniverse) -> Vec<String> {
        let fit = match &universe.fit {
            Ok(fit) => fit,
            Err(ReachError::NotOverdispersed { .. }) => {
                return vec![
                    "People differ no more than chance makes them, so there is no negative binomial distribution, and no curve."
                        .to_owned(),
                ];
            }
            Err(error) => return vec![format!("There is no reach curve: {error}.")],
        };
        let people = universe.people as f64;
        let by_model = fit.model().reach() * people;
        let off = by_model / (self.reached.reach.count() as f64) - 1.0;
        let held = if off.abs() >= FAR_OFF { "Do not plan by its curve." } else { "It is near enough to plan by." };
        let mut sentences = vec![format!(
            "The negative binomial distribution fitted to these frequencies reaches {} with the same impressions; {} were counted ({} off). {held}",
            numbers::decimal(by_model, 0),
            numbers::rows(self.reached.reach.count()),
            share(off.abs())
        )];
        let more = |times: f64| universe.more.iter().find(|more| (more.times - times).abs() < 1e-9);
        if let (Some(now), Some(twice)) = (more(1.0), more(2.0)) {
            sentences.push(format!(
                "By it, twice the impressions reach {} more people: each further thousand brings {} new people now, and {} then.",
                numbers::decimal(twice.reach - now.reach, 0),
                numbers::decimal(now.per_thousand, 1),
                numbers::decimal(twice.per_thousand, 1)
            ));
        }
        sentences
    }

    /// What a reader must know before acting.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for rule in &self.spec.caps {
            let missing = if rule.campaigns().is_some() {
                "is for campaigns, which the log does not name"
            } else if rule.whose() == Per::Household {
                "counts by household, which the log does not name"
            } else if rule.event() != "impression" {
                "counts another event than impressions, which the log does not hold"
            } else {
                continue;
            };
            notes.push(format!("The cap {} {missing}: it removed nothing here.", clean(rule.id())));
        }
        let known = |name: &String| self.reached.channels.iter().any(|channel| channel.name == *name);
        for rule in &self.spec.caps {
            let unknown = rule.channels().unwrap_or_default().iter().filter(|name| !known(name));
            let unknown: Vec<String> = unknown.map(|name| clean(name)).collect();
            if !unknown.is_empty() {
                notes.push(format!(
                    "The cap {} names {}, which the log does not hold.",
                    clean(rule.id()),
                    list(&unknown)
                ));
            }
        }
        notes
    }
}

fn sharp_sentence(universe: &OfUniverse) -> String {
    let said = |interval: &ReachInterval| format!("{} and {}", share(interval.low()), share(interval.high()));
    match &universe.sharp {
        Ok(interval) => format!(
            "Who knows only the reach of each channel and what pairs of them share knows that all together reach between {}; the log says {}.",
            said(interval),
            share(universe.share)
        ),
        Err(error) => format!("What channels and pairs allow cannot be told: {error}."),
    }
}
