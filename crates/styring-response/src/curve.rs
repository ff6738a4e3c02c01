use std::f64::consts::LN_2;

use crate::error::{not_negative, positive};
use crate::{Error, Family};

/// Whether and where a curve bends upward.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[allow(clippy::exhaustive_enums, reason = "optimisers must know all shapes")]
pub enum Shape {
    /// Every unit of spend gives no more than the one before.
    Concave,
    /// The marginal response rises up to a spend and falls from there.
    SShaped {
        /// That spend.
        inflexion: f64,
    },
    /// Rises and falls more than once: only a search on a grid finds the best spend.
    Irregular,
}

/// The response to a spend: value, derivatives and inverses in closed form.
///
/// Spend is zero or above; a spend below zero, and one that is no number, counts as zero.
///
/// ```
/// use styring_response::{Curve, Shape};
///
/// let curve = Curve::hill(1000.0, 2.0, 50_000.0)?;
/// let Shape::SShaped { inflexion } = curve.shape() else { panic!("s is above one") };
/// assert!((inflexion - 28_867.5).abs() < 0.1); // k·((s − 1)/(s + 1))^(1/s)
/// assert!((curve.spend_for(500.0).unwrap() - 50_000.0).abs() < 1e-6);
/// assert_eq!(curve.spend_for(1000.0), None); // the ceiling is never reached
/// # Ok::<(), styring_response::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Family", into = "Family")
)]
pub struct Curve {
    family: Family,
}

impl TryFrom<Family> for Curve {
    type Error = Error;

    fn try_from(family: Family) -> Result<Self, Error> {
        Self::new(family)
    }
}

impl From<Curve> for Family {
    fn from(curve: Curve) -> Self {
        curve.family
    }
}

impl Curve {
    /// The curve of a family, if its parameters are in their ranges.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] naming the parameter; [`Error::Point`] for points out of order.
    pub fn new(family: Family) -> Result<Self, Error> {
        match &family {
            Family::Log { a, c } | Family::Expsat { a, c } => {
                positive("a", *a)?;
                positive("c", *c)?;
            }
            Family::Power { a, p } => {
                positive("a", *a)?;
                if !(*p > 0.0 && *p <= 1.0) {
                    return Err(Error::range("p", "above 0 and at most 1", *p));
                }
            }
            Family::Logistic { a, lam } => {
                positive("a", *a)?;
                positive("lam", *lam)?;
            }
            Family::Tanh { b, c } => {
                positive("b", *b)?;
                positive("c", *c)?;
            }
            Family::MichaelisMenten { a, k } => {
                positive("a", *a)?;
                positive("k", *k)?;
            }
            Family::Hill { a, s, k } => {
                positive("a", *a)?;
                positive("s", *s)?;
                positive("k", *k)?;
            }
            Family::Robyn { coef, alpha, inflexion, carryover } => {
                positive("coef", *coef)?;
                positive("alpha", *alpha)?;
                positive("inflexion", *inflexion)?;
                not_negative("carryover", *carryover)?;
            }
            Family::Sigmoid { a, m, w } => {
                positive("a", *a)?;
                positive("w", *w)?;
                if !m.is_finite() {
                    return Err(Error::range("m", "finite", *m));
                }
            }
            Family::PiecewiseLinear { points } => check_points(points)?,
        }
        Ok(Self { family })
    }

    /// `a·ln(1 + x/c)`.
    pub fn log(a: f64, c: f64) -> Result<Self, Error> {
        Self::new(Family::Log { a, c })
    }

    /// `a·xᵖ`, 0 < p ≤ 1.
    pub fn power(a: f64, p: f64) -> Result<Self, Error> {
        Self::new(Family::Power { a, p })
    }

    /// `a·(1 − e^(−x/c))`.
    pub fn expsat(a: f64, c: f64) -> Result<Self, Error> {
        Self::new(Family::Expsat { a, c })
    }

    /// `a·xˢ/(xˢ + kˢ)`.
    pub fn hill(a: f64, s: f64, k: f64) -> Result<Self, Error> {
        Self::new(Family::Hill { a, s, k })
    }

    /// The family and its parameters.
    pub fn family(&self) -> &Family {
        &self.family
    }

    /// The response to a spend, f(x); the largest number there is where it is beyond all numbers.
    pub fn value(&self, spend: f64) -> f64 {
        let x = spend.max(0.0);
        let response = match &self.family {
            Family::Log { a, c } => a * libm::log1p(x / c),
            Family::Power { a, p } => a * libm::pow(x, *p),
            Family::Expsat { a, c } => -a * libm::expm1(-x / c),
            Family::Logistic { a, lam } => a * libm::tanh(lam * x / 2.0),
            Family::Tanh { b, c } => b * libm::tanh(x / b / c),
            Family::MichaelisMenten { a, k } => a * hill(x, 1.0, *k).0,
            Family::Hill { a, s, k } => a * hill(x, *s, *k).0,
            Family::Robyn { coef, alpha, inflexion, carryover } => coef * hill(x + carryover, *alpha, *inflexion).0,
            Family::Sigmoid { a, m, w } => {
                // L(u) − L(v) = L(u)·L(−v)·(1 − e^(v − u)), without cancellation where both are small.
                a * logistic((x - m) / w) * logistic(m / w) * -libm::expm1(-x / w)
            }
            Family::PiecewiseLinear { points } => {
                let after = points.partition_point(|(spend, _)| *spend <= x);
                match (points.get(after.wrapping_sub(1)), points.get(after)) {
                    (Some((from, low)), Some((to, high))) => low + (high - low) * ((x - from) / (to - from)),
                    (Some((_, last)), None) => *last,
                    _ => 0.0,
                }
            }
        };
        response.min(f64::MAX)
    }

    /// The response to the next unit of spend, f′(x); none where it is without bound, as of a power curve at zero. At a kink it is that of the spend to come.
    pub fn marginal(&self, spend: f64) -> Option<f64> {
        let x = spend.max(0.0);
        let slope = match &self.family {
            Family::Log { a, c } => a / (c + x),
            Family::Power { a, p } if *p < 1.0 => a * p * libm::pow(x, p - 1.0),
            Family::Power { a, .. } => *a,
            Family::Expsat { a, c } => a / c * libm::exp(-x / c),
            Family::Logistic { a, lam } => a * lam / 2.0 * sech2(lam * x / 2.0),
            Family::Tanh { b, c } => sech2(x / b / c) / c,
            Family::MichaelisMenten { a, k } => hill_slope(*a, x, 1.0, *k),
            Family::Hill { a, s, k } => hill_slope(*a, x, *s, *k),
            Family::Robyn { coef, alpha, inflexion, carryover } => hill_slope(*coef, x + carryover, *alpha, *inflexion),
            Family::Sigmoid { a, m, w } => {
                let z = (x - m) / w;
                a / w * logistic(z) * logistic(-z)
            }
            Family::PiecewiseLinear { points } => segment_slope(points, x),
        };
        slope.is_finite().then_some(slope)
    }

    /// How fast the marginal response changes, f″(x); none where it is without bound. Zero between the points of a piecewise linear curve.
    pub fn curvature(&self, spend: f64) -> Option<f64> {
        let x = spend.max(0.0);
        let bend = match &self.family {
            Family::Log { a, c } => -a / ((c + x) * (c + x)),
            Family::Power { a, p } if *p < 1.0 => a * p * (p - 1.0) * libm::pow(x, p - 2.0),
            Family::Power { .. } | Family::PiecewiseLinear { .. } => 0.0,
            Family::Expsat { a, c } => -a / c / c * libm::exp(-x / c),
            Family::Logistic { a, lam } => {
                let z = lam * x / 2.0;
                -a * lam * lam / 2.0 * sech2(z) * libm::tanh(z)
            }
            Family::Tanh { b, c } => {
                let z = x / b / c;
                -2.0 / b / c / c * sech2(z) * libm::tanh(z)
            }
            Family::MichaelisMenten { a, k } => hill_bend(*a, x, 1.0, *k),
            Family::Hill { a, s, k } => hill_bend(*a, x, *s, *k),
            Family::Robyn { coef, alpha, inflexion, carryover } => hill_bend(*coef, x + carryover, *alpha, *inflexion),
            Family::Sigmoid { a, m, w } => {
                let z = (x - m) / w;
                -a / w / w * logistic(z) * logistic(-z) * libm::tanh(z / 2.0)
            }
        };
        bend.is_finite().then_some(bend)
    }

    /// Response per unit of spend, f(x)/x; none without spend, or where it is without bound.
    pub fn average(&self, spend: f64) -> Option<f64> {
        (spend > 0.0).then(|| self.value(spend) / spend).filter(|average| average.is_finite())
    }

    /// The least spend with this response; none if no spend has it. Zero for a response that comes without spend.
    pub fn spend_for(&self, response: f64) -> Option<f64> {
        if response <= self.value(0.0) {
            return Some(0.0);
        }
        if response.is_nan() || self.ceiling().is_some_and(|ceiling| response >= ceiling && !self.reaches_ceiling()) {
            return None;
        }
        let spend = match &self.family {
            Family::Log { a, c } => c * libm::expm1(response / a),
            Family::Power { a, p } => libm::pow(response / a, 1.0 / p),
            Family::Expsat { a, c } => -c * libm::log1p(-response / a),
            Family::Logistic { a, lam } => 2.0 / lam * libm::atanh(response / a),
            Family::Tanh { b, c } => b * c * libm::atanh(response / b),
            Family::MichaelisMenten { a, k } => k * (response / (a - response)),
            Family::Hill { a, s, k } => k * libm::pow(response / (a - response), 1.0 / s),
            Family::Robyn { coef, alpha, inflexion, carryover } => {
                inflexion * libm::pow(response / (coef - response), 1.0 / alpha) - carryover
            }
            Family::Sigmoid { a, m, w } => {
                let (share, start) = (response / a, logistic(-m / w));
                let (below, above) = (share + start, logistic(m / w) - share);
                m + w * libm::log(below / above)
            }
            Family::PiecewiseLinear { points } => {
                let after = points.partition_point(|(_, height)| *height < response);
                let ((from, low), (to, high)) = (points.get(after.wrapping_sub(1))?, points.get(after)?);
                from + (to - from) * ((response - low) / (high - low))
            }
        };
        spend.is_finite().then_some(spend.max(0.0))
    }

    /// The spend from which a further unit gives less than `marginal`; none if no spend is enough. Zero if already the first gives less. Of an S-shaped curve it is the one past the inflexion.
    ///
    /// Cost: closed form but for Hill curves of a slope other than one, which take a few Newton steps.
    pub fn spend_at_marginal(&self, marginal: f64) -> Option<f64> {
        if marginal.is_nan() || marginal <= 0.0 {
            return None;
        }
        let m = marginal;
        let spend = match &self.family {
            Family::Log { a, c } => a / m - c,
            Family::Power { a, p } if *p < 1.0 => libm::pow(a * p / m, 1.0 / (1.0 - p)),
            Family::Power { a, .. } => {
                if *a < m {
                    0.0
                } else {
                    return None;
                }
            }
            Family::Expsat { a, c } => c * libm::log(a / c / m),
            Family::Logistic { a, lam } => 2.0 / lam * arcosh_root(a * lam / 2.0 / m),
            Family::Tanh { b, c } => b * c * arcosh_root(1.0 / c / m),
            Family::MichaelisMenten { a, k } => hill_at_slope(*a, 1.0, *k, m),
            Family::Hill { a, s, k } => hill_at_slope(*a, *s, *k, m),
            Family::Robyn { coef, alpha, inflexion, carryover } => {
                hill_at_slope(*coef, *alpha, *inflexion, m) - carryover
            }
            Family::Sigmoid { a, m: middle, w } => {
                let q = m * w / a;
                // Past the steepest point L = (1 + r)/2 with r = √(1 − 4q).
                if 4.0 * q >= 1.0 {
                    0.0
                } else {
                    let r = (1.0 - 4.0 * q).sqrt();
                    middle + w * (2.0 * libm::log1p(r) - 2.0 * LN_2 - libm::log(q))
                }
            }
            Family::PiecewiseLinear { points } => {
                let last = points.windows(2).rposition(|pair| slope(pair) >= m);
                last.and_then(|index| points.get(index + 1)).map_or(0.0, |(spend, _)| *spend)
            }
        };
        spend.is_finite().then_some(spend.max(0.0))
    }

    /// What no spend exceeds; none of a curve that grows without end.
    pub fn ceiling(&self) -> Option<f64> {
        match &self.family {
            Family::Log { .. } | Family::Power { .. } => None,
            Family::Expsat { a, .. }
            | Family::Logistic { a, .. }
            | Family::Tanh { b: a, .. }
            | Family::MichaelisMenten { a, .. }
            | Family::Hill { a, .. }
            | Family::Robyn { coef: a, .. } => Some(*a),
            Family::Sigmoid { a, m, w } => Some(a * logistic(m / w)),
            Family::PiecewiseLinear { points } => points.last().map(|(_, height)| *height),
        }
    }

    fn reaches_ceiling(&self) -> bool {
        matches!(self.family, Family::PiecewiseLinear { .. })
    }

    /// Whether it is concave, and where it bends if not.
    pub fn shape(&self) -> Shape {
        let bends_at = match &self.family {
            Family::Hill { s, k, .. } => hill_inflexion(*s, *k),
            Family::Robyn { alpha, inflexion, carryover, .. } => hill_inflexion(*alpha, *inflexion) - carryover,
            Family::Sigmoid { m, .. } => *m,
            Family::PiecewiseLinear { points } => return shape_of(points),
            _ => 0.0,
        };
        if bends_at > 0.0 { Shape::SShaped { inflexion: bends_at } } else { Shape::Concave }
    }

    /// The same response with spend and response counted in other units: `response · f(x / spend)`.
    ///
    /// `rescaled(1.0, 0.4)` is the curve of a channel of whose reported results 40 % are caused by it; `rescaled(100.0, 1.0)` takes a curve from kroner to øre.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a factor that is not above zero, or that takes a parameter out of the range of numbers.
    pub fn rescaled(&self, spend: f64, response: f64) -> Result<Self, Error> {
        positive("spend factor", spend)?;
        positive("response factor", response)?;
        let mut family = self.family.clone();
        match &mut family {
            Family::Log { a, c } | Family::Expsat { a, c } => {
                *a *= response;
                *c *= spend;
            }
            Family::Power { a, p } => *a *= response * libm::pow(spend, -*p),
            Family::Logistic { a, lam } => {
                *a *= response;
                *lam /= spend;
            }
            Family::Tanh { b, c } => {
                *b *= response;
                *c *= spend / response;
            }
            Family::MichaelisMenten { a, k } | Family::Hill { a, k, .. } => {
                *a *= response;
                *k *= spend;
            }
            Family::Robyn { coef, inflexion, carryover, .. } => {
                *coef *= response;
                *inflexion *= spend;
                *carryover *= spend;
            }
            Family::Sigmoid { a, m, w } => {
                *a *= response;
                *m *= spend;
                *w *= spend;
            }
            Family::PiecewiseLinear { points } => {
                for (x, y) in points {
                    *x *= spend;
                    *y *= response;
                }
            }
        }
        Self::new(family)
    }
}

fn check_points(points: &[(f64, f64)]) -> Result<(), Error> {
    let fault = |index, problem| Err(Error::Point { index, problem });
    match points.first() {
        Some((0.0, _)) => {}
        _ => return fault(0, "the first is at a spend of zero"),
    }
    if points.len() < 2 {
        return fault(1, "there are at least two");
    }
    let mut before = (-1.0, 0.0);
    for (index, (spend, response)) in points.iter().enumerate() {
        if !(*spend > before.0 && spend.is_finite()) {
            return fault(index, "spend rises and is finite");
        }
        if !(*response >= before.1 && response.is_finite()) {
            return fault(index, "response is zero or above, finite, and does not fall");
        }
        before = (*spend, *response);
    }
    Ok(())
}

/// x^s/(x^s + k^s) and its complement.
fn hill(x: f64, s: f64, k: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    let ratio = if is_one(s) { k / x } else { libm::pow(k / x, s) };
    if ratio.is_infinite() {
        return (0.0, 1.0);
    }
    (1.0 / (1.0 + ratio), ratio / (1.0 + ratio))
}

/// Whether a slope is that of Michaelis and Menten, whose formulas need no powers.
fn is_one(s: f64) -> bool {
    s.to_bits() == 1.0_f64.to_bits()
}

fn hill_slope(a: f64, x: f64, s: f64, k: f64) -> f64 {
    if is_one(s) {
        let share = k / (k + x);
        return a / k * share * share;
    }
    if x <= 0.0 {
        return if s < 1.0 { f64::INFINITY } else { 0.0 };
    }
    let (filled, open) = hill(x, s, k);
    a * (s / x) * filled * open
}

fn hill_bend(a: f64, x: f64, s: f64, k: f64) -> f64 {
    if is_one(s) {
        let share = k / (k + x);
        return -2.0 * a / k / k * share * share * share;
    }
    if x <= 0.0 {
        return match s {
            s if s < 1.0 => f64::NEG_INFINITY,
            s if s < 2.0 => f64::INFINITY,
            2.0 => 2.0 * a / k / k,
            _ => 0.0,
        };
    }
    hill_slope(a, x, s, k) / x * ((s - 1.0) - 2.0 * s * hill(x, s, k).0)
}

fn hill_inflexion(s: f64, k: f64) -> f64 {
    if s > 1.0 { k * libm::pow((s - 1.0) / (s + 1.0), 1.0 / s) } else { 0.0 }
}

/// The spend past the inflexion at which a Hill curve has this slope; zero if it never is so steep.
fn hill_at_slope(a: f64, s: f64, k: f64, slope: f64) -> f64 {
    if is_one(s) {
        return k * ((a / k / slope).sqrt() - 1.0);
    }
    // With u = ln(x/k), ln f′ = ln(a·s/k) + (s − 1)·u − 2·ln(1 + e^(su)) is concave and, past the inflexion, falls: Newton's steps from there on never pass the root to the left.
    let goal = libm::log(slope) - libm::log(a / k * s);
    let excess = |u: f64| (s - 1.0) * u - 2.0 * softplus(s * u) - goal;
    let start = if s > 1.0 { libm::log((s - 1.0) / (s + 1.0)) / s } else { f64::NEG_INFINITY };
    if s > 1.0 && excess(start) <= 0.0 {
        return 0.0;
    }
    // Both asymptotes lie above the function: it falls to the goal before either does.
    let right = -goal / (s + 1.0);
    let mut u = if s < 1.0 { right.min(goal / (s - 1.0)) } else { right };
    for _ in 0..100 {
        let step = excess(u) / ((s - 1.0) - 2.0 * s * logistic(s * u));
        u -= step;
        if step.abs() <= 4.0 * f64::EPSILON * u.abs().max(1.0) {
            break;
        }
    }
    k * libm::exp(u)
}

/// arcosh(√r), zero below one.
fn arcosh_root(r: f64) -> f64 {
    if r <= 1.0 { 0.0 } else { libm::log(r.sqrt() + (r - 1.0).sqrt()) }
}

pub(crate) fn logistic(z: f64) -> f64 {
    if z >= 0.0 { 1.0 / (1.0 + libm::exp(-z)) } else { libm::exp(z) / (1.0 + libm::exp(z)) }
}

/// ln(1 + e^z).
fn softplus(z: f64) -> f64 {
    z.max(0.0) + libm::log1p(libm::exp(-z.abs()))
}

/// 1/cosh², without overflow.
pub(crate) fn sech2(z: f64) -> f64 {
    let e = libm::exp(-2.0 * z.abs());
    4.0 * e / ((1.0 + e) * (1.0 + e))
}

fn slope(pair: &[(f64, f64)]) -> f64 {
    match pair {
        [(from, low), (to, high)] => (high - low) / (to - from),
        _ => 0.0,
    }
}

fn segment_slope(points: &[(f64, f64)], x: f64) -> f64 {
    let after = points.partition_point(|(spend, _)| *spend <= x);
    points.get(after.wrapping_sub(1)..=after).map_or(0.0, slope)
}

fn shape_of(points: &[(f64, f64)]) -> Shape {
    let slopes: Vec<f64> = points.windows(2).map(slope).collect();
    let rising = slopes.windows(2).take_while(|pair| pair[1] >= pair[0]).count();
    let falls = slopes[rising..].windows(2).all(|pair| pair[1] <= pair[0]);
    let first_top = slopes.iter().position(|slope| *slope >= slopes[rising]).unwrap_or(0);
    match (falls, first_top) {
        (false, _) => Shape::Irregular,
        (true, 0) => Shape::Concave,
        (true, top) => Shape::SShaped { inflexion: points[top].0 },
    }
}
