use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::naming::{Code, Diagnostic, Fix};

/// What names of events may be.
///
/// ```
/// use styring_segments::naming::{EventNameRules, Fix};
///
/// let rules = EventNameRules::default();
/// let wrong = rules.check("Kjøp fullført");
/// assert_eq!(wrong[0].code().as_str(), "E_FORMAT");
/// assert_eq!(wrong[0].fix(), Some(&Fix::Name("kjop_fullfort".to_owned())));
/// assert!(rules.check("add_to_cart").is_empty());
/// ```
///
/// A name is snake_case, `[a-z][a-z0-9]*(_[a-z0-9]+)*`, of at most `max_chars` characters, and neither begins as the analytics tool's own events do nor is one of them. The default is what Google
/// Analytics 4 and Firebase ask for: 40 characters, prefixes `ga_`, `google_`, `firebase_`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct EventNameRules {
    /// How many characters (Unicode scalars) a name may have.
    pub max_chars: usize,
    /// Beginnings that the tool keeps for itself.
    pub reserved_prefixes: Vec<String>,
    /// Names that the tool gives itself.
    pub reserved_names: Vec<String>,
}

impl Default for EventNameRules {
    fn default() -> Self {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            max_chars: 40,
            reserved_prefixes: owned(&["ga_", "google_", "firebase_"]),
            reserved_names: owned(&["page_view", "session_start", "first_visit", "user_engagement", "click", "error"]),
        }
    }
}

impl EventNameRules {
    /// What is wrong with a name, in order of code: `E_EMPTY` alone, `E_FORMAT`, `E_RESERVED_NAME`, `E_RESERVED_PREFIX`, `E_TOO_LONG`. Only the format has a fix: what a reserved or too long
    /// name should be instead, the writer knows.
    pub fn check(&self, name: &str) -> Vec<Diagnostic> {
        if name.is_empty() {
            return vec![Diagnostic::new(Code::Empty, "")];
        }
        let mut found = Vec::new();
        if !is_snake_case(name) {
            found.push(Diagnostic::new(Code::Format, name).instead(event_name(name).map(Fix::Name)));
        }
        if self.reserved_names.iter().any(|reserved| reserved == name) {
            found.push(Diagnostic::new(Code::ReservedName, name));
        }
        if self.reserved_prefixes.iter().any(|prefix| name.starts_with(prefix.as_str())) {
            found.push(Diagnostic::new(Code::ReservedPrefix, name));
        }
        if name.chars().count() > self.max_chars {
            found.push(Diagnostic::new(Code::TooLong, name).limit(self.max_chars));
        }
        found
    }
}

/// A text as the name of an event, in snake_case: æ → ae, ø → o, å → a, other marks dropped, a word for each capital after a small letter or a digit, `_` for whatever else, no digit first. `None` if
/// nothing is left. It may still be too long, or reserved.
///
/// ```
/// use styring_segments::naming::event_name;
///
/// assert_eq!(event_name("addToCart").as_deref(), Some("add_to_cart"));
/// assert_eq!(event_name("Kjøp fullført!").as_deref(), Some("kjop_fullfort"));
/// assert_eq!(event_name("🏃"), None);
/// ```
pub fn event_name(text: &str) -> Option<String> {
    let mut spelled = String::with_capacity(text.len());
    for c in text.nfc() {
        match c {
            'æ' | 'Æ' => spelled.push_str("ae"),
            'ø' | 'Ø' => spelled.push('o'),
            'å' | 'Å' => spelled.push('a'),
            other => spelled.push(other),
        }
    }
    let mut out = String::with_capacity(spelled.len());
    let mut before = ' ';
    for c in spelled.nfd().filter(|c| !is_combining_mark(*c)) {
        let new_word = c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit());
        if (new_word || !c.is_ascii_alphanumeric()) && !out.ends_with('_') {
            out.push('_');
        }
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    let kept = out.trim_end_matches('_').trim_start_matches(|c: char| c == '_' || c.is_ascii_digit());
    (!kept.is_empty()).then(|| kept.to_owned())
}

fn is_snake_case(name: &str) -> bool {
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let word = |word: &str| !word.is_empty() && word.chars().all(small);
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('_').all(word)
}
