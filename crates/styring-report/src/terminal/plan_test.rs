use super::out::Out;
use crate::PlanTestReport;

pub(crate) fn print(report: &PlanTestReport<'_>, width: u16) -> String {
    let mut out = Out::new(width);
    out.sentence(0, &report.headline());
    for sentence in report.lead() {
        out.sentence(0, &sentence);
    }
    out.print_table(&report.reading_table());
    if let Some(weeks) = report.week_table() {
        out.print_table(&weeks);
    }
    out.finish()
}
