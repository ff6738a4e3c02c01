use std::fmt;
use std::sync::Arc;

use crate::Language;
use crate::naming::{Code, Severity};

/// One thing that is wrong with a name: what, where, in words, and what to write instead.
///
/// ```
/// use styring_segments::Language;
/// use styring_segments::naming::{Fix, SchemeSpec};
///
/// let scheme = SchemeSpec::norsk().scheme()?;
/// let parsed = scheme.parse("Prospect – Løpesko – Olso");
/// let wrong = &parsed.diagnostics()[0];
/// assert_eq!(wrong.code().as_str(), "E_UNKNOWN_VALUE");
/// assert_eq!(wrong.part(), Some(2));
/// assert_eq!(wrong.message(), "\"Olso\" is no geo of the scheme; did you mean \"Oslo\"?");
/// assert_eq!(wrong.message_in(Language::Norwegian), "«Olso» finnes ikke som geo i skjemaet; mente du «Oslo»?");
/// assert_eq!(wrong.fix(), Some(&Fix::Part("Oslo".to_owned())));
/// # Ok::<(), styring_segments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub(crate) code: Code,
    pub(crate) part: Option<usize>,
    pub(crate) dimension: Option<Arc<str>>,
    pub(crate) found: String,
    pub(crate) limit: Option<usize>,
    pub(crate) suggestions: Vec<Arc<str>>,
    pub(crate) fix: Option<Fix>,
}

/// What to write instead. Of a warning it is what the canonical form has; of an error it is a proposal that a person has to confirm.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[allow(clippy::exhaustive_enums, reason = "a part, or the whole")]
pub enum Fix {
    /// Instead of the part.
    Part(String),
    /// Instead of the whole name. `{geo}` stands for a value that only the writer knows.
    Name(String),
}

impl Diagnostic {
    pub(crate) fn new(code: Code, found: impl Into<String>) -> Self {
        Self { code, part: None, dimension: None, found: found.into(), limit: None, suggestions: Vec::new(), fix: None }
    }

    pub(crate) fn at(self, part: usize) -> Self {
        Self { part: Some(part), ..self }
    }

    pub(crate) fn of(self, dimension: &Arc<str>) -> Self {
        Self { dimension: Some(Arc::clone(dimension)), ..self }
    }

    pub(crate) fn limit(self, limit: usize) -> Self {
        Self { limit: Some(limit), ..self }
    }

    pub(crate) fn instead(self, fix: Option<Fix>) -> Self {
        Self { fix, ..self }
    }

    /// The labels, the first of which is also the fix.
    pub(crate) fn suggesting(self, suggestions: Vec<Arc<str>>) -> Self {
        let fix = suggestions.first().map(|label| Fix::Part(label.to_string()));
        Self { suggestions, fix, ..self }
    }

    /// In order of part, the whole name first, then of code.
    pub(crate) fn sort(diagnostics: &mut [Self]) {
        diagnostics.sort_by_key(|diagnostic| (diagnostic.part, diagnostic.code));
    }

    /// What is wrong.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Whether it was mended.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Which part of the name, from 0; `None` for the whole name, and when building.
    pub fn part(&self) -> Option<usize> {
        self.part
    }

    /// The dimension the part or the field belongs to, where there is one.
    pub fn dimension(&self) -> Option<&str> {
        self.dimension.as_deref()
    }

    /// The text that is wrong.
    pub fn found(&self) -> &str {
        &self.found
    }

    /// Labels that may have been meant, at most three, the nearest first.
    pub fn suggestions(&self) -> impl ExactSizeIterator<Item = &str> {
        self.suggestions.iter().map(AsRef::as_ref)
    }

    /// What to write instead, where that can be said.
    pub fn fix(&self) -> Option<&Fix> {
        self.fix.as_ref()
    }

    /// In a plain sentence.
    pub fn message(&self) -> String {
        self.message_in(Language::English)
    }

    /// In a plain sentence of a language.
    pub fn message_in(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Norwegian => self.norwegian(),
        }
    }

    fn english(&self) -> String {
        let found = Quoted('"', &self.found, '"');
        let dimension = self.dimension().unwrap_or("value");
        let limit = self.limit.unwrap_or_default();
        match self.code {
            Code::Control => "the name has a control character inside, such as a line break".to_owned(),
            Code::Deprecated | Code::OldLabel => match &self.fix {
                Some(Fix::Part(new) | Fix::Name(new)) => {
                    format!("{found} is not to be used any more; it is now {}", Quoted('"', new, '"'))
                }
                None => format!("{found} is not to be used any more, and nothing replaces it"),
            },
            Code::DuplicatePart => format!("{found} was already said by an earlier part"),
            Code::Empty => "there is no name".to_owned(),
            Code::EmptyPart => "there is nothing between two separators, or at an end".to_owned(),
            Code::ForbiddenChar => format!("the platform does not take {}", self.found),
            Code::Format => {
                format!("{found} is not snake_case: small letters a to z and digits, words joined by _, a letter first")
            }
            Code::MissingField => format!("the template asks for {dimension}"),
            Code::NotNormalized => {
                format!(
                    "{found} would not come back as it is: it must be composed (NFC), with single spaces, without invisible characters, and not empty"
                )
            }
            Code::OptionalGap => format!("{dimension} is given, but not the optional field before it"),
            Code::ReservedName => format!("{found} is kept for the analytics tool's own event"),
            Code::ReservedPrefix => format!("{found} begins as events of the analytics tool do"),
            Code::SeparatorInValue => format!("{found} has a word that reads as a separator"),
            Code::TooFewParts => format!("parts are missing: {}", self.found),
            Code::TooLong => format!("the name is too long: at most {limit}"),
            Code::TooManyParts => format!("the template has {limit} parts, this name has more: {found}"),
            Code::UnknownField => format!("{dimension} is not in the template of the stage"),
            Code::UnknownStage | Code::UnknownValue => {
                let known = format!("{found} is no {dimension} of the scheme");
                match self.listed('"', '"', "or") {
                    Some(list) => format!("{known}; did you mean {list}?"),
                    None => known,
                }
            }
            Code::ValueTooLong => format!("{found} is longer than {limit} characters, which is what {dimension} takes"),
            Code::BadWindow => format!("{found} is no window of time, as 7 dager or 3–7 dager, of at most 540 days"),
            Code::Alias => format!("{found} is another word for a {dimension}"),
            Code::Case => format!("{found} is written in other letters, large or small"),
            Code::Invisible => "the name has invisible characters".to_owned(),
            Code::NotNfc => "letters and their marks are not composed (NFC)".to_owned(),
            Code::SeparatorVariant => "parts are separated by another dash".to_owned(),
            Code::Whitespace => "there are spaces too many, or of another kind".to_owned(),
            Code::SignalForm => format!("{found} is a {dimension} in another form"),
            Code::WindowForm => format!("{found} is a window in another form"),
        }
    }

    fn norwegian(&self) -> String {
        let found = Quoted('«', &self.found, '»');
        let dimension = self.dimension().unwrap_or("verdi");
        let limit = self.limit.unwrap_or_default();
        match self.code {
            Code::Control => "navnet har et kontrolltegn inni seg, for eksempel et linjeskift".to_owned(),
            Code::Deprecated | Code::OldLabel => match &self.fix {
                Some(Fix::Part(new) | Fix::Name(new)) => {
                    format!("{found} skal ikke brukes lenger; det heter nå {}", Quoted('«', new, '»'))
                }
                None => format!("{found} skal ikke brukes lenger, og ingenting erstatter det"),
            },
            Code::DuplicatePart => format!("{found} er alt sagt i en tidligere del"),
            Code::Empty => "navnet er tomt".to_owned(),
            Code::EmptyPart => "det står ingenting mellom to skilletegn, eller i en ende".to_owned(),
            Code::ForbiddenChar => format!("plattformen tar ikke imot {}", self.found),
            Code::Format => format!(
                "{found} er ikke snake_case: små bokstaver a til z og siffer, ord bundet sammen med _, en bokstav først"
            ),
            Code::MissingField => format!("malen krever {dimension}"),
            Code::NotNormalized => {
                format!(
                    "{found} ville ikke kommet tilbake slik det er: det må være sammensatt (NFC), med enkle mellomrom, uten usynlige tegn, og ikke tomt"
                )
            }
            Code::OptionalGap => format!("{dimension} er gitt, men ikke det valgfrie feltet før"),
            Code::ReservedName => format!("{found} er analyseverktøyets egen hendelse"),
            Code::ReservedPrefix => format!("{found} begynner slik analyseverktøyets hendelser gjør"),
            Code::SeparatorInValue => format!("{found} har et ord som leses som skilletegn"),
            Code::TooFewParts => format!("det mangler deler: {}", self.found),
            Code::TooLong => format!("navnet er for langt: høyst {limit}"),
            Code::TooManyParts => format!("malen har {limit} deler, dette navnet har flere: {found}"),
            Code::UnknownField => format!("{dimension} er ikke med i malen for dette steget"),
            Code::UnknownStage | Code::UnknownValue => {
                let known = format!("{found} finnes ikke som {dimension} i skjemaet");
                match self.listed('«', '»', "eller") {
                    Some(list) => format!("{known}; mente du {list}?"),
                    None => known,
                }
            }
            Code::ValueTooLong => format!("{found} er lengre enn de {limit} tegnene {dimension} har plass til"),
            Code::BadWindow => format!("{found} er ikke et tidsvindu, som 7 dager eller 3–7 dager, på høyst 540 dager"),
            Code::Alias => format!("{found} er et annet ord for en {dimension}"),
            Code::Case => format!("{found} er skrevet med andre store og små bokstaver"),
            Code::Invisible => "navnet har usynlige tegn".to_owned(),
            Code::NotNfc => "bokstaver og tegnene over dem er ikke satt sammen (NFC)".to_owned(),
            Code::SeparatorVariant => "delene er skilt med en annen strek".to_owned(),
            Code::Whitespace => "det er for mange mellomrom, eller av et annet slag".to_owned(),
            Code::SignalForm => format!("{found} er {dimension} i en annen form"),
            Code::WindowForm => format!("{found} er et tidsvindu i en annen form"),
        }
    }

    fn listed(&self, open: char, close: char, or: &str) -> Option<String> {
        let quoted: Vec<String> = self.suggestions.iter().map(|label| Quoted(open, label, close).to_string()).collect();
        let (last, first) = quoted.split_last()?;
        Some(if first.is_empty() { last.clone() } else { format!("{} {or} {last}", first.join(", ")) })
    }
}

/// The code, the part and the message.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            Some(part) => write!(f, "{} at part {part}: {}", self.code, self.message()),
            None => write!(f, "{}: {}", self.code, self.message()),
        }
    }
}

/// With control characters made visible, so that a message stays on its line.
struct Quoted<'a>(char, &'a str, char);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        for c in self.1.chars() {
            if c.is_control() { write!(f, "{}", c.escape_default())? } else { write!(f, "{c}")? }
        }
        write!(f, "{}", self.2)
    }
}

/// With the severity, and the message in English.
#[cfg(feature = "serde")]
impl serde::Serialize for Diagnostic {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Written<'a> {
            code: Code,
            severity: Severity,
            part: Option<usize>,
            dimension: Option<&'a str>,
            found: &'a str,
            message: String,
            suggestions: Vec<&'a str>,
            fix: Option<&'a Fix>,
        }
        let written = Written {
            code: self.code,
            severity: self.severity(),
            part: self.part,
            dimension: self.dimension(),
            found: &self.found,
            message: self.message(),
            suggestions: self.suggestions().collect(),
            fix: self.fix(),
        };
        written.serialize(serializer)
    }
}
