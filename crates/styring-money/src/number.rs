use std::cmp::Ordering;

use num_bigint::BigInt;

use crate::error::NumberFault;
use crate::{Error, Exact};

/// How numbers are written in a text: the decimal sign and what may stand between groups of three digits.
///
/// The grammar is strict: an optional minus (`-` or `−`), digits, and optionally the decimal sign with digits after it. Exponents, plus signs and
/// underscores are refused, because each of them means that somebody's software has already touched the number. All digits are kept, up to a length at
/// which no text is a number any more ([`LONGEST`](Self::LONGEST)).
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Signs", into = "Signs"))]
pub struct NumberFormat {
    decimal: char,
    group: Option<char>,
}

impl NumberFormat {
    /// The most bytes that are read as one number. Longer texts are refused: reading them takes time that grows with the square of their length.
    pub const LONGEST: usize = 10_000;

    /// `1234.50`, without separators.
    pub const PLAIN: Self = Self { decimal: '.', group: None };

    /// `1 234,50`. A separator ` ` stands for any of the three spaces in use: U+0020, U+00A0 and U+202F.
    pub const NORWEGIAN: Self = Self { decimal: ',', group: Some(' ') };

    /// A format with this decimal sign and group separator; `None` if they are equal, or a digit or a minus.
    pub fn new(decimal: char, group: Option<char>) -> Option<Self> {
        let free = |sign: char| !sign.is_ascii_digit() && !is_minus(sign);
        let valid = free(decimal) && group.is_none_or(|group| free(group) && group != decimal);
        valid.then_some(Self { decimal, group })
    }

    /// Reads a number.
    pub fn parse(self, text: &str) -> Result<Exact, Error> {
        self.read(text.as_bytes()).map_err(|reason| Error::InvalidNumber { text: text.to_owned(), reason })
    }

    /// Reads a number from the bytes of a cell; the error names only what is wrong, for callers that name the place themselves.
    ///
    /// Cost: one pass over the bytes.
    pub fn read(self, cell: &[u8]) -> Result<Exact, NumberFault> {
        self.read_any(std::str::from_utf8(cell).map_err(|_| NumberFault::NotText)?)
    }

    /// Reads the number in the cell `buffer[start..end]` if it is short and plain, as nearly all cells of an export are: at most eight characters, no separators.
    /// `None` says nothing but to ask [`read`](Self::read).
    ///
    /// It takes the buffer and not the cell because it looks at eight bytes at once, whatever the cell's length, so that there is no loop whose end the processor
    /// would have to guess; a cell that ends within the first eight bytes of the buffer is left to `read`. Source: Lemire 2018, "Quickly parsing eight digits".
    #[inline]
    pub fn read_short(self, buffer: &[u8], start: usize, end: usize) -> Option<ShortDecimal> {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const ZEROS: u64 = 0x30 * ONES;
        const TOPS: u64 = 0x80 * ONES;
        let negative = *buffer.get(start)? == b'-';
        let length = end.wrapping_sub(start).wrapping_sub(usize::from(negative));
        if length.wrapping_sub(1) > 7 {
            return None;
        }
        // The last digit comes last in the word; what stands before the cell becomes zeros.
        let before = 8 * (8 - length);
        let word = u64::from_le_bytes(*buffer.get(..end)?.last_chunk()?);
        let mut word = word >> before << before | (ZEROS >> 8) >> (56 - before);
        let mut decimals = 0;
        // A byte is zero where the decimal sign stands.
        let signs = word ^ ((self.decimal as u64 & 0xff) * ONES);
        let found = signs.wrapping_sub(ONES) & !signs & TOPS;
        if found != 0 {
            let point = found.trailing_zeros() & !7;
            decimals = 7 - point / 8;
            // `.5` and `5.` go to the full grammar, which refuses them.
            if decimals == 0 || point as usize == before || !self.decimal.is_ascii() {
                return None;
            }
            let whole = word & ((1 << point) - 1);
            word = word >> point >> 8 << point << 8 | whole << 8 | 0x30;
        }
        let digits = word.wrapping_sub(ZEROS);
        if (word.wrapping_add(0x46 * ONES) | digits) & TOPS != 0 {
            return None;
        }
        // Neighbours are joined three times: digits to pairs, pairs to fours, fours to the number.
        let pairs = (digits.wrapping_mul(10).wrapping_add(digits >> 8)) & 0x00ff_00ff_00ff_00ff;
        let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_ffff_0000_ffff;
        let number = (fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) & 0xffff_ffff;
        let number = number.cast_signed();
        Some(ShortDecimal { mantissa: if negative { -number } else { number }, decimals })
    }

    fn read_any(self, text: &str) -> Result<Exact, NumberFault> {
        if text.len() > Self::LONGEST {
            return Err(NumberFault::TooLong { length: text.len() });
        }
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
                return Err(NumberFault::Unexpected { found, position: index + 1 });
            }
        }
        if digits.len() == first || scale == Some(0) {
            return Err(NumberFault::Empty);
        }
        if group.is_some_and(|run| run != 3) {
            return Err(NumberFault::Grouping);
        }
        let scale = scale.unwrap_or(0);
        let mantissa = digits.parse::<BigInt>().map_err(|_| NumberFault::Empty)?;
        Ok(Exact::from_digits(mantissa, scale))
    }

    fn is_separator(self, sign: char) -> bool {
        match self.group {
            Some(' ') => matches!(sign, ' ' | '\u{a0}' | '\u{202f}'),
            Some(group) => sign == group,
            None => false,
        }
    }
}

/// A format as it is stored.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Signs {
    decimal: char,
    group: Option<char>,
}

#[cfg(feature = "serde")]
impl From<NumberFormat> for Signs {
    fn from(format: NumberFormat) -> Self {
        Self { decimal: format.decimal, group: format.group }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Signs> for NumberFormat {
    type Error = &'static str;

    fn try_from(signs: Signs) -> Result<Self, Self::Error> {
        Self::new(signs.decimal, signs.group).ok_or("decimal sign and group separator must be two different signs")
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

/// A decimal of at most eight characters, as most cells of an export are. Adding one to an [`Exact`] is one integer addition.
///
/// ```
/// use styring_money::{Exact, NumberFormat};
///
/// let row = b"VG,675.64,16228,15020";
/// let cell = NumberFormat::PLAIN.read_short(row, 3, 9).expect("short and plain");
/// let mut total = Exact::ZERO;
/// total += cell;
/// assert_eq!(total.to_string(), "675.64");
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct ShortDecimal {
    pub(crate) mantissa: i64,
    pub(crate) decimals: u32,
}

impl ShortDecimal {
    /// Whether the value is zero.
    #[inline]
    pub fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Whether the value is below zero.
    #[inline]
    pub fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Whether the value is a whole number of zero or above, written without decimals.
    #[inline]
    pub fn is_count(self) -> bool {
        self.decimals == 0 && self.mantissa >= 0
    }

    /// Whether the value has more than this many decimals; see [`Exact::is_finer_than`].
    #[inline]
    pub fn is_finer_than(self, places: u8) -> bool {
        self.decimals > u32::from(places) && Exact::from(self).is_finer_than(places)
    }
}

impl PartialEq for ShortDecimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for ShortDecimal {}

impl PartialOrd for ShortDecimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ShortDecimal {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        // Eight characters have at most seven decimals, so both still fit when one is widened to the decimals of the other.
        let widen = |short: &Self, to: &Self| short.mantissa * 10_i64.pow(to.decimals.saturating_sub(short.decimals));
        if self.decimals == other.decimals {
            self.mantissa.cmp(&other.mantissa)
        } else {
            widen(self, other).cmp(&widen(other, self))
        }
    }
}
