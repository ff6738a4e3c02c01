use std::collections::BTreeSet;
use std::fmt;

use super::{Context, Daypart, Degrees, Device, Sky, Spot};

/// A rule over a [`Context`].
///
/// In a file, by its name: `{ all = [{ device = "dooh" }, { within = "Oslo" }, { time = "hverdager 07–09" }] }`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Condition {
    /// The local time lies in a part of the day or the week.
    Time(Daypart),
    /// The place has this name, or lies in one that has it.
    Within(String),
    /// The place is at most so many kilometres from a spot.
    Near {
        /// The middle.
        spot: Spot,
        /// The radius.
        kilometres: f64,
    },
    /// The ad was shown on this.
    Device(Device),
    /// This came from the sky.
    Sky(Sky),
    /// The temperature lies in a range.
    Temperature(Degrees),
    /// The programme has this name, in any case.
    Programme(String),
    /// The content has this category, in any case.
    Category(String),
    /// All of them hold; of an empty list, always.
    All(Vec<Condition>),
    /// One of them holds; of an empty list, never.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
}

/// Whether a condition holds (Kleene's three values): what is not known makes it unknown only where it could change the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// It cannot be said without these.
    Unknown(BTreeSet<&'static str>),
}

impl Condition {
    /// All of them.
    pub fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::All(conditions.into_iter().collect())
    }

    /// One of them.
    pub fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::Any(conditions.into_iter().collect())
    }

    /// Whether it holds in a context.
    pub fn holds(&self, context: &Context) -> Truth {
        let same = |name: &str, other: &str| name.to_lowercase() == other.to_lowercase();
        match self {
            Self::Time(part) => known("time", context.time.as_ref(), |time| part.holds(*time)),
            Self::Within(name) => known("place", context.place.as_ref(), |place| place.is_within(name)),
            Self::Near { spot, kilometres } => {
                known("spot", context.spot.as_ref(), |here| here.kilometres_to(*spot) <= *kilometres)
            }
            Self::Device(device) => known("device", context.device.as_ref(), |on| on == device),
            Self::Sky(sky) => known("sky", context.sky.as_ref(), |over| over == sky),
            Self::Temperature(range) => known("celsius", context.celsius.as_ref(), |celsius| range.holds(*celsius)),
            Self::Programme(name) => known("programme", context.programme.as_ref(), |programme| same(programme, name)),
            Self::Category(name) => known("category", context.category.as_ref(), |category| same(category, name)),
            Self::All(conditions) => {
                join(conditions.iter().map(|condition| condition.holds(context)), &Truth::No, Truth::Yes)
            }
            Self::Any(conditions) => {
                join(conditions.iter().map(|condition| condition.holds(context)), &Truth::Yes, Truth::No)
            }
            Self::Not(condition) => match condition.holds(context) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                unknown @ Truth::Unknown(_) => unknown,
            },
        }
    }
}

fn known<T>(field: &'static str, value: Option<&T>, holds: impl Fn(&T) -> bool) -> Truth {
    match value {
        None => Truth::Unknown(BTreeSet::from([field])),
        Some(value) if holds(value) => Truth::Yes,
        Some(_) => Truth::No,
    }
}

/// One that decides is enough; else what is unknown stays so; else the rest.
fn join(parts: impl Iterator<Item = Truth>, decides: &Truth, rest: Truth) -> Truth {
    let mut missing = BTreeSet::new();
    for part in parts {
        match part {
            part if part == *decides => return part,
            Truth::Unknown(fields) => missing.extend(fields),
            _ => {}
        }
    }
    if missing.is_empty() { rest } else { Truth::Unknown(missing) }
}

impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yes => f.write_str("yes"),
            Self::No => f.write_str("no"),
            Self::Unknown(fields) => {
                let fields: Vec<_> = fields.iter().copied().collect();
                write!(f, "unknown: {} {} not given", fields.join(", "), if fields.len() == 1 { "is" } else { "are" })
            }
        }
    }
}

impl fmt::Display for Condition {
    /// As a Norwegian reader would say it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(part) => part.fmt(f),
            Self::Within(name) => write!(f, "i {name}"),
            Self::Near { spot, kilometres } => {
                write!(f, "innen {kilometres} km fra {}, {}", spot.latitude, spot.longitude)
            }
            Self::Device(device @ (Device::Ctv | Device::Dooh)) => device.fmt(f),
            Self::Device(device) => f.write_str(&device.label().to_lowercase()),
            Self::Sky(sky) => f.write_str(&sky.label().to_lowercase()),
            Self::Temperature(range) => range.fmt(f),
            Self::Programme(name) => write!(f, "programmet {name}"),
            Self::Category(name) => write!(f, "innhold om {name}"),
            Self::All(conditions) => listed(f, conditions, " og ", "alltid"),
            Self::Any(conditions) => listed(f, conditions, " eller ", "aldri"),
            Self::Not(condition) if condition.has_parts() => write!(f, "ikke ({condition})"),
            Self::Not(condition) => write!(f, "ikke {condition}"),
        }
    }
}

impl Condition {
    fn has_parts(&self) -> bool {
        matches!(self, Self::All(conditions) | Self::Any(conditions) if conditions.len() > 1)
    }
}

fn listed(f: &mut fmt::Formatter<'_>, conditions: &[Condition], between: &str, none: &str) -> fmt::Result {
    if conditions.is_empty() {
        return f.write_str(none);
    }
    for (place, condition) in conditions.iter().enumerate() {
        f.write_str(if place == 0 { "" } else { between })?;
        if condition.has_parts() && conditions.len() > 1 {
            write!(f, "({condition})")?;
        } else {
            write!(f, "{condition}")?;
        }
    }
    Ok(())
}
