use std::fmt;
use std::str::FromStr;

use styring_money::{Currency, Exact, Sign};

use crate::progress::LONGEST;
use crate::sentence::{AMOUNT_WORDS, Amount, amount, is, percent, plain};
use crate::{Error, Measure, Progress};

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
/// let goal: Goal = "Senk kostnad per ordre til kr 240 i løpet av 8 uker".parse()?;
/// assert_eq!(goal.to_string(), "Lower CPO to 240 in 56 days");
///
/// // What is not understood is named, and what may have been meant.
/// let fault = "Raise e-commerce contributon margin by 12 % in 90 days".parse::<Goal>().unwrap_err();
/// assert!(fault.to_string().contains("\"contributon\"") && fault.to_string().contains("\"contribution margin\""));
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
    /// The currency that the sentence names by its code (`EUR 5000`), which must be that of the results: see [`in_currency`](Goal::in_currency). `kr`, or nothing, names none.
    #[cfg_attr(feature = "serde", serde(default))]
    pub currency: Option<Currency>,
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
    /// A target that lies behind the baseline ("raise to" less than there is) is given as it stands.
    ///
    /// Errors: a share of a baseline of zero or below, which means nothing; lowering by more than all of it.
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
            Change::Percent(share) if self.direction == Direction::Lower && *share > Exact::ONE => {
                Err(Error::OutOfRange {
                    field: "percentage of a lowering",
                    expected: "at most 100 %",
                    value: format!("{} %", share * &Exact::from(100)),
                })
            }
            Change::Percent(share) => Ok(baseline * &(&Exact::ONE + &(&sign * share))),
            Change::By(amount) => Ok(baseline + &(&sign * amount)),
            Change::To(value) => Ok(value.clone()),
        }
    }

    /// Whether the goal can be held against results in a currency. Errors: it names another.
    pub fn in_currency(&self, currency: Currency) -> Result<(), Error> {
        match self.currency.filter(|own| *own != currency) {
            Some(own) => Err(Error::CurrencyMismatch { field: "goal", left: own, right: currency }),
            None => Ok(()),
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
        let amount = self.amount("prosentpoeng").replace('.', ",");
        format!("{verb} {}{} {by} {amount} på {} {days}", self.scoped(), self.measure.norwegian(), self.days)
    }

    /// Where the goal stands after `elapsed` of its days, at a straight pace. For a pace by weights, see [`Progress::seasonal`].
    ///
    /// Errors: a goal for a ratio, which is not added up day by day and has no pace: hold the ratio to date against the target, with its [limits](crate::Facts::limits), or as a
    /// [rule](crate::StopRule); as [`Progress::straight`].
    pub fn progress(&self, target: Exact, elapsed: u32, actual: Exact) -> Result<Progress, Error> {
        if let Measure::Kpi(kpi) = self.measure {
            let (field, expected) = ("number of a goal with a pace", "a sum or a margin, which adds up over days");
            return Err(Error::OutOfRange { field, expected, value: kpi.name().to_owned() });
        }
        Progress::straight(target, self.days, elapsed, actual)
    }

    /// How far, in the words of the number: a share is printed in percent.
    fn amount(&self, points: &str) -> String {
        let percent = |share: &Exact| share * &Exact::from(100);
        match &self.change {
            Change::By(value) if is_share(self.measure) => format!("{} {points}", percent(value)),
            Change::To(value) if is_share(self.measure) => format!("{} %", percent(value)),
            Change::By(value) | Change::To(value) if self.currency.is_some() => {
                format!("{} {value}", self.currency.map_or_else(String::new, |currency| currency.to_string()))
            }
            change => change.to_string(),
        }
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
        let (scope, measure, amount) = (self.scoped(), self.measure.english(), self.amount("percentage points"));
        write!(f, "{verb} {scope}{measure} {by} {amount} in {} {days}", self.days)
    }
}

fn is_share(measure: Measure) -> bool {
    matches!(measure, Measure::Kpi(kpi) if kpi.is_share())
}

const RAISE: [&str; 9] = ["raise", "increase", "grow", "øke", "øk", "heve", "hev", "løfte", "løft"];
const LOWER: [&str; 10] =
    ["lower", "reduce", "decrease", "cut", "senke", "senk", "redusere", "reduser", "kutte", "kutt"];
const BY: [&str; 2] = ["by", "med"];
const TO: [&str; 2] = ["to", "til"];
const WITHIN: [&str; 6] = ["in", "within", "på", "innen", "over", "løpet"];
/// Words between "in" and the number: "in the next 90 days", "i løpet av de neste 90 dagene".
const FILLING: [&str; 6] = ["the", "next", "coming", "av", "de", "neste"];
const UNITS: [(&[&str], u32); 2] =
    [(&["day", "days", "dag", "dager", "dagene", "døgn"], 1), (&["week", "weeks", "uke", "uker", "ukene"], 7)];

impl FromStr for Goal {
    type Err = Error;

    /// Reads `VERB [SCOPE] NUMBER by|to AMOUNT in N days|weeks`. Errors quote the word that was not understood.
    fn from_str(text: &str) -> Result<Self, Error> {
        let fault = |part: &str, expected| Error::Unread { text: text.to_owned(), part: part.to_owned(), expected };
        let words: Vec<&str> = text.trim().trim_end_matches('.').split_whitespace().collect();
        let last = words.last().copied().unwrap_or_default();

        let verb = words.first().copied().unwrap_or_default();
        let direction = match (is(verb, &RAISE), is(verb, &LOWER)) {
            (true, _) => Direction::Raise,
            (_, true) => Direction::Lower,
            _ => return Err(fault(verb, "a verb such as \"raise\", \"lower\", \"øke\" or \"senke\"")),
        };
        // A number's own name may hold "på" or "to": the last "by" before the last "in" is meant.
        let within = words.iter().rposition(|word| is(word, &WITHIN));
        let within = within.ok_or_else(|| fault(last, "\"in … days\" or \"på … dager\" at the end"))?;
        let span = words.get(within + 1..).unwrap_or_default();
        // "i løpet av": its "i" is no part of the amount.
        let within = if is(words[within], &["løpet"]) && words[within - 1].eq_ignore_ascii_case("i") {
            within - 1
        } else {
            within
        };
        let by = words.iter().take(within).rposition(|word| is(word, &BY) || is(word, &TO));
        let by = by.ok_or_else(|| {
            let before = words.get(1..within).unwrap_or_default();
            let amount = before.iter().find(|word| word.contains(|c: char| c.is_ascii_digit()));
            let at = amount.or(before.last()).copied().unwrap_or(last);
            fault(at, "\"by 12 %\", \"to 5000\", \"med 12 %\" or \"til 5000\"")
        })?;

        let named = words.get(1..by).unwrap_or_default();
        let found = (0..named.len()).find_map(|at| Some((at, Measure::called(&named[at..].join(" "))?)));
        let Some((at, measure)) = found else { return Err(unknown_number(text, named, words[by])) };
        let amount = words.get(by + 1..within).unwrap_or_default();
        let (change, currency) = change_of(amount, is(words[by], &TO), measure).ok_or_else(|| {
            // The word that is no number, or all of it.
            let strange =
                amount.iter().find(|word| !word.contains(|c: char| c.is_ascii_digit()) && !is(word, &AMOUNT_WORDS));
            let part = strange.map_or_else(|| amount.join(" "), |word| (*word).to_owned());
            fault(
                &part,
                "an amount: \"12 %\", \"kr 50 000\", \"300\"; a sum or a cost has no \"to … %\", a count no kroner",
            )
        })?;
        let span = span.get(span.iter().take_while(|word| is(word, &FILLING)).count()..).unwrap_or_default();
        let [count, unit] = span else {
            let part = if span.is_empty() { last.to_owned() } else { span.join(" ") };
            return Err(fault(&part, "a number of days or weeks, such as \"90 days\""));
        };
        let length = UNITS.iter().find(|(names, _)| is(unit, names)).map(|(_, days)| *days);
        let length = length.ok_or_else(|| fault(unit, "\"days\", \"weeks\", \"dager\" or \"uker\""))?;
        let days = count.parse::<u32>().ok().and_then(|count| count.checked_mul(length));
        let days = days.filter(|days| (1..=LONGEST).contains(days));
        let days = days.ok_or_else(|| fault(count, "a whole number above zero, and at most a hundred years"))?;
        Ok(Self { scope: named[..at].join(" "), measure, direction, change, days, currency })
    }
}

/// `12 %`, `kr 50 000`, `300`, `2,5 millioner`, `5 percentage points`; the direction carries the sign.
fn change_of(words: &[&str], to: bool, measure: Measure) -> Option<(Change, Option<Currency>)> {
    let share =
        |number: &str| plain(number).filter(|value| value.sign() != Sign::Negative).map(|value| value.shift_point(-2));
    let (last, before) = words.split_last()?;
    if is(last, &["prosentpoeng", "points", "point"]) {
        let before = if is(last, &["prosentpoeng"]) { before } else { before.strip_suffix(&["percentage"])? };
        let points = share(&before.join(" "))?;
        return (is_share(measure) && !to).then_some((Change::By(points), None));
    }
    let joined = words.join(" ");
    if let Some(number) = percent(&joined) {
        let share = share(number)?;
        // "To 70 %" is the value of a ratio, and no sum's.
        let ratio = matches!(measure, Measure::Kpi(kpi) if !kpi.is_amount());
        let change = if to { ratio.then_some(Change::To(share))? } else { Change::Percent(share) };
        return Some((change, None));
    }
    let Amount { value, money, currency } = amount(&joined)?;
    // There is no "12 kroner more orders".
    let fits = !money || measure.is_amount();
    fits.then_some((if to { Change::To(value) } else { Change::By(value) }, currency))
}

/// Which word of a name was not understood, and what it may have been meant for.
fn unknown_number(text: &str, named: &[&str], by: &str) -> Error {
    let expected = "a number such as \"contribution margin\", \"dekningsbidrag\" or \"CPA\"";
    let unread = |word: &str| Error::Unread { text: text.to_owned(), part: word.to_owned(), expected };
    let Some(last) = named.last() else { return unread(by) };
    // A number with something after it: "revenue strongly".
    let stray =
        (1..named.len()).rev().find(|end| (0..*end).any(|at| Measure::called(&named[at..*end].join(" ")).is_some()));
    if let Some(word) = stray.and_then(|end| named.get(end)) {
        return unread(word);
    }
    let near = (0..named.len()).filter_map(|at| {
        let (distance, name) = Measure::nearest(&named[at..].join(" "))?;
        Some((distance, at, name))
    });
    let Some((_, at, name)) = near.min() else { return unread(last) };
    // The first word that is not the name's own.
    let mut pairs = named[at..].iter().zip(name.split(' ').map(Some).chain(std::iter::repeat(None)));
    let strange = pairs.find(|(word, right)| right.is_none_or(|right| right.to_lowercase() != word.to_lowercase()));
    let word = strange.map_or(*last, |(word, _)| word);
    Error::Misspelt { text: text.to_owned(), word: word.to_owned(), nearest: name }
}
