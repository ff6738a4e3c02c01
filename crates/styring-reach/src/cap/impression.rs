use std::hash::Hasher;

use siphasher::sip::SipHasher24;
use siphasher::sip128::{Hasher128, SipHasher24 as SipHasher24x128};

use crate::Error;

/// The first and the last second of the years 1 to 9999.
pub(crate) const EARLIEST: i64 = -62_135_596_800;
pub(crate) const LATEST: i64 = 253_402_300_799;

/// An id of a person, a device or a household, as a number.
///
/// From a number of your own it is that number, and no two share a key. From a name it is SipHash-2-4 under the engine's [`Secret`], so that no name is kept anywhere: with n names the chance that any
/// two share a key is below n²/2⁶⁵, 3·10⁻⁸ for a million, and two who share one are capped together, too strictly but never too loosely. Use one of the two in one engine.
///
/// ```
/// use styring_reach::cap::{Key, Secret};
///
/// assert_eq!(Key::from(7).get(), 7);
/// assert_eq!(Secret::default().key("kari"), Secret::default().key("kari"));
/// assert_ne!(Secret::default().key("kari"), Secret::new([1; 16]).key("kari"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Key(u64);

impl Key {
    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for Key {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

/// An id of an impression, as 128 bits: a collision would lose an impression, so it has to be out of the question (below 10⁻¹⁸ at ten milliard ids).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct ImpressionKey([u64; 2]);

impl ImpressionKey {
    pub(crate) fn low(self) -> u64 {
        self.0[1]
    }
}

impl From<u128> for ImpressionKey {
    fn from(number: u128) -> Self {
        #[allow(clippy::cast_possible_truncation, reason = "the two halves")]
        Self([(number >> 64) as u64, number as u64])
    }
}

/// What names are hashed with. Keep it secret where keys leave your house: without it nobody can try names against keys.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Secret([u8; 16]);

impl Secret {
    /// Sixteen bytes of your own.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The key of a person, device or household.
    pub fn key(&self, name: &str) -> Key {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        hasher.write(name.as_bytes());
        Key(hasher.finish())
    }

    /// The key of an impression.
    pub fn impression_key(&self, id: &str) -> ImpressionKey {
        let mut hasher = SipHasher24x128::new_with_key(&self.0);
        hasher.write(id.as_bytes());
        let hash = hasher.finish128();
        ImpressionKey([hash.h1, hash.h2])
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// One showing of an advertisement to somebody: asked about, or reported.
///
/// ```
/// use styring_reach::cap::{Impression, Key};
///
/// let ad = Impression::of(&["kari", "device-8"], 1_767_225_600)?.channel("VG").campaign("shoes").household("Storgata 1");
/// let play = Impression::of(Key::from(7), 1_767_225_600)?.channel("DOOH").weighing(0.25)?;
/// let seconds = Impression::of("kari", 1_767_225_600_000);
/// assert!(seconds.is_err()); // those were milliseconds
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Impression<'a> {
    ids: Ids<'a>,
    at: i64,
    household: Option<Id<'a>>,
    channel: Option<&'a str>,
    campaign: Option<&'a str>,
    event: Option<&'a str>,
    weight: f64,
    own_id: Option<ImpressionId<'a>>,
}

/// The ids that an impression presents: names, or keys of your own.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Ids<'a> {
    /// One id.
    One(Id<'a>),
    /// Keys.
    Keys(&'a [Key]),
    /// Names.
    Names(&'a [&'a str]),
    /// Names as they come out of files.
    Strings(&'a [String]),
}

/// One id: a name, or a key of your own.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Id<'a> {
    /// A key.
    Key(Key),
    /// A name.
    Name(&'a str),
}

/// The id of an impression: a text, or a number of your own.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum ImpressionId<'a> {
    /// A number.
    Key(ImpressionKey),
    /// A text.
    Text(&'a str),
}

impl<'a> Impression<'a> {
    /// An impression of weight one at `at`, in epoch seconds, to whoever these ids belong to. Without an id only the rules per household, and those that say never, can deny it.
    ///
    /// Errors: [`Error::OutOfRange`] for a time outside the years 1 to 9999, as milliseconds are.
    #[inline]
    pub fn of(ids: impl Into<Ids<'a>>, at: i64) -> Result<Self, Error> {
        if !(EARLIEST..=LATEST).contains(&at) {
            return Err(Error::OutOfRange {
                field: "time",
                expected: "in seconds since 1970, of the years 1 to 9999",
                value: at.to_string(),
            });
        }
        let (ids, weight) = (ids.into(), 1.0);
        Ok(Self { ids, at, household: None, channel: None, campaign: None, event: None, weight, own_id: None })
    }

    /// The channel it is on.
    #[must_use]
    pub fn channel(self, channel: &'a str) -> Self {
        Self { channel: Some(channel), ..self }
    }

    /// The campaign it is for.
    #[must_use]
    pub fn campaign(self, campaign: &'a str) -> Self {
        Self { campaign: Some(campaign), ..self }
    }

    /// The household it is shown in.
    #[must_use]
    pub fn household(self, household: impl Into<Id<'a>>) -> Self {
        Self { household: Some(household.into()), ..self }
    }

    /// Another event than an impression, as `click`: for [`observe`](super::Caps::observe), and rules [`counting`](super::Rule::counting) it.
    #[must_use]
    pub fn event(self, event: &'a str) -> Self {
        Self { event: Some(event), ..self }
    }

    /// How much it counts: the personal exposures that are expected of it. One play on an outdoor screen is seen by many, so it cannot be capped per person but in expectation.
    ///
    /// Errors: [`Error::OutOfRange`] for a weight that is negative or not finite.
    pub fn weighing(self, weight: f64) -> Result<Self, Error> {
        if !(weight.is_finite() && weight >= 0.0) {
            return Err(Error::OutOfRange { field: "weight", expected: "a number from 0", value: weight.to_string() });
        }
        Ok(Self { weight, ..self })
    }

    /// Its own id, by which it is recorded only once.
    #[must_use]
    pub fn impression_id(self, id: impl Into<ImpressionId<'a>>) -> Self {
        Self { own_id: Some(id.into()), ..self }
    }

    /// When it is, in epoch seconds.
    pub fn at(&self) -> i64 {
        self.at
    }

    #[inline]
    pub(crate) fn weight(&self) -> f64 {
        self.weight
    }

    #[inline]
    pub(crate) fn names(&self) -> [Option<&'a str>; 3] {
        [self.event, self.channel, self.campaign]
    }

    #[inline]
    pub(crate) fn keys(&self, secret: &Secret) -> Keys {
        self.ids.keys(secret)
    }

    #[inline]
    pub(crate) fn household_key(&self, secret: &Secret) -> Option<Key> {
        self.household.map(|household| household.key(secret))
    }

    #[inline]
    pub(crate) fn own_key(&self, secret: &Secret) -> Option<ImpressionKey> {
        self.own_id.map(|id| match id {
            ImpressionId::Key(key) => key,
            ImpressionId::Text(text) => secret.impression_key(text),
        })
    }
}

impl Ids<'_> {
    #[inline]
    pub(crate) fn keys(self, secret: &Secret) -> Keys {
        match self {
            Ids::One(id) => Keys::One([id.key(secret)]),
            Ids::Keys(keys) => Keys::distinct(keys.iter().copied()),
            Ids::Names(names) => Keys::distinct(names.iter().map(|name| secret.key(name))),
            Ids::Strings(names) => Keys::distinct(names.iter().map(|name| secret.key(name))),
        }
    }
}

impl Id<'_> {
    pub(crate) fn key(self, secret: &Secret) -> Key {
        match self {
            Self::Key(key) => key,
            Self::Name(name) => secret.key(name),
        }
    }
}

impl From<Key> for Ids<'_> {
    fn from(key: Key) -> Self {
        Self::One(Id::Key(key))
    }
}

impl<'a> From<&'a str> for Ids<'a> {
    fn from(name: &'a str) -> Self {
        Self::One(Id::Name(name))
    }
}

impl<'a> From<&'a [Key]> for Ids<'a> {
    fn from(keys: &'a [Key]) -> Self {
        Self::Keys(keys)
    }
}

impl<'a, const N: usize> From<&'a [Key; N]> for Ids<'a> {
    fn from(keys: &'a [Key; N]) -> Self {
        Self::Keys(keys)
    }
}

impl<'a> From<&'a [&'a str]> for Ids<'a> {
    fn from(names: &'a [&'a str]) -> Self {
        Self::Names(names)
    }
}

impl<'a, const N: usize> From<&'a [&'a str; N]> for Ids<'a> {
    fn from(names: &'a [&'a str; N]) -> Self {
        Self::Names(names)
    }
}

impl<'a> From<&'a [String]> for Ids<'a> {
    fn from(names: &'a [String]) -> Self {
        Self::Strings(names)
    }
}

impl<'a> From<&'a Vec<String>> for Ids<'a> {
    fn from(names: &'a Vec<String>) -> Self {
        Self::Strings(names)
    }
}

impl From<Key> for Id<'_> {
    fn from(key: Key) -> Self {
        Self::Key(key)
    }
}

impl<'a> From<&'a str> for Id<'a> {
    fn from(name: &'a str) -> Self {
        Self::Name(name)
    }
}

impl From<u128> for ImpressionId<'_> {
    fn from(number: u128) -> Self {
        Self::Key(number.into())
    }
}

impl<'a> From<&'a str> for ImpressionId<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

/// Distinct keys. Most impressions present one.
#[derive(Debug)]
pub(crate) enum Keys {
    One([Key; 1]),
    Many(Vec<Key>),
}

impl Keys {
    #[inline]
    pub(crate) fn distinct(keys: impl IntoIterator<Item = Key>) -> Self {
        let mut keys = keys.into_iter();
        let (Some(first), second) = (keys.next(), keys.next()) else {
            return Self::Many(Vec::new());
        };
        let Some(second) = second else {
            return Self::One([first]);
        };
        let mut all: Vec<Key> = [first, second].into_iter().chain(keys).collect();
        all.sort_unstable();
        all.dedup();
        Self::Many(all)
    }
}

impl std::ops::Deref for Keys {
    type Target = [Key];

    fn deref(&self) -> &[Key] {
        match self {
            Self::One(key) => key,
            Self::Many(keys) => keys,
        }
    }
}
