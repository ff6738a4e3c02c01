use std::collections::BTreeSet;

use super::Window;
use super::plan::check_names;
use crate::Error;

/// How often a person, or a household, may see something within a window.
///
/// The rule binds an impression when its channel and campaign are among those named. It passes when what it has counted in the window, plus the weight of the impression,
/// is at most `max` (+ 10⁻⁹).
///
/// ```
/// use styring_reach::cap::{Per, Rule, Window};
///
/// let common = Rule::new("common-5d", 3.0, Window::days(5)?)?;
/// let tv = Rule::new("ctv-7d", 5.0, Window::days(7)?)?.on_channels(["CTV", "YouTube"])?.per(Per::Household);
/// let never = Rule::new("no radio", 0.0, Window::Lifetime)?.on_channels(["Radio"])?;
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "stored::Rule", into = "stored::Rule"))]
pub struct Rule {
    id: String,
    max: f64,
    window: Window,
    channels: Option<Vec<String>>,
    campaigns: Option<Vec<String>>,
    per: Per,
    counts: String,
}

/// Whose impressions a rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Per {
    /// The person's.
    #[default]
    User,
    /// The household's. The rule is skipped for impressions that name none; it does not stand in for a rule per person.
    Household,
}

/// What is counted where a rule says nothing else.
pub(crate) const IMPRESSION: &str = "impression";

impl Rule {
    /// At most `max` within `window`, on all channels, for all campaigns, per person.
    ///
    /// `max` may be a fraction, because an impression may be given a weight (a play on an outdoor screen). Zero means never; who wants no limit writes no rule.
    ///
    /// Errors: [`Error::OutOfRange`] for a `max` that is negative or not finite, [`Error::Empty`] for an id without a letter.
    pub fn new(id: impl Into<String>, max: f64, window: Window) -> Result<Self, Error> {
        let id = id.into();
        if id.trim().is_empty() {
            return Err(Error::Empty { field: "id", of: "a rule".to_owned() });
        }
        if !(max.is_finite() && max >= 0.0) {
            return Err(Error::OutOfRange { field: "max", expected: "a number from 0", value: max.to_string() });
        }
        let counts = IMPRESSION.to_owned();
        Ok(Self { id, max, window, channels: None, campaigns: None, per: Per::User, counts })
    }

    /// Only on these channels.
    ///
    /// Errors: [`Error::Empty`] for none.
    pub fn on_channels<S: Into<String>>(mut self, channels: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        self.channels = Some(self.named("channels", channels)?);
        Ok(self)
    }

    /// Only for these campaigns.
    ///
    /// Errors: [`Error::Empty`] for none.
    pub fn for_campaigns<S: Into<String>>(mut self, campaigns: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        self.campaigns = Some(self.named("campaigns", campaigns)?);
        Ok(self)
    }

    /// Per person or per household.
    #[must_use]
    pub fn per(mut self, per: Per) -> Self {
        self.per = per;
        self
    }

    /// Counts another event than `impression`: with `click` and `max` 2 the third impression after two clicks is denied. An impression still weighs what it
    /// weighs when it is decided upon.
    #[must_use]
    pub fn counting(mut self, event: impl Into<String>) -> Self {
        self.counts = event.into();
        self
    }

    /// What answers call it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How much is allowed.
    pub fn max(&self) -> f64 {
        self.max
    }

    /// Over which time.
    pub fn window(&self) -> Window {
        self.window
    }

    /// The channels it is for; `None` for all.
    pub fn channels(&self) -> Option<&[String]> {
        self.channels.as_deref()
    }

    /// The campaigns it is for; `None` for all.
    pub fn campaigns(&self) -> Option<&[String]> {
        self.campaigns.as_deref()
    }

    /// Whose impressions it counts.
    pub fn whose(&self) -> Per {
        self.per
    }

    /// The event it counts.
    pub fn event(&self) -> &str {
        &self.counts
    }

    fn named<S: Into<String>>(
        &self,
        field: &'static str,
        names: impl IntoIterator<Item = S>,
    ) -> Result<Vec<String>, Error> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        if names.is_empty() {
            return Err(Error::Empty { field, of: format!("rule {}", self.id) });
        }
        Ok(names)
    }
}

/// The rules of an engine. All that bind an impression must pass.
///
/// ```
/// use styring_reach::cap::{Rule, Rules, Window};
///
/// let rules = Rules::new([
///     Rule::new("common-5d", 3.0, Window::days(5)?)?,
///     Rule::new("vg-7d", 2.0, Window::days(7)?)?.on_channels(["VG"])?,
/// ])?;
/// assert_eq!(rules.iter().count(), 2);
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Vec<Rule>", into = "Vec<Rule>"))]
pub struct Rules(Vec<Rule>);

impl Rules {
    /// Rules in the order in which answers name them.
    ///
    /// Errors: [`Error::Repeated`] for an id that comes twice, [`Error::TooMany`] for more than 1023 channels, 262 143 campaigns, or 15 events beside impressions.
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Result<Self, Error> {
        let rules: Vec<Rule> = rules.into_iter().collect();
        let mut seen = BTreeSet::new();
        match rules.iter().find(|rule| !seen.insert(rule.id.as_str())) {
            Some(rule) => Err(Error::Repeated { what: "rule", name: rule.id.clone() }),
            None => check_names(&rules).map(|()| Self(rules)),
        }
    }

    /// The common rule of Norwegian media plans: at most 3 in 5 days, 4 in 7 and 6 in 14, over all channels. The ids are `common-5d`, `common-7d`, `common-14d`.
    ///
    /// ```
    /// use styring_reach::cap::Rules;
    ///
    /// let common: Vec<_> = Rules::common_5_7_14().iter().map(|rule| (rule.id().to_owned(), rule.max())).collect();
    /// assert_eq!(common[2], ("common-14d".to_owned(), 6.0));
    /// ```
    pub fn common_5_7_14() -> Self {
        let rules = [(5, 3.0), (7, 4.0), (14, 6.0)];
        Self(
            rules
                .into_iter()
                .filter_map(|(days, max)| Rule::new(format!("common-{days}d"), max, Window::days(days).ok()?).ok())
                .collect(),
        )
    }

    /// These rules and more of them.
    ///
    /// Errors: as [`new`](Self::new).
    pub fn and(self, more: impl IntoIterator<Item = Rule>) -> Result<Self, Error> {
        Self::new(self.0.into_iter().chain(more))
    }

    /// The rules in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, Rule> {
        self.0.iter()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Rule> {
        self.0.get(index)
    }
}

impl<'a> IntoIterator for &'a Rules {
    type Item = &'a Rule;
    type IntoIter = std::slice::Iter<'a, Rule>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl TryFrom<Vec<Rule>> for Rules {
    type Error = Error;

    fn try_from(rules: Vec<Rule>) -> Result<Self, Error> {
        Self::new(rules)
    }
}

impl From<Rules> for Vec<Rule> {
    fn from(rules: Rules) -> Self {
        rules.0
    }
}

#[cfg(feature = "serde")]
mod stored {
    use super::{IMPRESSION, Per, Window};
    use crate::Error;

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Rule {
        id: String,
        max: f64,
        window: Window,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channels: Option<Vec<String>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        campaigns: Option<Vec<String>>,
        #[serde(default)]
        per: Per,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counts: Option<String>,
    }

    impl TryFrom<Rule> for super::Rule {
        type Error = Error;

        fn try_from(stored: Rule) -> Result<Self, Error> {
            let mut rule = Self::new(stored.id, stored.max, stored.window)?.per(stored.per);
            if let Some(channels) = stored.channels {
                rule = rule.on_channels(channels)?;
            }
            if let Some(campaigns) = stored.campaigns {
                rule = rule.for_campaigns(campaigns)?;
            }
            Ok(match stored.counts {
                Some(event) => rule.counting(event),
                None => rule,
            })
        }
    }

    impl From<super::Rule> for Rule {
        fn from(rule: super::Rule) -> Self {
            let counts = (rule.counts != IMPRESSION).then_some(rule.counts);
            let super::Rule { id, max, window, channels, campaigns, per, .. } = rule;
            Self { id, max, window, channels, campaigns, per, counts }
        }
    }
}
