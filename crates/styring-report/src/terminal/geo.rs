use super::out::{Heading, Out};
use super::print_notes;
use crate::GeoReport;

pub(crate) fn print(report: &GeoReport<'_>, width: u16) -> String {
    let mut out = Out::new(width);
    out.sentence(0, &report.headline());
    report.source.print_warnings(&mut out);
    for sentence in report.lead() {
        out.sentence(0, &sentence);
    }
    out.gap();
    let cards = report.cards().into_iter().map(|card| vec![card.title, card.large.text, card.small.join("; ")]);
    out.table(&[Heading::name("Key figure"), Heading::number("Value"), Heading::name("Of what")], cards.collect());
    let fit = vec![report.fit_sentence(), report.weights_sentence()];
    let sections = [
        ("Cost", report.cost_sentences(), Vec::new()),
        ("By every method", vec![report.methods_sentence()], vec![report.methods_table()]),
        ("Placebos", report.placebo_sentences(), Vec::new()),
        ("Before the treatment", fit, vec![report.weights_table()]),
    ];
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
    if let Some(more) = report.more_weights() {
        out.sentence(2, &more);
    }
    print_notes(&mut out, &report.notes());
    report.source.print(&mut out, None);
    out.finish()
}
