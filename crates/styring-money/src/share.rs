use std::fmt;
use std::str::FromStr;

use crate::{Error, Exact, Sign};

/// A part of a whole, from 0 to 1, exact: 25 % is a quarter, not the binary double beside it.
///
/// ```
/// use styring_money::Share;
///
/// let quarter: Share = "0.25".parse()?;
/// assert_eq!(quarter, Share::percent(25)?);
/// assert_eq!(quarter.of(1_001), 250); // whole units only, never more than the share
/// assert_eq!(quarter.to_string(), "25 %");
/// assert_eq!("25 %".parse::<Share>()?, quarter);
/// assert!("25".parse::<Share>().is_err());
/// # Ok::<(), styring_money::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(Exact);

impl Share {
    /// Nothing.
    pub const NONE: Self = Self(Exact::ZERO);
    /// The whole.
    pub const WHOLE: Self = Self(Exact::ONE);

    /// A share from 0 to 1.
    pub fn new(value: Exact) -> Result<Self, Error> {
        if value.sign() == Sign::Negative || value > Exact::ONE {
            return Err(Error::NotAShare { value: value.to_string() });
        }
        Ok(Self(value))
    }

    /// A share in whole percent.
    pub fn percent(percent: u8) -> Result<Self, Error> {
        Self::new(Exact::new(percent.into(), 2))
    }

    /// The number.
    pub fn exact(&self) -> &Exact {
        &self.0
    }

    /// This share of a whole number of units, rounded down; zero of a negative number.
    pub fn of(&self, units: i128) -> i128 {
        (&self.0 * &Exact::from(units)).floor().unwrap_or(0).max(0)
    }
}

impl TryFrom<Exact> for Share {
    type Error = Error;

    fn try_from(value: Exact) -> Result<Self, Error> {
        Self::new(value)
    }
}

impl From<Share> for Exact {
    fn from(share: Share) -> Self {
        share.0
    }
}

/// Reads a number from 0 to 1, or a percentage: `0.25`, `25 %`.
impl FromStr for Share {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::new(match text.strip_suffix('%') {
            Some(percent) => &percent.trim_end().parse::<Exact>()? * &Exact::new(1, 2),
            None => text.parse()?,
        })
    }
}

/// Prints in percent: `25 %`.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", &self.0 * &Exact::from(100))
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
