use super::out::{Heading, Out};
use super::{print_cards, print_notes, print_sections, print_top};
use crate::LifetimeReport;
use crate::page::lifetime::tables::Detail;
use crate::page::table::Table;

pub(crate) fn print(report: &LifetimeReport<'_>, width: u16) -> String {
    let mut out = Out::new(width);
    out.sentence(0, "Customer lifetime value");
    print_top(&mut out, &report.headline(), report.source, &report.lead());
    print_cards(&mut out, report.cards(), "How sure, and of whom");
    out.print_table(&report.age_table());
    let told = [report.model_sentence(), report.tracking_sentence(), report.frequency_sentence()];
    let told = told.into_iter().chain(report.spending_sentences()).chain(report.identified_sentences());
    let one = |table: Option<Table>| table.into_iter().collect::<Vec<_>>();
    let models = [report.model_table()].into_iter().chain(report.holdout_table());
    let customers = [report.best_table(Detail::Brief)].into_iter().chain(report.endangered_table(Detail::Brief));
    let sections = [
        ("What to believe", told.collect(), models.collect()),
        ("Channels", report.channel_sentences(), one(report.channel_table(Detail::Brief))),
        ("Cohorts", report.cohort_sentences(), one(report.cohort_table())),
        ("Customers", vec![report.concentration_sentence()], customers.collect()),
    ];
    print_sections(&mut out, sections);
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
