use super::contrast::{Contrast, DIFFERENCE, Part, finite, form, ratio};
use crate::{Error, Joint};

/// Two arms, each adjusted by what its units did before the experiment (CUPED: Deng, Xu, Kohavi, Walker 2013).
///
/// # Formula
/// Ȳ_a − θ (X̄_a − X̄), with X̄ over everybody and θ = cov(Y, X) / var(X). The difference has the variance of Y − θX, which is 1 − ρ² of that of Y. X must be known before the
/// experiment and cannot be moved by it. For lifts, the covariance that X̄ brings between the arms is carried along.
///
/// ```
/// use styring_experiments::{Joint, Level, means::{Contrast, Cuped, Slope}};
///
/// // (revenue in the experiment, revenue in the four weeks before) per customer.
/// let control = Joint::<2>::from_summary(5_000, [410.0, 395.0], [[90_000.0, 63_000.0], [63_000.0, 88_000.0]])?;
/// let treatment = Joint::<2>::from_summary(5_000, [423.0, 399.0], [[94_000.0, 65_000.0], [65_000.0, 89_000.0]])?;
/// let cuped = Cuped::means(&control, &treatment, Slope::WithinArms)?;
/// assert!((cuped.slope() - 128.0 / 177.0).abs() < 1e-12);
/// // Half of the variance is gone.
/// assert!(cuped.kept_variance() < 0.52);
/// let readout = cuped.contrast().lift(Level::P95)?;
/// assert!(readout.p_value() < 0.02);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Cuped {
    slope: f64,
    kept: f64,
    contrast: Contrast,
}

/// From whom the slope of [`Cuped`] is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Slope {
    /// From the spread within the arms, which no effect of the treatment moves. The default.
    #[default]
    WithinArms,
    /// From everybody as one sample, so that a difference of the arms is a part of the spread. As most published descriptions have it; the two agree as arms grow, unless the effect is of the
    /// size of the spread.
    Everybody,
}

impl Cuped {
    /// Of means; the values are (during, before).
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two units in an arm; [`Error::NoSpread`] if nothing varied before.
    pub fn means(control: &Joint<2>, treatment: &Joint<2>, slope: Slope) -> Result<Self, Error> {
        let [y, x] = [[1.0, 0.0], [0.0, 1.0]];
        let values = [control, treatment].map(|arm| arm.mean(0));
        let before = [control, treatment].map(|arm| arm.mean(1));
        let overall = merged(control, treatment);
        let theta = match slope {
            Slope::WithinArms => within([control, treatment], [y, y], [x, x])?,
            Slope::Everybody => within([&overall], [y], [x])?,
        };
        Self::adjusted("CUPED", [control, treatment], [values, before], overall.mean(1), [[y, y], [x, x]], x, theta)
    }

    /// Of ratios; the values are (numerator during, denominator during, numerator before, denominator before).
    ///
    /// Both ratios are linearised by the delta method (Deng, Knoblich, Lu 2018), and θ is the slope of the one on the other.
    ///
    /// # Errors
    ///
    /// Those of [`Cuped::means`]; [`Error::ZeroBase`] for a denominator of zero.
    pub fn ratios(control: &Joint<4>, treatment: &Joint<4>, slope: Slope) -> Result<Self, Error> {
        let overall = merged(control, treatment);
        let [c, t, all] = [Ratios::of(control)?, Ratios::of(treatment)?, Ratios::of(&overall)?];
        let theta = match slope {
            Slope::WithinArms => within([control, treatment], [c.during.1, t.during.1], [c.before.1, t.before.1])?,
            Slope::Everybody => within([&overall], [all.during.1], [all.before.1])?,
        };
        Self::adjusted(
            "CUPED, ratio metric",
            [control, treatment],
            [[c.during.0, t.during.0], [c.before.0, t.before.0]],
            all.before.0,
            [[c.during.1, t.during.1], [c.before.1, t.before.1]],
            all.before.1,
            theta,
        )
    }

    /// From the values of both arms during and before, their gradients, and the gradient of the overall value before.
    fn adjusted<const K: usize>(
        method: &'static str,
        arms: [&Joint<K>; 2],
        [during, before]: [[f64; 2]; 2],
        overall: f64,
        [of_during, of_before]: [[[f64; K]; 2]; 2],
        of_overall: [f64; K],
        theta: f64,
    ) -> Result<Self, Error> {
        let everybody = (arms[0].n() + arms[1].n()) as f64;
        let mut parts = [Part::NONE; 2];
        let mut raw = 0.0;
        for arm in 0..2 {
            let share = arms[arm].n() as f64 / everybody;
            let shared: [f64; K] = std::array::from_fn(|k| theta * share * of_overall[k]);
            let own: [f64; K] = std::array::from_fn(|k| of_during[arm][k] - theta * of_before[arm][k] + shared[k]);
            raw += form(arms[arm], of_during[arm], of_during[arm])? / arms[arm].n() as f64;
            parts[arm] = if arm == 0 { Part::of(arms[arm], own, shared)? } else { Part::of(arms[arm], shared, own)? };
        }
        let values = [0, 1].map(|arm| during[arm] - theta * (before[arm] - overall));
        let contrast = Contrast::arms(method, values, parts)?;
        let kept = match contrast.along(DIFFERENCE) {
            Ok((error, _)) if raw > 0.0 => error * error / raw,
            _ => 0.0,
        };
        Ok(Self { slope: theta, kept, contrast })
    }

    /// The slope θ.
    pub fn slope(&self) -> f64 {
        self.slope
    }

    /// The variance of the adjusted difference over that of the plain one: 1 − ρ², which as many units fewer are needed.
    pub fn kept_variance(&self) -> f64 {
        self.kept
    }

    /// The two adjusted arms.
    pub fn contrast(&self) -> Contrast {
        self.contrast
    }
}

/// Both ratios of an arm, with how they move with the four means.
pub(crate) struct Ratios {
    pub(crate) during: (f64, [f64; 4]),
    pub(crate) before: (f64, [f64; 4]),
}

impl Ratios {
    pub(crate) fn of(arm: &Joint<4>) -> Result<Self, Error> {
        let (during, [a, b]) = ratio(arm.mean(0), arm.mean(1))?;
        let (before, [c, d]) = ratio(arm.mean(2), arm.mean(3))?;
        Ok(Self { during: (during, [a, b, 0.0, 0.0]), before: (before, [0.0, 0.0, c, d]) })
    }
}

fn merged<const K: usize>(control: &Joint<K>, treatment: &Joint<K>) -> Joint<K> {
    let mut all = *control;
    all.merge(treatment);
    all
}

/// The slope within arms of one linear combination on another.
fn within<const K: usize, const ARMS: usize>(
    arms: [&Joint<K>; ARMS],
    during: [[f64; K]; ARMS],
    before: [[f64; K]; ARMS],
) -> Result<f64, Error> {
    let (mut together, mut spread) = (0.0, 0.0);
    for ((arm, during), before) in arms.into_iter().zip(during).zip(before) {
        let degrees = arm.n().saturating_sub(1) as f64;
        together += degrees * form(arm, during, before)?;
        spread += degrees * form(arm, before, before)?;
    }
    slope(together, spread)
}

pub(crate) fn slope(together: f64, spread: f64) -> Result<f64, Error> {
    if spread <= 0.0 {
        return Err(Error::NoSpread { what: "what was before the experiment" });
    }
    finite("slope", together / spread)
}
