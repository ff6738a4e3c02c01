//! A vocabulary, prepared for lookups.

use std::collections::HashMap;

use chrono::NaiveDate;
use std::sync::Arc;

use crate::naming::Entry;
use crate::naming::suggest::Keys;

#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    entries: Vec<Known>,
    exact: HashMap<Box<str>, usize>,
    lowercase: HashMap<Box<str>, (usize, Via)>,
    keys: Keys,
}

/// A value of the vocabulary.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) label: Arc<str>,
    pub(crate) id: Option<Arc<str>>,
    since: Option<NaiveDate>,
    successor: Option<usize>,
    /// Whether it is deprecated on the day of the scheme.
    pub(crate) deprecated: bool,
    /// The entry that stands for it on that day.
    pub(crate) now: usize,
}

/// By what a word was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    Label,
    Case,
    Alias,
}

impl Vocabulary {
    /// From entries that have been checked: the successors are known, and no word means two things.
    pub(crate) fn new<'a>(entries: &'a [Entry]) -> Self {
        let position = |label: &String| entries.iter().position(|entry| entry.label == *label);
        let known = |(now, entry): (usize, &Entry)| Known {
            label: entry.label.as_str().into(),
            id: entry.id.as_deref().map(Arc::from),
            since: entry.deprecated_since,
            successor: entry.replaced_by.as_ref().and_then(position),
            deprecated: false,
            now,
        };
        let labels = || entries.iter().map(|entry| entry.label.as_str()).enumerate();
        let of = |(at, entry): (usize, &'a Entry)| entry.aliases.iter().map(move |alias| (at, alias.as_str()));
        let aliases = || entries.iter().enumerate().flat_map(of);
        let mut lowercase: HashMap<Box<str>, (usize, Via)> =
            aliases().map(|(at, alias)| (alias.to_lowercase().into(), (at, Via::Alias))).collect();
        lowercase.extend(labels().map(|(at, label)| (label.to_lowercase().into(), (at, Via::Case))));
        let mut vocabulary = Self {
            entries: entries.iter().enumerate().map(known).collect(),
            exact: labels().map(|(at, label)| (label.into(), at)).collect(),
            lowercase,
            keys: Keys::new(labels().chain(aliases())),
        };
        vocabulary.set_day(None);
        vocabulary
    }

    /// What is deprecated on a day; without one, whatever ever will be.
    pub(crate) fn set_day(&mut self, day: Option<NaiveDate>) {
        for entry in &mut self.entries {
            entry.deprecated = entry.since.is_some_and(|since| day.is_none_or(|day| since <= day));
        }
        let standing: Vec<usize> = (0..self.entries.len()).map(|at| self.standing(at)).collect();
        for (entry, now) in self.entries.iter_mut().zip(standing) {
            entry.now = now;
        }
    }

    /// The end of the chain of replacements. No chain is longer than the vocabulary, whatever is in it.
    fn standing(&self, at: usize) -> usize {
        let next =
            |at: &usize| self.entries.get(*at).filter(|entry| entry.deprecated).and_then(|entry| entry.successor);
        std::iter::successors(Some(at), next).take(self.entries.len()).last().unwrap_or(at)
    }

    pub(crate) fn entry(&self, at: usize) -> Option<&Known> {
        self.entries.get(at)
    }

    pub(crate) fn labels(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.label.as_ref())
    }

    /// The place of a label, written as it is.
    pub(crate) fn label(&self, label: &str) -> Option<usize> {
        self.exact.get(label).copied()
    }

    /// The place of a label or an alias in any case.
    pub(crate) fn find(&self, word: &str) -> Option<(usize, Via)> {
        let lowercase = || self.lowercase.get(word.to_lowercase().as_str()).copied();
        self.label(word).map(|at| (at, Via::Label)).or_else(lowercase)
    }

    /// Labels that may have been meant. A label that is not to be used any more is proposed as the one that stands for it.
    pub(crate) fn suggest(&self, word: &str) -> Vec<Arc<str>> {
        let mut labels: Vec<Arc<str>> = Vec::new();
        for at in self.keys.nearest(word) {
            let now = self.entry(at).and_then(|entry| self.entry(entry.now));
            if let Some(label) = now.map(|entry| &entry.label).filter(|label| !labels.contains(label)) {
                labels.push(Arc::clone(label));
            }
        }
        labels
    }
}
