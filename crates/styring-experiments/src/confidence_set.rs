use std::fmt;

/// The values of an effect that the data do not contradict.
///
/// Usually an interval; a ratio whose denominator may be zero can also leave everything outside an interval, or everything (Fieller 1954), and a one-sided answer a half line.
/// Every form is closed. An interval with infinite ends is made the form it is, so that two equal sets are equal values.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "there are no other closed sets with at most two ends")]
pub enum ConfidenceSet {
    /// From `low` to `high`.
    Interval {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// This and everything above.
    AtLeast(f64),
    /// This and everything below.
    AtMost(f64),
    /// All but what lies between: up to `below`, and from `above`.
    Outside {
        /// The end of the lower part.
        below: f64,
        /// The beginning of the upper part.
        above: f64,
    },
    /// Nothing is contradicted.
    Everything,
}

impl ConfidenceSet {
    /// From one end to the other, either of which may be infinite; the ends in any order. An end that is no number is taken for an infinite one: it contradicts nothing.
    pub fn between(one: f64, other: f64) -> Self {
        let (low, high) = match (one.is_nan(), other.is_nan()) {
            (true, _) => (f64::NEG_INFINITY, other),
            (_, true) => (one, f64::INFINITY),
            _ => (one.min(other), one.max(other)),
        };
        match (low > f64::NEG_INFINITY, high < f64::INFINITY) {
            (true, true) => Self::Interval { low, high },
            (true, false) => Self::AtLeast(low),
            (false, true) => Self::AtMost(high),
            (false, false) => Self::Everything,
        }
    }

    /// Whether a value is among them.
    pub fn contains(self, value: f64) -> bool {
        match self {
            Self::Interval { low, high } => low <= value && value <= high,
            Self::AtLeast(low) => value >= low,
            Self::AtMost(high) => value <= high,
            Self::Outside { below, above } => value <= below || value >= above,
            Self::Everything => !value.is_nan(),
        }
    }

    /// The smallest and the largest value; infinite where there is none.
    pub fn ends(self) -> (f64, f64) {
        match self {
            Self::Interval { low, high } => (low, high),
            Self::AtLeast(low) => (low, f64::INFINITY),
            Self::AtMost(high) => (f64::NEG_INFINITY, high),
            Self::Outside { .. } | Self::Everything => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }

    /// The set of all values times a factor.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        match self {
            Self::Outside { below, above } => {
                let (one, other) = (below * factor, above * factor);
                Self::Outside { below: one.min(other), above: one.max(other) }
            }
            Self::Everything => Self::Everything,
            _ => {
                let (low, high) = self.ends();
                Self::between(low * factor, high * factor)
            }
        }
    }

    /// The set of all values plus an amount.
    #[must_use]
    pub fn plus(self, amount: f64) -> Self {
        match self {
            Self::Outside { below, above } => Self::Outside { below: below + amount, above: above + amount },
            _ => self.map(|value| value + amount),
        }
    }

    /// What of the set lies between the smallest and the largest value that there is; an end beyond them becomes them.
    #[must_use]
    pub(crate) fn within(self, least: f64, most: f64) -> Self {
        if let Self::Outside { .. } = self {
            return self;
        }
        let (low, high) = self.ends();
        Self::between(low.clamp(least, most), high.clamp(least, most))
    }

    /// The set of all reciprocals: of kroner per conversion, where this is conversions per krone.
    ///
    /// An interval around zero becomes everything outside an interval (Fieller 1954). Zero itself has none; the set of nothing but zero, of which nothing can be said, becomes everything.
    #[must_use]
    pub fn reciprocal(self) -> Self {
        let upper = |low: f64, high: f64| Self::between(1.0 / high, if low == 0.0 { f64::INFINITY } else { 1.0 / low });
        match self {
            Self::Everything => Self::Everything,
            Self::Outside { below, above } if below < 0.0 && above > 0.0 => {
                Self::Interval { low: 1.0 / below, high: 1.0 / above }
            }
            // Everything but a gap on one side of zero: the gap of the reciprocals lies on that side too.
            Self::Outside { below, above } if below > 0.0 => Self::Outside { below: 1.0 / above, above: 1.0 / below },
            Self::Outside { below, above } if above < 0.0 => Self::Outside { below: 1.0 / above, above: 1.0 / below },
            Self::Outside { below: 0.0, above } => Self::AtMost(1.0 / above),
            Self::Outside { below, .. } => Self::AtLeast(1.0 / below),
            _ => {
                let (low, high) = self.ends();
                if low >= 0.0 && high > 0.0 {
                    upper(low, high)
                } else if high <= 0.0 && low < 0.0 {
                    upper(-high, -low).times(-1.0)
                } else if low < 0.0 && high > 0.0 {
                    match (low.is_finite(), high.is_finite()) {
                        (true, true) => Self::Outside { below: 1.0 / low, above: 1.0 / high },
                        (true, false) => Self::Outside { below: 1.0 / low, above: 0.0 },
                        (false, true) => Self::Outside { below: 0.0, above: 1.0 / high },
                        (false, false) => Self::Everything,
                    }
                } else {
                    Self::Everything
                }
            }
        }
    }

    /// The set under a function that rises everywhere, such as the exponential.
    #[must_use]
    pub fn map(self, rising: impl Fn(f64) -> f64) -> Self {
        match self {
            Self::Interval { low, high } => Self::between(rising(low), rising(high)),
            Self::AtLeast(low) => Self::between(rising(low), f64::INFINITY),
            Self::AtMost(high) => Self::between(f64::NEG_INFINITY, rising(high)),
            Self::Outside { below, above } => Self::Outside { below: rising(below), above: rising(above) },
            Self::Everything => Self::Everything,
        }
    }
}

impl fmt::Display for ConfidenceSet {
    /// With the precision that is asked for: `format!("{set:.2}")`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |f: &mut fmt::Formatter<'_>, value: f64| match f.precision() {
            Some(places) => write!(f, "{value:.places$}"),
            None => write!(f, "{value}"),
        };
        match *self {
            Self::Interval { low, high } => {
                number(f, low)?;
                f.write_str(" to ")?;
                number(f, high)
            }
            Self::AtLeast(low) => {
                f.write_str("at least ")?;
                number(f, low)
            }
            Self::AtMost(high) => {
                f.write_str("at most ")?;
                number(f, high)
            }
            Self::Outside { below, above } => {
                f.write_str("at most ")?;
                number(f, below)?;
                f.write_str(" or at least ")?;
                number(f, above)
            }
            Self::Everything => f.write_str("anything"),
        }
    }
}
