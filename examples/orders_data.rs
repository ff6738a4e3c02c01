//! Makes `examples/data/shop/orders.csv`: fourteen months of a made-up Norwegian shop for running shoes, with the acquisition channel of every customer and the margin of
//! every order, from customers of a known truth with a fixed seed.
//!
//! `cargo run -p styring-examples --example orders_data` writes it.

use std::error::Error;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Beta, Distribution, Exp, Gamma, StandardUniform, Uniform};
use styring_money::{Currency, Exact, Money, Rounding, Unrounded};

const SEED: u64 = 20_240_902;
const CUSTOMERS: u32 = 2400;
const DAYS: u32 = 425;

/// A channel as it truly is: its share of customers, how often they buy and how readily they leave beside those of the first, and their margin per order.
struct Channel {
    name: &'static str,
    share: f64,
    pace: f64,
    leaving: f64,
    margin: f64,
}

const CHANNELS: [Channel; 4] = [
    Channel { name: "Google Ads", share: 0.40, pace: 1.0, leaving: 1.0, margin: 1.0 },
    Channel { name: "Meta", share: 0.30, pace: 0.75, leaving: 1.5, margin: 0.9 },
    Channel { name: "Schibsted", share: 0.18, pace: 1.2, leaving: 0.8, margin: 1.1 },
    Channel { name: "Acast/Bauer", share: 0.12, pace: 1.6, leaving: 0.6, margin: 1.0 },
];

struct Order {
    day: NaiveDate,
    customer: u32,
    channel: &'static str,
    margin: Money,
}

/// Customers as MBG/NBD has them, in days, and spending as Gamma-Gamma has it.
fn simulate() -> Result<Vec<Order>, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let first = NaiveDate::from_ymd_opt(2024, 9, 2).ok_or("no such day")?;
    let (arrival, uniform) = (Uniform::new(0, DAYS)?, StandardUniform);
    let spending = Gamma::new(4.0, 1.0 / 600.0)?;
    let mut orders = Vec::new();
    for customer in 1..=CUSTOMERS {
        let mut lot: f64 = uniform.sample(&mut rng);
        let found = CHANNELS.iter().find(|channel| {
            lot -= channel.share;
            lot < 0.0
        });
        let channel = found.unwrap_or(&CHANNELS[0]);
        let rate = Gamma::new(0.8, channel.pace / 70.0)?.sample(&mut rng);
        let leaves = Beta::new(0.9 * channel.leaving, 2.4)?.sample(&mut rng);
        let spends = spending.sample(&mut rng);
        let mut day = f64::from(arrival.sample(&mut rng));
        while day < f64::from(DAYS) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to DAYS")]
            let on = first.checked_add_days(Days::new(day as u64)).ok_or("no such day")?;
            let margin = Exact::try_from(Gamma::new(5.0, channel.margin / spends / 5.0 * 3.0)?.sample(&mut rng))?;
            let margin = Unrounded::new(margin, Currency::NOK).round(Rounding::HalfEven)?;
            orders.push(Order { day: on, customer, channel: channel.name, margin });
            let lot: f64 = uniform.sample(&mut rng);
            if lot < leaves || rate <= 0.0 {
                break;
            }
            day += Exp::new(rate)?.sample(&mut rng);
        }
    }
    orders.sort_by_key(|order| (order.day, order.customer));
    Ok(orders)
}

fn csv() -> Result<String, Box<dyn Error>> {
    let mut text = String::from("order_date,customer_id,acquisition_channel,margin\n");
    for Order { day, customer, channel, margin } in simulate()? {
        text.push_str(&format!("{day},K{customer:04},{channel},{}\n", margin.amount()));
    }
    Ok(text)
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shop/orders.csv")
}

fn main() -> Result<(), Box<dyn Error>> {
    std::fs::write(file(), csv()?)?;
    println!("wrote {}", file().display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_file_is_what_this_program_makes() {
        let committed = std::fs::read_to_string(file()).expect("the committed file");
        assert!(csv().expect("orders") == committed, "orders.csv differs: run the example orders_data again");
    }
}
