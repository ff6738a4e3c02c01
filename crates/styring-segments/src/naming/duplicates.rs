use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::naming::characters::cleaned;
use crate::naming::{Parsed, Scheme, Value, fold};

/// Names of a list that are one name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Collisions {
    /// Positions of names whose canonical forms are equal in lowercase; sorted, none alone.
    pub groups: Vec<Vec<usize>>,
    /// Positions of texts that are no names.
    pub invalid: Vec<usize>,
}

/// Why names are near duplicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Near {
    /// One canonical form, apart from case.
    SameName,
    /// One spelling but for case, marks and letters of one sound: `Løpesko` and `Lopesko`. Texts that are no names are compared too.
    SameKey,
    /// One window in other words: `7 dager` and `1 uke`.
    SameWindow,
    /// One letter of free text more, fewer, other or swapped, in words of four and more. A digit is never a slip: `Sko 41` and `Sko 42` are two things.
    OneEdit,
    /// The same parts in another order.
    OtherOrder,
}

/// Names that a person should look at together. They are never merged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct NearDuplicates {
    /// Why.
    pub reason: Near,
    /// Their positions, in order.
    pub members: Vec<usize>,
}

impl Scheme {
    /// Which texts of a list are one name. Grows with n·log n.
    ///
    /// ```
    /// use styring_segments::naming::SchemeSpec;
    ///
    /// let scheme = SchemeSpec::norsk().scheme()?;
    /// let same = scheme.collide(["Prospect – Sko – Norge", "Foo", "PRO – sko – NO"]);
    /// assert_eq!((same.groups, same.invalid), (vec![vec![0, 2]], vec![1]));
    /// # Ok::<(), styring_segments::Error>(())
    /// ```
    pub fn collide(&self, texts: impl IntoIterator<Item = impl AsRef<str>>) -> Collisions {
        let parsed: Vec<Parsed> = texts.into_iter().map(|text| self.parse(text.as_ref())).collect();
        let canonical =
            parsed.iter().enumerate().filter_map(|(at, parsed)| Some((parsed.canonical()?.to_lowercase(), at)));
        let invalid = parsed.iter().enumerate().filter(|(_, parsed)| !parsed.ok()).map(|(at, _)| at).collect();
        let mut groups = grouped(canonical);
        groups.sort_unstable();
        Collisions { groups, invalid }
    }

    /// Which texts of a list are near duplicates, with one reason for each group; sorted by reason and position. Grows with n·length²·log n.
    ///
    /// ```
    /// use styring_segments::naming::{Near, SchemeSpec};
    ///
    /// let scheme = SchemeSpec::norsk().scheme()?;
    /// let near = scheme.near_duplicates(["Retarget – Kjøpt – 7 dager", "Retarget – Kjøpt – 14 dager", "Retarget – Kjøpt – 1 uke"]);
    /// assert_eq!((near[0].reason, &near[0].members), (Near::SameWindow, &vec![0, 2]));
    /// # Ok::<(), styring_segments::Error>(())
    /// ```
    pub fn near_duplicates(&self, texts: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<NearDuplicates> {
        let read: Vec<(String, Parsed)> =
            texts.into_iter().map(|text| (text.as_ref().to_owned(), self.parse(text.as_ref()))).collect();
        self.near(read.iter().map(|(text, parsed)| (text.as_str(), parsed)))
    }

    pub(crate) fn near<'a>(&self, read: impl Iterator<Item = (&'a str, &'a Parsed)>) -> Vec<NearDuplicates> {
        let read: Vec<Read> = read.map(|(text, parsed)| Read::new(self, text, parsed)).collect();
        let named = || read.iter().enumerate().filter(|(_, read)| !read.parts.is_empty());
        let valid = || named().filter(|(_, read)| read.valid);
        let key = |read: &Read| read.parts.iter().map(|part| part.key.clone()).collect::<Vec<_>>();
        let span = |read: &Read| read.parts.iter().map(Comparable::span).collect::<Vec<_>>();
        let sorted = |read: &Read| {
            let mut key = key(read);
            key.sort_unstable();
            key
        };
        let mut found = Vec::new();
        let mut add = |reason, groups: Vec<Vec<usize>>| {
            found.extend(groups.into_iter().map(|members| NearDuplicates { reason, members }));
        };
        // Those that are alike in one sense are worth a word only if they differ in the sense before it.
        let differ = |groups: Vec<Vec<usize>>, by: &dyn Fn(&Read) -> Vec<String>| {
            let several = |group: &Vec<usize>| {
                group.iter().filter_map(|at| read.get(*at)).map(by).collect::<BTreeSet<_>>().len() > 1
            };
            groups.into_iter().filter(several).collect::<Vec<_>>()
        };
        add(Near::SameName, grouped(valid().map(|(at, read)| (read.lowercase.clone(), at))));
        let same_key = grouped(named().map(|(at, read)| (key(read), at)));
        add(Near::SameKey, differ(same_key, &|read| vec![read.lowercase.clone()]));
        add(Near::SameWindow, differ(grouped(valid().map(|(at, read)| (span(read), at))), &key));
        add(Near::OneEdit, one_edit(valid()));
        add(Near::OtherOrder, differ(grouped(named().map(|(at, read)| (sorted(read), at))), &key));
        found.sort_by(|a, b| (a.reason, &a.members).cmp(&(b.reason, &b.members)));
        found
    }
}

/// A text, ready to be compared.
struct Read {
    valid: bool,
    lowercase: String,
    parts: Vec<Comparable>,
}

struct Comparable {
    key: String,
    free: bool,
    span: Option<(bool, u32, u32)>,
}

impl Read {
    fn new(scheme: &Scheme, text: &str, parsed: &Parsed) -> Self {
        let Some(name) = parsed.name() else {
            let part = |part: String| Comparable { key: fold(&part), free: false, span: None };
            let parts = scheme.raw_parts(text).into_iter().filter(|part| !part.is_empty()).map(part).collect();
            return Self { valid: false, lowercase: cleaned(text).to_lowercase(), parts };
        };
        let part = |value: &Value| Comparable {
            key: fold(&value.to_string()),
            free: matches!(value, Value::Text(_)),
            span: value.window().map(|window| window.span()),
        };
        let parts = name.fields().iter().map(|field| part(field.value())).collect();
        Self { valid: true, lowercase: name.as_str().to_lowercase(), parts }
    }
}

impl Comparable {
    /// The key, but for a window what it spans.
    fn span(&self) -> String {
        self.span.map_or_else(|| self.key.clone(), |span| format!("{span:?}"))
    }
}

/// Positions by key, none alone, in order of position.
fn grouped<K: Ord>(keyed: impl Iterator<Item = (K, usize)>) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (key, at) in keyed {
        groups.entry(key).or_default().push(at);
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

/// Names that are equal but for one edit in one free text, as far as such edits lead from one to the next.
fn one_edit<'a>(read: impl Iterator<Item = (usize, &'a Read)>) -> Vec<Vec<usize>> {
    /// By text: where it stands.
    type Texts<'a> = BTreeMap<&'a str, Vec<usize>>;
    // By what stands around the text.
    let mut around: BTreeMap<(usize, Vec<&str>), Texts> = BTreeMap::new();
    for (at, read) in read {
        for (place, _) in read.parts.iter().enumerate().filter(|(_, part)| part.free) {
            let others = read.parts.iter().enumerate().filter(|(other, _)| *other != place);
            let others = others.map(|(_, part)| part.key.as_str()).collect();
            let text = read.parts.get(place).map_or("", |part| part.key.as_str());
            around.entry((place, others)).or_default().entry(text).or_default().push(at);
        }
    }
    let mut groups = Vec::new();
    for texts in around.values().filter(|texts| texts.len() > 1) {
        let words: Vec<&str> = texts.keys().copied().collect();
        for chain in chains(&words) {
            let mut members: Vec<usize> = chain.iter().filter_map(|word| texts.get(word)).flatten().copied().collect();
            members.sort_unstable();
            groups.push(members);
        }
    }
    groups.sort_unstable();
    groups.dedup();
    groups
}

/// Words that one edit leads to from another. Neighbours are looked up by what both have in common, so that the cost grows with the number of words, not of pairs.
fn chains<'a>(words: &[&'a str]) -> Vec<Vec<&'a str>> {
    /// Shorter words are too often a letter apart for good reason.
    const LEAST: usize = 4;
    let letters: Vec<Vec<char>> = words.iter().map(|word| word.chars().collect()).collect();
    let place: HashMap<&[char], usize> = letters.iter().enumerate().map(|(at, word)| (word.as_slice(), at)).collect();
    let mut chain = Chain((0..words.len()).collect());
    let mut wildcards: HashMap<(usize, Vec<char>), usize> = HashMap::new();
    for (at, word) in letters.iter().enumerate().filter(|(_, word)| word.len() >= LEAST) {
        for (index, letter) in word.iter().enumerate().filter(|(_, letter)| !letter.is_numeric()) {
            let mut without = word.clone();
            without.remove(index);
            if let Some(shorter) = place.get(without.as_slice()) {
                chain.link(at, *shorter);
            }
            let first = *wildcards.entry((index, without)).or_insert(at);
            chain.link(at, first);
            if word.get(index + 1).is_some_and(|next| next != letter && !next.is_numeric()) {
                let mut swapped = word.clone();
                swapped.swap(index, index + 1);
                if let Some(other) = place.get(swapped.as_slice()) {
                    chain.link(at, *other);
                }
            }
        }
    }
    let ends: Vec<(usize, usize)> = (0..words.len()).map(|at| (chain.end(at), at)).collect();
    let members = grouped(ends.into_iter());
    members.into_iter().map(|group| group.iter().filter_map(|at| words.get(*at)).copied().collect()).collect()
}

/// Which belong together: each points to another of its kind, the last to itself.
struct Chain(Vec<usize>);

impl Chain {
    fn end(&mut self, mut at: usize) -> usize {
        while let Some(next) = self.0.get(at).copied().filter(|next| *next != at) {
            // Shortens the way for whoever comes next.
            let after = self.0.get(next).copied().unwrap_or(next);
            if let Some(cell) = self.0.get_mut(at) {
                *cell = after;
            }
            at = next;
        }
        at
    }

    fn link(&mut self, one: usize, other: usize) {
        let (one, other) = (self.end(one), self.end(other));
        if let Some(cell) = self.0.get_mut(one.max(other)) {
            *cell = one.min(other);
        }
    }
}
