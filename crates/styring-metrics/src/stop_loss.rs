use std::fmt;
use std::str::FromStr;

use styring_money::{Exact, Money, NumberFormat, Sign};

use crate::{Better, Confidence, Error, Facts, Kpi, Limits, RateMethod, cost_limits, rate_limits};

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
/// assert_eq!("fullføring < 25 %".parse::<StopRule>()?, "completion < 0.25".parse()?);
/// # Ok::<(), styring_metrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct StopRule {
    /// The KPI: a cost per count, or a rate.
    pub kpi: Kpi,
    /// The threshold, in major units or as a share. On it nothing is wrong yet.
    pub threshold: Exact,
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
        /// What more it would take, if things go on as they have: spend for a cost, trials (impressions, starts) for a rate. `None` if it would never be decided,
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
    /// Holds the rule against merged results, at a one-sided level such as 0.95.
    ///
    /// Stop if the limit nearest to the good side is beyond the threshold, keep if the other is on the good side, undecided otherwise. Limits are exact: Garwood for
    /// costs, Clopper–Pearson for rates. Looking every day and stopping at the first "stop" is wrong more often than the level says.
    ///
    /// Errors: a KPI that is neither a cost per count nor a rate; a fact that is missing or below zero; more successes than trials; a level outside 0 to 1.
    pub fn check(&self, facts: &Facts, level: f64) -> Result<StopCheck, Error> {
        let (top, bottom) = match (self.kpi.numerator(), self.kpi.denominator()) {
            ([(factor, top)], [(1, bottom)]) if !bottom.is_money() => ((*factor, *top), *bottom),
            _ => return Err(self.unfit()),
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
            expected: "a cost per count or a rate",
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

impl fmt::Display for StopRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.kpi.better() == Some(Better::Higher) { '<' } else { '>' };
        if self.kpi.is_amount() {
            write!(f, "{} {sign} {}", self.kpi, self.threshold)
        } else {
            write!(f, "{} {sign} {} %", self.kpi, &self.threshold * &Exact::from(100))
        }
    }
}

impl FromStr for StopRule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fault =
            |part: &str, expected| Error::Unread { text: text.to_owned(), part: part.trim().to_owned(), expected };
        let at = text.find(['<', '>']).ok_or_else(|| fault(text, "a rule such as \"CPC > kr 25\""))?;
        let (name, rest) = text.split_at(at);
        let (sign, amount) = rest.split_at(1);
        let kpi = Kpi::called(name).ok_or_else(|| fault(name, "a KPI, in Norwegian or English"))?;
        let bad = match kpi.better() {
            Some(Better::Lower) => ">",
            Some(Better::Higher) => "<",
            None => return Err(fault(name, "a cost per count or a rate")),
        };
        if sign != bad {
            let expected =
                if bad == ">" { "\">\": a cost is bad when it is high" } else { "\"<\": a rate is bad when it is low" };
            return Err(fault(sign, expected));
        }
        let amount = amount.trim();
        let threshold = if kpi.is_amount() {
            let money = Money::parse_norwegian(amount).or_else(|_| amount.parse::<Money>());
            money.map(|money| Exact::from(money.amount())).or_else(|_| amount.parse())
        } else {
            let (number, scale) = amount.strip_suffix('%').map_or((amount, 0), |percent| (percent.trim_end(), -2));
            let number = NumberFormat::NORWEGIAN.parse(number).or_else(|_| number.parse::<Exact>());
            number.map(|number| number.shift_point(scale))
        };
        let threshold = threshold.map_err(|_| fault(amount, "an amount such as kr 25, or a share such as 25 %"))?;
        if threshold.sign() == Sign::Negative {
            return Err(fault(amount, "zero or above"));
        }
        Ok(Self { kpi, threshold })
    }
}
