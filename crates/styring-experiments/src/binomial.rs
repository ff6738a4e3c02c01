//! Probabilities of counts, with their digits at any number of trials (Loader 2000, "Fast and accurate computation of binomial probabilities").
#![allow(
    clippy::many_single_char_names,
    clippy::float_cmp,
    reason = "the letters of the formulas; counts are whole numbers, and a sum that no longer changes is meant exactly"
)]

use core::f64::consts::{LN_2, TAU};

use styring_special::{Split, beta_inc};

use crate::Error;

/// Probabilities closer than this part count as equal: what the same table gives in another order of computing.
pub(crate) const TIE: f64 = 1e-9;

/// ln n! − ln(√(2πn) (n/e)ⁿ).
fn stirling_error(n: f64) -> f64 {
    if n < 1.0 {
        return 0.0;
    }
    if n < 16.0 {
        let mut ln_factorial = 0.0;
        let mut factorial = 1.0;
        let mut k = 2.0;
        while k <= n {
            factorial *= k;
            k += 1.0;
        }
        ln_factorial += libm::log(factorial);
        return ln_factorial - (0.5 * libm::log(TAU * n) + n * libm::log(n) - n);
    }
    let square = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square) / square)
        / n
}

/// x ln(x/m) + m − x, without the cancellation where x is near m.
pub(crate) fn deviance(x: f64, m: f64) -> f64 {
    if x == 0.0 {
        return m;
    }
    let apart = x - m;
    if apart.abs() < 0.1 * (x + m) {
        let v = apart / (x + m);
        let square = v * v;
        let mut sum = apart * v;
        let mut term = 2.0 * x * v;
        let mut j = 1.0;
        for _ in 0..200 {
            term *= square;
            let next = sum + term / (2.0 * j + 1.0);
            if next == sum {
                return sum;
            }
            sum = next;
            j += 1.0;
        }
        return sum;
    }
    x * libm::log(x / m) + m - x
}

/// ln P(X = x) for X binomial, with both p and q = 1 − p as they are known.
pub(crate) fn ln_probability(x: f64, n: f64, p: f64, q: f64) -> f64 {
    if p == 0.0 {
        return if x == 0.0 { 0.0 } else { f64::NEG_INFINITY };
    }
    if q == 0.0 {
        return if x == n { 0.0 } else { f64::NEG_INFINITY };
    }
    let y = n - x;
    if x == 0.0 {
        return if p < 0.1 { n * libm::log1p(-p) } else { n * libm::log(q) };
    }
    if y == 0.0 {
        return if q < 0.1 { n * libm::log1p(-q) } else { n * libm::log(p) };
    }
    let correction = stirling_error(n) - stirling_error(x) - stirling_error(y);
    correction - deviance(x, n * p) - deviance(y, n * q)
        + 0.5 * (libm::log(n / x) - libm::log(y) - LN_2 - libm::log(TAU / 2.0))
}

/// P(X ≥ x) as the upper part, P(X < x) as the lower, of a binomial X; `p` as the lower part of its split.
pub(crate) fn at_least(x: f64, n: f64, p: Split) -> Result<Split, Error> {
    if x <= 0.0 {
        return Ok(Split::from_upper(1.0)?);
    }
    if x > n {
        return Ok(Split::from_upper(0.0)?);
    }
    if p.lower() == 0.0 {
        return Ok(Split::from_upper(0.0)?);
    }
    if p.upper() == 0.0 {
        return Ok(Split::from_upper(1.0)?);
    }
    Ok(beta_inc(x, n - x + 1.0, p)?.swapped())
}

/// The probability of all counts that are no more probable than x (the two-sided exact test in the sense of small probabilities; Sterne 1954).
pub(crate) fn no_more_probable(x: u64, n: u64, p: Split) -> Result<f64, Error> {
    let (trials, low, high) = (n as f64, p.lower(), p.upper());
    let ln = |count: u64| ln_probability(count as f64, trials, low, high);
    let observed = ln(x) + TIE;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the trials")]
    let mode = (((trials + 1.0) * low) as u64).min(n);
    if ln(mode) <= observed {
        return Ok(1.0);
    }
    if x < mode {
        // The first count above the mode that is no more probable.
        let (mut likely, mut first) = (mode, n + 1);
        while first - likely > 1 {
            let middle = likely + (first - likely) / 2;
            if ln(middle) > observed { likely = middle } else { first = middle }
        }
        let below = at_least(x as f64 + 1.0, trials, p)?.lower();
        let above = at_least(first as f64, trials, p)?.upper();
        return Ok((below + above).min(1.0));
    }
    // The last count below the mode that is no more probable, if any.
    let (mut counts_below, mut likely) = (0, mode);
    while likely > counts_below {
        let middle = counts_below + (likely - counts_below) / 2;
        if ln(middle) > observed { likely = middle } else { counts_below = middle + 1 }
    }
    let below = at_least(counts_below as f64, trials, p)?.lower();
    let above = at_least(x as f64, trials, p)?.upper();
    Ok((below + above).min(1.0))
}

/// The number of conversions in one of two arms when both have `total` between them: hypergeometric.
#[derive(Clone, Copy)]
pub(crate) struct Hypergeometric {
    first: u64,
    second: u64,
    total: u64,
}

impl Hypergeometric {
    pub(crate) fn new(first: u64, second: u64, total: u64) -> Self {
        Self { first, second, total }
    }

    pub(crate) fn least(self) -> u64 {
        self.total.saturating_sub(self.second)
    }

    pub(crate) fn most(self) -> u64 {
        self.first.min(self.total)
    }

    fn mode(self) -> u64 {
        let top = (u128::from(self.first) + 1) * (u128::from(self.total) + 1);
        let mode = top / (u128::from(self.first) + u128::from(self.second) + 2);
        u64::try_from(mode).unwrap_or(u64::MAX).clamp(self.least(), self.most())
    }

    pub(crate) fn ln_probability(self, x: u64) -> f64 {
        let (first, second, total) = (self.first as f64, self.second as f64, self.total as f64);
        let all = first + second;
        let (p, q) = (total / all, (all - total) / all);
        ln_probability(x as f64, first, p, q) + ln_probability((self.total - x) as f64, second, p, q)
            - ln_probability(total, all, p, q)
    }

    /// P(X = x + 1) / P(X = x).
    fn up(self, x: u64) -> f64 {
        let x = x as f64;
        let (first, second, total) = (self.first as f64, self.second as f64, self.total as f64);
        (first - x) / (x + 1.0) * ((total - x) / (second - total + x + 1.0))
    }

    /// P(X ≥ x) for x above the mode, P(X ≤ x) below: the sum from x outwards.
    fn outwards(self, x: u64, upward: bool) -> f64 {
        let mut term = 1.0;
        let mut sum = 1.0;
        let mut at = x;
        loop {
            if upward {
                if at >= self.most() {
                    break;
                }
                term *= self.up(at);
                at += 1;
            } else {
                if at <= self.least() {
                    break;
                }
                at -= 1;
                term /= self.up(at);
            }
            sum += term;
            if term < 1e-18 * sum {
                break;
            }
        }
        sum * libm::exp(self.ln_probability(x))
    }

    /// P(X ≥ x).
    pub(crate) fn at_least(self, x: u64) -> f64 {
        if x <= self.least() {
            return 1.0;
        }
        if x > self.most() {
            return 0.0;
        }
        if x > self.mode() { self.outwards(x, true).min(1.0) } else { (1.0 - self.outwards(x - 1, false)).max(0.0) }
    }

    /// P(X ≤ x).
    pub(crate) fn at_most(self, x: u64) -> f64 {
        if x >= self.most() {
            return 1.0;
        }
        if x < self.least() {
            return 0.0;
        }
        if x < self.mode() { self.outwards(x, false).min(1.0) } else { (1.0 - self.outwards(x + 1, true)).max(0.0) }
    }

    /// The probability of all that is no more probable than x.
    pub(crate) fn no_more_probable(self, x: u64) -> f64 {
        let observed = self.ln_probability(x) + TIE;
        let mode = self.mode();
        if self.ln_probability(mode) <= observed {
            return 1.0;
        }
        if x < mode {
            let (mut likely, mut first) = (mode, self.most() + 1);
            while first - likely > 1 {
                let middle = likely + (first - likely) / 2;
                if self.ln_probability(middle) > observed { likely = middle } else { first = middle }
            }
            (self.at_most(x) + self.at_least(first)).min(1.0)
        } else {
            let (mut first_likely, mut likely) = (self.least(), mode);
            while likely > first_likely {
                let middle = first_likely + (likely - first_likely) / 2;
                if self.ln_probability(middle) > observed { likely = middle } else { first_likely = middle + 1 }
            }
            let below = first_likely.checked_sub(1).map_or(0.0, |last| self.at_most(last));
            (below + self.at_least(x)).min(1.0)
        }
    }
}
