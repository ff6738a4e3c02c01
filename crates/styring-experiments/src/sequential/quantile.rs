use crate::sequential::EValue;
use crate::sequential::beta_mixture::log_mixture;
use crate::sequential::normal_mixture::{positive, tuning_constant};
use crate::sequential::stitching::{factors, zeta};
use crate::{ConfidenceSet, Error, Level};

/// A quantile, such as the median or the 90th percentile, looked at any time.
///
/// Under the true quantile, values at or below it are coins with the probability p; what the beta–binomial mixture does not reject of their counts gives an interval between order statistics, exact at every
/// look for every distribution (Howard and Ramdas 2022). Ties are counted to whichever side rejects less.
///
/// ```
/// use styring_experiments::{Level, sequential::QuantileSequence};
///
/// let median = QuantileSequence::new(0.5, 400, Level::P95)?;
/// let mut seconds: Vec<f64> = (1..=301).map(f64::from).collect();
/// seconds.sort_by(f64::total_cmp);
/// let set = median.set(&seconds, Level::P95)?;
/// assert!(set.contains(151.0) && !set.contains(110.0));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileSequence {
    quantile: f64,
    concentration: f64,
}

impl QuantileSequence {
    /// The quantile, narrowest for the level at about so many values.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the quantile lies between 0 and 1 and the number is above 0.
    pub fn new(quantile: f64, decide_at_values: u64, level: Level) -> Result<Self, Error> {
        check_quantile(quantile)?;
        positive("values at which a decision is expected", decide_at_values as f64)?;
        let concentration = (decide_at_values as f64 / tuning_constant(level.alpha()) - 1.0).max(1e-3);
        Ok(Self { quantile, concentration })
    }

    /// ln e of so many values, not necessarily whole, at or below.
    fn log_e(self, below: f64, values: f64) -> f64 {
        log_mixture([self.quantile, 1.0 - self.quantile], self.concentration, [below, values - below])
    }

    /// The number of values at or below that is least against the quantile.
    fn centre(self, values: f64) -> f64 {
        // Golden section; the function is convex.
        let golden = 0.618_033_988_749_894_9;
        let (mut low, mut high) = (0.0, values);
        let (mut one, mut other) = (high - golden * (high - low), low + golden * (high - low));
        let (mut at_one, mut at_other) = (self.log_e(one, values), self.log_e(other, values));
        for _ in 0..60 {
            if at_one < at_other {
                (high, other, at_other) = (other, one, at_one);
                one = high - golden * (high - low);
                at_one = self.log_e(one, values);
            } else {
                (low, one, at_one) = (one, other, at_other);
                other = low + golden * (high - low);
                at_other = self.log_e(other, values);
            }
        }
        0.5 * (low + high)
    }

    /// The values of the quantile that are not rejected, of values in rising order.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for values that are no numbers or not in order.
    pub fn set(self, sorted: &[f64], level: Level) -> Result<ConfidenceSet, Error> {
        check_sorted(sorted)?;
        let (count, wanted) = (sorted.len(), -libm::log(level.alpha()));
        let values = count as f64;
        let centre = self.centre(values);
        let kept = |below: usize| self.log_e(below as f64, values) <= wanted;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the count")]
        let middle = centre as usize;
        // Fewer at or below than `least`, or more below than `most`, are rejected.
        let least = (0..=middle.min(count)).rev().take_while(|&below| kept(below)).last();
        let most = (middle + 1..=count).take_while(|&below| kept(below)).last();
        let (Some(least), most) = (least.or(most), most.or(least)) else {
            return Ok(ConfidenceSet::Everything);
        };
        let low = least.checked_sub(1).and_then(|at| sorted.get(at)).copied().unwrap_or(f64::NEG_INFINITY);
        let high = most.and_then(|at| sorted.get(at)).copied().unwrap_or(f64::INFINITY);
        Ok(ConfidenceSet::between(low, high))
    }

    /// The evidence that the quantiles of two arms differ, of values in rising order.
    ///
    /// The evidence of both arms against x for their common quantile, multiplied, at the x for which it is least (Howard and Ramdas 2022, section 5).
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for values that are no numbers or not in order.
    pub fn difference_e_value(self, control: &[f64], treatment: &[f64]) -> Result<EValue, Error> {
        check_sorted(control)?;
        check_sorted(treatment)?;
        Ok(self.shifted(control, treatment, 0.0))
    }

    /// The differences of the quantiles, treatment less control, that [`QuantileSequence::difference_e_value`] does not reject.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn difference(self, control: &[f64], treatment: &[f64], level: Level) -> Result<ConfidenceSet, Error> {
        check_sorted(control)?;
        check_sorted(treatment)?;
        let wanted = -libm::log(level.alpha());
        let high = self.most(control, treatment, wanted);
        // Mirrored: the quantile of −x is −Q(1 − p).
        let mirror = |values: &[f64]| values.iter().rev().map(|value| -value).collect::<Vec<_>>();
        let mirrored = Self { quantile: 1.0 - self.quantile, ..self };
        let low = -mirrored.most(&mirror(control), &mirror(treatment), wanted);
        Ok(ConfidenceSet::between(low, high))
    }

    /// The largest difference that is not rejected: over all lower values of the control, the largest of the treatment that together with it is not.
    fn most(self, control: &[f64], treatment: &[f64], wanted: f64) -> f64 {
        let (of_control, of_treatment) = (Arm::new(self, control), Arm::new(self, treatment));
        let lowest =
            self.log_e(of_control.centre, of_control.values) + self.log_e(of_treatment.centre, of_treatment.values);
        if lowest > wanted {
            return f64::INFINITY;
        }
        let beyond = self.log_e(0.0, of_control.values);
        if beyond + self.log_e(of_treatment.centre, of_treatment.values) <= wanted {
            return f64::INFINITY;
        }
        let mut most = f64::NEG_INFINITY;
        for &x in control {
            let left = wanted - of_control.least(x);
            // The evidence of the treatment rises above its centre: the last value that still fits.
            let fits = treatment.partition_point(|&y| {
                let (below, _) = of_treatment.counts(y);
                below <= of_treatment.centre || self.log_e(below, of_treatment.values) <= left
            });
            let top = self.log_e(of_treatment.values, of_treatment.values) <= left;
            if top {
                return f64::INFINITY;
            }
            let last = fits.checked_sub(1).and_then(|at| treatment.get(at));
            if let Some(&y) = last.filter(|&&y| of_treatment.least(y) <= left) {
                most = most.max(y - x);
            }
        }
        most
    }

    fn shifted(self, control: &[f64], treatment: &[f64], shift: f64) -> EValue {
        let (of_control, of_treatment) = (Arm::new(self, control), Arm::new(self, treatment));
        let at = |x: f64, y: f64| of_control.least(x) + of_treatment.least(y);
        let outside = [
            self.log_e(0.0, of_control.values) + self.log_e(0.0, of_treatment.values),
            self.log_e(of_control.values, of_control.values) + self.log_e(of_treatment.values, of_treatment.values),
        ];
        let inside = control.iter().map(|&x| at(x, x + shift)).chain(treatment.iter().map(|&y| at(y - shift, y)));
        EValue::clamped(inside.chain(outside).fold(f64::INFINITY, f64::min))
    }
}

/// The values of an arm, and the count at or below that is least against the quantile.
struct Arm<'a> {
    sequence: QuantileSequence,
    sorted: &'a [f64],
    values: f64,
    centre: f64,
}

impl<'a> Arm<'a> {
    fn new(sequence: QuantileSequence, sorted: &'a [f64]) -> Self {
        let values = sorted.len() as f64;
        Self { sequence, sorted, values, centre: sequence.centre(values) }
    }

    /// How many are below, and at or below.
    fn counts(&self, x: f64) -> (f64, f64) {
        let below = self.sorted.partition_point(|&value| value < x);
        let at_or_below = self.sorted.partition_point(|&value| value <= x);
        (below as f64, at_or_below as f64)
    }

    /// ln e against x for the quantile; ties go where it is least.
    fn least(&self, x: f64) -> f64 {
        let (below, at_or_below) = self.counts(x);
        self.sequence.log_e(self.centre.clamp(below, at_or_below), self.values)
    }
}

/// What the count of values below a quantile exceeds its mean by, ever and at any quantile of the curve, with probability at most α: double stitching.
///
/// Holds at all times and for **all quantiles at once** (Howard and Ramdas 2022, theorem 3, with δ = ½, s = 1.4 and η = 2): a whole distribution function may be watched.
///
/// # Errors
///
/// [`Error::OutOfRange`] unless the quantile lies between 0 and 1 and both sizes are above 0.
pub fn double_stitching(quantile: f64, values: f64, decide_at_values: f64, level: Level) -> Result<f64, Error> {
    const DELTA: f64 = 0.5;
    const POWER: f64 = 1.4;
    const SPACING: f64 = 2.0;
    check_quantile(quantile)?;
    positive("values", values)?;
    positive("values at which a decision is expected", decide_at_values)?;
    let ratio = (values / decide_at_values).max(1.0);
    let time = ratio * decide_at_values;
    let log_odds = libm::log(quantile / (1.0 - quantile));
    let nearest = if quantile >= 0.5 {
        quantile
    } else {
        let moved = log_odds + 2.0 * DELTA * (SPACING / ratio).sqrt();
        (1.0 / (1.0 + libm::exp(-moved))).min(0.5)
    };
    let variance = nearest * (1.0 - nearest);
    let place = ratio.sqrt() * log_odds.abs() / (2.0 * DELTA) + 1.0;
    let zeta = zeta(POWER);
    let ell = POWER * libm::log(libm::log(SPACING * ratio))
        + POWER * libm::log(place)
        + libm::log(2.0 * zeta * (2.0 * zeta + 1.0) / level.alpha())
        - POWER * libm::log(libm::log(SPACING));
    let (k1_squared, k2) = factors(SPACING);
    let linear = k2 * (1.0 - 2.0 * quantile) / 3.0 * ell;
    Ok(DELTA * (SPACING * ratio * variance).sqrt()
        + (k1_squared * variance * time * ell + linear * linear).max(0.0).sqrt()
        + linear)
}

/// What the empirical distribution function is ever away from the true one by, anywhere, with probability at most α.
///
/// A √((ln(1 + ln(t/m)) + C)/t) from m values on, C the least for which the chance is at most α (Howard and Ramdas 2022, theorem 2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DistributionBand {
    from: f64,
    factor: f64,
    constant: f64,
}

impl DistributionBand {
    /// From so many values on, with the usual A = 0.85.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless `from` is at least 1.
    pub fn new(from: f64, level: Level) -> Result<Self, Error> {
        Self::shaped(from, 0.85, level)
    }

    /// With another A, above 1/√2.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a number outside its range; [`Error::NotFound`] for a level that no constant below 1e9 reaches.
    pub fn shaped(from: f64, factor: f64, level: Level) -> Result<Self, Error> {
        if !(from >= 1.0 && from.is_finite()) {
            return Err(Error::range("values from which the band holds", "1 or above", from));
        }
        if !(factor > std::f64::consts::FRAC_1_SQRT_2 && factor <= 1e3) {
            return Err(Error::range("A", "above 1/√2, and at most 1000", factor));
        }
        let chance = |constant: f64| least_chance(constant, factor);
        let mut above = 1.0;
        while chance(above) > level.alpha() {
            above *= 2.0;
            if above > 1e9 {
                return Err(Error::NotFound { what: "the constant of the band", steps: 30 });
            }
        }
        let constant = crate::crossing::crossing(above, 0.0, |constant| chance(constant) > level.alpha());
        Ok(Self { from, factor, constant })
    }

    /// Half the width of the band at so many values; none before those from which it holds.
    pub fn margin(self, values: f64) -> Option<f64> {
        (values >= self.from)
            .then(|| self.factor * ((libm::log1p(libm::log(values / self.from)) + self.constant) / values).sqrt())
    }
}

/// The bound on the chance of leaving the band with a constant, at the spacing of its epochs for which it is least.
fn least_chance(constant: f64, factor: f64) -> f64 {
    let chance = |eta: f64| {
        let room = factor - (2.0 * (eta - 1.0) / constant).sqrt();
        let gamma = 2.0 / eta * room * room;
        if room <= 0.0 || gamma <= 1.0 {
            f64::INFINITY
        } else {
            4.0 * libm::exp(-gamma * constant) * (1.0 + 1.0 / ((gamma - 1.0) * libm::log(eta)))
        }
    };
    // Above this spacing the bound is infinite, below it finite.
    let most = crate::crossing::crossing(1.0, 2.0 * factor * factor, |eta| {
        (eta / 2.0).sqrt() + (2.0 * (eta - 1.0) / constant).sqrt() > factor
    });
    let golden = 0.618_033_988_749_894_9;
    let (mut low, mut high) = (1.0, most);
    for _ in 0..120 {
        let (one, other) = (high - golden * (high - low), low + golden * (high - low));
        if chance(one) <= chance(other) {
            high = other;
        } else {
            low = one;
        }
    }
    chance(0.5 * (low + high))
}

fn check_quantile(quantile: f64) -> Result<(), Error> {
    if quantile > 0.0 && quantile < 1.0 { Ok(()) } else { Err(Error::range("quantile", "between 0 and 1", quantile)) }
}

fn check_sorted(values: &[f64]) -> Result<(), Error> {
    if let Some(value) = values.iter().find(|value| !value.is_finite()) {
        return Err(Error::range("value", "a number", value));
    }
    match values.windows(2).find(|pair| pair[0] > pair[1]) {
        Some(pair) => Err(Error::range("values", "in rising order", format!("{} before {}", pair[0], pair[1]))),
        None => Ok(()),
    }
}
