use styring_playbook::Added;

use super::bars::{Bar, bars};
use super::legend::Mark;
use super::palette::{self, MUTED};
use crate::{Error, numbers};

/// How much of its colour what was reached before has.
const BEFORE: f64 = 0.25;

/// What each channel adds to the reach of those before it. `title` says in which order they come, `reach` is that of the whole log.
///
/// Errors: none but those of drawing.
pub fn added_reach(title: &str, steps: &[Added], reach: u64, width: u32) -> Result<String, Error> {
    let row = |step: &Added| {
        let (added, after) = (step.added.count(), step.reach.count());
        let before = after.saturating_sub(added);
        Bar {
            name: step.channel.clone(),
            parts: vec![(before as f64, MUTED, BEFORE), (added as f64, palette::channel(0), 1.0)],
            bounds: None,
            text: format!("+{} → {}", numbers::rows(added), numbers::people_of(after, reach)),
        }
    };
    let rows: Vec<Bar> = steps.iter().map(row).collect();
    let legend = [
        (Mark::Area(palette::channel(0), 1.0), "people whom none before it reached".to_owned()),
        (Mark::Area(MUTED, BEFORE), "reached before".to_owned()),
    ];
    bars(title, legend, &rows, width)
}
