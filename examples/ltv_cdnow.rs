//! The CDNOW customers of the literature: models as published, and how well they foresee the second half of the data. Draws the tracking plot.
//!
//! `cargo run --release -p styring-examples --example ltv_cdnow [CDNOW_sample.txt [FOLDER]]` writes `ltv_cdnow.svg` to FOLDER, or to `target/`. The data are not ours to publish: they are looked for beside the project, and without
//! them the example says so.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use styring_ltv::{
    BgNbd, Estimates, Fit, GammaGamma, HeldOut, Histories, History, Horizon, LifetimeValue, MbgNbd, ParetoNbd,
    PurchaseModel, Spending, TimeUnit, Transactions, compare, expected_repeats, frequency_table, holdout_table,
    value_and_frequency,
};
use styring_money::{Currency, Money};
use styring_report::charts::{WIDE, tracking_of};

/// Orders of the sample: the customer's number in the whole file, number in the sample, day, number of CDs, dollars.
fn read(path: &Path) -> Result<Transactions<u32>, Box<dyn Error>> {
    let mut orders = Transactions::new(Currency::USD);
    for line in std::fs::read_to_string(path)?.lines() {
        let cells: Vec<_> = line.split_whitespace().collect();
        let [_, customer, day, _, dollars] = cells.as_slice() else {
            return Err(format!("not an order: {line}").into());
        };
        let day = NaiveDate::parse_from_str(day, "%Y%m%d")?;
        orders.add(customer.parse()?, day, format!("USD {dollars}").parse::<Money>()?)?;
    }
    Ok(orders)
}

/// The end of the calibration, and of the data: 39 weeks each.
fn ends() -> Option<(NaiveDate, NaiveDate)> {
    Some((NaiveDate::from_ymd_opt(1997, 9, 30)?, NaiveDate::from_ymd_opt(1998, 6, 30)?))
}

struct Line {
    name: &'static str,
    estimates: Estimates,
    expected: Vec<f64>,
}

fn follow<M: PurchaseModel<History = History>>(
    histories: &Histories<History>,
    acquired: &[(f64, f64)],
    weeks: &[f64],
) -> Result<(Fit<M>, Line), Box<dyn Error>> {
    let fit = M::fit(histories)?;
    let expected = expected_repeats(&fit.model, acquired, weeks)?;
    let line = Line { name: M::name(), estimates: fit.estimates.clone(), expected };
    Ok((fit, line))
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/cdnow/CDNOW_sample.txt");
    let data = arguments.next().unwrap_or(shared);
    if !data.is_file() {
        println!("skipped: no data ({})", data.display());
        return Ok(());
    }
    let folder = arguments.next().unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"));
    let orders = read(&data)?;
    let (calibration_end, end) = ends().ok_or("dates")?;
    let split = orders.summarise_split(calibration_end, end, TimeUnit::WEEK)?;
    let histories: Histories<_> = split.iter().map(|held| held.calibration().history()).collect();
    println!("{} customers, {} distinct histories", histories.customers(), histories.distinct());

    // When customers came, in weeks since the first.
    let mut days: BTreeMap<NaiveDate, f64> = BTreeMap::new();
    for held in &split {
        *days.entry(held.calibration().first_day()).or_default() += 1.0;
    }
    let first = *days.keys().next().ok_or("no customers")?;
    let since = |day: NaiveDate| TimeUnit::WEEK.days((day - first).num_days() as f64);
    let acquired: Vec<_> = days.iter().map(|(day, customers)| (since(*day), *customers)).collect();
    let shown: Vec<NaiveDate> = (1..=78).filter_map(|week| first.checked_add_days(Days::new(7 * week))).collect();
    let weeks: Vec<f64> = shown.iter().map(|day| since(*day)).collect();
    let actual = cumulative(&orders.repeats_by_day(calibration_end), &shown);

    let (bg, bg_line) = follow::<BgNbd>(&histories, &acquired, &weeks)?;
    let (_, mbg_line) = follow::<MbgNbd>(&histories, &acquired, &weeks)?;
    let (_, pareto_line) = follow::<ParetoNbd>(&histories, &acquired, &weeks)?;
    let lines = [bg_line, mbg_line, pareto_line];
    for Line { name, estimates, expected } in &lines {
        let parameters: Vec<_> = estimates
            .parameters
            .iter()
            .map(|known| {
                format!(
                    "{} {:.4} ± {}",
                    known.name,
                    known.value,
                    known.se().map_or_else(|| "?".to_owned(), |se| format!("{se:.4}"))
                )
            })
            .collect();
        println!("{name:10}  {}   log-likelihood {:.4}", parameters.join("  "), estimates.log_likelihood);
        let (told, came) = (expected[77], actual[77] as f64);
        println!(
            "            week 78: {told:.0} repeat purchases expected, {came:.0} came ({:+.1} %)",
            100.0 * (told / came - 1.0)
        );
    }
    let named: Vec<_> = lines.iter().map(|line| (line.name, &line.estimates)).collect();
    for ranked in compare(&named)? {
        println!("{:10}  AIC {:.2}  BIC {:.2}  weight {:.2}", ranked.name, ranked.aic, ranked.bic, ranked.weight);
    }

    hold_out(&split, &histories, &bg)?;
    spend(&split, bg)?;

    let series: Vec<_> = lines.iter().map(|line| (line.name, line.expected.as_slice())).collect();
    let plot = tracking_of(&series, &shown, &actual, Some(calibration_end), WIDE)?;
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("ltv_cdnow.svg");
    std::fs::write(&file, plot)?;
    println!("wrote {}", file.display());
    Ok(())
}

/// The first look at the fit, and the second half of the data.
fn hold_out(split: &[HeldOut<u32>], histories: &Histories<History>, bg: &Fit<BgNbd>) -> Result<(), Box<dyn Error>> {
    println!("\nrepeat purchases in the calibration, BG/NBD");
    for row in frequency_table(&bg.model, histories, 7)?.rows {
        println!(
            "  {}{}: {:5} customers, {:7.1} expected",
            row.purchases,
            if row.purchases == 7 { "+" } else { " " },
            row.actual,
            row.expected
        );
    }
    println!("purchases in the 39 weeks held out, per customer, BG/NBD");
    let pairs: Vec<_> = split.iter().map(|held| (held.calibration().history(), held.purchases())).collect();
    let ahead = split.first().map_or(0.0, HeldOut::duration);
    for row in holdout_table(&bg.model, &pairs, ahead, 7)? {
        println!(
            "  {} before: {:.3} came, {:.3} expected",
            row.purchases,
            row.actual / row.customers,
            row.expected / row.customers
        );
    }
    let total = bg.total(histories, ahead)?;
    let (low, high) = total.interval(0.9)?;
    let came: u32 = split.iter().map(HeldOut::purchases).sum();
    println!("all: {came} came, {:.0} expected, between {low:.0} and {high:.0} with 90 % confidence", total.mean);
    Ok(())
}

/// What customers spend.
fn spend(split: &[HeldOut<u32>], bg: Fit<BgNbd>) -> Result<(), Box<dyn Error>> {
    let spendings = split.iter().filter_map(|held| {
        let customer = held.calibration();
        let mean = customer.mean_value()?.amount().to_f64();
        Spending::new(customer.history().purchases(), mean).ok()
    });
    let spendings = Histories::group(spendings);
    let spending = GammaGamma::fit(&spendings)?;
    let [p, q, v] = spending.model.parameters();
    println!(
        "\nGamma-Gamma of {} repeat buyers: p {p:.4}  q {q:.4}  v {v:.4}   log-likelihood {:.4}",
        spendings.customers(),
        spending.estimates.log_likelihood
    );
    let independence = value_and_frequency(&spending.model, &spendings)?;
    println!("value and frequency: correlation {:.3}, p {:.2}", independence.correlation, independence.p_value);
    let value = LifetimeValue::new(bg, spending);
    for days in [90.0, 180.0] {
        let time = TimeUnit::WEEK.days(days);
        let worth = value.of_newcomer(
            &History::NEW,
            0.0,
            Horizon::Within(time),
            0.15_f64.ln_1p() / TimeUnit::WEEK.days(365.25),
        )?;
        println!("a new customer's repeat purchases within {days} days: USD {worth:.2}");
    }
    Ok(())
}

/// Repeat purchases until each of these days.
fn cumulative(by_day: &[(NaiveDate, u64)], days: &[NaiveDate]) -> Vec<u64> {
    let until = |day: &NaiveDate| by_day.iter().filter(|(on, _)| on <= day).map(|(_, count)| *count).sum();
    days.iter().map(until).collect()
}
