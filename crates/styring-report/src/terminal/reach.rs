use super::out::{Heading, Out};
use super::print_notes;
use crate::ReachReport;

pub(crate) fn print(report: &ReachReport<'_>, width: u16) -> String {
    let mut out = Out::new(width);
    out.sentence(0, "Reach and frequency");
    out.sentence(0, &report.headline());
    report.source.print_warnings(&mut out);
    for sentence in report.lead() {
        out.sentence(0, &sentence);
    }
    out.gap();
    let cards = report.cards().into_iter().map(|card| vec![card.title, card.large.text, card.small.join("; ")]);
    out.table(&[Heading::name("Key figure"), Heading::number("Value"), Heading::name("Of what")], cards.collect());
    let channels = [report.channel_table()].into_iter().chain(report.added_tables()).collect();
    let sections = [
        ("Frequency", vec![report.frequency_sentence()], vec![report.frequency_table()]),
        ("Channels", report.channel_sentences(), channels),
        ("Caps", vec![report.cap_sentence()], vec![report.cap_table()]),
        ("Over-exposed", vec![report.overexposed_sentence()], Vec::new()),
        ("Universe", report.universe_sentences(), report.more_table().into_iter().collect()),
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
    print_notes(&mut out, &report.notes());
    report.source.print(&mut out, None);
    out.finish()
}
