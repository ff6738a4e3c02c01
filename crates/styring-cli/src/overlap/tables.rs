//! `exclusions.csv` and `pairs.csv`.

use styring_report::overlap::{Line, Overlap, People, Share, Taken};
use styring_segments::Language;

use crate::Error;
use crate::csv_text::Table;

/// One line per list to exclude, to be entered on any platform. A number that is withheld, or cannot stand for itself, is empty.
pub(super) fn exclusions(overlap: &Overlap, language: Language) -> Result<String, Error> {
    let mut table = Table::new(&[
        "audience",
        "excludes",
        "reason",
        "people",
        "people_lower",
        "people_upper",
        "share_of_audience",
        "people_no_other_takes_out",
    ])?;
    for line in &overlap.lines {
        for list in &line.exclude {
            let [value, lower, upper] = people(list.overlap);
            let reason = reason(line, list, language);
            table.row(&[
                &line.name,
                &list.name,
                &reason,
                &value,
                &lower,
                &upper,
                &share(list.share)[0],
                &people(list.alone)[0],
            ])?;
        }
    }
    table.finish()
}

/// Why a list is taken out, in a sentence.
fn reason(line: &Line, list: &Taken, language: Language) -> String {
    let (name, other) = (&line.name, &list.name);
    let told = |people: People| match people {
        People::About(estimate) if !estimate.is_exact() && estimate.usable() => {
            Some(format!("≈{:.0}", estimate.value()))
        }
        people => people.value().map(|value| format!("{value:.0}")),
    };
    let nobody = list.overlap.bounds().is_some_and(|(_, upper)| upper == 0.0);
    match (told(list.overlap), told(line.gross), language) {
        _ if nobody && language == Language::Norwegian => {
            format!("{other} har høyere prioritet. Ingen i {name} er i den i dag; i morgen kan noen være det.")
        }
        _ if nobody => {
            format!("{other} has higher priority. Nobody of {name} is in it today; tomorrow somebody may be.")
        }
        (Some(both), Some(gross), Language::Norwegian) => {
            format!("{other} har høyere prioritet og har {both} av de {gross} personene i {name}.")
        }
        (Some(both), Some(gross), _) => {
            format!("{other} has higher priority and has {both} of the {gross} people of {name}.")
        }
        (_, _, Language::Norwegian) => format!("{other} har høyere prioritet og kan ha personer fra {name}."),
        _ => format!("{other} has higher priority and may have people of {name}."),
    }
}

/// One line per pair, the audience of higher priority as `a`: how much of each the other has.
pub(super) fn pairs(overlap: &Overlap) -> Result<String, Error> {
    let bounded = ["both", "share_of_a", "share_of_b"]
        .map(|name| [name.to_owned(), format!("{name}_lower"), format!("{name}_upper")]);
    let front = ["a", "b", "size_a", "size_b", "union"].map(str::to_owned);
    let columns: Vec<String> = front
        .into_iter()
        .chain(bounded.into_iter().flatten())
        .chain(["jaccard", "overlap_coefficient"].map(str::to_owned))
        .collect();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut table = Table::new(&columns)?;
    for pair in &overlap.pairs {
        let mut cells = vec![pair.a.clone(), pair.b.clone()];
        cells.extend([pair.size_a, pair.size_b, pair.union].map(|number| people(number)[0].clone()));
        cells.extend(people(pair.intersection));
        cells.extend(share(pair.share_of_a));
        cells.extend(share(pair.share_of_b));
        cells.extend([pair.jaccard, pair.overlap_coefficient].map(|number| share(number)[0].clone()));
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        table.row(&cells)?;
    }
    table.finish()
}

/// Value, lower and upper bound.
fn people(people: People) -> [String; 3] {
    numbers(people.value(), people.bounds(), 0)
}

fn share(share: Share) -> [String; 3] {
    numbers(share.value(), share.bounds(), 6)
}

fn numbers(value: Option<f64>, bounds: Option<(f64, f64)>, places: usize) -> [String; 3] {
    let text = |number: Option<f64>| number.map_or_else(String::new, |number| format!("{number:.places$}"));
    let (lower, upper) = bounds.unzip();
    [text(value), text(lower), text(upper)]
}
