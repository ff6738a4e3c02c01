use serde::Serialize;
use styring_experiments::{ConfidenceSet, IncrementalCost};

/// What was spent on a treatment of regions, for the cost of what it brought.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[allow(clippy::exhaustive_enums, reason = "unknown, given, or in the rows")]
pub enum GeoSpend {
    /// Nobody says.
    #[default]
    Unknown,
    /// So much in all.
    Total(f64),
    /// The rows have it: what the treated regions spent more than they would have.
    Rows,
}

/// Where the extra spend comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "given, counted or estimated")]
pub enum SpendSource {
    /// It was given.
    Given,
    /// Nobody spent anything without the treatment, so it is what the treated regions spent.
    Counted,
    /// What the treated regions spent, less what they would have, by the others.
    Estimated,
}

/// What the extra results cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GeoCost {
    /// What was spent more.
    pub spend: f64,
    /// Where that comes from.
    pub source: SpendSource,
    /// Extra value per unit of extra spend: the incremental return on ad spend, where the value is an amount.
    pub per_spend: f64,
    /// The set of it.
    pub per_spend_set: ConfidenceSet,
    /// What one more of the value costs; never a negative cost.
    pub per_result: IncrementalCost,
    /// Whether the error of the extra spend is in the set, beside that of the extra value.
    pub spend_error: bool,
}

impl GeoCost {
    /// Of an extra spend above zero, from the return on it.
    pub(crate) fn new(
        (spend, source): (f64, SpendSource),
        (per_spend, per_spend_set): (f64, ConfidenceSet),
        spend_error: bool,
    ) -> Self {
        let (low, high) = per_spend_set.ends();
        let per_result = if low > 0.0 && per_spend > 0.0 {
            IncrementalCost::Known { value: 1.0 / per_spend, low: 1.0 / high, high: 1.0 / low }
        } else if high < 0.0 {
            IncrementalCost::Loses
        } else {
            IncrementalCost::NotDistinguishable { at_least: (high > 0.0 && high.is_finite()).then(|| 1.0 / high) }
        };
        Self { spend, source, per_spend, per_spend_set, per_result, spend_error }
    }
}

/// Sums of spend: of the treated regions and the others, on average a region and day, before and with the treatment.
pub(crate) struct SpendMeans {
    pub(crate) treated: [f64; 2],
    pub(crate) others: [f64; 2],
}

impl SpendMeans {
    /// What the treated regions spent more, on average a region and day.
    pub(crate) fn extra(&self) -> (f64, SpendSource) {
        let [before, with] = self.treated;
        let [others_before, others_with] = self.others;
        if before == 0.0 && others_before == 0.0 && others_with == 0.0 {
            return (with, SpendSource::Counted);
        }
        ((with - before) - (others_with - others_before), SpendSource::Estimated)
    }
}
