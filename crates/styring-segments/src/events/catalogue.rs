use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Property;
use crate::Error;
use crate::naming::suggest::Keys;
use crate::naming::{EventNameRules, event_name};

/// The events of a tracking plan, checked: no two that could be taken for one another, no replacement that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Spec", into = "Spec"))]
pub struct Catalogue {
    rules: EventNameRules,
    /// In the order they were given.
    events: Vec<Event>,
    /// Place by name and by alias.
    places: BTreeMap<String, usize>,
}

/// An event: something a person does, or an ad achieves, that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Event {
    pub(super) name: String,
    pub(super) kind: EventKind,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "String::is_empty"))]
    pub(super) about: String,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "String::is_empty"))]
    pub(super) owner: String,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub(super) aliases: Vec<String>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) deprecated_since: Option<NaiveDate>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) replaced_by: Option<String>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub(super) properties: Vec<Property>,
}

/// What an event is worth to the goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EventKind {
    /// A macro conversion, what the money is spent for: an order, a lead, a demo booked.
    Macro,
    /// A micro conversion, a step on the way: added to cart, form begun.
    Micro,
    /// A sign of quality: half a video seen, an ad in view.
    Quality,
}

impl Event {
    /// An event of a kind, with nothing that must be carried.
    pub fn new(name: impl Into<String>, kind: EventKind) -> Self {
        Self {
            name: name.into(),
            kind,
            about: String::new(),
            owner: String::new(),
            aliases: Vec::new(),
            deprecated_since: None,
            replaced_by: None,
            properties: Vec::new(),
        }
    }

    /// What it means, and when it is sent.
    #[must_use]
    pub fn about(mut self, text: impl Into<String>) -> Self {
        self.about = text.into();
        self
    }

    /// Who answers for it.
    #[must_use]
    pub fn owner(mut self, name: impl Into<String>) -> Self {
        self.owner = name.into();
        self
    }

    /// Another name it arrives under, from an older tag or another platform.
    #[must_use]
    pub fn alias(mut self, name: impl Into<String>) -> Self {
        self.aliases.push(name.into());
        self
    }

    /// That it should not arrive any more since a day, and which event does instead.
    #[must_use]
    pub fn deprecated(mut self, since: NaiveDate, replaced_by: Option<&str>) -> Self {
        self.deprecated_since = Some(since);
        self.replaced_by = replaced_by.map(ToOwned::to_owned);
        self
    }

    /// What it carries.
    #[must_use]
    pub fn with(mut self, property: Property) -> Self {
        self.properties.push(property);
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is worth to the goal.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// Who answers for it; empty if nobody is named.
    pub fn owned_by(&self) -> &str {
        &self.owner
    }

    /// What it carries, in the order given.
    pub fn properties(&self) -> &[Property] {
        &self.properties
    }
}

impl Catalogue {
    /// A catalogue of these events, whose names are as [`EventNameRules`] has them by default.
    ///
    /// # Errors
    ///
    /// As [`Catalogue::with_rules`].
    pub fn new(events: impl IntoIterator<Item = Event>) -> Result<Self, Error> {
        Self::with_rules(EventNameRules::default(), events)
    }

    /// A catalogue of these events, whose names follow a rule of your own.
    ///
    /// # Errors
    ///
    /// [`Error::Event`] with the event and what is wrong: a name the naming rule refuses, a name or alias that comes twice, a property that comes twice, an allowed value that is not of
    /// its property's kind, a replacement that is not in the catalogue or is deprecated itself, a replacement without a date.
    pub fn with_rules(rules: EventNameRules, events: impl IntoIterator<Item = Event>) -> Result<Self, Error> {
        let events: Vec<Event> = events.into_iter().collect();
        let mut places = BTreeMap::new();
        for (place, event) in events.iter().enumerate() {
            let refuse = |problem: String| Err(Error::Event { event: event.name.clone(), problem });
            if let Some(problem) = rules.check(&event.name).first() {
                return refuse(problem.message());
            }
            for name in std::iter::once(&event.name).chain(&event.aliases) {
                if let Some(other) = places.insert(name.clone(), place) {
                    return refuse(format!("{name} names {} too", events.get(other).map_or("", |other| &other.name)));
                }
            }
            for (position, property) in event.properties.iter().enumerate() {
                if property.name.trim().is_empty()
                    || event.properties.iter().take(position).any(|other| other.name == property.name)
                {
                    return refuse(format!("property {:?} is empty or comes twice", property.name));
                }
                if let Some(value) = property.one_of.iter().find(|value| !property.kind.reads(value)) {
                    return refuse(format!("{value:?} is no value of property {}", property.name));
                }
            }
        }
        for event in &events {
            let refuse = |problem: String| Err(Error::Event { event: event.name.clone(), problem });
            let Some(replacement) = &event.replaced_by else { continue };
            if event.deprecated_since.is_none() {
                return refuse("it is replaced, and not deprecated since any day".to_owned());
            }
            match places.get(replacement).and_then(|place| events.get(*place)) {
                Some(other) if other.deprecated_since.is_none() && &other.name == replacement => {}
                _ => {
                    return refuse(format!(
                        "its replacement {replacement} is not in the catalogue, or deprecated itself"
                    ));
                }
            }
        }
        Ok(Self { rules, events, places })
    }

    /// The events, in the order given.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The event of a name or an alias.
    pub fn event(&self, name: &str) -> Option<&Event> {
        self.places.get(name).and_then(|place| self.events.get(*place))
    }

    /// Names and aliases, in order, with the place of the event.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, usize)> {
        self.places.iter().map(|(name, place)| (name.as_str(), *place))
    }

    /// The event that was probably meant by a name: the one it is when it is written as names are, or the one that is spelled most like it.
    pub(super) fn nearest(&self, name: &str) -> Option<&Event> {
        let written = event_name(name)?;
        self.event(&written).or_else(|| {
            let keys = Keys::new(self.names().map(|(name, place)| (place, name)));
            keys.nearest(&written).first().and_then(|place| self.events.get(*place))
        })
    }
}

/// The catalogue as a file holds it.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    #[serde(default)]
    names: EventNameRules,
    events: Vec<Event>,
}

#[cfg(feature = "serde")]
impl TryFrom<Spec> for Catalogue {
    type Error = Error;

    fn try_from(spec: Spec) -> Result<Self, Error> {
        Self::with_rules(spec.names, spec.events)
    }
}

#[cfg(feature = "serde")]
impl From<Catalogue> for Spec {
    fn from(catalogue: Catalogue) -> Self {
        Self { names: catalogue.rules, events: catalogue.events }
    }
}
