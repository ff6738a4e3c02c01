use core::f64::consts::TAU;

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

    /// The part of a set between two ends that is asked for. An end beyond the range of numbers on the wrong side is the last number.
    pub(crate) fn set(self, low: f64, high: f64) -> ConfidenceSet {
        let (low, high) = (low.min(f64::MAX), high.max(f64::MIN));
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
        for value in [self.estimate, self.error] {
            if !value.is_finite() {
                return Err(Error::range("effect or its error", "within the range of a number", value));
            }
        }
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
///
/// As `student_inv`, to its accuracy, for a third of the cost where the expansion in 1/ν is near: it is right to the last digit for many degrees of freedom, and for fewer one of Halley's steps
/// on the logarithm of the tail makes good what it lacks.
pub(crate) fn critical(tail: f64, degrees: f64) -> Result<f64, Error> {
    let parts = Split::from_upper(tail)?;
    let z = usual(tail).unwrap_or_else(|| normal_inv(parts));
    let size = z.abs();
    if RIGHT.into_iter().any(|(from, to)| degrees >= from && size <= to) {
        return Ok(expanded(z, degrees));
    }
    if degrees < NEAR || size > 4.0 {
        return Ok(student_inv(degrees, parts)?);
    }
    let t = expanded(z, degrees);
    let above = student(degrees, t.abs())?.upper();
    let goal = parts.lower().min(parts.upper());
    // Γ((ν+1)/2) / Γ(ν/2) √(2/ν), to 1e-9: the step itself is that small.
    let inverse = 1.0 / degrees;
    let gammas = 1.0 + inverse * (-0.25 + inverse * (1.0 / 32.0 + inverse * (5.0 / 128.0 - inverse * 21.0 / 2048.0)));
    let density = gammas / TAU.sqrt() * libm::exp(-0.5 * (degrees + 1.0) * libm::log1p(t * t * inverse));
    let hazard = density / above;
    let newton = libm::log1p((above - goal) / goal) / hazard;
    let slope = (degrees + 1.0) * t.abs() / (degrees + t * t);
    let moved = t.abs() + newton / (1.0 - newton * (slope - hazard) / 2.0);
    Ok(if z < 0.0 { -moved } else { moved })
}

/// The normal quantiles of the usual levels, one- and two-sided: finding them costs as much as the tail of a t.
fn usual(tail: f64) -> Option<f64> {
    const USUAL: [(f64, f64); 5] = [
        (0.025, 1.959_963_984_540_054_2),
        (0.05, 1.644_853_626_951_472_7),
        (0.005, 2.575_829_303_548_901),
        (0.1, 1.281_551_565_544_600_5),
        (0.01, 2.326_347_874_040_840_8),
    ];
    USUAL.into_iter().find(|(usual, _)| tail.to_bits() == usual.to_bits()).map(|(_, z)| z)
}

/// From so many degrees of freedom on the expansion below is right to the last digits, for |z| up to this.
const RIGHT: [(f64, f64); 3] = [(350.0, 2.6), (1_000.0, 3.3), (3e4, 8.0)];

/// From here on it is near enough for one step, for |z| ≤ 4.
const NEAR: f64 = 60.0;

/// Student's quantile from the normal one, in powers of 1/ν (Abramowitz and Stegun 1964, 26.7.5, and the fifth term of Fisher and Cornish 1960).
fn expanded(z: f64, degrees: f64) -> f64 {
    let (z2, share) = (z * z, 1.0 / degrees);
    let first = (z2 + 1.0) / 4.0;
    let second = ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
    let third = (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
    let fourth = ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92_160.0;
    let fifth = (((((27.0 * z2 + 339.0) * z2 + 930.0) * z2 - 1782.0) * z2 - 765.0) * z2 + 17_955.0) / 368_640.0;
    z * (1.0 + share * (first + share * (second + share * (third + share * (fourth + share * fifth)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_values_are_quantiles() {
        let few = [1.0, 7.5, NEAR, 61.0, 100.0, 349.0, 350.0, 999.0, 1_000.0, 29_999.0];
        for degrees in few.into_iter().chain([3e4, 1e5, 1e7, 1e12, f64::INFINITY]) {
            for tail in [0.999, 0.7, 0.5, 0.4, 0.1, 0.05, 0.025, 0.01, 0.005, 5e-4, 1e-4, 3.2e-5, 1e-9, 1e-15] {
                let exact = student_inv(degrees, Split::from_upper(tail).unwrap()).unwrap();
                let got = critical(tail, degrees).unwrap();
                assert!((got - exact).abs() <= 1e-14 * exact.abs().max(1e-2), "{degrees} {tail}: {got} {exact}");
            }
        }
    }
}
