//! Room for text. What a reader's font is nobody knows, so widths are those of the widest common one (DejaVu Sans): labels may have air, but do not touch.

use crate::text::clean;

/// The width of a text in pixels, at most.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

fn em(sign: char) -> f64 {
    match sign {
        '\u{202f}' => 0.25,
        'i' | 'j' | 'l' | 'I' | '|' | '\'' => 0.31,
        ' ' | '\u{a0}' | '.' | ',' | ':' | ';' | '!' | 'f' | 't' | 'r' | '/' | '(' | ')' | '[' | ']' | '-' | '·' => {
            0.42
        }
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '—' | '…' | '+' | '−' | '<' | '>' | '=' => 0.99,
        'A'..='Z' | 'Æ' | 'Ø' | 'Å' | '&' => 0.78,
        '\u{20}'..='\u{2ff}' | '–' => 0.64,
        // Greek and Cyrillic are a little wider than Latin, the scripts of East Asia and pictographs fill the square.
        '\u{300}'..='\u{10ff}' => 0.8,
        _ => 1.3,
    }
}

/// A text cut to a width, with a mark where it was cut.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    let text = clean(text);
    if width(&text, size) <= room {
        return text;
    }
    let mut used = em('…') * size;
    let kept: String = text
        .chars()
        .take_while(|sign| {
            used += em(*sign) * size;
            used <= room
        })
        .collect();
    format!("{}…", kept.trim_end())
}

/// A text in at most two lines of a width.
pub(super) fn two_lines(text: &str, size: f64, room: f64) -> Vec<String> {
    let text = clean(text);
    if width(&text, size) <= room {
        return vec![text];
    }
    // The last gap before which everything fits.
    let gap = text.char_indices().filter(|(_, sign)| *sign == ' ').map(|(at, _)| at);
    match gap.take_while(|at| width(&text[..*at], size) <= room).last() {
        Some(at) if at > 0 => vec![text[..at].to_owned(), fit(text[at..].trim_start(), size, room)],
        _ => vec![fit(&text, size, room)],
    }
}
