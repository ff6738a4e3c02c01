use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::{Currency, Error, Exact, Money, Rounding};

/// A computed amount that has not been rounded yet: net of VAT, after exchange, summed over a million rows.
///
/// Arithmetic is exact and fails only when currencies differ. [`round`](Self::round) is the edge: it drops digits once and gives [`Money`].
///
/// ```
/// use styring_money::{Exact, Money, Rounding, Unrounded};
///
/// let gross: Money = "NOK 100.00".parse()?;
/// let net = Unrounded::from(gross).checked_div(&"1.15".parse()?).expect("VAT factor above zero");
/// assert_eq!(net.round(Rounding::HalfEven)?.to_string(), "NOK 86.96");
/// // Three hundred lines later nothing has drifted:
/// assert_eq!(net.scale(&Exact::from(115)).round(Rounding::HalfEven)?.to_string(), "NOK 10000.00");
/// # Ok::<(), styring_money::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Unrounded {
    amount: Exact,
    currency: Currency,
}

impl Unrounded {
    /// This amount of this currency.
    pub fn new(amount: Exact, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// The amount in major units (kroner, not øre).
    pub fn amount(&self) -> &Exact {
        &self.amount
    }

    /// The currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The sum.
    pub fn checked_add(&self, other: &Self) -> Result<Self, Error> {
        self.same_currency(other)?;
        Ok(Self::new(&self.amount + &other.amount, self.currency))
    }

    /// The difference.
    pub fn checked_sub(&self, other: &Self) -> Result<Self, Error> {
        self.same_currency(other)?;
        Ok(Self::new(&self.amount - &other.amount, self.currency))
    }

    /// The amount times a number.
    #[must_use]
    pub fn scale(&self, factor: &Exact) -> Self {
        Self::new(&self.amount * factor, self.currency)
    }

    /// The amount divided by a number; `None` when it is zero.
    #[must_use]
    pub fn checked_div(&self, divisor: &Exact) -> Option<Self> {
        let amount = self.amount.checked_div(divisor)?;
        Some(Self::new(amount, self.currency))
    }

    /// Which amount is larger.
    pub fn compare(&self, other: &Self) -> Result<Ordering, Error> {
        self.same_currency(other)?;
        Ok(self.amount.cmp(&other.amount))
    }

    /// The amount in whole minor units.
    ///
    /// Fails only if the amount needs more than 28 digits.
    pub fn round(&self, rounding: Rounding) -> Result<Money, Error> {
        let places = self.currency.minor_digits();
        Money::from_exact(&self.amount.round(places, rounding), self.currency)
    }

    fn same_currency(&self, other: &Self) -> Result<(), Error> {
        crate::money::same_currency(self.currency, other.currency)
    }
}

impl From<Money> for Unrounded {
    fn from(money: Money) -> Self {
        Self::new(Exact::from(money.amount()), money.currency())
    }
}

impl fmt::Display for Unrounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.amount)
    }
}

/// Reads what [`Display`](fmt::Display) prints: `NOK 86.95`, `NOK 2000/23`.
impl FromStr for Unrounded {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (code, amount) = text.split_once(' ').ok_or_else(|| Error::InvalidAmount {
            text: text.to_owned(),
            expected: "a currency code, a space and a number, as in \"NOK 1234.50\"",
        })?;
        Ok(Self::new(amount.parse()?, code.parse()?))
    }
}

impl fmt::Debug for Unrounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
