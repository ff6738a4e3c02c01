//! The page of reach and frequency.

mod cards;
mod tables;

use serde::Serialize;

use super::frame::{Frame, Top};
use super::goal::Card;
use super::lifetime::both;
use super::table::Table;
use super::{Chart, rendered};
use crate::text::clean;
use crate::{Error, ReachReport, charts};

#[derive(Serialize)]
struct Page {
    frame: Frame,
    frequency: Section,
    k_plus: Chart,
    channels: Section,
    in_order: Chart,
    greedily: Chart,
    in_order_caption: String,
    met: Chart,
    added: [Table; 2],
    caps: Section,
    overexposed_sentence: String,
    overexposed: Option<Table>,
    more_overexposed: Option<String>,
    universe_sentences: Vec<String>,
    universe_chart: Option<Chart>,
    more: Option<Table>,
    guesses: Option<Table>,
    level: String,
}

#[derive(Serialize)]
struct Section {
    sentences: Vec<String>,
    chart: Chart,
    table: Table,
}

pub(crate) fn html(report: &ReachReport<'_>) -> Result<String, Error> {
    rendered(concat!(include_str!("../parts.html"), include_str!("../reach.html")), report.page()?)
}

impl ReachReport<'_> {
    fn page(&self) -> Result<Page, Error> {
        let reached = self.reached;
        let reach = reached.reach.count();
        let fit = reached.universe.as_ref().and_then(|universe| universe.fit.as_ref().ok());
        let caps: Vec<_> = reached.caps.iter().chain([&reached.all_caps]).collect();
        let counted = (reached.impressions, reach);
        let by_order = |width| charts::added_reach("Added reach in order", &reached.in_order, reach, width);
        let by_gain =
            |width| charts::added_reach("Added reach, the largest gain next", &reached.greedily, reach, width);
        Ok(Page {
            frame: Frame::new(
                Top {
                    kicker: clean(&self.source.name),
                    title: "Reach and frequency".to_owned(),
                    headline: self.headline(),
                    lead: self.lead(),
                },
                self.cards(),
                self.notes(),
                self.source,
            ),
            frequency: Section {
                sentences: vec![self.frequency_sentence()],
                chart: both(|width| charts::contacts(&reached.frequencies, width))?,
                table: self.frequency_table(),
            },
            k_plus: both(|width| charts::k_plus(&reached.frequencies, fit, width))?,
            channels: Section {
                sentences: self.channel_sentences(),
                chart: both(|width| charts::channel_reach(&reached.channels, reach, width))?,
                table: self.channel_table(),
            },
            in_order: both(by_order)?,
            greedily: both(by_gain)?,
            in_order_caption: self.order_name(),
            met: both(|width| charts::channels_met(&reached.by_number_of_channels, width))?,
            added: self.added_tables(),
            caps: Section {
                sentences: vec![self.cap_sentence()],
                chart: both(|width| charts::caps(&caps, reach, width))?,
                table: self.cap_table(),
            },
            overexposed_sentence: self.overexposed_sentence(),
            overexposed: self.overexposed_table(),
            more_overexposed: self.more_overexposed(),
            universe_sentences: self.universe_sentences(),
            universe_chart: fit
                .map(|fit| both(|width| charts::reach_curve(fit, counted, self.spec.level, width)))
                .transpose()?,
            more: self.more_table(),
            guesses: self.guess_table(),
            level: self.level(),
        })
    }
}
