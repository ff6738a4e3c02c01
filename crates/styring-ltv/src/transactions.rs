use std::collections::BTreeMap;
use std::convert::Infallible;

use chrono::{Datelike, NaiveDate};
use styring_money::{Currency, Exact, Unrounded};

use crate::amount::Amount;
use crate::check::out_of_range;
use crate::tally::{Sum, Tally};
use crate::{Error, History, PeriodHistory, Spending, TimeUnit};

/// Orders of customers on days, from which everything that models need to know is read: repeat purchases, the last of them, age, and value.
///
/// ```
/// use chrono::NaiveDate;
/// use styring_ltv::{TimeUnit, Transactions};
/// use styring_money::{Currency, Money, Rounding};
///
/// let day = |month, day| NaiveDate::from_ymd_opt(2024, month, day).expect("a date");
/// let nok = |text: &str| format!("NOK {text}").parse::<Money>();
/// let mut orders = Transactions::new(Currency::NOK);
/// orders.add("kari", day(1, 1), nok("499.00")?)?;
/// orders.add("kari", day(1, 15), nok("250.00")?)?;
/// orders.add("kari", day(1, 15), nok("100.00")?)?; // the same day: the same purchase
/// orders.add("ola", day(2, 5), nok("89.00")?)?;
///
/// let customers = orders.summarise(day(2, 19), TimeUnit::WEEK)?;
/// let kari = &customers[0];
/// assert_eq!((kari.history().purchases(), kari.history().last(), kari.history().age()), (1, 2.0, 7.0));
/// let mean = kari.mean_value().expect("a repeat purchase");
/// assert_eq!(mean.round(Rounding::HalfEven)?.to_string(), "NOK 350.00");
/// assert_eq!(customers[1].mean_value(), None); // Ola came once
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Orders of a customer on the same day are one purchase, and their amounts, refunds negative, are added up exactly. The first day is the acquisition, later days
/// are repeat purchases. What counts on a day with nothing but refunds is said by [`RefundDays`].
///
/// An accumulator: [`merge`](Self::merge) is associative and commutative, and a new one is its identity. Rows may come in any order.
///
/// Cost: O(log n) per row; memory is O(distinct days of customers), some 32 bytes each beside the customer's key, however many rows there were. Less would not
/// do: whether a row is a new purchase can only be told by looking at its day, and the last day to be looked at is chosen when all rows are there. Use short keys,
/// because each day holds one.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(
        from = "stored::Transactions<K>",
        into = "stored::Transactions<K>",
        bound(
            serialize = "K: Ord + Clone + serde::Serialize",
            deserialize = "K: Ord + Clone + serde::Deserialize<'de>"
        )
    )
)]
pub struct Transactions<K: Ord> {
    currency: Currency,
    refund_days: RefundDays,
    days: Tally<(K, NaiveDate), Total>,
}

/// What a day is on which a customer had nothing but refunds; see [`Transactions::with_refund_days`].
///
/// ```
/// use styring_ltv::{RefundDays, Transactions};
/// use styring_money::Currency;
///
/// assert_eq!(RefundDays::default(), RefundDays::ArePurchases);
/// let orders = Transactions::<u64>::new(Currency::NOK).with_refund_days(RefundDays::BelongToPurchase);
/// # assert!(orders.is_empty());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[allow(clippy::exhaustive_enums, reason = "it counts or it does not")]
pub enum RefundDays {
    /// A purchase like any other, with an amount below zero: what peers do, and what data without refunds do not notice.
    #[default]
    ArePurchases,
    /// No purchase. The amount is booked to the purchase before it, or to the first one where there is none before.
    ///
    /// Right where refunds stand in the file as rows of their own: one who sends everything back is not a loyal customer. A purchase refunded in full stays a
    /// purchase, of zero.
    BelongToPurchase,
}

/// What a customer had on one day.
#[derive(Debug, Clone, PartialEq)]
struct Total {
    amount: Amount,
    /// Whether there was anything but refunds.
    bought: bool,
}

impl Sum for Total {
    fn plus(&mut self, more: &Self) {
        self.amount.plus(&more.amount);
        self.bought |= more.bought;
    }
}

impl<K: Ord + Clone> Transactions<K> {
    /// No orders, in this currency.
    pub fn new(currency: Currency) -> Self {
        Self { currency, refund_days: RefundDays::default(), days: Tally::default() }
    }

    /// The same orders with another rule for days with nothing but refunds.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use styring_ltv::{RefundDays, TimeUnit, Transactions};
    /// use styring_money::{Currency, Money};
    ///
    /// let day = |day| NaiveDate::from_ymd_opt(2024, 1, day).expect("a date");
    /// let mut orders = Transactions::new(Currency::NOK);
    /// orders.add("kari", day(1), "NOK 499.00".parse::<Money>()?)?;
    /// orders.add("kari", day(9), "NOK -499.00".parse::<Money>()?)?;
    /// assert_eq!(orders.summarise(day(31), TimeUnit::DAY)?[0].history().purchases(), 1);
    ///
    /// let orders = orders.with_refund_days(RefundDays::BelongToPurchase);
    /// let kari = &orders.summarise(day(31), TimeUnit::DAY)?[0];
    /// assert_eq!(kari.history().purchases(), 0);
    /// assert_eq!(kari.first_value().to_string(), "NOK 0");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_refund_days(mut self, refund_days: RefundDays) -> Self {
        self.refund_days = refund_days;
        self
    }

    /// Adds an order of a customer on a day; a refund is an amount below zero. Whether amounts are revenue or margin is the caller's choice; only margin can pay
    /// for an acquisition.
    ///
    /// Errors: an amount in another currency; nothing has been added then.
    pub fn add(&mut self, customer: K, day: NaiveDate, amount: impl Into<Unrounded>) -> Result<(), Error> {
        let amount = amount.into();
        same_currency("order", self.currency, amount.currency())?;
        let amount = amount.amount();
        let bought = amount.sign() != styring_money::Sign::Negative;
        self.days.add((customer, day), Total { amount: amount.clone().into(), bought });
        Ok(())
    }

    /// Adds all orders of `other`.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use styring_ltv::{TimeUnit, Transactions};
    /// use styring_money::{Currency, Money};
    ///
    /// let day = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date");
    /// let mut shop = Transactions::new(Currency::NOK);
    /// shop.add("kari", day, "NOK 100.00".parse::<Money>()?)?;
    /// let mut app = Transactions::new(Currency::NOK);
    /// app.add("kari", day, "NOK 50.00".parse::<Money>()?)?;
    /// shop.merge(app)?;
    /// let kari = &shop.summarise(day, TimeUnit::DAY)?[0];
    /// assert_eq!((kari.history().purchases(), kari.total().to_string()), (0, "NOK 150".to_owned())); // one day, one purchase
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Errors: another currency, or another rule for days with nothing but refunds.
    pub fn merge(&mut self, other: Self) -> Result<(), Error> {
        same_currency("transactions", self.currency, other.currency)?;
        if self.refund_days != other.refund_days {
            let value = format!("{:?} and {:?}", self.refund_days, other.refund_days);
            return Err(out_of_range("refund days", "the same in both parts", &value));
        }
        self.days.merge(other.days);
        Ok(())
    }

    /// The currency of all amounts.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Whether there are no orders.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// What each customer did until a day, which is the last one that counts; in the order of the customers' keys.
    ///
    /// `last` and `age` of the histories are days since the first purchase over the days of a `unit`. Orders after `until` are left out, and so are customers
    /// who have none before.
    ///
    /// Errors: an age above 1e12 units.
    pub fn summarise(&self, until: NaiveDate, unit: TimeUnit) -> Result<Vec<Customer<K>>, Error> {
        let mut customers = Vec::new();
        self.each_customer::<Error>(until, |id, days| {
            if let Some(purchases) = self.purchases(days).0 {
                customers.push(self.customer(id, purchases, until, unit)?);
            }
            Ok(())
        })?;
        Ok(customers)
    }

    /// What each customer did until `calibration_end`, and what came of it from the day after until `holdout_end`: to fit on the one and check on the other.
    ///
    /// Only customers acquired until `calibration_end` are in it.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use styring_ltv::{TimeUnit, Transactions};
    /// use styring_money::{Currency, Money};
    ///
    /// let day = |month, day| NaiveDate::from_ymd_opt(2024, month, day).expect("a date");
    /// let mut orders = Transactions::new(Currency::NOK);
    /// for (month, of_month) in [(1, 1), (1, 15), (3, 1), (3, 8)] {
    ///     orders.add("kari", day(month, of_month), "NOK 100.00".parse::<Money>()?)?;
    /// }
    /// let split = orders.summarise_split(day(1, 31), day(3, 27), TimeUnit::WEEK)?;
    /// let kari = &split[0];
    /// assert_eq!(kari.calibration().history().purchases(), 1);
    /// assert_eq!((kari.purchases(), kari.duration()), (2, 8.0)); // two more in eight weeks
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Errors: a `holdout_end` that is not after `calibration_end`; an age above 1e12 units.
    pub fn summarise_split(
        &self,
        calibration_end: NaiveDate,
        holdout_end: NaiveDate,
        unit: TimeUnit,
    ) -> Result<Vec<HeldOut<K>>, Error> {
        if holdout_end <= calibration_end {
            return Err(out_of_range("holdout end", "after the end of the calibration", &holdout_end));
        }
        let duration = unit.days(days_between(calibration_end, holdout_end).into());
        let mut customers = Vec::new();
        self.each_customer::<Error>(holdout_end, |id, days| {
            let (before, after) = days.split_at(days.partition_point(|(day, _)| *day <= calibration_end));
            if let Some(purchases) = self.purchases(before).0 {
                let calibration = self.customer(id, purchases, calibration_end, unit)?;
                let (purchases, value) = match self.purchases(after) {
                    (Some(Purchases { repeats, first_value: mut value, repeat_value, .. }), _) => {
                        value.plus(&repeat_value);
                        (repeats.saturating_add(1), value)
                    }
                    (None, refunds) => (0, refunds),
                };
                customers.push(HeldOut { calibration, purchases, value, duration });
            }
            Ok(())
        })?;
        Ok(customers)
    }

    /// How many repeat purchases there were on each day with any, of customers whose first purchase lies on or before `acquired_until`: what a model's
    /// [`expected_repeats`](crate::expected_repeats) is held against.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use styring_ltv::Transactions;
    /// use styring_money::{Currency, Money};
    ///
    /// let day = |day| NaiveDate::from_ymd_opt(2024, 1, day).expect("a date");
    /// let mut orders = Transactions::new(Currency::NOK);
    /// for (customer, on) in [("kari", 1), ("kari", 8), ("ola", 2), ("ola", 8), ("ola", 9), ("per", 5), ("per", 9)] {
    ///     orders.add(customer, day(on), "NOK 99.00".parse::<Money>()?)?;
    /// }
    /// assert_eq!(orders.repeats_by_day(day(2)), [(day(8), 2), (day(9), 1)]); // Per came later
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn repeats_by_day(&self, acquired_until: NaiveDate) -> Vec<(NaiveDate, u64)> {
        let mut by_day = BTreeMap::new();
        let Ok(()) = self.each_customer::<Infallible>(NaiveDate::MAX, |_, days| {
            let mut purchases = days.iter().filter(|(_, total)| self.is_purchase(total)).map(|(day, _)| *day);
            if purchases.next().is_some_and(|first| first <= acquired_until) {
                purchases.for_each(|day| *by_day.entry(day).or_default() += 1);
            }
            Ok(())
        });
        by_day.into_iter().collect()
    }

    /// What each customer did in periods of their own, for the BG/BB model: period `j` is the days from `(j − 1)·d + 1` to `j·d` after the first purchase. A period
    /// that had not ended by `until` is left out, with its purchases.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use styring_ltv::{PeriodHistory, Transactions};
    /// use styring_money::{Currency, Money};
    ///
    /// let day = |month, day| NaiveDate::from_ymd_opt(2024, month, day).expect("a date");
    /// let mut orders = Transactions::new(Currency::NOK);
    /// for (month, of_month) in [(1, 1), (1, 8), (1, 10), (1, 12)] {
    ///     orders.add("kari", day(month, of_month), "NOK 100.00".parse::<Money>()?)?;
    /// }
    /// // Seven days later was still in the first week, nine and eleven days in the second.
    /// assert_eq!(orders.periods(day(1, 31), 7)?, [("kari", PeriodHistory::new(2, 2, 4)?)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Errors: periods of no days.
    pub fn periods(&self, until: NaiveDate, days_per_period: u32) -> Result<Vec<(K, PeriodHistory)>, Error> {
        let length = i32::try_from(days_per_period).unwrap_or(i32::MAX);
        if length == 0 {
            return Err(out_of_range("days per period", "above 0", &days_per_period));
        }
        self.period_histories(until, |first| {
            // Rounded up, so that the days 1 to d after the first purchase are period 1.
            let number = move |day| (i64::from(days_between(first, day)) + i64::from(length) - 1) / i64::from(length);
            (number, i64::from(days_between(first, until) / length))
        })
    }

    /// What each customer did in periods that are the same for everyone, for the BG/BB model: `number` tells the number of the period a day lies in, such as its
    /// year, or year · 12 + month. `until` is the last day of the last period.
    ///
    /// ```
    /// use chrono::{Datelike, NaiveDate};
    /// use styring_ltv::{PeriodHistory, Transactions};
    /// use styring_money::{Currency, Money};
    ///
    /// let day = |year, month| NaiveDate::from_ymd_opt(year, month, 1).expect("a date");
    /// let mut gifts = Transactions::new(Currency::NOK);
    /// for (year, month) in [(2020, 12), (2021, 2), (2021, 9), (2023, 5)] {
    ///     gifts.add("kari", day(year, month), "NOK 100.00".parse::<Money>()?)?;
    /// }
    /// let last = NaiveDate::from_ymd_opt(2024, 12, 31).expect("a date");
    /// let years = gifts.periods_by(last, |day| day.year().into())?;
    /// assert_eq!(years, [("kari", PeriodHistory::new(2, 3, 4)?)]); // in 2021 and 2023 of four years after 2020
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Errors: numbers that fall as days go on, or of more periods than a `u32` counts.
    pub fn periods_by(
        &self,
        until: NaiveDate,
        number: impl Fn(NaiveDate) -> i64,
    ) -> Result<Vec<(K, PeriodHistory)>, Error> {
        let number = &number;
        self.period_histories(until, |first| {
            let since = move |day| number(day).saturating_sub(number(first));
            (since, since(until))
        })
    }

    /// `clock` gives, for a customer's first day, the number of the period of any later day, and the number of the last period.
    fn period_histories<F: Fn(NaiveDate) -> i64>(
        &self,
        until: NaiveDate,
        clock: impl Fn(NaiveDate) -> (F, i64),
    ) -> Result<Vec<(K, PeriodHistory)>, Error> {
        let counted = |number: i64| {
            u32::try_from(number).map_err(|_| out_of_range("period", "a number from that of the first day on", &number))
        };
        let mut customers = Vec::new();
        self.each_customer::<Error>(until, |id, days| {
            let mut purchases = days.iter().filter(|(_, total)| self.is_purchase(total)).map(|(day, _)| *day);
            let Some(first) = purchases.next() else { return Ok(()) };
            let (number, last_number) = clock(first);
            let periods = counted(last_number)?;
            let (mut visited, mut last) = (0, 0);
            for day in purchases {
                let period = counted(number(day))?;
                if period < last {
                    return Err(out_of_range("period", "not before that of an earlier day", &period));
                }
                if period > last && period <= periods {
                    visited += 1;
                    last = period;
                }
            }
            customers.push((id.clone(), PeriodHistory::new(visited, last, periods)?));
            Ok(())
        })?;
        Ok(customers)
    }

    /// Calls with every customer and what they had on each day until the last one, in order.
    fn each_customer<E>(
        &self,
        until: NaiveDate,
        mut visit: impl FnMut(&K, &[(NaiveDate, Total)]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut days = Vec::new();
        let mut rows = self.days.iter().filter(|((_, day), _)| *day <= until).peekable();
        while let Some(((customer, day), total)) = rows.next() {
            days.push((*day, total));
            if rows.peek().is_none_or(|((next, _), _)| next != customer) {
                visit(customer, &days)?;
                days.clear();
            }
        }
        Ok(())
    }

    /// Calls with every customer who bought something, the day of the first purchase, and each day with its amount.
    pub(crate) fn each_acquired(&self, mut visit: impl FnMut(&K, NaiveDate, NaiveDate, Amount)) {
        let Ok(()) = self.each_customer::<Infallible>(NaiveDate::MAX, |id, days| {
            if let Some((first, _)) = days.iter().find(|(_, total)| self.is_purchase(total)) {
                for (day, total) in days {
                    visit(id, *first, *day, total.amount.clone());
                }
            }
            Ok(())
        });
    }

    fn is_purchase(&self, total: &Total) -> bool {
        total.bought || self.refund_days == RefundDays::ArePurchases
    }

    /// The purchases in these days; or, where there are none, the refunds.
    fn purchases(&self, days: &[(NaiveDate, Total)]) -> (Option<Purchases>, Amount) {
        let mut found: Option<Purchases> = None;
        let mut refunds = Amount::ZERO;
        for (day, total) in days {
            match &mut found {
                Some(purchases) => {
                    if self.is_purchase(total) {
                        purchases.repeats = purchases.repeats.saturating_add(1);
                        purchases.last = *day;
                    }
                    let book =
                        if purchases.repeats == 0 { &mut purchases.first_value } else { &mut purchases.repeat_value };
                    book.plus(&total.amount);
                }
                None if self.is_purchase(total) => {
                    let mut first_value = std::mem::replace(&mut refunds, Amount::ZERO);
                    first_value.plus(&total.amount);
                    let repeat_value = Amount::ZERO;
                    found = Some(Purchases { first: *day, last: *day, repeats: 0, first_value, repeat_value });
                }
                None => refunds.plus(&total.amount),
            }
        }
        (found, refunds)
    }

    fn customer(&self, id: &K, purchases: Purchases, until: NaiveDate, unit: TimeUnit) -> Result<Customer<K>, Error> {
        let Purchases { first, last, repeats, first_value, repeat_value } = purchases;
        let time = |day| unit.days(days_between(first, day).into());
        let history = History::new(repeats, time(last), time(until))?;
        Ok(Customer { id: id.clone(), first, history, currency: self.currency, first_value, repeat_value })
    }
}

struct Purchases {
    first: NaiveDate,
    last: NaiveDate,
    repeats: u32,
    first_value: Amount,
    repeat_value: Amount,
}

pub(crate) fn same_currency(field: &'static str, left: Currency, right: Currency) -> Result<(), Error> {
    if left == right { Ok(()) } else { Err(Error::CurrencyMismatch { field, left, right }) }
}

/// Days from one day to another; no two dates are so far apart that an `i32` would not hold them.
pub(crate) fn days_between(from: NaiveDate, to: NaiveDate) -> i32 {
    to.num_days_from_ce() - from.num_days_from_ce()
}

/// What a customer did until a day; made by [`Transactions::summarise`].
///
/// ```
/// use chrono::NaiveDate;
/// use styring_ltv::{TimeUnit, Transactions};
/// use styring_money::{Currency, Money};
///
/// let day = |day| NaiveDate::from_ymd_opt(2024, 1, day).expect("a date");
/// let mut orders = Transactions::new(Currency::NOK);
/// for (on, amount) in [(1, "NOK 99.00"), (8, "NOK 300.00"), (22, "NOK 450.00")] {
///     orders.add("kari", day(on), amount.parse::<Money>()?)?;
/// }
/// let kari = &orders.summarise(day(29), TimeUnit::WEEK)?[0];
/// assert_eq!((*kari.id(), kari.first_day(), kari.history().last()), ("kari", day(1), 3.0));
/// assert_eq!(kari.mean_value().expect("two repeat purchases").to_string(), "NOK 375");
/// assert_eq!(kari.mean_value_with_first().to_string(), "NOK 283"); // the first was an introductory offer
/// assert_eq!(kari.total().to_string(), "NOK 849");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Customer<K> {
    id: K,
    first: NaiveDate,
    history: History,
    currency: Currency,
    first_value: Amount,
    repeat_value: Amount,
}

impl<K> Customer<K> {
    /// The customer's key.
    pub fn id(&self) -> &K {
        &self.id
    }

    /// The day of the first purchase.
    pub fn first_day(&self) -> NaiveDate {
        self.first
    }

    /// Repeat purchases, the last of them, and age, in the unit that was asked for.
    pub fn history(&self) -> History {
        self.history
    }

    /// What the first day brought.
    pub fn first_value(&self) -> Unrounded {
        self.amount(self.first_value.exact())
    }

    /// What all later days brought together.
    pub fn repeat_value(&self) -> Unrounded {
        self.amount(self.repeat_value.exact())
    }

    /// What all days brought together.
    pub fn total(&self) -> Unrounded {
        self.amount(&self.first_value.exact() + &self.repeat_value.exact())
    }

    /// The mean value of a repeat purchase, `repeat value / repeat purchases`: what the Gamma-Gamma model is fitted to. `None` without repeat purchases: there is
    /// no such mean, and it is not zero.
    ///
    /// The first purchase is left out, because first baskets differ from later ones (introductory offers), and later ones are what is predicted. Where they do not
    /// differ, [`mean_value_with_first`](Self::mean_value_with_first) knows more.
    pub fn mean_value(&self) -> Option<Unrounded> {
        let purchases = Exact::from(self.history.purchases());
        self.repeat_value().checked_div(&purchases)
    }

    /// The mean value of all purchases, the first included: `total / (repeat purchases + 1)`.
    pub fn mean_value_with_first(&self) -> Unrounded {
        let purchases = &Exact::from(self.history.purchases()) + &Exact::ONE;
        let mean = self.total().amount().checked_div(&purchases);
        // There is at least one purchase.
        self.amount(mean.unwrap_or_default())
    }

    /// The repeat purchases and their mean value, in major units, as [`GammaGamma`](crate::GammaGamma) is fitted to them.
    ///
    /// ```
    /// # use chrono::NaiveDate;
    /// # use styring_ltv::{TimeUnit, Transactions};
    /// # use styring_money::{Currency, Money};
    /// # let day = |day| NaiveDate::from_ymd_opt(2024, 1, day).expect("a date");
    /// # let mut orders = Transactions::new(Currency::NOK);
    /// # for (on, amount) in [(1, "NOK 99.00"), (3, "NOK 450.00"), (4, "NOK 300.00")] {
    /// #     orders.add("kari", day(on), amount.parse::<Money>()?)?;
    /// # }
    /// let kari = &orders.summarise(day(31), TimeUnit::DAY)?[0];
    /// let spending = kari.spending()?;
    /// assert_eq!((spending.orders(), spending.mean()), (2, 375.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Errors: a mean that is not above zero, of a customer whose repeat purchases were refunded or sold at a loss. The model knows none such: take [`Spending::NONE`], and say of how many.
    pub fn spending(&self) -> Result<Spending, Error> {
        let mean = self.mean_value().map_or(0.0, |mean| mean.amount().to_f64());
        Spending::new(self.history.purchases(), mean)
    }

    fn amount(&self, amount: Exact) -> Unrounded {
        Unrounded::new(amount, self.currency)
    }
}

/// What a customer did until the end of the calibration, and what came after; made by [`Transactions::summarise_split`].
///
/// ```
/// use chrono::NaiveDate;
/// use styring_ltv::{TimeUnit, Transactions};
/// use styring_money::{Currency, Money};
///
/// let day = |month| NaiveDate::from_ymd_opt(2024, month, 1).expect("a date");
/// let mut orders = Transactions::new(Currency::NOK);
/// for (month, amount) in [(1, "NOK 100.00"), (4, "NOK 300.00"), (5, "NOK 250.00")] {
///     orders.add("kari", day(month), amount.parse::<Money>()?)?;
/// }
/// let kari = &orders.summarise_split(day(3), day(6), TimeUnit::DAY)?[0];
/// assert_eq!((kari.calibration().history().purchases(), kari.purchases(), kari.duration()), (0, 2, 92.0));
/// assert_eq!(kari.mean_value().expect("two purchases").to_string(), "NOK 275");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct HeldOut<K> {
    calibration: Customer<K>,
    purchases: u32,
    value: Amount,
    duration: f64,
}

impl<K> HeldOut<K> {
    /// What the customer did until the end of the calibration.
    pub fn calibration(&self) -> &Customer<K> {
        &self.calibration
    }

    /// Purchases from the day after.
    pub fn purchases(&self) -> u32 {
        self.purchases
    }

    /// What they brought together, refunds in the same time deducted.
    pub fn value(&self) -> Unrounded {
        self.calibration.amount(self.value.exact())
    }

    /// What one of them brought, `value / purchases`; `None` if there were none.
    pub fn mean_value(&self) -> Option<Unrounded> {
        self.value().checked_div(&Exact::from(self.purchases))
    }

    /// How long was looked after the calibration, in the unit that was asked for.
    pub fn duration(&self) -> f64 {
        self.duration
    }
}

#[cfg(feature = "serde")]
mod stored {
    //! The form in files: one row per customer and day.

    use chrono::NaiveDate;
    use styring_money::Currency;

    use super::{RefundDays, Total};
    use crate::amount::Amount;
    use crate::tally::Tally;

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Transactions<K> {
        currency: Currency,
        refund_days: RefundDays,
        days: Vec<Row<K>>,
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row<K> {
        customer: K,
        day: NaiveDate,
        amount: Amount,
        bought: bool,
    }

    impl<K: Ord + Clone> From<super::Transactions<K>> for Transactions<K> {
        fn from(transactions: super::Transactions<K>) -> Self {
            let row = |((customer, day), total): (&(K, NaiveDate), Total)| {
                let Total { amount, bought } = total;
                Row { customer: customer.clone(), day: *day, amount, bought }
            };
            Self {
                currency: transactions.currency,
                refund_days: transactions.refund_days,
                days: transactions.days.iter().map(row).collect(),
            }
        }
    }

    impl<K: Ord + Clone> From<Transactions<K>> for super::Transactions<K> {
        fn from(stored: Transactions<K>) -> Self {
            let mut days = Tally::default();
            for Row { customer, day, amount, bought } in stored.days {
                days.add((customer, day), Total { amount, bought });
            }
            Self { currency: stored.currency, refund_days: stored.refund_days, days }
        }
    }
}
