use styring_response::Curve;

use super::Draws;

/// A channel money may go to: its response, and what its spend may be. All amounts are in one currency, in its main unit (kroner, not øre), over one period.
///
/// Data; [`Problem::new`](super::Problem::new) checks it.
///
/// ```
/// use styring_allocation::optimise::Choice;
/// use styring_response::Curve;
///
/// let search = Choice::new("Search", Curve::hill(900.0, 1.0, 40_000.0)?)
///     .at_least(5_000.0)
///     .at_most(60_000.0)
///     .now(25_000.0) // what it has today
///     .step(0.2, 0.3) // at most 20 % less or 30 % more than that
///     .seen(10_000.0, 45_000.0); // the spends its curve was learnt from
/// # let _ = search;
/// # Ok::<(), styring_response::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Choice {
    pub(super) name: String,
    pub(super) effect: Effect,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) at_least: f64,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) at_most: Option<f64>,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) or_off: bool,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) now: Option<f64>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) step: Option<Step>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) contacts: Option<Contacts>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) seen: Option<(f64, f64)>,
}

#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub(super) enum Effect {
    Curve(Curve),
    Draws(Draws),
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(super) struct Step {
    pub(super) down: f64,
    pub(super) up: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(super) struct Contacts {
    pub(super) people: f64,
    pub(super) cap: f64,
    pub(super) cpm: f64,
}

impl Choice {
    /// A channel with a response curve, any spend from zero.
    pub fn new(name: impl Into<String>, curve: Curve) -> Self {
        Self::with(name.into(), Effect::Curve(curve))
    }

    /// A channel whose curve is known by draws of its posterior; draw number s of every channel belongs together.
    pub fn drawn(name: impl Into<String>, draws: Draws) -> Self {
        Self::with(name.into(), Effect::Draws(draws))
    }

    fn with(name: String, effect: Effect) -> Self {
        Self {
            name,
            effect,
            at_least: 0.0,
            at_most: None,
            or_off: false,
            now: None,
            step: None,
            contacts: None,
            seen: None,
        }
    }

    /// At least this spend.
    #[must_use]
    pub fn at_least(self, spend: f64) -> Self {
        Self { at_least: spend, ..self }
    }

    /// At most this spend.
    #[must_use]
    pub fn at_most(self, spend: f64) -> Self {
        Self { at_most: Some(spend), ..self }
    }

    /// Nothing at all is allowed too: zero, or at least the minimum.
    #[must_use]
    pub fn or_off(self) -> Self {
        Self { or_off: true, ..self }
    }

    /// What is spent today.
    #[must_use]
    pub fn now(self, spend: f64) -> Self {
        Self { now: Some(spend), ..self }
    }

    /// At most these shares of today's spend less and more: `step(0.2, 0.3)` is 20 % down and 30 % up. Needs [`now`](Self::now).
    #[must_use]
    pub fn step(self, down: f64, up: f64) -> Self {
        Self { step: Some(Step { down, up }), ..self }
    }

    /// At most so many contacts per person, on average: spend up to `people × cap × cpm / 1000`.
    #[must_use]
    pub fn frequency_cap(self, people: f64, cap: f64, cpm: f64) -> Self {
        Self { contacts: Some(Contacts { people, cap, cpm }), ..self }
    }

    /// The spends that were observed. A plan outside of them says so: the curve is only a guess there.
    #[must_use]
    pub fn seen(self, from: f64, to: f64) -> Self {
        Self { seen: Some((from, to)), ..self }
    }

    /// The channel's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Channels or groups with a common minimum or maximum.
///
/// ```
/// use styring_allocation::optimise::Group;
///
/// let video = Group::new("Video", ["YouTube", "TV 2"]).at_most(300_000.0);
/// let pictures = Group::new("Pictures", ["Video", "Display"]).at_least(100_000.0); // a group within
/// # let _ = (video, pictures);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Group {
    pub(super) name: String,
    pub(super) members: Vec<String>,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) at_least: f64,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub(super) at_most: Option<f64>,
}

impl Group {
    /// A group of channels, or of groups that are already there.
    pub fn new(name: impl Into<String>, members: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { name: name.into(), members: members.into_iter().map(Into::into).collect(), at_least: 0.0, at_most: None }
    }

    /// At least this in sum.
    #[must_use]
    pub fn at_least(self, spend: f64) -> Self {
        Self { at_least: spend, ..self }
    }

    /// At most this in sum.
    #[must_use]
    pub fn at_most(self, spend: f64) -> Self {
        Self { at_most: Some(spend), ..self }
    }

    /// The group's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}
