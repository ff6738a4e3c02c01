use std::collections::BTreeMap;

use chrono::NaiveDate;
use styring_metrics::{Frequency, RollUp};

use crate::{Error, Plan};

/// Where a row of results belongs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Group {
    /// The week of the plan, from one.
    pub week: u32,
    /// The channel, by its name in the plan.
    pub channel: String,
    /// The segment; empty if there is none.
    pub segment: String,
    /// The creative; empty if there is none.
    pub creative: String,
}

/// Where a row of results belongs, day by day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct DayGroup {
    /// The day.
    pub day: NaiveDate,
    /// The channel, by its name in the plan.
    pub channel: String,
}

/// What is known when a week is reviewed.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Results {
    /// All results, rolled up.
    pub facts: RollUp<Group>,
    /// How often people were met, by channel and week.
    pub frequency: BTreeMap<(String, u32), Frequency>,
    /// Which days the results cover.
    pub span: Span,
}

/// The days that results cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "results have dates or they have not")]
pub enum Span {
    /// The results are dated; this is their last day. It may lie inside a week.
    Until(NaiveDate),
    /// The results carry no dates; the plan says that they are of this period, which is judged as one. The week of all of them is that of the last day.
    Period {
        /// Its first day.
        first: NaiveDate,
        /// Its last day.
        last: NaiveDate,
    },
}

/// The weeks that results cover, and how many days of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Calendar {
    pub(crate) last_week: u32,
    pub(crate) days_in_last_week: u32,
    undated: bool,
}

impl Calendar {
    pub(crate) fn new(plan: &Plan, span: Span) -> Result<Self, Error> {
        let begin = plan.campaign.first_day;
        let week_of = |field, day: NaiveDate| {
            plan.week_of(day).ok_or_else(|| {
                let expected = "from the first day of the campaign to ten years after it";
                Error::invalid(field, expected, format!("{day} (the campaign begins {begin})"))
            })
        };
        let (first, last, undated) = match span {
            Span::Until(last) => (plan.first_day_of(week_of("last day of the results", last)?), last, false),
            Span::Period { first, last } => {
                week_of("first day of the period", first)?;
                (first, last, true)
            }
        };
        let last_week = week_of("last day of the results", last)?;
        let days = u32::try_from((last - first).num_days() + 1).ok().filter(|days| *days > 0);
        let ends = || Error::invalid("last day of the period", "the first day or later", last);
        Ok(Self { last_week, days_in_last_week: days.ok_or_else(ends)?, undated })
    }

    /// The weeks that may have results.
    pub(crate) fn weeks(&self) -> std::ops::RangeInclusive<u32> {
        self.first_week()..=self.last_week
    }

    pub(crate) fn days(&self, week: u32) -> u32 {
        if week == self.last_week { self.days_in_last_week } else { 7 }
    }

    /// The weeks that are judged together for the budget of `week`.
    pub(crate) fn window(&self, week: u32, window_weeks: u32) -> std::ops::Range<u32> {
        let first = if self.undated { week.saturating_sub(1) } else { week.saturating_sub(window_weeks) };
        first.max(1)..week
    }

    /// The first week that has a budget of its own.
    pub(crate) fn first_week(&self) -> u32 {
        if self.undated { self.last_week } else { 1 }
    }

    pub(crate) fn is_partial(&self) -> bool {
        !self.undated && self.days_in_last_week < 7
    }
}
