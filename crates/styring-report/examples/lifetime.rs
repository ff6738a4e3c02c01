//! Writes the report of a made-up shop's customers: `cargo run -p styring-report --example lifetime -- FOLDER [CDNOW_master.txt]`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use chrono::{Days, NaiveDate};
use common::customers::{Shop, opening, shop};
use styring_ltv::{TimeUnit, Transactions};
use styring_money::{Currency, Money};
use styring_playbook::{Customers, CustomersSpec, ModelChoice};
use styring_report::{Source, charts};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("say which folder to write to")?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let mut shops = vec![
        ("shop", shop(3000, |_, _| {})),
        ("small", shop(60, |spec, _| spec.cac = None)),
        (
            "young",
            shop(2000, |spec, _| {
                spec.until = opening() + Days::new(250);
                spec.calibration_end = Some(opening() + Days::new(150));
            }),
        ),
        (
            "plain",
            shop(600, |spec, channels| {
                spec.calibration_end = None;
                spec.horizons = vec![30, 365, 900];
                channels.clear();
            }),
        ),
    ];
    if let Some(path) = arguments.next() {
        shops.push(("cdnow", cdnow(&fs::read_to_string(path)?)?));
    }
    for (name, shop) in &shops {
        fs::write(folder.join(format!("{name}.html")), shop.report().html()?)?;
        fs::write(folder.join(format!("{name}.txt")), shop.report().terminal(120))?;
    }
    fs::write(folder.join("models.svg"), models()?)?;
    Ok(())
}

/// Three models held against the same orders in one chart.
fn models() -> Result<String, Box<dyn Error>> {
    let told = [ModelChoice::BgNbd, ModelChoice::MbgNbd, ModelChoice::ParetoNbd]
        .map(|model| shop(2000, |spec, _| spec.model = model).customers);
    let expected: Vec<Vec<f64>> =
        told.iter().map(|told| told.tracking.iter().map(|point| point.expected).collect()).collect();
    let models: Vec<(&str, &[f64])> =
        told.iter().zip(&expected).map(|(told, expected)| (told.model, expected.as_slice())).collect();
    let days: Vec<NaiveDate> = told[0].tracking.iter().map(|point| point.day).collect();
    let actual: Vec<u64> = told[0].tracking.iter().map(|point| point.actual).collect();
    Ok(charts::tracking_of(&models, &days, &actual, told[0].calibration_end, charts::WIDE)?)
}

/// The CDs that customers of 1997 bought: id, day, CDs, dollars.
fn cdnow(text: &str) -> Result<Shop, Box<dyn Error>> {
    let mut orders = Transactions::new(Currency::USD);
    let mut rows = 0;
    for line in text.lines().skip(1) {
        let [id, day, _, dollars] = line.split_whitespace().collect::<Vec<_>>()[..] else { continue };
        let day = NaiveDate::parse_from_str(day, "%Y%m%d")?;
        orders.add(id.to_owned(), day, format!("USD {dollars}").parse::<Money>()?)?;
        rows += 1;
    }
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).ok_or("a date");
    let spec = CustomersSpec {
        until: day(1998, 6, 30)?,
        unit: TimeUnit::WEEK,
        model: ModelChoice::Best,
        calibration_end: Some(day(1997, 9, 30)?),
        horizons: vec![90, 180],
        yearly_discount: 0.10,
        cac: Some("USD 45.00".parse()?),
        level: 0.90,
    };
    let customers = Customers::of(&orders, &BTreeMap::new(), &spec)?;
    let source = Source { name: "CDNOW_master.txt".to_owned(), rows, used: rows, ..Source::default() };
    Ok(Shop { customers, spec, source })
}
