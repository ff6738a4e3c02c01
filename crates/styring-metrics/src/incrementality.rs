use crate::check::finite_in;
use crate::{Error, Limits};

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
/// The limits carry the uncertainty of the factor alone; that of the count is [`count_limits`](crate::count_limits). A factor above one means that the platform reports less
/// than was caused.
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

    /// The cost per incremental result.
    pub fn cost(&self, spend: f64, results: f64) -> Result<IncrementalCost, Error> {
        finite_in("spend", spend, 0.0..=1e15, "from 0 to 1e15")?;
        let incremental = self.apply(results)?;
        let over = |results: Option<f64>| results.filter(|results| *results > 0.0).map(|results| spend / results);
        Ok(IncrementalCost {
            point: over(Some(incremental.point)),
            limits: Limits { low: over(incremental.limits.high), high: over(incremental.limits.low) },
        })
    }
}
