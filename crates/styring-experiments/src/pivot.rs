//! From a statistic that falls with the effect to a p-value and a set: one test, both answers.

use styring_special::{Split, normal, normal_inv};

use crate::{Alternative, ConfidenceSet, Error, Hypothesis, Readout, Scale};

/// Beyond this z the normal tail is below the range of `f64`.
const FAR: f64 = 40.0;

/// Tails and their z.
const USUAL: [(f64, f64); 4] = [
    (0.025, 1.959_963_984_540_054),
    (0.05, 1.644_853_626_951_472_7),
    (0.005, 2.575_829_303_548_901),
    (0.01, 2.326_347_874_040_840_7),
];

/// The tail that is left on each side that counts: α, or α/2 if both do.
///
/// One-sided it has to be below one half, where the set still holds the estimate: a set that does not may hold nothing.
pub(crate) fn each_tail(hypothesis: Hypothesis) -> Result<f64, Error> {
    let level = hypothesis.level();
    if hypothesis.alternative() == Alternative::TwoSided {
        Ok(level.alpha() / 2.0)
    } else if level.alpha() < 0.5 {
        Ok(level.alpha())
    } else {
        Err(Error::range("level of a one-sided test", "above 0.5", level.level()))
    }
}

/// The critical value of a hypothesis: z with that upper tail.
pub(crate) fn critical(hypothesis: Hypothesis) -> Result<f64, Error> {
    let each = each_tail(hypothesis)?;
    // The usual levels need no search, which would cost more than all the rest of a test in closed form.
    match USUAL.iter().find(|(tail, _)| tail.to_bits() == each.to_bits()) {
        Some((_, z)) => Ok(*z),
        None => Ok(normal_inv(Split::from_upper(each)?)),
    }
}

/// The tail that a statistic leaves on the side, or the sides, of the alternative.
pub(crate) fn tail(z: f64, alternative: Alternative) -> Result<f64, Error> {
    // One step beyond what `f64` holds changes no tail, and keeps infinite statistics out of what follows.
    let split = normal(z.clamp(-FAR, FAR))?;
    Ok(match alternative {
        Alternative::TwoSided => (2.0 * split.upper().min(split.lower())).min(1.0),
        Alternative::Greater => split.upper(),
        Alternative::Less => split.lower(),
    })
}

/// The set between two ends of which the alternative asks for one or both.
pub(crate) fn set(alternative: Alternative, low: impl FnOnce() -> f64, high: impl FnOnce() -> f64) -> ConfidenceSet {
    match alternative {
        Alternative::TwoSided => ConfidenceSet::between(low(), high()),
        Alternative::Greater => ConfidenceSet::between(low(), f64::INFINITY),
        Alternative::Less => ConfidenceSet::between(f64::NEG_INFINITY, high()),
    }
}

/// A statistic z(θ) that falls as θ rises.
pub(crate) struct Pivot<Z, L> {
    /// The statistic at an effect.
    pub(crate) z: Z,
    /// The effect at which the statistic takes a value.
    pub(crate) limit: L,
}

impl<Z: Fn(f64) -> f64, L: Fn(f64) -> f64> Pivot<Z, L> {
    pub(crate) fn readout(
        &self,
        method: &'static str,
        scale: Scale,
        (estimate, null): (Option<f64>, f64),
        hypothesis: Hypothesis,
    ) -> Result<Readout, Error> {
        let critical = critical(hypothesis)?;
        let alternative = hypothesis.alternative();
        let set = set(alternative, || (self.limit)(critical), || (self.limit)(-critical));
        let p = tail((self.z)(null), alternative)?;
        Ok(Readout::new(method, scale, (estimate, null), set, p, (hypothesis.level(), alternative)))
    }
}

/// The statistic of a null under an interval that widens with its critical value: the critical value at which an end meets the null, positive if the null lies below the estimate.
///
/// `end` gives the lower end for z > 0 and the upper end of |z| for z < 0. No finite value where no interval, however wide, reaches the null: then the end of the scale of z.
pub(crate) fn z_by_inversion(end: impl Fn(f64) -> f64, null: f64) -> f64 {
    let distance = |z: f64| end(z) - null;
    if distance(0.0) == 0.0 {
        return 0.0;
    }
    // The end falls as z rises.
    if distance(FAR) > 0.0 {
        return FAR;
    }
    if distance(-FAR) < 0.0 {
        return -FAR;
    }
    crate::root::falling_root(distance, -FAR, FAR)
}

/// A null that must lie in the range that the effect can take.
pub(crate) fn checked_null(
    hypothesis: Hypothesis,
    none: f64,
    (low, high): (f64, f64),
    expected: &'static str,
) -> Result<f64, Error> {
    let null = hypothesis.null().unwrap_or(none);
    if low <= null && null <= high && null.is_finite() { Ok(null) } else { Err(Error::range("null", expected, null)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_levels_are_what_a_search_finds() {
        for (tail, z) in USUAL {
            let found = normal_inv(Split::from_upper(tail).expect("a tail"));
            assert!((found - z).abs() <= 2.0 * f64::EPSILON * z, "{tail}: {found} {z}");
        }
    }
}
