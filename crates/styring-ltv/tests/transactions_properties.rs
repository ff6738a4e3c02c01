//! The laws of orders, histories and observed value.
#![allow(clippy::unwrap_used)]
#![allow(clippy::float_cmp, reason = "counts, and what must be the same to the last bit")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "days and øre of simulated customers are small"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Exp, Gamma, LogNormal, Uniform};
use styring_ltv::{
    CohortTable, Customer, Error, Histories, History, Month, ObservedValue, PeriodHistory, RefundDays, TimeUnit,
    Transactions,
};
use styring_money::{Currency, Exact, Sign, Unrounded};
use styring_testkit::strategies::exact;

/// A customer, a day and an amount.
type Row = (u32, u64, Exact);

fn date(day: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 1, 1).unwrap().checked_add_days(Days::new(day)).unwrap()
}

fn nok(amount: &Exact) -> Unrounded {
    Unrounded::new(amount.clone(), Currency::NOK)
}

/// Amounts of ordinary orders, refunds among them, and now and then of any length.
fn amount() -> impl Strategy<Value = Exact> {
    prop_oneof![
        12 => (-20_000_i64..100_000).prop_map(|minor| Exact::new(minor.into(), 2)),
        1 => Just(Exact::ZERO),
        1 => (-1_000_i64..1_000).prop_map(|thirds| Exact::from(thirds).checked_div(&Exact::from(3)).unwrap()),
        1 => exact(),
    ]
}

/// Few customers on few days, so that days repeat.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((0..5_u32, 0..60_u64, amount()), 0..40)
}

fn refund_days() -> impl Strategy<Value = RefundDays> {
    prop::sample::select(vec![RefundDays::ArePurchases, RefundDays::BelongToPurchase])
}

fn orders_of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Transactions<u32> {
    let mut orders = Transactions::new(Currency::NOK);
    for (customer, day, amount) in rows {
        orders.add(*customer, date(*day), nok(amount)).unwrap();
    }
    orders
}

/// The whole as parts that are merged in another order than they came, every second one from the other side.
fn in_parts<T>(rows: &[Row], of: impl Fn(&[Row]) -> T, mut merge: impl FnMut(&mut T, T)) -> T {
    let mut parts = rows.chunks(7).rev().map(&of);
    let mut whole = of(&[]);
    while let Some(part) = parts.next() {
        let mut pair = part;
        if let Some(next) = parts.next() {
            merge(&mut pair, next);
        }
        let rest = std::mem::replace(&mut whole, pair);
        merge(&mut whole, rest);
    }
    whole
}

/// What the days of a customer come to, by the plainest means.
fn by_hand(rows: &[Row], until: u64) -> BTreeMap<u32, BTreeMap<u64, Vec<Exact>>> {
    let mut customers: BTreeMap<u32, BTreeMap<u64, Vec<Exact>>> = BTreeMap::new();
    for (customer, day, amount) in rows.iter().filter(|(_, day, _)| *day <= until) {
        customers.entry(*customer).or_default().entry(*day).or_default().push(amount.clone());
    }
    customers
}

proptest! {
    #[test]
    fn orders_are_the_same_in_any_order_and_any_parts(rows in rows(), until in 0..70_u64) {
        let whole = orders_of(&rows);
        let merge = |left: &mut Transactions<u32>, right| left.merge(right).unwrap();
        let parts = in_parts(&rows, |part| orders_of(part), merge);
        let mut backwards = orders_of(rows.iter().rev());
        backwards.merge(Transactions::new(Currency::NOK)).unwrap();
        let summary = whole.summarise(date(until), TimeUnit::WEEK).unwrap();
        for other in [&parts, &backwards] {
            prop_assert_eq!(other, &whole);
            prop_assert_eq!(&other.summarise(date(until), TimeUnit::WEEK).unwrap(), &summary);
        }
    }

    #[test]
    fn a_summary_is_what_counting_by_hand_gives(rows in rows(), until in 0..70_u64) {
        let customers = orders_of(&rows).summarise(date(until), TimeUnit::DAY).unwrap();
        let expected = by_hand(&rows, until);
        prop_assert_eq!(customers.iter().map(|c| *c.id()).collect::<Vec<_>>(), expected.keys().copied().collect::<Vec<_>>());
        for (customer, days) in customers.iter().zip(expected.values()) {
            let (first, first_amounts) = days.first_key_value().unwrap();
            let (last, _) = days.last_key_value().unwrap();
            let repeat: Exact = days.values().skip(1).flatten().sum();
            let purchases = u32::try_from(days.len() - 1).unwrap();
            prop_assert_eq!(customer.history(), History::new(purchases, (last - first) as f64, (until - first) as f64).unwrap());
            prop_assert_eq!(customer.first_day(), date(*first));
            prop_assert_eq!(customer.first_value(), nok(&first_amounts.iter().sum()));
            prop_assert_eq!(customer.repeat_value(), nok(&repeat));
            prop_assert_eq!(customer.mean_value(), nok(&repeat).checked_div(&purchases.into()));
            let all = customer.mean_value_with_first().scale(&(purchases + 1).into());
            prop_assert_eq!(all, customer.total());
        }
    }

    #[test]
    fn calibration_and_holdout_make_up_the_whole(
        rows in rows(), rule in refund_days(), end in 0..60_u64, more in 1..20_u64,
    ) {
        let orders = orders_of(&rows).with_refund_days(rule);
        let split = orders.summarise_split(date(end), date(end + more), TimeUnit::WEEK).unwrap();
        let calibration = orders.summarise(date(end), TimeUnit::WEEK).unwrap();
        prop_assert_eq!(split.iter().map(|c| c.calibration().clone()).collect::<Vec<_>>(), calibration);
        let whole: BTreeMap<_, _> = orders
            .summarise(date(end + more), TimeUnit::WEEK).unwrap()
            .into_iter().map(|customer| (*customer.id(), customer)).collect();
        for held_out in &split {
            let whole = &whole[held_out.calibration().id()];
            let counted = held_out.calibration().history().purchases() + held_out.purchases();
            prop_assert_eq!(counted, whole.history().purchases());
            let total = held_out.calibration().total().checked_add(&held_out.value()).unwrap();
            prop_assert_eq!(total, whole.total());
            prop_assert_eq!(held_out.mean_value().is_some(), held_out.purchases() > 0);
            prop_assert!((held_out.duration() * 7.0 - more as f64).abs() < 1e-9);
        }
    }

    #[test]
    fn refunds_that_belong_to_purchases_change_no_totals(rows in rows(), until in 0..70_u64) {
        let orders = orders_of(&rows);
        let peers = orders.summarise(date(until), TimeUnit::DAY).unwrap();
        let ours = orders.with_refund_days(RefundDays::BelongToPurchase).summarise(date(until), TimeUnit::DAY).unwrap();
        let by_id: BTreeMap<_, _> = peers.iter().map(|customer| (customer.id(), customer)).collect();
        for customer in &ours {
            prop_assert_eq!(customer.total(), by_id[customer.id()].total());
        }
        for (id, days) in by_hand(&rows, until) {
            let purchases: Vec<_> = days
                .iter()
                .filter(|(_, amounts)| amounts.iter().any(|amount| amount.sign() != Sign::Negative))
                .map(|(day, _)| *day)
                .collect();
            let customer = ours.iter().find(|customer| *customer.id() == id);
            match (purchases.first(), purchases.last()) {
                (Some(first), Some(last)) => {
                    let repeats = u32::try_from(purchases.len() - 1).unwrap();
                    let history = History::new(repeats, (last - first) as f64, (until - first) as f64).unwrap();
                    prop_assert_eq!(customer.map(Customer::history), Some(history));
                }
                _ => prop_assert!(customer.is_none()),
            }
        }
    }

    #[test]
    fn periods_are_counted_as_by_hand(rows in rows(), until in 0..70_u64, length in 1..20_u32) {
        let orders = orders_of(&rows);
        let periods = orders.periods(date(until), length).unwrap();
        let expected: Vec<_> = by_hand(&rows, until)
            .into_iter()
            .map(|(id, days)| {
                let first = *days.first_key_value().unwrap().0;
                let seen = (until - first) / u64::from(length);
                let visited: BTreeSet<_> = days
                    .into_keys()
                    .map(|day| (day - first).div_ceil(length.into()))
                    .filter(|period| (1..=seen).contains(period))
                    .collect();
                let counted = |number: u64| u32::try_from(number).unwrap();
                let last = visited.last().copied().unwrap_or(0);
                (id, PeriodHistory::new(counted(visited.len() as u64), counted(last), counted(seen)).unwrap())
            })
            .collect();
        prop_assert_eq!(periods, expected);
        // A period of a day is a day, whoever numbers them.
        let days = orders.periods(date(until), 1).unwrap();
        prop_assert_eq!(orders.periods_by(date(until), |day| day.num_days_from_ce().into()).unwrap(), days);
    }

    #[test]
    fn histories_are_counted_in_any_order(
        chosen in prop::collection::vec((0..4_u32, 0..3_u32, 0..5_u32, 0..60_u8), 0..60),
    ) {
        let customers: Vec<(History, f64)> = chosen
            .into_iter()
            .map(|(purchases, last, rest, weight)| {
                let last = if purchases == 0 { 0.0 } else { f64::from(last) + 0.25 };
                (History::new(purchases, last, last + f64::from(rest)).unwrap(), f64::from(weight) / 7.0)
            })
            .collect();
        let whole = Histories::group_weighted(customers.iter().copied()).unwrap();
        let mut parts = Histories::default();
        for chunk in customers.chunks(5).rev() {
            let mut chunk = Histories::group_weighted(chunk.iter().rev().copied()).unwrap();
            chunk.merge(&parts);
            parts = chunk;
        }
        // To the last bit, although the weights are sevenths.
        prop_assert_eq!(&parts, &whole);
        let mut by_hand: BTreeMap<History, f64> = BTreeMap::new();
        for (history, weight) in customers.iter().filter(|(_, weight)| *weight > 0.0) {
            *by_hand.entry(*history).or_default() += weight;
        }
        prop_assert_eq!(whole.distinct(), by_hand.len());
        prop_assert!((whole.customers() - by_hand.values().sum::<f64>()).abs() < 1e-9);
        for ((got, weight), (expected, sum)) in whole.iter().zip(&by_hand) {
            prop_assert_eq!(got, expected);
            prop_assert!((weight - sum).abs() < 1e-9);
        }
    }

    #[test]
    fn a_history_is_what_its_rules_say(purchases in 0..3_u32, last in -1.0..20.0_f64, age in -1.0..20.0_f64) {
        let last = if last < 5.0 { last.min(0.0) } else { last };
        let valid = last >= 0.0 && last <= age && (purchases == 0) == (last == 0.0);
        prop_assert_eq!(History::new(purchases, last, age).is_ok(), valid);
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            prop_assert!(History::new(purchases, odd, age).is_err());
            prop_assert!(History::new(purchases, last, odd).is_err());
        }
    }
}

#[test]
fn many_rows_are_sorted_in_as_they_come() {
    // More than wait at a time, several times over, with every key on both sides of the border.
    let rows = || (0..300_000_u64).map(|row| (row * 7_919 % 50_000, row % 3));
    let mut orders = Transactions::new(Currency::NOK);
    for (customer, day) in rows() {
        orders.add(customer, date(day), nok(&Exact::ONE)).unwrap();
    }
    let customers = orders.summarise(date(3), TimeUnit::DAY).unwrap();
    assert_eq!(customers.len(), 50_000);
    assert!(customers.is_sorted_by_key(|customer| *customer.id()));
    assert!(customers.iter().all(|customer| customer.total() == nok(&Exact::from(6))));
    let histories = Histories::group(rows().map(|(customer, _)| customer));
    assert_eq!((histories.distinct(), histories.customers()), (50_000, 300_000.0));
    assert!(histories.iter().all(|(_, weight)| weight == 6.0));
}

#[test]
fn what_cannot_be_is_an_error() {
    let krone = nok(&Exact::ONE);
    let euro = Unrounded::new(Exact::ONE, Currency::EUR);
    let mismatch =
        |result: Result<(), Error>| assert!(matches!(result, Err(Error::CurrencyMismatch { .. })), "{result:?}");
    let mut orders = Transactions::new(Currency::NOK);
    orders.add(1, date(0), krone.clone()).unwrap();
    let before = orders.clone();
    mismatch(orders.add(1, date(1), euro.clone()));
    mismatch(orders.merge(Transactions::new(Currency::EUR)));
    assert_eq!(orders, before);
    let other_rule = Transactions::new(Currency::NOK).with_refund_days(RefundDays::BelongToPurchase);
    assert!(orders.merge(other_rule).unwrap_err().to_string().contains("refund days"));
    assert!(orders.summarise_split(date(5), date(5), TimeUnit::DAY).is_err());
    assert!(orders.periods(date(5), 0).is_err());
    orders.add(1, date(3), krone.clone()).unwrap();
    assert!(orders.periods_by(date(5), |day| -i64::from(day.num_days_from_ce())).is_err());

    let mut value = ObservedValue::new(Currency::NOK);
    mismatch(value.order(1, date(0), euro.clone()));
    mismatch(value.merge(ObservedValue::new(Currency::EUR)));
    value.order(1, date(4), krone.clone()).unwrap();
    value.order(2, date(4), krone.clone()).unwrap();
    value.order(2, date(5), krone.clone()).unwrap();
    assert_eq!(value.observe(date(9)).unwrap_err(), Error::NotAcquired { customers: 2 });
    assert!(value.observe(date(3)).is_ok()); // there are no orders yet
    value.acquire(2, date(0));
    value.acquire(1, date(5));
    let early = Error::OrderBeforeAcquisition { day: date(4), acquired: date(5) };
    assert_eq!(value.observe(date(9)).unwrap_err(), early);
    value.acquire(1, date(4)); // the earliest day counts
    let observed = value.observe(date(9)).unwrap();
    assert!(matches!(observed.payback_day(&euro), Err(Error::CurrencyMismatch { .. })));
    assert!(observed.payback_day(&nok(&Exact::from(-1))).is_err());
    assert!(observed.payback_limits(&krone, 1.0).is_err());
    assert!(observed.at(0).complete_case().unwrap().limits(f64::NAN).is_err());

    for weight in [-1.0, f64::NAN, f64::INFINITY, 1e-10, 1e13] {
        assert!(Histories::group_weighted([(History::NEW, weight)]).is_err(), "{weight}");
    }
    for month in ["2024", "2024-3", "2024-00", "2024-+3", "x-03", ""] {
        assert!(month.parse::<Month>().is_err(), "{month}");
    }
    for days in [0.0, -7.0, f64::NAN, f64::INFINITY] {
        assert!(TimeUnit::of_days(days).is_err(), "{days}");
    }
}

/// Customers with the day they were acquired, and orders as days after it.
fn observed_rows() -> impl Strategy<Value = (Vec<u64>, Vec<Row>)> {
    (1..9_usize).prop_flat_map(|customers| {
        let orders = (0..u32::try_from(customers).unwrap(), 0..50_u64, amount());
        (prop::collection::vec(0..45_u64, customers), prop::collection::vec(orders, 0..30))
    })
}

fn observed_of(acquired: &[u64], orders: &[Row]) -> ObservedValue<u32> {
    let mut value = ObservedValue::new(Currency::NOK);
    for (customer, day) in (0..).zip(acquired) {
        value.acquire(customer, date(*day));
    }
    for (customer, age, margin) in orders {
        value.order(*customer, date(acquired[*customer as usize] + age), nok(margin)).unwrap();
    }
    value
}

/// The estimators straight from their definitions, age by age and customer by customer.
struct ByHand {
    at_risk: usize,
    complete_case: Exact,
    complete_case_error: f64,
    incremental: Exact,
    incremental_error: f64,
}

fn value_by_hand(acquired: &[u64], orders: &[Row], until: u64, horizon: u64) -> ByHand {
    let seen: Vec<Option<u64>> = acquired.iter().map(|day| until.checked_sub(*day)).collect();
    let is_seen = |customer: usize, age: u64| seen[customer].is_some_and(|until| until >= age);
    let brought = |customer: usize, age: u64| -> Exact {
        let of = |row: &&Row| row.0 as usize == customer && row.1 == age;
        orders.iter().filter(of).map(|(_, _, margin)| margin).sum()
    };
    let customers = 0..acquired.len();
    let mut incremental = Exact::ZERO;
    let mut parts = vec![0.0; acquired.len()];
    for age in 0..=horizon {
        let there: Vec<usize> = customers.clone().filter(|customer| is_seen(*customer, age)).collect();
        let number = there.len() as f64;
        let sum: Exact = there.iter().map(|customer| brought(*customer, age)).sum();
        let Some(mean) = sum.checked_div(&Exact::from(there.len() as u64)) else { continue };
        incremental += &mean;
        for customer in there {
            let off = (&brought(customer, age) - &mean).to_f64();
            parts[customer] += if number > 1.0 { off / (number * (number - 1.0)).sqrt() } else { 0.0 };
        }
    }
    let there: Vec<usize> = customers.filter(|customer| is_seen(*customer, horizon)).collect();
    let totals: Vec<Exact> =
        there.iter().map(|customer| (0..=horizon).map(|age| brought(*customer, age)).sum()).collect();
    let number = there.len() as f64;
    let mean = totals.iter().sum::<Exact>().checked_div(&Exact::from(there.len() as u64)).unwrap_or_default();
    let squares: f64 = totals.iter().map(|total| (total - &mean).to_f64().powi(2)).sum();
    ByHand {
        at_risk: there.len(),
        complete_case: mean,
        complete_case_error: (squares / (number - 1.0) / number).sqrt(),
        incremental,
        incremental_error: parts.iter().map(|part| part * part).sum::<f64>().sqrt(),
    }
}

/// Amounts above this may have squares that no `f64` holds.
const SQUARES: f64 = 1e150;

/// Equal to rounding, where the largest amount says what there was to round.
fn close(got: f64, expected: f64, largest: f64) -> bool {
    (got - expected).abs() <= 1e-9 * expected.abs() + 1e-10 * largest
}

proptest! {
    #[test]
    fn observed_value_is_what_its_definition_says(
        (acquired, orders) in observed_rows(), until in 0..80_u64, horizons in prop::collection::vec(0..90_u64, 1..6),
    ) {
        let curve = observed_of(&acquired, &orders).observe(date(until)).unwrap();
        let largest = orders.iter().map(|(_, _, margin)| margin.to_f64().abs()).fold(0.0, f64::max);
        for horizon in horizons {
            let expected = value_by_hand(&acquired, &orders, until, horizon);
            let got = curve.at(u32::try_from(horizon).unwrap());
            prop_assert_eq!(got.at_risk(), expected.at_risk as u64);
            let (Some(complete), Some(incremental)) = (got.complete_case(), got.age_incremental()) else {
                prop_assert_eq!(expected.at_risk, 0);
                continue;
            };
            prop_assert_eq!(complete.value(), &nok(&expected.complete_case));
            let off = (incremental.value().amount() - &expected.incremental).abs();
            prop_assert!(off < Exact::new(1, 27), "off by {off}");
            for (mean, error) in
                [(complete, expected.complete_case_error), (incremental, expected.incremental_error)]
            {
                match mean.standard_error() {
                    Some(got) => prop_assert!(close(got, error, largest), "{got} instead of {error}"),
                    None => prop_assert!(expected.at_risk == 1 || largest > SQUARES),
                }
                if let Some((low, high)) = mean.limits(0.9).unwrap() {
                    let value = mean.value().amount().to_f64();
                    prop_assert!(low.is_finite() && high.is_finite() && low <= value && value <= high);
                }
            }
        }
    }

    #[test]
    fn observed_value_is_the_same_in_any_order_and_any_parts((acquired, orders) in observed_rows(), until in 0..80_u64) {
        let whole = observed_of(&acquired, &orders);
        // Every part knows its customers, and nothing is counted twice for that.
        let merge = |left: &mut ObservedValue<u32>, right| left.merge(right).unwrap();
        let parts = in_parts(&orders, |part| observed_of(&acquired, part), merge);
        prop_assert_eq!(&parts, &whole);
        prop_assert_eq!(parts.observe(date(until)).unwrap(), whole.observe(date(until)).unwrap());
    }

    #[test]
    fn where_nobody_is_censored_both_means_are_one((acquired, orders) in observed_rows(), horizon in 0..60_u32) {
        let until = acquired.iter().max().unwrap() + 60;
        let got = observed_of(&acquired, &orders).observe(date(until)).unwrap().at(horizon);
        let (complete, incremental) = (got.complete_case().unwrap(), got.age_incremental().unwrap());
        let off = (complete.value().amount() - incremental.value().amount()).abs();
        prop_assert!(off < Exact::new(1, 27));
        let largest = orders.iter().map(|(_, _, margin)| margin.to_f64().abs()).fold(0.0, f64::max);
        match (complete.standard_error(), incremental.standard_error()) {
            (Some(complete), Some(incremental)) => prop_assert!(close(incremental, complete, largest)),
            (complete, incremental) => prop_assert!(complete == incremental || largest > SQUARES),
        }
    }

    #[test]
    fn payback_is_the_first_age_that_reaches_the_cost(
        (acquired, orders) in observed_rows(), until in 0..80_u64, cost in 0..150_000_i64, minimum in 1..4_u64,
    ) {
        let cac = nok(&Exact::new(cost.into(), 2));
        let curve = observed_of(&acquired, &orders).observe(date(until)).unwrap().with_minimum_at_risk(minimum);
        let reached = |age: &u32| {
            curve.at(*age).age_incremental().is_some_and(|mean| mean.value().amount() >= cac.amount())
        };
        let payback = curve.payback_day(&cac).unwrap();
        prop_assert_eq!(payback, (0..100).find(reached));
        let (earliest, latest) = curve.payback_limits(&cac, 0.9).unwrap();
        let days = |age: Option<u32>| age.unwrap_or(u32::MAX);
        // The limits need a standard error, the payback none.
        let has_limits = |age| curve.at(age).age_incremental().is_some_and(|mean| mean.standard_error().is_some());
        if payback.is_none_or(has_limits) {
            prop_assert!(days(earliest) <= days(payback));
        }
        prop_assert!(days(payback) <= days(latest));
        let compared = curve.against(&cac, 30).unwrap();
        prop_assert_eq!(compared.payback_day(), payback);
        let ltv = curve.at(30).age_incremental().cloned();
        prop_assert_eq!(compared.ratio(), ltv.and_then(|ltv| ltv.value().amount().checked_div(cac.amount())));
        // No figure stands on fewer customers than were asked for, and none is withheld that has them.
        for age in 0..100 {
            let at = curve.at(age);
            prop_assert_eq!(at.age_incremental().is_some(), at.at_risk() >= minimum);
            prop_assert_eq!(curve.last_age().is_some_and(|last| age <= last), at.at_risk() >= minimum);
        }
        prop_assert!(curve.points().all(|point| curve.at(point.age()) == point && point.at_risk() >= minimum));
    }

    #[test]
    fn first_purchases_are_acquisitions(rows in rows(), rule in refund_days(), until in 60..80_u64) {
        let orders = orders_of(&rows).with_refund_days(rule);
        let curve = ObservedValue::from_first_purchases(&orders).observe(date(until)).unwrap();
        let customers = orders.summarise(date(until), TimeUnit::DAY).unwrap();
        prop_assert_eq!(curve.customers(), customers.len() as u64);
        // On the day of the youngest customer all are at risk.
        if let Some(youngest) = customers.iter().map(|customer| customer.history().age() as u32).min() {
            let expected: Exact = by_hand_until(&rows, &customers, youngest);
            let mean = expected.checked_div(&Exact::from(customers.len() as u64)).unwrap();
            let at = curve.at(youngest);
            prop_assert_eq!(at.complete_case().unwrap().value(), &nok(&mean));
        }
    }
}

/// What the customers brought until an age, refunds before the first purchase with it.
fn by_hand_until(rows: &[Row], customers: &[Customer<u32>], age: u32) -> Exact {
    let first: BTreeMap<u32, NaiveDate> =
        customers.iter().map(|customer| (*customer.id(), customer.first_day())).collect();
    let counts = |(customer, day, _): &&Row| {
        first.get(customer).is_some_and(|first| date(*day) <= *first + Days::new(age.into()))
    };
    rows.iter().filter(counts).map(|(_, _, amount)| amount).sum()
}

#[test]
fn amounts_beyond_all_measure_give_no_infinity() {
    let huge: Exact = format!("1{}", "0".repeat(400)).parse().unwrap();
    let mut value = ObservedValue::new(Currency::NOK);
    for customer in 0..3_u32 {
        value.acquire(customer, date(0));
        value.order(customer, date(u64::from(customer)), nok(&huge)).unwrap();
    }
    let curve = value.observe(date(9)).unwrap();
    for age in 0..9 {
        for mean in [curve.at(age).complete_case(), curve.at(age).age_incremental()] {
            let mean = mean.unwrap();
            assert!(mean.standard_error().is_none_or(f64::is_finite));
            let limits = mean.limits(0.95).unwrap();
            assert!(limits.is_none_or(|(low, high)| low.is_finite() && high.is_finite()), "{limits:?}");
        }
    }
}

/// Customers who buy at their own gamma-distributed daily rates and spend log-normally, acquired evenly over the first `acquired` of `days`.
fn simulated(rng: &mut ChaCha8Rng, customers: u32, acquired: f64, days: f64) -> ObservedValue<u32> {
    let rate = Gamma::new(RATE_SHAPE, RATE_SCALE).unwrap();
    let margin = LogNormal::new(MARGIN_MEAN.ln() - 0.18, 0.6).unwrap();
    let acquired = Uniform::new(0.0, acquired).unwrap();
    let mut value = ObservedValue::new(Currency::NOK);
    let spend = |rng: &mut ChaCha8Rng| nok(&Exact::new((margin.sample(rng) * 100.0).round() as i128, 2));
    for customer in 0..customers {
        let first: f64 = acquired.sample(rng).floor();
        value.acquire(customer, date(first as u64));
        value.order(customer, date(first as u64), spend(rng)).unwrap();
        let wait = Exp::new(rate.sample(rng)).unwrap();
        let mut moment = first + 1.0 + wait.sample(rng);
        while moment < days {
            value.order(customer, date(moment as u64), spend(rng)).unwrap();
            moment += wait.sample(rng);
        }
    }
    value
}

const RATE_SHAPE: f64 = 0.8;
const RATE_SCALE: f64 = 0.02;
const MARGIN_MEAN: f64 = 200.0;

#[test]
fn limits_of_observed_value_cover_what_they_say() {
    const RUNS: u32 = 300;
    let mut rng = ChaCha8Rng::seed_from_u64(20_260_101);
    let truth = MARGIN_MEAN * (1.0 + 90.0 * RATE_SHAPE * RATE_SCALE);
    let (mut covered, mut complete_covered, mut narrower) = (0, 0, 0);
    for _ in 0..RUNS {
        // A third of the customers are younger than ninety days.
        let at = simulated(&mut rng, 200, 270.0, 270.0).observe(date(269)).unwrap().at(90);
        let (complete, incremental) = (at.complete_case().unwrap(), at.age_incremental().unwrap());
        let inside = |limits: (f64, f64)| u32::from(limits.0 <= truth && truth <= limits.1);
        covered += inside(incremental.limits(0.95).unwrap().unwrap());
        complete_covered += inside(complete.limits(0.95).unwrap().unwrap());
        narrower += u32::from(incremental.standard_error() < complete.standard_error());
    }
    println!("covered: {covered} and {complete_covered} of {RUNS}; narrower by age: {narrower}");
    // Three standard deviations of the share are 3.8 points. Over 5,000 runs it was 94.9 % and 94.6 %: spending has a long tail.
    for covered in [covered, complete_covered] {
        let share = f64::from(covered) / f64::from(RUNS);
        assert!((0.91..0.985).contains(&share), "{share}");
    }
    // Who is young tells something too.
    assert!(narrower > RUNS * 9 / 10, "{narrower}");
}

/// A table of weekly cohorts by the number of the week: these customers, and orders of customers acquired on these days.
fn table_of(customers: &[u64], acquired: &[u64], orders: &[Row], until: u64) -> CohortTable<u64> {
    let mut table = CohortTable::new(Currency::NOK, date(until));
    for day in customers {
        table.acquire(day / 7, date(*day), 1);
    }
    for (customer, age, margin) in orders {
        let day = acquired[*customer as usize];
        table.order(day / 7, date(day), date(day + age), nok(margin)).unwrap();
    }
    table
}

proptest! {
    #[test]
    fn a_cohort_table_is_what_counting_by_hand_gives(
        (acquired, orders) in observed_rows(), until in 0..80_u64, age in 0..60_u32,
    ) {
        let table = table_of(&acquired, &acquired, &orders, until);
        let week = |_: &u32, day: NaiveDate| u64::try_from((day - date(0)).num_days()).unwrap() / 7;
        prop_assert_eq!(&observed_of(&acquired, &orders).cohorts(date(until), week).unwrap(), &table);
        // All customers in one part, their orders in others.
        let part = |part: &[Row]| {
            let customers: &[u64] = if part.is_empty() { &acquired } else { &[] };
            table_of(customers, &acquired, part, until)
        };
        prop_assert_eq!(&in_parts(&orders, part, |left, right| left.merge(right).unwrap()), &table);
        for (cohort, customers, known) in table.cohorts() {
            let of_cohort = || acquired.iter().filter(|day| *day / 7 == *cohort && **day <= until);
            prop_assert_eq!(customers, of_cohort().count() as u64);
            prop_assert_eq!(u64::from(known), until - of_cohort().max().unwrap());
            let counts = |(customer, at, _): &&Row| {
                let day = acquired[*customer as usize];
                day / 7 == *cohort && day + at <= until && *at <= u64::from(age)
            };
            let total: Exact = orders.iter().filter(counts).map(|(_, _, margin)| margin).sum();
            let expected = (known >= age).then(|| nok(&total).checked_div(&customers.into()).unwrap());
            prop_assert_eq!(table.observed_per_customer(cohort, age), expected);
        }
    }
}

/// What each weekly cohort brings when every customer of it spends the same: `first · week` on day 0, and as much again at each later age of the list.
fn cohorts_alike(weeks: u64, ages: &[u64]) -> CohortTable<u64> {
    let mut table = CohortTable::new(Currency::NOK, date(7 * weeks));
    for week in 0..weeks {
        let day = date(7 * week);
        table.acquire(week, day, 10 * (week + 1));
        for age in ages {
            table.order(week, day, day + Days::new(*age), nok(&Exact::from(100 * (week + 1)))).unwrap();
        }
    }
    table
}

#[test]
fn cohorts_that_develop_alike_are_projected_without_an_error() {
    let table = cohorts_alike(16, &[0, 20, 50, 80]);
    let projection = table.project(90).unwrap();
    assert_eq!(projection.ages(), [0, 30, 60, 90]);
    assert_eq!(projection.cohorts().count(), 16);
    for cohort in projection.cohorts() {
        // 100 kroner for ten customers, four times.
        assert!((cohort.value().per_customer() - 40.0).abs() < 1e-9, "{cohort:?}");
        assert!(cohort.value().standard_error().unwrap() < 1e-6);
        let known = 7 * (16 - cohort.cohort());
        assert_eq!(u64::from(cohort.observed_age()), (known / 30 * 30).min(90));
        let times = known.min(90) / 30 + 1;
        assert_eq!(cohort.observed(), &nok(&Exact::from(100 * times * (cohort.cohort() + 1))));
    }
    assert!((projection.all().per_customer() - 40.0).abs() < 1e-9);
    assert_eq!(projection.all().customers(), 10 * 16 * 17 / 2);

    // Any age will do, and from any first age: the cohorts that have not reached it are named.
    assert_eq!(table.project(100).unwrap().ages(), [0, 10, 40, 70, 100]);
    assert_eq!(table.project(0).unwrap().ages(), [0]);
    let projection = table.project_through(&[21, 60, 90]).unwrap();
    assert_eq!(projection.too_young().collect::<Vec<_>>(), [(&14, 150), (&15, 160)]);
    assert_eq!(projection.cohorts().count(), 14);
}

#[test]
fn cohorts_that_cannot_be_projected_say_why() {
    let table = cohorts_alike(16, &[20, 50]);
    let fault = table.project(90).unwrap_err();
    let nothing = Error::MarginNotPositive { cohort: "0".to_owned(), age: 0, margin: "0".to_owned() };
    assert_eq!(fault, nothing);
    assert!(table.project_through(&[30, 60, 90]).is_ok());
    // Nobody is as old as that.
    assert!(table.project_through(&[30, 180]).unwrap_err().to_string().contains("112"));
    assert!(CohortTable::<u64>::new(Currency::NOK, date(0)).project(0).is_err());
    for ages in [&[][..], &[30, 30], &[60, 30]] {
        assert!(table.project_through(ages).is_err(), "{ages:?}");
    }

    let mut table = table;
    let krone = nok(&Exact::ONE);
    assert!(matches!(table.order(3, date(9), date(8), krone.clone()), Err(Error::OrderBeforeAcquisition { .. })));
    let euro = Unrounded::new(Exact::ONE, Currency::EUR);
    assert!(matches!(table.order(3, date(9), date(9), euro), Err(Error::CurrencyMismatch { .. })));
    assert!(table.merge(CohortTable::new(Currency::NOK, date(0))).is_err());
    // What comes after the last day is not there, neither customers nor orders.
    let before = table.clone();
    table.acquire(99, date(113), 1);
    table.order(99, date(113), date(113), krone.clone()).unwrap();
    assert_eq!(table, before);
    // Orders of a cohort without customers have nobody to be counted for.
    table.order(99, date(9), date(9), krone).unwrap();
    assert!(table.project_through(&[30]).unwrap_err().to_string().contains("99"));
}

#[test]
fn projected_cohorts_are_inside_their_intervals() {
    const RUNS: u32 = 60;
    let mut rng = ChaCha8Rng::seed_from_u64(20_260_102);
    let (mut inside, mut projected) = (0, 0);
    for _ in 0..RUNS {
        // The same customers, seen for 364 days and until they all are at least 120 days old.
        let value = simulated(&mut rng, 1_000, 364.0, 490.0);
        let weeks = |_: &u32, day: NaiveDate| (day - date(0)).num_days() / 28;
        let later = value.cohorts(date(489), weeks).unwrap();
        let projection = value.cohorts(date(363), weeks).unwrap().project(120).unwrap();
        for cohort in projection.cohorts().filter(|cohort| cohort.observed_age() < 120) {
            let (low, high) = cohort.value().interval(0.9).unwrap().unwrap();
            let truth = later.observed_per_customer(cohort.cohort(), 120).unwrap().amount().to_f64();
            projected += 1;
            inside += u32::from(low <= truth && truth <= high);
        }
    }
    println!("inside: {inside} of {projected}");
    // Nominally 90 %. Over 1,000 runs it was 86.7 %: the spread of nine to thirteen cohorts is known only roughly, and a normal quantile does not know that. Three standard deviations
    // of the share are 6 points.
    let share = f64::from(inside) / f64::from(projected);
    assert!((0.8..0.94).contains(&share), "{share}");
}

#[test]
#[ignore = "says how long a million orders take, in release builds"]
fn a_million_orders() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let customers = Uniform::new(0_u64, 400_000).unwrap();
    let days = Uniform::new(0_u64, 730).unwrap();
    let amounts = Uniform::new(0_i128, 100_000).unwrap();
    let rows: Vec<(u64, NaiveDate, Unrounded)> = (0..1_000_000)
        .map(|_| {
            let amount = nok(&Exact::new(amounts.sample(&mut rng), 2));
            (customers.sample(&mut rng), date(days.sample(&mut rng)), amount)
        })
        .collect();
    let names: Vec<String> = rows.iter().map(|(customer, ..)| format!("customer-{customer:08}")).collect();

    let start = Instant::now();
    let mut orders = Transactions::new(Currency::NOK);
    for (customer, day, amount) in &rows {
        orders.add(*customer, *day, amount.clone()).unwrap();
    }
    println!("{:?} to add by number", start.elapsed());
    let start = Instant::now();
    let summary = orders.summarise(date(729), TimeUnit::WEEK).unwrap();
    println!("{:?} to summarise {} customers", start.elapsed(), summary.len());
    let start = Instant::now();
    let histories = Histories::group(summary.iter().map(Customer::history));
    println!("{:?} to group into {} histories", start.elapsed(), histories.distinct());
    assert_eq!(histories.customers(), summary.len() as f64);

    let start = Instant::now();
    let mut by_name = Transactions::new(Currency::NOK);
    for (name, (_, day, amount)) in names.iter().zip(&rows) {
        by_name.add(name.as_str(), *day, amount.clone()).unwrap();
    }
    let named = by_name.summarise(date(729), TimeUnit::WEEK).unwrap();
    println!("{:?} to add and summarise by name", start.elapsed());
    assert_eq!(named.len(), summary.len());

    let start = Instant::now();
    let value = ObservedValue::from_first_purchases(&orders);
    println!("{:?} to take first purchases as acquisitions", start.elapsed());
    let start = Instant::now();
    let curve = value.observe(date(729)).unwrap();
    println!("{:?} to observe value at {} ages", start.elapsed(), curve.points().count());
    assert_eq!(curve.customers(), summary.len() as u64);
}

#[cfg(feature = "serde")]
mod stored {
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use super::*;

    fn round_trip<T: Serialize + DeserializeOwned>(value: &T) -> T {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_stored_comes_back(
            rows in rows(), rule in refund_days(), weights in prop::collection::vec(1..60_u8, 1..9), days in 1..400_000_u32,
        ) {
            let orders = orders_of(&rows).with_refund_days(rule);
            prop_assert_eq!(&round_trip(&orders), &orders);
            let value = ObservedValue::from_first_purchases(&orders);
            prop_assert_eq!(&round_trip(&value), &value);
            let history = |weight: &u8| History::new(1, f64::from(*weight) / 8.0, 60.0).unwrap();
            let weighted = weights.iter().map(|weight| (history(weight), f64::from(*weight) / 7.0));
            let histories = Histories::group_weighted(weighted).unwrap();
            prop_assert_eq!(&round_trip(&histories), &histories);
            let table = value.cohorts(date(60), |_, day| Month::of(day)).unwrap();
            prop_assert_eq!(&round_trip(&table), &table);
            let unit = TimeUnit::of_days(f64::from(days) / 1000.0).unwrap();
            prop_assert_eq!(round_trip(&unit), unit);
        }
    }

    #[test]
    fn what_was_stored_by_others_is_checked() {
        let history = |text| serde_json::from_str::<History>(text).map_err(|fault| fault.to_string());
        assert_eq!(history(r#"{"purchases": 2, "last": 3.5, "age": 7.0}"#), Ok(History::new(2, 3.5, 7.0).unwrap()));
        assert!(history(r#"{"purchases": 2, "last": 8.5, "age": 7.0}"#).unwrap_err().contains("last purchase"));
        assert!(history(r#"{"purchases": 2, "last": 3.5, "age": 7.0, "id": 1}"#).unwrap_err().contains("id"));
        assert!(serde_json::from_str::<PeriodHistory>(r#"{"purchases": 3, "last": 2, "periods": 9}"#).is_err());
        assert!(serde_json::from_str::<TimeUnit>("0").is_err());
        assert!(serde_json::from_str::<Month>(r#""2024-13""#).is_err());
    }
}
