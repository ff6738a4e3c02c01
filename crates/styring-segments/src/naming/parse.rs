use std::borrow::Cow;

use crate::Error;
use crate::naming::characters::{
    Needs, beginning, cleaned, composed, is_composed, is_dash, is_forbidden_control, is_invisible, repeated,
    single_spaced,
};
use crate::naming::scheme::{Kind, Part, Parts};
use crate::naming::vocabulary::{Known, Via, Vocabulary};
use crate::naming::{Code, Diagnostic, Field, Fix, Scheme, SegmentName, Severity, Value, Window};
use crate::signals::Signal;

/// What a text says, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    name: Option<SegmentName>,
    diagnostics: Vec<Diagnostic>,
}

/// A text or fields that are no name in canonical form, with the reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    pub(crate) text: String,
    pub(crate) canonical: Option<String>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Scheme {
    /// Reads a name as people write it. Never fails: spaces, dashes, invisible characters, composition of letters, case, aliases and forms of windows are mended with a warning; what is
    /// more than one reading could be is an error with a proposal.
    ///
    /// ```
    /// use styring_segments::naming::SchemeSpec;
    ///
    /// let scheme = SchemeSpec::norsk().scheme()?;
    /// let parsed = scheme.parse("prospect -- Løpesko--vinter -- tromsø");
    /// assert_eq!(parsed.canonical(), Some("Prospect – Løpesko--vinter – Tromsø"));
    /// let codes: Vec<_> = parsed.diagnostics().iter().map(|wrong| wrong.code().as_str()).collect();
    /// assert_eq!(codes, ["W_SEPARATOR_VARIANT", "W_CASE", "W_CASE"]);
    /// # Ok::<(), styring_segments::Error>(())
    /// ```
    pub fn parse(&self, text: &str) -> Parsed {
        let mut found = Vec::new();
        let reading = self.read(text, &mut found);
        let name = reading.filter(|_| found.iter().all(|wrong| wrong.severity() == Severity::Warning));
        if let Some(name) = &name {
            for whole in found.iter_mut().filter(|wrong| wrong.part.is_none()) {
                whole.fix = Some(Fix::Name(name.as_str().to_owned()));
            }
        }
        Diagnostic::sort(&mut found);
        Parsed { name, diagnostics: found }
    }

    /// Reads a name that is its own canonical form, and nothing else.
    pub fn parse_strict(&self, text: &str) -> Result<SegmentName, Error> {
        match self.parse(text) {
            Parsed { name: Some(name), .. } if name.as_str() == text => Ok(name),
            Parsed { name, diagnostics } => {
                let canonical = name.map(|name| name.as_str().to_owned());
                Err(Error::Name(Box::new(Rejected { text: text.to_owned(), canonical, diagnostics })))
            }
        }
    }

    /// The parts a text falls into, whatever they are.
    pub(crate) fn raw_parts(&self, text: &str) -> Vec<String> {
        let text = cleaned(text);
        self.split(&text).0.into_iter().map(str::to_owned).collect()
    }

    /// The name, if there is one; it counts only if no error was found.
    fn read(&self, text: &str, found: &mut Vec<Diagnostic>) -> Option<SegmentName> {
        let text = characters(text, found)?;
        let (parts, variant) = self.split(&text);
        if variant {
            found.push(Diagnostic::new(Code::SeparatorVariant, &*text));
        }
        if parts.iter().any(|part| part.is_empty()) {
            let empty = parts.iter().enumerate().filter(|(_, part)| part.is_empty());
            found.extend(empty.map(|(at, _)| Diagnostic::new(Code::EmptyPart, "").at(at)));
            return None;
        }
        let (first, rest) = parts.split_first()?;
        let stage = self.stage_of(first, found)?;
        let template = self.parts(stage.now)?;
        self.count(stage, template, rest, found);
        let resolved: Vec<Resolved<'_>> = std::iter::once(Resolved::Label(stage))
            .chain(template.parts.iter().zip(rest).zip(1..).map(|((part, text), at)| part.resolve(text, at, found)))
            .chain(rest.iter().skip(template.parts.len()).map(|extra| Resolved::Unknown(extra)))
            .collect();
        let texts: Vec<&str> = resolved.iter().map(Resolved::text).collect();
        for at in repeated(&texts) {
            found.push(Diagnostic::new(Code::DuplicatePart, texts.get(at).copied().unwrap_or_default()).at(at));
        }
        let mut canonical = String::with_capacity(text.len());
        let mut fields = Vec::with_capacity(resolved.len());
        for (dimension, part) in std::iter::once(&self.stage).chain(&template.parts).zip(resolved) {
            if !fields.is_empty() {
                canonical.push_str(&self.separator.text);
            }
            canonical.push_str(part.text());
            fields.push(Field::new(&dimension.dimension, part.value()?));
        }
        Some(SegmentName::new(canonical, fields))
    }

    /// The parts, and whether something else than the scheme's separator stood between them.
    fn split<'a>(&self, text: &'a str) -> (Vec<&'a str>, bool) {
        let mut parts = Vec::with_capacity(6);
        let mut variant = false;
        if !self.separator.spaced {
            for part in self.separator.split(text) {
                let trimmed = part.trim();
                variant |= trimmed.len() < part.len();
                parts.push(trimmed);
            }
            return (parts, variant);
        }
        // A part ends before the space before a separator, and begins after the space after it.
        let (mut begin, mut end, mut at) = (0, 0, 0);
        for word in text.split(' ') {
            let after = at + word.len();
            if self.separator.reads(word) {
                variant |= !self.separator.is(word);
                parts.push(text.get(begin..end).unwrap_or_default());
                begin = after + 1;
                end = begin;
            } else {
                end = after;
            }
            at = after + 1;
        }
        parts.push(text.get(begin..end).unwrap_or_default());
        (parts, variant)
    }

    fn stage_of(&self, part: &str, found: &mut Vec<Diagnostic>) -> Option<&Known> {
        let stages = self.stages()?;
        let known = recognise(stages, part, 0, &self.stage, found);
        if known.is_none() {
            let unknown = Diagnostic::new(Code::UnknownStage, part).at(0).of(&self.stage.dimension);
            found.push(unknown.suggesting(stages.suggest(part)));
        }
        known
    }

    fn count(&self, stage: &Known, template: &Parts, rest: &[&str], found: &mut Vec<Diagnostic>) {
        let name = |parts: Vec<&str>| Some(Fix::Name(parts.join(&self.separator.text)));
        let given = std::iter::once(stage.label.as_ref()).chain(rest.iter().copied());
        if let Some(missing) = template.parts.get(rest.len()..template.required).filter(|missing| !missing.is_empty()) {
            let missing: Vec<&str> = missing.iter().map(|part| part.dimension.as_ref()).collect();
            let blanks: Vec<String> = missing.iter().map(|dimension| format!("{{{dimension}}}")).collect();
            let whole = given.chain(blanks.iter().map(String::as_str)).collect();
            found.push(Diagnostic::new(Code::TooFewParts, missing.join(", ")).instead(name(whole)));
        } else if let Some(extra) = rest.get(template.parts.len()..).filter(|extra| !extra.is_empty()) {
            let limit = template.parts.len() + 1;
            let extra = extra.join(&self.separator.text);
            found.push(
                Diagnostic::new(Code::TooManyParts, extra).limit(limit).instead(name(given.take(limit).collect())),
            );
        }
    }
}

/// The text with single spaces, composed and without anything invisible; `None` if nothing can be read from it.
fn characters<'a>(text: &'a str, found: &mut Vec<Diagnostic>) -> Option<Cow<'a, str>> {
    let mut text = Cow::Borrowed(text);
    let mut needs = Needs::of(&text);
    if needs.invisible {
        found.push(Diagnostic::new(Code::Invisible, &*text));
        text = Cow::Owned(text.replace(is_invisible, ""));
        needs = Needs::of(&text);
    }
    if needs.control && text.trim().contains(is_forbidden_control) {
        let mended = Some(cleaned(&text)).filter(|text| !text.is_empty());
        found.push(Diagnostic::new(Code::Control, &*text).instead(mended.map(Fix::Name)));
        return None;
    }
    if needs.composing && !is_composed(&text) {
        found.push(Diagnostic::new(Code::NotNfc, &*text));
        text = Cow::Owned(composed(&text));
    }
    if needs.spacing {
        found.push(Diagnostic::new(Code::Whitespace, &*text));
        text = Cow::Owned(single_spaced(&text));
    }
    if text.is_empty() {
        found.push(Diagnostic::new(Code::Empty, ""));
        return None;
    }
    Some(text)
}

/// A part that has been held against its dimension.
enum Resolved<'a> {
    Label(&'a Known),
    Text(&'a str),
    Window(Window, Cow<'a, str>),
    Signal(Signal, String),
    /// What it may be, nobody knows.
    Unknown(&'a str),
}

impl Resolved<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Label(known) => &known.label,
            Self::Text(text) | Self::Unknown(text) => text,
            Self::Window(_, text) => text,
            Self::Signal(_, text) => text,
        }
    }

    fn value(self) -> Option<Value> {
        match self {
            Self::Label(known) => Some(Value::Label(known.value())),
            Self::Text(text) => Some(Value::Text(text.into())),
            Self::Window(window, _) => Some(Value::Window(window)),
            Self::Signal(signal, _) => Some(Value::Signal(signal)),
            Self::Unknown(_) => None,
        }
    }
}

impl Part {
    fn resolve<'a>(&'a self, text: &'a str, at: usize, found: &mut Vec<Diagnostic>) -> Resolved<'a> {
        let wrong = |code| Diagnostic::new(code, text).at(at).of(&self.dimension);
        match &self.kind {
            Kind::Vocabulary(vocabulary) => {
                if let Some(known) = recognise(vocabulary, text, at, self, found) {
                    return Resolved::Label(known);
                }
                found.push(wrong(Code::UnknownValue).suggesting(vocabulary.suggest(text)));
                Resolved::Unknown(text)
            }
            Kind::Text(max_chars) => {
                if let Some(max_chars) = max_chars.filter(|max_chars| text.chars().count() > *max_chars) {
                    found.push(wrong(Code::ValueTooLong).limit(max_chars).instead(shorter(text, max_chars)));
                }
                Resolved::Text(text)
            }
            Kind::Window => {
                let Some(window) = Window::read(text) else {
                    let guess = Window::guess(text).map(|window| Fix::Part(window.to_string()));
                    found.push(wrong(Code::BadWindow).instead(guess));
                    return Resolved::Unknown(text);
                };
                if window.is_written(text) {
                    return Resolved::Window(window, Cow::Borrowed(text));
                }
                let canonical = window.to_string();
                found.push(wrong(Code::WindowForm).instead(Some(Fix::Part(canonical.clone()))));
                Resolved::Window(window, Cow::Owned(canonical))
            }
            Kind::Signal(kind) => {
                let Ok(signal) = Signal::read(*kind, text) else {
                    found.push(wrong(Code::UnknownValue));
                    return Resolved::Unknown(text);
                };
                let canonical = signal.to_string();
                if canonical != text {
                    found.push(wrong(Code::SignalForm).instead(Some(Fix::Part(canonical.clone()))));
                }
                Resolved::Signal(signal, canonical)
            }
        }
    }
}

/// A label or an alias of a vocabulary, as the label that stands for it.
fn recognise<'a>(
    vocabulary: &'a Vocabulary,
    text: &str,
    at: usize,
    part: &Part,
    found: &mut Vec<Diagnostic>,
) -> Option<&'a Known> {
    let (place, via) = vocabulary.find(text)?;
    let said = vocabulary.entry(place)?;
    let known = vocabulary.entry(said.now)?;
    let mut warn = |code, text: &str, fix: Option<Fix>| {
        found.push(Diagnostic::new(code, text).at(at).of(&part.dimension).instead(fix));
    };
    let label = || Some(Fix::Part(known.label.to_string()));
    match via {
        Via::Label => {}
        Via::Case => warn(Code::Case, text, label()),
        Via::Alias => warn(Code::Alias, text, label()),
    }
    if said.deprecated {
        warn(Code::OldLabel, &said.label, label().filter(|_| said.now != place));
    }
    Some(known)
}

/// As much of a text as there is room for.
pub(crate) fn shorter(text: &str, max_chars: usize) -> Option<Fix> {
    let short = beginning(text, max_chars, |_| 1);
    (!short.trim_matches(is_dash).is_empty()).then(|| Fix::Part(short.to_owned()))
}

impl Parsed {
    /// Whether there is a name: no error, though perhaps warnings.
    pub fn ok(&self) -> bool {
        self.name.is_some()
    }

    /// The name in canonical form.
    pub fn canonical(&self) -> Option<&str> {
        self.name.as_ref().map(SegmentName::as_str)
    }

    /// The name.
    pub fn name(&self) -> Option<&SegmentName> {
        self.name.as_ref()
    }

    /// The name, taken out.
    pub fn into_name(self) -> Option<SegmentName> {
        self.name
    }

    /// Its fields; none without a name.
    pub fn fields(&self) -> &[Field] {
        self.name.as_ref().map(SegmentName::fields).unwrap_or_default()
    }

    /// What is wrong, in order of part, the whole name first, then of code.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    pub(crate) fn into_parts(self) -> (Option<SegmentName>, Vec<Diagnostic>) {
        (self.name, self.diagnostics)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Parsed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Written<'a> {
            ok: bool,
            canonical: Option<&'a str>,
            fields: &'a [Field],
            diagnostics: &'a [Diagnostic],
        }
        let (ok, canonical, fields, diagnostics) = (self.ok(), self.canonical(), self.fields(), self.diagnostics());
        Written { ok, canonical, fields, diagnostics }.serialize(serializer)
    }
}

impl Rejected {
    /// The text; empty if fields were given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The canonical form, if the text has one and is only not in it.
    pub fn canonical(&self) -> Option<&str> {
        self.canonical.as_deref()
    }

    /// What is wrong.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The codes, each once, in order.
    pub fn codes(&self) -> Vec<Code> {
        let mut codes: Vec<Code> = self.diagnostics.iter().map(Diagnostic::code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let reasons: Vec<String> = self.diagnostics.iter().map(ToString::to_string).collect();
        write!(f, "not a name in canonical form: {}", reasons.join("; "))
    }
}
