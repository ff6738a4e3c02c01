//! Roots between two ends, by Chandrupatla (1997): inverse quadratic interpolation where it is safe, halving elsewhere; never more than a few times the steps of bisection.

use std::convert::Infallible;

use crate::Error;

/// Enough to halve any bracket down to neighbouring numbers.
const STEPS: u32 = 200;

/// The x between `low` and `high` at which `f` changes its sign, to `tolerance` and a last digit.
///
/// Ends at which `f` has one sign are [`Error::NotFound`], of `what`.
pub(crate) fn between(
    what: &'static str,
    (low, high): (f64, f64),
    tolerance: f64,
    mut f: impl FnMut(f64) -> Result<f64, Error>,
) -> Result<f64, Error> {
    let (at_high, at_low) = (f(high)?, f(low)?);
    if at_high == 0.0 {
        return Ok(high);
    }
    if at_low == 0.0 {
        return Ok(low);
    }
    let opposed = (at_high < 0.0) != (at_low < 0.0);
    if !opposed || at_high.is_nan() || at_low.is_nan() {
        return Err(Error::NotFound { what, steps: 0 });
    }
    match search((high, at_high), (low, at_low), tolerance, f)? {
        Ok(root) => Ok(root),
        Err(_) => Err(Error::NotFound { what, steps: STEPS }),
    }
}

/// Where a falling function crosses zero between `low`, where it is not below zero, and `high`, where it is not above.
pub(crate) fn falling_root(f: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let (at_high, at_low) = (f(high), f(low));
    if at_high >= 0.0 {
        return high;
    }
    if at_low <= 0.0 {
        return low;
    }
    let Ok(found) = search((high, at_high), (low, at_low), f64::MIN_POSITIVE, |x| Ok::<f64, Infallible>(f(x)));
    found.unwrap_or_else(|nearest| nearest)
}

/// The root, or the nearest to it after all steps. The two points have values of opposite signs.
#[allow(clippy::many_single_char_names, reason = "as in the paper")]
fn search<E>(
    (mut a, mut fa): (f64, f64),
    (mut b, mut fb): (f64, f64),
    tolerance: f64,
    mut f: impl FnMut(f64) -> Result<f64, E>,
) -> Result<Result<f64, f64>, E> {
    let mut part = 0.5;
    for _ in 0..STEPS {
        let x = a + part * (b - a);
        let fx = f(x)?;
        let (c, fc);
        if (fx < 0.0) == (fa < 0.0) {
            (c, fc) = (a, fa);
        } else {
            (c, fc) = (b, fb);
            (b, fb) = (a, fa);
        }
        (a, fa) = (x, fx);
        let (best, at_best) = if fa.abs() < fb.abs() { (a, fa) } else { (b, fb) };
        let close = 0.5 * (tolerance + 2.0 * f64::EPSILON * best.abs()) / (b - a).abs();
        if close > 0.5 || at_best == 0.0 {
            return Ok(Ok(best));
        }
        let (xi, phi) = ((a - b) / (c - b), (fa - fb) / (fc - fb));
        part = if phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi {
            fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        } else {
            0.5
        };
        part = if part.is_nan() { 0.5 } else { part.clamp(close, 1.0 - close) };
    }
    Ok(Err(a))
}

/// The root of a falling function above `from` (`upward`) or below, where the function crosses zero before `end`: the bracket grows from a step by doubling.
///
/// The answer is `end` if there is no crossing before it.
pub(crate) fn falling_root_from(f: impl Fn(f64) -> f64, from: f64, step: f64, end: f64, upward: bool) -> f64 {
    let mut inner = from;
    // A step that rounding made nothing still has to grow.
    let mut width = step.max(f64::EPSILON * from.abs()).max(f64::MIN_POSITIVE);
    loop {
        let outer = if upward { (from + width).min(end) } else { (from - width).max(end) };
        let crossed = if upward { f(outer) <= 0.0 } else { f(outer) >= 0.0 };
        if crossed {
            return if upward { falling_root(f, inner, outer) } else { falling_root(f, outer, inner) };
        }
        let reached = if upward { outer >= end } else { outer <= end };
        if reached || !width.is_finite() {
            return end;
        }
        inner = outer;
        width *= 2.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_root_to_the_last_digits() {
        for root in [1e-12, 0.3, 1.0, 7.5e9] {
            let found = falling_root(|x| (root - x) * (1.0 + (x - root).abs().sqrt()), 0.0, 1e12);
            assert!((found / root - 1.0).abs() < 1e-15, "{found:e} for {root:e}");
            let found = falling_root_from(|x| root * root - x * x * x / root, 0.0, 1e-3, f64::INFINITY, true);
            assert!((found / root - 1.0).abs() < 1e-14, "{found:e} for {root:e}");
        }
    }

    #[test]
    fn an_end_without_a_crossing_is_the_answer() {
        assert!((falling_root_from(|_| 1.0, 0.0, 0.1, 1.0, true) - 1.0).abs() < f64::EPSILON);
        assert!((falling_root_from(|_| -1.0, 0.0, 0.1, -1.0, false) + 1.0).abs() < f64::EPSILON);
    }
}
