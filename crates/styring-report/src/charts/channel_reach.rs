use styring_playbook::ChannelPart;

use super::bars::{Bar, bars};
use super::legend::Mark;
use super::palette;
use crate::{Error, numbers};

/// What of its colour a part has that others reached too.
const SHARED: f64 = 0.4;

/// How many people each channel reached, and how many of them no other did. `reach` is that of all together.
///
/// Errors: none but those of drawing.
pub fn channel_reach(channels: &[ChannelPart], reach: u64, width: u32) -> Result<String, Error> {
    let row = |(place, channel): (usize, &ChannelPart)| {
        let (all, only) = (channel.reach.count(), channel.only_here.count());
        let colour = palette::channel(place);
        Bar {
            name: channel.name.clone(),
            parts: vec![(only as f64, colour, 1.0), (all.saturating_sub(only) as f64, colour, SHARED)],
            bounds: None,
            text: format!("{} · only here {}", numbers::people_of(all, reach), numbers::rows(only)),
        }
    };
    let rows: Vec<Bar> = channels.iter().enumerate().map(row).collect();
    let legend = [
        (Mark::Area(palette::channel(0), 1.0), "reached by no other channel".to_owned()),
        (Mark::Area(palette::channel(0), SHARED), "reached by others too".to_owned()),
    ];
    bars("People reached by channel", legend, &rows, width)
}
