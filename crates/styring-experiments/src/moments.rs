use crate::Error;

/// Count, mean and spread of a value, added up one by one or in parts.
///
/// Numerically as Welford (1962) and, for parts, Chan, Golub and LeVeque (1983): the spread keeps its digits however far the mean lies from zero.
pub type Moments = Joint<1>;

/// Count, means and co-moments of values that belong together: a numerator and a denominator, a value after and before.
///
/// ```
/// use styring_experiments::{Joint, Moments};
///
/// let baskets: Moments = [[399.0], [0.0], [1_199.0], [249.0]].into_iter().collect();
/// assert_eq!((baskets.n(), baskets.mean(0)), (4, 461.75));
///
/// // Revenue after and before the experiment, in two parts.
/// let mut both: Joint<2> = [[120.0, 100.0], [80.0, 90.0]].into_iter().collect();
/// both.merge(&[[200.0, 150.0]].into_iter().collect());
/// let theta = both.covariance(0, 1)? / both.variance(1)?; // the slope of CUPED
/// assert!((theta - 1.870_968).abs() < 1e-6);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Stored", into = "Stored"))]
pub struct Joint<const K: usize> {
    n: u64,
    means: [f64; K],
    /// Sums of products of distances from the means.
    products: [[f64; K]; K],
}

/// As it is stored: lists, whose lengths are checked against `K`.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Joint", deny_unknown_fields)]
struct Stored {
    n: u64,
    means: Vec<f64>,
    products: Vec<Vec<f64>>,
}

#[cfg(feature = "serde")]
impl<const K: usize> From<Joint<K>> for Stored {
    fn from(joint: Joint<K>) -> Self {
        Self { n: joint.n, means: joint.means.to_vec(), products: joint.products.map(|row| row.to_vec()).to_vec() }
    }
}

#[cfg(feature = "serde")]
impl<const K: usize> TryFrom<Stored> for Joint<K> {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let array = |values: Vec<f64>| {
            let second = values.len();
            <[f64; K]>::try_from(values).map_err(|_| Error::Lengths { what: "values", first: K, second })
        };
        let rows = stored.products.into_iter().map(array).collect::<Result<Vec<_>, _>>()?;
        let second = rows.len();
        let products =
            <[[f64; K]; K]>::try_from(rows).map_err(|_| Error::Lengths { what: "values", first: K, second })?;
        Self::checked(stored.n, array(stored.means)?, products)
    }
}

impl<const K: usize> Default for Joint<K> {
    fn default() -> Self {
        Self { n: 0, means: [0.0; K], products: [[0.0; K]; K] }
    }
}

#[allow(clippy::needless_range_loop, reason = "sums over places, as the formulas have them")]
impl<const K: usize> Joint<K> {
    /// From a summary: count, means, and sample covariances (divisor n − 1).
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a mean or covariance that is no number, a variance below zero, or covariances that are not symmetric or too large for their variances (by more than a part in a
    /// billion).
    pub fn from_summary(n: u64, means: [f64; K], covariances: [[f64; K]; K]) -> Result<Self, Error> {
        let degrees = n.saturating_sub(1) as f64;
        Self::checked(n, means, covariances.map(|row| row.map(|covariance| covariance * degrees)))
    }

    /// From sums: of the values, and of products of two values.
    ///
    /// What a database gives. A variance that is small beside the squared mean loses digits in such sums: a thousandth of the mean costs six, a millionth twelve.
    ///
    /// # Errors
    ///
    /// As [`Joint::from_summary`]; a spread that rounding puts a little below zero is zero.
    pub fn from_sums(n: u64, sums: [f64; K], products: [[f64; K]; K]) -> Result<Self, Error> {
        if n == 0 {
            return Self::checked(0, [0.0; K], [[0.0; K]; K]);
        }
        let count = n as f64;
        let means = sums.map(|sum| sum / count);
        let mut centred = products;
        for (i, row) in centred.iter_mut().enumerate() {
            for (j, product) in row.iter_mut().enumerate() {
                let rounding = 1e-12 * product.abs();
                *product -= sums[i] * means[j];
                if i == j && *product < 0.0 && -*product <= rounding {
                    *product = 0.0;
                }
            }
        }
        // Rounding also leaves covariances a little unequal, and a little above what the variances allow: of a constant, where they allow none.
        for i in 0..K {
            for j in 0..i {
                let rounding = 1e-12 * products[i][j].abs();
                let most = centred[i][i].max(0.0).sqrt() * centred[j][j].max(0.0).sqrt();
                let alike = (centred[i][j] - centred[j][i]).abs() <= most * 1e-9 + rounding;
                if alike && centred[i][j].abs() <= most + rounding {
                    let product = centred[i][j].clamp(-most, most);
                    (centred[i][j], centred[j][i]) = (product, product);
                }
            }
        }
        Self::checked(n, means, centred)
    }

    fn checked(n: u64, means: [f64; K], products: [[f64; K]; K]) -> Result<Self, Error> {
        for i in 0..K {
            if !means[i].is_finite() {
                return Err(Error::range("mean", "a number", means[i]));
            }
            if !products[i][i].is_finite() || products[i][i] < 0.0 {
                return Err(Error::range("variance", "0 or above", products[i][i]));
            }
            for j in 0..i {
                let (one, other) = (products[i][j], products[j][i]);
                let most = products[i][i].sqrt() * products[j][j].sqrt();
                let within = one.abs() <= most * (1.0 + 1e-9) && (one - other).abs() <= most * 1e-9;
                if !within {
                    return Err(Error::range("covariance", "symmetric and within the variances", one));
                }
            }
        }
        Ok(Self { n, means, products })
    }

    /// One more.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a value that is not finite; nothing is added then.
    pub fn add(&mut self, values: [f64; K]) -> Result<(), Error> {
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(Error::range("value", "a number", value));
        }
        self.push(values);
        Ok(())
    }

    fn push(&mut self, values: [f64; K]) {
        self.n += 1;
        let share = 1.0 / self.n as f64;
        let from_old: [f64; K] = std::array::from_fn(|i| values[i] - self.means[i]);
        for i in 0..K {
            self.means[i] += from_old[i] * share;
        }
        for i in 0..K {
            for j in 0..=i {
                let product = from_old[i] * (values[j] - self.means[j]);
                self.products[i][j] += product;
                self.products[j][i] = self.products[i][j];
            }
        }
    }

    /// Adds what was added up elsewhere.
    pub fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            *self = *other;
            return;
        }
        let n = self.n + other.n;
        let share = other.n as f64 / n as f64;
        let apart: [f64; K] = std::array::from_fn(|i| other.means[i] - self.means[i]);
        for i in 0..K {
            for j in 0..K {
                self.products[i][j] += other.products[i][j] + apart[i] * apart[j] * (self.n as f64 * share);
            }
        }
        for i in 0..K {
            self.means[i] += apart[i] * share;
        }
        self.n = n;
    }

    /// Sums of products of distances from the means.
    pub(crate) fn products(&self) -> &[[f64; K]; K] {
        &self.products
    }

    /// How many.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// The mean of the value at a place.
    ///
    /// # Panics
    ///
    /// If there is no such place: `K` is part of the type.
    pub fn mean(&self, place: usize) -> f64 {
        self.means[place]
    }

    /// The sample variance (divisor n − 1) of the value at a place.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two values.
    ///
    /// # Panics
    ///
    /// If there is no such place.
    pub fn variance(&self, place: usize) -> Result<f64, Error> {
        self.covariance(place, place)
    }

    /// The sample covariance (divisor n − 1) of two values.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two values.
    ///
    /// # Panics
    ///
    /// If there is no such place.
    pub fn covariance(&self, one: usize, other: usize) -> Result<f64, Error> {
        if self.n < 2 {
            return Err(Error::TooFew { what: "values", needed: 2, given: self.n });
        }
        Ok(self.products[one][other] / (self.n - 1) as f64)
    }
}

impl<const K: usize> Extend<[f64; K]> for Joint<K> {
    /// Adds values that are known to be finite; those that are not make the answers so, and are refused by [`Joint::add`].
    fn extend<I: IntoIterator<Item = [f64; K]>>(&mut self, values: I) {
        values.into_iter().for_each(|values| self.push(values));
    }
}

impl<const K: usize> FromIterator<[f64; K]> for Joint<K> {
    fn from_iter<I: IntoIterator<Item = [f64; K]>>(values: I) -> Self {
        let mut joint = Self::default();
        joint.extend(values);
        joint
    }
}
