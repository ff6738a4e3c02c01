//! Trimmed match (Chen and Au 2022): the return on spend from pairs of regions, without the pairs that agree least.

use super::tbr::finite;
use crate::student_pivot::{Question, critical, of_tails};
use crate::{ConfidenceSet, Error, Hypothesis, Readout, Scale};
use styring_special::student;

/// A pair of regions: what the treated one did more than the other.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers; checked where it is used")]
pub struct Pair {
    /// Sales, conversions.
    pub response: f64,
    /// Spend.
    pub cost: f64,
}

/// How many pairs are left out at each end.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[allow(clippy::exhaustive_enums, reason = "given, or from the data")]
pub enum Trim {
    /// This share of the pairs, rounded up.
    Rate(f64),
    /// The smallest rate i/n up to this one whose standard error is within a factor 1 + 0.25/√n of the smallest.
    UpTo(f64),
}

impl Default for Trim {
    /// From the data, up to a quarter at each end.
    fn default() -> Self {
        Self::UpTo(0.25)
    }
}

/// One trim rate, and what it gives.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Candidate {
    /// The share of pairs left out at each end.
    pub rate: f64,
    /// The return on spend.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// The incremental return on spend of a paired geo experiment.
///
/// # Formula
/// With the residuals e_i(θ) = r_i − θ c_i of the pairs, the estimate is the θ at which their trimmed mean is zero, m = ⌈n·rate⌉ left out at each end (for m = 0, Σr/Σc); of several such θ the
/// one whose residuals are most symmetric, Σ|e₍ᵢ₎ + e₍ₙ₊₁₋ᵢ₎| the least. The test of a θ is the studentised trimmed mean T(θ) = mean / √(SS / ((n − 2m)(n − 2m − 1))), SS the winsorised sum of
/// squares about its mean, held against the normal distribution as published, or Student's t with n − 2m − 1 degrees of freedom ([`Self::student`]).
///
/// T is continuous and piecewise a linear function over the root of a quadratic one, so the set is exact. It reaches from the first θ at which T is not above z to the last at which it is not
/// below −z; the p-value of a null is the largest of all θ beyond it, so that p < α exactly when the null is not in the set. Where the pairs' spend hardly differs the set has no end.
///
/// ```
/// use styring_experiments::{Level, geo::trimmed_match::{Pair, Trim, TrimmedMatch}};
///
/// let pairs = [(1.0, 1.0), (10.0, 5.0), (3.0, 2.0), (8.0, 5.0)].map(|(response, cost)| Pair { response, cost });
/// let matched = TrimmedMatch::new(&pairs, Trim::default())?;
/// assert_eq!(matched.rate(), 0.25); // the first pair and one more are left out
/// let readout = matched.readout(Level::P90)?;
/// assert!((readout.estimate().unwrap_or(0.0) - 11.0 / 7.0).abs() < 1e-12);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TrimmedMatch {
    chosen: Candidate,
    candidates: Vec<Candidate>,
    pieces: Vec<Piece>,
    degrees: f64,
    n_kept: f64,
}

impl TrimmedMatch {
    /// From pairs. Cost: O(n³) for n pairs with different spends.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] unless two pairs are left; [`Error::OutOfRange`] for a rate that is not between 0 and 0.5, or a value that is no number; [`Error::ZeroBase`] if no spend is left to
    /// divide by; [`Error::NoSpread`] if all pairs agree on one return.
    pub fn new(pairs: &[Pair], trim: Trim) -> Result<Self, Error> {
        let n = pairs.len();
        let (Trim::Rate(rate) | Trim::UpTo(rate)) = trim;
        if !(0.0..0.5).contains(&rate) {
            return Err(Error::range("trim rate", "from 0 to below 0.5", rate));
        }
        match trim {
            Trim::Rate(rate) => Self::of(pairs, &[(rate, cut(n, rate, true))]),
            Trim::UpTo(rate) => {
                let cuts: Vec<_> = (0..=cut(n, rate, false)).map(|cut| (cut as f64 / n as f64, cut)).collect();
                Self::of(pairs, &cuts)
            }
        }
    }

    /// The best of some rates, each with how many pairs it leaves out at each end.
    pub(crate) fn of(pairs: &[Pair], rates: &[(f64, usize)]) -> Result<Self, Error> {
        let n = pairs.len();
        for pair in pairs {
            finite("response", pair.response)?;
            finite("cost", pair.cost)?;
        }
        let most = rates.iter().map(|&(_, cut)| cut).max().unwrap_or(0);
        if n < 2 + 2 * most {
            return Err(Error::TooFew { what: "pairs", needed: 2 + 2 * most as u64, given: n as u64 });
        }
        let cuts: Vec<usize> = rates.iter().map(|&(_, cut)| cut).collect();
        let total: f64 = pairs.iter().map(|pair| pair.cost).sum();
        // The return is the same with both turned round; T falls where spend is above zero.
        let side = if total < 0.0 { -1.0 } else { 1.0 };
        let pairs: Vec<Pair> =
            pairs.iter().map(|pair| Pair { response: side * pair.response, cost: side * pair.cost }).collect();
        let roots = roots(&pairs, &cuts);
        let mut candidates = Vec::with_capacity(cuts.len());
        let mut kept = Vec::with_capacity(cuts.len());
        for (&(rate, cut), root) in rates.iter().zip(roots) {
            let found = root.and_then(|estimate| Some((estimate, standard_error(&pairs, cut, estimate)?)));
            if let Some((estimate, standard_error)) = found {
                candidates.push(Candidate { rate, estimate, standard_error });
                kept.push(cut);
            }
        }
        let least = candidates.iter().map(|candidate| candidate.standard_error).fold(f64::INFINITY, f64::min);
        let near = least * (1.0 + 0.25 / (n as f64).sqrt());
        let chosen = candidates.iter().zip(kept).find(|(candidate, _)| candidate.standard_error <= near);
        let Some((&chosen, cut)) = chosen else {
            return Err(Error::ZeroBase { what: "the pairs' difference in spend" });
        };
        if chosen.standard_error <= 0.0 {
            return Err(Error::NoSpread { what: "the return of the pairs" });
        }
        let mut pieces = Vec::new();
        sweep(&pairs, |order, from, to| pieces.push(Piece::of(order, cut, from, to)));
        let n_kept = (n - 2 * cut) as f64;
        Ok(Self { chosen, candidates, pieces, degrees: f64::INFINITY, n_kept })
    }

    /// With Student's t of n − 2m − 1 degrees of freedom in place of the normal distribution, for few pairs.
    #[must_use]
    pub fn student(self) -> Self {
        Self { degrees: self.n_kept - 1.0, ..self }
    }

    /// The share of pairs left out at each end.
    pub fn rate(&self) -> f64 {
        self.chosen.rate
    }

    /// The return on spend.
    pub fn estimate(&self) -> f64 {
        self.chosen.estimate
    }

    /// Its standard error.
    pub fn standard_error(&self) -> f64 {
        self.chosen.standard_error
    }

    /// All rates that were looked at, and what each gives. One without a root is not among them.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// The return on spend, with the set and the p-value of the studentised trimmed mean. Cost: O(n²).
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a null that is no number.
    pub fn readout(&self, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let question = Question::of(hypothesis, 0.0)?;
        let Question { level, alternative, null } = question;
        let mirror: Vec<Piece> = self.pieces.iter().rev().map(Piece::mirrored).collect();
        let factor = (self.n_kept * (self.n_kept - 1.0)).sqrt();
        let reach = critical(question.tail(), self.degrees)? / factor;
        let set = question.set(first_within(&self.pieces, reach), -first_within(&mirror, reach));
        let upper = student(self.degrees, factor * least_before(&self.pieces, null))?.upper();
        let lower = student(self.degrees, factor * least_before(&mirror, -null))?.upper();
        let p = of_tails(lower, upper, alternative);
        let readout =
            Readout::new("trimmed match", Scale::Value, (Some(self.estimate()), null), set, p, (level, alternative));
        Ok(readout.with_standard_error(self.standard_error()))
    }

    /// The set as [`Self::readout`] gives it, two-sided.
    pub(crate) fn set(&self, hypothesis: Hypothesis) -> Result<ConfidenceSet, Error> {
        Ok(self.readout(hypothesis)?.set())
    }
}

/// n·rate, up or down to a whole number, with the rounding of rates such as 3/20 taken for none.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below half the number of pairs")]
fn cut(n: usize, rate: f64, up: bool) -> usize {
    let exact = n as f64 * rate;
    let whole = libm::round(exact);
    let near = (exact - whole).abs() < 1e-9 * (1.0 + whole);
    (if near {
        whole
    } else if up {
        libm::ceil(exact)
    } else {
        libm::floor(exact)
    }) as usize
}

/// Every order of the residuals r − θc as θ goes from −∞ to ∞, with the θ between which it holds. O(n²) orders.
fn sweep(pairs: &[Pair], mut visit: impl FnMut(&[Pair], f64, f64)) {
    let mut breaks = Vec::new();
    for (i, one) in pairs.iter().enumerate() {
        for other in pairs.iter().skip(i + 1) {
            let theta = (one.response - other.response) / (one.cost - other.cost);
            if theta.is_finite() {
                breaks.push(theta);
            }
        }
    }
    breaks.sort_by(f64::total_cmp);
    breaks.dedup_by(|one, other| one.total_cmp(other).is_eq());
    let mut order = pairs.to_vec();
    // At −∞ the residuals are in the order of cost.
    order.sort_by(|one, other| one.cost.total_cmp(&other.cost).then(one.response.total_cmp(&other.response)));
    let mut from = f64::NEG_INFINITY;
    for to in breaks.iter().copied().chain([f64::INFINITY]) {
        let inside = match (from.is_finite(), to.is_finite()) {
            (true, true) => f64::midpoint(from, to),
            (false, true) => to - 1.0 - to.abs(),
            (true, false) => from + 1.0 + from.abs(),
            (false, false) => 0.0,
        };
        let residual = |pair: &Pair| pair.response - inside * pair.cost;
        order.sort_by(|one, other| residual(one).total_cmp(&residual(other)));
        visit(&order, from, to);
        from = to;
    }
}

/// Where the trimmed mean is zero, for each number of pairs to cut. O(n²(n + cuts)).
fn roots(pairs: &[Pair], cuts: &[usize]) -> Vec<Option<f64>> {
    let n = pairs.len();
    let mut best: Vec<Option<(f64, f64)>> = vec![None; cuts.len()];
    let mut sums = vec![(0.0, 0.0); n + 1];
    sweep(pairs, |order, from, to| {
        let mut sum = (0.0, 0.0);
        for (place, pair) in sums.iter_mut().skip(1).zip(order) {
            sum = (sum.0 + pair.response, sum.1 + pair.cost);
            *place = sum;
        }
        for (best, &cut) in best.iter_mut().zip(cuts) {
            let (Some(high), Some(low)) = (sums.get(n - cut), sums.get(cut)) else { continue };
            let theta = (high.0 - low.0) / (high.1 - low.1);
            // The ends are from other divisions than the root.
            let slack = 1e-12 * theta.abs();
            if !theta.is_finite() || theta < from - slack || theta > to + slack {
                continue;
            }
            let residual = |pair: &Pair| pair.response - theta * pair.cost;
            let kept = order.get(cut..n - cut).unwrap_or(&[]);
            let skew: f64 =
                kept.iter().zip(kept.iter().rev()).map(|(one, other)| (residual(one) + residual(other)).abs()).sum();
            if best.is_none_or(|(least, _)| skew < least) {
                *best = Some((skew, theta));
            }
        }
    });
    let all: (f64, f64) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.response, sum.1 + pair.cost));
    let untrimmed = all.0 / all.1;
    let of = |(best, &cut): (Option<(f64, f64)>, &usize)| {
        if cut == 0 { Some(untrimmed).filter(|theta| theta.is_finite()) } else { best.map(|(_, theta)| theta) }
    };
    best.into_iter().zip(cuts).map(of).collect()
}

/// √(winsorised sum of squares about 0) / |sum of the spend that is kept|.
fn standard_error(pairs: &[Pair], cut: usize, theta: f64) -> Option<f64> {
    let mut residuals: Vec<(f64, f64)> =
        pairs.iter().map(|pair| (pair.response - theta * pair.cost, pair.cost)).collect();
    residuals.sort_by(|one, other| one.0.total_cmp(&other.0));
    let kept = residuals.get(cut..residuals.len() - cut)?;
    let (first, last) = (kept.first()?.0, kept.last()?.0);
    let squares: f64 = cut as f64 * (first * first + last * last) + kept.iter().map(|(e, _)| e * e).sum::<f64>();
    let cost: f64 = kept.iter().map(|(_, cost)| cost).sum();
    Some(squares.sqrt() / cost.abs()).filter(|error| error.is_finite())
}

/// T on one order: (a − bθ) / √(c₀ + c₁θ + c₂θ²), without the factor of the numbers of pairs.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    from: f64,
    to: f64,
    line: [f64; 2],
    squares: [f64; 3],
}

impl Piece {
    fn of(order: &[Pair], cut: usize, from: f64, to: f64) -> Self {
        let n = order.len();
        let winsorised = || (0..n).filter_map(|place| order.get(place.clamp(cut, n - cut - 1)));
        let count = n as f64;
        let mean =
            winsorised().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.response / count, sum.1 + pair.cost / count));
        let mut squares = [0.0; 3];
        for pair in winsorised() {
            let (r, c) = (pair.response - mean.0, pair.cost - mean.1);
            squares = [squares[0] + r * r, squares[1] - 2.0 * r * c, squares[2] + c * c];
        }
        let kept = (n - 2 * cut) as f64;
        let line = order
            .iter()
            .skip(cut)
            .take(n - 2 * cut)
            .fold([0.0; 2], |[a, b], pair| [a + pair.response / kept, b + pair.cost / kept]);
        Self { from, to, line, squares }
    }

    /// −T(−θ).
    fn mirrored(&self) -> Self {
        let ([a, b], [c0, c1, c2]) = (self.line, self.squares);
        Self { from: -self.to, to: -self.from, line: [-a, b], squares: [c0, -c1, c2] }
    }

    fn at(&self, theta: f64) -> f64 {
        let ([a, b], [c0, c1, c2]) = (self.line, self.squares);
        if theta.is_infinite() {
            return over(-b * theta.signum(), c2);
        }
        over(a - b * theta, c0 + theta * (c1 + theta * c2))
    }

    /// The first θ of the piece at which T is no longer above the reach; T is above it where the piece begins.
    fn falls_to(&self, reach: f64) -> Option<f64> {
        let ([a, b], [c0, c1, c2]) = (self.line, self.squares);
        let squared = reach * reach;
        // (a − bθ)² − z² (c₀ + c₁θ + c₂θ²), by powers of θ
        let [constant, linear, quadratic] = [a * a - squared * c0, -2.0 * a * b - squared * c1, b * b - squared * c2];
        let middle = -0.5 * (linear + linear.signum() * (linear * linear - 4.0 * quadratic * constant).max(0.0).sqrt());
        let ends = [middle / quadratic, constant / middle];
        let crosses =
            |theta: &f64| theta.is_finite() && (self.from..=self.to).contains(theta) && (a - b * theta) * reach >= 0.0;
        let first = ends.into_iter().filter(crosses).fold(f64::INFINITY, f64::min);
        if first < f64::INFINITY { Some(first) } else { (self.at(self.to) <= reach).then_some(self.to) }
    }

    /// The least T from where the piece begins to `until`.
    fn least(&self, until: f64) -> f64 {
        let ([a, b], [c0, c1, c2]) = (self.line, self.squares);
        let until = until.min(self.to);
        let still = -(2.0 * b * c0 + a * c1) / (b * c1 + 2.0 * a * c2);
        let mut least = self.at(self.from).min(self.at(until));
        if still.is_finite() && self.from < still && still < until {
            least = least.min(self.at(still));
        }
        least
    }
}

fn over(distance: f64, squares: f64) -> f64 {
    if squares > 0.0 {
        distance / squares.sqrt()
    } else if distance == 0.0 {
        0.0
    } else {
        f64::INFINITY.copysign(distance)
    }
}

/// The first θ at which T is not above the reach.
fn first_within(pieces: &[Piece], reach: f64) -> f64 {
    if pieces.first().is_none_or(|first| first.at(first.from) <= reach) {
        return f64::NEG_INFINITY;
    }
    pieces.iter().find_map(|piece| piece.falls_to(reach)).unwrap_or(f64::INFINITY)
}

/// The least T up to a θ.
fn least_before(pieces: &[Piece], theta: f64) -> f64 {
    pieces.iter().take_while(|piece| piece.from <= theta).map(|piece| piece.least(theta)).fold(f64::INFINITY, f64::min)
}
