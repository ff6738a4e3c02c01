use std::collections::BTreeMap;

use crate::Error;
use crate::naming::characters::{cleaned, is_clean, repeated};
use crate::naming::parse::shorter;
use crate::naming::scheme::{Kind, Part};
use crate::naming::{Code, Diagnostic, Field, Fix, Rejected, Scheme, SegmentName, Value, Window};
use crate::signals::Signal;

/// What a name is to say, by dimension.
///
/// ```
/// use styring_segments::naming::{Fields, SchemeSpec, Unit, Window};
///
/// let scheme = SchemeSpec::norsk().scheme()?;
/// let week = Window::last(7, Unit::Day)?;
/// let fields = Fields::new().with("stage", "Retarget").with("trigger", "Forlatt kurv").with("window", week);
/// assert_eq!(scheme.build(&fields)?.as_str(), "Retarget – Forlatt kurv – 7 dager");
/// # Ok::<(), styring_segments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Fields {
    given: BTreeMap<String, Given>,
}

/// A field to build with: a window, or the text of a part in canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(untagged))]
#[allow(clippy::exhaustive_enums, reason = "a text, or what is not one")]
pub enum Given {
    /// A label, free text, or a window as it is written.
    Text(String),
    /// A window of time.
    Window(Window),
}

impl Fields {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a field; given twice, the last one holds.
    #[must_use]
    pub fn with(mut self, dimension: impl Into<String>, value: impl Into<Given>) -> Self {
        self.given.insert(dimension.into(), value.into());
        self
    }
}

/// Those of a name, so that it can be built again.
impl From<&SegmentName> for Fields {
    fn from(name: &SegmentName) -> Self {
        let given = |field: &Field| match field.value() {
            Value::Window(window) => (field.dimension().to_owned(), Given::Window(*window)),
            other => (field.dimension().to_owned(), Given::Text(other.to_string())),
        };
        name.fields().iter().map(given).collect()
    }
}

impl<D: Into<String>, G: Into<Given>> FromIterator<(D, G)> for Fields {
    fn from_iter<I: IntoIterator<Item = (D, G)>>(fields: I) -> Self {
        Self { given: fields.into_iter().map(|(dimension, value)| (dimension.into(), value.into())).collect() }
    }
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Given {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Window> for Given {
    fn from(window: Window) -> Self {
        Self::Window(window)
    }
}

impl Scheme {
    /// Builds a name, from nothing but canonical parts: labels as they are in the vocabulary, text that would come back as it was given. So parsing a built name gives its fields.
    pub fn build(&self, fields: &Fields) -> Result<SegmentName, Error> {
        let mut found = Vec::new();
        match self.assemble(fields, &mut found) {
            Some(name) if found.is_empty() => Ok(name),
            _ => {
                found.sort_by(|a, b| (a.code, &a.dimension).cmp(&(b.code, &b.dimension)));
                Err(Error::Name(Box::new(Rejected { text: String::new(), canonical: None, diagnostics: found })))
            }
        }
    }

    fn assemble(&self, fields: &Fields, found: &mut Vec<Diagnostic>) -> Option<SegmentName> {
        let missing = |part: &Part| Diagnostic::new(Code::MissingField, "").of(&part.dimension);
        let Some(stage) = fields.given.get(self.stage_dimension()) else {
            found.push(missing(&self.stage));
            return None;
        };
        let (label, stage_value) = self.stage.take(stage, Code::UnknownStage, found)?;
        let template = self.parts(self.stages()?.label(&label)?)?;
        let mut parts = vec![(label, stage_value, &self.stage)];
        let mut left_out = false;
        for (at, part) in template.parts.iter().enumerate() {
            match fields.given.get(part.dimension.as_ref()) {
                None if at < template.required => found.push(missing(part)),
                None => left_out = true,
                Some(given) => {
                    if left_out {
                        found.push(Diagnostic::new(Code::OptionalGap, "").of(&part.dimension));
                    }
                    if let Some((text, value)) = part.take(given, Code::UnknownValue, found) {
                        parts.push((text, value, part));
                    }
                }
            }
        }
        for dimension in fields.given.keys() {
            let known = template.parts.iter().chain([&self.stage]).any(|part| part.dimension.as_ref() == dimension);
            if !known {
                found.push(Diagnostic::new(Code::UnknownField, "").of(&dimension.as_str().into()));
            }
        }
        let texts: Vec<&str> = parts.iter().map(|(text, _, _)| text.as_str()).collect();
        for (text, _, part) in repeated(&texts).into_iter().filter_map(|at| parts.get(at)) {
            found.push(Diagnostic::new(Code::DuplicatePart, text.as_str()).of(&part.dimension));
        }
        let mut canonical = String::new();
        let mut built = Vec::with_capacity(parts.len());
        for (text, value, part) in parts {
            if !built.is_empty() {
                canonical.push_str(&self.separator.text);
            }
            canonical.push_str(&text);
            self.check_text(&value, part, found);
            built.push(Field::new(&part.dimension, value));
        }
        Some(SegmentName::new(canonical, built))
    }

    /// Whether free text would come back.
    fn check_text(&self, value: &Value, part: &Part, found: &mut Vec<Diagnostic>) {
        let Value::Text(text) = value else { return };
        let wrong = |code| Diagnostic::new(code, &**text).of(&part.dimension);
        if !is_clean(text) {
            let clean = Some(cleaned(text)).filter(|clean| !clean.is_empty() && !self.separator.divides(clean));
            found.push(wrong(Code::NotNormalized).instead(clean.map(Fix::Part)));
        }
        if self.separator.divides(text) {
            found.push(wrong(Code::SeparatorInValue));
        }
        if let Kind::Text(Some(max_chars)) = part.kind
            && text.chars().count() > max_chars
        {
            found.push(wrong(Code::ValueTooLong).limit(max_chars).instead(shorter(text, max_chars)));
        }
    }
}

impl Part {
    /// The part as it is written, and what it says; `None` where it says nothing.
    fn take(&self, given: &Given, unknown: Code, found: &mut Vec<Diagnostic>) -> Option<(String, Value)> {
        let text = match given {
            Given::Text(text) => text.clone(),
            Given::Window(window) => window.to_string(),
        };
        let wrong = |code| Diagnostic::new(code, text.as_str()).of(&self.dimension);
        match &self.kind {
            Kind::Text(_) => Some((text.clone(), Value::Text(text.into()))),
            Kind::Window => {
                let window = Window::read(&text).filter(|window| window.is_written(&text));
                if window.is_none() {
                    let guess = Window::guess(&cleaned(&text)).map(|window| Fix::Part(window.to_string()));
                    found.push(wrong(Code::BadWindow).instead(guess));
                }
                window.map(|window| (text, Value::Window(window)))
            }
            Kind::Signal(kind) => {
                let signal = Signal::read(*kind, &text).ok();
                let written = signal.filter(|signal| signal.to_string() == text);
                if written.is_none() {
                    found.push(wrong(Code::UnknownValue).instead(signal.map(|signal| Fix::Part(signal.to_string()))));
                }
                written.map(|signal| (text, Value::Signal(signal)))
            }
            Kind::Vocabulary(vocabulary) => {
                let Some(known) = vocabulary.label(&text).and_then(|at| vocabulary.entry(at)) else {
                    found.push(wrong(unknown).suggesting(vocabulary.suggest(&text)));
                    return None;
                };
                if known.deprecated {
                    let now = vocabulary.entry(known.now).filter(|now| now.label != known.label);
                    found.push(wrong(Code::Deprecated).instead(now.map(|now| Fix::Part(now.label.to_string()))));
                }
                Some((text, Value::Label(known.value())))
            }
        }
    }
}
