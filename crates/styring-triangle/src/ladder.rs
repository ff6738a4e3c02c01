use std::fmt::Debug;

use crate::triangle::last_age;
use crate::{Completion, Error, MackError, NoError, Projection, Triangle};

/// The chain ladder: what older cohorts went on to do, as one factor from each age to the next, and what younger ones will do by them.
///
/// - Factor from age `k`: `f = Σ C(k+1) / Σ C(k)` over all cohorts observed at `k+1`, a ratio of sums.
/// - Spread: `σ² = Σ (C(k+1) − f·C(k))² / C(k) / (n − 1)` over those `n` cohorts. Where there is one cohort alone, `σ²` is borrowed from the two factors before:
///   `min(b²/a, a, b)`, or from the one before if there is one only (Mack's rule).
/// - Projection of a cohort at `C`: times `f`, age by age. Its variance in the same steps: chance `v → f²·v + σ²·C`, factors `w → f²·w + σ²·C²/S`, where
///   `S = Σ C(k)` is what the factor was estimated from. For several cohorts together `C` is their sum, which is what the covariance of Mack's total comes to.
///
/// Assumes that cohorts develop alike, whatever happened to them before; that variances are in proportion to the value; and that cohorts are independent. A season that hits
/// all cohorts at once breaks the last one.
///
/// ```
/// use styring_triangle::{ChainLadder, Triangle};
///
/// let ladder = ChainLadder::fit(Triangle::from_cumulative([
///     (2021, vec![1000.0, 1800.0, 2050.0, 2100.0]),
///     (2022, vec![1100.0, 1900.0, 2200.0]),
///     (2023, vec![900.0, 1700.0]),
///     (2024, vec![1200.0]),
/// ])?);
/// let next_year = ladder.project(&2024, 1)?;
/// assert_eq!(next_year.value(), 1200.0 * 5400.0 / 3000.0);
/// // In the end, all cohorts together; their errors hang together, because the factors are the same.
/// let all = ladder.total(3)?;
/// assert!(all.se().is_some_and(|se| se > 50.0 && se < 300.0));
/// assert!(ladder.project(&2024, 4).is_err()); // nobody has been seen at that age
/// # Ok::<(), styring_triangle::Error>(())
/// ```
///
/// Cost: one pass over the triangle; a projection or a total is one pass over the ages.
///
/// Source: Mack 1993, *ASTIN Bulletin* 23(2), 213–225.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(bound(serialize = "K: Clone + serde::Serialize")))]
pub struct ChainLadder<K> {
    triangle: Triangle<K>,
    steps: Vec<Step>,
}

/// From one age to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Step {
    /// The age it starts from.
    pub age: u32,
    /// How many cohorts were observed at both ages.
    pub cohorts: usize,
    /// What they had at this age in all, `S`.
    pub base: f64,
    /// The factor; `None` if they had nothing, or less.
    pub factor: Option<f64>,
    /// How much the cohorts vary around it.
    pub spread: Spread,
}

/// Mack's `σ²` of a step, in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(tag = "kind", content = "value", rename_all = "snake_case")
)]
#[allow(clippy::exhaustive_enums, reason = "measured, borrowed, or not known")]
pub enum Spread {
    /// Measured over two cohorts or more.
    Measured(f64),
    /// One cohort alone: borrowed from the factors before.
    Borrowed(f64),
    /// Not known, and why.
    Unknown(NoError),
}

impl Spread {
    /// `σ²`, where it is known.
    pub fn sigma2(self) -> Option<f64> {
        self.known().ok()
    }

    fn known(self) -> Result<f64, NoError> {
        match self {
            Self::Measured(sigma2) | Self::Borrowed(sigma2) => Ok(sigma2),
            Self::Unknown(why) => Err(why),
        }
    }
}

impl<K> ChainLadder<K> {
    /// The factors of a triangle. A step that has none says so.
    pub fn fit(triangle: Triangle<K>) -> Self {
        let mut steps: Vec<Step> = Vec::new();
        let mut known: Vec<f64> = Vec::new();
        for age in 0..triangle.oldest_age() {
            let at = age as usize;
            let pairs =
                || triangle.rows().filter_map(move |(_, values)| Some((*values.get(at)?, *values.get(at + 1)?)));
            let step = step(age, pairs, &known);
            known.extend(step.spread.sigma2());
            steps.push(step);
        }
        Self { triangle, steps }
    }

    /// The triangle.
    pub fn triangle(&self) -> &Triangle<K> {
        &self.triangle
    }

    /// The steps from age 0 to the oldest: one less than there are ages.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The last age at which any cohort was observed: where projections end.
    pub fn oldest_age(&self) -> u32 {
        self.triangle.oldest_age()
    }

    /// All cohorts together at an age, with the covariance that the shared factors cause.
    ///
    /// Errors: as [`project`](Self::project).
    pub fn total(&self, age: u32) -> Result<Projection, Error> {
        self.together(self.triangle.rows().map(|(_, values)| values), age)
    }

    /// Every cohort at an age, in the order of the triangle. Errors: as [`project`](Self::project).
    pub fn project_all(&self, age: u32) -> Result<Vec<(&K, Projection)>, Error> {
        self.triangle.rows().map(|(cohort, values)| Ok((cohort, self.together([values], age)?))).collect()
    }

    /// A cohort that is not in the triangle, at `value` when it was `age` old, projected to the age `to`: a channel's cohort by the factors of all channels.
    ///
    /// Errors: an age beyond the oldest, or `to` before `age`; a value that is no number or beyond ±1e15; otherwise as [`project`](Self::project).
    pub fn project_from(&self, value: f64, age: u32, to: u32) -> Result<Projection, Error> {
        self.project_from_all([(value, age)], to)
    }

    /// Several such cohorts together.
    ///
    /// Errors: as [`project_from`](Self::project_from).
    pub fn project_from_all(
        &self,
        cohorts: impl IntoIterator<Item = (f64, u32)>,
        to: u32,
    ) -> Result<Projection, Error> {
        self.within(to)?;
        let mut walk = Walk::to(to);
        for (value, age) in cohorts {
            if !(-1e15..=1e15).contains(&value) {
                let (field, expected) = ("value", "a number from -1e15 to 1e15");
                return Err(Error::OutOfRange { field, expected, value: value.to_string() });
            }
            if age > to {
                let (field, expected) = ("age", "at most the age that is projected to");
                return Err(Error::OutOfRange { field, expected, value: format!("{age} of {to}") });
            }
            walk.join(age, value);
        }
        walk.go(&self.steps)
    }

    /// How much of the value at the oldest age is there at an age.
    ///
    /// Errors: as [`completion_to`](Self::completion_to).
    pub fn completion(&self, age: u32) -> Result<Completion, Error> {
        self.completion_to(age, self.oldest_age())
    }

    /// How much of the value at the age `to` is there at an age.
    ///
    /// Errors: an age beyond the oldest, or `to` before `age`; a step on the way without a factor; factors that multiply to zero or less.
    pub fn completion_to(&self, age: u32, to: u32) -> Result<Completion, Error> {
        self.within(to)?;
        if age > to {
            let (field, expected) = ("age", "at most the age of completion");
            return Err(Error::OutOfRange { field, expected, value: format!("{age} of {to}") });
        }
        let mut product = 1.0;
        let mut relative: Result<f64, NoError> = Ok(0.0);
        for step in self.steps.iter().take(to as usize).skip(age as usize) {
            let factor = step.factor.ok_or(Error::NoFactor { age: step.age, base: step.base })?;
            product *= factor;
            if product <= 0.0 {
                return Err(Error::NoCompletion { age, factor: product });
            }
            relative = relative.and_then(|sum| Ok(sum + step.spread.known()? / (factor * factor * step.base)));
        }
        if ![product, 1.0 / product, relative.unwrap_or_default()].iter().all(|number| number.is_finite()) {
            return Err(Error::TooLarge { what: "completion", age });
        }
        Ok(Completion { factor: product, relative_error: relative.map(f64::sqrt).ok(), no_error: relative.err() })
    }

    fn within(&self, age: u32) -> Result<(), Error> {
        let oldest = self.oldest_age();
        if age > oldest { Err(Error::AgeBeyond { age, oldest }) } else { Ok(()) }
    }

    fn together<'a>(&self, rows: impl IntoIterator<Item = &'a [f64]>, to: u32) -> Result<Projection, Error> {
        self.within(to)?;
        let mut walk = Walk::to(to);
        for values in rows {
            // Older than that: what it had then is known.
            let age = last_age(values).min(to);
            walk.join(age, values.get(age as usize).copied().unwrap_or_default());
        }
        walk.go(&self.steps)
    }
}

impl<K: Ord + Debug> ChainLadder<K> {
    /// A cohort at an age, with Mack's standard error; what was observed, without an error, where it is older.
    ///
    /// Errors: a cohort that is not in the triangle; an age beyond the oldest; a step on the way without a factor; a number too large.
    pub fn project(&self, cohort: &K, age: u32) -> Result<Projection, Error> {
        self.together([self.row(cohort)?], age)
    }

    /// Some of the cohorts together: those of a channel, with the factors of all.
    ///
    /// Errors: as [`project`](Self::project); a cohort named twice counts twice.
    pub fn total_of<'a>(&self, cohorts: impl IntoIterator<Item = &'a K>, age: u32) -> Result<Projection, Error>
    where
        K: 'a,
    {
        let rows: Vec<&[f64]> = cohorts.into_iter().map(|cohort| self.row(cohort)).collect::<Result<_, _>>()?;
        self.together(rows, age)
    }

    fn row(&self, cohort: &K) -> Result<&[f64], Error> {
        self.triangle.values(cohort).ok_or_else(|| Error::UnknownCohort { cohort: format!("{cohort:?}") })
    }
}

/// One step from the cohorts that were observed at both its ages.
fn step<I: Iterator<Item = (f64, f64)>>(age: u32, pairs: impl Fn() -> I, known: &[f64]) -> Step {
    let cohorts = pairs().count();
    let base: f64 = pairs().map(|(now, _)| now).sum();
    let factor = pairs().map(|(_, next)| next).sum::<f64>() / base;
    // A base so small that the quotient overflows is none.
    let factor = (base > 0.0 && factor.is_finite()).then_some(factor);
    let spread = match factor {
        Some(factor) => spread(age, pairs, factor, known),
        None => Spread::Unknown(NoError::FromNothing { age }),
    };
    Step { age, cohorts, base, factor, spread }
}

fn spread<I: Iterator<Item = (f64, f64)>>(age: u32, pairs: impl Fn() -> I, factor: f64, known: &[f64]) -> Spread {
    if pairs().any(|(now, next)| now < 0.0 || next < 0.0) {
        return Spread::Unknown(NoError::BelowZero { age });
    }
    if pairs().any(|(now, next)| now == 0.0 && next > 0.0) {
        return Spread::Unknown(NoError::FromNothing { age });
    }
    // A cohort that had nothing and got nothing says nothing of the factor.
    let (count, squares) = pairs().filter(|(now, _)| *now > 0.0).fold((0_u32, 0.0), |(count, sum), (now, next)| {
        let off = next - factor * now;
        (count + 1, sum + off * off / now)
    });
    if count > 1 {
        let sigma2 = squares / f64::from(count - 1);
        return if sigma2.is_finite() {
            Spread::Measured(sigma2)
        } else {
            Spread::Unknown(NoError::FromNothing { age })
        };
    }
    match known {
        [] => Spread::Unknown(NoError::OneCohort { age }),
        [only] => Spread::Borrowed(*only),
        // min(b²/a, a, b): b²/a is the least exactly where b is below a, which is not zero then.
        [.., before, last] => Spread::Borrowed(if last < before { last * (last / before) } else { *before }),
    }
}

/// Cohorts on their way up to an age: they join at their own, and go on together.
struct Walk {
    to: u32,
    /// Age and value of each.
    joining: Vec<(u32, f64)>,
}

impl Walk {
    fn to(age: u32) -> Self {
        Self { to: age, joining: Vec::new() }
    }

    fn join(&mut self, age: u32, value: f64) {
        self.joining.push((age, value));
    }

    fn go(mut self, steps: &[Step]) -> Result<Projection, Error> {
        self.joining.sort_by_key(|(age, _)| *age);
        let start = self.joining.first().map_or(self.to, |(age, _)| *age);
        let observed = self.joining.iter().map(|(_, value)| value).sum();
        let waiting = || self.joining.iter().filter(|(age, _)| *age < self.to);
        let nothing_yet = waiting().filter(|(_, value)| *value == 0.0).count();
        let all_nothing = nothing_yet > 0 && nothing_yet == waiting().count();
        let mut unknown = all_nothing.then_some(NoError::NothingYet);

        let (mut value, mut chance, mut factors) = (0.0, 0.0, 0.0);
        let mut joining = self.joining.iter().peekable();
        for step in steps.iter().take(self.to as usize).skip(start as usize) {
            while let Some((_, own)) = joining.next_if(|(age, _)| *age == step.age) {
                value += own;
            }
            let factor = step.factor.ok_or(Error::NoFactor { age: step.age, base: step.base })?;
            match step.spread.known() {
                Err(why) => {
                    unknown.get_or_insert(why);
                }
                Ok(_) if value < 0.0 => {
                    unknown.get_or_insert(NoError::BelowZero { age: step.age });
                }
                Ok(sigma2) => {
                    chance = factor * factor * chance + sigma2 * value;
                    factors = factor * factor * factors + sigma2 * value * (value / step.base);
                }
            }
            value *= factor;
        }
        value += joining.map(|(_, own)| own).sum::<f64>();
        if ![value, chance, factors].iter().all(|number| number.is_finite()) {
            return Err(Error::TooLarge { what: "projection", age: start });
        }
        let error = match unknown {
            Some(why) => MackError::Unknown(why),
            None => MackError::Known { chance: chance.sqrt(), factors: factors.sqrt() },
        };
        Ok(Projection { observed, value, error, nothing_yet })
    }
}
