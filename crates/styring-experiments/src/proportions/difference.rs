#![allow(
    clippy::many_single_char_names,
    clippy::float_cmp,
    reason = "the letters of the formulas; the ends of the scale are meant exactly"
)]

use crate::pivot::{Pivot, checked_null, critical, set, tail, z_by_inversion};
use crate::root::falling_root_from;
use crate::{Alternative, Counts, Error, Hypothesis, Readout, Scale};

use super::{Table, TwoProportions, one_sample, over};

/// How two proportions are held against each other by their difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum DifferenceMethod {
    /// The score test with the variance under the null and the factor N/(N − 1) (Miettinen and Nurminen 1985). It has an answer for every table, and keeps its level at small rates and lopsided splits.
    #[default]
    Score,
    /// The score test without that factor (Mee 1984). Against no effect it is the pooled z test, and its square Pearson's χ².
    Mee,
    /// z with one pooled variance, also for the set. Against no effect the pooled z test; against a margin the variance is not that of the null: prefer [`DifferenceMethod::Mee`].
    Pooled,
    /// [`DifferenceMethod::Pooled`] with the continuity correction ½(1/n₁ + 1/n₂) (Yates).
    PooledCorrected,
    /// z with the variance of each arm (Wald). Too short a set where an arm has few conversions, and none at all where both have none.
    Wald,
    /// [`DifferenceMethod::Wald`] with the continuity correction.
    WaldCorrected,
    /// Wald after one conversion and one failure more in each arm (Agresti and Caffo 2000).
    AgrestiCaffo,
    /// The limits of two Wilson intervals, put together (Newcombe 1998, method 10). In closed form; the p-value is that of the level at which the null is an end.
    Newcombe,
}

impl DifferenceMethod {
    fn name(self) -> &'static str {
        match self {
            Self::Score => "Miettinen-Nurminen score test",
            Self::Mee => "Mee score test",
            Self::Pooled => "pooled z test",
            Self::PooledCorrected => "pooled z test, continuity corrected",
            Self::Wald => "unpooled z test",
            Self::WaldCorrected => "unpooled z test, continuity corrected",
            Self::AgrestiCaffo => "Agresti-Caffo test",
            Self::Newcombe => "Newcombe hybrid score interval",
        }
    }
}

impl TwoProportions {
    /// The difference of the two rates, treatment − control.
    ///
    /// The estimate is that of the rates as they are, whichever method. The null of a hypothesis lies within −1 … 1.
    ///
    /// # Cost
    ///
    /// Closed forms but [`DifferenceMethod::Score`] and [`DifferenceMethod::Mee`], whose ends are roots, and the p-value of
    /// [`DifferenceMethod::Newcombe`].
    ///
    /// # Degenerate tables
    ///
    /// 0/n against 0/n, and n/n against n/n: score p = 1, and a set that is as wide as the arms are small. The Wald forms have no spread there: p is 1 at the estimate, 0 elsewhere, and the set is
    /// the estimate.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a null that is no difference of proportions.
    pub fn difference(self, method: DifferenceMethod, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let hypothesis = hypothesis.into();
        let null = checked_null(hypothesis, 0.0, (-1.0, 1.0), "between -1 and 1")?;
        let table = self.table();
        let estimate = (Some(table.d), null);
        let readout = |centre: f64, spread: f64, correction: f64| {
            let critical = critical(hypothesis)?;
            let alternative = hypothesis.alternative();
            let set = set(
                alternative,
                || centre - correction - critical * spread,
                || centre + correction + critical * spread,
            );
            let p = tail(over(corrected(centre - null, correction, alternative), spread), alternative)?;
            Ok(Readout::new(method.name(), Scale::Difference, estimate, set, p, (hypothesis.level(), alternative)))
        };
        match method {
            DifferenceMethod::Score | DifferenceMethod::Mee => {
                let factor = if method == DifferenceMethod::Score { table.finite() } else { 1.0 };
                let z = |delta: f64| score(table, delta) / factor;
                let limit = |critical: f64| score_limit(table, critical * factor);
                Pivot { z, limit }.readout(method.name(), Scale::Difference, estimate, hypothesis)
            }
            DifferenceMethod::Newcombe => {
                let z = |null: f64| z_by_inversion(|z| newcombe_limit(table, z), null);
                let limit = |critical: f64| newcombe_limit(table, critical);
                Pivot { z, limit }.readout(method.name(), Scale::Difference, estimate, hypothesis)
            }
            DifferenceMethod::Pooled => readout(table.d, libm::sqrt(table.pooled_variance()), 0.0),
            DifferenceMethod::PooledCorrected => readout(table.d, libm::sqrt(table.pooled_variance()), yates(table)),
            DifferenceMethod::Wald => readout(table.d, wald_spread(table), 0.0),
            DifferenceMethod::WaldCorrected => readout(table.d, wald_spread(table), yates(table)),
            DifferenceMethod::AgrestiCaffo => {
                let (centre, spread) = agresti_caffo(table);
                readout(centre, spread, 0.0)
            }
        }
    }

    /// The statistic z of a method at a difference: positive where the data lie above it.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpread`] where a Wald form has none; [`Error::OutOfRange`] as [`TwoProportions::difference`].
    pub fn z(self, method: DifferenceMethod, null: f64) -> Result<f64, Error> {
        let null = checked_null(Hypothesis::default().against(null), 0.0, (-1.0, 1.0), "between -1 and 1")?;
        let table = self.table();
        let spread_of = |spread: f64| {
            if spread > 0.0 { Ok(spread) } else { Err(Error::NoSpread { what: "the difference of two proportions" }) }
        };
        let two_sided = Alternative::TwoSided;
        match method {
            DifferenceMethod::Score => Ok(score(table, null) / table.finite()),
            DifferenceMethod::Mee => Ok(score(table, null)),
            DifferenceMethod::Newcombe => Ok(z_by_inversion(|z| newcombe_limit(table, z), null)),
            DifferenceMethod::Pooled => Ok((table.d - null) / spread_of(libm::sqrt(table.pooled_variance()))?),
            DifferenceMethod::PooledCorrected => {
                Ok(corrected(table.d - null, yates(table), two_sided) / spread_of(libm::sqrt(table.pooled_variance()))?)
            }
            DifferenceMethod::Wald => Ok((table.d - null) / spread_of(wald_spread(table))?),
            DifferenceMethod::WaldCorrected => {
                Ok(corrected(table.d - null, yates(table), two_sided) / spread_of(wald_spread(table))?)
            }
            DifferenceMethod::AgrestiCaffo => {
                let (centre, spread) = agresti_caffo(table);
                Ok((centre - null) / spread_of(spread)?)
            }
        }
    }
}

fn yates(table: Table) -> f64 {
    0.5 * (1.0 / table.n1 + 1.0 / table.n2)
}

/// The distance that is left after the correction: towards the null, but not beyond it if both sides count.
fn corrected(distance: f64, correction: f64, alternative: Alternative) -> f64 {
    match alternative {
        Alternative::TwoSided if distance.abs() <= correction => 0.0,
        Alternative::TwoSided => distance - correction.copysign(distance),
        Alternative::Greater => distance - correction,
        Alternative::Less => distance + correction,
    }
}

fn wald_spread(table: Table) -> f64 {
    libm::sqrt(table.p1() * table.q1() / table.n1 + table.p2() * table.q2() / table.n2)
}

fn agresti_caffo(table: Table) -> (f64, f64) {
    let (n1, n2) = (table.n1 + 2.0, table.n2 + 2.0);
    let variance = |x: f64, f: f64, n: f64| (x + 1.0) / n * ((f + 1.0) / n) / n;
    // (x₁ + 1)(n₂ + 2) − (x₂ + 1)(n₁ + 2), without a difference of near shares.
    let apart = table.d * table.n1 * table.n2 + ((table.x1 - table.f1) - (table.x2 - table.f2));
    (apart / n1 / n2, libm::sqrt(variance(table.x1, table.f1, n1) + variance(table.x2, table.f2, n2)))
}

/// The lower end for z > 0, the upper for z < 0.
fn newcombe_limit(table: Table, z: f64) -> f64 {
    // Each is a distance from the rate to one of its Wilson limits.
    let one = one_sample::wilson_reach(table.x1, table.f1, -z);
    let other = one_sample::wilson_reach(table.x2, table.f2, z);
    table.d - libm::hypot(one, other).copysign(z)
}

/// The variance of treatment less control, at the rates that are most likely of those that differ by `difference`.
pub(crate) fn restricted_variance(treatment: Counts, control: Counts, difference: f64) -> f64 {
    let table = Table::new(treatment, control);
    if difference == 0.0 { table.pooled_variance() } else { null_variance(table, difference) }
}

/// The differences at which the score statistic of treatment less control is `z` and −`z`.
pub(crate) fn score_ends(treatment: Counts, control: Counts, z: f64) -> (f64, f64) {
    let table = Table::new(treatment, control);
    (score_limit(table, z), score_limit(table, -z))
}

/// z of a difference under the variance that the null itself has, without the factor N/(N − 1).
fn score(table: Table, delta: f64) -> f64 {
    if delta == 0.0 {
        return table.pooled_z();
    }
    over(table.d - delta, libm::sqrt(null_variance(table, delta)))
}

/// The variance of the difference at the most likely pair of rates that are δ apart.
fn null_variance(table: Table, delta: f64) -> f64 {
    let (table, delta) = if delta < 0.0 { (table.swapped(), -delta) } else { (table, delta) };
    let room = 1.0 - delta;
    if room <= 0.0 {
        return 0.0;
    }
    // The smaller of p₂ and q₁ is the unknown, so that neither is a difference of near numbers.
    let below_half = slope(table, delta, room, room / 2.0) <= 0.0;
    let table = if below_half { table } else { table.mirrored() };
    let p2 = restricted(table, delta, room);
    let (p1, q1, q2) = (p2 + delta, room - p2, 1.0 - p2);
    p1 * q1 / table.n1 + p2 * q2 / table.n2
}

/// The derivative of the log-likelihood at p₂ = p and p₁ = p + δ, times p: it falls as p rises.
fn slope(table: Table, delta: f64, room: f64, p: f64) -> f64 {
    table.x1 * (p / (p + delta)) + table.x2 - table.f1 * (p / (room - p)) - table.f2 * (p / (1.0 - p))
}

/// The most likely p₂ ≤ (1 − δ)/2.
fn restricted(table: Table, delta: f64, room: f64) -> f64 {
    const STEPS: u32 = 100;
    if table.x2 == 0.0 && table.x1 / delta - table.f1 / room - table.f2 <= 0.0 {
        return 0.0;
    }
    // What rare events would have, as a start: N p² + (N δ − X) p − x₂ δ = 0.
    let n = table.n();
    let b = n * delta - table.x1 - table.x2;
    let root = libm::sqrt(b * b + 4.0 * n * table.x2 * delta);
    let start = if b > 0.0 { 2.0 * table.x2 * delta / (b + root) } else { (root - b) / (2.0 * n) };
    let (mut low, mut high) = (0.0, room / 2.0);
    let mut p = if start > low && start < high { start } else { high / 2.0 };
    for _ in 0..STEPS {
        let (a, c) = (p + delta, room - p);
        let q = 1.0 - p;
        let (one, three, four) = (table.x1 / a, table.f1 / c, table.f2 / q);
        let value = p * (one - three - four) + table.x2;
        if value > 0.0 {
            low = p;
        } else {
            high = p;
        }
        // d/dp of p·S(p).
        let change = one * (delta / a) - three * (room / c) - four / q;
        let newton = p - value / change;
        let inside = newton > low && newton < high;
        let next = if inside { newton } else { 0.5 * (low + high) };
        // A step squares the error: after one of a part in 10⁹ nothing is left of it.
        if inside && (next - p).abs() <= 1e-9 * p || high - low <= f64::EPSILON * low {
            return next;
        }
        p = next;
    }
    p
}

/// The difference at which the score statistic (without its factor) is `z`.
fn score_limit(table: Table, z: f64) -> f64 {
    if z == 0.0 {
        return table.d;
    }
    let upward = z < 0.0;
    let end = if upward { 1.0 } else { -1.0 };
    if table.d == end {
        return end;
    }
    // Newcombe's limit is near; a bracket around it spares most steps.
    let near = (newcombe_limit(table, z) - table.d).abs();
    falling_root_from(|delta| score(table, delta) - z, table.d, 1.03 * near, end, upward)
}
