use chrono::{Days, NaiveDate};
use styring_money::{Currency, Exact, Sign};
use styring_triangle::Increments;

use crate::{Error, Fact, Facts, RollUp, Row};

/// Clicks by day, and what they led to by how many days later: what is needed to tell a poor week from a young one.
///
/// A commutative monoid, exact; partitions are [merged](Self::merge). It holds results of one kind (conversions, orders, leads, new customers), because each kind has a
/// delay of its own.
///
/// ```
/// use chrono::NaiveDate;
/// use styring_metrics::{ClickCohorts, Fact, Row};
/// use styring_money::Currency;
///
/// let day = |day| NaiveDate::from_ymd_opt(2026, 9, day).expect("a date");
/// let mut cohorts = ClickCohorts::new(Fact::Orders, Currency::NOK)?;
/// cohorts.add_day(day(1), &Row { spend: "NOK 900.00".parse().ok(), clicks: Some(300), ..Row::default() })?;
/// cohorts.add(day(1), day(4), &2.into())?; // clicked on the 1st, ordered on the 4th
/// assert!(cohorts.add(day(4), day(1), &1.into()).is_err());
/// # Ok::<(), styring_metrics::Error>(())
/// ```
///
/// What it answers is [`maturity`](Self::maturity).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::ClickCohorts"))]
pub struct ClickCohorts {
    pub(crate) result: Fact,
    pub(crate) days: RollUp<NaiveDate>,
    /// By day of the click, and days since.
    pub(crate) results: Increments<NaiveDate>,
}

/// Which day a platform books a result on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "there are two ends to a delay")]
pub enum Dating {
    /// The day of the click: the default of Google Ads. The last weeks always look worse than they will be.
    Click,
    /// The day of the conversion. A week then holds the results of older clicks, and its cost per result is of no clicks in particular.
    Conversion,
}

/// A day or a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "months are not all of one length")]
pub enum Period {
    /// A day.
    #[default]
    Day,
    /// Seven days; as a cohort, from Monday to Sunday.
    Week,
}

impl Period {
    /// How many days it has.
    pub fn days(self) -> u32 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
        }
    }
}

impl ClickCohorts {
    /// No clicks yet. Errors: a result that is not [`Fact::Conversions`], `Orders`, `Leads` or `NewCustomers`.
    pub fn new(result: Fact, currency: Currency) -> Result<Self, Error> {
        if !matches!(result, Fact::Conversions | Fact::Orders | Fact::Leads | Fact::NewCustomers) {
            let (field, expected) = ("result of click cohorts", "conversions, orders, leads or new_customers");
            return Err(Error::OutOfRange { field, expected, value: result.name().to_owned() });
        }
        Ok(Self { result, days: RollUp::new(currency), results: Increments::none() })
    }

    /// Adds what was delivered on a day: spend, clicks, impressions. Every day with spend must come, also those that led to nothing. What the row says of the results themselves is
    /// not used: it is dated by the platform, and as old as the export.
    ///
    /// Errors: another currency.
    pub fn add_day(&mut self, day: NaiveDate, row: &Row) -> Result<(), Error> {
        self.days.add(day, row)
    }

    /// Adds what was delivered on a day, merged already. Errors: another currency.
    pub fn add_facts(&mut self, day: NaiveDate, facts: &Facts) -> Result<(), Error> {
        if facts.currency() != self.days.currency() {
            let (left, right) = (self.days.currency(), facts.currency());
            return Err(Error::CurrencyMismatch { field: "facts", left, right });
        }
        self.days.group(day).merge(facts)
    }

    /// Adds results by the day of the click and the day of the result. They may be fractional.
    ///
    /// Errors: a result before its click; a count below zero (a result that is taken back never was one: leave it out).
    pub fn add(&mut self, clicked: NaiveDate, converted: NaiveDate, count: &Exact) -> Result<(), Error> {
        let lag = u32::try_from((converted - clicked).num_days()).map_err(|_| Error::OutOfRange {
            field: "day of the result",
            expected: "on or after the day of the click",
            value: format!("{converted}, clicked {clicked}"),
        })?;
        self.add_cell(clicked, lag, count)
    }

    /// Adds results by one day and the delay, as exports have it: `lag` whole days or weeks between click and result, and the day that is given is that of `dating`.
    /// Delays in weeks ask for [weekly lags](ConversionWindow::lags) later.
    ///
    /// Errors: as [`add`](Self::add); a day beyond the calendar.
    pub fn add_lagged(
        &mut self,
        dating: Dating,
        day: NaiveDate,
        lag: u32,
        unit: Period,
        count: &Exact,
    ) -> Result<(), Error> {
        let fault = || Error::OutOfRange {
            field: "lag",
            expected: "within the calendar",
            value: format!("{lag} times {} days from {day}", unit.days()),
        };
        let days = lag.checked_mul(unit.days()).ok_or_else(fault)?;
        let clicked = match dating {
            Dating::Click => Some(day),
            Dating::Conversion => day.checked_sub_days(Days::new(days.into())),
        };
        self.add_cell(clicked.ok_or_else(fault)?, days, count)
    }

    fn add_cell(&mut self, clicked: NaiveDate, lag: u32, count: &Exact) -> Result<(), Error> {
        if count.sign() == Sign::Negative {
            let (field, expected) = ("results", "zero or above");
            return Err(Error::OutOfRange { field, expected, value: count.to_string() });
        }
        self.results.add(clicked, lag, count);
        Ok(())
    }

    /// Adds everything of `other`. Errors: another currency, or results of another kind; nothing has been added then.
    pub fn merge(&mut self, other: Self) -> Result<(), Error> {
        if self.result != other.result {
            let (field, expected) = ("result of click cohorts", "of the same kind in both");
            let value = format!("{} and {}", self.result, other.result);
            return Err(Error::OutOfRange { field, expected, value });
        }
        self.days.merge(other.days)?;
        self.results.merge(other.results);
        Ok(())
    }

    /// What is counted.
    pub fn result(&self) -> Fact {
        self.result
    }
}

/// Within how long after a click a result counts, and how finely it is looked at.
///
/// `ConversionWindow::days(30)` looks day by day, and is right for most. Weekly lags hold fewer factors, for delays of months or sources that know weeks only; weekly cohorts
/// leave fewer cohorts with nothing in them, of which Mack's errors know nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct ConversionWindow {
    /// Days from the click in which a result counts, the click's own day being the first; 30 is usual, 10 000 the most.
    pub days: u32,
    /// Clicks of which period are followed together.
    pub cohorts: Period,
    /// In which steps they are followed.
    pub lags: Period,
}

impl ConversionWindow {
    /// A window of so many days, looked at day by day.
    pub fn days(days: u32) -> Self {
        Self { days, cohorts: Period::Day, lags: Period::Day }
    }

    /// How many ages the window has.
    pub(crate) fn ages(self) -> u32 {
        self.days.div_ceil(self.lags.days())
    }

    /// How many ages are over when so many days have been observed.
    pub(crate) fn whole_ages(self, days: i64) -> u32 {
        match u32::try_from(days.max(0)) {
            Ok(days) if days < self.days => days / self.lags.days(),
            _ => self.ages(),
        }
    }
}

#[cfg(feature = "serde")]
mod stored {
    //! What comes from outside goes through the same door as everything else.

    use chrono::NaiveDate;
    use styring_triangle::Increments;

    use crate::{Error, Fact, RollUp};

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct ClickCohorts {
        result: Fact,
        days: RollUp<NaiveDate>,
        results: Increments<NaiveDate>,
    }

    impl TryFrom<ClickCohorts> for super::ClickCohorts {
        type Error = Error;

        fn try_from(stored: ClickCohorts) -> Result<Self, Error> {
            let mut cohorts = Self::new(stored.result, stored.days.currency())?;
            cohorts.days = stored.days;
            for (day, lag, count) in stored.results.cells() {
                cohorts.add_cell(*day, lag, count)?;
            }
            Ok(cohorts)
        }
    }
}
