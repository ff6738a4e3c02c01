//! The key figures: of what was judged, and of the whole campaign.

use serde::Serialize;
use styring_metrics::{Fact, Facts, Kpi, Outcome};
use styring_money::{Exact, Money, Rounding, Sign};
use styring_playbook::ChannelReview;

use crate::figures::{Figure, Said};
use crate::{Error, WeeklyReport, numbers};

#[derive(Debug, Serialize)]
pub(super) struct Card {
    title: &'static str,
    meaning: &'static str,
    judged: Said,
    campaign: Said,
    note: Option<String>,
}

impl WeeklyReport<'_> {
    pub(super) fn cards(&self) -> Result<Vec<Card>, Error> {
        let (result, total) = (self.plan.campaign.result, &self.review.total);
        let judged = merged(self.review.channels.iter().map(|channel| &channel.window), total)?;
        let card = |figure: Figure| Card {
            title: figure.title(),
            meaning: figure.meaning(),
            judged: figure.read(&judged, total),
            campaign: figure.read(total, total),
            note: None,
        };
        let cost = Figure::Ratio(result.cost());
        let mut cards = vec![
            card(Figure::Sum(Fact::Spend)),
            card(Figure::Sum(result.fact())),
            Card { note: self.against_target(&judged), ..card(cost) },
            card(Figure::Ratio(Kpi::Roas)),
        ];
        if Figure::Cm3.in_file(total) {
            cards.push(card(Figure::Cm3));
        }
        for kpi in [Kpi::Viewability, Kpi::AvocRate, Kpi::CompletionRate] {
            cards.extend(self.quality_card(Figure::Ratio(kpi))?);
        }
        Ok(cards)
    }

    /// The one target that applies to all channels.
    fn target(&self) -> Option<Money> {
        let mut targets = self.plan.channels.iter().map(|channel| channel.target_cost);
        let first = targets.next()?;
        targets.all(|target| target == first).then_some(first)
    }

    fn against_target(&self, judged: &Facts) -> Option<String> {
        let target = self.target()?;
        let said = numbers::money(target);
        let ratio = judged.kpi(self.plan.campaign.result.cost());
        let Outcome::Value(cost) = ratio.outcome() else {
            return Some(format!("target {said}"));
        };
        let relative = cost.checked_div(&target.amount().into()).filter(|_| !ratio.negative_denominator())?;
        let off = &relative - &Exact::ONE;
        let distance = numbers::percent(&off.abs(), 1);
        Some(match off.round(3, Rounding::HalfEven).sign() {
            Sign::Negative => format!("{distance} below the target of {said}"),
            Sign::Zero => format!("on the target of {said}"),
            Sign::Positive => format!("{distance} above the target of {said}"),
        })
    }

    /// A rate of delivery is merged over the channels that measure it, and the card says which part that is: an audio spot has no viewability, and that does
    /// not make the viewability of the rest unknown.
    fn quality_card(&self, figure: Figure) -> Result<Option<Card>, Error> {
        let total = &self.review.total;
        let knows = |facts: &Facts| facts.rows() > 0 && !figure.is_missing(facts);
        let measuring: Vec<&ChannelReview> =
            self.review.channels.iter().filter(|channel| knows(&channel.total)).collect();
        if measuring.is_empty() {
            return Ok(None);
        }
        let judged = merged(measuring.iter().map(|channel| &channel.window), total)?;
        let campaign = merged(measuring.iter().map(|channel| &channel.total), total)?;
        let of = self.review.channels.len();
        Ok(Some(Card {
            title: figure.title(),
            meaning: figure.meaning(),
            judged: figure.read(&judged, total),
            campaign: figure.read(&campaign, total),
            note: (measuring.len() < of).then(|| format!("measured on {} of {of} channels", measuring.len())),
        }))
    }
}

pub(super) fn merged<'a>(parts: impl Iterator<Item = &'a Facts>, like: &Facts) -> Result<Facts, Error> {
    let mut facts = Facts::zero(like.currency());
    for part in parts {
        facts.merge(part)?;
    }
    Ok(facts)
}
