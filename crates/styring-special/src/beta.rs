use core::f64::consts::TAU;

use crate::continued_fraction::continued_fraction;
use crate::deviance::deviance;
use crate::error::check_shape;
use crate::log_gamma::{gamma_star, ln_rising};
use crate::quantile::{self, Point};
use crate::small_shape::small_shape;
use crate::{Error, Split, uniform};

/// The regularised incomplete beta function: I_x(a, b) as the lower part, 1 − I_x(a, b) as the upper.
///
/// The distribution function of a Beta(a, b) variable, and its complement. The tail on x's side of the mean is
/// computed directly, and so are both near an end where the density has a pole: no digits are lost in 1 − I. The
/// argument comes with its complement, so that it may be as near to 1 as to 0.
///
/// # Formula
/// I_x(a, b) = 1/B(a, b) ∫₀ˣ t^(a−1) (1−t)^(b−1) dt
///
/// # Edge cases
/// x = 0 gives (0, 1), x = 1 gives (1, 0); a tail below the range of `f64` is 0.
///
/// # Errors
/// [`Error::Shape`] unless 1e-100 ≤ `a`, `b` ≤ 1e100.
///
/// # Accuracy
/// Relative error below 6e-15 where the smaller tail is 1e-3 and more, 3e-14 down to 1e-20, 4e-13 down to 1e-300
/// ([measured](crate#accuracy)).
///
/// # Source
/// - Both shapes ≥ 12 and x not far from the mean: the uniform expansion of N. Temme, "Special Functions" (1996)
///   §11.3.3.2 (DLMF 8.18.9), run as a recurrence of our own (`uniform.rs`);
/// - a shape below one and x near its end: the power series, otherwise the continued fraction, of A. DiDonato,
///   A. Morris, "Algorithm 708: Significant digit computation of the incomplete beta function ratios", ACM TOMS
///   18 (1992) 360;
/// - the common factor: C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
///
/// ```
/// use styring_special::{Split, beta_inc};
/// // Student's t with 10 degrees of freedom: the two-sided p-value of t = 50.
/// let (nu, t) = (10.0, 50.0);
/// let p = beta_inc(nu / 2.0, 0.5, Split::from_ratio(nu, t * t)?)?.lower();
/// assert!((p / 2.474_310_329_3e-13 - 1.0).abs() < 1e-10);
/// # Ok::<(), styring_special::Error>(())
/// ```
pub fn beta_inc(a: f64, b: f64, x: Split) -> Result<Split, Error> {
    check_shape("a", a)?;
    check_shape("b", b)?;
    tails(&Place::new(a, b, x))
}

/// The inverse of [`beta_inc`]: the x, and 1 − x, with I_x(a, b) = `p.lower()` and 1 − I_x(a, b) = `p.upper()`.
///
/// The quantile of a Beta(a, b) variable, from either tail.
///
/// # Edge cases
/// A part of 0 gives the same part of 0, and so does a quantile whose smaller part is below the range of `f64`.
///
/// # Errors
/// [`Error::Shape`] unless 1e-100 ≤ `a`, `b` ≤ 1e100.
///
/// # Accuracy
/// The relative error of x is that of [`beta_inc`] divided by |d ln tail / d ln x|, plus a last digit, and alike
/// for 1 − x: from shapes of 1 on about the error of [`beta_inc`], for large shapes only the last digit, for a
/// shape a below 1 up to 1/a times more.
///
/// # Source
/// Halley's method in ln(x / (1 − x)) on the logarithm of the smaller tail, which is concave, inside a bracket
/// that is halved when a step leaves it. At most 110 evaluations.
///
/// ```
/// use styring_special::{Split, beta_inc_inv};
/// // The 95 % interval of a rate after 12 conversions of 1000, from a uniform prior.
/// let (a, b) = (13.0, 989.0);
/// let low = beta_inc_inv(a, b, Split::from_lower(0.025)?)?.lower();
/// let high = beta_inc_inv(a, b, Split::from_upper(0.025)?)?.lower();
/// assert!((low - 0.006_93).abs() < 1e-5 && (high - 0.020_85).abs() < 1e-5);
/// # Ok::<(), styring_special::Error>(())
/// ```
pub fn beta_inc_inv(a: f64, b: f64, p: Split) -> Result<Split, Error> {
    check_shape("a", a)?;
    check_shape("b", b)?;
    if p.lower() == 0.0 || p.upper() == 0.0 {
        return Ok(p);
    }
    let odds = quantile::solve(p, a / b, |odds| {
        let place = Place::new(a, b, Split::odds(odds, 1.0));
        Ok(Point { tails: tails(&place)?, weight: place.weight(), slope: -place.distance })
    })?;
    Ok(Split::odds(odds, 1.0))
}

/// Shapes and argument, and what every method wants of them.
#[derive(Clone, Copy)]
struct Place {
    a: f64,
    b: f64,
    x: f64,
    y: f64,
    /// From the mean: (a+b) x − a = b x − a y.
    distance: f64,
    /// −ln of x^a y^b relative to its peak, which is at distance 0.
    deviance: f64,
}

impl Place {
    fn new(a: f64, b: f64, argument: Split) -> Self {
        let (x, y) = (argument.lower(), argument.upper());
        let distance = if x <= y { distance(a, b, x) } else { -distance(b, a, y) };
        let deviance = deviance(a, distance, relative(a, b, x)) + deviance(b, -distance, relative(b, a, y));
        Self { a, b, x, y, distance, deviance }
    }

    fn swapped(self) -> Self {
        let Self { a, b, x, y, distance, deviance } = self;
        Self { a: b, b: a, x: y, y: x, distance: -distance, deviance }
    }

    /// x^a y^b / B(a, b) = dI / d ln(x/y).
    fn weight(&self) -> f64 {
        let &Self { a, b, deviance, .. } = self;
        let stirling = gamma_star(a + b) / (gamma_star(a) * gamma_star(b));
        libm::sqrt(a * (b / (a + b)) / TAU) * libm::exp(-deviance) * stirling
    }
}

/// (a+b) x − a with the roundings of sum and product made good: at shapes of 1e8 it can be 1e-9 of a, and still
/// the deviance wants its square to the last digit.
fn distance(a: f64, b: f64, x: f64) -> f64 {
    let n = a + b;
    let n_lost = a.min(b) - (n - a.max(b));
    let product = n * x;
    let product_lost = libm::fma(n, x, -product);
    (product - a) + (product_lost + n_lost * x)
}

/// x relative to the mean a / (a+b).
fn relative(a: f64, b: f64, x: f64) -> f64 {
    let n = a + b;
    // In this order neither n x underflows nor n / a overflows.
    if n < 1.0 { n / a * x } else { n * x / a }
}

fn tails(place: &Place) -> Result<Split, Error> {
    if place.x == 0.0 || place.y == 0.0 {
        Ok(Split::odds(place.x, place.y))
    } else if place.a <= place.b {
        ordered_tails(place)
    } else {
        ordered_tails(&place.swapped()).map(Split::swapped)
    }
}

/// Both tails for a ≤ b.
fn ordered_tails(place: &Place) -> Result<Split, Error> {
    let &Place { a, b, x, y, distance, deviance } = place;
    let upper = distance > 0.0;
    if uniform::applies(a, deviance) {
        let tail = uniform::beta_tail(a, a / (a + b), deviance, upper);
        return Ok(Split::from_tail(tail, upper));
    }
    if near_pole(a, b, x) {
        return Ok(pole_tails(a, b, x));
    }
    if near_pole(b, a, y) {
        return Ok(pole_tails(b, a, y).swapped());
    }
    let weight = place.weight();
    let tail = if weight == 0.0 {
        0.0
    } else if upper {
        weight / fraction(&place.swapped())?
    } else {
        weight / fraction(place)?
    };
    Ok(Split::from_tail(tail, upper))
}

/// Whether x = 0 is a pole of the density and x so near that the power series about it is short, and loses no
/// digits to its alternating signs.
fn near_pole(a: f64, b: f64, x: f64) -> bool {
    a < 1.0 && x <= 0.5 && b * x <= 1.5
}

fn pole_tails(a: f64, b: f64, x: f64) -> Split {
    let lead = ln_rising(x, b, a) - ln_rising(1.0, 1.0, a);
    small_shape(a, lead, |n| (n - b) * x / n)
}

/// x^a y^b / (B(a, b) I_x(a, b)) for x up to the mean: BFRAC of DiDonato and Morris (1992), which by using the
/// distance from the mean subtracts nothing.
fn fraction(&Place { a, b, x, y, distance, .. }: &Place) -> Result<f64, Error> {
    let start = 1.0 - distance;
    continued_fraction("beta", a / (a + 1.0) * start, |n| {
        let m = a + 2.0 * n - 1.0;
        let alpha = (a + n - 1.0) / m * ((a + b + n - 1.0) * x / m) * n * (b - n) * x;
        let beta = n + n * (b - n) * x / m + (a + n) / (m + 2.0) * (start + n * (1.0 + y));
        (alpha, beta)
    })
}
