use std::fmt;

use styring_special::student_inv;

use crate::interval::tail;
use crate::{Error, Interval};

/// How the value of a policy is estimated. v = Σ π(k) q(k) and q(a) are a model's, w = π(a) / p, r the reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Estimator {
    /// The mean reward where the policy, which chooses without chance, chooses what was chosen. Unbiased only if the log chose evenly (Li, Chu, Langford and Wang 2011).
    Replay,
    /// Inverse propensities: mean of w r. Unbiased; its error grows with the weights (Horvitz and Thompson 1952).
    Ips,
    /// mean of min(w, clip) r: smaller error, and biased toward nothing by what is clipped.
    ClippedIps,
    /// Self-normalised: Σ w r / Σ w. Bias of the order of 1/n, usually a much smaller error; always within the rewards that were seen (Swaminathan and Joachims 2015).
    Snips,
    /// The model alone: mean of v. As good as the model, and its standard error knows nothing of the model's.
    DirectMethod,
    /// mean of v + w (r − q(a)): unbiased if either propensities or model are right (Dudík, Langford and Li 2011).
    DoublyRobust,
    /// mean of v + Σ w (r − q(a)) / Σ w.
    SelfNormalisedDoublyRobust,
    /// mean of v + w (r − q(a)) where w ≤ τ, of v elsewhere: the model decides where weights are large (Wang, Agarwal and Dudík 2017).
    SwitchDoublyRobust,
    /// mean of v + λw/(w² + λ) (r − q(a)): weights shrunk optimistically (Su, Dimakopoulou, Krishnamurthy and Dudík 2020).
    ShrunkDoublyRobust,
}

impl Estimator {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Replay,
        Self::Ips,
        Self::ClippedIps,
        Self::Snips,
        Self::DirectMethod,
        Self::DoublyRobust,
        Self::SelfNormalisedDoublyRobust,
        Self::SwitchDoublyRobust,
        Self::ShrunkDoublyRobust,
    ];

    /// Whether it rests on a model of rewards.
    pub fn needs_model(self) -> bool {
        !matches!(self, Self::Replay | Self::Ips | Self::ClippedIps | Self::Snips)
    }
}

impl fmt::Display for Estimator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Replay => "replay",
            Self::Ips => "IPS",
            Self::ClippedIps => "clipped IPS",
            Self::Snips => "SNIPS",
            Self::DirectMethod => "DM",
            Self::DoublyRobust => "DR",
            Self::SelfNormalisedDoublyRobust => "SNDR",
            Self::SwitchDoublyRobust => "Switch-DR",
            Self::ShrunkDoublyRobust => "DRos",
        })
    }
}

/// The value of a policy, a decision on average, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Estimate {
    pub(super) value: f64,
    pub(super) error: Option<f64>,
    pub(super) rows: u64,
    pub(super) ess: f64,
}

impl Estimate {
    /// The value.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Its standard error, s/√n of the terms it is a mean of; for self-normalised estimates that of their linearised terms. `None` with one row, or where no term differs from another (no reward at all, for one): nothing says then
    /// how they would.
    pub fn standard_error(&self) -> Option<f64> {
        self.error
    }

    /// The rows it rests on: those that match for replay, else all.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// As many rows of one weight say as much: (Σw)² / Σw²; the rows themselves where nothing is weighed.
    pub fn ess(&self) -> f64 {
        self.ess
    }

    /// The value ± Student's t of `ess − 1` degrees of freedom times the error, at a two-sided confidence such as 0.95; `None` without an error.
    ///
    /// What it keeps of its promise is in `docs/off-policy.md`. Of a direct method it is the error of the circumstances alone.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the confidence is between 0 and 1.
    pub fn interval(&self, confidence: f64) -> Result<Option<Interval>, Error> {
        let split = tail(confidence)?.swapped();
        let Some(error) = self.error else {
            return Ok(None);
        };
        let t = student_inv((self.ess - 1.0).max(1.0), split).map_err(Error::not_computed("the interval"))?;
        Ok(Some(Interval { low: self.value - t * error, high: self.value + t * error }))
    }
}

/// How the rows of a log weigh for a new policy.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Weights {
    /// The rows.
    pub rows: u64,
    /// The effective sample size, (Σw)² / Σw².
    pub ess: f64,
    /// The largest weight.
    pub largest: f64,
    /// The part of all weight that it has.
    pub largest_share: f64,
    /// As many rewards of one weight say as much: (Σ w r)² / Σ (w r)², where rewards are not below zero; `None` without a reward. Where rewards are rare (clicks, orders), errors rest on this number and not on the rows: below some
    /// thirty, intervals are too narrow and estimates mostly too low.
    pub effective_rewards: Option<f64>,
    /// The mean weight, which is 1 on average if the propensities are right and the log tries whatever the policy would.
    pub mean: f64,
    /// The standard error of that mean; `None` where weights do not vary. A mean many errors from 1 tells of wrong propensities, or of actions that the log never tries.
    pub mean_error: Option<f64>,
}

/// Why there is no estimate.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "refusal", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Refusal {
    /// The log is empty.
    #[error("no rows")]
    NoRows,
    /// The policy would never have chosen what was chosen.
    #[error("in none of {rows} rows would the policy have chosen what was chosen")]
    NoOverlap {
        /// So many rows.
        rows: u64,
    },
    /// A few rows carry the weight of all.
    #[error("the log says next to nothing of this policy: its rows are worth {ess:.1} of one weight, and the largest has {:.1} % of all weight", 100.0 * largest_weight_share)]
    Worthless {
        /// The effective sample size.
        ess: f64,
        /// The part of all weight that the largest has.
        largest_weight_share: f64,
    },
    /// Replay of a policy that leaves things to chance.
    #[error("replay needs a policy without chance; in {rows} rows it leaves the choice to chance")]
    LeftToChance {
        /// In so many rows.
        rows: u64,
    },
    /// Rows without a model's predictions.
    #[error("{rows} rows have no prediction of a model")]
    NoModel {
        /// So many rows.
        rows: u64,
    },
}
