use super::out::Out;
use super::print_notes;
use crate::OverlapReport;

pub(crate) fn print(report: &OverlapReport<'_>, width: u16) -> String {
    let mut out = Out::new(width);
    out.sentence(0, "Audience overlap");
    out.sentence(0, &report.headline());
    report.source.print_warnings(&mut out);
    for sentence in report.lead() {
        out.sentence(0, &sentence);
    }
    out.print_table(&report.line_table());
    if let Some(pairs) = report.pair_table() {
        out.print_table(&pairs);
    }
    out.print_table(&report.region_table());
    if let Some(sentence) = report.left_out() {
        out.sentence(0, &sentence);
    }
    out.gap();
    out.sentence(0, "Negative lists");
    for sentence in report.sentences() {
        out.sentence(2, &sentence);
    }
    print_notes(&mut out, &report.told_notes());
    report.source.print(&mut out, None);
    out.finish()
}
