use std::collections::BTreeMap;

use super::{Catalogue, Code, Event, Finding};
use crate::Error;

/// What arrived, held against a catalogue: an accumulator that keeps counts and one example each, never the events.
///
/// Memory grows with the number of different names, not of events; [`Audit::merge`] joins partitions in any order, and examples stay those that sort first.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit<'a> {
    catalogue: &'a Catalogue,
    seen: BTreeMap<String, u64>,
    odd: BTreeMap<(String, Option<String>, Code), Odd>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Odd {
    count: u64,
    example: Option<String>,
}

/// As much of a value as an example shows.
const EXAMPLE_CHARS: usize = 40;

impl<'a> Audit<'a> {
    /// Nothing has arrived.
    pub fn new(catalogue: &'a Catalogue) -> Self {
        Self { catalogue, seen: BTreeMap::new(), odd: BTreeMap::new() }
    }

    /// One event with its properties as text.
    pub fn see<'b>(&mut self, name: &str, properties: impl IntoIterator<Item = (&'b str, &'b str)>) {
        self.see_times(name, 1, properties);
    }

    /// An event that arrived so many times with the same properties: a row of a summary.
    pub fn see_times<'b>(&mut self, name: &str, times: u64, properties: impl IntoIterator<Item = (&'b str, &'b str)>) {
        *self.seen.entry(name.to_owned()).or_default() += times;
        let event = self.catalogue.event(name);
        let properties: BTreeMap<&str, &str> = properties.into_iter().collect();
        for (property, value) in &properties {
            if looks_personal(value) {
                self.odd(name, property, Code::PersonalValue, times, None);
            }
        }
        let Some(event) = event else { return };
        for property in &event.properties {
            let value = properties.get(property.name.as_str()).filter(|value| !value.trim().is_empty());
            let Some(value) = value else {
                if property.required {
                    self.odd(name, &property.name, Code::MissingProperty, times, None);
                }
                continue;
            };
            if looks_personal(value) {
                continue;
            }
            if !property.kind.reads(value) {
                self.odd(name, &property.name, Code::WrongKind, times, Some(value));
            } else if !property.one_of.is_empty() && !property.one_of.iter().any(|allowed| allowed == value) {
                self.odd(name, &property.name, Code::ValueNotAllowed, times, Some(value));
            }
        }
        for property in properties.keys().filter(|name| event.properties.iter().all(|property| property.name != **name))
        {
            self.odd(name, property, Code::UnknownProperty, times, None);
        }
    }

    fn odd(&mut self, event: &str, property: &str, code: Code, times: u64, example: Option<&str>) {
        let odd = self.odd.entry((event.to_owned(), Some(property.to_owned()), code)).or_default();
        odd.add(&Odd { count: times, example: example.map(|value| value.chars().take(EXAMPLE_CHARS).collect()) });
    }

    /// Adds what another partition saw.
    ///
    /// # Errors
    ///
    /// [`Error::Event`] if the two were held against different catalogues; nothing is added then.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.catalogue != other.catalogue {
            let differs =
                self.catalogue.events().iter().find(|event| other.catalogue.event(event.name()) != Some(event));
            let event =
                differs.or(other.catalogue.events().last()).map_or_else(String::new, |event| event.name().to_owned());
            return Err(Error::Event {
                event,
                problem: "the two audits were held against different catalogues".to_owned(),
            });
        }
        for (name, count) in &other.seen {
            *self.seen.entry(name.clone()).or_default() += count;
        }
        for (key, odd) in &other.odd {
            self.odd.entry(key.clone()).or_default().add(odd);
        }
        Ok(())
    }

    /// How often each name arrived.
    pub fn counts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.seen.iter().map(|(name, count)| (name.as_str(), *count))
    }

    /// Everything that was not as the catalogue says, errors first, then by code, event and property.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        let mut about = |code, event: &str, count, fix: Option<&str>| {
            findings.push(Finding {
                code,
                event: event.to_owned(),
                property: None,
                count,
                of: count,
                example: None,
                fix: fix.map(ToOwned::to_owned),
            });
        };
        for (name, count) in &self.seen {
            match self.catalogue.event(name) {
                None => about(Code::UnknownEvent, name, *count, self.catalogue.nearest(name).map(Event::name)),
                Some(event) => {
                    if event.name() != name {
                        about(Code::Alias, name, *count, Some(event.name()));
                    }
                    if event.deprecated_since.is_some() {
                        about(Code::Deprecated, name, *count, event.replaced_by.as_deref());
                    }
                }
            }
        }
        for event in self.catalogue.events().iter().filter(|event| event.deprecated_since.is_none()) {
            if !std::iter::once(&event.name).chain(&event.aliases).any(|name| self.seen.contains_key(name)) {
                about(Code::NeverSeen, event.name(), 0, None);
            }
        }
        findings.extend(self.odd.iter().map(|((event, property, code), odd)| Finding {
            code: *code,
            event: event.clone(),
            property: property.clone(),
            count: odd.count,
            of: self.seen.get(event).copied().unwrap_or_default(),
            example: odd.example.clone(),
            fix: None,
        }));
        findings.sort_by(|a, b| (a.code, &a.event, &a.property).cmp(&(b.code, &b.event, &b.property)));
        findings
    }

    /// Whether nothing must be mended before figures can be trusted: no finding is an error.
    pub fn is_clean(&self) -> bool {
        self.findings().iter().all(|finding| !finding.code().is_error())
    }
}

impl Odd {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.example = match (self.example.take(), other.example.clone()) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
    }
}

/// An `@` between two words, the second with a dot: no product or page is named so.
fn looks_personal(value: &str) -> bool {
    value.split(|character: char| character.is_whitespace() || "<>,;\"'()=&?/".contains(character)).any(|word| {
        let Some((mailbox, domain)) = word.split_once(['@']).or_else(|| word.split_once("%40")) else { return false };
        !mailbox.is_empty() && domain.split('.').count() > 1 && domain.split('.').all(|part| !part.is_empty())
    })
}
