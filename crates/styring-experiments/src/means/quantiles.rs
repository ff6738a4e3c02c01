use styring_special::{Split, beta_inc, normal_inv};

use super::contrast::{Contrast, Part, form, ratio};
use crate::student_pivot::{Question, of_tails};
use crate::{Alternative, Error, Hypothesis, Joint, Ordered, Readout, Scale};

/// Whether the quantile of a probability is the null (0 unless the hypothesis has another), and between which values it lies: exact, whatever the distribution.
///
/// # Formula
/// The number of values at most q is binomial under "the p-quantile is q". The two-sided p-value is twice the smaller tail; the set is what the test does not reject, from one value in the
/// order to another (Conover 1999, 3.2). It is open where there are too few values beyond the quantile to know.
///
/// # Errors
///
/// [`Error::OutOfRange`] unless the probability lies between 0 and 1; [`Error::TooFew`] without values.
///
/// ```
/// use styring_experiments::{Hypothesis, Ordered, means::quantile};
///
/// // Is the median delivery within 48 hours?
/// let hours = Ordered::new(vec![20.0, 22.0, 30.0, 31.0, 35.0, 41.0, 44.0, 47.0, 52.0, 70.0])?;
/// let readout = quantile(&hours, 0.5, Hypothesis::two_sided().against(48.0))?;
/// assert_eq!(format!("{}", readout.set()), "22 to 52");
/// assert!((readout.p_value() - 0.109_375).abs() < 1e-12);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn quantile(values: &Ordered, probability: f64, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
    let question = Question::of(hypothesis, 0.0)?;
    let estimate = values.quantile(probability)?;
    let n = values.n();
    let Question { level, alternative, null } = question;
    // That the quantile is above is shown by few values at most the null; that it is below, by many under it.
    let few = binomial(n, probability, values.at_most(null))?.lower();
    let many = match values.below(null) {
        0 => 1.0,
        below => binomial(n, probability, below - 1)?.upper(),
    };
    let p = of_tails(many, few, alternative);
    let enough = |tail: f64| match alternative {
        Alternative::TwoSided => 2.0 * tail >= level.alpha(),
        _ => tail >= level.alpha(),
    };
    let low = first(n, |count| Ok(enough(binomial(n, probability, count)?.lower())))?;
    let high = n - first(n, |count| Ok(count == n || enough(binomial(n, probability, n - count - 1)?.upper())))?;
    let low = low.checked_sub(1).and_then(|place| values.values().get(place)).copied().unwrap_or(f64::NEG_INFINITY);
    let high = values.values().get(high).copied().unwrap_or(f64::INFINITY);
    let set = question.set(low, high);
    Ok(Readout::new("exact quantile test", Scale::Value, (Some(estimate), null), set, p, (level, alternative)))
}

/// Of so many trials: the probability of at most `successes`, and of more.
///
/// P(X ≤ k) = I_{1−p}(n − k, k + 1).
fn binomial(trials: usize, p: f64, successes: usize) -> Result<Split, Error> {
    if successes >= trials {
        return Ok(Split::from_upper(0.0)?);
    }
    let (n, k) = (trials as f64, successes as f64);
    Ok(beta_inc(n - k, k + 1.0, Split::from_upper(p)?)?)
}

/// The first count from 0 to n for which something holds that holds from there on.
fn first(n: usize, holds: impl Fn(usize) -> Result<bool, Error>) -> Result<usize, Error> {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = usize::midpoint(low, high);
        if holds(middle)? { high = middle } else { low = middle + 1 }
    }
    Ok(low)
}

/// A quantile of two arms whose values are independent.
///
/// # Formula
/// The standard error of the ν-quantile is (U − L) / 2z, with L and U the values at the places n ν ∓ z √(n ν (1 − ν)) and z = 1.96: where the density is low the values are far apart.
///
/// Values that are rounded, so that many are alike, have an error that is too small or none.
///
/// # Errors
///
/// [`Error::OutOfRange`] unless the probability lies between 0 and 1; [`Error::TooFew`] where L or U lies outside the values.
///
/// # Source
/// Deng, Knoblich and Lu (2018), section 4.2; Price and Bonett (2002) for the error from an interval.
///
/// ```
/// use styring_experiments::{Level, Ordered, means::quantile_contrast};
///
/// let control = Ordered::new((0..500).map(|i| f64::from(i).sqrt()).collect())?;
/// let treatment = Ordered::new((0..500).map(|i| 1.1 * f64::from(i).sqrt()).collect())?;
/// let median = quantile_contrast(&control, &treatment, 0.5)?;
/// assert!((median.lift(Level::P95)?.estimate().unwrap_or(0.0) - 0.1).abs() < 1e-9);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn quantile_contrast(control: &Ordered, treatment: &Ordered, probability: f64) -> Result<Contrast, Error> {
    let (one, other) = (by_order(control, probability)?, by_order(treatment, probability)?);
    contrast([one, other], [control.n(), treatment.n()])
}

/// A quantile of two arms in which values come in clusters: page loads of visitors, orders of customers.
///
/// # Formula
/// The error of [`quantile_contrast`] squared times v / (ν (1 − ν) / n), with v the variance of the share of values at most the quantile, a ratio of two means over clusters (Deng, Knoblich, Lu
/// 2018). The degrees of freedom are the number of clusters less one.
///
/// # Errors
///
/// Those of [`quantile_contrast`]; [`Error::TooFew`] with fewer than two clusters in an arm.
pub fn clustered_quantile_contrast(
    control: &Clustered,
    treatment: &Clustered,
    probability: f64,
) -> Result<Contrast, Error> {
    let error = |arm: &Clustered| {
        let (value, error) = by_order(&arm.values, probability)?;
        let inflation = cluster_inflation(&arm.below(value), probability, arm.values.n() as f64)?;
        Ok::<_, Error>((value, error * inflation.max(0.0).sqrt()))
    };
    contrast([error(control)?, error(treatment)?], [control.clusters(), treatment.clusters()])
}

fn contrast(
    [(control, of_control), (treatment, of_treatment)]: [(f64, f64); 2],
    sizes: [usize; 2],
) -> Result<Contrast, Error> {
    let degrees = sizes.map(|n| n as f64 - 1.0);
    let parts = [
        Part { covariance: [of_control * of_control, 0.0, 0.0], degrees: degrees[0] },
        Part { covariance: [0.0, 0.0, of_treatment * of_treatment], degrees: degrees[1] },
    ];
    Contrast::arms("quantile", [control, treatment], parts)
}

/// A quantile and its standard error.
fn by_order(values: &Ordered, probability: f64) -> Result<(f64, f64), Error> {
    let value = values.quantile(probability)?;
    let n = values.n() as f64;
    let z = normal_inv(Split::from_upper(0.025)?);
    let (middle, reach) = ((n - 1.0) * probability, z * (n * probability * (1.0 - probability)).sqrt());
    match (values.at(middle - reach), values.at(middle + reach)) {
        (Some(low), Some(high)) => Ok((value, (high - low) / (2.0 * z))),
        _ => Err(Error::TooFew {
            what: "values for this quantile",
            needed: needed(probability),
            given: values.n() as u64,
        }),
    }
}

/// How many values it takes for 95 % limits of a quantile: about z² times the larger odds.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn needed(probability: f64) -> u64 {
    let odds = (probability / (1.0 - probability)).max((1.0 - probability) / probability);
    libm::ceil(3.842 * odds + 2.0) as u64
}

/// How much clusters widen the variance of a share, from (values at most the quantile, values) per cluster.
pub(crate) fn cluster_inflation(clusters: &Joint<2>, probability: f64, n: f64) -> Result<f64, Error> {
    if clusters.n() < 2 {
        return Err(Error::TooFew { what: "clusters in an arm", needed: 2, given: clusters.n() });
    }
    let (_, gradient) = ratio(clusters.mean(0), clusters.mean(1))?;
    let variance = form(clusters, gradient, gradient)? / clusters.n() as f64;
    Ok(variance / (probability * (1.0 - probability) / n))
}

/// Values in order that remember which cluster they are from.
///
/// ```
/// use styring_experiments::means::Clustered;
///
/// let mut loads = Clustered::default();
/// loads.add(vec![0.8, 1.1, 0.9])?; // one visitor
/// loads.add(vec![3.0])?; // another
/// assert_eq!((loads.clusters(), loads.values().n()), (2, 4));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Vec<Vec<f64>>", into = "Vec<Vec<f64>>"))]
pub struct Clustered {
    values: Ordered,
    clusters: Vec<Ordered>,
}

impl Clustered {
    /// All values of clusters; n log n.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a value that is not finite.
    pub fn new(clusters: impl IntoIterator<Item = Vec<f64>>) -> Result<Self, Error> {
        let clusters = clusters.into_iter().map(Ordered::new).collect::<Result<Vec<_>, _>>()?;
        let values = Ordered::new(clusters.iter().flat_map(Ordered::values).copied().collect())?;
        Ok(Self { values, clusters })
    }

    /// One more cluster with all its values; the cost is that of all values so far, so give many to [`Clustered::new`].
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a value that is not finite.
    pub fn add(&mut self, cluster: Vec<f64>) -> Result<(), Error> {
        self.merge(&Self::new([cluster])?);
        Ok(())
    }

    /// Adds what was put into order elsewhere. No cluster may be in both.
    pub fn merge(&mut self, other: &Self) {
        self.values.merge(&other.values);
        self.clusters.extend_from_slice(&other.clusters);
    }

    /// All values in order.
    pub fn values(&self) -> &Ordered {
        &self.values
    }

    /// How many clusters.
    pub fn clusters(&self) -> usize {
        self.clusters.len()
    }

    /// Per cluster, how many values are at most this, and how many there are.
    fn below(&self, value: f64) -> Joint<2> {
        self.clusters.iter().map(|cluster| [cluster.at_most(value) as f64, cluster.n() as f64]).collect()
    }
}

impl TryFrom<Vec<Vec<f64>>> for Clustered {
    type Error = Error;

    fn try_from(clusters: Vec<Vec<f64>>) -> Result<Self, Error> {
        Self::new(clusters)
    }
}

impl From<Clustered> for Vec<Vec<f64>> {
    fn from(clustered: Clustered) -> Self {
        clustered.clusters.into_iter().map(Vec::from).collect()
    }
}
