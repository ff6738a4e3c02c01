use std::collections::BTreeMap;

use crate::Error;
use crate::naming::{PlatformLimit, PlatformLimits};

/// The names that platforms were given, and the whole names they stand for.
///
/// ```
/// use styring_segments::naming::{LengthUnit, PlatformLimit, Register};
///
/// let feed = PlatformLimit::new("shop_feed", 32, LengthUnit::Utf8Bytes)?;
/// let mut register = Register::new();
/// let short = register.add(&feed, "Retarget – Forlatt kurv – 7 dager")?;
/// assert_eq!(short, "Retarget – Forlatt ku~d90c638e");
/// assert_eq!(register.whole("shop_feed", &short), Some("Retarget – Forlatt kurv – 7 dager"));
/// # Ok::<(), styring_segments::Error>(())
/// ```
///
/// Registers of several people or days are merged; two whole names behind one short name are an error, never a guess. With `serde` it is kept in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Register {
    /// By platform and name there.
    names: BTreeMap<String, BTreeMap<String, String>>,
}

impl Register {
    /// Empty: the identity of [`merge`](Self::merge).
    pub fn new() -> Self {
        Self::default()
    }

    /// The name for a platform ([`PlatformLimit::acceptable`]), which from now on leads back. Adding a name again changes nothing.
    ///
    /// Errors: there is no room for a name, or another name has it there already; the register is then as it was.
    pub fn add(&mut self, limit: &PlatformLimit, name: impl AsRef<str>) -> Result<String, Error> {
        let name = name.as_ref();
        let no_name = || Error::NoPlatformName { platform: limit.platform().to_owned(), name: name.to_owned() };
        let short = limit.acceptable(name).filter(|short| !short.is_empty()).ok_or_else(no_name)?;
        self.insert(limit.platform(), &short, name)?;
        Ok(short)
    }

    /// The name for each of several platforms, by platform. Errors as [`add`](Self::add); the register is then as it was.
    pub fn add_all(
        &mut self,
        limits: &PlatformLimits,
        name: impl AsRef<str>,
    ) -> Result<BTreeMap<String, String>, Error> {
        let mut added = Self::new();
        let name = name.as_ref();
        let names = limits
            .iter()
            .map(|limit| Ok((limit.platform().to_owned(), added.add(limit, name)?)))
            .collect::<Result<_, Error>>()?;
        self.merge(added)?;
        Ok(names)
    }

    /// The whole name behind a platform's.
    pub fn whole(&self, platform: &str, short: &str) -> Option<&str> {
        self.names.get(platform)?.get(short).map(String::as_str)
    }

    /// Takes in another register: associative and commutative. Two whole names behind one name of a platform are an error, and leave this register as it was.
    pub fn merge(&mut self, other: Self) -> Result<(), Error> {
        for (platform, names) in &other.names {
            for (short, whole) in names {
                self.free(platform, short, whole)?;
            }
        }
        for (platform, names) in other.names {
            self.names.entry(platform).or_default().extend(names);
        }
        Ok(())
    }

    /// All: platform, name there, whole name; in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.names.iter().flat_map(|(platform, names)| {
            names.iter().map(move |(short, whole)| (platform.as_str(), short.as_str(), whole.as_str()))
        })
    }

    fn insert(&mut self, platform: &str, short: &str, whole: &str) -> Result<(), Error> {
        self.free(platform, short, whole)?;
        self.names.entry(platform.to_owned()).or_default().insert(short.to_owned(), whole.to_owned());
        Ok(())
    }

    fn free(&self, platform: &str, short: &str, whole: &str) -> Result<(), Error> {
        match self.whole(platform, short) {
            Some(first) if first != whole => Err(Error::SamePlatformName {
                platform: platform.to_owned(),
                short: short.to_owned(),
                first: first.to_owned(),
                second: whole.to_owned(),
            }),
            _ => Ok(()),
        }
    }
}
