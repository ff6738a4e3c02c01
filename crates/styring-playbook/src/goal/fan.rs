//! Where things may go from here.

use chrono::NaiveDate;
use serde::Serialize;
use styring_metrics::{Direction, Goal, Progress};
use styring_money::{Exact, Sign};
use styring_special::{Split, beta_inc_inv};

use super::series::{Series, is_ratio};
use super::{after, values};
use crate::Error;

/// Where the number may be at the end of a day to come: a sum to date, or a ratio to date.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FanPoint {
    /// The day.
    pub day: NaiveDate,
    /// As likely above as below.
    pub middle: f64,
    /// With a probability of one half it is between these.
    pub half: (f64, f64),
    /// With a probability of nine tenths it is between these.
    pub ninety: (f64, f64),
}

/// As many days as a fan is worked out for; between them it is nearly straight.
const POINTS: u32 = 12;

/// The chances that the days so far give the days to come.
pub(super) struct Chances<'a> {
    series: &'a Series,
    direction: Direction,
    is_ratio: bool,
}

impl<'a> Chances<'a> {
    pub(super) fn new(goal: &Goal, series: &'a Series) -> Self {
        Self { series, direction: goal.direction, is_ratio: is_ratio(goal.measure) }
    }

    /// The chance that the number is at the target or better at the end of so many days; none if it cannot be told.
    ///
    /// A ratio is at least `r` when its numerator less `r` times its denominator is at least zero, which is a sum like any other.
    pub(super) fn chance(&self, days: u32, target: &Exact) -> Result<Option<f64>, Error> {
        if self.series.len() < 2 || (self.is_ratio && self.series.denominator().sign() != Sign::Positive) {
            return Ok(None);
        }
        let (level, target) = if self.is_ratio { (target, &Exact::ZERO) } else { (&Exact::ZERO, target) };
        let actual = &self.series.numerator() - &(&self.series.denominator() * level);
        let progress = Progress::straight(target.clone(), days, self.series.len(), actual)?;
        Ok(Some(progress.probability(&values(self.series, level), self.direction)?))
    }

    /// The fan from the end of `as_of` to that of `last_day`, by the same reckoning as the chance: `m` days to come are a sum of scale `s·√(m + m²/k)` around `m` times the
    /// mean of the `k` days so far. The limits of a ratio are those of Fieller (1954); none where the denominator may be zero for all that is known.
    pub(super) fn fan(&self, as_of: NaiveDate, last_day: NaiveDate) -> Result<Vec<FanPoint>, Error> {
        let left = u32::try_from((last_day - as_of).num_days()).unwrap_or(0);
        let points = left.min(POINTS);
        let freedom = f64::from(self.series.len()) - 1.0;
        let (half, ninety) = (student(0.25, freedom)?, student(0.05, freedom)?);
        let spread = Spread::of(self.series, self.is_ratio);
        let ahead = (1..=points).map(|point| (left * point).div_ceil(points));
        let point = |ahead| {
            Some(FanPoint {
                day: after(as_of, ahead).unwrap_or(last_day),
                middle: spread.middle(ahead),
                half: spread.limits(ahead, half)?,
                ninety: spread.limits(ahead, ninety)?,
            })
        };
        Ok(ahead.map(point).collect::<Option<Vec<_>>>().unwrap_or_default())
    }
}

/// What the days so far say of one more: sums, and variances of and between them.
struct Spread {
    days: f64,
    numerator: f64,
    /// None for a sum.
    denominator: Option<f64>,
    /// Variance of the numerators.
    above: f64,
    /// Variance of the denominators.
    below: f64,
    /// Covariance of the two.
    between: f64,
}

impl Spread {
    fn of(series: &Series, is_ratio: bool) -> Self {
        // The variance of a sum of two holds the covariance; all of it exact until here.
        let at = |level: i32| values(series, &level.into()).variance().unwrap_or_default();
        let (alone, minus, plus) = (at(0), at(1), at(-1));
        let both = &minus + &plus;
        let denominators = &(&both - &(&alone * &2.into())) * &Exact::new(5, 1);
        let between = &(&plus - &minus) * &Exact::new(25, 2);
        Self {
            days: f64::from(series.len()),
            numerator: series.numerator().to_f64(),
            denominator: is_ratio.then(|| series.denominator().to_f64()),
            above: alone.to_f64(),
            below: denominators.to_f64(),
            between: between.to_f64(),
        }
    }

    /// By how much everything has grown after so many days more.
    fn growth(&self, ahead: u32) -> f64 {
        (self.days + f64::from(ahead)) / self.days
    }

    fn middle(&self, ahead: u32) -> f64 {
        self.denominator.map_or(self.numerator * self.growth(ahead), |denominator| self.numerator / denominator)
    }

    /// The middle less and plus `t` scales.
    fn limits(&self, ahead: u32, t: f64) -> Option<(f64, f64)> {
        let growth = self.growth(ahead);
        let reach = t * t * f64::from(ahead) * growth;
        let Self { above, below, between, .. } = self;
        let Some(denominator) = self.denominator else {
            let (middle, off) = (self.middle(ahead), libm::sqrt(reach * above));
            return Some((middle - off, middle + off));
        };
        // The r at which (N − rD)² of the end is t² times its variance: a·r² − 2·b·r + c = 0.
        let (upper, lower) = (self.numerator * growth, denominator * growth);
        let (a, b, c) = (lower * lower - reach * below, upper * lower - reach * between, upper * upper - reach * above);
        let off = libm::sqrt((b * b - a * c).max(0.0));
        (a > 0.0).then(|| ((b - off) / a, (b + off) / a))
    }
}

/// The quantile of Student's t that leaves `tail` beyond it, up to one half.
fn student(tail: f64, freedom: f64) -> Result<f64, Error> {
    let part = Split::from_lower(2.0 * tail).and_then(|both| beta_inc_inv(freedom / 2.0, 0.5, both));
    let part = part.map_err(styring_metrics::Error::from)?;
    Ok(libm::sqrt(freedom * part.upper() / part.lower()))
}
