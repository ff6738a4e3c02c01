//! Where things may go from here.

use chrono::NaiveDate;
use serde::Serialize;
use styring_metrics::{DailyValues, Direction, Goal, Progress};
use styring_money::{Exact, Sign};
use styring_special::{Split, beta_inc_inv};

use super::after;
use super::series::{Series, is_ratio};
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
    /// The weight of every day of the goal.
    weights: &'a [Exact],
}

impl<'a> Chances<'a> {
    pub(super) fn new(goal: &Goal, series: &'a Series, weights: &'a [Exact]) -> Self {
        Self { series, direction: goal.direction, is_ratio: is_ratio(goal.measure), weights }
    }

    /// The values of the days so far with their weights, a denominator counting `level` times against them; none if a day that should bring nothing has brought something.
    fn values(&self, level: &Exact) -> Option<DailyValues> {
        let mut values = DailyValues::default();
        for (part, weight) in self.series.parts().zip(self.weights) {
            let value = &part.numerator - &(&part.denominator * level);
            values.add_weighted(&value, weight).ok()?;
        }
        Some(values).filter(|values| values.count() >= 2)
    }

    /// The chance that the number is at the target or better at the end; none if it cannot be told.
    ///
    /// A ratio is at least `r` when its numerator less `r` times its denominator is at least zero, which is a sum like any other.
    pub(super) fn chance(&self, target: &Exact) -> Result<Option<f64>, Error> {
        if self.is_ratio && self.series.denominator().sign() != Sign::Positive {
            return Ok(None);
        }
        let (level, target) = if self.is_ratio { (target, &Exact::ZERO) } else { (&Exact::ZERO, target) };
        let Some(values) = self.values(level) else {
            return Ok(None);
        };
        let actual = &self.series.numerator() - &(&self.series.denominator() * level);
        let progress = Progress::seasonal(target.clone(), self.weights, self.series.len(), actual)?;
        Ok(Some(progress.probability(&values, self.direction)?))
    }

    /// The fan from the end of `as_of` to that of `last_day`, by the same reckoning as the chance: days to come of weights `w` are a sum of scale `s·√(Σw² + (Σw)²/k)` around `Σw` times
    /// the mean of the `k` days so far. The limits of a ratio are those of Fieller (1954); none where the denominator may be zero for all that is known.
    pub(super) fn fan(&self, as_of: NaiveDate, last_day: NaiveDate) -> Result<Vec<FanPoint>, Error> {
        let left = u32::try_from((last_day - as_of).num_days()).unwrap_or(0);
        let points = left.min(POINTS);
        let Some(spread) = self.spread() else {
            return Ok(Vec::new());
        };
        let freedom = spread.days - 1.0;
        let (half, ninety) = (student(0.25, freedom)?, student(0.05, freedom)?);
        let ahead = (1..=points).map(|point| (left * point).div_ceil(points));
        let point = |ahead: u32| {
            let weights = self.weights.iter().skip(self.series.len() as usize).take(ahead as usize);
            let (weight, squares) = weights.fold((0.0, 0.0), |(weight, squares), next| {
                let next = next.to_f64();
                (weight + next, squares + next * next)
            });
            let reach = squares + weight * weight / spread.days;
            Some(FanPoint {
                day: after(as_of, ahead).unwrap_or(last_day),
                middle: spread.middle(weight),
                half: spread.limits(weight, reach * half * half)?,
                ninety: spread.limits(weight, reach * ninety * ninety)?,
            })
        };
        Ok(ahead.map(point).collect::<Option<Vec<_>>>().unwrap_or_default())
    }

    fn spread(&self) -> Option<Spread> {
        // The variance of a sum of two holds the covariance; all of it exact until here.
        let at = |level: i32| self.values(&level.into());
        let alone = at(0)?;
        let [above, minus, plus] = [alone.variance(), at(1)?.variance(), at(-1)?.variance()];
        let (above, minus, plus) = (above?, minus?, plus?);
        let denominators = &(&(&minus + &plus) - &(&above * &2.into())) * &Exact::new(5, 1);
        let between = &(&plus - &minus) * &Exact::new(25, 2);
        let days = f64::from(alone.count());
        let denominator = self.is_ratio.then(|| self.series.denominator().to_f64());
        Some(Spread {
            days,
            actual: self.series.numerator().to_f64(),
            daily: alone.mean()?.to_f64(),
            denominator: denominator.map(|denominator| (denominator, denominator / days)),
            above: above.to_f64(),
            below: denominators.to_f64(),
            between: between.to_f64(),
        })
    }
}

/// What the days so far say of one more, per unit of weight.
struct Spread {
    days: f64,
    /// The sum so far, and what a day adds to it.
    actual: f64,
    daily: f64,
    /// The same below the line; none for a sum.
    denominator: Option<(f64, f64)>,
    /// Variance of the numerators.
    above: f64,
    /// Variance of the denominators.
    below: f64,
    /// Covariance of the two.
    between: f64,
}

impl Spread {
    fn middle(&self, weight: f64) -> f64 {
        let above = self.actual + self.daily * weight;
        self.denominator.map_or(above, |(actual, daily)| above / (actual + daily * weight))
    }

    /// The middle less and plus the root of so many variances.
    fn limits(&self, weight: f64, reach: f64) -> Option<(f64, f64)> {
        let Self { above, below, between, .. } = self;
        let upper = self.actual + self.daily * weight;
        let Some((actual, daily)) = self.denominator else {
            let off = libm::sqrt(reach * above.max(0.0));
            return Some((upper - off, upper + off));
        };
        // The r at which (N − rD)² of the end is t² times its variance: a·r² − 2·b·r + c = 0.
        let lower = actual + daily * weight;
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
