//! A mixture of Student's t: what is known of an effect, when its variances are known only up to a distribution.

use styring_special::student;

use crate::root::falling_root;
use crate::student_pivot::{Question, critical, of_tails};
use crate::{Alternative, Error, Readout, Scale};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// They sum to 1.
    pub(crate) weight: f64,
    pub(crate) centre: f64,
    pub(crate) scale: f64,
}

/// Parts of one number of degrees of freedom.
#[derive(Debug, Clone)]
pub(crate) struct Mixture {
    pub(crate) parts: Vec<Part>,
    pub(crate) degrees: f64,
}

impl Mixture {
    /// All values times a factor above 0.
    pub(crate) fn times(mut self, factor: f64) -> Self {
        for part in &mut self.parts {
            part.centre *= factor;
            part.scale *= factor;
        }
        self
    }

    /// How probable less, and more, than a value is.
    fn tails(&self, value: f64) -> Result<(f64, f64), Error> {
        let (mut lower, mut upper) = (0.0, 0.0);
        for part in &self.parts {
            let tails = student(self.degrees, (value - part.centre) / part.scale)?;
            lower += part.weight * tails.lower();
            upper += part.weight * tails.upper();
        }
        Ok((lower, upper))
    }

    pub(crate) fn p_value(&self, null: f64, alternative: Alternative) -> Result<f64, Error> {
        let (lower, upper) = self.tails(null)?;
        // A null far below leaves everything above it, which speaks for "greater".
        Ok(of_tails(upper, lower, alternative))
    }

    /// The value below which there is `tail`, or above which there is.
    fn end(&self, tail: f64, upper: bool) -> Result<f64, Error> {
        let side = if upper { 1.0 } else { -1.0 };
        let reach = side * critical(tail, self.degrees)?;
        let ends = self.parts.iter().map(|part| part.centre + reach * part.scale);
        let (low, high) =
            ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| (low.min(end), high.max(end)));
        let excess = |value: f64| match (self.tails(value), upper) {
            (Ok((_, above)), true) => above - tail,
            (Ok((below, _)), false) => tail - below,
            (Err(_), _) => 0.0,
        };
        Ok(falling_root(excess, low, high))
    }

    /// The median: it is in every set.
    pub(crate) fn median(&self) -> Result<f64, Error> {
        self.end(0.5, true)
    }

    /// Test and set by the same distribution.
    pub(crate) fn readout(&self, method: &'static str, scale: Scale, question: Question) -> Result<Readout, Error> {
        let Question { level, alternative, null } = question;
        let estimate = self.median()?;
        let tail = question.tail();
        let low = if alternative == Alternative::Less { f64::NEG_INFINITY } else { self.end(tail, false)? };
        let high = if alternative == Alternative::Greater { f64::INFINITY } else { self.end(tail, true)? };
        for value in [estimate, low, high] {
            if value.is_nan() {
                return Err(Error::range("effect or its error", "within the range of a number", value));
            }
        }
        let p = self.p_value(null, alternative)?;
        Ok(Readout::new(method, scale, (Some(estimate), null), question.set(low, high), p, (level, alternative)))
    }
}
