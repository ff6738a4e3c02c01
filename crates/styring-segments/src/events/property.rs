use chrono::NaiveDate;

/// What an event carries.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Property {
    pub(super) name: String,
    pub(super) kind: PropertyKind,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) required: bool,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub(super) one_of: Vec<String>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "String::is_empty"))]
    pub(super) about: String,
}

/// What the value of a property is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PropertyKind {
    /// Any text but an empty one.
    Text,
    /// A whole number: `12`, `-3`.
    Integer,
    /// A number with a decimal point: `499`, `499.00`.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A day: `2026-11-25`.
    Day,
}

impl PropertyKind {
    /// Whether a text is a value of this kind.
    pub fn reads(self, text: &str) -> bool {
        match self {
            Self::Text => !text.trim().is_empty(),
            Self::Integer => text.parse::<i64>().is_ok(),
            Self::Number => !text.contains(['n', 'N', 'i', 'I']) && text.parse::<f64>().is_ok_and(f64::is_finite),
            Self::Boolean => matches!(text, "true" | "false"),
            Self::Day => NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
        }
    }
}

impl Property {
    /// One that every event of its kind must carry.
    pub fn required(name: impl Into<String>, kind: PropertyKind) -> Self {
        Self { name: name.into(), kind, required: true, one_of: Vec::new(), about: String::new() }
    }

    /// One that may be left out.
    pub fn optional(name: impl Into<String>, kind: PropertyKind) -> Self {
        Self { required: false, ..Self::required(name, kind) }
    }

    /// The only values it may have.
    #[must_use]
    pub fn one_of<S: Into<String>>(mut self, values: impl IntoIterator<Item = S>) -> Self {
        self.one_of = values.into_iter().map(Into::into).collect();
        self
    }

    /// What it means.
    #[must_use]
    pub fn about(mut self, text: impl Into<String>) -> Self {
        self.about = text.into();
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its value is.
    pub fn kind(&self) -> PropertyKind {
        self.kind
    }

    /// Whether every event must carry it.
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// The only values it may have; empty if any.
    pub fn allowed(&self) -> &[String] {
        &self.one_of
    }
}
