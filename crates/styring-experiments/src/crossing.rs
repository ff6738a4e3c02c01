//! Where a condition begins to hold.

/// The point between `without`, where a condition does not hold, and `with`, where it does; the side that is returned is the one on which it does not hold.
///
/// Halves until neighbouring numbers are reached, which takes at most some 1100 steps where an end is 0, and about 60 otherwise.
pub(crate) fn crossing(without: f64, with: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut outside, mut inside) = (without, with);
    for _ in 0..1200 {
        let middle = outside + 0.5 * (inside - outside);
        let narrow = (inside - outside).abs() <= 4.0 * f64::EPSILON * middle.abs();
        if middle <= outside.min(inside) || middle >= outside.max(inside) || narrow {
            break;
        }
        if holds(middle) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    outside
}
