use std::cell::Cell;

use styring_response::{Curve, Family, Shape};

/// What a channel's spend does: one curve, or the weighted mean of the draws of one.
#[derive(Debug, Clone)]
pub(super) enum Source<'a> {
    Curve(&'a Curve),
    Mean(Mean<'a>),
}

/// The mean of concave curves; weights sum to one, and are equal where there are none.
#[derive(Debug, Clone)]
pub(super) struct Mean<'a> {
    draws: &'a [Curve],
    weights: Option<&'a [f64]>,
    /// Where the marginal was inverted last.
    last: Cell<Option<f64>>,
}

impl<'a> Source<'a> {
    pub(super) fn mean(draws: &'a [Curve], weights: Option<&'a [f64]>) -> Self {
        match draws {
            [only] => Self::Curve(only),
            _ => Self::Mean(Mean { draws, weights, last: Cell::new(None) }),
        }
    }

    pub(super) fn value(&self, spend: f64) -> f64 {
        match self {
            Self::Curve(curve) => curve.value(spend),
            Self::Mean(mean) => mean.sum(|curve| curve.value(spend)),
        }
    }

    /// The marginal response; infinite where it is without bound, zero at an infinite spend.
    pub(super) fn marginal(&self, spend: f64) -> f64 {
        if spend.is_infinite() {
            return 0.0;
        }
        let of = |curve: &Curve| curve.marginal(spend).unwrap_or(f64::INFINITY);
        match self {
            Self::Curve(curve) => of(curve),
            Self::Mean(mean) => mean.sum(of),
        }
    }

    /// How fast the marginal response changes; infinite below where it is without bound.
    pub(super) fn curvature(&self, spend: f64) -> f64 {
        let of = |curve: &Curve| curve.curvature(spend).unwrap_or(f64::NEG_INFINITY);
        match self {
            Self::Curve(curve) => of(curve),
            Self::Mean(mean) => mean.sum(of),
        }
    }

    /// Where on the concave part, inside `low` and `high`, the marginal is `price`.
    pub(super) fn at_marginal(&self, price: f64, low: f64, high: f64) -> f64 {
        match self {
            Self::Curve(curve) => curve.spend_at_marginal(price).unwrap_or(f64::INFINITY).max(low).min(high),
            Self::Mean(mean) => mean.at_marginal(price, low, high),
        }
    }

    pub(super) fn shape(&self) -> Shape {
        match self {
            Self::Curve(curve) => curve.shape(),
            Self::Mean(_) => Shape::Concave,
        }
    }

    /// The points of straight lines, if it is made of them; a linear power curve has its one slope.
    pub(super) fn lines(&self) -> Option<Lines<'a>> {
        match self {
            Self::Curve(curve) => match curve.family() {
                Family::PiecewiseLinear { points } => Some(Lines::Points(points)),
                Family::Power { a, p } if *p >= 1.0 => Some(Lines::Slope(*a)),
                _ => None,
            },
            Self::Mean(_) => None,
        }
    }
}

pub(super) enum Lines<'a> {
    Points(&'a [(f64, f64)]),
    Slope(f64),
}

impl Mean<'_> {
    fn sum(&self, of: impl Fn(&Curve) -> f64) -> f64 {
        match self.weights {
            Some(weights) => {
                // A draw without weight is left out: it may be infinite.
                let weighted = self.draws.iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
                weighted.map(|(curve, weight)| weight * of(curve)).sum()
            }
            None => self.draws.iter().map(of).sum::<f64>() / self.draws.len() as f64,
        }
    }

    /// Newton's method on the logarithm of the marginal, inside a bracket, from where the last search ended.
    fn at_marginal(&self, price: f64, low: f64, high: f64) -> f64 {
        let guess = || self.draws.first().and_then(|curve| curve.spend_at_marginal(price));
        let (mut below, mut above) = (low, high);
        let mut x = self.last.get().or_else(guess).unwrap_or(low).max(low).min(high.min(f64::MAX));
        for _ in 0..200 {
            let (marginal, bend) = (
                self.sum(|curve| curve.marginal(x).unwrap_or(f64::INFINITY)),
                self.sum(|curve| curve.curvature(x).unwrap_or(f64::NEG_INFINITY)),
            );
            let excess = libm::log(marginal / price);
            if excess > 0.0 {
                below = x;
            } else {
                above = x;
            }
            let newton = x - excess * marginal / bend;
            let inside = newton > below && newton < above;
            let next = if inside { newton } else { between(below, above, x) };
            let step = (next - x).abs();
            x = next;
            // The error is the square of the last step.
            if (inside && step <= 1e-9 * x) || is_closed(below, above) {
                break;
            }
        }
        self.last.set(Some(x));
        x
    }
}

/// A point inside an interval whose ends may be zero or infinite.
pub(super) fn between(below: f64, above: f64, scale: f64) -> f64 {
    match (below > 0.0, above.is_finite()) {
        (true, true) => (below.sqrt() * above.sqrt()).max(below).min(above),
        (true, false) => below * 16.0,
        (false, true) => above / 16.0,
        (false, false) => scale.max(1.0) * 2.0,
    }
}

/// Whether there is nothing left between the ends of a bracket.
pub(super) fn is_closed(below: f64, above: f64) -> bool {
    above.is_finite() && above - below <= 2.0 * f64::EPSILON * above
}
