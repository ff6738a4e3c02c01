use super::synthetic_control::{Fit, mean};
use crate::geo::{Panel, Weighting};
use crate::student_pivot::Question;
use crate::{Alternative, Error, Hypothesis, Readout, Scale};

/// What the treated would have been, for [`Conformal`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Counterfactual {
    /// The mean of the others plus a constant (difference in differences).
    MeanDifference,
    /// A weighted mean of the others.
    Synthetic(Weighting),
}

/// How the residuals of a block are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Norm {
    /// Σ|u|, for effects on all days. The default.
    #[default]
    Absolute,
    /// √Σu², for large effects on few days.
    Square,
    /// |Σu|, for the mean effect, where days' effects differ. The others take an effect that differs between days for a misfit, and may reject every constant one but the estimate.
    Sum,
}

/// Conformal inference by moving blocks (Chernozhukov, Wüthrich and Zhu 2021): is the block of treated days, less an effect, as any other block of days?
///
/// # Formula
/// Under a null effect θ on each treated day, y − θ is what there would have been. The counterfactual is fitted on all days, and p is the share of the T cyclic shifts of its residuals whose
/// last block is as large as the block of the treated days itself; days may depend on near days. The smallest p is 1/T. One-sided, a block's signed sum is what counts.
///
/// The readout's set is the hull of all θ with p ≥ α, and of the estimate; its p-value is the largest p on the null's far side from the estimate (a little larger than the plain one, where p does not fall
/// from both sides of the estimate on). So p < α exactly when the set does not hold the null.
///
/// ```
/// use styring_experiments::{Alternative, Level, geo::{Conformal, Counterfactual, Norm, Panel}};
///
/// let noise = |day: u32, by: u32| f64::from(day * by % 13);
/// let geo = |by: u32, effect: f64| {
///     (0..60).map(|day| noise(day, by) + if day >= 52 { effect } else { 0.0 }).collect::<Vec<_>>()
/// };
/// let panel = Panel::new([("test", geo(5, 20.0)), ("b", geo(3, 0.0)), ("c", geo(7, 0.0))], &["test"], 52)?;
/// let conformal = Conformal::new(&panel, Counterfactual::MeanDifference, Norm::Absolute);
/// assert_eq!(conformal.p_value(0.0, Alternative::TwoSided)?, 1.0 / 60.0);
/// let readout = conformal.readout(Level::P90)?;
/// assert!(readout.set().contains(20.0) && !readout.set().contains(0.0));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Conformal {
    treated: Vec<f64>,
    donors: Vec<Vec<f64>>,
    first_treated: usize,
    counterfactual: Counterfactual,
    norm: Norm,
    rounding: f64,
}

impl Conformal {
    /// The mean of the treated units against a counterfactual from the others.
    pub fn new(panel: &Panel, counterfactual: Counterfactual, norm: Norm) -> Self {
        Self {
            treated: panel.treated_mean(),
            donors: panel.controls().into_iter().map(|place| panel.row(place).to_vec()).collect(),
            first_treated: panel.first_treated(),
            counterfactual,
            norm,
            rounding: 8.0 * f64::EPSILON * panel.largest(),
        }
    }

    /// The mean gap on treated days, to a counterfactual that was fitted on the days before.
    ///
    /// # Errors
    ///
    /// Those of [`SyntheticControl::new`](crate::geo::SyntheticControl::new).
    pub fn effect(&self) -> Result<f64, Error> {
        let gaps = match self.counterfactual {
            Counterfactual::MeanDifference => {
                let apart = self.apart();
                let before = mean(&apart[..self.first_treated]);
                apart.iter().map(|value| value - before).collect()
            }
            Counterfactual::Synthetic(weighting) => self.gaps(&self.treated, self.first_treated, weighting)?,
        };
        Ok(mean(&gaps[self.first_treated..]) + 0.0)
    }

    /// How probable a block as far from a constant effect is, if that is the effect.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an effect that is no number or beyond ±1e100; those of [`SyntheticControl::new`](crate::geo::SyntheticControl::new).
    pub fn p_value(&self, effect: f64, alternative: Alternative) -> Result<f64, Error> {
        if effect.is_nan() || effect.abs() > 1e100 {
            return Err(Error::range("effect", "between -1e100 and 1e100", effect));
        }
        let residuals = self.residuals(effect)?;
        let days = residuals.len();
        let post = days - self.first_treated;
        let size = |start: usize| self.size((0..post).map(|i| residuals[(start + i) % days]), alternative);
        let own = size(self.first_treated);
        let rounding = (self.rounding + 8.0 * f64::EPSILON * effect.abs()) * post as f64 + 1e-12 * own.abs();
        let as_large = (0..days).filter(|start| size(*start) >= own - rounding).count();
        Ok(as_large as f64 / days as f64)
    }

    /// The effect on a treated unit and day, with the p-value of the null and the set of effects by the same test.
    ///
    /// With [`Counterfactual::MeanDifference`] p is known between all places where two blocks tie, so the set is exact. With a synthetic control p is looked up on a grid of effects, and the ends of
    /// the set are found by halving; some 200 fits.
    ///
    /// # Errors
    ///
    /// Those of [`Conformal::p_value`].
    pub fn readout(&self, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let question = Question::of(hypothesis, 0.0)?;
        let Question { level, alternative, .. } = question;
        let null = question.null + 0.0;
        let estimate = self.effect()?;
        // The estimate is never rejected, so that the set is not empty and holds it.
        let p_at = |effect: f64| {
            if effect.to_bits() == estimate.to_bits() { Ok(1.0) } else { self.p_value(effect, alternative) }
        };
        let accepted = |effect: f64| p_at(effect).map(|p| p >= level.alpha());
        let mut effects = match self.counterfactual {
            Counterfactual::MeanDifference => self.between_ties(alternative),
            Counterfactual::Synthetic(_) => self.grid(estimate, null, accepted)?,
        };
        effects.extend([estimate, null]);
        // −0 is 0, and the estimate is known by its bits.
        for effect in &mut effects {
            *effect += 0.0;
        }
        effects.sort_unstable_by(f64::total_cmp);
        effects.dedup();
        let values = effects.iter().map(|effect| p_at(*effect)).collect::<Result<Vec<_>, _>>()?;
        let accepts: Vec<bool> = values.iter().map(|p| *p >= level.alpha()).collect();
        let first = accepts.iter().position(|yes| *yes).unwrap_or(0);
        let last = accepts.iter().rposition(|yes| *yes).unwrap_or(0);
        let low = match first.checked_sub(1) {
            None => f64::NEG_INFINITY,
            Some(outside) => end(effects[first], effects[outside], accepted)?,
        };
        let high = match effects.get(last + 1) {
            None => f64::INFINITY,
            Some(outside) => end(effects[last], *outside, accepted)?,
        };
        let up_to = |keep: &dyn Fn(f64) -> bool| {
            effects.iter().zip(&values).filter(|(effect, _)| keep(**effect)).fold(0.0, |most: f64, (_, p)| most.max(*p))
        };
        let below = up_to(&|effect| effect <= null);
        let above = up_to(&|effect| effect >= null);
        let p = match alternative {
            Alternative::TwoSided => below.min(above),
            Alternative::Greater => below,
            Alternative::Less => above,
        };
        let set = question.set(low, high);
        Ok(Readout::new(
            "conformal, moving blocks",
            Scale::Difference,
            (Some(estimate), null),
            set,
            p,
            (level, alternative),
        ))
    }

    /// Treated less the plain mean of the others.
    fn apart(&self) -> Vec<f64> {
        let n = self.donors.len() as f64;
        let mean_of = |day: usize| self.donors.iter().map(|donor| donor[day]).sum::<f64>() / n;
        self.treated.iter().enumerate().map(|(day, value)| value - mean_of(day)).collect()
    }

    fn gaps(&self, target: &[f64], days: usize, weighting: Weighting) -> Result<Vec<f64>, Error> {
        let donors: Vec<&[f64]> = self.donors.iter().map(Vec::as_slice).collect();
        let fit = Fit::new(target, &donors, days, weighting)?;
        Ok(target.iter().zip(&fit.predicted).map(|(actual, predicted)| actual - predicted).collect())
    }

    /// What is left over by the counterfactual that is fitted on all days, if the effect is this.
    fn residuals(&self, effect: f64) -> Result<Vec<f64>, Error> {
        let without = |values: &[f64]| -> Vec<f64> {
            let less = |(day, value): (usize, &f64)| if day >= self.first_treated { value - effect } else { *value };
            values.iter().enumerate().map(less).collect()
        };
        match self.counterfactual {
            Counterfactual::MeanDifference => {
                let apart = without(&self.apart());
                let middle = mean(&apart);
                Ok(apart.iter().map(|value| value - middle).collect())
            }
            Counterfactual::Synthetic(weighting) => self.gaps(&without(&self.treated), self.treated.len(), weighting),
        }
    }

    fn size(&self, block: impl Iterator<Item = f64>, alternative: Alternative) -> f64 {
        match (alternative, self.norm) {
            (Alternative::TwoSided, Norm::Absolute) => block.map(f64::abs).sum(),
            (Alternative::TwoSided, Norm::Square) => block.map(|u| u * u).sum::<f64>().sqrt(),
            (Alternative::TwoSided, Norm::Sum) => block.sum::<f64>().abs(),
            (Alternative::Greater, _) => block.sum(),
            (Alternative::Less, _) => -block.sum::<f64>(),
        }
    }

    /// All effects where a block ties with the treated one, and one effect between each two and beyond the last: p is constant in between. Residuals are r − θh there, with h = 1 on treated days
    /// less their share.
    fn between_ties(&self, alternative: Alternative) -> Vec<f64> {
        let apart = self.apart();
        let (days, start) = (apart.len(), self.first_treated);
        let post = days - start;
        let middle = mean(&apart);
        let share = post as f64 / days as f64;
        let lines: Vec<(f64, f64)> = (apart.iter().enumerate())
            .map(|(day, value)| (value - middle, if day >= start { 1.0 - share } else { -share }))
            .collect();
        let block = |from: usize| (0..post).map(move |i| (from + i) % days);
        let mut ties = Vec::new();
        for from in 0..days {
            if from == start {
                continue;
            }
            let difference = |effect: f64, power: fn(f64) -> f64| {
                let sum = |from: usize| block(from).map(|day| power(lines[day].0 - effect * lines[day].1)).sum::<f64>();
                sum(from) - sum(start)
            };
            match (alternative, self.norm) {
                (Alternative::TwoSided, Norm::Square) => {
                    // square · θ² − 2 · linear · θ + constant = 0
                    let [mut square, mut linear, mut constant] = [0.0; 3];
                    for (places, sign) in [(block(from), 1.0), (block(start), -1.0)] {
                        for day in places {
                            let (rest, slope) = lines[day];
                            square += sign * slope * slope;
                            linear += sign * rest * slope;
                            constant += sign * rest * rest;
                        }
                    }
                    let root = (linear * linear - square * constant).max(0.0).sqrt();
                    let far = if linear >= 0.0 { linear + root } else { linear - root };
                    ties.extend([far / square, constant / far]);
                }
                (Alternative::TwoSided, Norm::Absolute) => {
                    let mut kinks: Vec<f64> =
                        block(from).chain(block(start)).map(|day| lines[day].0 / lines[day].1).collect();
                    kinks.sort_unstable_by(f64::total_cmp);
                    let (Some(least), Some(most)) = (kinks.first().copied(), kinks.last().copied()) else { continue };
                    let width = (most - least).max(1e-6 * most.abs()).max(f64::MIN_POSITIVE);
                    kinks.insert(0, least - width);
                    kinks.push(most + width);
                    let heights: Vec<f64> = kinks.iter().map(|kink| difference(*kink, f64::abs)).collect();
                    let last = kinks.len() - 2;
                    for (place, (x, y)) in kinks.windows(2).zip(heights.windows(2)).enumerate() {
                        let tie = x[0] - y[0] * (x[1] - x[0]) / (y[1] - y[0]);
                        // Straight beyond the outermost kinks.
                        if (place == 0 || tie >= x[0]) && (place == last || tie <= x[1]) {
                            ties.push(tie);
                        }
                    }
                }
                (Alternative::TwoSided, Norm::Sum) => {
                    let sums = |from: usize| {
                        block(from).fold((0.0, 0.0), |(rest, slope), day| (rest + lines[day].0, slope + lines[day].1))
                    };
                    let (one, other) = (sums(from), sums(start));
                    for side in [1.0, -1.0] {
                        ties.push((one.0 - side * other.0) / (one.1 - side * other.1));
                    }
                }
                _ => {
                    let (at_zero, at_one) = (difference(0.0, |u| u), difference(1.0, |u| u));
                    ties.push(at_zero / (at_zero - at_one));
                }
            }
        }
        ties.retain(|tie| tie.abs() < 1e99);
        ties.sort_unstable_by(f64::total_cmp);
        let (Some(least), Some(most)) = (ties.first().copied(), ties.last().copied()) else { return ties };
        let beyond = (most - least).max(1e-3 * least.abs().max(most.abs())).max(self.rounding);
        let mut effects: Vec<f64> = ties.windows(2).map(|pair| f64::midpoint(pair[0], pair[1])).collect();
        effects.extend([least - beyond, most + beyond]);
        effects.extend(ties);
        effects
    }

    /// Effects around the estimate, as far as they are accepted and beyond.
    fn grid(&self, estimate: f64, null: f64, accepted: impl Fn(f64) -> Result<bool, Error>) -> Result<Vec<f64>, Error> {
        const STEPS: u32 = 32;
        let residuals = self.residuals(estimate)?;
        let spread = residuals.iter().fold(0.0, |most: f64, u| most.max(u.abs()));
        let mut effects = Vec::new();
        for side in [-1.0, 1.0] {
            let mut reach = (4.0 * spread).max(2.0 * (null - estimate).abs()).max(64.0 * self.rounding).max(1e-90);
            let mut doublings = 0;
            while doublings < 12 && accepted(estimate + side * reach)? {
                reach *= 2.0;
                doublings += 1;
            }
            effects.extend((1..=STEPS).map(|step| estimate + side * reach * f64::from(step) / f64::from(STEPS)));
        }
        Ok(effects)
    }
}

/// The last accepted effect between one that is and one that is not, by halving.
fn end(mut inside: f64, mut outside: f64, accepted: impl Fn(f64) -> Result<bool, Error>) -> Result<f64, Error> {
    for _ in 0..60 {
        let middle = f64::midpoint(inside, outside);
        if (outside - inside).abs() <= 1e-12 * inside.abs().max(outside.abs()) {
            break;
        }
        if accepted(middle)? {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    Ok(inside)
}
