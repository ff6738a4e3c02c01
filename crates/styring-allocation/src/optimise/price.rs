use super::piece::LEAST_PRICE;
use super::source::{between, is_closed};

/// What is measured at a price: an interval where the price is one at which demand jumps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    pub(super) low: f64,
    pub(super) high: f64,
    /// The derivative by the price, not above zero.
    pub(super) slope: f64,
    /// What rounding errors are relative to.
    pub(super) scale: f64,
}

impl Reading {
    fn reaches(&self, goal: f64) -> bool {
        let rounding = 2.0 * f64::EPSILON * self.scale.max(goal.abs());
        self.low <= goal + rounding && self.high >= goal - rounding
    }
}

/// The price below `limit` at which a measure that falls with the price comes to the goal; zero if it does at none.
///
/// The known jumps, in order, are tried first, by bisection; between two of them the measure is continuous, and Newton's method on the logarithms finds the price inside
/// a bracket. A step that does not halve the distance is followed by a bisection.
pub(super) fn find_price(
    jumps: &[f64],
    goal: f64,
    guess: f64,
    limit: f64,
    mut read: impl FnMut(f64) -> Reading,
) -> f64 {
    let (mut below, mut above) = (0.0, limit);
    let (mut first, mut last) = (0, jumps.partition_point(|jump| *jump < limit));
    while first < last {
        let middle = first.midpoint(last);
        let Some(jump) = jumps.get(middle) else { break };
        let reading = read(*jump);
        if reading.reaches(goal) {
            return *jump;
        }
        if reading.low > goal {
            below = f64::max(below, *jump);
            first = middle + 1;
        } else {
            above = f64::min(above, *jump);
            last = middle;
        }
    }
    let mut price = if guess > below && guess < above { guess } else { between(below, above, guess) };
    let mut distance = f64::INFINITY;
    for _ in 0..300 {
        price = price.max(LEAST_PRICE);
        let reading = read(price);
        if reading.reaches(goal) {
            return price;
        }
        if reading.low > goal {
            below = price;
        } else if price <= LEAST_PRICE {
            return 0.0;
        } else {
            above = price;
        }
        let off = (reading.low - goal).abs();
        let slope = reading.slope * price;
        let step = if reading.low > 0.0 && goal > 0.0 {
            libm::log(goal / reading.low) * reading.low / slope
        } else {
            (goal - reading.low) / slope
        };
        let newton = price * libm::exp(step.clamp(-20.0, 20.0));
        let next = if off <= distance / 2.0 && newton > below && newton < above {
            newton
        } else {
            between(below, above, price)
        };
        distance = off;
        if is_closed(below, above) || next <= below || next >= above {
            return next;
        }
        price = next;
    }
    price
}
