use styring_money::{Currency, Exact, Money, Rounding, Sign, Unrounded};

use crate::Error;

/// A numerator over a denominator, each from merged facts, divided only when somebody looks.
///
/// There is deliberately no way to add or average two ratios: merge the facts and ask again.
///
/// ```
/// use styring_metrics::{Outcome, Ratio};
/// use styring_money::{Exact, Sign};
///
/// assert_eq!(Ratio::new(Exact::from(1), Exact::from(4)).number(), Outcome::Value(0.25));
/// assert_eq!(Ratio::new(Exact::from(7), Exact::ZERO).number(), Outcome::NoDenominator(Sign::Positive));
/// assert_eq!(Ratio::new(Exact::ZERO, Exact::ZERO).number(), Outcome::Undefined);
/// assert_eq!(Ratio::missing().number(), Outcome::Missing);
/// ```
///
/// Equality goes by numerator, denominator and currency, not by value: 1/4 and 2/8 are different evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Ratio {
    parts: Option<(Exact, Exact)>,
    currency: Option<Currency>,
}

/// What a ratio comes to. Never NaN, never infinity, never a silent zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "status", content = "value", rename_all = "snake_case")
)]
#[allow(clippy::exhaustive_enums, reason = "the four cases are the contract: callers match on all of them")]
pub enum Outcome<T> {
    /// There is a value.
    Value(T),
    /// Something over nothing: spend without a click. Carries the sign of the numerator.
    NoDenominator(Sign),
    /// Nothing over nothing.
    Undefined,
    /// An input was not known.
    Missing,
}

impl<T> Outcome<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The same outcome with its value changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Value(value) => Outcome::Value(change(value)),
            Self::NoDenominator(sign) => Outcome::NoDenominator(sign),
            Self::Undefined => Outcome::Undefined,
            Self::Missing => Outcome::Missing,
        }
    }
}

impl<T, E> Outcome<Result<T, E>> {
    /// Turns an outcome of a result into a result of an outcome.
    pub fn transpose(self) -> Result<Outcome<T>, E> {
        Ok(match self {
            Self::Value(value) => Outcome::Value(value?),
            Self::NoDenominator(sign) => Outcome::NoDenominator(sign),
            Self::Undefined => Outcome::Undefined,
            Self::Missing => Outcome::Missing,
        })
    }
}

impl Ratio {
    /// A ratio of two numbers.
    pub fn new(numerator: Exact, denominator: Exact) -> Self {
        Self { parts: Some((numerator, denominator)), currency: None }
    }

    /// An amount per unit of something: a cost per result, an order value.
    pub fn of_amount(numerator: &Unrounded, denominator: Exact) -> Self {
        Self { currency: Some(numerator.currency()), parts: Some((numerator.amount().clone(), denominator)) }
    }

    /// An amount over an amount, as a plain number; an error if their currencies differ.
    pub fn of_amounts(numerator: &Unrounded, denominator: &Unrounded) -> Result<Self, Error> {
        // Comparing is the cheapest operation that checks the currencies.
        numerator.compare(denominator)?;
        Ok(Self::new(numerator.amount().clone(), denominator.amount().clone()))
    }

    /// A ratio with an unknown part.
    pub fn missing() -> Self {
        Self { parts: None, currency: None }
    }

    pub(crate) fn from_parts(parts: Option<(Exact, Exact)>, currency: Option<Currency>) -> Self {
        Self { parts, currency }
    }

    /// The numerator, unless a part is missing.
    pub fn numerator(&self) -> Option<&Exact> {
        self.parts.as_ref().map(|(numerator, _)| numerator)
    }

    /// The denominator, unless a part is missing.
    pub fn denominator(&self) -> Option<&Exact> {
        self.parts.as_ref().map(|(_, denominator)| denominator)
    }

    /// The currency, if the ratio is an amount per unit.
    pub fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// Whether the denominator is below zero (more returns than orders). The ratio then has a value, but it must not be read as a cost per result.
    pub fn negative_denominator(&self) -> bool {
        self.denominator().is_some_and(|denominator| denominator.sign() == Sign::Negative)
    }

    /// The exact quotient.
    pub fn outcome(&self) -> Outcome<Exact> {
        let Some((numerator, denominator)) = &self.parts else {
            return Outcome::Missing;
        };
        match (numerator.checked_div(denominator), numerator.sign()) {
            (Some(quotient), _) => Outcome::Value(quotient),
            (None, Sign::Zero) => Outcome::Undefined,
            (None, sign) => Outcome::NoDenominator(sign),
        }
    }

    /// The quotient as a floating-point number, for statistics and charts.
    pub fn number(&self) -> Outcome<f64> {
        self.outcome().map(|quotient| quotient.to_f64())
    }

    /// The quotient as an amount in whole minor units, rounded once from the exact value.
    ///
    /// Errors: [`Error::NotAnAmount`] for a ratio that is a plain number; an amount beyond 28 digits.
    pub fn money(&self, rounding: Rounding) -> Result<Outcome<Money>, Error> {
        let rounded = |amount| match self.currency {
            Some(currency) => Ok(Unrounded::new(amount, currency).round(rounding)?),
            None => Err(Error::NotAnAmount),
        };
        self.outcome().map(rounded).transpose()
    }
}
