use std::fmt;
use std::str::FromStr;

use crate::{Currency, Error, Exact, Money, NumberFormat};

/// No line break may come between a symbol and its amount, or inside an amount.
const NO_BREAK_SPACE: char = '\u{a0}';

/// Prints `NOK 1234.50`: the code, and the amount with at least the minor digits; never rounded, so `NOK 1.429999948` prints all its digits.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = u32::from(self.currency().minor_digits());
        let amount = Exact::from(self.amount()).to_text(places);
        f.pad(&format!("{} {amount}", self.currency()))
    }
}

/// Reads `NOK 1234.50`: a code, one space, and a plain number.
impl FromStr for Money {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (code, number) = text.split_once(' ').ok_or_else(|| Error::InvalidAmount {
            text: text.to_owned(),
            expected: "a currency code, a space and a number, as in \"NOK 1234.50\"",
        })?;
        let currency: Currency = code.parse()?;
        Self::from_exact(&NumberFormat::PLAIN.parse(number)?, currency)
    }
}

impl Money {
    /// Prints as a Norwegian reads it: `kr 1 234,50`, other currencies by code (`EUR 1 234,50`).
    ///
    /// Spaces are no-break spaces (U+00A0), minus is `−` (U+2212) before the digits. Never rounded.
    ///
    /// ```
    /// use styring_money::Money;
    /// let cost: Money = "NOK -1234.5".parse()?;
    /// assert_eq!(cost.to_norwegian(), "kr\u{a0}−1\u{a0}234,50");
    /// assert_eq!(Money::parse_norwegian(&cost.to_norwegian())?, cost);
    /// # Ok::<(), styring_money::Error>(())
    /// ```
    pub fn to_norwegian(self) -> String {
        let places = u32::from(self.currency().minor_digits());
        let plain = Exact::from(self.amount()).to_text(places);
        let symbol = match self.currency() {
            Currency::NOK => "kr",
            other => other.code(),
        };
        let (sign, plain) = match plain.strip_prefix('-') {
            Some(rest) => ("\u{2212}", rest),
            None => ("", plain.as_str()),
        };
        let (whole, decimals) = plain.split_once('.').unwrap_or((plain, ""));
        let mut text = format!("{symbol}{NO_BREAK_SPACE}{sign}");
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                text.push(NO_BREAK_SPACE);
            }
            text.push(digit);
        }
        if !decimals.is_empty() {
            text.push(',');
            text.push_str(decimals);
        }
        text
    }

    /// Reads an amount as Norwegians write it: `kr 1 234,50`, `1234,50 kr`, `kr 25`, `25,-`, `EUR 12,50`.
    ///
    /// `kr` or no currency at all means Norwegian kroner. Digits may be grouped in threes by spaces.
    ///
    /// ```
    /// use styring_money::{Currency, Money};
    /// assert_eq!(Money::parse_norwegian("kr 1 234,50")?.to_string(), "NOK 1234.50");
    /// assert_eq!(Money::parse_norwegian("25,-")?, Money::from_minor(2_500, Currency::NOK)?);
    /// # Ok::<(), styring_money::Error>(())
    /// ```
    pub fn parse_norwegian(text: &str) -> Result<Self, Error> {
        let letters = |c: char| c.is_ascii_alphabetic() || c == '.';
        let trimmed = text.trim();
        let before = trimmed.trim_start_matches(letters);
        let after = trimmed.trim_end_matches(letters);
        let (symbol, number) = if before.len() < trimmed.len() {
            (&trimmed[..trimmed.len() - before.len()], before)
        } else {
            (&trimmed[after.len()..], after)
        };
        let kroner = symbol.trim_end_matches('.');
        let currency =
            if kroner.is_empty() || kroner.eq_ignore_ascii_case("kr") { Currency::NOK } else { symbol.parse()? };
        let number = number.trim();
        // `25,-` has no øre; `25,50,-` is nothing anyone writes.
        let number = number.strip_suffix(",-").filter(|whole| !whole.contains(',')).unwrap_or(number);
        let amount = NumberFormat::NORWEGIAN
            .read(number.as_bytes())
            .map_err(|reason| Error::InvalidNumber { text: text.to_owned(), reason })?;
        Self::from_exact(&amount, currency)
    }
}
