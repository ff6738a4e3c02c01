use styring_special::{Split, student_inv};

use super::form::Meaning;
use super::linear::inverse;
use super::problem::{Point, Problem};
use super::region::Region;
use super::{Answer, Choice, Estimate, Fitted, Form, Pairs, Parameter, Why};
use crate::error::not_negative;
use crate::{Curve, Error};

/// How the variance of results goes with their size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Variance {
    /// It does not.
    #[default]
    Constant,
    /// It is proportional to the expected result, as of counts (quasi-Poisson). Weights are one over what a Hill curve expects, the same for every form; less than a hundredth of the mean result is taken for that.
    Mean,
}

/// How a curve is fitted.
///
/// ```
/// use styring_response::fit::{Fit, Form, Pairs, Variance};
///
/// let clicks = Pairs::new(&[5.0, 10.0, 20.0, 40.0, 60.0, 80.0], &[95.0, 170.0, 290.0, 430.0, 505.0, 560.0])?;
/// let answer = Fit::new(Form::Hill).fix("s", 1.0)?.variance(Variance::Mean).level(0.9)?.run(&clicks)?;
/// let fitted = answer.identified().unwrap();
/// assert!(fitted.parameter("k").unwrap().estimate().contains(38.0));
/// # Ok::<(), styring_response::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    form: Form,
    fixed: Vec<(&'static str, f64)>,
    variance: Variance,
    level: f64,
}

impl Fit {
    /// By least squares, with intervals at 95 %.
    pub fn new(form: Form) -> Self {
        Self { form, fixed: Vec::new(), variance: Variance::default(), level: 0.95 }
    }

    /// A parameter that is known, by its name in the [`Family`](crate::Family).
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] for a name the form does not have, or one that cannot be given alone: m of a sigmoid, c of a tanh, a of a power. [`Error::OutOfRange`] for a value no curve has.
    pub fn fix(mut self, name: &str, value: f64) -> Result<Self, Error> {
        let known = self.form.parameters().iter().enumerate().find(|(_, known)| **known == name);
        let Some((index, known)) = known else { return Err(Error::Parameter { name: name.to_owned() }) };
        crate::error::between(known, 1e-100, 1e100, "from 1e-100 to 1e100", value)?;
        // The scale of a power curve depends on the unit of spend, by its power.
        let is_scale = index == 0 && self.form != Form::Power;
        if !is_scale && self.form.axis_of(known, value, 1.0).is_none() {
            return Err(Error::Parameter { name: name.to_owned() });
        }
        if let (Form::Power, "p") = (self.form, *known) {
            crate::error::between("p", 0.0, 1.0, "above 0 and at most 1", value)?;
        }
        self.fixed.retain(|(other, _)| other != known);
        self.fixed.push((known, value));
        Ok(self)
    }

    /// How the variance of results goes with their size. It multiplies with weights of the pairs, which are then relative numbers of, say, days.
    #[must_use]
    pub fn variance(mut self, variance: Variance) -> Self {
        self.variance = variance;
        self
    }

    /// The confidence level of intervals, such as 0.9.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it lies above 0 and below 1.
    pub fn level(mut self, level: f64) -> Result<Self, Error> {
        if !(level > 0.0 && level < 1.0) {
            return Err(Error::range("level", "above 0 and below 1", level));
        }
        self.level = level;
        Ok(self)
    }

    /// Fits each of these forms, and ranks them. Parameters that were given are not.
    ///
    /// # Errors
    ///
    /// Those of [`Fit::run`].
    pub fn choose(&self, forms: &[Form], pairs: &Pairs) -> Result<Choice, Error> {
        let of = |form: &Form| {
            Self { form: *form, fixed: Vec::new(), ..self.clone() }.run(pairs).map(|answer| (*form, answer))
        };
        Ok(Choice::of(forms.iter().map(of).collect::<Result<_, _>>()?))
    }

    /// The fit.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a carry-over below zero, if all parameters are given, or for spends and results in units so far apart that a parameter leaves the range of numbers.
    pub fn run(&self, pairs: &Pairs) -> Result<Answer, Error> {
        let carryover = not_negative("carryover", self.form.carryover())?;
        let free = self.form.parameters().len() - self.fixed.len();
        if free == 0 {
            return Err(Error::range("parameters that are not given", "one or more", 0.0));
        }
        let rows = Rows::of(pairs, carryover);
        let distinct = rows.distinct();
        if distinct <= free {
            return Ok(Answer::NotIdentified { why: Why::TooFewSpends { distinct, needed: free + 1 }, best: None });
        }
        let Some(scaled) = rows.scaled(self.variance) else {
            return Ok(Answer::NotIdentified { why: Why::NoResults, best: None });
        };
        let problem = scaled.problem(self.form, &self.fixed);
        let best = problem.minimum();
        if best.scale <= 0.0 {
            return Ok(Answer::NotIdentified { why: Why::NoResults, best: None });
        }
        let degrees = rows.x.len() - free;
        let t = Split::from_upper((1.0 - self.level) / 2.0).and_then(|p| student_inv(degrees as f64, p));
        let t = t.map_err(|_| Error::range("level", "farther from 1", self.level))?.abs();
        // What rounding leaves is no noise.
        let least = best.sse.max(1e-26 * scaled.square);
        let region = problem.region(&best, least * (1.0 + t * t / degrees as f64));
        let fitted = self.fitted(pairs, &scaled, &problem, &best, &region, degrees)?;
        let falls = scaled.slope().is_some_and(|slope| slope < -t);
        Ok(match why_not(self.form, falls, &region) {
            Some(why) => Answer::NotIdentified { why, best: Some(fitted) },
            None => Answer::Identified(fitted),
        })
    }

    fn fitted(
        &self,
        pairs: &Pairs,
        scaled: &Scaled,
        problem: &Problem,
        best: &Point,
        region: &Region,
        degrees: usize,
    ) -> Result<Fitted, Error> {
        let curve = |point: &Point, scale: f64| Curve::new(self.form.family(point.place, scale, scaled.unit)).ok();
        let out_of_range = Error::range("units of spend and results", "nearer to each other", scaled.unit.0);
        let chosen = curve(best, best.scale).ok_or(out_of_range)?;
        let mut plausible = Vec::with_capacity(2 * region.edge.len());
        let mut maybe_nothing = false;
        for (point, low, high) in &region.edge {
            maybe_nothing |= *low <= 0.0;
            plausible
                .extend([*low, *high].into_iter().filter(|scale| *scale > 0.0).filter_map(|scale| curve(point, scale)));
        }
        let values = Form::values(&chosen);
        let names = self.form.parameters();
        let is_fixed = |name: &str| self.fixed.iter().any(|(fixed, _)| *fixed == name);
        let mut open = [[maybe_nothing, false], [false; 2], [false; 2]];
        for (axis, ends) in region.reaches.iter().enumerate() {
            for (end, reached) in ends.iter().enumerate() {
                if *reached && !problem.axes[axis].is_fixed() {
                    for (parameter, above) in self.form.open_ends(axis, end == 1) {
                        open[*parameter][usize::from(*above)] = true;
                    }
                }
            }
        }
        let all: Vec<Vec<f64>> = plausible.iter().map(Form::values).collect();
        let parameters = names.iter().zip(&values).enumerate().map(|(index, (name, value))| {
            let over = all.iter().filter_map(|values| values.get(index)).copied();
            let (low, high) = over.fold((*value, *value), |(low, high), value| (low.min(value), high.max(value)));
            let fixed = is_fixed(name);
            let end = |place: usize, value: f64| (fixed || !open[index][place]).then_some(value);
            let estimate = if fixed {
                Estimate { value: *value, low: Some(*value), high: Some(*value) }
            } else {
                Estimate { value: *value, low: end(0, low), high: end(1, high) }
            };
            Parameter { name, estimate, fixed }
        });
        let n = problem.x.len();
        let sse = best.sse * scaled.unit.1 * scaled.unit.1 * scaled.weight_unit;
        let k = (n - degrees + 1) as f64;
        let spare = n as f64 - k - 1.0;
        let log_sse = libm::log(best.sse.max(1e-26 * scaled.square))
            + 2.0 * libm::log(scaled.unit.1)
            + libm::log(scaled.weight_unit);
        let aicc = (spare > 0.0)
            .then(|| n as f64 * (log_sse - libm::log(n as f64)) + 2.0 * k + 2.0 * k * (k + 1.0) / spare)
            .filter(|aicc| aicc.is_finite());
        let shaped = self.form.at(best.place);
        let residuals: Vec<f64> = problem
            .x
            .iter()
            .zip(&problem.y)
            .zip(&problem.w)
            .map(|((x, y), w)| w.sqrt() * (y - best.scale * shaped.g(*x)))
            .collect();
        Ok(Fitted {
            form: self.form,
            parameters: parameters.collect(),
            n,
            degrees,
            sse: finite("sum of squares", sse)?,
            r_squared: scaled.r_squared(best.sse),
            aicc,
            lag_one: lag_one(&residuals, best.sse > 1e-26 * scaled.square),
            covariance: self.covariance(problem, best, &values, scaled.unit, best.sse / degrees as f64),
            observed: pairs.observed().unwrap_or_default(),
            level: self.level,
            curve: chosen,
            plausible,
            maybe_nothing,
        })
    }

    /// σ² (JᵀWJ)⁻¹, taken to the parameters of the family.
    fn covariance(
        &self,
        problem: &Problem,
        best: &Point,
        values: &[f64],
        unit: (f64, f64),
        variance: f64,
    ) -> Option<Vec<Vec<f64>>> {
        // Scale, outer, inner: those that are free.
        let mut free: Vec<usize> = Vec::new();
        if problem.scale.is_none() {
            free.push(0);
        }
        free.extend((0..2).filter(|axis| !problem.axes[*axis].is_fixed()).map(|axis| axis + 1));
        let mut normal = vec![vec![0.0; free.len()]; free.len()];
        let shaped = self.form.at(best.place);
        for (x, w) in problem.x.iter().zip(&problem.w) {
            let [outer, inner] = shaped.by(*x);
            let by = [shaped.g(*x), best.scale * outer, best.scale * inner];
            for (i, one) in free.iter().enumerate() {
                for (j, other) in free.iter().enumerate() {
                    normal[i][j] += w * by[*one] * by[*other];
                }
            }
        }
        let inverse = inverse(&normal)?;
        // How each parameter moves with them; the scale is in units of results.
        let p = if let Form::Power = self.form { libm::log(unit.0) } else { 0.0 };
        let first = values.first().copied().unwrap_or(0.0);
        let mut moves = vec![[first / best.scale, 0.0, -first * p]];
        moves.extend(
            self.form
                .slopes(values, best.place)
                .into_iter()
                .map(|[scale, outer, inner]| [scale * unit.1, outer, inner]),
        );
        let form = |one: &[f64; 3], other: &[f64; 3]| {
            let terms =
                free.iter().enumerate().flat_map(|(i, a)| free.iter().enumerate().map(move |(j, b)| (i, *a, j, *b)));
            variance * terms.map(|(i, a, j, b)| one[a] * inverse[i][j] * other[b]).sum::<f64>()
        };
        let covariance: Vec<Vec<f64>> =
            moves.iter().map(|one| moves.iter().map(|other| form(one, other)).collect()).collect();
        covariance.iter().flatten().all(|entry| entry.is_finite()).then_some(covariance)
    }
}

/// Why the data do not determine the curve, if they do not.
fn why_not(form: Form, falls: bool, region: &Region) -> Option<Why> {
    if falls {
        return Some(Why::Falls);
    }
    let mut meanings = Vec::new();
    for (axis, ends) in region.reaches.iter().enumerate() {
        meanings.extend(
            ends.iter().enumerate().filter(|(_, reached)| **reached).map(|(end, _)| form.meaning(axis, end == 1)),
        );
    }
    let has = |meaning: Meaning| meanings.contains(&meaning);
    match (has(Meaning::Line) || has(Meaning::Grows), has(Meaning::Constant)) {
        (true, true) => Some(Why::Anything),
        (true, false) if has(Meaning::Line) => Some(Why::StraightLine),
        (true, false) => Some(Why::NoCeiling),
        (false, true) => Some(Why::Constant),
        (false, false) => meanings.into_iter().find_map(|meaning| match meaning {
            Meaning::Open(parameter) => Some(Why::Open { parameter }),
            _ => None,
        }),
    }
}

/// The pairs that say something: with something at work, and a weight.
struct Rows {
    x: Vec<f64>,
    y: Vec<f64>,
    w: Vec<f64>,
}

impl Rows {
    fn of(pairs: &Pairs, carryover: f64) -> Self {
        let mut rows = Self { x: Vec::new(), y: Vec::new(), w: Vec::new() };
        for (index, (spend, result)) in pairs.spend().iter().zip(pairs.results()).enumerate() {
            let weight = pairs.weights().map_or(1.0, |weights| weights.get(index).copied().unwrap_or(0.0));
            if spend + carryover > 0.0 && weight > 0.0 {
                rows.x.push(spend + carryover);
                rows.y.push(*result);
                rows.w.push(weight);
            }
        }
        rows
    }

    fn distinct(&self) -> usize {
        let mut sorted = self.x.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.dedup();
        sorted.len()
    }

    /// In units of the data; none if results are nothing.
    fn scaled(&self, variance: Variance) -> Option<Scaled> {
        let most = self.x.iter().copied().fold(0.0, f64::max);
        let largest = self.w.iter().copied().fold(0.0, f64::max);
        let size = self.y.iter().map(|y| y.abs()).fold(0.0, f64::max);
        if size <= 0.0 {
            return None;
        }
        let (x, mut w): (Vec<f64>, Vec<f64>) =
            (self.x.iter().map(|x| x / most).collect(), self.w.iter().map(|w| w / largest).collect());
        let mut y: Vec<f64> = self.y.iter().map(|y| y / size).collect();
        let mut weight_unit = largest;
        if variance == Variance::Mean {
            let mean = y.iter().sum::<f64>() / y.len() as f64;
            if mean <= 0.0 {
                return None;
            }
            // Once with the weights there are, once with those the first curve gives.
            let given = w.clone();
            for _ in 0..2 {
                let problem = Problem::new(Form::Hill, &x, y.clone(), w.clone(), None, [None, None]);
                let best = problem.minimum();
                let shaped = Form::Hill.at(best.place);
                for ((w, given), x) in w.iter_mut().zip(&given).zip(&problem.x) {
                    let expected = best.scale * shaped.g(*x);
                    *w = given / expected.max(0.01 * mean);
                }
            }
            weight_unit /= size;
        }
        let total: f64 = w.iter().sum();
        let root = (w.iter().zip(&y).map(|(w, y)| w * y * y).sum::<f64>() / total).sqrt();
        if !(root > 0.0 && root.is_finite()) {
            return None;
        }
        for y in &mut y {
            *y /= root;
        }
        // The sum of squares in own units: results by their unit, weights by theirs.
        let unit = (most, size * root);
        let square = w.iter().zip(&y).map(|(w, y)| w * y * y).sum();
        Some(Scaled { x, y, w, unit, weight_unit, square })
    }
}

/// Pairs in units of their own.
struct Scaled {
    x: Vec<f64>,
    y: Vec<f64>,
    w: Vec<f64>,
    /// Of spend and results.
    unit: (f64, f64),
    weight_unit: f64,
    /// Σ w y².
    square: f64,
}

impl Scaled {
    fn problem(&self, form: Form, fixed: &[(&'static str, f64)]) -> Problem {
        let mut scale = None;
        let mut places = [None; 2];
        for (name, value) in fixed {
            match form.axis_of(name, *value, self.unit.0) {
                Some((axis, place)) => places[axis] = Some(place),
                None => scale = Some(*value),
            }
        }
        let scale = scale.map(|scale| scale / self.unit.1);
        Problem::new(form, &self.x, self.y.clone(), self.w.clone(), scale, places)
    }

    /// The slope of a straight line with a constant, over its standard error.
    fn slope(&self) -> Option<f64> {
        let total: f64 = self.w.iter().sum();
        let mean = |values: &[f64]| self.w.iter().zip(values).map(|(w, value)| w * value).sum::<f64>() / total;
        let (x, y) = (mean(&self.x), mean(&self.y));
        let rows = || self.x.iter().zip(&self.y).zip(&self.w).map(|((a, b), w)| (a - x, b - y, *w));
        let spread: f64 = rows().map(|(x, _, w)| w * x * x).sum();
        let slope = rows().map(|(x, y, w)| w * x * y).sum::<f64>() / spread;
        let left: f64 = rows().map(|(x, y, w)| w * (y - slope * x) * (y - slope * x)).sum();
        let degrees = self.x.len().checked_sub(2).filter(|degrees| *degrees > 0)?;
        let error = (left.max(1e-26 * self.square) / degrees as f64 / spread).sqrt();
        Some(slope / error).filter(|t| !t.is_nan())
    }

    fn r_squared(&self, sse: f64) -> Option<f64> {
        let total: f64 = self.w.iter().sum();
        let mean = self.w.iter().zip(&self.y).map(|(w, y)| w * y).sum::<f64>() / total;
        let spread: f64 = self.w.iter().zip(&self.y).map(|(w, y)| w * (y - mean) * (y - mean)).sum();
        (spread > 1e-26 * self.square).then(|| 1.0 - sse / spread)
    }
}

/// The correlation of residuals that follow each other; none of fewer than three, or of what rounding left.
fn lag_one(residuals: &[f64], are_real: bool) -> Option<f64> {
    let square: f64 = residuals.iter().map(|residual| residual * residual).sum();
    let product: f64 = residuals.iter().zip(residuals.iter().skip(1)).map(|(one, next)| one * next).sum();
    (are_real && residuals.len() > 2 && square > 0.0).then(|| product / square)
}

fn finite(what: &'static str, value: f64) -> Result<f64, Error> {
    if value.is_finite() { Ok(value) } else { Err(Error::range(what, "in the range of numbers", value)) }
}
