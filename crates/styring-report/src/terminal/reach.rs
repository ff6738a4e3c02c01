use super::out::Out;
use super::{print_cards, print_notes, print_sections, print_top};
use crate::ReachReport;

pub(crate) fn print(report: &ReachReport<'_>, width: u16) -> String {
    let mut out = Out::new(width);
    out.sentence(0, "Reach and frequency");
    print_top(&mut out, &report.headline(), report.source, &report.lead());
    print_cards(&mut out, report.cards(), "Of what");
    let channels = [report.channel_table()].into_iter().chain(report.added_tables()).collect();
    let sections = [
        ("Frequency", vec![report.frequency_sentence()], vec![report.frequency_table()]),
        ("Channels", report.channel_sentences(), channels),
        ("Caps", vec![report.cap_sentence()], vec![report.cap_table()]),
        ("Over-exposed", vec![report.overexposed_sentence()], Vec::new()),
        ("Universe", report.universe_sentences(), report.more_table().into_iter().collect()),
    ];
    print_sections(&mut out, sections);
    print_notes(&mut out, &report.notes());
    report.source.print(&mut out, None);
    out.finish()
}
