//! The weeks of a report: which there are, which were judged, and whether the last is over.

use std::ops::RangeInclusive;

use chrono::NaiveDate;
use styring_playbook::{Note, Plan, Review, Span};

use crate::text::plural;

#[derive(Debug, Clone)]
pub(crate) struct Period {
    /// The first and last week with results.
    pub(crate) weeks: RangeInclusive<u32>,
    /// The weeks that were judged together.
    pub(crate) judged: std::ops::Range<u32>,
    /// How many days there are of the last week, if it is not over.
    pub(crate) partial: Option<u32>,
    /// The results carry no dates and count as one period.
    pub(crate) undated: bool,
    first_day: NaiveDate,
    days: u32,
    last_week_from: NaiveDate,
}

impl Period {
    pub(crate) fn of(plan: &Plan, review: &Review) -> Self {
        let last = review.last_week;
        let partial = review.notes.iter().find_map(|note| match note {
            Note::PartialWeek { days, .. } => Some(*days),
            _ => None,
        });
        let first = review.channels.iter().filter_map(|channel| channel.weeks.keys().next().copied()).min();
        Self {
            weeks: first.unwrap_or(last).min(last)..=last,
            judged: review.window.clone(),
            partial,
            undated: matches!(review.span, Span::Period { .. }),
            first_day: plan.campaign.first_day,
            days: review.days_in_last_week,
            last_week_from: plan.first_day_of(last),
        }
    }

    /// `1 September to 26 October 2025 (weeks 1–8)`.
    pub(crate) fn covered(&self) -> String {
        let last_week = self.weeks.end();
        if self.undated {
            return format!(
                "a period of {} without dates, ending in week {last_week}",
                plural(self.days as usize, "day", "days")
            );
        }
        let last_day = self.last_week_from.checked_add_days(chrono::Days::new(u64::from(self.days.max(1)) - 1));
        let last_day = last_day.unwrap_or(self.last_week_from);
        format!("{} to {} ({})", day(self.first_day), day(last_day), named(1, *last_week))
    }

    /// `weeks 7–8`, or what stands in for them.
    pub(crate) fn judged(&self) -> String {
        if self.undated {
            return "the whole period".to_owned();
        }
        named(self.judged.start, self.judged.end.saturating_sub(1))
    }

    /// `Week 8`, as a heading over one week's figures.
    pub(crate) fn label(&self, week: u32) -> String {
        match self.partial {
            _ if self.undated => "Whole period".to_owned(),
            Some(days) if week == *self.weeks.end() => format!("{week} ({days} of 7 days)"),
            _ => week.to_string(),
        }
    }
}

/// `week 8`, `weeks 7–8`.
pub(crate) fn named(first: u32, last: u32) -> String {
    if first == last { format!("week {first}") } else { format!("weeks {first}–{last}") }
}

/// `1 September 2025`.
pub(crate) fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}
