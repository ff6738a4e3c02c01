//! The key figures of a test of regions.

use styring_experiments::{IncrementalCost, Language};

use super::Card;
use crate::figures::Said;
use crate::geo_words::{change, figure, p_value, set};
use crate::text::plural;
use crate::{GeoReport, numbers};

impl GeoReport<'_> {
    pub(crate) fn cards(&self) -> Vec<Card> {
        let (tested, found) = (self.tested, self.tested.found);
        let card = |title: &str, large: Said, small: Vec<String>| Card { title: title.to_owned(), large, small };
        let days = tested.days_with as f64;
        let limits = |said: String| format!("{}: {said}", self.level());
        let mut cards = vec![
            card(
                "Extra, in all",
                Said::number(figure(found.total)),
                vec![limits(set(found.set, Language::English)), p_value(found.p_value)],
            ),
            card(
                "Extra a day",
                Said::number(figure(found.total / days)),
                vec![limits(set(found.set.times(1.0 / days), Language::English))],
            ),
            card(
                "Lift",
                Said::or(tested.lift.map(change), "there would have been nothing"),
                tested
                    .lift_limits
                    .map(|(low, high)| limits(format!("{} to {}", change(low), change(high))))
                    .into_iter()
                    .collect(),
            ),
        ];
        cards.extend(tested.cost.map(|cost| {
            let spend = format!("{} spent", figure(cost.spend));
            match cost.per_result {
                IncrementalCost::Known { value, low, high } => card(
                    "Cost of each extra",
                    Said::number(figure(value)),
                    vec![limits(format!("{} to {}", figure(low), figure(high))), spend],
                ),
                IncrementalCost::NotDistinguishable { at_least } => card(
                    "Cost of each extra",
                    Said::words("not told from none"),
                    at_least
                        .map(|least| limits(format!("at least {}", figure(least))))
                        .into_iter()
                        .chain([spend])
                        .collect(),
                ),
                IncrementalCost::Loses => card("Cost of each extra", Said::words("there were fewer"), vec![spend]),
            }
        }));
        cards.extend(tested.cost.map(|cost| {
            card(
                "Extra per unit of spend",
                Said::number(figure(cost.per_spend)),
                vec![limits(set(cost.per_spend_set, Language::English))],
            )
        }));
        let fit = tested.fit;
        let explained = fit.explained.map(|share| format!("{}\u{202f}%", numbers::decimal(share.max(0.0) * 100.0, 1)));
        cards.push(card(
            "Explained before",
            Said::or(explained, "nothing moved"),
            vec![format!("{} off on a usual day", figure(fit.rmse))],
        ));
        cards.push(card(
            "Compared with",
            Said::number(plural(tested.controls, "region", "regions")),
            vec![format!(
                "{} before, {} with the treatment",
                plural(tested.days_before, "day", "days"),
                tested.days_with
            )],
        ));
        cards
    }
}
