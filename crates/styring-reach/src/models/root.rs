/// The point between two positive numbers from which on `reached` says yes, by halving the logarithm until floating point has no number in between. Says yes at the upper end, whatever it is.
pub(super) fn first(low: f64, high: f64, reached: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (low, high);
    // A double has 2^64 values, so 200 halvings of the logarithm are more than any search needs.
    for _ in 0..200 {
        let middle = if high / low > 1.001 { (low * high).sqrt() } else { low + (high - low) / 2.0 };
        if !(low < middle && middle < high) {
            break;
        }
        if reached(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}
