use std::collections::BTreeMap;

use super::{Per, Rule, Rules, Window};
use crate::Error;

/// A unit in which a platform counts time. A month is taken as 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "UPPERCASE"))]
#[non_exhaustive]
pub enum TimeUnit {
    /// 60 seconds.
    Minutes,
    /// 3600 seconds.
    Hours,
    /// 86 400 seconds.
    Days,
    /// 7 days.
    Weeks,
    /// 30 days.
    Months,
}

impl TimeUnit {
    /// How long one is.
    pub fn seconds(self) -> u64 {
        match self {
            Self::Minutes => 60,
            Self::Hours => 3_600,
            Self::Days => 86_400,
            Self::Weeks => 604_800,
            Self::Months => 2_592_000,
        }
    }
}

/// Which windows a platform can express: for each unit the smallest and the largest number of it.
///
/// ```
/// use styring_reach::cap::{TimeUnit, TimeUnits};
///
/// let units = TimeUnits::new([(TimeUnit::Days, 1, 6), (TimeUnit::Weeks, 1, 4)])?;
/// let ten_days = units.translate(864_000).expect("two weeks are longer");
/// assert_eq!((ten_days.unit(), ten_days.count(), ten_days.longer_by()), (TimeUnit::Weeks, 2, 345_600));
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(try_from = "BTreeMap<TimeUnit, (u32, u32)>", into = "BTreeMap<TimeUnit, (u32, u32)>")
)]
pub struct TimeUnits(BTreeMap<TimeUnit, (u32, u32)>);

impl TimeUnits {
    /// The units with the least and the most of each.
    ///
    /// Errors: [`Error::Repeated`] for a unit that comes twice, [`Error::OutOfRange`] for a range that begins at 0 or ends before it begins.
    pub fn new(units: impl IntoIterator<Item = (TimeUnit, u32, u32)>) -> Result<Self, Error> {
        let mut all = BTreeMap::new();
        for (unit, least, most) in units {
            if least == 0 || most < least {
                let value = format!("{least} to {most} {unit:?}");
                return Err(Error::OutOfRange { field: "time units", expected: "from 1, least before most", value });
            }
            if all.insert(unit, (least, most)).is_some() {
                return Err(Error::Repeated { what: "time unit", name: format!("{unit:?}") });
            }
        }
        Ok(Self(all))
    }

    /// The window in the platform's units: itself, else the shortest longer one, for a cap over a longer window is stricter. The coarsest unit of those that are equally long. `None` if
    /// no window is long enough: the platform cannot hold this cap.
    pub fn translate(&self, window_s: u64) -> Option<Translation> {
        (self.0.iter())
            .filter_map(|(unit, (least, most))| {
                let count = u32::try_from(window_s.div_ceil(unit.seconds())).ok()?.max(*least);
                (count <= *most).then_some(Translation { wanted: window_s, unit: *unit, count })
            })
            .min_by_key(|found| (found.window_s(), std::cmp::Reverse(found.unit)))
    }
}

impl TryFrom<BTreeMap<TimeUnit, (u32, u32)>> for TimeUnits {
    type Error = Error;

    fn try_from(units: BTreeMap<TimeUnit, (u32, u32)>) -> Result<Self, Error> {
        Self::new(units.into_iter().map(|(unit, (least, most))| (unit, least, most)))
    }
}

impl From<TimeUnits> for BTreeMap<TimeUnit, (u32, u32)> {
    fn from(units: TimeUnits) -> Self {
        units.0
    }
}

/// A window in a platform's units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Translation {
    wanted: u64,
    unit: TimeUnit,
    count: u32,
}

impl Translation {
    /// The unit.
    pub fn unit(&self) -> TimeUnit {
        self.unit
    }

    /// How many of it.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// How long that is, in seconds.
    pub fn window_s(&self) -> u64 {
        self.unit.seconds() * u64::from(self.count)
    }

    /// Whether it is the window that was wanted.
    pub fn exact(&self) -> bool {
        self.longer_by() == 0
    }

    /// By how many seconds it is longer than what was wanted: so much longer a person waits.
    pub fn longer_by(&self) -> u64 {
        self.window_s() - self.wanted
    }
}

/// How many caps a platform holds for one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Slots {
    /// One.
    One,
    /// One for each window, as many as there are.
    PerWindow,
}

/// What a platform can be asked to hold.
///
/// The library knows one table that it has been able to check, [`dv360`](Self::dv360). Google Ads keys a cap by (level, event, unit, length), so [`Slots::PerWindow`], and Ad Manager takes a
/// list of caps; neither reference states how many of each unit are allowed, so these tables are yours to write.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Platform {
    name: String,
    units: TimeUnits,
    slots: Slots,
    source: String,
}

impl Platform {
    /// A platform; `source` says where its table is from, and of which day it is.
    pub fn new(name: impl Into<String>, units: TimeUnits, slots: Slots, source: impl Into<String>) -> Self {
        Self { name: name.into(), units, slots, source: source.into() }
    }

    /// Display & Video 360: minutes 1 to 59, hours 1 to 23, days 1 to 6, weeks 1 to 4, one month; one cap each for campaign, insertion order and line item.
    ///
    /// Seven days can only be said as one week, fourteen as two, and ten not at all.
    pub fn dv360() -> Self {
        let units = [
            (TimeUnit::Minutes, (1, 59)),
            (TimeUnit::Hours, (1, 23)),
            (TimeUnit::Days, (1, 6)),
            (TimeUnit::Weeks, (1, 4)),
            (TimeUnit::Months, (1, 1)),
        ];
        let source = "Display & Video 360 API v4, reference of FrequencyCap; read 2026-11-25";
        Self::new("Display & Video 360", TimeUnits(units.into_iter().collect()), Slots::One, source)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The windows it can express.
    pub fn units(&self) -> &TimeUnits {
        &self.units
    }

    /// How many caps it holds.
    pub fn slots(&self) -> Slots {
        self.slots
    }

    /// Where its table is from, and of which day.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What becomes of rules on this platform: which of them one object of it can hold at once, in its units, and what the others then come to.
    ///
    /// A cap of `m` in a window `W` that is held limits any window `V` to `m · ⌈V / W⌉`. Of the choices that the platform can hold, the one is taken whose worst limit, as a multiple of what the rule
    /// allows, is smallest; of equals the one of the earlier rules. Channels and campaigns are the caller's: ask about the rules that bind the object.
    ///
    /// ```
    /// use styring_reach::cap::{Platform, Rules};
    ///
    /// let placed = Platform::dv360().place(&Rules::common_5_7_14());
    /// let fates: Vec<String> = placed.iter().map(|one| one.fate.to_string()).collect();
    /// assert_eq!(fates[0], "not held: up to 4 in its window, 1 more than it allows");
    /// assert_eq!(fates[1], "held as 4 per 1 week");
    /// assert_eq!(fates[2], "not held: up to 8 in its window, 2 more than it allows");
    /// ```
    pub fn place(&self, rules: &Rules) -> Vec<Placed> {
        let wanted: Vec<Result<Wanted, Fate>> = rules.iter().map(|rule| self.wanted(rule)).collect();
        let able: Vec<(usize, &Wanted)> =
            wanted.iter().enumerate().filter_map(|(place, wanted)| Some((place, wanted.as_ref().ok()?))).collect();
        let chosen = match self.slots {
            Slots::One => least_excess(&able).into_iter().collect(),
            Slots::PerWindow => tightest_per_window(&able),
        };
        (rules.iter().zip(&wanted).enumerate())
            .map(|(place, (rule, wanted))| {
                let fate = match wanted {
                    Err(fate) => *fate,
                    Ok(wanted) if chosen.iter().any(|(held, _)| *held == place) => {
                        Fate::Held { max: wanted.max, window: wanted.window }
                    }
                    Ok(wanted) => match wanted.limit(&chosen) {
                        Some(limit) if limit <= u64::from(wanted.max) => Fate::Implied { limit },
                        limit => Fate::NotHeld { limit, max: wanted.max },
                    },
                };
                Placed { rule: rule.id().to_owned(), fate }
            })
            .collect()
    }

    /// The one cap that keeps all of these rules by itself: of those, the one that lets the most through in the long run, and of equals the one with the shorter window. `None` if there is none, or if a
    /// rule cannot be translated at all.
    ///
    /// A cap of `m` in `W` keeps a rule of `b` in `V` if `m · ⌈V / W⌉ ≤ b`. Looked for among windows that are a whole fraction of a rule's, up to the ten-thousandth, rounded up to what can be expressed: no other can be best.
    ///
    /// ```
    /// use styring_reach::cap::{Platform, Rules};
    ///
    /// let cap = Platform::dv360().one_for_all(&Rules::common_5_7_14()).expect("there is one");
    /// assert_eq!(cap.to_string(), "held as 3 per 1 week"); // at most 3 in 5 days, 3 in 7 and 6 in 14
    /// ```
    pub fn one_for_all(&self, rules: &Rules) -> Option<Fate> {
        const FRACTIONS: u32 = 10_000;
        let wanted: Vec<Wanted> = rules.iter().map(|rule| self.wanted(rule).ok()).collect::<Option<_>>()?;
        let keeps_all = |window: &Translation| {
            let shares = wanted.iter().map(|rule| u64::from(rule.max) / rule.seconds.div_ceil(window.window_s()));
            shares.min().and_then(|max| u32::try_from(max).ok()).filter(|max| *max > 0)
        };
        (wanted.iter())
            .flat_map(|rule| (1..=rule.max.min(FRACTIONS)).map(move |part| rule.seconds.div_ceil(u64::from(part))))
            .filter_map(|seconds| self.units.translate(seconds))
            .map(|window| Translation { wanted: window.window_s(), ..window })
            .filter_map(|window| Some((keeps_all(&window)?, window)))
            .reduce(|best, other| {
                let rate = |(max, _): (u32, Translation), of: (u32, Translation)| {
                    u128::from(max) * u128::from(of.1.window_s())
                };
                let (mine, others) = (rate(best, other), rate(other, best));
                let better = others > mine || (others == mine && other.1.window_s() < best.1.window_s());
                if better { other } else { best }
            })
            .map(|(max, window)| Fate::Held { max, window })
    }

    fn wanted(&self, rule: &Rule) -> Result<Wanted, Fate> {
        if rule.whose() == Per::Household {
            return Err(Fate::Household);
        }
        let Window::Rolling(length) = rule.window() else {
            return Err(Fate::NoLength);
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative; saturates")]
        let max = rule.max() as u32;
        if max == 0 {
            return Err(Fate::Never);
        }
        let window = self.units.translate(length.get()).ok_or(Fate::TooLong)?;
        Ok(Wanted { max, seconds: length.get(), window })
    }
}

/// A rule and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Placed {
    /// The rule's id.
    pub rule: String,
    /// What became of it.
    pub fate: Fate,
}

/// What becomes of a rule on a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Fate {
    /// The platform holds it; a fraction of an impression is left off, and the window may be longer.
    Held {
        /// At most so many impressions.
        max: u32,
        /// In this window.
        window: Translation,
    },
    /// It is not held, but those that are held imply it: they let at most so many through in its window.
    Implied {
        /// The most in its window.
        limit: u64,
    },
    /// It is not held, and more than it allows may be shown.
    NotHeld {
        /// The most in its window, by what is held; `None` if nothing is.
        limit: Option<u64>,
        /// What it allows.
        max: u32,
    },
    /// It allows less than one impression: exclude, where caps begin at one.
    Never,
    /// Its window is longer than the platform can express.
    TooLong,
    /// Lifetime and calendar windows have no fixed length to translate.
    NoLength,
    /// It is for households, whom the platform's caps do not know.
    Household,
}

impl std::fmt::Display for Fate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Held { max, window } => {
                let unit = format!("{:?}", window.unit()).to_lowercase();
                let unit = if window.count() == 1 { unit.trim_end_matches('s') } else { &unit };
                write!(f, "held as {max} per {} {unit}", window.count())?;
                if window.exact() { Ok(()) } else { write!(f, ", {} s longer than asked", window.longer_by()) }
            }
            Self::Implied { limit } => write!(f, "implied: at most {limit} in its window"),
            Self::NotHeld { limit: Some(limit), max } => {
                write!(f, "not held: up to {limit} in its window, {} more than it allows", limit - u64::from(*max))
            }
            Self::NotHeld { limit: None, .. } => write!(f, "not held, and nothing that is held limits it"),
            Self::Never => write!(f, "never: to be excluded, not capped"),
            Self::TooLong => write!(f, "not held: the window is longer than the platform can express"),
            Self::NoLength => write!(f, "not held: the window has no fixed length"),
            Self::Household => write!(f, "not held: it is for households"),
        }
    }
}

/// A rule that the platform could hold.
struct Wanted {
    max: u32,
    seconds: u64,
    window: Translation,
}

impl Wanted {
    /// The most that caps which are held let through in this rule's window.
    fn limit(&self, held: &[(usize, &Wanted)]) -> Option<u64> {
        held.iter().map(|(_, one)| u64::from(one.max) * self.seconds.div_ceil(one.window.window_s())).min()
    }
}

/// The rule which, held alone, leaves the smallest worst excess.
fn least_excess<'a>(able: &[(usize, &'a Wanted)]) -> Option<(usize, &'a Wanted)> {
    let excess = |held: (usize, &Wanted)| {
        (able.iter())
            .map(|(_, rule)| rule.limit(&[held]).map_or(f64::INFINITY, |limit| limit as f64 / f64::from(rule.max)))
            .fold(0.0, f64::max)
    };
    able.iter().copied().min_by(|a, b| excess(*a).total_cmp(&excess(*b)))
}

/// Of the rules with the same window on the platform, the one that allows least holds for all of them.
fn tightest_per_window<'a>(able: &[(usize, &'a Wanted)]) -> Vec<(usize, &'a Wanted)> {
    let mut held: Vec<(usize, &Wanted)> = Vec::new();
    for (place, rule) in able {
        let same = |one: &&mut (usize, &Wanted)| {
            (one.1.window.unit(), one.1.window.count()) == (rule.window.unit(), rule.window.count())
        };
        match held.iter_mut().find(same) {
            Some(one) if rule.max < one.1.max => *one = (*place, rule),
            Some(_) => {}
            None => held.push((*place, rule)),
        }
    }
    held
}
