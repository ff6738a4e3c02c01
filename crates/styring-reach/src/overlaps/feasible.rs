use super::Overlaps;
use super::program::{Program, Shortfall};
use crate::Error;

/// Numbers within this of what a population has are taken to be rounded.
pub(super) const ROUNDING: f64 = 1e-9;

/// Why no population has the given numbers: a weight for each single reach, for each pair, and for the whole universe, such that every person counts at most nothing whatever channels reach them, while the
/// numbers given count [`amount`](Self::amount), more than nothing.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Certificate {
    /// The weight of each channel's reach, from −1 to 1.
    pub singles: Vec<f64>,
    /// The weight of each known pair, from −1 to 1.
    pub pairs: Vec<(usize, usize, f64)>,
    /// The weight of everybody.
    pub everybody: f64,
    /// What the numbers count under these weights: they have to change by at least as much in all.
    pub amount: f64,
}

/// Numbers moved to the nearest that a population can have.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Adjusted {
    /// The numbers as they became.
    pub overlaps: Overlaps,
    /// What was changed; nothing where the numbers were possible as they came.
    pub changes: Vec<Change>,
}

/// A number that was changed.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Change {
    /// The channel.
    pub channel: usize,
    /// The other channel, if it is what both share.
    pub shared_with: Option<usize>,
    /// The number as it came.
    pub from: f64,
    /// The number as it became.
    pub to: f64,
}

impl Adjusted {
    /// How much was changed in all.
    pub fn amount(&self) -> f64 {
        self.changes.iter().map(|change| (change.to - change.from).abs()).sum()
    }
}

impl Overlaps {
    /// The same numbers if a population can have them, else the nearest that one can: those that differ least in sum. For counts that a platform has rounded or noised; what comes of it is to be shown as adjusted.
    ///
    /// ```
    /// use styring_reach::Overlaps;
    ///
    /// // Rounded to 5 %: more people are said to be in both than in the second.
    /// let rounded = Overlaps::new(vec![0.40, 0.10], [(0, 1, 0.15)])?;
    /// assert!(rounded.sharp().is_err());
    /// let adjusted = rounded.adjusted()?;
    /// assert!((adjusted.amount() - 0.05).abs() < 1e-9);
    /// assert!(adjusted.overlaps.sharp().is_ok());
    /// # Ok::<(), styring_reach::Error>(())
    /// ```
    ///
    /// Errors: more than twelve channels.
    pub fn adjusted(&self) -> Result<Adjusted, Error> {
        let shortfall = Program::new(self)?.nearest()?;
        if shortfall.amount <= ROUNDING {
            return Ok(Adjusted { overlaps: self.clone(), changes: Vec::new() });
        }
        let Shortfall { singles, pairs, .. } = shortfall;
        let mut changes = Vec::new();
        let mut moved = |channel, shared_with, from: f64, to: f64| {
            if (to - from).abs() <= ROUNDING {
                return from;
            }
            let to = to.clamp(0.0, 1.0);
            changes.push(Change { channel, shared_with, from, to });
            to
        };
        let reaches = self.singles.iter().zip(singles).enumerate();
        let reaches = reaches.map(|(channel, (from, to))| moved(channel, None, *from, to)).collect();
        let pairs: Vec<_> =
            self.pairs().zip(pairs).map(|((i, j, from), to)| (i, j, moved(i, Some(j), from, to))).collect();
        Ok(Adjusted { overlaps: Self::new(reaches, pairs)?, changes })
    }

    /// Refuses what a single pair or triple makes impossible, naming the worst.
    pub(crate) fn check_pairs_and_triples(&self) -> Result<(), Error> {
        let mut worst = ROUNDING;
        let mut found = Ok(());
        for (i, j, duplication) in self.pairs() {
            let (least, most) = self.allowed(i, j);
            let by = (duplication - most).max(least - duplication);
            if by > worst {
                worst = by;
                found = Err(Error::ImpossiblePair { channels: (i, j), duplication, least, most, by });
            }
        }
        found.clone()?;
        for (i, j) in self.all_pairs() {
            for k in j + 1..self.singles.len() {
                let (Some(ij), Some(ik), Some(jk)) =
                    (self.duplication(i, j), self.duplication(i, k), self.duplication(j, k))
                else {
                    continue;
                };
                let [a, b, c] = [i, j, k].map(|channel| self.singles[channel]);
                // Those in one channel cannot be fewer than in it and either of the others; nor can all be more than everybody.
                let by =
                    (ij + ik - jk - a).max(ij + jk - ik - b).max(ik + jk - ij - c).max(a + b + c - ij - ik - jk - 1.0);
                if by > worst {
                    worst = by;
                    found = Err(Error::ImpossibleTriple { channels: (i, j, k), by });
                }
            }
        }
        found
    }
}
