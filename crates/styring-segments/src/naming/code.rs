use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:literal,)+) => {
        /// What is wrong, as a stable word: `E_` for what makes a name or a text unusable, `W_` for what has one meaning and was mended.
        ///
        /// Codes are ordered as their words are.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable word.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

codes! {
    /// A part that is no window of time.
    BadWindow = "E_BAD_WINDOW",
    /// A control character inside the name.
    Control = "E_CONTROL",
    /// A value that makes no new names any more.
    Deprecated = "E_DEPRECATED",
    /// A part that an earlier part already said.
    DuplicatePart = "E_DUPLICATE_PART",
    /// No word at all.
    Empty = "E_EMPTY",
    /// Nothing between two separators, or at an end.
    EmptyPart = "E_EMPTY_PART",
    /// A character that a platform refuses.
    ForbiddenChar = "E_FORBIDDEN_CHAR",
    /// The name of an event that is not in snake_case.
    Format = "E_FORMAT",
    /// A field that its template asks for and that was not given.
    MissingField = "E_MISSING_FIELD",
    /// A value that would not come back from a name as it was given.
    NotNormalized = "E_NOT_NORMALIZED",
    /// An optional field after one that was left out.
    OptionalGap = "E_OPTIONAL_GAP",
    /// The name of an event that an analytics tool keeps for itself.
    ReservedName = "E_RESERVED_NAME",
    /// The beginning of an event's name that an analytics tool keeps for itself.
    ReservedPrefix = "E_RESERVED_PREFIX",
    /// A value with a word that reads as a separator.
    SeparatorInValue = "E_SEPARATOR_IN_VALUE",
    /// Fewer parts than the template of the stage.
    TooFewParts = "E_TOO_FEW_PARTS",
    /// A name longer than a platform takes.
    TooLong = "E_TOO_LONG",
    /// More parts than the template of the stage.
    TooManyParts = "E_TOO_MANY_PARTS",
    /// A field that is not in the template of the stage.
    UnknownField = "E_UNKNOWN_FIELD",
    /// A first part that is no stage.
    UnknownStage = "E_UNKNOWN_STAGE",
    /// A value that is not in its vocabulary.
    UnknownValue = "E_UNKNOWN_VALUE",
    /// A text longer than its dimension takes.
    ValueTooLong = "E_VALUE_TOO_LONG",
    /// An alias, replaced by its label.
    Alias = "W_ALIAS",
    /// A label in another case.
    Case = "W_CASE",
    /// A label that is not to be used any more.
    OldLabel = "W_DEPRECATED",
    /// Invisible characters, taken out.
    Invisible = "W_INVISIBLE",
    /// Letters and marks that were not composed.
    NotNfc = "W_NOT_NFC",
    /// Another dash than the scheme's separator.
    SeparatorVariant = "W_SEPARATOR_VARIANT",
    /// A signal in another form than the one it prints in.
    SignalForm = "W_SIGNAL_FORM",
    /// Spaces that are not one plain space between words.
    Whitespace = "W_WHITESPACE",
    /// A window in another form than the canonical.
    WindowForm = "W_WINDOW_FORM",
}

impl Code {
    /// Whether it makes the name unusable.
    pub fn severity(self) -> Severity {
        if self.as_str().starts_with('E') { Severity::Error } else { Severity::Warning }
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let known = Self::ALL.iter().find(|code| code.as_str() == text);
        known.copied().ok_or_else(|| serde::de::Error::custom(format!("{text:?} is not a code of a diagnostic")))
    }
}

/// What a diagnostic means for the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[allow(clippy::exhaustive_enums, reason = "a name is usable or it is not")]
pub enum Severity {
    /// The name was mended: it has a canonical form.
    Warning,
    /// There is no name.
    Error,
}
