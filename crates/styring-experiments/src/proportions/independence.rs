use styring_special::gamma_inc;

use crate::Error;

use super::{Table, TwoProportions};

/// A test of whether rows and columns have to do with each other.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Independence {
    statistic: f64,
    p_value: f64,
}

impl Independence {
    /// χ² with one degree of freedom.
    pub fn statistic(self) -> f64 {
        self.statistic
    }

    /// Its upper tail.
    pub fn p_value(self) -> f64 {
        self.p_value
    }

    fn of(statistic: f64) -> Result<Self, Error> {
        Ok(Self { statistic, p_value: gamma_inc(0.5, statistic / 2.0)?.upper() })
    }
}

impl TwoProportions {
    /// Pearson's χ² test of the two by two table: Σ (observed − expected)² / expected, the square of the pooled z.
    ///
    /// `corrected` moves every cell towards what is expected, by a half but not beyond (Yates 1934).
    ///
    /// # Errors
    ///
    /// [`Error::NoSpread`] where nobody, or everybody, converted.
    pub fn chi_squared(self, corrected: bool) -> Result<Independence, Error> {
        let (apart, expected) = cells(self.table(), corrected)?;
        Independence::of(apart * apart * expected.iter().map(|cell| 1.0 / cell).sum::<f64>())
    }

    /// The likelihood-ratio test of the two by two table: G = 2 Σ observed ln(observed / expected).
    ///
    /// `corrected` as in [`TwoProportions::chi_squared`].
    ///
    /// # Errors
    ///
    /// [`Error::NoSpread`] where nobody, or everybody, converted.
    pub fn g_test(self, corrected: bool) -> Result<Independence, Error> {
        let (apart, expected) = cells(self.table(), corrected)?;
        let [x1, f1, x2, f2] = expected;
        let g = crate::binomial::deviance(x1 + apart, x1)
            + crate::binomial::deviance(f1 - apart, f1)
            + crate::binomial::deviance(x2 - apart, x2)
            + crate::binomial::deviance(f2 + apart, f2);
        Independence::of(2.0 * g.max(0.0))
    }
}

/// How far the treatment's conversions are from what is expected, and the four expected cells.
fn cells(table: Table, corrected: bool) -> Result<(f64, [f64; 4]), Error> {
    let (successes, failures) = (table.x1 + table.x2, table.f1 + table.f2);
    if successes == 0.0 || failures == 0.0 {
        return Err(Error::NoSpread { what: "the conversions of both arms" });
    }
    let n = table.n();
    let expected =
        [table.n1 * (successes / n), table.n1 * (failures / n), table.n2 * (successes / n), table.n2 * (failures / n)];
    let apart = table.d * table.n1 * (table.n2 / n);
    let left = if corrected { (apart.abs() - 0.5).max(0.0).copysign(apart) } else { apart };
    Ok((left, expected))
}
