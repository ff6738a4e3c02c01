use std::fmt;
use std::str::FromStr;

use styring_money::{Exact, Money, NumberFormat, Sign};
use styring_special::{Split, beta_inc};

use crate::{Error, Measure, Ratio};

/// A goal for a number: which one, which way, how far, and by when. One sentence, in Norwegian or English.
///
/// ```
/// use styring_metrics::{Change, Goal, Margin, Measure};
///
/// let goal: Goal = "Øke netthandelens dekningsbidrag med 12 % på 90 dager".parse()?;
/// assert_eq!(goal.measure, Measure::Margin(Margin::Cm3));
/// assert_eq!(goal.scope, "netthandelens");
/// assert_eq!((goal.change, goal.days), (Change::Percent("0.12".parse()?), 90));
///
/// let goal: Goal = "Raise e-commerce contribution margin by 12 % in 90 days".parse()?;
/// assert_eq!(goal.to_string(), "Raise e-commerce contribution margin by 12 % in 90 days");
///
/// let fault = "Raise e-commerce happiness by 12 % in 90 days".parse::<Goal>().unwrap_err();
/// assert!(fault.to_string().contains("\"e-commerce happiness\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Goal {
    /// What the number belongs to, as it stands in the sentence: `e-commerce`, `netthandelens`; empty if it says nothing.
    pub scope: String,
    /// The number.
    pub measure: Measure,
    /// Which way it shall go.
    pub direction: Direction,
    /// How far.
    pub change: Change,
    /// In how many days.
    pub days: u32,
}

/// Which way a number shall go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "there is no third direction")]
pub enum Direction {
    /// Up.
    Raise,
    /// Down.
    Lower,
}

/// How far a number shall go.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "kind", content = "value", rename_all = "snake_case")
)]
#[allow(clippy::exhaustive_enums, reason = "by a share, by an amount, to an amount")]
pub enum Change {
    /// By this share of the baseline; 0.12 is 12 %.
    Percent(Exact),
    /// By this much, in the unit of the number.
    By(Exact),
    /// To this value, in the unit of the number.
    To(Exact),
}

impl Goal {
    /// The value to reach, from the baseline: the same number over a period of the same length before.
    ///
    /// `baseline × (1 ± share)`, `baseline ± amount`, or the value itself.
    ///
    /// Errors: a share of a baseline of zero or below, which means nothing.
    pub fn target(&self, baseline: &Exact) -> Result<Exact, Error> {
        let sign = Exact::from(match self.direction {
            Direction::Raise => 1,
            Direction::Lower => -1,
        });
        match &self.change {
            Change::Percent(_) if baseline.sign() != Sign::Positive => Err(Error::OutOfRange {
                field: "baseline",
                expected: "above zero for a change in percent",
                value: baseline.to_string(),
            }),
            Change::Percent(share) => Ok(baseline * &(&Exact::ONE + &(&sign * share))),
            Change::By(amount) => Ok(baseline + &(&sign * amount)),
            Change::To(value) => Ok(value.clone()),
        }
    }

    /// The sentence in Norwegian, which reads back as the same goal.
    pub fn to_norwegian(&self) -> String {
        let (verb, by) = match (self.direction, &self.change) {
            (Direction::Raise, Change::To(_)) => ("Øke", "til"),
            (Direction::Raise, _) => ("Øke", "med"),
            (Direction::Lower, Change::To(_)) => ("Senke", "til"),
            (Direction::Lower, _) => ("Senke", "med"),
        };
        let days = if self.days == 1 { "dag" } else { "dager" };
        let amount = self.change.to_string().replace('.', ",");
        format!("{verb} {}{} {by} {amount} på {} {days}", self.scoped(), self.measure.norwegian(), self.days)
    }

    fn scoped(&self) -> String {
        if self.scope.is_empty() { String::new() } else { format!("{} ", self.scope) }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(share) => write!(f, "{} %", share * &Exact::from(100)),
            Self::By(value) | Self::To(value) => write!(f, "{value}"),
        }
    }
}

/// The sentence in English, which reads back as the same goal.
impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.direction {
            Direction::Raise => "Raise",
            Direction::Lower => "Lower",
        };
        let by = if matches!(self.change, Change::To(_)) { "to" } else { "by" };
        let days = if self.days == 1 { "day" } else { "days" };
        let (scope, measure) = (self.scoped(), self.measure.english());
        write!(f, "{verb} {scope}{measure} {by} {} in {} {days}", self.change, self.days)
    }
}

const RAISE: [&str; 8] = ["raise", "increase", "grow", "øke", "øk", "heve", "hev", "løfte"];
const LOWER: [&str; 9] = ["lower", "reduce", "decrease", "cut", "senke", "senk", "redusere", "reduser", "kutte"];
const BY: [&str; 2] = ["by", "med"];
const TO: [&str; 2] = ["to", "til"];
const WITHIN: [&str; 5] = ["in", "within", "på", "innen", "over"];
const UNITS: [(&[&str], u32); 2] =
    [(&["day", "days", "dag", "dager", "døgn"], 1), (&["week", "weeks", "uke", "uker"], 7)];

impl FromStr for Goal {
    type Err = Error;

    /// Reads `VERB [SCOPE] NUMBER by|to AMOUNT in N days|weeks`. Errors quote the words that were not understood.
    fn from_str(text: &str) -> Result<Self, Error> {
        let fault = |part: &str, expected| Error::Unread { text: text.to_owned(), part: part.to_owned(), expected };
        let words: Vec<&str> = text.trim().trim_end_matches('.').split_whitespace().collect();
        let is = |word: &str, list: &[&str]| list.contains(&word.to_lowercase().as_str());

        let verb = words.first().copied().unwrap_or_default();
        let direction = match (is(verb, &RAISE), is(verb, &LOWER)) {
            (true, _) => Direction::Raise,
            (_, true) => Direction::Lower,
            _ => return Err(fault(verb, "a verb such as \"raise\", \"lower\", \"øke\" or \"senke\"")),
        };
        // A number's own name may hold "på" or "to": the last "by" before the last "in" is meant.
        let within = words.iter().rposition(|word| is(word, &WITHIN));
        let within = within
            .ok_or_else(|| fault(words.last().copied().unwrap_or_default(), "\"in … days\" or \"på … dager\""))?;
        let by = words.iter().take(within).rposition(|word| is(word, &BY) || is(word, &TO));
        let by = by.ok_or_else(|| {
            fault(words.get(1).copied().unwrap_or_default(), "\"by 12 %\", \"to 5000\", \"med 12 %\" or \"til 5000\"")
        })?;

        let named = words.get(1..by).unwrap_or_default();
        let (at, measure) =
            (0..named.len()).find_map(|at| Some((at, Measure::called(&named[at..].join(" "))?))).ok_or_else(|| {
                fault(&named.join(" "), "a number such as \"contribution margin\", \"dekningsbidrag\" or \"CPA\"")
            })?;
        let amount = words.get(by + 1..within).unwrap_or_default().join(" ");
        let change = amount_of(&amount, is(words[by], &TO))
            .ok_or_else(|| fault(&amount, "an amount: \"12 %\", \"kr 50 000\", \"300\""))?;
        let span = words.get(within + 1..).unwrap_or_default();
        let [count, unit] = span else {
            return Err(fault(&span.join(" "), "a number of days or weeks"));
        };
        let length = UNITS.iter().find(|(names, _)| is(unit, names)).map(|(_, days)| *days);
        let length = length.ok_or_else(|| fault(unit, "\"days\", \"weeks\", \"dager\" or \"uker\""))?;
        let days = count.parse::<u32>().ok().and_then(|count| count.checked_mul(length)).filter(|days| *days > 0);
        let days = days.ok_or_else(|| fault(count, "a whole number above zero"))?;
        Ok(Self { scope: named[..at].join(" "), measure, direction, change, days })
    }
}

/// `12 %`, `kr 50 000`, `300`; the direction carries the sign.
fn amount_of(text: &str, to: bool) -> Option<Change> {
    let number = |text: &str| {
        let text = text.trim();
        NumberFormat::PLAIN.parse(text).or_else(|_| NumberFormat::NORWEGIAN.parse(text)).ok()
    };
    let value = match text.strip_suffix('%') {
        Some(percent) => {
            let share = number(percent)?.shift_point(-2);
            return (!to && share.sign() != Sign::Negative).then_some(Change::Percent(share));
        }
        None => number(text).or_else(|| Some(Exact::from(Money::parse_norwegian(text).ok()?.amount())))?,
    };
    let positive = value.sign() != Sign::Negative;
    positive.then_some(if to { Change::To(value) } else { Change::By(value) })
}

/// How a goal is doing: the pace from a baseline to a target over a number of days.
///
/// ```
/// use styring_metrics::{Goal, Outcome, Progress};
///
/// let goal: Goal = "Raise revenue by 10 % in 50 days".parse()?;
/// let target = goal.target(&1_000_000.into())?;
/// let progress = Progress::straight(target, goal.days, 20, 420_000.into())?;
/// assert_eq!(progress.expected_to_date().to_string(), "440000");
/// assert_eq!(progress.required_per_day().number(), Outcome::Value(680_000.0 / 30.0));
/// # Ok::<(), styring_metrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    target: Exact,
    actual: Exact,
    days: u32,
    elapsed: u32,
    /// The part of the target that is due by now.
    due: Exact,
}

impl Progress {
    /// The same part of the target every day.
    ///
    /// Errors: no days; more days elapsed than there are.
    pub fn straight(target: Exact, days: u32, elapsed: u32, actual: Exact) -> Result<Self, Error> {
        Self::seasonal(target, &vec![Exact::ONE; days as usize], elapsed, actual)
    }

    /// Parts of the target by the weight of every day: weekends, pay days, Black Week.
    ///
    /// Errors: no days; a weight below zero, or none above; more days elapsed than there are.
    pub fn seasonal(target: Exact, weights: &[Exact], elapsed: u32, actual: Exact) -> Result<Self, Error> {
        let fault = |field, expected, value: String| Err(Error::OutOfRange { field, expected, value });
        let days = u32::try_from(weights.len()).unwrap_or(u32::MAX);
        if elapsed > days {
            return fault("elapsed days", "at most the days of the goal", format!("{elapsed} of {days}"));
        }
        if let Some(weight) = weights.iter().find(|weight| weight.sign() == Sign::Negative) {
            return fault("weight of a day", "zero or above", weight.to_string());
        }
        let passed: Exact = weights.iter().take(elapsed as usize).sum();
        match passed.checked_div(&weights.iter().sum()) {
            Some(due) => Ok(Self { target, actual, days, elapsed, due }),
            None => fault("days", "at least one, of a weight above zero", days.to_string()),
        }
    }

    /// The value to reach.
    pub fn target(&self) -> &Exact {
        &self.target
    }

    /// What should have been reached by now.
    pub fn expected_to_date(&self) -> Exact {
        &self.target * &self.due
    }

    /// What was reached, over the target.
    pub fn attainment(&self) -> Ratio {
        Ratio::new(self.actual.clone(), self.target.clone())
    }

    /// What was reached, over what should have been by now.
    pub fn attainment_to_date(&self) -> Ratio {
        Ratio::new(self.actual.clone(), self.expected_to_date())
    }

    /// What is missing, per day that is left.
    pub fn required_per_day(&self) -> Ratio {
        Ratio::new(&self.target - &self.actual, Exact::from(self.days - self.elapsed))
    }

    /// What the end will be if things go on at this pace: what was reached over the part that was due.
    pub fn projected(&self) -> Ratio {
        Ratio::new(self.actual.clone(), self.due.clone())
    }

    /// By how much the baseline has been passed at this pace, as a share of it: `projected / baseline − 1`.
    pub fn uplift_so_far(&self, baseline: &Exact) -> Ratio {
        let due = baseline * &self.due;
        Ratio::new(&self.actual - &due, due)
    }

    /// The probability that the target is reached, if the days to come vary like the days so far.
    ///
    /// The rest is a sum of `m` days of unknown mean, known from `k` days with standard deviation `s`: Student's t with `k − 1` degrees of freedom and scale
    /// `s·√(m + m²/k)`. Every remaining day counts alike; days that follow each other closely (an autocorrelation above zero) make it too sure of itself.
    ///
    /// Errors: fewer than two days, or other days than have elapsed.
    pub fn probability(&self, days: &DailyValues, direction: Direction) -> Result<f64, Error> {
        let known = days.mean().zip(days.variance()).filter(|_| days.count == self.elapsed);
        let (mean, variance) = known.ok_or_else(|| Error::OutOfRange {
            field: "days with values",
            expected: "as many as have elapsed, and at least two",
            value: days.count.to_string(),
        })?;
        let (k, m) = (f64::from(days.count), f64::from(self.days - self.elapsed));
        let end = &self.actual + &(&mean * &Exact::from(self.days - self.elapsed));
        let surplus = (&end - &self.target).to_f64();
        let surplus = if direction == Direction::Raise { surplus } else { -surplus };
        let scale = (variance.to_f64() * (m + m * m / k)).sqrt();
        if scale == 0.0 || m == 0.0 {
            return Ok(if surplus >= 0.0 { 1.0 } else { 0.0 });
        }
        student_below(surplus / scale, k - 1.0)
    }
}

/// P(T ≤ t) of Student's t, by the incomplete beta function.
fn student_below(t: f64, freedom: f64) -> Result<f64, Error> {
    let beyond = beta_inc(freedom / 2.0, 0.5, Split::from_ratio(freedom, t * t)?)?.lower() / 2.0;
    Ok(if t > 0.0 { 1.0 - beyond } else { beyond })
}

/// Daily values as a mergeable summary: their number, sum and sum of squares, exact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DailyValues {
    count: u32,
    sum: Exact,
    squares: Exact,
}

impl DailyValues {
    /// Adds the value of a day.
    pub fn add(&mut self, value: &Exact) {
        self.merge(&Self { count: 1, sum: value.clone(), squares: value * value });
    }

    /// Adds all days of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.sum += &other.sum;
        self.squares += &other.squares;
    }

    /// How many days there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Their mean; `None` of none.
    pub fn mean(&self) -> Option<Exact> {
        self.sum.checked_div(&self.count.into())
    }

    /// Their sample variance; `None` of fewer than two.
    pub fn variance(&self) -> Option<Exact> {
        let around = &self.squares - &(&self.sum * &self.mean()?);
        around.checked_div(&self.count.checked_sub(1)?.into())
    }
}
