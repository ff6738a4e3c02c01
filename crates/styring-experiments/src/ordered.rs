use crate::Error;

/// Values in order, for quantiles and ranks. Unlike means these need every value; two of them merge into one.
///
/// ```
/// use styring_experiments::Ordered;
///
/// let mut seconds = Ordered::new(vec![3.1, 0.4, 9.0])?;
/// seconds.merge(&Ordered::new(vec![1.2, 0.4])?);
/// assert_eq!(seconds.values(), [0.4, 0.4, 1.2, 3.1, 9.0]);
/// assert_eq!((seconds.quantile(0.5)?, seconds.below(0.4), seconds.at_most(0.4)), (1.2, 0, 2));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Vec<f64>", into = "Vec<f64>"))]
pub struct Ordered {
    values: Vec<f64>,
}

impl Ordered {
    /// Puts values into order; n log n.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a value that is not finite.
    pub fn new(mut values: Vec<f64>) -> Result<Self, Error> {
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(Error::range("value", "a number", value));
        }
        // -0 becomes 0, which is no other value.
        for value in &mut values {
            *value += 0.0;
        }
        values.sort_unstable_by(f64::total_cmp);
        Ok(Self { values })
    }

    /// Adds what was put into order elsewhere; n + m.
    pub fn merge(&mut self, other: &Self) {
        let mut merged = Vec::with_capacity(self.values.len() + other.values.len());
        let mut theirs = other.values.iter().copied().peekable();
        for &own in &self.values {
            while let Some(their) = theirs.next_if(|their| *their < own) {
                merged.push(their);
            }
            merged.push(own);
        }
        merged.extend(theirs);
        self.values = merged;
    }

    /// The values, smallest first.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// How many.
    pub fn n(&self) -> usize {
        self.values.len()
    }

    /// How many are below a value.
    pub fn below(&self, value: f64) -> usize {
        self.values.partition_point(|own| *own < value)
    }

    /// How many are at most a value.
    pub fn at_most(&self, value: f64) -> usize {
        self.values.partition_point(|own| *own <= value)
    }

    /// The quantile of a probability, between neighbouring values in proportion (type 7 of Hyndman and Fan 1996).
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the probability lies between 0 and 1; [`Error::TooFew`] without values.
    pub fn quantile(&self, probability: f64) -> Result<f64, Error> {
        if !(probability > 0.0 && probability < 1.0) {
            return Err(Error::range("probability", "between 0 and 1", probability));
        }
        self.at((self.n().max(1) - 1) as f64 * probability).ok_or(Error::TooFew { what: "values", needed: 1, given: 0 })
    }

    /// Between the values around a place counted from 0; none outside.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place within the list")]
    pub(crate) fn at(&self, place: f64) -> Option<f64> {
        if !(place >= 0.0 && place <= (self.n() as f64) - 1.0) {
            return None;
        }
        let (whole, part) = (place as usize, place - libm::floor(place));
        let low = *self.values.get(whole)?;
        let high = *self.values.get(whole + 1).unwrap_or(&low);
        Some(low * (1.0 - part) + high * part)
    }
}

impl TryFrom<Vec<f64>> for Ordered {
    type Error = Error;

    fn try_from(values: Vec<f64>) -> Result<Self, Error> {
        Self::new(values)
    }
}

impl From<Ordered> for Vec<f64> {
    fn from(ordered: Ordered) -> Self {
        ordered.values
    }
}
