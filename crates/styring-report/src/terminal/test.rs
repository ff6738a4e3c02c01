use super::out::{Heading, Out};
use super::print_notes;
use crate::TestReport;

pub(crate) fn print(report: &TestReport<'_>, width: u16) -> String {
    let mut out = Out::new(width);
    out.sentence(0, "Test of variants");
    out.sentence(0, &report.headline());
    report.source.print_warnings(&mut out);
    for sentence in report.lead() {
        out.sentence(0, &sentence);
    }
    out.gap();
    let cards = report.cards().into_iter().map(|card| vec![card.title, card.large.text, card.small.join("; ")]);
    out.table(&[Heading::name("Key figure"), Heading::number("Value"), Heading::name("Of what")], cards.collect());
    let mut effect = vec![report.treatment_table()];
    if report.tested.looks.len() > 1 {
        effect.push(report.look_table());
    }
    let sections = [
        ("Effect", report.reading_sentence(), effect),
        ("Variants", report.split_sentence(), vec![report.arm_table()]),
    ];
    for (heading, sentence, tables) in sections {
        out.gap();
        out.sentence(0, heading);
        out.sentence(2, &sentence);
        for table in tables {
            out.print_table(&table);
        }
    }
    print_notes(&mut out, &report.notes());
    report.source.print(&mut out, None);
    out.finish()
}
