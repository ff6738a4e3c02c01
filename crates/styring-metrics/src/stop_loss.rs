use std::fmt;
use std::str::FromStr;

use styring_money::{Currency, Exact, Sign};

use crate::sentence::{amount, percent, plain};
use crate::{
    Better, Confidence, Error, Facts, Kpi, Limits, Measure, OrderValues, RateMethod, cost_limits, rate_limits,
};

/// A rule that stops an ad: a KPI and the threshold beyond which it is not worth its money.
///
/// A cost above its threshold is bad, a rate below its own; the rule says which. Read as people write them, in Norwegian or English:
///
/// ```
/// use styring_metrics::{Kpi, StopRule};
///
/// let rule: StopRule = "CPC > kr 25".parse()?;
/// assert_eq!((rule.kpi, rule.threshold), (Kpi::Cpc, 25.into()));
/// assert_eq!("completion < 25 %".parse::<StopRule>()?.to_string(), "Completion rate < 25 %");
/// assert_eq!("fullføring under 25 %".parse::<StopRule>()?, "completion < 0.25".parse()?);
/// assert_eq!("stop if cost per order is above 400".parse::<StopRule>()?.to_norwegian(), "kostnad per ordre > kr 400");
/// # Ok::<(), styring_metrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct StopRule {
    /// The KPI: a cost per count or a rate, held against [facts](Self::check); or one of the value of orders (ROAS), held against [orders](Self::check_orders).
    pub kpi: Kpi,
    /// The threshold, in major units or as a share. On it nothing is wrong yet.
    pub threshold: Exact,
    /// The currency that the rule names by its code (`EUR 2,50`), which must be that of the results; `kr`, or nothing, names none.
    #[cfg_attr(feature = "serde", serde(default))]
    pub currency: Option<Currency>,
}

/// What the evidence says of a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "decision", rename_all = "kebab-case"))]
#[allow(clippy::exhaustive_enums, reason = "there is no fourth answer")]
pub enum StopDecision {
    /// The KPI is truly beyond the threshold, at the level asked for.
    Stop,
    /// It is truly on the good side.
    Keep,
    /// Neither is shown yet.
    Undecided {
        /// What more it would take, if things go on as they have: spend for a cost or a return, trials (impressions, starts) for a rate. `None` if it would never be decided,
        /// because the KPI stands on the threshold, or would take more than a million times what there is.
        more: Option<f64>,
    },
}

/// A rule held against results.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StopCheck {
    /// The KPI as it stands; `None` without a denominator.
    pub point: Option<f64>,
    /// One-sided limits at the level asked for, each by itself.
    pub limits: Limits,
    /// What the evidence says.
    pub decision: StopDecision,
    /// What the naive rule says, which looks at the point alone and stops good ads by bad luck; `None` without a denominator.
    pub point_breach: Option<bool>,
}

impl StopRule {
    /// Several rules in one sentence, as the founding text has them.
    ///
    /// ```
    /// use styring_metrics::StopRule;
    ///
    /// let rules = StopRule::read_all("hvis CPC > kr 25 eller gjennomsett < 25 % i video")?;
    /// assert_eq!(rules, ["CPC > 25".parse()?, "completion < 25 %".parse()?]);
    /// # Ok::<(), styring_metrics::Error>(())
    /// ```
    ///
    /// Errors: one of them is not understood; the words of that one are quoted.
    pub fn read_all(text: &str) -> Result<Vec<Self>, Error> {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.split(|word| BETWEEN.contains(word)).map(|rule| rule.join(" ").parse()).collect()
    }

    /// Holds the rule against merged results, at a one-sided level such as 0.95.
    ///
    /// Stop if the limit nearest to the good side is beyond the threshold, keep if the other is on the good side, undecided otherwise. Limits are exact: Garwood for
    /// costs, Clopper–Pearson for rates. Looking every day and stopping at the first "stop" is wrong more often than the level says.
    ///
    /// Errors: a KPI that is neither a cost per count nor a rate ([`Error::NeedsOrderValues`] for one of the value of orders); another currency; a fact that is missing or below zero; more successes
    /// than trials; a level outside 0 to 1.
    pub fn check(&self, facts: &Facts, level: f64) -> Result<StopCheck, Error> {
        self.better()?;
        if let Some(currency) = self.currency.filter(|currency| *currency != facts.currency()) {
            return Err(Error::CurrencyMismatch { field: "stop rule", left: currency, right: facts.currency() });
        }
        let (top, bottom) = match (self.kpi.numerator(), self.kpi.denominator()) {
            ([(_, top)], [(1, bottom)]) if bottom.is_money() || (top.is_money() && *top != crate::Fact::Spend) => {
                return Err(Error::NeedsOrderValues { kpi: self.kpi });
            }
            ([(factor, top)], [(1, bottom)]) => ((*factor, *top), *bottom),
            _ => return Err(Error::NeedsOrderValues { kpi: self.kpi }),
        };
        let (over, under) = (facts.evidence(top.1)?, facts.evidence(bottom)?);
        if top.1.is_money() {
            self.check_cost(over * top.0 as f64, under, level)
        } else {
            self.check_rate(over, under, level)
        }
    }

    /// Holds a rule on a cost against a spend and the count it brought.
    ///
    /// Errors: as [`check`](Self::check).
    pub fn check_cost(&self, spend: f64, count: f64, level: f64) -> Result<StopCheck, Error> {
        let of = |part: f64| -> Result<Limits, Error> {
            let (spend, count) = (spend * part, count * part);
            Ok(Limits {
                low: cost_limits(spend, count, Confidence::lower(level)?)?.low,
                high: cost_limits(spend, count, Confidence::upper(level)?)?.high,
            })
        };
        self.decide((count > 0.0).then(|| spend / count), spend, of)
    }

    /// Holds a rule on a rate against successes and trials.
    ///
    /// Errors: as [`check`](Self::check).
    pub fn check_rate(&self, successes: f64, trials: f64, level: f64) -> Result<StopCheck, Error> {
        if trials == 0.0 {
            // Nobody has tried: nothing is known, and nothing says what more would tell.
            let limits = Limits { low: None, high: None };
            let decision = StopDecision::Undecided { more: None };
            return Ok(StopCheck { point: None, limits, decision, point_breach: None });
        }
        let of = |part: f64| -> Result<Limits, Error> {
            let limit =
                |confidence| rate_limits(successes * part, trials * part, RateMethod::ClopperPearson, confidence);
            Ok(Limits { low: limit(Confidence::lower(level)?)?.low, high: limit(Confidence::upper(level)?)?.high })
        };
        self.decide(Some(successes / trials), trials, of)
    }

    /// Holds a rule on the value of orders (ROAS, ACoS, POAS, AOV, a margin rate) against what the orders of a spend brought, with the limits of [`OrderValues::limits`].
    ///
    /// ```
    /// use styring_metrics::{Order, OrderValues, StopDecision, StopRule};
    ///
    /// let mut orders = OrderValues::default();
    /// for revenue in [900, 450, 1300, 600, 750] {
    ///     orders.add(&Order { revenue: revenue.into(), ..Order::default() });
    /// }
    /// // A ROAS of 2 at a threshold of 3: five orders do not show it yet.
    /// let check = "ROAS < 3".parse::<StopRule>()?.check_orders(&orders, 2000.0, 0.95)?;
    /// assert!(matches!(check.decision, StopDecision::Undecided { more: Some(more) } if more > 2000.0));
    /// assert_eq!(check.point_breach, Some(true));
    /// # Ok::<(), styring_metrics::Error>(())
    /// ```
    ///
    /// Without a single order nothing says what one would bring, and the rule stays undecided: a rule on the cost per order decides then.
    ///
    /// Errors: as [`OrderValues::limits`]; a KPI without a good direction.
    pub fn check_orders(&self, orders: &OrderValues, spend: f64, level: f64) -> Result<StopCheck, Error> {
        let of = |part: f64| -> Result<Limits, Error> {
            Ok(Limits {
                low: orders.limits_of_more(self.kpi, spend, part, Confidence::lower(level)?)?.low,
                high: orders.limits_of_more(self.kpi, spend, part, Confidence::upper(level)?)?.high,
            })
        };
        self.decide(orders.point(self.kpi, spend)?, spend, of)
    }

    /// `limits_at` answers the limits with so many times the present evidence, of which there is `evidence`.
    fn decide(
        &self,
        point: Option<f64>,
        evidence: f64,
        limits_at: impl Fn(f64) -> Result<Limits, Error>,
    ) -> Result<StopCheck, Error> {
        let better = self.better()?;
        let threshold = self.threshold.to_f64();
        let is_bad = |value: f64| match better {
            Better::Lower => value > threshold,
            Better::Higher => value < threshold,
        };
        let is_decided = |limits: &Limits| {
            let (kind, unkind) = match better {
                Better::Lower => (limits.low, limits.high),
                Better::Higher => (limits.high, limits.low),
            };
            let stop = kind.is_some_and(is_bad);
            let keep = unkind.is_some_and(|limit| !is_bad(limit));
            (stop, keep)
        };
        let limits = limits_at(1.0)?;
        let decision = match is_decided(&limits) {
            (true, _) => StopDecision::Stop,
            (_, true) => StopDecision::Keep,
            _ => StopDecision::Undecided {
                more: more(&limits_at, |limits| is_decided(limits) != (false, false), evidence)?,
            },
        };
        Ok(StopCheck { point, limits, decision, point_breach: point.map(is_bad) })
    }

    fn better(&self) -> Result<Better, Error> {
        self.kpi.better().ok_or_else(|| self.unfit())
    }

    fn unfit(&self) -> Error {
        Error::OutOfRange {
            field: "KPI of a stop rule",
            expected: "a cost, a rate or a return",
            value: self.kpi.name().to_owned(),
        }
    }
}

/// The evidence that is missing, found by bisection over how many times the present evidence decides.
fn more(
    limits_at: impl Fn(f64) -> Result<Limits, Error>,
    decides: impl Fn(&Limits) -> bool,
    evidence: f64,
) -> Result<Option<f64>, Error> {
    const MOST: f64 = 1e6;
    let mut enough = 1.0;
    while !decides(&limits_at(enough)?) {
        enough *= 2.0;
        if enough > MOST {
            return Ok(None);
        }
    }
    let mut little = enough / 2.0;
    while enough - little > 1e-6 * enough {
        let middle = f64::midpoint(little, enough);
        if decides(&limits_at(middle)?) { enough = middle } else { little = middle }
    }
    Ok((evidence > 0.0).then_some((enough - 1.0) * evidence))
}

impl StopRule {
    /// The rule in Norwegian, which reads back as the same rule.
    pub fn to_norwegian(&self) -> String {
        let sign = self.sign();
        let name = Measure::Kpi(self.kpi).norwegian();
        let amount = match self.currency {
            None if self.kpi.is_amount() => format!("kr {}", self.threshold),
            _ => self.amount(),
        };
        format!("{name} {sign} {}", amount.replace('.', ","))
    }

    fn sign(&self) -> char {
        if self.kpi.better() == Some(Better::Higher) { '<' } else { '>' }
    }

    fn amount(&self) -> String {
        match self.currency {
            Some(currency) => format!("{currency} {}", self.threshold),
            None if self.kpi.is_share() => format!("{} %", &self.threshold * &Exact::from(100)),
            None => self.threshold.to_string(),
        }
    }
}

impl fmt::Display for StopRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.kpi, self.sign(), self.amount())
    }
}

/// Words for signs, the longer before those they hold.
const ABOVE: [&str; 7] = [">", "is above", "er over", "høyere enn", "more than", "above", "over"];
const BELOW: [&str; 7] = ["<", "is below", "er under", "lavere enn", "less than", "below", "under"];
const OPENINGS: [&str; 10] = [
    "stop if ",
    "stop when ",
    "stopp hvis ",
    "stopp når ",
    "stans hvis ",
    "stans når ",
    "if ",
    "when ",
    "hvis ",
    "når ",
];
const BETWEEN: [&str; 4] = ["or", "eller", "OR", "ELLER"];

impl FromStr for StopRule {
    type Err = Error;

    /// Reads `[stop if] KPI >|<|above|over|below|under AMOUNT`. Errors quote the word that was not understood.
    fn from_str(text: &str) -> Result<Self, Error> {
        let fault =
            |part: &str, expected| Error::Unread { text: text.to_owned(), part: part.trim().to_owned(), expected };
        let rule = OPENINGS.iter().find_map(|opening| {
            let (head, rest) = text.trim_start().split_at_checked(opening.len())?;
            (head.to_lowercase() == *opening).then_some(rest)
        });
        let rule = rule.unwrap_or(text).trim();
        // Of what else would it be: the founding text writes "gjennomsett < 25 % i video".
        let rule = rule.strip_suffix(" i video").or(rule.strip_suffix(" in video")).unwrap_or(rule);
        let (name, above, rest) =
            split(rule).ok_or_else(|| fault(rule, "a rule such as \"CPC > kr 25\" or \"fullføring under 25 %\""))?;
        let kpi = Kpi::called(name).ok_or_else(|| match Measure::nearest(name.trim()) {
            Some((1.., nearest)) => Error::Misspelt { text: text.to_owned(), word: name.trim().to_owned(), nearest },
            _ => fault(name, "a KPI, in Norwegian or English, such as CPC or fullføring"),
        })?;
        match (kpi.better(), above) {
            (None, _) => return Err(fault(name, "a cost, a rate or a return")),
            (Some(Better::Lower), false) => return Err(fault("<", "\">\": a cost is bad when it is high")),
            (Some(Better::Higher), true) => return Err(fault(">", "\"<\": a rate is bad when it is low")),
            _ => {}
        }
        let (threshold, currency) = if kpi.is_amount() {
            let read = amount(rest).map(|amount| (amount.value, amount.currency));
            read.ok_or_else(|| fault(rest, "an amount such as kr 25, zero or above"))?
        } else {
            let read = percent(rest).map_or_else(|| plain(rest), |share| Some(plain(share)?.shift_point(-2)));
            let read = read.filter(|share| share.sign() != Sign::Negative);
            (read.ok_or_else(|| fault(rest, "a share such as 25 %, zero or above"))?, None)
        };
        if kpi.is_share() && threshold > Exact::ONE {
            return Err(fault(rest, "a share of at most 100 %, such as 25 % or 0,25"));
        }
        Ok(Self { kpi, threshold, currency })
    }
}

/// What stands before the first sign, whether the sign is "above", and what stands after it.
fn split(rule: &str) -> Option<(&str, bool, &str)> {
    // Letter by letter, because a word in other letters may be of another length.
    rule.char_indices().find_map(|(at, _)| {
        let rest = rule.get(at..)?;
        let begins = rule.get(..at).is_none_or(|before| before.ends_with(char::is_whitespace));
        [(true, ABOVE), (false, BELOW)].into_iter().find_map(|(above, words)| {
            let word = words.iter().find(|word| {
                let symbol = word.len() == 1;
                let ends = rest.get(word.len()..).is_some_and(|after| symbol || after.starts_with(char::is_whitespace));
                (symbol || begins) && ends && rest.get(..word.len()).is_some_and(|head| head.to_lowercase() == **word)
            })?;
            Some((rule.get(..at)?, above, rest.get(word.len()..)?))
        })
    })
}
