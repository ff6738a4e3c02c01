use super::Exposures;
use super::rolling::{Move, check_width, slide};
use super::row::Seen;
use crate::Error;

/// When a person has seen too much: so many impressions, from so many different channels, within one rolling window. No channel sees this by itself.
///
/// The default is 15 impressions from three channels within seven days of 86 400 seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Stored"))]
pub struct Overexposure {
    impressions: u64,
    channels: u64,
    window: u64,
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    impressions: u64,
    channels: u64,
    window: u64,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for Overexposure {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Self::new(stored.impressions, stored.channels, stored.window)
    }
}

impl Default for Overexposure {
    fn default() -> Self {
        Self { impressions: 15, channels: 3, window: 7 * 86_400 }
    }
}

impl Overexposure {
    /// At least `impressions` from at least `channels` different channels in a window (t − W, t] that ends at one of them; W in the unit of the times.
    ///
    /// Errors: a number of zero.
    pub fn new(impressions: u64, channels: u64, window: u64) -> Result<Self, Error> {
        for (field, value) in [("impressions", impressions), ("channels", channels)] {
            if value == 0 {
                return Err(Error::OutOfRange { field, expected: "at least 1", value: "0".to_owned() });
            }
        }
        Ok(Self { impressions, channels, window: check_width(window)? })
    }

    /// The least number of impressions.
    pub fn impressions(&self) -> u64 {
        self.impressions
    }

    /// The least number of different channels.
    pub fn channels(&self) -> u64 {
        self.channels
    }

    /// The width of the window.
    pub fn window(&self) -> u64 {
        self.window
    }
}

/// A person who has seen too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Overexposed<'a, P> {
    /// Who.
    pub person: &'a P,
    /// The time of the impression that was the first too many.
    pub since: i64,
    /// The most impressions in a window that was too much.
    pub most: u64,
}

impl<P, C> Exposures<P, C> {
    /// Who has seen too much, and since when.
    ///
    /// ```
    /// use styring_reach::{ImpressionLog, Overexposure};
    ///
    /// let mut log = ImpressionLog::new();
    /// for hour in 0..15 {
    ///     log.add("kari", ["VG", "TV 2", "Acast"][hour % 3], 3_600 * hour as i64);
    ///     log.add("ola", ["VG", "TV 2"][hour % 2], 3_600 * hour as i64); // as many, from two channels
    /// }
    /// let truth = log.into_exposures();
    /// let too_much = truth.overexposed(Overexposure::default());
    /// assert_eq!(too_much.len(), 1);
    /// assert_eq!((*too_much[0].person, too_much[0].since), ("kari", 14 * 3_600));
    /// ```
    pub fn overexposed(&self, rule: Overexposure) -> Vec<Overexposed<'_, P>> {
        let mut window = Window { by_channel: vec![0; self.channels().len()], impressions: 0, channels: 0 };
        let mut found = Vec::new();
        for (person, rows) in self.people_rows() {
            let mut own: Option<Overexposed<'_, P>> = None;
            window.clear();
            slide(rows, rule.window, |step| match step {
                Move::Leaves(seen) => window.remove(seen),
                Move::Enters(seen) => {
                    window.add(seen);
                    if window.impressions >= rule.impressions && window.channels >= rule.channels {
                        let own = own.get_or_insert(Overexposed { person, since: seen.time, most: 0 });
                        own.most = own.most.max(window.impressions);
                    }
                }
            });
            found.extend(own);
        }
        found
    }
}

/// What a window holds.
struct Window {
    by_channel: Vec<u64>,
    impressions: u64,
    channels: u64,
}

impl Window {
    fn clear(&mut self) {
        if self.impressions > 0 {
            self.by_channel.fill(0);
            (self.impressions, self.channels) = (0, 0);
        }
    }

    fn add(&mut self, seen: &Seen) {
        let own = &mut self.by_channel[seen.shown.channel()];
        self.channels += u64::from(*own == 0);
        *own += seen.shown.count();
        self.impressions += seen.shown.count();
    }

    fn remove(&mut self, seen: &Seen) {
        let own = &mut self.by_channel[seen.shown.channel()];
        *own -= seen.shown.count();
        self.channels -= u64::from(*own == 0);
        self.impressions -= seen.shown.count();
    }
}
