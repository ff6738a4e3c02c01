use crate::pivot::{Pivot, checked_null};
use crate::root::falling_root_from;
use crate::{Error, Hypothesis, Readout, Scale};

use super::ratio::not_below;
use super::{Table, TwoProportions};

/// How two proportions are held against each other by the ratio of their odds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum OddsRatioMethod {
    /// The score test with the variance under the null and the factor N/(N − 1) (Miettinen and Nurminen 1985). It has an answer for every table.
    #[default]
    Score,
    /// The logarithm of the odds ratio (Woolf 1955). Needs every cell.
    Logit,
    /// The same after half a unit more in every cell (Haldane 1956, Gart 1966).
    LogitAdjusted,
}

impl OddsRatioMethod {
    fn name(self) -> &'static str {
        match self {
            Self::Score => "Miettinen-Nurminen score test of the odds ratio",
            Self::Logit => "logit z test",
            Self::LogitAdjusted => "logit z test, adjusted",
        }
    }
}

impl TwoProportions {
    /// The odds of the treatment over those of the control; against no effect, 1.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a null that is not above 0; [`Error::TooFew`] for [`OddsRatioMethod::Logit`] where a cell is empty.
    pub fn odds_ratio(self, method: OddsRatioMethod, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let hypothesis = hypothesis.into();
        let null = checked_null(hypothesis, 1.0, (f64::MIN_POSITIVE, f64::MAX), "above 0")?;
        let table = self.table();
        let (above, below) = (table.x1 * table.f2, table.x2 * table.f1);
        let estimate = (below > 0.0).then(|| above / below);
        let readout = match method {
            OddsRatioMethod::Score => {
                let factor = table.finite();
                let z = |psi: f64| score(table, psi) / factor;
                let limit = |critical: f64| score_limit(table, critical * factor);
                Pivot { z, limit }.readout(method.name(), Scale::OddsRatio, (estimate, null), hypothesis)?
            }
            OddsRatioMethod::Logit | OddsRatioMethod::LogitAdjusted => {
                let cells = [table.x1, table.f1, table.x2, table.f2];
                if method == OddsRatioMethod::Logit && cells.contains(&0.0) {
                    return Err(Error::TooFew { what: "units in every cell", needed: 1, given: 0 });
                }
                let more = if method == OddsRatioMethod::Logit { 0.0 } else { 0.5 };
                let [x1, f1, x2, f2] = cells.map(|cell| cell + more);
                let ln = libm::log(x1 / f1 * (f2 / x2));
                let spread = libm::sqrt(1.0 / x1 + 1.0 / f1 + 1.0 / x2 + 1.0 / f2);
                let z = |psi: f64| (ln - libm::log(psi)) / spread;
                let limit = |critical: f64| libm::exp(ln - critical * spread);
                Pivot { z, limit }.readout(method.name(), Scale::OddsRatio, (estimate, null), hypothesis)?
            }
        };
        let set = not_below(readout.set(), 0.0);
        Ok(Readout::new(
            method.name(),
            Scale::OddsRatio,
            (estimate, null),
            set,
            readout.p_value(),
            (hypothesis.level(), hypothesis.alternative()),
        ))
    }
}

/// z of an odds ratio: the conversions of the treatment above what is expected at the most likely pair of rates with that odds ratio.
#[allow(clippy::float_cmp, reason = "one is meant exactly")]
fn score(table: Table, psi: f64) -> f64 {
    if psi == 1.0 {
        return table.pooled_z();
    }
    if psi < 1.0 {
        return -score(table.swapped(), 1.0 / psi);
    }
    let (successes, failures) = (table.x1 + table.x2, table.f1 + table.f2);
    let a = table.n2 * (psi - 1.0);
    // n₁ψ + n₂ − X(ψ − 1), where n₁ and X may be near.
    let b = psi * (table.f1 - table.x2) + table.n2 + successes;
    let root = libm::sqrt(b * b + 4.0 * a * successes);
    let p2 = if b > 0.0 { 2.0 * successes / (b + root) } else { (root - b) / (2.0 * a) };
    let q2 = 2.0 * psi * failures / (table.n2 * psi + table.n1 + failures * (psi - 1.0) + root);
    let all = q2 + psi * p2;
    let (p1, q1) = (psi * p2 / all, q2 / all);
    let information = 1.0 / (table.n1 * p1 * q1) + 1.0 / (table.n2 * p2 * q2);
    // In all four cells what is above expectation is the same but for the sign; the smallest cell has most digits of it.
    let cells = [
        (table.n1 * p1, table.x1 - table.n1 * p1),
        (table.n1 * q1, table.n1 * q1 - table.f1),
        (table.n2 * p2, table.n2 * p2 - table.x2),
        (table.n2 * q2, table.f2 - table.n2 * q2),
    ];
    let above =
        cells.into_iter().fold((f64::INFINITY, 0.0), |least, cell| if cell.0 < least.0 { cell } else { least }).1;
    if above == 0.0 { 0.0 } else { above * libm::sqrt(information) }
}

/// The odds ratio at which the score statistic (without its factor) is `z`.
fn score_limit(table: Table, z: f64) -> f64 {
    let upward = z < 0.0;
    let (above, below) = (table.x1 * table.f2, table.x2 * table.f1);
    if below == 0.0 && (upward || above == 0.0) {
        return if upward { f64::INFINITY } else { 0.0 };
    }
    if above == 0.0 && !upward {
        return 0.0;
    }
    let half = |cell: f64| cell + 0.5;
    let spread = libm::sqrt(1.0 / half(table.x1) + 1.0 / half(table.f1) + 1.0 / half(table.x2) + 1.0 / half(table.f2));
    let from = if above > 0.0 && below > 0.0 {
        libm::log(table.x1 / table.f1 * (table.f2 / table.x2))
    } else {
        libm::log(half(table.x1) / half(table.f1) * (half(table.f2) / half(table.x2)))
    };
    if z == 0.0 && above > 0.0 && below > 0.0 {
        return libm::exp(from);
    }
    let at = |ln: f64| score(table, libm::exp(ln)) - z;
    let end = if upward { 700.0 } else { -700.0 };
    let ln = if (at(from) >= 0.0) == upward {
        falling_root_from(at, from, z.abs() * spread, end, upward)
    } else {
        // The start was a guess, and lies beyond the root.
        falling_root_from(at, from, spread, -end, !upward)
    };
    if ln >= 700.0 {
        f64::INFINITY
    } else if ln <= -700.0 {
        0.0
    } else {
        libm::exp(ln)
    }
}
