use styring_special::{Split, beta_inc_inv, gamma_inc_inv};

use crate::check::{at_least, finite_in};
use crate::{Error, Fact, Facts, Kpi};
use styring_money::Sign;

/// How sure limits shall be, and on which side they are wanted.
///
/// ```
/// use styring_metrics::{Confidence, count_limits};
///
/// // Nothing sold: with 95 % confidence fewer than three sales were due. The "rule of three".
/// let limits = count_limits(0.0, Confidence::upper(0.95)?)?;
/// assert_eq!(limits.low, None);
/// assert!((limits.high.expect("an upper limit") - 2.9957).abs() < 1e-4);
/// # Ok::<(), styring_metrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Confidence {
    level: f64,
    side: Side,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
enum Side {
    Both,
    Lower,
    Upper,
}

impl Confidence {
    /// An interval with equal tails; 0.95 leaves 2.5 % on either side.
    pub fn two_sided(level: f64) -> Result<Self, Error> {
        Self::new(level, Side::Both)
    }

    /// A lower limit alone: the truth is at least that.
    pub fn lower(level: f64) -> Result<Self, Error> {
        Self::new(level, Side::Lower)
    }

    /// An upper limit alone: the truth is at most that.
    pub fn upper(level: f64) -> Result<Self, Error> {
        Self::new(level, Side::Upper)
    }

    fn new(level: f64, side: Side) -> Result<Self, Error> {
        finite_in("level", level, 1e-6..=1.0 - 1e-6, "between 0 and 1")?;
        Ok(Self { level, side })
    }

    /// The level.
    pub fn level(self) -> f64 {
        self.level
    }

    /// The confidence that limits of a reciprocal need.
    pub(crate) fn mirrored(self) -> Self {
        let side = match self.side {
            Side::Both => Side::Both,
            Side::Lower => Side::Upper,
            Side::Upper => Side::Lower,
        };
        Self { side, ..self }
    }

    /// The probability beyond one limit.
    pub(crate) fn tail(self) -> f64 {
        if self.side == Side::Both { (1.0 - self.level) / 2.0 } else { 1.0 - self.level }
    }

    /// The limits that are wanted, each computed from the tail beyond it.
    pub(crate) fn limits(
        self,
        low: impl FnOnce(f64) -> Result<f64, Error>,
        high: impl FnOnce(f64) -> Result<Option<f64>, Error>,
    ) -> Result<Limits, Error> {
        Ok(Limits {
            low: if self.side == Side::Upper { None } else { Some(low(self.tail())?) },
            high: if self.side == Side::Lower { None } else { high(self.tail())? },
        })
    }
}

/// Confidence limits. `None` is no limit: not asked for, or not to be had (the cost per result without a result).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "two limits are two limits")]
pub struct Limits {
    /// The truth is at least this.
    pub low: Option<f64>,
    /// The truth is at most this.
    pub high: Option<f64>,
}

impl Limits {
    pub(crate) fn scale(self, factor: f64) -> Self {
        Self { low: self.low.map(|low| low * factor), high: self.high.map(|high| high * factor) }
    }
}

/// How the limits of a rate are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum RateMethod {
    /// Wilson (1927): from the score test; right on average, a little below its level for some rates.
    #[default]
    Wilson,
    /// Clopper and Pearson (1934): never below its level; for guarantees.
    ClopperPearson,
    /// Jeffreys: the equal-tailed interval of the posterior Beta(k + ½, n − k + ½), with 0 and 1 as ends where nothing or everything happened.
    Jeffreys,
}

/// What number of results was due, given that `count` came: Garwood's exact limits of a Poisson mean.
///
/// `Q(α/2; n)` to `Q(1 − α/2; n + 1)`, quantiles of the gamma distribution. Counts may be fractional (data-driven attribution): the quantiles are those of
/// the same gamma distributions. Source: Garwood 1936, *Biometrika* 28.
///
/// Errors: a count below zero, or above 1e15.
pub fn count_limits(count: f64, confidence: Confidence) -> Result<Limits, Error> {
    finite_in("count", count, 0.0..=1e15, "from 0 to 1e15")?;
    effective_count_limits(count, confidence)
}

pub(crate) fn effective_count_limits(count: f64, confidence: Confidence) -> Result<Limits, Error> {
    confidence.limits(
        |tail| if count == 0.0 { Ok(0.0) } else { Ok(gamma_inc_inv(count, Split::from_lower(tail)?)?) },
        |tail| Ok(Some(gamma_inc_inv(count + 1.0, Split::from_upper(tail)?)?)),
    )
}

/// Limits of what a weighted sum of counts was due to be, the weights themselves known to a relative variance `weights2`: Fay and Feuer (1997). A gamma distribution with the mean and variance of the
/// sum below, and of the sum with one result more of the heaviest weight above. With weights of one that are certain, they are Garwood's.
pub(crate) fn weighted_count_limits(
    sum: f64,
    noise2: f64,
    heaviest: f64,
    weights2: f64,
    confidence: Confidence,
) -> Result<Limits, Error> {
    let quantile = |mean: f64, noise2: f64, tail: Split| -> Result<f64, Error> {
        let shape = mean * mean / (noise2 + mean * mean * weights2);
        Ok(gamma_inc_inv(shape, tail)? * (mean / shape))
    };
    confidence.limits(
        |tail| if sum == 0.0 { Ok(0.0) } else { quantile(sum, noise2, Split::from_lower(tail)?) },
        |tail| Ok(Some(quantile(sum + heaviest, noise2 + heaviest * heaviest, Split::from_upper(tail)?)?)),
    )
}

/// The cost per result when `spend` brought `count` results: spend over Garwood's limits of the count. Without a result there is no upper limit.
///
/// ```
/// use styring_metrics::{Confidence, cost_limits};
///
/// let limits = cost_limits(16_944.14, 1.0, Confidence::two_sided(0.9)?)?;
/// assert!((limits.low.expect("a limit") - 3571.80).abs() < 0.01);
/// assert!((limits.high.expect("a limit") - 330_338.31).abs() < 0.01);
/// assert_eq!(cost_limits(9000.0, 0.0, Confidence::two_sided(0.9)?)?.high, None);
/// # Ok::<(), styring_metrics::Error>(())
/// ```
///
/// Errors: spend below zero, counts as in [`count_limits`].
pub fn cost_limits(spend: f64, count: f64, confidence: Confidence) -> Result<Limits, Error> {
    at_least("spend", spend, 0.0, "zero or above")?;
    // The more results, the lower the cost.
    let counts = count_limits(count, confidence.mirrored())?;
    Ok(Limits {
        low: counts.high.map(|most| spend / most),
        high: counts.low.filter(|least| *least > 0.0).map(|least| (spend / least).min(f64::MAX)),
    })
}

/// The rate when `successes` of `trials` came true. Successes may be fractional.
///
/// ```
/// use styring_metrics::{Confidence, RateMethod, rate_limits};
///
/// let limits = rate_limits(10.0, 10.0, RateMethod::ClopperPearson, Confidence::two_sided(0.9)?)?;
/// assert!((limits.low.expect("a limit") - 0.7411).abs() < 1e-4);
/// assert_eq!(limits.high, Some(1.0));
/// # Ok::<(), styring_metrics::Error>(())
/// ```
///
/// Errors: no trials, successes below zero or above the trials.
pub fn rate_limits(successes: f64, trials: f64, method: RateMethod, confidence: Confidence) -> Result<Limits, Error> {
    finite_in("trials", trials, f64::MIN_POSITIVE..=1e15, "above 0 and at most 1e15")?;
    finite_in("successes", successes, 0.0..=trials, "from 0 to the trials")?;
    let failures = trials - successes;
    match method {
        RateMethod::Wilson => {
            let centre = |z2: f64| successes + z2 / 2.0;
            let reach = |z2: f64| (z2 * (successes * failures / trials + z2 / 4.0)).sqrt();
            confidence.limits(
                |tail| {
                    let z2 = squared_normal_quantile(tail)?;
                    let low = if successes == 0.0 { 0.0 } else { (centre(z2) - reach(z2)) / (trials + z2) };
                    Ok(low.max(0.0))
                },
                |tail| {
                    let z2 = squared_normal_quantile(tail)?;
                    let high = if failures == 0.0 { 1.0 } else { (centre(z2) + reach(z2)) / (trials + z2) };
                    Ok(Some(high.min(1.0)))
                },
            )
        }
        RateMethod::ClopperPearson => beta_limits((successes, failures + 1.0), (successes + 1.0, failures), confidence),
        RateMethod::Jeffreys => {
            let posterior = (successes + 0.5, failures + 0.5);
            let limits = beta_limits(posterior, posterior, confidence)?;
            let low = limits.low.map(|low| if successes == 0.0 { 0.0 } else { low });
            let high = limits.high.map(|high| if failures == 0.0 { 1.0 } else { high });
            Ok(Limits { low, high })
        }
    }
}

fn beta_limits(below: (f64, f64), above: (f64, f64), confidence: Confidence) -> Result<Limits, Error> {
    confidence.limits(
        |tail| {
            if below.0 == 0.0 { Ok(0.0) } else { Ok(beta_inc_inv(below.0, below.1, Split::from_lower(tail)?)?.lower()) }
        },
        |tail| {
            let all = above.1 == 0.0;
            Ok(Some(if all { 1.0 } else { beta_inc_inv(above.0, above.1, Split::from_upper(tail)?)?.lower() }))
        },
    )
}

/// The square of the normal quantile that leaves `tail` beyond it: a chi-squared quantile with one degree of freedom, of both tails together.
fn squared_normal_quantile(tail: f64) -> Result<f64, Error> {
    // One-sided limits at a level below one half would lie on the other side of the point; they end at it.
    Ok(if tail < 0.5 { 2.0 * gamma_inc_inv(0.5, Split::from_upper(2.0 * tail)?)? } else { 0.0 })
}

impl Facts {
    /// Limits of a KPI that is a cost per count or a rate: [`cost_limits`] and Wilson's [`rate_limits`] of the merged facts. A rate that can be above one (CVR with
    /// view-through conversions) and is takes the limits of its count.
    ///
    /// ```
    /// use styring_metrics::{Confidence, Facts, Kpi, Row};
    /// use styring_money::Currency;
    ///
    /// let mut facts = Facts::zero(Currency::NOK);
    /// let spend = "NOK 9000.00".parse().ok();
    /// facts.add(&Row { spend, orders: Some(20.into()), clicks: Some(1200), impressions: Some(400_000), ..Row::default() })?;
    /// let cost = facts.limits(Kpi::Cpo, Confidence::two_sided(0.9)?)?; // 450 kroner per order
    /// assert!(cost.low.is_some_and(|low| low > 300.0) && cost.high.is_some_and(|high| high < 680.0));
    /// assert!(facts.limits(Kpi::Roas, Confidence::two_sided(0.9)?).is_err()); // needs the value of every order
    /// # Ok::<(), styring_metrics::Error>(())
    /// ```
    ///
    /// Errors: [`Error::NeedsOrderValues`] for ratios of amounts; a fact that is missing or below zero; a rate without a denominator.
    pub fn limits(&self, kpi: Kpi, confidence: Confidence) -> Result<Limits, Error> {
        self.limits_by(kpi, RateMethod::Wilson, confidence)
    }

    /// The same, with rates by another method: Clopper–Pearson where a guarantee is asked for.
    pub fn limits_by(&self, kpi: Kpi, method: RateMethod, confidence: Confidence) -> Result<Limits, Error> {
        let ([(factor, over)], [(1, under)]) = (kpi.numerator(), kpi.denominator()) else {
            return Err(Error::NeedsOrderValues { kpi });
        };
        if under.is_money() || (over.is_money() && *over != Fact::Spend) {
            return Err(Error::NeedsOrderValues { kpi });
        }
        let (top, bottom) = (self.evidence(*over)? * *factor as f64, self.evidence(*under)?);
        if over.is_money() {
            cost_limits(top, bottom, confidence)
        } else if top <= bottom {
            rate_limits(top, bottom, method, confidence)
        } else {
            finite_in(under.name(), bottom, f64::MIN_POSITIVE..=1e15, "above 0 and at most 1e15")?;
            Ok(count_limits(top, confidence)?.scale(1.0 / bottom))
        }
    }

    /// A sum as evidence: known in every row, and not below zero.
    pub(crate) fn evidence(&self, fact: Fact) -> Result<f64, Error> {
        match self.get(fact) {
            Some(sum) if sum.sign() != Sign::Negative => Ok(sum.to_f64()),
            sum => Err(Error::OutOfRange {
                field: fact.name(),
                expected: "known in all rows, zero or above",
                value: sum.map_or_else(|| "missing".to_owned(), ToString::to_string),
            }),
        }
    }
}

/// How much may be spent without a single result before it is clear, at this level, that the cost per result is above its target: `−ln(1 − level) · target`.
///
/// At 95 % it is three times the target: the trade's "three times target CPA without a sale".
pub fn spend_to_reject(target_cost: f64, level: f64) -> Result<f64, Error> {
    at_least("target cost", target_cost, 0.0, "zero or above")?;
    finite_in("level", level, 1e-6..=1.0 - 1e-6, "between 0 and 1")?;
    Ok(-libm::log1p(-level) * target_cost)
}
