use super::augmented::augmented;
use super::simplex::nearest;
use crate::geo::Panel;
use crate::student_pivot::Question;
use crate::{Alternative, ConfidenceSet, Error, Hypothesis, Readout, Scale};

/// How donors are weighted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Weighting {
    /// Whether each unit's own mean is removed first, so that donors follow the treated in movement and not in level (an intercept; unit fixed effects).
    pub demeaned: bool,
    /// The λ of a ridge regression of what the simplex leaves over (augmented synthetic control), in squared units of the outcome; none for weights that are ≥ 0.
    pub ridge: Option<f64>,
}

/// Synthetic control (Abadie, Diamond and Hainmueller 2010): the mean of the treated units against a weighted mean of the others that followed it before.
///
/// # Formula
/// Weights w ≥ 0 with the sum 1 that minimise Σ (treated − Σ w · donor)² over the days before the treatment, to the optimum, which is certified: see [`SyntheticControl::violation`]. With no
/// more days before than donors many weights may fit alike, and the counterfactual is one of many. Cost: donors² × days, and a small system a step.
///
/// ```
/// use styring_experiments::geo::{Panel, SyntheticControl, Weighting};
///
/// let days = 30;
/// let donor = |speed: f64| (0..days).map(|day| 50.0 + speed * 10.0 * (f64::from(day) * speed).sin()).collect::<Vec<_>>();
/// let (north, south, west) = (donor(0.7), donor(1.1), donor(1.9));
/// let treated: Vec<f64> = (0..30)
///     .map(|day| 0.25 * north[day] + 0.75 * south[day] + if day >= 20 { 6.0 } else { 0.0 })
///     .collect();
/// let panel = Panel::new([("test", treated), ("north", north), ("south", south), ("west", west)], &["test"], 20)?;
/// let synthetic = SyntheticControl::new(&panel, Weighting::default())?;
/// assert!((synthetic.weights()[1] - 0.75).abs() < 1e-9);
/// assert!((synthetic.effect() - 6.0).abs() < 1e-9);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SyntheticControl {
    donors: Vec<String>,
    fit: Fit,
    actual: Vec<f64>,
    first_treated: usize,
    treated_units: usize,
    uniform_l2: f64,
}

/// One target fitted by its donors.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(crate) struct Fit {
    simplex: Vec<f64>,
    weights: Vec<f64>,
    violation: f64,
    /// A root mean squared gap that is as good as none: the optimum is known to the square of it.
    perfect: f64,
    /// Of every day.
    pub(crate) predicted: Vec<f64>,
}

impl Fit {
    /// Fitted on the first `days`.
    pub(crate) fn new(target: &[f64], donors: &[&[f64]], days: usize, weighting: Weighting) -> Result<Self, Error> {
        let n = donors.len();
        let level = |row: &[f64]| if weighting.demeaned { mean(&row[..days]) } else { 0.0 };
        let own = level(target);
        let levels: Vec<f64> = donors.iter().map(|donor| level(donor)).collect();
        let apart: Vec<Vec<f64>> = donors
            .iter()
            .zip(&levels)
            .map(|(donor, level)| donor[..days].iter().zip(target).map(|(b, a)| (b - level) - (a - own)).collect())
            .collect();
        let mut gram = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                let product = dot(&apart[i], &apart[j]);
                gram[i * n + j] = product;
                gram[j * n + i] = product;
            }
        }
        let nearest = nearest(&gram, n)?;
        let far: f64 = nearest.weights.iter().enumerate().map(|(i, weight)| weight * gram[i * n + i].sqrt()).sum();
        let largest = target[..days].iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        let perfect = (1e-6 * far / (days as f64).sqrt()).max(1e-14 * largest);
        let weights = match weighting.ridge {
            None => nearest.weights.clone(),
            // Seen from the target, which leaves differences between days' means to the weights that sum to 1.
            Some(lambda) => augmented(&vec![0.0; days], &apart, &nearest.weights, lambda)?,
        };
        let mut predicted = vec![own; target.len()];
        for ((donor, level), weight) in donors.iter().zip(&levels).zip(&weights) {
            if *weight != 0.0 {
                for (sum, value) in predicted.iter_mut().zip(*donor) {
                    *sum += weight * (value - level);
                }
            }
        }
        Ok(Self { simplex: nearest.weights, weights, violation: nearest.violation, perfect, predicted })
    }
}

impl SyntheticControl {
    /// Fits the weights on the days before the treatment.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where rounding keeps the weights from a certified optimum; [`Error::OutOfRange`] for a ridge that is not above 0, [`Error::Collinear`] for one too small to matter.
    pub fn new(panel: &Panel, weighting: Weighting) -> Result<Self, Error> {
        let places = panel.controls();
        let donors: Vec<&[f64]> = places.iter().map(|place| panel.row(*place)).collect();
        let actual = panel.treated_mean();
        let first_treated = panel.first_treated();
        let fit = Fit::new(&actual, &donors, first_treated, weighting)?;
        let before = |row: &[f64]| if weighting.demeaned { mean(&row[..first_treated]) } else { 0.0 };
        let uniform = panel.mean(&places);
        let shift = before(&actual) - before(&uniform);
        let uniform_l2 = actual[..first_treated]
            .iter()
            .zip(&uniform)
            .map(|(actual, uniform)| (actual - uniform - shift) * (actual - uniform - shift))
            .sum::<f64>()
            .sqrt();
        let treated_units = panel.treated().len();
        let donors = places.iter().map(|place| panel.units()[*place].clone()).collect();
        Ok(Self { donors, fit, actual, first_treated, treated_units, uniform_l2 })
    }

    /// The names of the donors, in the order of the weights.
    pub fn donors(&self) -> &[String] {
        &self.donors
    }

    /// What each donor counts for. They sum to 1, and are ≥ 0 without a ridge.
    pub fn weights(&self) -> &[f64] {
        &self.fit.weights
    }

    /// The weights on the simplex: the same without a ridge.
    pub fn simplex_weights(&self) -> &[f64] {
        &self.fit.simplex
    }

    /// How far the simplex weights are from the conditions of the optimum (Karush, Kuhn and Tucker): with r the gap before and dᵢ = donor i less treated, every dᵢ·r is at least r·r, and equal to it
    /// where the weight is above 0; this is the largest violation over |dᵢ| · Σ w|d|. At most 1e-9, else there is no answer.
    pub fn violation(&self) -> f64 {
        self.fit.violation
    }

    /// To how many equally weighted donors the simplex weights come: 1 / Σ w².
    pub fn effective_donors(&self) -> f64 {
        1.0 / self.fit.simplex.iter().map(|weight| weight * weight).sum::<f64>()
    }

    /// Day by day, the mean of the treated units.
    pub fn actual(&self) -> &[f64] {
        &self.actual
    }

    /// Day by day, what it would have been without the treatment.
    pub fn counterfactual(&self) -> &[f64] {
        &self.fit.predicted
    }

    /// Day by day, actual less counterfactual.
    pub fn gaps(&self) -> Vec<f64> {
        self.actual.iter().zip(&self.fit.predicted).map(|(actual, predicted)| actual - predicted).collect()
    }

    /// The effect on a treated unit and day: the mean gap with the treatment (ATT).
    pub fn effect(&self) -> f64 {
        mean(&self.gaps()[self.first_treated..])
    }

    /// The effect over all treated units and days.
    pub fn total(&self) -> f64 {
        self.gaps()[self.first_treated..].iter().sum::<f64>() * self.treated_units as f64
    }

    /// The effect over what there would have been without it; none where that is zero.
    pub fn lift(&self) -> Option<f64> {
        let without: f64 = self.fit.predicted[self.first_treated..].iter().sum();
        let lift = self.gaps()[self.first_treated..].iter().sum::<f64>() / without.abs();
        lift.is_finite().then_some(lift)
    }

    /// The length of the gap before the treatment: √Σ gap² (L2 imbalance).
    pub fn l2(&self) -> f64 {
        norm(&self.gaps()[..self.first_treated])
    }

    /// That length over the one with equal weights: 0 is a perfect fit, 1 no better than the plain mean. None where the plain mean fits perfectly.
    pub fn scaled_l2(&self) -> Option<f64> {
        let perfect = self.fit.perfect * (self.first_treated as f64).sqrt();
        (self.uniform_l2 > perfect).then(|| self.l2() / self.uniform_l2)
    }

    /// The root of the mean squared gap before the treatment.
    pub fn rmspe_before(&self) -> f64 {
        self.l2() / (self.first_treated as f64).sqrt()
    }

    /// The root of the mean squared gap with the treatment.
    pub fn rmspe_after(&self) -> f64 {
        let gaps = self.gaps();
        norm(&gaps[self.first_treated..]) / ((gaps.len() - self.first_treated) as f64).sqrt()
    }

    /// Both, the second over the first; none where the fit is perfect.
    pub fn rmspe_ratio(&self) -> Option<f64> {
        let before = self.rmspe_before();
        (before > self.fit.perfect).then(|| self.rmspe_after() / before)
    }
}

/// Placebos in space: every donor in turn is taken for the treated one, and fitted by the other donors.
///
/// If the treatment did nothing and could have been anybody's, the treated unit's place among all is random: p-values are (1 + as extreme) / (1 + donors), never below 1 / (1 + donors).
///
/// ```
/// use styring_experiments::{Level, geo::{Panel, Placebos, Weighting}};
///
/// let noise = |i: u32| f64::from(i.wrapping_mul(2_654_435_761) >> 16) / 65_536.0;
/// let geo = |i: u32| {
///     let effect = |day| if i == 0 && day >= 30 { 3.0 } else { 0.0 };
///     (0..40).map(|day| 100.0 + f64::from(i + day % 7) + noise(100 * i + day) + effect(day)).collect::<Vec<_>>()
/// };
/// let panel = Panel::new((0..20).map(|i| (format!("geo {i}"), geo(i))), &["geo 0"], 30)?;
/// let placebos = Placebos::new(&panel, Weighting { demeaned: true, ridge: None })?;
/// assert_eq!(placebos.rmspe_p_value()?, 1.0 / 20.0);
/// let readout = placebos.readout(Level::P90)?; // the mean gap, tested and inverted
/// assert!(readout.p_value() < 0.1 && !readout.set().contains(0.0));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Placebos {
    treated: Placebo,
    donors: Vec<Placebo>,
    names: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct Placebo {
    effect: f64,
    /// None where it is fitted perfectly.
    before: Option<f64>,
    after: f64,
}

impl Placebo {
    fn of(actual: &[f64], fit: &Fit, start: usize) -> Self {
        let gaps: Vec<f64> = actual.iter().zip(&fit.predicted).map(|(actual, predicted)| actual - predicted).collect();
        let (before, after) = gaps.split_at(start);
        let root = |part: &[f64]| norm(part) / (part.len() as f64).sqrt();
        let before = Some(root(before)).filter(|before| *before > fit.perfect);
        Self { effect: mean(after), before, after: root(after) }
    }

    fn studentised(&self) -> Option<f64> {
        self.before.map(|before| self.effect / before)
    }

    fn ratio(&self) -> Option<f64> {
        self.before.map(|before| self.after / before)
    }
}

impl Placebos {
    /// Fits the treated and every donor; donors³ × days / 2 for the products, and donors times the steps of a fit.
    ///
    /// # Errors
    ///
    /// Those of [`SyntheticControl::new`]; [`Error::TooFew`] with fewer than two donors.
    pub fn new(panel: &Panel, weighting: Weighting) -> Result<Self, Error> {
        let places = panel.controls();
        if places.len() < 2 {
            return Err(Error::TooFew { what: "donors", needed: 2, given: places.len() as u64 });
        }
        let start = panel.first_treated();
        let rows: Vec<&[f64]> = places.iter().map(|place| panel.row(*place)).collect();
        let actual = panel.treated_mean();
        let treated = Placebo::of(&actual, &Fit::new(&actual, &rows, start, weighting)?, start);
        let mut others = rows.clone();
        let mut donors = Vec::with_capacity(rows.len());
        for (place, row) in rows.iter().enumerate() {
            others.remove(place);
            donors.push(Placebo::of(row, &Fit::new(row, &others, start, weighting)?, start));
            others.insert(place, row);
        }
        let names = places.iter().map(|place| panel.units()[*place].clone()).collect();
        Ok(Self { treated, donors, names })
    }

    /// The donors' names and what the "effect" on each is over the fit before it; none for a donor that was fitted perfectly.
    pub fn studentised(&self) -> impl Iterator<Item = (&str, Option<f64>)> {
        self.names.iter().zip(&self.donors).map(|(name, donor)| (name.as_str(), donor.studentised()))
    }

    /// The donors' names and the root mean squared gap after over the one before; none for a donor that was fitted perfectly.
    pub fn rmspe_ratios(&self) -> impl Iterator<Item = (&str, Option<f64>)> {
        self.names.iter().zip(&self.donors).map(|(name, donor)| (name.as_str(), donor.ratio()))
    }

    /// The share of units, the treated among them, whose gap grew as much as the treated one's: by the ratio of root mean squared gaps after and before (Abadie, Diamond and Hainmueller 2010).
    /// It finds effects of any form over the days, and has no interval of its own; [`Placebos::readout`] has.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpread`] where the treated were fitted perfectly.
    pub fn rmspe_p_value(&self) -> Result<f64, Error> {
        let own = self.treated.ratio().ok_or(PERFECT)?;
        let as_large = |donor: &&Placebo| donor.ratio().is_none_or(|ratio| ratio >= own * (1.0 - 1e-12));
        Ok(self.share(self.donors.iter().filter(as_large).count()))
    }

    fn share(&self, others: usize) -> f64 {
        (1 + others) as f64 / (1 + self.donors.len()) as f64
    }

    /// The effect on a treated unit and day, tested by the rank of (mean gap − null) over the fit before, and the set of nulls that this test does not reject. Everything, where there are too
    /// few donors for the level.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpread`] where the treated were fitted perfectly; [`Error::OutOfRange`] for a null that is not finite.
    pub fn readout(&self, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let question = Question::of(hypothesis, 0.0)?;
        let Question { level, alternative, null } = question;
        let before = self.treated.before.ok_or(PERFECT)?;
        let extreme = |value: f64| match alternative {
            Alternative::TwoSided => value.abs(),
            Alternative::Greater => value,
            Alternative::Less => -value,
        };
        // In units of the outcome: how far from the effect a null ties with each placebo. A perfect fit ties with everything.
        let mut reaches: Vec<f64> = self
            .donors
            .iter()
            .map(|donor| donor.studentised().map_or(f64::INFINITY, |value| extreme(value) * before))
            .collect();
        reaches.sort_unstable_by(|a, b| b.total_cmp(a));
        let effect = self.treated.effect;
        // A null is held against the ends of the set themselves, so that both agree to the last bit.
        let ties = |reach: f64, null: f64| match alternative {
            Alternative::TwoSided => effect - reach <= null && null <= effect + reach,
            Alternative::Greater => effect - reach <= null,
            Alternative::Less => null <= effect + reach,
        };
        let p = self.share(reaches.iter().filter(|reach| ties(**reach, null)).count());
        let needed = (0..=reaches.len()).find(|others| self.share(*others) >= level.alpha()).unwrap_or(reaches.len());
        let set = match needed.checked_sub(1).and_then(|last| reaches.get(last)) {
            None => ConfidenceSet::Everything,
            Some(reach) => question.set(effect - reach, effect + reach),
        };
        Ok(Readout::new("placebos in space", Scale::Difference, (Some(effect), null), set, p, (level, alternative)))
    }
}

const PERFECT: Error = Error::NoSpread { what: "the gap before the treatment" };

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

/// In four sums, which a processor adds side by side.
fn dot(one: &[f64], other: &[f64]) -> f64 {
    let (ones, rest) = one.as_chunks::<4>();
    let (others, other_rest) = other.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (one, other) in ones.iter().zip(others) {
        for place in 0..4 {
            sums[place] += one[place] * other[place];
        }
    }
    let tail: f64 = rest.iter().zip(other_rest).map(|(one, other)| one * other).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + tail
}
