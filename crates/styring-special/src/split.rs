use crate::Error;

/// One, split into a lower and an upper part, **both** to full relative accuracy.
///
/// 1 − 1e-20 is no `f64`, its complement 1e-20 is. The functions of this crate therefore take and give the two
/// together: a distribution function and its complement, x and 1 − x. The smaller part is what counts; the
/// larger is 1 minus it, rounded once.
///
/// ```
/// use styring_special::Split;
/// assert_eq!(Split::from_lower(0.25)?.upper(), 0.75);
/// let x = Split::from_upper(1e-20)?;
/// assert_eq!((x.lower(), x.upper()), (1.0, 1e-20));
/// // Student's t: x = ν / (ν + t²), near 1 for small t.
/// let (nu, t) = (4.0, 1e-10);
/// let x = Split::from_ratio(nu, t * t)?;
/// assert_eq!((x.lower(), x.upper()), (1.0, t * t / nu));
/// # Ok::<(), styring_special::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    lower: f64,
    upper: f64,
}

impl Split {
    /// The split whose lower part is known.
    ///
    /// # Errors
    /// [`Error::Part`] unless 0 ≤ `lower` ≤ 1.
    pub fn from_lower(lower: f64) -> Result<Self, Error> {
        check_part("lower", lower)?;
        Ok(Self::below(lower))
    }

    /// The split whose upper part is known.
    ///
    /// # Errors
    /// [`Error::Part`] unless 0 ≤ `upper` ≤ 1.
    pub fn from_upper(upper: f64) -> Result<Self, Error> {
        check_part("upper", upper)?;
        Ok(Self::above(upper))
    }

    /// The split in the ratio `lower : upper`, that is lower / (lower + upper) and upper / (lower + upper).
    ///
    /// Where x and y = 1 − x are both known, this is `from_ratio(x, y)`. One of the two may be zero or infinite.
    ///
    /// # Errors
    /// [`Error::Negative`] for a weight that is NaN or negative; [`Error::Ratio`] if both are zero or both
    /// infinite.
    pub fn from_ratio(lower: f64, upper: f64) -> Result<Self, Error> {
        for (name, value) in [("lower", lower), ("upper", upper)] {
            if value.is_nan() || value < 0.0 {
                return Err(Error::Negative { name, value });
            }
        }
        if lower.max(upper) == 0.0 || lower.min(upper).is_infinite() {
            return Err(Error::Ratio { value: lower });
        }
        Ok(Self::odds(lower, upper))
    }

    /// The lower part: P of (P, Q), x of (x, 1 − x).
    pub fn lower(self) -> f64 {
        self.lower
    }

    /// The upper part: Q of (P, Q), 1 − x of (x, 1 − x).
    pub fn upper(self) -> f64 {
        self.upper
    }

    /// Lower and upper exchanged.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { lower: self.upper, upper: self.lower }
    }

    pub(crate) fn below(lower: f64) -> Self {
        // Adding zero turns -0 into 0.
        Self { lower: lower + 0.0, upper: 1.0 - lower }
    }

    pub(crate) fn above(upper: f64) -> Self {
        Self::below(upper).swapped()
    }

    pub(crate) fn from_tail(tail: f64, is_upper: bool) -> Self {
        if is_upper { Self::above(tail) } else { Self::below(tail) }
    }

    /// [`Split::from_ratio`] of weights known to be fit for it.
    pub(crate) fn odds(lower: f64, upper: f64) -> Self {
        // Large weights are halved lest their sum overflow, small ones kept lest a half underflow.
        let scale = if lower.max(upper) > 1.0 { 0.5 } else { 1.0 };
        let (lower, upper) = (lower * scale, upper * scale);
        let smaller = lower.min(upper) / (lower + upper);
        Self::from_tail(smaller, upper < lower)
    }
}

fn check_part(name: &'static str, value: f64) -> Result<(), Error> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(Error::Part { name, value }) }
}
