//! The reference cases of observed customers: summaries and cohort value.
#![allow(clippy::expect_used)]

use chrono::{Days, NaiveDate};
use serde::Deserialize;
use serde_json::Value;
use styring_ltv::{ObservedMean, ObservedValue, TimeUnit, Transactions};
use styring_money::{Currency, Exact, Unrounded};
use styring_testkit::data;
use styring_testkit::reference::{Reference, decimal};

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case", deny_unknown_fields)]
enum SummaryInput {
    Summarise { transactions: Vec<Transaction>, observation_end: String, days_per_unit: f64 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Transaction {
    id: u32,
    date: String,
    amount: Exact,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Summaries {
    customers: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Summary {
    id: u32,
    frequency: u32,
    recency: f64,
    #[serde(rename = "T")]
    age: f64,
    monetary_value: Value,
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[test]
fn ltv_rfm() {
    Reference::new("metrics", "ltv_rfm").run(|input: SummaryInput, expected: Summaries, check| {
        let SummaryInput::Summarise { transactions, observation_end, days_per_unit } = input;
        let mut orders = Transactions::new(Currency::NOK);
        for Transaction { id, date: day, amount } in transactions {
            orders.add(id, date(&day), Unrounded::new(amount, Currency::NOK)).expect("kroner");
        }
        let unit = TimeUnit::of_days(days_per_unit).expect("a unit");
        let customers = orders.summarise(date(&observation_end), unit).expect("a summary");
        check.equal("customers", &customers.len(), &expected.customers.len());
        for (got, expected) in customers.iter().zip(expected.customers) {
            check.equal("id", got.id(), &expected.id);
            check.equal("frequency", &got.history().purchases(), &expected.frequency);
            check.float("recency", got.history().last(), expected.recency);
            check.float("T", got.history().age(), expected.age);
            // The reference writes zero where there is no mean.
            let mean = got.mean_value();
            check.equal("a mean", &mean.is_some(), &(expected.frequency > 0));
            let mean = mean.map_or(Exact::ZERO, |mean| mean.amount().clone());
            check.exact("monetary_value", &mean, &decimal(&expected.monetary_value).expect("a number"));
        }
    });
}

/// The orders of the CDNOW sample, summarised, are the histories that everybody fits to: weeks of seven days, in two decimals.
#[test]
fn cdnow_orders_give_the_published_histories() {
    let files = ["cdnow/CDNOW_sample.txt", "cdnow/cdnow_customers_summary_with_transactions.csv"].map(data::file);
    let [Some(orders), Some(published)] = files else { return };
    let mut transactions = Transactions::new(Currency::USD);
    for row in std::fs::read_to_string(orders).expect("a readable file").lines() {
        let cells: Vec<&str> = row.split_whitespace().collect();
        let [_, customer, day, _, dollars] = cells[..] else { panic!("{row}") };
        let day = NaiveDate::parse_from_str(day, "%Y%m%d").expect("a date");
        let amount = Unrounded::new(dollars.parse().expect("an amount"), Currency::USD);
        transactions.add(customer.parse::<u32>().expect("a number"), day, amount).expect("dollars");
    }
    let customers = transactions.summarise(date("1997-09-30"), TimeUnit::WEEK).expect("a summary");
    let published: Vec<(u32, u32, f64, f64, f64)> = csv::Reader::from_path(published)
        .expect("a readable file")
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("five columns");
    assert_eq!((customers.len(), published.len()), (2_357, 2_357));
    for (customer, (id, purchases, last, age, mean)) in customers.iter().zip(published) {
        let history = customer.history();
        assert_eq!((*customer.id(), history.purchases()), (id, purchases));
        let got_mean = customer.mean_value().map_or(0.0, |mean| mean.amount().to_f64());
        for (got, published) in [(history.last(), last), (history.age(), age), (got_mean, mean)] {
            assert!((got - published).abs() < 0.005 + 1e-9, "customer {id}: {got} instead of {published}");
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case", deny_unknown_fields)]
enum CohortInput {
    CohortLtv { customers: Vec<Acquired>, orders: Vec<Order>, observation_end_day: u64, cac: Exact },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acquired {
    id: u32,
    acquired_day: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    id: u32,
    day: u64,
    margin: Exact,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CohortExpected {
    horizons: Vec<Horizon>,
    payback_day: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Horizon {
    day: u32,
    eligible: u64,
    complete_case_ltv: Option<Exact>,
    age_incremental_ltv: Option<Exact>,
    ltv_to_cac: Option<Exact>,
}

#[test]
fn ltv_cohort() {
    let start = date("2000-01-01");
    let date = |day| start.checked_add_days(Days::new(day)).expect("a date");
    Reference::new("metrics", "ltv_cohort").run(|input: CohortInput, expected: CohortExpected, check| {
        let CohortInput::CohortLtv { customers, orders, observation_end_day, cac } = input;
        let mut value = ObservedValue::new(Currency::NOK);
        for Order { id, day, margin } in orders {
            value.order(id, date(day), Unrounded::new(margin, Currency::NOK)).expect("kroner");
        }
        for Acquired { id, acquired_day } in customers {
            value.acquire(id, date(acquired_day));
        }
        let observed = value.observe(date(observation_end_day)).expect("orders of customers");
        let cac = Unrounded::new(cac, Currency::NOK);
        for expected in &expected.horizons {
            let day = expected.day;
            let got = observed.at(day);
            check.equal("eligible", &got.at_risk(), &expected.eligible);
            let mean = |mean: Option<&ObservedMean>| mean.map(|mean| mean.value().amount().clone());
            let compared = observed.against(&cac, day).expect("kroner");
            for (what, got, expected) in [
                ("complete_case_ltv", mean(got.complete_case()), &expected.complete_case_ltv),
                ("age_incremental_ltv", mean(got.age_incremental()), &expected.age_incremental_ltv),
                ("ltv_to_cac", compared.ratio(), &expected.ltv_to_cac),
            ] {
                match (got, expected) {
                    (Some(got), Some(expected)) => check.exact(&format!("{what} at {day}"), &got, expected),
                    (got, expected) => check.equal(&format!("{what} at {day}"), &got, expected),
                }
            }
        }
        check.equal("payback_day", &observed.payback_day(&cac).expect("kroner"), &expected.payback_day);
    });
}
