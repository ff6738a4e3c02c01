//! Numbers of people from a sample of their hashes, with bounds.

use std::fmt;

use datasketches::common::NumStdDev;
use datasketches::theta::CompactThetaSketch;

use super::count::sealed::{Counted, Parted};
use super::{Count, NoRatio, Sampling};
use crate::Language;

/// Fewer samples than this say too little: the bounds hold, the value does not stand for itself.
pub const LEAST_SAMPLES: u64 = 30;

/// How wide bounds are, in standard deviations of the normal distribution that has the same tails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "the three that all implementations give")]
pub enum Deviations {
    /// About 68 % of intervals hold the true number.
    One,
    /// About 95 %.
    #[default]
    Two,
    /// About 99.7 %.
    Three,
}

impl Deviations {
    pub(super) fn foreign(self) -> NumStdDev {
        match self {
            Self::One => NumStdDev::One,
            Self::Two => NumStdDev::Two,
            Self::Three => NumStdDev::Three,
        }
    }
}

/// A number of people from a sample: the value with its bounds at two standard deviations, and whether the value can be used.
///
/// `retained` hashes below a threshold were found of so many people that each is found with the probability theta: `value = retained / theta`. The bounds are those that DataSketches gives,
/// from the tails of the binomial distribution.
///
/// Below [`LEAST_SAMPLES`] the value is **not usable**: an overlap of 1 in the sample may be anything from nearly nothing to hundreds. The bounds still hold. [`fmt::Display`] writes the
/// bounds, and a value only where it is usable.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Estimate {
    retained: u64,
    sampling: Sampling,
    lower: f64,
    upper: f64,
}

impl Estimate {
    /// The value. Quote it with its bounds, and not at all unless it is [usable](Self::usable).
    pub fn value(self) -> f64 {
        self.retained as f64 / self.sampling.share()
    }

    /// The lower bound, at two standard deviations.
    pub fn lower(self) -> f64 {
        self.lower
    }

    /// The upper bound, at two standard deviations.
    pub fn upper(self) -> f64 {
        self.upper
    }

    /// How many samples it rests on.
    pub fn retained(self) -> u64 {
        self.retained
    }

    /// Whether it is no estimate: everybody was counted.
    pub fn is_exact(self) -> bool {
        self.sampling.is_exact()
    }

    /// Whether the value can be used: it is exact, or rests on [`LEAST_SAMPLES`] or more.
    pub fn usable(self) -> bool {
        self.is_exact() || self.retained >= LEAST_SAMPLES
    }

    /// Lower and upper bound at another width.
    pub fn bounds(self, deviations: Deviations) -> (f64, f64) {
        bounds(self.retained, self.sampling, deviations)
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (value, lower, upper) = (self.value(), self.lower, self.upper);
        match (self.is_exact(), self.usable()) {
            (true, _) => write!(f, "{value}"),
            (_, true) => write!(f, "{value:.0} ({lower:.0} to {upper:.0})"),
            (_, false) => write!(f, "{lower:.0} to {upper:.0} (only {} in the sample)", self.retained),
        }
    }
}

impl Counted for Estimate {
    fn of(retained: u64, sampling: Sampling) -> Self {
        let (lower, upper) = bounds(retained, sampling, Deviations::Two);
        Self { retained, sampling, lower, upper }
    }

    fn nobody(self) -> bool {
        self.is_exact() && self.retained == 0
    }

    fn words(self, language: Language) -> String {
        let (value, lower, upper) = (self.value(), self.lower, self.upper);
        match (self.is_exact(), self.usable(), language) {
            (true, ..) => format!("{value:.0}"),
            (_, true, Language::English) => format!("about {value:.0} ({lower:.0} to {upper:.0})"),
            (_, true, Language::Norwegian) => format!("omtrent {value:.0} ({lower:.0} til {upper:.0})"),
            (_, false, Language::English) => format!("{lower:.0} to {upper:.0}"),
            (_, false, Language::Norwegian) => format!("{lower:.0} til {upper:.0}"),
        }
    }
}

impl Count for Estimate {
    type Ratio = EstimatedRatio;

    fn to_f64(self) -> f64 {
        self.value()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Estimate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Estimate {
            value: f64,
            lower: f64,
            upper: f64,
            retained: u64,
            exact: bool,
            usable: bool,
        }
        let (retained, exact, usable) = (self.retained, self.is_exact(), self.usable());
        let told = Estimate { value: self.value(), lower: self.lower, upper: self.upper, retained, exact, usable };
        told.serialize(serializer)
    }
}

/// Bounds of a number of people of whom so many were sampled.
fn bounds(retained: u64, sampling: Sampling, deviations: Deviations) -> (f64, f64) {
    /// Up to here the family of sketches has tables and exact sums; above, a closed form.
    const SMALL: u64 = 120;
    let counted = retained as f64;
    if sampling.is_exact() {
        return (counted, counted);
    }
    let theta = sampling.share();
    let value = counted / theta;
    let (lower, upper) = if retained <= SMALL {
        tabled(retained, sampling, deviations)
    } else {
        // The normal approximation to the binomial tail with correction for continuity, half a person outwards.
        let width = f64::from(deviations.foreign().as_u8());
        let spread = width * ((1.0 - theta) / theta).sqrt();
        let root = |near: f64, sign: f64| {
            near + 0.5 * spread * spread + sign * 0.5 * spread * (spread * spread + 4.0 * near).sqrt()
        };
        (root((counted - 0.5) / theta, -1.0) - 0.5, root((counted + 0.5) / theta, 1.0) + 0.5)
    };
    (lower.max(counted).min(value), upper.max(value))
}

/// The bounds of a sketch that holds so many hashes: made for the purpose, since it is the sketch that knows the tables.
fn tabled(retained: u64, sampling: Sampling, deviations: Deviations) -> (f64, f64) {
    let image = super::theta::image(sampling.theta64(), retained);
    let deviations = deviations.foreign();
    match CompactThetaSketch::deserialize(&image) {
        Ok(sketch) => (sketch.lower_bound(deviations), sketch.upper_bound(deviations)),
        // Not reached: the image is well-formed. Everything is possible is still true.
        Err(_) => (retained as f64, f64::MAX),
    }
}

/// A part of a whole, from a sample of the whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EstimatedRatio {
    part: u64,
    whole: u64,
    sampling: Sampling,
}

/// A share with its bounds at two standard deviations.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct EstimatedShare {
    /// The share.
    pub value: f64,
    /// The lower bound.
    pub lower: f64,
    /// The upper bound.
    pub upper: f64,
    /// Whether the value can be used: it is exact, or [`LEAST_SAMPLES`] or more of the part are in the sample.
    pub usable: bool,
}

impl EstimatedRatio {
    /// Samples of the part.
    pub fn part(self) -> u64 {
        self.part
    }

    /// Samples of the whole.
    pub fn whole(self) -> u64 {
        self.whole
    }

    /// The share, with bounds at two standard deviations.
    ///
    /// The part is binomial given the whole; the deviations are narrowed by `√(1 − theta)`, since the sample is drawn without replacement. The bounds are by the formula 26.5.22 of Abramowitz and Stegun 1964,
    /// *Handbook of Mathematical Functions*, and exact at the ends, as all implementations of DataSketches have them for Jaccard's index.
    ///
    /// # Errors
    /// [`NoRatio::NoDenominator`] where the whole is nobody; [`NoRatio::NoSample`] where nobody of the whole was sampled.
    pub fn value(self) -> Result<EstimatedShare, NoRatio> {
        if self.whole == 0 {
            return Err(if self.sampling.is_exact() { NoRatio::NoDenominator } else { NoRatio::NoSample });
        }
        let value = self.part as f64 / self.whole as f64;
        if self.sampling.is_exact() {
            return Ok(EstimatedShare { value, lower: value, upper: value, usable: true });
        }
        let (lower, upper) = self.bounds();
        Ok(EstimatedShare { value, lower, upper, usable: self.part >= LEAST_SAMPLES })
    }

    fn bounds(self) -> (f64, f64) {
        let (part, whole) = (self.part as f64, self.whole as f64);
        let theta = self.sampling.share();
        let narrowed = (1.0 - theta).sqrt() + if theta > 0.5 { 0.01 * (theta - 0.5) } else { 0.0 };
        let deviations = 2.0 * narrowed;
        let tail = 0.5 * (1.0 - erf(deviations / std::f64::consts::SQRT_2));
        let root = |probability: f64| libm::pow(probability, 1.0 / whole);
        let lower = match self.part {
            0 => 0.0,
            1 => 1.0 - root(1.0 - tail),
            _ if self.part == self.whole => root(tail),
            _ => 1.0 - beta_quantile(whole - part + 1.0, part, -deviations),
        };
        let upper = match self.part {
            _ if self.part == self.whole => 1.0,
            _ if self.part + 1 == self.whole => root(1.0 - tail),
            0 => 1.0 - root(tail),
            _ => 1.0 - beta_quantile(whole - part, part + 1.0, deviations),
        };
        (lower, upper)
    }
}

impl Parted for EstimatedRatio {
    fn of(part: u64, whole: u64, sampling: Sampling) -> Self {
        Self { part, whole, sampling }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for EstimatedRatio {
    /// The share, or why there is none.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

/// Abramowitz and Stegun 26.5.22: where the incomplete beta function has the tail of the normal distribution beyond `deviations`.
fn beta_quantile(a: f64, b: f64, deviations: f64) -> f64 {
    let (a2, b2) = (1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0));
    let lambda = (deviations * deviations - 3.0) / 6.0;
    let h = 2.0 / (a2 + b2);
    let w = deviations * (h + lambda).sqrt() / h - (b2 - a2) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
    a / (a + b * libm::exp(2.0 * w))
}

/// Abramowitz and Stegun 7.1.28, good to 3·10⁻⁷, for numbers from 0: the one the other implementations use, so that bounds agree with theirs.
fn erf(x: f64) -> f64 {
    const C: [f64; 6] =
        [0.070_523_078_4, 0.042_282_012_3, 0.009_270_527_2, 0.000_152_014_3, 0.000_276_567_2, 0.000_043_063_8];
    let sum = C.iter().rev().fold(0.0, |sum, c| (sum + c) * x) + 1.0;
    let fourth = sum * sum * sum * sum;
    1.0 - (fourth * fourth * fourth * fourth).recip()
}
