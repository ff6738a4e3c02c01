//! The key figures of customers.

use styring_money::Exact;
use styring_playbook::Ahead;

use super::Card;
use crate::figures::Said;
use crate::lifetime_words::{about, amounts, bare_about, count_about, exact, payback_limits, range, why};
use crate::period::day;
use crate::{LifetimeReport, numbers};

impl LifetimeReport<'_> {
    pub(crate) fn cards(&self) -> Vec<Card> {
        let customers = self.customers;
        let per_customer = customers.repeats as f64 / customers.customers.max(1) as f64;
        let mut cards = vec![
            Card {
                title: "Customers".to_owned(),
                large: Said::number(numbers::rows(customers.customers as u64)),
                small: vec![format!("since {}", day(customers.first_day))],
            },
            Card {
                title: "Repeat purchases".to_owned(),
                large: Said::number(numbers::rows(customers.repeats)),
                small: vec![format!("{} per customer", numbers::decimal(per_customer, 2))],
            },
        ];
        let horizons = self.horizons();
        cards.extend(horizons.iter().map(|age| self.value_card(*age)));
        cards.extend(self.cac_cards());
        let ahead = horizons.iter().filter_map(|days| customers.totals.iter().find(|ahead| ahead.days == *days));
        for ahead in ahead {
            cards.extend([self.orders_card(ahead), self.worth_card(ahead)]);
        }
        cards
    }

    fn value_card(&self, age: u32) -> Card {
        let at = self.customers.curve.at(age);
        let mut small = Vec::new();
        let large = match at.age_incremental() {
            Some(mean) => {
                small.push(match mean.limits(self.spec.level) {
                    Ok(Some(limits)) => {
                        format!("{}: {}", self.level(), amounts(limits, self.currency()))
                    }
                    Ok(None) => "one customer: no limits".to_owned(),
                    Err(error) => format!("no limits: {}", why(&error)),
                });
                small.push(format!("{} seen that long", numbers::rows(at.at_risk())));
                Said::number(exact(mean.value()))
            }
            None => Said::words("nobody seen that long"),
        };
        if let Some(Ok(value)) = self.customers.newcomer.iter().find(|new| new.days == age).map(|new| &new.value) {
            small.push(format!("new customer, by the model: {}", bare_about(*value, self.currency())));
        }
        Card { title: format!("Value after {age} days"), large, small }
    }

    /// Payback and LTV:CAC, if a cost of acquisition was given.
    fn cac_cards(&self) -> Vec<Card> {
        let Some(cac) = &self.spec.cac else { return Vec::new() };
        let curve = &self.customers.curve;
        let payback = match (curve.payback_day(cac), curve.payback_limits(cac, self.spec.level)) {
            (Ok(day), Ok(limits)) => {
                let last = numbers::rows(curve.last_age().unwrap_or_default().into());
                let mut small: Vec<String> = payback_limits(limits, self.spec.level).into_iter().collect();
                small.push(format!("CAC {}", exact(cac)));
                if day.is_none() {
                    small.insert(0, format!("seen until day {last}"));
                }
                (Said::or(day.map(|day| format!("day {}", numbers::rows(day.into()))), "not yet"), small)
            }
            (Err(error), _) | (_, Err(error)) => (Said::words("cannot be told"), vec![why(&error)]),
        };
        let mut cards = vec![Card { title: "Payback".to_owned(), large: payback.0, small: payback.1 }];
        // The largest horizon of which something is known stands large.
        let horizons = self.horizons();
        let known = |age: &&u32| !self.ltv_to_cac(curve, **age).words;
        if let Some(main) = horizons.iter().rev().find(known).or_else(|| horizons.last()) {
            let mut small = vec![format!("after {main} days")];
            small.extend(self.ratio_limits(curve, *main));
            let others = horizons.iter().filter(|age| *age != main);
            small.extend(others.map(|age| format!("after {age} days: {}", self.ltv_to_cac(curve, *age).text)));
            cards.push(Card { title: "LTV:CAC".to_owned(), large: self.ltv_to_cac(curve, *main), small });
        }
        cards
    }

    /// What customers were worth at an age over what they cost; or why there is no such ratio.
    pub(super) fn ltv_to_cac(&self, curve: &styring_ltv::ValueCurve, age: u32) -> Said {
        let Some(cac) = &self.spec.cac else { return Said::words("no CAC given") };
        match curve.against(cac, age) {
            Ok(compared) => match compared.ratio() {
                Some(ratio) => Said::number(numbers::fixed(&ratio, 2)),
                None if cac.amount() == &Exact::ZERO => Said::words("costs nothing"),
                None => Said::words("not seen so long"),
            },
            Err(error) => Said::words(why(&error)),
        }
    }

    fn ratio_limits(&self, curve: &styring_ltv::ValueCurve, age: u32) -> Option<String> {
        let cost = self.spec.cac.as_ref()?.amount().to_f64();
        let (low, high) = curve.at(age).age_incremental()?.limits(self.spec.level).ok()??;
        let text = |value: f64| numbers::decimal(value / cost, 2);
        (cost > 0.0).then(|| format!("{}: {}", self.level(), range((low, high), text)))
    }

    fn orders_card(&self, ahead: &Ahead) -> Card {
        Card {
            title: format!("Orders, next {} days", ahead.days),
            large: Said::number(count_about(ahead.purchases.mean)),
            small: vec![self.interval(&ahead.purchases, count_about), "of all customers so far".to_owned()],
        }
    }

    fn worth_card(&self, ahead: &Ahead) -> Card {
        let title = format!("Their value, next {} days", ahead.days);
        match &ahead.value {
            Ok(total) => Card {
                title,
                large: Said::number(about(total.mean, self.currency())),
                small: vec![self.interval(total, |value| bare_about(value, self.currency()))],
            },
            Err(error) => Card { title, large: Said::words("cannot be told"), small: vec![why(error)] },
        }
    }
}
