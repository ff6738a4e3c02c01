//! Text in both directions: a JSON number would be read as a binary float on the other side.

use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::{Currency, Exact, Money, Share, Unrounded};

macro_rules! as_text {
    ($($kind:ty),*) => {$(
        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::from_str(&text).map_err(D::Error::custom)
            }
        }
    )*};
}
as_text!(Currency, Money, Unrounded);

/// Exact numbers go out as text. They come in as text, or as a number of a format that people write by hand, by its shortest decimal form: `0.2` is two
/// tenths. A number that shows more digits than every `f64` keeps has perhaps lost some on its way here, and is refused; one that lost them without a trace (the
/// seventeenth digit of a fraction) cannot be told from what it became, so exact numbers of such length belong in quotes.
impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(ExactVisitor)
        } else {
            deserializer.deserialize_str(ExactVisitor)
        }
    }
}

struct ExactVisitor;

impl Visitor<'_> for ExactVisitor {
    type Value = Exact;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a number, as text or plain")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Exact, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Exact, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Exact, E> {
        Ok(value.into())
    }

    fn visit_i128<E>(self, value: i128) -> Result<Exact, E> {
        Ok(value.into())
    }

    fn visit_u128<E: serde::de::Error>(self, value: u128) -> Result<Exact, E> {
        value.to_string().parse().map_err(E::custom)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Exact, E> {
        let text = value.to_string();
        let digits = text.trim_start_matches(['-', '0', '.']).trim_end_matches(['0', '.']);
        let shown = digits.bytes().filter(u8::is_ascii_digit).count();
        // Above 2^53 not even every whole number is an `f64`.
        if shown > f64::DIGITS as usize || value.abs() >= 9_007_199_254_740_992.0 {
            return Err(E::custom(format!(
                "{text} may have lost digits as a plain number: write it as text, in quotes"
            )));
        }
        text.parse().map_err(E::custom)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.exact().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Share::new(Exact::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
