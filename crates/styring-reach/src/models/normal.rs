use super::root::first;
use crate::Error;

/// How many standard errors an interval of this level reaches to each side.
pub(crate) fn half_width(level: f64) -> Result<f64, Error> {
    if !(1e-6..=1.0 - 1e-6).contains(&level) {
        return Err(Error::OutOfRange { field: "level", expected: "between 0 and 1", value: level.to_string() });
    }
    // Both tails together: erfc(z / √2).
    Ok(first(1e-7, 6.0, |z| libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2) <= 1.0 - level))
}
