#![allow(unreachable_pub, reason = "in the signature of a sealed trait")]

use nalgebra::{DMatrix, DVector};

use crate::maximum::Quadratic;

/// A sum of log-likelihoods with its derivatives in the parameters themselves. Only the upper triangle of `hessian` is filled.
#[derive(Debug, Clone, Copy)]
pub struct Derivatives<const N: usize> {
    pub(crate) value: f64,
    pub(crate) gradient: [f64; N],
    pub(crate) hessian: [[f64; N]; N],
}

impl<const N: usize> Derivatives<N> {
    pub(crate) const ZERO: Self = Self { value: 0.0, gradient: [0.0; N], hessian: [[0.0; N]; N] };

    pub(crate) fn add(&mut self, other: &Self, weight: f64) {
        self.value += weight * other.value;
        for row in 0..N {
            self.gradient[row] += weight * other.gradient[row];
            for column in row..N {
                self.hessian[row][column] += weight * other.hessian[row][column];
            }
        }
    }

    /// Adds `softplus(d)` = ln(1 + eᵈ) for a d with these derivatives, which is what a second way to have come to a history adds to its log-likelihood. Its
    /// gradient is w·∇d, its Hessian w·∇²d + w (1−w) ∇d ∇dᵀ, with w = 1/(1 + e^−d).
    pub(crate) fn add_softplus(&mut self, d: &Self) {
        let (value, share, product) = softplus(d.value);
        self.value += value;
        for row in 0..N {
            self.gradient[row] += share * d.gradient[row];
            for column in row..N {
                self.hessian[row][column] +=
                    share * d.hessian[row][column] + product * d.gradient[row] * d.gradient[column];
            }
        }
    }

    /// The same with derivatives in the logarithms of the parameters.
    pub(crate) fn in_logarithms(&self, parameters: &[f64; N]) -> Quadratic {
        let slope = |row: usize| parameters[row] * self.gradient[row];
        let hessian = DMatrix::from_fn(N, N, |row, column| {
            let second = self.hessian[row.min(column)][row.max(column)] * parameters[row] * parameters[column];
            if row == column { second + slope(row) } else { second }
        });
        Quadratic { value: self.value, gradient: DVector::from_fn(N, |row, _| slope(row)), hessian }
    }
}

/// ln(1 + eᵈ), its first and its second derivative.
pub(crate) fn softplus(d: f64) -> (f64, f64, f64) {
    if d > 0.0 {
        let inverse = libm::exp(-d);
        let share = 1.0 / (1.0 + inverse);
        (d + libm::log1p(inverse), share, share * (inverse * share))
    } else {
        let odds = libm::exp(d);
        let rest = 1.0 / (1.0 + odds);
        (libm::log1p(odds), odds * rest, odds * rest * rest)
    }
}

/// A sum of positive terms known by their logarithms, with the derivatives of the logarithm of the sum.
///
/// For ln Σ eˡ with gradients g and Hessians h of the l, under the weights eˡ/Σ: the gradient is `E[g]`, the Hessian `E[h]` + Cov(g).
#[derive(Debug)]
pub(crate) struct LogSum<const N: usize> {
    top: f64,
    mass: f64,
    first: [f64; N],
    second: [[f64; N]; N],
}

impl<const N: usize> LogSum<N> {
    pub(crate) const NOTHING: Self = Self { top: f64::NEG_INFINITY, mass: 0.0, first: [0.0; N], second: [[0.0; N]; N] };

    pub(crate) fn add(&mut self, term: &Derivatives<N>) {
        if term.value > self.top {
            let shrink = libm::exp(self.top - term.value);
            self.mass *= shrink;
            self.first.iter_mut().for_each(|sum| *sum *= shrink);
            self.second.iter_mut().flatten().for_each(|sum| *sum *= shrink);
            self.top = term.value;
        }
        let weight = libm::exp(term.value - self.top);
        self.mass += weight;
        for row in 0..N {
            self.first[row] += weight * term.gradient[row];
            for column in row..N {
                self.second[row][column] +=
                    weight * (term.hessian[row][column] + term.gradient[row] * term.gradient[column]);
            }
        }
    }

    pub(crate) fn finish(&self) -> Derivatives<N> {
        let mut sum = Derivatives { value: self.top + libm::log(self.mass), ..Derivatives::ZERO };
        for row in 0..N {
            sum.gradient[row] = self.first[row] / self.mass;
        }
        for row in 0..N {
            for column in row..N {
                sum.hessian[row][column] =
                    self.second[row][column] / self.mass - sum.gradient[row] * sum.gradient[column];
            }
        }
        sum
    }
}
