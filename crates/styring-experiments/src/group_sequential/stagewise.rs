use super::design::Side;
use super::walk::{Walk, upper_quantile};
use super::{Decision, Look};
use crate::{Error, root};

/// What a group-sequential test says when it has stopped, with the stopping taken into account.
///
/// Outcomes are ordered by stage: an earlier rejection upwards is more, an earlier one downwards is less than any later outcome, and within a look z decides (Armitage 1957; Tsiatis, Rosner and Mehta 1984). With P(θ) the probability
/// of at least what was observed, the p-value is P(0) (two-sided: twice the smaller of it and its complement), and the ends and the middle of the estimate solve P(θ) = a, 1 − a and 1/2.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Conclusion {
    stage: usize,
    decision: Decision,
    p_value: f64,
    estimate: f64,
    interval: (f64, f64),
}

impl Conclusion {
    /// The look at which it stopped, the first is 0.
    pub fn stage(&self) -> usize {
        self.stage
    }

    /// Why.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// The probability, without an effect, of an outcome like this or further on.
    pub fn p_value(&self) -> f64 {
        self.p_value
    }

    /// The median-unbiased estimate: as likely too large as too small.
    pub fn estimate(&self) -> f64 {
        self.estimate
    }

    /// The interval: with 1 − α of a two-sided design; of a one-sided one either end with 1 − α.
    pub fn interval(&self) -> (f64, f64) {
        self.interval
    }
}

/// What was observed, upwards being the side that is to be shown.
#[derive(Debug)]
pub(crate) struct Ordering {
    pub(crate) times: Vec<f64>,
    pub(crate) lows: Vec<f64>,
    pub(crate) highs: Vec<f64>,
    pub(crate) last: f64,
    pub(crate) z: f64,
}

impl Ordering {
    /// P(at least what was observed) and P(at most) under a drift.
    pub(crate) fn beyond(&self, drift: f64) -> (f64, f64) {
        let mut walk = Walk::start(drift);
        let (mut above, mut below) = (0.0, 0.0);
        let nexts = self.times.iter().skip(1).chain(std::iter::once(&self.last));
        for (((t, low), high), next) in self.times.iter().zip(&self.lows).zip(&self.highs).zip(nexts) {
            above += walk.beyond(*t, *high).0;
            if low.is_finite() {
                below += walk.beyond(*t, *low).1;
            }
            walk.advance(*t, *low, *high, next - t);
        }
        let (up, down) = walk.beyond(self.last, self.z);
        (above + up, below + down)
    }
}

pub(crate) fn conclude(
    ordering: &Ordering,
    side: Side,
    look: &Look,
    flip: f64,
    stage: usize,
) -> Result<Conclusion, Error> {
    let (above, below) = ordering.beyond(0.0);
    let p_value = if side.two_sided { (2.0 * above.min(below)).min(1.0) } else { above.min(1.0) };
    let evidence = look.evidence();
    let (estimate, interval) = if stage == 0 {
        // No look before: the test is the fixed one, with what its kind of data has for an interval.
        (evidence.estimate(), evidence.interval(upper_quantile(side.alpha))?)
    } else {
        let unit = flip * evidence.se() * ordering.last.sqrt();
        let low = ordering.drift("the lower end", side.alpha, true)?;
        let high = ordering.drift("the upper end", side.alpha, false)?;
        let middle = ordering.drift("the median-unbiased estimate", 0.5, true)?;
        let (one, other) = (low * unit, high * unit);
        (middle * unit, (one.min(other), one.max(other)))
    };
    Ok(Conclusion { stage, decision: look.decision(), p_value, estimate, interval })
}

impl Ordering {
    /// The drift under which what was observed or more (or less) has a probability.
    fn drift(&self, what: &'static str, probability: f64, more: bool) -> Result<f64, Error> {
        let excess = |drift: f64| {
            let (above, below) = self.beyond(drift);
            Ok(if more { above - probability } else { probability - below })
        };
        let centre = self.z / self.last.sqrt();
        let mut width = 3.0 / self.last.sqrt();
        // It rises with the drift.
        for _ in 0..40 {
            let (low, high) = (centre - width, centre + width);
            if excess(low)? <= 0.0 && excess(high)? >= 0.0 {
                return root::between(what, (low, high), 1e-12 * width, excess);
            }
            width *= 1.7;
        }
        Err(Error::NotFound { what, steps: 40 })
    }
}
