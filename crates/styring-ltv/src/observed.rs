use std::collections::BTreeMap;

use chrono::NaiveDate;
use styring_money::{Currency, Unrounded};

use crate::amount::Amount;
use crate::tally::{Sum, Tally};
use crate::transactions::{days_between, same_currency};
use crate::value_curve::Spent;
use crate::{Error, Transactions, ValueCurve};

/// Customers with the day they were acquired, and what they brought on which day: lifetime value as it was observed, without a model.
///
/// ```
/// use chrono::{Days, NaiveDate};
/// use styring_ltv::ObservedValue;
/// use styring_money::{Currency, Money, Rounding};
///
/// let start = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date");
/// let day = |days| start.checked_add_days(Days::new(days)).expect("a date");
/// let mut value = ObservedValue::new(Currency::NOK);
/// for (customer, acquired, orders) in [
///     ("kari", 0, vec![(0, "120.00"), (60, "200.00")]),
///     ("ola", 10, vec![(10, "60.00"), (85, "40.00"), (95, "-40.00")]), // a return
///     ("liv", 70, vec![(70, "150.00")]), // acquired thirty days before the end
/// ] {
///     value.acquire(customer, day(acquired));
///     for (on, margin) in orders {
///         value.order(customer, day(on), format!("NOK {margin}").parse::<Money>()?)?;
///     }
/// }
/// let observed = value.observe(day(100))?;
/// let after_90_days = observed.at(90);
/// assert_eq!(after_90_days.at_risk(), 2); // Kari and Ola were seen that long
/// let ltv = after_90_days.age_incremental().expect("somebody was seen that long");
/// // 330 / 3 on the first day; 200 / 2 at age 60; nothing left of what Ola bought at age 75.
/// assert_eq!(ltv.value().round(Rounding::HalfEven)?.to_string(), "NOK 210.00");
/// assert_eq!(observed.payback_day(&"NOK 180.00".parse::<Money>()?.into())?, Some(60));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// An accumulator: [`merge`](Self::merge) is associative and commutative, and a new one is its identity. Rows may come in any order, orders before their customers. LTV that is
/// to pay for an acquisition is margin, not revenue: net of tax, goods and what else each order costs.
///
/// Cost: O(log n) per row; memory is O(customers + distinct days of customers), because how sure a mean is can only be told from its customers one by one.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(
        from = "stored::ObservedValue<K>",
        into = "stored::ObservedValue<K>",
        bound(
            serialize = "K: Ord + Clone + serde::Serialize",
            deserialize = "K: Ord + Clone + serde::Deserialize<'de>"
        )
    )
)]
pub struct ObservedValue<K: Ord> {
    currency: Currency,
    acquired: Tally<K, Earliest>,
    orders: Tally<(K, NaiveDate), Amount>,
}

/// A day, of which the earliest counts.
#[derive(Debug, Clone, PartialEq)]
struct Earliest(NaiveDate);

impl Sum for Earliest {
    fn plus(&mut self, more: &Self) {
        self.0 = self.0.min(more.0);
    }
}

impl<K: Ord + Clone> ObservedValue<K> {
    /// No customers, and amounts in this currency.
    pub fn new(currency: Currency) -> Self {
        Self { currency, acquired: Tally::default(), orders: Tally::default() }
    }

    /// Customers acquired on the day of their first purchase, with all they bought.
    ///
    /// What counts as a purchase is the rule of the transactions ([`RefundDays`](crate::RefundDays)); refunds before the first purchase are booked to it.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use styring_ltv::{ObservedValue, Transactions};
    /// use styring_money::{Currency, Money};
    ///
    /// let day = |month| NaiveDate::from_ymd_opt(2024, month, 1).expect("a date");
    /// let mut orders = Transactions::new(Currency::NOK);
    /// orders.add("kari", day(1), "NOK 120.00".parse::<Money>()?)?;
    /// orders.add("kari", day(3), "NOK 80.00".parse::<Money>()?)?;
    /// let observed = ObservedValue::from_first_purchases(&orders).observe(day(7))?;
    /// assert_eq!(observed.at(90).complete_case().expect("Kari was seen that long").value().to_string(), "NOK 200");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_first_purchases(transactions: &Transactions<K>) -> Self {
        let mut value = Self::new(transactions.currency());
        transactions.each_acquired(|customer, acquired, day, amount| {
            value.acquire(customer.clone(), acquired);
            value.orders.add((customer.clone(), day.max(acquired)), amount);
        });
        value
    }

    /// The same for each group of customers by itself: by acquisition channel, by campaign. Customers without a group are left out.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use styring_ltv::{ObservedValue, Transactions};
    /// use styring_money::{Currency, Money};
    ///
    /// let day = |month| NaiveDate::from_ymd_opt(2024, month, 1).expect("a date");
    /// let mut orders = Transactions::new(Currency::NOK);
    /// for (customer, amount) in [("kari", "NOK 120.00"), ("ola", "NOK 80.00"), ("per", "NOK 50.00")] {
    ///     orders.add(customer, day(1), amount.parse::<Money>()?)?;
    /// }
    /// let channel = |customer: &&str| (*customer != "per").then_some(if *customer == "ola" { "podcast" } else { "search" });
    /// let by_channel = ObservedValue::from_first_purchases_by(&orders, channel);
    /// assert_eq!(by_channel.keys().collect::<Vec<_>>(), [&"podcast", &"search"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_first_purchases_by<G: Ord>(
        transactions: &Transactions<K>,
        group: impl Fn(&K) -> Option<G>,
    ) -> BTreeMap<G, Self> {
        let mut groups: BTreeMap<G, Self> = BTreeMap::new();
        transactions.each_acquired(|customer, acquired, day, amount| {
            if let Some(group) = group(customer) {
                let value = groups.entry(group).or_insert_with(|| Self::new(transactions.currency()));
                value.acquire(customer.clone(), acquired);
                value.orders.add((customer.clone(), day.max(acquired)), amount);
            }
        });
        groups
    }

    /// Adds a customer acquired on this day. Of several days for the same customer the earliest counts.
    pub fn acquire(&mut self, customer: K, day: NaiveDate) {
        self.acquired.add(customer, Earliest(day));
    }

    /// Adds what an order of a customer brought on a day; a return is an amount below zero.
    ///
    /// Errors: an amount in another currency; nothing has been added then.
    pub fn order(&mut self, customer: K, day: NaiveDate, margin: impl Into<Unrounded>) -> Result<(), Error> {
        let margin = margin.into();
        same_currency("order", self.currency, margin.currency())?;
        self.orders.add((customer, day), margin.amount().clone().into());
        Ok(())
    }

    /// Adds all customers and orders of `other`.
    ///
    /// Errors: another currency.
    pub fn merge(&mut self, other: Self) -> Result<(), Error> {
        same_currency("observed value", self.currency, other.currency)?;
        self.acquired.merge(other.acquired);
        self.orders.merge(other.orders);
        Ok(())
    }

    /// The currency of all amounts.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The value by age of all customers acquired until a day, which is the last one that was observed. What came later is left out.
    ///
    /// Cost: O(n log n) for `n` customers and days of orders; every question to the answer is then O(log ages).
    ///
    /// Errors: an order before its customer was acquired, or of a customer without a day of acquisition.
    pub fn observe(&self, until: NaiveDate) -> Result<ValueCurve, Error> {
        let mut observed = Vec::new();
        let mut spent = Vec::new();
        self.each_observed(until, |_, acquired, orders| {
            let customer = observed.len();
            observed.push(days_between(acquired, until).unsigned_abs());
            spent.extend(orders.iter().map(|(age, margin)| Spent { age: *age, customer, margin: margin.exact() }));
        })?;
        Ok(ValueCurve::new(self.currency, &observed, spent))
    }

    /// Calls with every customer acquired until a day, the day of acquisition, and the age in days of each order with its margin.
    pub(crate) fn each_observed(
        &self,
        until: NaiveDate,
        mut visit: impl FnMut(&K, NaiveDate, &[(u32, Amount)]),
    ) -> Result<(), Error> {
        let mut unknown: Option<&K> = None;
        let mut unknown_customers = 0_u64;
        let mut orders = self.orders.iter().filter(|((_, day), _)| *day <= until).peekable();
        let mut of_customer = Vec::new();
        let mut acquired = self.acquired.iter().peekable();
        while let Some(customer) = match (acquired.peek(), orders.peek()) {
            (Some((acquired, _)), Some(((ordering, _), _))) => Some((*acquired).min(ordering)),
            (Some((acquired, _)), None) => Some(*acquired),
            (None, Some(((ordering, _), _))) => Some(ordering),
            (None, None) => None,
        } {
            let first = acquired.next_if(|(next, _)| *next == customer).map(|(_, Earliest(day))| day);
            while let Some(((_, day), margin)) = orders.next_if(|((ordering, _), _)| ordering == customer) {
                match first {
                    Some(first) if *day < first => {
                        return Err(Error::OrderBeforeAcquisition { day: *day, acquired: first });
                    }
                    Some(first) => of_customer.push((days_between(first, *day).unsigned_abs(), margin)),
                    None if unknown == Some(customer) => {}
                    None => {
                        unknown = Some(customer);
                        unknown_customers += 1;
                    }
                }
            }
            if let Some(first) = first.filter(|first| *first <= until) {
                visit(customer, first, &of_customer);
            }
            of_customer.clear();
        }
        if unknown_customers > 0 {
            return Err(Error::NotAcquired { customers: unknown_customers });
        }
        Ok(())
    }
}

#[cfg(feature = "serde")]
mod stored {
    //! The form in files: customers, and one row per customer and day of orders.

    use chrono::NaiveDate;
    use styring_money::Currency;

    use super::Earliest;
    use crate::amount::Amount;
    use crate::tally::Tally;

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct ObservedValue<K> {
        currency: Currency,
        customers: Vec<Acquired<K>>,
        orders: Vec<Ordered<K>>,
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Acquired<K> {
        customer: K,
        day: NaiveDate,
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Ordered<K> {
        customer: K,
        day: NaiveDate,
        margin: Amount,
    }

    impl<K: Ord + Clone> From<super::ObservedValue<K>> for ObservedValue<K> {
        fn from(value: super::ObservedValue<K>) -> Self {
            let acquired = |(customer, Earliest(day)): (&K, _)| Acquired { customer: customer.clone(), day };
            let ordered = |((customer, day), margin): (&(K, NaiveDate), _)| Ordered {
                customer: customer.clone(),
                day: *day,
                margin,
            };
            Self {
                currency: value.currency,
                customers: value.acquired.iter().map(acquired).collect(),
                orders: value.orders.iter().map(ordered).collect(),
            }
        }
    }

    impl<K: Ord + Clone> From<ObservedValue<K>> for super::ObservedValue<K> {
        fn from(stored: ObservedValue<K>) -> Self {
            let (mut acquired, mut orders) = (Tally::default(), Tally::default());
            for Acquired { customer, day } in stored.customers {
                acquired.add(customer, Earliest(day));
            }
            for Ordered { customer, day, margin } in stored.orders {
                orders.add((customer, day), margin);
            }
            Self { currency: stored.currency, acquired, orders }
        }
    }
}
