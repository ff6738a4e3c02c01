//! What advertising added: those who were exposed against those who were held out.

use crate::fieller::Fieller;
use crate::proportions::{DifferenceMethod, RatioMethod, TwoProportions};
use crate::{ConfidenceSet, Counts, Error, Hypothesis, Joint, Level, Readout, Scale};

/// A group that was exposed and one that was held out at random.
///
/// The group of those *meant* to be exposed is the one to count, or with ghost ads or public-service ads those who would have been exposed in both groups (Johnson, Lewis and Nubbemeyer 2017). Those who
/// happened to see the ad are no random group.
///
/// ```
/// use styring_experiments::{Counts, DifferenceMethod, Holdout, Hypothesis, IncrementalCost};
///
/// let holdout = Holdout::new(Counts::new(9_193, 204_449)?, Counts::new(24, 769)?)?;
/// let added = holdout.incremental(DifferenceMethod::Score, Hypothesis::default())?;
/// assert!((added.value() - 2_812.3).abs() < 0.1);
///
/// // 16 947 kroner were spent on it.
/// match added.cost_per(16_947.34)? {
///     IncrementalCost::Known { value, low, high } => assert!(low < value && value < 6.03 && high < 1e3),
///     IncrementalCost::NotDistinguishable { at_least } => assert!(at_least.is_some()),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(Counts, Counts)", into = "(Counts, Counts)"))]
pub struct Holdout {
    groups: TwoProportions,
}

/// Where an effect in all comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum EffectSource {
    /// Users held out at random.
    Holdout,
    /// Users held out at random, and what they were worth.
    HoldoutValue,
    /// A test between variants, however it was read.
    Test,
    /// Regions with and without the treatment.
    Geo,
}

/// What was added in all: conversions or value, with the set that the data do not contradict.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Incremental {
    value: f64,
    readout: Readout,
    source: EffectSource,
}

/// What one incremental conversion costs: spend over incremental conversions.
///
/// A negative cost would rank best in every list, so that it is not one of the answers.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "above zero, below, or not told apart")]
pub enum IncrementalCost {
    /// There is an effect, and it costs this much.
    Known {
        /// Spend over the estimate.
        value: f64,
        /// What it costs at least.
        low: f64,
        /// At most; infinite if the set has no upper end.
        high: f64,
    },
    /// The data do not tell an effect from none: each conversion costs this much or more, if there are any.
    NotDistinguishable {
        /// Spend over the largest effect that is not contradicted; none if there is no largest.
        at_least: Option<f64>,
    },
    /// Those who were exposed converted less: there is no cost of what was not gained.
    Loses,
}

impl Holdout {
    /// The exposed and the held out.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for a group of nobody.
    pub fn new(exposed: Counts, held_out: Counts) -> Result<Self, Error> {
        Ok(Self { groups: TwoProportions::new(exposed, held_out)? })
    }

    /// The exposed.
    pub fn exposed(self) -> Counts {
        self.groups.treatment()
    }

    /// The held out.
    pub fn held_out(self) -> Counts {
        self.groups.control()
    }

    /// The conversions that would not have been: n (p − p₀), n and p of the exposed, p₀ of the held out.
    ///
    /// The set is that of the difference, times n: the exposed are those that were exposed, and no sample of others.
    ///
    /// # Errors
    ///
    /// As [`TwoProportions::difference`]; the null counts conversions.
    pub fn incremental(
        self,
        method: DifferenceMethod,
        hypothesis: impl Into<Hypothesis>,
    ) -> Result<Incremental, Error> {
        let hypothesis = hypothesis.into();
        let exposed = self.exposed().trials() as f64;
        let each = hypothesis.null().map_or(hypothesis, |null| hypothesis.against(null / exposed));
        let difference = self.groups.difference(method, each)?;
        let value = difference.estimate().unwrap_or(0.0) * exposed;
        let null = hypothesis.null().unwrap_or(0.0);
        let asked = (hypothesis.level(), hypothesis.alternative());
        let set = difference.set().times(exposed);
        let readout =
            Readout::new(difference.method(), Scale::Total, (Some(value), null), set, difference.p_value(), asked);
        Ok(Incremental { value, readout, source: EffectSource::Holdout })
    }

    /// The share of the exposed's conversions that are incremental: 1 − p₀/p.
    ///
    /// Below zero where the held out converted more. The set comes from the ratio of the two rates.
    ///
    /// # Errors
    ///
    /// As [`TwoProportions::ratio`]; the null is a share below 1.
    pub fn incremental_share(self, method: RatioMethod, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let hypothesis = hypothesis.into();
        let null = hypothesis.null().unwrap_or(0.0);
        // The lift of the held out over the exposed, turned round.
        let turned = Hypothesis::from(hypothesis.alternative().turned());
        let lift = self.groups.swapped().lift(method, turned.at(hypothesis.level()).against(-null))?;
        let asked = (hypothesis.level(), hypothesis.alternative());
        let estimate = (lift.estimate().map(|lift| -lift), null);
        Ok(Readout::new(lift.method(), Scale::Value, estimate, lift.set().times(-1.0), lift.p_value(), asked))
    }
}

impl TryFrom<(Counts, Counts)> for Holdout {
    type Error = Error;

    fn try_from((exposed, held_out): (Counts, Counts)) -> Result<Self, Error> {
        Self::new(exposed, held_out)
    }
}

impl From<Holdout> for (Counts, Counts) {
    fn from(holdout: Holdout) -> Self {
        (holdout.exposed(), holdout.held_out())
    }
}

impl Incremental {
    /// From the values of everybody in both groups: n (m − m₀), n and m of the exposed, m₀ of the held out, with the normal distribution of Welch's z.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for a group of fewer than two; [`Error::NoSpread`] where nobody's value differs from anybody's.
    pub fn of_values(
        exposed: &crate::Moments,
        held_out: &crate::Moments,
        hypothesis: impl Into<Hypothesis>,
    ) -> Result<Self, Error> {
        let hypothesis = hypothesis.into();
        let n = exposed.n() as f64;
        let variance = exposed.variance(0)? / n + held_out.variance(0)? / held_out.n() as f64;
        if variance == 0.0 {
            return Err(Error::NoSpread { what: "the value in both groups" });
        }
        let (value, spread) = (n * (exposed.mean(0) - held_out.mean(0)), n * libm::sqrt(variance));
        let null = crate::pivot::checked_null(hypothesis, 0.0, (f64::MIN, f64::MAX), "a number")?;
        let z = |null: f64| (value - null) / spread;
        let limit = |z: f64| value - z * spread;
        let readout = crate::pivot::Pivot { z, limit }.readout(
            "z test of two means",
            Scale::Total,
            (Some(value), null),
            hypothesis,
        )?;
        Ok(Self { value, readout, source: EffectSource::HoldoutValue })
    }

    /// From any test: a difference between the treated and the control times how many were treated, or a total as it is. The set and the p-value are the test's, so that what holds at every look of a sequential test
    /// holds of its total.
    ///
    /// ```
    /// use styring_experiments::sequential::{SequentialPlan, rate_difference};
    /// use styring_experiments::{Counts, EffectSource, Incremental};
    ///
    /// let (control, treatment) = (Counts::new(400, 20_000)?, Counts::new(520, 20_000)?);
    /// let look = rate_difference(control, treatment, &SequentialPlan::conversions(900)?)?;
    /// let added = Incremental::of(look.readout(), treatment.trials(), EffectSource::Test)?;
    /// assert!((added.value() - 120.0).abs() < 1e-9 && !added.set().contains(0.0));
    /// # Ok::<(), styring_experiments::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a readout on another scale than [`Scale::Difference`] and [`Scale::Total`], or without an estimate.
    pub fn of(readout: &Readout, treated: u64, source: EffectSource) -> Result<Self, Error> {
        let factor = match readout.scale() {
            Scale::Difference => treated as f64,
            Scale::Total => 1.0,
            other => return Err(Error::range("scale of the readout", "a difference or a total", format!("{other:?}"))),
        };
        let Some(estimate) = readout.estimate() else {
            return Err(Error::range("estimate of the readout", "there", "none"));
        };
        let value = estimate * factor;
        let total = Readout::new(
            readout.method(),
            Scale::Total,
            (Some(value), readout.null() * factor),
            readout.set().times(factor),
            readout.p_value(),
            (readout.level(), readout.alternative()),
        );
        let error = readout.standard_error().map(|error| error * factor);
        let readout = error.map_or(total.clone(), |error| total.with_standard_error(error));
        Ok(Self { value, readout, source })
    }

    /// How much was added: conversions, kroner.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// How much the data do not contradict.
    pub fn set(&self) -> ConfidenceSet {
        self.readout.set()
    }

    /// How sure the set is.
    pub fn level(&self) -> Level {
        self.readout.level()
    }

    /// What it was measured by.
    pub fn source(&self) -> EffectSource {
        self.source
    }

    /// The test.
    pub fn readout(&self) -> &Readout {
        &self.readout
    }

    /// What each incremental conversion cost (iCPA).
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the spend is above zero.
    pub fn cost_per(&self, spend: f64) -> Result<IncrementalCost, Error> {
        let spend = positive("spend", spend)?;
        let (low, high) = self.set().ends();
        Ok(if low > 0.0 {
            IncrementalCost::Known { value: spend / self.value, low: spend / high, high: spend / low }
        } else if high < 0.0 {
            IncrementalCost::Loses
        } else {
            IncrementalCost::NotDistinguishable { at_least: (high > 0.0 && high.is_finite()).then(|| spend / high) }
        })
    }

    /// The reciprocal set of the cost as it is computed, negative parts and all: what [`Incremental::cost_per`] puts into words.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the spend is above zero.
    pub fn reciprocal_cost(&self, spend: f64) -> Result<ConfidenceSet, Error> {
        Ok(self.set().times(1.0 / positive("spend", spend)?).reciprocal())
    }

    /// The incremental return on ad spend (iROAS) at a fixed value of each conversion (1 if this counts value): value × incremental / spend, and its set.
    ///
    /// Where value and spend vary from user to user, see [`ratio_of_differences`].
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless spend and value are above zero.
    pub fn roas(&self, value_per_conversion: f64, spend: f64) -> Result<(f64, ConfidenceSet), Error> {
        let factor = positive("value per conversion", value_per_conversion)? / positive("spend", spend)?;
        Ok((self.value * factor, self.set().times(factor)))
    }
}

/// The difference of one thing over the difference of another, between the same two random groups: incremental value per incremental krone (iROAS), or conversions per person exposed.
///
/// Both differences have an error and belong together, so that the set is that of Fieller.
///
/// - iROAS with value and spend varying: `[value, spend]` of every user.
/// - Partial exposure: `[conversions, exposed]` of every user, exposed 0 or 1. The effect on those who were exposed is the effect on all who were meant to be, divided by the rate of exposure; users held out
///   who were exposed nevertheless are accounted for. (The total of conversions needs no division: [`Holdout::incremental`] of all who were meant to be.)
///
/// ```
/// use styring_experiments::{Hypothesis, Joint, ratio_of_differences};
///
/// // Of those meant to see it, four in ten did.
/// let meant = Joint::from_summary(10_000, [0.030, 0.40], [[0.0291, 0.006], [0.006, 0.24]])?;
/// let held_out = Joint::from_summary(10_000, [0.022, 0.0], [[0.0215, 0.0], [0.0, 0.0]])?;
/// let effect = ratio_of_differences(&meant, &held_out, Hypothesis::default().against(0.0))?;
/// assert!((effect.estimate().unwrap() - 0.02).abs() < 1e-12);
/// let (low, high) = effect.set().ends();
/// assert!(0.008 < low && high < 0.032);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::TooFew`] for a group of fewer than two; [`Error::ZeroBase`] where what is divided by does not differ at all.
pub fn ratio_of_differences(
    treated: &Joint<2>,
    held_out: &Joint<2>,
    hypothesis: impl Into<Hypothesis>,
) -> Result<Readout, Error> {
    let hypothesis = hypothesis.into();
    let asked = if hypothesis.null().is_none() { hypothesis.against(0.0) } else { hypothesis };
    Fieller::of_differences(treated, held_out)?.readout(Scale::Value, asked)
}

fn positive(field: &'static str, value: f64) -> Result<f64, Error> {
    if value > 0.0 && value.is_finite() { Ok(value) } else { Err(Error::range(field, "above 0", value)) }
}
