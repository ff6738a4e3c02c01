//! Count, means and co-moments (Welford 1962; for parts, Chan, Golub and LeVeque 1983): spreads keep their digits however far the means lie from zero.

/// Of values that belong together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moments<const K: usize> {
    count: u64,
    means: [f64; K],
    /// Sums of products of distances from the means.
    products: [[f64; K]; K],
}

impl<const K: usize> Default for Moments<K> {
    fn default() -> Self {
        Self { count: 0, means: [0.0; K], products: [[0.0; K]; K] }
    }
}

impl<const K: usize> Moments<K> {
    pub(super) fn add(&mut self, values: [f64; K]) {
        self.count = self.count.saturating_add(1);
        let count = self.count as f64;
        let mut apart = values;
        for (distance, mean) in apart.iter_mut().zip(&mut self.means) {
            *distance -= *mean;
            *mean += *distance / count;
        }
        self.spread(&apart, (count - 1.0) / count);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if self.count == 0 || other.count == 0 {
            if self.count == 0 {
                *self = *other;
            }
            return;
        }
        let (one, two) = (self.count as f64, other.count as f64);
        let all = one + two;
        let mut apart = other.means;
        for (distance, mean) in apart.iter_mut().zip(&mut self.means) {
            *distance -= *mean;
            *mean += *distance * (two / all);
        }
        for (row, more) in self.products.iter_mut().flatten().zip(other.products.iter().flatten()) {
            *row += more;
        }
        self.spread(&apart, one * (two / all));
        self.count = self.count.saturating_add(other.count);
    }

    fn spread(&mut self, apart: &[f64; K], weight: f64) {
        for (row, distance) in self.products.iter_mut().zip(apart) {
            for (product, other) in row.iter_mut().zip(apart) {
                *product += weight * distance * other;
            }
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn means(&self) -> [f64; K] {
        self.means
    }

    /// The standard error of Σ cᵢ meanᵢ: that of a mean of such sums. `None` below two rows, or where they do not vary, which says nothing of how they would.
    pub(super) fn error_of(&self, factors: [f64; K]) -> Option<f64> {
        if self.count < 2 {
            return None;
        }
        let mut sum = 0.0;
        for (row, factor) in self.products.iter().zip(factors) {
            for (product, other) in row.iter().zip(factors) {
                sum += factor * product * other;
            }
        }
        let count = self.count as f64;
        let error = (sum.max(0.0) / (count - 1.0) / count).sqrt();
        (error > 0.0).then_some(error)
    }

    /// The sum of squares of the value at a place.
    pub(super) fn squares(&self, place: usize) -> f64 {
        let mean = self.means.get(place).copied().unwrap_or(0.0);
        let spread = self.products.get(place).and_then(|row| row.get(place)).copied().unwrap_or(0.0);
        spread + self.count as f64 * mean * mean
    }
}

#[cfg(feature = "serde")]
mod stored {
    //! As they are stored: lists, whose lengths and numbers are checked.

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use super::Moments;

    #[derive(Serialize, Deserialize)]
    #[serde(rename = "Moments", deny_unknown_fields)]
    struct Stored {
        count: u64,
        means: Vec<f64>,
        products: Vec<Vec<f64>>,
    }

    impl<const K: usize> Serialize for Moments<K> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let products = self.products.iter().map(|row| row.to_vec()).collect();
            Stored { count: self.count, means: self.means.to_vec(), products }.serialize(serializer)
        }
    }

    impl<'de, const K: usize> Deserialize<'de> for Moments<K> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let stored = Stored::deserialize(deserializer)?;
            let list = |values: Vec<f64>| {
                let found = values.len();
                <[f64; K]>::try_from(values)
                    .map_err(|_| de::Error::invalid_length(found, &"as many as there are values"))
            };
            let rows = stored.products.into_iter().map(list).collect::<Result<Vec<_>, _>>()?;
            let found = rows.len();
            let products = <[[f64; K]; K]>::try_from(rows)
                .map_err(|_| de::Error::invalid_length(found, &"as many as there are values"))?;
            let means = list(stored.means)?;
            let finite = means.iter().chain(products.iter().flatten()).all(|number| number.is_finite());
            let positive =
                products.iter().enumerate().all(|(place, row)| row.get(place).is_some_and(|own| *own >= 0.0));
            if !finite || !positive {
                return Err(de::Error::custom("moments: must be numbers, and spreads zero or above"));
            }
            Ok(Self { count: stored.count, means, products })
        }
    }
}
