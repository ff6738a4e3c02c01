use super::out::{Heading, Out};
use super::print_notes;
use crate::customer_tables::Grid;
use crate::text::clean;
use crate::{CustomersReport, Error};

pub(crate) fn print(report: &CustomersReport<'_>, width: u16) -> Result<String, Error> {
    let mut out = Out::new(width);
    out.sentence(0, &clean(&report.source.name));
    out.sentence(0, &report.headline()?);
    report.source.print_warnings(&mut out);
    out.gap();
    for sentence in report.lead().iter().chain(&report.payback()?) {
        out.sentence(0, sentence);
    }
    table(&mut out, &report.worth_table()?);
    table(&mut out, &report.ahead_table()?);
    table(&mut out, &report.model_table());
    table(&mut out, &report.frequency_table());
    if let Some(holdout) = report.holdout_table() {
        table(&mut out, &holdout);
    }
    if let Some(channels) = report.channel_table()? {
        table(&mut out, &channels);
        if let Some(sentence) = report.channel_sentence() {
            out.sentence(0, &sentence);
        }
    }
    match report.cohort_table()? {
        Ok(cohorts) => table(&mut out, &cohorts),
        Err(reason) => out.sentence(0, &format!("Young cohorts cannot be projected: {reason}.")),
    }
    print_notes(&mut out, &report.notes());
    report.source.print(&mut out, report.customers.currency);
    Ok(out.finish())
}

fn table(out: &mut Out, grid: &Grid) {
    out.gap();
    out.sentence(0, &grid.caption);
    let headings = grid.columns.iter().enumerate().map(|(place, (title, _))| {
        // Words may be broken into lines, numbers not.
        let words = grid
            .rows
            .iter()
            .any(|(_, cells)| place.checked_sub(1).and_then(|place| cells.get(place)).is_some_and(|cell| cell.words));
        if place == 0 || words { Heading::name(title) } else { Heading::number(title) }
    });
    let rows = grid
        .rows
        .iter()
        .map(|(name, cells)| std::iter::once(name.clone()).chain(cells.iter().map(|cell| cell.text.clone())).collect());
    out.table(&headings.collect::<Vec<_>>(), rows.collect());
}
