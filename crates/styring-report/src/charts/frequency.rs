use styring_ltv::{FrequencyRow, FrequencyTable};

use super::canvas::{Canvas, SMALL, Side, TEXT, svg};
use super::legend::{Legend, Mark};
use super::palette::{self, INK};
use super::{PAD, label, layout};
use crate::{Error, numbers};

const BAR: f64 = 12.0;
/// How much of its colour a bar of the model has.
const EXPECTED: f64 = 0.4;

/// How many customers bought again so and so often, in truth and as a model expects, as pairs of bars.
///
/// Errors: numbers that are not finite.
pub fn frequency(model: &str, table: &FrequencyTable, width: u32) -> Result<String, Error> {
    if let Some(row) = table.rows.iter().find(|row| !(row.actual.is_finite() && row.expected.is_finite())) {
        let value = format!("{} and {}", row.actual, row.expected);
        return Err(Error::Series { field: "frequencies".to_owned(), expected: "finite", value });
    }
    let (width, _) = layout(width);
    let names: Vec<String> =
        table.rows.iter().enumerate().map(|(place, row)| name(row, place + 1 == table.rows.len())).collect();
    let gutter = names.iter().map(|name| label::width(name, TEXT)).fold(0.0, f64::max) + 10.0;
    let said = |value: f64| numbers::decimal(value, usize::from(value < 100.0 && libm::trunc(value) < value));
    let numbers = table.rows.iter().flat_map(|row| [said(row.actual), said(row.expected)]);
    let room = numbers.map(|text| label::width(&text, SMALL)).fold(0.0, f64::max);
    let (left, right) = (PAD + gutter, width - PAD - room - 8.0);
    let legend = Legend::new(
        [
            (Mark::Area(palette::channel(0), 1.0), "customers".to_owned()),
            (Mark::Area(palette::channel(0), EXPECTED), format!("as {model} expects")),
        ],
        width - 2.0 * PAD,
    );
    let row_height = 2.0 * BAR + 14.0;
    let top = PAD + legend.height() + 8.0;
    let height = top + row_height * table.rows.len() as f64 + PAD;
    let largest = table.rows.iter().flat_map(|row| [row.actual, row.expected]).fold(0.0, f64::max);
    let reach = |value: f64| if largest > 0.0 { value.max(0.0) / largest * (right - left) } else { 0.0 };

    let description = description(table, &names);
    svg((width, height), "Customers by number of repeat purchases", &description, |canvas: &mut Canvas<'_>| {
        legend.draw(canvas, (PAD, PAD));
        for (index, (row, name)) in table.rows.iter().zip(&names).enumerate() {
            let y = top + row_height * index as f64;
            canvas.text((left - 10.0, y + BAR + 1.0), Side::Left, TEXT, name);
            for (value, y, alpha) in [(row.actual, y, 1.0), (row.expected, y + BAR + 2.0, EXPECTED)] {
                let end = left + reach(value);
                canvas.rect((left, y), (end, y + BAR), palette::channel(0), alpha);
                canvas.muted((end + 6.0, y + BAR / 2.0), Side::Right, SMALL, &said(value));
            }
            canvas.line((left, y - 2.0), (left, y + 2.0 * BAR + 4.0), 1, INK);
        }
    })
}

fn name(row: &FrequencyRow, last: bool) -> String {
    if last { format!("{} or more", row.purchases) } else { row.purchases.to_string() }
}

fn description(table: &FrequencyTable, names: &[String]) -> String {
    let row = |(row, name): (&FrequencyRow, &String)| {
        format!("{name}: {} customers, {} expected", numbers::decimal(row.actual, 0), numbers::decimal(row.expected, 1))
    };
    table.rows.iter().zip(names).map(row).collect::<Vec<_>>().join("; ")
}
