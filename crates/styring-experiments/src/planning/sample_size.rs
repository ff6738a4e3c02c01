use super::Allocation;
use crate::Error;

/// How many visitors it takes.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SampleSize {
    exact: f64,
    arms: Vec<u64>,
}

impl SampleSize {
    pub(crate) fn new(exact: f64, allocation: &Allocation) -> Result<Self, Error> {
        // 2^53: beyond, visitors cannot be counted one by one.
        if !(exact > 0.0 && exact < 9.0e15) {
            return Err(Error::NotFound { what: "a sample size below 9e15", steps: 0 });
        }
        // A rounding in the last place is no visitor.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number in range")]
        let whole = |share: &f64| (share * exact * (1.0 - 4.0 * f64::EPSILON)).ceil() as u64;
        Ok(Self { exact, arms: allocation.shares().iter().map(whole).collect() })
    }

    /// The visitors of all arms at which the power is just reached, not rounded.
    pub fn exact(&self) -> f64 {
        self.exact
    }

    /// The visitors of each arm, the control first.
    pub fn arms(&self) -> &[u64] {
        &self.arms
    }

    /// The visitors of all arms.
    pub fn total(&self) -> u64 {
        self.arms.iter().sum()
    }

    /// How long that takes with so many visitors a day in all arms.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless there are more than 0, or so few that it takes more than a billion days.
    pub fn duration(&self, visitors_per_day: f64) -> Result<Duration, Error> {
        let days = self.total() as f64 / visitors_per_day;
        if !(visitors_per_day > 0.0 && visitors_per_day.is_finite() && days < 1e9) {
            return Err(Error::range("visitors_per_day", "above 0 and enough", visitors_per_day));
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number in range")]
        Ok(Duration { days: days.ceil() as u64 })
    }
}

/// How long a test runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Duration {
    days: u64,
}

impl Duration {
    /// Full days.
    pub fn days(self) -> u64 {
        self.days
    }

    /// Full weeks: every weekday counts as often as every other.
    pub fn whole_weeks(self) -> u64 {
        self.days.div_ceil(7)
    }
}
