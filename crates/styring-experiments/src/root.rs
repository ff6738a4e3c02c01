<<<<<<< HEAD
//! A root between two ends.

use crate::Error;

/// The x between `low` and `high` at which `f` changes its sign (Chandrupatla 1997: inverse quadratic interpolation where it is safe, halving elsewhere).
///
/// Ends at which `f` has one sign are [`Error::NotFound`], of `what`.
#[allow(clippy::many_single_char_names, reason = "as in the paper")]
pub(crate) fn between(
    what: &'static str,
    (low, high): (f64, f64),
    tolerance: f64,
    mut f: impl FnMut(f64) -> Result<f64, Error>,
) -> Result<f64, Error> {
    const STEPS: u32 = 200;
    let (mut a, mut b) = (high, low);
    let (mut fa, mut fb) = (f(a)?, f(b)?);
    if fa == 0.0 {
        return Ok(a);
    }
    if fb == 0.0 {
        return Ok(b);
    }
    let opposed = (fa < 0.0) != (fb < 0.0);
    if !opposed || fa.is_nan() || fb.is_nan() {
        return Err(Error::NotFound { what, steps: 0 });
    }
    let mut part = 0.5;
    for _ in 0..STEPS {
        let x = a + part * (b - a);
        let fx = f(x)?;
        let (c, fc) = if (fx < 0.0) == (fa < 0.0) {
            let old = (a, fa);
            (a, fa) = (x, fx);
            old
        } else {
            let old = (b, fb);
            (b, fb) = (a, fa);
            (a, fa) = (x, fx);
            old
        };
        let (best, at_best) = if fa.abs() < fb.abs() { (a, fa) } else { (b, fb) };
        let close = 0.5 * (tolerance + 2.0 * f64::EPSILON * best.abs()) / (b - a).abs();
        if close > 0.5 || at_best == 0.0 {
            return Ok(best);
        }
        let (xi, phi) = ((a - b) / (c - b), (fa - fb) / (fc - fb));
        part = if phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi {
            fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        } else {
            0.5
        };
        part = part.clamp(close, 1.0 - close);
    }
    Err(Error::NotFound { what, steps: STEPS })
=======
//! Roots of functions that fall.

/// Enough to halve any bracket down to neighbouring numbers.
const STEPS: u32 = 200;

/// Where a falling function crosses zero between `low`, where it is not below zero, and `high`, where it is not above; by Chandrupatla (1997), which needs few steps where the function is smooth
/// and never more than a few times those of bisection.
pub(crate) fn falling_root(f: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let (mut newest, mut opposite) = (high, low);
    let (mut at_newest, mut at_opposite) = (f(newest), f(opposite));
    if at_newest >= 0.0 {
        return newest;
    }
    if at_opposite <= 0.0 {
        return opposite;
    }
    let mut step = 0.5;
    for _ in 0..STEPS {
        let next = newest + step * (opposite - newest);
        let at_next = f(next);
        if at_next == 0.0 {
            return next;
        }
        let (before, at_before);
        if (at_next > 0.0) == (at_newest > 0.0) {
            (before, at_before) = (newest, at_newest);
        } else {
            (before, at_before) = (opposite, at_opposite);
            (opposite, at_opposite) = (newest, at_newest);
        }
        (newest, at_newest) = (next, at_next);
        let best = if at_newest.abs() < at_opposite.abs() { newest } else { opposite };
        let tolerance = 2.0 * f64::EPSILON * best.abs() + f64::MIN_POSITIVE;
        let reach = tolerance / (opposite - newest).abs();
        if reach > 0.5 {
            return best;
        }
        let xi = (newest - opposite) / (before - opposite);
        let phi = (at_newest - at_opposite) / (at_before - at_opposite);
        step = if phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi {
            at_newest / (at_opposite - at_newest) * at_before / (at_opposite - at_before)
                + (before - newest) / (opposite - newest) * at_newest / (at_before - at_newest) * at_opposite
                    / (at_before - at_opposite)
        } else {
            0.5
        };
        step = if step.is_nan() { 0.5 } else { step.clamp(reach, 1.0 - reach) };
    }
    newest
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
>>>>>>> xfixed
}
