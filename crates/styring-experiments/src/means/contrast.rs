use crate::student_pivot::{Pivot, Question, critical, p_value};
use crate::{Alternative, ConfidenceSet, Error, Hypothesis, Joint, Moments, Readout, Scale};

/// What a control and a treatment come to, and how sure both are: what every estimator of this module ends in.
///
/// A contrast is asked for the difference or for the lift, one or two-sided, against no effect or a margin.
///
/// # Formula
/// With c and t the two estimates and S_a the covariance matrices of what independent parts of the data (the arms) add to them, a direction h has the variance V = Σ h′S_a h, and by
/// Welch (1947) and Satterthwaite (1946) the degrees of freedom V² / Σ (h′S_a h)² / ν_a. The difference is h = (−1, 1).
///
/// ```
/// use styring_experiments::{Level, Moments, Scale, Verdict, means::Contrast};
///
/// // Revenue per visitor in kroner: count, mean, variance.
/// let control = Moments::from_summary(40_000, [12.5], [[2_500.0]])?;
/// let treatment = Moments::from_summary(40_000, [13.6], [[2_800.0]])?;
/// let contrast = Contrast::means(&control, &treatment)?;
///
/// let kroner = contrast.difference(Level::P95)?;
/// assert_eq!((kroner.verdict(), kroner.estimate()), (Verdict::Above, Some(13.6 - 12.5)));
/// let lift = contrast.lift(Level::P95)?;
/// assert_eq!(format!("{:.3}", lift.set()), "0.030 to 0.149");
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Contrast {
    pub(super) method: &'static str,
    control: f64,
    treatment: f64,
    parts: [Part; 3],
    /// How many units the arms have, where each arm is one part.
    sizes: Option<[f64; 2]>,
}

/// What an independent part of the data adds to the uncertainty of both estimates.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(crate) struct Part {
    /// Variance of the control's estimate, covariance, variance of the treatment's.
    pub(crate) covariance: [f64; 3],
    pub(crate) degrees: f64,
}

/// How a lift is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Lift {
    /// By the logarithm of the ratio: h = (−1/c, 1/t) of ln(t/c). Both means must be on one side of zero. The default.
    #[default]
    LogRatio,
    /// By Fieller (1954): the lifts l at which t − (1 + l) c does not differ from zero. Always has an answer; where the control does not differ from zero it may be all but an interval, or
    /// everything. The degrees of freedom are those of the difference, so that the p-value against no lift is that of the difference.
    Fieller,
    /// By the delta method: (t − c)/|c| plus and minus t times its approximate error, with the degrees of freedom of the difference. For comparison with programs that do so: where the control
    /// is small its error is too small as often as the control is too large, and false alarms triple.
    Delta,
}

impl Contrast {
    /// Two means, each with a variance of its own (Welch 1947).
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two values in an arm.
    pub fn means(control: &Moments, treatment: &Moments) -> Result<Self, Error> {
        let parts = [Part::of(control, [1.0], [0.0])?, Part::of(treatment, [0.0], [1.0])?];
        Self::arms("Welch's t", [control.mean(0), treatment.mean(0)], parts)
    }

    /// Two ratios of means, the numerator's and the denominator's of one unit belonging together: revenue per order where visitors were randomised.
    ///
    /// # Formula
    /// R = M̄/D̄ per arm, with variance (s²_M − 2R s_MD + R² s²_D) / (n D̄²), the delta method (Deng, Knoblich, Lu 2018, "Applying the delta method in metric analytics").
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two values in an arm; [`Error::ZeroBase`] for a denominator of zero.
    ///
    /// ```
    /// use styring_experiments::{Joint, Level, means::Contrast};
    ///
    /// // (revenue, orders) per visitor.
    /// let control: Joint<2> = [[300.0, 1.0], [0.0, 0.0], [900.0, 2.0], [350.0, 1.0]].into_iter().collect();
    /// let treatment: Joint<2> = [[500.0, 1.0], [0.0, 0.0], [980.0, 2.0], [450.0, 1.0]].into_iter().collect();
    /// let per_order = Contrast::ratios(&control, &treatment)?;
    /// assert_eq!((per_order.control(), per_order.treatment()), (387.5, 482.5));
    /// let readout = per_order.difference(Level::P95)?;
    /// assert_eq!(readout.estimate(), Some(95.0));
    /// assert!(readout.p_value() > 0.1); // four visitors an arm show nothing
    /// # Ok::<(), styring_experiments::Error>(())
    /// ```
    pub fn ratios(control: &Joint<2>, treatment: &Joint<2>) -> Result<Self, Error> {
        let (one, of_one) = ratio(control.mean(0), control.mean(1))?;
        let (other, of_other) = ratio(treatment.mean(0), treatment.mean(1))?;
        let parts = [Part::of(control, of_one, [0.0; 2])?, Part::of(treatment, [0.0; 2], of_other)?];
        Self::arms("ratio metric", [one, other], parts)
    }

    /// Pairs of a control's and a treatment's value that belong together, such as the two halves of a shop's customers.
    ///
    /// The difference is the paired t test. Where the two values are almost the same, take the differences themselves to [`one_sample`]: they keep the digits.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two pairs.
    pub fn paired(pairs: &Joint<2>) -> Result<Self, Error> {
        let part = Part::of(pairs, [1.0, 0.0], [0.0, 1.0])?;
        Self::new("paired t", [pairs.mean(0), pairs.mean(1)], &[part])
    }

    pub(crate) fn new(method: &'static str, [control, treatment]: [f64; 2], given: &[Part]) -> Result<Self, Error> {
        for value in [control, treatment] {
            finite("estimate", value)?;
        }
        let mut parts = [Part::NONE; 3];
        for (part, given) in parts.iter_mut().zip(given) {
            for value in given.covariance {
                finite("variance of an estimate", value)?;
            }
            *part = *given;
        }
        Ok(Self { method, control, treatment, parts, sizes: None })
    }

    /// Of two arms with n − 1 degrees of freedom each, which can be pooled.
    pub(crate) fn arms(method: &'static str, values: [f64; 2], parts: [Part; 2]) -> Result<Self, Error> {
        Ok(Self { sizes: Some(parts.map(|part| part.degrees + 1.0)), ..Self::new(method, values, &parts)? })
    }

    /// With one variance of what is compared, pooled over the arms, in place of one each: Student's t for means.
    ///
    /// For a lift it is the variance of values over their mean that is pooled: one coefficient of variation. Without randomisation to equal arms, or with an effect on the spread, its error
    /// is wrong; Welch's is not. What does not consist of two arms with a variance each (pairs, strata, regressions) stays what it is.
    #[must_use]
    pub fn pooled(self) -> Self {
        let Some(sizes) = self.sizes else {
            return self;
        };
        let degrees = sizes[0] + sizes[1] - 2.0;
        let both = 1.0 / sizes[0] + 1.0 / sizes[1];
        let mut part = Part { covariance: [0.0; 3], degrees };
        for (arm, n) in self.parts.iter().zip(sizes) {
            for (sum, value) in part.covariance.iter_mut().zip(arm.covariance) {
                *sum += value * n * ((n - 1.0) / degrees) * both;
            }
        }
        Self { method: "Student's t", parts: [part, Part::NONE, Part::NONE], sizes: None, ..self }
    }

    /// With the normal distribution in place of Student's: a z test.
    #[must_use]
    pub fn normal(mut self) -> Self {
        for part in &mut self.parts {
            part.degrees = f64::INFINITY;
        }
        self
    }

    /// What the control comes to.
    pub fn control(&self) -> f64 {
        self.control
    }

    /// What the treatment comes to.
    pub fn treatment(&self) -> f64 {
        self.treatment
    }

    /// The standard error of the difference.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpread`] if nothing varies.
    pub fn standard_error(&self) -> Result<f64, Error> {
        Ok(self.along(DIFFERENCE)?.0)
    }

    /// The degrees of freedom of the difference; infinite for the normal distribution.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpread`] if nothing varies.
    pub fn degrees(&self) -> Result<f64, Error> {
        Ok(self.along(DIFFERENCE)?.1)
    }

    /// The difference, treatment minus control.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpread`] if nothing varies; [`Error::OutOfRange`] for a null that is no number, or a difference too large for one.
    pub fn difference(&self, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        self.difference_pivot()?.readout(self.method, Scale::Difference, Question::of(hypothesis, 0.0)?)
    }

    /// The lift over the control, (t − c)/|c|, by the logarithm of the ratio.
    ///
    /// # Errors
    ///
    /// Those of [`Contrast::lift_by`].
    pub fn lift(&self, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        self.lift_by(Lift::LogRatio, hypothesis)
    }

    /// The lift over the control, (t − c)/|c|: positive where the treatment is above, also of a control below zero.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpread`] if nothing varies. By the logarithm, [`Error::OutOfRange`] unless the two are on one side of zero, and for a null at which they would not be; by the delta method,
    /// [`Error::ZeroBase`] for a control of zero; by Fieller, [`Error::OutOfRange`] for a one-sided answer of a level below 50 %.
    pub fn lift_by(&self, by: Lift, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let question = Question::of(hypothesis, 0.0)?;
        match by {
            Lift::LogRatio => self.log_ratio(question),
            Lift::Fieller => self.fieller(question),
            Lift::Delta => self.delta_pivot()?.readout("delta method", Scale::Lift, question),
        }
    }

    pub(crate) fn difference_pivot(&self) -> Result<Pivot, Error> {
        let (error, degrees) = self.along(DIFFERENCE)?;
        Ok(Pivot { estimate: finite("difference", self.treatment - self.control)?, error, degrees })
    }

    fn log_ratio(&self, question: Question) -> Result<Readout, Error> {
        let Question { level, alternative, null } = question;
        let (control, treatment) = (self.control, self.treatment);
        if control == 0.0 {
            return Err(Error::ZeroBase { what: "the control's mean" });
        }
        let ratio = treatment / control;
        if !(ratio > 0.0 && ratio < f64::INFINITY) {
            return Err(Error::range("ratio of treatment to control", "above 0 to have a logarithm", ratio));
        }
        let side = control.signum();
        let against = 1.0 + side * null;
        if against <= 0.0 {
            return Err(Error::range("null", "a lift that leaves the sign of the control", null));
        }
        let (error, degrees) = self.along([-1.0 / control, 1.0 / treatment])?;
        // The logarithm times the side rises with the treatment.
        let near = (0.5..2.0).contains(&ratio);
        let log = if near { libm::log1p((treatment - control) / control) } else { libm::log(ratio) };
        let pivot = Pivot { estimate: side * log, error, degrees };
        let p = pivot.p_value(side * libm::log1p(side * null), alternative)?;
        let reach = critical(question.tail(), degrees)? * error;
        let lift = |log: f64| side * libm::expm1(side * log);
        let set = question.set(lift(pivot.estimate - reach), lift(pivot.estimate + reach));
        let estimate = (treatment - control) / control.abs();
        Ok(Readout::new("log ratio", Scale::Lift, (Some(estimate), null), set, p, (level, alternative)))
    }

    pub(crate) fn delta_pivot(&self) -> Result<Pivot, Error> {
        let (control, treatment) = (self.control, self.treatment);
        if control == 0.0 {
            return Err(Error::ZeroBase { what: "the control's mean" });
        }
        Ok(Pivot {
            estimate: finite("lift", (treatment - control) / control.abs())?,
            error: self.along([-treatment / control / control.abs(), 1.0 / control.abs()])?.0,
            degrees: self.along(DIFFERENCE)?.1,
        })
    }

    fn fieller(&self, question: Question) -> Result<Readout, Error> {
        let Question { level, alternative, null } = question;
        let (control, treatment) = (self.control, self.treatment);
        let side = if control < 0.0 { -1.0 } else { 1.0 };
        let degrees = self.along(DIFFERENCE)?.1;
        let against = 1.0 + side * null;
        let p = p_value((treatment - against * control) / self.along([-against, 1.0])?.0, degrees, alternative)?;
        let reach = critical(question.tail(), degrees)?;
        if reach < 0.0 {
            return Err(Error::range("level", "0.5 or above for a one-sided answer by Fieller", level.level()));
        }
        let set = self.ratios_within(reach, alternative)?.times(side).plus(-side);
        let estimate = (control != 0.0).then(|| (treatment - control) / control.abs());
        Ok(Readout::new("Fieller", Scale::Lift, (estimate, null), set, p, (level, alternative)))
    }

    /// The ratios ρ at which (t − ρc) / se(t − ρc) lies within the reach: two-sided |·| ≤ k, to show more · ≤ k, to show less · ≥ −k.
    #[allow(clippy::many_single_char_names, reason = "a quadratic, as it is written")]
    fn ratios_within(&self, reach: f64, alternative: Alternative) -> Result<ConfidenceSet, Error> {
        let (c, t) = (self.control, self.treatment);
        let [cc, ct, tt] = self.covariance();
        let k2 = reach * reach;
        // (t − ρc)² − k² V(ρ) = a ρ² − 2 b ρ + d
        let (a, b, d) = (c * c - k2 * cc, t * c - k2 * ct, t * t - k2 * tt);
        let quarter = k2 * (t * t * cc - 2.0 * t * c * ct + c * c * tt) - k2 * k2 * (cc * tt - ct * ct);
        finite("ratio", a + b + d + quarter)?;
        let inside_is_far = |ratio: f64| match alternative {
            Alternative::TwoSided => true,
            Alternative::Greater => t - ratio * c > 0.0,
            Alternative::Less => t - ratio * c < 0.0,
        };
        if a == 0.0 {
            let end = if b == 0.0 { 0.0 } else { finite("ratio", d / (2.0 * b))? };
            let far = if b > 0.0 { -1.0 } else { 1.0 };
            return Ok(if b == 0.0 || !inside_is_far(end + far * (1.0 + end.abs())) {
                ConfidenceSet::Everything
            } else if b > 0.0 {
                ConfidenceSet::between(end, f64::INFINITY)
            } else {
                ConfidenceSet::between(f64::NEG_INFINITY, end)
            });
        }
        if a < 0.0 && quarter <= 0.0 {
            return Ok(ConfidenceSet::Everything);
        }
        let sum = b + b.signum() * quarter.max(0.0).sqrt();
        let (one, other) = (finite("ratio", sum / a)?, if sum == 0.0 { 0.0 } else { finite("ratio", d / sum)? });
        let (low, high) = (one.min(other), one.max(other));
        Ok(if a < 0.0 {
            if inside_is_far(f64::midpoint(low, high)) {
                ConfidenceSet::Outside { below: low, above: high }
            } else {
                ConfidenceSet::Everything
            }
        } else {
            match alternative {
                Alternative::TwoSided => ConfidenceSet::between(low, high),
                _ if inside_is_far(low - 1.0 - low.abs()) => ConfidenceSet::between(low, f64::INFINITY),
                _ => ConfidenceSet::between(f64::NEG_INFINITY, high),
            }
        })
    }

    fn covariance(&self) -> [f64; 3] {
        let mut sum = [0.0; 3];
        for part in &self.parts {
            for (sum, value) in sum.iter_mut().zip(part.covariance) {
                *sum += value;
            }
        }
        sum
    }

    /// Standard error and degrees of freedom in a direction.
    pub(crate) fn along(&self, direction: [f64; 2]) -> Result<(f64, f64), Error> {
        let variances = self.parts.map(|part| part.along(direction));
        let sum: f64 = variances.iter().sum();
        if sum <= 0.0 {
            return Err(Error::NoSpread { what: "what is compared" });
        }
        finite("variance", sum)?;
        let share: f64 =
            variances.iter().zip(&self.parts).map(|(variance, part)| (variance / sum).powi(2) / part.degrees).sum();
        Ok((sum.sqrt(), if share > 0.0 { 1.0 / share } else { f64::INFINITY }))
    }
}

impl Part {
    pub(crate) const NONE: Self = Self { covariance: [0.0; 3], degrees: 1.0 };

    /// What an arm adds, given how its means enter the control's and the treatment's estimates.
    pub(crate) fn of<const K: usize>(
        arm: &Joint<K>,
        on_control: [f64; K],
        on_treatment: [f64; K],
    ) -> Result<Self, Error> {
        let n = arm.n() as f64;
        Ok(Self {
            covariance: [
                form(arm, on_control, on_control)?.max(0.0) / n,
                form(arm, on_control, on_treatment)? / n,
                form(arm, on_treatment, on_treatment)?.max(0.0) / n,
            ],
            degrees: n - 1.0,
        })
    }

    /// The variance in a direction; what is within rounding of zero is zero.
    fn along(&self, [control, treatment]: [f64; 2]) -> f64 {
        let [cc, ct, tt] = self.covariance;
        let terms = [cc * control * control, 2.0 * ct * control * treatment, tt * treatment * treatment];
        let sum: f64 = terms.iter().sum();
        let size: f64 = terms.iter().map(|term| term.abs()).sum();
        if sum > 4.0 * f64::EPSILON * size || sum.is_nan() { sum } else { 0.0 }
    }
}

/// The mean of one sample against a number: a t test of differences, or of any single value.
///
/// # Errors
///
/// [`Error::TooFew`] with fewer than two values; [`Error::NoSpread`] if they do not vary.
pub fn one_sample(values: &Moments, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
    let part = Part::of(values, [0.0], [1.0])?;
    Contrast::new("one-sample t", [0.0, values.mean(0)], &[part])?.difference(hypothesis)
}

/// Covariance of two weighted sums of the values of an arm.
pub(crate) fn form<const K: usize>(arm: &Joint<K>, one: [f64; K], other: [f64; K]) -> Result<f64, Error> {
    if arm.n() < 2 {
        return Err(Error::TooFew { what: "values in an arm", needed: 2, given: arm.n() });
    }
    let mut sum = 0.0;
    for (left, row) in one.iter().zip(arm.products()) {
        let inner: f64 = other.iter().zip(row).map(|(right, product)| right * product).sum();
        sum += left * inner;
    }
    Ok(sum / (arm.n() - 1) as f64)
}

/// A ratio of two means, and how it moves with them.
pub(crate) fn ratio(numerator: f64, denominator: f64) -> Result<(f64, [f64; 2]), Error> {
    if denominator == 0.0 {
        return Err(Error::ZeroBase { what: "the denominator's mean" });
    }
    let ratio = finite("ratio", numerator / denominator)?;
    Ok((ratio, [finite("ratio", 1.0 / denominator)?, -ratio / denominator]))
}

pub(crate) fn finite(what: &'static str, value: f64) -> Result<f64, Error> {
    if value.is_finite() { Ok(value) } else { Err(Error::range(what, "within the range of a number", value)) }
}

pub(crate) const DIFFERENCE: [f64; 2] = [-1.0, 1.0];
