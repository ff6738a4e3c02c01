use std::fmt;

/// Something in the events that arrived which the catalogue did not expect.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Finding {
    pub(super) code: Code,
    pub(super) event: String,
    pub(super) property: Option<String>,
    /// How often, of how many.
    pub(super) count: u64,
    pub(super) of: u64,
    pub(super) example: Option<String>,
    pub(super) fix: Option<String>,
}

/// What kind of finding; `E_` is an error, `W_` a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(into = "&'static str"))]
#[non_exhaustive]
pub enum Code {
    /// The catalogue has no event of this name, and none under it.
    UnknownEvent,
    /// An event came without a property it must carry, or with an empty one.
    MissingProperty,
    /// A value is not of the property's kind.
    WrongKind,
    /// A value is not among those allowed.
    ValueNotAllowed,
    /// A value looks like an e-mail address: it must not be in an event. It is not shown.
    PersonalValue,
    /// An event came under another of its names.
    Alias,
    /// An event came that is deprecated.
    Deprecated,
    /// An event carried a property the catalogue does not list.
    UnknownProperty,
    /// An event of the catalogue never came.
    NeverSeen,
}

impl Code {
    /// As it is written: `E_UNKNOWN_EVENT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownEvent => "E_UNKNOWN_EVENT",
            Self::MissingProperty => "E_MISSING_PROPERTY",
            Self::WrongKind => "E_WRONG_KIND",
            Self::ValueNotAllowed => "E_VALUE_NOT_ALLOWED",
            Self::PersonalValue => "E_PERSONAL_VALUE",
            Self::Alias => "W_ALIAS",
            Self::Deprecated => "W_DEPRECATED",
            Self::UnknownProperty => "W_UNKNOWN_PROPERTY",
            Self::NeverSeen => "W_NEVER_SEEN",
        }
    }

    /// Whether it must be mended before figures can be trusted.
    pub fn is_error(self) -> bool {
        self.as_str().starts_with('E')
    }
}

impl From<Code> for &'static str {
    fn from(code: Code) -> Self {
        code.as_str()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Finding {
    /// What kind it is.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The event, under the name it came with.
    pub fn event(&self) -> &str {
        &self.event
    }

    /// The property.
    pub fn property(&self) -> Option<&str> {
        self.property.as_deref()
    }

    /// How many of the events it concerns.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How many events came under that name.
    pub fn of(&self) -> u64 {
        self.of
    }

    /// The first value it concerns.
    pub fn example(&self) -> Option<&str> {
        self.example.as_deref()
    }

    /// What it should have been: the nearest name, the name the alias stands for, the replacement.
    pub fn fix(&self) -> Option<&str> {
        self.fix.as_deref()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, event, count, of, .. } = self;
        write!(f, "{code} {event}")?;
        if let Some(property) = &self.property {
            write!(f, ".{property}")?;
        }
        match code {
            Code::UnknownEvent => write!(f, ": came {count} times and is not in the catalogue")?,
            Code::MissingProperty => write!(f, ": missing in {count} of {of}")?,
            Code::WrongKind => write!(f, ": not of its kind in {count} of {of}")?,
            Code::ValueNotAllowed => write!(f, ": not an allowed value in {count} of {of}")?,
            Code::PersonalValue => write!(f, ": looks like an e-mail address in {count} of {of}")?,
            Code::Alias => write!(f, ": came {count} times under this name")?,
            Code::Deprecated => write!(f, ": came {count} times and is deprecated")?,
            Code::UnknownProperty => write!(f, ": not in the catalogue, in {count} of {of}")?,
            Code::NeverSeen => f.write_str(": never came")?,
        }
        if let Some(example) = &self.example {
            write!(f, ", as {example:?}")?;
        }
        if let Some(fix) = &self.fix {
            write!(f, "; should be {fix}")?;
        }
        Ok(())
    }
}
