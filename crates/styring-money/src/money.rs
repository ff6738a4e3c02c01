use std::cmp::Ordering;
use std::fmt;
use std::ops::Neg;

use rust_decimal::Decimal;

use crate::split::largest_remainder;
use crate::{Currency, Error, Exact, Rounding, Unrounded};

/// An exact amount of one currency: what is typed, booked and paid.
///
/// At most 28 digits. A result that would lose one is an error, never a silent rounding; so is mixing currencies. There is no `+` that could panic.
///
/// ```
/// use styring_money::Money;
///
/// let budget: Money = "NOK 600000.00".parse()?;
/// let spent: Money = "NOK 82236.22".parse()?;
/// assert_eq!(budget.checked_sub(spent)?.to_string(), "NOK 517763.78");
/// assert!(budget.checked_add("EUR 1.00".parse()?).is_err());
/// # Ok::<(), styring_money::Error>(())
/// ```
///
/// Equality goes by value: `NOK 1.5` equals `NOK 1.50`. A half-known order (`<`) between amounts does not exist; see [`compare`](Self::compare).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// This amount, in major units (kroner, not øre).
    pub fn new(amount: Decimal, currency: Currency) -> Self {
        // -0 prints a sign that means nothing.
        let amount = if amount.is_zero() { Decimal::ZERO } else { amount };
        Self { amount, currency }
    }

    /// Nothing, in this currency.
    pub fn zero(currency: Currency) -> Self {
        Self::new(Decimal::ZERO, currency)
    }

    /// This many minor units (øre, cents).
    ///
    /// ```
    /// use styring_money::{Currency, Money};
    /// assert_eq!(Money::from_minor(123_450, Currency::NOK)?.to_string(), "NOK 1234.50");
    /// assert_eq!(Money::from_minor(123_450, Currency::JPY)?.to_string(), "JPY 123450");
    /// # Ok::<(), styring_money::Error>(())
    /// ```
    pub fn from_minor(minor: i128, currency: Currency) -> Result<Self, Error> {
        let exact = Exact::new(minor, currency.minor_digits());
        Self::from_exact(&exact, currency)
    }

    pub(crate) fn from_exact(amount: &Exact, currency: Currency) -> Result<Self, Error> {
        amount
            .to_decimal()
            .map(|amount| Self::new(amount, currency))
            .ok_or_else(|| Error::NotRepresentable { value: format!("{currency} {amount}") })
    }

    /// The amount in major units.
    pub fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The amount as a number of minor units; an error if it has a fraction of one.
    pub fn to_minor(self) -> Result<i128, Error> {
        let units = Exact::new(10, 0);
        let minor = (0..self.currency.minor_digits()).fold(Exact::from(self.amount), |amount, _| &amount * &units);
        minor.to_integer().ok_or_else(|| Error::NotWholeMinorUnits { amount: self.to_string() })
    }

    /// The sum; an error if the currencies differ or a digit would be lost.
    pub fn checked_add(self, other: Self) -> Result<Self, Error> {
        same_currency(self.currency, other.currency)?;
        Self::from_exact(&(&Exact::from(self.amount) + &Exact::from(other.amount)), self.currency)
    }

    /// The difference; an error if the currencies differ or a digit would be lost.
    pub fn checked_sub(self, other: Self) -> Result<Self, Error> {
        self.checked_add(-other)
    }

    /// The amount times a number; an error if a digit would be lost. To multiply and round, go by way of [`Unrounded`].
    pub fn checked_scale(self, factor: Decimal) -> Result<Self, Error> {
        Self::from_exact(&(&Exact::from(self.amount) * &Exact::from(factor)), self.currency)
    }

    /// Which amount is larger.
    pub fn compare(self, other: Self) -> Result<Ordering, Error> {
        same_currency(self.currency, other.currency)?;
        Ok(self.amount.cmp(&other.amount))
    }

    /// The sum of many amounts of one currency; zero for none.
    ///
    /// Only the result must fit in 28 digits, not what lies on the way.
    pub fn sum(amounts: impl IntoIterator<Item = Self>, currency: Currency) -> Result<Self, Error> {
        let mut total = Exact::ZERO;
        for money in amounts {
            same_currency(currency, money.currency)?;
            total += &Exact::from(money.amount);
        }
        Self::from_exact(&total, currency)
    }

    /// The amount in whole minor units.
    pub fn round(self, rounding: Rounding) -> Result<Self, Error> {
        Unrounded::from(self).round(rounding)
    }

    /// Splits the amount in proportion to the weights, to the minor unit, so that the parts sum to it.
    ///
    /// Method of the largest remainder (Hamilton, Hare–Niemeyer): every part gets the whole minor units of its share, and what is left goes one unit each
    /// to the largest fractions, ties to the lower index. A negative amount is split as its mirror image. If all weights are zero they count as equal.
    ///
    /// ```
    /// use styring_money::Money;
    /// let budget: Money = "NOK 100.00".parse()?;
    /// let parts = budget.split(&[1, 1, 1])?;
    /// assert_eq!(parts.map_strings(), ["NOK 33.34", "NOK 33.33", "NOK 33.33"]);
    /// # trait S { fn map_strings(&self) -> Vec<String>; }
    /// # impl S for Vec<Money> { fn map_strings(&self) -> Vec<String> { self.iter().map(|m| m.to_string()).collect() } }
    /// # Ok::<(), styring_money::Error>(())
    /// ```
    ///
    /// Errors: no weights, a negative weight, an amount with a fraction of a minor unit. Cost: O(n log n).
    pub fn split<W>(self, weights: &[W]) -> Result<Vec<Self>, Error>
    where
        W: Clone + Into<Exact>,
    {
        if weights.is_empty() {
            return Err(Error::NoWeights);
        }
        let minor = self.to_minor()?;
        let mut weights: Vec<Exact> = weights.iter().cloned().map(Into::into).collect();
        if let Some(index) = weights.iter().position(|w| w < &Exact::ZERO) {
            return Err(Error::NegativeWeight { index, value: weights.swap_remove(index).to_string() });
        }
        if weights.iter().all(Exact::is_zero) {
            weights.fill(Exact::ONE);
        }
        let whole: Exact = weights.iter().sum();
        let size = Exact::from(minor).abs();
        let quotas: Vec<Exact> = weights
            .iter()
            .map(|weight| (&size * weight).checked_div(&whole))
            .collect::<Option<_>>()
            .ok_or(Error::NoWeights)?;
        let parts = largest_remainder(minor.abs(), &quotas).ok_or(Error::NoWeights)?;
        parts.into_iter().map(|part| Self::from_minor(part * minor.signum(), self.currency)).collect()
    }
}

pub(crate) fn same_currency(left: Currency, right: Currency) -> Result<(), Error> {
    if left == right { Ok(()) } else { Err(Error::CurrencyMismatch { left, right }) }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self::new(-self.amount, self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
