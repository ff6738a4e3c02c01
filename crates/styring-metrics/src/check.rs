//! Ranges of numbers that come from outside.

use std::ops::RangeInclusive;

use crate::Error;

pub(crate) fn at_least(field: &'static str, value: f64, least: f64, expected: &'static str) -> Result<(), Error> {
    finite_in(field, value, least..=f64::MAX, expected)
}

/// NaN lies in no range.
pub(crate) fn finite_in(
    field: &'static str,
    value: f64,
    range: RangeInclusive<f64>,
    expected: &'static str,
) -> Result<(), Error> {
    if range.contains(&value) { Ok(()) } else { Err(Error::OutOfRange { field, expected, value: value.to_string() }) }
}
