use styring_money::Currency;

use super::canvas::{Canvas, SMALL, Side, TEXT, svg};
use super::palette::{self, INK};
use super::{PAD, label, layout};
use crate::lifetime_words::bare_like;
use crate::{Error, numbers};

const BAR: f64 = 16.0;
const ROW: f64 = 24.0;
/// How much of its colour the bar of another than the best tenth has.
const OTHERS: f64 = 0.55;

/// Customers sorted by what is expected of them and divided into tenths: what part of the whole each tenth brings, and what a customer of it does on average. Fewer than ten customers
/// stand each by themselves. `title` says what is expected; with a currency, the values are amounts.
///
/// ```
/// use styring_money::Currency;
/// use styring_report::charts::{WIDE, concentration};
///
/// let values: Vec<f64> = (1..=100).map(|customer| f64::from(customer * customer)).collect();
/// let svg = concentration("Expected value in 180 days", &values, Some(Currency::NOK), WIDE)?;
/// assert!(svg.contains("best tenth"));
/// # Ok::<(), styring_report::Error>(())
/// ```
///
/// Errors: values that are not finite, or below zero.
pub fn concentration(title: &str, values: &[f64], currency: Option<Currency>, width: u32) -> Result<String, Error> {
    let tenths = Tenth::all(values)?;
    let (width, _) = layout(width);
    let most = tenths.iter().map(Tenth::mean).fold(0.0, f64::max);
    let texts: Vec<String> = tenths.iter().map(|tenth| tenth.text(currency, most)).collect();
    let gutter = tenths.iter().map(|tenth| label::width(&tenth.name, TEXT)).fold(0.0, f64::max) + 10.0;
    let room = texts.iter().map(|text| label::width(text, SMALL)).fold(0.0, f64::max);
    let (left, right) = (PAD + gutter, (width - PAD - room - 8.0).max(PAD + gutter + 1.0));
    let heading = match currency {
        Some(currency) => format!("share of the whole · mean in {currency}"),
        None => "share of the whole · mean".to_owned(),
    };
    let top = PAD + 24.0;
    let largest = tenths.iter().map(|tenth| tenth.sum).fold(0.0, f64::max);
    let reach = |value: f64| if largest > 0.0 { value / largest * (right - left) } else { 0.0 };

    let described = tenths.iter().zip(&texts).map(|(tenth, text)| format!("{}: {text}", tenth.name));
    let description = described.collect::<Vec<_>>().join("; ");
    let height = top + ROW * tenths.len().max(1) as f64 + PAD;
    svg((width, height), &format!("{title} by tenth of customers"), &description, |canvas: &mut Canvas<'_>| {
        let heading = label::fit(&heading, SMALL, width - 2.0 * PAD);
        canvas.muted((left.min(width - PAD - label::width(&heading, SMALL)), PAD + 6.0), Side::Right, SMALL, &heading);
        for (index, (tenth, text)) in tenths.iter().zip(&texts).enumerate() {
            let middle = top + ROW * (index as f64 + 0.5);
            let end = left + reach(tenth.sum);
            let alpha = if index == 0 { 1.0 } else { OTHERS };
            canvas.text((left - 10.0, middle), Side::Left, TEXT, &tenth.name);
            canvas.rect((left, middle - BAR / 2.0), (end, middle + BAR / 2.0), palette::channel(0), alpha);
            canvas.text((end + 6.0, middle), Side::Right, SMALL, text);
        }
        canvas.line((left, top), (left, top + ROW * tenths.len() as f64), 1, INK);
    })
}

/// A tenth of the customers.
struct Tenth {
    name: String,
    customers: usize,
    sum: f64,
    /// Of what all customers bring; none if they bring nothing.
    share: Option<f64>,
}

impl Tenth {
    fn all(values: &[f64]) -> Result<Vec<Self>, Error> {
        if let Some(value) = values.iter().find(|value| !(**value >= 0.0 && value.is_finite())) {
            let value = value.to_string();
            return Err(Error::Series { field: "values".to_owned(), expected: "finite and not below zero", value });
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(|one, other| other.total_cmp(one));
        let (customers, parts) = (sorted.len(), sorted.len().min(10));
        let all: f64 = sorted.iter().sum();
        let part = |place: usize| {
            let members = &sorted[place * customers / parts..(place + 1) * customers / parts];
            let sum: f64 = members.iter().sum();
            Self { name: name(place, parts), customers: members.len(), sum, share: (all > 0.0).then(|| sum / all) }
        };
        Ok((0..parts).map(part).collect())
    }

    fn mean(&self) -> f64 {
        self.sum / self.customers.max(1) as f64
    }

    /// `most` is the largest mean of all tenths.
    fn text(&self, currency: Option<Currency>, most: f64) -> String {
        let mean = match currency {
            Some(currency) => bare_like(self.mean(), most, currency),
            None => numbers::decimal(self.mean(), 2),
        };
        match self.share {
            Some(share) => format!("{}\u{202f}% · {mean}", numbers::decimal(share * 100.0, 1)),
            None => mean,
        }
    }
}

fn name(place: usize, parts: usize) -> String {
    match (place, parts) {
        (0, 10) => "best tenth".to_owned(),
        (9, 10) => "last tenth".to_owned(),
        (0, _) => "best".to_owned(),
        (1, _) => "2nd".to_owned(),
        (2, _) => "3rd".to_owned(),
        (place, _) => format!("{}th", place + 1),
    }
}
