//! The page of a planned test.

use minijinja::value::Value;
use serde::Serialize;

use super::lifetime::both;
use super::table::{Column, Label, Row, Table};
use super::{Chart, css, rendered};
use crate::charts::READINGS;
use crate::figures::Said;
use crate::text::plural;
use crate::{Error, PlanTestReport, charts, numbers};

#[derive(Serialize)]
struct Page {
    title: &'static str,
    headline: String,
    lead: Vec<String>,
    css: Value,
    readings: Table,
    power: Chart,
    weeks: Option<Table>,
    weeks_chart: Option<Chart>,
}

pub(crate) fn html(report: &PlanTestReport<'_>) -> Result<String, Error> {
    rendered(concat!(include_str!("../parts.html"), include_str!("../plan_test.html")), report.page()?)
}

fn visitors(count: f64) -> String {
    numbers::decimal(count.ceil(), 0)
}

impl PlanTestReport<'_> {
    fn page(&self) -> Result<Page, Error> {
        let planned = self.planned;
        let weeks = self.week_table();
        Ok(Page {
            title: "A test to be",
            headline: self.headline(),
            lead: self.lead(),
            css: Value::from_safe_string(css()),
            readings: self.reading_table(),
            power: both(|width| charts::test_power(planned, width))?,
            weeks_chart: weeks.as_ref().map(|_| both(|width| charts::test_weeks(planned, width))).transpose()?,
            weeks,
        })
    }

    /// An effect as a lift, or as a difference where there is nothing to hold it against.
    fn effect(&self, effect: f64) -> String {
        let base = self.planned.control_mean;
        if base == 0.0 {
            return numbers::score(effect);
        }
        let lift = 100.0 * effect / base.abs();
        format!("{}\u{202f}%", numbers::decimal(lift, if lift.abs() < 10.0 { 2 } else { 1 }))
    }

    pub(crate) fn headline(&self) -> String {
        let [once, looks, any_time] = &self.planned.readings;
        if self.spec.visitors.is_some() {
            let smallest = once.smallest_effect.map_or_else(
                || "no effect".to_owned(),
                |effect| format!("effects of {} and more", self.effect(effect)),
            );
            return format!("{} visitors find {smallest}, read once.", visitors(once.visitors));
        }
        let time = |weeks: Option<u64>| {
            weeks
                .and_then(|weeks| usize::try_from(weeks).ok())
                .map_or_else(String::new, |weeks| format!(" ({})", plural(weeks, "week", "weeks")))
        };
        format!(
            "An effect of {} takes {} visitors read once{}, {} at planned looks{}, and {} at any time{}.",
            self.effect(self.planned.effect),
            visitors(once.visitors),
            time(once.weeks),
            visitors(looks.visitors),
            time(looks.weeks),
            visitors(any_time.visitors),
            time(any_time.weeks)
        )
    }

    pub(crate) fn lead(&self) -> Vec<String> {
        let [_, looks, _] = &self.planned.readings;
        let mut lead = vec![format!(
            "It is found with a probability of {}, at {} confidence{}.",
            numbers::level(self.spec.power),
            numbers::level(self.spec.level),
            if self.spec.treatments > 1 { ", all treatments together" } else { "" }
        )];
        lead.extend(looks.expected_visitors.map(|expected| {
            format!(
                "With {} planned looks it stops at {} visitors on average, if the effect is there.",
                self.spec.looks,
                visitors(expected)
            )
        }));
        lead
    }

    pub(crate) fn reading_table(&self) -> Table {
        let timed = self.spec.visitors_per_day.is_some();
        let row = |(place, reading): (usize, &styring_playbook::ReadingPlan)| {
            let treatment = reading.by_variant.get(1).map(|count| numbers::rows(*count));
            let mut cells = vec![
                visitors(reading.visitors).into(),
                Said::or(reading.by_variant.first().map(|count| numbers::rows(*count)), "none").into(),
                Said::or(treatment, "none").into(),
                Said::or(reading.smallest_effect.map(|effect| self.effect(effect)), "none").into(),
            ];
            if timed {
                cells.push(Said::or(reading.days.map(numbers::rows), "not known").into());
                cells.push(Said::or(reading.weeks.map(numbers::rows), "not known").into());
            }
            Row::new(Label::channel(READINGS[place], place), cells)
        };
        let mut columns = vec![
            Column::text("Reading"),
            Column::number("Visitors", "Of all variants, at most"),
            Column::number("Control", "Visitors"),
            Column::number("Each treatment", "Visitors"),
            Column::number("Smallest effect", "Found with the power"),
        ];
        if timed {
            columns.extend([Column::number("Days", ""), Column::number("Whole weeks", "")]);
        }
        Table::plain(
            "How large the test has to be",
            columns,
            self.planned.readings.iter().enumerate().map(row).collect(),
        )
    }

    pub(crate) fn week_table(&self) -> Option<Table> {
        if self.planned.by_weeks.is_empty() {
            return None;
        }
        let row = |week: &styring_playbook::WeeksPlan| {
            let mut cells = vec![visitors(week.visitors).into()];
            cells.extend(
                week.smallest_effects
                    .iter()
                    .map(|effect| Said::or(effect.map(|effect| self.effect(effect)), "none").into()),
            );
            Row::new(Label::plain(&week.weeks.to_string()), cells)
        };
        let mut columns = vec![Column::text("Weeks"), Column::number("Visitors", "Of all variants")];
        columns.extend(READINGS.map(|name| Column::number(name, "The smallest effect that is found")));
        Some(Table::plain(
            "The smallest effect that so many weeks find",
            columns,
            self.planned.by_weeks.iter().map(row).collect(),
        ))
    }
}
