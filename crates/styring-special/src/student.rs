use crate::{Error, Split, beta_inc, beta_inc_inv, normal, normal_inv};

/// Student's t distribution with `df` degrees of freedom: the part below t, and the part above.
///
/// # Formula
/// The smaller tail is ½ I_x(df/2, ½) with x = df / (df + t²).
///
/// # Edge cases
/// `df` = ∞ is the standard normal distribution; t = ±∞ gives a part of 0, and so does |t| above 1e153 √df, where x is below the range of `f64`.
///
/// # Errors
/// [`Error::Shape`] unless 2e-100 ≤ `df`; [`Error::NotANumber`] for a t that is none.
///
/// # Accuracy
/// That of [`beta_inc`].
///
/// ```
/// use styring_special::student;
/// let two_sided = 2.0 * student(10.0, 50.0)?.upper();
/// assert!((two_sided / 2.474_310_329_3e-13 - 1.0).abs() < 1e-10);
/// # Ok::<(), styring_special::Error>(())
/// ```
pub fn student(df: f64, t: f64) -> Result<Split, Error> {
    if t.is_nan() {
        return Err(Error::NotANumber { name: "t", value: t });
    }
    if df > LARGEST {
        return normal(t);
    }
    let odds = libm::sqrt(df) / t.abs();
    let x = if odds < 1.0 { Split::from_ratio(odds * odds, 1.0)? } else { Split::from_ratio(1.0, 1.0 / odds / odds)? };
    Ok(Split::from_tail(0.5 * beta_inc(df / 2.0, 0.5, x)?.lower(), t > 0.0))
}

/// The inverse of [`student`]: the t with `p.lower()` below and `p.upper()` above it.
///
/// # Edge cases
/// A part of 0 gives −∞ or ∞, and so does a quantile beyond the range of `f64`.
///
/// # Errors
/// [`Error::Shape`] unless 2e-100 ≤ `df`.
///
/// # Accuracy
/// That of [`beta_inc_inv`].
///
/// ```
/// use styring_special::{Split, student_inv};
/// let t = student_inv(1e8, Split::from_upper(0.025)?)?;
/// assert!((t - 1.959_964_008_262_767).abs() < 1e-14);
/// # Ok::<(), styring_special::Error>(())
/// ```
pub fn student_inv(df: f64, p: Split) -> Result<f64, Error> {
    if df > LARGEST {
        return Ok(normal_inv(p));
    }
    let tail = p.lower().min(p.upper());
    let sign = if p.upper() < p.lower() { 1.0 } else { -1.0 };
    let x = beta_inc_inv(df / 2.0, 0.5, Split::from_lower(2.0 * tail)?)?;
    Ok(sign * libm::sqrt(df) * libm::sqrt(x.upper() / x.lower()))
}

/// Beyond, Student's t and the normal distribution agree to the last digit wherever a tail is above 1e-300: they differ by the factor 1 + t⁴ / (4 df).
const LARGEST: f64 = 1e22;
