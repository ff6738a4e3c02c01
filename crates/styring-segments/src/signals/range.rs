use std::fmt;
use std::str::FromStr;

use crate::Error;
use crate::naming::characters::is_dash;

/// A range of temperatures in whole degrees Celsius: «under 0 °C», «0–10 °C», «minst 20 °C».
///
/// The lower end belongs to it, the upper does not, so that neighbours share no temperature. What is measured stands between −100 and 100 °C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
pub struct Degrees {
    from: Option<i8>,
    below: Option<i8>,
}

impl Degrees {
    /// At least `from`, and less than `below`; one of them may be left out.
    ///
    /// # Errors
    ///
    /// [`Error::Signal`] unless there is a temperature in it, and one outside.
    pub fn new(from: Option<i8>, below: Option<i8>) -> Result<Self, Error> {
        let stands = |end: Option<i8>| end.is_none_or(|end| (-100..=100).contains(&end));
        let empty =
            matches!((from, below), (Some(from), Some(below)) if from >= below) || (from.is_none() && below.is_none());
        if empty || !stands(from) || !stands(below) {
            return Err(Error::Signal { field: "temperature", value: format!("from {from:?} below {below:?}") });
        }
        Ok(Self { from, below })
    }

    /// Whether a temperature lies in the range.
    pub fn holds(self, celsius: f64) -> bool {
        self.from.is_none_or(|from| celsius >= f64::from(from))
            && self.below.is_none_or(|below| celsius < f64::from(below))
    }
}

impl fmt::Display for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |end: i8| end.to_string().replace('-', "−");
        match (self.from, self.below) {
            (Some(from), Some(below)) => write!(f, "{}–{} °C", written(from), written(below)),
            (Some(from), None) => write!(f, "minst {} °C", written(from)),
            (None, Some(below)) => write!(f, "under {} °C", written(below)),
            // No constructor makes it.
            (None, None) => Ok(()),
        }
    }
}

impl FromStr for Degrees {
    type Err = Error;

    /// Reads «under 0 °C», «minst 20 °C», «0–10 °C», and the same with a hyphen, without the blank, or with `below` and `at least`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::Signal { field: "temperature", value: text.to_owned() };
        let lower: String =
            text.to_lowercase().chars().map(|character| if is_dash(character) { '-' } else { character }).collect();
        let bare = lower.trim().trim_end_matches('c').trim_end_matches('°').trim();
        let number = |text: &str| text.trim().parse::<i8>().map_err(|_| wrong());
        for word in ["under ", "below "] {
            if let Some(end) = bare.strip_prefix(word) {
                return Self::new(None, Some(number(end)?)).map_err(|_| wrong());
            }
        }
        for word in ["minst ", "at least "] {
            if let Some(end) = bare.strip_prefix(word) {
                return Self::new(Some(number(end)?), None).map_err(|_| wrong());
            }
        }
        // The first dash after a digit divides; one before a digit is a sign.
        let divide = bare
            .char_indices()
            .skip(1)
            .find(|(_, character)| *character == '-')
            .map(|(place, _)| place)
            .ok_or_else(wrong)?;
        Self::new(Some(number(&bare[..divide])?), Some(number(&bare[divide + 1..])?)).map_err(|_| wrong())
    }
}

impl TryFrom<String> for Degrees {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Degrees> for String {
    fn from(degrees: Degrees) -> Self {
        degrees.to_string()
    }
}
