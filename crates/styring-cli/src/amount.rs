//! Amounts on a command line, as people write them.

use styring_money::{Exact, Money, NumberFormat};

/// Reads `1513641.20`, `1 513 641,20`, `kr 1 500 000`, and a share as `2,5 %`.
///
/// # Errors
/// What is no number.
pub fn number(text: &str) -> Result<Exact, String> {
    let plain = |text: &str| {
        let number = NumberFormat::PLAIN.parse(text).or_else(|_| NumberFormat::NORWEGIAN.parse(text));
        number.ok().or_else(|| Some(Exact::from(Money::parse_norwegian(text).ok()?.amount())))
    };
    let text = text.trim();
    let read = match text.strip_suffix('%') {
        Some(percent) => plain(percent.trim_end()).map(|percent| percent.shift_point(-2)),
        None => plain(text),
    };
    read.ok_or_else(|| {
        "expected an amount or a number: \"1500000\", \"1 500 000,50\", \"kr 1 500 000\", \"2,5 %\"".to_owned()
    })
}
