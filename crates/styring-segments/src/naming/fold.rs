//! Keys under which spellings of one word meet.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The key for comparison: lowercase, æ → ae, ø → o, then other marks dropped, so that Tromso meets Tromsø and Alesund meets Ålesund. In this order, once: ǽ is left as æ.
///
/// ```
/// use styring_segments::naming::fold;
///
/// assert_eq!(fold("Bærum"), fold("BAERUM"));
/// assert_eq!(fold("Møre og Romsdal"), "more og romsdal");
/// ```
pub fn fold(text: &str) -> String {
    let lower = text.nfc().collect::<String>().to_lowercase();
    let mut replaced = String::with_capacity(lower.len());
    for c in lower.chars() {
        match c {
            'æ' => replaced.push_str("ae"),
            'ø' => replaced.push('o'),
            other => replaced.push(other),
        }
    }
    if replaced.is_ascii() {
        return replaced;
    }
    replaced.nfd().filter(|c| !is_combining_mark(*c)).collect()
}
