//! One proportion, and two.

mod difference;
mod exact;
mod independence;
mod odds_ratio;
mod one_sample;
mod ratio;

pub use difference::DifferenceMethod;
pub(crate) use difference::{restricted_variance, score_ends};
pub use exact::Unconditional;
pub use independence::Independence;
pub use odds_ratio::OddsRatioMethod;
pub(crate) use one_sample::of_tails;
pub use one_sample::{ProportionMethod, binomial_test};
pub use ratio::RatioMethod;

use crate::{Counts, Error};

/// Two arms in which units convert or do not.
///
/// ```
/// use styring_experiments::{Counts, DifferenceMethod, Hypothesis, RatioMethod, TwoProportions};
///
/// let new_form = Counts::new(512, 5_120)?;
/// let old_form = Counts::new(448, 5_090)?;
/// let test = TwoProportions::new(new_form, old_form)?;
///
/// let difference = test.difference(DifferenceMethod::Score, Hypothesis::default())?;
/// assert!((difference.p_value() - 0.0380).abs() < 1e-4);
/// let (low, high) = difference.set().ends();
/// assert!(0.0006 < low && high < 0.0234);
///
/// // How much more, in per cent: it is positive exactly if the difference is.
/// let lift = test.lift(RatioMethod::Score, Hypothesis::default())?;
/// assert!((lift.estimate().unwrap() - 0.136).abs() < 1e-3 && lift.set().ends().0 > 0.0);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(Counts, Counts)", into = "(Counts, Counts)"))]
pub struct TwoProportions {
    treatment: Counts,
    control: Counts,
}

impl TwoProportions {
    /// A treatment and what it is held against.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for an arm without trials: it has no rate.
    pub fn new(treatment: Counts, control: Counts) -> Result<Self, Error> {
        for (what, arm) in [("trials in the treatment", treatment), ("trials in the control", control)] {
            if arm.trials() == 0 {
                return Err(Error::TooFew { what, needed: 1, given: 0 });
            }
        }
        Ok(Self { treatment, control })
    }

    /// The treatment.
    pub fn treatment(self) -> Counts {
        self.treatment
    }

    /// The control.
    pub fn control(self) -> Counts {
        self.control
    }

    /// Control and treatment exchanged.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { treatment: self.control, control: self.treatment }
    }

    fn table(self) -> Table {
        Table::new(self.treatment, self.control)
    }
}

impl TryFrom<(Counts, Counts)> for TwoProportions {
    type Error = Error;

    fn try_from((treatment, control): (Counts, Counts)) -> Result<Self, Error> {
        Self::new(treatment, control)
    }
}

impl From<TwoProportions> for (Counts, Counts) {
    fn from(both: TwoProportions) -> Self {
        (both.treatment, both.control)
    }
}

/// The four cells and what is often made of them, as floats; the difference from whole numbers.
#[derive(Debug, Clone, Copy)]
struct Table {
    x1: f64,
    f1: f64,
    n1: f64,
    x2: f64,
    f2: f64,
    n2: f64,
    /// The difference of the rates, rounded once.
    d: f64,
}

impl Table {
    fn new(one: Counts, other: Counts) -> Self {
        let cross = |a: u64, b: u64| u128::from(a) * u128::from(b);
        let left = cross(one.successes(), other.trials());
        let right = cross(other.successes(), one.trials());
        let apart = left.abs_diff(right) as f64;
        let apart = if left < right { -apart } else { apart };
        Self {
            x1: one.successes() as f64,
            f1: one.failures() as f64,
            n1: one.trials() as f64,
            x2: other.successes() as f64,
            f2: other.failures() as f64,
            n2: other.trials() as f64,
            d: apart / cross(one.trials(), other.trials()) as f64,
        }
    }

    fn n(self) -> f64 {
        self.n1 + self.n2
    }

    fn p1(self) -> f64 {
        self.x1 / self.n1
    }

    fn p2(self) -> f64 {
        self.x2 / self.n2
    }

    fn q1(self) -> f64 {
        self.f1 / self.n1
    }

    fn q2(self) -> f64 {
        self.f2 / self.n2
    }

    /// The arms exchanged.
    fn swapped(self) -> Self {
        Self { x1: self.x2, f1: self.f2, n1: self.n2, x2: self.x1, f2: self.f1, n2: self.n1, d: -self.d }
    }

    /// The arms exchanged and failures counted instead of successes: the difference stays what it is.
    fn mirrored(self) -> Self {
        Self { x1: self.f2, f1: self.x2, n1: self.n2, x2: self.f1, f2: self.x1, n2: self.n1, d: self.d }
    }

    /// The variance of the difference if both arms have the rate of both together.
    fn pooled_variance(self) -> f64 {
        let (successes, failures) = (self.x1 + self.x2, self.f1 + self.f2);
        successes / self.n1 * (failures / self.n2) / self.n()
    }

    /// z of no effect under the pooled variance; without a spread nothing differs.
    fn pooled_z(self) -> f64 {
        over(self.d, libm::sqrt(self.pooled_variance()))
    }

    /// The factor N/(N − 1) of Miettinen and Nurminen (1985), as the root that divides z. One unit in each arm is the least there can be.
    fn finite(self) -> f64 {
        libm::sqrt(self.n() / (self.n() - 1.0))
    }
}

/// A distance in units of its spread: none is none, and any is infinite where there is no spread.
fn over(distance: f64, spread: f64) -> f64 {
    if distance == 0.0 { 0.0 } else { distance / spread }
}
