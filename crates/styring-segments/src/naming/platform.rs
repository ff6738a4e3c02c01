use chrono::NaiveDate;

use crate::Error;
use crate::naming::characters::beginning;
use crate::naming::{Code, Diagnostic, Fix};

/// In what a platform counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(clippy::exhaustive_enums, reason = "the three ways text is counted")]
pub enum LengthUnit {
    /// Bytes of UTF-8: ø has 2, – has 3.
    #[cfg_attr(feature = "serde", serde(rename = "utf8_bytes"))]
    Utf8Bytes,
    /// Unicode scalars: characters, as most help pages mean the word.
    #[cfg_attr(feature = "serde", serde(rename = "scalars"))]
    Scalars,
    /// UTF-16 units, as JavaScript and Java count: an emoji has 2 or more.
    #[cfg_attr(feature = "serde", serde(rename = "utf16"))]
    Utf16,
}

impl LengthUnit {
    /// The length of a text.
    pub fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8Bytes => text.len(),
            Self::Scalars => text.chars().count(),
            Self::Utf16 => text.encode_utf16().count(),
        }
    }

    fn of(self, c: char) -> usize {
        match self {
            Self::Utf8Bytes => c.len_utf8(),
            Self::Scalars => 1,
            Self::Utf16 => c.len_utf16(),
        }
    }
}

/// How far a limit can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[allow(clippy::exhaustive_enums, reason = "somebody has read it, or not")]
pub enum LimitStatus {
    /// Read in the source on the day given.
    Verified,
    /// Said somewhere; to be tried before it is relied upon.
    #[default]
    Unverified,
}

/// What a platform takes as the name of an object.
///
/// ```
/// use styring_segments::naming::{LengthUnit, PlatformLimit};
///
/// let limit = PlatformLimit::new("shop_feed", 32, LengthUnit::Utf8Bytes)?.forbidding("()");
/// let fit = limit.check("Retarget – Forlatt kurv – 7 dager");
/// assert_eq!((fit.ok(), fit.length), (false, 37));
/// assert_eq!(limit.shorten("Retarget – Forlatt kurv – 7 dager").as_deref(), Some("Retarget – Forlatt ku~d90c638e"));
/// # Ok::<(), styring_segments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "stored::Stored", into = "stored::Stored")
)]
pub struct PlatformLimit {
    platform: String,
    object: String,
    limit: usize,
    unit: LengthUnit,
    forbidden: String,
    source: String,
    read: Option<NaiveDate>,
    status: LimitStatus,
}

impl PlatformLimit {
    /// A limit of at least 1, under a key of one's own (`dv360_line_item`); unverified.
    pub fn new(platform: impl Into<String>, limit: usize, unit: LengthUnit) -> Result<Self, Error> {
        let platform = platform.into();
        if platform.is_empty() {
            return Err(Error::OutOfRange { field: "platform", expected: "a key", value: format!("{platform:?}") });
        }
        if limit == 0 {
            return Err(Error::OutOfRange { field: "limit", expected: "at least 1", value: limit.to_string() });
        }
        let (object, forbidden, source) = (String::new(), String::new(), String::new());
        Ok(Self { platform, object, limit, unit, forbidden, source, read: None, status: LimitStatus::Unverified })
    }

    /// The kind of object, in words.
    #[must_use]
    pub fn object(self, object: impl Into<String>) -> Self {
        Self { object: object.into(), ..self }
    }

    /// Characters it does not take.
    #[must_use]
    pub fn forbidding(self, characters: impl Into<String>) -> Self {
        Self { forbidden: characters.into(), ..self }
    }

    /// Where the limit was read, and whether it was read there.
    #[must_use]
    pub fn source(self, source: impl Into<String>, read: Option<NaiveDate>, status: LimitStatus) -> Self {
        Self { source: source.into(), read, status, ..self }
    }

    /// The key.
    pub fn platform(&self) -> &str {
        &self.platform
    }

    /// The kind of object.
    pub fn object_name(&self) -> &str {
        &self.object
    }

    /// The longest name.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// In what it is counted.
    pub fn unit(&self) -> LengthUnit {
        self.unit
    }

    /// Characters it does not take.
    pub fn forbidden(&self) -> &str {
        &self.forbidden
    }

    /// Where the limit comes from.
    pub fn origin(&self) -> &str {
        &self.source
    }

    /// The day on which it was read there.
    pub fn read(&self) -> Option<NaiveDate> {
        self.read
    }

    /// How far it can be trusted.
    pub fn status(&self) -> LimitStatus {
        self.status
    }

    /// Holds a text against the limit.
    pub fn check(&self, text: &str) -> Fit {
        let length = self.unit.length(text);
        let mut forbidden: Vec<char> = text.chars().filter(|c| self.forbidden.contains(*c)).collect();
        forbidden.sort_unstable();
        forbidden.dedup();
        let instead = || self.acceptable(text).map(Fix::Name);
        let mut diagnostics = Vec::new();
        if length > self.limit {
            diagnostics.push(Diagnostic::new(Code::TooLong, text).limit(self.limit).instead(instead()));
        }
        if !forbidden.is_empty() {
            let listed: Vec<String> = forbidden.iter().map(|c| c.escape_debug().to_string()).collect();
            diagnostics.push(Diagnostic::new(Code::ForbiddenChar, listed.join(" ")).instead(instead()));
        }
        Fit { length, forbidden, diagnostics }
    }

    /// A text that is short enough: the text itself, or its longest clean beginning, `~` and the first 8 hexadecimal digits of the FNV-1a-64 hash of the whole. `None` where there is no room for that.
    ///
    /// The beginning ends neither before a combining mark nor with a space or a dash. The same text gives the same short one everywhere; a [`Register`](crate::naming::Register) leads
    /// back. Forbidden characters stay: [`acceptable`](Self::acceptable) takes them out.
    pub fn shorten(&self, text: &str) -> Option<String> {
        if self.unit.length(text) <= self.limit {
            return Some(text.to_owned());
        }
        self.tailed(text, text, '~')
    }

    /// A text that the platform takes: short enough, and without the characters it refuses. Those become spaces, and the hash of the whole text is added, as when it is shortened, so that
    /// two texts do not become one. The sign before the hash is the first of `~ _ . -` that the platform takes. `None` where there is no room, or no sign.
    ///
    /// ```
    /// use styring_segments::naming::{LengthUnit, PlatformLimit};
    ///
    /// let limit = PlatformLimit::new("key_values", 40, LengthUnit::Scalars)?.forbidding("()~");
    /// assert_eq!(limit.acceptable("Prospect – Sko – Oslo").as_deref(), Some("Prospect – Sko – Oslo"));
    /// assert_eq!(limit.acceptable("Prospect – Sko (herre) – Oslo").as_deref(), Some("Prospect – Sko herre – Oslo_4000d87f"));
    /// # Ok::<(), styring_segments::Error>(())
    /// ```
    pub fn acceptable(&self, text: &str) -> Option<String> {
        let refused = |c: char| self.forbidden.contains(c);
        if self.unit.length(text) <= self.limit && !text.contains(refused) {
            return Some(text.to_owned());
        }
        let sign = ['~', '_', '.', '-'].into_iter().find(|sign| !refused(*sign))?;
        if HEXADECIMAL.chars().any(refused) {
            return None;
        }
        let spaced: String = text.chars().map(|c| if refused(c) { ' ' } else { c }).collect();
        let words = crate::naming::characters::single_spaced(&spaced);
        let joined: String = if refused(' ') { words.split(' ').collect() } else { words };
        self.tailed(&joined, text, sign)
    }

    /// As much of a text as there is room for beside the hash of the whole.
    fn tailed(&self, text: &str, whole: &str, sign: char) -> Option<String> {
        let tail = format!("{sign}{:08x}", fnv_1a_64(whole.as_bytes()) >> 32);
        if self.limit < tail.len() + 1 {
            return None;
        }
        let room = self.limit - tail.len();
        Some(format!("{}{tail}", beginning(text, room, |c| self.unit.of(c))))
    }
}

const HEXADECIMAL: &str = "0123456789abcdef";

/// How a text fits a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Fit {
    /// Its length, as the platform counts.
    pub length: usize,
    /// The characters that the platform does not take, each once, by code point.
    pub forbidden: Vec<char>,
    /// `E_TOO_LONG`, then `E_FORBIDDEN_CHAR`; the fix is what the platform would take.
    pub diagnostics: Vec<Diagnostic>,
}

impl Fit {
    /// Whether the platform takes it.
    pub fn ok(&self) -> bool {
        self.diagnostics.is_empty()
    }
}

/// Fowler, Noll and Vo's hash, variant 1a, 64 bits (draft-eastlake-fnv).
fn fnv_1a_64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// As it is written in files.
#[cfg(feature = "serde")]
mod stored {
    use chrono::NaiveDate;

    use super::{LengthUnit, LimitStatus, PlatformLimit};
    use crate::Error;

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Stored {
        platform: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        object: String,
        limit: usize,
        unit: LengthUnit,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        forbidden_chars: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        source: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        read: Option<NaiveDate>,
        #[serde(default)]
        status: LimitStatus,
    }

    impl TryFrom<Stored> for PlatformLimit {
        type Error = Error;

        fn try_from(stored: Stored) -> Result<Self, Error> {
            Ok(Self::new(stored.platform, stored.limit, stored.unit)?
                .object(stored.object)
                .forbidding(stored.forbidden_chars)
                .source(stored.source, stored.read, stored.status))
        }
    }

    impl From<PlatformLimit> for Stored {
        fn from(limit: PlatformLimit) -> Self {
            let PlatformLimit { platform, object, limit, unit, forbidden: forbidden_chars, source, read, status } =
                limit;
            Self { platform, object, limit, unit, forbidden_chars, source, read, status }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fnv_1a_64;

    /// From the test vectors of the draft.
    #[test]
    fn fnv() {
        assert_eq!(fnv_1a_64(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv_1a_64(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv_1a_64(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
