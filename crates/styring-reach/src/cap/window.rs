use crate::Error;
use crate::cap::impression::LATEST;

/// The time over which a [`Rule`](super::Rule) counts.
///
/// Windows have a beginning and no end: an impression that is already recorded with a later stamp than the one that is asked for (a clock that is ahead, a request that came late) counts.
///
/// ```
/// use styring_reach::cap::Window;
///
/// assert_eq!(Window::days(5)?, Window::rolling(432_000)?); // five times 24 hours, whatever the clocks of summer do
/// assert!(Window::rolling(0).is_err());
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Window {
    /// (t − W, t] and what is stamped later.
    Rolling(Seconds),
    /// The last n local days or ISO weeks, the running one among them.
    #[cfg(feature = "calendar")]
    Calendar(super::Calendar),
    /// Everything.
    Lifetime,
}

/// A length of time: at least one second, at most the years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(i64);

impl Seconds {
    /// So many seconds.
    ///
    /// Errors: [`Error::OutOfRange`] for none and for more than there are until the year 9999.
    pub fn new(seconds: u64) -> Result<Self, Error> {
        match i64::try_from(seconds) {
            Ok(length @ 1..=LATEST) => Ok(Self(length)),
            _ => Err(Error::OutOfRange {
                field: "window",
                expected: "from 1 to 253402300799 seconds",
                value: seconds.to_string(),
            }),
        }
    }

    /// The number of seconds.
    pub fn get(self) -> u64 {
        self.0.unsigned_abs()
    }

    pub(crate) fn signed(self) -> i64 {
        self.0
    }
}

impl Window {
    /// A rolling window of so many seconds.
    ///
    /// Errors: as [`Seconds::new`].
    pub fn rolling(seconds: u64) -> Result<Self, Error> {
        Seconds::new(seconds).map(Self::Rolling)
    }

    /// A rolling window of so many times 3600 seconds.
    ///
    /// Errors: as [`Seconds::new`].
    pub fn hours(hours: u32) -> Result<Self, Error> {
        Self::rolling(u64::from(hours) * 3_600)
    }

    /// A rolling window of so many times 86 400 seconds.
    ///
    /// Errors: as [`Seconds::new`].
    pub fn days(days: u32) -> Result<Self, Error> {
        Self::rolling(u64::from(days) * 86_400)
    }
}

/// Whether an impression that is exactly as old as a rolling window is long still counts.
///
/// The two open specifications differ: Brave's ads count `now − t < W`, the Ad Context Protocol counts `t ≥ now − W`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[allow(clippy::exhaustive_enums, reason = "it counts or it does not")]
pub enum Boundary {
    /// It does not: (t − W, t]. Three in five days lets the fourth through when the first is five days old to the second.
    #[default]
    Exclusive,
    /// It does: [t − W, t], the reading of the Ad Context Protocol, one second stricter.
    Inclusive,
}

/// The form in files: `{"rolling_s": 432000}`, `{"calendar": {"unit": "day", "n": 1, "tz": "Europe/Oslo"}}`, `{"lifetime": true}`.
#[cfg(feature = "serde")]
mod stored {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

    use super::Window;

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Stored {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rolling_s: Option<u64>,
        #[cfg(feature = "calendar")]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        calendar: Option<super::super::Calendar>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lifetime: Option<bool>,
    }

    impl Serialize for Window {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut stored = Stored {
                rolling_s: None,
                #[cfg(feature = "calendar")]
                calendar: None,
                lifetime: None,
            };
            match self {
                Self::Rolling(seconds) => stored.rolling_s = Some(seconds.get()),
                #[cfg(feature = "calendar")]
                Self::Calendar(calendar) => stored.calendar = Some(*calendar),
                Self::Lifetime => stored.lifetime = Some(true),
            }
            stored.serialize(serializer)
        }
    }

    impl<'de> Deserialize<'de> for Window {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let stored = Stored::deserialize(deserializer)?;
            let mut windows = Vec::new();
            if let Some(seconds) = stored.rolling_s {
                windows.push(Self::rolling(seconds).map_err(D::Error::custom)?);
            }
            #[cfg(feature = "calendar")]
            if let Some(calendar) = stored.calendar {
                windows.push(Self::Calendar(calendar));
            }
            match stored.lifetime {
                Some(true) => windows.push(Self::Lifetime),
                Some(false) => return Err(D::Error::custom("lifetime is true or left out")),
                None => {}
            }
            match windows.as_slice() {
                [window] => Ok(*window),
                _ => Err(D::Error::custom("a window is one of rolling_s, calendar and lifetime")),
            }
        }
    }
}
