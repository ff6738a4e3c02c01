//! Exact amounts in little memory.

use styring_money::Exact;

use crate::tally::Sum;

/// An exact amount in sixteen bytes where it is a decimal of ordinary length, on the heap where it is not. An accumulator holds one for every day of every
/// customer, which would be half as much again as an [`Exact`].
#[derive(Debug, Clone)]
pub(crate) enum Amount {
    /// `mantissa × 10^-scale`.
    Short { mantissa: i64, scale: u8 },
    /// Fractions, and what no `i64` holds.
    Long(Box<Exact>),
}

impl Amount {
    pub(crate) const ZERO: Self = Self::Short { mantissa: 0, scale: 0 };

    pub(crate) fn exact(&self) -> Exact {
        match self {
            Self::Short { mantissa, scale } => Exact::new((*mantissa).into(), *scale),
            Self::Long(exact) => (**exact).clone(),
        }
    }
}

impl From<Exact> for Amount {
    fn from(exact: Exact) -> Self {
        let short = exact.to_decimal().and_then(|decimal| {
            Some(Self::Short { mantissa: decimal.mantissa().try_into().ok()?, scale: decimal.scale().try_into().ok()? })
        });
        short.unwrap_or_else(|| Self::Long(Box::new(exact)))
    }
}

impl Sum for Amount {
    fn plus(&mut self, more: &Self) {
        if let (Self::Short { mantissa: sum, scale }, Self::Short { mantissa, scale: other_scale }) = (&mut *self, more)
            && scale == other_scale
            && let Some(total) = sum.checked_add(*mantissa)
        {
            *sum = total;
        } else {
            *self = (&self.exact() + &more.exact()).into();
        }
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.exact() == other.exact()
    }
}

impl Eq for Amount {}

#[cfg(feature = "serde")]
impl serde::Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.exact().serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Amount {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Exact::deserialize(deserializer).map(Self::from)
    }
}
