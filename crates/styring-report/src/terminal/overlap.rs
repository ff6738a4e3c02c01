use super::out::Out;
use super::{print_notes, print_top};
use crate::OverlapReport;
use crate::text::{clean, plural};

/// More pairs, regions and files than this are on the page.
const ROWS: usize = 10;

pub(crate) fn print(report: &OverlapReport<'_>, width: u16) -> String {
    let (overlap, source) = (report.overlap, report.source);
    let mut out = Out::new(width);
    out.sentence(0, "Audience overlap");
    print_top(&mut out, &report.headline(), source, &report.lead());
    out.print_table(&report.line_table());
    if let Some(pairs) = report.first_pairs(ROWS) {
        out.print_table(&pairs);
    }
    out.print_table(&report.region_table(ROWS));
    let more = overlap.regions.len().saturating_sub(ROWS);
    if more > 0 {
        out.sentence(0, &format!("On the page: {}.", plural(more, "more region", "more regions")));
    }
    if let Some(sentence) = report.left_out() {
        out.sentence(0, &sentence);
    }
    out.gap();
    out.sentence(0, "Negative lists");
    for sentence in report.sentences() {
        out.sentence(2, &sentence);
    }
    print_notes(&mut out, &report.told_notes());
    if source.rows > 0 {
        source.print(&mut out, None);
    } else {
        out.gap();
        out.sentence(0, &format!("Read {}.", clean(&source.name)));
        for line in &source.assumptions {
            out.sentence(2, &clean(line));
        }
    }
    out.finish()
}
