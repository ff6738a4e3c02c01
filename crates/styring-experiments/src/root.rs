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
}
