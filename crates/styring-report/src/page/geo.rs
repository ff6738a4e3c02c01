//! The page of a test of regions.

mod cards;
mod tables;

use serde::Serialize;
use styring_experiments::Language;

use super::frame::{Frame, Top};
use super::goal::Card;
use super::lifetime::both;
use super::table::Table;
use super::{Chart, rendered};
use crate::text::clean;
use crate::{Error, GeoReport, charts};

#[derive(Serialize)]
struct Page {
    frame: Frame,
    language: &'static str,
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
}

pub(crate) fn html(report: &GeoReport<'_>) -> Result<String, Error> {
    rendered(concat!(include_str!("../parts.html"), include_str!("../geo.html")), report.page()?)
}

impl GeoReport<'_> {
    fn page(&self) -> Result<Page, Error> {
        let (tested, value, level) = (self.tested, self.value_name(), self.spec.level.level());
        let has_placebos = tested.placebos.as_ref().is_ok_and(|placebos| placebos.treated.is_some());
        Ok(Page {
            frame: Frame::new(
                Top {
                    kicker: clean(&self.source.name),
                    title: format!("Test by regions: {value}"),
                    headline: self.headline(),
                    lead: self.lead(),
                },
                self.cards(),
                self.notes(),
                self.source,
            ),
            language: if self.language == Language::Norwegian { "nb" } else { "en" },
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
            value,
        })
    }
}
