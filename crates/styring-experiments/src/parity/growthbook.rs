//! The frequentist engine of GrowthBook (gbstats 0.8, 2026): Welch's t on differences and on lifts by the delta method.
//!
//! # Where it fails
//! - **Lifts by the delta method.** The variance of (b − a)/a is too small when the control was unlucky: with few conversions or a small arm, false alarms two to three times as often as
//!   promised. Use [`Contrast::lift`].
//! - **Refusals.** It refuses an arm without spread: 0 of 100 000 against 100 of 100 000 has no answer ([`Error::NoSpread`] here, p = 1 and an interval of \[0, 0\] there).
//! - **Slopes of CUPED** differ by metric: over everybody for means, the sum of both arms' covariances for ratios, whatever their sizes. The lift of a mean is adjusted in the numerator alone,
//!   and its error takes the derivative at the unadjusted treatment.
//! - **Post-stratification** takes the degrees of freedom of the unstratified test.
//! - **Quantiles** have the degrees of freedom of values even if they come in clusters, and a variance of at least 1e-5 in the metric's own unit: a metric in years loses its effects.

use styring_special::{Split, normal_inv};

use crate::means::{
    Contrast, Cuped, Lift, Part, Ratios, Slope, Stratum, cluster_inflation, form, post_stratified, slope,
};
use crate::student_pivot::{Pivot, Question};
use crate::{Counts, Error, Hypothesis, Joint, Moments, Readout, Scale};

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[allow(clippy::exhaustive_enums, reason = "the peer has no others that test anything else")]
pub enum Difference {
    /// b − a
    Absolute,
    /// (b − a) / |a|, by the delta method.
    #[default]
    Relative,
}

/// Proportions, with the variance p (1 − p) and Welch's degrees of freedom.
///
/// # Errors
///
/// [`Error::NoSpread`] if all or none converted in an arm, [`Error::TooFew`] with fewer than two trials in one: the peer's refusals.
pub fn proportions(
    control: Counts,
    treatment: Counts,
    difference: Difference,
    hypothesis: impl Into<Hypothesis>,
) -> Result<Readout, Error> {
    let arm = |counts: Counts| {
        let rate = counts.rate().unwrap_or(0.0);
        arm(counts.trials() as f64, rate, rate * (1.0 - rate))
    };
    two_arms([arm(control)?, arm(treatment)?], difference, hypothesis.into())
}

/// Means by Welch's t.
///
/// # Errors
///
/// [`Error::NoSpread`] if an arm does not vary, [`Error::ZeroBase`] for a lift over a control of zero, [`Error::TooFew`] with fewer than two values in an arm.
pub fn means(
    control: &Moments,
    treatment: &Moments,
    difference: Difference,
    hypothesis: impl Into<Hypothesis>,
) -> Result<Readout, Error> {
    let arm = |moments: &Moments| arm(moments.n() as f64, moments.mean(0), moments.variance(0)?);
    two_arms([arm(control)?, arm(treatment)?], difference, hypothesis.into())
}

/// Ratios by the delta method.
///
/// # Errors
///
/// Those of [`means`]; [`Error::ZeroBase`] for a denominator of zero.
pub fn ratios(
    control: &Joint<2>,
    treatment: &Joint<2>,
    difference: Difference,
    hypothesis: impl Into<Hypothesis>,
) -> Result<Readout, Error> {
    let contrast = Contrast::ratios(control, treatment)?;
    refuse(&contrast)?;
    compare(&contrast, difference, hypothesis.into())
}

/// Means adjusted by CUPED, with the slope over everybody; (during, before).
///
/// # Errors
///
/// Those of [`means`]; [`Error::NoSpread`] if nothing varied before.
pub fn cuped_means(
    control: &Joint<2>,
    treatment: &Joint<2>,
    difference: Difference,
    hypothesis: impl Into<Hypothesis>,
) -> Result<Readout, Error> {
    let hypothesis = hypothesis.into();
    let cuped = Cuped::means(control, treatment, Slope::Everybody)?;
    let theta = cuped.slope();
    let arms = [(control, [1.0, -theta]), (treatment, [1.0, -theta])];
    let base = control.mean(0);
    // The derivative by the control's two means: at the treatment as it was observed.
    let by_control = |base: f64| [-treatment.mean(0) / base.powi(2), theta / base];
    adjusted(arms, cuped.contrast(), (base, by_control), difference, hypothesis)
}

/// Ratios adjusted by CUPED; (numerator during, denominator during, numerator before, denominator before). The slope is the sum of both arms' covariances over that of their variances.
///
/// # Errors
///
/// Those of [`cuped_means`]; [`Error::ZeroBase`] for a denominator of zero.
pub fn cuped_ratios(
    control: &Joint<4>,
    treatment: &Joint<4>,
    difference: Difference,
    hypothesis: impl Into<Hypothesis>,
) -> Result<Readout, Error> {
    let theta = cuped_ratio_slope(control, treatment)?;
    let [c, t] = [Ratios::of(control)?, Ratios::of(treatment)?];
    let along = |ratios: &Ratios| std::array::from_fn(|k| ratios.during.1[k] - theta * ratios.before.1[k]);
    let values = [&c, &t].map(|ratios| ratios.during.0 - theta * ratios.before.0);
    let contrast = Contrast::new("CUPED, ratio metric", values, &[])?;
    let base = c.during.0;
    let lift = (values[1] - values[0]) / base;
    let by_control = |base: f64| std::array::from_fn(|k| -along(&c)[k] / base - lift / base * c.during.1[k]);
    adjusted(
        [(control, along(&c)), (treatment, along(&t))],
        contrast,
        (base, by_control),
        difference,
        hypothesis.into(),
    )
}

/// The slope of [`cuped_ratios`].
///
/// # Errors
///
/// Those of [`cuped_ratios`].
pub fn cuped_ratio_slope(control: &Joint<4>, treatment: &Joint<4>) -> Result<f64, Error> {
    let (mut together, mut spread) = (0.0, 0.0);
    for arm in [control, treatment] {
        let ratios = Ratios::of(arm)?;
        together += form(arm, ratios.during.1, ratios.before.1)?;
        spread += form(arm, ratios.before.1, ratios.before.1)?;
    }
    slope(together, spread)
}

/// The slope of [`cuped_means`].
///
/// # Errors
///
/// Those of [`cuped_means`].
pub fn cuped_mean_slope(control: &Joint<2>, treatment: &Joint<2>) -> Result<f64, Error> {
    Ok(Cuped::means(control, treatment, Slope::Everybody)?.slope())
}

/// Means put together over strata by the strata's shares of the sample. Strata in which an arm does not vary are joined with the largest.
///
/// # Errors
///
/// Those of [`means`].
pub fn post_stratified_means(
    strata: &[Stratum],
    difference: Difference,
    hypothesis: impl Into<Hypothesis>,
) -> Result<Readout, Error> {
    let hypothesis = hypothesis.into();
    let viable = |arm: &Moments| arm.variance(0).is_ok_and(|variance| variance > 0.0);
    let mut sorted: Vec<Stratum> = strata.to_vec();
    sorted.sort_by_key(|stratum| std::cmp::Reverse(stratum.control.n() + stratum.treatment.n()));
    let mut cells: Vec<Stratum> = Vec::new();
    let mut all = Stratum { control: Moments::default(), treatment: Moments::default() };
    for stratum in sorted {
        all.control.merge(&stratum.control);
        all.treatment.merge(&stratum.treatment);
        match cells.first_mut() {
            Some(largest) if !(viable(&stratum.control) && viable(&stratum.treatment)) => {
                largest.control.merge(&stratum.control);
                largest.treatment.merge(&stratum.treatment);
            }
            _ => cells.push(stratum),
        }
    }
    let plain = Contrast::means(&all.control, &all.treatment)?;
    refuse(&plain)?;
    if cells.len() < 2 {
        return compare(&plain, difference, hypothesis);
    }
    let contrast = post_stratified(&cells)?;
    let pivot = match difference {
        Difference::Absolute => contrast.difference_pivot()?,
        Difference::Relative => contrast.delta_pivot()?,
    };
    Pivot { degrees: plain.degrees()?, ..pivot }.readout(
        "post-stratification",
        scale(difference),
        Question::of(hypothesis, 0.0)?,
    )
}

/// A quantile of an arm as the peer's queries give it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Quantile {
    /// How many values.
    pub n: u64,
    /// How many the places of `lower` and `upper` were computed for.
    pub n_star: u64,
    /// The probability.
    pub nu: f64,
    /// The quantile.
    pub estimate: f64,
    /// The values at 95 % limits.
    pub lower: f64,
    /// The upper one.
    pub upper: f64,
    /// If values come in clusters: (values at most the quantile, values) per cluster.
    pub clusters: Option<Joint<2>>,
}

impl Quantile {
    /// The variance of a value as the peer has it, n times that of the quantile, before it looks whether n is large enough.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two values or clusters; [`Error::OutOfRange`] for a probability not between 0 and 1.
    pub fn variance(&self) -> Result<f64, Error> {
        if self.n < 2 {
            return Err(Error::TooFew { what: "values in an arm", needed: 2, given: self.n });
        }
        if !(self.nu > 0.0 && self.nu < 1.0) {
            return Err(Error::range("nu", "between 0 and 1", self.nu));
        }
        let n = self.n as f64;
        let error = (self.upper - self.lower) / (2.0 * z()?);
        let variance = self.n_star as f64 / n * (n - 1.0) * error * error;
        let inflation = match &self.clusters {
            Some(clusters) => cluster_inflation(clusters, self.nu, n)?,
            None => 1.0,
        };
        let variance = variance * inflation;
        Ok(if self.n < 100 { variance } else { variance.max(1e-5) })
    }

    fn arm(&self) -> Result<[f64; 3], Error> {
        let variance = self.variance()?;
        let z = z()?;
        let odds = self.nu / (1.0 - self.nu);
        if self.n as f64 <= z * z * odds.max(1.0 / odds) {
            return Err(Error::NoSpread { what: "the quantile of an arm with so few values" });
        }
        arm(self.n as f64, self.estimate, variance)
    }
}

/// Quantiles, with the variance from the values at their 95 % limits.
///
/// # Errors
///
/// Those of [`means`]; [`Error::NoSpread`] where an arm has too few values for limits.
pub fn quantiles(
    control: &Quantile,
    treatment: &Quantile,
    difference: Difference,
    hypothesis: impl Into<Hypothesis>,
) -> Result<Readout, Error> {
    two_arms([control.arm()?, treatment.arm()?], difference, hypothesis.into())
}

fn z() -> Result<f64, Error> {
    Ok(normal_inv(Split::from_upper(0.025)?))
}

/// Size, value and variance of an arm; a refusal if it does not vary.
fn arm(n: f64, value: f64, variance: f64) -> Result<[f64; 3], Error> {
    if n < 2.0 || variance <= 0.0 || variance.is_nan() {
        return Err(Error::NoSpread { what: "an arm" });
    }
    Ok([n, value, variance])
}

fn two_arms(arms: [[f64; 3]; 2], difference: Difference, hypothesis: Hypothesis) -> Result<Readout, Error> {
    let [[n, control, of_control], [m, treatment, of_treatment]] = arms;
    let parts = [
        Part { covariance: [of_control / n, 0.0, 0.0], degrees: n - 1.0 },
        Part { covariance: [0.0, 0.0, of_treatment / m], degrees: m - 1.0 },
    ];
    compare(&Contrast::arms("Welch's t", [control, treatment], parts)?, difference, hypothesis)
}

fn compare(contrast: &Contrast, difference: Difference, hypothesis: Hypothesis) -> Result<Readout, Error> {
    match difference {
        Difference::Absolute => contrast.difference(hypothesis),
        Difference::Relative => contrast.lift_by(Lift::Delta, hypothesis),
    }
}

/// The peer refuses where either arm does not vary.
fn refuse(contrast: &Contrast) -> Result<(), Error> {
    for direction in [[1.0, 0.0], [0.0, 1.0]] {
        contrast.along(direction)?;
    }
    Ok(())
}

/// The difference of adjusted arms, or over the control as it was observed.
fn adjusted<const K: usize>(
    [(control, of_control), (treatment, of_treatment)]: [(&Joint<K>, [f64; K]); 2],
    values: Contrast,
    (base, by_control): (f64, impl Fn(f64) -> [f64; K]),
    difference: Difference,
    hypothesis: Hypothesis,
) -> Result<Readout, Error> {
    let parts = [Part::of(control, of_control, [0.0; K])?, Part::of(treatment, [0.0; K], of_treatment)?];
    let contrast = Contrast::arms("CUPED", [values.control(), values.treatment()], parts)?;
    refuse(&contrast)?;
    if difference == Difference::Absolute {
        return contrast.difference(hypothesis);
    }
    if base == 0.0 {
        return Err(Error::ZeroBase { what: "the control's mean" });
    }
    let along = by_control(base);
    let from_control = form(control, along, along)? / control.n() as f64;
    let from_treatment = form(treatment, of_treatment, of_treatment)? / treatment.n() as f64 / (base * base);
    let pivot = Pivot {
        estimate: (contrast.treatment() - contrast.control()) / base.abs(),
        error: (from_control + from_treatment).sqrt(),
        degrees: contrast.degrees()?,
    };
    pivot.readout("CUPED, delta method", Scale::Lift, Question::of(hypothesis, 0.0)?)
}

fn scale(difference: Difference) -> Scale {
    match difference {
        Difference::Absolute => Scale::Difference,
        Difference::Relative => Scale::Lift,
    }
}
