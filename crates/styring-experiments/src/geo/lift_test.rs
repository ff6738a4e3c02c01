use crate::Error;

/// What an experiment found, for fitting a response curve to it: the size of a lift and its standard error.
///
/// ```
/// use styring_experiments::geo::LiftTest;
///
/// let test = LiftTest::new(51.5, 22.6)?;
/// let curve = |spend: f64| 154.56 * spend / (232.33 + spend);
/// let log_likelihood = test.log_likelihood(curve(105.39) - curve(25.36))?;
/// assert!((log_likelihood + 4.767).abs() < 0.01);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(f64, f64)", into = "(f64, f64)"))]
pub struct LiftTest {
    lift: f64,
    standard_error: f64,
}

impl LiftTest {
    /// The lift that was measured, whose sign does not count, and its standard error, both in the outcome's unit.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a lift of 0 or a standard error that is not above 0, or beyond 1e100.
    pub fn new(lift: f64, standard_error: f64) -> Result<Self, Error> {
        let fits = |value: f64| (1e-100..=1e100).contains(&value);
        if !fits(lift.abs()) {
            return Err(Error::range("lift", "another number than 0", lift));
        }
        if !fits(standard_error) {
            return Err(Error::range("standard error", "above 0", standard_error));
        }
        Ok(Self { lift: lift.abs(), standard_error })
    }

    /// How well a curve that promises the lift `model` goes with the experiment: log of the gamma density with the mean |model| and the test's standard error as its standard deviation, at the
    /// lift that was measured.
    ///
    /// # Formula
    /// With k = (|model|/se)² and t = measured/|model| − 1: −ln measured + ½ ln(k/2π) − s(k) − k (t − ln(1 + t)), where s is what Stirling's formula for ln Γ lacks. No large numbers cancel, however
    /// precise the experiment.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a model that promises nothing, or more than 1e100.
    pub fn log_likelihood(&self, model: f64) -> Result<f64, Error> {
        let mean = model.abs();
        if !(1e-100..=1e100).contains(&mean) {
            return Err(Error::range("lift of the model", "another number than 0", model));
        }
        let root = mean / self.standard_error;
        let shape = root * root;
        let apart = (self.lift - mean) / mean;
        // Far below the mean, 1 + t would lose what is left.
        let bend = if apart < -0.5 { apart - libm::log(self.lift / mean) } else { less_log(apart) };
        let value = 0.5 * libm::log(shape / (2.0 * std::f64::consts::PI))
            - lacking(shape)
            - shape * bend
            - libm::log(self.lift);
        if value.is_finite() { Ok(value) } else { Err(Error::range("lift of the model", "nearer to the test", model)) }
    }
}

impl TryFrom<(f64, f64)> for LiftTest {
    type Error = Error;

    fn try_from((lift, standard_error): (f64, f64)) -> Result<Self, Error> {
        Self::new(lift, standard_error)
    }
}

impl From<LiftTest> for (f64, f64) {
    fn from(test: LiftTest) -> Self {
        (test.lift, test.standard_error)
    }
}

/// t − ln(1 + t); by its series near 0, where the two cancel.
fn less_log(t: f64) -> f64 {
    if t.abs() > 0.02 {
        return t - libm::log1p(t);
    }
    let mut power = t * t;
    let mut sum = 0.0;
    for n in 2..=10 {
        sum += power / f64::from(n);
        power *= -t;
    }
    sum
}

/// ln Γ(k) − (k − ½) ln k + k − ½ ln 2π.
fn lacking(k: f64) -> f64 {
    if k < 10.0 {
        return libm::lgamma(k) - (k - 0.5) * libm::log(k) + k - 0.5 * libm::log(2.0 * std::f64::consts::PI);
    }
    let square = 1.0 / (k * k);
    let series = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0, 1.0 / 156.0];
    series.iter().rev().fold(0.0, |sum, term| sum * square + term) / k
}
