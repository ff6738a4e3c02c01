use std::fmt;
use std::str::FromStr;

use crate::Error;

/// An ISO 4217 currency: a code of three letters and a number of minor digits (NOK 2, JPY 0, KWD 3).
///
/// Withdrawn currencies are known too, so that old exports can be read. Codes without minor units (gold, test codes, "no currency") are not currencies
/// here.
///
/// ```
/// use styring_money::Currency;
///
/// let krone: Currency = "NOK".parse()?;
/// assert_eq!(krone, Currency::NOK);
/// assert_eq!((krone.code(), krone.minor_digits()), ("NOK", 2));
/// assert_eq!(Currency::JPY.minor_digits(), 0);
/// assert_eq!((krone.minor_units(), Currency::JPY.minor_units()), (100, 1));
/// assert_eq!("KWD".parse::<Currency>()?.minor_digits(), 3);
/// assert!("XAU".parse::<Currency>().is_err());
/// # Ok::<(), styring_money::Error>(())
/// ```
///
/// Source: ISO 4217, by way of the crate `iso_currency`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Danish krone.
    pub const DKK: Self = Self(iso_currency::Currency::DKK);
    /// Euro.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);
    /// Pound sterling.
    pub const GBP: Self = Self(iso_currency::Currency::GBP);
    /// Icelandic króna.
    pub const ISK: Self = Self(iso_currency::Currency::ISK);
    /// Yen.
    pub const JPY: Self = Self(iso_currency::Currency::JPY);
    /// Norwegian krone.
    pub const NOK: Self = Self(iso_currency::Currency::NOK);
    /// Swedish krona.
    pub const SEK: Self = Self(iso_currency::Currency::SEK);
    /// US dollar.
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// The code of three capital letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many digits the minor unit has: 2 for øre and cents, 0 for yen, 3 for Kuwaiti fils.
    pub fn minor_digits(self) -> u8 {
        // Every constructor refuses currencies without an exponent.
        self.0.exponent().and_then(|digits| u8::try_from(digits).ok()).unwrap_or(0)
    }

    /// How many minor units one of it has: 100 øre, 1 yen, 1000 Kuwaiti fils.
    pub fn minor_units(self) -> u32 {
        10_u32.pow(self.minor_digits().into())
    }
}

impl FromStr for Currency {
    type Err = Error;

    fn from_str(code: &str) -> Result<Self, Error> {
        iso_currency::Currency::from_code(code)
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or_else(|| Error::UnknownCurrency { code: code.to_owned() })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
