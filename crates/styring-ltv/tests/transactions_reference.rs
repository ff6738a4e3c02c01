//! The reference cases of observed customers: summaries and cohort value.
#![allow(clippy::expect_used)]

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use styring_ltv::{TimeUnit, Transactions};
use styring_money::{Currency, Exact, Unrounded};
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
