use crate::Error;
use crate::sequential::beta_mixture::log_dirichlet;
use crate::sequential::conversion_counts::{added, check_concentration};
use crate::sequential::{EValue, RunningP, Shares};

/// Whether traffic is split as it was to be, looked at any time: the sequential sample-ratio test.
///
/// The Dirichlet–multinomial e-process of [`ConversionCounts`](crate::sequential::ConversionCounts) on the users of the arms (Lindon and Malek 2022). A chi-squared test repeated daily finds a
/// mismatch in most experiments that have none; this finds one in at most α of them, ever.
///
/// An alarm is usually taken at p < 0.01 or less: nothing an experiment with a mismatch says can be trusted. Traffic of an arm whose share is 0 is an alarm of its own, and is refused.
///
/// ```
/// use styring_experiments::sequential::{SampleRatio, Shares};
///
/// let mut split = SampleRatio::new(Shares::new(&[1.0, 1.0])?, 1_000.0)?;
/// split.add(&[5_021, 5_004])?;
/// assert!(split.p_value() > 0.5);
/// split.add(&[5_400, 4_700])?; // bots found the treatment's page slower
/// assert!(split.p_value() < 1e-4);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct SampleRatio {
    concentration: f64,
    /// ln e of the periods that are over.
    before: f64,
    shares: Shares,
    users: Vec<u64>,
    smallest: RunningP,
}

impl SampleRatio {
    /// Nothing counted yet. The concentration is 100 to 10 000: the larger, the smaller the mismatch that it looks for.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the concentration is from 1e-6 to 1e15.
    pub fn new(shares: Shares, concentration: f64) -> Result<Self, Error> {
        check_concentration(concentration)?;
        let users = vec![0; shares.arms()];
        Ok(Self { concentration, before: 0.0, shares, users, smallest: RunningP::default() })
    }

    /// Adds new users, one number per arm, and looks.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] if there is not one per arm; [`Error::OutOfRange`] for users of an arm that is to have none, and for sums above 2⁵³. Nothing is added then.
    pub fn add(&mut self, users: &[u64]) -> Result<(), Error> {
        self.users = added(&self.shares, &self.users, users)?;
        self.smallest.look(self.e_value().p_value())?;
        Ok(())
    }

    /// From here on traffic is to be split by other shares; the evidence of the periods multiplies.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for another number of arms.
    pub fn reallocate(&mut self, shares: Shares) -> Result<(), Error> {
        if shares.arms() != self.shares.arms() {
            return Err(Error::Lengths { what: "shares", first: self.shares.arms(), second: shares.arms() });
        }
        self.before = self.e_value().log();
        self.users = vec![0; shares.arms()];
        self.shares = shares;
        Ok(())
    }

    /// The evidence of a mismatch.
    pub fn e_value(&self) -> EValue {
        let arms = self.shares.iter().zip(&self.users).map(|(share, &users)| (share, users as f64));
        EValue::clamped(self.before + log_dirichlet(arms, self.concentration))
    }

    /// The smallest p-value so far.
    pub fn p_value(&self) -> f64 {
        self.smallest.p_value()
    }
}

/// As it is written down.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    concentration: f64,
    before: EValue,
    shares: Shares,
    users: Vec<u64>,
    smallest: RunningP,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for SampleRatio {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        let mut split = Self::new(written.shares, written.concentration)?;
        split.before = written.before.log();
        split.smallest = written.smallest;
        split.add(&written.users)?;
        Ok(split)
    }
}

#[cfg(feature = "serde")]
impl From<SampleRatio> for Written {
    fn from(split: SampleRatio) -> Self {
        let SampleRatio { concentration, before, shares, users, smallest } = split;
        Self { concentration, before: EValue::clamped(before), shares, users, smallest }
    }
}
