use std::collections::BTreeMap;

use chrono::NaiveDate;
use styring_experiments::{Joint, Moments};

use crate::Error;

/// What is compared between variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Measure {
    /// Conversions per user.
    Conversions,
    /// A value per user: revenue, orders, minutes.
    Value,
    /// The same, adjusted by what was known of each user before (CUPED).
    AdjustedValue,
}

/// The results of a test as they come in: users and conversions by variant and day, or a value per user. The order of the rows changes nothing that is decided.
///
/// ```
/// use styring_playbook::TestRows;
///
/// let mut rows = TestRows::of_conversions();
/// let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 2);
/// rows.count(day, "control", 1_204, 31)?;
/// rows.count(day, "green button", 1_187, 44)?;
/// rows.count(day, "green button", 12, 0)?; // the same day from another export: added up
/// assert_eq!(rows.variants(), ["control", "green button"]);
/// # Ok::<(), styring_playbook::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TestRows {
    measure: Measure,
    days: BTreeMap<Option<NaiveDate>, BTreeMap<String, Sum>>,
}

/// What is known of a variant: conversions, or values with or without what was before.
#[derive(Debug, Clone)]
pub(super) enum Sum {
    Counts { users: u64, conversions: u64 },
    Values(Moments),
    Adjusted(Joint<2>),
}

/// A day, and what each variant has come to by its end.
pub(super) type SoFar = (Option<NaiveDate>, Vec<Sum>);

impl TestRows {
    /// Of users and conversions.
    pub fn of_conversions() -> Self {
        Self::of(Measure::Conversions)
    }

    /// Of a value per user.
    pub fn of_values() -> Self {
        Self::of(Measure::Value)
    }

    /// Of a value per user, and what was known of the user before the test.
    pub fn of_adjusted_values() -> Self {
        Self::of(Measure::AdjustedValue)
    }

    fn of(measure: Measure) -> Self {
        Self { measure, days: BTreeMap::new() }
    }

    /// What is compared.
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// The variants, in order of their names.
    pub fn variants(&self) -> Vec<&str> {
        let names: std::collections::BTreeSet<&str> =
            self.days.values().flat_map(|day| day.keys().map(String::as_str)).collect();
        names.into_iter().collect()
    }

    /// Users who came on a day, and conversions of that day. Conversions may be of users who came earlier.
    ///
    /// # Errors
    /// Counts in a test of values; counts that add up to more than 2⁶⁴.
    pub fn count(&mut self, day: Option<NaiveDate>, variant: &str, users: u64, conversions: u64) -> Result<(), Error> {
        if self.measure != Measure::Conversions {
            return Err(Error::invalid("a count", "in a test of conversions", format!("{users} users of {variant}")));
        }
        self.add(day, variant, &Sum::Counts { users, conversions })
    }

    /// A user's value, and what was known before where the test is adjusted by it.
    ///
    /// # Errors
    /// A value in a test of conversions; a value without what was before, or with it, where the test has it otherwise; a value that is no number.
    pub fn value(
        &mut self,
        day: Option<NaiveDate>,
        variant: &str,
        value: f64,
        before: Option<f64>,
    ) -> Result<(), Error> {
        let sum = match (self.measure, before) {
            (Measure::Value, None) => {
                let mut sum = Moments::default();
                sum.add([value])?;
                Sum::Values(sum)
            }
            (Measure::AdjustedValue, Some(before)) => {
                let mut sum = Joint::default();
                sum.add([value, before])?;
                Sum::Adjusted(sum)
            }
            (Measure::AdjustedValue, None) => {
                return Err(Error::invalid("the value before", "given in an adjusted test", "none"));
            }
            _ => return Err(Error::invalid("a value", "in a test of the same kind", value)),
        };
        self.add(day, variant, &sum)
    }

    fn add(&mut self, day: Option<NaiveDate>, variant: &str, sum: &Sum) -> Result<(), Error> {
        let of_day = self.days.entry(day).or_default();
        if let Some(so_far) = of_day.get_mut(variant) {
            return so_far.merge(sum, variant);
        }
        of_day.insert(variant.to_owned(), sum.clone());
        Ok(())
    }

    /// What all variants have come to by the end of each day, in the order of `variants`. Days without a date come first.
    pub(super) fn by_day(&self, variants: &[String]) -> Result<Vec<SoFar>, Error> {
        let mut so_far = vec![Sum::empty(self.measure); variants.len()];
        let mut looks = Vec::with_capacity(self.days.len());
        for (day, sums) in &self.days {
            for (variant, total) in variants.iter().zip(&mut so_far) {
                if let Some(sum) = sums.get(variant) {
                    total.merge(sum, variant)?;
                }
                total.check(variant, *day)?;
            }
            looks.push((*day, so_far.clone()));
        }
        Ok(looks)
    }
}

impl Sum {
    fn empty(measure: Measure) -> Self {
        match measure {
            Measure::Conversions => Self::Counts { users: 0, conversions: 0 },
            Measure::Value => Self::Values(Moments::default()),
            Measure::AdjustedValue => Self::Adjusted(Joint::default()),
        }
    }

    fn merge(&mut self, other: &Self, variant: &str) -> Result<(), Error> {
        match (self, other) {
            (Self::Counts { users, conversions }, Self::Counts { users: more, conversions: converted }) => {
                let sums = users.checked_add(*more).zip(conversions.checked_add(*converted));
                (*users, *conversions) =
                    sums.ok_or_else(|| Error::invalid("users", "below 2⁶⁴ in all", format!("more, of {variant}")))?;
            }
            (Self::Values(sum), Self::Values(more)) => sum.merge(more),
            (Self::Adjusted(sum), Self::Adjusted(more)) => sum.merge(more),
            // All sums of a test are of its measure.
            _ => {}
        }
        Ok(())
    }

    fn check(&self, variant: &str, day: Option<NaiveDate>) -> Result<(), Error> {
        match self {
            Self::Counts { users, conversions } if conversions > users => Err(Error::MoreConversionsThanUsers {
                variant: variant.to_owned(),
                day,
                users: *users,
                conversions: *conversions,
            }),
            _ => Ok(()),
        }
    }

    pub(super) fn users(&self) -> u64 {
        match self {
            Self::Counts { users, .. } => *users,
            Self::Values(sum) => sum.n(),
            Self::Adjusted(sum) => sum.n(),
        }
    }

    pub(super) fn conversions(&self) -> Option<u64> {
        match self {
            Self::Counts { conversions, .. } => Some(*conversions),
            _ => None,
        }
    }

    /// The rate, or the mean; none of nobody.
    pub(super) fn mean(&self) -> Option<f64> {
        match self {
            _ if self.users() == 0 => None,
            Self::Counts { users, conversions } => Some(*conversions as f64 / *users as f64),
            Self::Values(sum) => Some(sum.mean(0)),
            Self::Adjusted(sum) => Some(sum.mean(0)),
        }
    }
}
