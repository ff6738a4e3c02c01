//! The key figures of a log of impressions.

use super::Card;
use crate::figures::Said;
use crate::reach_words::{counted, length, share};
use crate::{ReachReport, numbers};

impl ReachReport<'_> {
    pub(crate) fn cards(&self) -> Vec<Card> {
        let reached = self.reached;
        let (reach, all) = (reached.reach.count(), &reached.all_caps);
        let universe = reached.universe.as_ref();
        let rule = self.spec.overexposure;
        let card = |title: &str, large: Said, small: Vec<String>| Card { title: title.to_owned(), large, small };
        let three = reached.frequencies.k_plus(3).count();
        let average = reached.average_frequency.value().map(|mean| numbers::decimal(mean, 2));
        vec![
            card(
                "Reach",
                Said::number(numbers::rows(reach)),
                vec![universe.map_or_else(
                    || "people, each counted once".to_owned(),
                    |universe| format!("{} of {}", share(universe.share), numbers::rows(universe.people)),
                )],
            ),
            card(
                "Impressions",
                Said::number(numbers::rows(reached.impressions)),
                vec![format!("on {}", counted(reached.channels.len() as u64, "channel", "channels"))],
            ),
            card(
                "Average frequency",
                Said::or(average, "nobody reached"),
                vec![format!("3 or more: {} of the people", numbers::share_of(three, reach))],
            ),
            card(
                "Above the caps",
                Said::number(share(all.share_above)),
                vec![
                    format!("{} impressions, {}", numbers::rows(all.above), counted(all.people, "person", "people")),
                    format!("{} of the reach kept", numbers::share_of(all.reach_kept.count(), reach)),
                ],
            ),
            card(
                "Over-exposed",
                Said::number(numbers::rows(reached.overexposed.len() as u64)),
                vec![format!(
                    "{} or more, {} or more, {}",
                    counted(rule.impressions(), "impression", "impressions"),
                    counted(rule.channels(), "channel", "channels"),
                    length(rule.window())
                )],
            ),
        ]
    }
}
