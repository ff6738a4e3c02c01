use chrono::NaiveDate;

use crate::Error;
use crate::naming::Scheme;
use crate::signals::SignalKind;

/// A scheme as data: the dimensions a name may have, and for each stage which of them follow, in which order.
///
/// ```
/// use styring_segments::naming::{Dimension, Entry, SchemeSpec};
///
/// let scheme = SchemeSpec::new("shop")
///     .version("3")
///     .dimension("stage", Dimension::vocab([Entry::new("Prospect").alias("PRO"), Entry::new("Retarget")]))
///     .dimension("product", Dimension::text(40))
///     .dimension("window", Dimension::Window)
///     .template("Prospect", ["product"], [])
///     .template("Retarget", ["product", "window"], [])
///     .scheme()?;
/// assert_eq!(scheme.parse("pro - Sko").canonical(), Some("Prospect – Sko"));
/// # Ok::<(), styring_segments::Error>(())
/// ```
///
/// In TOML, with the feature `serde`:
///
/// ```
/// # #[cfg(feature = "serde")] {
/// let scheme: styring_segments::naming::Scheme = toml::from_str(r#"
///     name = "shop"
///     version = "3"
///     [dimensions]
///     stage = { kind = "vocab", values = [{ label = "Prospect", aliases = ["PRO"] }] }
///     product = { kind = "text", max_chars = 40 }
///     [templates]
///     Prospect = { required = ["product"] }
/// "#)?;
/// assert_eq!(scheme.version(), "3");
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct SchemeSpec {
    #[cfg_attr(feature = "serde", serde(default))]
    pub(crate) name: String,
    #[cfg_attr(feature = "serde", serde(default = "first"))]
    pub(crate) version: String,
    #[cfg_attr(feature = "serde", serde(default = "dash"))]
    pub(crate) separator: String,
    #[cfg_attr(feature = "serde", serde(default = "stage"))]
    pub(crate) stage: String,
    #[cfg_attr(feature = "serde", serde(with = "pairs"))]
    pub(crate) dimensions: Vec<(String, Dimension)>,
    #[cfg_attr(feature = "serde", serde(with = "pairs"))]
    pub(crate) templates: Vec<(String, Template)>,
}

fn first() -> String {
    "1".to_owned()
}

fn dash() -> String {
    " – ".to_owned()
}

fn stage() -> String {
    "stage".to_owned()
}

/// What a part of a name may be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum Dimension {
    /// One of a list.
    #[non_exhaustive]
    Vocab {
        /// The list.
        values: Vec<Entry>,
    },
    /// Free text.
    #[non_exhaustive]
    Text {
        /// How many characters (Unicode scalars) it may have.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        max_chars: Option<usize>,
    },
    /// A [`Window`](crate::naming::Window) of time.
    Window,
    /// A [`Signal`](crate::signals::Signal) of one kind: a daypart, a device, what comes from the sky, a range of temperatures.
    #[non_exhaustive]
    Signal {
        /// Which kind.
        signal: SignalKind,
    },
}

impl Dimension {
    /// One of these.
    pub fn vocab(values: impl IntoIterator<Item = Entry>) -> Self {
        Self::Vocab { values: values.into_iter().collect() }
    }

    /// Free text of at most so many characters.
    pub fn text(max_chars: usize) -> Self {
        Self::Text { max_chars: Some(max_chars) }
    }

    /// A signal of this kind.
    pub fn signal(signal: SignalKind) -> Self {
        Self::Signal { signal }
    }

    /// Free text of any length.
    pub fn any_text() -> Self {
        Self::Text { max_chars: None }
    }
}

/// A value of a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Entry {
    pub(crate) label: String,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub(crate) aliases: Vec<String>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(crate) id: Option<String>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(crate) deprecated_since: Option<NaiveDate>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(crate) replaced_by: Option<String>,
}

impl Entry {
    /// As it is written in names.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), aliases: Vec::new(), id: None, deprecated_since: None, replaced_by: None }
    }

    /// Another word for it, in any case; read, never written.
    #[must_use]
    pub fn alias(mut self, alias: impl Into<String>) -> Self {
        self.aliases.push(alias.into());
        self
    }

    /// What stays the same when the label is changed.
    #[must_use]
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// No new names with it from this day on.
    #[must_use]
    pub fn deprecated_since(self, day: NaiveDate) -> Self {
        Self { deprecated_since: Some(day), ..self }
    }

    /// No new names with it from this day on: the value with this label takes its place, in names that are read too.
    #[must_use]
    pub fn replaced(self, day: NaiveDate, by: impl Into<String>) -> Self {
        Self { replaced_by: Some(by.into()), ..self.deprecated_since(day) }
    }
}

/// What follows a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(crate) struct Template {
    pub(crate) required: Vec<String>,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(crate) optional: Vec<String>,
}

impl SchemeSpec {
    /// An empty scheme: version 1, parts separated by ` – `, the first of dimension `stage`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: first(),
            separator: dash(),
            stage: stage(),
            dimensions: Vec::new(),
            templates: Vec::new(),
        }
    }

    /// The version. A scheme that names have been built by is not edited: it gets a new one.
    #[must_use]
    pub fn version(self, version: impl Into<String>) -> Self {
        Self { version: version.into(), ..self }
    }

    /// What stands between parts: a word of signs between two spaces (` – `, ` | `), or one sign alone (`_`).
    #[must_use]
    pub fn separator(self, separator: impl Into<String>) -> Self {
        Self { separator: separator.into(), ..self }
    }

    /// The dimension of the first part, which decides what follows.
    #[must_use]
    pub fn stage(self, dimension: impl Into<String>) -> Self {
        Self { stage: dimension.into(), ..self }
    }

    /// One more dimension.
    #[must_use]
    pub fn dimension(mut self, name: impl Into<String>, dimension: Dimension) -> Self {
        insert(&mut self.dimensions, name.into(), dimension);
        self
    }

    /// What follows a stage: dimensions that must be there, and then dimensions that may be.
    #[must_use]
    pub fn template<'a>(
        mut self,
        stage: impl Into<String>,
        required: impl IntoIterator<Item = &'a str>,
        optional: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let owned = |name: &str| name.to_owned();
        let template = Template {
            required: required.into_iter().map(owned).collect(),
            optional: optional.into_iter().map(owned).collect(),
        };
        insert(&mut self.templates, stage.into(), template);
        self
    }

    /// The scheme, if it holds: see [`SchemeFault`](crate::naming::SchemeFault).
    pub fn scheme(self) -> Result<Scheme, Error> {
        Scheme::new(self)
    }
}

/// A map as a list in order of keys: one that comes twice is there twice, and is found when the scheme is made.
fn insert<T>(pairs: &mut Vec<(String, T)>, key: String, value: T) {
    let after = pairs.partition_point(|(other, _)| *other <= key);
    pairs.insert(after, (key, value));
}

#[cfg(feature = "serde")]
mod pairs {
    use std::fmt;
    use std::marker::PhantomData;

    use serde::de::{MapAccess, Visitor};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        pairs: &[(String, T)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(pairs.iter().map(|(key, value)| (key, value)))
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(String, T)>, D::Error> {
        deserializer.deserialize_map(Pairs(PhantomData))
    }

    struct Pairs<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
        type Value = Vec<(String, T)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some((key, value)) = map.next_entry()? {
                super::insert(&mut pairs, key, value);
            }
            Ok(pairs)
        }
    }
}
