use crate::Currency;

/// What can go wrong with money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Two currencies met where one was needed.
    #[error("currency mismatch: {left} and {right}")]
    CurrencyMismatch {
        /// The currency of the first amount.
        left: Currency,
        /// The currency of the second amount.
        right: Currency,
    },
    /// The exact result needs more digits than a `Money` can carry (28).
    #[error("the exact result {value} does not fit in a decimal of 28 digits")]
    NotRepresentable {
        /// The exact result, as a decimal or a fraction.
        value: String,
    },
    /// An amount that must be whole minor units (øre, cents) is not.
    #[error("{amount} is not a whole number of minor units")]
    NotWholeMinorUnits {
        /// The amount as printed.
        amount: String,
    },
    /// A split needs at least one weight.
    #[error("cannot split over no weights")]
    NoWeights,
    /// A weight below zero.
    #[error("weight {index} is negative: {value}")]
    NegativeWeight {
        /// Position of the weight, from zero.
        index: usize,
        /// The weight.
        value: String,
    },
    /// The three letters are not an ISO 4217 currency with minor units.
    #[error("unknown currency code {code:?}")]
    UnknownCurrency {
        /// The text that was read.
        code: String,
    },
    /// The text is not a number in the expected format.
    #[error("{text:?} is not a number: {reason}")]
    InvalidNumber {
        /// The text that was read.
        text: String,
        /// What is wrong with it.
        reason: NumberFault,
    },
    /// The text is not an amount with a currency.
    #[error("{text:?} is not an amount: expected {expected}")]
    InvalidAmount {
        /// The text that was read.
        text: String,
        /// The form that was expected.
        expected: &'static str,
    },
    /// A floating-point number that is NaN or infinite.
    #[error("{value} is not a finite number")]
    NotFinite {
        /// The number as printed.
        value: String,
    },
    /// A part of a whole lies between 0 and 1.
    #[error("{value} is not a share between 0 and 1 (25 % is 0.25)")]
    NotAShare {
        /// The number that was given.
        value: String,
    },
    /// An exchange rate must be above zero.
    #[error("exchange rate of {currency} must be above zero, not {rate}")]
    InvalidRate {
        /// The quoted currency.
        currency: Currency,
        /// The rate.
        rate: String,
    },
    /// The table has no rate for this currency that is valid on this day.
    #[error("no exchange rate for {currency} on {date}{}", last.map_or_else(String::new, |d| format!(" (the last one before is from {d})")))]
    NoRate {
        /// The currency that was asked for.
        currency: Currency,
        /// The day that was asked for.
        date: chrono::NaiveDate,
        /// The last day before with a rate, if any.
        last: Option<chrono::NaiveDate>,
    },
    /// The table already has another rate for this currency and day.
    #[error("two exchange rates for {currency} on {date}: {old} and {new}")]
    ConflictingRate {
        /// The quoted currency.
        currency: Currency,
        /// The day.
        date: chrono::NaiveDate,
        /// The rate in the table.
        old: String,
        /// The rate that was refused.
        new: String,
    },
}

/// Why a text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NumberFault {
    /// The bytes are not UTF-8.
    #[error("not UTF-8 text")]
    NotText,
    /// There is no digit.
    #[error("no digits")]
    Empty,
    /// A character that does not belong.
    #[error("unexpected {found:?} at character {position}")]
    Unexpected {
        /// The character.
        found: char,
        /// Its place in the text, from one.
        position: usize,
    },
    /// So long that it cannot be meant as a number.
    #[error("a number of {length} characters")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// Digits are not grouped in threes.
    #[error("digits must be grouped in threes")]
    Grouping,
}
