//! The report in brief, for a terminal: plain text that fits the width.

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width, presets::NOTHING,
};
use styring_metrics::Fact;
use styring_playbook::PartReview;

use crate::figures::Figure;
use crate::page::{read, results};
use crate::period::Period;
use crate::text::{clean, group_amounts, plural};
use crate::{WeeklyReport, numbers, words};

/// Below this a line holds no amount.
const NARROWEST: u16 = 20;
/// More creatives than this are counted, not listed.
const CREATIVES: usize = 20;
/// Between columns.
const GAP: u16 = 2;
/// The least room in which a name is still one.
const NAME: u16 = 14;

pub(crate) fn print(report: &WeeklyReport<'_>, width: u16) -> String {
    let mut out = Out { text: String::new(), width: width.max(NARROWEST) };
    let period = Period::of(report.plan, report.review);
    out.sentence(0, &clean(&report.plan.campaign.name));
    out.sentence(0, &words::headline(&report.review.decision));
    report.print_warnings(&mut out);
    report.print_channels(&mut out, &period);
    report.print_reasons(&mut out);
    report.print_creatives(&mut out);
    report.print_notes(&mut out);
    // Not every terminal font has the narrow space; the other is as wide here.
    out.text.replace('\u{202f}', "\u{a0}")
}

impl WeeklyReport<'_> {
    fn print_warnings(&self, out: &mut Out) {
        let source = self.source;
        for finding in &source.set_aside {
            out.sentence(0, &format!("WARNING: set aside: {}.", read::sentence(finding)));
        }
        for line in &source.first_set_aside {
            out.sentence(2, &clean(line));
        }
        for finding in &source.contradictions {
            out.sentence(0, &format!("WARNING: used, but contradicts itself: {}.", read::sentence(finding)));
        }
        if let Some(finding) = &source.outside {
            out.sentence(0, &format!("WARNING: outside the period: {}.", read::sentence(finding)));
        }
    }

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

    fn print_notes(&self, out: &mut Out) {
        let notes = self.notes();
        if !notes.is_empty() {
            out.gap();
            out.sentence(0, "Notes");
            for note in &notes {
                out.sentence(2, note);
            }
        }
        let source = self.source;
        out.gap();
        out.sentence(
            0,
            &format!(
                "Read {}: {}, {} used.",
                clean(&source.name),
                read::plural_rows(source.rows),
                numbers::rows(source.used)
            ),
        );
        for (kind, findings) in [("Ignored by the plan", &source.ignored), ("Used, odd", &source.oddities)] {
            for finding in findings {
                out.sentence(2, &format!("{kind}: {}.", read::sentence(finding)));
            }
        }
        for line in &source.assumptions {
            out.sentence(2, &group_amounts(&clean(line), self.plan.campaign.currency));
        }
    }
}

struct Heading {
    title: String,
    kind: Kind,
}

#[derive(PartialEq)]
enum Kind {
    /// May be broken into lines.
    Name,
    Text,
    Number,
}

impl Heading {
    fn name(title: &str) -> Self {
        Self { title: title.to_owned(), kind: Kind::Name }
    }

    fn text(title: &str) -> Self {
        Self { title: title.to_owned(), kind: Kind::Text }
    }

    fn number(title: &str) -> Self {
        Self { title: title.to_owned(), kind: Kind::Number }
    }
}

struct Out {
    text: String,
    width: u16,
}

impl Out {
    fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A text broken into lines of the width, indented.
    fn sentence(&mut self, indent: u16, text: &str) {
        let mut table = Table::new();
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(self.width);
        table.add_row([text]);
        if let Some(column) = table.column_mut(0) {
            column.set_padding((indent, 0));
        }
        self.lines(&table);
    }

    /// A table where it fits, and otherwise one paragraph per row.
    fn table(&mut self, headings: &[Heading], rows: Vec<Vec<String>>) {
        let mut table = Table::new();
        let rule = TableStyle::new().header_separator(LineStyle::none().fill('─'));
        table.load_style(rule).set_content_arrangement(ContentArrangement::Dynamic).set_width(self.width);
        table.set_header(headings.iter().map(|heading| &heading.title));
        table.add_rows(rows.iter().cloned());
        let widths = table.column_max_content_widths();
        let last = headings.len().saturating_sub(1);
        let mut least = 0_u16;
        for (index, (heading, width)) in headings.iter().zip(widths).enumerate() {
            let Some(column) = table.column_mut(index) else {
                continue;
            };
            let gap = if index == last { 0 } else { GAP };
            column.set_padding((0, gap));
            if heading.kind == Kind::Number {
                column.set_cell_alignment(CellAlignment::Right);
            }
            let needs = if heading.kind == Kind::Name { width.min(NAME) } else { width };
            least = least.saturating_add(needs).saturating_add(gap);
            column.set_constraint(if heading.kind == Kind::Name {
                ColumnConstraint::LowerBoundary(Width::Fixed(needs.saturating_add(gap)))
            } else {
                ColumnConstraint::ContentWidth
            });
        }
        if least <= self.width {
            self.lines(&table);
            return;
        }
        for row in rows {
            let mut cells = row.iter().zip(headings);
            if let Some((name, _)) = cells.next() {
                self.sentence(0, name);
            }
            // A figure and its name stay on one line.
            let figures: Vec<String> =
                cells.map(|(cell, heading)| format!("{} {cell}", heading.title).replace(' ', "\u{a0}")).collect();
            self.sentence(2, &figures.join(" · "));
        }
    }

    fn lines(&mut self, table: &Table) {
        for line in table.lines() {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }
}
