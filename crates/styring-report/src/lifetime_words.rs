//! What the orders say of the customers, in sentences that the page and the terminal share.

use styring_ltv::{Estimates, Identified, Total, ValueCurve};
use styring_money::{Currency, Exact, Unrounded};
use styring_playbook::Outlook;

use crate::charts::compared;
use crate::period::day;
use crate::text::{clean, list, plural};
use crate::{LifetimeReport, numbers};

/// From this error of the holdout on, a reader must know before acting.
const FAR_OFF: f64 = 0.10;
/// From this correlation of value and frequency on, expected values suffer.
const DEPENDENT: f64 = 0.10;
/// Below this p-value a difference is hardly chance.
const SURELY: f64 = 0.05;
/// Fewer repeat purchases than this are few.
const FEW: u64 = 100;

/// An exact amount with its currency.
pub(crate) fn exact(amount: &Unrounded) -> String {
    format!("{}\u{a0}{}", amount.currency(), numbers::amount(amount.amount(), amount.currency()))
}

/// An estimate of an amount with its currency: no more digits than it is worth.
pub(crate) fn about(value: f64, currency: Currency) -> String {
    format!("{currency}\u{a0}{}", bare_about(value, currency))
}

pub(crate) fn bare_about(value: f64, currency: Currency) -> String {
    bare_like(value, value, currency)
}

/// With as many digits as another estimate, beside which it stands.
pub(crate) fn bare_like(value: f64, other: f64, currency: Currency) -> String {
    match other.abs() {
        // Nobody spends so much, and it fits into no cell.
        size if size.is_finite() && size >= 1e15 => format!("{value:.2e}"),
        size if size < 10_000.0 => numbers::decimal(value, usize::from(currency.minor_digits().min(2))),
        _ => numbers::decimal(value, 0),
    }
}

/// From which amount to which: `60.20 to 66.10`.
pub(crate) fn amounts((low, high): (f64, f64), currency: Currency) -> String {
    let larger = low.abs().max(high.abs());
    range((low, high), |value| bare_like(value, larger, currency))
}

/// An expected count.
pub(crate) fn count_about(value: f64) -> String {
    match value.abs() {
        size if size < 10.0 => numbers::decimal(value, 2),
        size if size < 100.0 => numbers::decimal(value, 1),
        size if size.is_finite() && size >= 1e15 => format!("{value:.2e}"),
        _ => numbers::decimal(value, 0),
    }
}

/// `60.20 to 66.10`.
pub(crate) fn range((low, high): (f64, f64), text: impl Fn(f64) -> String) -> String {
    format!("{} to {}", text(low), text(high))
}

pub(crate) fn share(share: f64) -> String {
    format!("{}\u{202f}%", numbers::decimal(share * 100.0, 1))
}

/// `p = 0.012`, `p < 0.001`.
pub(crate) fn p_value(p: f64) -> String {
    if p < 0.001 { "p\u{a0}<\u{a0}0.001".to_owned() } else { format!("p\u{a0}=\u{a0}{}", numbers::decimal(p, 3)) }
}

/// Why something is not there, as the end of a sentence.
pub(crate) fn why(error: &impl std::fmt::Display) -> String {
    clean(&error.to_string())
}

/// `payback on day 41 (90 %: day 37 to 46)`.
pub(crate) fn payback_words(
    day: Option<u32>,
    limits: (Option<u32>, Option<u32>),
    curve: &ValueCurve,
    level: f64,
) -> String {
    let on = match day {
        Some(day) => format!("payback on day {}", numbers::rows(day.into())),
        None => format!("no payback until day {}, the last seen", numbers::rows(curve.last_age().unwrap_or(0).into())),
    };
    payback_limits(limits, level).map_or_else(|| on.clone(), |limits| format!("{on} ({limits})"))
}

/// `90 %: day 37 to 46`; `None` where nothing is known.
pub(crate) fn payback_limits(limits: (Option<u32>, Option<u32>), level: f64) -> Option<String> {
    let level = numbers::level(level);
    match limits {
        (Some(from), Some(to)) if from == to => Some(format!("{level}: day {from}")),
        (Some(from), Some(to)) => Some(format!("{level}: day {from} to {to}")),
        (Some(from), None) => Some(format!("{level}: day {from} or later")),
        (None, _) => None,
    }
}

impl LifetimeReport<'_> {
    pub(crate) fn level(&self) -> String {
        numbers::level(self.spec.level)
    }

    pub(crate) fn currency(&self) -> Currency {
        self.customers.currency
    }

    /// The horizons that were asked for, the nearest first.
    pub(crate) fn horizons(&self) -> Vec<u32> {
        let mut horizons: Vec<u32> = self.customers.totals.iter().map(|ahead| ahead.days).collect();
        horizons.sort_unstable();
        horizons.dedup();
        horizons
    }

    pub(crate) fn largest(&self) -> u32 {
        self.horizons().last().copied().unwrap_or_default()
    }

    /// `90 %: 60.20 to 66.10`, or that there is no such interval.
    pub(crate) fn interval(&self, total: &Total, text: impl Fn(f64) -> String) -> String {
        match total.interval(self.spec.level) {
            Ok(limits) => format!("{}: {}", self.level(), range(limits, text)),
            Err(error) => format!("no interval: {}", why(&error)),
        }
    }

    fn all(&self) -> String {
        plural(self.customers.customers, "customer", "customers")
    }

    /// What a customer was worth, and what all of them will bring.
    pub(crate) fn headline(&self) -> String {
        format!("{} {}", self.worth_sentence(), self.ahead_sentence())
    }

    fn worth_sentence(&self) -> String {
        let curve = &self.customers.curve;
        let seen =
            self.horizons().into_iter().rev().find_map(|age| Some((age, curve.at(age).age_incremental()?.clone())));
        let Some((age, mean)) = seen else {
            return format!(
                "No customer has been seen for {} days yet.",
                self.horizons().first().copied().unwrap_or_default()
            );
        };
        let limits = mean.limits(self.spec.level).ok().flatten();
        let limits = limits
            .map_or_else(String::new, |limits| format!(" ({}: {})", self.level(), amounts(limits, self.currency())));
        let ratio = self.spec.cac.as_ref().and_then(|cac| curve.against(cac, age).ok()?.ratio());
        let ratio = ratio.map_or_else(String::new, |ratio| {
            format!(", {} times what it costs to acquire one", numbers::fixed(&ratio, 2))
        });
        format!("A customer has been worth {} after {age} days{limits}{ratio}.", exact(mean.value()))
    }

    fn ahead_sentence(&self) -> String {
        let largest = self.largest();
        let Some(ahead) = self.customers.totals.iter().find(|ahead| ahead.days == largest) else {
            return String::new();
        };
        let orders = count_about(ahead.purchases.mean);
        let worth = match &ahead.value {
            Ok(value) => format!(" worth {}", about(value.mean, self.currency())),
            Err(_) => String::new(),
        };
        format!(
            "All {} together are expected to place {orders} more orders{worth} in the next {largest} days.",
            self.all()
        )
    }

    /// What is covered.
    pub(crate) fn lead(&self) -> Vec<String> {
        let customers = self.customers;
        let again = customers.outlooks.iter().filter(|outlook| outlook.history.purchases() > 0).count();
        let share = share(again as f64 / (customers.customers.max(1)) as f64);
        let discount = if self.spec.yearly_discount > 0.0 {
            format!("What lies ahead is discounted by {} a year.", numbers::level(self.spec.yearly_discount))
        } else {
            "What lies ahead is not discounted.".to_owned()
        };
        vec![format!(
            "The orders cover {} to {}. {again} of {} ({share}) bought again on a later day. Intervals are of {}. {discount}",
            day(customers.first_day),
            day(customers.until),
            self.all(),
            self.level(),
            again = numbers::rows(again as u64),
        )]
    }

    /// What a reader must know before believing the numbers.
    pub(crate) fn notes(&self) -> Vec<String> {
        let customers = self.customers;
        let mut notes = Vec::new();
        if customers.repeats < FEW {
            notes.push(format!(
                "There are only {}, so every number that looks ahead is rough.",
                plural(usize::try_from(customers.repeats).unwrap_or(usize::MAX), "repeat purchase", "repeat purchases")
            ));
        }
        match self.holdout() {
            Some((actual, expected, _)) if actual > 0.0 && (expected / actual - 1.0).abs() >= FAR_OFF => {
                let side = if expected < actual { "fewer" } else { "more" };
                notes.push(format!(
                    "In the days it had not seen, the model expected {} {side} purchases than came. Intervals know chance and that parameters are estimates, not that a model is wrong: take what lies ahead to be wrong by as much.",
                    share((expected / actual - 1.0).abs()),
                ));
            }
            Some(_) => {}
            None => notes.push(
                "The model was not held against orders it had not seen; set a day on which the calibration ends to do so."
                    .to_owned(),
            ),
        }
        match &customers.spending {
            Err(error) => notes.push(format!(
                "What customers spend cannot be modelled, so there are expected orders and no expected values: {}.",
                why(error)
            )),
            Ok(spent) => {
                if let Ok(found) = &spent.independence
                    && found.correlation.abs() >= DEPENDENT
                    && found.p_value < SURELY
                {
                    let (more, values) =
                        if found.correlation > 0.0 { ("more", "too low") } else { ("less", "too high") };
                    notes.push(format!(
                        "Customers who buy more often spend {more} per order (correlation {}), which the model does not know: expected values of frequent buyers are {values}.",
                        numbers::decimal(found.correlation, 2)
                    ));
                }
                if spent.at_a_loss > 0 {
                    let those = plural(spent.at_a_loss, "customer who bought again", "customers who bought again");
                    notes.push(format!(
                        "{those} brought nothing or a loss per order. The model of spending knows no losses and takes them for customers of unknown value."
                    ));
                }
            }
        }
        if let (Some(best), Some(taken)) = (customers.ranking.first(), self.rank()) {
            let worse = customers.ranking.get(taken).map_or(0.0, |own| own.aic - best.aic);
            if worse > 10.0 {
                notes.push(format!(
                    "{} was asked for, and {} describes the orders better: its AIC is {} lower.",
                    customers.model,
                    clean(&best.name),
                    numbers::decimal(worse, 1)
                ));
            }
        }
        notes
    }

    /// The place of the model that was taken.
    fn rank(&self) -> Option<usize> {
        self.customers.ranking.iter().position(|ranked| ranked.name == self.customers.model)
    }

    /// Purchases after the calibration, those expected, and how many customers had been acquired by then.
    pub(crate) fn holdout(&self) -> Option<(f64, f64, f64)> {
        let rows = &self.customers.holdout;
        self.customers.calibration_end.filter(|_| !rows.is_empty())?;
        let sum = |of: fn(&styring_ltv::HoldoutRow) -> f64| rows.iter().map(of).sum::<f64>();
        Some((sum(|row| row.actual), sum(|row| row.expected), sum(|row| row.customers)))
    }

    /// Which model, and why.
    pub(crate) fn model_sentence(&self) -> String {
        let customers = self.customers;
        let model = customers.model;
        let others = customers.ranking.len().saturating_sub(1);
        let own = self.rank().and_then(|rank| customers.ranking.get(rank));
        let next = customers.ranking.iter().find(|ranked| ranked.name != model);
        let (Some(own), Some(next)) = (own, next) else {
            return format!("The numbers come from {model}, which was held against no other model.");
        };
        let why = if self.rank() == Some(0) {
            format!("the best of {} by AIC", others + 1)
        } else {
            format!("which was asked for; the best of {} by AIC is {}", others + 1, clean(&next.name))
        };
        let apart = (own.aic - next.aic).abs();
        let how_sure = match apart {
            apart if apart < 2.0 => "the data hardly tell the two apart",
            apart if apart < 10.0 => "the data prefer one, and do not rule out the other",
            _ => "the data are clear about it",
        };
        format!(
            "The numbers come from {model}, {why}. Between it and {} lie {} of AIC: {how_sure}.",
            clean(&next.name),
            numbers::decimal(apart, 1)
        )
    }

    /// How the model did on days that it had not seen.
    pub(crate) fn tracking_sentence(&self) -> String {
        let customers = self.customers;
        let Some(last) = customers.tracking.last() else {
            return "There is nothing to hold the model against.".to_owned();
        };
        let Some(end) = customers.calibration_end else {
            return format!(
                "Until {} came {} repeat purchases, and the model expects {}. It has seen all of them, so this says that it fits, and not that it foresees.",
                day(last.day),
                numbers::rows(last.actual),
                compared(last.expected, last.actual as f64)
            );
        };
        let Some((actual, expected, of)) = self.holdout() else {
            return format!("The calibration ended on {}, and nothing was held out after it.", day(end));
        };
        let error = if actual > 0.0 {
            let off = expected / actual - 1.0;
            let size = share(off.abs());
            match off {
                _ if size.starts_with("0.0") => "; that is as many".to_owned(),
                off if off < 0.0 => format!("; the model was {size} too low"),
                _ => format!("; the model was {size} too high"),
            }
        } else {
            String::new()
        };
        format!(
            "For this test the model saw orders until {}. From what each of {} had done by then, it expected {} repeat purchases in the {} days after. {} came{error}.",
            day(end),
            plural_f64(of, "customer", "customers"),
            count_about(expected),
            (customers.until - end).num_days(),
            numbers::decimal(actual, 0),
        )
    }

    /// Whether the model's table of frequencies is that of the customers.
    pub(crate) fn frequency_sentence(&self) -> String {
        let table = &self.customers.frequency;
        let [low, high] = table.p_value;
        let (smaller, larger) = (low.min(high), low.max(high));
        let what = if smaller > SURELY {
            "The differences are of the size that chance gives"
        } else if larger > SURELY {
            "The differences are at the edge of what chance gives"
        } else {
            "The differences are larger than chance gives, as they are for every model once there are enough customers; the bars say whether they matter"
        };
        let p = if p_value(smaller) == p_value(larger) {
            p_value(smaller)
        } else {
            format!("p between {} and {}", numbers::decimal(smaller, 3), numbers::decimal(larger, 3))
        };
        format!("{what} (chi-squared {} over {} rows, {p}).", numbers::decimal(table.chi_squared, 1), table.compared)
    }

    /// Whether what customers spend goes with how often they buy.
    pub(crate) fn spending_sentences(&self) -> Vec<String> {
        let spent = match &self.customers.spending {
            Ok(spent) => spent,
            Err(error) => return vec![format!("What customers spend cannot be told: {}.", why(error))],
        };
        let found = match &spent.independence {
            Ok(found) => found,
            Err(error) => {
                return vec![format!("Whether value goes with frequency cannot be tested: {}.", why(error))];
            }
        };
        let verdict = match found.correlation {
            r if r.abs() < 0.05 => "so little that it does no harm",
            r if r.abs() < DEPENDENT => "a little; expected values are hardly wrong by it",
            _ if found.p_value >= SURELY => "too few customers to tell it from none",
            r if r > 0.0 => "enough to make expected values of frequent buyers too low",
            _ => "enough to make expected values of frequent buyers too high",
        };
        vec![format!(
            "The model of spending takes for granted that the value of an order does not go with how often somebody buys. Here the correlation is {} ({}, {}): {verdict}.",
            numbers::decimal(found.correlation, 3),
            p_value(found.p_value),
            plural_f64(found.customers, "customer who bought again", "customers who bought again"),
        )]
    }

    /// Parameters that the data do not determine.
    pub(crate) fn identified_sentences(&self) -> Vec<String> {
        let customers = self.customers;
        let own = customers.estimates.iter().filter(|(name, _)| *name == customers.model);
        let spending = customers.spending.as_ref().ok().map(|spent| ("Gamma-Gamma", &spent.fit.estimates));
        let all = own.map(|(name, estimates)| (*name, estimates)).chain(spending);
        all.filter_map(|(model, estimates)| identified(model, estimates)).collect()
    }

    /// Whether it matters by which channel a customer came.
    pub(crate) fn channel_sentences(&self) -> Vec<String> {
        let channels = &self.customers.channels;
        let Some(first) = channels.first() else {
            return vec!["The orders name no acquisition channels.".to_owned()];
        };
        let named: usize = channels.iter().map(|channel| channel.customers).sum();
        let without = self.customers.customers.saturating_sub(named);
        let mut sentences = Vec::new();
        if channels.len() == 1 {
            sentences.push(format!("All came by {}, so there is nothing to compare.", clean(&first.name)));
        } else {
            sentences.push(format!(
                "Factors are against {}, the largest channel: a purchase factor of 2 is twice as many orders while a customer stays, a dropout factor of 2 is leaving twice as readily.",
                clean(&first.name)
            ));
            sentences.push(match &self.customers.channels_matter {
                Some(found) if found.p_value < SURELY => format!(
                    "Customers of different channels buy and leave differently ({}).",
                    likelihood_ratio(found)
                ),
                Some(found) => format!(
                    "Whether channels differ in how their customers buy and leave, the data do not say: differences like these come by chance ({}).",
                    likelihood_ratio(found)
                ),
                None if without > 0 => {
                    "Whether the differences are chance cannot be tested, because not every customer has a channel.".to_owned()
                }
                None => "Whether the differences are chance cannot be tested: the model could not be fitted with channels.".to_owned(),
            });
        }
        if without > 0 {
            sentences
                .push(format!("{} without a channel are left out here.", plural(without, "customer", "customers")));
        }
        sentences
    }

    /// What the cohorts are worth together, or why that cannot be said.
    pub(crate) fn cohort_sentences(&self) -> Vec<String> {
        let cohorts = match &self.customers.cohorts {
            Ok(cohorts) => cohorts,
            Err(error) => {
                return vec![format!("Cohorts cannot be followed to {} days: {}.", self.largest(), why(error))];
            }
        };
        let all = cohorts.all();
        let limits = match (all.standard_error(), all.interval(self.spec.level)) {
            (Some(0.0), _) => ", all of it observed".to_owned(),
            (_, Ok(Some(limits))) => {
                format!(" ({}: {})", self.level(), amounts(limits, self.currency()))
            }
            _ => "; too few cohorts are old enough to say how sure that is".to_owned(),
        };
        let mut sentences = vec![format!(
            "Customers by the month of their first order, and what each will have been worth after {} days: as far as it was seen, and from there as older cohorts went on (chain ladder). All together: {} per customer{limits}.",
            cohorts.ages().last().copied().unwrap_or_default(),
            about(all.per_customer(), self.currency()),
        )];
        let young: Vec<String> = cohorts
            .too_young()
            .map(|(month, customers)| {
                format!(
                    "{month} ({})",
                    plural(usize::try_from(customers).unwrap_or(usize::MAX), "customer", "customers")
                )
            })
            .collect();
        if !young.is_empty() {
            sentences.push(format!("Too young to say anything of: {}.", list(&young)));
        }
        sentences
    }

    /// How much of what is expected comes from how few.
    pub(crate) fn concentration_sentence(&self) -> String {
        let mut values = self.expected_of_all();
        values.sort_by(|one, other| other.total_cmp(one));
        let all: f64 = values.iter().sum();
        let (what, largest) = (self.expected_what(), self.largest());
        if all <= 0.0 {
            return format!("Nothing is expected of anybody in the next {largest} days.");
        }
        let best = values.len() / 10;
        if best == 0 {
            return format!("There are fewer than ten customers to compare by expected {what}.");
        }
        let brings: f64 = values.iter().take(best).sum();
        format!(
            "The best tenth of the customers ({}) is expected to bring {} of the {what} of the next {largest} days.",
            numbers::rows(best as u64),
            share(brings / all)
        )
    }

    /// `value`, or `orders` where values cannot be told.
    pub(crate) fn expected_what(&self) -> &'static str {
        if self.has_values() { "value" } else { "orders" }
    }

    pub(crate) fn has_values(&self) -> bool {
        let largest = self.largest();
        let value = |outlook: &Outlook| {
            outlook.ahead.iter().find(|ahead| ahead.days == largest).is_some_and(|ahead| ahead.value.is_some())
        };
        self.customers.outlooks.iter().any(value)
    }

    /// What is expected of each customer within the largest horizon, in the order of ids: value, or orders where values cannot be told. `None` for one whose value alone cannot
    /// be told.
    pub(crate) fn expected_by_place(&self) -> Vec<Option<f64>> {
        let (values, largest) = (self.has_values(), self.largest());
        let of = |outlook: &Outlook| {
            let ahead = outlook.ahead.iter().find(|ahead| ahead.days == largest)?;
            if values { ahead.value.map(|(expected, ..)| expected) } else { Some(ahead.purchases) }
        };
        self.customers.outlooks.iter().map(of).collect()
    }

    pub(crate) fn expected_of_all(&self) -> Vec<f64> {
        self.expected_by_place().into_iter().flatten().collect()
    }
}

fn likelihood_ratio(found: &styring_ltv::LikelihoodRatio) -> String {
    format!(
        "likelihood ratio {} on {} degrees of freedom, {}",
        numbers::decimal(found.statistic, 1),
        found.degrees,
        p_value(found.p_value)
    )
}

fn identified(model: &str, estimates: &Estimates) -> Option<String> {
    let names = |weak: &[&str]| list(&weak.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    match &estimates.identified {
        Identified::Fully => None,
        Identified::Weakly(weak) => Some(format!(
            "{} of {model} could be very different and predict nearly the same: read nothing into their values. The predictions stand.",
            names(weak)
        )),
        Identified::NoDropout(weak) => Some(format!(
            "Hardly anybody drops out in these orders, so they do not say how customers leave ({} of {model} are not determined). Predictions within the time that was seen stand; those far beyond it take for granted that nobody leaves.",
            names(weak)
        )),
    }
}

/// `1 customer`, `2 357 customers`, of a count as the models hold it.
fn plural_f64(count: f64, one: &str, many: &str) -> String {
    let text = numbers::decimal(count, 0);
    if text == "1" { format!("1 {one}") } else { format!("{text} {many}") }
}

/// A share of an exact whole.
pub(crate) fn part(of: u64, whole: u64) -> Option<String> {
    Exact::from(of).checked_div(&Exact::from(whole)).map(|share| numbers::percent(&share, 1))
}
