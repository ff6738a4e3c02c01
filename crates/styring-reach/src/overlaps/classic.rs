use super::{Overlaps, ReachInterval};
use crate::Error;

/// What a formula says, held to what is possible.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ModelledReach {
    raw: f64,
    interval: ReachInterval,
}

impl ModelledReach {
    pub(crate) fn new(raw: f64, interval: ReachInterval) -> Self {
        Self { raw, interval }
    }

    /// The share of the universe reached: what the formula says, moved into the interval if it lay outside.
    pub fn value(&self) -> f64 {
        self.raw.clamp(self.interval.low(), self.interval.high())
    }

    /// What the formula says.
    pub fn raw(&self) -> f64 {
        self.raw
    }

    /// How much the value was moved, to be told with it; `None` where the formula lay inside (by more than 1e-12).
    pub fn clamped(&self) -> Option<f64> {
        let moved = self.value() - self.raw;
        (moved.abs() > 1e-12).then_some(moved)
    }

    /// What the reach can be at all.
    pub fn interval(&self) -> ReachInterval {
        self.interval
    }
}

impl Overlaps {
    /// Agostini's constant.
    pub const AGOSTINI: f64 = 1.125;

    /// A²/(A + k D), with A the sum of the reaches and D of the pairs: Agostini (1961), who found k = 1.125 ([`AGOSTINI`](Self::AGOSTINI)) for magazines of his day. Not even exact for two channels, and above 100 % for five of 50 %
    /// that do not depend on each other.
    ///
    /// Errors: k outside 0 to 1000; a pair that is not known.
    pub fn agostini_raw(&self, k: f64) -> Result<f64, Error> {
        if !(0.0..=1000.0).contains(&k) {
            return Err(Error::OutOfRange { field: "k", expected: "from 0 to 1000", value: k.to_string() });
        }
        let sum: f64 = self.singles.iter().sum();
        let duplications: f64 = self.known("Agostini")?.into_iter().map(|(_, _, d)| d).sum();
        Ok(if sum > 0.0 { sum * (sum / (sum + k * duplications)) } else { 0.0 })
    }

    /// A²/(A + Σ k_ij d_ij) with k_ij = (r_i + r_j)/(r_i + r_j − d_ij): Hofmans (1966). Exact for two channels.
    ///
    /// Errors: a pair that is not known, or that is as large as both reaches together.
    pub fn hofmans_raw(&self) -> Result<f64, Error> {
        let sum: f64 = self.singles.iter().sum();
        let mut weighted = 0.0;
        for (i, j, duplication) in self.known("Hofmans")? {
            let both = self.singles[i] + self.singles[j];
            if duplication > 0.0 {
                if duplication >= both {
                    let (least, most) = self.allowed(i, j);
                    let by = duplication - most;
                    return Err(Error::ImpossiblePair { channels: (i, j), duplication, least, most, by });
                }
                weighted += duplication * (both / (both - duplication));
            }
        }
        Ok(if sum > 0.0 { sum * (sum / (sum + weighted)) } else { 0.0 })
    }

    /// 1 − Π (1 − r_i): the reach if channels did not depend on each other. Needs no pair, and looks at none.
    pub fn independent_raw(&self) -> f64 {
        -libm::expm1(self.singles.iter().map(|reach| libm::log1p(-reach)).sum())
    }

    /// [`agostini_raw`](Self::agostini_raw), held to the sharp interval.
    ///
    /// Errors: as there, and as [`interval`](Self::interval).
    pub fn agostini(&self, k: f64) -> Result<ModelledReach, Error> {
        Ok(ModelledReach::new(self.agostini_raw(k)?, self.interval()?))
    }

    /// [`hofmans_raw`](Self::hofmans_raw), held to the sharp interval.
    ///
    /// Errors: as there, and as [`interval`](Self::interval).
    pub fn hofmans(&self) -> Result<ModelledReach, Error> {
        let interval = self.interval()?;
        Ok(ModelledReach::new(self.hofmans_raw()?, interval))
    }

    /// [`independent_raw`](Self::independent_raw), held to the sharp interval, which the known pairs narrow.
    ///
    /// Errors: as [`interval`](Self::interval).
    pub fn independent(&self) -> Result<ModelledReach, Error> {
        Ok(ModelledReach::new(self.independent_raw(), self.interval()?))
    }

    pub(crate) fn known(&self, model: &'static str) -> Result<Vec<(usize, usize, f64)>, Error> {
        let known = |(i, j)| match self.duplication(i, j) {
            Some(duplication) => Ok((i, j, duplication)),
            None => Err(Error::UnknownPair { model, channels: (i, j) }),
        };
        self.all_pairs().map(known).collect()
    }
}
