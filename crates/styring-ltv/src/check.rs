//! Ranges of numbers that come from outside.

use std::ops::RangeInclusive;

use crate::Error;

/// NaN lies in no range.
pub(crate) fn finite_in(
    field: &'static str,
    value: f64,
    range: RangeInclusive<f64>,
    expected: &'static str,
) -> Result<(), Error> {
    if range.contains(&value) { Ok(()) } else { Err(out_of_range(field, expected, &value)) }
}

/// The error for a value that is not what it must be.
pub(crate) fn out_of_range(field: &'static str, expected: &'static str, value: &impl ToString) -> Error {
    Error::OutOfRange { field, expected, value: value.to_string() }
}

/// A parameter of a model.
pub(crate) fn parameter(field: &'static str, value: f64) -> Result<(), Error> {
    finite_in(field, value, 1e-50..=1e50, "from 1e-50 to 1e50")
}

/// A length of time ahead.
pub(crate) fn time_ahead(field: &'static str, value: f64) -> Result<(), Error> {
    finite_in(field, value, 0.0..=1e12, "from 0 to 1e12")
}

/// A discount rate per unit of time.
pub(crate) fn discount(rate: f64) -> Result<(), Error> {
    // A smaller one cannot be told from none within the longest time ahead, and for ever it would lead beyond the range of f64.
    if rate == 0.0 {
        return Ok(());
    }
    finite_in("discount rate", rate, 1e-20..=100.0, "0, or from 1e-20 to 100 per unit of time")
}

/// A level of confidence.
pub(crate) fn level(level: f64) -> Result<(), Error> {
    finite_in("level", level, 1e-6..=1.0 - 1e-6, "between 0 and 1")
}
