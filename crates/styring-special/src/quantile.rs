//! The root finder of both quantiles.

use crate::{Error, Split};

/// After so many steps the bracket is only halved, which needs fewer than 80 more.
const FREE: u32 = 30;
const CAP: u32 = 110;

/// Residual in ln(tail) from which one more step ends at the accuracy of the tail itself, even where the step is long
/// (a small shape) and so only of second order.
const CLOSE: f64 = 1e-8;

/// The smallest positive `f64`.
const TINIEST: f64 = f64::from_bits(1);

/// A distribution on r > 0, seen at one r.
pub(crate) struct Point {
    /// P and Q.
    pub(crate) tails: Split,
    /// dP / d ln r.
    pub(crate) weight: f64,
    /// d ln(weight) / d ln r.
    pub(crate) slope: f64,
}

/// The r at which the tails are those of `target`; zero or infinity if that lies outside the range of `f64`.
///
/// The weight of both distributions is log-concave in ln r, and so are P and Q. On their logarithms Newton's
/// steps run to the root from one side, and Halley's do so faster. The bracket catches what rounding, underflow
/// and a far start do.
pub(crate) fn solve(target: Split, start: f64, at: impl Fn(f64) -> Result<Point, Error>) -> Result<f64, Error> {
    let lower = target.lower() <= target.upper();
    let goal = target.lower().min(target.upper());
    let (mut low, mut high, mut r) = (0.0, f64::INFINITY, start);
    for step in 0..CAP {
        let Point { tails, weight, slope } = at(r)?;
        let (tail, rise) = if lower { (tails.lower(), weight) } else { (tails.upper(), -weight) };
        let residual = libm::log(tail / goal);
        if residual == 0.0 {
            return Ok(r);
        }
        if (residual < 0.0) == lower {
            low = r;
        } else {
            high = r;
        }
        let rate = rise / tail;
        let newton = -residual / rate;
        let halley = newton / (1.0 + newton * (slope - rate) / 2.0).max(0.5);
        // Not a number where tail or weight underflow, and then neither close nor inside the bracket.
        let next = r * libm::exp(halley);
        if (residual.abs() <= CLOSE && next >= 0.0) || halley.abs() <= f64::EPSILON {
            return Ok(next);
        }
        let next = next.clamp(TINIEST, f64::MAX);
        r = if step < FREE && low < next && next < high { next } else { middle(low, high) };
        if r <= low || r >= high {
            break;
        }
    }
    // The bracket has closed, around nothing if the root lies beyond the numbers.
    Ok(if high <= TINIEST {
        0.0
    } else if low >= f64::MAX {
        f64::INFINITY
    } else {
        r
    })
}

/// The middle of the bracket in ln r.
fn middle(low: f64, high: f64) -> f64 {
    libm::sqrt(low.max(TINIEST)) * libm::sqrt(high.min(f64::MAX))
}
