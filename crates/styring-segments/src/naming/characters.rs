//! Which characters are what in a name.

use std::collections::BTreeSet;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc, is_nfc_quick};

/// Characters that print nothing: soft hyphen, zero-width spaces and joiners, marks and embeddings of direction, the byte order mark.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Characters that read as a dash: hyphens, dashes, the horizontal bar, the minus.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Characters that no name may hold inside. A tab is a space.
pub(crate) fn is_forbidden_control(c: char) -> bool {
    (c.is_control() && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A word of one to three dashes, which separates parts.
pub(crate) fn is_dash_word(word: &str) -> bool {
    // Three dashes are at most nine bytes; most words end at their first letter.
    word.len() <= 9 && !word.is_empty() && word.chars().all(is_dash) && word.chars().count() <= 3
}

/// NFC, by the quick check where that decides. Everything below U+0300, and the dashes, is NFC beside anything.
pub(crate) fn is_composed(text: &str) -> bool {
    if text.chars().all(|c| c < '\u{300}' || matches!(c, '\u{2010}'..='\u{2015}')) {
        return true;
    }
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => true,
        IsNormalized::No => false,
        IsNormalized::Maybe => is_nfc(text),
    }
}

/// The text in NFC.
pub(crate) fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// What is to be done with a text before it can be read.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "four things that are looked for, each there or not")]
pub(crate) struct Needs {
    pub(crate) invisible: bool,
    pub(crate) control: bool,
    pub(crate) composing: bool,
    pub(crate) spacing: bool,
}

impl Needs {
    /// In one pass. A control character at an end may be white space, and a letter may be composed already: those two are to be looked at again.
    pub(crate) fn of(text: &str) -> Self {
        let mut needs = Self::default();
        let mut space = true;
        for c in text.chars() {
            let blank = c == ' ';
            if blank {
                needs.spacing |= space;
            } else if c.is_ascii_graphic() {
                // Nothing.
            } else if c.is_ascii() {
                needs.control |= c != '\t';
                needs.spacing |= c.is_whitespace();
            } else {
                needs.invisible |= is_invisible(c);
                needs.control |= is_forbidden_control(c);
                needs.composing |= c >= '\u{300}' && !is_dash(c);
                needs.spacing |= c.is_whitespace();
            }
            space = blank;
        }
        needs.spacing |= space && !text.is_empty();
        needs
    }
}

/// NFC, words with one space between them, nothing invisible, no control characters, not empty.
pub(crate) fn is_clean(text: &str) -> bool {
    let mut space = true;
    for c in text.chars() {
        let blank = c == ' ';
        if (blank && space) || (!blank && (c.is_whitespace() || c.is_control() || is_invisible(c))) {
            return false;
        }
        space = blank;
    }
    !space && is_composed(text)
}

/// The words, with one space between them.
pub(crate) fn single_spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The text as [`is_clean`] wants it, if anything is left: for proposals.
pub(crate) fn cleaned(text: &str) -> String {
    let spaced: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c.is_control() || is_forbidden_control(c) { ' ' } else { c })
        .collect();
    single_spaced(&composed(&spaced))
}

/// Equal in lowercase, without writing either down in the usual case.
fn same_lowercase(one: &str, other: &str) -> bool {
    // Most texts differ in their first letter already.
    if let (Some(a), Some(b)) = (one.as_bytes().first(), other.as_bytes().first())
        && a.is_ascii()
        && b.is_ascii()
        && !a.eq_ignore_ascii_case(b)
    {
        return false;
    }
    if one == other {
        return true;
    }
    // The lowercase of a capital sigma depends on what stands around it.
    if one.contains('Σ') || other.contains('Σ') {
        return one.to_lowercase() == other.to_lowercase();
    }
    one.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase))
}

/// The longest beginning there is room for, cut never just before a combining mark, without spaces and dashes at its end.
pub(crate) fn beginning(text: &str, room: usize, length: impl Fn(char) -> usize) -> &str {
    let (mut end, mut used) = (0, 0);
    let mut whole = true;
    for (at, c) in text.char_indices() {
        if !is_combining_mark(c) {
            end = at;
        }
        used += length(c);
        if used > room {
            whole = false;
            break;
        }
    }
    let (start, _) = text.split_at_checked(if whole { text.len() } else { end }).unwrap_or_default();
    start.trim_end_matches(|c| c == ' ' || is_dash(c))
}

/// The places of texts that are equal in lowercase to an earlier one.
pub(crate) fn repeated(texts: &[&str]) -> Vec<usize> {
    // Names have a handful of parts, which are compared faster than they are written down.
    if texts.len() <= 8 {
        let earlier = |at: usize, text: &str| texts.iter().take(at).any(|earlier| same_lowercase(earlier, text));
        return texts.iter().enumerate().filter(|(at, text)| earlier(*at, text)).map(|(at, _)| at).collect();
    }
    let mut seen = BTreeSet::new();
    texts.iter().enumerate().filter(|(_, text)| !seen.insert(text.to_lowercase())).map(|(at, _)| at).collect()
}
