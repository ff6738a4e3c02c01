//! spotify-confidence 4.1.0: group-sequential z tests and sample sizes.
//!
//! Where it fails: information is set against the largest sample that has been seen, so more visitors than planned lower the information of looks that are over, and with it change what they said
//! ([`ztest_trajectory`]); our [`crate::group_sequential::Monitor`] freezes past looks. The interval of a look is of the unpooled standard error, and bounds end at z = 8.

use crate::group_sequential::walk::{FURTHEST, Walk, tails, upper_quantile};
use crate::{Alternative, ConfidenceSet, Counts, Error, Level, root};

/// Bounds are cut off here.
const TRUNCATED: f64 = 8.0;

/// The bound of one look.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Bound {
    /// The critical value of z.
    pub upper: f64,
    /// The error of one side that has been spent.
    pub spent: f64,
}

/// Bounds of Lan and DeMets at rising information `t`, which need not end at 1, with α t^ρ spent by then, in equal parts on the sides.
///
/// A bound beyond z = 8 is 8, and what it then spends less or more is made good at the next look.
///
/// # Errors
///
/// [`Error::OutOfRange`] for information that does not rise by a millionth or is above 1, or a ρ that is not above 0 and at most 100.
///
/// ```
/// use styring_experiments::{Alternative, Level, parity::spotify::sequential_bounds};
/// let bounds = sequential_bounds(&[0.5, 1.0], Level::P95, Alternative::TwoSided, 2.0)?;
/// assert!((bounds[0].upper - 2.4977).abs() < 1e-3 && (bounds[1].spent - 0.025).abs() < 1e-12);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn sequential_bounds(t: &[f64], level: Level, alternative: Alternative, rho: f64) -> Result<Vec<Bound>, Error> {
    if !(rho > 0.0 && rho <= 100.0) {
        return Err(Error::range("rho", "above 0 and at most 100", rho));
    }
    let two_sided = alternative == Alternative::TwoSided;
    let alpha = level.alpha() / if two_sided { 2.0 } else { 1.0 };
    let mut walk = Walk::start(0.0);
    let (mut before, mut reached) = (0.0, 0.0);
    let mut bounds = Vec::with_capacity(t.len());
    for (k, now) in t.iter().enumerate() {
        if !(*now >= before + 1e-6 && *now <= 1.0 + 1e-12) {
            return Err(Error::range("information", "rising by a millionth or more, to at most 1", now));
        }
        let may = alpha * libm::pow(now.min(1.0), rho);
        let upper = walk.bound(*now, (may - reached).max(0.0))?.min(TRUNCATED);
        reached += walk.beyond(*now, upper).0;
        bounds.push(Bound { upper, spent: may });
        if let Some(next) = t.get(k + 1).filter(|next| *next - now >= 1e-6) {
            walk.advance(*now, if two_sided { -upper } else { -FURTHEST - 1.0 }, upper, next - now);
        }
        before = *now;
    }
    Ok(bounds)
}

/// One comparison at one look.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Comparison {
    /// The look, the first is 0.
    pub look: usize,
    /// The treatment, the first is 1.
    pub treatment: usize,
    /// Its rate minus that of the control.
    pub difference: f64,
    /// The interval of the level, without any correction.
    pub interval: ConfidenceSet,
    /// The interval with the bound of the look and Bonferroni's correction over the treatments.
    pub adjusted: ConfidenceSet,
    /// Whether the adjusted interval does not hold 0.
    pub significant: bool,
}

/// The z test of each treatment against the first arm at each look, `looks[look][arm]` cumulative; two-sided, with α t² spent.
///
/// The information of a look is the visitors of the two arms over the larger of `final_sample` and the largest such number of any look: the defect described above.
///
/// # Errors
///
/// [`Error::TooFew`] with fewer than two arms or without trials, [`Error::Lengths`] for looks with different numbers of arms, [`Error::OutOfRange`] for visitors that do not rise.
pub fn ztest_trajectory(looks: &[Vec<Counts>], final_sample: u64, level: Level) -> Result<Vec<Comparison>, Error> {
    let arms = looks.first().map_or(0, Vec::len);
    if arms < 2 {
        return Err(Error::TooFew { what: "arms", needed: 2, given: arms as u64 });
    }
    if let Some(other) = looks.iter().find(|look| look.len() != arms) {
        return Err(Error::Lengths { what: "looks", first: arms, second: other.len() });
    }
    let corrected = Level::from_alpha(level.alpha() / (arms - 1) as f64)?;
    let plain = upper_quantile(level.alpha() / 2.0);
    let mut by_treatment = Vec::with_capacity(arms - 1);
    for treatment in 1..arms {
        let pairs: Vec<(Counts, Counts)> =
            looks.iter().filter_map(|look| Some((*look.first()?, *look.get(treatment)?))).collect();
        let seen: Vec<f64> = pairs.iter().map(|(one, other)| one.trials() as f64 + other.trials() as f64).collect();
        let most = seen.iter().fold(final_sample as f64, |most, seen| most.max(*seen));
        let t: Vec<f64> = seen.iter().map(|seen| seen / most).collect();
        let bounds = sequential_bounds(&t, corrected, Alternative::TwoSided, 2.0)?;
        let mut rows = Vec::with_capacity(looks.len());
        for (look, ((control, arm), bound)) in pairs.into_iter().zip(bounds).enumerate() {
            let (Some(base), Some(rate)) = (control.rate(), arm.rate()) else {
                return Err(Error::TooFew { what: "trials in an arm", needed: 1, given: 0 });
            };
            let variance = base * (1.0 - base) / control.trials() as f64 + rate * (1.0 - rate) / arm.trials() as f64;
            let (difference, se) = (rate - base, variance.sqrt());
            let around = |z: f64| ConfidenceSet::between(difference - z * se, difference + z * se);
            let adjusted = around(bound.upper);
            rows.push(Comparison {
                look,
                treatment,
                difference,
                interval: around(plain),
                adjusted,
                significant: !adjusted.contains(0.0),
            });
        }
        by_treatment.push(rows);
    }
    let row = |look: usize| by_treatment.iter().filter_map(move |rows: &Vec<Comparison>| rows.get(look).copied());
    Ok((0..looks.len()).flat_map(row).collect())
}

/// What a sample size is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Question<'a> {
    /// Whether the metric is a share, whose variance follows from the effect.
    pub binary: bool,
    /// The mean of the control.
    pub average: f64,
    /// The variance of a value.
    pub variance: f64,
    /// The smallest relative effect to be found.
    pub relative_effect: f64,
    /// The weights of the arms, the control first.
    pub weights: &'a [f64],
    /// The power, not corrected for the number of arms.
    pub power: f64,
    /// The level, corrected by Bonferroni over the treatments.
    pub level: Level,
    /// [`Alternative::TwoSided`] without a preferred direction.
    pub alternative: Alternative,
}

impl Question<'_> {
    /// z of the error plus z of the power.
    fn z(&self) -> Result<f64, Error> {
        if self.weights.len() < 2 {
            return Err(Error::TooFew { what: "arms", needed: 2, given: self.weights.len() as u64 });
        }
        if let Some(weight) = self.weights.iter().find(|weight| !(**weight > 0.0 && weight.is_finite())) {
            return Err(Error::range("weight", "above 0 and finite", weight));
        }
        if !(self.power > 0.0 && self.power < 1.0) {
            return Err(Error::range("power", "between 0 and 1", self.power));
        }
        if !(self.variance > 0.0 && self.variance.is_finite()) {
            return Err(Error::range("variance", "above 0 and finite", self.variance));
        }
        if !self.average.is_finite() || (self.binary && !(0.0..=1.0).contains(&self.average)) {
            return Err(Error::range("average", "a number, of a share from 0 to 1", self.average));
        }
        let sides = if self.alternative == Alternative::TwoSided { 2.0 } else { 1.0 };
        let alpha = self.level.alpha() / (self.weights.len() - 1) as f64 / sides;
        Ok(upper_quantile(alpha) - upper_quantile(self.power))
    }

    fn effect(&self) -> Result<f64, Error> {
        let effect = self.relative_effect * self.average;
        let within = !self.binary || (0.0..=1.0).contains(&(self.average + effect));
        if effect != 0.0 && effect.is_finite() && within {
            Ok(effect)
        } else {
            Err(Error::range("relative_effect", "one that moves the average, of a share to one", self.relative_effect))
        }
    }

    /// For each treatment: κ, control over treatment, and both arms' share of all.
    fn arms(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let all: f64 = self.weights.iter().sum();
        let control = self.weights.first().copied().unwrap_or(0.0);
        self.weights.iter().skip(1).map(move |weight| (control / weight, (control + weight) / all))
    }

    /// The visitors of the treatment, before rounding.
    fn of_treatment(&self, z: f64, kappa: f64, effect: f64) -> f64 {
        let rate = self.average + effect;
        let treated = if self.binary { rate * (1.0 - rate) } else { self.variance };
        let ratio = z / effect;
        ratio * ratio * (self.variance / kappa + treated)
    }
}

/// Visitors of all arms that the question takes: the largest number that any treatment asks for.
///
/// # Errors
///
/// [`Error::OutOfRange`] or [`Error::TooFew`] for a part of the question outside its range.
///
/// ```
/// use styring_experiments::{Alternative, Level, parity::spotify::{Question, sample_size}};
/// let question = Question {
///     binary: false, average: 13.0, variance: 15.3, relative_effect: 0.05, weights: &[1.0, 1.0], power: 0.8, level: Level::P95,
///     alternative: Alternative::TwoSided,
/// };
/// assert_eq!(sample_size(&question)?, 1138.0);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn sample_size(question: &Question<'_>) -> Result<f64, Error> {
    let (z, effect) = (question.z()?, question.effect()?);
    let sizes = question.arms().map(|(kappa, share)| {
        let treated = question.of_treatment(z, kappa, effect).ceil();
        (treated * (1.0 + kappa) / share).ceil()
    });
    Ok(sizes.fold(0.0, f64::max))
}

/// The absolute effect that `visitors` of all arms find with the power: the largest that any treatment asks for. The question's own effect is not used.
///
/// # Errors
///
/// As [`sample_size`]; [`Error::NotFound`] if no effect above 0 has the power.
pub fn powered_effect(question: &Question<'_>, visitors: f64) -> Result<f64, Error> {
    let z = question.z()?;
    if !(visitors > 0.0 && visitors.is_finite()) {
        return Err(Error::range("visitors", "above 0 and finite", visitors));
    }
    let mut largest = 0.0_f64;
    for (kappa, share) in question.arms() {
        let treated = visitors * share / (1.0 + kappa);
        let effect = if question.binary {
            let excess = |effect: f64| Ok(libm::log(question.of_treatment(z, kappa, effect) / treated));
            root::between("an effect of that power", (1e-12, 1.0 - question.average), 0.0, excess)?
        } else {
            z * (question.variance * (1.0 / kappa + 1.0) / treated).sqrt()
        };
        largest = largest.max(effect);
    }
    Ok(largest)
}

/// The two-sided p-value at which a look of [`ztest_trajectory`] rejects: 2 (1 − Φ(bound)).
pub fn nominal_level(bound: Bound) -> f64 {
    2.0 * tails(bound.upper).0
}
