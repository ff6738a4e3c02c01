use crate::sequential::normal_mixture::{positive, tuning_constant};
use crate::sequential::{EValue, Shares};
use crate::{ConfidenceSet, Error, Level};

/// A linear model whose coefficients may be looked at any time: regression adjustment without a fixed horizon.
///
/// For each coefficient the t-statistic is turned into a Bayes factor under normal weights of precision φ on the effect in units of the residual deviation,
///
/// ln e = ½ ln r + ½(ν+1) [ln(1 + t²/ν) − ln(1 + r t²/ν)], r = φ/(φ + z²), z² = (σ̂/se)², ν = n − p,
///
/// which by invariance is a martingale when the errors are normal (Lindon, Ham, Tingley and Bojinov 2022), and asymptotically otherwise. With the treatment as one column and what was known before among
/// the others it is CUPED with any number of covariates.
///
/// Rows are folded into the triangle of a QR decomposition, so the digits are those of the data and not of their squares; parts merge.
///
/// ```
/// use styring_experiments::Level;
/// use styring_experiments::sequential::{AnytimeRegression, Precision, Shares};
///
/// let mut model = AnytimeRegression::new(3); // 1, treatment, orders in the year before
/// for user in 0..600_u32 {
///     let (treated, before) = (f64::from(user % 2), f64::from(user * 7919 % 13));
///     let noise = f64::from(user * 104_729 % 17) - 8.0;
///     model.add(&[1.0, treated, before], 0.4 * treated + 1.3 * before + 0.1 * noise)?;
/// }
/// let precision = Precision::decide_at(1_000, &Shares::new(&[1.0, 1.0])?, Level::P95)?;
/// let effect = model.coefficient(1, precision)?;
/// assert!(effect.set(Level::P95).contains(0.4) && effect.e_value().p_value() < 1e-6);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AnytimeRegression {
    columns: usize,
    rows: u64,
    /// Upper triangle of [X y], row by row, each from its diagonal on.
    triangle: Vec<Vec<f64>>,
}

/// φ: how large an effect is looked for, as the precision of the weights on it in residual deviations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Precision(f64);

impl Precision {
    /// φ itself.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it is above 0.
    pub fn new(phi: f64) -> Result<Self, Error> {
        positive("phi", phi)?;
        Ok(Self(phi))
    }

    /// The φ that is most decisive for the treatment of a two-armed experiment at so many users.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for no users or an arm without traffic.
    pub fn decide_at(users: u64, shares: &Shares, level: Level) -> Result<Self, Error> {
        // z² of a treatment indicator is n w (1 − w).
        let information = users as f64 * shares.get(0) * shares.get(1);
        Self::new(information / tuning_constant(level.alpha()))
    }
}

/// A coefficient of an anytime-valid regression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficient {
    estimate: f64,
    error: f64,
    degrees: f64,
    /// r = φ/(φ + z²).
    shrinkage: f64,
}

impl AnytimeRegression {
    /// With so many columns, the constant among them if there is to be one.
    pub fn new(columns: usize) -> Self {
        Self { columns, rows: 0, triangle: (0..=columns).map(|row| vec![0.0; columns + 1 - row]).collect() }
    }

    /// One more user: the columns and the value.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for another number of columns, [`Error::OutOfRange`] for a value that is no number; nothing is added then.
    pub fn add(&mut self, columns: &[f64], value: f64) -> Result<(), Error> {
        if columns.len() != self.columns {
            return Err(Error::Lengths { what: "columns", first: self.columns, second: columns.len() });
        }
        if let Some(value) = columns.iter().chain([&value]).find(|value| !value.is_finite()) {
            return Err(Error::range("value", "a number", value));
        }
        let mut row: Vec<f64> = columns.iter().copied().chain([value]).collect();
        self.fold(&mut row);
        self.rows += 1;
        Ok(())
    }

    /// Adds what was folded elsewhere.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for another number of columns.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if other.columns != self.columns {
            return Err(Error::Lengths { what: "columns", first: self.columns, second: other.columns });
        }
        for (at, part) in other.triangle.iter().enumerate() {
            let mut row = vec![0.0; at];
            row.extend(part);
            self.fold(&mut row);
        }
        self.rows += other.rows;
        Ok(())
    }

    /// Rotates a row into the triangle (Givens).
    fn fold(&mut self, row: &mut [f64]) {
        for (at, held) in self.triangle.iter_mut().enumerate() {
            let Some((new, diagonal)) = row.get(at).copied().zip(held.first().copied()) else { return };
            if new == 0.0 {
                continue;
            }
            let length = libm::hypot(diagonal, new);
            let (cosine, sine) = (diagonal / length, new / length);
            for (held, new) in held.iter_mut().zip(row.iter_mut().skip(at)) {
                let (one, other) = (*held, *new);
                *held = cosine * one + sine * other;
                *new = cosine * other - sine * one;
            }
        }
    }

    /// How many users.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The coefficient of a column.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a column that is not there; [`Error::TooFew`] unless there are more users than columns; [`Error::Collinear`] if a column follows from the others; [`Error::NoSpread`] if the
    /// columns explain the values without remainder.
    pub fn coefficient(&self, column: usize, precision: Precision) -> Result<Coefficient, Error> {
        if column >= self.columns {
            return Err(Error::range("column", "one of the columns", column));
        }
        let least = self.columns as u64 + 1;
        if self.rows < least {
            return Err(Error::TooFew { what: "users", needed: least, given: self.rows });
        }
        let p = self.columns;
        let entry = |row: usize, at: usize| {
            self.triangle.get(row).and_then(|held| held.get(at.wrapping_sub(row))).copied().unwrap_or(0.0)
        };
        for row in 0..p {
            let length: f64 = (0..=row).map(|above| entry(above, row) * entry(above, row)).sum();
            if entry(row, row).abs() <= 1e-12 * length.sqrt() {
                return Err(Error::Collinear { what: "the columns" });
            }
        }
        // R β = Qᵀy from below, and u = R⁻ᵀ e_j from above: (XᵀX)⁻¹_jj = |u|².
        let mut beta = vec![0.0; p];
        for row in (0..p).rev() {
            let known: f64 = (row + 1..p).map(|at| entry(row, at) * beta.get(at).copied().unwrap_or(0.0)).sum();
            let value = (entry(row, p) - known) / entry(row, row);
            beta.iter_mut().skip(row).take(1).for_each(|slot| *slot = value);
        }
        let mut inverse = vec![0.0; p];
        for row in column..p {
            let known: f64 = (column..row).map(|at| entry(at, row) * inverse.get(at).copied().unwrap_or(0.0)).sum();
            let one = if row == column { 1.0 } else { 0.0 };
            let value = (one - known) / entry(row, row);
            inverse.iter_mut().skip(row).take(1).for_each(|slot| *slot = value);
        }
        let spread: f64 = inverse.iter().map(|part| part * part).sum();
        let degrees = (self.rows - p as u64) as f64;
        let residual = entry(p, p).abs();
        let values: f64 = (0..=p).map(|row| entry(row, p) * entry(row, p)).sum();
        if residual <= 1e-14 * values.sqrt() {
            return Err(Error::NoSpread { what: "what the columns leave of the values" });
        }
        let error = residual / degrees.sqrt() * spread.sqrt();
        let estimate = beta.get(column).copied().unwrap_or(0.0);
        Ok(Coefficient { estimate, error, degrees, shrinkage: precision.0 / (precision.0 + 1.0 / spread) })
    }
}

impl Coefficient {
    /// The least-squares estimate.
    pub fn estimate(self) -> f64 {
        self.estimate
    }

    /// Its standard error.
    pub fn standard_error(self) -> f64 {
        self.error
    }

    /// The evidence that it is not zero.
    pub fn e_value(self) -> EValue {
        self.e_value_against(0.0)
    }

    /// The evidence that it is not this value.
    pub fn e_value_against(self, value: f64) -> EValue {
        let t = (self.estimate - value) / self.error;
        let share = t * t / self.degrees;
        let log = 0.5 * libm::log(self.shrinkage)
            + 0.5 * (self.degrees + 1.0) * (libm::log1p(share) - libm::log1p(self.shrinkage * share));
        EValue::clamped(log)
    }

    /// The values that are not rejected; everything while there are too few users to reject any.
    pub fn set(self, level: Level) -> ConfidenceSet {
        let wanted = -libm::log(level.alpha()) - 0.5 * libm::log(self.shrinkage);
        let growth = libm::expm1(2.0 * wanted / (self.degrees + 1.0));
        let left = 1.0 - self.shrinkage * (1.0 + growth);
        if !growth.is_finite() || left <= 0.0 {
            return ConfidenceSet::Everything;
        }
        let margin = self.error * (self.degrees * growth / left).sqrt();
        ConfidenceSet::between(self.estimate - margin, self.estimate + margin)
    }
}
