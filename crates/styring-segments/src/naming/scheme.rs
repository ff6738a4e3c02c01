use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::Error;
use crate::naming::characters::{is_clean, is_dash_word};
use crate::naming::spec::Template;
use crate::naming::vocabulary::{Known, Vocabulary};
use crate::naming::{Dimension, Entry, SchemeSpec};
use crate::signals::SignalKind;

/// A scheme that has been checked: it parses, builds and lints names.
///
/// ```
/// use styring_segments::naming::SchemeSpec;
///
/// let scheme = SchemeSpec::norsk().scheme()?;
/// let parsed = scheme.parse("rt - forlatt kurv - 7d");
/// assert_eq!(parsed.canonical(), Some("Retarget – Forlatt kurv – 7 dager"));
/// assert!(scheme.parse_strict("Retarget – Forlatt kurv – 7 dager").is_ok());
/// # Ok::<(), styring_segments::Error>(())
/// ```
///
/// Serialises as its [`SchemeSpec`], and is checked when it is read.
#[derive(Clone)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "SchemeSpec", into = "SchemeSpec")
)]
pub struct Scheme {
    spec: SchemeSpec,
    pub(crate) separator: Separator,
    pub(crate) stage: Part,
    /// By place of the stage in its vocabulary.
    templates: Vec<Parts>,
}

/// A dimension, prepared.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) dimension: Arc<str>,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Vocabulary(Arc<Vocabulary>),
    Text(Option<usize>),
    Window,
    Signal(SignalKind),
}

/// What follows a stage.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) parts: Vec<Part>,
    pub(crate) required: usize,
}

/// What is wrong with a scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum SchemeFault {
    /// A name that comes twice where it may come once.
    #[error("{0:?} comes twice")]
    Repeated(String),
    /// A separator that could not be told from what it separates.
    #[error(
        "{0:?} does not separate: it must be a word of signs between two spaces, or one of the ASCII signs other than - < = >, and neither letters nor digits"
    )]
    Separator(String),
    /// A word that could not be read back from a name.
    #[error(
        "{0:?} could not be read back: it must be composed (NFC), with single spaces, without invisible characters or a separator, and not empty"
    )]
    Unreadable(String),
    /// A vocabulary without values.
    #[error("the vocabulary is empty")]
    EmptyVocabulary,
    /// A text that may have no character.
    #[error("max_chars must be at least 1")]
    NoCharacters,
    /// Two labels that differ in case alone.
    #[error("{0:?} differs from the label {1:?} in case alone")]
    SameLabel(String, String),
    /// A word that would mean two values.
    #[error("the alias {0:?} is also a word for {1:?}")]
    Ambiguous(String, String),
    /// A dimension that is not in the scheme.
    #[error("{0:?} is no dimension of the scheme")]
    UnknownDimension(String),
    /// A stage that is not a dimension with a vocabulary.
    #[error("the first part must be a dimension with a vocabulary, and {0:?} is none")]
    NoStages(String),
    /// The first part again, in a template.
    #[error("{0:?} is the first part already")]
    StageInTemplate(String),
    /// A template for a label that is not there.
    #[error("{0:?} is no stage of the scheme")]
    UnknownStage(String),
    /// A stage without template.
    #[error("the stage has no template")]
    NoTemplate,
    /// A template without a dimension that must be there.
    #[error("at least one dimension must be required: a stage alone is no name")]
    NothingRequired,
    /// A replacement that is not a label of the vocabulary, or does not lead to one that stands.
    #[error(
        "{0:?} does not replace anything: it must be another label of the vocabulary, and the replacements must come to an end"
    )]
    Replacement(String),
    /// A replacement without a day.
    #[error("replaced_by needs deprecated_since")]
    NoDay,
}

impl Scheme {
    /// Checks the scheme and prepares its lookups.
    pub fn new(spec: SchemeSpec) -> Result<Self, Error> {
        let separator = Separator::new(&spec.separator)?;
        unique("dimensions", spec.dimensions.iter().map(|(name, _)| name.as_str()))?;
        unique("templates", spec.templates.iter().map(|(stage, _)| stage.as_str()))?;
        let mut parts: BTreeMap<&str, Part> = BTreeMap::new();
        for (name, dimension) in &spec.dimensions {
            let kind = separator.kind(&format!("dimensions.{name}"), dimension)?;
            parts.insert(name, Part { dimension: name.as_str().into(), kind });
        }
        let no_stages = || fault("stage", SchemeFault::NoStages(spec.stage.clone()));
        let stage = parts.get(spec.stage.as_str()).cloned().ok_or_else(no_stages)?;
        let Kind::Vocabulary(stages) = &stage.kind else { return Err(no_stages()) };
        for (label, _) in &spec.templates {
            if stages.label(label).is_none() {
                return Err(fault("templates", SchemeFault::UnknownStage(label.clone())));
            }
        }
        let template = |label: &str| {
            let template = spec.templates.iter().find(|(stage, _)| stage == label).map(|(_, template)| template);
            let place = format!("templates.{label}");
            let template = template.ok_or_else(|| fault(&place, SchemeFault::NoTemplate))?;
            prepared(&place, template, &spec.stage, &parts)
        };
        let templates = stages.labels().map(template).collect::<Result<_, _>>()?;
        Ok(Self { spec, separator, stage, templates })
    }

    /// The scheme as it is on a day: what is deprecated later is not deprecated yet. Without a day, every deprecation holds. The day is no part of the scheme as data, and is not stored.
    ///
    /// ```
    /// use styring_segments::naming::{Dimension, Entry, SchemeSpec};
    ///
    /// let scheme = SchemeSpec::new("shop")
    ///     .dimension("stage", Dimension::vocab([Entry::new("Ny"), Entry::new("Kald").replaced("2026-01-01".parse()?, "Ny")]))
    ///     .dimension("product", Dimension::text(40))
    ///     .template("Ny", ["product"], [])
    ///     .template("Kald", ["product"], [])
    ///     .scheme()?;
    /// assert_eq!(scheme.parse("Kald – Sko").canonical(), Some("Ny – Sko"));
    /// assert_eq!(scheme.at("2025-12-31".parse()?).parse("Kald – Sko").canonical(), Some("Kald – Sko"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn at(&self, day: NaiveDate) -> Self {
        let mut scheme = self.clone();
        let all = scheme.templates.iter_mut().flat_map(|template| &mut template.parts);
        for part in all.chain([&mut scheme.stage]) {
            if let Kind::Vocabulary(vocabulary) = &mut part.kind {
                Arc::make_mut(vocabulary).set_day(Some(day));
            }
        }
        scheme
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.spec.version
    }

    /// What stands between parts in canonical names.
    pub fn separator(&self) -> &str {
        &self.spec.separator
    }

    /// The dimension of the first part.
    pub fn stage_dimension(&self) -> &str {
        &self.spec.stage
    }

    /// The scheme as data.
    pub fn spec(&self) -> &SchemeSpec {
        &self.spec
    }

    /// The labels of a dimension with a vocabulary.
    pub fn labels(&self, dimension: &str) -> Option<impl Iterator<Item = &str>> {
        Some(self.vocabulary(dimension)?.labels())
    }

    /// The dimensions that follow a stage: those that must be there, and those that may be.
    pub fn template(&self, stage: &str) -> Option<(Vec<&str>, Vec<&str>)> {
        let Parts { parts, required } = self.parts(self.stages()?.label(stage)?)?;
        let mut names: Vec<&str> = parts.iter().map(|part| part.dimension.as_ref()).collect();
        let optional = names.split_off(*required);
        Some((names, optional))
    }

    /// Labels of a dimension that may have been meant by a word, at most three: by the optimal string alignment distance of [folded](crate::naming::fold) keys,
    /// up to a quarter of the word's length and at most 3, then by order of the vocabulary. Costs a comparison of letter counts with each label of about that length.
    ///
    /// ```
    /// use styring_segments::naming::SchemeSpec;
    ///
    /// let scheme = SchemeSpec::norsk().scheme()?;
    /// assert_eq!(scheme.suggest("geo", "Alesund"), ["Ålesund"]);
    /// # Ok::<(), styring_segments::Error>(())
    /// ```
    pub fn suggest(&self, dimension: &str, word: &str) -> Vec<String> {
        let labels = self.vocabulary(dimension).map(|vocabulary| vocabulary.suggest(word)).unwrap_or_default();
        labels.iter().map(ToString::to_string).collect()
    }

    fn vocabulary(&self, dimension: &str) -> Option<&Vocabulary> {
        let parts = self.templates.iter().flat_map(|template| &template.parts);
        let kind = &parts.chain([&self.stage]).find(|part| part.dimension.as_ref() == dimension)?.kind;
        if let Kind::Vocabulary(vocabulary) = kind { Some(vocabulary) } else { None }
    }

    pub(crate) fn stages(&self) -> Option<&Vocabulary> {
        if let Kind::Vocabulary(vocabulary) = &self.stage.kind { Some(vocabulary) } else { None }
    }

    /// What follows the stage at a place of the vocabulary.
    pub(crate) fn parts(&self, stage: usize) -> Option<&Parts> {
        self.templates.get(stage)
    }
}

/// Its name and version: what it holds is in the [`spec`](Scheme::spec).
impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scheme").field("name", &self.name()).field("version", &self.version()).finish_non_exhaustive()
    }
}

/// Equal as data.
impl PartialEq for Scheme {
    fn eq(&self, other: &Self) -> bool {
        self.spec == other.spec
    }
}

impl Eq for Scheme {}

impl TryFrom<SchemeSpec> for Scheme {
    type Error = Error;

    fn try_from(spec: SchemeSpec) -> Result<Self, Error> {
        Self::new(spec)
    }
}

impl From<Scheme> for SchemeSpec {
    fn from(scheme: Scheme) -> Self {
        scheme.spec
    }
}

/// What stands between parts.
#[derive(Debug, Clone)]
pub(crate) struct Separator {
    pub(crate) text: String,
    word: String,
    /// A word between spaces; otherwise one sign, wherever it stands.
    pub(crate) spaced: bool,
}

impl Separator {
    fn new(text: &str) -> Result<Self, Error> {
        let unusable = || fault("separator", SchemeFault::Separator(text.to_owned()));
        let spaced = text.strip_prefix(' ').and_then(|rest| rest.strip_suffix(' '));
        let word = spaced.unwrap_or(text);
        let signs = is_clean(word) && !word.contains(' ') && !word.contains(char::is_alphanumeric);
        let marked = word.starts_with(unicode_normalization::char::is_combining_mark);
        // A sign alone must not grow together with what follows: = and a stroke are ≠.
        let alone = word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_punctuation() && !b"-<=>".contains(&byte));
        if signs && !marked && (spaced.is_some() || alone) {
            Ok(Self { text: text.to_owned(), word: word.to_owned(), spaced: spaced.is_some() })
        } else {
            Err(unusable())
        }
    }

    /// Whether a word of a name separates its parts.
    pub(crate) fn reads(&self, word: &str) -> bool {
        self.spaced && (word == self.word || is_dash_word(word))
    }

    /// Whether a word that separates is the scheme's own.
    pub(crate) fn is(&self, word: &str) -> bool {
        word == self.word
    }

    /// Where it stands alone, without spaces.
    pub(crate) fn split<'a>(&self, text: &'a str) -> impl Iterator<Item = &'a str> + use<'_, 'a> {
        text.split(self.word.as_str())
    }

    /// Whether a value would be taken apart.
    pub(crate) fn divides(&self, value: &str) -> bool {
        if self.spaced { value.split_whitespace().any(|word| self.reads(word)) } else { value.contains(&self.word) }
    }

    fn readable(&self, place: &str, word: &str) -> Result<(), Error> {
        if is_clean(word) && !self.divides(word) {
            Ok(())
        } else {
            Err(fault(place, SchemeFault::Unreadable(word.to_owned())))
        }
    }

    fn kind(&self, place: &str, dimension: &Dimension) -> Result<Kind, Error> {
        match dimension {
            Dimension::Text { max_chars: Some(0) } => Err(fault(place, SchemeFault::NoCharacters)),
            Dimension::Text { max_chars } => Ok(Kind::Text(*max_chars)),
            Dimension::Window => Ok(Kind::Window),
            Dimension::Signal { signal } => Ok(Kind::Signal(*signal)),
            Dimension::Vocab { values } => {
                self.check(place, values)?;
                Ok(Kind::Vocabulary(Arc::new(Vocabulary::new(values))))
            }
        }
    }

    /// Every word can be read back and means one value; every replacement leads somewhere.
    fn check(&self, place: &str, values: &[Entry]) -> Result<(), Error> {
        if values.is_empty() {
            return Err(fault(place, SchemeFault::EmptyVocabulary));
        }
        let at = |index: usize| format!("{place}.values[{index}]");
        let mut meaning: BTreeMap<String, (usize, &str)> = BTreeMap::new();
        for (index, entry) in values.iter().enumerate() {
            self.readable(&at(index), &entry.label)?;
            match meaning.insert(entry.label.to_lowercase(), (index, &entry.label)) {
                Some((_, label)) if label == entry.label => {
                    return Err(fault(&at(index), SchemeFault::Repeated(entry.label.clone())));
                }
                Some((_, label)) => {
                    return Err(fault(&at(index), SchemeFault::SameLabel(entry.label.clone(), label.to_owned())));
                }
                None => {}
            }
        }
        for (index, entry) in values.iter().enumerate() {
            for alias in &entry.aliases {
                self.readable(&at(index), alias)?;
                match meaning.insert(alias.to_lowercase(), (index, &entry.label)) {
                    Some((other, label)) if other != index => {
                        return Err(fault(&at(index), SchemeFault::Ambiguous(alias.clone(), label.to_owned())));
                    }
                    _ => {}
                }
            }
            if let Some(id) = entry.id.as_ref().filter(|id| !is_clean(id)) {
                return Err(fault(&at(index), SchemeFault::Unreadable(id.clone())));
            }
            if entry.replaced_by.is_some() && entry.deprecated_since.is_none() {
                return Err(fault(&at(index), SchemeFault::NoDay));
            }
            if let Some(label) = entry.replaced_by.as_ref().filter(|_| !comes_to_an_end(entry, values)) {
                return Err(fault(&at(index), SchemeFault::Replacement(label.clone())));
            }
        }
        unique(place, values.iter().filter_map(|entry| entry.id.as_deref()))
    }
}

/// Whether the replacements of an entry lead to a label, and not round in a circle.
fn comes_to_an_end(entry: &Entry, values: &[Entry]) -> bool {
    let mut current = entry;
    for _ in values {
        let Some(label) = &current.replaced_by else { return true };
        match values.iter().find(|value| value.label == *label) {
            Some(next) => current = next,
            None => return false,
        }
    }
    current.replaced_by.is_none()
}

fn prepared(place: &str, template: &Template, stage: &str, known: &BTreeMap<&str, Part>) -> Result<Parts, Error> {
    if template.required.is_empty() {
        return Err(fault(place, SchemeFault::NothingRequired));
    }
    let names = || template.required.iter().chain(&template.optional);
    unique(place, names().map(String::as_str))?;
    let part = |name: &String| match known.get(name.as_str()) {
        _ if name == stage => Err(fault(place, SchemeFault::StageInTemplate(name.clone()))),
        Some(part) => Ok(part.clone()),
        None => Err(fault(place, SchemeFault::UnknownDimension(name.clone()))),
    };
    Ok(Parts { parts: names().map(part).collect::<Result<_, _>>()?, required: template.required.len() })
}

fn unique<'a>(place: &str, names: impl Iterator<Item = &'a str>) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for name in names {
        if name.is_empty() {
            return Err(fault(place, SchemeFault::Unreadable(String::new())));
        }
        if !seen.insert(name) {
            return Err(fault(place, SchemeFault::Repeated(name.to_owned())));
        }
    }
    Ok(())
}

fn fault(place: &str, fault: SchemeFault) -> Error {
    Error::Scheme { place: place.to_owned(), fault }
}

impl Known {
    /// The value as it stands in a name.
    pub(crate) fn value(&self) -> crate::naming::Label {
        crate::naming::Label::new(Arc::clone(&self.label), self.id.clone())
    }
}
