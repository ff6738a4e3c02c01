use styring_special::{Split, normal};

use crate::bayes::Posterior;
use crate::bayes::posterior::{Family, Range};
use crate::bayes::quadrature::integral;
use crate::{ConfidenceSet, Error, Level};

/// How likely each arm is to be the best, and what is lost by choosing it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct BestArm {
    probabilities: Vec<f64>,
    losses: Vec<f64>,
    expected_maximum: f64,
}

impl BestArm {
    /// Compares arms whose posteriors are of one kind and independent; the highest is the best.
    ///
    /// P(i best) = ∫ fᵢ Π Fⱼ and the loss E[max θ − θᵢ] = ∫ Fᵢ (1 − Π Fⱼ), by quadrature to about eleven digits: no draws, and the same answer every time. Neither integral subtracts, so that a small loss keeps its
    /// digits. The cost grows with the square of the number of arms.
    ///
    /// Where the lowest is the best, swap the roles: a beta with a and b exchanged, a normal with its mean negated.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two arms, [`Error::OutOfRange`] for posteriors of several kinds.
    ///
    /// ```
    /// use styring_experiments::bayes::{BestArm, Posterior};
    /// use styring_experiments::Counts;
    ///
    /// let prior = Posterior::beta(1.0, 1.0)?;
    /// let arms = [(48, 1_000), (61, 1_000), (57, 1_000)];
    /// let arms: Vec<_> =
    ///     arms.iter().map(|&(x, n)| prior.after_counts(Counts::new(x, n)?)).collect::<Result<_, _>>()?;
    /// let best = BestArm::of(&arms)?;
    /// assert!((best.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-9);
    /// assert!(best.probabilities()[1] > 0.5 && best.losses()[1] < 0.004);
    /// # Ok::<(), styring_experiments::Error>(())
    /// ```
    pub fn of(arms: &[Posterior]) -> Result<Self, Error> {
        let Some((first, others)) = arms.split_first().filter(|(_, others)| !others.is_empty()) else {
            return Err(Error::TooFew { what: "arms", needed: 2, given: arms.len() as u64 });
        };
        if others.iter().any(|other| !other.is_like(*first)) {
            return Err(Error::range("posteriors", "of one kind", "of several"));
        }
        let ranges: Vec<Range> = arms.iter().map(|arm| arm.range()).collect::<Result<_, _>>()?;
        let rest =
            |arm: usize| arms.iter().enumerate().filter(move |(other, _)| *other != arm).map(|(_, other)| *other);
        let (mut probabilities, mut losses) = (Vec::with_capacity(arms.len()), Vec::with_capacity(arms.len()));
        for (arm, (posterior, range)) in arms.iter().zip(&ranges).enumerate() {
            let won = |place: f64| {
                let others: f64 = rest(arm).map(|other| other.below_place(place).map_or(0.0, Split::lower)).product();
                posterior.density(place) * others
            };
            probabilities.push(integral(&points(&ranges, range.low, range.high), won).clamp(0.0, 1.0));
            let missed = |place: f64| {
                let log_below: f64 = rest(arm).map(|other| other.below_place(place).map_or(0.0, log_lower)).sum();
                posterior.below_place(place).map_or(0.0, Split::lower)
                    * -libm::expm1(log_below)
                    * posterior.value(place).1
            };
            let high = ranges.iter().map(|range| range.high).fold(f64::NEG_INFINITY, f64::max);
            losses.push(integral(&points(&ranges, range.low, high), missed).max(0.0));
        }
        let expected_maximum = first.mean() + losses.first().copied().unwrap_or(0.0);
        Ok(Self { probabilities, losses, expected_maximum })
    }

    /// The probability of each arm to be the best.
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// What choosing each arm loses on average against choosing the best, in the units of the metric.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// The mean of the largest.
    pub fn expected_maximum(&self) -> f64 {
        self.expected_maximum
    }
}

/// How probable it is that the treatment is above the control, exactly for normals and by quadrature otherwise.
///
/// A probability of 95 % at the first look that shows it is **no** evidence at 5 %: stopped so, a quarter of the tests without an effect find one.
///
/// # Errors
///
/// [`Error::OutOfRange`] for posteriors of several kinds.
pub fn chance_to_beat(control: Posterior, treatment: Posterior) -> Result<f64, Error> {
    if let (Family::Normal { mean: m_c, deviation: s_c }, Family::Normal { mean: m_t, deviation: s_t }) =
        (control.family(), treatment.family())
    {
        return Ok(normal((m_t - m_c) / libm::hypot(s_c, s_t))?.lower());
    }
    at_most(control, treatment, |value| value, Split::upper)
}

/// The equal-tailed credible interval of the difference, treatment less control.
///
/// # Errors
///
/// [`Error::OutOfRange`] for posteriors of several kinds.
pub fn difference_interval(control: Posterior, treatment: Posterior, level: Level) -> Result<ConfidenceSet, Error> {
    let (from, to) = (control.range()?, treatment.range()?);
    let value = |place: f64| control.value(place).0;
    let ends = (value(to.low) - value(from.high), value(to.high) - value(from.low));
    interval(ends, level, |difference, tail| at_most(control, treatment, |value| value + difference, tail))
}

/// The equal-tailed credible interval of the lift, treatment over control less one.
///
/// # Errors
///
/// [`Error::OutOfRange`] for posteriors of several kinds, or normals: a ratio of normals has an interval only where the control is certainly not zero.
pub fn lift_interval(control: Posterior, treatment: Posterior, level: Level) -> Result<ConfidenceSet, Error> {
    if matches!(control.family(), Family::Normal { .. }) {
        return Err(Error::range("posterior", "of a rate, for a lift", "a normal"));
    }
    let (from, to) = (control.range()?, treatment.range()?);
    let log = |place: f64| libm::log(control.value(place).0);
    let ends = (log(to.low) - log(from.high), log(to.high) - log(from.low));
    let set = interval(ends, level, |ratio, tail| at_most(control, treatment, |value| value * libm::exp(ratio), tail))?;
    Ok(set.map(libm::expm1))
}

fn interval(
    (low, high): (f64, f64),
    level: Level,
    part: impl Fn(f64, fn(Split) -> f64) -> Result<f64, Error>,
) -> Result<ConfidenceSet, Error> {
    let tail = level.alpha() / 2.0;
    part(low, Split::lower)?;
    let below = crate::crossing::crossing(low, high, |end| part(end, Split::lower).is_ok_and(|p| p >= tail));
    let above = crate::crossing::crossing(high, low, |end| part(end, Split::upper).is_ok_and(|p| p >= tail));
    Ok(ConfidenceSet::between(below, above))
}

/// How probable it is that the treatment is at most a rising function of the control, or above it.
fn at_most(
    control: Posterior,
    treatment: Posterior,
    function: impl Fn(f64) -> f64,
    part: fn(Split) -> f64,
) -> Result<f64, Error> {
    if !control.is_like(treatment) {
        return Err(Error::range("posteriors", "of one kind", "of several"));
    }
    let ranges = [control.range()?, treatment.range()?];
    let points = points(&ranges, ranges[0].low, ranges[0].high);
    let probability = integral(&points, |place| {
        control.density(place) * treatment.below(function(control.value(place).0)).map_or(0.0, part)
    });
    Ok(probability.clamp(0.0, 1.0))
}

/// ln of a probability, to full accuracy near one.
fn log_lower(split: Split) -> f64 {
    if split.lower() < 0.5 { libm::log(split.lower()) } else { libm::log1p(-split.upper()) }
}

/// The ends, and between them the places around which any of the distributions changes.
fn points(ranges: &[Range], low: f64, high: f64) -> Vec<f64> {
    let around = |range: &Range| {
        let Range { centre, scale, .. } = *range;
        [-9.0, -5.0, -2.5, -1.0, 0.0, 1.0, 2.5, 5.0, 9.0].map(|steps| centre + steps * scale)
    };
    let inside = ranges.iter().flat_map(around).filter(|&place| low < place && place < high);
    let mut points: Vec<f64> = inside.chain([low, high]).collect();
    points.sort_by(f64::total_cmp);
    // Arms that are alike have their places side by side: one of them is enough.
    let narrowest = ranges.iter().map(|range| range.scale).fold(f64::INFINITY, f64::min);
    points.dedup_by(|next, kept| *next < high && *next - *kept < narrowest);
    points
}
