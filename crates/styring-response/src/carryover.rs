use crate::adstock::{Kernel, check_spend};
use crate::{Adstock, Error};

/// What past spend has built up, to go on from period by period.
///
/// The numbers are those of [`Adstock::carry`] over the whole series.
///
/// ```
/// use styring_response::{Adstock, Carryover};
///
/// let adstock = Adstock::geometric(0.5)?;
/// let mut carryover = Carryover::steady(&adstock, 100.0)?; // as if 100 had always been spent
/// assert_eq!(carryover.left(), 100.0);
/// assert_eq!(carryover.push(0.0)?, 100.0);
/// assert_eq!(carryover.push(0.0)?, 50.0);
/// # Ok::<(), styring_response::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Stored", into = "Stored"))]
pub struct Carryover {
    adstock: Adstock,
    /// Of a geometric decay what was at work last; of a window its last spends, the newest first.
    past: Vec<f64>,
}

/// As it is stored.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Carryover", deny_unknown_fields)]
struct Stored {
    adstock: Adstock,
    past: Vec<f64>,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for Carryover {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let mut carryover = Self::nothing(&stored.adstock);
        if stored.past.len() != carryover.past.len() {
            return Err(Error::Lengths { what: "past", given: stored.past.len(), needed: carryover.past.len() });
        }
        if let Kernel::Window(_) = carryover.adstock.kernel() {
            check_spend(&stored.past)?;
        }
        // A geometric decay of the largest spend builds up to at most that over the gap between 1 and the number below.
        if let Some((index, value)) = stored.past.iter().enumerate().find(|(_, value)| !(0.0..=1e120).contains(*value))
        {
            return Err(Error::Spend { index, value: *value });
        }
        carryover.past = stored.past;
        Ok(carryover)
    }
}

#[cfg(feature = "serde")]
impl From<Carryover> for Stored {
    fn from(carryover: Carryover) -> Self {
        Self { adstock: carryover.adstock, past: carryover.past }
    }
}

impl Carryover {
    /// Nothing was spent before.
    pub fn nothing(adstock: &Adstock) -> Self {
        let length = match adstock.kernel() {
            Kernel::Recursive { .. } => 1,
            Kernel::Window(weights) => weights.len().saturating_sub(1),
        };
        Self { adstock: adstock.clone(), past: vec![0.0; length] }
    }

    /// The same was spent in every period before.
    ///
    /// # Errors
    ///
    /// [`Error::Spend`] for a spend below zero, above 1e100, or that is no number.
    pub fn steady(adstock: &Adstock, spend: f64) -> Result<Self, Error> {
        check_spend(&[spend])?;
        let mut carryover = Self::nothing(adstock);
        let value = match adstock.kernel() {
            Kernel::Recursive { .. } => spend * adstock.multiplier(),
            Kernel::Window(_) => spend,
        };
        carryover.past.fill(value);
        Ok(carryover)
    }

    pub(crate) fn after(adstock: &Adstock, spend: &[f64]) -> Result<Self, Error> {
        let mut carryover = Self::nothing(adstock);
        match adstock.kernel() {
            Kernel::Recursive { .. } => {
                if let (Some(last), Some(state)) = (adstock.carry(spend)?.last(), carryover.past.first_mut()) {
                    *state = *last;
                }
            }
            Kernel::Window(_) => {
                check_spend(spend)?;
                for (past, spend) in carryover.past.iter_mut().zip(spend.iter().rev()) {
                    *past = *spend;
                }
            }
        }
        Ok(carryover)
    }

    /// The adstock it goes on by.
    pub fn adstock(&self) -> &Adstock {
        &self.adstock
    }

    /// What of past spend is at work in the period to come, if nothing is spent in it.
    ///
    /// It is the carry-over of [`Family::Robyn`](crate::Family::Robyn).
    pub fn left(&self) -> f64 {
        self.with(0.0)
    }

    /// One more period: its spend goes in, what is at work in it comes out.
    ///
    /// # Errors
    ///
    /// [`Error::Spend`] for a spend below zero, above 1e100, or that is no number.
    pub fn push(&mut self, spend: f64) -> Result<f64, Error> {
        check_spend(&[spend])?;
        let at_work = self.with(spend);
        let newest = match self.adstock.kernel() {
            Kernel::Recursive { .. } => at_work,
            Kernel::Window(_) => spend,
        };
        if !self.past.is_empty() {
            self.past.rotate_right(1);
        }
        if let Some(first) = self.past.first_mut() {
            *first = newest;
        }
        Ok(at_work)
    }

    /// More periods: what is at work in each.
    ///
    /// # Errors
    ///
    /// Those of [`Carryover::push`]; nothing has happened then.
    pub fn carry(&mut self, spend: &[f64]) -> Result<Vec<f64>, Error> {
        check_spend(spend)?;
        spend.iter().map(|spend| self.push(*spend)).collect()
    }

    fn with(&self, spend: f64) -> f64 {
        match self.adstock.kernel() {
            Kernel::Recursive { first, keep } => first * spend + self.past.first().map_or(0.0, |past| keep * past),
            Kernel::Window(weights) => {
                let spends = std::iter::once(&spend).chain(&self.past);
                weights.iter().zip(spends).fold(0.0, |sum, (weight, spend)| sum + weight * spend)
            }
        }
    }
}
