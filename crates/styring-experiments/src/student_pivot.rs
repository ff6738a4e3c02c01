use styring_special::{Split, normal_inv, student, student_inv};

use crate::{Alternative, ConfidenceSet, Error, Hypothesis, Level, Readout, Scale};

/// A hypothesis whose null is a number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub(crate) level: Level,
    pub(crate) alternative: Alternative,
    pub(crate) null: f64,
}

impl Question {
    /// With the null that stands for no effect.
    pub(crate) fn of(hypothesis: impl Into<Hypothesis>, none: f64) -> Result<Self, Error> {
        let hypothesis = hypothesis.into();
        let null = hypothesis.null().unwrap_or(none);
        if !null.is_finite() {
            return Err(Error::range("null", "a number", null));
        }
        Ok(Self { level: hypothesis.level(), alternative: hypothesis.alternative(), null })
    }

    /// The error that one tail may have.
    pub(crate) fn tail(self) -> f64 {
        match self.alternative {
            Alternative::TwoSided => self.level.alpha() / 2.0,
            Alternative::Greater | Alternative::Less => self.level.alpha(),
        }
    }

    /// The part of a set between two ends that is asked for.
    pub(crate) fn set(self, low: f64, high: f64) -> ConfidenceSet {
        match self.alternative {
            Alternative::TwoSided => ConfidenceSet::between(low, high),
            Alternative::Greater => ConfidenceSet::between(low, f64::INFINITY),
            Alternative::Less => ConfidenceSet::between(f64::NEG_INFINITY, high),
        }
    }
}

/// An estimate whose distance from the truth, in standard errors, is Student's t.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pivot {
    pub(crate) estimate: f64,
    pub(crate) error: f64,
    /// Infinite for the normal distribution.
    pub(crate) degrees: f64,
}

impl Pivot {
    /// The readout of the estimate as it is.
    pub(crate) fn readout(self, method: &'static str, scale: Scale, question: Question) -> Result<Readout, Error> {
        let Question { level, alternative, null } = question;
        let p = self.p_value(null, alternative)?;
        let set = self.set(question)?;
        let readout = Readout::new(method, scale, (Some(self.estimate), null), set, p, (level, alternative));
        Ok(readout.with_standard_error(self.error))
    }

    pub(crate) fn p_value(self, null: f64, alternative: Alternative) -> Result<f64, Error> {
        p_value((self.estimate - null) / self.error, self.degrees, alternative)
    }

    pub(crate) fn set(self, question: Question) -> Result<ConfidenceSet, Error> {
        let reach = critical(question.tail(), self.degrees)? * self.error;
        Ok(question.set(self.estimate - reach, self.estimate + reach))
    }
}

/// The p-value of Student's t.
pub(crate) fn p_value(t: f64, degrees: f64, alternative: Alternative) -> Result<f64, Error> {
    let parts = student(degrees, t)?;
    Ok(of_tails(parts.lower(), parts.upper(), alternative))
}

/// The p-value that goes with the probabilities of as little, and of as much.
pub(crate) fn of_tails(lower: f64, upper: f64, alternative: Alternative) -> f64 {
    match alternative {
        Alternative::TwoSided => (2.0 * lower.min(upper)).min(1.0),
        Alternative::Greater => upper.min(1.0),
        Alternative::Less => lower.min(1.0),
    }
}

/// The t that is exceeded with the probability `tail`.
pub(crate) fn critical(tail: f64, degrees: f64) -> Result<f64, Error> {
    let tail = Split::from_upper(tail)?;
    if degrees < EXPANDS {
        return Ok(student_inv(degrees, tail)?);
    }
    let z = normal_inv(tail);
    if z.abs() > 8.0 {
        return Ok(student_inv(degrees, tail)?);
    }
    Ok(expanded(z, degrees))
}

/// From here on the expansion below is right to the last digit for |z| ≤ 8.
const EXPANDS: f64 = 3e4;

/// Student's quantile from the normal one, in powers of 1/ν (Abramowitz and Stegun 1964, 26.7.5).
fn expanded(z: f64, degrees: f64) -> f64 {
    let (z2, share) = (z * z, 1.0 / degrees);
    let first = (z2 + 1.0) / 4.0;
    let second = ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
    let third = (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
    let fourth = ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92_160.0;
    z * (1.0 + share * (first + share * (second + share * (third + share * fourth))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expansion_is_the_quantile() {
        for degrees in [EXPANDS, 1e5, 1e7, 1e12] {
            for tail in [0.4, 0.1, 0.025, 1e-4, 1e-9, 1e-15] {
                let exact = student_inv(degrees, Split::from_upper(tail).unwrap()).unwrap();
                let got = critical(tail, degrees).unwrap();
                assert!((got / exact - 1.0).abs() < 4e-15, "{degrees} {tail}: {got} {exact}");
            }
        }
    }
}
