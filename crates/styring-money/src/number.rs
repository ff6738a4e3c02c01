use num_bigint::BigInt;

use crate::error::NumberFault;
use crate::{Error, Exact};

/// How numbers are written in a text: the decimal sign and what may stand between groups of three digits.
///
/// The grammar is strict: an optional minus (`-` or `−`), digits, and optionally the decimal sign with digits after it. Exponents, plus signs and
/// underscores are refused, because each of them means that somebody's software has already touched the number. All digits are kept, however many.
///
/// ```
/// use styring_money::NumberFormat;
///
/// assert_eq!(NumberFormat::PLAIN.parse("1234.50")?.to_string(), "1234.5");
/// assert_eq!(NumberFormat::NORWEGIAN.parse("1 234,50")?.to_string(), "1234.5");
/// let american = NumberFormat::new('.', Some(',')).expect("two different signs");
/// assert_eq!(american.parse("1,234.50")?.to_string(), "1234.5");
/// assert!(american.parse("12,34.50").is_err()); // not in threes
/// assert!(NumberFormat::PLAIN.parse("1.2E+05").is_err());
/// # Ok::<(), styring_money::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberFormat {
    decimal: char,
    group: Option<char>,
}

impl NumberFormat {
    /// `1234.50`, without separators.
    pub const PLAIN: Self = Self {
        decimal: '.',
        group: None,
    };

    /// `1 234,50`. A separator ` ` stands for any of the three spaces in use: U+0020, U+00A0 and U+202F.
    pub const NORWEGIAN: Self = Self {
        decimal: ',',
        group: Some(' '),
    };

    /// A format with this decimal sign and group separator; `None` if they are equal, or a digit or a minus.
    pub fn new(decimal: char, group: Option<char>) -> Option<Self> {
        let free = |sign: char| !sign.is_ascii_digit() && !is_minus(sign);
        let valid = free(decimal) && group.is_none_or(|group| free(group) && group != decimal);
        valid.then_some(Self { decimal, group })
    }

    /// Reads a number.
    pub fn parse(self, text: &str) -> Result<Exact, Error> {
        self.read(text).map_err(|reason| Error::InvalidNumber {
            text: text.to_owned(),
            reason,
        })
    }

    /// Reads a number; the error names only what is wrong, for callers that name the place themselves.
    ///
    /// Cost: one pass over the text.
    pub fn read(self, text: &str) -> Result<Exact, NumberFault> {
        if let Some(value) = read_short(text.as_bytes(), self.decimal) {
            return Ok(value);
        }
        self.read_any(text)
    }

    fn read_any(self, text: &str) -> Result<Exact, NumberFault> {
        let mut digits = String::with_capacity(text.len() + 1);
        let mut scale: Option<u32> = None;
        // Digits since the last separator, once there has been one.
        let mut group: Option<u32> = None;
        let mut chars = text.chars().enumerate().peekable();
        if chars.next_if(|(_, c)| is_minus(*c)).is_some() {
            digits.push('-');
        }
        let first = digits.len();
        for (index, found) in chars {
            let whole_digits = digits.len() - first;
            if found.is_ascii_digit() {
                digits.push(found);
                match (&mut scale, &mut group) {
                    (Some(scale), _) => *scale += 1,
                    (None, Some(run)) => *run += 1,
                    (None, None) => {}
                }
            } else if found == self.decimal && scale.is_none() && whole_digits > 0 {
                scale = Some(0);
            } else if self.is_separator(found) && scale.is_none() && whole_digits > 0 {
                if group.map_or(whole_digits > 3, |run| run != 3) {
                    return Err(NumberFault::Grouping);
                }
                group = Some(0);
            } else {
                return Err(NumberFault::Unexpected {
                    found,
                    position: index + 1,
                });
            }
        }
        if digits.len() == first || scale == Some(0) {
            return Err(NumberFault::Empty);
        }
        if group.is_some_and(|run| run != 3) {
            return Err(NumberFault::Grouping);
        }
        let scale = scale.unwrap_or(0);
        match digits.parse::<i128>() {
            Ok(mantissa) => Ok(Exact::new(mantissa, scale)),
            Err(_) => digits
                .parse::<BigInt>()
                .map(|mantissa| Exact::from_digits(mantissa, scale))
                .map_err(|_| NumberFault::Empty),
        }
    }

    fn is_separator(self, sign: char) -> bool {
        match self.group {
            Some(' ') => matches!(sign, ' ' | '\u{a0}' | '\u{202f}'),
            Some(group) => sign == group,
            None => false,
        }
    }
}

impl Default for NumberFormat {
    fn default() -> Self {
        Self::PLAIN
    }
}

fn is_minus(sign: char) -> bool {
    matches!(sign, '-' | '\u{2212}')
}

/// The cells of an export are short and plain; this reads them in one loop of integer arithmetic and leaves all others to the full grammar.
#[inline]
fn read_short(text: &[u8], decimal: char) -> Option<Exact> {
    const MAX_DIGITS: usize = 18;
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > MAX_DIGITS {
        return None;
    }
    let mut mantissa = 0_i64;
    let mut point = None;
    for (index, byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            mantissa = mantissa * 10 + i64::from(digit);
        } else if char::from(*byte) == decimal && point.is_none() && index > 0 {
            point = Some(index);
        } else {
            return None;
        }
    }
    let scale = match point {
        Some(point) if point + 1 == digits.len() => return None,
        Some(point) => u32::try_from(digits.len() - point - 1).ok()?,
        None => 0,
    };
    Some(Exact::new(
        i128::from(if negative { -mantissa } else { mantissa }),
        scale,
    ))
}
