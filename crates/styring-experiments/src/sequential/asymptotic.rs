//! The asymptotic confidence sequence of an estimate with a standard error, in the time of a plan.

use crate::sequential::look::one_side;
use crate::sequential::{DecideAt, Look, SequentialPlan};
use crate::{Alternative, Scale};

/// How far an experiment is: 1 when a decision was expected.
pub(crate) fn time(plan: &SequentialPlan, users: f64, conversions: f64) -> f64 {
    match plan.decide_at() {
        DecideAt::Users(expected) => users / expected as f64,
        DecideAt::Conversions(expected) => conversions / expected as f64,
    }
}

/// ln e of a z-score at a time.
pub(crate) fn log_e(plan: &SequentialPlan, z: f64, time: f64) -> f64 {
    let z = if plan.question().1 == Alternative::Less { -z } else { z };
    plan.mixture().log_e(z * time.sqrt(), time)
}

/// The z-score beyond which ln e exceeds ln 1/α at a time.
pub(crate) fn critical(plan: &SequentialPlan, time: f64) -> f64 {
    plan.mixture().bound(time, plan.question().0) / time.sqrt()
}

/// The answer for an estimate with a standard error; `show` leads from the working scale to that of the answer, and the null is given on the working scale.
pub(crate) fn look(
    name: (&'static str, Scale),
    (estimate, error): (f64, f64),
    null: f64,
    time: f64,
    plan: &SequentialPlan,
    show: impl Fn(f64) -> f64,
) -> Look {
    let margin = error * critical(plan, time);
    let log_e = log_e(plan, (estimate - null) / error, time);
    let (low, high) = (show(estimate - margin), show(estimate + margin));
    Look::new(name, Some(show(estimate)), one_side(plan.question().1, low, high), log_e, plan)
}
