//! The page: what the template shows, section by section.

mod budget;
mod cards;
mod frame;
mod geo;
pub(crate) mod goal;
pub(crate) mod lifetime;
pub(crate) mod overlap;
mod plan_test;
mod reach;
pub(crate) mod read;
pub(crate) mod results;
mod scores;
pub(crate) mod table;
mod test;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::charts::{self, palette};
use crate::period::Period;
use crate::text::clean;
use crate::{Error, WeeklyReport, numbers, words};

pub(crate) use geo::html as geo_html;
pub(crate) use goal::html as goal_html;
pub(crate) use lifetime::html as lifetime_html;
pub(crate) use overlap::html as overlap_html;
pub(crate) use plan_test::html as plan_test_html;
pub(crate) use reach::html as reach_html;
pub(crate) use test::html as test_html;

#[derive(Serialize)]
struct Page {
    title: String,
    headline: String,
    lead: Vec<String>,
    currency: &'static str,
    css: Value,
    judged: String,
    banner: Option<read::Banner>,
    /// What comes first of what must be known before acting, and how much more of it there is.
    warnings: Vec<String>,
    more_warnings: usize,
    notes: Vec<String>,
    cards: Vec<cards::Card>,
    budget_chart: Chart,
    budget_sentence: String,
    budget: table::Table,
    transfers: Vec<String>,
    score_chart: Chart,
    score_sentences: Vec<String>,
    scores: table::Table,
    /// What the mark on a thin score means, where there is one.
    thin_scores: Option<&'static str>,
    thin_parts: Option<&'static str>,
    matrix: Option<scores::Matrix>,
    week_sentence: String,
    spend_chart: Chart,
    cost_chart: Chart,
    weeks: table::Table,
    fruitless: Option<String>,
    channels: table::Table,
    creatives: Option<table::Table>,
    segments: Option<table::Table>,
    read: read::Read,
    how: How,
}

/// A chart for a wide page and one for a phone; the style sheet shows one of them.
#[derive(Serialize)]
struct Chart {
    wide: Value,
    narrow: Value,
}

/// What the formulas need to be read.
#[derive(Serialize)]
struct How {
    level: String,
    exponents: [String; 3],
    prior_results: String,
    result: &'static str,
    opening_weeks: u32,
    window_weeks: u32,
    move_share: String,
}

type Draw = fn(&styring_playbook::Plan, &styring_playbook::Review, u32) -> Result<String, Error>;

pub(crate) fn html(report: &WeeklyReport<'_>) -> Result<String, Error> {
    rendered(concat!(include_str!("parts.html"), include_str!("report.html")), report.page()?)
}

/// A page from its template and what it shows.
fn rendered(template: &str, page: impl Serialize) -> Result<String, Error> {
    let mut templates = Environment::new();
    // A name that is not there is a mistake in the template, never a blank in the report.
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(broken)?);
    // The ending `.html` is what turns the escaping on.
    templates.render_named_str("report.html", template, Serde(page)).map_err(broken)
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn broken(error: minijinja::Error) -> Error {
    Error::Page { reason: format!("{error:#}") }
}

impl WeeklyReport<'_> {
    fn page(&self) -> Result<Page, Error> {
        crate::check(self.plan, self.review)?;
        let period = Period::of(self.plan, self.review);
        let decision = &self.review.decision;
        let notes = self.notes();
        let (warnings, more_warnings) = read::first(self.source.warnings(&notes));
        Ok(Page {
            title: clean(&self.plan.campaign.name),
            headline: words::headline(decision),
            lead: words::lead(self.plan, decision, &period),
            currency: self.plan.campaign.currency.code(),
            css: Value::from_safe_string(css()),
            judged: period.judged(),
            banner: self.source.banner(),
            more_warnings,
            warnings,
            notes,
            cards: self.cards()?,
            budget_chart: self.chart(charts::budget)?,
            budget_sentence: self.budget_sentence(),
            budget: self.budget_table(),
            transfers: self.transfers(),
            score_chart: self.chart(charts::score)?,
            score_sentences: self.score_sentences(),
            scores: self.score_table(),
            thin_scores: thin(
                self.review.channels.iter().flat_map(|channel| [&channel.literal, &channel.budget_scaled]),
            ),
            thin_parts: thin(self.review.creatives.iter().chain(&self.review.segments).map(|part| &part.score)),
            matrix: self.matrix(),
            week_sentence: self.week_sentence(&period)?,
            spend_chart: self.chart(charts::spend)?,
            cost_chart: self.chart(charts::cost)?,
            weeks: self.week_table(&period)?,
            fruitless: self.fruitless(),
            channels: self.channel_table(),
            creatives: self.creative_table(),
            segments: self.segment_table(),
            read: self.source.read(),
            how: self.how(),
        })
    }

    fn chart(&self, draw: Draw) -> Result<Chart, Error> {
        let at = |width| Ok::<Value, Error>(Value::from_safe_string(draw(self.plan, self.review, width)?));
        Ok(Chart { wide: at(charts::WIDE)?, narrow: at(charts::NARROW)? })
    }

    fn how(&self) -> How {
        let weights = self.plan.score.weights;
        How {
            level: numbers::level(self.plan.score.level),
            exponents: [weights.attainment, weights.quality, weights.efficiency].map(numbers::setting),
            prior_results: numbers::setting(self.plan.score.prior_results),
            result: words::result(self.plan.campaign.result),
            opening_weeks: self.plan.rhythm.opening_weeks,
            window_weeks: self.plan.window_weeks,
            move_share: self.plan.rhythm.move_share.to_string(),
        }
    }
}

fn thin<'a>(mut scores: impl Iterator<Item = &'a styring_metrics::EffectScore>) -> Option<&'static str> {
    scores.any(words::is_thin).then_some(words::THIN_NOTE)
}

/// The style sheet, with the colours of the charts on light and on dark paper.
fn css() -> String {
    let swatch = |place: usize, colour| format!(".c{place} {{ background: {colour}; }}\n");
    let light = palette::channels().map(|(place, (light, _))| swatch(place, light));
    let dark = palette::channels().map(|(place, (_, dark))| swatch(place, dark));
    // The charts name their colours in attributes, and a rule of the style sheet is stronger than an attribute.
    let charts = palette::on_dark_paper().map(|(light, dark)| {
        format!("svg [fill=\"{light}\"] {{ fill: {dark}; }} svg [stroke=\"{light}\"] {{ stroke: {dark}; }}\n")
    });
    let mut css = include_str!("report.css").to_owned();
    css.extend(light);
    css.push_str("@media screen and (prefers-color-scheme: dark) {\n");
    css.extend(dark.chain(charts));
    css.push_str("}\n");
    css
}
