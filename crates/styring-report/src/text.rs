//! Text from outside: names of files, channels and creatives.

use styring_money::{Currency, Exact};

use crate::numbers;

/// A text longer than this is not meant to be read: a name into which a broken quote has swallowed half a file.
const LONGEST: usize = 300;

/// Text with everything out of it that could act instead of being read: control characters (a terminal obeys them, XML forbids them) and marks that turn the
/// direction of writing. Whatever was there leaves a mark, and so does what is too long to be read.
pub(crate) fn clean(text: &str) -> String {
    cleaned(text, LONGEST)
}

/// The same of a sentence with so many names in it.
pub(crate) fn clean_sentence(text: &str, names: usize) -> String {
    cleaned(text, LONGEST.saturating_mul(names.saturating_add(1)))
}

fn cleaned(text: &str, longest: usize) -> String {
    let acts = |sign: char| {
        sign.is_control()
            || matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || matches!(sign, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
    };
    let mut signs = text.chars().map(|sign| if acts(sign) { '\u{fffd}' } else { sign });
    let mut out: String = signs.by_ref().take(longest).collect();
    if signs.next().is_some() {
        out.push('…');
    }
    out
}

/// A sentence whose amounts in this currency are grouped like everywhere else in the report: `NOK 30000.00` becomes `NOK 30 000.00`.
pub(crate) fn group_amounts(sentence: &str, currency: Currency) -> String {
    let code = format!("{currency} ");
    let mut out = String::with_capacity(sentence.len() + 8);
    let mut rest = sentence;
    while let Some(at) = rest.find(&code) {
        let (before, amount) = rest.split_at(at + code.len());
        let end =
            amount.find(|sign: char| !(sign.is_ascii_digit() || matches!(sign, '.' | '-'))).unwrap_or(amount.len());
        // A full stop after the amount ends the sentence.
        let digits = amount.get(..end).unwrap_or_default().trim_end_matches('.');
        let in_a_word = before[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        match digits.parse::<Exact>() {
            Ok(value) if !in_a_word => {
                let places = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
                out.push_str(before.trim_end_matches(' '));
                out.push('\u{a0}');
                out.push_str(&numbers::fixed(&value, u8::try_from(places).unwrap_or(u8::MAX)));
                rest = &amount[digits.len()..];
            }
            _ => {
                out.push_str(before);
                rest = amount;
            }
        }
    }
    out + rest
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `1 channel`, `3 channels`.
pub(crate) fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", numbers::count(&Exact::from(count as u64)), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_leave_a_mark() {
        assert_eq!(clean("\u{1b}[31mVG\u{202e}"), "\u{fffd}[31mVG\u{fffd}");
        assert_eq!(clean("Retarget – Forlatt kurv"), "Retarget – Forlatt kurv");
    }

    #[test]
    fn amounts_in_sentences_are_grouped() {
        let grouped = |text: &str| group_amounts(text, Currency::NOK).replace(['\u{a0}', '\u{202f}'], "_");
        assert_eq!(grouped("It gives NOK 30000.00."), "It gives NOK_30_000.00.");
        assert_eq!(grouped("NOK -1234.50 and NOK 5"), "NOK_−1_234.50 and NOK_5");
        assert_eq!(grouped("Only EUR 30000.00"), "Only EUR 30000.00");
        assert_eq!(grouped("XNOK 30000 NOK none NOK "), "XNOK 30000 NOK none NOK ");
    }
}
