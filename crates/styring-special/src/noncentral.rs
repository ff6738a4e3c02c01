use crate::{Error, Split, normal};

/// Beyond, Student's t and the normal distribution agree to the last digit.
const LARGEST: f64 = 1e22;

/// Student's noncentral t distribution, of (Z + `delta`) / √(χ² / df): the part below t, and the part above. It gives the exact power of t tests.
///
/// # Formula
/// P(T ≤ t) = ∫ Φ(t s − δ) f(s) ds, with f the density of χ/√df.
///
/// # Edge cases
/// `df` = ∞ is the normal distribution of mean δ; t = ±∞ gives a part of 0.
///
/// # Errors
/// [`Error::NotANumber`] for a t or a δ that is none; [`Error::Range`] unless 1/2 ≤ `df`, for |δ| above 1000 and a finite |t| above 10 000.
///
/// # Accuracy
/// Relative error of the smaller tail below 1e-11 down to 1e-280, for both tails as far as 1 − the smaller one.
///
/// # Method and cost
/// The rule of trapezoids in ln s, where the integrand is smooth with one peak: some 100 evaluations of [`normal`] where |t| is below √df, growing like |t|/√df beyond.
///
/// ```
/// use styring_special::{Split, noncentral_student, student_inv};
/// // 17 a group, an effect of one standard deviation, two-sided 5 %: the power of the t test (Cohen 1988).
/// let (df, delta) = (32.0, (17.0_f64 / 2.0).sqrt());
/// let critical = student_inv(df, Split::from_upper(0.025)?)?;
/// assert!((noncentral_student(df, delta, critical)?.upper() - 0.807).abs() < 1e-3);
/// # Ok::<(), styring_special::Error>(())
/// ```
pub fn noncentral_student(df: f64, delta: f64, t: f64) -> Result<Split, Error> {
    for (name, value) in [("t", t), ("delta", delta)] {
        if value.is_nan() {
            return Err(Error::NotANumber { name, value });
        }
    }
    if df.is_nan() || df < 0.5 {
        return Err(Error::Range { name: "df", expected: "1/2 or more", value: df });
    }
    if delta.abs() > 1000.0 {
        return Err(Error::Range { name: "delta", expected: "from -1000 to 1000", value: delta });
    }
    if t.is_infinite() {
        return Ok(Split::from_tail(0.0, t > 0.0));
    }
    if t.abs() > 1e4 {
        return Err(Error::Range { name: "t", expected: "infinite, or from -10000 to 10000", value: t });
    }
    if df > LARGEST {
        return normal(t - delta);
    }
    let upper = t >= delta;
    let (t, delta) = if upper { (t, delta) } else { (-t, -delta) };
    Ok(Split::from_tail(above(df, delta, t)?.clamp(0.0, 1.0), upper))
}

/// P(T > t).
fn above(df: f64, delta: f64, t: f64) -> Result<f64, Error> {
    // The logarithm of the density of ln s, less its height at the peak, y = 0.
    let density = |y: f64| -0.5 * df * excess(2.0 * y);
    let height =
        |y: f64| -> Result<f64, Error> { Ok(density(y) + libm::log(normal(t * libm::exp(y) - delta)?.upper())) };
    let width = 1.0 / libm::sqrt(2.0 * df);
    let peak = peak(-60.0 * width.max(1.0 / df), 60.0 * width.min(0.08), height)?;
    let s = libm::exp(peak).max(1.0);
    let step = (0.4 / (s * libm::sqrt(2.0 * df + t * t))).min(0.1);
    let top = height(peak)?;
    let sum = trapezoids(peak, step, |y| Ok(height(y)? - top))?;
    let all = trapezoids(0.0, (0.4 * width).min(0.1), |y| Ok(density(y)))?;
    Ok(libm::exp(top) * (sum / all))
}

/// e^u − 1 − u, with its digits where u is small and a large factor comes to it.
fn excess(u: f64) -> f64 {
    if u.abs() > 0.02 {
        return libm::expm1(u) - u;
    }
    let terms = [40320.0, 5040.0, 720.0, 120.0, 24.0, 6.0, 2.0];
    u * u * terms.iter().fold(0.0, |sum, factorial| sum * u + 1.0 / factorial)
}

/// Where a function with one peak has it, nearly (golden section).
fn peak(mut low: f64, mut high: f64, f: impl Fn(f64) -> Result<f64, Error>) -> Result<f64, Error> {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (mut a, mut b) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
    let (mut fa, mut fb) = (f(a)?, f(b)?);
    for _ in 0..40 {
        // Where both are below the range of numbers the peak is nearer to 0.
        let left = fa > fb || (fa >= fb && a.abs() < b.abs());
        if left {
            (high, b, fb) = (b, a, fa);
            a = high - GOLDEN * (high - low);
            fa = f(a)?;
        } else {
            (low, a, fa) = (a, b, fb);
            b = low + GOLDEN * (high - low);
            fb = f(b)?;
        }
    }
    Ok(0.5 * (low + high))
}

/// The integral of exp(f), which is at most about 1 and falls away from `peak`.
fn trapezoids(peak: f64, step: f64, f: impl Fn(f64) -> Result<f64, Error>) -> Result<f64, Error> {
    let mut sum = libm::exp(f(peak)?);
    for sign in [-1.0, 1.0] {
        let mut k = 1.0;
        loop {
            let term = libm::exp(f(peak + sign * k * step)?);
            sum += term;
            if term <= 1e-18 * sum {
                break;
            }
            k += 1.0;
        }
    }
    Ok(sum * step)
}
