use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::naming::{Window, slug};
use crate::signals::Signal;

/// The name of a segment in canonical form, with its typed fields. Only a [`Scheme`](crate::naming::Scheme) makes one.
///
/// ```
/// use styring_segments::naming::{SchemeSpec, Unit, Window};
///
/// let scheme = SchemeSpec::norsk().scheme()?;
/// let name = scheme.parse_strict("Retarget – Forlatt kurv – 7 dager")?;
/// assert_eq!(name.stage(), "Retarget");
/// assert_eq!(name.text("trigger").as_deref(), Some("Forlatt kurv"));
/// assert_eq!(name.window(), Some(Window::last(7, Unit::Day)?));
/// assert_eq!(name.slug().as_deref(), Some("retarget_forlatt-kurv_7-dager"));
/// # Ok::<(), styring_segments::Error>(())
/// ```
///
/// Two names are equal if they are written alike, and ordered as they are written. Serialises as its text; a scheme reads it back.
#[derive(Clone)]
pub struct SegmentName {
    text: Box<str>,
    fields: Vec<Field>,
}

/// One part of a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Field {
    #[cfg_attr(feature = "serde", serde(serialize_with = "shared"))]
    dimension: Arc<str>,
    value: Value,
}

/// What a part says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Value {
    /// A label of a vocabulary.
    Label(Label),
    /// Free text.
    Text(Box<str>),
    /// A window of time.
    Window(Window),
    /// A daypart, a device, what comes from the sky, a range of temperatures.
    Signal(Signal),
}

/// A label of a vocabulary, with its stable id if it has one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Label {
    label: Arc<str>,
    id: Option<Arc<str>>,
}

impl SegmentName {
    pub(crate) fn new(text: String, fields: Vec<Field>) -> Self {
        Self { text: text.into(), fields }
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first part, which decides what the others are.
    pub fn stage(&self) -> &str {
        match self.fields.first().map(Field::value) {
            Some(Value::Label(label)) => label.label(),
            _ => "",
        }
    }

    /// The parts, in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// What the part of a dimension says, if the name has one.
    pub fn value(&self, dimension: &str) -> Option<&Value> {
        self.fields.iter().find(|field| field.dimension() == dimension).map(Field::value)
    }

    /// The same, as it is written.
    pub fn text(&self, dimension: &str) -> Option<String> {
        self.value(dimension).map(ToString::to_string)
    }

    /// The first window of time in it.
    pub fn window(&self) -> Option<Window> {
        self.fields.iter().find_map(|field| field.value.window())
    }

    /// The name for a URL, a file or a column; `None` if a part has neither letters a to z nor digits. See [`slug`](crate::naming::slug).
    pub fn slug(&self) -> Option<String> {
        let parts: Vec<String> = self.fields.iter().map(|field| field.value.to_string()).collect();
        slug(parts.iter().map(String::as_str))
    }
}

impl Field {
    pub(crate) fn new(dimension: &Arc<str>, value: Value) -> Self {
        Self { dimension: Arc::clone(dimension), value }
    }

    /// Which dimension.
    pub fn dimension(&self) -> &str {
        &self.dimension
    }

    /// What it says.
    pub fn value(&self) -> &Value {
        &self.value
    }
}

impl Value {
    /// The window, if it is one.
    pub fn window(&self) -> Option<Window> {
        if let Self::Window(window) = self { Some(*window) } else { None }
    }

    /// The signal, if it is one.
    pub fn signal(&self) -> Option<Signal> {
        if let Self::Signal(signal) = self { Some(*signal) } else { None }
    }

    /// The label of a vocabulary, if it is one.
    pub fn label(&self) -> Option<&Label> {
        if let Self::Label(label) = self { Some(label) } else { None }
    }
}

impl Label {
    pub(crate) fn new(label: Arc<str>, id: Option<Arc<str>>) -> Self {
        Self { label, id }
    }

    /// As it is written.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What stays the same when the label is changed.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

/// As the part is written.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(label) => f.pad(&label.label),
            Self::Text(text) => f.pad(text),
            Self::Window(window) => window.fmt(f),
            Self::Signal(signal) => signal.fmt(f),
        }
    }
}

impl fmt::Display for SegmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for SegmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl AsRef<str> for SegmentName {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for SegmentName {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for SegmentName {}

impl Hash for SegmentName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl PartialOrd for SegmentName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SegmentName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for SegmentName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(feature = "serde")]
fn shared<S: serde::Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

#[cfg(feature = "serde")]
impl serde::Serialize for Label {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Written<'a> {
            label: &'a str,
            id: Option<&'a str>,
        }
        Written { label: self.label(), id: self.id() }.serialize(serializer)
    }
}
