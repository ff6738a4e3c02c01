/// How many different people were reached.
///
/// Reach is not additive: people reached by two channels, or on two days, are counted once in the reach of both. There is no `+`; put the impressions together instead
/// ([`ImpressionLog::merge`](crate::ImpressionLog::merge)), or bound the union from overlaps ([`Overlaps::sharp`](crate::Overlaps::sharp)).
///
/// ```compile_fail
/// use styring_reach::Reach;
/// let both = Reach::people(700) + Reach::people(500);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Reach(u64);

impl Reach {
    /// So many people.
    pub const fn people(people: u64) -> Self {
        Self(people)
    }

    /// How many people.
    pub const fn count(self) -> u64 {
        self.0
    }

    /// The share of a universe, between 0 and 1.
    ///
    /// Errors: a universe of nobody, or of fewer people than were reached.
    pub fn share_of(self, universe: u64) -> Result<f64, crate::Error> {
        if universe == 0 || universe < self.0 {
            let expected = "at least one, and at least the people reached";
            return Err(crate::Error::OutOfRange { field: "universe", expected, value: universe.to_string() });
        }
        Ok(self.0 as f64 / universe as f64)
    }
}

impl std::fmt::Display for Reach {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} people", self.0)
    }
}

/// Impressions per person reached, at least 1 where anybody was reached.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "there is an average or nobody to average over")]
pub enum AverageFrequency {
    /// So many.
    Of(f64),
    /// Nobody was reached, so there is nothing to average over.
    NobodyReached,
}

impl AverageFrequency {
    pub(crate) fn from_parts(exposures: f64, reached: f64) -> Self {
        if reached > 0.0 { Self::Of((exposures / reached).max(1.0)) } else { Self::NobodyReached }
    }

    /// The number, where there is one.
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Of(frequency) => Some(frequency),
            Self::NobodyReached => None,
        }
    }
}
