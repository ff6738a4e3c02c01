use styring_playbook::Met;

use super::bars::{Bar, bars};
use super::palette;
use crate::text::plural;
use crate::{Error, numbers};

/// How many people met how many channels, and how many impressions each of them had on average.
///
/// Errors: none but those of drawing.
pub fn channels_met(met: &[Met], width: u32) -> Result<String, Error> {
    let reach = met.iter().map(|met| met.people.count()).sum();
    let row = |met: &Met| Bar {
        name: plural(met.channels, "channel", "channels"),
        parts: vec![(met.people.count() as f64, palette::channel(0), 1.0)],
        bounds: None,
        text: format!(
            "{} · {} each",
            numbers::people_of(met.people.count(), reach),
            numbers::decimal(met.average_frequency, 1)
        ),
    };
    let rows: Vec<Bar> = met.iter().map(row).collect();
    bars("People by number of channels, with their average frequency", [], &rows, width)
}
