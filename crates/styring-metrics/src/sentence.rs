//! Words and amounts, as people write them.

use styring_money::{Currency, Exact, Money, NumberFormat, Sign};

/// Whether a word is one of a list, capitals or not.
pub(crate) fn is(word: &str, list: &[&str]) -> bool {
    list.contains(&word.to_lowercase().as_str())
}

/// A number in plain or Norwegian form.
pub(crate) fn plain(text: &str) -> Option<Exact> {
    let text = text.trim();
    NumberFormat::PLAIN.parse(text).or_else(|_| NumberFormat::NORWEGIAN.parse(text)).ok()
}

/// `12 %`, `12 prosent`: the number before the sign, if there is one.
pub(crate) fn percent(text: &str) -> Option<&str> {
    let lower = text.trim_end().to_lowercase();
    let length = ["%", "percent", "prosent", "pct"].iter().find_map(|word| lower.strip_suffix(word).map(str::len))?;
    text.get(..length).map(str::trim)
}

/// An amount, and what it says of its unit.
pub(crate) struct Amount {
    pub(crate) value: Exact,
    /// Whether it says that it is money.
    pub(crate) money: bool,
    /// The currency that it names by its code. `kr` names none: it is what the Danes, the Norwegians and the Swedes pay in.
    pub(crate) currency: Option<Currency>,
}

/// `25`, `kr 25`, `25 kroner`, `25,-`, `EUR 2,50`, `2,5 millioner`; zero or above.
pub(crate) fn amount(text: &str) -> Option<Amount> {
    const THOUSANDS: [(&[&str], i8); 2] =
        [(&["thousand", "tusen"], 3), (&["million", "millions", "millioner", "mill", "mill."], 6)];
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let crowns = words.last().is_some_and(|word| is(word, &["kroner"]));
    if crowns {
        words.pop();
    }
    let shift =
        words.last().and_then(|last| THOUSANDS.iter().find(|(names, _)| is(last, names))).map(|(_, shift)| *shift);
    if shift.is_some() {
        words.pop();
    }
    let number = words.join(" ");
    let (value, money, currency) = if let Some(value) = plain(&number) {
        (value, crowns, None)
    } else {
        let amount = Money::parse_norwegian(&number).or_else(|_| number.parse::<Money>()).ok()?;
        let unit: String = number.chars().filter(|c| c.is_alphabetic()).collect();
        let coded = !unit.is_empty() && !unit.eq_ignore_ascii_case("kr");
        (Exact::from(amount.amount()), true, coded.then(|| amount.currency()))
    };
    let value = value.shift_point(shift.unwrap_or(0));
    (value.sign() != Sign::Negative && !(crowns && currency.is_some())).then_some(Amount { value, money, currency })
}

/// Words that are parts of amounts.
pub(crate) const AMOUNT_WORDS: [&str; 18] = [
    "kr",
    "kr.",
    "kroner",
    "%",
    "percent",
    "prosent",
    "pct",
    "percentage",
    "points",
    "point",
    "prosentpoeng",
    "thousand",
    "tusen",
    "million",
    "millions",
    "millioner",
    "mill",
    "mill.",
];
