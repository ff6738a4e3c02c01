//! The page of a test of regions.

mod cards;
mod tables;

use minijinja::value::Value;
use serde::Serialize;
use styring_experiments::Language;

use super::goal::Card;
use super::lifetime::both;
use super::table::Table;
use super::{Chart, css, read, rendered};
use crate::text::clean;
use crate::{Error, GeoReport, charts};

#[derive(Serialize)]
struct Page {
    title: String,
    source: String,
    headline: String,
    language: &'static str,
    lead: Vec<String>,
    css: Value,
    banner: Option<read::Banner>,
    warnings: Vec<String>,
    more_warnings: usize,
    notes: Vec<String>,
    cards: Vec<Card>,
    value: String,
    level: String,
    fit_sentence: String,
    course: Chart,
    effect_sentences: Vec<String>,
    running: Chart,
    daily: Chart,
    cost_sentences: Vec<String>,
    methods_sentence: String,
    methods: Table,
    placebo_sentences: Vec<String>,
    placebo_chart: Option<Chart>,
    placebos: Option<Table>,
    weights_sentence: String,
    weights: Table,
    more_weights: Option<String>,
    read: read::Read,
}

pub(crate) fn html(report: &GeoReport<'_>) -> Result<String, Error> {
    rendered(concat!(include_str!("../parts.html"), include_str!("../geo.html")), report.page()?)
}

impl GeoReport<'_> {
    fn page(&self) -> Result<Page, Error> {
        let (tested, value, level) = (self.tested, self.value_name(), self.spec.level.level());
        let notes = self.notes();
        let (warnings, more_warnings) = read::first(self.source.warnings(&notes));
        let has_placebos = tested.placebos.as_ref().is_ok_and(|placebos| placebos.treated.is_some());
        Ok(Page {
            title: format!("Test by regions: {value}"),
            source: clean(&self.source.name),
            headline: self.headline(),
            language: if self.language == Language::Norwegian { "nb" } else { "en" },
            lead: self.lead(),
            css: Value::from_safe_string(css()),
            banner: self.source.banner(),
            warnings,
            more_warnings,
            notes,
            cards: self.cards(),
            level: self.level(),
            fit_sentence: self.fit_sentence(),
            course: both(|width| charts::counterfactual(tested, &value, width))?,
            effect_sentences: self.effect_sentences(),
            running: both(|width| charts::running_effect(tested, &value, level, width))?,
            daily: both(|width| charts::daily_effect(tested, &value, level, width))?,
            cost_sentences: self.cost_sentences(),
            methods_sentence: self.methods_sentence(),
            methods: self.methods_table(),
            placebo_sentences: self.placebo_sentences(),
            placebo_chart: has_placebos.then(|| both(|width| charts::placebos(tested, width))).transpose()?,
            placebos: self.placebo_table(),
            weights_sentence: self.weights_sentence(),
            weights: self.weights_table(),
            more_weights: self.more_weights(),
            read: self.source.read(),
            value,
        })
    }
}
