//! Fits and predictions of lifetime value, for `benches/peers/lifetime_value.py`.
//!
//! `lifetime_value write FILE CUSTOMERS` simulates customers, `lifetime_value fit MODEL FILE TIMES` fits them so many times, and prints the seconds that each took from ungrouped
//! histories to the answer, `lifetime_value million CUSTOMERS` groups, fits and predicts as many customers.

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::time::Instant;

use styring_ltv::{BgNbd, Histories, History, MbgNbd, ParetoNbd, PurchaseModel};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", file, customers] => {
            let mut file = BufWriter::new(File::create(file)?);
            writeln!(file, "frequency,recency,T")?;
            for history in styring_benches::customers(customers.parse()?)? {
                writeln!(file, "{},{},{}", history.purchases(), history.last(), history.age())?;
            }
        }
        ["fit", model, file, times] => {
            let customers = read(file)?;
            let times = times.parse()?;
            match *model {
                "bg" => fit::<BgNbd>(&customers, times)?,
                "mbg" => fit::<MbgNbd>(&customers, times)?,
                "pareto" => fit::<ParetoNbd>(&customers, times)?,
                other => return Err(format!("no model {other:?}: bg, mbg, pareto").into()),
            }
        }
        ["million", customers] => million(customers.parse()?)?,
        _ => return Err("lifetime_value write FILE CUSTOMERS | fit MODEL FILE TIMES | million CUSTOMERS".into()),
    }
    Ok(())
}

fn read(file: &str) -> Result<Vec<History>, Box<dyn Error>> {
    let mut rows = csv::Reader::from_path(file)?;
    let headers = rows.headers()?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name).ok_or(format!("no column {name}"));
    let [purchases, last, age] = [column("frequency")?, column("recency")?, column("T")?];
    let mut customers = Vec::new();
    for row in rows.records() {
        let row = row?;
        customers.push(History::new(row[purchases].parse()?, row[last].parse()?, row[age].parse()?)?);
    }
    Ok(customers)
}

fn fit<M: PurchaseModel<History = History>>(customers: &[History], times: u32) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    for _ in 0..times {
        let histories = Histories::group(customers.iter().copied());
        black_box(M::fit(black_box(&histories))?);
    }
    println!("{}", start.elapsed().as_secs_f64() / f64::from(times));
    Ok(())
}

fn million(customers: u32) -> Result<(), Box<dyn Error>> {
    let customers = styring_benches::customers(customers)?;
    let start = Instant::now();
    let histories = Histories::group(customers.iter().copied());
    println!(
        "{} customers, {} distinct histories, grouped in {:.2} s",
        customers.len(),
        histories.distinct(),
        start.elapsed().as_secs_f64()
    );
    fit_and_predict::<BgNbd>(&customers, &histories)?;
    fit_and_predict::<MbgNbd>(&customers, &histories)?;
    fit_and_predict::<ParetoNbd>(&customers, &histories)
}

fn fit_and_predict<M: PurchaseModel<History = History>>(
    customers: &[History],
    histories: &Histories<History>,
) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let fit = M::fit(histories)?;
    let fitted = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let mut expected = 0.0;
    for history in customers {
        expected += fit.model.future(history, 180.0)?.mean;
    }
    let predicted = start.elapsed().as_secs_f64();
    let rate = customers.len() as f64 / predicted / 1e6;
    println!("{}: fitted in {fitted:.2} s, predicted at {rate:.2} million a second ({expected:.0} orders)", M::name());
    Ok(())
}
