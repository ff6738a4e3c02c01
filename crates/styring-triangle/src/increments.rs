use std::collections::BTreeMap;

use styring_money::Exact;

use crate::triangle::MOST_AGES;
use crate::{Error, Triangle};

/// What came, by cohort and age: a commutative monoid, exact.
///
/// A cohort is whatever is followed from its start (the customers of a month, the clicks of a day), under any key; an age counts whole periods since then, the first
/// being 0. Counts may be fractional, amounts may be negative (returns).
///
/// What came is all that is written down here. That nothing came, and that nobody has looked yet, are told apart when the triangle is made: by how many ages
/// of each cohort have been observed.
///
/// ```
/// use styring_triangle::Increments;
///
/// let mut orders = Increments::none();
/// orders.add("June", 0, &2000.into());
/// orders.add("June", 2, &500.into());
/// orders.cohort("July"); // nobody has bought, but July exists
///
/// // June has been observed for three ages, July for one: nothing so far is known to be nothing.
/// let triangle = orders.triangle(|cohort| if *cohort == "June" { 3 } else { 1 })?;
/// assert_eq!(triangle.values(&"June"), Some([2000.0, 2000.0, 2500.0].as_slice()));
/// assert_eq!(triangle.values(&"July"), Some([0.0].as_slice()));
/// # Ok::<(), styring_triangle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(from = "stored::Increments<K>", into = "stored::Increments<K>"),
    serde(bound(serialize = "K: Ord + Clone + serde::Serialize", deserialize = "K: Ord + serde::Deserialize<'de>"))
)]
pub struct Increments<K> {
    cohorts: BTreeMap<K, BTreeMap<u32, Exact>>,
}

impl<K: Ord> Increments<K> {
    /// No cohorts.
    pub fn none() -> Self {
        Self { cohorts: BTreeMap::new() }
    }

    /// Says that a cohort exists, whether or not anything came of it.
    pub fn cohort(&mut self, cohort: K) {
        self.cohorts.entry(cohort).or_default();
    }

    /// Adds what came of a cohort at an age.
    pub fn add(&mut self, cohort: K, age: u32, value: &Exact) {
        *self.cohorts.entry(cohort).or_default().entry(age).or_default() += value;
    }

    /// Adds all that came in `other`.
    pub fn merge(&mut self, other: Self) {
        for (cohort, ages) in other.cohorts {
            let own = self.cohorts.entry(cohort).or_default();
            for (age, value) in ages {
                *own.entry(age).or_default() += &value;
            }
        }
    }

    /// The cohorts, in the order of their keys.
    pub fn cohorts(&self) -> impl Iterator<Item = &K> {
        self.cohorts.keys()
    }

    /// Everything that came: cohort, age and value, in the order of cohorts and ages.
    pub fn cells(&self) -> impl Iterator<Item = (&K, u32, &Exact)> {
        self.cohorts.iter().flat_map(|(cohort, ages)| ages.iter().map(move |(age, value)| (cohort, *age, value)))
    }

    /// What came of a cohort until the end of an age; `None` for a cohort that does not exist.
    pub fn until(&self, cohort: &K, age: u32) -> Option<Exact> {
        Some(self.cohorts.get(cohort)?.range(..=age).map(|(_, value)| value).sum())
    }

    /// The triangle of cumulative values, given how many ages of each cohort have been observed whole.
    ///
    /// What came later than that (in a week that is not over) is left out, and so are cohorts of which no age is over: half a period taken for a whole one would pull
    /// every factor down.
    ///
    /// Errors: no cohort with an age observed; more than 10 000 ages; values beyond ±1e15.
    pub fn triangle(&self, mut observed: impl FnMut(&K) -> u32) -> Result<Triangle<K>, Error>
    where
        K: Clone + std::fmt::Debug,
    {
        let mut rows = Vec::new();
        for (cohort, ages) in &self.cohorts {
            let observed = observed(cohort);
            if observed > MOST_AGES {
                return Err(Error::OutOfRange {
                    field: "observed ages",
                    expected: "at most 10 000",
                    value: observed.to_string(),
                });
            }
            let mut sum = Exact::ZERO;
            let cumulative = (0..observed).map(|age| {
                if let Some(value) = ages.get(&age) {
                    sum += value;
                }
                sum.to_f64()
            });
            let cumulative: Vec<f64> = cumulative.collect();
            if !cumulative.is_empty() {
                rows.push((cohort.clone(), cumulative));
            }
        }
        Triangle::from_cumulative(rows)
    }
}

impl<K: Ord> Default for Increments<K> {
    fn default() -> Self {
        Self::none()
    }
}

impl<K: Ord> Extend<(K, u32, Exact)> for Increments<K> {
    fn extend<I: IntoIterator<Item = (K, u32, Exact)>>(&mut self, cells: I) {
        for (cohort, age, value) in cells {
            self.add(cohort, age, &value);
        }
    }
}

impl<K: Ord> FromIterator<(K, u32, Exact)> for Increments<K> {
    fn from_iter<I: IntoIterator<Item = (K, u32, Exact)>>(cells: I) -> Self {
        let mut all = Self::none();
        all.extend(cells);
        all
    }
}

#[cfg(feature = "serde")]
mod stored {
    //! The form in files: a list, because not every format has keys that are not text.

    use styring_money::Exact;

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Increments<K> {
        cohorts: Vec<Cohort<K>>,
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Cohort<K> {
        cohort: K,
        ages: Vec<(u32, Exact)>,
    }

    impl<K: Ord> From<super::Increments<K>> for Increments<K> {
        fn from(increments: super::Increments<K>) -> Self {
            let cohorts = increments.cohorts.into_iter();
            Self {
                cohorts: cohorts.map(|(cohort, ages)| Cohort { cohort, ages: ages.into_iter().collect() }).collect(),
            }
        }
    }

    impl<K: Ord> From<Increments<K>> for super::Increments<K> {
        /// What stands twice is added, as everywhere.
        fn from(stored: Increments<K>) -> Self {
            let mut all = Self::none();
            for Cohort { cohort, ages } in stored.cohorts {
                let mut one = Self::none();
                let own = one.cohorts.entry(cohort).or_default();
                for (age, value) in ages {
                    *own.entry(age).or_default() += &value;
                }
                all.merge(one);
            }
            all
        }
    }
}
