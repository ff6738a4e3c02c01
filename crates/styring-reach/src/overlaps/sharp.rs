use super::Overlaps;
use super::feasible::ROUNDING;
use super::program::Program;
use crate::Error;

/// What the reach of all channels together can be.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ReachInterval {
    low: f64,
    high: f64,
    gap: Option<f64>,
}

impl ReachInterval {
    /// Where both ends are one number, rounding may have crossed them, or led out of 0 to 1.
    fn between(low: f64, high: f64, gap: Option<f64>) -> Self {
        Self { low: low.min(high).clamp(0.0, 1.0), high: high.max(low).clamp(0.0, 1.0), gap }
    }

    /// No population with the given numbers has a smaller reach.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// No population with the given numbers has a larger reach.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// Between the ends, or outside by less than the 1e-9 that given numbers may be rounded by.
    pub fn contains(&self, reach: f64) -> bool {
        (self.low - ROUNDING..=self.high + ROUNDING).contains(&reach)
    }

    /// How far the ends at most are from populations that were found to have them: 1e-8 or less where the interval is sharp. `None` where nobody searched, and the ends are [`Bounds`](crate::Bounds).
    pub fn gap(&self) -> Option<f64> {
        self.gap
    }
}

impl Overlaps {
    /// The most channels for which the sharp interval is calculated: there are 2^n kinds of people.
    pub const MOST_SHARP: usize = 12;

    /// The smallest and the largest reach of all channels together that a population with these numbers can have: a linear program over all 2^n kinds of people, by which channels reach them.
    ///
    /// The ends are certified by duality: they are the values of weights on the given numbers under which no kind of person counts more (or less) than its part in the reach, after the largest error of those weights
    /// has been taken off. Whatever rounding did to the search, no population lies outside.
    /// (Hailperin 1965, Best possible inequalities for the probability of a logical function of events.)
    ///
    /// Cost: about 2^n n times some hundred steps; ten channels take milliseconds.
    ///
    /// Errors: more than [`MOST_SHARP`](Self::MOST_SHARP) channels; numbers that no population has, off by more than 1e-9: [`ImpossiblePair`](Error::ImpossiblePair),
    /// [`ImpossibleTriple`](Error::ImpossibleTriple), or [`Impossible`](Error::Impossible) with a [`Certificate`](crate::Certificate).
    pub fn sharp(&self) -> Result<ReachInterval, Error> {
        self.check_pairs_and_triples()?;
        let range = Program::new(self)?.range()?;
        let bounds = self.bounds();
        // They help only where the search did not settle; their own sums are rounded.
        let (low, high) = (range.low.max(bounds.low() - 1e-14), range.high.min(bounds.high() + 1e-14));
        Ok(ReachInterval::between(low, high, Some(range.gap)))
    }

    /// The sharp interval where it can be calculated, else [`bounds`](Self::bounds).
    ///
    /// Errors: numbers that no population has; beyond [`MOST_SHARP`](Self::MOST_SHARP) channels as far as pairs, triples and the bounds show it.
    pub fn interval(&self) -> Result<ReachInterval, Error> {
        if self.singles.len() <= Self::MOST_SHARP {
            return self.sharp();
        }
        self.check_pairs_and_triples()?;
        let bounds = self.bounds();
        let by = bounds.low() - bounds.high();
        if by > ROUNDING {
            return Err(Error::Impossible { by, certificate: None });
        }
        Ok(ReachInterval::between(bounds.low(), bounds.high(), None))
    }
}
