//! `next_budget.csv`: what to type into the platforms.

use styring_money::{Exact, Money};
use styring_playbook::Review;

use crate::Error;

/// One line per channel; the column `budget_next` sums to the total.
pub(super) fn csv(review: &Review) -> Result<String, Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let columns = ["week", "channel", "currency", "budget_now", "budget_next", "change", "verdict", "reason"];
    let mut write = |row: [&str; 8]| table.write_record(row).map_err(unwritable);
    write(columns)?;
    for channel in &review.decision.channels {
        let change = channel.after.checked_sub(channel.before).map_err(styring_playbook::Error::from)?;
        let reasons: Vec<String> = channel.reasons.iter().map(ToString::to_string).collect();
        write([
            &review.decision.week.to_string(),
            &channel.channel,
            channel.after.currency().code(),
            &plain(channel.before),
            &plain(channel.after),
            &plain(change),
            &channel.verdict.to_string(),
            &reasons.join(" "),
        ])?;
    }
    let bytes = table.into_inner().map_err(|fault| Error::Report(fault.to_string()))?;
    String::from_utf8(bytes).map_err(|fault| Error::Report(fault.to_string()))
}

/// The amount with its minor digits, without the currency.
pub(super) fn plain(money: Money) -> String {
    let text = money.to_string();
    text.split_once(' ').map_or_else(|| Exact::from(money.amount()).to_string(), |(_, amount)| amount.to_owned())
}

#[allow(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn unwritable(fault: csv::Error) -> Error {
    Error::Report(fault.to_string())
}
