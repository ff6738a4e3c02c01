use super::Overlaps;

/// Bounds on the reach of all channels together, from sums alone. All hold for every population with these numbers; none is the best possible, which is [`Overlaps::sharp`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Bounds {
    /// The largest single reach, and the sum of all up to 1 (Fréchet 1935): from singles alone.
    pub frechet: (f64, f64),
    /// S₁ − S₂, at least 0 (Bonferroni 1936).
    pub bonferroni_lower: f64,
    /// 2 S₁/(k + 1) − 2 S₂/(k (k + 1)) with k = 1 + ⌊2 S₂/S₁⌋ (Dawson and Sankoff 1967): the best from S₁ and S₂ alone.
    pub dawson_sankoff_lower: f64,
    /// S₁ − the maximum spanning tree of the pairs, at most 1 (Hunter 1976).
    pub hunter_upper: f64,
}

impl Bounds {
    /// The best of the lower bounds.
    pub fn low(&self) -> f64 {
        self.frechet.0.max(self.bonferroni_lower).max(self.dawson_sankoff_lower)
    }

    /// The best of the upper bounds.
    pub fn high(&self) -> f64 {
        self.frechet.1.min(self.hunter_upper)
    }
}

impl Overlaps {
    /// Bounds from S₁, the sum of the reaches, and S₂, the sum of the pairs, for any number of channels. A pair that is not known counts with the most that it can be below, with the least above.
    ///
    /// Numbers that no population has are not refused: the bounds then may cross. Cost: the square of the number of channels.
    pub fn bounds(&self) -> Bounds {
        let singles: f64 = self.singles.iter().sum();
        let largest = self.singles.iter().copied().fold(0.0, f64::max);
        let pairs: f64 = self.all_pairs().map(|(i, j)| self.duplication_range(i, j).1).sum();
        let dawson_sankoff = if singles > 0.0 {
            let k = 1.0 + (2.0 * pairs / singles).floor();
            2.0 * singles / (k + 1.0) - 2.0 * pairs / (k * (k + 1.0))
        } else {
            0.0
        };
        Bounds {
            frechet: (largest, singles.min(1.0)),
            bonferroni_lower: (singles - pairs).max(0.0),
            dawson_sankoff_lower: dawson_sankoff.max(0.0),
            hunter_upper: (singles - self.spanning_tree()).min(1.0),
        }
    }

    /// The weight of the maximum spanning tree over the pairs (Prim 1957).
    fn spanning_tree(&self) -> f64 {
        // The heaviest pair that joins each channel to the tree, which begins with channel 0; `None` once it is in.
        let mut joins: Vec<Option<f64>> = (0..self.singles.len())
            .map(|channel| (channel > 0).then(|| self.duplication_range(0, channel).0))
            .collect();
        let mut weight = 0.0;
        loop {
            let outside = joins.iter().enumerate().filter_map(|(channel, join)| join.map(|join| (channel, join)));
            let Some((next, join)) = outside.reduce(|best, other| if other.1 > best.1 { other } else { best }) else {
                return weight;
            };
            weight += join;
            joins[next] = None;
            for (channel, join) in joins.iter_mut().enumerate() {
                if let Some(join) = join {
                    *join = join.max(self.duplication_range(next, channel).0);
                }
            }
        }
    }
}
