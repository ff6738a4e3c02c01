use styring_money::{Exact, Sign};
use styring_special::{Split, beta_inc};

use crate::{Direction, Error, Ratio};

/// How a goal is doing: the pace from nothing to a target over a number of days. For sums and margins; a ratio does not add up over days and has no pace.
///
/// ```
/// use styring_metrics::{Goal, Outcome, Progress};
///
/// let goal: Goal = "Raise revenue by 10 % in 50 days".parse()?;
/// let target = goal.target(&1_000_000.into())?;
/// let progress = goal.progress(target.clone(), 20, 420_000.into())?;
/// assert_eq!(progress.expected_to_date().to_string(), "440000");
/// assert_eq!(progress.required_per_day().number(), Outcome::Value(680_000.0 / 30.0));
///
/// // Saturdays sell twice as much as other days; the day to come is one.
/// let week = [1, 1, 1, 1, 1, 2, 1];
/// let weights: Vec<_> = (0..50).map(|day| week[day % 7].into()).collect();
/// let progress = Progress::seasonal(target, &weights, 19, 420_000.into())?;
/// assert_eq!(progress.required_on(19).and_then(|day| day.number().value()), Some(680_000.0 * 2.0 / 36.0));
/// # Ok::<(), styring_metrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    target: Exact,
    actual: Exact,
    days: u32,
    elapsed: u32,
    /// The part of the target that is due by now.
    due: Exact,
    /// The weight of the days that have passed.
    passed: Exact,
    /// The weights of the days that are left; none of a straight pace, where each is 1.
    left: Option<Vec<Exact>>,
}

/// A hundred years: as long as a goal may be.
pub(crate) const LONGEST: u32 = 36_525;

impl Progress {
    /// The same part of the target every day.
    ///
    /// Errors: no days, or more than a hundred years of them; more days elapsed than there are.
    pub fn straight(target: Exact, days: u32, elapsed: u32, actual: Exact) -> Result<Self, Error> {
        check(days as usize, elapsed)?;
        let due = Exact::from(elapsed).checked_div(&days.into()).unwrap_or_default();
        Ok(Self { target, actual, days, elapsed, due, passed: elapsed.into(), left: None })
    }

    /// Parts of the target by the weight of every day: weekends, pay days, Black Week.
    ///
    /// Errors: as [`straight`](Self::straight); a weight below zero, or none above.
    pub fn seasonal(target: Exact, weights: &[Exact], elapsed: u32, actual: Exact) -> Result<Self, Error> {
        let days = check(weights.len(), elapsed)?;
        if let Some(weight) = weights.iter().find(|weight| weight.sign() == Sign::Negative) {
            return Err(fault("weight of a day", "zero or above", weight.to_string()));
        }
        let (before, left) = weights.split_at(elapsed as usize);
        let passed: Exact = before.iter().sum();
        match passed.checked_div(&weights.iter().sum()) {
            Some(due) => Ok(Self { target, actual, days, elapsed, due, passed, left: Some(left.to_vec()) }),
            None => Err(fault("days", "at least one, of a weight above zero", days.to_string())),
        }
    }

    /// The value to reach.
    pub fn target(&self) -> &Exact {
        &self.target
    }

    /// What should have been reached by now.
    pub fn expected_to_date(&self) -> Exact {
        &self.target * &self.due
    }

    /// What was reached, over the target.
    pub fn attainment(&self) -> Ratio {
        Ratio::new(self.actual.clone(), self.target.clone())
    }

    /// What was reached, over what should have been by now. Where a number shall be lowered, more than 1 is too much.
    pub fn attainment_to_date(&self) -> Ratio {
        Ratio::new(self.actual.clone(), self.expected_to_date())
    }

    /// What is missing, per day that is left: on average, whatever their weights.
    pub fn required_per_day(&self) -> Ratio {
        Ratio::new(self.missing(), Exact::from(self.days - self.elapsed))
    }

    /// What a day that is left must bring, by its weight; the first day of the goal is 0. `None` for days that have passed or lie behind the end.
    pub fn required_on(&self, day: u32) -> Option<Ratio> {
        if day >= self.days {
            return None;
        }
        let at = day.checked_sub(self.elapsed)? as usize;
        Some(match &self.left {
            None => self.required_per_day(),
            Some(left) => Ratio::new(&self.missing() * left.get(at)?, left.iter().sum()),
        })
    }

    fn missing(&self) -> Exact {
        &self.target - &self.actual
    }

    /// What the end will be if things go on at this pace: what was reached over the part that was due.
    pub fn projected(&self) -> Ratio {
        Ratio::new(self.actual.clone(), self.due.clone())
    }

    /// By how much the baseline has been passed at this pace, as a share of it: `projected / baseline − 1`.
    pub fn uplift_so_far(&self, baseline: &Exact) -> Ratio {
        let due = baseline * &self.due;
        Ratio::new(&self.actual - &due, due)
    }

    /// The probability that the target is reached, if the days to come vary like the days so far.
    ///
    /// A day of weight `w` brings `w·(μ + e)`, its noise growing with it. The rest, of the weights `w`, is then known from `k` days with standard deviation `s` per unit of weight: Student's t
    /// with `k − 1` degrees of freedom and scale `s·√(Σw² + (Σw)²/k)`; at a straight pace `s·√(m + m²/k)` for `m` days. Days that follow each other closely (an autocorrelation above
    /// zero, a trend) make it too sure of itself.
    ///
    /// `days` must hold the days that have elapsed: at a straight pace [added](DailyValues::add) as they are, at a seasonal one each [with its weight](DailyValues::add_weighted).
    ///
    /// Errors: fewer than two days; other days than have elapsed, or with other weights.
    pub fn probability(&self, days: &DailyValues, direction: Direction) -> Result<f64, Error> {
        let known = days.mean().zip(days.variance()).filter(|_| days.weight == self.passed);
        let (mean, variance) = known.ok_or_else(|| Error::OutOfRange {
            field: "days with values",
            expected: "those that have elapsed, with their weights, and at least two",
            value: format!("{} of a weight of {} in all", days.count, days.weight),
        })?;
        let (weight, squares) = match &self.left {
            None => (Exact::from(self.days - self.elapsed), Exact::from(self.days - self.elapsed)),
            Some(left) => (left.iter().sum(), left.iter().map(|weight| weight * weight).sum()),
        };
        let end = &self.actual + &(&mean * &weight);
        let surplus = (&end - &self.target).to_f64();
        let surplus = if direction == Direction::Raise { surplus } else { -surplus };
        let (k, weight) = (f64::from(days.count), weight.to_f64());
        let scale = (variance.to_f64() * (squares.to_f64() + weight * weight / k)).sqrt();
        if scale == 0.0 {
            return Ok(if surplus >= 0.0 { 1.0 } else { 0.0 });
        }
        student_below(surplus / scale, k - 1.0)
    }
}

fn check(days: usize, elapsed: u32) -> Result<u32, Error> {
    let days = u32::try_from(days).ok().filter(|days| (1..=LONGEST).contains(days)).ok_or_else(|| {
        fault("days", "at least one, of a weight above zero, and at most a hundred years", days.to_string())
    })?;
    if elapsed > days {
        return Err(fault("elapsed days", "at most the days of the goal", format!("{elapsed} of {days}")));
    }
    Ok(days)
}

fn fault(field: &'static str, expected: &'static str, value: String) -> Error {
    Error::OutOfRange { field, expected, value }
}

/// P(T ≤ t) of Student's t, by the incomplete beta function.
fn student_below(t: f64, freedom: f64) -> Result<f64, Error> {
    let beyond = beta_inc(freedom / 2.0, 0.5, Split::from_ratio(freedom, t * t)?)?.lower() / 2.0;
    Ok(if t > 0.0 { 1.0 - beyond } else { beyond })
}

/// Daily values as a mergeable summary: their number, sum and sum of squares, exact, each per unit of its day's weight.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DailyValues {
    count: u32,
    weight: Exact,
    sum: Exact,
    squares: Exact,
}

impl DailyValues {
    /// Adds the value of a day like any other.
    pub fn add(&mut self, value: &Exact) {
        let (weight, sum, squares) = (Exact::ONE, value.clone(), value * value);
        self.merge(&Self { count: 1, weight, sum, squares });
    }

    /// Adds the value of a day with its weight: what it brought per unit of weight counts. A closed day, of weight zero, says nothing.
    ///
    /// Errors: a weight below zero; a value other than zero on a day of weight zero.
    pub fn add_weighted(&mut self, value: &Exact, weight: &Exact) -> Result<(), Error> {
        match (value.checked_div(weight), weight.sign()) {
            (_, Sign::Negative) => return Err(fault("weight of a day", "zero or above", weight.to_string())),
            (None, _) if value.is_zero() => {}
            (None, _) => return Err(fault("value of a day of weight zero", "zero", value.to_string())),
            (Some(sum), _) => {
                let squares = &sum * &sum;
                self.merge(&Self { count: 1, weight: weight.clone(), sum, squares });
            }
        }
        Ok(())
    }

    /// Adds all days of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.weight += &other.weight;
        self.sum += &other.sum;
        self.squares += &other.squares;
    }

    /// How many days there are, closed ones left out.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Their mean, per unit of weight; `None` of none.
    pub fn mean(&self) -> Option<Exact> {
        self.sum.checked_div(&self.count.into())
    }

    /// Their sample variance, per unit of weight squared; `None` of fewer than two.
    pub fn variance(&self) -> Option<Exact> {
        let around = &self.squares - &(&self.sum * &self.mean()?);
        around.checked_div(&self.count.checked_sub(1)?.into())
    }
}
