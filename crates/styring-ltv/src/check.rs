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
