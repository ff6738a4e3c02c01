use styring_playbook::CapEffect;

use super::bars::{Bar, bars};
use super::legend::Mark;
use super::palette;
use crate::{Error, numbers};

/// How much of its colour what would have been shown has.
const SHOWN: f64 = 0.4;

/// What caps would have removed of the impressions, and how much of the reach they would have kept. `reach` is that of the whole log; a cap without a name is all of them.
///
/// Errors: none but those of drawing.
pub fn caps(caps: &[&CapEffect], reach: u64, width: u32) -> Result<String, Error> {
    let row = |cap: &&CapEffect| Bar {
        name: if cap.rule.is_empty() { "all caps together".to_owned() } else { cap.rule.clone() },
        parts: vec![(cap.above as f64, palette::channel(3), 1.0), (cap.shown as f64, palette::channel(0), SHOWN)],
        bounds: None,
        text: format!(
            "\u{2212}{} · keeps {}",
            numbers::share_of(cap.above, cap.above + cap.shown),
            numbers::share_of(cap.reach_kept.count(), reach)
        ),
    };
    let rows: Vec<Bar> = caps.iter().map(row).collect();
    let legend = [
        (Mark::Area(palette::channel(3), 1.0), "impressions removed".to_owned()),
        (Mark::Area(palette::channel(0), SHOWN), "impressions shown".to_owned()),
    ];
    bars("What each cap would have removed of the impressions, and kept of the reach", legend, &rows, width)
}
