use styring_money::{Exact, Sign, Unrounded};
use styring_special::{Split, beta_inc, gamma_inc, gamma_inc_inv};

use crate::check::finite_in;
use crate::{Error, Quality};

/// What a channel or creative delivered.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Delivery {
    /// Results, zero or above, possibly fractional; incremental ones where a holdout tells them.
    pub results: Exact,
    /// What it cost, zero or above.
    pub spend: Unrounded,
    /// How well it was delivered.
    pub quality: Quality,
}

/// What it should have delivered by now.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Target {
    /// Results to date, above zero.
    pub results: Exact,
    /// The cost per result that is on plan, above zero.
    pub cost_per_result: Unrounded,
}

/// The effect score, version es-1: goal attainment × quality × efficiency, 1 = on plan.
///
/// ```text
/// S = A^wa · Q^wq · E^we        A = results / target results
///                               Q = quality (V·F)
///                               E = target cost per result / cost per result
/// ```
///
/// It is the founding text's *Score = attainment × quality ÷ cost per result* made dimensionless, so that a lead channel and an order channel can stand side by
/// side; the literal form is [`EffectScore::literal`]. A and E share the count of results, so at fixed spend the score grows with its square: set the
/// attainment weight to 0 for pure efficiency.
///
/// # Uncertainty
///
/// The expected number of results at this spend has a gamma posterior: shape `n + a0`, rate `1 + a0 / nx`, where `n` is the number of results, `nx = spend /
/// target cost` what was expected, and `a0` a prior worth that many results at exactly the target cost. The score is monotone in it, so its limits are the score
/// at gamma quantiles, and the probability that one score beats another is one incomplete beta function: no simulation, no normal approximation. No spend gives
/// no score; spend without results gives a point of 0 and an interval that says how sure that is.
///
/// ```
/// use styring_metrics::{Delivery, EffectScoring, Quality, Target};
/// use styring_money::Money;
///
/// let scoring = EffectScoring::default();
/// let target = Target { results: 100.into(), cost_per_result: "NOK 450.00".parse::<Money>()?.into() };
/// let score = |results: i64, spend: &str| {
///     let spend: Money = spend.parse()?;
///     scoring.score(&Delivery { results: results.into(), spend: spend.into(), quality: Quality::given(1.0)? }, &target)
/// };
/// let (large, small) = (score(90, "NOK 36000.00")?, score(3, "NOK 900.00")?);
/// // 450 / 400 × 0.9: a little above plan, and it is known quite well.
/// assert!((large.point().expect("there was spend") - 1.0125).abs() < 1e-12);
/// let (low, high) = large.interval().expect("there was spend");
/// assert!(low > 0.7 && high < 1.4);
/// // Three cheap sales do not beat ninety.
/// assert!(small.probability_above(&large)? < 0.01);
/// # Ok::<(), styring_metrics::Error>(())
/// ```
///
/// Scores are never averaged: merge the facts and score again.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Settings"))]
pub struct EffectScoring {
    weights: ScoreWeights,
    prior_results: f64,
    level: f64,
}

/// The exponents of the effect score.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields, default))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct ScoreWeights {
    /// `wa`.
    pub attainment: f64,
    /// `wq`.
    pub quality: f64,
    /// `we`.
    pub efficiency: f64,
}

impl Default for ScoreWeights {
    fn default() -> Self {
        Self { attainment: 1.0, quality: 1.0, efficiency: 1.0 }
    }
}

/// Weights 1, 1, 1, a prior worth 3 results, intervals of 90 %.
impl Default for EffectScoring {
    fn default() -> Self {
        Self { weights: ScoreWeights::default(), prior_results: 3.0, level: 0.90 }
    }
}

/// A scoring as it is stored, before its numbers are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    weights: ScoreWeights,
    prior_results: f64,
    level: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Settings> for EffectScoring {
    type Error = Error;

    fn try_from(settings: Settings) -> Result<Self, Error> {
        Self::new(settings.weights, settings.prior_results, settings.level)
    }
}

impl EffectScoring {
    /// Scoring with these weights (each zero or above), a prior worth this many results (above zero) and intervals of this level (between 0 and 1).
    pub fn new(weights: ScoreWeights, prior_results: f64, level: f64) -> Result<Self, Error> {
        for (field, weight) in [
            ("weight of attainment", weights.attainment),
            ("weight of quality", weights.quality),
            ("weight of efficiency", weights.efficiency),
        ] {
            finite_in(field, weight, 0.0..=10.0, "from 0 to 10")?;
        }
        finite_in("prior_results", prior_results, 1e-3..=1e9, "from 0.001 to 1e9")?;
        finite_in("level", level, 1e-6..=1.0 - 1e-6, "between 0 and 1")?;
        Ok(Self { weights, prior_results, level })
    }

    /// Scores a delivery against its target.
    ///
    /// Errors name the field: negative results or spend, a target of zero, two currencies; a number that is neither zero nor between 1e-30 and 1e30.
    pub fn score(&self, delivery: &Delivery, target: &Target) -> Result<EffectScore, Error> {
        delivery.spend.compare(&target.cost_per_result)?;
        not_negative("results", &delivery.results)?;
        not_negative("spend", delivery.spend.amount())?;
        positive("target results", &target.results)?;
        positive("target cost per result", target.cost_per_result.amount())?;

        let results = delivery.results.to_f64();
        let target_results = target.results.to_f64();
        let spend = delivery.spend.amount().to_f64();
        let expected = delivery
            .spend
            .amount()
            .checked_div(target.cost_per_result.amount())
            .filter(|expected| !expected.is_zero())
            .map(|expected| expected.to_f64());
        let mut score =
            EffectScore { scoring: *self, results, target_results, quality: delivery.quality, evidence: None };
        // Far outside what any campaign counts in, quotients would leave the range of `f64`.
        let numbers = [("target results", &target.results), ("results", &delivery.results)];
        let numbers = numbers.into_iter().chain([("spend", delivery.spend.amount())]);
        let numbers = numbers.filter(|(_, number)| !number.is_zero()).map(|(field, number)| (field, number.to_f64()));
        for (field, value) in numbers.chain(expected.map(|expected| ("spend over target cost per result", expected))) {
            finite_in(field, value, 1e-30..=1e30, "0 or from 1e-30 to 1e30")?;
        }
        if let Some(expected) = expected {
            score.evidence = Some(score.evidence(expected, spend)?);
        }
        Ok(score)
    }
}

fn not_negative(field: &'static str, value: &Exact) -> Result<(), Error> {
    if value.sign() == Sign::Negative {
        return Err(out_of_range(field, "zero or above", value));
    }
    Ok(())
}

fn positive(field: &'static str, value: &Exact) -> Result<(), Error> {
    if value.sign() == Sign::Positive {
        return Ok(());
    }
    Err(out_of_range(field, "above zero", value))
}

fn out_of_range(field: &'static str, expected: &'static str, value: &Exact) -> Error {
    Error::OutOfRange { field, expected, value: value.to_string() }
}

/// A score with its parts and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EffectScore {
    scoring: EffectScoring,
    results: f64,
    target_results: f64,
    quality: Quality,
    /// `None` without spend.
    evidence: Option<Evidence>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Evidence {
    /// Results expected at the target cost, `nx`.
    expected: f64,
    spend: f64,
    low: f64,
    high: f64,
    at_target: f64,
}

/// The parts of the logarithm of a score: they add up to it, and show why a channel scores as it does.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Contributions {
    /// `wa · ln A`.
    pub attainment: f64,
    /// `wq · ln V`.
    pub visibility: f64,
    /// `wq · ln F`.
    pub frequency: f64,
    /// `we · ln E`.
    pub efficiency: f64,
}

/// Which of two scores is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "there is no fourth answer")]
pub enum Comparison {
    /// The first, with a probability above 80 %.
    Better,
    /// Neither is above 80 %.
    Tie,
    /// The second, with a probability above 80 %.
    Worse,
}

impl EffectScore {
    /// `A`: results over target results.
    pub fn attainment(&self) -> f64 {
        self.results / self.target_results
    }

    /// `V` and `F`, and where they come from.
    pub fn quality(&self) -> &Quality {
        &self.quality
    }

    /// `E`: target cost per result over cost per result; `None` without spend.
    pub fn efficiency(&self) -> Option<f64> {
        self.evidence.map(|evidence| self.results / evidence.expected)
    }

    /// `S`; `None` without spend.
    pub fn point(&self) -> Option<f64> {
        self.evidence.map(|evidence| self.at(self.results, evidence.expected))
    }

    /// The score on a scale from 0 to 100, `100·S/(1+S)`: 50 is on plan.
    pub fn index(&self) -> Option<f64> {
        self.point().map(|score| 100.0 * score / (1.0 + score))
    }

    /// The founding formula to the letter: attainment × quality ÷ cost per result, per unit of currency; `None` without spend.
    ///
    /// It ranks channels only while they share one goal and one kind of result.
    pub fn literal(&self) -> Option<f64> {
        self.evidence.map(|evidence| self.attainment() * self.quality.weight() * self.results / evidence.spend)
    }

    /// `E` at the posterior mean, drawn toward the target when there is little evidence: `(n + a0) / (nx + a0)`.
    pub fn shrunk_efficiency(&self) -> Option<f64> {
        let prior = self.scoring.prior_results;
        self.evidence.map(|evidence| (self.results + prior) / (evidence.expected + prior))
    }

    /// `S` at the posterior mean of results.
    pub fn shrunk(&self) -> Option<f64> {
        self.evidence
            .zip(self.shrunk_efficiency())
            .map(|(evidence, efficiency)| self.at(efficiency * evidence.expected, evidence.expected))
    }

    /// Equal-tailed limits of `S` at the level of the scoring; `None` without spend.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.evidence.map(|evidence| (evidence.low, evidence.high))
    }

    /// The probability that the cost per result is at or below its target.
    pub fn probability_on_target(&self) -> Option<f64> {
        self.evidence.map(|evidence| evidence.at_target)
    }

    /// Why the score is what it is; `None` for a score of zero or none.
    pub fn contributions(&self) -> Option<Contributions> {
        let weights = self.scoring.weights;
        let parts = Contributions {
            attainment: weighted_ln(weights.attainment, self.attainment()),
            visibility: weighted_ln(weights.quality, self.quality.visibility_weight()),
            frequency: weighted_ln(weights.quality, self.quality.frequency_weight()),
            efficiency: weighted_ln(weights.efficiency, self.efficiency()?),
        };
        let sum = parts.attainment + parts.visibility + parts.frequency + parts.efficiency;
        sum.is_finite().then_some(parts)
    }

    /// The probability that this score is truly above `other`: one regularised incomplete beta.
    ///
    /// Errors: either has no spend; the two were scored with different exponents.
    pub fn probability_above(&self, other: &Self) -> Result<f64, Error> {
        let weights = self.scoring.weights;
        if weights != other.scoring.weights {
            return Err(Error::OutOfRange {
                field: "weights of the compared score",
                expected: "the same as of this score",
                value: format!("{:?}", other.scoring.weights),
            });
        }
        let power = weights.attainment + weights.efficiency;
        let (mine, theirs) = (self.ln_scale()?, other.ln_scale()?);
        let certain = |above: bool, equal: bool| match (above, equal) {
            (_, true) => 0.5,
            (true, _) => 1.0,
            (false, _) => 0.0,
        };
        // A quality of zero makes the score zero for certain, and without an exponent on results nothing is uncertain.
        if power == 0.0 || mine == f64::NEG_INFINITY || theirs == f64::NEG_INFINITY {
            return Ok(certain(mine > theirs, mine.total_cmp(&theirs).is_eq()));
        }
        // S = scale · mu^power: after scaling, both are gamma distributed and the smaller rate tends to win.
        let (shape, rate) = self.posterior()?;
        let (other_shape, other_rate) = other.posterior()?;
        let log_odds = (libm::log(rate) - mine / power) - (libm::log(other_rate) - theirs / power);
        let odds = Split::from_ratio(libm::exp(log_odds.clamp(-700.0, 700.0)), 1.0)?;
        Ok(beta_inc(shape, other_shape, odds)?.upper())
    }

    /// Whether this score is better than `other`, worse, or too close to call (between 20 % and 80 %).
    pub fn compare(&self, other: &Self) -> Result<Comparison, Error> {
        Ok(match self.probability_above(other)? {
            probability if probability > 0.8 => Comparison::Better,
            probability if probability < 0.2 => Comparison::Worse,
            _ => Comparison::Tie,
        })
    }

    /// `S` if `results` were the expected number of results.
    fn at(&self, results: f64, expected: f64) -> f64 {
        let weights = self.scoring.weights;
        // `libm` and not the platform's functions: the same input gives the same bits everywhere.
        let score = libm::pow(results / self.target_results, weights.attainment)
            * libm::pow(self.quality.weight(), weights.quality)
            * libm::pow(results / expected, weights.efficiency);
        // Exponents above one can still overflow; a factor of zero then makes NaN, and means zero.
        if score.is_nan() { 0.0 } else { score.min(f64::MAX) }
    }

    fn evidence(&self, expected: f64, spend: f64) -> Result<Evidence, Error> {
        let prior = self.scoring.prior_results;
        let (shape, rate) = (self.results + prior, 1.0 + prior / expected);
        let tail = (1.0 - self.scoring.level) / 2.0;
        let quantile = |split| Ok::<f64, Error>(gamma_inc_inv(shape, split)? / rate);
        Ok(Evidence {
            expected,
            spend,
            low: self.at(quantile(Split::from_lower(tail)?)?, expected),
            high: self.at(quantile(Split::from_upper(tail)?)?, expected),
            at_target: gamma_inc(shape, expected + prior)?.upper(),
        })
    }

    /// Shape and rate of the posterior of the expected number of results.
    fn posterior(&self) -> Result<(f64, f64), Error> {
        let prior = self.scoring.prior_results;
        let evidence = self.spent()?;
        Ok((self.results + prior, 1.0 + prior / evidence.expected))
    }

    /// ln c in S = c · mu^(wa + we).
    fn ln_scale(&self) -> Result<f64, Error> {
        let weights = self.scoring.weights;
        let evidence = self.spent()?;
        Ok(weighted_ln(weights.quality, self.quality.weight())
            - weighted_ln(weights.attainment, self.target_results)
            - weighted_ln(weights.efficiency, evidence.expected))
    }

    fn spent(&self) -> Result<Evidence, Error> {
        self.evidence.ok_or(Error::OutOfRange {
            field: "spend",
            expected: "above zero to compare scores",
            value: "0".to_owned(),
        })
    }
}

/// `weight · ln value`, where a weight of zero switches the part off even for a value of zero.
fn weighted_ln(weight: f64, value: f64) -> f64 {
    if weight == 0.0 { 0.0 } else { weight * libm::log(value) }
}
