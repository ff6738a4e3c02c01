use styring_reach::FrequencyHistogram;

use super::bars::{Bar, bars};
use super::palette;
use crate::{Error, numbers};

/// Frequencies above this are put together.
const LISTED: u64 = 15;

/// How many people had how many impressions; what is above fifteen stands in one bar.
///
/// ```
/// use styring_reach::FrequencyHistogram;
/// use styring_report::charts::{WIDE, contacts};
///
/// let people = FrequencyHistogram::new([(1, 500), (2, 220), (3, 90), (12, 6), (40, 1)])?;
/// let svg = contacts(&people, WIDE)?;
/// assert!(svg.contains("16 or more"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Errors: none but those of drawing.
pub fn contacts(people: &FrequencyHistogram, width: u32) -> Result<String, Error> {
    let reach = people.reach().count();
    let rows: Vec<Bar> = frequencies(people)
        .into_iter()
        .map(|(name, people)| Bar {
            name,
            parts: vec![(people as f64, palette::channel(0), 1.0)],
            bounds: None,
            text: numbers::people_of(people, reach),
        })
        .collect();
    bars("People by number of impressions", [], &rows, width)
}

/// Frequencies by name with their people: one by one, and those above together.
pub(crate) fn frequencies(people: &FrequencyHistogram) -> Vec<(String, u64)> {
    let most = people.max_frequency().unwrap_or(0);
    let mut rows: Vec<(String, u64)> =
        (1..=most.min(LISTED)).map(|k| (k.to_string(), people.band(k..=k).count())).collect();
    if most > LISTED {
        rows.push((format!("{} or more", LISTED + 1), people.k_plus(LISTED + 1).count()));
    }
    rows
}
