use super::out::Out;
use super::{print_cards, print_notes, print_sections, print_top};
use crate::GeoReport;

pub(crate) fn print(report: &GeoReport<'_>, width: u16) -> String {
    let mut out = Out::new(width);
    print_top(&mut out, &report.headline(), report.source, &report.lead());
    print_cards(&mut out, report.cards(), "Of what");
    let fit = vec![report.fit_sentence(), report.weights_sentence()];
    let sections = [
        ("Cost", report.cost_sentences(), Vec::new()),
        ("By every method", vec![report.methods_sentence()], vec![report.methods_table()]),
        ("Placebos", report.placebo_sentences(), Vec::new()),
        ("Before the treatment", fit, vec![report.weights_table()]),
    ];
    print_sections(&mut out, sections);
    if let Some(more) = report.more_weights() {
        out.sentence(2, &more);
    }
    print_notes(&mut out, &report.notes());
    report.source.print(&mut out, None);
    out.finish()
}
