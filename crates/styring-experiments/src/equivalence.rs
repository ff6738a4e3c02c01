use crate::means::Contrast;
use crate::pivot::each_tail;
use crate::proportions::{DifferenceMethod, RatioMethod, TwoProportions};
use crate::rates::{RateRatioMethod, TwoRates};
use crate::student_pivot::Question;
use crate::{Alternative, ConfidenceSet, Error, Hypothesis, Level, Moments, Readout, Scale};

/// How far two arms may lie apart and still count as equal.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(f64, f64)", into = "(f64, f64)"))]
pub struct Margins {
    low: f64,
    high: f64,
}

impl Margins {
    /// From `low` to `high`, on the scale of the effect: −0.002 to 0.002 for a difference, 0.9 to 1.1 for a ratio.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless `low` is below `high`, both finite.
    pub fn new(low: f64, high: f64) -> Result<Self, Error> {
        if low < high && low.is_finite() && high.is_finite() {
            Ok(Self { low, high })
        } else {
            Err(Error::range("margins", "a lower and a higher one", format!("{low} and {high}")))
        }
    }

    /// The lower.
    pub fn low(self) -> f64 {
        self.low
    }

    /// The higher.
    pub fn high(self) -> f64 {
        self.high
    }
}

impl TryFrom<(f64, f64)> for Margins {
    type Error = Error;

    fn try_from((low, high): (f64, f64)) -> Result<Self, Error> {
        Self::new(low, high)
    }
}

impl From<Margins> for (f64, f64) {
    fn from(margins: Margins) -> Self {
        (margins.low, margins.high)
    }
}

/// Two one-sided tests (Schuirmann 1987): that the effect is above the lower margin, and that it is below the higher.
///
/// Equivalent at the level 1 − α exactly if the interval at the level 1 − 2α lies within the margins.
///
/// ```
/// use styring_experiments::{Counts, DifferenceMethod, Level, Margins, TwoProportions};
///
/// // May the cheaper landing page replace the other? Half a point either way would not matter.
/// let pages = TwoProportions::new(Counts::new(4_020, 100_000)?, Counts::new(4_010, 100_000)?)?;
/// let margins = Margins::new(-0.005, 0.005)?;
/// let equal = pages.equivalence(DifferenceMethod::Score, margins, Level::P95)?;
/// assert!(equal.is_shown() && equal.p_value() < 1e-6);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Equivalence {
    above_low: Readout,
    below_high: Readout,
}

impl Equivalence {
    /// From two readouts of any test: greater than the lower margin, less than the higher. What [`TwoProportions::equivalence`] does for proportions.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the first is of [`Alternative::Greater`] and the second of [`Alternative::Less`], at one level, with the margins in order.
    pub fn new(above_low: Readout, below_high: Readout) -> Result<Self, Error> {
        let sides = (above_low.alternative(), below_high.alternative());
        if sides != (Alternative::Greater, Alternative::Less) {
            return Err(Error::range("alternatives", "greater and less", format!("{sides:?}")));
        }
        if above_low.level() != below_high.level() {
            return Err(Error::range("levels", "the same", below_high.level().level()));
        }
        Margins::new(above_low.null(), below_high.null())?;
        Ok(Self { above_low, below_high })
    }

    /// That the effect is above the lower margin: by itself, non-inferiority.
    pub fn above_low(&self) -> &Readout {
        &self.above_low
    }

    /// That it is below the higher margin.
    pub fn below_high(&self) -> &Readout {
        &self.below_high
    }

    /// The larger of the two p-values.
    pub fn p_value(&self) -> f64 {
        self.above_low.p_value().max(self.below_high.p_value())
    }

    /// Whether both are shown.
    pub fn is_shown(&self) -> bool {
        self.p_value() < self.above_low.level().alpha()
    }

    /// The effects that neither test contradicts: the interval at the level 1 − 2α.
    pub fn set(&self) -> ConfidenceSet {
        let (low, high) = (self.above_low.set().ends().0, self.below_high.set().ends().1);
        ConfidenceSet::between(low, high)
    }
}

impl TwoProportions {
    /// Whether two proportions are equal but for the margins, by their difference.
    ///
    /// # Errors
    ///
    /// As [`TwoProportions::difference`].
    pub fn equivalence(self, method: DifferenceMethod, margins: Margins, level: Level) -> Result<Equivalence, Error> {
        within(margins, level, |hypothesis| self.difference(method, hypothesis))
    }

    /// Whether two proportions are equal but for the margins, by their ratio.
    ///
    /// # Errors
    ///
    /// As [`TwoProportions::ratio`].
    pub fn ratio_equivalence(self, method: RatioMethod, margins: Margins, level: Level) -> Result<Equivalence, Error> {
        within(margins, level, |hypothesis| self.ratio(method, hypothesis))
    }
}

impl TwoRates {
    /// Whether two rates are equal but for the margins, by their ratio.
    ///
    /// # Errors
    ///
    /// As [`TwoRates::ratio`].
    pub fn equivalence(self, method: RateRatioMethod, margins: Margins, level: Level) -> Result<Equivalence, Error> {
        within(margins, level, |hypothesis| self.ratio(method, hypothesis))
    }
}

/// Whether two means are equal but for the margins, by their difference (Welch).
///
/// # Errors
///
/// [`Error::TooFew`] with fewer than two values in an arm; [`Error::NoSpread`] where neither varies.
pub fn mean_equivalence(
    treatment: &Moments,
    control: &Moments,
    margins: Margins,
    level: Level,
) -> Result<Equivalence, Error> {
    within(margins, level, |hypothesis| welch(treatment, control, hypothesis))
}

/// Whether the treatment's mean is not below the control's by `margin` or more (Welch): H₀ difference ≤ −margin.
///
/// ```
/// use styring_experiments::{Level, Moments, mean_noninferiority};
///
/// let treatment = Moments::from_summary(4_000, [249.0], [[90_000.0]])?;
/// let control = Moments::from_summary(4_000, [252.0], [[88_000.0]])?;
/// let shown = mean_noninferiority(&treatment, &control, 20.0, Level::P95)?;
/// assert!(shown.p_value() < 0.05 && shown.set().contains(-3.0));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::OutOfRange`] for a margin below zero; as [`mean_equivalence`].
pub fn mean_noninferiority(
    treatment: &Moments,
    control: &Moments,
    margin: f64,
    level: Level,
) -> Result<Readout, Error> {
    if !(margin >= 0.0 && margin.is_finite()) {
        return Err(Error::range("margin", "0 or above", margin));
    }
    welch(treatment, control, Hypothesis::greater().against(-margin).at(level))
}

/// One side of Welch's test of two means.
fn welch(treatment: &Moments, control: &Moments, hypothesis: Hypothesis) -> Result<Readout, Error> {
    each_tail(hypothesis)?;
    let pivot = Contrast::means(control, treatment)?.difference_pivot()?;
    pivot.readout("Welch's t test", Scale::Difference, Question::of(hypothesis, 0.0)?)
}

fn within(
    margins: Margins,
    level: Level,
    test: impl Fn(Hypothesis) -> Result<Readout, Error>,
) -> Result<Equivalence, Error> {
    Equivalence::new(
        test(Hypothesis::greater().against(margins.low).at(level))?,
        test(Hypothesis::less().against(margins.high).at(level))?,
    )
}
