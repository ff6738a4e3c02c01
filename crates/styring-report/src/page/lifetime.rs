//! The page of customers and their value.

mod cards;
pub(crate) mod tables;

use minijinja::value::Value;
use serde::Serialize;

use super::frame::{Frame, Top};
use super::goal::Card;
use super::table::Table;
use super::{Chart, rendered};
use crate::text::clean;
use crate::{Error, LifetimeReport, charts};
use tables::Detail;

#[derive(Serialize)]
struct Page {
    frame: Frame,
    value: ValueSection,
    belief: Belief,
    channel_sentences: Vec<String>,
    channel_chart: Option<Chart>,
    channels: Option<Table>,
    cohort_sentences: Vec<String>,
    cohort_chart: Option<Chart>,
    cohorts: Option<Table>,
    customers: CustomerSection,
    how: How,
}

#[derive(Serialize)]
struct ValueSection {
    chart: Chart,
    caption: String,
    ages: Table,
    ahead: Table,
    has_cac: bool,
}

#[derive(Serialize)]
struct Belief {
    model: String,
    models: Table,
    tracking: String,
    tracking_chart: Option<Chart>,
    tracking_caption: &'static str,
    holdout: Option<Table>,
    frequency: String,
    frequency_chart: Chart,
    spending: Vec<String>,
    identified: Vec<String>,
    parameters: Table,
}

#[derive(Serialize)]
struct CustomerSection {
    sentence: String,
    chart: Chart,
    caption: String,
    best: Table,
    endangered: Option<Table>,
    what: &'static str,
}

#[derive(Serialize)]
struct How {
    model: &'static str,
    level: String,
    bg: bool,
    largest: u32,
}

pub(crate) fn html(report: &LifetimeReport<'_>) -> Result<String, Error> {
    rendered(concat!(include_str!("../parts.html"), include_str!("../lifetime.html")), report.page()?)
}

pub(super) fn both(draw: impl Fn(u32) -> Result<String, Error>) -> Result<Chart, Error> {
    let at = |width| Ok::<Value, Error>(Value::from_safe_string(draw(width)?));
    Ok(Chart { wide: at(charts::WIDE)?, narrow: at(charts::NARROW)? })
}

impl LifetimeReport<'_> {
    fn page(&self) -> Result<Page, Error> {
        let cohorts = self.customers.cohorts.as_ref().ok();
        Ok(Page {
            frame: Frame::new(
                Top {
                    kicker: clean(&self.source.name),
                    title: "Customer lifetime value".to_owned(),
                    headline: self.headline(),
                    lead: self.lead(),
                },
                self.cards(),
                self.notes(),
                self.source,
            ),
            value: self.value_section()?,
            belief: self.belief()?,
            channel_sentences: self.channel_sentences(),
            channel_chart: (self.customers.channels.len() > 1)
                .then(|| both(|width| charts::channels(&self.customers.channels, width)))
                .transpose()?,
            channels: self.channel_table(Detail::Full),
            cohort_sentences: self.cohort_sentences(),
            cohort_chart: cohorts
                .map(|cohorts| both(|width| charts::cohorts(cohorts, self.spec.level, width)))
                .transpose()?,
            cohorts: self.cohort_table(),
            customers: self.customer_section()?,
            how: How {
                model: self.customers.model,
                level: self.level(),
                bg: self.customers.model == "BG/NBD",
                largest: self.largest(),
            },
        })
    }

    fn value_section(&self) -> Result<ValueSection, Error> {
        let (curve, cac) = (&self.customers.curve, self.spec.cac.as_ref());
        let horizons = self.horizons();
        Ok(ValueSection {
            chart: both(|width| charts::value_curve(curve, cac, self.spec.level, &horizons, width))?,
            caption: format!(
                "What a customer brought until each age, built up age by age from all who were seen at it, with limits of {}; in {}.",
                self.level(),
                self.currency()
            ),
            ages: self.age_table(),
            ahead: self.ahead_table(),
            has_cac: cac.is_some(),
        })
    }

    fn belief(&self) -> Result<Belief, Error> {
        let customers = self.customers;
        let tracked = |width| {
            charts::tracking(
                customers.model,
                customers.first_day,
                &customers.tracking,
                customers.calibration_end,
                width,
            )
        };
        Ok(Belief {
            model: self.model_sentence(),
            models: self.model_table(),
            tracking: self.tracking_sentence(),
            tracking_chart: (!customers.tracking.is_empty()).then(|| both(tracked)).transpose()?,
            tracking_caption: if customers.calibration_end.is_some() {
                "Repeat purchases of the customers acquired in the calibration, added up. Grey ground: days that the model had not seen."
            } else {
                "Repeat purchases of all customers, added up. The model has seen all of them."
            },
            holdout: self.holdout_table(),
            frequency: self.frequency_sentence(),
            frequency_chart: both(|width| charts::frequency(customers.model, &customers.frequency, width))?,
            spending: self.spending_sentences(),
            identified: self.identified_sentences(),
            parameters: self.parameter_table(),
        })
    }

    fn customer_section(&self) -> Result<CustomerSection, Error> {
        let values = self.expected_of_all();
        let currency = self.has_values().then(|| self.currency());
        let title = format!("Expected {} in {} days", self.expected_what(), self.largest());
        Ok(CustomerSection {
            sentence: self.concentration_sentence(),
            chart: both(|width| charts::concentration(&title, &values, currency, width))?,
            caption: format!(
                "Customers sorted by their expected {} of the next {} days, and divided into tenths.",
                self.expected_what(),
                self.largest()
            ),
            best: self.best_table(Detail::Full),
            endangered: self.endangered_table(Detail::Full),
            what: self.expected_what(),
        })
    }
}
