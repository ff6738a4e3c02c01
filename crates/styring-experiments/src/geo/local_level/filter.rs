//! The filter of Kalman (1960) for a level that drifts, run once over the outcome and all regressors.
//!
//! Where the level began, and how fast it moved then, are regressors of their own (Rosenberg 1973, de Jong 1991): flat priors for them and for the coefficients are then least squares on the
//! innovations, exactly, and no large number stands in for "unknown".

use super::Variances;
use crate::Error;

/// Days × columns; the last column is the outcome.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    pub(super) columns: usize,
    /// Day by day.
    pub(super) values: Vec<f64>,
    pub(super) before: usize,
}

impl Table {
    pub(super) fn new(columns: &[Vec<f64>], before: usize) -> Self {
        let days = columns.first().map_or(0, Vec::len);
        let values = (0..days).flat_map(|day| columns.iter().map(move |column| column[day])).collect();
        Self { columns: columns.len(), values, before }
    }

    fn day(&self, day: usize) -> &[f64] {
        &self.values[day * self.columns..(day + 1) * self.columns]
    }

    pub(super) fn days(&self) -> usize {
        self.values.len() / self.columns
    }

    /// Regressors.
    pub(super) fn regressors(&self) -> usize {
        self.columns - 1
    }
}

/// What the days before say, if these are the variances.
pub(super) struct Filtered {
    variances: Variances,
    /// Σ ln of the innovations' variances.
    pub(super) log_determinant: f64,
    /// The lower Cholesky factor of the products of all columns' innovations.
    factor: Vec<f64>,
    columns: usize,
    /// Level and slope that each column alone leads to on the first day after.
    ahead: Vec<[f64; 2]>,
    /// The covariance of level and slope on that day: two variances, and what is between them.
    spread: [f64; 3],
}

/// The sum of the effects up to a day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ahead {
    pub(super) effect: f64,
    /// Its variance.
    pub(super) variance: f64,
}

impl Filtered {
    /// O(days × columns²).
    pub(super) fn new(table: &Table, variances: Variances, with_slope: bool) -> Result<Self, Error> {
        let columns = table.columns;
        let Variances { noise, level, slope } = variances;
        // Along regressors with a flat prior any variance to begin with gives the same answer; this one keeps the first innovation's above 0.
        let first = noise + level + slope;
        let mut spread = [first, if with_slope { first } else { 0.0 }, 0.0];
        let mut ahead = vec![[0.0; 2]; columns];
        let mut products = vec![0.0; columns * columns];
        let mut innovations = vec![0.0; columns];
        let mut log_determinant = 0.0;
        for day in 0..table.before {
            let variance = spread[0] + noise;
            log_determinant += libm::log(variance);
            let gain = [spread[0] / variance, spread[2] / variance];
            for ((innovation, state), value) in innovations.iter_mut().zip(&mut ahead).zip(table.day(day)) {
                *innovation = value - state[0];
                let slope = state[1] + gain[1] * *innovation;
                *state = [state[0] + gain[0] * *innovation + slope, slope];
            }
            for (row, one) in innovations.iter().enumerate() {
                let scaled = one / variance;
                for (sum, other) in products[row * columns..=row * columns + row].iter_mut().zip(&innovations) {
                    *sum += scaled * other;
                }
            }
            // One day on: what is left of the covariance, and what a day adds.
            let of_level = spread[0] - gain[0] * spread[0];
            let of_slope = spread[1] - gain[1] * spread[2];
            let between = spread[2] - gain[0] * spread[2];
            spread = [of_level + 2.0 * between + of_slope + level, of_slope + slope, between + of_slope];
        }
        let factor = factored(products, columns)?;
        Ok(Self { variances, log_determinant, factor, columns, ahead, spread })
    }

    fn entry(&self, row: usize, column: usize) -> f64 {
        self.factor[row * self.columns + column]
    }

    /// The residual sum of squares of the innovations.
    pub(super) fn squares(&self) -> f64 {
        let last = self.entry(self.columns - 1, self.columns - 1);
        last * last
    }

    /// ln |X′Ω⁻¹X| of the first regressors.
    pub(super) fn log_information(&self, regressors: usize) -> f64 {
        (0..regressors).map(|place| 2.0 * libm::log(self.entry(place, place))).sum()
    }

    /// Coefficients by generalised least squares.
    pub(super) fn coefficients(&self) -> Vec<f64> {
        let n = self.columns - 1;
        let mut found = vec![0.0; n];
        for place in (0..n).rev() {
            let known: f64 = (place + 1..n).map(|later| self.entry(later, place) * found[later]).sum();
            found[place] = (self.entry(n, place) - known) / self.entry(place, place);
        }
        found
    }

    /// The summed effects after each day, with the covariance of days and the error of the coefficients in their variance.
    pub(super) fn sums(&self, table: &Table) -> Vec<Ahead> {
        let mut rest = vec![0.0; self.columns];
        let mut sums = Vec::with_capacity(table.days() - table.before);
        for (ahead, day) in (table.before..table.days()).enumerate() {
            self.leave(&mut rest, table.day(day), ahead);
            let (effect, error) = self.solved(&rest);
            sums.push(Ahead { effect, variance: self.variance_of_sum(ahead + 1) + error });
        }
        sums
    }

    /// The effect of each day alone.
    pub(super) fn single(&self, table: &Table) -> Vec<Ahead> {
        let mut single = Vec::with_capacity(table.days() - table.before);
        for (ahead, day) in (table.before..table.days()).enumerate() {
            let mut rest = vec![0.0; self.columns];
            self.leave(&mut rest, table.day(day), ahead);
            let (effect, error) = self.solved(&rest);
            let far = ahead as f64;
            // Σ of squared slopes' reach: each slope's change counts once a day after the next.
            let slopes = if ahead == 0 { 0.0 } else { (far - 1.0) * far * (2.0 * far - 1.0) / 6.0 };
            let state = self.spread[0] + far * (2.0 * self.spread[2] + far * self.spread[1]);
            let variance = state + far * self.variances.level + slopes * self.variances.slope + self.variances.noise;
            single.push(Ahead { effect, variance: variance + error });
        }
        single
    }

    fn leave(&self, rest: &mut [f64], values: &[f64], ahead: usize) {
        for ((rest, value), state) in rest.iter_mut().zip(values).zip(&self.ahead) {
            *rest += value - (state[0] + ahead as f64 * state[1]);
        }
    }

    /// What is left of the outcome without the regressors, and the variance of what was taken off.
    fn solved(&self, rest: &[f64]) -> (f64, f64) {
        let n = self.columns - 1;
        let mut solved = vec![0.0; n];
        let (mut taken, mut error) = (0.0, 0.0);
        for place in 0..n {
            let known: f64 = (0..place).map(|earlier| self.entry(place, earlier) * solved[earlier]).sum();
            solved[place] = (rest[place] - known) / self.entry(place, place);
            taken += self.entry(n, place) * solved[place];
            error += solved[place] * solved[place];
        }
        (rest[n] - taken, error)
    }

    /// Σ over all pairs of days of their covariance: a change of the level counts on every day after it.
    fn variance_of_sum(&self, days: usize) -> f64 {
        let m = days as f64;
        let slope_days = m * (m - 1.0) / 2.0;
        let state =
            m * m * self.spread[0] + 2.0 * m * slope_days * self.spread[2] + slope_days * slope_days * self.spread[1];
        let (mut levels, mut slopes) = (0.0, 0.0);
        for left in 1..days {
            let left = left as f64;
            levels += left * left;
            slopes += (left * (left - 1.0) / 2.0) * (left * (left - 1.0) / 2.0);
        }
        state + levels * self.variances.level + slopes * self.variances.slope + m * self.variances.noise
    }
}

/// The lower factor of Cholesky. The last pivot, of the outcome, may be zero.
fn factored(mut matrix: Vec<f64>, n: usize) -> Result<Vec<f64>, Error> {
    for row in 0..n {
        for column in 0..=row {
            let known: f64 = (0..column).map(|k| matrix[row * n + k] * matrix[column * n + k]).sum();
            let left = matrix[row * n + column] - known;
            if row > column {
                let pivot = matrix[column * n + column];
                matrix[row * n + column] = left / pivot;
            } else if row + 1 == n {
                matrix[row * n + row] = left.max(0.0).sqrt();
            } else if left > 1e-12 * matrix[row * n + row] {
                matrix[row * n + row] = left.sqrt();
            } else {
                return Err(Error::Collinear { what: "controls, season and drift before the campaign" });
            }
        }
    }
    Ok(matrix)
}
