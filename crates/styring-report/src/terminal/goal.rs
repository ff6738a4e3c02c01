use super::out::{Heading, Out};
use super::print_notes;
use crate::GoalReport;
use crate::goal_words::{Unit, headline, origin, outlook, stretches};
use crate::text::clean;

pub(crate) fn print(report: &GoalReport<'_>, width: u16) -> String {
    let review = report.review;
    let mut out = Out::new(width);
    out.sentence(0, &clean(report.sentence));
    out.sentence(0, &headline(review));
    report.source.print_warnings(&mut out);
    out.gap();
    for sentence in origin(review).iter().chain(&outlook(review)) {
        out.sentence(0, sentence);
    }
    if !review.days.is_empty() {
        out.gap();
        out.sentence(0, &format!("Week by week from the first day{}", Unit::of(review).axis()));
        table(report, &mut out);
    }
    print_notes(&mut out, &report.notes());
    report.source.print(&mut out, Some(review.currency));
    out.finish()
}

fn table(report: &GoalReport<'_>, out: &mut Out) {
    let review = report.review;
    let unit = Unit::of(review);
    let mut headings = vec![Heading::name("Days"), Heading::number(&unit.title()), Heading::number("To date")];
    headings.push(Heading::number(if review.is_ratio() { "Target" } else { "Pace to date" }));
    let rows = stretches(review).into_iter().map(|stretch| {
        let against = stretch.due.as_ref().unwrap_or(&review.target);
        vec![
            stretch.label,
            unit.said_bare(&stretch.value).text,
            unit.said_bare(&stretch.to_date).text,
            unit.bare(against),
        ]
    });
    out.table(&headings, rows.collect());
}
