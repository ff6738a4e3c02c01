use std::fmt;

use super::upload::{PhoneForm, UploadHash, UploadRule};
use crate::Error;
use crate::naming::characters::{is_dash, is_invisible};

/// A phone number in international form (ITU-T E.164): a calling code and a national number, at most 15 digits.
///
/// As with [`super::Email`], what was typed cannot be read back.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone {
    digits: String,
}

/// Why a text is not a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneProblem {
    /// No digit in it.
    #[error("it holds no digit")]
    Empty,
    /// A letter or another sign that no phone number is written with.
    #[error("a phone number is not written with {0:?}")]
    Sign(char),
    /// A national number, and nobody said of which country.
    #[error("it has no country code, and no country is given for national numbers")]
    NoCountry,
    /// Too few or too many digits.
    #[error("{digits} digits are not a number {of}")]
    Length {
        /// How many digits it has without calling code and trunk prefix; all digits where the country is not known.
        digits: usize,
        /// The country, or the international rule.
        of: &'static str,
    },
}

/// How national numbers of a country are written: what must be known to bring them to international form.
///
/// Only lengths are checked, not which ranges of numbers a country has handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    iso: &'static str,
    calling_code: &'static str,
    /// What is dialled before a national number inside the country, and never from abroad.
    trunk: &'static str,
    /// What is dialled before a foreign number, besides `+`.
    international: &'static str,
    /// Fewest and most digits of a national number.
    lengths: (usize, usize),
}

/// The numbering plans, from the national ones ITU-T publishes (operational bulletins; read 2026-11-25).
const REGIONS: [Region; 14] = [
    Region::NORWAY,
    Region { iso: "SE", calling_code: "46", trunk: "0", international: "00", lengths: (7, 9) },
    Region { iso: "DK", calling_code: "45", trunk: "", international: "00", lengths: (8, 8) },
    Region { iso: "FI", calling_code: "358", trunk: "0", international: "00", lengths: (5, 12) },
    Region { iso: "IS", calling_code: "354", trunk: "", international: "00", lengths: (7, 9) },
    Region { iso: "DE", calling_code: "49", trunk: "0", international: "00", lengths: (6, 13) },
    Region { iso: "GB", calling_code: "44", trunk: "0", international: "00", lengths: (9, 10) },
    Region { iso: "NL", calling_code: "31", trunk: "0", international: "00", lengths: (9, 9) },
    Region { iso: "FR", calling_code: "33", trunk: "0", international: "00", lengths: (9, 9) },
    Region { iso: "ES", calling_code: "34", trunk: "", international: "00", lengths: (9, 9) },
    Region { iso: "PL", calling_code: "48", trunk: "", international: "00", lengths: (9, 9) },
    Region { iso: "IT", calling_code: "39", trunk: "", international: "00", lengths: (6, 11) },
    Region { iso: "US", calling_code: "1", trunk: "1", international: "011", lengths: (10, 10) },
    Region { iso: "CA", calling_code: "1", trunk: "1", international: "011", lengths: (10, 10) },
];

impl Region {
    /// Norway: eight digits, no trunk prefix.
    pub const NORWAY: Self = Self { iso: "NO", calling_code: "47", trunk: "", international: "00", lengths: (8, 8) };

    /// The country by its ISO 3166-1 code, in any case: the Nordic countries, Germany, Britain, the Netherlands, France, Spain, Poland, Italy, the United States and Canada.
    ///
    /// Numbers of other countries are read in their international form.
    pub fn from_iso(code: &str) -> Option<Self> {
        REGIONS.into_iter().find(|region| region.iso.eq_ignore_ascii_case(code))
    }

    /// The ISO 3166-1 code.
    pub fn iso(&self) -> &'static str {
        self.iso
    }

    /// The country calling code, without `+`.
    pub fn calling_code(&self) -> &'static str {
        self.calling_code
    }

    /// The national number without its trunk prefix, if the length is right.
    fn national<'a>(&self, digits: &'a str) -> Result<&'a str, PhoneProblem> {
        let fits = |digits: &str| (self.lengths.0..=self.lengths.1).contains(&digits.len());
        let bare = digits.strip_prefix(self.trunk).filter(|bare| fits(bare));
        bare.or(Some(digits).filter(|digits| fits(digits) && (self.trunk.is_empty() || !digits.starts_with(self.trunk))))
            .ok_or(PhoneProblem::Length { digits: digits.len(), of: self.iso })
    }
}

impl Phone {
    /// Reads a number as people write it: blanks, dashes, dots, slashes and brackets go, `00` counts as `+`, and a number without either belongs to `national`.
    ///
    /// A trunk prefix goes where the country has one: `+44 (0)20 7031 3000` and `020 7031 3000` are the same number. So do `4792012345` and `92012345` in Norway: a calling code without its
    /// `+` is known by the length.
    ///
    /// # Errors
    ///
    /// [`Error::Phone`] says what is wrong; the number itself is not in the message.
    ///
    /// ```
    /// use styring_segments::keys::{Phone, Region};
    ///
    /// let number = Phone::parse("+47 920 12 345", None)?;
    /// for same in ["92012345", "0047 92 01 23 45", "(+47) 920-12-345", "4792012345"] {
    ///     assert_eq!(Phone::parse(same, Some(&Region::NORWAY))?, number);
    /// }
    /// let error = Phone::parse("92012345", None).unwrap_err();
    /// assert_eq!(error.to_string(), "the phone number cannot be used: it has no country code, and no country is given for national numbers");
    /// # Ok::<(), styring_segments::Error>(())
    /// ```
    pub fn parse(text: &str, national: Option<&Region>) -> Result<Self, Error> {
        Self::read(text, national).map_err(|problem| Error::Phone { problem })
    }

    fn read(text: &str, national: Option<&Region>) -> Result<Self, PhoneProblem> {
        let mut digits = String::new();
        let mut plus = false;
        for character in text.chars().filter(|character| !is_invisible(*character) && !character.is_whitespace()) {
            match character {
                '0'..='9' => digits.push(character),
                '+' if digits.is_empty() && !plus => plus = true,
                '.' | '/' | '(' | ')' => {}
                dash if is_dash(dash) => {}
                other => return Err(PhoneProblem::Sign(other)),
            }
        }
        if digits.is_empty() {
            return Err(PhoneProblem::Empty);
        }
        let abroad = national.map_or("00", |region| region.international);
        if let Some(number) = if plus { Some(digits.as_str()) } else { digits.strip_prefix(abroad) } {
            return Self::international(number);
        }
        let region = national.ok_or(PhoneProblem::NoCountry)?;
        let number = match region.national(&digits) {
            Ok(number) => number,
            Err(problem) => {
                digits.strip_prefix(region.calling_code).and_then(|rest| region.national(rest).ok()).ok_or(problem)?
            }
        };
        Ok(Self { digits: format!("{}{number}", region.calling_code) })
    }

    fn international(digits: &str) -> Result<Self, PhoneProblem> {
        if let Some(region) = REGIONS.iter().find(|region| digits.starts_with(region.calling_code)) {
            let number = region.national(&digits[region.calling_code.len()..])?;
            return Ok(Self { digits: format!("{}{number}", region.calling_code) });
        }
        // No calling code begins with 0; the shortest numbers there are have seven digits with it (St Helena, Niue).
        if digits.starts_with('0') || !(7..=15).contains(&digits.len()) {
            return Err(PhoneProblem::Length { digits: digits.len(), of: "in international form" });
        }
        Ok(Self { digits: digits.to_owned() })
    }

    /// The SHA-256 hash of the number under a platform's rule; none where the platform takes no phone numbers.
    pub fn hash(&self, rule: &UploadRule) -> Option<UploadHash> {
        let written = match rule.phone()? {
            PhoneForm::E164 => format!("+{}", self.digits),
            PhoneForm::Digits => self.digits.clone(),
        };
        Some(UploadHash::of(written.as_bytes(), rule.encoding()))
    }

    pub(super) fn digits(&self) -> &str {
        &self.digits
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}
