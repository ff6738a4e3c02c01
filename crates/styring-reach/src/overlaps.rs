//! What reaches and overlaps of pairs say about the reach of all.

mod bounds;
mod classic;
mod feasible;
mod program;
mod sharp;
mod simplex;

use std::collections::BTreeMap;

pub use bounds::Bounds;
pub use classic::ModelledReach;
pub use feasible::{Adjusted, Certificate, Change};
pub use sharp::ReachInterval;

use crate::Error;

/// How wide channels reach, and how many people pairs of them share: shares of one universe. Pairs may be missing.
///
/// They do not determine the reach of all channels together, but bound it: [`sharp`](Self::sharp) gives the smallest and the largest that any population with these numbers has. Models within it are guesses
/// about people nobody counted: [`hofmans`](Self::hofmans), [`agostini`](Self::agostini), [`independent`](Self::independent).
///
/// ```
/// use styring_reach::Overlaps;
///
/// // VG, TV 2 and YouTube; the platforms say how many people two of them share.
/// let overlaps = Overlaps::new(vec![0.42, 0.35, 0.30], [(0, 1, 0.20), (0, 2, 0.15), (1, 2, 0.12)])?;
/// let sharp = overlaps.sharp()?;
/// assert!((sharp.low() - 0.60).abs() < 1e-9 && (sharp.high() - 0.72).abs() < 1e-9);
///
/// let hofmans = overlaps.hofmans()?;
/// assert!(hofmans.clamped().is_none()); // it lay inside by itself
/// assert!(sharp.low() <= hofmans.value() && hofmans.value() <= sharp.high());
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Stored", into = "Stored")
)]
pub struct Overlaps {
    singles: Vec<f64>,
    /// By channels, the smaller number first.
    pairs: BTreeMap<(usize, usize), f64>,
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    singles: Vec<f64>,
    pairs: Vec<(usize, usize, f64)>,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for Overlaps {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Self::new(stored.singles, stored.pairs)
    }
}

#[cfg(feature = "serde")]
impl From<Overlaps> for Stored {
    fn from(overlaps: Overlaps) -> Self {
        let pairs = overlaps.pairs().collect();
        Self { singles: overlaps.singles, pairs }
    }
}

impl Overlaps {
    /// From the reach of each channel, and for pairs of channels (by number, from 0, in any order) the share of the universe that both reach.
    ///
    /// Whether any population has these numbers is not looked at here but where it matters, [`sharp`](Self::sharp) and the models clamped to it.
    ///
    /// Errors: no channel; a share outside 0 to 1; a pair of one channel with itself, with an unknown channel, or given twice.
    pub fn new(singles: Vec<f64>, pairs: impl IntoIterator<Item = (usize, usize, f64)>) -> Result<Self, Error> {
        let share = |field, value: f64| match value {
            value if (0.0..=1.0).contains(&value) => Ok(value),
            value => Err(Error::OutOfRange { field, expected: "from 0 to 1", value: value.to_string() }),
        };
        if singles.is_empty() {
            return Err(Error::OutOfRange { field: "channels", expected: "at least one", value: "0".to_owned() });
        }
        for reach in &singles {
            share("reach", *reach)?;
        }
        let mut known = BTreeMap::new();
        for (i, j, duplication) in pairs {
            share("duplication", duplication)?;
            if i == j || i.max(j) >= singles.len() {
                let expected = "of two different channels that have a reach";
                return Err(Error::OutOfRange { field: "pair", expected, value: format!("({i}, {j})") });
            }
            if known.insert((i.min(j), i.max(j)), duplication).is_some() {
                return Err(Error::RepeatedChannel { channel: format!("pair ({i}, {j})") });
            }
        }
        Ok(Self { singles, pairs: known })
    }

    /// How many channels.
    pub fn channels(&self) -> usize {
        self.singles.len()
    }

    /// The reach of each channel.
    pub fn singles(&self) -> &[f64] {
        &self.singles
    }

    /// The pairs that are known, by channels.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        self.pairs.iter().map(|((i, j), duplication)| (*i, *j, *duplication))
    }

    /// What share of the universe both channels reach, if it is known.
    pub fn duplication(&self, i: usize, j: usize) -> Option<f64> {
        self.pairs.get(&(i.min(j), i.max(j))).copied()
    }

    /// The least and the most that both channels can share: what is known, else what their reaches allow.
    fn duplication_range(&self, i: usize, j: usize) -> (f64, f64) {
        let (least, most) = self.allowed(i, j);
        self.duplication(i, j).map_or((least, most), |known| (known, known))
    }

    /// The least and the most that channels of these reaches can share.
    fn allowed(&self, i: usize, j: usize) -> (f64, f64) {
        let (a, b) = (self.singles[i], self.singles[j]);
        ((a + b - 1.0).max(0.0), a.min(b))
    }

    /// All pairs of channels, known or not.
    fn all_pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let channels = self.singles.len();
        (0..channels).flat_map(move |i| (i + 1..channels).map(move |j| (i, j)))
    }
}
