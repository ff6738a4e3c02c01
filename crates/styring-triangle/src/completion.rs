use crate::NoError;

/// How much of the value at a later age is there at an age: `F = 1 / Π f`. What is observed, divided by it, is what it will be.
///
/// ```
/// use styring_triangle::{ChainLadder, Triangle};
///
/// let triangle = Triangle::from_cumulative([(1, vec![40.0, 50.0]), (2, vec![60.0, 75.0]), (3, vec![80.0])])?;
/// let known = ChainLadder::fit(triangle).completion(0)?;
/// assert!((known.share() - 0.8).abs() < 1e-12);
/// assert!((80.0 / known.share() - 100.0).abs() < 1e-12);
/// # Ok::<(), styring_triangle::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Completion {
    pub(crate) factor: f64,
    pub(crate) relative_error: Option<f64>,
    pub(crate) no_error: Option<NoError>,
}

impl Completion {
    /// `F`: above zero, usually at most 1; above it where returns come late.
    pub fn share(&self) -> f64 {
        1.0 / self.factor
    }

    /// `1 / F`, the factor to the later age.
    pub fn factor(&self) -> f64 {
        self.factor
    }

    /// The standard error of `F`, from that of the factors: `F · √(Σ σ² / (f²·S))`. `None` where there is none, see [`no_error`](Self::no_error).
    ///
    /// It holds the factors' error alone. What a cohort that is divided by `F` may itself do is in [`Projection`](crate::Projection).
    pub fn se(&self) -> Option<f64> {
        self.relative_error.map(|relative| relative * self.share())
    }

    /// The standard error over the value: the same of `F` and of `1 / F`.
    pub fn relative_error(&self) -> Option<f64> {
        self.relative_error
    }

    /// Why there is no standard error.
    pub fn no_error(&self) -> Option<NoError> {
        self.no_error
    }
}
