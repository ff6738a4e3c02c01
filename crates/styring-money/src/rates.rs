use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::{Currency, Error, Exact, Unrounded};

/// Dated exchange rates against one base currency, given by the caller; nothing is looked up or guessed.
///
/// A rate says what one unit of a currency costs in the base currency on a day. Conversion is `amount × rate(from) ÷ rate(to)`, exact; round the result
/// once.
///
/// ```
/// use chrono::NaiveDate;
/// use styring_money::{Currency, ExchangeRates, Money, Rounding};
///
/// let friday = NaiveDate::from_ymd_opt(2025, 9, 5).expect("a date");
/// let mut rates = ExchangeRates::new(Currency::NOK).valid_for_days(3); // over the weekend
/// rates.insert(friday, Currency::EUR, "11.6325".parse().expect("a decimal"))?;
///
/// let monday = NaiveDate::from_ymd_opt(2025, 9, 8).expect("a date");
/// let spend: Money = "EUR 51.00".parse()?;
/// let in_nok = rates.convert(&spend.into(), Currency::NOK, monday)?;
/// assert_eq!(in_nok.round(Rounding::HalfEven)?.to_string(), "NOK 593.26");
/// assert!(rates.convert(&spend.into(), Currency::SEK, monday).is_err()); // no rate, no number
/// # Ok::<(), styring_money::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "stored::Table", into = "stored::Table")
)]
pub struct ExchangeRates {
    base: Currency,
    valid_days: u32,
    rates: BTreeMap<Currency, BTreeMap<NaiveDate, Decimal>>,
}

impl ExchangeRates {
    /// An empty table against this base currency. A rate holds on its own day only, see [`valid_for_days`](Self::valid_for_days).
    pub fn new(base: Currency) -> Self {
        Self { base, valid_days: 0, rates: BTreeMap::new() }
    }

    /// Lets a rate hold for this many days after its own, until a newer one: banks publish none on weekends.
    #[must_use]
    pub fn valid_for_days(self, days: u32) -> Self {
        Self { valid_days: days, ..self }
    }

    /// The currency all rates are quoted in.
    pub fn base(&self) -> Currency {
        self.base
    }

    /// Adds the price of one unit of `currency` on `date`, in the base currency.
    ///
    /// Errors: a rate of zero or below; a second, different rate for the same day; any rate but one for the base currency itself.
    pub fn insert(&mut self, date: NaiveDate, currency: Currency, rate: Decimal) -> Result<(), Error> {
        if rate <= Decimal::ZERO || (currency == self.base && rate != Decimal::ONE) {
            return Err(Error::InvalidRate { currency, rate: rate.to_string() });
        }
        match self.rates.entry(currency).or_default().insert(date, rate) {
            Some(old) if old != rate => {
                self.rates.entry(currency).or_default().insert(date, old);
                Err(Error::ConflictingRate { currency, date, old: old.to_string(), new: rate.to_string() })
            }
            _ => Ok(()),
        }
    }

    /// The rate of `currency` that holds on `date`, and the day it was quoted.
    pub fn rate(&self, currency: Currency, date: NaiveDate) -> Result<(Decimal, NaiveDate), Error> {
        if currency == self.base {
            return Ok((Decimal::ONE, date));
        }
        let last = self.rates.get(&currency).and_then(|rates| rates.range(..=date).next_back());
        match last {
            Some((day, rate)) if (date - *day).num_days().unsigned_abs() <= self.valid_days.into() => Ok((*rate, *day)),
            _ => Err(Error::NoRate { currency, date, last: last.map(|(day, _)| *day) }),
        }
    }

    /// What one unit of `from` costs in `to` on `date`, exactly.
    pub fn factor(&self, from: Currency, to: Currency, date: NaiveDate) -> Result<Exact, Error> {
        if from == to {
            return Ok(Exact::ONE);
        }
        let (from_rate, _) = self.rate(from, date)?;
        let (to_rate, _) = self.rate(to, date)?;
        Exact::from(from_rate)
            .checked_div(&Exact::from(to_rate))
            .ok_or_else(|| Error::InvalidRate { currency: to, rate: to_rate.to_string() })
    }

    /// The amount in another currency at the rates of `date`, exactly.
    pub fn convert(&self, amount: &Unrounded, to: Currency, date: NaiveDate) -> Result<Unrounded, Error> {
        let factor = self.factor(amount.currency(), to, date)?;
        Ok(Unrounded::new(amount.amount() * &factor, to))
    }
}

#[cfg(feature = "serde")]
mod stored {
    //! The form in files: one entry per quoted rate.

    use chrono::NaiveDate;

    use crate::{Currency, Error, Exact, ExchangeRates};

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Table {
        base: Currency,
        #[serde(default)]
        valid_for_days: u32,
        rates: Vec<Quote>,
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Quote {
        date: NaiveDate,
        currency: Currency,
        rate: Exact,
    }

    impl From<ExchangeRates> for Table {
        fn from(table: ExchangeRates) -> Self {
            let quotes = table.rates.into_iter().flat_map(|(currency, rates)| {
                rates.into_iter().map(move |(date, rate)| Quote { date, currency, rate: rate.into() })
            });
            Self { base: table.base, valid_for_days: table.valid_days, rates: quotes.collect() }
        }
    }

    impl TryFrom<Table> for ExchangeRates {
        type Error = Error;

        fn try_from(stored: Table) -> Result<Self, Error> {
            let mut table = Self::new(stored.base).valid_for_days(stored.valid_for_days);
            for Quote { date, currency, rate } in stored.rates {
                let value = || Error::NotRepresentable { value: rate.to_string() };
                table.insert(date, currency, rate.to_decimal().ok_or_else(value)?)?;
            }
            Ok(table)
        }
    }
}
