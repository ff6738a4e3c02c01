use nalgebra::{DMatrix, DVector};

use super::contrast::{Contrast, Part};
use crate::{Error, Joint};

/// The means of both arms at the covariates' overall mean, each by a regression of its own (Lin 2013), from summaries that merge.
///
/// Value 0 of `Joint<K>` is the outcome, the others are covariates known before the experiment.
///
/// # Formula
/// Ȳ_a − β_a′(X̄_a − X̄) with β_a the regression within the arm. Its variance is s_a² (1/n_a + (X̄_a − X̄)′ S_a⁻¹ (X̄_a − X̄)), s_a² the arm's residual variance with n_a − K degrees of
/// freedom: one variance an arm, but none for each row. For that see [`Rows`].
///
/// # Errors
///
/// [`Error::TooFew`] unless an arm has more units than coefficients; [`Error::Collinear`] for covariates that follow from each other.
///
/// ```
/// use styring_experiments::{Joint, Level, means::lin};
///
/// // (revenue, revenue before, visits before), added up per arm and day, and merged.
/// let control: Joint<3> = (0..50).map(|i| f64::from(i)).map(|i| [3.0 * i + (7.0 * i) % 5.0, i, (3.0 * i) % 11.0]).collect();
/// let treatment: Joint<3> = (0..50).map(|i| f64::from(i)).map(|i| [3.0 * i + (7.0 * i) % 5.0 + 2.0, i, (3.0 * i) % 11.0]).collect();
/// let readout = lin(&control, &treatment)?.difference(Level::P95)?;
/// assert!((readout.estimate().unwrap_or(0.0) - 2.0).abs() < 1e-9);
/// assert!(readout.p_value() < 1e-6); // without the covariates it would be 0.82
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn lin<const K: usize>(control: &Joint<K>, treatment: &Joint<K>) -> Result<Contrast, Error> {
    let overall = overall(control, treatment);
    let mut values = [0.0; 2];
    let mut parts = [Part::NONE; 2];
    for (place, arm) in [control, treatment].into_iter().enumerate() {
        enough(arm.n(), K)?;
        let degrees = (arm.n() - 1) as f64;
        let normal = Normal::of(&[arm])?;
        let apart = DVector::from_fn(K - 1, |i, _| arm.mean(i + 1) - overall[i]);
        let residual = normal.residual / (degrees - (K - 1) as f64);
        values[place] = arm.mean(0) - normal.slopes.dot(&apart);
        let variance = residual * (1.0 / arm.n() as f64 + normal.form(&apart, &apart));
        parts[place].covariance[2 * place] = variance;
        parts[place].degrees = degrees - (K - 1) as f64;
    }
    Contrast::new("Lin's regression", values, &parts)
}

/// The means of both arms at the covariates' overall mean, by one regression for both (analysis of covariance), from summaries that merge.
///
/// Value 0 of `Joint<K>` is the outcome, the others are covariates known before the experiment.
///
/// # Formula
/// Ȳ_a − β′(X̄_a − X̄) with β pooled within the arms, and the classical error: one residual variance for all, with n − 1 − K degrees of freedom. Where arms differ in size and in spread it is
/// wrong (Freedman 2008); [`lin`] is not.
///
/// # Errors
///
/// Those of [`lin`].
pub fn ancova<const K: usize>(control: &Joint<K>, treatment: &Joint<K>) -> Result<Contrast, Error> {
    for arm in [control, treatment] {
        enough(arm.n(), 1)?;
    }
    enough((control.n() + treatment.n()).saturating_sub(1), K)?;
    let overall = overall(control, treatment);
    let normal = Normal::of(&[control, treatment])?;
    let degrees = (control.n() + treatment.n() - 1) as f64 - K as f64;
    let variance = normal.residual / degrees;
    let apart = [control, treatment].map(|arm| DVector::from_fn(K - 1, |i, _| arm.mean(i + 1) - overall[i]));
    let values = [control.mean(0) - normal.slopes.dot(&apart[0]), treatment.mean(0) - normal.slopes.dot(&apart[1])];
    let covariance = [
        variance * (1.0 / control.n() as f64 + normal.form(&apart[0], &apart[0])),
        variance * normal.form(&apart[0], &apart[1]),
        variance * (1.0 / treatment.n() as f64 + normal.form(&apart[1], &apart[1])),
    ];
    Contrast::new("ANCOVA", values, &[Part { covariance, degrees }])
}

/// Means of the covariates over everybody.
fn overall<const K: usize>(control: &Joint<K>, treatment: &Joint<K>) -> Vec<f64> {
    let mut all = *control;
    all.merge(treatment);
    (1..K).map(|i| all.mean(i)).collect()
}

fn enough(n: u64, coefficients: usize) -> Result<(), Error> {
    let needed = coefficients as u64 + 1;
    if n < needed { Err(Error::TooFew { what: "units for so many coefficients", needed, given: n }) } else { Ok(()) }
}

/// The solution of the normal equations within arms, in units of the covariates' spread.
struct Normal {
    slopes: DVector<f64>,
    /// Sum of squared residuals.
    residual: f64,
    inverse: DMatrix<f64>,
    scales: DVector<f64>,
}

impl Normal {
    fn of<const K: usize>(arms: &[&Joint<K>]) -> Result<Self, Error> {
        let product = |i: usize, j: usize| {
            arms.iter().try_fold(0.0, |sum, arm| Ok::<_, Error>(sum + (arm.n() - 1) as f64 * arm.covariance(i, j)?))
        };
        let mut scales = DVector::zeros(K - 1);
        for i in 1..K {
            let spread: f64 = product(i, i)?;
            if spread <= 0.0 {
                return Err(Error::Collinear { what: "covariates and the constant" });
            }
            scales[i - 1] = spread.sqrt();
        }
        let mut matrix = DMatrix::zeros(K - 1, K - 1);
        let mut with_outcome = DVector::zeros(K - 1);
        for i in 1..K {
            with_outcome[i - 1] = product(0, i)? / scales[i - 1];
            for j in 1..K {
                matrix[(i - 1, j - 1)] = product(i, j)? / scales[i - 1] / scales[j - 1];
            }
        }
        let cholesky = matrix
            .cholesky()
            .filter(|cholesky| cholesky.l_dirty().diagonal().iter().all(|pivot| *pivot > 1e-6))
            .ok_or(Error::Collinear { what: "covariates" })?;
        let scaled = cholesky.solve(&with_outcome);
        let residual = (product(0, 0)? - scaled.dot(&with_outcome)).max(0.0);
        Ok(Self { slopes: scaled.component_div(&scales), residual, inverse: cholesky.inverse(), scales })
    }

    /// x′ S⁻¹ y
    fn form(&self, one: &DVector<f64>, other: &DVector<f64>) -> f64 {
        (&self.inverse * other.component_div(&self.scales)).dot(&one.component_div(&self.scales))
    }
}

/// Rows of an experiment with covariates, kept for regressions whose errors need each row's residual.
///
/// ```
/// use styring_experiments::{Level, means::{Errors, Rows}};
///
/// let mut rows = Rows::new(1);
/// for i in 0..40 {
///     let before = f64::from(i % 10);
///     let treated = i % 2 == 1;
///     let outcome = 2.0 * before + f64::from(u8::from(treated)) + f64::from(i * 7 % 5) / 10.0;
///     rows.add(outcome, treated, &[before])?;
/// }
/// let fit = rows.lin()?;
/// let readout = fit.contrast(Errors::Hc2)?.difference(Level::P95)?;
/// assert!((readout.estimate().unwrap_or(0.0) - 1.0).abs() < 0.1);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Stored", into = "Stored"))]
pub struct Rows {
    covariates: usize,
    outcomes: Vec<f64>,
    treated: Vec<bool>,
    /// Row by row.
    values: Vec<f64>,
}

/// As it is stored; it becomes rows one by one.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Rows", deny_unknown_fields)]
struct Stored {
    covariates: usize,
    rows: Vec<(f64, bool, Vec<f64>)>,
}

#[cfg(feature = "serde")]
impl From<Rows> for Stored {
    fn from(rows: Rows) -> Self {
        let Rows { covariates, outcomes, treated, values } = rows;
        let of_row = |row: usize| values.iter().skip(row * covariates).take(covariates).copied().collect();
        let rows = outcomes.into_iter().zip(treated).enumerate();
        Self { covariates, rows: rows.map(|(row, (outcome, treated))| (outcome, treated, of_row(row))).collect() }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for Rows {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let mut rows = Self::new(stored.covariates);
        for (outcome, treated, values) in &stored.rows {
            rows.add(*outcome, *treated, values)?;
        }
        Ok(rows)
    }
}

/// How the errors of a regression are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Errors {
    /// One residual variance for all rows.
    Classical,
    /// Each row's squared residual (White 1980): too small in small samples.
    Hc0,
    /// HC0 times n / (n − p).
    Hc1,
    /// Each squared residual over 1 − leverage (MacKinnon and White 1985): unbiased where the variance is one. The default.
    #[default]
    Hc2,
    /// Each over (1 − leverage)²: about the jackknife, on the safe side.
    Hc3,
}

impl Rows {
    /// For rows with so many covariates.
    pub fn new(covariates: usize) -> Self {
        Self { covariates, ..Self::default() }
    }

    /// One more row.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for another number of covariates; [`Error::OutOfRange`] for a value that is not finite. Nothing is added then.
    pub fn add(&mut self, outcome: f64, treated: bool, covariates: &[f64]) -> Result<(), Error> {
        if covariates.len() != self.covariates {
            return Err(Error::Lengths { what: "covariates", first: self.covariates, second: covariates.len() });
        }
        if let Some(value) = covariates.iter().chain([&outcome]).find(|value| !value.is_finite()) {
            return Err(Error::range("value", "a number", value));
        }
        self.outcomes.push(outcome);
        self.treated.push(treated);
        self.values.extend_from_slice(covariates);
        Ok(())
    }

    /// Adds rows from elsewhere.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for another number of covariates.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if other.covariates != self.covariates {
            return Err(Error::Lengths { what: "covariates", first: self.covariates, second: other.covariates });
        }
        self.outcomes.extend_from_slice(&other.outcomes);
        self.treated.extend_from_slice(&other.treated);
        self.values.extend_from_slice(&other.values);
        Ok(())
    }

    /// How many rows.
    pub fn n(&self) -> usize {
        self.outcomes.len()
    }

    /// y ~ 1 + treated + x: one slope for both arms.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] unless there are more rows than coefficients; [`Error::Collinear`] for covariates that follow from each other, or from the arms.
    pub fn ancova(&self) -> Result<Fit, Error> {
        self.fit("ANCOVA", false)
    }

    /// y ~ 1 + treated + (x − x̄) + treated · (x − x̄): a slope for each arm (Lin 2013).
    ///
    /// The overall mean x̄ is taken as given; with effects that differ by x it is a source of error of its own, which these errors leave out (Negi and Wooldridge 2021).
    ///
    /// # Errors
    ///
    /// Those of [`Rows::ancova`].
    pub fn lin(&self) -> Result<Fit, Error> {
        self.fit("Lin's regression", true)
    }

    fn fit(&self, method: &'static str, interacted: bool) -> Result<Fit, Error> {
        let (n, k) = (self.n(), self.covariates);
        let columns = 2 + if interacted { 2 * k } else { k };
        enough(n as u64, columns)?;
        let mut design = DMatrix::zeros(n, columns);
        for (row, treated) in self.treated.iter().enumerate() {
            design[(row, 0)] = 1.0;
            design[(row, 1)] = f64::from(u8::from(*treated));
        }
        for column in 0..k {
            let mean = mean(self.values.iter().skip(column).step_by(k).copied());
            for row in 0..n {
                let value = self.values[row * k + column] - mean;
                design[(row, 2 + column)] = value;
                if interacted && self.treated[row] {
                    design[(row, 2 + k + column)] = value;
                }
            }
        }
        let mut scales = Vec::with_capacity(columns);
        for mut column in design.column_iter_mut() {
            let scale = column.norm();
            if !(scale > 0.0 && scale.is_finite()) {
                return Err(Error::Collinear { what: "covariates and arms" });
            }
            column /= scale;
            scales.push(scale);
        }
        let (q, r) = design.qr().unpack();
        if r.diagonal().iter().any(|pivot| pivot.abs() < 1e-10) {
            return Err(Error::Collinear { what: "covariates and arms" });
        }
        let inverse = r
            .solve_upper_triangular(&DMatrix::identity(columns, columns))
            .ok_or(Error::Collinear { what: "covariates and arms" })?;
        // How each outcome enters the constant and the effect.
        let weights = [0, 1].map(|column| &q * inverse.row(column).transpose() / scales[column]);
        let middle = mean(self.outcomes.iter().copied());
        let outcomes = DVector::from_iterator(n, self.outcomes.iter().map(|outcome| outcome - middle));
        let residuals = &outcomes - &q * (q.transpose() * &outcomes);
        let control = middle + weights[0].dot(&outcomes);
        let [of_control, of_effect] = weights;
        Ok(Fit {
            method,
            values: [control, control + of_effect.dot(&outcomes)],
            weights: of_control.iter().zip(&of_effect).map(|(control, effect)| [*control, control + effect]).collect(),
            residuals: residuals.iter().copied().collect(),
            leverages: q.row_iter().map(|row| row.norm_squared()).collect(),
            degrees: (n - columns) as f64,
        })
    }
}

/// A regression of an experiment.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Fit {
    method: &'static str,
    values: [f64; 2],
    /// How each outcome enters the control's and the treatment's value.
    weights: Vec<[f64; 2]>,
    residuals: Vec<f64>,
    leverages: Vec<f64>,
    degrees: f64,
}

impl Fit {
    /// The effect: the coefficient of the treatment.
    pub fn effect(&self) -> f64 {
        self.values[1] - self.values[0]
    }

    /// Rows less coefficients.
    pub fn degrees(&self) -> f64 {
        self.degrees
    }

    /// Both arms at the covariates' overall mean.
    ///
    /// # Errors
    ///
    /// With [`Errors::Hc2`] and [`Errors::Hc3`], [`Error::OutOfRange`] where a row decides its own fit.
    pub fn contrast(&self, errors: Errors) -> Result<Contrast, Error> {
        let n = self.residuals.len() as f64;
        let common = self.residuals.iter().map(|residual| residual * residual).sum::<f64>() / self.degrees;
        let mut covariance = [0.0; 3];
        for ((weights, residual), leverage) in self.weights.iter().zip(&self.residuals).zip(&self.leverages) {
            let square = residual * residual;
            let free = 1.0 - leverage;
            if matches!(errors, Errors::Hc2 | Errors::Hc3) && free < 1e-10 {
                return Err(Error::range("leverage of a row", "below 1", leverage));
            }
            let variance = match errors {
                Errors::Classical => common,
                Errors::Hc0 => square,
                Errors::Hc1 => square * n / self.degrees,
                Errors::Hc2 => square / free,
                Errors::Hc3 => square / free / free,
            };
            let [c, t] = *weights;
            for (sum, product) in covariance.iter_mut().zip([c * c, c * t, t * t]) {
                *sum += variance * product;
            }
        }
        Contrast::new(self.method, self.values, &[Part { covariance, degrees: self.degrees }])
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let mut moments = crate::Moments::default();
    moments.extend(values.map(|value| [value]));
    moments.mean(0)
}
