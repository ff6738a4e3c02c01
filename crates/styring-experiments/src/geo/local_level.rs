//! A counterfactual from a structural time series: what the treated would have been, from the controls of the same day and a level that drifts (causal impact).

mod filter;
mod mixture;
mod search;

use filter::{Filtered, Table};
use mixture::{Mixture, Part};
pub use search::Fit;

use crate::geo::Panel;
use crate::student_pivot::{Pivot, Question};
use crate::{Error, Hypothesis, Readout, Scale};

/// How the level moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Trend {
    /// A random walk. The default.
    #[default]
    Level,
    /// A random walk with a slope that walks itself: for a series with a trend that the controls do not have. Its forecasts soon know little.
    Linear,
}

/// The variances of a structural series, of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers; checked where it is used")]
pub struct Variances {
    /// Of a day's own noise, which the next day forgets.
    pub noise: f64,
    /// Of what the level moves by from day to day.
    pub level: f64,
    /// Of what the slope moves by; 0 with [`Trend::Level`].
    pub slope: f64,
}

/// The treated regions' series, the controls', and the time before the campaign.
///
/// # Formula
/// y_t = μ_t + x_t′β + ε_t, μ_{t+1} = μ_t + η_t, or + δ_t + η_t with a slope δ that walks ([`Trend::Linear`]); the priors of μ₁, δ₁ and β are flat. Given the variances' ratios the effect of
/// some days, Σ y − Σ E(y | days before), over its error is Student's t with n − k degrees of freedom, and the error holds the covariance of all these days and that of β̂. The ratios are not
/// known. An estimate put in their place promises too much: of a drift of a tenth of the noise it often finds none, and intervals of 95 % then hold 88 % (see `docs/experiments-geo.md`). So
/// the answers average over them by quadrature, with their restricted likelihood and a half-Cauchy prior: a day's drift is as probably above its noise as below. P-value and set are of that one
/// mixture. The price: where there is no drift, sets are longer than they would have to be.
///
/// Cost: days × columns² for one pair of variances, some 50 of them for a level, twenty times that with a slope.
///
/// ```
/// use styring_experiments::{Level, geo::local_level::LocalLevel};
///
/// let noise = |day: u32, by: u32| f64::from((day * by).wrapping_mul(2_654_435_761) >> 16) / 65_536.0 - 0.5;
/// let control: Vec<f64> = (1..=90).map(|day| 200.0 + 20.0 * noise(day, 3)).collect();
/// let treated: Vec<f64> = (1..=90)
///     .map(|day| 30.0 + 0.8 * control[day as usize - 1] + 4.0 * noise(day, 7) + if day > 70 { 6.0 } else { 0.0 })
///     .collect();
/// let series = LocalLevel::new(&treated, &[control], 70)?;
/// let total = series.effect(Level::P95)?;
/// assert!(total.set().contains(20.0 * 6.0) && !total.set().contains(0.0));
/// let lift = series.lift(Level::P95)?;
/// assert!(lift.set().contains(6.0 / 190.0));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LocalLevel {
    treated: Vec<f64>,
    controls: Vec<Vec<f64>>,
    before: usize,
    trend: Trend,
    season: Option<usize>,
    data: Data,
}

/// Columns on one scale: the level, its slope, controls, season, outcome.
#[derive(Debug, Clone, PartialEq)]
struct Data {
    table: Table,
    /// Where the level began, and how fast it moved.
    diffuse: usize,
    controls: usize,
    /// Of the controls and, last, the outcome.
    scales: Vec<f64>,
}

impl Data {
    fn scale(&self) -> f64 {
        self.scales.last().copied().unwrap_or(1.0)
    }

    fn degrees(&self) -> f64 {
        self.table.before as f64 - self.table.regressors() as f64
    }
}

impl LocalLevel {
    /// From the treated series and any number of controls, day by day; so many days are before the campaign. Controls must not have got anything of it.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for series of different lengths; [`Error::TooFew`] for fewer than 3 days before than there are coefficients, or no day after; [`Error::OutOfRange`] for a value
    /// that is no number or beyond ±1e100; [`Error::Collinear`] for a control that does not vary before, or follows from the others; [`Error::NoSpread`] for a treated series that does not vary before.
    pub fn new(treated: &[f64], controls: &[Vec<f64>], before: usize) -> Result<Self, Error> {
        Self::built(treated.to_vec(), controls.to_vec(), before, Trend::Level, None)
    }

    /// The treated regions' total against that of the others, as [`Tbr`](super::tbr::Tbr) takes them.
    ///
    /// # Errors
    ///
    /// Those of [`LocalLevel::new`].
    pub fn of_panel(panel: &Panel) -> Result<Self, Error> {
        let total = |places: &[usize]| {
            let n = places.len() as f64;
            panel.mean(places).into_iter().map(|mean| n * mean).collect::<Vec<_>>()
        };
        Self::built(total(&panel.treated()), vec![total(&panel.controls())], panel.first_treated(), Trend::Level, None)
    }

    /// With another trend.
    ///
    /// # Errors
    ///
    /// Those of [`LocalLevel::new`].
    pub fn with_trend(self, trend: Trend) -> Result<Self, Error> {
        Self::built(self.treated, self.controls, self.before, trend, self.season)
    }

    /// With a pattern that repeats every `period` days, 7 for weekdays. It does not change over time.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a period below 2; and those of [`LocalLevel::new`].
    pub fn with_season(self, period: usize) -> Result<Self, Error> {
        if period < 2 {
            return Err(Error::range("period of the season", "2 days or more", period));
        }
        Self::built(self.treated, self.controls, self.before, self.trend, Some(period))
    }

    fn built(
        treated: Vec<f64>,
        controls: Vec<Vec<f64>>,
        before: usize,
        trend: Trend,
        season: Option<usize>,
    ) -> Result<Self, Error> {
        let days = treated.len();
        if let Some(other) = controls.iter().find(|control| control.len() != days) {
            return Err(Error::Lengths { what: "control and treated series", first: other.len(), second: days });
        }
        if before >= days {
            return Err(Error::TooFew { what: "days of the campaign", needed: 1, given: 0 });
        }
        let diffuse = if trend == Trend::Linear { 2 } else { 1 };
        let needed = (diffuse + controls.len()).saturating_add(season.map_or(0, |period| period - 1)).saturating_add(3);
        if before < needed {
            return Err(Error::TooFew {
                what: "days before the campaign",
                needed: needed as u64,
                given: before as u64,
            });
        }
        if let Some(value) =
            controls.iter().chain([&treated]).flatten().find(|value| !(-1e100..=1e100).contains(*value))
        {
            return Err(Error::range("value of a day", "between -1e100 and 1e100", value));
        }
        let mut columns = vec![vec![1.0; days]];
        if trend == Trend::Linear {
            let middle = before as f64 / 2.0;
            columns.push((0..days).map(|day| (day as f64 - middle) / before as f64).collect());
        }
        let mut scales = Vec::new();
        for series in controls.iter().chain([&treated]) {
            let middle = series[..before].iter().sum::<f64>() / before as f64;
            let squares: f64 = series[..before].iter().map(|value| (value - middle) * (value - middle)).sum();
            let scale = (squares / before as f64).sqrt();
            if scale <= 1e-12 * middle.abs() || scale <= 0.0 {
                return Err(if scales.len() == controls.len() {
                    Error::NoSpread { what: "the treated series before the campaign" }
                } else {
                    Error::Collinear { what: "controls, season and drift before the campaign" }
                });
            }
            columns.push(series.iter().map(|value| (value - middle) / scale).collect());
            scales.push(scale);
        }
        if let Some(period) = season {
            let outcome = columns.split_off(columns.len() - 1);
            // Each day of the season against its last.
            for place in 0..period - 1 {
                let pattern = |day: usize| match day % period {
                    of if of == place => 1.0,
                    of if of + 1 == period => -1.0,
                    _ => 0.0,
                };
                columns.push((0..days).map(pattern).collect());
            }
            columns.extend(outcome);
        }
        let data = Data { table: Table::new(&columns, before), diffuse, controls: controls.len(), scales };
        Ok(Self { treated, controls, before, trend, season, data })
    }

    /// Days of the campaign.
    pub fn days(&self) -> usize {
        self.treated.len() - self.before
    }

    /// The effect of all days.
    ///
    /// # Errors
    ///
    /// Those of [`LocalLevel::effect_after`].
    pub fn effect(&self, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        self.effect_after(self.days(), hypothesis)
    }

    /// The effect of the first days.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless there are so many days; [`Error::Collinear`] for controls of which one follows from the others; [`Error::NoSpread`] where controls and level fit without a rest.
    pub fn effect_after(&self, days: usize, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let question = Question::of(hypothesis, 0.0)?;
        let place = days.checked_sub(1).filter(|place| *place < self.days());
        let place =
            place.ok_or_else(|| Error::range("days", "from 1 to the number of days after the campaign began", days))?;
        self.known(Drift::default())?.mixture(place).readout(self.name(), Scale::Total, question)
    }

    /// The effect on a day, over all days of the campaign.
    ///
    /// # Errors
    ///
    /// Those of [`LocalLevel::effect_after`].
    pub fn average(&self, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        self.average_with(Drift::default(), self.name(), hypothesis)
    }

    /// Of the treated series, with n − 1.
    pub(crate) fn variance_before(&self) -> f64 {
        let n = self.before as f64;
        self.data.scale() * self.data.scale() * n / (n - 1.0)
    }

    pub(crate) fn average_with(
        &self,
        drift: Drift,
        name: &'static str,
        hypothesis: impl Into<Hypothesis>,
    ) -> Result<Readout, Error> {
        let question = Question::of(hypothesis, 0.0)?;
        let mixture = self.known(drift)?.mixture(self.days() - 1).times(1.0 / self.days() as f64);
        mixture.readout(name, Scale::Difference, question)
    }

    /// The effect up to each day's end, from the first day on.
    ///
    /// # Errors
    ///
    /// Those of [`LocalLevel::effect_after`].
    pub fn course(&self, hypothesis: impl Into<Hypothesis>) -> Result<Vec<Readout>, Error> {
        let question = Question::of(hypothesis, 0.0)?;
        let known = self.known(Drift::default())?;
        (0..self.days()).map(|place| known.mixture(place).readout(self.name(), Scale::Total, question)).collect()
    }

    /// The effect of all days over what there would have been without the campaign, C. What there was, Y, is known, so a lift of θ says C = Y/(1 + θ), and the set is that of the effect, carried over.
    /// It has no upper end where C may be zero or less.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroBase`] unless Y is above zero; [`Error::OutOfRange`] for a null of −1 or less; and those of [`LocalLevel::effect_after`].
    pub fn lift(&self, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let question = Question::of(hypothesis, 0.0)?;
        let actual: f64 = self.treated[self.before..].iter().sum();
        if actual <= 0.0 {
            return Err(Error::ZeroBase { what: "the treated series in the campaign, or less than zero," });
        }
        if question.null <= -1.0 {
            return Err(Error::range("null", "above -1", question.null));
        }
        let total = Question { null: actual * question.null / (1.0 + question.null), ..question };
        let readout =
            self.known(Drift::default())?.mixture(self.days() - 1).readout(self.name(), Scale::Total, total)?;
        let lift = |total: f64| if total < actual { (total / (actual - total)).max(-1.0) } else { f64::INFINITY };
        let (low, high) = readout.set().ends();
        let estimate = readout.estimate().map(lift);
        // A set of nothing but infinity begins at the last number.
        let set = question.set(lift(low).min(f64::MAX), lift(high));
        let asked = (question.level, question.alternative);
        Ok(Readout::new(self.name(), Scale::Lift, (estimate, question.null), set, readout.p_value(), asked))
    }

    /// Day by day of the campaign, what there would have been without it.
    ///
    /// # Errors
    ///
    /// Those of [`LocalLevel::effect_after`].
    pub fn counterfactual(&self) -> Result<Vec<f64>, Error> {
        let known = self.known(Drift::default())?;
        let mut earlier = 0.0;
        let mut expected = Vec::with_capacity(self.days());
        for (place, actual) in self.treated[self.before..].iter().enumerate() {
            let sum: f64 = known.parts.iter().map(|part| part.weight * part.effects[place].0).sum();
            expected.push(actual - (sum - earlier));
            earlier = sum;
        }
        Ok(expected)
    }

    /// The counterfactual with variances that are known, and with coefficients of the controls that are, or by generalised least squares.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a variance that is below 0 or no number, for variances that are all 0, and for a coefficient that is no number; [`Error::Lengths`] for more or fewer coefficients than controls; [`Error::Collinear`].
    pub fn given(&self, variances: Variances, coefficients: Option<&[f64]>) -> Result<Forecast, Error> {
        search::given(&self.data, self.trend, &self.treated[self.before..], variances, coefficients)
    }

    /// The variances and coefficients by maximum likelihood: what [`LocalLevel::given`] takes. A variance at its boundary is 0.
    ///
    /// The likelihood is that of all days but those which the level (and the slope) take to begin with. It may have several maxima; it is searched from all ratios, and the highest is the answer.
    ///
    /// # Errors
    ///
    /// Those of [`LocalLevel::effect_after`].
    pub fn fit(&self) -> Result<Fit, Error> {
        search::fit(&self.data, self.trend)
    }

    fn name(&self) -> &'static str {
        match self.trend {
            Trend::Level => "local level",
            Trend::Linear => "local linear trend",
        }
    }

    /// The effects by every ratio of variances, weighed.
    fn known(&self, drift: Drift) -> Result<Known, Error> {
        let data = &self.data;
        let n = data.table.before as f64;
        let degrees = data.degrees() + drift.degrees();
        let mut parts = Vec::new();
        let mut perfect = false;
        for node in search::nodes(data.table.before, self.trend, drift.step(n)) {
            let variances = Variances { noise: 1.0, level: node.level * node.level, slope: node.slope * node.slope };
            let Some(prior) = drift.log_density(node.level) else { continue };
            let filtered = Filtered::new(&data.table, variances, self.trend == Trend::Linear)?;
            perfect |= filtered.squares() <= search::PERFECT * n;
            let squares = filtered.squares() + drift.squares(node.level, data.scale());
            let determinants = filtered.log_determinant + filtered.log_information(data.table.regressors());
            let log_weight = prior + node.log_weight - 0.5 * (determinants + degrees * libm::log(squares));
            let sums = filtered.sums(&data.table);
            let scale = data.scale();
            let effects = sums
                .into_iter()
                .map(|sum| (scale * sum.effect, scale * (squares / degrees * sum.variance).sqrt()))
                .collect();
            parts.push(Weighed { weight: log_weight, effects });
        }
        let most = parts.iter().fold(f64::NEG_INFINITY, |most: f64, part| most.max(part.weight));
        if perfect || !most.is_finite() {
            return Err(Error::NoSpread { what: "the treated series around its controls and level" });
        }
        for part in &mut parts {
            part.weight = libm::exp(part.weight - most);
        }
        let sum: f64 = parts.iter().map(|part| part.weight).sum();
        // What weighs less than a last digit of the others is left out.
        parts.retain(|part| part.weight > 1e-16 * sum);
        let sum: f64 = parts.iter().map(|part| part.weight).sum();
        for part in &mut parts {
            part.weight /= sum;
        }
        Ok(Known { parts, degrees })
    }
}

struct Known {
    parts: Vec<Weighed>,
    degrees: f64,
}

struct Weighed {
    weight: f64,
    /// Up to each day, with its standard error.
    effects: Vec<(f64, f64)>,
}

impl Known {
    fn mixture(&self, place: usize) -> Mixture {
        let part = |part: &Weighed| {
            let (centre, scale) = part.effects[place];
            Part { weight: part.weight, centre, scale }
        };
        Mixture { parts: self.parts.iter().map(part).collect(), degrees: self.degrees }
    }
}

/// What is held of the drift beforehand.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Drift {
    /// Its ratio to the noise is half-Cauchy with median 1; nothing is known of the size of both.
    #[default]
    Open,
    /// Inverse gammas for both variances, as so many days of mean square.
    Guessed { noise: (f64, f64), level: (f64, f64) },
}

impl Drift {
    fn degrees(self) -> f64 {
        match self {
            Self::Open => 0.0,
            Self::Guessed { noise, level } => noise.0 + level.0,
        }
    }

    /// Beside the residuals' sum of squares, in units of the outcome's spread.
    fn squares(self, ratio: f64, scale: f64) -> f64 {
        match self {
            Self::Open => 0.0,
            Self::Guessed { noise, level } => {
                (noise.0 * noise.1 + level.0 * level.1 / (ratio * ratio)) / (scale * scale)
            }
        }
    }

    /// By the ratio of standard deviations; none where it is zero.
    fn log_density(self, ratio: f64) -> Option<f64> {
        match self {
            Self::Open => Some(-libm::log1p(ratio * ratio)),
            Self::Guessed { level, .. } => (ratio > 0.0).then(|| -(level.0 + 1.0) * libm::log(ratio)),
        }
    }

    /// How close nodes have to be: the likelihood of many days is narrow.
    fn step(self, days: f64) -> f64 {
        match self {
            Self::Open => (2.5 / days.sqrt()).min(0.2),
            Self::Guessed { .. } => (1.0 / days.sqrt()).min(0.08),
        }
    }
}

/// What there would have been, if the variances are known.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Forecast {
    expected: Vec<f64>,
    errors: Vec<f64>,
    /// Up to each day's end.
    effects: Vec<(f64, f64)>,
    log_likelihood: f64,
}

impl Forecast {
    /// Day by day of the campaign, what was to be expected.
    pub fn expected(&self) -> &[f64] {
        &self.expected
    }

    /// Day by day, how far a day may be from that: one standard deviation, the day's own noise among it.
    pub fn standard_errors(&self) -> &[f64] {
        &self.errors
    }

    /// The log-likelihood of the days before, but those that the level (and the slope) take to begin with.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// The effect of all days, by the normal distribution: the days' covariance is in its error. Nothing is in it for variances that were only estimated; [`LocalLevel::effect`] has that.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a null that is not finite.
    pub fn effect(&self, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let (estimate, error) = self.effects.last().copied().unwrap_or((0.0, 0.0));
        let pivot = Pivot { estimate, error, degrees: f64::INFINITY };
        pivot.readout("Kalman filter, given variances", Scale::Total, Question::of(hypothesis, 0.0)?)
    }
}
