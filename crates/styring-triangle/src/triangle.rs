use std::fmt::Debug;

use crate::Error;

/// Twenty-seven years of days.
pub(crate) const MOST_AGES: u32 = 10_000;
const MOST: f64 = 1e15;

/// Cumulative values by cohort and age, each cohort as far as it has been observed.
///
/// A true triangle has cohorts one age apart; here they may be observed equally far, or far apart. Cohorts come in the order of their keys, so that the same cohorts give
/// the same bits in whatever order they came.
///
/// ```
/// use styring_triangle::Triangle;
///
/// let triangle = Triangle::from_cumulative([("June", vec![40.0, 55.0]), ("July", vec![38.0])])?;
/// assert_eq!((triangle.oldest_age(), triangle.age(&"July")), (1, Some(0)));
/// assert!(Triangle::from_cumulative([("June", vec![f64::NAN])]).is_err());
/// # Ok::<(), styring_triangle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Vec<(K, Vec<f64>)>", into = "Vec<(K, Vec<f64>)>"),
    serde(bound(serialize = "K: Clone + serde::Serialize", deserialize = "K: Ord + Debug + serde::Deserialize<'de>"))
)]
pub struct Triangle<K> {
    rows: Vec<(K, Vec<f64>)>,
}

impl<K: Ord + Debug> Triangle<K> {
    /// Cohorts with their cumulative values at ages 0, 1, 2 … as far as observed.
    ///
    /// Errors: no cohorts; a cohort twice, or without a value; more than 10 000 ages; a value that is no number, or beyond ±1e15.
    pub fn from_cumulative(rows: impl IntoIterator<Item = (K, Vec<f64>)>) -> Result<Self, Error> {
        let mut rows: Vec<(K, Vec<f64>)> = rows.into_iter().collect();
        if rows.is_empty() {
            return Err(Error::NoCohorts);
        }
        for values in rows.iter().map(|(_, values)| values) {
            if values.is_empty() || values.len() > MOST_AGES as usize {
                let (field, expected) = ("observed ages", "from 1 to 10 000");
                return Err(Error::OutOfRange { field, expected, value: values.len().to_string() });
            }
            if let Some(value) = values.iter().find(|value| !(-MOST..=MOST).contains(*value)) {
                let (field, expected) = ("cumulative value", "a number from -1e15 to 1e15");
                return Err(Error::OutOfRange { field, expected, value: value.to_string() });
            }
        }
        rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        match rows.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(Error::Repeated { cohort: format!("{:?}", pair[0].0) }),
            None => Ok(Self { rows }),
        }
    }

    /// The values of a cohort, from age 0 to its own age; `None` for a cohort that is not here.
    pub fn values(&self, cohort: &K) -> Option<&[f64]> {
        let at = self.rows.binary_search_by(|(key, _)| key.cmp(cohort)).ok()?;
        self.rows.get(at).map(|(_, values)| values.as_slice())
    }

    /// The last age at which a cohort was observed.
    pub fn age(&self, cohort: &K) -> Option<u32> {
        self.values(cohort).map(last_age)
    }
}

impl<K> Triangle<K> {
    /// The cohorts with their values, in the order of their keys.
    pub fn rows(&self) -> impl Iterator<Item = (&K, &[f64])> {
        self.rows.iter().map(|(cohort, values)| (cohort, values.as_slice()))
    }

    /// The last age at which any cohort was observed.
    pub fn oldest_age(&self) -> u32 {
        self.rows.iter().map(|(_, values)| last_age(values)).max().unwrap_or(0)
    }
}

/// Of a row, which is never empty nor longer than [`MOST_AGES`].
pub(crate) fn last_age(values: &[f64]) -> u32 {
    u32::try_from(values.len()).unwrap_or(MOST_AGES).saturating_sub(1)
}

#[cfg(feature = "serde")]
impl<K: Ord + Debug> TryFrom<Vec<(K, Vec<f64>)>> for Triangle<K> {
    type Error = Error;

    fn try_from(rows: Vec<(K, Vec<f64>)>) -> Result<Self, Error> {
        Self::from_cumulative(rows)
    }
}

#[cfg(feature = "serde")]
impl<K> From<Triangle<K>> for Vec<(K, Vec<f64>)> {
    fn from(triangle: Triangle<K>) -> Self {
        triangle.rows
    }
}
