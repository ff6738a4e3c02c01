use std::cmp::Ordering;

use crate::Error;
use crate::check::{finite_in, out_of_range};
use crate::kernel::Observed;
use crate::tally::{Sum, Tally};

/// What a customer did so far, in continuous time: all that the purchase models need to know.
///
/// `(x, t_x, T)` of the literature: `x` repeat purchases, the last of them `t_x` after the first purchase, seen until `T` after it. All times in one unit
/// ([`TimeUnit`]); the first purchase is moment zero and not counted.
///
/// ```
/// use styring_ltv::History;
///
/// let kari = History::new(2, 30.43, 38.86)?; // weeks
/// assert_eq!((kari.purchases(), kari.last(), kari.age()), (2, 30.43, 38.86));
/// assert!(History::new(2, 40.0, 38.86).is_err()); // the last purchase after the end
/// assert!(History::new(0, 1.0, 38.86).is_err()); // a last repeat purchase without any
/// # Ok::<(), styring_ltv::Error>(())
/// ```
///
/// Source: Schmittlein, Morrison and Colombo 1987, *Management Science* 33.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::History"))]
pub struct History {
    purchases: u32,
    last: f64,
    age: f64,
}

impl History {
    /// A customer acquired just now: nothing has been seen after the first purchase.
    pub const NEW: Self = Self { purchases: 0, last: 0.0, age: 0.0 };

    /// A customer's history from repeat purchases, time of the last one, and age (time since the first purchase), both times in the same unit.
    ///
    /// Without repeat purchases `last` is zero, with them it is above zero: what is bought on the first day belongs to the first purchase.
    ///
    /// Errors: times that are not `0 ≤ last ≤ age ≤ 1e12`; a `last` that contradicts the purchases.
    pub fn new(repeat_purchases: u32, last: f64, age: f64) -> Result<Self, Error> {
        finite_in("age", age, 0.0..=1e12, "from 0 to 1e12")?;
        finite_in("last purchase", last, 0.0..=age, "from 0 to the age")?;
        agrees(repeat_purchases == 0, last == 0.0, &last)?;
        // Adding zero takes the sign off a negative zero, so that equal histories are equal bits.
        Ok(Self { purchases: repeat_purchases, last: last + 0.0, age: age + 0.0 })
    }

    /// Repeat purchases, `x`.
    pub fn purchases(&self) -> u32 {
        self.purchases
    }

    /// The time of the last repeat purchase after the first purchase, `t_x`; zero if there is none.
    pub fn last(&self) -> f64 {
        self.last
    }

    /// The time from the first purchase to the end of what was seen, `T`.
    pub fn age(&self) -> f64 {
        self.age
    }
}

impl Eq for History {}

/// By purchases, then last purchase, then age. The times are numbers without a sign, so the order is total.
impl Ord for History {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |history: &Self| (history.purchases, history.last.to_bits(), history.age.to_bits());
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for History {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What a customer did so far, in discrete time: in how many of the periods since the first one there was a purchase, for the BG/BB model.
///
/// `(x, t_x, n)` of the literature: purchases in `x` of `n` periods, the last in period `t_x`, where period 0 (that of the first purchase) is not counted.
///
/// ```
/// use styring_ltv::PeriodHistory;
///
/// let donor = PeriodHistory::new(3, 5, 6)?; // gave in three of six years, last in the fifth
/// assert_eq!((donor.purchases(), donor.last(), donor.periods()), (3, 5, 6));
/// assert!(PeriodHistory::new(6, 5, 6).is_err()); // six purchases do not fit into five periods
/// # Ok::<(), styring_ltv::Error>(())
/// ```
///
/// Source: Fader, Hardie and Shang 2010, *Marketing Science* 29.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::PeriodHistory"))]
pub struct PeriodHistory {
    purchases: u32,
    last: u32,
    periods: u32,
}

impl PeriodHistory {
    /// A customer acquired in the period that ends now.
    pub const NEW: Self = Self { purchases: 0, last: 0, periods: 0 };

    /// A customer's history from the periods with a purchase, the number of the last of these, and the periods seen since the first.
    ///
    /// Errors: numbers that are not `purchases ≤ last ≤ periods ≤ 100 000`; a `last` that contradicts the purchases.
    pub fn new(purchases: u32, last: u32, periods: u32) -> Result<Self, Error> {
        // A likelihood passes every period since the last purchase.
        if periods > 100_000 {
            return Err(out_of_range("periods", "at most 100 000", &periods));
        }
        if last > periods {
            return Err(out_of_range("last purchase", "a period that was seen", &last));
        }
        agrees(purchases == 0, last == 0, &last)?;
        if purchases > last {
            return Err(out_of_range("purchases", "at most one in each period until the last", &purchases));
        }
        Ok(Self { purchases, last, periods })
    }

    /// Periods with a purchase after the first period, `x`.
    pub fn purchases(&self) -> u32 {
        self.purchases
    }

    /// The number of the last period with a purchase, `t_x`; zero if there is none.
    pub fn last(&self) -> u32 {
        self.last
    }

    /// The number of periods seen after the first, `n`.
    pub fn periods(&self) -> u32 {
        self.periods
    }
}

impl Observed for History {
    const NEWCOMER: Self = Self::NEW;

    fn seen(&self) -> f64 {
        self.age
    }

    fn purchases(&self) -> f64 {
        self.purchases.into()
    }

    fn age(&self) -> f64 {
        self.age
    }

    fn in_units_of(&self, unit: f64) -> Self {
        Self { last: self.last / unit, age: self.age / unit, ..*self }
    }

    fn coarse(histories: &[(Self, f64)], steps: f64) -> Vec<(Self, f64)> {
        let step = |time: f64| libm::floor(time * steps).to_bits();
        let alike = |(one, _): &(Self, f64), (other, _): &(Self, f64)| {
            one.purchases == other.purchases && step(one.last) == step(other.last)
        };
        let mut means = Vec::new();
        for alike in histories.chunk_by(alike) {
            // There are few ages to tell apart, so they are looked for one by one.
            let mut by_age: Vec<(u64, Self, f64)> = Vec::new();
            for (history, weight) in alike {
                let age = step(history.age);
                match by_age.iter_mut().find(|(known, ..)| *known == age) {
                    Some((_, mean, sum)) => {
                        *sum += weight;
                        mean.last += weight / *sum * (history.last - mean.last);
                        mean.age += weight / *sum * (history.age - mean.age);
                    }
                    None => by_age.push((age, *history, *weight)),
                }
            }
            means
                .extend(by_age.into_iter().map(|(_, mean, sum)| (Self { last: mean.last.min(mean.age), ..mean }, sum)));
        }
        means
    }
}

impl Observed for PeriodHistory {
    const NEWCOMER: Self = Self::NEW;

    fn seen(&self) -> f64 {
        self.periods.into()
    }

    fn purchases(&self) -> f64 {
        self.purchases.into()
    }

    fn age(&self) -> f64 {
        1.0
    }

    fn in_units_of(&self, _unit: f64) -> Self {
        *self
    }
}

/// No purchases means no last one, and the other way round.
fn agrees(no_purchases: bool, no_last: bool, last: &impl ToString) -> Result<(), Error> {
    match (no_purchases, no_last) {
        (true, false) => Err(out_of_range("last purchase", "0 without repeat purchases", last)),
        (false, true) => Err(out_of_range("last purchase", "above 0 with repeat purchases", last)),
        _ => Ok(()),
    }
}

/// The unit that times are told in, as a number of days.
///
/// A model's rates are per unit of the histories it was fitted to; convert every horizon with the same unit.
///
/// ```
/// use styring_ltv::TimeUnit;
///
/// assert_eq!(TimeUnit::DAY.days(90.0), 90.0);
/// assert!((TimeUnit::WEEK.days(90.0) - 12.857).abs() < 1e-3); // ninety days are 12.857 weeks
/// assert!((TimeUnit::MONTH.days(90.0) - 2.957).abs() < 1e-3);
/// assert_eq!(TimeUnit::of_days(28.0)?.in_days(3.0), 84.0);
/// assert!(TimeUnit::of_days(0.0).is_err());
/// # Ok::<(), styring_ltv::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "f64", into = "f64"))]
pub struct TimeUnit {
    days: f64,
}

impl TimeUnit {
    /// One day.
    pub const DAY: Self = Self { days: 1.0 };
    /// Seven days.
    pub const WEEK: Self = Self { days: 7.0 };
    /// The mean month of the calendar, 365.25 / 12 = 30.4375 days.
    pub const MONTH: Self = Self { days: 365.25 / 12.0 };
    /// The mean year of the Julian calendar, 365.25 days.
    pub const YEAR: Self = Self { days: 365.25 };

    /// A unit of this many days: 28 for periods of four weeks.
    ///
    /// Errors: a length outside 1e-6 to 1e6 days.
    pub fn of_days(days: f64) -> Result<Self, Error> {
        finite_in("days per unit", days, 1e-6..=1e6, "from 1e-6 to 1e6")?;
        Ok(Self { days })
    }

    /// This many days, in units: `days / length`.
    pub fn days(self, days: f64) -> f64 {
        days / self.days
    }

    /// This many units, in days: `units · length`.
    pub fn in_days(self, units: f64) -> f64 {
        units * self.days
    }
}

impl TryFrom<f64> for TimeUnit {
    type Error = Error;

    fn try_from(days: f64) -> Result<Self, Error> {
        Self::of_days(days)
    }
}

impl From<TimeUnit> for f64 {
    fn from(unit: TimeUnit) -> Self {
        unit.days
    }
}

/// Distinct histories and how many customers have each: what a model is fitted to.
///
/// Customers with the same history have the same likelihood, so it is computed once and counted. The histories are sorted, so neither the order of customers
/// nor the way they were split into parts can be seen in an answer.
///
/// ```
/// use styring_ltv::{Histories, History};
///
/// let once = History::new(0, 0.0, 38.86)?;
/// let twice = History::new(1, 1.71, 38.86)?;
/// let customers = Histories::group([once, twice, once]);
/// let counted: Vec<_> = customers.iter().collect();
/// assert_eq!(counted, [(&once, 2.0), (&twice, 1.0)]);
/// assert_eq!((customers.customers(), customers.distinct()), (3.0, 2));
/// # Ok::<(), styring_ltv::Error>(())
/// ```
///
/// A commutative monoid: [`merge`](Self::merge) is associative and commutative to the last bit, for fractional weights too, because weights are added in steps
/// of 2⁻⁶⁴; [`default`](Self::default) is its identity.
///
/// Cost: O(n log n) time for `n` customers; memory is O(distinct histories) also while they are grouped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(
        from = "Vec<stored::Counted<H>>",
        into = "Vec<stored::Counted<H>>",
        bound(
            serialize = "H: Ord + Clone + serde::Serialize",
            deserialize = "H: Ord + Clone + serde::Deserialize<'de>"
        )
    )
)]
pub struct Histories<H> {
    /// In ascending order, each history once, no weight zero.
    counted: Vec<(H, Weight)>,
}

impl<H> Default for Histories<H> {
    fn default() -> Self {
        Self { counted: Vec::new() }
    }
}

impl<H: Ord + Clone> Histories<H> {
    /// Groups one history per customer.
    ///
    /// Any type with a total order can be grouped: [`History`], [`PeriodHistory`], a history with the customer's channel.
    pub fn group(customers: impl IntoIterator<Item = H>) -> Self {
        Self::collect(customers.into_iter().map(|history| (history, Weight::ONE)))
    }

    /// Groups histories with weights: how many customers each stands for. Weights may be fractional (a weighted bootstrap); those of zero are left out.
    ///
    /// ```
    /// use styring_ltv::{Histories, History};
    ///
    /// let once = History::new(0, 0.0, 38.86)?;
    /// let customers = Histories::group_weighted([(once, 0.5), (History::NEW, 0.0), (once, 2.25)])?;
    /// assert_eq!(customers.iter().collect::<Vec<_>>(), [(&once, 2.75)]);
    /// assert!(Histories::group_weighted([(once, -1.0)]).is_err());
    /// # Ok::<(), styring_ltv::Error>(())
    /// ```
    ///
    /// Errors: a weight that is neither zero nor from 1e-9 to 1e12.
    pub fn group_weighted(customers: impl IntoIterator<Item = (H, f64)>) -> Result<Self, Error> {
        let mut fault = None;
        let mut customers = customers.into_iter();
        let checked = std::iter::from_fn(|| {
            let (history, weight) = customers.next()?;
            match Weight::new(weight) {
                Ok(weight) => Some((history, weight)),
                Err(error) => {
                    fault = Some(error);
                    None
                }
            }
        });
        let grouped = Self::collect(checked);
        fault.map_or(Ok(grouped), Err)
    }

    fn collect(customers: impl Iterator<Item = (H, Weight)>) -> Self {
        let mut tally = Tally::default();
        for (history, weight) in customers.filter(|(_, weight)| *weight != Weight::ZERO) {
            tally.add(history, weight);
        }
        Self { counted: tally.into_sums() }
    }

    /// Adds all customers of `other`.
    pub fn merge(&mut self, other: &Self) {
        let mut tally = Tally::from_sums(std::mem::take(&mut self.counted));
        tally.merge(Tally::from_sums(other.counted.clone()));
        self.counted = tally.into_sums();
    }

    /// Each distinct history with the number of customers who have it, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (&H, f64)> {
        self.counted.iter().map(|(history, weight)| (history, weight.to_f64()))
    }

    /// How many customers there are: the sum of the weights.
    pub fn customers(&self) -> f64 {
        let mut sum = Weight::ZERO;
        self.counted.iter().for_each(|(_, weight)| sum.plus(weight));
        sum.to_f64()
    }

    /// How many distinct histories there are.
    pub fn distinct(&self) -> usize {
        self.counted.len()
    }

    /// Whether there are no customers.
    pub fn is_empty(&self) -> bool {
        self.counted.is_empty()
    }
}

impl<H: Ord + Clone> FromIterator<H> for Histories<H> {
    fn from_iter<I: IntoIterator<Item = H>>(customers: I) -> Self {
        Self::group(customers)
    }
}

/// A number of customers in steps of 2⁻⁶⁴. Sums of these do not depend on their order, those of floating-point numbers do. A sum ends at 2⁶⁴ customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Weight {
    /// Two words rather than a `u128`, which would be laid out with eight bytes unused beside a history.
    whole: u64,
    rest: u64,
}

impl Weight {
    const ZERO: Self = Self { whole: 0, rest: 0 };
    const ONE: Self = Self { whole: 1, rest: 0 };
    /// Steps in one customer.
    const STEPS: f64 = 18_446_744_073_709_551_616.0;

    fn new(weight: f64) -> Result<Self, Error> {
        if weight != 0.0 {
            finite_in("weight", weight, 1e-9..=1e12, "0, or from 1e-9 to 1e12")?;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to below 2^104")]
        Ok(Self::of_steps((weight * Self::STEPS) as u128))
    }

    #[allow(clippy::cast_possible_truncation, reason = "the two halves")]
    fn of_steps(steps: u128) -> Self {
        Self { whole: (steps >> 64) as u64, rest: steps as u64 }
    }

    fn steps(self) -> u128 {
        u128::from(self.whole) << 64 | u128::from(self.rest)
    }

    fn to_f64(self) -> f64 {
        self.steps() as f64 / Self::STEPS
    }
}

impl Sum for Weight {
    fn plus(&mut self, more: &Self) {
        *self = Self::of_steps(self.steps().saturating_add(more.steps()));
    }
}

#[cfg(feature = "serde")]
mod stored {
    //! The forms in files.

    crate::stored::through_constructor!(History { purchases: u32, last: f64, age: f64 });
    crate::stored::through_constructor!(PeriodHistory { purchases: u32, last: u32, periods: u32 });

    /// A history and its customers: whole ones, and a rest in steps of 2⁻⁶⁴.
    #[derive(Clone, serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Counted<H> {
        history: H,
        customers: u64,
        #[serde(default, skip_serializing_if = "is_zero")]
        rest: u64,
    }

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    fn is_zero(rest: &u64) -> bool {
        *rest == 0
    }

    impl<H: Ord + Clone> From<super::Histories<H>> for Vec<Counted<H>> {
        fn from(histories: super::Histories<H>) -> Self {
            let stored = |(history, super::Weight { whole, rest })| Counted { history, customers: whole, rest };
            histories.counted.into_iter().map(stored).collect()
        }
    }

    impl<H: Ord + Clone> From<Vec<Counted<H>>> for super::Histories<H> {
        fn from(stored: Vec<Counted<H>>) -> Self {
            let weighted = |Counted { history, customers: whole, rest }| (history, super::Weight { whole, rest });
            Self::collect(stored.into_iter().map(weighted))
        }
    }
}
