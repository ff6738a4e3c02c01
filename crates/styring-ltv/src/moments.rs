//! The spread of numbers that come and go.

/// Sum and sum of squares of numbers, in twice the digits of an `f64`, so that one customer a million times larger than the others may leave without a trace.
///
/// Source: Dekker 1971, *Numerische Mathematik* 18, 224–242.
#[derive(Debug, Default)]
pub(crate) struct Moments {
    sum: Long,
    squares: Long,
}

impl Moments {
    pub(crate) fn add(&mut self, value: f64) {
        self.sum.add(value);
        self.squares.add_product(value, value);
    }

    pub(crate) fn remove(&mut self, value: f64) {
        self.sum.add(-value);
        self.squares.add_product(-value, value);
    }

    /// The sum of squared distances of the numbers from a point, `Σx² − 2·p·Σx + n·p²`. How many there are is asked, because zeros need not be added.
    pub(crate) fn around(&self, point: f64, count: f64) -> f64 {
        let Long { high, low } = self.sum;
        let mut distances = self.squares;
        distances.add_product(-2.0 * point, high);
        distances.add_product(-2.0 * point, low);
        let (product, lost) = product(count, point);
        distances.add_product(product, point);
        distances.add_product(lost, point);
        // What rounding left below zero. Written so that what is no number any more does not become a zero.
        if distances.high < 0.0 { 0.0 } else { distances.high }
    }

    /// The sum of squared distances of the numbers from their mean.
    pub(crate) fn around_mean(&self, count: f64) -> f64 {
        self.around(self.sum.high / count, count)
    }
}

/// The number `high + low`, where `low` is what `high` has no digits for.
#[derive(Debug, Clone, Copy, Default)]
struct Long {
    high: f64,
    low: f64,
}

impl Long {
    fn add(&mut self, value: f64) {
        let sum = self.high + value;
        // What the sum lost, exactly (Knuth).
        let of_value = sum - self.high;
        let lost = (self.high - (sum - of_value)) + (value - of_value);
        let low = self.low + lost;
        self.high = sum + low;
        self.low = low - (self.high - sum);
    }

    fn add_product(&mut self, left: f64, right: f64) {
        let (product, lost) = product(left, right);
        self.add(product);
        self.add(lost);
    }
}

/// A product and what it lost to rounding.
fn product(left: f64, right: f64) -> (f64, f64) {
    let product = left * right;
    (product, libm::fma(left, right, -product))
}

#[cfg(test)]
mod tests {
    use super::Moments;

    #[test]
    fn one_who_leaves_leaves_no_trace() {
        let mut moments = Moments::default();
        for value in [1e12 / 3.0, 1.0, 2.0, 6.0, -1e12 / 7.0] {
            moments.add(value);
        }
        moments.remove(1e12 / 3.0);
        moments.remove(-1e12 / 7.0);
        assert!((moments.around_mean(3.0) - 14.0).abs() < 1e-6);
        // Four more who brought nothing, and another point.
        assert!((moments.around(2.0, 7.0) - 33.0).abs() < 1e-6);
    }
}
