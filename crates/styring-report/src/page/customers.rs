//! The page of customers.

use minijinja::value::Value;
use serde::Serialize;

use super::table::{Body, Column, Label, Row, Table};
use super::{Chart, css, read, rendered};
use crate::customer_tables::Grid;
use crate::figures::Said;
use crate::text::clean;
use crate::{CustomersReport, Error, charts, numbers};

#[derive(Serialize)]
struct Page {
    title: String,
    headline: String,
    lead: Vec<String>,
    currency: &'static str,
    css: Value,
    banner: Option<read::Banner>,
    warnings: Vec<String>,
    more_warnings: usize,
    notes: Vec<String>,
    cards: Vec<Card>,
    payback: Vec<String>,
    curve_chart: Chart,
    worth: Table,
    cohorts: Option<Table>,
    no_cohorts: Option<String>,
    ahead: Table,
    share_sentence: Option<String>,
    values_chart: Chart,
    tracking_chart: Chart,
    models: Table,
    frequency: Table,
    holdout: Option<Table>,
    channels: Option<Table>,
    channels_chart: Option<Chart>,
    channel_sentence: Option<String>,
    read: read::Read,
    model: &'static str,
    level: String,
    horizon: u32,
}

#[derive(Serialize)]
struct Card {
    title: String,
    large: Said,
    small: Vec<String>,
}

pub(crate) fn html(report: &CustomersReport<'_>) -> Result<String, Error> {
    rendered(concat!(include_str!("../parts.html"), include_str!("../customers.html")), report.page()?)
}

/// A chart at both widths.
fn chart(draw: impl Fn(u32) -> Result<String, Error>) -> Result<Chart, Error> {
    let at = |width| Ok::<Value, Error>(Value::from_safe_string(draw(width)?));
    Ok(Chart { wide: at(charts::WIDE)?, narrow: at(charts::NARROW)? })
}

fn table(grid: Grid) -> Table {
    let first = grid.columns.first().map_or_else(String::new, |(title, _)| title.clone());
    let rest = grid.columns.iter().skip(1).map(|(title, meaning)| Column::number(title.clone(), *meaning));
    let rows = grid
        .rows
        .into_iter()
        .map(|(name, cells)| Row::new(Label::plain(&name), cells.into_iter().map(Into::into).collect()));
    Table {
        caption: grid.caption,
        columns: std::iter::once(Column::text(first)).chain(rest).collect(),
        bodies: vec![Body { label: None, rows: rows.collect() }],
        ..Table::default()
    }
}

impl CustomersReport<'_> {
    fn page(&self) -> Result<Page, Error> {
        let customers = self.customers;
        let notes = self.notes();
        let (warnings, more_warnings) = read::first(self.source.warnings(&notes));
        let (cohorts, no_cohorts) = match self.cohort_table()? {
            Ok(grid) => (Some(table(grid)), None),
            Err(reason) => (None, Some(reason)),
        };
        let channels = self.channel_table()?.map(table);
        Ok(Page {
            title: clean(&self.source.name),
            headline: self.headline()?,
            lead: self.lead(),
            currency: customers.currency.code(),
            css: Value::from_safe_string(css()),
            banner: self.source.banner(),
            warnings,
            more_warnings,
            notes,
            cards: self.cards()?,
            payback: self.payback()?,
            curve_chart: chart(|width| charts::value_curve(customers, self.spec.cac.as_ref(), self.spec.level, width))?,
            worth: table(self.worth_table()?),
            cohorts,
            no_cohorts,
            ahead: table(self.ahead_table()?),
            share_sentence: self.share_sentence(),
            values_chart: chart(|width| charts::customer_values(customers, width))?,
            tracking_chart: chart(|width| charts::customers_tracking(customers, width))?,
            models: table(self.model_table()),
            frequency: table(self.frequency_table()),
            holdout: self.holdout_table().map(table),
            channels_chart: channels
                .as_ref()
                .map(|_| chart(|width| charts::channel_curves(customers, width)))
                .transpose()?,
            channels,
            channel_sentence: self.channel_sentence(),
            read: self.source.read(),
            model: customers.model,
            level: numbers::level(self.spec.level),
            horizon: self.spec.horizons.iter().copied().max().unwrap_or(0),
        })
    }

    fn cards(&self) -> Result<Vec<Card>, Error> {
        let customers = self.customers;
        let repeats = numbers::rows(customers.repeats);
        let mut cards = vec![Card {
            title: "Customers".to_owned(),
            large: Said::number(numbers::rows(customers.customers as u64)),
            small: vec![format!("{repeats} repeat purchases")],
        }];
        for days in &self.spec.horizons {
            let at = customers.curve.at(*days);
            let mean = at.age_incremental();
            let value = mean.map(|mean| numbers::amount(mean.value().amount(), customers.currency));
            let limits = mean.map(|mean| mean.limits(self.spec.level)).transpose()?.flatten();
            let level = numbers::level(self.spec.level);
            let limits = limits.map(|(low, high)| format!("{level}: {}", crate::customer_tables::between(low, high)));
            let seen = format!("{} seen so long", numbers::rows(at.at_risk()));
            cards.push(Card {
                title: format!("Value at day {days}"),
                large: Said::or(value, "not seen so long"),
                small: limits.into_iter().chain([seen]).collect(),
            });
        }
        if let Some(cac) = &self.spec.cac {
            let day = customers.curve.payback_day(cac)?;
            let cost = numbers::amount(cac.amount(), customers.currency);
            cards.push(Card {
                title: "Payback day".to_owned(),
                large: Said::or(day.map(|day| numbers::rows(day.into())), "not yet"),
                small: vec![format!("at a cost of {cost}")],
            });
        }
        for ahead in &customers.totals {
            let value = ahead.value.as_ref().ok().map(|value| crate::customer_tables::bare(value.mean));
            cards.push(Card {
                title: format!("To come in {} days", ahead.days),
                large: Said::or(value, "cannot be told"),
                small: vec![format!("{} purchases", numbers::decimal(ahead.purchases.mean, 0))],
            });
        }
        Ok(cards)
    }
}
