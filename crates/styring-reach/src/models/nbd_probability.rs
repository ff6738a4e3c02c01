//! Probabilities and tails of the negative binomial distribution, for every shape and mean that [`Nbd`](super::Nbd) allows.
//!
//! C. Loader (2000), Fast and accurate computation of binomial probabilities; the tail by the continued fraction of the incomplete beta function, DLMF 8.17.22.

use std::f64::consts::PI;

/// The distribution in the form the formulas need: `p` = r/(r + m), `q` = m/(r + m).
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    mean: f64,
    shape: f64,
    p: f64,
    q: f64,
}

impl Form {
    pub(super) fn new(mean: f64, shape: f64) -> Self {
        Self { mean, shape, p: shape / (shape + mean), q: mean / (shape + mean) }
    }

    /// ln P(0) = −r ln(1 + m/r).
    pub(super) fn ln_zero(&self) -> f64 {
        -self.shape * libm::log1p(self.mean / self.shape)
    }

    /// 1 − P(0).
    pub(super) fn reach(&self) -> f64 {
        -libm::expm1(self.ln_zero())
    }

    /// ln P(k).
    pub(super) fn ln_pmf(&self, k: f64) -> f64 {
        if k == 0.0 {
            return self.ln_zero();
        }
        let (r, n) = (self.shape, self.shape + k);
        // r/(r + k) times the binomial probability of r successes in r + k trials, extended to real r.
        let parts = stirling_error(n) - stirling_error(k) - deviance(k, n * self.q) - deviance(r, n * self.p);
        // Γ(r + 1) in place of its Stirling form: r may be far below one.
        parts - stirling_error(r) + 0.5 * libm::log(r / (2.0 * PI * k * n))
    }

    /// P(k).
    pub(super) fn pmf(&self, k: f64) -> f64 {
        libm::exp(self.ln_pmf(k))
    }

    /// P(0), …, P(k): by recurrence, started anew every 64 terms.
    pub(super) fn list(&self, up_to: u32) -> Vec<f64> {
        let mut last = 0.0;
        let next = |k: u32| {
            last = match k % 64 {
                0 => self.pmf(f64::from(k)),
                _ => last * (f64::from(k - 1) + self.shape) / f64::from(k) * self.q,
            };
            // A term below the smallest normal number has lost its digits, and those after it would too.
            if last < 1e-290 {
                last = self.pmf(f64::from(k));
            }
            last
        };
        (0..=up_to).map(next).collect()
    }

    /// P(X > k), where `listed` holds P(0), …, P(k).
    pub(super) fn beyond(&self, listed: &[f64]) -> f64 {
        let k = listed.len() as f64;
        if self.q * (k + self.shape + 2.0) < k + 1.0 {
            // P(X ≥ k) = I_q(k, r), whose factor in front is P(k).
            self.pmf(k) * continued_fraction(k, self.shape, self.q)
        } else {
            // Not far from the mean, so that little cancels.
            let within: f64 = listed.iter().skip(1).rev().sum();
            (self.reach() - within).max(0.0)
        }
    }
}

/// I_x(a, b) · a B(a, b) / (x^a (1 − x)^b) by DLMF 8.17.22, with x < (a + 1)/(a + b + 2). Lentz's method in Thompson and Barnett's form; the number of steps grows with the root of the larger of a and b.
#[allow(clippy::many_single_char_names, reason = "the symbols of the source")]
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut product = d;
    for step in 1..1_000_000_u32 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        product *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        let factor = d * c;
        product *= factor;
        if (factor - 1.0).abs() < 1e-15 {
            break;
        }
    }
    product
}

/// ln Γ(n + 1) − (n + ½) ln n + n − ½ ln 2π.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - 0.5 * libm::log(2.0 * PI);
    }
    let square = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square) / square)
        / n
}

/// x ln(x/y) + y − x, without cancelling where x is close to y.
fn deviance(x: f64, y: f64) -> f64 {
    if (x - y).abs() >= 0.1 * (x + y) {
        return x * libm::log(x / y) + y - x;
    }
    let v = (x - y) / (x + y);
    let mut sum = (x - y) * v;
    let mut term = 2.0 * x * v;
    for j in 1..1000_u32 {
        term *= v * v;
        let more = term / f64::from(2 * j + 1);
        sum += more;
        if more.abs() <= f64::EPSILON / 4.0 * sum {
            break;
        }
    }
    sum
}
