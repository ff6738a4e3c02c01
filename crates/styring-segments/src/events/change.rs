use std::fmt;

use super::{Catalogue, Event, Property};

/// What became of an event or a property between two versions of a catalogue.
///
/// A change breaks if a sender or a report that was right under the old version can be wrong under the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Change {
    event: String,
    property: Option<String>,
    what: String,
    breaks: bool,
}

impl Change {
    /// The event, by its new name.
    pub fn event(&self) -> &str {
        &self.event
    }

    /// The property, if it is one that changed.
    pub fn property(&self) -> Option<&str> {
        self.property.as_deref()
    }

    /// Whether senders or reports have to follow.
    pub fn breaks(&self) -> bool {
        self.breaks
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", if self.breaks { "breaks:" } else { "safe:  " }, self.event)?;
        if let Some(property) = &self.property {
            write!(f, ".{property}")?;
        }
        write!(f, " {}", self.what)
    }
}

impl Catalogue {
    /// What changed since an older version, by event in the order of this one, and what went.
    ///
    /// An event that took an old name as an alias was renamed: reports have to follow, senders need not.
    pub fn changes_since(&self, old: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        for event in self.events() {
            let earlier = old.events().iter().find(|other| other.name == event.name);
            let earlier = earlier.or_else(|| old.events().iter().find(|other| event.aliases.contains(&other.name)));
            let mut say = |property: Option<&Property>, breaks, what: String| {
                changes.push(Change {
                    event: event.name.clone(),
                    property: property.map(|property| property.name.clone()),
                    what,
                    breaks,
                });
            };
            match earlier {
                None => say(None, false, "is new".to_owned()),
                Some(earlier) => event.changes_since(earlier, &mut say),
            }
        }
        let gone = old.events().iter().filter(|event| self.event(&event.name).is_none());
        changes.extend(gone.map(|event| Change {
            event: event.name.clone(),
            property: None,
            what: "is gone".to_owned(),
            breaks: true,
        }));
        changes
    }
}

impl Event {
    fn changes_since(&self, old: &Self, say: &mut impl FnMut(Option<&Property>, bool, String)) {
        if self.name != old.name {
            say(None, true, format!("was {}", old.name));
        }
        if self.kind != old.kind {
            say(None, true, format!("is {:?}, was {:?}", self.kind, old.kind).to_lowercase());
        }
        match (self.deprecated_since, old.deprecated_since) {
            (Some(day), None) => say(None, false, format!("is deprecated since {day}")),
            (None, Some(_)) => say(None, false, "is not deprecated any more".to_owned()),
            _ => {}
        }
        if self.owner != old.owner {
            say(None, false, format!("belongs to {:?}, did to {:?}", self.owner, old.owner));
        }
        for alias in old.aliases.iter().filter(|alias| !self.aliases.contains(alias) && **alias != self.name) {
            say(None, true, format!("is not read as {alias} any more"));
        }
        for property in &self.properties {
            match old.properties.iter().find(|other| other.name == property.name) {
                None if property.required => say(Some(property), true, "is new and required".to_owned()),
                None => say(Some(property), false, "is new".to_owned()),
                Some(earlier) => property.changes_since(earlier, say),
            }
        }
        for property in
            old.properties.iter().filter(|property| self.properties.iter().all(|other| other.name != property.name))
        {
            say(Some(property), true, "is gone".to_owned());
        }
    }
}

impl Property {
    fn changes_since(&self, old: &Self, say: &mut impl FnMut(Option<&Property>, bool, String)) {
        if self.kind != old.kind {
            say(Some(self), true, format!("is {:?}, was {:?}", self.kind, old.kind).to_lowercase());
        }
        match (self.required, old.required) {
            (true, false) => say(Some(self), true, "is required now".to_owned()),
            (false, true) => say(Some(self), true, "may be missing now".to_owned()),
            _ => {}
        }
        let restricts = !self.one_of.is_empty()
            && (old.one_of.is_empty() || old.one_of.iter().any(|value| !self.one_of.contains(value)));
        if restricts {
            say(Some(self), true, format!("allows only {}", self.one_of.join(", ")));
        } else if self.one_of != old.one_of {
            say(
                Some(self),
                false,
                if self.one_of.is_empty() {
                    "allows any value".to_owned()
                } else {
                    format!("allows {}", self.one_of.join(", "))
                },
            );
        }
    }
}
