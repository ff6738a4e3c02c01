//! What a test of variants says, in sentences.

use styring_experiments::decision::{Invalid, Why};
use styring_experiments::{ConfidenceSet, IncrementalCost, Language, Naming, Scale};
use styring_playbook::{Measure, Reading, TestDecision, Tested, Treatment};

use crate::text::{clean, list};
use crate::{TestReport, numbers};

/// How effects of a test are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    /// What an effect is multiplied by.
    pub(crate) factor: f64,
    suffix: &'static str,
    /// What the axis counts.
    pub(crate) axis: &'static str,
}

impl Unit {
    pub(crate) fn of(tested: &Tested) -> Self {
        match (tested.scale, tested.measure) {
            (Scale::Lift, _) => Self { factor: 100.0, suffix: "\u{202f}%", axis: "lift, %" },
            (_, Measure::Conversions) => {
                Self { factor: 100.0, suffix: " points", axis: "difference, percentage points" }
            }
            _ => Self { factor: 1.0, suffix: "", axis: "difference" },
        }
    }

    /// `+12.3 %`.
    pub(crate) fn effect(self, value: f64) -> String {
        let scaled = value * self.factor;
        let places = match scaled.abs() {
            large if large >= 100.0 => 0,
            large if large >= 10.0 => 1,
            large if large >= 0.1 => 2,
            _ => 4,
        };
        let text = numbers::decimal(scaled, places);
        let sign = if scaled > 0.0 { "+" } else { "" };
        format!("{sign}{text}{}", self.suffix)
    }

    /// `+3.1 % to +21 %`.
    pub(crate) fn set(self, set: ConfidenceSet) -> String {
        match set {
            ConfidenceSet::Interval { low, high } => format!("{} to {}", self.effect(low), self.effect(high)),
            ConfidenceSet::AtLeast(low) => format!("at least {}", self.effect(low)),
            ConfidenceSet::AtMost(high) => format!("at most {}", self.effect(high)),
            ConfidenceSet::Outside { below, above } => {
                format!("at most {} or at least {}", self.effect(below), self.effect(above))
            }
            ConfidenceSet::Everything => "anything".to_owned(),
        }
    }
}

/// The rate of a variant, or its mean.
pub(crate) fn mean(tested: &Tested, mean: Option<f64>) -> Option<String> {
    let mean = mean?;
    Some(match tested.measure {
        Measure::Conversions => format!("{}\u{202f}%", numbers::decimal(100.0 * mean, 2)),
        _ => numbers::decimal(mean, 2),
    })
}

/// A p-value: `0.032`, `<0.001`.
pub(crate) fn p_value(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { numbers::decimal(p, 3) }
}

fn amount(value: f64) -> String {
    numbers::decimal(value, if value.abs() < 10.0 { 2 } else { 0 })
}

impl TestReport<'_> {
    pub(crate) fn name(&self, arm: usize) -> String {
        self.tested.arms.get(arm).map_or_else(|| "?".to_owned(), |arm| clean(&arm.name))
    }

    pub(crate) fn control(&self) -> String {
        self.name(0)
    }

    pub(crate) fn headline(&self) -> String {
        let control = self.control();
        match self.tested.decision {
            TestDecision::Continue => "Nothing is decided yet: go on.".to_owned(),
            TestDecision::Winner { arm } => format!("{} is better than {control}: stop.", self.name(arm)),
            TestDecision::Loser => {
                let names: Vec<String> = self.tested.treatments.iter().map(|read| self.name(read.arm)).collect();
                let are = if names.len() == 1 { "is" } else { "are" };
                format!("{} {are} worse than {control}: stop.", list(&names))
            }
            TestDecision::Futile => "No effect worth having is left: stop.".to_owned(),
            TestDecision::NotShown => "The test has ended, and shows no difference.".to_owned(),
            TestDecision::Invalid(_) => "The test cannot be read: its arms are not alike.".to_owned(),
        }
    }

    /// Why a test cannot be read, if it cannot.
    pub(crate) fn invalid(&self) -> Option<String> {
        let TestDecision::Invalid(invalid) = self.tested.decision else { return None };
        Some(match invalid {
            Invalid::SampleRatio { p_value: p } => format!(
                "Users are not split as they were to be (p {}). Those who are missing are missing for a reason: a redirect that fails, a bot filter, a cache. Find it before you believe any effect.",
                p_value(p)
            ),
            Invalid::TrafficWithoutShare { arm, users } => {
                format!("{} was to get no traffic, and got {} users.", self.name(arm), numbers::rows(users))
            }
            Invalid::NegativeIncrement { arm, before, now } => format!(
                "{} had {} users at one look and {} at the next.",
                self.name(arm),
                numbers::rows(before),
                numbers::rows(now)
            ),
        })
    }

    pub(crate) fn lead(&self) -> Vec<String> {
        let mut lead: Vec<String> = self.invalid().into_iter().collect();
        lead.extend(self.tested.treatments.iter().map(|read| self.treatment_sentence(read)));
        if let Some(look) = self.tested.decided_at.and_then(|at| self.tested.looks.get(at))
            && let Some(day) = look.day
            && self.tested.looks.len() > 1
            && !matches!(self.tested.reading, Reading::Once)
        {
            let users: u64 = look.users.iter().sum();
            lead.push(format!("It was decided on {}, with {} users.", crate::period::day(day), numbers::rows(users)));
        }
        lead.extend(self.later_sentence());
        lead.extend(self.tested.dropped.iter().map(|dropped| match dropped.why {
            Why::Worse { than } => format!("{} dropped out: worse than {}.", self.name(dropped.arm), self.name(than)),
            Why::Futile => format!("{} dropped out: no effect worth having is left.", self.name(dropped.arm)),
        }));
        lead.extend(self.tested.treatments.iter().filter_map(|read| self.incremental_sentence(read)));
        lead
    }

    /// What came in after it was decided.
    fn later_sentence(&self) -> Option<String> {
        let tested = self.tested;
        let decided = tested.looks.get(tested.decided_at?)?;
        let last = tested.looks.last().filter(|last| last.day > decided.day)?;
        if !matches!(tested.reading, Reading::AnyTime { .. }) || self.invalid().is_some() {
            return None;
        }
        let unit = Unit::of(tested);
        let since = last.users.iter().sum::<u64>() - decided.users.iter().sum::<u64>();
        let effects = tested.treatments.iter().zip(&last.compared).filter_map(|(read, at)| {
            let (estimate, held) = (at.estimate?, at.held?);
            Some(format!("{} {} ({})", self.name(read.arm), unit.effect(estimate), unit.set(held.set)))
        });
        let effects: Vec<String> = effects.collect();
        Some(format!(
            "{} users came after that, and change nothing of it; with them it is {}.",
            numbers::rows(since),
            list(&effects)
        ))
    }

    fn treatment_sentence(&self, read: &Treatment) -> String {
        let (treatment, control) = (self.name(read.arm), self.control());
        match (&read.effect, &read.fault) {
            (Some(effect), _) => {
                let naming = Naming { treatment: &treatment, control: &control, metric: self.metric };
                effect.sentence(Language::English, naming)
            }
            (None, _) if self.tested.design.is_some() => {
                format!("Nothing can be said of {treatment} before the test ends at a planned look.")
            }
            (None, Some(fault)) => format!("Nothing can be said of {treatment}: {fault}."),
            (None, None) => format!("Nothing can be said of {treatment}."),
        }
    }

    fn incremental_sentence(&self, read: &Treatment) -> Option<String> {
        let incremental = read.incremental.as_ref()?;
        let what = if self.tested.measure == Measure::Conversions { "conversions" } else { "in value" };
        let (low, high) = incremental.set().ends();
        let range = match (low.is_finite(), high.is_finite()) {
            (true, true) => format!("{} to {}", amount(low), amount(high)),
            (true, false) => format!("{} or more", amount(low)),
            (false, true) => format!("{} or less", amount(high)),
            (false, false) => "anything".to_owned(),
        };
        let brought = format!(
            "Over the users who had it, {} brought {} {what} that would not have been ({range}).",
            self.name(read.arm),
            amount(incremental.value())
        );
        let each = if self.tested.measure == Measure::Conversions { "of these conversions" } else { "krone of it" };
        Some(match (read.cost, self.spend) {
            (Some(cost), Some(spend)) => {
                let said = match cost {
                    IncrementalCost::Known { value, low, high } if high.is_finite() => {
                        format!("each {each} cost {} ({} to {})", amount(value), amount(low), amount(high))
                    }
                    IncrementalCost::Known { value, low, .. } => {
                        format!("each {each} cost {} ({} or more)", amount(value), amount(low))
                    }
                    IncrementalCost::NotDistinguishable { at_least: Some(least) } => {
                        format!("each {each} cost {} or more, if there are any", amount(least))
                    }
                    IncrementalCost::NotDistinguishable { at_least: None } => "its cost cannot be told".to_owned(),
                    IncrementalCost::Loses => "there is nothing it could be the cost of".to_owned(),
                };
                format!("{brought} At a spend of {}, {said}.", amount(spend))
            }
            _ => brought,
        })
    }

    pub(crate) fn reading_sentence(&self) -> String {
        let level = numbers::level(1.0 - self.tested.level_of_each.alpha() * self.tested.treatments.len() as f64);
        let several = if self.tested.treatments.len() > 1 { ", all treatments together" } else { "" };
        match self.tested.reading {
            Reading::AnyTime { decide_at } => {
                let of = if self.tested.measure == Measure::Conversions { "conversions" } else { "users" };
                format!(
                    "Read at any time: every day is a look, and what is said holds at all of them with {level}{several}. Tuned for a decision at {} {of}.",
                    numbers::rows(decide_at)
                )
            }
            Reading::Planned { looks, users, .. } => format!(
                "Read at {looks} planned looks, the last at {} users; bounds by spending like O’Brien–Fleming, with {level}{several}. Days between looks say nothing.",
                numbers::rows(users)
            ),
            Reading::Once => format!(
                "Read once, at the end, with {level}{several}. It holds if the end was fixed beforehand; a look on the way that could have ended it breaks the promise."
            ),
        }
    }

    pub(crate) fn split_sentence(&self) -> String {
        let p = p_value(self.tested.split_p_value);
        if self.invalid().is_some() {
            return format!("The split of the traffic is not as it was to be (p {p}).");
        }
        format!("The traffic is split as it was to be (p {p}; the alarm is below 0.001).")
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let thin = self.tested.arms.iter().filter(|arm| arm.conversions.is_some_and(|conversions| conversions < 25));
        let thin: Vec<String> = thin.map(|arm| clean(&arm.name)).collect();
        if !thin.is_empty() && matches!(self.tested.reading, Reading::AnyTime { .. }) {
            notes.push(format!(
                "Fewer than 25 conversions: {}. Until then nothing is said that could be wrong too often.",
                list(&thin)
            ));
        }
        let days: Vec<_> = self.tested.looks.iter().filter_map(|look| look.day).collect();
        if let (Some(first), Some(last)) = (days.first(), days.last()) {
            let length = (*last - *first).num_days() + 1;
            if length < 7 {
                notes.push(format!(
                    "The test has run for {length} days. Saturdays buy differently: let it run for whole weeks."
                ));
            }
        }
        notes
    }
}
