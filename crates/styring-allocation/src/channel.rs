use std::collections::BTreeSet;

use styring_money::{Currency, Exact, Money, Share, Sign, Unrounded};

use crate::{Bounds, Error};

/// What a channel's budget may not do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Guardrail {
    /// Never below this.
    pub min: Money,
    /// Never above this.
    pub max: Option<Money>,
    /// Never more than this share of its budget up or down in one week, whether by moves or by a raise. A budget of zero cannot grow under it.
    pub largest_step: Option<Share>,
    /// A kept channel: it has this budget, inside the minimum and the maximum, is not judged, neither gives nor receives.
    pub kept: Option<Money>,
}

impl Guardrail {
    /// No guardrail.
    pub fn none(currency: Currency) -> Self {
        Self { min: Money::zero(currency), max: None, largest_step: None, kept: None }
    }

    /// The range of the budget in minor units; without a maximum it ends at `total`.
    pub(crate) fn bounds(&self, channel: &str, currency: Currency, total: i128) -> Result<Bounds, Error> {
        let minor = |field, money: Money| minor_units(field, channel, money, currency);
        let min = minor("minimum", self.min)?;
        let max = self.max.map(|max| minor("maximum", max)).transpose()?;
        if max.is_some_and(|max| min > max) {
            return Err(Error::out_of_range("minimum", Some(channel), "at most the maximum", self.min));
        }
        if let Some(money) = self.kept {
            let kept = minor("kept budget", money)?;
            if kept < min || max.is_some_and(|max| kept > max) {
                let expected = "inside the minimum and the maximum";
                return Err(Error::out_of_range("kept budget", Some(channel), expected, money));
            }
            return Ok(Bounds { min: kept, max: kept });
        }
        Ok(Bounds { min, max: max.unwrap_or(total.max(min)) })
    }
}

/// An amount of the plan's currency, zero or above, in whole minor units.
pub(crate) fn minor_units(field: &'static str, channel: &str, money: Money, currency: Currency) -> Result<i128, Error> {
    if money.currency() != currency {
        let channel = channel.to_owned();
        return Err(Error::CurrencyMismatch { field, channel, left: currency, right: money.currency() });
    }
    match money.to_minor()? {
        minor if minor < 0 => Err(Error::out_of_range(field, Some(channel), "zero or above", money)),
        minor => Ok(minor),
    }
}

/// What is known of a channel over the window that is judged.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Evidence {
    /// What was spent.
    pub spend: Unrounded,
    /// Results; incremental ones where a holdout tells them.
    pub results: Exact,
    /// The results that were the goal, set for the opening budget.
    pub goal: Exact,
    /// What the channel spent in the window over its opening budget for the same days: 2 if twice as much. Scales the goal in the budget-scaled reading.
    pub budget_scale: Exact,
    /// The quality weight, 1 for normal: the product of all quality weights.
    pub quality: Exact,
    /// What the results were worth (net revenue, margin or lifetime value), if known.
    pub value: Option<Unrounded>,
    /// Contacts per person in the last week, if known.
    pub frequency: Option<f64>,
    /// The lower confidence limit of the incremental effect from a holdout, if there was one. Above zero it documents that the channel works.
    pub lift_lower: Option<f64>,
}

impl Evidence {
    /// Nothing spent, nothing known, and this goal.
    pub fn none(goal: Exact, currency: Currency) -> Self {
        Self {
            spend: Unrounded::new(Exact::ZERO, currency),
            results: Exact::ZERO,
            goal,
            budget_scale: Exact::ONE,
            quality: Exact::ONE,
            value: None,
            frequency: None,
            lift_lower: None,
        }
    }

    pub(crate) fn check(&self, channel: &str, currency: Currency) -> Result<(), Error> {
        let amounts = [Some(("spend", &self.spend)), self.value.as_ref().map(|value| ("value", value))];
        for (field, amount) in amounts.into_iter().flatten() {
            if amount.currency() != currency {
                let channel = channel.to_owned();
                return Err(Error::CurrencyMismatch { field, channel, left: currency, right: amount.currency() });
            }
        }
        for (field, number) in [("spend", self.spend.amount()), ("results", &self.results), ("quality", &self.quality)]
        {
            if number.sign() == Sign::Negative {
                return Err(Error::out_of_range(field, Some(channel), "zero or above", number));
            }
        }
        for (field, number) in [("goal", &self.goal), ("budget scale", &self.budget_scale)] {
            if number.sign() != Sign::Positive {
                return Err(Error::out_of_range(field, Some(channel), "above zero", number));
            }
        }
        for (field, number) in [("frequency", self.frequency), ("lower limit of lift", self.lift_lower)] {
            if let Some(number) = number.filter(|number| !number.is_finite()) {
                return Err(Error::out_of_range(field, Some(channel), "a finite number", number));
            }
        }
        Ok(())
    }
}

/// A channel as a policy sees it: name, budget of the week that ends, guardrail, evidence.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Channel {
    /// The name; channels are known by it, never by their place.
    pub name: String,
    /// The budget of the week that ends.
    pub budget: Money,
    /// What may not happen to it.
    pub guardrail: Guardrail,
    /// What it did.
    pub evidence: Evidence,
}

impl Channel {
    /// A channel without guardrails.
    pub fn new(name: impl Into<String>, budget: Money, evidence: Evidence) -> Self {
        Self { name: name.into(), guardrail: Guardrail::none(budget.currency()), budget, evidence }
    }
}

/// Refuses an empty list and a name that stands twice.
pub(crate) fn check_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Error::DuplicateChannel { name: name.to_owned() });
        }
    }
    if seen.is_empty() { Err(Error::NoChannels) } else { Ok(()) }
}
