#![allow(clippy::many_single_char_names, reason = "the letters of the formulas")]

use crate::pivot::{checked_null, critical, tail};
use crate::{Alternative, ConfidenceSet, Error, Hypothesis, Joint, Moments, Readout, Scale};

/// The ratio of two estimates that both have an error (Fieller 1954).
///
/// z(θ) = (a − θ b) / √(v_a − 2θ c + θ² v_b), and the set of all θ that it does not contradict. Where the denominator is not told from zero, that is g = z² v_b / b² ≥ 1, the set is not bounded: all but
/// a gap, or everything. That is the answer, and not a failure.
///
/// ```
/// use styring_experiments::{ConfidenceSet, Fieller, Hypothesis, Scale};
///
/// // Incremental value 40 ± 12 from incremental spend 10 ± 2.
/// let roas = Fieller::new([40.0, 10.0], [144.0, 4.0], 0.0)?.readout(Scale::Value, Hypothesis::default())?;
/// let (low, high) = roas.set().ends();
/// assert_eq!(roas.estimate(), Some(4.0));
/// assert!(low > 1.5 && high < 8.0);
///
/// // Of an incremental spend that may be zero nothing is a bound.
/// let unknown = Fieller::new([20.0, 3.0], [900.0, 4.0], 0.0)?.readout(Scale::Value, Hypothesis::default())?;
/// assert_eq!(unknown.set(), ConfidenceSet::Everything);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Fieller {
    estimates: [f64; 2],
    variances: [f64; 2],
    covariance: f64,
}

impl Fieller {
    /// Numerator and denominator, their variances (squared standard errors), and their covariance.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for what is not finite, a variance below zero, or a covariance that is too large for the variances; [`Error::ZeroBase`] for a denominator that is zero without error.
    pub fn new(estimates: [f64; 2], variances: [f64; 2], covariance: f64) -> Result<Self, Error> {
        if let Some(estimate) = estimates.iter().find(|estimate| !estimate.is_finite()) {
            return Err(Error::range("estimate", "a number", estimate));
        }
        if let Some(variance) = variances.iter().find(|variance| !(variance.is_finite() && **variance >= 0.0)) {
            return Err(Error::range("variance", "0 or above", variance));
        }
        let most = libm::sqrt(variances[0]) * libm::sqrt(variances[1]);
        if covariance.is_nan() || covariance.abs() > most * (1.0 + 1e-9) {
            return Err(Error::range("covariance", "within the variances", covariance));
        }
        if estimates[1] == 0.0 && variances[1] == 0.0 {
            return Err(Error::ZeroBase { what: "the denominator" });
        }
        Ok(Self { estimates, variances, covariance: covariance.clamp(-most, most) })
    }

    /// Of two means of independent groups.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for a group of fewer than two; as [`Fieller::new`].
    pub fn of_means(numerator: &Moments, denominator: &Moments) -> Result<Self, Error> {
        let error = |group: &Moments| Ok::<_, Error>(group.variance(0)? / group.n() as f64);
        Self::new([numerator.mean(0), denominator.mean(0)], [error(numerator)?, error(denominator)?], 0.0)
    }

    /// Of two differences between the same two groups: of values, and of what they are related to.
    ///
    /// # Errors
    ///
    /// As [`Fieller::of_means`].
    pub fn of_differences(treated: &Joint<2>, control: &Joint<2>) -> Result<Self, Error> {
        let (n, m) = (treated.n() as f64, control.n() as f64);
        let sum = |i: usize, j: usize| Ok::<_, Error>(treated.covariance(i, j)? / n + control.covariance(i, j)? / m);
        Self::new(
            [treated.mean(0) - control.mean(0), treated.mean(1) - control.mean(1)],
            [sum(0, 0)?, sum(1, 1)?],
            sum(0, 1)?,
        )
    }

    /// The ratio; none where the denominator is zero.
    pub fn ratio(self) -> Option<f64> {
        let [a, b] = self.estimates;
        (b != 0.0).then(|| a / b).filter(|ratio| ratio.is_finite())
    }

    /// The ratio against a null (1 if none is given), on the scale that it is.
    ///
    /// With [`Scale::Lift`] the ratio less one, against 0.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a null that is not finite.
    pub fn readout(self, scale: Scale, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let hypothesis = hypothesis.into();
        let shift = if scale == Scale::Lift { 1.0 } else { 0.0 };
        let null = checked_null(hypothesis, 1.0 - shift, (f64::MIN, f64::MAX), "a number")?;
        // The lift is a ratio of its own: of the difference to the denominator.
        let of = if scale == Scale::Lift { self.less_one() } else { self };
        let set = of.set(hypothesis.alternative(), critical(hypothesis)?);
        let p = tail(of.z(null), hypothesis.alternative())?;
        let asked = (hypothesis.level(), hypothesis.alternative());
        Ok(Readout::new("Fieller's ratio test", scale, (of.ratio(), null), set, p, asked))
    }

    /// The lift with the error of the delta method: (a − b)/b ± z √(v_a/b² + a² v_b/b⁴ − 2a c/b³).
    ///
    /// For comparison with what others report. It takes the denominator's error for small; where that is not so, the interval is too short on one side and too long on the other, and errors of the first kind pass the
    /// level by far. [`Fieller::readout`] does not.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroBase`] for a denominator of zero.
    pub fn delta_lift(self, hypothesis: impl Into<Hypothesis>) -> Result<ConfidenceSet, Error> {
        let hypothesis = hypothesis.into();
        let [a, b] = self.estimates;
        let [v, w] = self.variances;
        let ratio = self.ratio().ok_or(Error::ZeroBase { what: "the denominator" })?;
        let variance = (v - ratio * (2.0 * self.covariance - ratio * w)) / b / b;
        let (lift, half) = ((a - b) / b, critical(hypothesis)? * libm::sqrt(variance.max(0.0)));
        Ok(crate::pivot::set(hypothesis.alternative(), || lift - half, || lift + half))
    }

    /// The numerator less the denominator, to the denominator.
    fn less_one(self) -> Self {
        let [a, b] = self.estimates;
        let [v, w] = self.variances;
        let variance = (v - 2.0 * self.covariance + w).max(0.0);
        Self { estimates: [a - b, b], variances: [variance, w], covariance: self.covariance - w }
    }

    /// Positive where the ratio lies above θ.
    fn z(self, theta: f64) -> f64 {
        let [a, b] = self.estimates;
        let [v, w] = self.variances;
        let distance = (a - theta * b) * if b < 0.0 { -1.0 } else { 1.0 };
        let variance = v - theta * (2.0 * self.covariance - theta * w);
        if distance == 0.0 { 0.0 } else { distance / libm::sqrt(variance.max(0.0)) }
    }

    /// All θ whose statistic stays within the critical value.
    fn set(self, alternative: Alternative, z: f64) -> ConfidenceSet {
        let [a, b] = self.estimates;
        let [v, w] = self.variances;
        let square = z * z;
        // A θ² − 2B θ + C ≤ 0.
        let top = b * b - square * w;
        let middle = a * b - square * self.covariance;
        let bottom = a * a - square * v;
        let discriminant = square
            * (b * b * v - 2.0 * a * b * self.covariance + a * a * w
                - square * (v * w - self.covariance * self.covariance));
        let root = libm::sqrt(discriminant.max(0.0));
        // Both roots without a difference of near numbers.
        let far = middle + root.copysign(middle);
        let (one, other) = (far / top, if far == 0.0 { 0.0 } else { bottom / far });
        let (low, high) = (one.min(other), one.max(other));
        if top > 0.0 {
            return match alternative {
                Alternative::TwoSided => ConfidenceSet::Interval { low, high },
                Alternative::Greater => ConfidenceSet::AtLeast(low),
                Alternative::Less => ConfidenceSet::AtMost(high),
            };
        }
        if discriminant <= 0.0 {
            return ConfidenceSet::Everything;
        }
        if top == 0.0 {
            let end = bottom / (2.0 * middle);
            let set = if middle > 0.0 { ConfidenceSet::AtLeast(end) } else { ConfidenceSet::AtMost(end) };
            let outside_is_above = self.z(if middle > 0.0 { end - 1.0 } else { end + 1.0 }) > 0.0;
            return Self::side(alternative, outside_is_above, set);
        }
        let gap_is_above = self.z(low / 2.0 + high / 2.0) > 0.0;
        Self::side(alternative, gap_is_above, ConfidenceSet::Outside { below: low, above: high })
    }

    /// One-sided, what is contradicted only by lying on the wrong side is not contradicted.
    fn side(alternative: Alternative, contradicted_from_above: bool, set: ConfidenceSet) -> ConfidenceSet {
        match alternative {
            Alternative::TwoSided => set,
            Alternative::Greater if contradicted_from_above => set,
            Alternative::Less if !contradicted_from_above => set,
            _ => ConfidenceSet::Everything,
        }
    }
}
