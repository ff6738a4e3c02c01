use super::out::Out;
use super::{print_cards, print_notes, print_sections, print_top};
use crate::TestReport;

pub(crate) fn print(report: &TestReport<'_>, width: u16) -> String {
    let mut out = Out::new(width);
    out.sentence(0, "Test of variants");
    print_top(&mut out, &report.headline(), report.source, &report.lead());
    print_cards(&mut out, report.cards(), "Of what");
    let mut effect = vec![report.treatment_table()];
    if report.tested.looks.len() > 1 {
        effect.push(report.look_table());
    }
    let sections = [
        ("Effect", vec![report.reading_sentence()], effect),
        ("Variants", vec![report.split_sentence()], vec![report.arm_table()]),
    ];
    print_sections(&mut out, sections);
    print_notes(&mut out, &report.notes());
    report.source.print(&mut out, None);
    out.finish()
}
