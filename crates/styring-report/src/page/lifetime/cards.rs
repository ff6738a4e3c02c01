//! The key figures of customers.

use styring_money::Exact;
use styring_playbook::Ahead;

use super::Card;
use crate::figures::Said;
use crate::lifetime_words::{about, bare_about, count_about, exact, payback_limits, range, why};
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
                        format!("{}: {}", self.level(), range(limits, |value| bare_about(value, self.currency())))
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
        let mut ratios: Vec<(u32, Said)> =
            self.horizons().iter().rev().map(|age| (*age, self.ltv_to_cac(curve, *age))).collect();
        let largest = if ratios.is_empty() { None } else { Some(ratios.remove(0)) };
        let mut cards = vec![Card { title: "Payback".to_owned(), large: payback.0, small: payback.1 }];
        if let Some((age, ratio)) = largest {
            let others = ratios.into_iter().map(|(age, ratio)| format!("after {age} days: {}", ratio.text));
            let small = std::iter::once(format!("after {age} days")).chain(others).collect();
            cards.push(Card { title: "LTV:CAC".to_owned(), large: ratio, small });
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
