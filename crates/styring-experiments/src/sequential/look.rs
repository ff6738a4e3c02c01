use crate::sequential::{EValue, SequentialPlan};
use crate::{Alternative, ConfidenceSet, Readout, Scale};

/// What a method that may be looked at any time says at a look.
///
/// The p-value and the set hold **at this look whichever it is**: of a stream of looks, the chance that any set misses the effect is at most α. They are not running minima: see
/// [`RunningP`](crate::sequential::RunningP).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Look {
    readout: Readout,
    e_value: EValue,
    burning_in: bool,
}

impl Look {
    /// What a test found whose e-value has the logarithm `log_e`, and whose set holds what it does not reject.
    pub(crate) fn new(
        (method, scale): (&'static str, Scale),
        estimate: Option<f64>,
        set: ConfidenceSet,
        log_e: f64,
        plan: &SequentialPlan,
    ) -> Self {
        let (level, alternative, null) = plan.question();
        let e_value = EValue::clamped(log_e);
        let readout = Readout::new(method, scale, (estimate, null), set, e_value.p_value(), (level, alternative));
        Self { readout, e_value, burning_in: false }
    }

    /// Too little to say anything: everything is possible, p is 1.
    pub(crate) fn nothing_yet(name: (&'static str, Scale), estimate: Option<f64>, plan: &SequentialPlan) -> Self {
        Self { burning_in: true, ..Self::new(name, estimate, ConfidenceSet::Everything, 0.0, plan) }
    }

    /// Effect, set, p-value, verdict and sentence.
    pub fn readout(&self) -> &Readout {
        &self.readout
    }

    /// The evidence against the null.
    pub fn e_value(&self) -> EValue {
        self.e_value
    }

    /// Whether an arm holds too little for the method to say anything yet.
    pub fn is_burning_in(&self) -> bool {
        self.burning_in
    }
}

/// The part of `low` to `high` that an alternative leaves: open to the side that is to be shown.
pub(crate) fn one_side(alternative: Alternative, low: f64, high: f64) -> ConfidenceSet {
    match alternative {
        Alternative::TwoSided => ConfidenceSet::between(low, high),
        Alternative::Greater => ConfidenceSet::between(low, f64::INFINITY),
        Alternative::Less => ConfidenceSet::between(f64::NEG_INFINITY, high),
    }
}
