use chrono::NaiveDate;
use styring_money::{Exact, Sign};
use styring_special::{Split, beta_inc, gamma_inc};
use styring_triangle::MackError;

use crate::limits::weighted_count_limits;
use crate::maturity::{Cohort, basis, merged, ratio};
use crate::{Confidence, Error, ErrorBasis, Fact, Kpi, Limits, Maturity, Outcome, Ratio};

/// How results that are not in yet are judged.
///
/// Measured in `tests/calibration.rs`, and told in `docs/evidence.md`: the pooled rate has the narrower limits while the rate holds still, and is wrong when it moves; the chain ladder is
/// right in either case, and wide while cohorts are young.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "kind", content = "per", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum MaturityMethod {
    /// What a cohort has brought, divided by `F`. Follows each cohort, so that it is right also when the offer, the audience or the season has changed; noisy for the youngest, and nothing at
    /// all can be said of a cohort that has brought nothing.
    ChainLadder,
    /// What a cohort has brought, and for the rest of its window the rate of all cohorts together, `ΣC / Σ(F·exposure)`, per click or per krone (Bornhuetter and Ferguson 1972; the rate as in
    /// Stanard's "Cape Cod"). Steady, and takes cohorts with nothing; pulls a young cohort that is truly different toward the others.
    PooledRate(Fact),
}

/// What a cohort, or several, will have brought at the end of the window.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Matured {
    /// What has come.
    pub as_observed: Exact,
    /// What will have come.
    pub value: f64,
    /// Between these it will be, whole results to come at a time. What has come is certain; what comes is not.
    pub limits: Limits,
    /// Where the error of the factors comes from.
    pub basis: ErrorBasis,
    /// Cohorts that are not in it, because nothing can be said of them: too young for a whole age, or of an age at which nothing ever came. None with a pooled rate.
    pub left_out: usize,
}

/// A KPI as it will be at the end of the window.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MaturedKpi {
    /// As a dashboard shows it today, for the same clicks.
    pub as_observed: Ratio,
    /// As it will be.
    pub matured: Outcome<f64>,
    /// Limits of what was due: they carry the noise of the count and the error of the factors. No upper limit of a cost without a result.
    pub limits: Limits,
    /// The share of its results that are in; `None` if none are.
    pub completion: Option<f64>,
    /// Where the error of the factors comes from.
    pub basis: ErrorBasis,
    /// Cohorts that are not in it, nor their spend, because nothing can be said of them.
    pub left_out: usize,
}

/// What one cohort needs to be matured.
struct Part<'a> {
    cohort: &'a Cohort,
    /// `F`; zero before the first whole age.
    share: f64,
    /// How much was put in; 1 by the chain ladder, which does not ask.
    exposure: f64,
}

/// A weighted sum of counts, and what its limits are made of.
struct Due {
    sum: f64,
    /// The variance of the counts.
    noise2: f64,
    /// What one result more would weigh at most.
    heaviest: f64,
    /// The relative variance of the factors.
    factors2: f64,
    completion: Option<f64>,
    basis: ErrorBasis,
}

/// Below this share of results, a cohort says nothing of the rest.
const LEAST_SHARE: f64 = 1e-9;

impl Maturity {
    /// What all cohorts together will have brought at the end of their windows, with limits of what that will be.
    ///
    /// By the chain ladder, from the mean and Mack's standard error of what is to come; with a pooled rate, from the rate's own uncertainty; both as a negative binomial count.
    ///
    /// Errors: [`Error::NothingYet`] by the chain ladder of cohorts without a result; [`Error::NothingConverted`] where the delay is not known; [`Error::TooYoung`] where not one cohort has a whole age
    /// behind it; a pooled rate over a fact that is not known in all rows, or zero.
    pub fn matured(&self, method: MaturityMethod, confidence: Confidence) -> Result<Matured, Error> {
        self.matured_part(&self.cohorts, method, confidence)
    }

    /// The same of every cohort by itself, under the first day of its clicks, oldest first. A pooled rate is that of all of them.
    pub fn each(&self, method: MaturityMethod, confidence: Confidence) -> Vec<(NaiveDate, Result<Matured, Error>)> {
        let one = |cohort: &Cohort| self.matured_part(std::slice::from_ref(cohort), method, confidence);
        self.cohorts.iter().map(|cohort| (cohort.first, one(cohort))).collect()
    }

    /// A KPI as it will be at the end of the window: spend per result (CPA, CPO, CPL, CAC), or results per count (CVR).
    ///
    /// The number of results due is a weighted sum of counts, `Σ C/F`, or `ΣC·Σe/Σ(F·e)` with a pooled rate over exposures `e`. Its variance is that of Poisson counts with these weights, and
    /// that of the factors; its limits are those of Fay and Feuer (1997, *Statistics in Medicine* 16) for such sums: gamma quantiles, and Garwood's where everything is in.
    ///
    /// Errors: a KPI that these results have no part in; a fact that is missing; otherwise as [`matured`](Self::matured), but no result is an answer here.
    pub fn kpi(&self, kpi: Kpi, method: MaturityMethod, confidence: Confidence) -> Result<MaturedKpi, Error> {
        let (is_cost, other) = match (kpi.numerator(), kpi.denominator()) {
            ([(1, Fact::Spend)], [(1, under)]) if *under == self.result => (true, Fact::Spend),
            ([(1, over)], [(1, under)]) if *over == self.result && !under.is_money() => (false, *under),
            _ => {
                let (field, value) = ("KPI", kpi.name().to_owned());
                let expected = "spend per result of these cohorts, or their results per count";
                return Err(Error::OutOfRange { field, expected, value });
            }
        };
        let parts = self.parts(&self.cohorts, method)?;
        let cohorts: Vec<&Cohort> = parts.iter().map(|part| part.cohort).collect();
        let other = merged(&cohorts)?.evidence(other)?;
        let due = self.due(&parts, method)?;
        let (over, under) = if is_cost { (other, due.sum) } else { (due.sum, other) };
        let matured = match (over > 0.0, under > 0.0) {
            (_, true) => Outcome::Value((over / under).min(f64::MAX)),
            (true, false) => Outcome::NoDenominator(Sign::Positive),
            (false, false) => Outcome::Undefined,
        };
        let limits = if is_cost {
            let counts = due.limits(confidence.mirrored())?;
            let cost = |results: f64| (other / results).min(f64::MAX);
            Limits { low: counts.high.map(cost), high: counts.low.filter(|least| *least > 0.0).map(cost) }
        } else if other > 0.0 {
            due.limits(confidence)?.scale(1.0 / other)
        } else {
            Limits { low: None, high: None }
        };
        let as_observed = ratio(kpi, self.result, &cohorts)?;
        let left_out = self.cohorts.len() - parts.len();
        Ok(MaturedKpi { as_observed, matured, limits, completion: due.completion, basis: due.basis, left_out })
    }

    /// The cohorts of which something can be said.
    fn parts<'a>(&self, cohorts: &'a [Cohort], method: MaturityMethod) -> Result<Vec<Part<'a>>, Error> {
        let share = |cohort: &Cohort| match cohort.age {
            // Nothing is in, whatever the delay.
            None => Some(0.0),
            Some(age) => self.shares.get(age as usize).copied().flatten(),
        };
        let mut parts = Vec::with_capacity(cohorts.len());
        for cohort in cohorts {
            let known = share(cohort);
            match method {
                MaturityMethod::PooledRate(per) => {
                    let share = known.ok_or_else(|| self.nothing_converted(cohort.age.unwrap_or_default()))?;
                    parts.push(Part { cohort, share, exposure: cohort.facts.evidence(per)? });
                }
                MaturityMethod::ChainLadder => {
                    let known = known.filter(|share| *share >= LEAST_SHARE);
                    parts.extend(known.map(|share| Part { cohort, share, exposure: 1.0 }));
                }
            }
        }
        match (parts.is_empty(), cohorts.iter().filter_map(|cohort| cohort.age).max()) {
            (false, _) => Ok(parts),
            (true, Some(age)) => Err(self.nothing_converted(age)),
            (true, None) => Err(Error::TooYoung),
        }
    }

    fn due(&self, parts: &[Part<'_>], method: MaturityMethod) -> Result<Due, Error> {
        let counted: f64 = parts.iter().map(|part| part.cohort.counted).sum();
        match method {
            MaturityMethod::ChainLadder => {
                let sum: f64 = parts.iter().map(|part| part.cohort.counted / part.share).sum();
                let noise2 = parts.iter().map(|part| part.cohort.counted / part.share / part.share).sum();
                let heaviest = parts.iter().map(|part| 1.0 / part.share).fold(1.0, f64::max);
                // Without a result, what counts is how wrong the factor of the heaviest may be.
                let weigh =
                    |part: &Part<'_>| if counted > 0.0 { part.cohort.counted / part.share } else { 1.0 / part.share };
                let by_age = self.by_age(parts, weigh);
                let factors2 = self.factors2(&by_age, by_age.iter().sum());
                let completion = (sum > 0.0).then(|| counted / sum);
                Ok(Due { sum, noise2, heaviest, factors2, completion, basis: self.basis_of(parts) })
            }
            MaturityMethod::PooledRate(per) => {
                let (used, all) = self.exposures(parts, per)?;
                let weight = all / used;
                let factors2 = self.factors2(&self.by_age(parts, |part| part.share * part.exposure), used);
                Ok(Due {
                    sum: counted * weight,
                    noise2: counted * weight * weight,
                    heaviest: weight,
                    factors2,
                    completion: Some(1.0 / weight),
                    basis: self.basis_of(parts),
                })
            }
        }
    }

    /// The exposure whose results are in, and all of it.
    fn exposures(&self, parts: &[Part<'_>], per: Fact) -> Result<(f64, f64), Error> {
        let used: f64 = parts.iter().map(|part| part.share * part.exposure).sum();
        let all: f64 = parts.iter().map(|part| part.exposure).sum();
        if all == 0.0 {
            let (field, expected) = (per.name(), "above zero for a rate over it");
            return Err(Error::OutOfRange { field, expected, value: "0".to_owned() });
        }
        if used < all * LEAST_SHARE {
            let age = parts.iter().filter_map(|part| part.cohort.age).max();
            return Err(age.map_or(Error::TooYoung, |age| self.nothing_converted(age)));
        }
        Ok((used, all))
    }

    /// Sums of a quantity by the age of the cohorts, for those that have one.
    fn by_age(&self, parts: &[Part<'_>], of: impl Fn(&Part<'_>) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.shares.len()];
        for part in parts {
            if let Some(sum) = part.cohort.age.and_then(|age| sums.get_mut(age as usize)) {
                *sum += of(part);
            }
        }
        sums
    }

    /// The relative variance of `Σ wᵢ·Π p` or its inverse: every step acts on all cohorts that have yet to take it.
    fn factors2(&self, by_age: &[f64], total: f64) -> f64 {
        let mut behind = 0.0;
        let steps = by_age.iter().zip(&self.steps).map(|(joining, step)| {
            behind += joining;
            let part: f64 = behind / total;
            part * part * step.relative2
        });
        steps.sum()
    }

    fn basis_of(&self, parts: &[Part<'_>]) -> ErrorBasis {
        let youngest = parts.iter().filter_map(|part| part.cohort.age).min();
        basis(self.steps.get(youngest.unwrap_or_default() as usize..).unwrap_or_default())
    }

    fn matured_part(&self, of: &[Cohort], method: MaturityMethod, confidence: Confidence) -> Result<Matured, Error> {
        let parts = self.parts(of, method)?;
        let counted: f64 = parts.iter().map(|part| part.cohort.counted).sum();
        let as_observed: Exact = parts.iter().map(|part| &part.cohort.observed).sum();
        let mut basis = self.basis_of(&parts);
        let (to_come, limits) = match method {
            MaturityMethod::ChainLadder => {
                if counted == 0.0 {
                    return Err(Error::NothingYet);
                }
                let due = self.due(&parts, method)?;
                let cohorts = parts.iter().map(|part| &part.cohort.first);
                let variance = match self.ladder.total_of(cohorts, self.ladder.oldest_age())?.error() {
                    MackError::Known { chance, factors } => chance * chance + factors * factors,
                    MackError::Unknown(_) => {
                        basis = ErrorBasis::Counting;
                        let chance =
                            |part: &Part<'_>| part.cohort.counted * (1.0 - part.share) / part.share / part.share;
                        parts.iter().map(chance).sum::<f64>() + due.sum * due.sum * due.factors2
                    }
                };
                let mean = due.sum - counted;
                (mean, counts_to_come(mean, (variance - mean).max(0.0) / (mean * mean), confidence)?)
            }
            MaturityMethod::PooledRate(per) => {
                let all = self.parts(&self.cohorts, method)?;
                let (used, _) = self.exposures(&all, per)?;
                let results: f64 = all.iter().map(|part| part.cohort.counted).sum();
                let left: f64 = parts.iter().map(|part| (1.0 - part.share) * part.exposure).sum();
                // The rate from one half result more is that of Jeffreys' prior.
                let relative2 = 1.0 / (results + 0.5) + self.left_over_used2(&parts, left, &all, used);
                (results / used * left, counts_to_come((results + 0.5) / used * left, relative2, confidence)?)
            }
        };
        // In the age that is not over, more may have come than was foreseen.
        let least = as_observed.to_f64();
        let add = |more: f64| (counted + more).max(least);
        let limits = Limits { low: limits.low.map(add), high: limits.high.map(add) };
        Ok(Matured { as_observed, value: add(to_come), limits, basis, left_out: of.len() - parts.len() })
    }

    /// The relative variance of what is left of the exposure of some, over what is used of that of all.
    fn left_over_used2(&self, some: &[Part<'_>], left: f64, all: &[Part<'_>], used: f64) -> f64 {
        if left <= 0.0 {
            return 0.0;
        }
        let in_of = |part: &Part<'_>| part.share * part.exposure;
        let (some, all) = (self.by_age(some, in_of), self.by_age(all, in_of));
        let (mut above, mut below) = (0.0, 0.0);
        let steps = some.iter().zip(&all).zip(&self.steps).map(|((some, all), step)| {
            above += some;
            below += all;
            let slope: f64 = above / left + below / used;
            slope * slope * step.relative2
        });
        steps.sum()
    }
}

impl Due {
    fn limits(&self, confidence: Confidence) -> Result<Limits, Error> {
        weighted_count_limits(self.sum, self.noise2, self.heaviest, self.factors2, confidence)
    }
}

/// Limits of a count to come, of a mean that is itself known to a relative variance: quantiles of the negative binomial, or of Poisson where the mean is known. Each limit leaves at most the tail
/// beyond it, so that with small counts they hold more than they say.
fn counts_to_come(mean: f64, relative2: f64, confidence: Confidence) -> Result<Limits, Error> {
    if mean <= 0.0 {
        return confidence.limits(|_| Ok(0.0), |_| Ok(Some(0.0)));
    }
    // The part at or below a count, and the part above it.
    let at = |count: f64| -> Result<Split, Error> {
        Ok(if relative2 > 1e-12 {
            beta_inc(1.0 / relative2, count + 1.0, Split::from_ratio(1.0 / relative2, mean)?)?
        } else {
            gamma_inc(count + 1.0, mean)?.swapped()
        })
    };
    confidence.limits(
        |tail| least_count(mean, |count| Ok(at(count)?.lower() > tail)),
        |tail| Ok(Some(least_count(mean, |count| Ok(at(count)?.upper() <= tail))?)),
    )
}

/// The least whole number from which on something holds.
fn least_count(start: f64, holds: impl Fn(f64) -> Result<bool, Error>) -> Result<f64, Error> {
    if holds(0.0)? {
        return Ok(0.0);
    }
    let (mut below, mut above) = (0.0, start.ceil().max(1.0));
    while above < 1e18 && !holds(above)? {
        below = above;
        above *= 2.0;
    }
    while above - below > 1.0 {
        let middle = f64::midpoint(below, above).floor();
        if middle <= below || middle >= above {
            break;
        }
        if holds(middle)? { above = middle } else { below = middle }
    }
    Ok(above)
}
