//! Time-based regression (Kerman, Wang and Vaver 2017): the treated regions' total from that of the others, as it was before the campaign.

use crate::means::{Contrast, Lift, Part};
use crate::student_pivot::{Pivot, Question};
use crate::{Error, Hypothesis, Readout, Scale};

/// What is assumed of the days' distances from the regression line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Noise {
    /// That each day is independent of the others: the method as published. Where a good day follows a good day, its intervals are much too short.
    Independent,
    /// That a day remembers a share of the day before: a first-order autoregression, estimated from the time before the campaign. A negative share counts as none.
    #[default]
    Autoregressive,
}

/// What the treated regions sold more than the regression on the other regions expects.
///
/// # Formula
/// Before the campaign y = a + b x + e by least squares, x the control regions' total of a day and y that of the treated. After m days of it the effect is Σ (y − a − b x), and its distance
/// from the truth over its standard error is Student's t.
///
/// With [`Noise::Independent`] the variance is σ² (m + m²/n + (Σ(x − x̄))²/Sxx) with n − 2 degrees of freedom, the published form. With [`Noise::Autoregressive`] it is σ² w′Ωw: w are
/// the weights that the effect gives to every day, those before the campaign among them, and Ω the correlations ρ^|i−j|. ρ is the one whose expected lag-one moment of the residuals is the
/// observed one (the residuals' own autocorrelation is too small, the more so the shorter the series); σ² is the residual sum of squares over its expectation tr(MΩ), and the degrees of
/// freedom tr(MΩ)²/tr(MΩMΩ) (Satterthwaite 1946), M the projection onto the residuals.
///
/// ```
/// use styring_experiments::{Level, geo::tbr::{Noise, Tbr}};
///
/// let control: Vec<f64> = (0..60).map(|day| 500.0 + f64::from(day * 37 % 61)).collect();
/// let treated: Vec<f64> = (0..60).map(|day| 20.0 + 0.6 * (500.0 + f64::from(day * 37 % 61)) + f64::from(day * 29 % 23) / 5.0 + if day < 45 { 0.0 } else { 12.0 }).collect();
/// let tbr = Tbr::new(&control, &treated, 45)?;
/// let effect = tbr.effect(Noise::Autoregressive, Level::P90)?;
/// assert!(effect.set().contains(12.0 * 15.0) && !effect.set().contains(0.0));
/// let iroas = tbr.iroas(60.0, Noise::Autoregressive, Level::P90)?; // 60 spent on it
/// assert!(iroas.set().contains(3.0));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tbr {
    line: Line,
    /// Controls of the days after.
    control: Vec<f64>,
    /// The sum of effects after each day.
    effect: Vec<f64>,
}

impl Tbr {
    /// From totals per day, `before` days of them before the campaign, the days after (and a cool-down, if its effect is to count) behind them. Cost: O(days).
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for series of different lengths; [`Error::TooFew`] for fewer than 3 days before or none after; [`Error::OutOfRange`] for a value that is no number;
    /// [`Error::NoSpread`] for a control that does not vary before the campaign, or a treated series that lies on the line.
    pub fn new(control: &[f64], treated: &[f64], before: usize) -> Result<Self, Error> {
        let tbr = Self::fitted(control, treated, before)?;
        if tbr.line.squares <= 0.0 {
            return Err(Error::NoSpread { what: "the treated regions' distance from the line before the campaign" });
        }
        Ok(tbr)
    }

    fn fitted(control: &[f64], treated: &[f64], before: usize) -> Result<Self, Error> {
        if control.len() != treated.len() {
            return Err(Error::Lengths {
                what: "control and treated series",
                first: control.len(),
                second: treated.len(),
            });
        }
        let (Some((x, control)), Some((y, treated))) =
            (control.split_at_checked(before), treated.split_at_checked(before))
        else {
            return Err(Error::TooFew { what: "days", needed: before as u64, given: control.len() as u64 });
        };
        if control.is_empty() {
            return Err(Error::TooFew { what: "days of the campaign", needed: 1, given: 0 });
        }
        let line = Line::of(x, y)?;
        let mut sum = 0.0;
        let mut effect = Vec::with_capacity(control.len());
        for (&x, &y) in control.iter().zip(treated) {
            // About the means, which is the better conditioned form.
            sum += (y - line.mean_y) - line.slope * (x - line.mean_x);
            effect.push(finite("value of a day", sum)?);
        }
        Ok(Self { line, control: control.to_vec(), effect })
    }

    /// a: what the treated sell where the control sells nothing.
    pub fn intercept(&self) -> f64 {
        self.line.mean_y - self.line.slope * self.line.mean_x
    }

    /// b: how much more the treated sell for one more of the control.
    pub fn slope(&self) -> f64 {
        self.line.slope
    }

    /// σ: how far a day lies from the line, n − 2 degrees of freedom.
    pub fn residual_deviation(&self) -> f64 {
        self.line.deviation()
    }

    /// n − 2.
    pub fn degrees(&self) -> f64 {
        self.line.degrees()
    }

    /// How many days there are after the campaign began.
    pub fn days(&self) -> usize {
        self.effect.len()
    }

    /// How many of the residuals' neighbours agree: the share of a day's distance from the line that the next one keeps, corrected for the shortness of the series; between 0 and 0.99.
    /// Above 0.2 or so [`Noise::Independent`] should not be used.
    pub fn autocorrelation(&self) -> f64 {
        self.line.autocorrelation()
    }

    /// The effect of all days.
    ///
    /// # Errors
    ///
    /// Those of [`Self::effect_after`].
    pub fn effect(&self, noise: Noise, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        self.effect_after(self.days(), noise, hypothesis)
    }

    /// The effect of the first days. Cost: O(1) with independent days, else O(n²) for n days before the campaign.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless there are so many days; and for numbers so large that the error is none.
    pub fn effect_after(&self, days: usize, noise: Noise, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let question = Question::of(hypothesis, 0.0)?;
        self.pivot(days, noise)?.readout(name(noise), Scale::Total, question)
    }

    /// The effect of each day's end, from the first day on: what a chart of the running effect shows.
    ///
    /// # Errors
    ///
    /// Those of [`Self::effect_after`].
    pub fn course(&self, noise: Noise, hypothesis: impl Into<Hypothesis>) -> Result<Vec<Readout>, Error> {
        let hypothesis = hypothesis.into();
        let question = Question::of(hypothesis, 0.0)?;
        let errors = Errors::of(&self.line, noise);
        (1..=self.days())
            .map(|days| self.pivot_with(days, &errors)?.readout(name(noise), Scale::Total, question))
            .collect()
    }

    /// The effect over a cost that is known: the incremental return on what was spent more. A cost below zero is a saving, for a campaign that was switched off.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroBase`] for a cost of zero, [`Error::OutOfRange`] for one that is no number; and those of [`Self::effect_after`].
    pub fn iroas(&self, cost: f64, noise: Noise, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        finite("cost", cost)?;
        if cost == 0.0 {
            return Err(Error::ZeroBase { what: "the cost" });
        }
        let Pivot { estimate, error, degrees } = self.pivot(self.days(), noise)?;
        let pivot =
            Pivot { estimate: finite("return on the cost", estimate / cost)?, error: error / cost.abs(), degrees };
        pivot.readout(name(noise), Scale::Value, Question::of(hypothesis, 0.0)?)
    }

    /// The effect over a cost that is itself an effect: both regions spend without the campaign, and what the treated would have spent follows from a regression of its own.
    ///
    /// # Formula
    /// The returns θ with |R − θC| ≤ t se(R − θC) (Fieller 1954), R and C the effects on response and cost, se from the residual variances and covariance of both regressions. Where the
    /// effect on the cost may be zero the set is everything outside an interval, or everything. Where neither spent anything before the campaign and the control nothing in it, C is without error.
    ///
    /// `cost` is the regression of the treated regions' cost on the control's, of the same days.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for other days; [`Error::OutOfRange`] for a one-sided answer of a level below 50 %; and those of [`Self::effect_after`].
    pub fn iroas_of(&self, cost: &Cost, noise: Noise, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let hypothesis = hypothesis.into();
        let Question { level, alternative, null } = Question::of(hypothesis, 0.0)?;
        let other = &cost.0;
        if other.line.x.len() != self.line.x.len() || other.days() != self.days() {
            let [first, second] = [self, other].map(|of| of.line.x.len() + of.days());
            return Err(Error::Lengths { what: "response and cost", first, second });
        }
        let (response, spend) = (self.total(), other.total());
        let errors = Errors::of(&self.line, noise);
        let [one, two] = [self, other].map(|of| of.weights(of.days()));
        let scale = errors.scale(&self.line);
        // Of the residuals of both, as σ² is of one of them.
        let between: f64 = self.line.residuals.iter().zip(&other.line.residuals).map(|(one, two)| one * two).sum();
        let share = |squares: f64| if self.line.squares > 0.0 { squares / self.line.squares } else { 0.0 };
        let covariance = [
            scale * share(other.line.squares) * errors.form(&two, &two),
            scale * share(between) * errors.form(&one, &two),
            scale * errors.form(&one, &one),
        ];
        // A saving is a cost turned round, and so is the response to it.
        let side = if spend < 0.0 { -1.0 } else { 1.0 };
        let part = Part { covariance, degrees: errors.degrees };
        let contrast = Contrast::new(name(noise), [side * spend, side * response], &[part])?;
        // The lift of the response over the cost is the return less one.
        let lift = contrast.lift_by(Lift::Fieller, hypothesis.against(null - 1.0))?;
        let estimate = (spend != 0.0).then(|| response / spend);
        let set = lift.set().plus(1.0);
        Ok(Readout::new("TBR, Fieller", Scale::Value, (estimate, null), set, lift.p_value(), (level, alternative)))
    }

    fn total(&self) -> f64 {
        self.effect.last().copied().unwrap_or(0.0)
    }

    fn pivot(&self, days: usize, noise: Noise) -> Result<Pivot, Error> {
        self.pivot_with(days, &Errors::of(&self.line, noise))
    }

    fn pivot_with(&self, days: usize, errors: &Errors) -> Result<Pivot, Error> {
        let estimate = days.checked_sub(1).and_then(|last| self.effect.get(last)).copied();
        let Some(estimate) = estimate else {
            return Err(Error::range("days", "from 1 to the number of days after the campaign began", days));
        };
        let weights = self.weights(days);
        let variance = errors.scale(&self.line) * errors.form(&weights, &weights);
        let error = finite("standard error of the effect", variance.sqrt())?;
        if error <= 0.0 {
            return Err(Error::NoSpread { what: "the effect" });
        }
        Ok(Pivot { estimate, error, degrees: errors.degrees })
    }

    /// What the effect after so many days gives to each day.
    fn weights(&self, days: usize) -> Weights {
        let n = self.line.x.len() as f64;
        let apart: f64 = self.control.iter().take(days).map(|x| x - self.line.mean_x).sum();
        let (level, tilt) = (-(days as f64) / n, -apart / self.line.spread);
        let before = self.line.x.iter().map(|x| level + tilt * (x - self.line.mean_x)).collect();
        Weights { before, after: days }
    }
}

/// The regression of the treated regions' cost on the control's, for [`Tbr::iroas_of`]. It may lie on its line: a cost of zero before the campaign does.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost(Tbr);

impl Cost {
    /// As [`Tbr::new`]. A control that spends the same every day is predicted by the treated regions' mean alone.
    ///
    /// # Errors
    ///
    /// Those of [`Tbr::new`] but [`Error::NoSpread`].
    pub fn new(control: &[f64], treated: &[f64], before: usize) -> Result<Self, Error> {
        match Tbr::fitted(control, treated, before) {
            Err(Error::NoSpread { .. }) => {
                // Any regressor of the same length does, as long as its slope and its days after add nothing: the mean.
                let mean = treated.iter().take(before).sum::<f64>() / before as f64;
                let mut tbr = Tbr::fitted(&alternating(control.len(), before), treated, before)?;
                tbr.line.flatten(treated, mean);
                let mut sum = 0.0;
                for (effect, (x, y)) in tbr.effect.iter_mut().zip(control.iter().zip(treated).skip(before)) {
                    finite("cost of a day", *x)?;
                    sum += y - mean;
                    *effect = finite("cost of a day", sum)?;
                }
                Ok(Self(tbr))
            }
            fitted => fitted.map(Self),
        }
    }

    /// What was spent more than the regression expects.
    pub fn incremental(&self) -> f64 {
        self.0.total()
    }
}

/// A series with a spread before the campaign, and its own mean after it.
fn alternating(days: usize, before: usize) -> Vec<f64> {
    let mean = (before / 2) as f64 / before as f64;
    (0..days).map(|day| if day < before { (day % 2) as f64 } else { mean }).collect()
}

fn name(noise: Noise) -> &'static str {
    match noise {
        Noise::Independent => "TBR",
        Noise::Autoregressive => "TBR, AR(1)",
    }
}

pub(crate) fn finite(field: &'static str, value: f64) -> Result<f64, Error> {
    if value.is_finite() { Ok(value) } else { Err(Error::range(field, "a number", value)) }
}

/// The line before the campaign.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) x: Vec<f64>,
    pub(crate) mean_x: f64,
    pub(crate) mean_y: f64,
    pub(crate) slope: f64,
    /// Σ (x − x̄)².
    pub(crate) spread: f64,
    pub(crate) residuals: Vec<f64>,
    /// Their sum of squares.
    pub(crate) squares: f64,
}

impl Line {
    pub(crate) fn of(x: &[f64], y: &[f64]) -> Result<Self, Error> {
        let n = x.len();
        if n < 3 {
            return Err(Error::TooFew { what: "days before the campaign", needed: 3, given: n as u64 });
        }
        let mean = |values: &[f64]| finite("value of a day", values.iter().sum::<f64>() / n as f64);
        let (mean_x, mean_y) = (mean(x)?, mean(y)?);
        let spread = finite("spread of the control", x.iter().map(|x| (x - mean_x) * (x - mean_x)).sum())?;
        if spread <= f64::EPSILON * f64::EPSILON * mean_x * mean_x * n as f64 {
            return Err(Error::NoSpread { what: "the control regions' total before the campaign" });
        }
        let together: f64 = x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        let slope = finite("slope", together / spread)?;
        let residuals: Vec<f64> = x.iter().zip(y).map(|(x, y)| (y - mean_y) - slope * (x - mean_x)).collect();
        let squares = finite("residual sum of squares", residuals.iter().map(|e| e * e).sum())?;
        Ok(Self { x: x.to_vec(), mean_x, mean_y, slope, spread, residuals, squares })
    }

    /// Without a slope.
    fn flatten(&mut self, y: &[f64], mean: f64) {
        self.slope = 0.0;
        self.mean_y = mean;
        for (residual, y) in self.residuals.iter_mut().zip(y) {
            *residual = y - mean;
        }
        self.squares = self.residuals.iter().map(|e| e * e).sum();
    }

    pub(crate) fn degrees(&self) -> f64 {
        self.x.len() as f64 - 2.0
    }

    pub(crate) fn deviation(&self) -> f64 {
        (self.squares / self.degrees()).sqrt()
    }

    /// The share whose expected lag-one moment, over the expected sum of squares, is the residuals' own.
    fn autocorrelation(&self) -> f64 {
        let neighbours: f64 = self.residuals.windows(2).map(|pair| pair.iter().product::<f64>()).sum();
        if self.squares <= 0.0 {
            return 0.0;
        }
        let observed = neighbours / self.squares;
        let expected = |share: f64| {
            let moments = Moments::of(self, share);
            moments.neighbours / moments.squares
        };
        if expected(0.0) >= observed {
            return 0.0;
        }
        if expected(MOST) <= observed {
            return MOST;
        }
        let (mut low, mut high) = (0.0, MOST);
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            if expected(middle) < observed { low = middle } else { high = middle }
        }
        f64::midpoint(low, high)
    }
}

/// A share above which a series of days cannot be told from a random walk.
const MOST: f64 = 0.99;

/// What is expected of residuals r = M e, e with the correlations share^|i−j|.
struct Moments {
    /// tr(MΩM).
    squares: f64,
    /// Σ of the first off-diagonal of MΩM.
    neighbours: f64,
    /// tr(MΩMΩ).
    fourth: f64,
}

impl Moments {
    /// M = I − uu′ − vv′ with u constant and v along x. O(n²).
    fn of(line: &Line, share: f64) -> Self {
        let n = line.x.len();
        let (level, tilt) = (1.0 / (n as f64).sqrt(), 1.0 / line.spread.sqrt());
        let u = vec![level; n];
        let v: Vec<f64> = line.x.iter().map(|x| (x - line.mean_x) * tilt).collect();
        let (ou, ov) = (remembered(&u, share), remembered(&v, share));
        let (uu, uv, vv) = (dot(&u, &ou), dot(&u, &ov), dot(&v, &ov));
        let powers: Vec<f64> = std::iter::successors(Some(1.0), |power| Some(power * share)).take(n).collect();
        let (mut squares, mut neighbours, mut fourth) = (0.0, 0.0, 0.0);
        for i in 0..n {
            for (j, (_, power)) in (i..n).zip(powers.iter().enumerate()) {
                let entry = power - u[i] * ou[j] - ou[i] * u[j] - v[i] * ov[j] - ov[i] * v[j]
                    + uu * u[i] * u[j]
                    + uv * (u[i] * v[j] + v[i] * u[j])
                    + vv * v[i] * v[j];
                match j - i {
                    0 => squares += entry,
                    1 => neighbours += entry,
                    _ => {}
                }
                fourth += if i == j { 1.0 } else { 2.0 } * entry * entry;
            }
        }
        Self { squares, neighbours, fourth }
    }
}

/// Ω times a vector, by two passes. O(n).
fn remembered(values: &[f64], share: f64) -> Vec<f64> {
    let pass = |values: &mut dyn Iterator<Item = f64>| {
        let mut sum = 0.0;
        values
            .map(|value| {
                sum = sum * share + value;
                sum
            })
            .collect::<Vec<_>>()
    };
    let forward = pass(&mut values.iter().copied());
    let mut backward = pass(&mut values.iter().rev().copied());
    backward.reverse();
    forward.iter().zip(&backward).zip(values).map(|((one, two), value)| one + two - value).collect()
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

struct Weights {
    before: Vec<f64>,
    /// So many days after, of weight one each.
    after: usize,
}

/// What the noise makes of the error.
struct Errors {
    share: f64,
    /// What the residual sum of squares is expected to be, of a variance of one.
    squares: f64,
    degrees: f64,
}

impl Errors {
    fn of(line: &Line, noise: Noise) -> Self {
        let independent = Self { share: 0.0, squares: line.degrees(), degrees: line.degrees() };
        if noise == Noise::Independent {
            return independent;
        }
        let share = line.autocorrelation();
        if share <= 0.0 {
            return independent;
        }
        let Moments { squares, fourth, .. } = Moments::of(line, share);
        Self { share, squares, degrees: (squares * squares / fourth).min(line.degrees()) }
    }

    fn scale(&self, line: &Line) -> f64 {
        line.squares / self.squares
    }

    /// w′Ωv over the days before and those after.
    fn form(&self, one: &Weights, other: &Weights) -> f64 {
        let all = |weights: &Weights| {
            let after = std::iter::repeat_n(1.0, weights.after);
            weights.before.iter().copied().chain(after).collect::<Vec<_>>()
        };
        dot(&all(one), &remembered(&all(other), self.share))
    }
}
