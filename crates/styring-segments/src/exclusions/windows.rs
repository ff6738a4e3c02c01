//! Windows inside windows: 7 days inside 14 inside 30.

use super::{Finding, Segment};
use crate::Error;
use crate::overlap::{Count, Mask, Regions};

/// The window of a segment among its kin: "abandoned cart", 7, 14 and 30 days.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Unchecked"))]
pub struct NestedWindow {
    group: String,
    hours: u64,
}

impl NestedWindow {
    /// A window of so many hours in a group; windows of one group are meant to contain the shorter ones.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a window of no hours.
    pub fn new(group: impl Into<String>, hours: u64) -> Result<Self, Error> {
        if hours == 0 {
            return Err(Error::OutOfRange { field: "hours", expected: "1 or more", value: hours.to_string() });
        }
        Ok(Self { group: group.into(), hours })
    }

    /// The group.
    pub fn group(&self) -> &str {
        &self.group
    }

    /// How long it is.
    pub fn hours(&self) -> u64 {
        self.hours
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    group: String,
    hours: u64,
}

#[cfg(feature = "serde")]
impl TryFrom<Unchecked> for NestedWindow {
    type Error = Error;

    fn try_from(window: Unchecked) -> Result<Self, Error> {
        Self::new(window.group, window.hours)
    }
}

/// What is wrong with windows: a longer one before a shorter one, and a shorter one with people whom the next longer one does not have.
///
/// A longer window that comes first takes everybody, and nothing is left for the shorter ones.
pub(super) fn findings<C: Count>(regions: &Regions<C>, segments: &[Segment], bits: &[usize]) -> Vec<Finding<C>> {
    let windows = || {
        let known = segments.iter().zip(bits).enumerate();
        known.filter_map(|(rank, (segment, bit))| Some((rank, segment.name(), *bit, segment.window()?)))
    };
    let mut findings = Vec::new();
    for (rank, name, bit, window) in windows() {
        let kin = || windows().filter(|(_, _, _, other)| other.group == window.group && other.hours > window.hours);
        for (_, long, _, _) in kin().filter(|(other, ..)| *other < rank) {
            findings.push(Finding::LongBeforeShort { long: long.to_owned(), short: name.to_owned() });
        }
        // The next longer one is enough: what is inside it is inside all that contain it.
        let Some(next) = kin().map(|(_, _, _, other)| other.hours).min() else { continue };
        for (_, long, long_bit, _) in kin().filter(|(_, _, _, other)| other.hours == next) {
            let outside = regions.counted(|mask: Mask| mask >> bit & 1 == 1 && mask >> long_bit & 1 == 0);
            if outside > 0 {
                findings.push(Finding::NotNested {
                    short: name.to_owned(),
                    long: long.to_owned(),
                    outside: regions.tell(outside),
                });
            }
        }
    }
    findings
}
