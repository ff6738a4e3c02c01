use crate::geo::Panel;
use crate::resampling::{Plan, permutation};
use crate::student_pivot::{Pivot, Question};
use crate::{Error, Hypothesis, Readout, Scale};

/// Difference in differences by two-way fixed effects: y = unit + day + effect · treated · post.
///
/// It takes the treated units to have changed as the others did. The effect is per treated unit and day.
///
/// # Formula
/// With all treatments starting on one day, the coefficient is the mean change of the treated (mean after less mean before, unit by unit) less that of the others. Cost: units × days.
///
/// ```
/// use styring_experiments::{Level, geo::{Did, Panel, PanelErrors}, resampling::Plan};
///
/// let unit = |level: f64, effect: f64| {
///     (0..20).map(|day| level + f64::from(day * 7 % 5) + if day >= 15 { effect + level / 50.0 } else { 0.0 }).collect::<Vec<_>>()
/// };
/// let panel = Panel::new(
///     (0..12).map(|i| (format!("geo {i}"), unit(f64::from(i * 5 % 12), if i < 4 { 3.0 } else { 0.0 }))),
///     &["geo 0", "geo 1", "geo 2", "geo 3"],
///     15,
/// )?;
/// let did = Did::new(&panel);
/// assert!((did.effect() - 3.0).abs() < 0.1);
/// assert!(did.readout(PanelErrors::Cluster, Level::P95)?.p_value() < 0.001);
/// assert!(did.randomisation(Level::P95, Plan::default())?.p_value() < 0.01); // 2 of 495 choices of four geos
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Did {
    effect: f64,
    treated_changes: Vec<f64>,
    control_changes: Vec<f64>,
    variances: [f64; 3],
    /// Below it a standard error is rounding.
    rounding: f64,
    residual_degrees: usize,
    units: usize,
}

/// How the error of a panel regression is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum PanelErrors {
    /// One residual variance, days independent: far too small where days of a unit go together (Bertrand, Duflo and Mullainathan 2004).
    Classical,
    /// Squared residuals times n / (n − k) (White 1980), days independent as well.
    Hc1,
    /// Residuals of a unit may go together in any way: CR1 with G/(G−1) · (n−1)/(n−k), and Student's t with G − 1 degrees of freedom. The default. It needs several treated units: with one,
    /// its error is that of the others alone; use [`Did::randomisation`].
    #[default]
    Cluster,
}

impl Did {
    /// Fits the regression.
    pub fn new(panel: &Panel) -> Self {
        let (units, days, start) = (panel.units().len(), panel.days(), panel.first_treated());
        let (n, k) = (units * days, units + days);
        let change = |place: usize| {
            let (before, after) = panel.row(place).split_at(start);
            mean(after) - mean(before)
        };
        let (treated, controls) = (panel.treated(), panel.controls());
        let treated_changes: Vec<f64> = treated.iter().map(|place| change(*place)).collect();
        let control_changes: Vec<f64> = controls.iter().map(|place| change(*place)).collect();
        let effect = mean(&treated_changes) - mean(&control_changes);
        let share = treated.len() as f64 / units as f64;
        let post = (days - start) as f64 / days as f64;
        let square = n as f64 * share * (1.0 - share) * post * (1.0 - post);
        let all: Vec<usize> = (0..units).collect();
        let day_means = panel.mean(&all);
        let middle = mean(&day_means);
        let [mut residual, mut weighted, mut clustered] = [0.0; 3];
        for (places, is_treated) in [(&treated, 1.0), (&controls, 0.0)] {
            for place in places {
                let row = panel.row(*place);
                let own = mean(row);
                let mut score = 0.0;
                for (day, value) in row.iter().enumerate() {
                    let regressor = (is_treated - share) * (if day >= start { 1.0 } else { 0.0 } - post);
                    let rest = (value - own) - (day_means[day] - middle) - effect * regressor;
                    residual += rest * rest;
                    weighted += regressor * regressor * rest * rest;
                    score += regressor * rest;
                }
                clustered += score * score;
            }
        }
        let residual_degrees = n.saturating_sub(k);
        let (units_f, n_f, degrees) = (units as f64, n as f64, residual_degrees.max(1) as f64);
        let variances = [
            residual / degrees / square,
            weighted / square / square * n_f / degrees,
            clustered / square / square * units_f / (units_f - 1.0) * (n_f - 1.0) / degrees,
        ];
        let rounding = 8.0 * f64::EPSILON * panel.largest();
        Self { effect, treated_changes, control_changes, variances, rounding, residual_degrees, units }
    }

    /// The effect on a treated unit and day.
    pub fn effect(&self) -> f64 {
        self.effect
    }

    /// What each treated unit changed by: its mean with the treatment less its mean before.
    pub fn treated_changes(&self) -> &[f64] {
        &self.treated_changes
    }

    /// What each other unit changed by.
    pub fn control_changes(&self) -> &[f64] {
        &self.control_changes
    }

    /// The standard error of the effect.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] where units and days leave nothing over: two units and two days; [`Error::NoSpread`] where the regression fits without a residual.
    pub fn standard_error(&self, errors: PanelErrors) -> Result<f64, Error> {
        if self.residual_degrees == 0 {
            return Err(Error::TooFew { what: "residual degrees of freedom", needed: 1, given: 0 });
        }
        let error = self.variances[errors as usize].sqrt();
        if error > self.rounding { Ok(error) } else { Err(Error::NoSpread { what: "the panel around its fit" }) }
    }

    /// Degrees of freedom of Student's t: units less one with [`PanelErrors::Cluster`], else observations less coefficients.
    pub fn degrees(&self, errors: PanelErrors) -> usize {
        if errors == PanelErrors::Cluster { self.units - 1 } else { self.residual_degrees }
    }

    /// The effect by Student's t.
    ///
    /// # Errors
    ///
    /// Those of [`Did::standard_error`]; [`Error::OutOfRange`] for a null that is not finite.
    pub fn readout(&self, errors: PanelErrors, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let error = self.standard_error(errors)?;
        let pivot = Pivot { estimate: self.effect, error, degrees: self.degrees(errors) as f64 };
        pivot.readout("difference in differences", Scale::Difference, Question::of(hypothesis, 0.0)?)
    }

    /// The effect by randomisation: how often another choice of as many treated units would show as much. Exact where units were drawn at random, however few, and whatever the days have to
    /// do with each other; all choices are tried when they are few.
    ///
    /// # Errors
    ///
    /// Those of [`permutation`].
    pub fn randomisation(&self, hypothesis: impl Into<Hypothesis>, plan: Plan) -> Result<Readout, Error> {
        permutation(&self.control_changes, &self.treated_changes, hypothesis, plan)
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
