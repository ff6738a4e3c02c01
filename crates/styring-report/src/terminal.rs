//! The report in brief, for a terminal: plain text that fits the width.

mod geo;
mod goal;
mod lifetime;
mod out;
mod overlap;
mod plan_test;
mod reach;
mod test;

use styring_metrics::Fact;
use styring_money::Currency;
use styring_playbook::PartReview;

use crate::figures::Figure;
use crate::page::goal::Card;
use crate::page::table::Table;
use crate::page::{read, results};
use crate::period::Period;
use crate::text::{clean, group_amounts, plural};
use crate::{Source, WeeklyReport, numbers, words};
use out::{Heading, Out};

pub(crate) use geo::print as print_geo;
pub(crate) use goal::print as print_goal;
pub(crate) use lifetime::print as print_lifetime;
pub(crate) use overlap::print as print_overlap;
pub(crate) use plan_test::print as print_plan_test;
pub(crate) use reach::print as print_reach;
pub(crate) use test::print as print_test;

/// More creatives than this are counted, not listed.
const CREATIVES: usize = 20;

pub(crate) fn print(report: &WeeklyReport<'_>, width: u16) -> String {
    let mut out = Out::new(width);
    let period = Period::of(report.plan, report.review);
    out.sentence(0, &clean(&report.plan.campaign.name));
    out.sentence(0, &words::headline(&report.review.decision));
    report.source.print_warnings(&mut out);
    report.print_channels(&mut out, &period);
    report.print_reasons(&mut out);
    report.print_creatives(&mut out);
    print_notes(&mut out, &report.notes());
    report.source.print(&mut out, Some(report.plan.campaign.currency));
    out.finish()
}

impl Source {
    fn print_warnings(&self, out: &mut Out) {
        for finding in &self.set_aside {
            out.sentence(0, &format!("WARNING: set aside: {}.", read::sentence(finding)));
        }
        for line in &self.first_set_aside {
            out.sentence(2, &clean(line));
        }
        for finding in &self.contradictions {
            out.sentence(0, &format!("WARNING: used, but contradicts itself: {}.", read::sentence(finding)));
        }
        if let Some(finding) = &self.outside {
            out.sentence(0, &format!("WARNING: outside the period: {}.", read::sentence(finding)));
        }
    }

    /// What was read, and what in it was odd.
    fn print(&self, out: &mut Out, currency: Option<Currency>) {
        out.gap();
        out.sentence(
            0,
            &format!(
                "Read {}: {}, {} used.",
                clean(&self.name),
                read::plural_rows(self.rows),
                numbers::rows(self.used)
            ),
        );
        for (kind, findings) in [("Ignored by the plan", &self.ignored), ("Used, odd", &self.oddities)] {
            for finding in findings {
                out.sentence(2, &format!("{kind}: {}.", read::sentence(finding)));
            }
        }
        for line in &self.assumptions {
            let line = clean(line);
            out.sentence(2, &currency.map_or_else(|| line.clone(), |currency| group_amounts(&line, currency)));
        }
    }
}

/// What comes first: the answer, what must be known before acting on it, and the rest in sentences.
fn print_top(out: &mut Out, headline: &str, source: &Source, lead: &[String]) {
    out.sentence(0, headline);
    source.print_warnings(out);
    for sentence in lead {
        out.sentence(0, sentence);
    }
}

/// The key figures; `of` is the title of what stands beside them.
fn print_cards(out: &mut Out, cards: Vec<Card>, of: &str) {
    out.gap();
    let cards = cards.into_iter().map(|card| vec![card.title, card.large.text, card.small.join("; ")]);
    out.table(&[Heading::name("Key figure"), Heading::number("Value"), Heading::name(of)], cards.collect());
}

/// Parts of a report: a heading, sentences, tables.
fn print_sections(out: &mut Out, sections: impl IntoIterator<Item = (&'static str, Vec<String>, Vec<Table>)>) {
    for (heading, sentences, tables) in sections {
        out.gap();
        out.sentence(0, heading);
        for sentence in sentences {
            out.sentence(2, &sentence);
        }
        for table in tables {
            out.print_table(&table);
        }
    }
}

/// A list under its heading, if there is anything in it.
fn print_notes(out: &mut Out, notes: &[String]) {
    if !notes.is_empty() {
        out.gap();
        out.sentence(0, "Notes");
        for note in notes {
            out.sentence(2, note);
        }
    }
}

impl WeeklyReport<'_> {
    fn print_channels(&self, out: &mut Out, period: &Period) {
        let (decision, total) = (&self.review.decision, &self.review.total);
        let (result, reading) = (self.plan.campaign.result, self.plan.rhythm.reading);
        let figures = [Figure::Sum(Fact::Spend), Figure::Sum(result.fact()), Figure::Ratio(result.cost())];
        out.gap();
        out.sentence(
            0,
            &format!(
                "Channels, in {}: budget of week {} and week {}; results and scores of {} ({}, intervals of {})",
                self.plan.campaign.currency,
                decision.week.saturating_sub(1),
                decision.week,
                period.judged(),
                words::reading(reading),
                numbers::level(self.plan.score.level),
            ),
        );
        let titles = figures.iter().map(|figure| Heading::number(figure.title()));
        let mut headings =
            vec![Heading::name("Channel"), Heading::number("Now"), Heading::number("Next"), Heading::text("Verdict")];
        headings.extend(titles);
        headings.push(Heading::number("Score"));
        let rows = self.review.channels.iter().zip(&decision.channels).map(|(channel, decided)| {
            let mut cells = vec![
                clean(&channel.name),
                numbers::bare(decided.before),
                numbers::bare(decided.after),
                decided.verdict.to_string(),
            ];
            cells.extend(figures.iter().map(|figure| figure.read(&channel.window, total).text));
            cells.push(words::score(channel.score(reading)));
            cells
        });
        out.table(&headings, rows.collect());
        if self.review.channels.iter().any(|channel| words::is_thin(channel.score(reading))) {
            out.sentence(0, words::THIN_NOTE);
        }
    }

    fn print_reasons(&self, out: &mut Out) {
        out.gap();
        out.sentence(0, "Why");
        for channel in &self.review.decision.channels {
            out.sentence(0, &format!("{}:", clean(&channel.channel)));
            for reason in self.reasons(channel) {
                out.sentence(2, &reason);
            }
        }
        let transfers = self.transfers();
        if !transfers.is_empty() {
            out.sentence(0, "Moves:");
            for transfer in &transfers {
                out.sentence(2, transfer);
            }
        }
    }

    fn print_creatives(&self, out: &mut Out) {
        let mut creatives: Vec<&PartReview> =
            self.review.creatives.iter().filter(|creative| !creative.name.is_empty()).collect();
        if creatives.is_empty() {
            return;
        }
        // The sort is stable, so creatives that cost the same stay in the order of the plan.
        results::by_spend(&mut creatives);
        let total = &self.review.total;
        let result = self.plan.campaign.result;
        let figures = [Figure::Sum(Fact::Spend), Figure::Sum(result.fact()), Figure::Ratio(result.cost())];
        out.gap();
        out.sentence(0, &format!("Creatives, all weeks, largest spend first, in {}", self.plan.campaign.currency));
        let mut headings = vec![Heading::name("Creative"), Heading::name("Channel")];
        headings.extend(figures.iter().map(|figure| Heading::number(figure.title())));
        headings.push(Heading::number("Score"));
        let (listed, rest) = creatives.split_at(creatives.len().min(CREATIVES));
        let rows = listed.iter().map(|creative| {
            let mut cells = vec![clean(&creative.name), clean(&creative.channel)];
            cells.extend(figures.iter().map(|figure| figure.read(&creative.total, total).text));
            cells.push(words::score(&creative.score));
            cells
        });
        out.table(&headings, rows.collect());
        if listed.iter().any(|creative| words::is_thin(&creative.score)) {
            out.sentence(0, words::THIN_NOTE);
        }
        if !rest.is_empty() {
            out.sentence(0, &format!("and {} with less spend", plural(rest.len(), "more creative", "more creatives")));
        }
    }
}
