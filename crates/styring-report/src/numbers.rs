//! Numbers as people read them. Amounts and ratios are rounded half-even from the exact value; nothing prints as NaN or infinity.

use styring_money::{Currency, Exact, Money, Rounding, Sign};

/// Between groups of three digits, and between a number and its unit: narrow, and no line breaks there.
const GAP: char = '\u{202f}';
const MINUS: char = '\u{2212}';
/// What a floating-point number is called that is none.
const BEYOND: &str = "beyond measure";

/// A number with exactly this many decimals: `1 234.50`.
pub(crate) fn fixed(value: &Exact, places: u8) -> String {
    let text = value.round(places, Rounding::HalfEven).to_string();
    let (sign, digits) = text.strip_prefix('-').map_or((None, text.as_str()), |digits| (Some(MINUS), digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::from_iter(sign);
    push_grouped(&mut out, whole);
    if places > 0 {
        out.push('.');
        out.push_str(decimals);
        out.extend(std::iter::repeat_n('0', usize::from(places).saturating_sub(decimals.len())));
    }
    out
}

fn push_grouped(out: &mut String, digits: &str) {
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(GAP);
        }
        out.push(digit);
    }
}

/// An amount without its currency: `1 234.50`.
pub(crate) fn amount(value: &Exact, currency: Currency) -> String {
    fixed(value, currency.minor_digits())
}

/// An amount of money without its currency.
pub(crate) fn bare(money: Money) -> String {
    amount(&Exact::from(money.amount()), money.currency())
}

/// An amount with its currency: `NOK 1 234.50`.
pub(crate) fn money(money: Money) -> String {
    format!("{}\u{a0}{}", money.currency(), bare(money))
}

/// A change: `+1 234.50`, `−1 234.50`, `0.00`.
pub(crate) fn signed(value: &Exact, text: String) -> String {
    if value.sign() == Sign::Positive { format!("+{text}") } else { text }
}

/// A count; results may be fractional, and then have one decimal.
pub(crate) fn count(value: &Exact) -> String {
    fixed(value, u8::from(value.is_finer_than(0)))
}

/// A sum to its last digit: `175 192.22`; with six decimals if it has none.
pub(crate) fn sum(value: &Exact) -> String {
    let places = (0..=u8::MAX).find(|places| !value.is_finer_than(*places));
    fixed(value, places.unwrap_or(6))
}

/// A number of rows.
pub(crate) fn rows(rows: u64) -> String {
    count(&Exact::from(rows))
}

/// A share in percent: `70.0 %`.
pub(crate) fn percent(share: &Exact, places: u8) -> String {
    format!("{}{GAP}%", fixed(&share.shift_point(2), places))
}

/// People with their share of a whole: `1 234 · 12.3 %`.
pub(crate) fn people_of(people: u64, whole: u64) -> String {
    format!("{} · {}", rows(people), share_of(people, whole))
}

/// A count as a share of a whole: `12.3 %`; a dash of nothing.
pub(crate) fn share_of(part: u64, whole: u64) -> String {
    Exact::from(part).checked_div(&Exact::from(whole)).map_or_else(|| "–".to_owned(), |share| percent(&share, 1))
}

/// A probability in percent; what is not certain is never printed as certain.
pub(crate) fn probability(p: f64) -> String {
    match p {
        p if !p.is_finite() => BEYOND.to_owned(),
        p if p < 0.0005 => format!("<0.1{GAP}%"),
        p if p > 0.9995 => format!(">99.9{GAP}%"),
        p => decimal(p * 100.0, 1) + &format!("{GAP}%"),
    }
}

/// A level: `90 %`.
pub(crate) fn level(level: f64) -> String {
    format!("{}{GAP}%", setting(level * 100.0))
}

/// A number that somebody has set: `3`, `0.5`.
pub(crate) fn setting(value: f64) -> String {
    let text = decimal(value, 4);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A score or a weight at about three digits: `1.01`, `0.123`, `12.3`.
pub(crate) fn score(value: f64) -> String {
    match value {
        v if !v.is_finite() => BEYOND.to_owned(),
        0.0 => "0".to_owned(),
        v if v.abs() < 0.001 => "<0.001".to_owned(),
        v if v >= 1e6 => format!(">1{GAP}000{GAP}000"),
        v if v < 0.1 => decimal(v, 3),
        v if v < 10.0 => decimal(v, 2),
        v if v < 100.0 => decimal(v, 1),
        v => decimal(v, 0),
    }
}

/// A score with its interval: `1.01 (0.74–1.39)`.
pub(crate) fn interval(point: f64, (low, high): (f64, f64)) -> String {
    format!("{} ({}–{})", score(point), score(low), score(high))
}

/// The founding score per unit of currency, at four digits: the reasons of a decision print it so.
pub(crate) fn per_unit(value: f64) -> String {
    if !value.is_finite() {
        return BEYOND.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = libm::floor(libm::log10(value.abs()));
    if !(-9.0..15.0).contains(&magnitude) {
        return format!("{value:.3e}");
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=12")]
    let places = (3.0 - magnitude).clamp(0.0, 12.0) as usize;
    decimal(value, places)
}

/// A floating-point number with this many decimals, grouped.
pub(crate) fn decimal(value: f64, places: usize) -> String {
    if !value.is_finite() {
        return BEYOND.to_owned();
    }
    let text = format!("{:.places$}", value.abs());
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    // What rounds to zero has no sign.
    if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        out.push(MINUS);
    }
    push_grouped(&mut out, whole);
    if !decimals.is_empty() {
        out.push('.');
        out.push_str(decimals);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        text.parse().unwrap()
    }

    #[test]
    fn exact_numbers_are_grouped_and_rounded_once() {
        let read = |text: &str, places| fixed(&exact(text), places).replace(GAP, " ");
        assert_eq!(read("600000", 2), "600 000.00");
        assert_eq!(read("-1234567.125", 2), "−1 234 567.12");
        assert_eq!(read("1/3", 2), "0.33");
        assert_eq!(read("0.5", 0), "0");
        assert_eq!(read("-0.001", 2), "0.00");
        assert_eq!(read("999", 0), "999");
    }

    #[test]
    fn counts_have_decimals_only_where_results_are_fractional() {
        assert_eq!(count(&exact("46.80")), "46.8");
        assert_eq!(count(&exact("1234.0")).replace(GAP, " "), "1 234");
    }

    #[test]
    fn sums_keep_their_last_digit() {
        for text in ["175192.22", "58705.229958205", "-0.0001", "651762", "0"] {
            let read = sum(&exact(text)).replace(GAP, "").replace(MINUS, "-");
            assert_eq!(read, text);
        }
        assert_eq!(sum(&exact("1/3")), "0.333333");
    }

    #[test]
    fn floats_never_print_as_floats_do() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for text in [score(value), probability(value), per_unit(value), decimal(value, 2), level(value)] {
                assert!(text.starts_with(BEYOND), "{text}");
            }
        }
        assert_eq!(score(f64::MAX).replace(GAP, " "), ">1 000 000");
        assert_eq!(score(1e-12), "<0.001");
        assert_eq!(per_unit(1e-12), "1.000e-12");
        assert_eq!(per_unit(0.002_225), "0.002225");
        assert_eq!(decimal(-0.001, 2), "0.00");
        assert_eq!(probability(0.999_99).replace(GAP, " "), ">99.9 %");
        assert_eq!(probability(1e-5).replace(GAP, " "), "<0.1 %");
        assert_eq!(probability(1.0).replace(GAP, " "), ">99.9 %");
        assert_eq!(probability(0.9994).replace(GAP, " "), "99.9 %");
        assert_eq!(level(0.9).replace(GAP, " "), "90 %");
    }
}
