//! `customers.csv`: what is to be expected of each customer, for whoever writes to them.

use std::collections::BTreeMap;

use styring_money::Exact;
use styring_playbook::Customers;

use crate::Error;

/// One line per customer, in the order of ids. A value that cannot be told is empty.
pub(super) fn csv(customers: &Customers, channels: &BTreeMap<String, String>) -> Result<String, Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut columns: Vec<String> = ["customer", "first_order"].map(str::to_owned).to_vec();
    if !channels.is_empty() {
        columns.push("channel".to_owned());
    }
    columns.extend(["x", "t_x", "T", "p_alive", "value_so_far"].map(str::to_owned));
    for total in &customers.totals {
        for what in ["purchases", "value"] {
            let name = format!("{what}_{}", total.days);
            columns.extend([name.clone(), format!("{name}_low"), format!("{name}_high")]);
        }
    }
    table.write_record(&columns).map_err(|fault| unwritable(&fault))?;
    let places = customers.currency.minor_digits();
    for outlook in &customers.outlooks {
        let mut row = vec![outlook.id.clone(), outlook.first_day.to_string()];
        if !channels.is_empty() {
            row.push(channels.get(&outlook.id).cloned().unwrap_or_default());
        }
        let history = outlook.history;
        row.extend([
            history.purchases().to_string(),
            digits(history.last(), 4),
            digits(history.age(), 4),
            digits(outlook.p_alive, 6),
            exact(outlook.worth.amount(), places),
        ]);
        for ahead in &outlook.ahead {
            let (low, high) = ahead.purchases_within;
            row.extend([digits(ahead.purchases, 6), low.to_string(), high.to_string()]);
            let value = ahead.value.map(|(expected, low, high)| [expected, low, high].map(|value| digits(value, 2)));
            row.extend(value.unwrap_or_default());
        }
        table.write_record(&row).map_err(|fault| unwritable(&fault))?;
    }
    let bytes = table.into_inner().map_err(|fault| Error::Report(fault.to_string()))?;
    String::from_utf8(bytes).map_err(|fault| Error::Report(fault.to_string()))
}

/// A number with so many decimals, and no more of them than say something.
fn digits(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// An exact amount: as it is, or rounded where it has no end as a decimal.
fn exact(amount: &Exact, places: u8) -> String {
    let text = amount.to_string();
    if text.contains('/') { amount.round(places, styring_money::Rounding::HalfEven).to_string() } else { text }
}

fn unwritable(fault: &csv::Error) -> Error {
    Error::Report(fault.to_string())
}
