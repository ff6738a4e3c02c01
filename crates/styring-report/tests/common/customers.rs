//! Customers of a made-up shop.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small numbers above zero")]

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use styring_ltv::{GammaGamma, MbgNbd, PurchaseModel, Seed, TimeUnit, Transactions};
use styring_money::{Currency, Money};
use styring_playbook::{Customers, CustomersSpec, ModelChoice};
use styring_report::{LifetimeReport, Source};

/// All that a report of customers needs.
pub struct Shop {
    pub customers: Customers,
    pub spec: CustomersSpec,
    pub source: Source,
}

impl Shop {
    pub fn report(&self) -> LifetimeReport<'_> {
        LifetimeReport { customers: &self.customers, spec: &self.spec, source: &self.source }
    }
}

pub fn opening() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 1, 8).expect("a date")
}

/// Half a year of acquisition, and a year after it.
pub const DAYS: u64 = 546;

pub fn spec() -> CustomersSpec {
    CustomersSpec {
        until: opening() + Days::new(DAYS),
        unit: TimeUnit::WEEK,
        model: ModelChoice::Best,
        calibration_end: Some(opening() + Days::new(300)),
        horizons: vec![90, 180],
        yearly_discount: 0.10,
        cac: Some("NOK 420.00".parse().expect("an amount")),
        level: 0.90,
    }
}

/// Channels with how slowly their customers buy, and out of how many customers they bring one.
const CHANNELS: [(&str, f64, u64); 3] = [("Google Søk", 6.0, 2), ("Podcast <Acast>", 4.0, 3), ("TV 2", 11.0, 5)];

fn channel_of(customer: u64) -> usize {
    CHANNELS.iter().position(|(.., out_of)| customer.is_multiple_of(*out_of)).unwrap_or(0)
}

/// A number from 0 to 1 that looks like chance and is always the same.
fn dice(of: u64) -> f64 {
    let mut mixed = of.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for shift in [30, 27, 31] {
        mixed = (mixed ^ (mixed >> shift)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    }
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

/// Orders of so many customers, and their channels; `worth` makes the amount of a repeat purchase what it is.
pub fn orders(customers: u64, worth: impl Fn(f64) -> f64) -> (Transactions<String>, BTreeMap<String, String>) {
    let mut orders = Transactions::new(Currency::NOK);
    let mut channels = BTreeMap::new();
    for (place, (name, alpha, _)) in CHANNELS.iter().enumerate() {
        let members: Vec<u64> = (0..customers).filter(|customer| channel_of(*customer) == place).collect();
        let acquired = |customer: u64| customer * 7919 % 182;
        let ages: Vec<f64> = members.iter().map(|customer| (DAYS - acquired(*customer)) as f64 / 7.0).collect();
        let model = MbgNbd::new(0.8, *alpha, 0.9, 2.5).expect("a model");
        let seed = 1 + place as u64;
        let simulated = model.simulate(&ages, 0.0, Seed(seed)).expect("customers");
        let repeats: Vec<u32> = simulated.iter().map(|one| one.history.purchases()).collect();
        let spending = GammaGamma::new(6.0, 4.0, 180.0).expect("a model");
        let spent = spending.simulate(&repeats, Seed(100 + seed)).expect("spendings");
        for ((customer, one), spent) in members.iter().zip(&simulated).zip(&spent) {
            let id = format!("kunde-{customer:05}");
            let first = opening() + Days::new(acquired(*customer));
            let mut add = |days: u64, amount: f64| {
                let amount = Money::from_minor((amount * 100.0).round() as i128, Currency::NOK).expect("an amount");
                orders.add(id.clone(), first + Days::new(days), amount).expect("one currency");
            };
            add(0, 240.0 + (customer * 37 % 120) as f64);
            let (count, last) = (one.history.purchases(), (one.history.last() * 7.0).round());
            for order in 1..=count {
                // Given the last of them, the purchases before it lie anywhere.
                let part = if order == count { 1.0 } else { dice(*customer * 1009 + u64::from(order)) };
                let day = (last * part).ceil().max(1.0) as u64;
                add(day, worth(spent.mean() * (0.85 + 0.3 * dice(*customer * 2003 + u64::from(order)))));
            }
            channels.insert(id, (*name).to_owned());
        }
    }
    (orders, channels)
}

/// A shop of so many customers; `change` is applied to what is asked, and may take channels away.
pub fn shop(customers: u64, change: impl FnOnce(&mut CustomersSpec, &mut BTreeMap<String, String>)) -> Shop {
    shop_of(orders(customers, |amount| amount), change)
}

pub fn shop_of(
    (orders, mut channels): (Transactions<String>, BTreeMap<String, String>),
    change: impl FnOnce(&mut CustomersSpec, &mut BTreeMap<String, String>),
) -> Shop {
    let mut spec = spec();
    change(&mut spec, &mut channels);
    let customers = Customers::of(&orders, &channels, &spec).expect("customers");
    let source = Source { name: "ordrer 2024–25.csv".to_owned(), rows: 4_012, used: 4_012, ..Source::default() };
    Shop { customers, spec, source }
}
