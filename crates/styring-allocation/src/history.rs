use styring_money::{Currency, Money};

use crate::channel::{check_names, minor_units};
use crate::{Error, Guardrail};

/// All that a policy may know: what every channel was given, spent and reported, week by week.
///
/// A history is data. The state of a policy is its settings and the history, so both can be written down and read again, and the same history gives the same decision.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct History {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The channels, each with the same number of weeks.
    pub channels: Vec<Track>,
}

/// One channel's past.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Track {
    /// The name; channels are known by it, never by their place.
    pub name: String,
    /// What may not happen to its budget.
    pub guardrail: Guardrail,
    /// Results a week that were the goal for the opening budget, above zero. Only the article's score reads it.
    pub goal: f64,
    /// What experiments say about its reported results; none where there was no experiment.
    pub lift: Option<Lift>,
    /// Whether all that it needs is in place: tracking, creatives, landing pages. A channel that is not ready is not given more.
    pub ready: bool,
    /// The weeks so far, the oldest first.
    pub weeks: Vec<Observed>,
}

impl Track {
    /// A channel without a past, free and ready, with a goal of one result.
    pub fn new(name: impl Into<String>, currency: Currency) -> Self {
        Self {
            name: name.into(),
            guardrail: Guardrail::none(currency),
            goal: 1.0,
            lift: None,
            ready: true,
            weeks: Vec::new(),
        }
    }
}

/// Results that are caused for each that is reported, from an experiment.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Lift {
    /// Incremental over reported, zero or above: 0.4 where four of ten reported results would not have come without the channel.
    pub factor: f64,
    /// Its standard error.
    pub se: f64,
}

/// One week of one channel.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Observed {
    /// What it was given.
    pub budget: Money,
    /// What it spent.
    pub spend: Money,
    /// Results reported so far for that week's spend, zero or above.
    pub results: f64,
    /// What they are worth, if known. The policies here count results.
    pub value: Option<f64>,
    /// Contacts per person, if known.
    pub frequency: Option<f64>,
    /// How much of the week's results is in by now, above 0 and at most 1. A development triangle tells it.
    pub completion: f64,
}

impl History {
    /// How many weeks there are.
    pub fn weeks(&self) -> usize {
        self.channels.first().map_or(0, |channel| channel.weeks.len())
    }

    /// Checks every name and number.
    ///
    /// # Errors
    ///
    /// Names the channel and the field: no channels, a name twice, another currency, another number of weeks than the first, a number outside its range.
    pub fn check(&self) -> Result<(), Error> {
        check_names(self.channels.iter().map(|channel| channel.name.as_str()))?;
        let weeks = self.weeks();
        for channel in &self.channels {
            let name = channel.name.as_str();
            if channel.weeks.len() != weeks {
                return Err(Error::LengthMismatch { what: "weeks", got: channel.weeks.len(), expected: weeks });
            }
            let positive = |field, value: f64| {
                let inside = value > 0.0 && value.is_finite();
                if inside { Ok(()) } else { Err(Error::out_of_range(field, Some(name), "above zero", value)) }
            };
            let not_negative = |field, value: f64| {
                let inside = value >= 0.0 && value.is_finite();
                if inside { Ok(()) } else { Err(Error::out_of_range(field, Some(name), "zero or above", value)) }
            };
            positive("goal", channel.goal)?;
            if let Some(lift) = channel.lift {
                not_negative("lift factor", lift.factor)?;
                not_negative("standard error of the lift factor", lift.se)?;
            }
            for week in &channel.weeks {
                minor_units("budget", name, week.budget, self.currency)?;
                minor_units("spend", name, week.spend, self.currency)?;
                not_negative("results", week.results)?;
                for (field, value) in [("value", week.value), ("frequency", week.frequency)] {
                    value.map_or(Ok(()), |value| not_negative(field, value))?;
                }
                positive("completion", week.completion)?;
                if week.completion > 1.0 {
                    return Err(Error::out_of_range("completion", Some(name), "at most one", week.completion));
                }
            }
        }
        Ok(())
    }
}
