use super::out::{Heading, Out};
use super::print_notes;
use crate::LifetimeReport;
use crate::page::lifetime::tables::Detail;
use crate::page::table::Table;

pub(crate) fn print(report: &LifetimeReport<'_>, width: u16) -> String {
    let mut out = Out::new(width);
    out.sentence(0, "Customer lifetime value");
    out.sentence(0, &report.headline());
    report.source.print_warnings(&mut out);
    for sentence in report.lead() {
        out.sentence(0, &sentence);
    }
    out.gap();
    let cards = report.cards().into_iter().map(|card| vec![card.title, card.large.text, card.small.join("; ")]);
    out.table(
        &[Heading::name("Key figure"), Heading::number("Value"), Heading::name("How sure, and of whom")],
        cards.collect(),
    );
    out.print_table(&report.age_table());

    out.gap();
    out.sentence(0, "What to believe");
    let told = [report.model_sentence(), report.tracking_sentence(), report.frequency_sentence()];
    for sentence in told.into_iter().chain(report.spending_sentences()).chain(report.identified_sentences()) {
        out.sentence(2, &sentence);
    }
    out.print_table(&report.model_table());
    if let Some(table) = report.holdout_table() {
        out.print_table(&table);
    }
    for (heading, sentences, table) in [
        ("Channels", report.channel_sentences(), report.channel_table(Detail::Brief)),
        ("Cohorts", report.cohort_sentences(), report.cohort_table()),
        ("Customers", vec![report.concentration_sentence()], Some(report.best_table(Detail::Brief))),
    ] {
        out.gap();
        out.sentence(0, heading);
        for sentence in sentences {
            out.sentence(2, &sentence);
        }
        if let Some(table) = table {
            out.print_table(&table);
        }
    }
    if let Some(table) = report.endangered_table(Detail::Brief) {
        out.print_table(&table);
    }
    print_notes(&mut out, &report.notes());
    report.source.print(&mut out, Some(report.currency()));
    out.finish()
}

impl Out {
    pub(super) fn print_table(&mut self, table: &Table) {
        let (titles, rows) = table.texts();
        let headings: Vec<Heading> = titles
            .into_iter()
            .enumerate()
            .map(|(place, (title, number))| match (place, number) {
                (0, _) => Heading::name(title),
                (_, true) => Heading::number(title),
                (_, false) => Heading::text(title),
            })
            .collect();
        self.gap();
        self.sentence(0, table.caption());
        self.table(&headings, rows);
    }
}
