use crate::{Error, Joint, Moments};

/// What is measured, and how much it varies from one visitor to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written"))]
pub struct Metric {
    mean: f64,
    kind: Kind,
    /// What CUPED and clusters do to every variance.
    factor: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
enum Kind {
    Share { pooled: bool },
    Value { control: f64, treatment: f64 },
}

fn variance(field: &'static str, variance: f64) -> Result<f64, Error> {
    if variance > 0.0 && variance.is_finite() {
        Ok(variance)
    } else {
        Err(Error::range(field, "above 0 and finite", variance))
    }
}

impl Metric {
    /// A share, such as a conversion rate: that of the control. The variance follows from it, in the treatment from the effect; the test pools both arms, as they are alike without an effect.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it lies between 0 and 1.
    pub fn share(rate: f64) -> Result<Self, Error> {
        if rate > 0.0 && rate < 1.0 {
            Ok(Self { mean: rate, kind: Kind::Share { pooled: true }, factor: 1.0 })
        } else {
            Err(Error::range("rate", "between 0 and 1", rate))
        }
    }

    /// A mean value, such as revenue per visitor: that of the control, and the standard deviation of a value.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a mean that is no number or a deviation that is not above 0 and finite.
    pub fn mean(mean: f64, sd: f64) -> Result<Self, Error> {
        if !mean.is_finite() {
            return Err(Error::range("mean", "a number", mean));
        }
        let variance = variance("sd", sd * sd)?;
        Ok(Self { mean, kind: Kind::Value { control: variance, treatment: variance }, factor: 1.0 })
    }

    /// The mean of values seen in the past.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two, [`Error::OutOfRange`] if they do not vary.
    pub fn seen(values: &Moments) -> Result<Self, Error> {
        Self::mean(values.mean(0), values.variance(0)?.sqrt())
    }

    /// A mean with CUPED: value and covariate as seen in the past. The variance falls by the squared correlation (Deng et al. 2013).
    ///
    /// # Errors
    ///
    /// As [`Metric::seen`]. A covariate that does not vary changes nothing.
    pub fn seen_with_covariate(values: &Joint<2>) -> Result<Self, Error> {
        let rest = remaining(values.variance(0)?, values.variance(1)?, values.covariance(0, 1)?);
        Self::mean(values.mean(0), rest.sqrt())
    }

    /// A ratio of two means, such as revenue per click: numerator and denominator of a visitor. The variance is that of the delta method, [s_N² − 2R s_ND + R² s_D²] / D̄² (Deng, Knoblich and Lu 2018).
    ///
    /// # Errors
    ///
    /// [`Error::ZeroBase`] for a denominator whose mean is zero; else as [`Metric::seen`].
    pub fn ratio(values: &Joint<2>) -> Result<Self, Error> {
        let (mean, gradient) = linear(values, 0, 1)?;
        Self::mean(mean, spread(values, &gradient, &gradient)?.sqrt())
    }

    /// A ratio with CUPED: numerator, denominator, and numerator and denominator of a covariate that is a ratio too.
    ///
    /// # Errors
    ///
    /// As [`Metric::ratio`], for both.
    pub fn ratio_with_covariate(values: &Joint<4>) -> Result<Self, Error> {
        let (mean, gradient) = linear(values, 0, 1)?;
        let (_, covariate) = linear(values, 2, 3)?;
        let rest = remaining(
            spread(values, &gradient, &gradient)?,
            spread(values, &covariate, &covariate)?,
            spread(values, &gradient, &covariate)?,
        );
        Self::mean(mean, rest.sqrt())
    }

    /// Another standard deviation of a value in the treatment. Of a share it follows from the effect, and this changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it is above 0 and finite.
    pub fn with_treatment_sd(mut self, sd: f64) -> Result<Self, Error> {
        let variance = variance("sd", sd * sd)?;
        if let Kind::Value { treatment, .. } = &mut self.kind {
            *treatment = variance;
        }
        Ok(self)
    }

    /// A share whose test takes the two arms' own variances, also without an effect.
    #[must_use]
    pub fn unpooled(mut self) -> Self {
        if let Kind::Share { pooled } = &mut self.kind {
            *pooled = false;
        }
        self
    }

    /// With CUPED of a covariate whose correlation with the value is `rho`: every variance times 1 − ρ².
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless −1 < ρ < 1.
    pub fn cuped(mut self, rho: f64) -> Result<Self, Error> {
        if rho.is_nan() || rho.abs() >= 1.0 {
            return Err(Error::range("rho", "between -1 and 1", rho));
        }
        self.factor *= 1.0 - rho * rho;
        Ok(self)
    }

    /// In clusters of `size` that are assigned as one, with correlation `icc` within: every variance times the design effect 1 + (size − 1) icc (Kish 1965). Visitors are still counted one by one.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the size is 1 or more and 0 ≤ icc ≤ 1.
    pub fn clustered(mut self, size: f64, icc: f64) -> Result<Self, Error> {
        if !(size >= 1.0 && size.is_finite()) {
            return Err(Error::range("size", "1 or more", size));
        }
        if !(0.0..=1.0).contains(&icc) {
            return Err(Error::range("icc", "from 0 to 1", icc));
        }
        self.factor *= 1.0 + (size - 1.0) * icc;
        Ok(self)
    }

    /// The mean of the control.
    pub fn control_mean(&self) -> f64 {
        self.mean
    }

    pub(crate) fn is_share(&self) -> bool {
        matches!(self.kind, Kind::Share { .. })
    }

    /// Variances of a value in the control and in the treatment under an effect, and in both arms without one if they are pooled.
    pub(crate) fn variances(&self, effect: f64, control: f64, treatment: f64) -> (f64, f64, Option<f64>) {
        let of = |rate: f64| self.factor * (rate * (1.0 - rate)).max(0.0);
        match self.kind {
            Kind::Share { pooled } => {
                let common = self.mean + effect * treatment / (control + treatment);
                (of(self.mean), of(self.mean + effect), pooled.then(|| of(common)))
            }
            Kind::Value { control, treatment } => (self.factor * control, self.factor * treatment, None),
        }
    }

    /// The variance of the treatment's mean over the control's, squared, as polynomial in u = 1 + lift: constant, linear and quadratic term, for n of the control and m of the treatment.
    pub(crate) fn lift_variance(&self, n: f64, m: f64) -> [f64; 3] {
        let mean2 = self.mean * self.mean;
        match self.kind {
            Kind::Share { .. } => {
                let (p, f) = (self.mean, self.factor);
                [0.0, f / (p * m), f * ((1.0 - p) / (p * n) - 1.0 / m)]
            }
            Kind::Value { control, treatment } => {
                [self.factor * treatment / (mean2 * m), 0.0, self.factor * control / (mean2 * n)]
            }
        }
    }
}

/// What a covariate leaves of a variance.
fn remaining(variance: f64, of_covariate: f64, both: f64) -> f64 {
    if of_covariate > 0.0 { variance - both * both / of_covariate } else { variance }
}

/// A ratio of two means, and its derivative in all means.
fn linear<const K: usize>(values: &Joint<K>, numerator: usize, denominator: usize) -> Result<(f64, [f64; K]), Error> {
    let below = values.mean(denominator);
    if below == 0.0 {
        return Err(Error::ZeroBase { what: "the mean of the denominator" });
    }
    let ratio = values.mean(numerator) / below;
    let gradient = std::array::from_fn(|place| {
        if place == numerator {
            1.0 / below
        } else if place == denominator {
            -ratio / below
        } else {
            0.0
        }
    });
    Ok((ratio, gradient))
}

/// The covariance of two linear combinations.
fn spread<const K: usize>(values: &Joint<K>, one: &[f64; K], other: &[f64; K]) -> Result<f64, Error> {
    let mut sum = 0.0;
    for (i, a) in one.iter().enumerate() {
        for (j, b) in other.iter().enumerate() {
            if *a != 0.0 && *b != 0.0 {
                sum += a * b * values.covariance(i, j)?;
            }
        }
    }
    Ok(sum)
}

/// Lehr's rule: about 16 s² / d² visitors an arm find an effect d with 80 % power at a two-sided level of 95 % (Lehr 1992).
///
/// # Errors
///
/// [`Error::OutOfRange`] for a variance or an effect that is not above 0 and finite.
///
/// ```
/// assert_eq!(styring_experiments::planning::lehr(0.25, 0.05)?.round(), 1600.0);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn lehr(variance_of_value: f64, effect: f64) -> Result<f64, Error> {
    let spread = variance("variance", variance_of_value)?;
    Ok(16.0 * spread / variance("effect", effect * effect)?)
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    mean: f64,
    kind: Kind,
    factor: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Metric {
    type Error = Error;

    fn try_from(Written { mean, kind, factor }: Written) -> Result<Self, Error> {
        let metric = match kind {
            Kind::Share { .. } => Self::share(mean)?,
            Kind::Value { control, treatment } => {
                variance("treatment", treatment)?;
                Self::mean(mean, variance("control", control)?.sqrt())?
            }
        };
        Ok(Self { kind, factor: variance("factor", factor)?, ..metric })
    }
}
