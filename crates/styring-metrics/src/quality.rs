use crate::Error;
use crate::check::{at_least, finite_in};

/// Whether the ads could be seen or heard, for the quality part of the effect score.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "kind", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Visibility {
    /// The channel has no such notion: search, e-mail. Weight 1.
    NotApplicable,
    /// It has, and nobody measured it. Weight 1, with a flag: a score without measurement is not comparable to one with.
    Unmeasured,
    /// Measured.
    Measured(MeasuredVisibility),
}

/// A measured visibility against the agreed benchmark of its format.
///
/// `V = min( ((seen + k·b) / (measurable + k)) / b, cap )`: the rate relative to the benchmark `b`, drawn toward it by a prior of `k` impressions so that a
/// handful of impressions decides nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct MeasuredVisibility {
    /// Impressions that could be measured (for AVOC: for both sound and picture).
    pub measurable: u64,
    /// Of those, seen: viewable (display), or audible and visible on complete (video, audio).
    pub seen: u64,
    /// The rate agreed as normal for the format, above 0 and at most 1. Market start values: display 0.70, video 0.78 (DoubleVerify Q1 2024).
    pub benchmark: f64,
    /// The weight of the prior, in impressions, zero or above; 1000 is usual.
    pub prior_impressions: f64,
    /// The largest weight, 1 or above: 1 if better than normal shall not pay, 1.25 if it may a little.
    pub cap: f64,
}

/// How often the same people were met, for the quality part of the effect score.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "kind", content = "value", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Frequency {
    /// Not known. Weight 1, with a flag.
    Unmeasured,
    /// Only the mean number of contacts per person reached is known: 1 or above, or 0 if nobody was. The penalty is then too small (Jensen); flagged.
    Average(f64),
    /// People by number of contacts, `(contacts, people)`. Entries for zero contacts are ignored: frequency is among the people reached.
    Histogram(Vec<(u32, u64)>),
}

/// The range of contacts per person that is worth paying for.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct FrequencyBand {
    /// Below this mean the message has not come through; 1 switches the penalty off.
    pub low: f64,
    /// The cap: contacts beyond this are wasted.
    pub high: f64,
}

/// The quality of what was delivered: `Q = V × F`, visibility times frequency.
///
/// `F = [Σ min(j, high)·n_j / Σ j·n_j] × min(1, f / low)`: the share of contacts inside the cap, and a penalty for a mean frequency `f` below the threshold.
/// With only a mean, `F = min(1, high / f) × min(1, f / low)`.
///
/// ```
/// use styring_metrics::{Frequency, FrequencyBand, MeasuredVisibility, Quality, Visibility};
///
/// let quality = Quality::new(
///     &Visibility::Measured(MeasuredVisibility {
///         measurable: 40_000, seen: 24_000, benchmark: 0.70, prior_impressions: 1_000.0, cap: 1.0,
///     }),
///     &Frequency::Histogram(vec![(1, 500), (2, 300), (9, 40)]),
///     FrequencyBand { low: 1.0, high: 5.0 },
/// )?;
/// assert!((quality.visibility_weight() - 0.86).abs() < 0.01);
/// assert!((quality.frequency_weight() - 0.89).abs() < 0.01);
/// # Ok::<(), styring_metrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Quality {
    visibility_rate: Option<f64>,
    visibility_weight: f64,
    visibility_known: bool,
    frequency: Option<f64>,
    frequency_weight: f64,
    mean_only: bool,
}

impl Quality {
    /// The quality of a delivery.
    ///
    /// Errors name the field that is out of its range; more seen than measurable is one.
    pub fn new(visibility: &Visibility, frequency: &Frequency, band: FrequencyBand) -> Result<Self, Error> {
        let (visibility_rate, visibility_weight) = match visibility {
            Visibility::Measured(measured) => match measured.rate()? {
                Some(rate) => (Some(rate), (rate / measured.benchmark).min(measured.cap)),
                None => (None, 1.0),
            },
            Visibility::NotApplicable | Visibility::Unmeasured => (None, 1.0),
        };
        let (frequency_mean, frequency_weight) = frequency.weigh(band)?;
        Ok(Self {
            visibility_rate,
            visibility_weight,
            visibility_known: visibility_rate.is_some() || matches!(visibility, Visibility::NotApplicable),
            frequency: frequency_mean,
            frequency_weight,
            mean_only: matches!(frequency, Frequency::Average(_)),
        })
    }

    /// A quality decided elsewhere, zero or above; 1 is normal.
    pub fn given(weight: f64) -> Result<Self, Error> {
        at_least("quality", weight, 0.0, "zero or above")?;
        Ok(Self {
            visibility_rate: None,
            visibility_weight: weight,
            visibility_known: true,
            frequency: None,
            frequency_weight: 1.0,
            mean_only: false,
        })
    }

    /// `Q = V × F`.
    pub fn weight(&self) -> f64 {
        self.visibility_weight * self.frequency_weight
    }

    /// The visibility rate after the prior, where measured.
    pub fn visibility_rate(&self) -> Option<f64> {
        self.visibility_rate
    }

    /// `V`.
    pub fn visibility_weight(&self) -> f64 {
        self.visibility_weight
    }

    /// The mean number of contacts per person, where known.
    pub fn frequency(&self) -> Option<f64> {
        self.frequency
    }

    /// `F`.
    pub fn frequency_weight(&self) -> f64 {
        self.frequency_weight
    }

    /// Whether visibility should have been measured and was not.
    pub fn visibility_unmeasured(&self) -> bool {
        !self.visibility_known
    }

    /// Whether only the mean frequency was known, so that the penalty for repetition is too small.
    pub fn frequency_mean_only(&self) -> bool {
        self.mean_only
    }
}

impl MeasuredVisibility {
    /// The rate after the prior; `None` if there is neither an impression nor a prior.
    fn rate(&self) -> Result<Option<f64>, Error> {
        finite_in("benchmark", self.benchmark, f64::MIN_POSITIVE..=1.0, "above 0 and at most 1")?;
        at_least("prior_impressions", self.prior_impressions, 0.0, "zero or above")?;
        at_least("visibility cap", self.cap, 1.0, "1 or above")?;
        if self.seen > self.measurable {
            return Err(Error::OutOfRange {
                field: "seen",
                expected: "at most the measurable impressions",
                value: format!("{} of {}", self.seen, self.measurable),
            });
        }
        let weight = self.measurable as f64 + self.prior_impressions;
        let seen = self.seen as f64 + self.prior_impressions * self.benchmark;
        Ok((weight > 0.0).then(|| seen / weight))
    }
}

impl Frequency {
    /// The mean, where known, and `F`.
    fn weigh(&self, band: FrequencyBand) -> Result<(Option<f64>, f64), Error> {
        at_least("frequency low", band.low, 1.0, "1 or above")?;
        at_least("frequency high", band.high, band.low, "at least the low end")?;
        let (mean, within_cap) = (self.mean()?, self.within_cap(band.high)?);
        Ok(mean
            .zip(within_cap)
            .map_or((None, 1.0), |(mean, within_cap)| (Some(mean), within_cap * (mean / band.low).min(1.0))))
    }

    /// The mean number of contacts per person, where known.
    fn mean(&self) -> Result<Option<f64>, Error> {
        match self {
            Self::Unmeasured => Ok(None),
            Self::Average(mean) if *mean == 0.0 => Ok(None),
            Self::Average(mean) => {
                at_least("frequency", *mean, 1.0, "1 or above, per person reached")?;
                Ok(Some(*mean))
            }
            Self::Histogram(people) => {
                let (met, all) = (contacts(people, |_| 1.0), contacts(people, |j| j));
                Ok((met > 0.0).then(|| all / met))
            }
        }
    }

    /// The share of contacts that lie inside a cap, where anything is known.
    pub(crate) fn within_cap(&self, cap: f64) -> Result<Option<f64>, Error> {
        let mean = self.mean()?;
        Ok(mean.map(|mean| match self {
            Self::Histogram(people) => contacts(people, |j| j.min(cap)) / contacts(people, |j| j),
            _ => {
                if mean > cap {
                    cap / mean
                } else {
                    1.0
                }
            }
        }))
    }
}

/// A sum over the people reached.
fn contacts(people: &[(u32, u64)], value: impl Fn(f64) -> f64) -> f64 {
    let reached = people.iter().filter(|(contacts, _)| *contacts > 0);
    reached.map(|(contacts, people)| value(f64::from(*contacts)) * *people as f64).sum()
}
