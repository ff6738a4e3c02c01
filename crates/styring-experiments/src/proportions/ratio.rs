use crate::pivot::{Pivot, checked_null};
use crate::root::falling_root_from;
use crate::{ConfidenceSet, Error, Hypothesis, Readout, Scale};

use super::{Table, TwoProportions, over};

/// How two proportions are held against each other by their ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum RatioMethod {
    /// The score test with the variance under the null and the factor N/(N − 1) (Miettinen and Nurminen 1985). It has an answer for every table.
    #[default]
    Score,
    /// The score test without that factor (Koopman 1984).
    Koopman,
    /// The logarithm of the ratio, with the delta method (Katz 1978). Needs a conversion in each arm.
    Log,
    /// The same after half a conversion and half a unit more in each arm (Walter 1975).
    LogAdjusted,
}

impl RatioMethod {
    fn name(self) -> &'static str {
        match self {
            Self::Score => "Miettinen-Nurminen score test of the ratio",
            Self::Koopman => "Koopman score test",
            Self::Log => "log-ratio z test",
            Self::LogAdjusted => "log-ratio z test, adjusted",
        }
    }
}

impl TwoProportions {
    /// The ratio of the two rates, treatment / control; against no effect, 1.
    ///
    /// # Degenerate tables
    ///
    /// Without conversions in the control the estimate is none, and a score set has no upper end; without any in either arm nothing is contradicted: the set is `AtLeast(0)`, and p = 1.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a null that is not above 0; [`Error::TooFew`] for [`RatioMethod::Log`] without a conversion in an arm.
    pub fn ratio(self, method: RatioMethod, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let hypothesis = hypothesis.into();
        let null = checked_null(hypothesis, 1.0, (f64::MIN_POSITIVE, f64::MAX), "above 0")?;
        let (low, p, estimate) = self.relative(method, hypothesis, null - 1.0)?;
        let estimate = estimate.map(|lift| lift + 1.0);
        // One-sided sets end where ratios do.
        let set = not_below(low.plus(1.0), 0.0);
        Ok(Readout::new(
            method.name(),
            Scale::Ratio,
            (estimate, null),
            set,
            p,
            (hypothesis.level(), hypothesis.alternative()),
        ))
    }

    /// The relative lift, (treatment − control) / control: [`TwoProportions::ratio`] − 1, in numbers that keep their digits where it is small.
    ///
    /// It is the interval of the ratio and not that of the difference divided by the control's rate, which forgets that this rate is uncertain too.
    ///
    /// # Errors
    ///
    /// As [`TwoProportions::ratio`]; a null is above −1.
    pub fn lift(self, method: RatioMethod, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let hypothesis = hypothesis.into();
        let null = checked_null(hypothesis, 0.0, (-1.0 + f64::EPSILON, f64::MAX), "above -1")?;
        let (set, p, estimate) = self.relative(method, hypothesis, null)?;
        let set = not_below(set, -1.0);
        Ok(Readout::new(
            method.name(),
            Scale::Lift,
            (estimate, null),
            set,
            p,
            (hypothesis.level(), hypothesis.alternative()),
        ))
    }

    /// Set, p-value and estimate of the lift.
    fn relative(
        self,
        method: RatioMethod,
        hypothesis: Hypothesis,
        null: f64,
    ) -> Result<(ConfidenceSet, f64, Option<f64>), Error> {
        let table = self.table();
        let estimate = (table.x2 > 0.0).then(|| table.d / table.p2());
        let readout = match method {
            RatioMethod::Score | RatioMethod::Koopman => {
                let factor = if method == RatioMethod::Score { table.finite() } else { 1.0 };
                let z = |lift: f64| score(table, lift) / factor;
                let limit = |critical: f64| score_limit(table, critical * factor);
                Pivot { z, limit }.readout(method.name(), Scale::Lift, (estimate, null), hypothesis)?
            }
            RatioMethod::Log | RatioMethod::LogAdjusted => {
                let (ln, spread) = if method == RatioMethod::Log {
                    needs_conversions(table)?;
                    (ln_ratio(table), libm::sqrt(table.q1() / table.x1 + table.q2() / table.x2))
                } else {
                    let arm = |x: f64, n: f64| ((x + 0.5) / (n + 0.5), (n - x) / ((x + 0.5) * (n + 0.5)));
                    let ((p1, v1), (p2, v2)) = (arm(table.x1, table.n1), arm(table.x2, table.n2));
                    (libm::log(p1 / p2), libm::sqrt(v1 + v2))
                };
                let z = |lift: f64| over(ln - libm::log1p(lift), spread);
                let limit = |critical: f64| libm::expm1(ln - critical * spread);
                Pivot { z, limit }.readout(method.name(), Scale::Lift, (estimate, null), hypothesis)?
            }
        };
        Ok((readout.set(), readout.p_value(), estimate))
    }
}

/// A one-sided set that is open below ends where the effects do.
pub(super) fn not_below(set: ConfidenceSet, end: f64) -> ConfidenceSet {
    match set {
        ConfidenceSet::AtMost(high) => ConfidenceSet::between(end, high),
        ConfidenceSet::Everything => ConfidenceSet::AtLeast(end),
        ConfidenceSet::Interval { low, high } => ConfidenceSet::Interval { low: low.max(end), high },
        ConfidenceSet::AtLeast(low) => ConfidenceSet::AtLeast(low.clamp(end, f64::MAX)),
        ConfidenceSet::Outside { .. } => set,
    }
}

fn needs_conversions(table: Table) -> Result<(), Error> {
    for (what, x) in [("conversions in the treatment", table.x1), ("conversions in the control", table.x2)] {
        if x == 0.0 {
            return Err(Error::TooFew { what, needed: 1, given: 0 });
        }
    }
    Ok(())
}

/// ln(p₁/p₂), from the difference where they are near each other.
fn ln_ratio(table: Table) -> f64 {
    let lift = table.d / table.p2();
    if lift.abs() < 0.5 { libm::log1p(lift) } else { libm::log(table.p1() / table.p2()) }
}

/// z of a ratio θ = 1 + lift under the variance of the most likely pair of rates with that ratio.
fn score(table: Table, lift: f64) -> f64 {
    if lift == 0.0 {
        return table.pooled_z();
    }
    let theta = 1.0 + lift;
    let n = table.n();
    let u = -n * lift - table.f1 + theta * table.f2;
    let product = theta * table.f1 * table.f2;
    let root = libm::sqrt(u * u + 4.0 * product);
    // root − u and root + u, of which the smaller is a quotient.
    let (less, more) = if u > 0.0 {
        (4.0 * product / (root + u), root + u)
    } else if u < 0.0 {
        (root - u, 4.0 * product / (root - u))
    } else {
        (root, root)
    };
    let p2 = 2.0 * (table.x1 + table.x2) / (table.n1 * theta + table.x1 + table.n2 + table.x2 * theta + root);
    let q2 = (less + 2.0 * theta * table.f2) / (2.0 * n * theta);
    let q1 = (more + 2.0 * table.f1) / (2.0 * n);
    let variance = theta * p2 * q1 / table.n1 + theta * theta * p2 * q2 / table.n2;
    over(table.d - lift * table.p2(), libm::sqrt(variance))
}

/// The lift at which the score statistic (without its factor) is `z`.
fn score_limit(table: Table, z: f64) -> f64 {
    let upward = z < 0.0;
    // Where the data have no ratio, or an infinite one.
    if table.x2 == 0.0 && (upward || table.x1 == 0.0) {
        return if upward { f64::INFINITY } else { -1.0 };
    }
    if table.x1 == 0.0 && !upward {
        return -1.0;
    }
    let arm = |x: f64, n: f64| (n - x + 0.5) / ((x + 0.5) * n);
    let spread = libm::sqrt(arm(table.x1, table.n1) + arm(table.x2, table.n2));
    // In the logarithm of the ratio, where the statistic is nearly straight.
    let from = if table.x1 == 0.0 {
        libm::log(0.5 / table.n1 / table.p2())
    } else if table.x2 == 0.0 {
        libm::log(table.p1() * table.n2 / 0.5)
    } else {
        ln_ratio(table)
    };
    let at = |ln: f64| score(table, libm::expm1(ln)) - z;
    let end = if upward { 700.0 } else { -700.0 };
    let ln = if z == 0.0 && table.x1 > 0.0 && table.x2 > 0.0 {
        from
    } else if (at(from) >= 0.0) == upward {
        falling_root_from(at, from, z.abs() * spread, end, upward)
    } else {
        // The start was a guess, and lies beyond the root.
        falling_root_from(at, from, spread, -end, !upward)
    };
    if ln >= 700.0 {
        f64::INFINITY
    } else if ln <= -700.0 {
        -1.0
    } else {
        libm::expm1(ln)
    }
}
