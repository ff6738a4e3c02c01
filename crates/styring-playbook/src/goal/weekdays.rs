//! What each weekday brings.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Serialize;
use styring_metrics::Measure;
use styring_money::{Exact, Sign};

use super::series::Series;
use super::{after, before};
use crate::Error;

/// The weight of each weekday: its mean over the weeks before a goal, Monday first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeekdayWeights {
    /// Over how many weeks.
    weeks: u32,
    weights: [Exact; 7],
}

/// A year, so that the weights are not those of another business.
const MOST_WEEKS: u32 = 52;
/// Fewer weeks than this would make one rainy Saturday the season.
const LEAST_WEEKS: u32 = 2;

impl WeekdayWeights {
    /// The weights from the whole weeks right before a day, at most 52 of them.
    pub(super) fn before(
        day: NaiveDate,
        results_first: NaiveDate,
        measure: Measure,
        measured: &impl Fn(NaiveDate, u32) -> Result<Series, Error>,
    ) -> Result<Self, Error> {
        if let Measure::Kpi(kpi) = measure {
            let expected = "straight for a ratio, which is not added up day by day";
            return Err(Error::invalid("pace", expected, format!("by weekday ({kpi})")));
        }
        let known = u32::try_from((day - results_first).num_days()).unwrap_or(0);
        let weeks = (known / 7).min(MOST_WEEKS);
        if weeks < LEAST_WEEKS {
            return Err(Error::NoWeekdayHistory { needed: LEAST_WEEKS * 7, days: known });
        }
        let (first, _) = before(day, weeks * 7);
        let mut weights = [const { Exact::ZERO }; 7];
        for (place, part) in (0..).zip(measured(first, weeks * 7)?.parts()) {
            let weekday = after(first, place).map_or(0, |day| day.weekday().num_days_from_monday());
            weights[weekday as usize] += &part.numerator;
        }
        let count = Exact::from(weeks);
        let weights = weights.map(|sum| sum.checked_div(&count).unwrap_or_default());
        if let Some(place) = weights.iter().position(|weight| weight.sign() == Sign::Negative) {
            let weekday = u8::try_from(place).ok().and_then(|place| Weekday::try_from(place).ok());
            let value = format!("{} on {}s", weights[place], weekday.map_or("", long));
            return Err(Error::invalid("mean of a weekday", "zero or above for a pace by weekday", value));
        }
        if weights.iter().all(Exact::is_zero) {
            return Err(Error::invalid("means of the weekdays", "above zero on at least one", 0));
        }
        Ok(Self { weeks, weights })
    }

    /// Over how many weeks the means were taken.
    pub fn weeks(&self) -> u32 {
        self.weeks
    }

    /// The mean of a weekday.
    pub fn of(&self, weekday: Weekday) -> &Exact {
        &self.weights[weekday.num_days_from_monday() as usize]
    }

    /// The weights of so many days from this one.
    pub(super) fn of_days(&self, first: NaiveDate, days: u32) -> Vec<Exact> {
        first.iter_days().take(days as usize).map(|day| self.of(day.weekday()).clone()).collect()
    }
}

fn long(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}
