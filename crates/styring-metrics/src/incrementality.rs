use crate::check::finite_in;
use crate::{Confidence, Error, Limits, count_limits};

/// How many of the attributed results the advertising truly caused: a factor from a holdout, with its interval. Plain numbers, so that any experiment can give them.
///
/// ```
/// use styring_metrics::{Incrementality, Limits};
///
/// // The holdout says that 40 % of what retargeting reports would not have come without it, between 25 and 55 %.
/// let factor = Incrementality::new(0.40, 0.25, 0.55)?;
/// let orders = factor.apply(500.0)?;
/// assert!((orders.point - 200.0).abs() < 1e-9);
/// assert_eq!(orders.limits, Limits { low: Some(125.0), high: Some(275.0) });
/// // The cost per incremental order rises from 200 to 500 kroner, and may be 800.
/// let cost = factor.cost(100_000.0, 500.0)?;
/// assert!((cost.point.expect("a cost") - 500.0).abs() < 1e-9);
/// assert!((cost.limits.high.expect("a limit") - 800.0).abs() < 1e-9);
/// # Ok::<(), styring_metrics::Error>(())
/// ```
///
/// [`apply`](Self::apply) and [`cost`](Self::cost) carry the uncertainty of the factor alone: how many of *these* results were caused. [`due`](Self::due) and [`cost_due`](Self::cost_due) carry that of the
/// count too: how many are caused by a campaign like this one, which is what a decision asks. A factor above one means that the platform reports less than was caused.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Incrementality {
    factor: f64,
    low: f64,
    high: f64,
}

/// Incremental results.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct IncrementalResults {
    /// The estimate.
    pub point: f64,
    /// Between these.
    pub limits: Limits,
}

/// A cost per incremental result; `None` where the result may be nothing, or less.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct IncrementalCost {
    /// The estimate.
    pub point: Option<f64>,
    /// Between these; no upper limit where the factor may be zero.
    pub limits: Limits,
}

impl Incrementality {
    /// A factor and its limits, `low ≤ factor ≤ high`. Below zero where advertising may have done harm.
    pub fn new(factor: f64, low: f64, high: f64) -> Result<Self, Error> {
        finite_in("incrementality factor", factor, -1e6..=1e6, "from -1e6 to 1e6")?;
        finite_in("lower limit of incrementality", low, -1e6..=factor, "at most the factor")?;
        finite_in("upper limit of incrementality", high, factor..=1e6, "at least the factor")?;
        Ok(Self { factor, low, high })
    }

    /// The incremental part of attributed results, zero or above.
    pub fn apply(&self, results: f64) -> Result<IncrementalResults, Error> {
        finite_in("results", results, 0.0..=1e15, "from 0 to 1e15")?;
        Ok(IncrementalResults {
            point: results * self.factor,
            limits: Limits { low: Some(results * self.low), high: Some(results * self.high) },
        })
    }

    /// How many incremental results were due, the count being as uncertain as any count ([`count_limits`]).
    ///
    /// The limits of the product `factor × results due` are recovered from those of its parts (MOVER, Zou and Donner 2008): `θ − √((μ·dᶠ)² + (f·dᵐ)² + (dᶠ·dᵐ)²)`, where `d` is how far the limits of
    /// each part lie from its point. `confidence` must be of the level at which the factor's own limits were given; if those are two-sided, a one-sided limit here leaves what lies beyond one of
    /// them.
    ///
    /// ```
    /// use styring_metrics::{Confidence, Incrementality};
    ///
    /// let factor = Incrementality::new(0.40, 0.25, 0.55)?; // at 90 %
    /// let few = factor.due(20.0, Confidence::two_sided(0.9)?)?;
    /// assert_eq!(few.point, 8.0);
    /// assert!(few.limits.low.is_some_and(|low| low < 5.0) && few.limits.high.is_some_and(|high| high > 11.0)); // the factor alone says 5 to 11
    /// # Ok::<(), styring_metrics::Error>(())
    /// ```
    pub fn due(&self, results: f64, confidence: Confidence) -> Result<IncrementalResults, Error> {
        let point = self.apply(results)?.point;
        // Levels below one half have their limits beyond the point; the count's end near it. Which of its two distances pulls the product down depends on the sign of the factor.
        let counts = count_limits(results, Confidence::two_sided(1.0 - 2.0 * confidence.tail().min(0.49))?)?;
        let below = results - counts.low.unwrap_or(0.0);
        let above = counts.high.unwrap_or(results) - results;
        let (down, up) = if self.factor >= 0.0 { (below, above) } else { (above, below) };
        let reach = |of_factor: f64, of_count: f64| {
            let parts = [results * of_factor, self.factor * of_count, of_factor * of_count];
            parts.iter().map(|part| part * part).sum::<f64>().sqrt()
        };
        let low = point - reach(self.factor - self.low, down);
        // A factor that is surely not below zero makes no product that is.
        let low = if self.low >= 0.0 { low.max(0.0) } else { low };
        let high = point + reach(self.high - self.factor, up);
        let limits = confidence.limits(|_| Ok(low), |_| Ok(Some(high)))?;
        Ok(IncrementalResults { point, limits })
    }

    /// The cost per incremental result that was due, with the uncertainty of the count as well: spend over the limits of [`due`](Self::due).
    pub fn cost_due(&self, spend: f64, results: f64, confidence: Confidence) -> Result<IncrementalCost, Error> {
        finite_in("spend", spend, 0.0..=1e15, "from 0 to 1e15")?;
        Ok(per(spend, &self.due(results, confidence.mirrored())?))
    }

    /// The cost per incremental result.
    pub fn cost(&self, spend: f64, results: f64) -> Result<IncrementalCost, Error> {
        finite_in("spend", spend, 0.0..=1e15, "from 0 to 1e15")?;
        Ok(per(spend, &self.apply(results)?))
    }
}

fn per(spend: f64, results: &IncrementalResults) -> IncrementalCost {
    let over =
        |results: Option<f64>| results.filter(|results| *results > 0.0).map(|results| (spend / results).min(f64::MAX));
    IncrementalCost {
        point: over(Some(results.point)),
        limits: Limits { low: over(results.limits.high), high: over(results.limits.low) },
    }
}
